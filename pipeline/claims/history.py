"""What a claim rests on, and what changed since the ledger was evaluated before."""

from __future__ import annotations

import json
from collections.abc import Mapping

import numpy as np
import pandas as pd

from pipeline.claims.counts import build_measure
from pipeline.claims.documents import named_texts
from pipeline.claims.kinds import parts_of
from pipeline.claims.ledger import Claim
from pipeline.claims.setting import Setting, chosen_documents, claim_counts, places_of
from pipeline.errors import TifaError
from pipeline.estimates.material import Ints
from pipeline.estimates.measures import Measure
from pipeline.estimates.universe import listed

MAX_DOCUMENTS = 20
YEARLY = ("contrast", "every_year", "slope", "break_year", "first_use")
"""Kinds of measurement that read the documents of a yearly series."""
COLUMNS_READ = ("claim_id", "version", "verdict", "estimate", "evidence")


def used_documents(setting: Setting, claim: Claim) -> dict[str, str]:
    """The documents that the measurement of a claim reads, with what it counts in each: doc_id → `hits/size`.

    A document outside (another universe, language, part) is not there; one that reads the same today and tomorrow has
    the same text. For signatures the text is the list of issuers.
    """
    if claim.kind == "not_testable":
        return {}
    if claim.kind == "all_of":
        found: dict[str, list[str]] = {}
        for part in parts_of(claim):
            for doc_id, value in used_documents(setting, part).items():
                found.setdefault(doc_id, []).append(value)
        return {doc_id: "; ".join(values) for doc_id, values in sorted(found.items())}
    places = _places(setting, claim)
    documents = setting.material.documents.loc[places]
    if claim.kind in {"signatures", "lead_in_each"}:
        return {str(row.doc_id): ", ".join(listed(row.issuers)) for row in documents.itertuples()}
    counts = [claim_counts(setting, measure) for measure in _measures(claim)]
    values = np.hstack([np.stack([one.numerators[places, 0], one.denominators[places, 0]], axis=1) for one in counts])
    told = [", ".join(f"{top:.10g}/{bottom:.10g}" for top, bottom in zip(row[::2], row[1::2], strict=True))
            for row in values.tolist()]
    return dict(zip(documents["doc_id"].map(str), told, strict=True))


def _measures(claim: Claim) -> list[Measure]:
    given = claim.measurement
    items = [item for key in ("count", "claimed", "rivals", "x", "y") if key in given for item in _items(given[key])]
    return [build_measure(item) for item in items]


def _items(value: object) -> list[object]:
    return value if isinstance(value, list) else [value]


def _places(setting: Setting, claim: Claim) -> Ints:
    """Document numbers, ascending."""
    given = claim.measurement
    if claim.kind in {"presence", "signatures"}:
        texts = named_texts(setting.material, listed(given["documents"]), as_of=setting.as_of)
        return np.unique(np.concatenate([np.zeros(0, dtype=np.int64), *texts.values()]))
    conditions = [part for part in (given.get("a"), given.get("b")) if isinstance(part, Mapping)]
    parts = [chosen_documents(setting, claim, part=part, series=claim.kind in YEARLY)[0] for part in conditions or [{}]]
    return np.unique(np.concatenate([places_of(part) for part in parts]))


def earlier_verdicts(previous: pd.DataFrame | None) -> dict[str, Mapping[str, object]]:
    """Rows of an earlier ledger by claim_id, with `documents` from its evidence (None where it did not note them).

    Raises: TifaError for a frame that is no ledger.
    """
    if previous is None:
        return {}
    missing = sorted(set(COLUMNS_READ) - set(previous.columns))
    if missing:
        raise TifaError(f"The previous ledger lacks the columns {missing}", where="claims",
                        todo="Pass the table `claims` as it was stored.")
    rows: dict[str, Mapping[str, object]] = {}
    for row in previous.to_dict("records"):
        try:
            evidence = json.loads(row["evidence"]) if isinstance(row["evidence"], str) and row["evidence"] else {}
        except json.JSONDecodeError as error:
            raise TifaError(f"The evidence of {row['claim_id']} is no JSON: {error}", where="claims",
                            todo="Run again with --full.") from error
        rows[str(row["claim_id"])] = {str(key): value for key, value in row.items()} | {
            "documents": evidence.get("documents")}
    return rows


def since_before(
    before: Mapping[str, object] | None, *, version: int, verdict: str, estimate: float | None,
    documents: Mapping[str, str]
) -> dict[str, object]:
    """What the evidence says about the ledger before; empty where that did not hold the claim.

    previous_verdict, previous_estimate, previous_version: as they were. flipped: whether the verdict is another one.
    Where verdict or estimate changed, `because` names the documents that are new, changed (counted differently) or
    gone, those with hits first, at most 20 together, and `because_total` how many there are; all zero means that the
    rule, the error rates or the seed changed and no document did.
    """
    if before is None:
        return {}
    earlier = before["estimate"]
    number = float(earlier) if isinstance(earlier, int | float) and np.isfinite(earlier) else None
    told: dict[str, object] = {"previous_verdict": before["verdict"], "previous_estimate": number,
                               "previous_version": int(str(before["version"])), "flipped": before["verdict"] != verdict}
    noted = before["documents"]
    if (not told["flipped"] and number == estimate and told["previous_version"] == version) or not isinstance(noted, Mapping):
        return told
    groups = {"new": set(documents) - set(noted), "gone": set(noted) - set(documents),
              "changed": {doc_id for doc_id in set(documents) & set(noted) if documents[doc_id] != noted[doc_id]}}
    values = {str(doc_id): str(value) for doc_id, value in noted.items()} | dict(documents)
    ordered = sorted(((kind, doc_id) for kind, ids in groups.items() for doc_id in ids),
                     key=lambda pair: (values[pair[1]].startswith("0/"), pair[1]))[:MAX_DOCUMENTS]
    told["because"] = {kind: [doc_id for own, doc_id in ordered if own == kind] for kind in groups}
    told["because_total"] = {kind: len(ids) for kind, ids in groups.items()}
    return told
