"""Networks as charts: nodes with names, links, and the numbers behind them in a table."""

from __future__ import annotations

from typing import Any

from pipeline.reports.axes import SCHEMA
from pipeline.reports.words import Text, say

Spec = dict[str, Any]
HUE, LINK = "#5b6ea6", "#8a8f98"  # neither of the two frame colours
WIDTH, HEIGHT = 960, 520


def network(lang: str, *, height: int = HEIGHT, size: Text, linked: Text) -> Spec:
    """Links below, nodes above, names under the nodes.

    Values: kind `link`: x, y, x2, y2, width (pixels), strong, tip_en, tip_zh. kind `node`: x, y, n, label_en, label_zh,
    tip_en, tip_zh, held (filled), point_id where a click opens sentences. x in pixels of WIDTH, y in pixels from the top.
    """
    x: Spec = {"field": "x", "type": "quantitative", "axis": None, "scale": {"domain": [0, WIDTH], "nice": False}}
    y: Spec = {"field": "y", "type": "quantitative", "axis": None, "scale": {"domain": [height, 0], "nice": False}}
    node = {"transform": [{"filter": "datum.kind == 'node'"}]}
    tips = [{"field": f"tip_{lang}", "title": say("column_name").of(lang)}]
    link: Spec = {
        "transform": [{"filter": "datum.kind == 'link'"}], "mark": {"type": "rule", "color": LINK},
        "encoding": {"x": x, "y": y, "x2": {"field": "x2"}, "y2": {"field": "y2"},
                     "strokeWidth": {"field": "width", "type": "quantitative", "scale": None},
                     "opacity": {"condition": {"test": "datum.strong", "value": 0.5}, "value": 0.2},
                     "tooltip": [{"field": f"tip_{lang}", "title": linked.of(lang)}]}}
    dots: Spec = {**node, "mark": {"type": "circle", "opacity": 1, "stroke": HUE, "strokeWidth": 1.6, "cursor": "pointer"},
                  "encoding": {"x": x, "y": y, "size": {"field": "n", "type": "quantitative", "legend": None,
                                                        "scale": {"domainMin": 0, "range": [30, 420]}},
                               "fill": {"condition": {"test": "datum.held", "value": HUE}, "value": "#ffffff"},
                               "tooltip": [*tips, {"field": "n", "title": size.of(lang)}]}}
    names: Spec = {**node, "mark": {"type": "text", "baseline": "top", "dy": 12, "fontSize": 12},
                   "encoding": {"x": x, "y": y, "text": {"field": f"label_{lang}", "type": "nominal"}, "tooltip": tips}}
    return {"$schema": SCHEMA, "width": "container", "height": height,
            "autosize": {"type": "fit-x", "contains": "padding"}, "layer": [link, dots, names]}
