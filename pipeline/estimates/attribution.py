"""Why a headline differs from the last report: its difference in parts that add up to it exactly.

The state of the last report is turned into today's in a fixed order of steps: removed documents go, changed documents
take their new counts, new documents come, human corrections of codes are put in, the rules (knowledge, program) make
the counts of all other documents and the error rates what they are today, and the day moves on. The number is computed
after every step from what the report kept of each document; a part is the difference a step makes, in millionths.

Rules that make the parts exact: (1) counts of a document that only its neighbours changed (it became a repost, an older
version, a pair) belong to the last step of documents that happened, or to the rules where they changed too; (2) where
the headline speaks of another year or estimator than before, it does so from the last step of documents on that
happened, else from the rules on; (3) what knowledge and program changed between the same two reports is one part:
the old program is gone and cannot be asked again; (4) a number of claims is not a sum over documents: it is one part of
all that happened. Source: a fixed order instead of the average over all orders (Shapley), because a reader can check it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from pipeline.estimates.snapshot import PLAIN, Counted, Slopes, Snapshot, cell_value

STEPS = ("removed", "changed", "new", "corrections", "knowledge", "program", "knowledge_and_program", "day", "together")
DOCUMENT_STEPS = ("removed", "changed", "new")
MICRO = 1_000_000
Cells = dict[str, Mapping[str, list[int]]]


@dataclass(frozen=True)
class Part:
    """One part of a difference. step: one of STEPS. amount: of the difference, in its unit. titles: the documents of it;
    names: the steps that are one part together, or the rules that changed."""

    step: str
    amount: float
    titles: tuple[str, ...] = ()
    names: tuple[str, ...] = ()


@dataclass(frozen=True)
class Happened:
    """What lies between two snapshots: doc_ids by step (old and new ids of changed documents), and the rules step."""

    removed: tuple[str, ...]
    changed: tuple[str, ...]
    new: tuple[str, ...]
    corrections: tuple[str, ...]
    rules: str
    rule_names: tuple[str, ...]

    @property
    def steps(self) -> tuple[str, ...]:
        """Those that happened, in order."""
        listed = [step for step in (*DOCUMENT_STEPS, "corrections") if getattr(self, step)]
        return (*listed, *([self.rules] if self.rules else []))


def what_happened(before: Snapshot, now: Snapshot) -> Happened:
    """Documents and rules that differ. A file whose path stayed and whose bytes did not is one changed document; a moved
    file and one whose sidecar was edited are changed documents too."""
    old, new = before.documents, now.documents
    old_paths, new_paths = ({one.path for one in documents.values()} for documents in (old, new))
    both = old.keys() & new.keys()
    differs = {doc_id for doc_id in both if (old[doc_id].content, old[doc_id].path) != (new[doc_id].content, new[doc_id].path)}
    changed = differs | {doc_id for doc_id in old.keys() - both if old[doc_id].path in new_paths}
    changed |= {doc_id for doc_id in new.keys() - both if new[doc_id].path in old_paths}
    corrected = {doc_id for doc_id in both - differs if old[doc_id].corrections != new[doc_id].corrections}
    names = {key for key in before.rules.keys() | now.rules.keys() if before.rules.get(key) != now.rules.get(key)}
    kinds = sorted({kind for kind, _ in names})
    return Happened(tuple(sorted(old.keys() - both - changed)), tuple(sorted(changed)),
                    tuple(sorted(new.keys() - both - changed)), tuple(sorted(corrected)), "_and_".join(kinds),
                    tuple(sorted(f"{name}" for _, name in names)))


def attribute(before: Snapshot, now: Snapshot, finding_id: str, *, old: float, new: float,
              earlier_day: float | None = None) -> list[Part]:
    """The parts of `new` minus `old` of one finding, in the order of STEPS; their amounts add up to it in millionths.

    old, new: the numbers as both reports stored them. earlier_day: today's number as of the last report's day, where
    the day itself moves it. A part of zero is left out unless it is the only thing that happened.
    """
    happened = what_happened(before, now)
    last = new if earlier_day is None else earlier_day
    values = _values(before, now, finding_id, happened, old=old, new=last)
    parts, at = [], old
    for step, value in values:
        if amount := _micro(value) - _micro(at):
            parts.append(Part(step, amount / MICRO, *_named(before, now, happened, step)))
        at = value
    if amount := _micro(new) - _micro(at):
        parts.append(Part("day", amount / MICRO))
    return parts


def _micro(value: float) -> int:
    return round(value * MICRO)


def _values(before: Snapshot, now: Snapshot, finding_id: str, happened: Happened, *, old: float, new: float
            ) -> list[tuple[str, float]]:
    """The number after each step that happened; after the last it is `new`."""
    points = before.points.get(finding_id), now.points.get(finding_id)
    steps = list(happened.steps)
    if not steps:
        return []
    if len(steps) == 1:
        return [(steps[0], new)]
    if points[0] is None or points[1] is None or not (points[0].get("last") and points[1].get("last")):
        return [("together", new)]
    documents = [step for step in steps if step in DOCUMENT_STEPS]
    switch = documents[-1] if documents else steps[-1]
    counts: Cells = {doc_id: one.counts for doc_id, one in before.documents.items()}
    point, slopes, found, at = points[0], before.slopes, [], old
    for step in steps:
        settles = step == steps[-1] if happened.rules else step == switch
        _apply(counts, happened, step, before.documents, now.documents, all_others=settles)
        point = points[1] if step == switch else point
        slopes = now.slopes if step == happened.rules else slopes
        value = _number(counts, point, slopes)
        at = at if value is None else value
        found.append((step, at))
    if abs(at - new) > 2 / MICRO:
        return [("together", new)]
    return [*found[:-1], (found[-1][0], new)]


def _apply(counts: Cells, happened: Happened, step: str, old: Mapping[str, Counted], new: Mapping[str, Counted], *,
           all_others: bool) -> None:
    """Carry out one step on the counts; all_others: with it the untouched documents take today's counts."""
    named = getattr(happened, step) if step in (*DOCUMENT_STEPS, "corrections") else ()
    later = set(happened.corrections if step in DOCUMENT_STEPS else ()) | set(happened.new) | set(happened.changed)
    touched = list(named) + ([doc_id for doc_id in old.keys() & new.keys() if doc_id not in later] if all_others else [])
    for doc_id in touched:
        if doc_id in new:
            counts[doc_id] = new[doc_id].counts
        else:
            counts.pop(doc_id, None)


def _number(counts: Cells, point: Mapping[str, object], slopes: Mapping[str, Slopes]) -> float | None:
    """A finding's number: the last cell's value, minus the first's where it is a change; a sum of hits for a count."""
    def value(cell: str) -> float | None:
        kind = cell.rpartition("/")[0]
        used = slopes.get(kind, PLAIN) if point["estimator"] == "corrected" else PLAIN
        return cell_value(counts, cell, used)

    if point["estimator"] == "sum":
        return float(sum(found[str(point["last"])][1] for found in counts.values() if str(point["last"]) in found))
    last = value(str(point["last"]))
    if point.get("first") is None or last is None:
        return last
    first = value(str(point["first"]))
    return None if first is None else last - first


def _named(before: Snapshot, now: Snapshot, happened: Happened, step: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Titles of the documents, or names of the rules or steps, that a part stands for."""
    if step == "together":
        return (), happened.steps
    if step not in (*DOCUMENT_STEPS, "corrections"):
        return (), happened.rule_names
    ids: tuple[str, ...] = getattr(happened, step)
    known = [now.documents.get(doc_id) for doc_id in ids] if step != "removed" else [before.documents[doc_id] for doc_id in ids]
    return tuple(one.title for one in known if one is not None), ()
