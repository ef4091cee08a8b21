"""Normal form, match keys, quoted titles, occurrences of 安全."""

import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.errors import TifaError
from pipeline.text import Span, han_share, match_key, normalise, quoted_titles, security_occurrences

SAME_NAME = [
    ("國家網信辦", "国家网信办", "traditional and simplified"),
    ("ＡＩ", "ai", "full width, case"),
    ("GB／T", "gb/t", "full-width slash"),
    ("臺灣", "台湾", "variant characters"),
]


@pytest.mark.parametrize(("one", "other", "reason"), SAME_NAME)
def test_match_key_unites(one: str, other: str, reason: str) -> None:
    assert match_key(one) == match_key(other), reason


def test_match_key_keeps_different_names_apart() -> None:
    assert match_key("数据局") != match_key("数据法")
    assert match_key("security") != match_key("safety")


@given(st.text())
def test_match_key_keeps_offsets(text: str) -> None:
    key = match_key(text)
    assert len(key) == len(text)
    assert match_key(key) == key


@given(st.text())
def test_match_key_of_long_texts_is_that_of_their_parts(text: str) -> None:
    long = text + "國 Ａ" * 100
    assert match_key(long) == "".join(map(match_key, long))


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"])))
def test_normalise_is_stable(text: str) -> None:
    once = normalise(text)
    assert normalise(once) == once
    assert unicodedata.is_normalized("NFC", once)
    assert not re.search("[\r\x85\u2028\u2029\x0b\x0c]", once)


@pytest.mark.parametrize(("text", "titles"), [
    ("根据《样例法》和《样例办法（试行）》制定", ["样例法", "样例办法（试行）"]),
    ("《关于修改《样例规定》的决定》", ["关于修改《样例规定》的决定"]),
    ("《《《《《没有结束", []),
    ("under the Sample Act", []),
    ("《" + "长" * 200 + "》", []),
])
def test_quoted_titles(text: str, titles: list[str]) -> None:
    assert [text[span.start:span.end] for span in quoted_titles(text)] == titles


def test_quoted_titles_survive_hostile_runs() -> None:
    assert quoted_titles("《" * 200_000) == []
    assert len(quoted_titles("《甲》" * 50_000)) == 50_000


@pytest.mark.parametrize(("text", "lang", "surfaces"), [
    ("网络安全和信息安全，国家安全", "zh", ["安全", "安全", "安全"]),     # trap 5: inside compounds
    ("資訊安全", "zh-Hant", ["安全"]),
    ("安 全", "zh", []),
    ("Insecurity, unsafe systems; cyber-security and cybersecurity: secure them safely.", "en",
     ["Insecurity", "unsafe", "cyber-security", "cybersecurity", "secure", "safely"]),
    ("a vouchsafe promise", "en", []),
    ("安全 means safety", "mixed", ["安全", "safety"]),
])
def test_security_occurrences(text: str, lang: str, surfaces: list[str]) -> None:
    assert [text[span.start:span.end] for span in security_occurrences(text, lang)] == surfaces


def test_security_occurrences_refuse_unknown_languages() -> None:
    with pytest.raises(TifaError, match="fr"):
        security_occurrences("sécurité", "fr")


def test_han_share() -> None:
    assert han_share("人工智能") == 1.0
    assert han_share("AI") == 0.0
    assert han_share("12, 3") == 0.0
    assert 0 < han_share("AI人工智能") < 1
    assert Span(1, 2).end == 2


@given(st.lists(st.sampled_from(["safe", "secur", "Security", "-", "un", "in", " ", "_", "ty", "e", "İ", "9", "é", "'", "SAFE"]),
                max_size=9))
def test_occurrences_are_those_of_the_pattern_of_the_contract(parts: list[str]) -> None:
    text = "".join(parts)
    pattern = re.compile(r"(?i)\b(?:un|in)?(?:safe|secur)\w*|\b\w*-?security\b")
    assert security_occurrences(text, "en") == [Span(*match.span()) for match in pattern.finditer(text)]


def test_the_key_of_the_chinese_word_is_itself_alone() -> None:
    """So that a Chinese text may be searched without its key."""
    everything = "".join(chr(code) for code in range(0x20000) if not 0xD800 <= code < 0xE000)
    assert {char for char, plain in zip(everything, match_key(everything), strict=True) if plain in "安全"} == {"安", "全"}
