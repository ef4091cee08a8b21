"""Who and what is mentioned or cited: documents per name, its share of all with an interval, and its years."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from pipeline.reports import grids
from pipeline.reports.blocks import Cell, Chart, Column, Evidence, Table, text_column
from pipeline.reports.evidence import sample
from pipeline.reports.material import Material
from pipeline.reports.numbers import MIN_DOCUMENTS, count, interval, percent
from pipeline.reports.plotting import row_height, wrapped
from pipeline.reports.series import every_year, records
from pipeline.reports.words import Text, join, plain, say

DRAWN = 12
SHOWN = 25
Z = 1.959964  # the 97.5 % point of the normal distribution


def counted_documents(material: Material) -> pd.DataFrame:
    """doc_id and year (empty when undated) of Chinese-language texts issued in China, reposts left out."""
    rows = [(row.doc_id, row.date_issued[:4] if isinstance(row.date_issued, str) else "")
            for row in material.documents.itertuples(index=False)
            if str(row.lang).startswith("zh") and row.jurisdiction == "CN" and not isinstance(row.duplicate_of, str)]
    return pd.DataFrame(rows, columns=["doc_id", "year"])


def by_name(found: pd.DataFrame, documents: pd.DataFrame) -> pd.DataFrame:
    """One row per key, most documents first.

    found: key, doc_id, sent_no (several rows a document are one document). documents: from `counted_documents`.
    Returns: key, n_documents, n_all, estimate (share of all documents), low, high (Wilson), first, last (years).
    """
    found = found.merge(documents, on="doc_id")
    rows = []
    for key, part in found.groupby("key", sort=True):
        hits = part["doc_id"].nunique()
        low, high = wilson(hits, len(documents))
        years = sorted(year for year in part["year"] if year)
        rows.append((key, hits, len(documents), hits / len(documents), low, high, years[0] if years else None,
                     years[-1] if years else None))
    frame = pd.DataFrame(rows, columns=["key", "n_documents", "n_all", "estimate", "low", "high", "first", "last"])
    return frame.sort_values(["n_documents", "key"], ascending=[False, True]).reset_index(drop=True)


def wilson(hits: int, size: int) -> tuple[float, float]:
    """95 % interval of a share of independent documents (Wilson, 1927), within [0, 1]."""
    share, square = hits / size, Z * Z / size
    middle = (share + square / 2) / (1 + square)
    half = Z * ((share * (1 - share) + square / 4) / size) ** 0.5 / (1 + square)
    return max(0.0, middle - half), min(1.0, middle + half)


def name_table(name: str, title: Text, frame: pd.DataFrame, names: Mapping[str, Text], found: pd.DataFrame,
               material: Material) -> Table:
    """The counts behind a timeline; the first rows open their sentences."""
    evidence = {f"{name}-{key}": _sentences(names[key], found[found["key"] == key]) for key in frame["key"].head(SHOWN)}

    def opens(row: Any) -> Cell:
        one = f"{name}-{row.key}"
        return Cell(say("show_sentences"), css="screen", point=one) if one in evidence else Cell(plain("–"))

    columns = (Column(say("column_name"), lambda row: Cell(names[row.key], css="title roomy")),
               Column(say("column_documents"), lambda row: plain(count(row.n_documents)), numeric=True),
               Column(say("column_share_documents"), lambda row: plain(percent(row.estimate)), numeric=True),
               Column(say("tip_interval"), lambda row: plain(interval(row.low, row.high)), numeric=True),
               text_column("first", say("column_first")), text_column("last", say("column_last")),
               Column(say("column_evidence"), opens))
    return Table(name, title, frame, columns, evidence=evidence)


def _sentences(name: Text, found: pd.DataFrame) -> Evidence:
    keys = {(str(doc_id), int(sent_no)) for doc_id, sent_no in zip(found["doc_id"].tolist(), found["sent_no"].tolist(), strict=True)}
    return Evidence(name, plain(""), tuple((*key, "") for key in sample(keys)), total=len(keys))


def timeline_chart(name: str, title: Text, frame: pd.DataFrame, found: pd.DataFrame, documents: pd.DataFrame,
                   names: Mapping[str, Text], *, tally: Text, material: Material) -> Chart:
    """The most frequent names by year: how many documents of a year name each. names: key → words."""
    top = list(frame["key"].head(DRAWN))
    totals = documents[documents["year"] != ""].groupby("year").size()
    dated = found.merge(documents, on="doc_id")
    dated = dated[dated["key"].isin(top) & (dated["year"] != "")]
    counts = dated.groupby(["key", "year"])["doc_id"].nunique().reset_index(name="n")
    values = [{**wrapped(names[row["key"]]), "rank": top.index(row["key"]), "period": row["year"], "n": int(row["n"]),
               "total": int(totals[row["year"]]), "few": bool(totals[row["year"]] < MIN_DOCUMENTS)}
              for row in records(counts)]
    years = every_year([value["period"] for value in values])
    specs = {ui: grids.timeline(ui, years=years, n_rows=len(top), row=row_height(values, least=30),
                               counted=tally) for ui in ("en", "zh")}
    heard = join([say("alt_share", group=names[row["key"]], share=percent(row["estimate"]),
                      interval=interval(row["low"], row["high"]), n=count(row["n_documents"]))
                  for row in records(frame.head(DRAWN))])
    words = say("caption_timeline", n=count(len(documents)), as_of=material.as_of)
    return Chart(name, title, heard, words, values, specs,
                 name_table(name, title, frame, names, found, material), wide=True)
