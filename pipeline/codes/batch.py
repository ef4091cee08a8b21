"""Many sentences as one array of characters: folded, names masked, enumerators and final marks neutralised.

One array for a whole batch lets every later step run in numpy, without a loop over sentences.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from pipeline.text import match_key

Chars = npt.NDArray[np.uint32]
Ints = npt.NDArray[np.int64]

# Private-use characters that stand for what was masked; they can never occur in a cue.
EDGE, DIGIT, NAME = 0xE000, ord("0"), 0xE100
PLAIN, ARTICLE, ITEM, FRAGMENT = 0, 1, 2, 3
_ARTICLE_MARKS = ("第", "article", "Article", "ARTICLE", "section", "Section", "§", "sec")
_ENUMERATOR = re.compile(
    "[ \\t]{0,8}(?:第[ 〇零一二三四五六七八九十百千0-9]{1,9}[条條章节節款项項][ \\t]{0,4}(?:【[^】]{1,20}】)?"
    "|[(（][ ]?[0-9〇零一二三四五六七八九十]{1,4}[ ]?[)）]|[一二三四五六七八九十]{1,3}[、.．]|[0-9]{1,3}[、.．)）](?![0-9])"
    "|[(（][a-zA-Z]{1,5}[)）]|[a-zA-Z0-9][)）.](?= )|[•·—●○▪*-]{1,3}(?= )"
    "|(?i:article|section|sec\\.?|§|chapter|rule)[ ]?[0-9]{1,4}(?:\\.[0-9]{1,4}){0,3}[:.：]?(?![\\w,]))"
    "[ \\t\u3000]{0,8}")
_FINAL = "。.；;!！…,，、 \t\n\u3000"
_ENUMERATOR_STARTS = "第(（一二三四五六七八九十0123456789•·—●○▪*-§ \t\u3000"


class Mask(NamedTuple):
    """A stretch of one text that is a name: offsets in that text, and the kind of name (0–15)."""

    start: int
    end: int
    kind: int


@dataclass(frozen=True)
class Batch:
    """chars: folded characters of all sentences, each between two edges. first: where each begins (its edge).

    `first` has one element more than there are sentences. owner: number of the sentence, per character.
    opening: how each sentence began before it was trimmed (PLAIN, ARTICLE, ITEM, or FRAGMENT: small letter).
    """

    chars: Chars
    first: Ints
    owner: npt.NDArray[np.int32]
    opening: npt.NDArray[np.int8]

    def __len__(self) -> int:
        return len(self.first) - 1

    def text(self) -> str:
        """The folded characters as one string, an edge character before and after each sentence."""
        return self.chars.astype("<u4").tobytes().decode("utf-32-le")


@lru_cache(maxsize=1)
def fold_table() -> Chars:
    """Code point → the code point it counts as: match_key, digits as one digit, line ends and tabs as blanks."""
    points = [chr(code) if not 0xD800 <= code < 0xE000 else "?" for code in range(0x110000)]
    table = np.frombuffer(match_key("".join(points)).encode("utf-32-le"), dtype="<u4").astype(np.uint32)
    table[(table >= ord("0")) & (table <= ord("9"))] = DIGIT
    for blank in "\n\t\r\x00":
        table[ord(blank)] = ord(" ")
    return table


def encode(texts: Sequence[str], *, masks: Iterable[Sequence[Mask]] | None = None, drop_blanks: bool,
           trim: bool = True) -> Batch:
    """The sentences as one batch.

    masks: per sentence the names in it, offsets within that sentence, in order, not overlapping; each becomes one
    character of its kind. drop_blanks: True for Chinese; False leaves one blank where blanks were (English).
    trim: leave out leading enumerators and closing marks.
    """
    joined = "\n".join(texts) + "\n"
    raw = np.frombuffer(joined.encode("utf-32-le", "replace"), dtype="<u4")
    chars = fold_table()[raw]
    lengths = np.fromiter(map(len, texts), dtype=np.int64, count=len(texts))
    ends = np.cumsum(lengths + 1) - 1
    starts = ends - lengths
    keep = np.ones(len(chars), dtype=bool)
    opening = _trim(texts, raw, starts, ends, keep) if trim else np.zeros(len(texts), dtype=np.int8)
    if masks is not None:
        _mask(masks, starts, chars, keep)
    blank = chars == ord(" ")
    if drop_blanks:
        keep &= ~blank
    else:
        keep[1:] &= ~(blank[1:] & blank[:-1])
    chars[ends] = EDGE
    keep[ends] = True
    owner = np.repeat(np.arange(len(texts), dtype=np.int32), lengths + 1)
    return _with_edges(chars[keep], owner[keep], opening)


def _with_edges(chars: Chars, owner: npt.NDArray[np.int32], opening: npt.NDArray[np.int8]) -> Batch:
    """Every sentence already ends with an edge; put one before it too."""
    n_texts = len(opening)
    counts = np.bincount(owner, minlength=n_texts).astype(np.int64) + 1
    first = np.zeros(n_texts + 1, dtype=np.int64)
    np.cumsum(counts, out=first[1:])
    out = np.full(int(first[-1]), EDGE, dtype=np.uint32)
    out[np.arange(len(chars)) + owner + 1] = chars
    return Batch(out, first, np.repeat(np.arange(n_texts, dtype=np.int32), counts), opening)


def _trim(texts: Sequence[str], raw: Chars, starts: Ints, ends: Ints, keep: npt.NDArray[np.bool_]
          ) -> npt.NDArray[np.int8]:
    """Leave out a leading enumerator (第三条, (2), Article 4) and closing marks; say how each sentence began."""
    stops = _without_final_marks(raw, starts, ends)
    begins = starts.copy()
    opening = np.zeros(len(texts), dtype=np.int8)
    head, second = raw[starts], raw[np.minimum(starts + 1, len(raw) - 1)]
    opening[(head >= ord("a")) & (head <= ord("z"))] = FRAGMENT
    may_open, may_follow, may_word = (_members(marks) for marks in (_ENUMERATOR_STARTS, ")）.", "ascrASCR"))
    letter = ((head | 0x20) >= ord("a")) & ((head | 0x20) <= ord("z"))
    likely = np.where(letter, may_word[np.minimum(head, 0xFFFF)] | may_follow[np.minimum(second, 0xFFFF)],
                      may_open[np.minimum(head, 0xFFFF)])
    for number in np.flatnonzero(likely).tolist():
        found = _ENUMERATOR.match(texts[number])
        if found is not None and found.end() < stops[number] - starts[number]:
            begins[number] += found.end()
            opening[number] = ARTICLE if found.group().lstrip().startswith(_ARTICLE_MARKS) else ITEM
    sizes = ends - starts + 1
    place = np.arange(len(raw))
    keep &= (place >= np.repeat(begins, sizes)) & (place < np.repeat(stops, sizes))
    return opening


def _without_final_marks(raw: Chars, starts: Ints, ends: Ints) -> Ints:
    """Where each sentence ends when its closing marks are left out."""
    final, stops = _members(_FINAL), ends.copy()
    open_ends = np.arange(len(stops))
    while len(open_ends):
        last = raw[np.maximum(stops[open_ends] - 1, 0)]
        more = (stops[open_ends] > starts[open_ends]) & final[np.minimum(last, 0xFFFF)]
        open_ends = open_ends[more]
        stops[open_ends] -= 1
    return stops


@lru_cache(maxsize=8)
def _members(marks: str) -> npt.NDArray[np.bool_]:
    """Which characters are among the marks, by code point."""
    table = np.zeros(0x10000, dtype=bool)
    table[[ord(mark) for mark in marks]] = True
    return table


def _mask(masks: Iterable[Sequence[Mask]], starts: Ints, chars: Chars, keep: npt.NDArray[np.bool_]) -> None:
    flat = [(number, *mask) for number, row in enumerate(masks) for mask in row if mask.end > mask.start]
    if not flat:
        return
    number, start, end, kind = np.array(flat, dtype=np.int64).T
    begin, stop = starts[number] + start, starts[number] + end
    change = np.zeros(len(chars) + 1, dtype=np.int32)
    np.add.at(change, begin + 1, 1)
    np.add.at(change, stop, -1)
    keep &= np.cumsum(change[:-1]) <= 0
    chars[begin] = NAME + kind
