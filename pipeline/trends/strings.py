"""Strings of words that many documents repeat, with what decides whether they are one piece.

Level by level, strings of n words are numbered from two overlapping strings of n - 1 words that are common themselves, so
that rare ones are never counted: time grows with the text and not with its square.
Sources: pruning by common parts: Agrawal & Srikant 1994; boundary entropy: Huang & Powers 2003; normalised pointwise
mutual information: Bouma 2009.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import pandas as pd

from pipeline.estimates.intervals import Flags
from pipeline.estimates.material import Floats, Ints
from pipeline.estimates.surfaces import distinct
from pipeline.estimates.words import Words

EDGE_SENTENCES = 3


@dataclass(frozen=True)
class Texts:
    """The words and what is known of their documents. issuer, policy: per document number; policy: 1 where no statute; year: 0
    where none is printed."""

    words: Words = field(repr=False)
    issuer: Ints = field(repr=False)
    policy: Ints = field(repr=False)
    year: Ints = field(repr=False)

    @cached_property
    def present(self) -> Ints:
        """Documents that have words, ascending."""
        return np.flatnonzero(np.bincount(self.words.document))


@dataclass(frozen=True)
class Strings:
    """Strings of `n_words` words. place, string: each occurrence: where it begins in `words`, its row in `facts`.

    facts: n_uses, n_documents, n_issuers, cohesion in [-1, 1], fixed (how often the string without its last, or without
    its first word, goes on to the whole; the larger share), entropy_left, entropy_right (bits, over distinct documents),
    policy (share of policy texts with it over share of statutes with it), at_edge (share of uses in the first or last
    three sentences of a document), burst (chi-square over degrees of freedom of its documents' years: about 1
    by chance), first (its first place).
    """

    n_words: int
    place: Ints = field(repr=False)
    string: Ints = field(repr=False)
    facts: pd.DataFrame = field(repr=False)


def common_strings(texts: Texts, *, documents: int, longest: int) -> Iterator[Strings]:
    """Strings of 2, 3 … `longest` words that stand in at least so many documents."""
    words = texts.words
    place = np.flatnonzero(words.token >= 0)
    string = words.token[place]
    single = np.bincount(string, minlength=len(words.vocabulary)).astype(np.float64)
    frequency, edge = single, _edges(words)
    for n_words in range(2, longest + 1):
        place, string, left, right = _joined(place, string, len(words.token), size=len(frequency))
        holders, holding = _pairs(string, words.document[place])
        number = np.bincount(holders, minlength=len(left))
        common = number >= documents
        if not common.any():
            return
        row = np.cumsum(common) - 1
        inside = common[string]
        place, string = place[inside], row[string[inside]]
        inside = common[holders]
        holders, holding = row[holders[inside]], holding[inside]
        counts = np.bincount(string).astype(np.float64)
        first = np.full(len(counts), len(words.token))
        np.minimum.at(first, string, place)
        ends = (single[words.token[first]], single[words.token[first + n_words - 1]])
        parts = (frequency[left[common]], frequency[right[common]])
        cohesion = _cohesion(counts, (ends[0], parts[1]), (parts[0], ends[1]), single.sum())
        yield Strings(n_words, place, string, pd.DataFrame({
            "n_words": n_words, "n_uses": counts.astype(np.int64), "n_documents": number[common],
            "n_issuers": spread(holders, texts.issuer[holding], len(counts)), "cohesion": cohesion,
            "fixed": np.maximum(counts / parts[0], counts / parts[1]),
            "entropy_left": _entropy(string, place, place - 1, words), "first": first,
            "entropy_right": _entropy(string, place, place + n_words, words),
            "policy": _policy(holders, holding, texts), "burst": _burst(holders, holding, texts),
            "at_edge": np.bincount(string, weights=edge[place]) / counts}))
        frequency = counts


def _joined(place: Ints, string: Ints, n_places: int, *, size: int) -> tuple[Ints, Ints, Ints, Ints]:
    """Strings one word longer: places, numbers, and the two shorter strings that each is made of."""
    here = np.full(n_places + 1, -1, dtype=np.int64)
    here[place] = string
    starts = place[here[place + 1] >= 0]
    pairs, numbers = np.unique(here[starts] * size + here[starts + 1], return_inverse=True)
    return starts, numbers.astype(np.int64), pairs // size, pairs % size


def spread(string: Ints, other: Ints, size: int) -> Ints:
    """How many different values of `other` each string has."""
    return np.bincount(_pairs(string, other)[0], minlength=size).astype(np.int64)


def _pairs(string: Ints, other: Ints) -> tuple[Ints, Ints]:
    """The different pairs of a string and a value of `other`, ascending."""
    width = int(other.max(initial=0)) + 1
    string, other = np.divmod(distinct(string * width + other), width)
    return string, other


def _cohesion(counts: Floats, by_head: tuple[Floats, Floats], by_tail: tuple[Floats, Floats], total: float) -> Floats:
    """The weaker normalised pointwise mutual information of cutting off the first or the last word."""
    values = [np.log(counts * total / (left * right)) / -np.log(counts / total) for left, right in (by_head, by_tail)]
    return np.asarray(np.minimum(*values))


def _entropy(string: Ints, place: Ints, beside: Ints, words: Words) -> Floats:
    """Entropy in bits of the word beside each string, each counted once a document; an edge of a sentence is always new."""
    document = words.document[place]
    token = words.token[np.clip(beside, 0, len(words.token) - 1)]
    token = np.where((token < 0) | (beside < 0), len(words.vocabulary) + document, token)
    width, depth = int(token.max(initial=0)) + 1, int(words.document.max(initial=0)) + 1
    once = distinct((string * width + token) * depth + document) // depth
    pairs, counts = np.unique(once, return_counts=True)
    total = np.bincount(pairs // width, weights=counts)
    share = counts / total[pairs // width]
    return np.asarray(np.bincount(pairs // width, weights=-share * np.log2(share)), dtype=np.float64)


def _policy(string: Ints, document: Ints, texts: Texts) -> Floats:
    """Share of policy texts that hold each string over the share of statutes that do, both smoothed by half a text.

    string, document: the documents that hold each string, once.
    """
    policy = np.bincount(string, weights=texts.policy[document])
    whole = np.bincount(string)
    n_documents, n_policy = len(texts.present), int(texts.policy[texts.present].sum())
    return np.asarray((policy + 0.5) / (n_policy + 1) / ((whole - policy + 0.5) / (n_documents - n_policy + 1)))


def _burst(string: Ints, document: Ints, texts: Texts) -> Floats:
    """Chi-square over degrees of freedom of the years of each string's documents against those of all documents."""
    years, numbers = np.unique(texts.year[texts.present], return_counts=True)
    base = numbers / len(texts.present)
    year = np.searchsorted(years, texts.year[document])
    counts = np.bincount(string * len(years) + year, minlength=(int(string.max()) + 1) * len(years))
    table = counts.reshape(-1, len(years)).astype(np.float64)
    expected = table.sum(axis=1, keepdims=True) * base
    return np.asarray(((table - expected) ** 2 / expected).sum(axis=1) / max(len(years) - 1, 1), dtype=np.float64)


def _edges(words: Words) -> Flags:
    """True for words in the first or last three sentences of their document."""
    first = np.full(int(words.document.max(initial=0)) + 1, np.iinfo(np.int64).max)
    last = np.zeros(len(first), dtype=np.int64)
    np.minimum.at(first, words.document, words.sentence)
    np.maximum.at(last, words.document, words.sentence)
    return np.asarray((words.sentence - first[words.document] < EDGE_SENTENCES)
                      | (last[words.document] - words.sentence < EDGE_SENTENCES))
