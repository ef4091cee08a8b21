"""Estimates with their intervals as rows or dots, in colours that are no frame's."""

from __future__ import annotations

import json
from collections.abc import Mapping

from pipeline.reports.axes import (
    DOTS,
    FIRM,
    GREY,
    HUE,
    SIDES,
    THIN,
    Spec,
    drawing,
    group_axis,
    share_of,
    tips_of,
    told,
    years_axis,
)
from pipeline.reports.words import Text, plain, say


def whiskers(lang: str, *, x_title: Text, n_rows: int, top: float, row: int = 32) -> Spec:
    """One estimate with its interval per row, in one neutral colour.

    Values: group_en, group_zh, rank, estimate, low, high, thin, point_id, n_documents, n_sentences.
    """
    x, y = share_of("estimate", x_title, lang, top), group_axis(lang)
    colour = {"condition": {"test": "datum.thin", "value": GREY}, "value": HUE}
    return drawing([
        {"transform": [{"filter": "!datum.thin"}], "mark": {"type": "rule", "strokeWidth": 2, "opacity": 0.6},
         "encoding": {"y": y, "x": share_of("low", x_title, lang, top), "x2": {"field": "high"}, "color": colour}},
        {"mark": {"type": "point", "filled": True, "size": 70, "opacity": 1, "cursor": "pointer"},
         "encoding": {"y": y, "x": x, "color": colour, "tooltip": tips_of(lang)}}], height=max(80, row * n_rows))


def dots_over_time(lang: str, *, y_title: Text, years: list[str], top: float, names: Mapping[str, str],
                   sizes: Mapping[str, int] | None = None) -> Spec:
    """Several measures over years side by side, each with its interval; thin ones hollow and grey, nothing joined.

    names: measure → its words. Values: period, measure, estimate, low, high, thin, point_id, n_documents, n_sentences.
    """
    x, offset = years_axis(lang, years, sizes=sizes), {"field": "measure", "type": "nominal", "scale": {"domain": list(names)}}
    legend = None if len(names) == 1 else {
        "title": None, "orient": "top", "columns": 2, "symbolOpacity": 1, "symbolType": "circle",
        "labelExpr": json.dumps(dict(names), ensure_ascii=False).replace('"', "'") + "[datum.label]"}
    colour = {"field": "measure", "type": "nominal", "legend": legend,
              "scale": {"domain": list(names), "range": DOTS[:len(names)]}}
    y = share_of("estimate", y_title, lang, top)
    mark = {"type": "point", "size": 58, "strokeWidth": 1.8, "opacity": 1, "cursor": "pointer"}
    return drawing([
        {"transform": [FIRM], "mark": {"type": "rule", "strokeWidth": 2, "opacity": 0.55},
         "encoding": {"x": x, "xOffset": offset, "y": share_of("low", y_title, lang, top), "y2": {"field": "high"}, "color": colour}},
        {"transform": [THIN], "mark": {**mark, "filled": False, "color": GREY},
         "encoding": {"x": x, "xOffset": offset, "y": y, "tooltip": tips_of(lang)}},
        {"transform": [FIRM], "mark": {**mark, "filled": True},
         "encoding": {"x": x, "xOffset": offset, "y": y, "color": colour, "tooltip": tips_of(lang)}}], height=230)


def slopes(lang: str, *, n_rows: int, row: int = 32) -> Spec:
    """Change per year in points, with its interval around zero; what chance could explain is grey and hollow.

    Values: group_en, group_zh, rank, estimate, low, high (points), thin, interval, n_documents, tip_en, tip_zh, point_id.
    """
    axis = {"title": say("axis_slope").of(lang), "format": "+.1f", "tickCount": 6}
    x: Spec = {"field": "estimate", "type": "quantitative", "axis": axis, "scale": {"zero": True, "nice": True}}
    tips = [told(say("tip_group"), f"tip_{lang}", lang), told(say("column_slope"), "estimate", lang, form="+.2f"),
            told(say("tip_interval"), "interval", lang), told(say("column_documents"), "n_documents", lang)]
    return _around_zero(x, group_axis(lang), {"condition": {"test": "datum.thin", "value": GREY}, "value": HUE}, tips,
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
    tips = [told(say("column_word"), f"group_{lang}", lang), told(say("column_log_odds"), "estimate", lang, form="+.2f"),
            told(say("tip_interval"), "interval", lang), told(plain(names[0]), "n_a", lang), told(plain(names[1]), "n_b", lang)]
    return _around_zero(x, group_axis(lang), colour, tips, height=max(80, row * n_rows))


def _around_zero(x: Spec, y: Spec, colour: Spec, tips: list[Spec], *, height: int) -> Spec:
    return drawing([
        {"mark": {"type": "rule", "color": GREY, "strokeDash": [4, 3]}, "encoding": {"x": {"datum": 0, "type": "quantitative"}}},
        {"mark": {"type": "rule", "strokeWidth": 2, "opacity": 0.6},
         "encoding": {"y": y, "x": x | {"field": "low"}, "x2": {"field": "high"}, "color": colour}},
        {"mark": {"type": "point", "filled": True, "size": 70, "opacity": 1, "cursor": "pointer"},
         "encoding": {"y": y, "x": x, "color": colour, "tooltip": tips}}], height=height)
