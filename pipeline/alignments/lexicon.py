"""Which English words translate a Chinese word, with probabilities: from the seed glossary, then from aligned text."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from scipy import sparse

from pipeline.alignments.evidence import SAME, words_of
from pipeline.knowledge import load_words

SAME_PROBABILITY = 0.6      # a number or entity of one side is repeated on the other about this often
ROUNDS = 4
KEEP = 0.02                 # translations less probable than this are forgotten
Bags = Sequence[Sequence[str]]


@dataclass(frozen=True)
class Lexicon:
    """forward[zh word][English stem] = P(stem | zh word); backward[stem][zh word] = P(zh word | stem)."""

    forward: Mapping[str, Mapping[str, float]]
    backward: Mapping[str, Mapping[str, float]]


@lru_cache(maxsize=1)
def seed_lexicon() -> Lexicon:
    """The glossary of knowledge/words/alignments.yml as probabilities: earlier renderings get more than later ones.

    A term of several words gives each of them what the glossary does not give to the others (国家安全, national
    security: 国家 gets national, for 安全 has security).
    """
    glossary: Any = load_words("alignments")["glossary"]
    forward: dict[str, dict[str, float]] = {}
    terms = [(words_of(str(term), "zh"), str(renderings).split("|")) for term, renderings in glossary.items()]
    for words, renderings in sorted(terms, key=lambda row: len(row[0])):
        for place, rendering in enumerate(renderings):
            stems = words_of(rendering.strip(), "en")
            for word in words:
                taken = {token for other in words if other != word for token in forward.get(other, {})}
                row = forward.setdefault(word, {})
                for token in stems:
                    if token not in taken or len(words) == 1:
                        row[token] = row.get(token, 0.0) + 1.0 / (place + 1) / len(stems)
    return _two_way({word: row for word, row in forward.items() if row})


def _two_way(weights: Mapping[str, Mapping[str, float]]) -> Lexicon:
    back: dict[str, dict[str, float]] = {}
    for word, row in weights.items():
        for token, weight in row.items():
            back.setdefault(token, {})[word] = weight
    return Lexicon(_as_probabilities(weights), _as_probabilities(back))


def _as_probabilities(rows: Mapping[str, Mapping[str, float]]) -> dict[str, dict[str, float]]:
    shares = {}
    for word in sorted(rows):
        total = sum(rows[word].values())
        shares[word] = {token: 0.8 * weight / total for token, weight in sorted(rows[word].items())}
    return shares


def learn_lexicon(links: Sequence[tuple[Sequence[str], Sequence[str]]], *, least: int = 2) -> Lexicon:
    """Translation probabilities both ways from aligned stretches of text.

    links: (Chinese tokens, English tokens) per link. Words found in fewer than `least` links are left out.
    Four rounds of expectation and maximisation on co-occurrence counts, starting from uniform probabilities.
    Source: Brown et al., The mathematics of statistical machine translation, Computational Linguistics 19 (1993),
    model 1, without the empty word: a share of each word's mass is kept back for it instead.
    """
    zh, zh_words = _incidence((link[0] for link in links), least=least)
    en, en_words = _incidence((link[1] for link in links), least=least)
    if not zh_words or not en_words:
        return Lexicon({}, {})
    return Lexicon(_rows(_model_one(zh, en), zh_words, en_words), _rows(_model_one(en, zh), en_words, zh_words))


def _incidence(bags: Iterable[Sequence[str]], *, least: int) -> tuple[sparse.csr_matrix, list[str]]:
    """Links × words (1 where the word occurs); `SAME` tokens are left out."""
    sets = [sorted({token for token in bag if not token.startswith(SAME)}) for bag in bags]
    counts = Counter(token for bag in sets for token in bag)
    words = sorted(token for token, count in counts.items() if count >= least)
    place = {word: number for number, word in enumerate(words)}
    rows = [(number, place[token]) for number, bag in enumerate(sets) for token in bag if token in place]
    at = np.array(rows, dtype=np.int64).reshape(-1, 2)
    data = np.ones(len(at), dtype=np.float32)
    return sparse.csr_matrix((data, (at[:, 0], at[:, 1])), shape=(len(sets), len(words))), words


def _model_one(source: sparse.csr_matrix, target: sparse.csr_matrix) -> sparse.csr_matrix:
    """P(target word | source word), rows source words. 10 % of each row is the empty word's."""
    together = (source.T @ target).tocsr()
    together.data[together.data < 2] = 0
    together.eliminate_zeros()
    table = together.copy()
    table.data[:] = 1.0
    null = 0.1 / max(target.shape[1], 1)
    for _ in range(ROUNDS):
        explained = (source @ table).multiply(target).tocsr()
        explained.data = 1.0 / (explained.data + null)
        table = table.multiply(source.T @ explained).tocsr()
        sums = np.asarray(table.sum(axis=1)).ravel()
        table = sparse.diags(1.0 / np.maximum(sums, 1e-12)) @ table
    return table.tocsr()


def _rows(table: sparse.csr_matrix, words: Sequence[str], others: Sequence[str]) -> dict[str, dict[str, float]]:
    rows: dict[str, dict[str, float]] = {}
    for number, word in enumerate(words):
        start, stop = table.indptr[number], table.indptr[number + 1]
        kept = {others[column]: round(float(value), 4)
                for column, value in zip(table.indices[start:stop], table.data[start:stop], strict=True) if value >= KEEP}
        if kept:
            rows[word] = dict(sorted(kept.items()))
    return rows


def merge_lexicons(learned: Lexicon, seeds: Lexicon) -> Lexicon:
    """The learned table, with the seeds where nothing was learned for a word."""
    return Lexicon({**seeds.forward, **learned.forward}, {**seeds.backward, **learned.backward})
