"""The specification curve: one slope measured in every defensible way, from the steepest fall to the steepest rise."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pandas as pd

from pipeline.reports.axes import GREY, Spec, drawing, frame_colour, told
from pipeline.reports.blocks import Chart, Table
from pipeline.reports.findings import FRAMES
from pipeline.reports.material import Material
from pipeline.reports.numbers import count, points
from pipeline.reports.series import records
from pipeline.reports.words import Text, join, label, say

WORDS = "words"   # specifications that count words have another unit


def curve_chart(material: Material, rows: pd.DataFrame, table: Table, choices: Callable[[str], Text], lang: str) -> Chart | None:
    """Both frames of one language; None without specifications. choices: a specification in words."""
    kept = rows[(rows["lang"] == lang) & rows["measure"].isin(FRAMES) & ~rows["group_value"].str.endswith(f"| {WORDS}")]
    if kept.empty:
        return None
    values, parts = [], []
    for measure, part in kept.groupby("measure", sort=True):
        ordered = part.sort_values(["estimate", "group_value"])
        clear_up, clear_down = int((ordered["low"] > 0).sum()), int((ordered["high"] < 0).sum())
        parts.append(say("title_curve_part", measure=label("measure", measure), n=count(len(ordered)),
                         up=count((ordered["estimate"] > 0).sum()), clear=count(clear_up + clear_down)))
        for rank, row in enumerate(records(ordered)):
            words = choices(str(row["group_value"]))
            values.append({"measure": measure, "rank": (rank + 0.5) / len(ordered), "estimate": row["estimate"] * 100,
                           "low": row["low"] * 100, "high": row["high"] * 100, "n_documents": int(row["n_documents"]),
                           "interval": f"{points(row['low'], digits=2)} … {points(row['high'], digits=2)}",
                           "tip_en": words.en, "tip_zh": words.zh})
    title = Text("; ".join(part.en for part in parts), "；".join(part.zh for part in parts))
    title = Text(title.en[:1].upper() + title.en[1:], title.zh)
    words = join([say("caption_curve"), say("source_plain", as_of=material.as_of)])
    specs = {ui: _curve(ui) for ui in ("en", "zh")}
    return Chart(f"curve_{lang}", title, title, words, values, specs, table, wide=True)


def _curve(lang: str) -> Spec:
    """Values: measure, rank (0 to 1), estimate, low, high (points a year), interval, n_documents, tip_en, tip_zh."""
    x: dict[str, Any] = {"field": "rank", "type": "quantitative", "scale": {"domain": [0, 1]},
                         "axis": {"title": say("axis_curve").of(lang), "labels": False, "ticks": False, "grid": False}}
    axis = {"title": say("axis_slope_share").of(lang), "format": "+.1f", "tickCount": 5}
    y: dict[str, Any] = {"field": "estimate", "type": "quantitative", "axis": axis, "scale": {"zero": True, "nice": True}}
    tips = [told(say("column_choices"), f"tip_{lang}", lang), told(say("column_slope"), "estimate", lang, form="+.2f"),
            told(say("tip_interval"), "interval", lang), told(say("column_documents"), "n_documents", lang)]
    return drawing([
        {"mark": {"type": "rule", "color": GREY, "strokeDash": [4, 3]}, "encoding": {"y": {"datum": 0, "type": "quantitative"}}},
        {"mark": {"type": "rule", "strokeWidth": 1.5, "opacity": 0.35},
         "encoding": {"x": x, "y": y | {"field": "low"}, "y2": {"field": "high"}, "color": frame_colour(lang)}},
        {"mark": {"type": "point", "filled": True, "size": 40, "opacity": 1},
         "encoding": {"x": x, "y": y, "color": frame_colour(lang), "tooltip": tips}}], height=220)
