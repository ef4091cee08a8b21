"""Vega-Lite specifications as plain dicts. Data come from the page; colours of text and lines from its theme.

Development and security keep one colour each everywhere (Okabe and Ito's blue and vermilion, told apart by people
who see no red or green), and one shape each, so that a print in grey still works.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from pipeline.reports.words import Text, label, plain, say

DEVELOPMENT, SECURITY, GREY, NEUTRAL = "#0072B2", "#D55E00", "#8a8f98", "#6f7682"
HUE, SIDES = "#5b6ea6", ["#117733", "#882255"]  # neither of the two frame colours
COLOURS = {"development": DEVELOPMENT, "security": SECURITY}
SCHEMA = "https://vega.github.io/schema/vega-lite/v6.json"
Spec = dict[str, Any]


def over_time(lang: str, *, y_title: Text, years: list[str], top: float, behind: Sequence[Spec] = (),
              sizes: Mapping[str, int] | None = None) -> Spec:
    """Shares of two frames over years: bands, lines between neighbouring years, points; thin points hollow and grey.

    years: every year of the axis, those without a document too; top: end of the axis of shares. behind: layers below.
    sizes: documents of a year, printed under it.
    Values: period, measure, estimate, low, high, segment, thin, point_id, n_documents, n_sentences.
    """
    x, y = years_axis(lang, years, sizes=sizes), _share("estimate", y_title, lang, top)
    low = _share("low", y_title, lang, top)
    return _spec([
        *behind, {"transform": [_FIRM], "mark": {"type": "area", "opacity": 0.16},
         "encoding": {"x": x, "y": low, "y2": {"field": "high"}, "color": _frame_colour(lang),
                      "detail": {"field": "segment"}}},
        {"transform": [_FIRM], "mark": {"type": "rule", "opacity": 0.5, "strokeWidth": 1.5},
         "encoding": {"x": x, "y": low, "y2": {"field": "high"}, "color": _frame_colour(lang)}},
        {"transform": [_FIRM], "mark": {"type": "line", "strokeWidth": 2.2},
         "encoding": {"x": x, "y": y, "color": _frame_colour(lang), "detail": {"field": "segment"}}},
        *_points(x, y, lang)], height=280)


def forest(lang: str, *, x_title: Text, n_rows: int, top: float, row: int = 38) -> Spec:
    """One row per group, both frames beside each other with their intervals.

    Values: group_en, group_zh, rank, measure, estimate, low, high, thin, point_id, n_documents, n_sentences.
    """
    x, y = _share("estimate", x_title, lang, top), _groups(lang)
    offset = {"field": "measure", "type": "nominal", "scale": {"domain": ["development", "security"]}}
    whisker = {"transform": [_FIRM], "mark": {"type": "rule", "strokeWidth": 2, "opacity": 0.6},
               "encoding": {"y": y, "yOffset": offset, "x": _share("low", x_title, lang, top), "x2": {"field": "high"},
                            "color": _frame_colour(lang)}}
    points = _points(x, y, lang)
    for layer in points:
        layer["encoding"]["yOffset"] = offset
    return _spec([whisker, *points], height=max(100, row * n_rows))


def balance(lang: str, *, years: list[str], ends: tuple[float, float], behind: Sequence[Spec] = (),
            sizes: Mapping[str, int] | None = None) -> Spec:
    """Development minus security over years: a band and a line around zero, points coloured where one frame leads.

    ends: lowest and highest value of the axis. behind, sizes: as in `over_time`. Values: period, estimate, low, high,
    lead (development, security, open), segment, thin, point_id, n_documents.
    """
    x = years_axis(lang, years, sizes=sizes)
    axis = {"title": say("axis_balance").of(lang), "tickCount": 5,
            "labelExpr": "datum.value == 0 ? '0' : replace(format(datum.value * 100, '+.0f'), '-', '−')"}
    share = {"type": "quantitative", "axis": axis, "scale": {"domain": list(ends), "nice": True}}
    names = {lead: say(f"lead_{lead}").of(lang) for lead in ("development", "open", "security")}
    colour = {"field": "lead", "type": "nominal",
              "scale": {"domain": list(names), "range": [DEVELOPMENT, NEUTRAL, SECURITY]},
              "legend": {"title": None, "orient": "top", "symbolType": "circle", "symbolOpacity": 1,
                         "labelExpr": "{" + ", ".join(f"{lead}: '{name}'" for lead, name in names.items())
                                      + "}[datum.label]"}}
    tips = [_tip(say("axis_year"), "period", lang), _tip(say("column_balance"), "estimate", lang, form="+.1%"),
            _tip(say("tip_interval"), "interval", lang), _tip(say("column_documents"), "n_documents", lang)]
    band = {"x": x, "y": {"field": "low", **share}, "y2": {"field": "high"}, "detail": {"field": "segment"}}
    return _spec([
        *behind, {"mark": {"type": "rule", "color": GREY, "strokeDash": [4, 3]}, "encoding": {"y": {"datum": 0, **share}}},
        {"transform": [_FIRM], "mark": {"type": "area", "opacity": 0.16, "color": NEUTRAL}, "encoding": band},
        {"transform": [_FIRM], "mark": {"type": "rule", "opacity": 0.5, "strokeWidth": 1.5, "color": NEUTRAL},
         "encoding": band},
        {"transform": [_FIRM], "mark": {"type": "line", "strokeWidth": 2.2, "color": NEUTRAL},
         "encoding": {"x": x, "y": {"field": "estimate", **share}, "detail": {"field": "segment"}}},
        {"transform": [_FIRM], "mark": {"type": "point", "filled": True, "size": 70, "opacity": 1, "cursor": "pointer"},
         "encoding": {"x": x, "y": {"field": "estimate", **share}, "color": colour, "tooltip": tips}}], height=230)


def dumbbell(lang: str, *, y_title: Text, years: list[str]) -> Spec:
    """Raw and corrected estimate of every year, joined by a rule: what the correction changes.

    Values: period, measure, raw, corrected, low, high (of the corrected, within 0 to 1), basis_en, basis_zh, point_id,
    n_documents.
    """
    x = years_axis(lang, years)
    offset = {"field": "measure", "type": "nominal", "scale": {"domain": ["development", "security"]}}
    share = {"type": "quantitative", "scale": {"domainMin": 0}, "axis": _share_axis(y_title, lang)}
    tooltip = [_tip(say("axis_year"), "period", lang), _tip(say("raw"), "raw", lang, form=".1%"),
               _tip(say("corrected"), "corrected", lang, form=".1%"), _tip(say("column_rates"), f"basis_{lang}", lang),
               _tip(say("column_documents"), "n_documents", lang)]
    colour = _frame_colour(lang)
    return _spec([
        {"mark": {"type": "rule", "strokeWidth": 5, "opacity": 0.18},
         "encoding": {"x": x, "xOffset": offset, "y": {"field": "low", **share}, "y2": {"field": "high"}, "color": colour}},
        {"mark": {"type": "rule", "strokeWidth": 1.5, "opacity": 0.7},
         "encoding": {"x": x, "xOffset": offset, "y": {"field": "raw", **share}, "y2": {"field": "corrected"},
                      "color": colour}},
        {"mark": {"type": "point", "filled": False, "size": 46, "strokeWidth": 1.6, "cursor": "pointer"},
         "encoding": {"x": x, "xOffset": offset, "y": {"field": "raw", **share}, "color": colour,
                      "tooltip": tooltip}},
        {"mark": {"type": "point", "filled": True, "size": 46, "opacity": 1, "cursor": "pointer"},
         "encoding": {"x": x, "xOffset": offset, "y": {"field": "corrected", **share},
                      "color": _frame_colour(lang), "tooltip": tooltip}}], height=230)


def whiskers(lang: str, *, x_title: Text, n_rows: int, top: float, row: int = 32) -> Spec:
    """One estimate with its interval per row, in one neutral colour.

    Values: group_en, group_zh, rank, estimate, low, high, thin, point_id, n_documents, n_sentences.
    """
    x, y = _share("estimate", x_title, lang, top), _groups(lang)
    colour = {"condition": {"test": "datum.thin", "value": GREY}, "value": HUE}
    return _spec([
        {"transform": [{"filter": "!datum.thin"}], "mark": {"type": "rule", "strokeWidth": 2, "opacity": 0.6},
         "encoding": {"y": y, "x": _share("low", x_title, lang, top), "x2": {"field": "high"}, "color": colour}},
        {"mark": {"type": "point", "filled": True, "size": 70, "opacity": 1, "cursor": "pointer"},
         "encoding": {"y": y, "x": x, "color": colour, "tooltip": _tips(lang)}}], height=max(80, row * n_rows))


def slopes(lang: str, *, n_rows: int, row: int = 32) -> Spec:
    """Change per year in points, with its interval around zero; what chance could explain is grey and hollow.

    Values: group_en, group_zh, rank, estimate, low, high (points), thin, interval, n_documents, tip_en, tip_zh, point_id.
    """
    axis = {"title": say("axis_slope").of(lang), "format": "+.1f", "tickCount": 6}
    x: Spec = {"field": "estimate", "type": "quantitative", "axis": axis, "scale": {"zero": True, "nice": True}}
    tips = [_tip(say("tip_group"), f"tip_{lang}", lang), _tip(say("column_slope"), "estimate", lang, form="+.2f"),
            _tip(say("tip_interval"), "interval", lang), _tip(say("column_documents"), "n_documents", lang)]
    return _around_zero(x, _groups(lang), {"condition": {"test": "datum.thin", "value": GREY}, "value": HUE}, tips,
                        height=max(80, row * n_rows))


def diverging(lang: str, *, title: Text, names: tuple[str, str], n_rows: int, row: int = 24) -> Spec:
    """Words of two sides: log odds with their intervals, one colour a side, neither that of a frame.

    names: of side a (above zero) and b. Values: group_en, group_zh, rank, estimate, low, high, side (a, b), n_a, n_b, interval.
    """
    x: Spec = {"field": "estimate", "type": "quantitative", "axis": {"title": title.of(lang), "format": "+.1f", "tickCount": 6},
               "scale": {"zero": True, "nice": True}}
    colour = {"field": "side", "type": "nominal", "scale": {"domain": ["a", "b"], "range": SIDES},
              "legend": {"title": None, "orient": "top", "symbolType": "circle", "symbolOpacity": 1,
                         "labelExpr": f"datum.label == 'a' ? {json.dumps(names[0], ensure_ascii=False)} : "
                                      f"{json.dumps(names[1], ensure_ascii=False)}"}}
    tips = [_tip(say("column_word"), f"group_{lang}", lang), _tip(say("column_log_odds"), "estimate", lang, form="+.2f"),
            _tip(say("tip_interval"), "interval", lang), _tip(plain(names[0]), "n_a", lang), _tip(plain(names[1]), "n_b", lang)]
    return _around_zero(x, _groups(lang), colour, tips, height=max(80, row * n_rows))


def _around_zero(x: Spec, y: Spec, colour: Spec, tips: list[Spec], *, height: int) -> Spec:
    return _spec([
        {"mark": {"type": "rule", "color": GREY, "strokeDash": [4, 3]}, "encoding": {"x": {"datum": 0, "type": "quantitative"}}},
        {"mark": {"type": "rule", "strokeWidth": 2, "opacity": 0.6},
         "encoding": {"y": y, "x": x | {"field": "low"}, "x2": {"field": "high"}, "color": colour}},
        {"mark": {"type": "point", "filled": True, "size": 70, "opacity": 1, "cursor": "pointer"},
         "encoding": {"y": y, "x": x, "color": colour, "tooltip": tips}}], height=height)


def coverage(lang: str, *, years: list[str]) -> Spec:
    """Documents per year, stacked by tier. Values: period, tier_en, tier_zh, rank, n."""
    tier = f"tier_{lang}"
    return _spec([{
        "mark": {"type": "bar"},
        "encoding": {
            "x": years_axis(lang, years),
            "y": {"field": "n", "type": "quantitative", "stack": "zero",
                  "axis": {"title": say("axis_documents").of(lang), "tickMinStep": 1, "format": "d"}},
            "color": {"field": tier, "type": "nominal", "sort": {"field": "rank", "op": "min"},
                      "scale": {"range": TIER_COLOURS},
                      "legend": {"title": None, "orient": "bottom", "columns": 3, "symbolType": "square"}},
            "order": {"field": "rank", "type": "quantitative"},
            "tooltip": [_tip(say("axis_year"), "period", lang), _tip(say("column_tier"), tier, lang),
                        _tip(say("column_documents"), "n", lang)]}}], height=250)


# Neither of the two frame colours: a tier must not look like a frame.
TIER_COLOURS = ["#332288", "#117733", "#44AA99", "#88CCEE", "#DDCC77", "#CC6677", "#AA4499", "#882255", "#999933",
                "#6b7280", "#b0b7c3", "#475569"]


_FIRM: Spec = {"filter": "!datum.thin"}
_THIN: Spec = {"filter": "datum.thin"}


def _points(x: Spec, y: Spec, lang: str) -> list[Spec]:
    """Filled points in the frames' colours, and hollow grey ones for what is too thin to be a trend."""
    mark = {"type": "point", "size": 64, "strokeWidth": 1.8, "opacity": 1, "cursor": "pointer"}
    return [{"transform": [_THIN], "mark": {**mark, "filled": False, "color": GREY},
             "encoding": {"x": x, "y": y, "shape": _frame_shape(lang), "tooltip": _tips(lang)}},
            {"transform": [_FIRM], "mark": {**mark, "filled": True},
             "encoding": {"x": x, "y": y, "color": _frame_colour(lang), "shape": _frame_shape(lang),
                          "tooltip": _tips(lang)}}]


def years_axis(lang: str, years: list[str], *, sizes: Mapping[str, int] | None = None) -> Spec:
    """The axis of years: every year of `years`, those without a document too; `sizes` are printed under them."""
    axis = {"title": say("axis_year" if sizes is None else "axis_year_n").of(lang), "labelAngle": 0, "labelOverlap": "greedy"}
    if sizes is not None:
        held = ", ".join(f"'{year}': '{sizes.get(year, 0)}'" for year in years)
        axis |= {"labelExpr": f"[datum.label, {{{held}}}[datum.label]]", "labelLineHeight": 15}
    return {"field": "period", "type": "ordinal", "scale": {"domain": years}, "axis": axis}


def _groups(lang: str) -> Spec:
    return {"field": f"group_{lang}", "type": "nominal", "sort": {"field": "rank", "op": "min"},
            "axis": {"title": None, "grid": True, "gridDash": [1, 3], "labelExpr": "split(datum.label, '\\n')",
                     "labelLineHeight": 13}}


def _share(field: str, title: Text, lang: str, top: float) -> Spec:
    """A share from 0 to `top`, the largest upper end: by itself Vega-Lite looks at one end of an interval only."""
    return {"field": field, "type": "quantitative", "scale": {"domain": [0, top], "nice": True},
            "axis": _share_axis(title, lang)}


def _frame_colour(lang: str) -> Spec:
    return {"field": "measure", "type": "nominal", "legend": _frame_legend(lang),
            "scale": {"domain": ["development", "security"], "range": [DEVELOPMENT, SECURITY]}}


def _frame_shape(lang: str) -> Spec:
    return {"field": "measure", "type": "nominal", "legend": _frame_legend(lang),
            "scale": {"domain": ["development", "security"], "range": ["circle", "square"]}}


def _frame_legend(lang: str) -> Spec:
    """The same in every layer, or Vega-Lite drops it; symbols as the points are."""
    words = {frame: label("measure", frame).of(lang) for frame in ("development", "security")}
    return {"title": None, "orient": "top", "direction": "horizontal", "symbolOpacity": 1, "symbolStrokeWidth": 2,
            "labelExpr": f"datum.label == 'development' ? '{words['development']}' : '{words['security']}'"}


def _share_axis(title: Text, lang: str) -> Spec:
    return {"title": title.of(lang), "format": ".0%", "tickCount": 5}


def _tips(lang: str) -> list[Spec]:
    return [_tip(say("tip_group"), f"tip_{lang}", lang), _tip(say("column_share"), "estimate", lang, form=".1%"),
            _tip(say("tip_interval"), "interval", lang), _tip(say("column_documents"), "n_documents", lang),
            _tip(say("column_sentences"), "n_sentences", lang)]


def _tip(title: Text, field: str, lang: str, *, form: str = "") -> Spec:
    tip = {"field": field, "title": title.of(lang)}
    return {**tip, "type": "quantitative", "format": form} if form else tip


def _spec(layers: list[Spec], *, height: int) -> Spec:
    return {"$schema": SCHEMA, "width": "container", "height": height,
            "autosize": {"type": "fit-x", "contains": "padding"}, "layer": layers}
