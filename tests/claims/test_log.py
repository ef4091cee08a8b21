"""The log of verdicts: an event per change, none for a run that says the same."""

from __future__ import annotations

import json
from typing import Any

import pandas as pd
import pytest

from pipeline.claims import new_verdicts
from pipeline.claims.log import COLUMNS

RUN = {"run_id": "r2", "started_at": "2025-02-01T00:00:00Z", "as_of": "2025-02-01"}


def _claim(**given: Any) -> dict[str, Any]:
    return {"claim_id": "T001", "version": 1, "verdict": "holds", "estimate": 0.5, "low": 0.4, "high": 0.6, "n_documents": 9,
            "n_sentences": 90, "evidence": json.dumps({"because": {"new": ["b"], "gone": ["a"], "changed": []}})} | given


def _log(*rows: dict[str, Any]) -> pd.DataFrame:
    base = {"started_at": "2025-01-01T00:00:00Z", "run_id": "r1", "as_of": "2025-01-01", "because": []}
    return pd.DataFrame([base | {key: row[key] for key in COLUMNS[3:-1]} | row.get("more", {}) for row in rows], columns=COLUMNS)


@pytest.mark.parametrize(("before", "now", "n", "why"), [
    ({}, {}, 0, "nothing changed: no event"), ({}, {"verdict": "fails"}, 1, "the verdict flipped"),
    ({}, {"estimate": 0.52}, 1, "the number moved"), ({}, {"version": 2}, 1, "the rule is another one"),
    ({"estimate": None}, {"estimate": float("nan")}, 0, "missing is missing, however it is written"),
    ({"estimate": None}, {}, 1, "a number where there was none"), ({}, {"low": 0.1}, 0, "an interval alone is no event")])
def test_events(before: dict[str, Any], now: dict[str, Any], n: int, why: str) -> None:
    events = new_verdicts(_log(_claim(**before)), pd.DataFrame([_claim(**now)]), RUN)
    assert len(events) == n, why
    assert events["because"].tolist() == [["b", "a"]] * n


def test_a_claim_is_compared_with_its_last_event() -> None:
    log = _log(_claim(verdict="fails"), _claim(more={"started_at": "2025-01-20", "run_id": "r1b"}))
    assert new_verdicts(log, pd.DataFrame([_claim()]), RUN).empty
    first = new_verdicts(_log(), pd.DataFrame([_claim()]), RUN)
    assert first[["run_id", "claim_id", "verdict"]].to_numpy().tolist() == [["r2", "T001", "holds"]]
