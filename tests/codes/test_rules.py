"""Cue syntax: numbers, edges, pairs; hashes; vectorised senses. Sentences are invented."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.codes.batch import encode
from pipeline.codes.cues import cue_book
from pipeline.codes.dense import column_scale, dense_columns, name_counts
from pipeline.codes.hashing import hasher
from pipeline.codes.names import Name, registry_names
from pipeline.codes.sense_features import Occurrence, sense_features
from pipeline.text import Span


@pytest.mark.parametrize(("lang", "text", "column", "expected", "reason"), [
    ("zh", "应当在三十日内办结。", "has_deadline.strict", True, "# before: a number right before the cue"),
    ("zh", "应当在数日内办结", "has_deadline.strict", True, "数 counts as a number"),
    ("zh", "应当在次日内办结", "has_deadline.strict", False, "no number before the cue"),
    ("zh", "保存时间不少于三十年", "has_quantity.threshold", True, "# behind: a number within eight characters"),
    ("zh", "支出不少于上年，三十年不变", "has_quantity.threshold", False, "the number stands in another clause"),
    ("zh", "样例市网信部门负责统筹协调有关工作。", "has_responsible.organ_charge", True, "a pair in one clause"),
    ("zh", "报样例部门备案，由企业负责", "has_responsible.organ_charge", False, "the pair is cut by a comma"),
    ("zh", "依法给予处分。", "has_sanction.strong", True, "$ at the end, its mark left out"),
    ("en", "Reports are due within 30 days.", "has_deadline.strict", True, "# behind"),
    ("en", "Reports stay within limits, 30 in all.", "has_deadline.strict", False, "another clause"),
    ("en", "The sample office is responsible for reviews.", "has_responsible.organ_charge", True, "a pair"),
    ("en", "A plain sentence.", "has_responsible.organ_charge", False, "nothing of it"),
])
def test_cues_and_pairs(lang: str, text: str, column: str, expected: bool, reason: str) -> None:
    book, batch = cue_book(lang), encode([text], drop_blanks=lang == "zh")
    assert bool(book.count(batch)[0, book.columns.index(column)]) is expected, reason


def test_an_against_list_is_not_silenced_by_exceptions() -> None:
    book = cue_book("zh")
    counts = book.count(encode(["本办法自2023年5月1日起施行。"], drop_blanks=True))[0]
    assert counts[book.columns.index("has_deadline.against")] >= 1


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_counts_do_not_depend_on_the_neighbours(lang: str) -> None:
    texts = ["第三条 由样例部门负责。", "Operators shall report within 30 days.", "", "不少于", "三十日内", "处罚款"]
    book = cue_book(lang)
    together = book.count(encode(texts, drop_blanks=lang == "zh"))
    for number, text in enumerate(texts):
        assert np.array_equal(together[number], book.count(encode([text], drop_blanks=lang == "zh"))[0]), text


def test_names_by_kind() -> None:
    counts = name_counts([[Name(0, 2, "ACTOR"), Name(3, 5, "ACTOR"), Name(5, 6, "ACTOR")], [], [Name(0, 1, "DATE")]])
    assert counts[:, :2].tolist() == [[1.0, 0.0], [0.0, 0.0], [0.0, 0.5]] and counts.shape == (3, 8)


@pytest.mark.parametrize(("text", "kinds", "reason"), [
    ("依照《样例数据安全条例》执行。", ["INSTRUMENT"], "a title"), ("《办法》明确了范围。", [], "a short reference to itself"),
    ("应当领取《样例电信业务经营许可证》。", [], "a licence"), ("没有名称。", [], "nothing")])
def test_instruments_without_mentions(text: str, kinds: list[str], reason: str) -> None:
    assert [name.kind for name in registry_names(text, "zh")] == kinds, reason


def test_the_cues_of_a_mark_speak_for_it_most() -> None:
    columns = dense_columns("en")
    scale = dict(zip(columns, column_scale("has_sanction", "en"), strict=True))
    assert scale["has_sanction.strong"] == 1.0 > scale["has_reference.law"] and scale["modality.prohibit"] == 1.0
    assert set(column_scale("modality.state", "en")) == {1.0}


@given(st.text(alphabet="ab安全 x", min_size=3, max_size=30), st.integers(0, 30), st.integers(0, 30), st.integers(1, 9))
def test_a_stretch_hashes_alike_wherever_it_stands(text: str, one: int, other: int, shift: int) -> None:
    begin, stop = sorted((one % len(text), other % len(text)))
    codes = np.frombuffer(text.encode("utf-32-le"), dtype="<u4").astype(np.uint32)
    moved = np.concatenate([np.full(shift, 7, dtype=np.uint32), codes])
    here = hasher(codes).of(np.array([begin]), np.array([stop]))
    there = hasher(moved).of(np.array([begin + shift]), np.array([stop + shift]))
    assert here == there and (begin == stop) <= (here[0] == 0)


@pytest.mark.parametrize(("lang", "texts"), [
    ("zh", ["维护国家安全。", "安全", "加强《样例安全法》宣传，数据安全与人身安全并重"]),
    ("en", ["Safety first.", "secure", "Cybersecurity and the safety of workers, unsafe goods"])])
def test_features_of_an_occurrence_do_not_depend_on_the_neighbours(lang: str, texts: list[str]) -> None:
    from pipeline.codes.senses import occurrences_in

    found = [Occurrence(row, span, name) for row, text in enumerate(texts) for span, name in occurrences_in(text, [], lang)]
    headings = ["第一章", "", "Scope"]
    together = sense_features(texts, headings, found, lang)
    assert len(found) >= 3
    for number, one in enumerate(found):
        alone = sense_features([texts[one.row]], [headings[one.row]], [Occurrence(0, one.span, one.name)], lang)
        assert np.array_equal(alone.local[0], together.local[number])
        assert sorted(alone.context) == sorted(together.context[together.owner == number])


def test_a_modifier_must_begin_a_word() -> None:
    spans = [Occurrence(row, Span(len(text) - 8, len(text)), None) for row, text in enumerate(["food security", "seafood security"])]
    local = sense_features(["food security", "seafood security"], ["", ""], spans, "en").local
    assert local[0, -4] > 0 and local[1, -4] == 0
