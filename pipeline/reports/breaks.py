"""Change points: what the rows of grouping `change` say of a series, in words and as layers of its chart."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from pipeline.reports.axes import COLOURS, NEUTRAL, years_axis
from pipeline.reports.material import Material
from pipeline.reports.numbers import is_number, points
from pipeline.reports.series import as_list, records
from pipeline.reports.words import Text, join, label, say


@dataclass(frozen=True)
class ChangePoint:
    """The one best split of a series. year: first year of the new level; low, high: 95 % of resamples put it there.

    p: of the permutation test, adjusted for all breaks of the table. firm: p below 0.05; else the year means nothing.
    shift: level after minus before.
    """

    measure: str
    year: int
    low: int
    high: int
    p: float
    shift: float
    firm: bool


def change_points(material: Material, measures: Iterable[str], *, universe: str, lang: str) -> list[ChangePoint]:
    """Tested splits of the measures in one universe and language, in the order of `measures`; untested ones are left out."""
    trends = material.tables["trends"]
    rows = trends[(trends["grouping"] == "change") & (trends["group_value"] == "break_year")
                  & (trends["universe"] == universe) & (trends["lang"] == lang)]
    found = {}
    for row in records(rows):
        values = dict(flag.split("=", 1) for flag in as_list(row["flags"]) if "=" in flag)
        if is_number(row["estimate"]) and is_number(row["low"]) and "holm" in values:
            found[row["measure"]] = ChangePoint(
                str(row["measure"]), year=int(row["estimate"]), low=int(row["low"]), high=int(row["high"]),
                p=float(values["holm"]), shift=float(values["shift"]), firm="no_break" not in as_list(row["flags"]))
    return [found[measure] for measure in measures if measure in found]


def said(found: list[ChangePoint]) -> list[Text]:
    """The caption's words: each change point with its dates, or that none can be told from chance. Nothing if untested."""
    firm = [say("caption_break", measure=_capital(label("measure", one.measure)), year=str(one.year), span=_span(one),
                points=points(one.shift), p=f"{one.p:.3f}") for one in found if one.firm]
    open_ = [say("break_p", measure=label("measure", one.measure), p=f"{one.p:.2f}") for one in found if not one.firm]
    if open_:
        firm.append(say("caption_no_break", tests=join(open_, en="; ", zh="；")))
    return firm


def _capital(name: Text) -> Text:
    return Text(name.en[:1].upper() + name.en[1:], name.zh)


def _span(one: ChangePoint) -> str:
    return str(one.low) if one.low == one.high else f"{one.low}–{one.high}"


def layers(found: list[ChangePoint], lang: str, *, years: list[str], sizes: Mapping[str, int] | None = None
           ) -> list[dict[str, Any]]:
    """Layers below the points: the years that a change may have begun in, shaded, and its best year as a line.

    Where nothing is firm, a remark in the corner says so; nothing at all where nothing was tested.
    """
    firm = [one for one in found if one.firm and {str(one.low), str(one.high), str(one.year)} <= set(years)]
    values = [{"low": str(one.low), "high": str(one.high), "year": str(one.year), "name": _name(one).of(lang)} for one in firm]
    corner: dict[str, Any] = {"x": {"value": "width"}, "y": {"value": 2}}
    if found and not any(one.firm for one in found):
        mark = {"type": "text", "align": "right", "baseline": "top", "fontSize": 12, "fontStyle": "italic", "opacity": 0.8}
        return [{"data": {"values": [{"remark": say("mark_no_break").of(lang)}]}, "mark": mark,
                 "encoding": {**corner, "text": {"field": "remark", "type": "nominal"}}}]
    out: list[dict[str, Any]] = []
    for one, value in zip(firm, values, strict=True):
        x = years_axis(lang, years, sizes=sizes)  # the same axis as the points, or their titles add up
        colour, data = COLOURS.get(one.measure, NEUTRAL), {"data": {"values": [value]}}
        out += [{**data, "mark": {"type": "rect", "color": colour, "opacity": 0.1},
                 "encoding": {"x": x | {"field": "low"}, "x2": {"field": "high"}}},
                {**data, "mark": {"type": "rule", "color": colour, "strokeDash": [6, 4], "strokeWidth": 1.6},
                 "encoding": {"x": x | {"field": "year"}}},
                {**data, "mark": {"type": "text", "align": "left", "baseline": "top", "dx": 5, "fontSize": 12},
                 "encoding": {"x": x | {"field": "year"}, "y": {"value": 2 + 15 * len(out) / 3},
                              "text": {"field": "name", "type": "nominal"}}}]
    return out


def _name(one: ChangePoint) -> Text:
    return say("mark_break", measure=label("measure", one.measure), span=_span(one), points=points(one.shift))
