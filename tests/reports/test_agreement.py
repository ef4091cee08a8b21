"""Every headline says one number: in the prose of both languages, chart, CSV, workbook, findings.json, report.md and tables."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import lxml.html
import openpyxl
import pandas as pd
import pytest

from pipeline.reports import ReportWritten
from pipeline.reports.findings import headlines
from pipeline.reports.ledger import ledger
from pipeline.reports.markdown import escape
from pipeline.reports.material import Material
from pipeline.reports.numbers import count, interval, percent, points
from pipeline.reports.series import point_id

from .fixtures.made_tables import make_evidence

CLOSE = 1e-9


@pytest.fixture(scope="module")
def material(tables: dict[str, pd.DataFrame]) -> Material:
    return Material(tables, "2025-12-31", {"n_new": 3}, None, {}, make_evidence(tables))


@pytest.fixture(scope="module")
def folder(report: ReportWritten) -> Path:
    return report.index.parent


def _said(row: Any) -> list[str]:
    """Every number that the words of a headline must print."""
    if row.kind == "count":
        return [count(row.estimate)]
    if row.kind == "change":
        return [points(row.estimate), points(row.low), points(row.high), percent(row.first["estimate"]),
                percent(row.point["estimate"])]
    return [percent(row.estimate), interval(row.low, row.high), count(row.n_documents)]


def test_there_are_headlines_of_every_kind(material: Material) -> None:
    assert {row.kind for row in headlines(material)} >= {"level", "change", "count"}


def test_prose_and_markdown_print_every_number(material: Material, folder: Path) -> None:
    tree = lxml.html.document_fromstring((folder / "index.html").read_text("utf-8"))
    markdown = (folder / "report.md").read_text("utf-8")
    for row in headlines(material):
        item = tree.get_element_by_id(f"finding-{row.finding_id}")
        for lang in ("en", "zh"):
            words = " ".join(node.text_content() for node in item.xpath(f".//span[@lang='{lang}']"))
            both = words + " ".join(node.text_content() for node in item.xpath(".//bdi"))
            assert [number for number in _said(row) if number not in both] == [], (row.finding_id, lang)
        for says in item.xpath(".//p[@class='says']/span"):
            assert escape(says.text_content()) in markdown, row.finding_id


def test_findings_json_csv_and_workbook_hold_what_is_said(material: Material, folder: Path) -> None:
    stored = {row["finding_id"]: row for row in json.loads((folder / "findings.json").read_text("utf-8"))}
    csv = pd.read_csv(folder / "data" / "findings.csv", encoding="utf-8-sig").set_index("finding_id")
    sheet = openpyxl.load_workbook(folder / "tables.xlsx")["findings"]
    head, *rows = sheet.iter_rows(values_only=True)
    workbook = {row[head.index("finding_id")]: dict(zip(head, row, strict=True)) for row in rows}
    assert list(stored) and set(stored) == set(csv.index) == set(workbook) == {row.finding_id for row in headlines(material)}
    for row in headlines(material):
        for name in ("estimate", "low", "high", "n_documents"):
            expected = getattr(row, name)
            for found in (stored[row.finding_id][name], csv.loc[row.finding_id, name], workbook[row.finding_id][name]):
                same = pd.isna(found) if expected is None else abs(float(found) - expected) < CLOSE
                assert same, (row.finding_id, name)


def _keys(row: Any) -> list[Any]:
    return [row.point] + ([row.first] if row.first is not None else [])


def test_charts_and_their_csv_plot_the_rows_of_trends(material: Material, folder: Path, tables: dict[str, pd.DataFrame]) -> None:
    tree = lxml.html.document_fromstring((folder / "index.html").read_text("utf-8"))
    charts = json.loads(tree.xpath("string(//script[@id='island-charts'])"))
    known = tables["trends"]
    ids = pd.Series([point_id(one) for one in known.to_dict("records")], index=known.index)
    for row in headlines(material):
        for point in _keys(row) if row.point is not None else []:
            same = known[(known["estimator"] == point["estimator"]) & (ids == point_id(point))]
            assert same["estimate"].tolist() == [point["estimate"]], "one row of the table stands behind it"
            plotted = [(name, value) for name, chart in charts.items() for value in chart["values"]
                       if value.get("point_id") == point_id(point) and value.get("estimate") is not None and "lead" not in value]
            assert plotted, row.finding_id
            for name, value in plotted:
                assert abs(value["estimate"] - point["estimate"]) < CLOSE and value["n_documents"] == point["n_documents"]
                csv = pd.read_csv(folder / "data" / f"{name}.csv", encoding="utf-8-sig")
                line = csv[csv["point_id"] == point_id(point)].iloc[0]
                assert abs(line["estimate"] - point["estimate"]) < CLOSE and line["n_documents"] == point["n_documents"]


def test_counts_are_counted_again_from_the_tables(material: Material, tables: dict[str, pd.DataFrame]) -> None:
    found = {row.finding_id: row.estimate for row in headlines(material)}
    assert found["claims_hold"] == (tables["claims"]["verdict"] == "holds").sum()
    due = ledger(material)
    assert found["deadlines_passed"] == sum(isinstance(day, str) and day < material.as_of[:len(day)] for day in due["deadline"])
