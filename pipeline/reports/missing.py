"""What the corpus does not hold: gaps in number series, and instruments that its texts cite and that it lacks."""

from __future__ import annotations

from typing import Any

import pandas as pd

from pipeline.reports.blocks import Cell, Column, Table
from pipeline.reports.material import Material
from pipeline.reports.numbers import count
from pipeline.reports.series import pick
from pipeline.reports.words import plain, say

CITED_BY = 3   # texts that must cite an instrument before its absence is reported


def missing_numbers(material: Material) -> Table:
    """Number series with at least three documents: how many of the series are here, and how many there probably were."""
    rows = pick(material.tables["trends"], measure="numbered_documents", grouping="doc_number")
    frame = rows[["group_value", "period", "n_documents", "low", "estimate"]].sort_values(["n_documents", "group_value"],
                                                                                     ascending=[False, True])
    columns = (Column(say("column_series"), lambda row: plain(row.group_value)),
               Column(say("column_year"), lambda row: plain(row.period), numeric=True),
               Column(say("column_held"), lambda row: plain(count(row.n_documents)), numeric=True),
               Column(say("column_largest"), lambda row: plain(count(row.low)), numeric=True),
               Column(say("column_probably"), lambda row: plain(count(row.estimate)), numeric=True))
    return Table("missing_numbers", say("table_missing_numbers"), frame.reset_index(drop=True), columns,
                 note=say("note_missing_numbers"), empty=say("empty"))


def missing_instruments(material: Material) -> Table:
    """Registered instruments that three texts or more cite and that the corpus lacks, most cited first."""
    links = material.tables.get("citation_links", pd.DataFrame())
    columns = (Column(say("column_instrument"), lambda row: Cell(material.name(row.entity_id), css="title roomy")),
               Column(say("column_citing"), lambda row: plain(count(row.n_documents)), numeric=True),
               Column(say("column_example"), _example(material)))
    frame = pd.DataFrame(columns=["entity_id", "n_documents", "first_doc_id"])
    if len(links):
        known = links[(links["entity_id"] != "NIL") & links["entity_id"].notna() & links["doc_id"].isin(material.by_id)]
        held = set(known.loc[known["cited_doc_id"].notna(), "entity_id"])
        grouped = known[~known["entity_id"].isin(held)].groupby("entity_id", sort=True)["doc_id"]
        frame = pd.DataFrame({"n_documents": grouped.nunique(), "first_doc_id": grouped.min()}).reset_index()
        frame = frame[frame["n_documents"] >= CITED_BY].sort_values(["n_documents", "entity_id"], ascending=[False, True])
    return Table("missing_instruments", say("table_missing_instruments", n=count(len(frame))), frame.reset_index(drop=True),
                 columns, note=say("note_missing_instruments", n=count(CITED_BY)), empty=say("empty"), page=12)


def _example(material: Material) -> Any:
    return lambda row: material.link(row.first_doc_id)
