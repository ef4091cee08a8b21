"""Which stretches of a sentence are names, so that 发展 in a commission's name is not read as development.

Quoted titles are always masked. Other names (mention spans, or registry names where no mentions are given) are masked
only when they hold a word that would otherwise speak for a frame; all others may be read. What kinds of names a
sentence holds is a feature of its own: an instrument cited, a body made responsible.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import NamedTuple

import ahocorasick_rs

from pipeline.codes.batch import Mask
from pipeline.errors import KnowledgeError
from pipeline.knowledge import KNOWLEDGE, load_registry, load_yaml
from pipeline.text import Span, match_key, quoted_titles

TITLE, NAME = 0, 1
MASKED_KINDS = frozenset({"ACTOR", "FORUM", "ORG", "INSTRUMENT", "INITIATIVE"})
NAME_KINDS = ("ACTOR", "DATE", "FORUM", "GPE", "INITIATIVE", "INSTRUMENT", "ORG", "PERSON")
_MAX_NAME = 120
_SHORT_TITLE = 5


class Name(NamedTuple):
    """A name in a text: offsets, and its entity type (codebook section 6)."""

    start: int
    end: int
    kind: str


NameFinder = Callable[[str, str], Sequence[Name]]


@lru_cache(maxsize=1)
def _lists() -> dict[str, list[str]]:
    """The lists of pipeline/knowledge/codebook/names.yml."""
    loaded = load_yaml(KNOWLEDGE / "codebook" / "names.yml")
    if not isinstance(loaded, dict):
        raise KnowledgeError("Not a mapping", where="codebook/names.yml", todo="Name its lists.")
    return {str(name): [str(word) for word in words] for name, words in loaded.items()}


@lru_cache(maxsize=1)
def _loaded_words() -> re.Pattern[str]:
    """Words that make a name misleading."""
    words = [match_key(word) for key in ("zh", "en") for word in _lists()[key]]
    return re.compile("|".join(map(re.escape, sorted(words, key=lambda word: (-len(word), word)))))


def spoken_names(lang: str) -> tuple[str, ...]:
    """The words that an encoder reads in place of what is masked: by kind, TITLE first."""
    return tuple(_lists()[f"spoken_{lang}"])


@lru_cache(maxsize=1 << 16)
def is_misleading(surface: str) -> bool:
    """Whether a name holds a word that would count for a frame if it were read."""
    return _loaded_words().search(match_key(surface)) is not None


def masks_of(text: str, names: Sequence[Name]) -> list[Mask]:
    """Stretches to mask: quoted titles, and those of `names` that are misleading.

    In order, not overlapping; a title wins over a name inside it.
    """
    titles = [Mask(span.start, span.end, TITLE) for span in quoted_titles(text)]
    if not names:
        return titles
    taken = list(titles)
    for start, end, kind in sorted(names, key=lambda name: (name.start, -name.end)):
        if kind not in MASKED_KINDS or end - start > _MAX_NAME or not is_misleading(text[start:end]):
            continue
        if all(end <= other.start or start >= other.end for other in taken):
            taken.append(Mask(start, end, NAME))
    return sorted(taken)


@lru_cache(maxsize=1)
def _registry_automaton() -> tuple[ahocorasick_rs.AhoCorasick, tuple[bool, ...], tuple[str, ...]] | None:
    """Misleading names of the registry, with whether each needs word edges, and its type."""
    kinds = {surface: str(entity.type) for surface, entity, _ in load_registry().names()
             if len(surface) > 2 and is_misleading(surface)}
    if not kinds:
        return None
    surfaces = sorted(kinds)
    latin = tuple(surface[0].isascii() or surface[-1].isascii() for surface in surfaces)
    found = ahocorasick_rs.AhoCorasick(surfaces, matchkind=ahocorasick_rs.MatchKind.LeftmostLongest)
    return found, latin, tuple(kinds[surface] for surface in surfaces)


def registry_names(text: str, lang: str) -> list[Name]:
    """Misleading registry names and quoted instruments in a text: stand in for mentions where there are none.

    lang is part of the signature of a name finder; the registry is searched in both languages.
    """
    del lang
    found = [Name(title.start, title.end, "INSTRUMENT") for title in quoted_titles(text) if _is_instrument(text, title)]
    compiled = _registry_automaton()
    if compiled is None:
        return found
    automaton, latin, kinds = compiled
    key = match_key(text)
    for pattern, start, end in automaton.find_matches_as_indexes(key):
        inner = (start > 0 and key[start - 1].isascii() and key[start - 1].isalnum(),
                 end < len(key) and key[end].isascii() and key[end].isalnum())
        within = any(name.start <= start and end <= name.end for name in found)
        if not (latin[pattern] and any(inner)) and not within:
            found.append(Name(start, end, kinds[pattern]))
    return sorted(found)


def _is_instrument(text: str, title: Span) -> bool:
    """Whether a quoted title names an instrument: not a short reference to itself (《办法》), not a licence."""
    surface = match_key(text[title.start:title.end])
    return len(surface) > _SHORT_TITLE and not surface.endswith(_licences())


@lru_cache(maxsize=1)
def _licences() -> tuple[str, ...]:
    return tuple(match_key(ending) for ending in _lists()["licences"])
