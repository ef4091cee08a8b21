"""What is said about each occurrence of 安全 / safe / secure, as hashed features, for many sentences at once.

What touches the occurrence, the words around it, the codebook's modifier and head lists, the name it stands in, and
the words of its sentence and heading. No loop over occurrences: every stretch of text is hashed in constant time.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from pipeline.codes.batch import EDGE, fold_table
from pipeline.codes.hashing import Hasher, Hashes, Ints, bucket, hasher
from pipeline.codes.sense_lists import SenseLists, sense_lists
from pipeline.text import Span

BITS = 18
N_BUCKETS = 1 << BITS
_STEP = np.uint32(0x01000193)
_PUNCTUATION = ",;.()&/"
_STEM, _SHORTEST_WORD = 7, 3
_CONTEXT, _HEADING = 300, 60
Buckets = npt.NDArray[np.int32]
# How much a feature of each kind may say, relative to what touches the occurrence.
_LIST_SCALE, _NEAR_SCALE, _SENTENCE_SCALE, _HEADING_SCALE = 2.0, 0.8, 0.35, 0.3
_SALT_SENTENCE, _SALT_HEADING, _SALT_LIST = 61, 62, 50


class Occurrence(NamedTuple):
    """row: number of the sentence. span: offsets in it. name: the name it stands in, if any."""

    row: int
    span: Span
    name: Span | None


@dataclass(frozen=True)
class Sensed:
    """Features of occurrences: `local` buckets (occurrences × slots, 0: nothing), their scale per slot; for each
    occurrence the buckets of its sentence and heading, as parallel arrays occurrence, bucket, scale."""

    local: Buckets
    scale: npt.NDArray[np.float32]
    owner: Ints
    context: Buckets
    context_scale: npt.NDArray[np.float32]


class _Text(NamedTuple):
    """The folded characters of several texts, an edge before, between and behind; where each begins."""

    chars: npt.NDArray[np.uint32]
    first: Ints
    hashes: Hasher


def sense_features(texts: Sequence[str], headings: Sequence[str], found: Sequence[Occurrence], lang: str) -> Sensed:
    """Features of every occurrence. texts, headings: the sentences that `row` speaks of."""
    text = _joined(texts)
    row = np.array([one.row for one in found], dtype=np.int64)
    start = text.first[row] + np.array([one.span.start for one in found], dtype=np.int64)
    end = text.first[row] + np.array([one.span.end for one in found], dtype=np.int64)
    lists = sense_lists(lang)
    if lang == "zh":
        columns, scale = _zh_columns(text, row, start, end)
        touching = _touching(text, lists, row, start, end)
    else:
        columns, scale = _en_columns(text, row, start, end)
        touching = _touching(text, lists, row, *_without_blanks(text, start, end))
    columns += [*touching, *_named(texts, found, lists)]
    scale = np.concatenate([scale, np.full(len(columns) - len(scale), _LIST_SCALE, dtype=np.float32)])
    owner, context, context_scale = _contexts(text, _joined([one[:120] for one in headings]), row, lang)
    return Sensed(np.stack(columns, axis=1), scale, owner, context, context_scale)


def _joined(texts: Sequence[str]) -> _Text:
    raw = np.frombuffer(("\n" + "\n".join(texts) + "\n").encode("utf-32-le", "replace"), dtype="<u4")
    lengths = np.fromiter(map(len, texts), dtype=np.int64, count=len(texts))
    first = np.concatenate(([1], 1 + np.cumsum(lengths + 1)))
    chars = fold_table()[raw]
    chars[first - 1] = EDGE
    return _Text(chars, first, hasher(chars))


def _slot(hashed: Hashes, valid: npt.NDArray[np.bool_], salt: int) -> Buckets:
    return np.where(valid, bucket(hashed, salt, BITS), 0).astype(np.int32)


def _zh_columns(text: _Text, row: Ints, start: Ints, end: Ints) -> tuple[list[Buckets], npt.NDArray[np.float32]]:
    """One to six characters on either side, an edge counting as one; the pairs within eight characters."""
    low, high = text.first[row] - 1, text.first[row + 1]
    near: list[Buckets] = []
    touch: list[Buckets] = []
    for size in range(1, 7):
        touch.append(_slot(text.hashes.of(np.maximum(start - size, low), start), start - size >= low, size))
        touch.append(_slot(text.hashes.of(end, np.minimum(end + size, high)), end + size <= high, 10 + size))
    for place in range(7):
        left, right = start - 2 - place, end + place
        near.append(_slot(text.hashes.of(np.maximum(left, low), np.maximum(left, low) + 2), left > low, 31))
        near.append(_slot(text.hashes.of(np.minimum(right, high - 2), np.minimum(right, high - 2) + 2), right < high - 2, 32))
    return touch + near, np.repeat(np.array([1, _NEAR_SCALE], dtype=np.float32), [len(touch), len(near)])


def _en_columns(text: _Text, row: Ints, start: Ints, end: Ints) -> tuple[list[Buckets], npt.NDArray[np.float32]]:
    """Two words on either side by place, four by nearness, their pairs; the word itself and with its neighbours."""
    begin, stop = _tokens(text.chars)
    stem = np.concatenate([np.zeros(4, dtype=np.uint32), text.hashes.of(begin, np.minimum(stop, begin + _STEM)),
                           np.zeros(4, dtype=np.uint32)])
    belongs = np.concatenate([np.full(4, -1), np.searchsorted(text.first, begin, side="right") - 1, np.full(4, -1)])
    before, after = np.searchsorted(begin, start) + 3, np.searchsorted(begin, end) + 4
    left = [np.where(belongs[before - place] == row, stem[before - place], 0) for place in range(4)]
    right = [np.where(belongs[after + place] == row, stem[after + place], 0) for place in range(4)]
    safe = np.array([97 in text.chars[a:b][:4] for a, b in zip(start, end, strict=True)], dtype=np.uint32)
    every = np.ones(len(row), dtype=bool)
    surface = text.hashes.of(start, end)
    touch = [_slot(left[0], every, 1), _slot(left[1], left[1] > 0, 2), _slot(right[0], every, 11),
             _slot(right[1], right[1] > 0, 12), _slot(left[1] * _STEP + left[0], every, 3),
             _slot(right[0] * _STEP + right[1], every, 13), _slot(left[0] * _STEP + right[0], every, 21),
             _slot(surface, every, 22), _slot(safe, every, 23), _slot(left[0] * _STEP + safe, every, 24),
             _slot(right[0] * _STEP + safe, every, 25)]
    near = [_slot(one, one > 0, 31) for one in left] + [_slot(one, one > 0, 32) for one in right]
    return touch + near, np.repeat(np.array([1, _NEAR_SCALE], dtype=np.float32), [len(touch), len(near)])


def _tokens(chars: npt.NDArray[np.uint32]) -> tuple[Ints, Ints]:
    """Where words of letters and digits and single marks begin and end."""
    kinds = _kinds()[chars]
    inside = kinds == 1
    edge = np.diff(inside.view(np.int8), prepend=np.int8(0), append=np.int8(0))
    begin = np.flatnonzero((edge[:-1] == 1) | (kinds == 2))
    stop = begin + 1
    stop[kinds[begin] == 1] = np.flatnonzero(edge == -1)
    return begin, stop


@lru_cache(maxsize=1)
def _kinds() -> npt.NDArray[np.uint8]:
    """What each code point is: 1 part of a word, 2 a mark that is a word by itself."""
    table = np.zeros(0x110000, dtype=np.uint8)
    table[[*range(ord("a"), ord("z") + 1), ord("0")]] = 1
    table[[ord(mark) for mark in _PUNCTUATION]] = 2
    return table


def _without_blanks(text: _Text, start: Ints, end: Ints) -> tuple[Ints, Ints]:
    """The same places, moved over up to two blanks to the words around."""
    for _ in range(2):
        start = start - (text.chars[start - 1] == ord(" "))
        end = end + (text.chars[end] == ord(" "))
    return start, end


def _touching(text: _Text, lists: SenseLists, row: Ints, start: Ints, end: Ints) -> list[Buckets]:
    """The sense of the longest listed modifier that ends at the occurrence, and of the longest head that follows."""
    low, high = text.first[row], text.first[row + 1] - 1
    before = np.full(len(row), -1)
    for size, known in lists.before:
        valid = (start - size >= low) & (before < 0)
        if lists.whole_words:
            outside = text.chars[np.maximum(start - size - 1, 0)]
            valid &= ~(((outside >= ord("a")) & (outside <= ord("z"))) | (outside == ord("0")))
        sense = known.find(text.hashes.of(np.maximum(start - size, 0), start))
        before = np.where(valid & (sense >= 0), sense, before)
    after = np.full(len(row), -1)
    for size, known in lists.after:
        valid = (end + size <= high) & (after < 0)
        sense = known.find(text.hashes.of(end, np.minimum(end + size, len(text.chars))))
        after = np.where(valid & (sense >= 0), sense, after)
    return [_slot((before + 1).astype(np.uint32), before >= 0, _SALT_LIST),
            _slot((after + 1).astype(np.uint32), after >= 0, _SALT_LIST + 1)]


def _named(texts: Sequence[str], found: Sequence[Occurrence], lists: SenseLists) -> list[Buckets]:
    """Whether the occurrence stands in a name, and the sense that the codebook gives such names."""
    named = np.array([one.name is not None for one in found], dtype=bool)
    sense = np.array([lists.sense_of_name(texts[one.row][one.name.start:one.name.end]) if one.name else -1
                      for one in found], dtype=np.int64)
    return [_slot(named.astype(np.uint32), named, _SALT_LIST + 2),
            _slot((sense + 1).astype(np.uint32), sense >= 0, _SALT_LIST + 3)]


def _contexts(text: _Text, headings: _Text, row: Ints, lang: str) -> tuple[Ints, Buckets, npt.NDArray[np.float32]]:
    """Pairs of characters (zh) or words (en) of the sentence and of the heading of each occurrence."""
    parts: list[tuple[Ints, Buckets, npt.NDArray[np.float32]]] = []
    for source, salt, weight, limit in ((text, _SALT_SENTENCE, _SENTENCE_SCALE, _CONTEXT if lang == "zh" else 1500),
                                       (headings, _SALT_HEADING, _HEADING_SCALE, _HEADING if lang == "zh" else 120)):
        begin, stop = _context_places(source, lang)
        owner = np.searchsorted(source.first, begin, side="right") - 1
        near = begin - source.first[owner] < limit
        found = bucket(source.hashes.of(begin, stop)[near], salt, BITS)
        of_row = np.searchsorted(owner[near], np.arange(len(source.first)))
        sizes = of_row[row + 1] - of_row[row]
        place = np.repeat(of_row[row] - np.cumsum(sizes) + sizes, sizes) + np.arange(sizes.sum())
        parts.append((np.repeat(np.arange(len(row)), sizes), found[place], np.full(len(place), weight, dtype=np.float32)))
    owners, contexts, weights = zip(*parts, strict=True)
    return np.concatenate(owners), np.concatenate(contexts), np.concatenate(weights)


def _context_places(text: _Text, lang: str) -> tuple[Ints, Ints]:
    if lang == "zh":
        inner = np.flatnonzero((text.chars[:-1] != EDGE) & (text.chars[1:] != EDGE))
        return inner, inner + 2
    begin, stop = _tokens(text.chars)
    long = stop - begin >= _SHORTEST_WORD
    return begin[long], np.minimum(stop, begin + _STEM)[long]
