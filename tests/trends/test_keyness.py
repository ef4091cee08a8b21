"""Keyness: planted differences are found, and slices of the same text do not differ."""

from collections import Counter

import numpy as np
import pytest

from pipeline.errors import TifaError
from pipeline.trends.keyness import keyness

WORDS = [f"词{number}" for number in range(120)]


def slices(seed: int, *, n_documents: int, planted: float = 1.0) -> tuple[list[Counter[str]], list[Counter[str]]]:
    """Two slices with the same word shares but for 词7, which slice a uses `planted` times as often; bursty words."""
    generator = np.random.default_rng(seed)
    base = 1 / np.arange(3, 3 + len(WORDS))
    found = []
    for factor in (planted, 1.0):
        shares = base.copy()
        shares[7] *= factor
        shares /= shares.sum()
        documents = []
        for _ in range(n_documents):
            own = generator.dirichlet(shares * 150)
            numbers = generator.multinomial(int(generator.integers(150, 900)), own)
            documents.append(Counter({word: int(number) for word, number in zip(WORDS, numbers, strict=True) if number}))
        found.append(documents)
    return found[0], found[1]


def false_alarms(n_pairs: int) -> float:
    """Share of words whose interval leaves out zero between two slices of the same text."""
    found = [keyness(*slices(seed, n_documents=25), seed=seed, n_draws=400) for seed in range(n_pairs)]
    return float(np.mean([((frame["low"] > 0) | (frame["high"] < 0)).mean() for frame in found]))


def test_a_planted_word_comes_first() -> None:
    found = keyness(*slices(1, n_documents=30, planted=3.0), seed=1)
    first = found.iloc[0]
    assert first.term == "词7" and first.low > 0.3 and first.low <= np.log(3) <= first.high + 0.3
    assert first.n_a > first.n_b and first.n_documents > 40


def test_sides_change_the_sign() -> None:
    a, b = slices(2, n_documents=20, planted=3.0)
    there, back = (keyness(*pair, seed=1).set_index("term")["log_odds"] for pair in ((a, b), (b, a)))
    assert there.sort_index().to_numpy() == pytest.approx(-back.sort_index().to_numpy(), abs=2e-6)


def test_by_hand() -> None:
    """Six documents a side, the word 6 of 60 times and 3 of 60 times; the prior is 12 words, 0.9 of them this word."""
    a, b = [Counter({"样": 1, "例": 9})] * 6, [Counter({"样": 1, "例": 9})] * 3 + [Counter({"例": 10})] * 3
    found = keyness(a, b, seed=1, strength=12).set_index("term").loc["样"]
    assert found.log_odds == pytest.approx(np.log(6.9 / (72 - 6.9)) - np.log(3.9 / (72 - 3.9)), abs=1e-6)


def test_a_stronger_prior_shrinks() -> None:
    a, b = slices(3, n_documents=20, planted=3.0)
    sizes = [abs(keyness(a, b, seed=1, strength=strength).set_index("term").loc["词7"].log_odds)
             for strength in (10, 1000, 100000)]
    assert sizes == sorted(sizes, reverse=True) and sizes[2] < 0.2


def test_words_of_few_documents_and_small_slices_are_left_out() -> None:
    a, b = slices(4, n_documents=8)
    a[0]["罕"] = 50
    assert "罕" not in set(keyness(a, b, seed=1)["term"])
    with pytest.raises(TifaError, match="needs 5 documents"):
        keyness(a[:4], b, seed=1)
    assert keyness([Counter({f"x{number}": 1}) for number in range(5)], [Counter({"y": 1})] * 5, seed=1,
                   min_documents=6).empty


def test_same_seed_same_frame() -> None:
    a, b = slices(5, n_documents=10)
    assert keyness(a, b, seed=1).equals(keyness(a, b, seed=1))
    assert not keyness(a, b, seed=1).equals(keyness(a, b, seed=2))


def test_no_difference_fast() -> None:
    assert false_alarms(4) <= 0.10


@pytest.mark.slow
def test_no_difference() -> None:
    assert 0.02 <= false_alarms(60) <= 0.07
