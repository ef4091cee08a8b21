"""Why a headline moved since the last report: its parts (estimates.attribution) in words, and what the next report needs."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from pipeline.estimates.attribution import Part, attribute
from pipeline.estimates.snapshot import Snapshot
from pipeline.reports.ledger import ledger, state_of
from pipeline.reports.material import Material
from pipeline.reports.numbers import is_number, points
from pipeline.reports.words import Text, label, plain, say

if TYPE_CHECKING:
    from pipeline.reports.findings import Headline

DEADLINES = "deadlines_passed"
DEADLINES_CELL = f"{DEADLINES}/-/all"
NAMED = 3  # documents named in a sentence


@dataclass(frozen=True)
class Cause:
    """Why one headline differs: in words, and in parts that add up to the difference."""

    text: Text
    parts: tuple[Part, ...] = ()

    @property
    def packed(self) -> str:
        """The parts as JSON: step, amount, documents or names."""
        return json.dumps([{"step": part.step, "amount": part.amount, "documents": list(part.titles), "names": list(part.names)}
                           for part in self.parts], ensure_ascii=False)


def complete_snapshot(material: Material, rows: Sequence[Headline], *, day: str | None = None) -> Snapshot | None:
    """The snapshot of the context with what only the report knows: passed deadlines, and where each number was read.

    day: count deadlines passed as of then instead of the report's day.
    """
    snapshot: Snapshot | None = material.context.get("snapshot")
    if snapshot is None:
        return None
    promises, passed = ledger(material), dict.fromkeys(snapshot.documents, 0)
    for doc_id, deadline in promises[["doc_id", "deadline"]].itertuples(index=False, name=None):
        passed[doc_id] += state_of(deadline, as_of=day or material.as_of) == "passed"
    documents = {doc_id: replace(one, counts={**one.counts, **({DEADLINES_CELL: [0, passed[doc_id], 1]} if passed[doc_id] else {})})
                 for doc_id, one in snapshot.documents.items()}
    read = {row.finding_id: {**_read_from(row), "estimate": row.estimate, "n_documents": row.n_documents} for row in rows}
    return replace(snapshot, documents=documents, points=read)


def _read_from(row: Headline) -> Mapping[str, Any]:
    """Cells and estimator of a headline; no cell where it is not a sum over documents."""
    def cell(point: Mapping[str, Any]) -> str:
        return f"{point['measure']}/{point['lang']}/{point['period']}"

    if row.finding_id == DEADLINES:
        return {"last": DEADLINES_CELL, "first": None, "estimator": "sum"}
    if row.point is None:
        return {"last": None, "first": None, "estimator": "none"}
    return {"last": cell(row.point), "first": cell(row.first) if row.first else None, "estimator": str(row.point["estimator"])}


def explain(material: Material, rows: Sequence[Headline], previous: Mapping[str, Any]) -> dict[str, Cause]:
    """finding_id → why it differs, for every headline that the last report had. previous: finding_id → its last estimate."""
    before: Snapshot | None = material.context.get("previous_snapshot")
    now = complete_snapshot(material, rows)
    if before is None or now is None:
        return {}
    earlier = complete_snapshot(material, rows, day=before.as_of[:10]) or now
    found = {}
    for row in rows:
        old = previous.get(row.finding_id)
        if not (is_number(old) and is_number(row.estimate)):
            continue
        deadlines = row.finding_id == DEADLINES
        passed = sum(int(one.counts.get(DEADLINES_CELL, [0, 0])[1]) for one in earlier.documents.values())
        parts = attribute(before, earlier if deadlines else now, row.finding_id, old=float(str(old)),
                          new=float(str(row.estimate)), earlier_day=float(passed) if deadlines else None)
        found[row.finding_id] = Cause(_sentence(row, float(str(row.estimate)) - float(str(old)), parts), tuple(parts))
    return found


def _sentence(row: Headline, difference: float, parts: Sequence[Part]) -> Text:
    """`+1.20 points: +1.50 from 3 new documents (…), −0.30 from 1 removed document (…)`."""
    if not parts:
        return label("cause", "unchanged")
    listed = [_part(row, part) for part in parts]
    total = _amount(row, difference)
    total = total if row.kind == "count" else say("amount_points", points=total)
    return say("cause_parts", total=total, parts=Text(", ".join(one.en for one in listed), "，".join(one.zh for one in listed)))


def _amount(row: Headline, value: float) -> Text:
    return plain(f"{value:+.0f}".replace("-", "−") if row.kind == "count" else points(value, digits=2))


def _part(row: Headline, part: Part) -> Text:
    amount = _amount(row, part.amount)
    if part.titles:
        number = "one" if len(part.titles) == 1 else "many"
        return say(f"cause_{part.step}_{number}", amount=amount, n=len(part.titles), names=_names(part.titles))
    if part.step == "together":
        steps = [label("step", step) for step in part.names]
        return say("cause_together", amount=amount,
                   steps=Text(", ".join(step.en for step in steps), "、".join(step.zh for step in steps)))
    return say(f"cause_{part.step}", amount=amount, names=_names(part.names))


def _names(names: Sequence[str]) -> Text:
    shown = list(names[:NAMED])
    rest = len(names) - len(shown)
    return Text(", ".join(shown) + (f" and {rest} more" if rest else ""), "、".join(shown) + (f"等 {len(names)} 项" if rest else ""))
