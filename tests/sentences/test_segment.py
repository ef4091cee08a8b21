"""Words: cover the text, keep protected names whole, agree with the reference engine."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.errors import TifaError
from pipeline.sentences import segment
from pipeline.text import Span


def words(text: str, **options: object) -> list[str]:
    return [text[span.start:span.end] for span in segment(text, **options)]  # type: ignore[arg-type]


@pytest.mark.parametrize(("text", "expected", "reason"), [
    ("样发〔2017〕35号", "样发〔2017〕35号", "trap 4: a document number is one word"),
    ("依据《样例数据安全法》", "样例数据安全法", "a title is one word"),
])
def test_marked_names_are_words(text: str, expected: str, reason: str) -> None:
    assert expected in words(text), reason


def test_protected_spans_are_words() -> None:
    text = "样例部门执行数据安全法"
    assert "数据安全法" not in words(text)
    assert "数据安全法" in words(text, protected=[Span(6, 11)])


@settings(deadline=None)
@given(st.text(alphabet="数据安全法国家发展改革委员会《》〔〕2017号，。 AI", max_size=80))
def test_words_cover_the_text(text: str) -> None:
    assert "".join(words(text)) == text


@pytest.mark.parametrize("text", [
    "推动人工智能与实体经济深度融合，防范化解重大风险。", "坚持发展和安全并重、促进创新和依法治理相结合。",
    "到2030年，样例产业规模超过1万亿元。", "The sample 办公室 acts.",
])
def test_engines_agree(text: str) -> None:
    assert segment(text, engine="rjieba") == segment(text, engine="jieba")


def test_unknown_engine() -> None:
    with pytest.raises(TifaError, match="pkuseg"):
        segment("样例", engine="pkuseg")
