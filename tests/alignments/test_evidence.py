"""What sentences offer as evidence: numbers alike in both languages, names, list marks, stems."""

import pytest

from pipeline.alignments.evidence import same_tokens, stem, tokens_of
from pipeline.errors import TifaError

NUMBERS = [
    ("铺设光缆1.97万公里", "zh", {"#19700"}, "万 is ten thousand"),
    ("Some 19,700 kilometers were laid", "en", {"#19700"}, "thousands separator"),
    ("投入4万亿元", "zh", {"#4e+12"}, "万亿 is a trillion"),
    ("an investment of four trillion yuan", "en", {"#4e+12"}, "number word with a scale"),
    ("新增岗位5100万个", "zh", {"#5.1e+07"}, "5100万 is 51 million"),
    ("Fifty-one million posts were added", "en", {"#5.1e+07"}, "tens and units joined by a hyphen"),
    ("提高百分之五", "zh", {"#5"}, "percent in characters"),
    ("二点五倍", "zh", {"#2.5"}, "decimal point in characters"),
    ("第十一届会议", "zh", {"#11"}, "ordinal in characters"),
    ("the Eleventh Session", "en", {"#11"}, "ordinal in words"),
    ("the 12th meeting", "en", {"#12"}, "ordinal in digits"),
    ("2031年3月5日", "zh", {"#2031", "#3", "#5"}, "a date is its numbers"),
    ("on March 5, 2031", "en", {"#2031", "#3", "#5"}, "the month by name"),
    ("样例机构May发布", "zh", {"~may"}, "Latin letters inside Chinese text are a name"),
    ("we may act", "en", set(), "may is no month"),
    ("统一思想", "zh", set(), "一 inside a word is no number"),
    ("one of the two aims", "en", {"#2"}, "one is left out"),
    ("三心", "zh", set(), "a numeral before no counter"),
    ("三项任务", "zh", {"#3"}, "a numeral before a counter"),
    ("采用ISO和C919样机", "zh", {"~iso", "~c919", "#919"}, "Latin names"),
    ("the ISO and the C919", "en", {"~iso", "~c919", "#919"}, "the same names in English"),
]


@pytest.mark.parametrize(("text", "lang", "expected", "reason"), NUMBERS)
def test_both_languages_print_numbers_and_names_alike(text: str, lang: str, expected: set[str], reason: str) -> None:
    assert set(same_tokens(text, lang)) == expected, reason


@pytest.mark.parametrize(("text", "lang", "mark"), [
    ("（三）加强样例管理", "zh", "^3"), ("(3) Strengthen the sample", "en", "^3"), ("(iii) Strengthen", "en", "^3"),
    ("二、总体要求", "zh", "^2"), ("II. Overall requirements", "en", "^2"), ("——改善样例", "zh", "^-"),
    ("-- Improve the sample", "en", "^-"), ("这是谁的样例？", "zh", "^?"), ("Whose sample is it?", "en", "^?"),
])
def test_list_marks_and_closing_marks(text: str, lang: str, mark: str) -> None:
    assert mark in tokens_of(text, lang)


@pytest.mark.parametrize(("one", "other", "same"), [
    ("developing", "development", True), ("regulations", "regulate", False), ("networks", "network", True),
    ("laws", "law", True), ("safety", "safely", False), ("security", "secure", True), ("class", "clas", False),
    ("security", "safety", False),
])
def test_stem(one: str, other: str, same: bool) -> None:
    assert (stem(one) == stem(other)) is same


def test_an_unknown_language_stops() -> None:
    with pytest.raises(TifaError, match="Use zh or en"):
        tokens_of("texte", "fr")
