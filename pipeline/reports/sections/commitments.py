"""Commitments: promises and targets by deadline, those whose date has passed first."""

from __future__ import annotations

from typing import Any

import pandas as pd

from pipeline.reports.blocks import Block, Cell, Column, Prose, Section, Table, shown
from pipeline.reports.evidence import shorten
from pipeline.reports.ledger import ledger
from pipeline.reports.material import Material
from pipeline.reports.numbers import count, counted
from pipeline.reports.promises import dropped, repeated, successors
from pipeline.reports.words import Text, plain, say

ORDER = 50


def build(material: Material) -> Section:
    """The ledger: passed deadlines (latest first), then those ahead (soonest first), then those without a date."""
    frame = _ordered(material, ledger(material))
    n = frame["state"].value_counts()
    lead = say("commitments_lead", n=count(len(frame)), passed=count(n.get("passed", 0)),
               ahead=count(n.get("ahead", 0)), undated=count(n.get("undated", 0)), as_of=material.as_of)
    blocks: list[Block] = [Prose(lead, "lead"), Prose(say("commitments_note"), "note")]
    blocks += [Table(f"commitments_{state}", say(f"table_{state}"), part.reset_index(drop=True), _columns(material),
                     empty=say("empty_commitments"), max_rows=rows,
                     group=_year if state != "undated" else None)
               for state, rows in (("passed", 200), ("ahead", 300), ("undated", 100))
               for part in [frame[frame["state"] == state]]]
    blocks[3:3] = _fates(material, frame)
    return Section("commitments", say("section_commitments"), tuple(blocks))


def _fates(material: Material, frame: pd.DataFrame) -> list[Block]:
    """Commitments repeated in other documents, and those not found again in a successor, each with its rule."""
    again, gone = repeated(material, frame), dropped(material, frame)
    pairs = len(list(successors(material)))
    first = (Column(say("column_deadline"), lambda row: plain(shown(row.deadline)), numeric=True),
             Column(say("column_commitment"), lambda row: Cell(plain(shorten(row.text, limit=180)), css="roomy")),
             Column(say("column_quantity"), lambda row: plain(shown(row.quantities))))
    said = Column(say("column_document"), lambda row: material.link(row.doc_id, row.sent_no))
    later = Column(say("column_successor"), lambda row: material.link(row.successor_id))
    issued = Column(say("column_issued"), lambda row: plain(shown(material.by_id[row.doc_id].date_issued)), numeric=True)
    count_ = again["target"].nunique()
    return [Table("commitments_repeated", say("table_repeated", n=counted("targets", count_)), again, (*first, said, issued),
                  note=say("note_repeated"), empty=say("empty_commitments"),
                  group=lambda row: say("group_target", n=count(row.target + 1), documents=count(row.n_documents))),
            Table("commitments_dropped", say("table_dropped", n=counted("targets", len(gone))), gone,
                  (*first, said, issued, later), note=say("note_dropped", pairs=count(pairs)), empty=say("empty_commitments"))]


def _ordered(material: Material, frame: pd.DataFrame) -> pd.DataFrame:
    """The ledger with the place it binds and its deadline's year; within a year Chinese texts first, then as printed."""
    places = [material.by_id[doc_id].jurisdiction for doc_id in frame["doc_id"]]
    frame = frame.assign(jurisdiction=pd.Series(places, dtype=object), year=frame["deadline"].str[:4],
                         rank=range(len(frame)), abroad=[place != "CN" for place in places])
    parts = []
    for state, recent_first in (("passed", True), ("ahead", False), ("undated", False)):
        part = frame[frame["state"] == state]
        parts.append(part.sort_values(["year", "abroad", "rank"], ascending=[not recent_first, True, True]))
    return pd.concat(parts, ignore_index=True).drop(columns=["rank", "abroad"])


def _year(row: Any) -> Text:
    return plain(row.year)


def _columns(material: Material) -> tuple[Column, ...]:
    def actor(row: Any) -> Text:
        return material.name(row.actor_id) if isinstance(row.actor_id, str) and row.actor_id != "NIL" else plain("–")

    return (Column(say("column_deadline"), lambda row: Cell(plain(shown(row.deadline)), css=f"state-{row.state}"),
                   numeric=True),
            Column(say("column_commitment"), lambda row: Cell(plain(shorten(row.text, limit=180)), css="roomy")),
            Column(say("column_actor"), lambda row: Cell(actor(row), css="name")),
            Column(say("column_jurisdiction"), lambda row: plain(shown(row.jurisdiction))),
            Column(say("column_quantity"), lambda row: plain(shown(row.quantities))),
            Column(say("column_document"), lambda row: material.link(row.doc_id, row.sent_no)),
            Column(say("column_issued"), lambda row: plain(shown(row.issued)), numeric=True))
