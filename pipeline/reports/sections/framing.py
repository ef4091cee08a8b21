"""Framing: development and security over time, their balance, by tier and type; raw beside corrected."""

from __future__ import annotations

from typing import Any

import pandas as pd

from pipeline.reports import charts
from pipeline.reports.blocks import Block, Chart, Column, Heading, Prose, Section, Table
from pipeline.reports.breaks import ChangePoint, change_points, layers, said
from pipeline.reports.corrections import correction_chart
from pipeline.reports.findings import FRAMES, LANGS
from pipeline.reports.frames import (
    alt,
    caption,
    frame_rows,
    frame_table,
    framed,
    only_years,
    point_name,
    sentence,
)
from pipeline.reports.groups import group_chart
from pipeline.reports.material import Material
from pipeline.reports.numbers import count, is_number, percent, points
from pipeline.reports.plotting import axis_end, plotted, source, trend_points
from pipeline.reports.series import every_year, moved, pick, records, segments, solid
from pipeline.reports.words import Text, join, label, plain, say

ORDER = 20


def build(material: Material) -> Section:
    """Charts of the two frames, Chinese and English apart; then the one even series."""
    blocks: list[Block] = [Prose(say("framing_lead"), "lead")]
    for lang in LANGS:
        blocks.append(Heading(say(f"texts_{lang}"), id=f"framing-{lang}"))
        over_time = _over_time(material, lang)
        if over_time is None:
            blocks.append(Prose(say("no_series", lang=label("lang", lang)), "note"))
            continue
        blocks += [over_time, *filter(None, (_balance(material, lang), group_chart(material, lang, "tier"),
                                             group_chart(material, lang, "doc_type"),
                                             group_chart(material, lang, "audience"), correction_chart(material, lang)))]
    even = [chart for lang in LANGS if (chart := _even(material, lang)) is not None]
    if even:
        blocks += [Heading(say("heading_even"), id="framing-even"), Prose(say("even_note"), "note"), *even]
    return Section("framing", say("section_framing"), tuple(blocks))


EVEN = "work_reports"


def _even(material: Material, lang: str) -> Chart | None:
    """The yearly work reports as classified: nearly complete, so no sampling error and no band."""
    trends = material.tables["trends"]
    frame = only_years(pick(trends, measure=FRAMES, universe=EVEN, grouping="all", lang=lang, estimator="raw"))
    if frame.empty:
        return None
    parts = [say("moved_plain", measure=label("measure", measure), first=percent(rows["estimate"].iloc[0], digits=0),
                 last=percent(rows["estimate"].iloc[-1], digits=0), since=rows["period"].iloc[0],
                 until=rows["period"].iloc[-1]) for measure, rows in frame.groupby("measure", sort=True)]
    found = change_points(material, FRAMES, universe=EVEN, lang=lang)
    words = join([say("caption_even"), *said(found), source(material, frame, universe=EVEN)])
    return _time_chart(f"even_{lang}", sentence(parts), words, frame, frame, lang, found=found)


def _over_time(material: Material, lang: str) -> Chart | Table | None:
    """The chart, or the bare table where no year has enough documents; None without a dated document."""
    frame = only_years(frame_rows(material, lang, "all"))
    if frame.empty:
        return None
    if bool(frame["thin"].all()):
        return _time_table(f"framing_{lang}", say("title_too_thin", lang=label("lang", lang)), frame)
    drawn = _readable(frame)
    found = change_points(material, FRAMES, universe=material.universe, lang=lang)
    words = join([*caption(material, frame, drawn), *said(found), *_undrawn(frame, drawn), source(material, frame)])
    return _time_chart(f"framing_{lang}", _title(frame, lang), words, frame, drawn, lang, found=found)


def _readable(frame: pd.DataFrame) -> pd.DataFrame:
    """The points from the first year with enough documents to the last: before and after it there is no series."""
    firm = solid(frame)["period"]
    inside = frame["period"].between(firm.min(), firm.max())
    return frame.loc[inside].reset_index(drop=True)


def _undrawn(frame: pd.DataFrame, drawn: pd.DataFrame) -> list[Text]:
    """What the axis leaves out, and which of its years have no document."""
    years, words = every_year(list(drawn["period"])), []
    left = sorted(set(frame["period"]) - set(years))
    if left:
        words.append(say("caption_left", n=count(len(left)), first=left[0], last=left[-1]))
    empty = [year for year in years if year not in set(drawn["period"])]
    if empty:
        words.append(say("caption_empty_years", years=Text(", ".join(empty), "、".join(empty))))
    return words


def _time_chart(name: str, title: Text, words: Text, frame: pd.DataFrame, drawn: pd.DataFrame, lang: str, *,
                found: list[ChangePoint]) -> Chart:
    values, years = [], every_year(list(drawn["period"]))
    for measure, rows in drawn.groupby("measure", sort=True):
        joined = segments(list(rows["period"].astype(str)), list(rows["thin"]))
        values += [framed(row, tip=plain(row["period"]), segment=f"{measure}{segment}")
                   for row, segment in zip(records(rows), joined, strict=True)]
    specs = {ui: charts.over_time(ui, y_title=say("axis_share"), years=years, top=axis_end(values),
                                  behind=layers(found, ui, years=years, sizes=_sizes(drawn)), sizes=_sizes(drawn))
             for ui in ("en", "zh")}
    table = _time_table(name, say("table_over_time", lang=label("lang", lang)), frame)
    return Chart(name, title, alt(drawn), words, values, specs, table, points=trend_points(frame), wide=True,
                 named={row["point_id"]: point_name(row, plain(row["period"])) for row in records(frame)})


def _sizes(drawn: pd.DataFrame) -> dict[str, int] | None:
    """Documents by year, for the axis; None where every year has one (a complete series)."""
    sizes = {str(year): int(n) for year, n in drawn.groupby("period")["n_documents"].max().items()}
    return None if set(sizes.values()) == {1} else sizes


def _time_table(name: str, title: Text, frame: pd.DataFrame) -> Table:
    return frame_table(name, title, frame, say("column_year"), lambda row: plain(row.period))


def _balance(material: Material, lang: str) -> Chart | None:
    """Development minus security by year, by the estimator of the chart above it."""
    estimator = str(frame_rows(material, lang, "all")["estimator"].iloc[0])
    frame = only_years(pick(material.trends, measure="balance", grouping="all", lang=lang, estimator=estimator))
    if frame.empty or bool(frame["thin"].all()):
        return None
    drawn = _readable(frame)
    joined = segments(list(drawn["period"].astype(str)), list(drawn["thin"]))
    values = [plotted(row, tip=point_name(row, plain(row["period"])), segment=segment) | _lead(row)
              for row, segment in zip(records(drawn), joined, strict=True)]
    found, years = change_points(material, ["balance"], universe=material.universe, lang=lang), every_year(list(drawn["period"]))
    specs = {ui: charts.balance(ui, years=years, ends=_ends(values), behind=layers(found, ui, years=years, sizes=_sizes(drawn)),
                               sizes=_sizes(drawn)) for ui in ("en", "zh")}
    last = values[-1]
    title = say(f"title_balance_{last['lead']}", period=last["period"], points=f"{abs(last['estimate']) * 100:.0f}",
                low=f"{min(abs(last['low']), abs(last['high'])) * 100:.0f}" if last["low"] is not None else "–",
                high=f"{max(abs(last['low']), abs(last['high'])) * 100:.0f}" if last["high"] is not None else "–")
    columns = (Column(say("column_year"), lambda row: plain(row.period)),
               Column(say("column_balance"), lambda row: plain(points(row.estimate)), numeric=True),
               Column(say("tip_interval"), lambda row: plain("–" if row.thin else _span(row.low, row.high)), numeric=True),
               Column(say("column_documents"), lambda row: plain(count(row.n_documents)), numeric=True),
               Column(say("column_sentences"), lambda row: plain(count(row.n_sentences)), numeric=True))
    heard = join([say("alt_balance", period=value["period"], points=points(value["estimate"]), span=value["interval"],
                      n=value["n_documents"]) for value in values])
    words = join([say("caption_balance", estimator=label("estimator", estimator)), *said(found),
                  *_undrawn(frame, drawn), source(material, frame)])
    return Chart(f"balance_{lang}", title, heard, words, values, specs,
                 Table(f"balance_{lang}", title, frame, columns), points=trend_points(drawn), wide=True)


def _lead(row: dict[str, object]) -> dict[str, object]:
    """Which frame leads beyond doubt, and the interval in points."""
    low, high = row["low"], row["high"]
    if row["thin"] or not (isinstance(low, float) and isinstance(high, float)):
        return {"lead": "open", "interval": "–"}
    return {"lead": "development" if low > 0 else "security" if high < 0 else "open", "interval": _span(low, high)}


def _ends(values: list[dict[str, Any]]) -> tuple[float, float]:
    """The axis holds every interval and zero."""
    found = [value[end] for value in values for end in ("estimate", "low", "high") if is_number(value[end])]
    return min([0.0, *found]), max([0.0, *found])


def _span(low: float, high: float) -> str:
    return f"{points(low)} … {points(high)}"


def _title(frame: pd.DataFrame, lang: str) -> Text:
    """What both frames did between the first and the last year that may be compared."""
    ends = {}
    for measure in FRAMES:
        firm = records(solid(frame[frame["measure"] == measure]))
        if len(firm) < 2:
            return say("title_too_thin", lang=label("lang", lang))
        ends[measure] = firm[0], firm[-1]
    ways = {measure: moved(*pair) for measure, pair in ends.items()}
    shares = {f"{measure}_{end}": percent(point["estimate"], digits=0) for measure, pair in ends.items()
              for end, point in zip(("first", "last"), pair, strict=True)}
    if set(ways.values()) == {"unclear"} and len({(a["period"], b["period"]) for a, b in ends.values()}) == 1:
        first, last = ends[FRAMES[0]]
        return say("title_unmoved", since=first["period"], until=last["period"], **shares)
    return sentence([say(f"moved_{ways[measure]}", measure=label("measure", measure), since=first["period"],
                         until=last["period"], first=shares[f"{measure}_first"], last=shares[f"{measure}_last"])
                     for measure, (first, last) in ends.items()])
