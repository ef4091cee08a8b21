"""Registry names in running text: one pass of Aho–Corasick, leftmost-longest.

Chinese names and English names of several words are searched in the match key (script, width and case folded).
English names of one word (US, MOST, Apple) are searched with their case, or every "us" and "most" would count.
English names need a word boundary on both sides; Chinese ones never do (trap 16).
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt
from ahocorasick_rs import BytesAhoCorasick, MatchKind

from pipeline.knowledge import Entity, Name, load_registry
from pipeline.text import has_han, match_key

LONG = 2_000  # shorter texts are not worth the table of all code points
_HALF_WIDTH = {code: chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)} | {0x2019: "'", 0x2010: "-", 0x2011: "-"}


@dataclass(frozen=True)
class Hit:
    """One registry name in a text; `entity` bears the name. start, end: half-open code points."""

    start: int
    end: int
    entity: Entity
    name: Name


@dataclass(frozen=True)
class Gazetteer:
    """Two automata with the names they were made of, in the same order."""

    folded: BytesAhoCorasick
    folded_names: tuple[tuple[Entity, Name], ...]
    exact: BytesAhoCorasick
    exact_names: tuple[tuple[Entity, Name], ...]


@lru_cache(maxsize=1)
def _half_width_codes() -> npt.NDArray[np.uint32]:
    """Code point → code point of the half-width form, for all of Unicode."""
    codes = np.arange(sys.maxunicode + 1, dtype=np.uint32)
    codes[list(_HALF_WIDTH)] = [ord(mark) for mark in _HALF_WIDTH.values()]
    return codes


@lru_cache(maxsize=1)
def _fold_codes() -> npt.NDArray[np.uint32]:
    """Code point → code point of its fold, for all of Unicode."""
    everything = np.arange(sys.maxunicode + 1, dtype=np.uint32).tobytes().decode("utf-32-le", "surrogatepass")
    return _codes(match_key(everything).replace("\t", " ").replace("\n", " "))


def _codes(text: str) -> npt.NDArray[np.uint32]:
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)


def _through(table: npt.NDArray[np.uint32], text: str) -> str:
    """The text with each character replaced by the table's: twenty times the speed of `str.translate`."""
    return str(table[_codes(text)].data, "utf-32-le", "surrogatepass")


def fold(text: str) -> str:
    """`match_key` with line ends as blanks, so that a wrapped English name still matches; same length as the text."""
    if len(text) < LONG:
        return match_key(text).replace("\t", " ").replace("\n", " ")
    return _through(_fold_codes(), text)


def build_gazetteer(names: Iterable[tuple[Entity, Name]]) -> Gazetteer:
    """Automata over the names; pinyin is left out, it is for reading titles, not for finding them.

    Where several entities share a name the first in registry order is found; `collisions` lists such names.
    """
    folded: dict[str, tuple[Entity, Name]] = {}
    exact: dict[str, tuple[Entity, Name]] = {}
    for entity, name in names:
        if name.lang != "pinyin":
            table = exact if _is_exact(name.text) else folded
            table.setdefault(name.text if table is exact else fold(name.text), (entity, name))
    return Gazetteer(
        build_automaton(folded), tuple(folded.values()), build_automaton(exact), tuple(exact.values()))


def build_automaton(keys: Iterable[str]) -> BytesAhoCorasick:
    """Leftmost-longest automaton over UTF-8: byte matching is half as fast again as matching code points."""
    return BytesAhoCorasick([key.encode() for key in keys], matchkind=MatchKind.LeftmostLongest)


def find_keys(automaton: BytesAhoCorasick, key: str) -> list[tuple[int, int, int]]:
    """(number of the key, start, end) of every hit, in code points; hits do not overlap."""
    encoded = key.encode("utf-8", "replace")
    hits = automaton.find_matches_as_indexes(encoded)
    if not hits:
        return []
    if len(encoded) == len(key):
        return hits
    place = np.cumsum(np.frombuffer(encoded, dtype=np.int8) >= -64, dtype=np.int32)  # characters begun so far
    found = np.asarray(hits)
    return list(zip(found[:, 0].tolist(), (place[found[:, 1]] - 1).tolist(), place[found[:, 2] - 1].tolist(), strict=True))


def _is_exact(name: str) -> bool:
    """Names of one English word keep their case."""
    return " " not in name and not has_han(name)


@lru_cache(maxsize=1)
def registry_gazetteer() -> Gazetteer:
    """The gazetteer of the shipped registry, built once a process (about 0.1 s)."""
    return build_gazetteer((entity, name) for _, entity, name in load_registry().names())


def find_names(text: str, gazetteer: Gazetteer | None = None) -> Iterator[Hit]:
    """Registry names in the text, each automaton's hits in order; within one automaton hits never overlap."""
    searched = gazetteer or registry_gazetteer()
    half = _through(_half_width_codes(), text)
    yield from _search(searched.folded, searched.folded_names, fold(text), half)
    yield from _search(searched.exact, searched.exact_names, half, half)


def _search(automaton: BytesAhoCorasick, names: tuple[tuple[Entity, Name], ...], key: str, half: str) -> Iterator[Hit]:
    for number, start, end in find_keys(automaton, key):
        entity, name = names[number]
        if _is_whole(key, start, end) and _has_capitals(half[start:end], name.text):
            yield Hit(start, end, entity, name)


_WORD = re.compile("[0-9A-Za-zÀ-ɏ]")


def _is_whole(key: str, start: int, end: int) -> bool:
    """A name that begins or ends with a Latin letter or digit must not be cut out of a longer word."""
    before, after = key[max(0, start - 1):start], key[end:end + 1]
    if key[end - 1] == "." and after.isalnum():
        return False
    if key[max(0, start - 4):start] in ("non-", "one-") or re.match("-(?:[0-9]|wide)", key[end:end + 6]):
        return False
    return not (_WORD.match(key[start]) and before and _WORD.match(before)) and not (
        _WORD.match(key[end - 1]) and after and _WORD.match(after))


_CAPITAL = re.compile("(?<![A-Za-zÀ-ɏ])[A-ZÀ-Þ]")


def _has_capitals(surface: str, name: str) -> bool:
    """An English name written with capitals is not meant by its words in lower case (data act, smart nation)."""
    capitals = len(_CAPITAL.findall(name))
    return not capitals or (2 * len(_CAPITAL.findall(surface)) >= capitals and surface[0].isupper() == name[0].isupper())


def collisions(names: Iterable[tuple[str, Entity, Name]]) -> Mapping[str, tuple[str, ...]]:
    """Match keys that several entities share, with their ids; what this returns must be explained by a context rule.

    Pinyin is left out: it is not searched, and a draft reads like the final text.
    """
    owners: dict[str, list[str]] = {}
    for key, entity, name in names:
        if name.lang != "pinyin" and entity.entity_id not in owners.setdefault(key, []):
            owners[key].append(entity.entity_id)
    return {key: tuple(ids) for key, ids in sorted(owners.items()) if len(ids) > 1}
