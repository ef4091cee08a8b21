"""Numbers agree wherever they stand: prose, chart, CSV, findings; what is thin is never a trend."""

from __future__ import annotations

import json

import lxml.html
import numpy as np
import pandas as pd
import pytest

from pipeline.reports import ReportWritten
from pipeline.reports.evidence import SHOWN
from pipeline.reports.findings import COLUMNS, best_rows, findings_frame, headlines
from pipeline.reports.ledger import ledger, state_of
from pipeline.reports.material import Material
from pipeline.reports.numbers import count, interval, percent, points
from pipeline.reports.series import every_year, moved, segments

from .conftest import write_made_report
from .fixtures.made_tables import make_evidence


@pytest.mark.parametrize(("value", "expected", "why"), [
    (0.3412, "34.1%", "one digit after the point"), (0.0, "0.0%", "nothing is a number too"),
    (None, "–", "missing"), (float("nan"), "–", "missing in a float column"), (np.float64(0.5), "50.0%", "numpy")])
def test_percent(value: object, expected: str, why: str) -> None:
    assert percent(value) == expected, why


def test_intervals_counts_and_differences() -> None:
    assert interval(0.2, 0.31) == "20.0–31.0%"
    assert interval(None, 0.31) == "–"
    assert count(np.int64(12345)) == "12,345"
    assert points(-0.143) == "−14.3"


@pytest.mark.parametrize(("periods", "thin", "expected", "why"), [
    (["2014", "2015", "2016"], [False] * 3, [0, 0, 0], "neighbours are joined"),
    (["2014", "2016"], [False] * 2, [0, 1], "a missing year breaks the line"),
    (["2014", "2015", "2016"], [False, True, False], [0, 1, 2], "a thin point is never joined"),
    (["2014", "all"], [False] * 2, [0, 1], "a total is no year")])
def test_lines_join_solid_neighbours_only(periods: list[str], thin: list[bool], expected: list[int], why: str) -> None:
    assert segments(periods, thin) == expected, why


def test_axes_show_years_without_a_document() -> None:
    assert every_year(["2014", "2017"]) == ["2014", "2015", "2016", "2017"]
    assert every_year([]) == []


@pytest.mark.parametrize(("first", "last", "expected"), [
    ((0.1, 0.2), (0.3, 0.4), "rose"), ((0.3, 0.4), (0.1, 0.2), "fell"), ((0.1, 0.3), (0.2, 0.4), "unclear"),
    ((None, None), (0.2, 0.4), "unclear")])
def test_a_direction_needs_intervals_apart(first: tuple[float, float], last: tuple[float, float], expected: str) -> None:
    assert moved(dict(zip(("low", "high"), first, strict=True)), dict(zip(("low", "high"), last, strict=True))) == expected


@pytest.mark.parametrize(("deadline", "expected", "why"), [
    ("2024", "passed", "the whole year lies before"), ("2025", "ahead", "the year is not over on its last day"),
    ("2025-11", "passed", "the month is over"), ("2025-12-31", "ahead", "the day itself"), (None, "undated", "no date")])
def test_deadlines_are_as_precise_as_printed(deadline: str | None, expected: str, why: str) -> None:
    assert state_of(deadline, as_of="2025-12-31") == expected, why


def _island(report: ReportWritten, name: str) -> dict:  # type: ignore[type-arg]
    tree = lxml.html.document_fromstring(report.index.read_text("utf-8"))
    return json.loads(tree.xpath(f"string(//script[@id='island-{name}'])"))  # type: ignore[no-any-return]


def test_chart_table_and_trends_agree(report: ReportWritten, tables: dict[str, pd.DataFrame]) -> None:
    chart = _island(report, "charts")["framing_zh"]
    csv = pd.read_csv(report.index.parent / "data" / "framing_zh.csv", dtype={"period": str}, encoding="utf-8-sig")
    trends = tables["trends"]
    trends = trends[(trends["estimator"] == "corrected") & (trends["lang"] == "zh") & (trends["grouping"] == "all")
                    & trends["measure"].isin(["development", "security"]) & (trends["period"] != "all")]
    expected = {(row.measure, row.period): (row.estimate, row.n_documents) for row in trends.itertuples()}
    assert {(row["measure"], row["period"]): (row["estimate"], row["n_documents"]) for row in chart["values"]} == expected
    assert {(row.measure, row.period): (row.estimate, row.n_documents) for row in csv.itertuples()} == expected


def test_thin_points_have_no_interval(report: ReportWritten) -> None:
    values = [value for chart in _island(report, "charts").values() for value in chart["values"] if "thin" in value]
    thin = [value for value in values if value["thin"]]
    assert thin and all(value["low"] is None and value["interval"] == "–" for value in thin)
    assert all(value["n_documents"] >= 5 for value in values if not value["thin"])


def test_findings_are_said_as_they_are_stored(report: ReportWritten) -> None:
    stored = json.loads((report.index.parent / "findings.json").read_text("utf-8"))
    assert list(report.findings.columns) == COLUMNS and 3 <= len(stored) <= 7
    tree = lxml.html.document_fromstring(report.index.read_text("utf-8"))
    for row in stored:
        words = tree.get_element_by_id(f"finding-{row['finding_id']}").text_content()
        assert str(row["n_documents"]) in words
        if row["finding_id"].endswith("_latest"):
            assert percent(row["estimate"]) in words and interval(row["low"], row["high"]) in words


def test_evidence_holds_every_sentence_of_a_point(report: ReportWritten, tables: dict[str, pd.DataFrame]) -> None:
    keys = pd.read_csv(report.index.parent / "data" / "evidence.csv", encoding="utf-8-sig")
    described = pd.read_csv(report.index.parent / "data" / "points.csv", encoding="utf-8-sig")
    assert keys["point_id"].value_counts().to_dict() == {
        row.point_id: row.n_evidence for row in described.itertuples() if row.n_evidence}
    sentences = set(zip(tables["sentences"]["doc_id"], tables["sentences"]["sent_no"], strict=True))
    assert set(zip(keys["doc_id"], keys["sent_no"], strict=True)) <= sentences
    for one, (total, shown, *_) in _island(report, "evidence")["points"].items():
        places = [place for place, _ in shown]
        assert len(set(places)) == len(places) == (total if one.startswith("claim-") else min(SHOWN, total))


def test_a_second_report_says_what_moved(report: ReportWritten, tables: dict[str, pd.DataFrame]) -> None:
    before = report.findings.assign(as_of="2025-06-30")
    before.loc[before["finding_id"] == "security_zh_latest", "estimate"] = 0.01
    material = Material(tables, "2025-12-31", {"n_new": 3}, before, {}, make_evidence(tables))
    findings = findings_frame(material, headlines(material))
    causes = dict(zip(findings["finding_id"], findings["cause"], strict=True))
    assert causes["security_zh_latest"] == "documents were added, changed or removed"
    assert causes["development_zh_latest"] == "unchanged"
    assert set(report.findings["cause"]) == {"first report"} and set(report.findings["cause_zh"]) == {"首次报告"}


def test_same_input_same_bytes(report: ReportWritten, tables: dict[str, pd.DataFrame],
                               tmp_path_factory: pytest.TempPathFactory) -> None:
    again = write_made_report(tables, tmp_path_factory.mktemp("again")).index.parent
    first = report.index.parent
    files = sorted(path.relative_to(first) for path in first.rglob("*") if path.is_file())
    assert files == sorted(path.relative_to(again) for path in again.rglob("*") if path.is_file())
    assert [path for path in files if (first / path).read_bytes() != (again / path).read_bytes()] == []


def test_later_documents_are_left_out(tables: dict[str, pd.DataFrame], tmp_path_factory: pytest.TempPathFactory) -> None:
    documents = tables["documents"]
    doc_id = documents["doc_id"].iloc[20]
    later = documents.assign(date_issued=documents["date_issued"].mask(documents["doc_id"] == doc_id, "2026-02"))
    changed = {**tables, "documents": later, "trends": tables["trends"].iloc[:0]}
    folder = write_made_report(changed, tmp_path_factory.mktemp("later")).index.parent
    assert not (folder / "documents" / f"{doc_id}.html").exists()
    assert doc_id not in (folder / "index.html").read_text("utf-8")


@pytest.mark.parametrize(("lang", "pair_id", "counted", "reason"), [
    ("en", "made-pair", False, "the English version of a text that is here says the same promise again"),
    ("en", "other-pair", True, "its Chinese version is not here"), ("en", None, True, "no version of another text"),
    ("zh-Hans", "made-pair", True, "two Chinese texts of one pair promise each for itself")])
def test_a_promise_and_its_translation_are_one(tables: dict[str, pd.DataFrame], lang: str, pair_id: str | None,
                                              counted: bool, reason: str) -> None:
    documents = tables["documents"].head(2).assign(lang=["zh-Hans", lang], pair_id=["made-pair", pair_id],
                                                   duplicate_of=None, date_issued="2020-01-01")
    row = tables["commitments"].iloc[[0]].assign(deadline="2024", actor_id="cn-sample-2")
    rows = pd.concat([row.assign(doc_id=doc_id) for doc_id in documents["doc_id"]])
    material = Material({**tables, "documents": documents, "commitments": rows}, "2025-12-31", {}, None, {}, lambda point: rows)
    assert len(ledger(material)) == 1 + counted, reason


def test_quantities_of_one_promise_are_one_commitment(tables: dict[str, pd.DataFrame]) -> None:
    row = tables["commitments"].iloc[[0]].assign(deadline="2024", actor_id="cn-sample-2")
    more = pd.concat([row, row.assign(quantity=1200.0, unit="家"), row, row.assign(deadline="2030")], ignore_index=True)
    material = Material({**tables, "commitments": more}, "2025-12-31", {}, None, {}, lambda point: more)
    found = ledger(material)
    assert list(found["deadline"]) == ["2024", "2030"] and list(found["state"]) == ["passed", "ahead"]
    assert found["quantities"].iloc[0] == "30 个; 1,200 家"


@pytest.mark.parametrize(("estimates", "expected", "why"), [
    ((0.1, 0.3), "corrected", "every point has a correction inside [0, 1]"),
    ((-0.1, 0.3), "raw", "an interval below zero: the error rates do not fit"),
    ((0.1, 1.2), "raw", "an interval above one")])
def test_a_correction_that_leaves_the_possible_is_not_the_headline(
        estimates: tuple[float, float], expected: str, why: str) -> None:
    low, high = estimates
    row = {"measure": "security", "universe": "u", "grouping": "all", "group_value": "all", "period": "2020",
           "lang": "zh", "estimate": 0.2, "low": 0.1, "high": 0.3, "n_documents": 9, "n_sentences": 90, "flags": []}
    trends = pd.DataFrame([row | {"estimator": "raw"}, row | {"estimator": "corrected", "low": low, "high": high}])
    assert set(best_rows(trends, measure="security")["estimator"]) == {expected}, why


def test_a_share_is_its_sentences_over_all_sentences(report: ReportWritten) -> None:
    points = pd.read_csv(report.index.parent / "data" / "points.csv", encoding="utf-8-sig")
    csv = pd.read_csv(report.index.parent / "data" / "correction_zh.csv", encoding="utf-8-sig")
    raw = csv[csv["estimator"] == "raw"].merge(points[["point_id", "n_evidence"]], on="point_id")
    assert len(raw) > 0
    assert raw["n_evidence"].to_numpy() / raw["n_sentences"].to_numpy() == pytest.approx(raw["estimate"].to_numpy(), abs=1e-6)
