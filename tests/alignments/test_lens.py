"""The lens on invented pairs: shares, intervals, offsets, words and terms."""

import pandas as pd
import pytest

from pipeline.alignments.lens import find_term, find_words, inflection_key, render_term
from pipeline.alignments.placing import read_english
from pipeline.errors import TifaError

SENTENCES = [
    ("加强样例平台治理。", "Strengthen the governance of sample platforms.", "governance"),
    ("改进样例治理。", "Improve sample governance.", "governance"),
    ("推进环境治理。", "Advance pollution control.", "none"),
    ("完善社会治理。", "Improve the management of society.", "management"),
]


def tables(n_pairs: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    rows, links = [], []
    for pair in range(n_pairs):
        for side in (0, 1):
            place = 0
            for number, sentence in enumerate(SENTENCES):
                text = sentence[side]
                rows.append((f"{'ze'[side]}{pair}", number, place, place + len(text), text))
                place += len(text) + 1
        links += [(f"p{pair}", f"z{pair}", f"e{pair}", [number], [number], 0.9) for number in range(len(SENTENCES))]
        links.append((f"p{pair}", f"z{pair}", f"e{pair}", [], [99], 0.0))
    return (pd.DataFrame(links, columns=["pair_id", "zh_doc_id", "en_doc_id", "zh_sents", "en_sents", "score"]),
            pd.DataFrame(rows, columns=["doc_id", "sent_no", "start_char", "end_char", "text"]))


def test_shares_and_offsets() -> None:
    alignments, sentences = tables(3)
    lens = render_term(alignments, sentences, "治理", ["governance", "management"])
    assert list(lens.sentences.rendering) == [name for _, _, name in SENTENCES] * 3
    shares = lens.shares.set_index("rendering")
    assert list(shares.n) == [6, 3, 3]
    assert shares.share.sum() == pytest.approx(1)
    assert set(shares.interval) == {"wilson"}, "three pairs are too few to resample"
    assert (shares.low < shares.share).all()
    assert (shares.share < shares.high).all()
    row = lens.sentences.iloc[0]
    text = sentences.text[(sentences.doc_id == "e0") & (sentences.sent_no == 0)].iloc[0]
    assert text[row.en_start_char:row.en_end_char] == "governance"


def test_five_pairs_are_resampled_and_the_seed_decides() -> None:
    alignments, sentences = tables(5)
    one = render_term(alignments, sentences, "治理", ["governance"], seed=1).shares
    assert set(one.interval) == {"bootstrap"}
    assert one.equals(render_term(alignments, sentences, "治理", ["governance"], seed=1).shares)


def test_a_term_that_never_occurs() -> None:
    lens = render_term(*tables(1), "蓝鲸", ["whale"])
    assert list(lens.shares.n) == [0, 0]
    assert lens.shares.low.isna().all() and lens.shares.share.isna().all(), "no share of nothing"
    assert lens.sentences.empty


@pytest.mark.parametrize(("term", "words"), [("", ["x"]), ("治理", []), ("治理", [" "])])
def test_nothing_to_look_for(term: str, words: list[str]) -> None:
    with pytest.raises(TifaError, match="Try: tifa lens"):
        render_term(*tables(1), term, words)


@pytest.mark.parametrize(("text", "term", "expected", "reason"), [
    ("维护样例主权。", "主权", 1, "a word"), ("保障民主权利", "主权", 0, "across two words"),
    ("落实企业自主权", "主权", 0, "inside a word, one character more"), ("加强网络安全", "安全", 1, "part of a compound"),
    ("发展和安全并重", "发展和安全", 1, "a phrase of several words"), ("維護樣例主權", "主权", 1, "traditional script"),
])
def test_find_term(text: str, term: str, expected: int, reason: str) -> None:
    assert len(find_term(text, term)) == expected, reason


@pytest.mark.parametrize(("one", "other", "same"), [
    ("regulates", "regulate", True), ("regulating", "regulated", True), ("policies", "policy", True),
    ("regulation", "regulate", False), ("governance", "government", False), ("class", "clas", False),
])
def test_inflection(one: str, other: str, same: bool) -> None:
    assert (inflection_key(one) == inflection_key(other)) is same


def test_phrases_and_hyphens() -> None:
    text = "Well-regulated markets need risk management and managed risks."
    found = find_words(text, read_english(text), ["well-regulated", "risk management", "manage"])
    assert [name for _, _, name in found] == ["well-regulated", "risk management", "manage"]
