"""What the sections say: who leads, who signs with whom, what flipped, what is shown first."""

from __future__ import annotations

import json
from typing import Any

import lxml.html
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.reports import ReportWritten
from pipeline.reports.blocks import PAGE, Column, Prose, Table
from pipeline.reports.groups import group_chart
from pipeline.reports.material import Material, brief
from pipeline.reports.mentioned import by_name, wilson
from pipeline.reports.plotting import listed, wrapped
from pipeline.reports.sections.claims import build as build_claims
from pipeline.reports.sections.lens import build as build_lens
from pipeline.reports.sections.methods import build as build_methods
from pipeline.reports.words import Text, plain

from .fixtures.made_tables import make_evidence


@pytest.fixture(scope="module")
def tree(report: ReportWritten) -> Any:
    return lxml.html.document_fromstring(report.index.read_text("utf-8"))


def _charts(tree: Any) -> Any:
    return json.loads(tree.xpath("string(//script[@id='island-charts'])"))


@pytest.mark.parametrize(("hits", "size", "low", "high", "why"), [
    (0, 10, 0.0, 0.2775, "none: closed at zero"), (10, 10, 0.7225, 1.0, "all: closed at one"),
    (81, 263, 0.2553, 0.3662, "Newcombe (1998), table I, method 3"), (15, 148, 0.0624, 0.1605, "the same, second row"),
    (1, 29, 0.0061, 0.1718, "the same, fourth row")])
def test_intervals_of_shares(hits: int, size: int, low: float, high: float, why: str) -> None:
    assert wilson(hits, size) == pytest.approx((low, high), abs=6e-5), why


@given(st.integers(1, 500).flatmap(lambda size: st.tuples(st.integers(0, size), st.just(size))))
def test_an_interval_holds_its_share(pair: tuple[int, int]) -> None:
    low, high = wilson(*pair)
    assert 0 <= low <= pair[0] / pair[1] + 1e-12 and pair[0] / pair[1] - 1e-12 <= high <= 1


def test_a_document_counts_once_however_often_it_names() -> None:
    found = pd.DataFrame({"key": ["a", "a", "a", "b"], "doc_id": ["1", "1", "2", "9"], "sent_no": [0, 3, 1, 1]})
    documents = pd.DataFrame({"doc_id": ["1", "2", "3"], "year": ["2019", "", "2021"]})
    rows = by_name(found, documents)
    assert rows[["key", "n_documents", "n_all", "first", "last"]].to_numpy().tolist() == [["a", 2, 3, "2019", "2019"]]


@pytest.mark.parametrize(("title", "expected", "why"), [
    ("样例办法", "样例办法", "short zh stays"), ("Sample Measures", "Sample Measures", "short en stays"),
    ("样" * 40, "样" * 36 + "…", "a Han character takes two columns"), ("a" * 80, "a" * 72 + "…", "a letter takes one"),
    ("样" * 35 + "（试行）", "样" * 35 + "…", "no open bracket is left at the end")])
def test_long_titles_are_cut(title: str, expected: str, why: str) -> None:
    assert brief(title) == expected, why


@pytest.mark.parametrize(("names", "en", "zh"), [
    (["A"], "A", "A"), (["A", "B"], "A and B", "A、B"), (["A", "B", "C"], "A, B and C", "A、B、C"),
    (["A", "B", "C", "D", "E"], "A, B, C and 2 more", "A、B、C等 5 个"), ([], "–", "–")])
def test_names_are_listed_as_one_reads(names: list[str], en: str, zh: str) -> None:
    assert listed([plain(name) for name in names], most=3) == Text(en, zh)


def test_axis_names_keep_their_words() -> None:
    lines = wrapped(Text("Sample Office for the Supervision of Made-up Things", "样例事务监督管理委员会办公室"))
    assert lines["group_en"].replace("\n", " ") == "Sample Office for the Supervision of Made-up Things"
    assert lines["group_zh"].replace("\n", "") == "样例事务监督管理委员会办公室"
    assert max(len(line) for line in lines["group_en"].split("\n")) <= 27


def test_rows_beyond_the_first_wait_and_groups_are_headed() -> None:
    frame = pd.DataFrame({"year": ["2024"] * 15 + ["2025"] * 10})
    table = Table("t", plain("t"), frame, (Column(plain("y"), lambda row: plain(row.year)),),
                  group=lambda row: plain(row.year))
    assert [line.waits for line in table.lines] == [False] * PAGE + [True] * (25 - PAGE)
    assert {place: line.group.en for place, line in enumerate(table.lines) if line.group} == {0: "2024", 15: "2025"}
    assert table.n_waiting == 5


def test_commitments_stand_under_the_year_of_their_deadline(report: ReportWritten, tree: Any) -> None:
    csv = pd.read_csv(report.index.parent / "data" / "commitments_ahead.csv", dtype=str, encoding="utf-8-sig")
    heads = [row.text_content().strip() for row in tree.xpath("//div[@id='commitments_ahead']//tr[contains(@class, 'group')]")]
    assert heads == list(dict.fromkeys(csv["deadline"].str[:4]))


def test_balance_is_the_difference_that_the_frames_chart_shows(tree: Any) -> None:
    charts = _charts(tree)
    shares = {(value["period"], value["measure"]): value["estimate"] for value in charts["framing_zh"]["values"]}
    values = charts["balance_zh"]["values"]
    assert values and all(value["estimate"] == pytest.approx(
        shares[value["period"], "development"] - shares[value["period"], "security"], abs=2e-6) for value in values)
    leads = {value["lead"] for value in values if value["low"] is not None and value["high"] < 0}
    assert leads <= {"security"}, "a band below zero is a lead of security"


def test_the_matrix_says_what_the_table_says(report: ReportWritten, tree: Any) -> None:
    csv = pd.read_csv(report.index.parent / "data" / "signing.csv", encoding="utf-8-sig")
    assert csv["n_documents"].tolist() == [7, 4, 2]
    values = _charts(tree)["signing"]["values"]
    cells = {(value["row_rank"], value["column_rank"]): value["n"] for value in values}
    assert len(values) == 6 and all(cells[b, a] == n for (a, b), n in cells.items()), "each pair stands twice"
    assert cells[0, 1] == 7 and "7" in tree.xpath("string(//figure[@id='signing']//h3)")


def test_who_leads_needs_a_whole_interval(tree: Any) -> None:
    title = tree.xpath("string(//figure[@id='leads']//h3//span[@class='en'])")
    assert title.startswith("Usually named first: Sample Body 1; seldom: Sample Body 2")
    assert len(_charts(tree)["leads"]["values"]) == 2, "two joint documents are too few to draw"


def test_who_is_named_counts_documents(report: ReportWritten, tables: dict[str, pd.DataFrame]) -> None:
    csv = pd.read_csv(report.index.parent / "data" / "fora.csv", encoding="utf-8-sig")
    documents, mentions = tables["documents"], tables["mentions"]
    chinese = set(documents.loc[documents["lang"].str.startswith("zh"), "doc_id"])
    naming = set(mentions.loc[mentions["entity_id"] == "un", "doc_id"]) & chinese
    assert csv[["key", "n_documents", "n_all"]].to_numpy().tolist() == [["un", len(naming), len(chinese)]]


def test_verdicts_that_flipped_are_listed(tables: dict[str, pd.DataFrame]) -> None:
    claims = tables["claims"].copy()
    facts = [json.loads(value) for value in claims["evidence"]]
    for place, fact in enumerate(facts[:10]):
        fact |= {"previous_verdict": "holds" if place == 1 else claims["verdict"].iloc[place], "previous_estimate": 0.5}
    claims["evidence"] = [json.dumps(fact) for fact in facts]
    given = {**tables, "claims": claims}
    section = build_claims(Material(given, "2025-12-31", {}, None, {}, make_evidence(given)))
    flipped = next(table.frame for table in section.tables if table.id == "claims_flipped")
    assert flipped[["claim_id", "previous_verdict", "verdict"]].to_numpy().tolist() == [["T001", "holds", "fails"]]
    said = [block.text.en for block in section.blocks if isinstance(block, Prose)]
    assert any("1 of 10 verdicts changed; 5 claims are new" in text for text in said)


def test_the_ledger_is_followed_over_all_runs(tables: dict[str, pd.DataFrame]) -> None:
    doc_id = tables["documents"]["doc_id"].iloc[20]
    base = {"as_of": "2025-01-01", "version": 1, "estimate": 0.1, "low": 0.0, "high": 0.2, "n_documents": 9, "because": []}
    log = pd.DataFrame([base | {"started_at": f"2025-0{month}-01T00:00:00Z", "run_id": f"r{month}", "claim_id": claim_id,
                                "verdict": verdict} | more for month, claim_id, verdict, more in [
        (1, "T000", "holds", {}), (1, "T001", "fails", {}), (2, "T001", "holds", {"because": [doc_id]}),
        (3, "T001", "holds", {"estimate": 0.3}), (3, "T000", "inconclusive", {"version": 2})]])
    given = {**tables, "verdicts": log}
    section = build_claims(Material(given, "2025-12-31", {}, None, {}, make_evidence(given)))
    shown = {table.id: table for table in section.tables}
    runs = shown["verdict_runs"].frame
    assert runs[["holds", "fails", "inconclusive", "n_flipped"]].to_numpy().tolist() == [[1, 0, 1, 1], [2, 0, 0, 1], [1, 1, 0, 0]]
    flips = shown["verdict_flips"].rows
    assert [(row[1].text.en, row[3].text.en, row[4].text.en) for row in flips] == [
        ("T000", "holds", "inconclusive"), ("T001", "fails", "holds")], "a moved estimate is no flip"
    assert flips[0][6].text.en.startswith("the rule changed") and "20" in flips[1][6].text.en


def test_a_first_run_has_no_history(report: ReportWritten) -> None:
    assert not (report.index.parent / "data" / "claims_flipped.csv").exists()


def test_small_groups_show_the_pooled_share_beside_their_own(tables: dict[str, pd.DataFrame]) -> None:
    trends = tables["trends"]
    rows = trends[(trends["grouping"] == "tier") & (trends["estimator"] == "raw") & (trends["lang"] == "zh")]
    small = rows.iloc[[0]].assign(estimator="pooled", estimate=0.25, low=0.15, high=0.4)
    given = {**tables, "trends": pd.concat([trends, small], ignore_index=True)}
    chart = group_chart(Material(given, "2025-12-31", {}, None, {}, make_evidence(given)), "zh", "tier")
    assert chart is not None and "pooled" in chart.caption.en
    said = [row[-2].text.en for row in chart.table.rows]
    assert said.count("25.0% (15.0–40.0%)") == 1 and set(said) - {"25.0% (15.0–40.0%)"} == {"–"}
    bare = group_chart(Material(tables, "2025-12-31", {}, None, {}, make_evidence(tables)), "zh", "tier")
    assert bare is not None and len(bare.table.columns) == len(chart.table.columns) - 1


@pytest.mark.parametrize(("low", "high", "grey", "why"), [
    (0.2, 0.8, True, "three fifths of all shares are no answer"), (0.2, 0.6, False, "two fifths are an interval as others are")])
def test_renderings_with_a_wide_interval_are_grey(tables: dict[str, pd.DataFrame], low: float, high: float, grey: bool,
                                                  why: str) -> None:
    trends = tables["trends"].copy()
    rows = trends["measure"].str.startswith("rendering_")
    trends.loc[rows, ["estimate", "low", "high", "n_documents"]] = [0.4, low, high, 30]
    given = {**tables, "trends": trends}
    chart = next(chart for chart in build_lens(Material(given, "2025-12-31", {}, None, {}, make_evidence(given))).charts
                 if chart.id == "renderings")
    assert chart.values and {value["thin"] for value in chart.values} == {grey}, why
    assert ("no answer" in chart.caption.en) == grey
    assert all("–" not in row[1].text.en for row in chart.table.rows), "the table keeps every interval"


def test_coverage_says_how_many_are_reposts(tables: dict[str, pd.DataFrame]) -> None:
    documents = tables["documents"].copy()
    documents.loc[[3, 4, 5], "duplicate_of"] = documents.loc[0, "doc_id"]
    given = {**tables, "documents": documents}
    section = build_methods(Material(given, "2025-12-31", {}, None, {}, make_evidence(given)))
    notes = {table.id: table.note.en for table in section.tables if table.note}
    for name in ("coverage", "coverage_by_type_and_tier"):
        assert notes[name].startswith(f"3 of these {len(documents)} documents are reposts")
