"""Formulations (提法): how many documents use each fixed wording, and from when to when."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import pandas as pd

from pipeline.knowledge import KNOWLEDGE, load_yaml
from pipeline.reports import whiskers
from pipeline.reports.blocks import Block, Chart, Column, Heading, Prose, Section, Table, text_column
from pipeline.reports.families import Families, family_table, mutation_table, slope_chart
from pipeline.reports.findings import LANGS
from pipeline.reports.keywords import keyness_blocks
from pipeline.reports.material import Material
from pipeline.reports.numbers import count, interval, percent
from pipeline.reports.plotting import (
    axis_end,
    number_columns,
    plotted,
    row_height,
    source,
    trend_points,
    wrapped,
)
from pipeline.reports.series import pick, records
from pipeline.reports.words import Text, join, label, say

ORDER = 45
DRAWN = 15
PREFIX = "formulation_"


def build(material: Material) -> Section:
    """Per language: what rises and falls, every family with its entry, what replaced what, the most used; then keyness."""
    blocks: list[Block] = [Prose(say("formulations_lead"), "lead"), Prose(say("formulations_note"), "note")]
    for lang in LANGS:
        families = Families(material, lang)
        ledger = None if families.rows.empty else family_table(families)
        parts: list[Block | None] = [slope_chart(families), _chart(material, lang), ledger, mutation_table(families)]
        found: list[Block] = [part for part in parts if part is not None]
        heading = Heading(say(f"texts_{lang}"), id=f"formulations-{lang}")
        blocks += [heading, *(found or [Prose(say("no_formulations", lang=label("lang", lang)), "note")])]
    words = keyness_blocks(material)
    if words:
        blocks += [Heading(say("heading_keyness"), id="keyness"), Prose(say("keyness_note"), "note"), *words]
    return Section("formulations", say("section_formulations"), tuple(blocks))


def _chart(material: Material, lang: str) -> Chart | None:
    frame = _used(material, lang)
    if frame.empty or bool(frame["thin"].all()):
        return None
    titles = {name: _title(name) for name in frame["measure"]}
    drawn = frame.head(DRAWN)
    values = [{**wrapped(titles[row["measure"]]), "rank": rank,
               **plotted(row, tip=titles[row["measure"]])} for rank, row in enumerate(records(drawn))]
    columns = (Column(say("column_formulation"), lambda row: titles[row.measure]),
               *number_columns("column_share_documents"),
               text_column("first_year", say("column_first")), text_column("last_year", say("column_last")))
    specs = {ui: whiskers.whiskers(ui, x_title=say("axis_share_documents"), n_rows=len(drawn), top=axis_end(values),
                                row=row_height(values, least=30))
             for ui in ("en", "zh")}
    top = frame.iloc[0]
    title = say("title_formulations", lang=label("lang", lang), name=titles[top["measure"]],
                share=percent(top["estimate"], digits=0))
    alt = join([say("alt_share", group=titles[row["measure"]], share=percent(row["estimate"]),
                    interval=interval(row["low"], row["high"]), n=count(row["n_documents"])) for row in records(drawn)])
    return Chart(f"formulations_{lang}", title, alt, join([say("caption_formulations"), source(material, frame)]),
                 values, specs, Table(f"formulations_{lang}", title, frame, columns), points=trend_points(frame),
                 wide=True, named={row["point_id"]: titles[row["measure"]] for row in records(frame)})


def _used(material: Material, lang: str) -> pd.DataFrame:
    """Formulations that any document uses, most used first, with the years of first and last use."""
    trends = material.trends
    trends = trends[trends["measure"].astype(str).str.startswith(PREFIX) & (trends["estimate"] > 0)]
    whole = pick(trends, grouping="all", period="all", lang=lang, estimator="raw")
    yearly = trends[(trends["grouping"] == "all") & (trends["period"] != "all") & (trends["lang"] == lang)]
    years = yearly.groupby("measure")["period"].agg(["min", "max"])
    whole = whole.assign(first_year=whole["measure"].map(years["min"].to_dict()),
                         last_year=whole["measure"].map(years["max"].to_dict()))
    return whole.sort_values(["estimate", "measure"], ascending=[False, True]).reset_index(drop=True)


def _title(measure: str) -> Text:
    """The first Chinese wording and the English title of a formulation."""
    name = measure.removeprefix(PREFIX)
    entry = _formulations().get(name)
    if not isinstance(entry, Mapping):
        return Text(name, name)
    wordings = entry.get("zh") or ["、".join(part if isinstance(part, str) else part[0] for part in entry.get("parts", ()))]
    zh = str(wordings[0]) or name
    return Text(f"{entry.get('en_title', name)} ({zh})", zh)


@lru_cache(maxsize=1)
def _formulations() -> Mapping[str, Any]:
    loaded = load_yaml(KNOWLEDGE / "formulations.yml")
    return loaded if isinstance(loaded, Mapping) else {}
