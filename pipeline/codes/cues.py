"""Cue lists of the codebook as counts: one Aho–Corasick pass over a batch, rules on word edges and numbers in numpy.

A cue counts where it stands; inside a longer string of the same list's `not` it does not. Latin cues are whole
words unless they end with `*`; a leading `#` asks for a number right before the cue.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import ahocorasick_rs
import numpy as np
import numpy.typing as npt

from pipeline.codes.batch import Batch
from pipeline.codes.features import is_word
from pipeline.errors import KnowledgeError
from pipeline.knowledge import KNOWLEDGE, load_yaml
from pipeline.text import match_key

_NUMERALS = "0一二三四五六七八九十百千万亿两半几数"
Counts = npt.NDArray[np.int32]


@dataclass(frozen=True)
class Hit:
    """All hits of a batch: parallel arrays. column: place in `CueBook.columns`; start, end: offsets in the batch."""

    column: npt.NDArray[np.int64]
    start: npt.NDArray[np.int64]
    end: npt.NDArray[np.int64]


@dataclass(frozen=True)
class CueBook:
    """The cues of one language. columns: names such as `modality.prohibit`, in the order of the counts."""

    lang: str
    columns: tuple[str, ...]
    automaton: ahocorasick_rs.AhoCorasick
    column_of: npt.NDArray[np.int64]  # per pattern; -1 - concern for an exception
    concern_of: npt.NDArray[np.int64]
    needs_number: npt.NDArray[np.bool_]
    left_edge: npt.NDArray[np.bool_]
    right_edge: npt.NDArray[np.bool_]

    def find(self, batch: Batch) -> Hit:
        """Every cue that counts, in text order."""
        found = self.automaton.find_matches_as_indexes(batch.text(), overlapping=True)
        flat = np.fromiter(itertools.chain.from_iterable(found), dtype=np.int64, count=3 * len(found))
        pattern, start, end = flat.reshape(-1, 3).T
        usable = self._edges(batch, pattern, start, end)
        pattern, start, end = pattern[usable], start[usable], end[usable]
        column = self.column_of[pattern]
        exception = column < 0
        if exception.any():
            usable = ~exception
            concern = self.concern_of[pattern]
            for number in np.unique(concern[exception]):
                cover = np.zeros(len(batch.chars) + 1, dtype=np.int32)
                mine = exception & (concern == number)
                np.add.at(cover, start[mine], 1)
                np.add.at(cover, end[mine], -1)
                covered = np.cumsum(cover) > 0
                usable &= ~((concern == number) & covered[start] & covered[end - 1])
            column, start, end = column[usable], start[usable], end[usable]
        return Hit(column, start, end)

    def count(self, batch: Batch, hits: Hit | None = None) -> Counts:
        """Hits per sentence and column."""
        hits = self.find(batch) if hits is None else hits
        cell = batch.owner[hits.start].astype(np.int64) * len(self.columns) + hits.column
        counted = np.bincount(cell, minlength=len(batch) * len(self.columns))
        return counted.reshape(len(batch), len(self.columns)).astype(np.int32)

    def _edges(self, batch: Batch, pattern: npt.NDArray[np.int64], start: npt.NDArray[np.int64],
               end: npt.NDArray[np.int64]) -> npt.NDArray[np.bool_]:
        words = is_word(batch.chars)
        before, after = words[start - 1], words[np.minimum(end, len(words) - 1)]
        usable = ~(self.left_edge[pattern] & before) & ~(self.right_edge[pattern] & after)
        previous = batch.chars[start - 1]
        blank = previous == ord(" ")
        previous = np.where(blank, batch.chars[np.maximum(start - 2, 0)], previous)
        number = np.isin(previous, np.array([ord(char) for char in _NUMERALS], dtype=np.uint32))
        return usable & (number | ~self.needs_number[pattern])


def _read(name: str) -> Mapping[str, object]:
    loaded = load_yaml(KNOWLEDGE / "codebook" / f"{name}.yml")
    if not isinstance(loaded, dict):
        raise KnowledgeError("A cue file is a mapping", where=f"codebook/{name}.yml", todo="Name its lists.")
    return loaded


def _listed(value: object, lang: str, *, where: str) -> list[str]:
    if not isinstance(value, dict):
        raise KnowledgeError("A cue list has the keys zh and en", where=where, todo="Write {zh: [...], en: [...]}.")
    return [str(cue) for cue in value.get(lang, [])]


def cue_lists(lang: str) -> dict[str, list[str]]:
    """`concern.group` → cues, and `concern.not` → exceptions, for modality and marks, in file order."""
    lists: dict[str, list[str]] = {}
    modality = _read("modality")
    for part in ("cues", "others"):
        groups = modality[part]
        if not isinstance(groups, dict):
            raise KnowledgeError("Not a mapping", where=f"modality.yml {part}", todo="Name its lists.")
        for group, value in groups.items():
            if group != "about":
                lists[f"modality.{group}"] = _listed(value, lang, where=f"modality.yml {group}")
    lists["modality.overrides"] = _listed(modality["overrides"], lang, where="modality.yml overrides")
    lists["modality.not"] = _listed(modality["not"], lang, where="modality.yml not")
    for mark, groups in _read("marks").items():
        if not isinstance(groups, dict):
            raise KnowledgeError("Not a mapping", where=f"marks.yml {mark}", todo="Name its lists.")
        for group, value in groups.items():
            lists[f"{mark}.{group}"] = _listed(value, lang, where=f"marks.yml {mark}.{group}")
    return lists


@lru_cache(maxsize=4)
def cue_book(lang: str) -> CueBook:
    """The compiled cues of modality and marks for zh or en."""
    lists = cue_lists(lang)
    columns = tuple(name for name in lists if not name.endswith(".not"))
    concerns = sorted({name.partition(".")[0] for name in lists})
    rows: list[tuple[str, int, int, bool, bool, bool]] = []
    for name, cues in lists.items():
        concern = concerns.index(name.partition(".")[0])
        column = -1 if name.endswith(".not") else columns.index(name)
        for cue in cues:
            text, number, left, right = _pattern(cue)
            rows.append((text, column, concern, number, left, right))
    return CueBook(lang, columns, _automaton([row[0] for row in rows]), _ints(rows, 1), _ints(rows, 2),
                   _flags(rows, 3), _flags(rows, 4), _flags(rows, 5))


def _automaton(patterns: Sequence[str]) -> ahocorasick_rs.AhoCorasick:
    """The fast kind: a deterministic automaton, larger but one step a byte."""
    return ahocorasick_rs.AhoCorasick(list(patterns), implementation=ahocorasick_rs.Implementation.DFA)


def _pattern(cue: str) -> tuple[str, bool, bool, bool]:
    """Surface as it stands in a folded batch; needs a number; needs a word edge before; after."""
    number = cue.startswith("#")
    text = match_key(cue.removeprefix("#").removesuffix("*"))
    text = "".join("0" if char.isascii() and char.isdigit() else char for char in text)
    if not text:
        raise KnowledgeError(f"The cue {cue!r} is empty", where="pipeline/knowledge/codebook", todo="Remove it.")
    latin_start = text[0].isascii() and text[0].isalpha()
    latin_end = text[-1].isascii() and text[-1].isalnum() and not cue.endswith("*")
    return text, number, latin_start and not number, latin_end and (text[-1] != "0")


def _ints(rows: Sequence[tuple[object, ...]], place: int) -> npt.NDArray[np.int64]:
    return np.array([row[place] for row in rows], dtype=np.int64)


def _flags(rows: Sequence[tuple[object, ...]], place: int) -> npt.NDArray[np.bool_]:
    return np.array([row[place] for row in rows], dtype=bool)
