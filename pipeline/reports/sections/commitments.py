"""Commitments: promises and targets by deadline, those whose date has passed first."""

from __future__ import annotations

from typing import Any

import pandas as pd

from pipeline.reports.blocks import Block, Cell, Column, Prose, Section, Table, shown
from pipeline.reports.evidence import shorten
from pipeline.reports.material import Material
from pipeline.reports.numbers import count
from pipeline.reports.words import Text, label, plain, say

ORDER = 50


def build(material: Material) -> Section:
    """The ledger: passed deadlines (latest first), then those ahead (soonest first), then those without a date."""
    frame = _ledger(material)
    n = frame["state"].value_counts()
    lead = say("commitments_lead", n=count(len(frame)), passed=count(n.get("passed", 0)),
               ahead=count(n.get("ahead", 0)), undated=count(n.get("undated", 0)), as_of=material.as_of)
    blocks: list[Block] = [Prose(lead, "lead"), Prose(say("commitments_note"), "note")]
    blocks += [Table(f"commitments_{state}", say(f"table_{state}"), part.reset_index(drop=True), _columns(material),
                     empty=say("empty_commitments"), max_rows=rows)
               for state, rows in (("passed", 60), ("ahead", 100), ("undated", 40))
               for part in [frame[frame["state"] == state]]]
    return Section("commitments", say("section_commitments"), tuple(blocks))


def _ledger(material: Material) -> pd.DataFrame:
    commitments = material.tables["commitments"]
    kept = commitments[commitments["doc_id"].isin(material.by_id)]
    reposts = {doc_id for doc_id, row in material.by_id.items() if isinstance(row.duplicate_of, str)}
    kept = kept[~kept["doc_id"].isin(reposts)]
    states = [state_of(deadline, as_of=material.as_of) for deadline in kept["deadline"]]
    kept = kept.assign(state=pd.Series(states, index=kept.index, dtype=object),
                       issued=[material.by_id[doc_id].date_issued for doc_id in kept["doc_id"]])
    passed = kept[kept["state"] == "passed"].sort_values(["deadline", "doc_id", "sent_no"],
                                                         ascending=[False, True, True])
    rest = kept[kept["state"] != "passed"].sort_values(["deadline", "doc_id", "sent_no"])
    return pd.concat([passed, rest], ignore_index=True)


def state_of(deadline: object, *, as_of: str) -> str:
    """`passed` when the whole of the printed deadline lies before `as_of`, `ahead` when not, `undated` without one."""
    if not isinstance(deadline, str) or not deadline:
        return "undated"
    return "passed" if deadline < as_of[:len(deadline)] else "ahead"


def _columns(material: Material) -> tuple[Column, ...]:
    def actor(row: Any) -> Text:
        return material.name(row.actor_id) if isinstance(row.actor_id, str) and row.actor_id != "NIL" else plain("–")

    def quantity(row: Any) -> Text:
        return plain(" ".join(shown(part) for part in (row.quantity, row.unit) if shown(part) != "–") or "–")

    return (Column(say("column_deadline"), lambda row: Cell(plain(shown(row.deadline)), css=f"state-{row.state}"),
                   numeric=True),
            Column(say("column_commitment"), lambda row: Cell(plain(shorten(row.text, limit=180)),
                                                              href=material.link(row.doc_id, row.sent_no).href)),
            Column(say("column_actor"), actor), Column(say("column_quantity"), quantity),
            Column(say("column_document"), lambda row: material.link(row.doc_id, row.sent_no)),
            Column(say("column_issued"), lambda row: plain(shown(row.issued)), numeric=True))


__all__ = ["ORDER", "build", "label", "state_of"]
