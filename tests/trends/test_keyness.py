"""Keyness: planted differences are found, slices of the same text do not differ, intervals cover."""

from collections import Counter

import numpy as np
import pandas as pd
import pytest

from pipeline.errors import TifaError
from pipeline.trends import keyness as engine
from pipeline.trends.keyness import Bags

WORDS = [f"词{number}" for number in range(120)]
ALL = [*WORDS, *(f"罕{number}" for number in range(1000))]
PLANTED = {7: 3.0, 30: 0.4, 80: 2.0}


def bags(a: list[Counter[str]], b: list[Counter[str]]) -> tuple[Bags, Bags]:
    """The words of each document of two slices."""
    places: dict[str, int] = {}
    running = np.array([(number, places.setdefault(word, len(places)))
                        for number, document in enumerate([*a, *b]) for word in document.elements()])
    both = engine.make_bags(list(places), running[:, 0], running[:, 1], n_documents=len(a) + len(b))
    return both.only(np.arange(len(a))), both.only(np.arange(len(a), len(a) + len(b)))


def keyness(a: list[Counter[str]], b: list[Counter[str]], **options: float) -> pd.DataFrame:
    return engine.keyness(*bags(a, b), **options)  # type: ignore[arg-type]


def inside_longer(a: list[Counter[str]], b: list[Counter[str]], terms: list[str]) -> np.ndarray:
    return engine.inside_longer(*bags(a, b), terms)


def slices(seed: int, *, n_documents: int, planted: dict[int, float] | None = None, bursty: float = 150, rare: bool = False
           ) -> tuple[list[Counter[str]], list[Counter[str]], np.ndarray]:
    """Two slices of bursty words, with or without a thousand rare ones, and the true log-odds ratios.

    Slice a uses the planted words so many times as often.
    """
    generator = np.random.default_rng(seed)
    found, logits = [], []
    for factors in (planted or {}, {}):
        shares = np.r_[1 / np.arange(3, 3 + len(WORDS)), np.full(1000 * rare, 0.002)]
        for word, factor in factors.items():
            shares[word] *= factor
        shares /= shares.sum()
        logits.append(np.log(shares / (1 - shares)))
        documents = []
        for _ in range(n_documents):
            own = generator.dirichlet(shares * bursty)
            numbers = generator.multinomial(int(generator.integers(150, 900)), own)
            documents.append(Counter({word: int(number) for word, number in zip(ALL, numbers, strict=False) if number}))
        found.append(documents)
    return found[0], found[1], logits[0] - logits[1]


def alarms(n_pairs: int, *, n_documents: int, bursty: float = 150, rare: bool = False) -> float:
    """Share of words whose interval leaves out zero between two slices of the same text."""
    found = [keyness(*slices(seed, n_documents=n_documents, bursty=bursty, rare=rare)[:2]) for seed in range(n_pairs)]
    return float(np.mean([((frame["low"] > 0) | (frame["high"] < 0)).mean() for frame in found]))


def coverage(n_pairs: int, *, n_documents: int) -> float:
    """Share of intervals that hold the true log-odds ratio, some words planted. The prior is weak: it shrinks little."""
    hits = []
    for seed in range(n_pairs):
        a, b, truth = slices(seed, n_documents=n_documents, planted=PLANTED)
        frame = keyness(a, b, strength=20).set_index("term")
        for word, value in zip(WORDS, truth, strict=True):
            if word in frame.index:
                hits.append(frame.at[word, "low"] <= value <= frame.at[word, "high"])
    return float(np.mean(hits))


def test_a_planted_word_comes_first() -> None:
    found = keyness(*slices(1, n_documents=30, planted={7: 3.0})[:2])
    first = found.iloc[0]
    assert first.term == "词7" and first.low > 0.3 and first.q < 0.05
    assert first.n_a > first.n_b and first.documents_a + first.documents_b > 40


def test_sides_change_the_sign() -> None:
    a, b, _ = slices(2, n_documents=20, planted={7: 3.0})
    there, back = (keyness(*pair).set_index("term")["log_odds"] for pair in ((a, b), (b, a)))
    assert there.sort_index().to_numpy() == pytest.approx(-back.sort_index().to_numpy(), abs=2e-6)


def test_by_hand() -> None:
    """Six documents a side, the word 6 of 60 times and 3 of 60 times; the prior is 24 words, 1.8 of them this word."""
    a, b = [Counter({"样": 1, "例": 9})] * 6, [Counter({"样": 1, "例": 9})] * 3 + [Counter({"例": 10})] * 3
    found = keyness(a, b, strength=24).set_index("term").loc["样"]
    assert found.log_odds == pytest.approx(np.log(7.8 / (84 - 7.8)) - np.log(4.8 / (84 - 4.8)), abs=1e-6)


def test_a_stronger_prior_shrinks() -> None:
    a, b, _ = slices(3, n_documents=20, planted={7: 3.0})
    sizes = [abs(keyness(a, b, strength=strength).set_index("term").loc["词7"].log_odds)
             for strength in (10, 1000, 100000)]
    assert sizes == sorted(sizes, reverse=True) and sizes[2] < 0.2


def test_words_of_few_documents_and_small_slices_are_left_out() -> None:
    a, b, _ = slices(4, n_documents=8)
    a[0]["罕"] = 50
    assert "罕" not in set(keyness(a, b)["term"])
    with pytest.raises(TifaError, match="needs 5 documents"):
        keyness(a[:4], b)
    assert keyness([Counter({f"x{number}": 1}) for number in range(5)], [Counter({"y": 1})] * 5).empty


def test_one_document_full_of_a_word_is_no_difference() -> None:
    a, b, _ = slices(5, n_documents=15)
    a[0]["词50"] += 300
    row = keyness(a, b).set_index("term").loc["词50"]
    assert row.low < 0 < row.high


def test_no_difference_fast() -> None:
    assert alarms(6, n_documents=20) <= 0.07


@pytest.mark.slow
@pytest.mark.parametrize(("n_documents", "bursty"), [(10, 150), (15, 150), (25, 150), (40, 40), (60, 150)])
def test_no_difference(n_documents: int, bursty: float) -> None:
    assert alarms(60, n_documents=n_documents, bursty=bursty) <= 0.055  # 5 % and two standard errors of 7,000 intervals


@pytest.mark.slow
@pytest.mark.parametrize(("n_documents", "bursty"), [(15, 150), (40, 150), (25, 1500)])
def test_no_difference_of_rare_words(n_documents: int, bursty: float) -> None:
    assert alarms(20, n_documents=n_documents, bursty=bursty, rare=True) <= 0.05


@pytest.mark.slow
@pytest.mark.parametrize("n_documents", [15, 25, 60])
def test_coverage(n_documents: int) -> None:
    assert 0.93 <= coverage(60, n_documents=n_documents) <= 0.97


@pytest.mark.parametrize(("a", "b", "term", "flagged", "reason"), [
    ({"境内": 75}, {"境内外": 70}, "境内", True, "zh: the other side has it inside a longer word"),
    ({"制造": 80, "制造业": 90}, {"数据": 5}, "制造", False, "zh: the side that has more of it has the longer word as well"),
    ({"境内": 75}, {"境内外": 2}, "境内", False, "zh: a few longer words do not undo the difference"),
    ({"境内": 75}, {"境外": 70}, "境内", False, "zh: no part of the other word"),
    ({"facing": 60}, {"public-facing": 55}, "facing", True, "en: a whole part of a compound"),
    ({"art": 60}, {"party": 55, "state-party": 9}, "art", False, "en: letters inside a word are no word")])
def test_differences_of_the_segmenter_are_flagged(a: dict[str, int], b: dict[str, int], term: str, flagged: bool, reason: str
                                                  ) -> None:
    sides = [[Counter({**side, "样例": 5000})] for side in (a, b)]
    assert inside_longer(sides[0], sides[1], [term, "样例"]).tolist() == [flagged, False], reason
    assert inside_longer(sides[1], sides[0], [term, "样例"]).tolist() == [flagged, False], "no side is favoured"
