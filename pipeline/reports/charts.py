"""Vega-Lite specifications as plain dicts. Data come from the page; colours of text and lines from its theme.

Development and security keep one colour each everywhere (Okabe and Ito's blue and vermilion, told apart by people
who see no red or green), and one shape each, so that a print in grey still works.
"""

from __future__ import annotations

from typing import Any

from pipeline.reports.words import Text, label, say

DEVELOPMENT, SECURITY, GREY = "#0072B2", "#D55E00", "#8a8f98"
SCHEMA = "https://vega.github.io/schema/vega-lite/v6.json"
Spec = dict[str, Any]


def over_time(lang: str, *, y_title: Text) -> Spec:
    """Shares of two frames over years: bands, lines between neighbouring years, points; thin points hollow and grey.

    Values: period, measure, estimate, low, high, segment, thin, point_id, n_documents, n_sentences.
    """
    x = {"field": "period", "type": "ordinal", "axis": {"title": say("axis_year").of(lang), "labelAngle": 0,
                                                        "labelOverlap": "greedy"}}
    y = {"field": "estimate", "type": "quantitative", "scale": {"domainMin": 0}, "axis": _share_axis(y_title, lang)}
    return _spec([
        {"transform": [{"filter": "!datum.thin"}], "mark": {"type": "area", "opacity": 0.16},
         "encoding": {"x": x, "y": {"field": "low", "type": "quantitative", "axis": _share_axis(y_title, lang)},
                      "y2": {"field": "high"}, "color": _frame_colour(lang), "detail": {"field": "segment"}}},
        {"transform": [{"filter": "!datum.thin"}], "mark": {"type": "rule", "opacity": 0.55, "strokeWidth": 1.5},
         "encoding": {"x": x, "y": {"field": "low", "type": "quantitative"}, "y2": {"field": "high"},
                      "color": _frame_colour(lang)}},
        {"transform": [{"filter": "!datum.thin"}], "mark": {"type": "line", "strokeWidth": 2.2},
         "encoding": {"x": x, "y": y, "color": _frame_colour(lang), "detail": {"field": "segment"}}},
        _points(x, y, lang)], height=270)


def forest(lang: str, *, x_title: Text, n_rows: int) -> Spec:
    """One row per group, both frames beside each other with their intervals.

    Values: group_en, group_zh, rank, measure, estimate, low, high, thin, point_id, n_documents, n_sentences.
    """
    x = {"field": "estimate", "type": "quantitative", "scale": {"domainMin": 0}, "axis": _share_axis(x_title, lang)}
    y = {"field": f"group_{lang}", "type": "nominal", "sort": {"field": "rank", "op": "min"},
         "axis": {"title": None, "labelLimit": 250, "grid": True, "gridDash": [1, 3]}}
    offset = {"field": "measure", "type": "nominal", "scale": {"domain": ["development", "security"]}}
    whisker = {"transform": [{"filter": "!datum.thin"}], "mark": {"type": "rule", "strokeWidth": 2, "opacity": 0.6},
               "encoding": {"y": y, "yOffset": offset, "x": {"field": "low", "type": "quantitative"},
                            "x2": {"field": "high"}, "color": _frame_colour(lang)}}
    points = _points(x, y, lang)
    points["encoding"] |= {"yOffset": offset}
    return _spec([whisker, points], height=max(90, 34 * n_rows))


def dumbbell(lang: str, *, y_title: Text) -> Spec:
    """Raw and corrected estimate of every year, joined by a rule: what the correction changes.

    Values: period, measure, raw, corrected, raw_name, point_id, n_documents.
    """
    x = {"field": "period", "type": "ordinal", "axis": {"title": say("axis_year").of(lang), "labelAngle": 0,
                                                        "labelOverlap": "greedy"}}
    offset = {"field": "measure", "type": "nominal", "scale": {"domain": ["development", "security"]}}
    share = {"type": "quantitative", "scale": {"domainMin": 0}, "axis": _share_axis(y_title, lang)}
    tooltip = [_tip(say("axis_year"), "period", lang), _tip(say("raw"), "raw", lang, form=".1%"),
               _tip(say("corrected"), "corrected", lang, form=".1%"), _tip(say("column_documents"), "n_documents", lang)]
    colour = _frame_colour(lang)
    return _spec([
        {"mark": {"type": "rule", "strokeWidth": 1.5, "opacity": 0.7},
         "encoding": {"x": x, "xOffset": offset, "y": {"field": "raw", **share}, "y2": {"field": "corrected"},
                      "color": colour}},
        {"mark": {"type": "point", "filled": False, "size": 46, "strokeWidth": 1.6, "cursor": "pointer"},
         "encoding": {"x": x, "xOffset": offset, "y": {"field": "raw", **share}, "color": colour,
                      "tooltip": tooltip}},
        {"mark": {"type": "point", "filled": True, "size": 46, "opacity": 1, "cursor": "pointer"},
         "encoding": {"x": x, "xOffset": offset, "y": {"field": "corrected", **share}, "color": colour,
                      "tooltip": tooltip}}], height=230)


def whiskers(lang: str, *, x_title: Text, n_rows: int) -> Spec:
    """One estimate with its interval per row, in one neutral colour.

    Values: group_en, group_zh, rank, estimate, low, high, thin, point_id, n_documents, n_sentences.
    """
    x = {"field": "estimate", "type": "quantitative", "scale": {"domainMin": 0}, "axis": _share_axis(x_title, lang)}
    y = {"field": f"group_{lang}", "type": "nominal", "sort": {"field": "rank", "op": "min"},
         "axis": {"title": None, "labelLimit": 250, "grid": True, "gridDash": [1, 3]}}
    colour = {"condition": {"test": "datum.thin", "value": GREY}, "value": "#5b6ea6"}
    return _spec([
        {"transform": [{"filter": "!datum.thin"}], "mark": {"type": "rule", "strokeWidth": 2, "opacity": 0.6},
         "encoding": {"y": y, "x": {"field": "low", "type": "quantitative"}, "x2": {"field": "high"},
                      "color": colour}},
        {"mark": {"type": "point", "filled": True, "size": 70, "opacity": 1, "cursor": "pointer"},
         "encoding": {"y": y, "x": x, "color": colour, "tooltip": _tips(lang)}}], height=max(80, 26 * n_rows))


def coverage(lang: str) -> Spec:
    """Documents per year, stacked by tier. Values: period, tier_en, tier_zh, rank, n."""
    tier = f"tier_{lang}"
    return _spec([{
        "mark": {"type": "bar"},
        "encoding": {
            "x": {"field": "period", "type": "ordinal", "axis": {"title": say("axis_year").of(lang), "labelAngle": 0,
                                                                 "labelOverlap": "greedy"}},
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


def _points(x: Spec, y: Spec, lang: str) -> Spec:
    grey = {"condition": {"test": "datum.thin", "value": GREY}}
    return {"mark": {"type": "point", "size": 64, "strokeWidth": 1.8, "opacity": 1, "cursor": "pointer"},
            "encoding": {"x": x, "y": y, "color": {**_frame_colour(lang), **grey},
                         "fill": {**_frame_colour(lang, legend=False),
                                  "condition": {"test": "datum.thin", "value": "transparent"}},
                         "shape": _frame_shape(lang), "tooltip": _tips(lang)}}


def _frame_colour(lang: str, *, legend: bool = True) -> Spec:
    return {"field": "measure", "type": "nominal", "legend": _frame_legend(lang) if legend else None,
            "scale": {"domain": ["development", "security"], "range": [DEVELOPMENT, SECURITY]}}


def _frame_shape(lang: str) -> Spec:
    return {"field": "measure", "type": "nominal", "legend": _frame_legend(lang),
            "scale": {"domain": ["development", "security"], "range": ["circle", "square"]}}


def _frame_legend(lang: str) -> Spec:
    words = {frame: label("measure", frame).of(lang) for frame in ("development", "security")}
    return {"title": None, "orient": "top", "direction": "horizontal",
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
