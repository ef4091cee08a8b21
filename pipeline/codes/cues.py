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
_NUMERAL, _BREAK, _BLANK, _WORD = 1, 2, 4, 8
_PIECE = 128  # sentences searched together
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
    automaton: ahocorasick_rs.AhoCorasick  # of the distinct surfaces
    first_cue: Ints  # per surface: the first of its cues; one element more than there are surfaces
    column_of: Ints  # per cue; -1 for an exception
    concern_of: Ints  # -1: no exception touches this cue
    number_before: Bools
    number_after: Bools
    left_edge: Bools
    right_edge: Bools

    def find(self, batch: Batch) -> Hit:
        """Every cue and pair that counts."""
        surface, start, end = self._matches(batch)
        # One surface may stand in several lists: one row per list.
        several = self.first_cue[surface + 1] - self.first_cue[surface]
        of_match = np.repeat(np.arange(len(surface)), several)
        cue = np.arange(len(of_match)) - np.repeat(np.cumsum(several) - several - self.first_cue[surface], several)
        start, end = start[of_match], end[of_match]
        kinds = _kinds()[batch.chars]
        breaks = np.flatnonzero(kinds & _BREAK)
        usable = self._conditions(kinds, breaks, cue, start, end)
        cue, start, end = cue[usable], start[usable], end[usable]
        column = self.column_of[cue]
        if (column < 0).any():
            usable = self._excepted(cue, start, end)
            column, start, end = column[usable], start[usable], end[usable]
        return self._with_pairs(Hit(column, start, end, (kinds[start - 1] & _BREAK) > 0), breaks)

    def _matches(self, batch: Batch) -> tuple[Ints, Ints, Ints]:
        """Surface, start and end of every match.

        A few hundred sentences at a time: their matches are gone before the collector of garbage looks for old ones.
        """
        text, parts = batch.text(), [np.zeros((0, 3), dtype=np.int64)]
        cuts = [*batch.first[:-1:_PIECE].tolist(), len(text)]
        for begin, stop in itertools.pairwise(cuts):
            found = self.automaton.find_matches_as_indexes(text[begin:stop], overlapping=True)
            flat = np.fromiter(itertools.chain.from_iterable(found), dtype=np.int64, count=3 * len(found))
            parts.append(flat.reshape(-1, 3) + np.array([0, begin, begin]))
        surface, start, end = np.concatenate(parts).T
        return surface, start, end

    def count(self, batch: Batch, hits: Hit | None = None) -> Counts:
        """Hits per sentence and column."""
        hits = self.find(batch) if hits is None else hits
        cell = batch.owner[hits.start].astype(np.int64) * len(self.columns) + hits.column
        counted = np.bincount(cell, minlength=len(batch) * len(self.columns))
        return counted.reshape(len(batch), len(self.columns)).astype(np.int32)

    def _excepted(self, cue: Ints, start: Ints, end: Ints) -> Bools:
        """Which hits are cues whose first and last character stand outside the exceptions of their list."""
        exception, concern = self.column_of[cue] < 0, self.concern_of[cue]
        usable = ~exception
        for number in np.unique(concern[exception]):
            mine = np.flatnonzero(exception & (concern == number))
            mine = mine[np.argsort(start[mine], kind="stable")]
            begin, reach = start[mine], np.maximum.accumulate(end[mine])
            own = np.flatnonzero(usable & (concern == number))
            usable[own] = ~(_covered(begin, reach, start[own]) & _covered(begin, reach, end[own] - 1))
        return usable

    def _conditions(self, kinds: npt.NDArray[np.uint8], breaks: Ints, cue: Ints, start: Ints, end: Ints) -> Bools:
        """Which hits have the word edges and the numbers that their cues ask for."""
        before, after = kinds[start - 1], kinds[np.minimum(end, len(kinds) - 1)]
        usable = ~(self.left_edge[cue] & (before & _WORD > 0)) & ~(self.right_edge[cue] & (after & _WORD > 0))
        before = np.where(before & _BLANK, kinds[np.maximum(start - 2, 0)], before)
        usable &= (before & _NUMERAL > 0) | ~self.number_before[cue]
        asks = np.flatnonzero(self.number_after[cue] & usable)
        if len(asks):
            numerals = np.append(np.flatnonzero(kinds & _NUMERAL), len(kinds))
            until = np.minimum(end[asks] + _REACH, _next(breaks, end[asks] - 1))
            usable[asks] = _next(numerals, end[asks]) < until
        return usable

    def _with_pairs(self, hits: Hit, breaks: Ints) -> Hit:
        """The hits, and for every pair a hit at its second cue."""
        parts = [hits]
        for number, pair in enumerate(self.pairs, start=len(self.columns) - len(self.pairs)):
            ends = np.sort(hits.end[hits.column == pair.first])
            later = np.flatnonzero(hits.column == pair.second)
            if not len(ends) or not len(later):
                continue
            start = hits.start[later]
            place = np.searchsorted(ends, start, side="right") - 1
            nearest = ends[np.maximum(place, 0)]
            close = (place >= 0) & (start - nearest <= pair.reach) & (_next(breaks, nearest - 1) >= start)
            kept = later[close]
            parts.append(Hit(np.full(len(kept), number), hits.start[kept], hits.end[kept], hits.opens[kept]))
        return Hit(*(np.concatenate(column) for column in zip(*map(_columns, parts), strict=True)))


def _covered(begin: Ints, reach: Ints, place: Ints) -> Bools:
    """Which places lie in one of the stretches that begin so (rising); reach: the farthest end of those so far."""
    last = np.searchsorted(begin, place, side="right") - 1
    covered: Bools = (last >= 0) & (reach[np.maximum(last, 0)] > place)
    return covered


def _next(places: Ints, start: Ints) -> Ints:
    """The first of the rising places at or behind each start (there is one: the last edge of the batch)."""
    found: Ints = places[np.searchsorted(places, start)]
    return found


def _columns(hits: Hit) -> tuple[Ints, Ints, Ints, Bools]:
    return hits.column, hits.start, hits.end, hits.opens


@lru_cache(maxsize=1)
def _kinds() -> npt.NDArray[np.uint8]:
    """What each code point is: numeral, end of a clause (marks and edges), blank, part of a word."""
    table = np.zeros(0x110000, dtype=np.uint8)
    table[[ord(char) for char in _NUMERALS]] |= _NUMERAL
    table[[ord(char) for char in _BREAKS + chr(EDGE)]] |= _BREAK
    table[ord(" ")] |= _BLANK
    table[np.flatnonzero(is_word(np.arange(len(table), dtype=np.uint32)))] |= _WORD
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
    rows.sort()
    surfaces = sorted({row[0] for row in rows})
    first = np.searchsorted(np.array([row[0] for row in rows]), np.array(surfaces))
    places = tuple(Pair(name, columns.index(first), columns.index(second), reach) for name, first, second, reach in pairs)
    return CueBook(lang, (*columns, *(pair.name for pair in places)), places, _automaton(surfaces),
                   np.append(first, len(rows)), _ints(rows, 1), _ints(rows, 2), *(_flags(rows, place) for place in range(3, 7)))


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
