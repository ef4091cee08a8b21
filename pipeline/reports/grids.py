"""Grids of circles: who signs with whom, and what is mentioned or cited in which year."""

from __future__ import annotations

from typing import Any

from pipeline.reports.axes import GREY, SCHEMA
from pipeline.reports.words import Text, say

Spec = dict[str, Any]
HUE = "#5b6ea6"  # neither of the two frame colours
LINES = "split(datum.label, '\\n')"


def matrix(lang: str, *, n_rows: int, row: int) -> Spec:
    """Issuers by issuers, a circle as large as the number of documents both signed, the number beside it.

    Values: row_en, row_zh, column_en, column_zh, row_rank, column_rank, n, pair_en, pair_zh.
    """
    x = {"field": f"column_{lang}", "type": "nominal", "sort": {"field": "column_rank", "op": "min"},
         "axis": {"title": None, "orient": "top", "labelAngle": -90, "grid": True, "gridDash": [1, 3]}}
    y = {"field": f"row_{lang}", "type": "nominal", "sort": {"field": "row_rank", "op": "min"},
         "axis": {"title": None, "grid": True, "gridDash": [1, 3], "labelExpr": LINES, "labelLineHeight": 13}}
    tips = [_tip(say("column_pair"), f"pair_{lang}", lang), _tip(say("column_both_signed"), "n", lang)]
    return _spec([
        {"mark": {"type": "circle", "color": HUE, "opacity": 0.3},
         "encoding": {"x": x, "y": y, "size": _area("n"), "tooltip": tips}},
        {"mark": {"type": "text", "fontSize": 12, "fontWeight": 600},
         "encoding": {"x": x, "y": y, "text": {"field": "n", "type": "quantitative"}, "tooltip": tips}}], height=row * n_rows)


def timeline(lang: str, *, years: list[str], n_rows: int, row: int, counted: Text) -> Spec:
    """Names by years, a circle as large as the number of documents; hollow and grey in years of few documents.

    Values: group_en, group_zh, rank, period, n, total, few.
    """
    x = {"field": "period", "type": "ordinal", "scale": {"domain": years},
         "axis": {"title": say("axis_year").of(lang), "labelAngle": 0, "labelOverlap": "greedy", "grid": True,
                  "gridDash": [1, 3]}}
    y = {"field": f"group_{lang}", "type": "nominal", "sort": {"field": "rank", "op": "min"},
         "axis": {"title": None, "grid": True, "labelExpr": LINES, "labelLineHeight": 13}}
    tips = [_tip(say("tip_group"), f"group_{lang}", lang), _tip(say("axis_year"), "period", lang),
            _tip(counted, "n", lang), _tip(say("tip_of_documents"), "total", lang)]
    encoding = {"x": x, "y": y, "size": _area("n"), "tooltip": tips}
    return _spec([
        {"transform": [{"filter": "datum.few"}], "mark": {"type": "point", "color": GREY, "strokeWidth": 1.4},
         "encoding": encoding},
        {"transform": [{"filter": "!datum.few"}],
         "mark": {"type": "circle", "color": HUE, "opacity": 0.85}, "encoding": encoding}], height=max(80, row * n_rows))


def _area(field: str) -> Spec:
    return {"field": field, "type": "quantitative", "legend": None,
            "scale": {"domainMin": 0, "range": [0, 620], "zero": True}}


def _tip(title: Text, field: str, lang: str) -> Spec:
    return {"field": field, "title": title.of(lang)}


def _spec(layers: list[Spec], *, height: int) -> Spec:
    return {"$schema": SCHEMA, "width": "container", "height": height,
            "autosize": {"type": "fit-x", "contains": "padding"}, "layer": layers}
