"""Instruments: what texts name as their legal basis, and what they cite."""

from __future__ import annotations

from typing import Any

import pandas as pd

from pipeline.reports.blocks import Block, Cell, Chart, Column, Heading, Prose, Section, Table, shown
from pipeline.reports.citation_map import citation_map
from pipeline.reports.demands import demand_charts
from pipeline.reports.material import Material
from pipeline.reports.mentioned import by_name, counted_documents, timeline_chart
from pipeline.reports.numbers import count
from pipeline.reports.series import as_list
from pipeline.reports.words import Text, plain, say

ORDER = 30


def build(material: Material) -> Section:
    """Two ledgers: legal bases by how many documents rest on them, citations by instrument."""
    bases, cited = _bases(material), _cited(material)
    blocks: list[Block] = [Prose(_lead(material, bases, cited), "lead"),
                           Table("legal_bases", say("table_bases"), bases, _basis_columns(material),
                                 note=say("note_bases"), empty=say("empty_bases"), max_rows=40),
                           Table("citations", say("table_citations"), cited, _cited_columns(material),
                                 note=say("note_citations"), empty=say("empty_citations"), max_rows=100)]
    blocks[1:1] = filter(None, (citation_map(material), _over_time(material)))
    demands = demand_charts(material)
    if demands:
        blocks += [Heading(say("heading_demands"), id="demands"), Prose(say("demands_note"), "note"), *demands]
    return Section("instruments", say("section_instruments"), tuple(blocks))


def _lead(material: Material, bases: pd.DataFrame, cited: pd.DataFrame) -> Text:
    if bases.empty:
        return say("instruments_lead_none", cited=count(len(cited)))
    top = bases.iloc[0]
    return say("instruments_lead", title=_title(material, top), n=count(top["n_documents"]), cited=count(len(cited)))


def _title(material: Material, row: Any) -> Text:
    return material.name(row["entity_id"]) if row["entity_id"] else plain(shown(row["title"]))


def _bases(material: Material) -> pd.DataFrame:
    """One row per instrument: titles that `citations` links to one entity count together."""
    citations = material.tables["citations"]
    linked = citations[citations["entity_id"].notna() & (citations["entity_id"] != "NIL")]
    entity_of = dict(zip(linked["cited_title"].tolist(), linked["entity_id"].tolist(), strict=True))
    rows = []
    for row in material.documents.itertuples(index=False):
        for title in as_list(row.legal_basis) if not isinstance(row.duplicate_of, str) else ():
            entity_id = entity_of.get(title, "")
            rows.append((entity_id or title, title, entity_id, row.doc_id,
                         row.date_issued if isinstance(row.date_issued, str) else ""))
    frame = pd.DataFrame(rows, columns=["key", "title", "entity_id", "doc_id", "date"])
    frame = frame.drop_duplicates(["key", "doc_id"])
    grouped = frame.groupby("key", sort=True).agg(
        title=("title", lambda titles: titles.mode().iloc[0]), entity_id=("entity_id", "first"),
        n_documents=("doc_id", "size"), first=("date", lambda dates: min(filter(None, dates), default="")),
        last=("date", "max"), doc_ids=("doc_id", lambda ids: "; ".join(sorted(ids)))).reset_index(drop=True)
    return grouped.sort_values(["n_documents", "title"], ascending=[False, True]).reset_index(drop=True)


def _cited(material: Material) -> pd.DataFrame:
    citations = material.tables["citations"]
    citations = citations[citations["doc_id"].isin(material.by_id)]
    key = citations["entity_id"].where(citations["entity_id"].notna() & (citations["entity_id"] != "NIL"),
                                       citations["cited_title"])
    citations = citations.assign(key=key)[key.notna()].sort_values(["doc_id", "sent_no", "start_char"])
    known = citations["entity_id"].where(citations["entity_id"] != "NIL")
    titles = citations.groupby(["key", "cited_title"]).size().reset_index(name="n")
    titles = titles.sort_values(["n", "cited_title"], ascending=[False, True]).drop_duplicates("key")
    grouped = citations.assign(known=known).groupby("key", sort=True)
    frame = pd.DataFrame({
        "title": titles.set_index("key")["cited_title"], "entity_id": grouped["known"].first(),
        "n_documents": grouped["doc_id"].nunique(), "n_citations": grouped.size(),
        "cited_doc_id": grouped["cited_doc_id"].min(), "first_doc_id": grouped["doc_id"].first(),
        "first_sent_no": grouped["sent_no"].first()})
    relations = citations.groupby(["key", "relation"]).size().unstack(fill_value=0)
    frame = frame.join(relations.reindex(columns=list(RELATIONS), fill_value=0)).rename_axis("instrument").reset_index()
    frame["title"] = frame["title"].fillna(frame["instrument"])
    columns = ["instrument", "title", "entity_id", "n_documents", "n_citations", *RELATIONS, "cited_doc_id",
               "first_doc_id", "first_sent_no"]
    return frame[columns].sort_values(["n_documents", "n_citations", "instrument"],
                                      ascending=[False, False, True]).reset_index(drop=True)


def _over_time(material: Material) -> Chart | None:
    """The instruments that most Chinese texts cite, by year of the citing text."""
    documents = counted_documents(material)
    citations = material.tables["citations"]
    known = citations[citations["entity_id"].notna() & (citations["entity_id"] != "NIL")]
    found = known[known["doc_id"].isin(documents["doc_id"])][["entity_id", "doc_id", "sent_no"]]
    found = found.rename(columns={"entity_id": "key"}).reset_index(drop=True)
    if found.empty:
        return None
    frame = by_name(found, documents)
    names = {key: material.name(key) for key in frame["key"]}
    top = frame.iloc[0]
    title = say("title_citations_time", name=names[top["key"]], n=count(top["n_documents"]), total=count(len(documents)))
    return timeline_chart("citations_by_year", title, frame, found, documents, names, tally=say("tip_citing"),
                          material=material)


RELATIONS = ("basis", "implement", "amend", "repeal", "mention")


def _basis_columns(material: Material) -> tuple[Column, ...]:
    def name(row: Any) -> Cell:
        return Cell(material.name(row.entity_id) if row.entity_id else plain(shown(row.title)), css="title roomy")

    return (Column(say("column_instrument"), name),
            Column(say("column_resting"), lambda row: plain(count(row.n_documents)), numeric=True),
            Column(say("column_first"), lambda row: plain(shown(row.first)), numeric=True),
            Column(say("column_last"), lambda row: plain(shown(row.last)), numeric=True),
            Column(say("column_example"), lambda row: material.link(row.doc_ids.split("; ")[0])))


def _cited_columns(material: Material) -> tuple[Column, ...]:
    def name(row: Any) -> Cell:
        text = material.name(row.entity_id) if isinstance(row.entity_id, str) else plain(shown(row.title))
        href = f"documents/{row.cited_doc_id}.html" if row.cited_doc_id in material.by_id else ""
        return Cell(text, href=href, css="title roomy")

    relations = tuple(Column(say(f"relation_{relation}"), _relation(relation), numeric=True) for relation in RELATIONS)
    return (Column(say("column_instrument"), name),
            Column(say("column_citing"), lambda row: plain(count(row.n_documents)), numeric=True),
            Column(say("column_times"), lambda row: plain(count(row.n_citations)), numeric=True), *relations,
            Column(say("column_example"), lambda row: material.link(row.first_doc_id, row.first_sent_no)))


def _relation(name: str) -> Any:
    return lambda row: plain(count(getattr(row, name)) if getattr(row, name) else "·")
