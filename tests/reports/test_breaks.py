"""Change points and corrections: what is said, what is drawn, and that nothing is read into chance."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from pipeline.reports.blocks import Table
from pipeline.reports.breaks import change_points, layers, said
from pipeline.reports.charts import over_time
from pipeline.reports.corrections import basis, correction_chart
from pipeline.reports.curves import curve_chart
from pipeline.reports.material import Material
from pipeline.reports.words import plain

YEARS = ["2019", "2020", "2021", "2022"]


def _material(trends: pd.DataFrame) -> Material:
    return Material({"trends": trends}, "2025-12-31", {}, None, {}, lambda point: trends)


def _row(**given: Any) -> dict[str, Any]:
    return {"measure": "security", "universe": "cn_digital", "grouping": "change", "group_value": "break_year",
            "period": "all", "lang": "zh", "estimator": "raw", "estimate": 2021.0, "low": 2020.0, "high": 2022.0,
            "n_documents": 60, "n_sentences": 900, "flags": ["p=0.0005", "holm=0.0110", "shift=0.1250"]} | given


@pytest.mark.parametrize(("change", "n_layers", "en", "zh", "why"), [
    ({}, 3, "Security changes its level by +12.5 points in 2021 (95% of resamples: 2020–2022; adjusted p = 0.011).",
     "安全自 2021 年起水平改变 +12.5 个百分点（95% 重抽样落在 2020–2022 年；校正后 p = 0.011）。", "a firm one, with its dates"),
    ({"flags": ["holm=0.4000", "no_break", "p=0.1000", "shift=0.1"]}, 1,
     "No change point can be told from chance (security: p = 0.40; adjusted for all tests of the report).",
     "没有可与偶然区分的转折点（安全 p = 0.40；已按全部检验校正）。", "chance is called chance, and no year is named"),
    ({"low": 2021.0, "high": 2021.0}, 3,
     "Security changes its level by +12.5 points in 2021 (95% of resamples: 2021; adjusted p = 0.011).",
     "安全自 2021 年起水平改变 +12.5 个百分点（95% 重抽样落在 2021 年；校正后 p = 0.011）。", "one year, not a span"),
    ({"flags": []}, 0, "", "", "never tested: nothing is said and nothing drawn"),
    ({"universe": "work_reports"}, 0, "", "", "another universe is another series")])
def test_change_points(change: dict[str, Any], n_layers: int, en: str, zh: str, why: str) -> None:
    found = change_points(_material(pd.DataFrame([_row(**change)])), ["development", "security"], universe="cn_digital",
                          lang="zh")
    assert [(text.en, text.zh) for text in said(found)] == ([(en, zh)] if en else []), why
    drawn = layers(found, "en", years=YEARS)
    assert len(drawn) == n_layers, why
    years = {value for layer in drawn for row in layer["data"]["values"] for key, value in row.items()
             if key in ("low", "high", "year")}
    assert years <= set(YEARS)


@pytest.mark.parametrize(("flags", "en", "why"), [
    (["rates=statute+soft"], "statutes, plans and guidance", "two kinds of text"),
    (["rates=speech/all", "rare"], "speeches and reports (where too few are labelled: all texts of the language)", "mixed"),
    (["rare"], "–", "none named")])
def test_the_labels_behind_a_correction_are_named(flags: list[str], en: str, why: str) -> None:
    assert basis(flags).en == en, why


def test_missing_corrections_say_why() -> None:
    rows = []
    for year, flags, low in (("2021", ["rates=statute"], 0.1), ("2022", ["rates=statute", "unusable"], None),
                             ("2023", ["interval_leaves_range", "rates=soft"], -0.1)):
        point = _row(grouping="all", group_value="all", period=year, estimate=0.2, low=0.1, high=0.3, flags=[])
        rows += [point, point | {"estimator": "corrected", "estimate": 0.25, "low": low, "flags": flags}]
    chart = correction_chart(_material(pd.DataFrame(rows)), "zh")
    assert chart is not None and [value["period"] for value in chart.values] == ["2021", "2023"]
    assert chart.values[1]["low"] == 0.0, "an interval is drawn as far as the possible goes; the table has it whole"
    words = [row[-1].text.en for row in chart.table.rows]
    assert words[0] == "" and words[1].startswith("no corrected value") and words[2].startswith("interval leaves")
    assert "Points without a correction: 1" in chart.caption.en and "1 of 2 points leave" in chart.caption.en


def test_the_specification_curve_counts_what_it_says() -> None:
    rows = []
    for place, (slope, low, high) in enumerate([(0.02, 0.01, 0.03), (-0.01, -0.03, 0.01), (0.005, -0.01, 0.02)]):
        for measure in ("development", "security"):
            rows.append(_row(measure=measure, grouping="specification", group_value=f"cn_all | all years | way {place} | classifier",
                             estimate=slope, low=low, high=high))
    rows.append(_row(grouping="specification", group_value="cn_all | all years | words", estimate=9.0, low=8.0, high=10.0))
    frame = pd.DataFrame(rows)
    table = Table("t", plain("t"), frame, ())
    chart = curve_chart(_material(frame), frame, table, plain, "zh")
    assert chart is not None and "security rises in 2 of 3 ways to measure its slope; 1 intervals leave out zero" in chart.title.en
    firm = [value for value in chart.values if value["measure"] == "security"]
    assert [value["estimate"] for value in firm] == [-1.0, 0.5, 2.0], "points a year, steepest fall first; words are another unit"
    assert curve_chart(_material(frame), frame, table, plain, "en") is None


@pytest.mark.parametrize("sizes", [None, {"2019": 5, "2020": 6, "2021": 7, "2022": 9}])
def test_marks_and_points_share_one_axis(sizes: dict[str, int] | None) -> None:
    found = change_points(_material(pd.DataFrame([_row()])), ["security"], universe="cn_digital", lang="zh")
    spec = over_time("en", y_title=plain("y"), years=YEARS, top=1.0, behind=layers(found, "en", years=YEARS, sizes=sizes), sizes=sizes)
    axes = [layer["encoding"]["x"]["axis"] for layer in spec["layer"] if "axis" in layer["encoding"].get("x", {})]
    assert len(axes) > 4 and all(axis == axes[0] for axis in axes), "titles of axes that differ are written one after another"
