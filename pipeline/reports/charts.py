"""Vega-Lite specifications of the two frames as plain dicts. Data come from the page; colours of text and lines from its theme."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pipeline.reports.axes import (
    DEVELOPMENT,
    FIRM,
    GREY,
    NEUTRAL,
    SECURITY,
    TIER_COLOURS,
    Spec,
    drawing,
    frame_colour,
    frame_points,
    group_axis,
    share_axis,
    share_of,
    told,
    years_axis,
)
from pipeline.reports.words import Text, say


def over_time(lang: str, *, y_title: Text, years: list[str], top: float, behind: Sequence[Spec] = (),
              sizes: Mapping[str, int] | None = None) -> Spec:
    """Shares of two frames over years: bands, lines between neighbouring years, points; thin points hollow and grey.

    years: every year of the axis, those without a document too; top: end of the axis of shares. behind: layers below.
    sizes: documents of a year, printed under it.
    Values: period, measure, estimate, low, high, segment, thin, point_id, n_documents, n_sentences.
    """
    x, y = years_axis(lang, years, sizes=sizes), share_of("estimate", y_title, lang, top)
    low = share_of("low", y_title, lang, top)
    return drawing([
        *behind, {"transform": [FIRM], "mark": {"type": "area", "opacity": 0.16},
         "encoding": {"x": x, "y": low, "y2": {"field": "high"}, "color": frame_colour(lang),
                      "detail": {"field": "segment"}}},
        {"transform": [FIRM], "mark": {"type": "rule", "opacity": 0.5, "strokeWidth": 1.5},
         "encoding": {"x": x, "y": low, "y2": {"field": "high"}, "color": frame_colour(lang)}},
        {"transform": [FIRM], "mark": {"type": "line", "strokeWidth": 2.2},
         "encoding": {"x": x, "y": y, "color": frame_colour(lang), "detail": {"field": "segment"}}},
        *frame_points(x, y, lang)], height=280)


def forest(lang: str, *, x_title: Text, n_rows: int, top: float, row: int = 38) -> Spec:
    """One row per group, both frames beside each other with their intervals.

    Values: group_en, group_zh, rank, measure, estimate, low, high, thin, point_id, n_documents, n_sentences.
    """
    x, y = share_of("estimate", x_title, lang, top), group_axis(lang)
    offset = {"field": "measure", "type": "nominal", "scale": {"domain": ["development", "security"]}}
    whisker = {"transform": [FIRM], "mark": {"type": "rule", "strokeWidth": 2, "opacity": 0.6},
               "encoding": {"y": y, "yOffset": offset, "x": share_of("low", x_title, lang, top), "x2": {"field": "high"},
                            "color": frame_colour(lang)}}
    points = frame_points(x, y, lang)
    for layer in points:
        layer["encoding"]["yOffset"] = offset
    return drawing([whisker, *points], height=max(100, row * n_rows))


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
    tips = [told(say("axis_year"), "period", lang), told(say("column_balance"), "estimate", lang, form="+.1%"),
            told(say("tip_interval"), "interval", lang), told(say("column_documents"), "n_documents", lang)]
    band = {"x": x, "y": {"field": "low", **share}, "y2": {"field": "high"}, "detail": {"field": "segment"}}
    return drawing([
        *behind, {"mark": {"type": "rule", "color": GREY, "strokeDash": [4, 3]}, "encoding": {"y": {"datum": 0, **share}}},
        {"transform": [FIRM], "mark": {"type": "area", "opacity": 0.16, "color": NEUTRAL}, "encoding": band},
        {"transform": [FIRM], "mark": {"type": "rule", "opacity": 0.5, "strokeWidth": 1.5, "color": NEUTRAL},
         "encoding": band},
        {"transform": [FIRM], "mark": {"type": "line", "strokeWidth": 2.2, "color": NEUTRAL},
         "encoding": {"x": x, "y": {"field": "estimate", **share}, "detail": {"field": "segment"}}},
        {"transform": [FIRM], "mark": {"type": "point", "filled": True, "size": 70, "opacity": 1, "cursor": "pointer"},
         "encoding": {"x": x, "y": {"field": "estimate", **share}, "color": colour, "tooltip": tips}}], height=230)


def dumbbell(lang: str, *, y_title: Text, years: list[str]) -> Spec:
    """Raw and corrected estimate of every year, joined by a rule: what the correction changes.

    Values: period, measure, raw, corrected, low, high (of the corrected, within 0 to 1), basis_en, basis_zh, point_id,
    n_documents.
    """
    x = years_axis(lang, years)
    offset = {"field": "measure", "type": "nominal", "scale": {"domain": ["development", "security"]}}
    share = {"type": "quantitative", "scale": {"domainMin": 0}, "axis": share_axis(y_title, lang)}
    tooltip = [told(say("axis_year"), "period", lang), told(say("raw"), "raw", lang, form=".1%"),
               told(say("corrected"), "corrected", lang, form=".1%"), told(say("column_rates"), f"basis_{lang}", lang),
               told(say("column_documents"), "n_documents", lang)]
    colour = frame_colour(lang)
    return drawing([
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
                      "color": frame_colour(lang), "tooltip": tooltip}}], height=230)


def coverage(lang: str, *, years: list[str]) -> Spec:
    """Documents per year, stacked by tier. Values: period, tier_en, tier_zh, rank, n."""
    tier = f"tier_{lang}"
    return drawing([{
        "mark": {"type": "bar"},
        "encoding": {
            "x": years_axis(lang, years),
            "y": {"field": "n", "type": "quantitative", "stack": "zero",
                  "axis": {"title": say("axis_documents").of(lang), "tickMinStep": 1, "format": "d"}},
            "color": {"field": tier, "type": "nominal", "sort": {"field": "rank", "op": "min"},
                      "scale": {"range": TIER_COLOURS},
                      "legend": {"title": None, "orient": "bottom", "columns": 3, "symbolType": "square"}},
            "order": {"field": "rank", "type": "quantitative"},
            "tooltip": [told(say("axis_year"), "period", lang), told(say("column_tier"), tier, lang),
                        told(say("column_documents"), "n", lang)]}}], height=250)
