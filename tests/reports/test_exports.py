"""Files beside the page: no cell runs, nothing is lost."""

from __future__ import annotations

import openpyxl
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.errors import KnowledgeError, TifaError, UnknownLabel
from pipeline.reports import ReportWritten
from pipeline.reports.exports import safe_cell
from pipeline.reports.markdown import escape
from pipeline.reports.words import label, label_or_code, say

from .conftest import write_made_report


@pytest.mark.parametrize(("value", "expected", "why"), [
    ("=1+1", "'=1+1", "formula"), ("+8613", "'+8613", "plus"), ("-样例", "'-样例", "minus before text"),
    ("@SUM(A1)", "'@SUM(A1)", "at"), ("\t=1", "'\t=1", "tab"), ("＝1", "'＝1", "full-width equals"),
    ("  =1", "'  =1", "blanks before"), ("\u3000＠样例", "'\u3000＠样例", "ideographic blank before"),
    ("样例办法", "样例办法", "plain zh"), ("Sample = law", "Sample = law", "inside is harmless"),
    (-0.5, "-0.5", "a number stays a number"), (None, "", "missing"), (["=a", "b"], "'=a; b", "lists too"),
    (True, "true", "flag")])
def test_no_csv_cell_is_a_formula(value: object, expected: str, why: str) -> None:
    assert safe_cell(value) == expected, why


@given(st.text())
def test_the_text_survives(text: str) -> None:
    assert safe_cell(text) in (text, "'" + text)


def test_the_workbook_has_no_formula_and_no_link(report: ReportWritten) -> None:
    book = openpyxl.load_workbook(report.index.parent / "tables.xlsx")
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert {cell.data_type for cell in cells} <= {"s", "n", "b"}
    assert not any(cell.hyperlink for cell in cells)
    assert any(str(cell.value).startswith("=") for cell in cells), "the hostile title is there, as text"


def test_every_shown_table_has_its_csv(report: ReportWritten) -> None:
    files = {path.name for path in (report.index.parent / "data").iterdir()}
    assert {"framing_zh.csv", "documents.csv", "claims.csv", "quarantine.csv", "universe_drops.csv", "evidence.csv"} <= files
    for path in (report.index.parent / "data").iterdir():
        assert path.read_bytes().startswith(b"\xef\xbb\xbf"), "Excel needs the mark to read Chinese"


def test_markdown_runs_nothing(report: ReportWritten) -> None:
    assert escape("[a](javascript:x) <b> | *c*") == "\\[a\\](javascript:x) &lt;b&gt; \\| \\*c\\*"
    text = (report.index.parent / "report.md").read_text("utf-8")
    assert "<script" not in text and "发展" in text and "Development" in text


def test_a_missing_table_is_named(tables: dict[str, pd.DataFrame], tmp_path_factory: pytest.TempPathFactory) -> None:
    few = {name: frame for name, frame in tables.items() if name != "senses"}
    with pytest.raises(TifaError, match="senses"):
        write_made_report(few, tmp_path_factory.mktemp("few"))


def test_empty_tables_give_a_report_that_says_so(tables: dict[str, pd.DataFrame],
                                                 tmp_path_factory: pytest.TempPathFactory) -> None:
    empty = {name: frame.iloc[:0] for name, frame in tables.items()}
    written = write_made_report(empty, tmp_path_factory.mktemp("empty"))
    assert written.index.is_file() and len(written.findings) == 0


def test_words_stop_the_line() -> None:
    with pytest.raises(UnknownLabel):
        label("verdict", "perhaps")
    with pytest.raises(KnowledgeError):
        say("no_such_string")
    with pytest.raises(KnowledgeError):
        say("as_of")
    assert label_or_code("reason", "new_reason").en == "new_reason"


@pytest.mark.parametrize("kind", ["tier", "doc_type", "status", "bindingness", "sense", "rendering", "verdict", "outcome"])
def test_closed_lists_have_words(kind: str) -> None:
    codes = {"sense": ("state", "data", "technical", "person", "general"),
             "rendering": ("safety", "security", "both", "other", "omitted"),
             "verdict": ("holds", "fails", "inconclusive", "too_little_data", "not_testable"),
             "outcome": ("document", "duplicate", "quarantined", "skipped"),
             "bindingness": ("binding", "soft", "declaratory"),
             "status": ("draft_for_comment", "in_force", "amended", "repealed", "unknown"),
             "tier": ("party_central", "npc", "state_council", "ministry", "local", "judicial", "standards_body",
                      "international", "foreign", "academic", "company", "media"),
             "doc_type": ("law", "administrative_regulation", "departmental_rule", "local_regulation",
                          "normative_document", "plan", "standard", "guideline", "white_paper", "initiative",
                          "work_report", "legislative_plan", "speech", "judicial_document", "press", "research",
                          "other")}[kind]
    assert all(label(kind, code).en and label(kind, code).zh for code in codes)
