"""The history of every claim over all runs: one event whenever its verdict, estimate or version becomes another one."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

COLUMNS = ["started_at", "run_id", "as_of", "claim_id", "version", "verdict", "estimate", "low", "high", "n_documents", "because"]
SAME = 1e-9


def new_verdicts(log: pd.DataFrame, claims: pd.DataFrame, run: Mapping[str, Any]) -> pd.DataFrame:
    """The events that this run adds to the log.

    log: the table `verdicts` of all runs before. claims: the ledger as evaluated now. run: run_id, started_at, as_of.
    Returns: COLUMNS by claim_id; a claim that reads as after its last event adds none, and so does a ledger
    for a day before the newest one in the log (a backfill). `because`: documents that are
    new, changed or gone since the ledger before, as its evidence names them (at most 20).
    """
    if len(log) and run["as_of"] < log["as_of"].max():
        return pd.DataFrame(columns=COLUMNS)
    last = {row["claim_id"]: row for row in log.sort_values(["started_at", "run_id"]).to_dict("records")}
    rows = []
    for row in claims.sort_values("claim_id").to_dict("records"):
        before = last.get(row["claim_id"])
        if before is not None and all(_same(row[name], before[name]) for name in ("version", "verdict", "estimate")):
            continue
        rows.append([run["started_at"], run["run_id"], run["as_of"], *(row[name] for name in COLUMNS[3:-1]),
                     _because(row["evidence"])])
    return pd.DataFrame(rows, columns=COLUMNS)


def _same(one: object, other: object) -> bool:
    if isinstance(one, str) or isinstance(other, str):
        return one == other
    first, second = (np.nan if value is None else float(str(value)) for value in (one, other))
    return bool(np.isnan(first) and np.isnan(second)) or abs(first - second) < SAME


def _because(evidence: object) -> list[str]:
    found = json.loads(evidence).get("because", {}) if isinstance(evidence, str) and evidence else {}
    return [str(doc_id) for kind in ("new", "changed", "gone") for doc_id in found.get(kind, ())]
