"""What every chart of the two frames shares: its rows, values, caption, words for a listener, and table."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from pipeline.reports.blocks import Cell, Column, Table
from pipeline.reports.findings import FRAMES, best_rows
from pipeline.reports.material import Material
from pipeline.reports.numbers import count, interval, percent
from pipeline.reports.plotting import number_columns, plotted
from pipeline.reports.series import records
from pipeline.reports.words import Text, join, label, plain, say


def frame_rows(material: Material, lang: str, grouping: str) -> pd.DataFrame:
    """Points of both frames of one grouping and language, by the best estimator that fits all points."""
    return best_rows(material.trends, measure=FRAMES, grouping=grouping, lang=lang)


def framed(row: Mapping[str, Any], *, tip: Text, **more: Any) -> dict[str, Any]:
    """A plotted value of one frame, whose tooltip names group and frame."""
    return plotted(row, tip=point_name(row, tip), **more)


def point_name(row: Mapping[str, Any], tip: Text) -> Text:
    """`2024: security`."""
    frame = label("measure", row["measure"])
    return Text(f"{tip.en}: {frame.en}", f"{tip.zh}：{frame.zh}")


def caption(material: Material, frame: pd.DataFrame, drawn: pd.DataFrame) -> list[Text]:
    """Estimator and why it is this one, what bands and grey points mean; the source line follows it."""
    estimator = str(frame["estimator"].iloc[0])
    words = [say("caption_shares", estimator=label("estimator", estimator))]
    if estimator == "raw":
        keys = frame[["grouping", "group_value", "period", "lang", "measure"]].drop_duplicates()
        fits = material.trends.merge(keys)
        has_correction = bool((fits["estimator"] == "corrected").any())
        words.append(say("caption_impossible" if has_correction else "caption_uncorrected"))
    n_thin = int(drawn["thin"].sum())
    if n_thin:
        words.append(say("caption_thin", n=count(n_thin)))
    return words


def alt(frame: pd.DataFrame, names: Mapping[str, Text] | None = None) -> Text:
    """The data in words, for a reader who hears the page."""
    parts = []
    for row in records(frame.head(40)):
        where = plain(row["period"]) if names is None else names[row["group_value"]]
        key = "alt_thin" if row["thin"] else "alt_point"
        parts.append(say(key, where=where, measure=label("measure", row["measure"]), share=percent(row["estimate"]),
                         interval=interval(row["low"], row["high"]), n=int(row["n_documents"])))
    return join(parts)


def frame_table(name: str, title: Text, frame: pd.DataFrame, first: Text, show_first: Any, *,
                more: tuple[Column, ...] = ()) -> Table:
    """The table behind a chart of frames: where, frame, share, interval, n, evidence; `more` columns before the evidence."""
    *numbers, opens = number_columns("column_share")
    return Table(name, title, frame, (Column(first, show_first), measure_column(), *numbers, *more, opens))


def measure_column() -> Column:
    """The frame of a row, with its colour."""
    return Column(say("column_frame"), lambda row: Cell(label("measure", row.measure), css=f"frame-{row.measure}"))


def only_years(frame: pd.DataFrame) -> pd.DataFrame:
    """The rows of single years."""
    return frame[frame["period"].astype(str).str.fullmatch(r"[0-9]{4}")].reset_index(drop=True)


def sentence(parts: list[Text]) -> Text:
    """Clauses as one title: joined by semicolons, the English one with a capital."""
    english = "; ".join(part.en for part in parts)
    return Text(english[:1].upper() + english[1:], "；".join(part.zh for part in parts))
