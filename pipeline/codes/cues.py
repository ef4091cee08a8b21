"""Cue lists of the codebook as counts: one Aho–Corasick pass over a batch, all conditions on hits in numpy.

A cue counts where it stands; inside a longer string of the same list's `not` it does not. Latin cues are whole
words unless they end with `*`. The signs # ^ $ and the pairs are explained in codebook/marks.yml.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

import ahocorasick_rs
import numpy as np
import numpy.typing as npt

from pipeline.codes.batch import EDGE, Batch
from pipeline.codes.cue_lists import cue_lists
from pipeline.codes.features import is_word
from pipeline.errors import KnowledgeError
from pipeline.text import match_key

_NUMERALS = "0一二三四五六七八九十百千万亿两半几数"
_BREAKS = ",;:。?!"
_REACH = 8  # how far behind a cue its number may stand
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]
Counts = npt.NDArray[np.int32]


@dataclass(frozen=True)
class Hit:
    """All hits of a batch: parallel arrays. column: place in `CueBook.columns`; start, end: offsets in the batch.

    opens: the hit stands at the beginning of a clause.
    """

    column: Ints
    start: Ints
    end: Ints
    opens: Bools


class Pair(NamedTuple):
    """A cue of the column `first`, then one of `second` at most `reach` characters later in the same clause."""

    name: str
    first: int
    second: int
    reach: int


@dataclass(frozen=True)
class CueBook:
    """The cues of one language. columns: names such as `modality.prohibit`, in the order of the counts, pairs last."""

    lang: str
    columns: tuple[str, ...]
    pairs: tuple[Pair, ...]
    automaton: ahocorasick_rs.AhoCorasick
    column_of: Ints  # per pattern; -1 for an exception
    concern_of: Ints  # -1: no exception touches this pattern
    number_before: Bools
    number_after: Bools
    left_edge: Bools
    right_edge: Bools

    def find(self, batch: Batch) -> Hit:
        """Every cue and pair that counts."""
        found = self.automaton.find_matches_as_indexes(batch.text(), overlapping=True)
        flat = np.fromiter(itertools.chain.from_iterable(found), dtype=np.int64, count=3 * len(found))
        pattern, start, end = flat.reshape(-1, 3).T
        breaks, next_break = _clauses(batch)
        usable = self._conditions(batch, pattern, start, end, next_break)
        pattern, start, end = pattern[usable], start[usable], end[usable]
        column = self.column_of[pattern]
        if (column < 0).any():
            usable = self._excepted(len(batch.chars), pattern, start, end)
            column, start, end = column[usable], start[usable], end[usable]
        hits = Hit(column, start, end, breaks[start - 1])
        return self._with_pairs(hits, next_break)

    def count(self, batch: Batch, hits: Hit | None = None) -> Counts:
        """Hits per sentence and column."""
        hits = self.find(batch) if hits is None else hits
        cell = batch.owner[hits.start].astype(np.int64) * len(self.columns) + hits.column
        counted = np.bincount(cell, minlength=len(batch) * len(self.columns))
        return counted.reshape(len(batch), len(self.columns)).astype(np.int32)

    def _excepted(self, size: int, pattern: Ints, start: Ints, end: Ints) -> Bools:
        """Which hits are cues outside the exceptions of their list."""
        exception, concern = self.column_of[pattern] < 0, self.concern_of[pattern]
        usable = ~exception
        for number in np.unique(concern[exception]):
            cover = np.zeros(size + 1, dtype=np.int32)
            mine = exception & (concern == number)
            np.add.at(cover, start[mine], 1)
            np.add.at(cover, end[mine], -1)
            covered = np.cumsum(cover) > 0
            usable &= ~((concern == number) & covered[start] & covered[end - 1])
        return usable

    def _conditions(self, batch: Batch, pattern: Ints, start: Ints, end: Ints, next_break: Ints) -> Bools:
        """Which hits have the word edges and the numbers that their cues ask for."""
        words = is_word(batch.chars)
        usable = ~(self.left_edge[pattern] & words[start - 1])
        usable &= ~(self.right_edge[pattern] & words[np.minimum(end, len(words) - 1)])
        numeral = _numeral_table()[np.minimum(batch.chars, 0xFFFF)]
        place = start - 1 - (batch.chars[start - 1] == ord(" "))
        usable &= numeral[np.maximum(place, 0)] | ~self.number_before[pattern]
        asks = np.flatnonzero(self.number_after[pattern] & usable)
        until = np.minimum(end[asks] + _REACH, next_break[end[asks] - 1])
        counted = np.concatenate(([0], np.cumsum(numeral)))
        usable[asks] = counted[until] > counted[end[asks]]
        return usable

    def _with_pairs(self, hits: Hit, next_break: Ints) -> Hit:
        """The hits, and for every pair a hit at its second cue."""
        parts = [hits]
        for number, pair in enumerate(self.pairs, start=len(self.columns) - len(self.pairs)):
            ends = np.sort(hits.end[hits.column == pair.first])
            later = np.flatnonzero(hits.column == pair.second)
            if not len(ends) or not len(later):
                continue
            place = np.searchsorted(ends, hits.start[later], side="right") - 1
            nearest = ends[np.maximum(place, 0)]
            start = hits.start[later]
            close = (place >= 0) & (start - nearest <= pair.reach) & (next_break[nearest - 1] >= start)
            kept = later[close]
            parts.append(Hit(np.full(len(kept), number), hits.start[kept], hits.end[kept], hits.opens[kept]))
        return Hit(*(np.concatenate(column) for column in zip(*map(_columns, parts), strict=True)))


def _columns(hits: Hit) -> tuple[Ints, Ints, Ints, Bools]:
    return hits.column, hits.start, hits.end, hits.opens


def _clauses(batch: Batch) -> tuple[Bools, Ints]:
    """Which characters end a clause (marks and edges); per character, where the next such one stands."""
    breaks = _break_table()[np.minimum(batch.chars, 0xFFFF)]
    size = len(batch.chars)
    place = np.where(breaks, np.arange(size), size)
    return breaks, np.minimum.accumulate(place[::-1])[::-1]


@lru_cache(maxsize=1)
def _numeral_table() -> Bools:
    return _table(_NUMERALS)


@lru_cache(maxsize=1)
def _break_table() -> Bools:
    return _table(_BREAKS + chr(EDGE))


def _table(members: str) -> Bools:
    table = np.zeros(0x10000, dtype=bool)
    table[[ord(char) for char in members]] = True
    return table


@lru_cache(maxsize=4)
def cue_book(lang: str) -> CueBook:
    """The compiled cues of modality and marks for zh or en."""
    lists, pairs = cue_lists(lang)
    columns = tuple(name for name in lists if not name.endswith(".not"))
    concerns = sorted({name.partition(".")[0] for name in lists})
    rows: list[tuple[str, int, int, bool, bool, bool, bool]] = []
    for name, cues in lists.items():
        concern = -1 if name.endswith(".against") else concerns.index(name.partition(".")[0])
        column = -1 if name.endswith(".not") else columns.index(name)
        rows += [(text, column, concern, *flags) for text, flags in map(_pattern, cues)]
    places = tuple(Pair(name, columns.index(first), columns.index(second), reach) for name, first, second, reach in pairs)
    return CueBook(lang, (*columns, *(pair.name for pair in places)), places, _automaton([row[0] for row in rows]),
                   _ints(rows, 1), _ints(rows, 2), *(_flags(rows, place) for place in range(3, 7)))


def _automaton(patterns: Sequence[str]) -> ahocorasick_rs.AhoCorasick:
    """The fast kind: a deterministic automaton, larger but one step a byte."""
    return ahocorasick_rs.AhoCorasick(list(patterns), implementation=ahocorasick_rs.Implementation.DFA)


def _pattern(cue: str) -> tuple[str, tuple[bool, bool, bool, bool]]:
    """Surface as it stands in a folded batch; whether it needs a number before, after, a word edge before, after."""
    before, after = cue.startswith("#"), cue.endswith("#")
    bare = cue.removeprefix("#").removesuffix("#").strip()
    text = match_key(bare.removeprefix("^").removesuffix("$").removesuffix("*"))
    text = "".join("0" if char.isascii() and char.isdigit() else char for char in text)
    if not text:
        raise KnowledgeError(f"The cue {cue!r} is empty", where="pipeline/knowledge/codebook", todo="Remove it.")
    left = text[0].isascii() and text[0].isalpha() and not before
    right = text[-1].isascii() and text[-1].isalpha() and not bare.endswith("*")
    edges = chr(EDGE) if bare.startswith("^") else "", chr(EDGE) if bare.endswith("$") else ""
    return f"{edges[0]}{text}{edges[1]}", (before, after, left and not edges[0], right and not edges[1])


def _ints(rows: Sequence[tuple[object, ...]], place: int) -> Ints:
    return np.array([row[place] for row in rows], dtype=np.int64)


def _flags(rows: Sequence[tuple[object, ...]], place: int) -> Bools:
    return np.array([row[place] for row in rows], dtype=bool)
