"""Floors of the alignment on the parallel material; the arithmetic of the scores on invented links."""

from pathlib import Path

import pytest

from pipeline.alignments.evaluation import (
    evaluate_articles,
    evaluate_reports,
    gold_links,
    join_units,
    score_links,
)
from pipeline.sentences import split_documents
from pipeline.text import Span


def test_units_in_one_sentence_join_their_sentences() -> None:
    zh, en = [Span(0, 10), Span(10, 20)], [Span(0, 5), Span(5, 30)]
    assert gold_links(zh, en, [Span(0, 4), Span(4, 10), Span(10, 20)], [Span(0, 5), Span(5, 9), Span(9, 30)]) == [
        ((0, 1), (0, 1))], "a unit that crosses a cut ties both sides of it"
    assert gold_links(zh, en, [Span(0, 10), Span(10, 20)], [Span(0, 5), Span(5, 30)]) == [((0,), (0,)), ((1,), (1,))]


def test_lines_join_where_a_sentence_goes_on() -> None:
    text, spans = join_units(["样例标题", "坚持样例，", "推进样例。", "——又一项。"])
    assert text == "样例标题\n坚持样例，推进样例。\n——又一项。"
    assert [text[span.start:span.end] for span in spans] == ["样例标题", "坚持样例，", "推进样例。", "——又一项。"]
    assert join_units(["Work", "The year was", "good."])[0] == "Work\nThe year was good."


@pytest.mark.parametrize(("found", "gold", "strict", "overlap"), [
    ([((0,), (0,)), ((1,), (1,))], [((0,), (0,)), ((1,), (1,))], 1.0, 1.0),
    ([((0, 1), (0, 1))], [((0,), (0,)), ((1,), (1,))], 0.0, 1.0),
    ([((0,), (1,))], [((0,), (0,)), ((1,), (1,))], 0.0, 0.0),
    ([((0,), (0,)), ((1,), ())], [((0,), (0,)), ((1,), (1,))], 2 / 3, 2 / 3),
])
def test_scores(found: list, gold: list, strict: float, overlap: float) -> None:
    score = score_links(found, gold)
    assert (round(score.strict, 6), round(score.overlap, 6)) == (round(strict, 6), round(overlap, 6))


@pytest.mark.slow
def test_reports_reach_the_floor(shared: Path) -> None:
    mean = evaluate_reports(shared / "parallel" / "work_reports", split_documents).iloc[-1]
    assert mean.second_strict >= 0.96
    assert mean.second_overlap >= 0.995
    assert mean.second_strict > mean.first_strict > mean.plain_strict, "evidence helps, and the learned glossary more"


def test_articles_reach_the_floor(shared: Path) -> None:
    total = evaluate_articles(shared / "parallel" / "articles").iloc[-1]
    assert total.by_number == total.n
    assert total.masked >= 0.97 * total.n
