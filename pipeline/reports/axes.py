"""What the charts share: colours, axes, points, tooltips, and the frame of a specification.

Development and security keep one colour each everywhere (Okabe and Ito's blue and vermilion, told apart by people
who see no red or green), and one shape each, so that a print in grey still works.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pipeline.reports.words import Text, label, say

DEVELOPMENT, SECURITY, GREY, NEUTRAL = "#0072B2", "#D55E00", "#8a8f98", "#6f7682"
HUE, SIDES, DOTS = "#5b6ea6", ["#1B8A5A", "#B0579A"], ["#5B6EA6", "#1B8A5A", "#B0579A", "#A07A00"]  # neither of the two frame colours
COLOURS = {"development": DEVELOPMENT, "security": SECURITY}
SCHEMA = "https://vega.github.io/schema/vega-lite/v6.json"
Spec = dict[str, Any]

# Neither of the two frame colours: a tier must not look like a frame.
TIER_COLOURS = ["#332288", "#117733", "#44AA99", "#88CCEE", "#DDCC77", "#CC6677", "#AA4499", "#882255", "#999933",
                "#6b7280", "#b0b7c3", "#475569"]


FIRM: Spec = {"filter": "!datum.thin"}
THIN: Spec = {"filter": "datum.thin"}


def frame_points(x: Spec, y: Spec, lang: str) -> list[Spec]:
    """Filled points in the frames' colours, and hollow grey ones for what is too thin to be a trend."""
    mark = {"type": "point", "size": 64, "strokeWidth": 1.8, "opacity": 1, "cursor": "pointer"}
    return [{"transform": [THIN], "mark": {**mark, "filled": False, "color": GREY},
             "encoding": {"x": x, "y": y, "shape": frame_shape(lang), "tooltip": tips_of(lang)}},
            {"transform": [FIRM], "mark": {**mark, "filled": True},
             "encoding": {"x": x, "y": y, "color": frame_colour(lang), "shape": frame_shape(lang),
                          "tooltip": tips_of(lang)}}]


def years_axis(lang: str, years: list[str], *, sizes: Mapping[str, int] | None = None) -> Spec:
    """The axis of years: every year of `years`, those without a document too; `sizes` are printed under them."""
    axis = {"title": say("axis_year" if sizes is None else "axis_year_n").of(lang), "labelAngle": 0, "labelOverlap": "greedy"}
    if sizes is not None:
        held = ", ".join(f"'{year}': '{sizes.get(year, 0)}'" for year in years)
        axis |= {"labelExpr": f"[datum.label, {{{held}}}[datum.label]]", "labelLineHeight": 15}
    return {"field": "period", "type": "ordinal", "scale": {"domain": years}, "axis": axis}


def group_axis(lang: str) -> Spec:
    """Names of groups down the side, in the order of `rank`, in as many lines as they have."""
    return {"field": f"group_{lang}", "type": "nominal", "sort": {"field": "rank", "op": "min"},
            "axis": {"title": None, "grid": True, "gridDash": [1, 3], "labelExpr": "split(datum.label, '\\n')",
                     "labelLineHeight": 13}}


def share_of(field: str, title: Text, lang: str, top: float) -> Spec:
    """A share from 0 to `top`, the largest upper end: by itself Vega-Lite looks at one end of an interval only."""
    return {"field": field, "type": "quantitative", "scale": {"domain": [0, top], "nice": True},
            "axis": share_axis(title, lang)}


def frame_colour(lang: str) -> Spec:
    """The colour of a frame."""
    return {"field": "measure", "type": "nominal", "legend": _frame_legend(lang),
            "scale": {"domain": ["development", "security"], "range": [DEVELOPMENT, SECURITY]}}


def frame_shape(lang: str) -> Spec:
    """The shape of a frame."""
    return {"field": "measure", "type": "nominal", "legend": _frame_legend(lang),
            "scale": {"domain": ["development", "security"], "range": ["circle", "square"]}}


def _frame_legend(lang: str) -> Spec:
    """The same in every layer, or Vega-Lite drops it; symbols as the points are."""
    words = {frame: label("measure", frame).of(lang) for frame in ("development", "security")}
    return {"title": None, "orient": "top", "direction": "horizontal", "symbolOpacity": 1, "symbolStrokeWidth": 2,
            "labelExpr": f"datum.label == 'development' ? '{words['development']}' : '{words['security']}'"}


def share_axis(title: Text, lang: str) -> Spec:
    """An axis in percent."""
    return {"title": title.of(lang), "format": ".0%", "tickCount": 5}


def tips_of(lang: str) -> list[Spec]:
    """What a point says under the mouse: its name, share, interval and n."""
    return [told(say("tip_group"), f"tip_{lang}", lang), told(say("column_share"), "estimate", lang, form=".1%"),
            told(say("tip_interval"), "interval", lang), told(say("column_documents"), "n_documents", lang),
            told(say("column_sentences"), "n_sentences", lang)]


def told(title: Text, field: str, lang: str, *, form: str = "") -> Spec:
    """One line of a tooltip."""
    tip = {"field": field, "title": title.of(lang)}
    return {**tip, "type": "quantitative", "format": form} if form else tip


def drawing(layers: list[Spec], *, height: int) -> Spec:
    """Layers as one specification that fills the width it finds."""
    return {"$schema": SCHEMA, "width": "container", "height": height,
            "autosize": {"type": "fit-x", "contains": "padding"}, "layer": layers}
