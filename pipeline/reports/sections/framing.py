"""Framing: development and security over time, by tier and by issuer; raw beside corrected."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from pipeline.reports import charts
from pipeline.reports.blocks import Block, Cell, Chart, Column, Heading, Prose, Section, Table
from pipeline.reports.findings import FRAMES, LANGS, best_estimator
from pipeline.reports.material import Material
from pipeline.reports.numbers import interval, percent
from pipeline.reports.plotting import axis_end, number_columns, plotted, source, trend_points
from pipeline.reports.series import every_year, moved, pick, records, segments, solid
from pipeline.reports.words import Text, join, label, label_or_code, plain, say

ORDER = 20
MAX_GROUPS = 20


def build(material: Material) -> Section:
    """Charts of the two frames, Chinese and English apart; then the one even series."""
    blocks: list[Block] = [Prose(say("framing_lead"), "lead")]
    for lang in LANGS:
        blocks.append(Heading(say(f"texts_{lang}"), id=f"framing-{lang}"))
        over_time = _over_time(material, lang)
        if over_time is None:
            blocks.append(Prose(say("no_series", lang=label("lang", lang)), "note"))
            continue
        blocks += [over_time, *filter(None, (_raw_and_corrected(material, lang), _groups(material, lang, "tier"),
                                             _groups(material, lang, "issuer"), _groups(material, lang, "doc_type")))]
    even = [chart for lang in LANGS if (chart := _even(material, lang)) is not None]
    if even:
        blocks += [Heading(say("heading_even"), id="framing-even"), Prose(say("even_note"), "note"), *even]
    return Section("framing", say("section_framing"), tuple(blocks))


def _even(material: Material, lang: str) -> Chart | None:
    """The yearly work reports as classified: nearly complete, so no sampling error and no band."""
    trends = material.tables["trends"]
    frame = _yearly(pick(trends, measure=FRAMES, universe=EVEN, grouping="all", lang=lang, estimator="raw"))
    if frame.empty:
        return None
    parts = [say("moved_plain", measure=label("measure", measure), first=percent(rows["estimate"].iloc[0], digits=0),
                 last=percent(rows["estimate"].iloc[-1], digits=0), since=rows["period"].iloc[0],
                 until=rows["period"].iloc[-1]) for measure, rows in frame.groupby("measure", sort=True)]
    caption = join([say("caption_even"), source(material, frame, universe=EVEN)])
    return _time_chart(f"even_{lang}", _sentence(parts), caption, frame, lang)


EVEN = "work_reports"


def _frame(material: Material, lang: str, grouping: str, estimator: str) -> pd.DataFrame:
    return pick(material.trends, measure=FRAMES, grouping=grouping,
                lang=lang, estimator=estimator)


def _best(material: Material, lang: str, grouping: str) -> str:
    return best_estimator(material.trends, measure=FRAMES, grouping=grouping, lang=lang)


def _over_time(material: Material, lang: str) -> Chart | None:
    estimator = _best(material, lang, "all")
    frame = _yearly(_frame(material, lang, "all", estimator))
    if frame.empty:
        return None
    return _time_chart(f"framing_{lang}", _title(frame, lang), _caption(material, frame, estimator), frame, lang)


def _time_chart(name: str, title: Text, caption: Text, frame: pd.DataFrame, lang: str) -> Chart:
    values, years = [], every_year(list(frame["period"]))
    for measure, rows in frame.groupby("measure", sort=True):
        joined = segments(list(rows["period"].astype(str)), list(rows["thin"]))
        values += [_framed(row, tip=plain(row["period"]), segment=f"{measure}{segment}")
                   for row, segment in zip(records(rows), joined, strict=True)]
    specs = {ui: charts.over_time(ui, y_title=say("axis_share"), years=years, top=axis_end(values))
             for ui in ("en", "zh")}
    table = _table(name, say("table_over_time", lang=label("lang", lang)), frame, say("column_year"),
                   lambda row: plain(row.period))
    return Chart(name, title, _alt(frame), caption, values, specs, table, points=trend_points(frame), wide=True)


def _raw_and_corrected(material: Material, lang: str) -> Chart | None:
    raw, corrected = (_yearly(_frame(material, lang, "all", kind)) for kind in ("raw", "corrected"))
    if raw.empty or corrected.empty:
        return None
    both = solid(raw).merge(corrected[["point_id", "estimate", "low", "high"]], on="point_id",
                            suffixes=("", "_corrected"))
    if both.empty:
        return None
    values = [{"period": row["period"], "measure": row["measure"], "raw": row["estimate"],
               "corrected": row["estimate_corrected"], "point_id": row["point_id"],
               "n_documents": int(row["n_documents"])} for row in records(both)]
    years = every_year(list(both["period"]))
    shift = (both["estimate_corrected"] - both["estimate"]).abs().max()
    specs = {ui: charts.dumbbell(ui, y_title=say("axis_share"), years=years) for ui in ("en", "zh")}
    title = say("title_correction", points=f"{shift * 100:.1f}")
    columns = (Column(say("column_year"), lambda row: plain(row.period)), _measure_column(),
               Column(say("raw"), lambda row: plain(percent(row.estimate)), numeric=True),
               Column(say("tip_interval"), lambda row: plain(interval(row.low, row.high)), numeric=True),
               Column(say("corrected"), lambda row: plain(percent(row.estimate_corrected)), numeric=True),
               Column(say("tip_interval"), lambda row: plain(interval(row.low_corrected, row.high_corrected)),
                      numeric=True))
    return Chart(f"correction_{lang}", title, say("alt_correction", points=f"{shift * 100:.1f}"),
                 join([say("caption_correction"), source(material, raw)]), values, specs,
                 Table(f"correction_{lang}", title, both.drop(columns=["flags", "thin"]), columns),
                 points=trend_points(both))


def _groups(material: Material, lang: str, grouping: str) -> Chart | None:
    frame = _frame(material, lang, grouping, _best(material, lang, grouping))
    frame = frame[~frame["period"].astype(str).str.fullmatch(r"[0-9]{4}(?:-[0-9]{2})?")].reset_index(drop=True)
    if frame.empty or bool(frame["thin"].all()):
        return None
    names = {value: _group_name(material, grouping, value) for value in frame["group_value"].unique()}
    order = _ranked(frame)[:MAX_GROUPS]
    drawn = frame[frame["group_value"].isin(order)]
    values = [_framed(row, tip=names[row["group_value"]], rank=order.index(row["group_value"]),
                     group_en=names[row["group_value"]].en, group_zh=names[row["group_value"]].zh)
              for row in records(drawn)]
    specs = {ui: charts.forest(ui, x_title=say("axis_share"), n_rows=len(order), top=axis_end(values)) for ui in ("en", "zh")}
    table = _table(f"{grouping}_{lang}", say(f"table_by_{grouping}", lang=label("lang", lang)), frame,
                   say(f"column_{grouping}"), lambda row: names[row.group_value])
    estimator = str(frame["estimator"].iloc[0])
    return Chart(f"{grouping}_{lang}", _group_title(drawn, grouping), _alt(drawn, names),
                 _caption(material, frame, estimator), values, specs, table, points=trend_points(drawn),
                 wide=grouping == "issuer")


def _ranked(frame: pd.DataFrame) -> list[str]:
    """Groups with the most documents, ordered from security-leaning to development-leaning; thin ones last."""
    rows = []
    for value, group in frame.groupby("group_value", sort=True):
        share = dict(zip(group["measure"], group["estimate"], strict=True))
        lean = share.get("security", 0.0) - share.get("development", 0.0)
        rows.append((bool(group["thin"].all()), -lean, -int(group["n_documents"].max()), str(value)))
    most = sorted(rows, key=lambda row: (row[0], row[2], row[3]))[:MAX_GROUPS]
    return [row[3] for row in sorted(most)]


def _group_name(material: Material, grouping: str, value: str) -> Text:
    if grouping == "issuer":
        return material.name(value)
    return label_or_code(grouping, value)


def _group_title(drawn: pd.DataFrame, grouping: str) -> Text:
    """How many groups lean to one frame beyond doubt: its whole interval above that of the other."""
    firm = {(row["group_value"], row["measure"]): row for row in records(solid(drawn))}
    groups = sorted({group for group, _ in firm if all((group, frame) in firm for frame in FRAMES)})
    if not groups:
        return say("title_groups_thin", groups=say(f"groups_{grouping}"))
    leads = {frame: sum(firm[group, frame]["low"] > firm[group, other]["high"] for group in groups)
             for frame, other in (FRAMES, FRAMES[::-1])}
    return say("title_groups", groups=say(f"groups_{grouping}"), n=len(groups),
               **{frame: _or_none(n) for frame, n in leads.items()})


def _or_none(n: int) -> Text:
    return Text(str(n) if n else "none", str(n))


def _title(frame: pd.DataFrame, lang: str) -> Text:
    parts = []
    for measure in FRAMES:
        points = records(solid(frame[frame["measure"] == measure]))
        if len(points) < 2:
            return say("title_too_thin", lang=label("lang", lang))
        first, last = points[0], points[-1]
        parts.append(say(f"moved_{moved(first, last)}", measure=label("measure", measure),
                         first=percent(first["estimate"], digits=0), last=percent(last["estimate"], digits=0),
                         since=first["period"], until=last["period"]))
    return _sentence(parts)


def _sentence(parts: list[Text]) -> Text:
    english = "; ".join(part.en for part in parts)
    return Text(english[:1].upper() + english[1:], "；".join(part.zh for part in parts))


def _alt(frame: pd.DataFrame, names: Mapping[str, Text] | None = None) -> Text:
    """The data in words, for a reader who hears the page."""
    parts = []
    for row in records(frame.head(40)):
        where = plain(row["period"]) if names is None else names[row["group_value"]]
        key = "alt_thin" if row["thin"] else "alt_point"
        parts.append(say(key, where=where, measure=label("measure", row["measure"]), share=percent(row["estimate"]),
                         interval=interval(row["low"], row["high"]), n=int(row["n_documents"])))
    return join(parts)


def _caption(material: Material, frame: pd.DataFrame, estimator: str) -> Text:
    n_thin = int(frame["thin"].sum())
    words = [say("caption_shares", estimator=label("estimator", estimator))]
    if estimator == "raw":
        words.append(say("caption_raw"))
    if n_thin:
        words.append(say("caption_thin", n=n_thin))
    return join([*words, source(material, frame)])


def _framed(row: Mapping[str, Any], *, tip: Text, **more: Any) -> dict[str, Any]:
    """A plotted value of one frame, whose tooltip names group and frame."""
    frame = label("measure", row["measure"])
    return plotted(row, tip=Text(f"{tip.en}: {frame.en}", f"{tip.zh}：{frame.zh}"), **more)


def _table(name: str, title: Text, frame: pd.DataFrame, first: Text, show_first: Any) -> Table:
    return Table(name, title, frame, (Column(first, show_first), _measure_column(), *number_columns("column_share")))


def _measure_column() -> Column:
    return Column(say("column_frame"), lambda row: Cell(label("measure", row.measure), css=f"frame-{row.measure}"))


def _yearly(frame: pd.DataFrame) -> pd.DataFrame:
    return frame[frame["period"].astype(str).str.fullmatch(r"[0-9]{4}")].reset_index(drop=True)
