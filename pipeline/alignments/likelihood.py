"""How much better the words of one stretch are explained by a stretch of the other text than by chance.

For every cell of the band and every bead the mean, over both directions, of the summed log likelihood ratios

    log(RESERVE + (1 - RESERVE) · mean over source tokens of t(token | source token) / p(token))

Source: Moore, Fast and accurate sentence alignment of bilingual corpora (2002), with a reserve in place of smoothing:
a token without support costs log(RESERVE), not infinity, since translations add and drop words.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from pipeline.alignments.band import Band, Bead, Floats, Ints
from pipeline.alignments.evidence import SAME
from pipeline.alignments.lexicon import SAME_PROBABILITY, Lexicon

RESERVE = 0.4
LEAST_TOKENS = 500.0        # a short text tells too little about how common its words are
LARGEST = 3                 # sentences on one side of a bead
Bags = Sequence[Sequence[str]]


@dataclass(frozen=True)
class Side:
    """Tokens of one text that the other text can say something about: ids sentence by sentence, sentence bounds."""

    ids: Ints
    bounds: Ints
    support: sparse.csr_matrix      # sentences of the other text × own words: summed t / p
    n_source: Floats                # tokens that speak, per sentence of the other text


def make_sides(zh: Bags, en: Bags, lexicon: Lexicon) -> tuple[Side, Side]:
    """(English side explained by Chinese, Chinese side explained by English)."""
    return _side(en, zh, lexicon.forward, lexicon.backward), _side(zh, en, lexicon.backward, lexicon.forward)


def _side(own: Bags, other: Bags, table: Mapping[str, Mapping[str, float]],
          known: Mapping[str, Mapping[str, float]]) -> Side:
    """table: translations of the other side's words; known: own words with translations, heard even where the other
    text has none of them, for their silence says that something was left out."""
    own_place = {word: number for number, word in enumerate(sorted({token for bag in own for token in bag}))}
    other_words = sorted({token for bag in other for token in bag})
    triples = [(row, own_place[token], value) for row, word in enumerate(other_words)
               for token, value in _translations(word, table) if token in own_place]
    rows, columns, values = (np.array(part) for part in zip(*triples, strict=True)) if triples else (
        np.zeros(0, int), np.zeros(0, int), np.zeros(0))
    translate = sparse.csr_matrix((values, (rows, columns)), shape=(len(other_words), len(own_place)))
    speaks = np.asarray(translate.sum(axis=1)).ravel() > 0
    heard = np.asarray(translate.sum(axis=0)).ravel() > 0
    for token, number in own_place.items():
        heard[number] |= token in known or token.startswith(SAME)
    counts = _counts(other, {word: number for number, word in enumerate(other_words)})
    ids, bounds = _concatenate(own, own_place, heard)
    frequency = np.bincount(ids, minlength=len(own_place)) + 0.5
    chance = frequency / max(frequency.sum(), LEAST_TOKENS)
    support = (counts @ translate @ sparse.diags(1.0 / chance)).tocsr().astype(np.float32)
    return Side(ids, bounds, support, np.asarray(counts @ speaks.astype(float)).ravel() + 1.0)


def _translations(word: str, table: Mapping[str, Mapping[str, float]]) -> list[tuple[str, float]]:
    return [(word, SAME_PROBABILITY)] if word.startswith(SAME) else list(table.get(word, {}).items())


def _counts(bags: Bags, place: Mapping[str, int]) -> sparse.csr_matrix:
    at = [(number, place[token]) for number, bag in enumerate(bags) for token in bag]
    pairs = np.array(at, dtype=np.int64).reshape(-1, 2)
    return sparse.csr_matrix((np.ones(len(pairs)), (pairs[:, 0], pairs[:, 1])), shape=(len(bags), len(place)))


def _concatenate(bags: Bags, place: Mapping[str, int], heard: NDArray[np.bool_]) -> tuple[Ints, Ints]:
    kept = [[place[token] for token in bag if heard[place[token]]] for bag in bags]
    bounds = np.concatenate([[0], np.cumsum([len(bag) for bag in kept])]).astype(np.int64)
    return np.array([number for bag in kept for number in bag], dtype=np.int64), bounds


def _explained(side: Side, nodes: int, span: Callable[[int], tuple[int, int]]
               ) -> Iterator[tuple[int, int, int, list[Floats]]]:
    """For each node of the other text: own sentences first..last and, for groups of 1–3 sentences that end there,
    the summed log ratio of each own sentence."""
    recent: list[Floats] = []
    for node in range(1, nodes + 1):
        recent = [side.support[node - 1].toarray().ravel(), *recent[: LARGEST - 1]]
        first, last = span(node)
        start, stop = side.bounds[first], side.bounds[last]
        ids = side.ids[start:stop]
        cuts = side.bounds[first:last + 1] - start
        total, amount, groups = np.zeros(len(ids)), 0.0, []
        for back, row in enumerate(recent):
            total = total + row[ids]
            amount += side.n_source[node - 1 - back]
            sums = np.concatenate([[0.0], np.cumsum(np.log(RESERVE + (1 - RESERVE) * total / amount))])
            groups.append(np.diff(sums[cuts]))
        yield node, first, last, groups


def word_gains(band: Band, zh: Bags, en: Bags, lexicon: Lexicon, beads: Sequence[Bead]) -> dict[Bead, Floats]:
    """Log likelihood ratio of each two-sided bead at each cell of the band (0 for one-sided ones, and where a bead
    would begin outside the grid)."""
    english, chinese = make_sides(zh, en, lexicon)
    shape = (band.n + 1, band.width + 1)
    by_en = np.zeros((LARGEST + 1, LARGEST + 1, *shape))    # [zh group size, distance back in English]
    by_zh = np.zeros((LARGEST + 1, LARGEST + 1, *shape))    # [English group size, distance back in Chinese]

    def columns_of(row: int) -> tuple[int, int]:
        return max(0, int(band.low[row]) - LARGEST), int(band.low[row]) + band.width

    for row, first, last, groups in _explained(english, band.n, columns_of):
        for size, gains in enumerate(groups, start=1):
            for back in range(1, LARGEST + 1):              # column j takes sentence j - back
                cells = np.arange(first, last) + back - band.low[row]
                inside = (cells >= 0) & (cells <= band.width)
                by_en[size, back, row, cells[inside]] = gains[inside]

    def rows_of(column: int) -> tuple[int, int]:
        first = int(np.searchsorted(band.low, column - band.width, side="left"))
        last = int(np.searchsorted(band.low, column, side="right")) - 1
        return max(0, first - LARGEST), max(0, last)

    for column, first, last, groups in _explained(chinese, band.m, rows_of):
        for size, gains in enumerate(groups, start=1):
            for back in range(1, LARGEST + 1):
                rows = np.arange(first, last) + back
                rows_in = rows[rows <= band.n]
                cells = column - band.low[rows_in]
                inside = (cells >= 0) & (cells <= band.width)
                by_zh[size, back, rows_in[inside], cells[inside]] = gains[: len(rows_in)][inside]
    return {(up, left): (by_en[up, 1:left + 1].sum(axis=0) + by_zh[left, 1:up + 1].sum(axis=0)) / 2
            if up and left else np.zeros(shape) for up, left in beads}
