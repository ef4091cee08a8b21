"""Repeated and dropped commitments, by the rules the report states."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from pipeline.reports.material import Material
from pipeline.reports.promises import dropped, repeated, series_title, successors

from .fixtures.made_tables import make_evidence


@pytest.mark.parametrize(("title", "expected", "why"), [
    ("样例发展第十三个五年规划", "样例发展第 个 规划", "ordinals go"), ("2021年样例工作报告", "样例工作报告", "so do years"),
    ("Outline of the Thirteenth Sample Plan (2016–2020)", "outline of the sample plan ( - )", "in English too"),
    ("样例工作报告", "样例工作报告", "nothing to take away")])
def test_what_the_texts_of_a_series_share(title: str, expected: str, why: str) -> None:
    assert series_title(title) == expected, why


def _material(tables: dict[str, pd.DataFrame], texts: list[tuple[str, str, str, list[str]]]) -> Material:
    """Documents (title, date, language, sentences) of one issuer, all yearly reports."""
    base = tables["documents"].iloc[[20]]
    documents, sentences = [], []
    for number, (title, date, lang, lines) in enumerate(texts):
        doc_id = f"d{number:015d}"
        documents.append(base.assign(doc_id=doc_id, title=title, date_issued=date, lang=lang, doc_type="work_report",
                                     issuers=[["cn-sample-1"]], work_id=f"w{number}", duplicate_of=None))
        sentences += [{"doc_id": doc_id, "sent_no": place, "start_char": 0, "end_char": len(line), "heading": None,
                       "article": None, "kind": "body", "text": line} for place, line in enumerate(lines)]
    given = {**tables, "documents": pd.concat(documents, ignore_index=True), "sentences": pd.DataFrame(sentences)}
    return Material(given, "2025-12-31", {}, None, {}, make_evidence(given))


def _ledger(*rows: tuple[int, str, str, str | None]) -> pd.DataFrame:
    return pd.DataFrame([{"doc_id": f"d{number:015d}", "sent_no": 0, "text": text, "quantities": amount, "deadline": deadline,
                          "issued": str(2019 + number), "state": "ahead", "action": "", "actor_id": None}
                         for number, text, amount, deadline in rows])


BASES = ("到2025年样例基地达到30个。", "30 个", "2025")


@pytest.mark.parametrize(("first", "second", "n", "why"), [
    (BASES, ("样例基地到2025年达到30个以上。", "30 个", "2025"), 1, "the same target, zh"),
    (BASES, ("到2025年培训样例讲师30个班次。", "30 个", "2025"), 0, "the same number of other things"),
    (BASES, ("到2030年样例基地达到30个。", "30 个", "2030"), 0, "another deadline"),
    (BASES, ("到2025年样例基地达到50个。", "50 个", "2025"), 0, "another number")])
def test_repeats(tables: dict[str, pd.DataFrame], first: Any, second: Any, n: int, why: str) -> None:
    material = _material(tables, [("甲", "2019-03-05", "zh-Hans", [first[0]]), ("乙", "2020-03-05", "zh-Hans", [second[0]])])
    found = repeated(material, _ledger((0, *first), (1, *second)))
    assert found["target"].nunique() == n, why
    assert list(found["n_documents"]) == [2, 2] * n


def test_repeats_in_english_need_the_words_too(tables: dict[str, pd.DataFrame]) -> None:
    lines = ["By 2025 thirty sample pilots will open in coastal towns.", "Thirty sample pilots will open in coastal towns by 2025.",
             "By 2025 the office trains thirty inspectors."]
    material = _material(tables, [(f"No {place}", f"{2019 + place}-03-05", "en", [line]) for place, line in enumerate(lines)])
    found = repeated(material, _ledger(*((place, line, "30 items", "2025") for place, line in enumerate(lines))))
    assert sorted(found["doc_id"]) == ["d000000000000000", "d000000000000001"]


@pytest.mark.parametrize(("deadline", "later", "n", "why"), [
    ("2025", ["今年工作另有安排。"], 1, "due, and no sentence says it"),
    ("2025", ["到2025年，样例试点将达到三十个。"], 0, "said again in nearly the same words"),
    ("2020", ["今年工作另有安排。"], 0, "no longer due when the successor came"),
    (None, ["今年工作另有安排。"], 0, "never had a deadline")])
def test_dropped(tables: dict[str, pd.DataFrame], deadline: str | None, later: list[str], n: int, why: str) -> None:
    promise = "到2025年，样例试点达到三十个。"
    material = _material(tables, [("2020年样例工作报告", "2020-03-05", "zh-Hans", [promise]),
                                  ("2021年样例工作报告", "2021-03-05", "zh-Hans", later)])
    assert len(dropped(material, _ledger((0, promise, "30 个", deadline)))) == n, why


@pytest.mark.parametrize(("second", "n", "why"), [
    (("2021年样例工作报告", "2021-03-05", "zh-Hans", ["一。"]), 1, "the next of the series"),
    (("2021年样例工作报告", "2020-03-20", "zh-Hans", ["一。"]), 0, "two weeks later: a copy"),
    (("2021年另一工作报告", "2021-03-05", "zh-Hans", ["一。"]), 0, "another title"),
    (("2021年样例工作报告", "2021-03-05", "en", ["One."]), 0, "another language")])
def test_successors(tables: dict[str, pd.DataFrame], second: Any, n: int, why: str) -> None:
    material = _material(tables, [("2020年样例工作报告", "2020-03-05", "zh-Hans", ["一。"]), second])
    assert len(list(successors(material))) == n, why
