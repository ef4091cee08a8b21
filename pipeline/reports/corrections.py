"""Raw beside corrected: what the measured error of the classifier changes, on which labels, and why some are missing."""

from __future__ import annotations

from typing import Any

import pandas as pd

from pipeline.reports import charts
from pipeline.reports.blocks import Cell, Chart, Column, Table
from pipeline.reports.findings import FRAMES
from pipeline.reports.frames import measure_column, only_years
from pipeline.reports.material import Material
from pipeline.reports.numbers import count, interval, is_number, percent
from pipeline.reports.plotting import source, trend_points
from pipeline.reports.series import as_list, every_year, pick, point_id, records, solid
from pipeline.reports.words import Text, join, label, label_or_code, plain, say

WHY = ("unusable", "interval_leaves_range", "too_few_documents", "classifier_error_only")
"""Flags of a corrected point that a reader must know, the strongest first."""


def correction_chart(material: Material, lang: str) -> Chart | None:
    """Both estimates of every firm year, joined; the table has all years, with the labels used or why there is none."""
    wanted = {"measure": FRAMES, "grouping": "all", "lang": lang}
    raw = only_years(pick(material.trends, estimator="raw", **wanted))
    rows = _beside(material, raw, lang)
    drawn = rows[~rows["thin"] & rows["corrected"].notna()].reset_index(drop=True)
    if drawn.empty:
        return None
    values = [{"period": row["period"], "measure": row["measure"], "raw": row["estimate"], "corrected": row["corrected"],
               "low": None if row["corrected_low"] is None else max(0.0, row["corrected_low"]),
               "high": None if row["corrected_high"] is None else min(1.0, row["corrected_high"]),
               "point_id": row["point_id"], "n_documents": int(row["n_documents"]),
               **{f"basis_{ui}": row["basis"].of(ui) for ui in ("en", "zh")}} for row in records(drawn)]
    shift = f"{(drawn['corrected'] - drawn['estimate']).abs().max() * 100:.1f}"
    beyond = int(drawn["why"].eq("interval_leaves_range").sum())
    missing = int((solid(rows)["corrected"].isna()).sum())
    title = say("title_correction", points=shift)
    words = [say("caption_correction", basis=join(_bases(drawn), en="; ", zh="；"))]
    words += [say("caption_beyond", n=beyond, total=len(drawn))] if beyond else []
    words += [say("caption_missing_correction", n=missing)] if missing else []
    specs = {ui: charts.dumbbell(ui, y_title=say("axis_share"), years=every_year(list(drawn["period"])))
             for ui in ("en", "zh")}
    table = Table(f"correction_{lang}", title, rows.drop(columns=["flags", "thin", "basis"]).assign(
        basis=[text.en for text in rows["basis"]]), _columns(rows))
    return Chart(f"correction_{lang}", title, say("alt_correction", points=shift), join([*words, source(material, raw)]),
                 values, specs, table, points=trend_points(raw),
                 named={row["point_id"]: Text(*(f"{row['period']}: {label('measure', row['measure']).of(ui)}"
                                                for ui in ("en", "zh"))) for row in records(rows)})


def _beside(material: Material, raw: pd.DataFrame, lang: str) -> pd.DataFrame:
    """Raw points with corrected, corrected_low, corrected_high, basis (words) and why (a flag of WHY, or nothing)."""
    trends = material.trends
    fixed = trends[(trends["estimator"] == "corrected") & trends["measure"].isin(FRAMES) & (trends["lang"] == lang)
                   & (trends["grouping"] == "all")]
    found = {point_id(row): row for row in records(fixed)}
    extra = []
    for one in raw["point_id"]:
        row = found.get(one, {"estimate": None, "low": None, "high": None, "flags": []})
        flags = as_list(row["flags"])
        why = next((flag for flag in WHY if flag in flags), "" if one in found else "no_rates")
        usable = "unusable" not in flags
        extra.append((*(row[key] if usable and is_number(row[key]) else None for key in ("estimate", "low", "high")),
                      basis(flags), why))
    columns = ["corrected", "corrected_low", "corrected_high", "basis", "why"]
    return pd.concat([raw, pd.DataFrame(extra, columns=columns, index=raw.index)], axis=1)


def basis(flags: list[Any]) -> Text:
    """Which labelled sentences the error rates come from, in words: the flag `rates=statute+soft/all`."""
    given = next((str(flag).removeprefix("rates=") for flag in flags if str(flag).startswith("rates=")), "")
    if not given:
        return plain("–")
    parts = []
    for source_ in given.split("+"):
        kind, _, rest = source_.partition("/")
        name = label("rates", kind)
        parts.append(say("rates_mixed", kind=name, rest=label("rates", rest)) if rest else name)
    return join(parts, en=", ", zh="、")


def _bases(rows: pd.DataFrame) -> list[Text]:
    return list(dict.fromkeys(rows["basis"]))


def _columns(rows: pd.DataFrame) -> tuple[Column, ...]:
    words = dict(zip(rows["basis"].map(lambda text: text.en), rows["basis"], strict=True))
    return (Column(say("column_year"), lambda row: plain(row.period)), measure_column(),
            Column(say("raw"), lambda row: plain(percent(row.estimate)), numeric=True),
            Column(say("tip_interval"), lambda row: plain(interval(row.low, row.high)), numeric=True),
            Column(say("corrected"), lambda row: plain(percent(row.corrected)), numeric=True),
            Column(say("tip_interval"), lambda row: plain(interval(row.corrected_low, row.corrected_high)), numeric=True),
            Column(say("column_documents"), lambda row: plain(count(row.n_documents)), numeric=True),
            Column(say("column_rates"), lambda row: words[row.basis]),
            Column(say("column_why"), lambda row: Cell(label_or_code("flag", row.why) if row.why else plain(""), css="name")))
