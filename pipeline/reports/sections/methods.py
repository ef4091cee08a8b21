"""Corpus and methods: what was read, what was left out, how well the models do, and how to cite the report."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pandas as pd

from pipeline.knowledge import models_folder
from pipeline.reports import charts
from pipeline.reports.blocks import (
    Block,
    Cell,
    Chart,
    Code,
    Column,
    Heading,
    Prose,
    Section,
    Table,
    shown,
    text_column,
)
from pipeline.reports.material import Material
from pipeline.reports.missing import missing_instruments, missing_numbers
from pipeline.reports.numbers import count
from pipeline.reports.series import every_year, records
from pipeline.reports.words import Text, join, label, label_or_code, plain, say

ORDER = 90


def build(material: Material) -> Section:
    """Coverage, files, universe, models, versions, citation."""
    blocks: list[Block] = [
        Prose(say("methods_lead"), "lead"),
        Heading(say("heading_coverage"), id="coverage"), _coverage_chart(material),
        _cross(material), _coverage(material),
        Heading(say("heading_missing"), id="missing"), missing_instruments(material), missing_numbers(material),
        Heading(say("heading_files"), id="files"), _outcomes(material), _set_aside(material),
        Heading(say("heading_universe"), id="universe"), *_universe(material),
        Heading(say("heading_models"), id="models"), Prose(say("models_note"), "note"), _models(),
        Heading(say("heading_versions"), id="versions"), _versions(material),
        Heading(say("heading_cite"), id="cite"), Prose(say("cite_lead")), Code(say("cite_bibtex"), bibtex(material)),
        Prose(say("cite_sentence"), "note")]
    return Section("methods", say("section_methods"), tuple(blocks))


def _coverage_frame(material: Material) -> pd.DataFrame:
    documents = material.documents
    frame = pd.DataFrame({
        "period": [str(date)[:4] if isinstance(date, str) else "" for date in documents["date_issued"]],
        "doc_type": documents["doc_type"].fillna(""), "tier": documents["tier"].fillna(""),
        "lang": ["zh" if str(lang).startswith("zh") else "en" for lang in documents["lang"]]})
    return frame.groupby(["period", "tier", "doc_type", "lang"], sort=True).size().reset_index(name="n")


def _reposts(documents: pd.DataFrame) -> Text:
    """How many of the documents counted are reposts of another, which the headline series leave out."""
    return say("note_reposts", n=count((documents["duplicate_of"].fillna("") != "").sum()), total=count(len(documents)))


def _coverage_chart(material: Material) -> Chart:
    frame = _coverage_frame(material)
    dated = frame[frame["period"] != ""].groupby(["period", "tier"], sort=True)["n"].sum().reset_index()
    order = list(dated.groupby("tier")["n"].sum().sort_values(ascending=False).index)
    values = [{"period": row["period"], "tier_en": _attribute("tier", row["tier"]).en,
               "tier_zh": _attribute("tier", row["tier"]).zh, "rank": order.index(row["tier"]), "n": int(row["n"])}
              for row in records(dated)]
    years = dated.groupby("period")["n"].sum()
    top = str(years.idxmax()) if len(years) else "–"
    title = say("title_coverage", year=top, n=count(years.max() if len(years) else 0), total=count(years.sum()))
    alt = Text(*("; ".join(f"{year}: {n}" for year, n in years.items()) for _ in range(2)))
    by_year = years.reset_index()
    table = Table("coverage_by_year", title, by_year, (
        text_column("period", say("column_year")),
        Column(say("column_documents"), lambda row: plain(count(row.n)), numeric=True)))
    specs = {ui: charts.coverage(ui, years=every_year(list(dated["period"]))) for ui in ("en", "zh")}
    reposts = _reposts(material.documents[material.documents["date_issued"].notna()])
    return Chart("coverage_by_year", title, alt, join([reposts, say("source_counts", as_of=material.as_of)]), values, specs, table,
                 wide=True)


def _cross(material: Material) -> Table:
    """Documents by type (rows) and tier (columns); zero is a dot."""
    frame = _coverage_frame(material)
    table = frame.pivot_table(index="doc_type", columns="tier", values="n", aggfunc="sum", fill_value=0)
    sums = table.sum(axis=0).to_dict()
    codes = sorted(sums, key=lambda code: (-sums[code], str(code)))
    table = table[codes].astype(int).assign(total=table.sum(axis=1).astype(int))
    table = table.rename_axis(None, axis=1).reset_index().sort_values(["total", "doc_type"], ascending=[False, True])
    columns = (Column(say("column_doc_type"), lambda row: _attribute("doc_type", str(row[0]))),
               *(Column(_attribute("tier", str(code)), _place(place), numeric=True)
                 for place, code in enumerate(codes, start=1)),
               Column(say("column_total"), _place(len(codes) + 1), numeric=True))
    return Table("coverage_by_type_and_tier", say("table_coverage_cross"), table.reset_index(drop=True), columns,
                 note=_reposts(material.documents))


def _coverage(material: Material) -> Table:
    """Documents by year, tier, type and language, newest first: the whole of it as CSV."""
    frame = _coverage_frame(material).sort_values(["period", "n", "tier", "doc_type", "lang"],
                                                  ascending=[False, False, True, True, True])
    columns = (Column(say("column_year"), lambda row: plain(row.period) if row.period else say("undated"), numeric=True),
               Column(say("column_tier"), lambda row: _attribute("tier", row.tier)),
               Column(say("column_doc_type"), lambda row: _attribute("doc_type", row.doc_type)),
               Column(say("column_lang"), lambda row: label("lang", row.lang)),
               Column(say("column_documents"), lambda row: plain(count(row.n)), numeric=True))
    return Table("coverage", say("table_coverage_all"), frame.reset_index(drop=True), columns, page=8,
                 note=_reposts(material.documents))


def _place(place: int) -> Any:
    return lambda row: plain(count(row[place]) if row[place] else "·")


def _attribute(kind: str, code: str) -> Text:
    return label_or_code(kind, code) if code else say("unknown")


def _outcomes(material: Material) -> Table:
    counts = material.tables["files"]["outcome"].value_counts().rename_axis("outcome").reset_index(name="n")
    frame = counts.sort_values("outcome").reset_index(drop=True)
    columns = (Column(say("column_outcome"), lambda row: label("outcome", row.outcome)),
               Column(say("column_files"), lambda row: plain(count(row.n)), numeric=True))
    return Table("files_by_outcome", say("table_outcomes", n=count(len(material.tables["files"]))), frame, columns)


def _set_aside(material: Material) -> Table:
    files = material.tables["files"]
    frame = files[files["outcome"] == "quarantined"][["path", "reason", "detail", "hint"]]
    frame = frame.sort_values("path").reset_index(drop=True)
    columns = (Column(say("column_path"), lambda row: Cell(plain(shown(row.path)), css="mono")),
               Column(say("column_reason"), lambda row: label_or_code("reason", row.reason)),
               text_column("detail", say("column_detail")), text_column("hint", say("column_hint")))
    return Table("quarantine", say("table_set_aside"), frame, columns, empty=say("empty_set_aside"))


def _universe(material: Material) -> list[Block]:
    trends, name = material.trends, material.universe
    rows = trends[trends["measure"] == "documents_dropped"]
    frame = rows[["group_value", "lang", "n_documents"]].rename(columns={"group_value": "rule"})
    frame = frame.sort_values(["n_documents", "rule", "lang"], ascending=[False, True, True]).reset_index(drop=True)
    columns = (Column(say("column_drop"), lambda row: label_or_code("drop", row.rule)),
               Column(say("column_lang"), lambda row: label_or_code("lang", row.lang)),
               Column(say("column_documents"), lambda row: plain(count(row.n_documents)), numeric=True))
    return [Prose(say("universe_lead", universe=label_or_code("universe", name))),
            Table("universe_drops", say("table_drops"), frame, columns, empty=say("empty_drops"))]


def _models() -> Table:
    """Scores that training wrote beside the weights; F1 and accuracy on randomly drawn labels are shown, all are in the CSV."""
    path = models_folder() / "metrics.json"
    rows = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else []
    columns = ["lang", "label", "metric", "rows", "value", "low", "high", "n", "n_positive"]
    frame = pd.DataFrame(rows, columns=columns)
    first = (frame["rows"] == "random") & frame["metric"].isin(["f1", "macro_f1", "accuracy"])
    frame = frame.assign(order=1 - first.astype(int)).sort_values(["order", "rows", "lang", "label", "metric"],
                                                                  ascending=[True, False, False, True, True])
    shown_columns = (
        Column(say("column_lang"), lambda row: label("lang", row.lang)),
        Column(say("column_label"), lambda row: label_or_code("measure", row.label)),
        Column(say("column_metric"), lambda row: label_or_code("metric", row.metric)),
        Column(say("column_rows"), lambda row: label_or_code("rows", row.rows)),
        Column(say("column_value"), lambda row: plain(f"{row.value:.3f}"), numeric=True),
        Column(say("tip_interval"), lambda row: plain("–" if pd.isna(row.low) else f"{row.low:.3f}–{row.high:.3f}"), numeric=True),
        Column(say("column_sentences"), lambda row: plain(count(row.n)), numeric=True),
        Column(say("column_positives"), lambda row: plain(count(row.n_positive)), numeric=True))
    return Table("model_quality", say("table_models"), frame.drop(columns="order").reset_index(drop=True), shown_columns,
                 empty=say("empty_models"), max_rows=int((frame["order"] == 0).sum()) or 100)


def _versions(material: Material) -> Table:
    given: Mapping[str, Any] = {**material.context.get("versions", {}),
                                **{key: material.run[key] for key in ("fingerprint", "as_of")
                                   if material.run.get(key) is not None}}
    frame = pd.DataFrame(sorted((str(key), shown(value)) for key, value in given.items()), columns=["what", "value"])
    return Table("versions", say("table_versions"), frame, (
        text_column("what", say("column_what")),
        Column(say("column_value"), lambda row: Cell(plain(row.value), css="mono"))))


def bibtex(material: Material) -> str:
    """A BibTeX entry for this report; the fingerprint names the exact rules, models and documents."""
    year = material.as_of[:4]
    note = f"{len(material.documents)} documents, as of {material.as_of}"
    if material.run.get("fingerprint"):
        note += f", fingerprint {str(material.run['fingerprint'])[:12]}"
    return "\n".join((f"@techreport{{tifa-{material.as_of},", "  author = {{tifa}},",
                      "  title = {Development and security in policy texts: a measured reading},",
                      "  institution = {tifa, automated report},", f"  year = {{{year}}},",
                      f"  note = {{{note}}}", "}"))
