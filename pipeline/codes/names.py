"""Which stretches of a sentence are names, so that 发展 in a commission's name is not read as development.

Quoted titles are always masked. Other names (mention spans, or registry names where no mentions are given) are masked
only when they hold a word that would otherwise speak for a frame; all others may be read.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import lru_cache

import ahocorasick_rs

from pipeline.codes.batch import Mask
from pipeline.errors import KnowledgeError
from pipeline.knowledge import KNOWLEDGE, load_registry, load_yaml
from pipeline.text import Span, match_key, quoted_titles

TITLE, NAME = 0, 1
NameFinder = Callable[[str, str], Sequence[Span]]
_MAX_NAME = 120


@lru_cache(maxsize=1)
def _loaded_words() -> re.Pattern[str]:
    """Words of pipeline/knowledge/codebook/names.yml that make a name misleading."""
    loaded = load_yaml(KNOWLEDGE / "codebook" / "names.yml")
    if not isinstance(loaded, dict):
        raise KnowledgeError("Not a mapping", where="codebook/names.yml", todo="Name its lists.")
    words = [match_key(str(word)) for key in ("zh", "en") for word in loaded[key]]
    return re.compile("|".join(map(re.escape, sorted(words, key=lambda word: (-len(word), word)))))


def is_misleading(surface: str) -> bool:
    """Whether a name holds a word that would count for a frame if it were read."""
    return _loaded_words().search(match_key(surface)) is not None


def masks_of(text: str, spans: Sequence[Span]) -> list[Mask]:
    """Stretches to mask: quoted titles, and those of `spans` (names in this text) that are misleading.

    In order, not overlapping; a title wins over a name inside it.
    """
    titles = [Mask(span.start, span.end, TITLE) for span in quoted_titles(text)]
    if not spans:
        return titles
    taken = list(titles)
    for span in sorted(spans, key=lambda span: (span[0], -span[1])):
        start, end = span[0], span[1]
        if end - start > _MAX_NAME or not is_misleading(text[start:end]):
            continue
        if all(end <= other.start or start >= other.end for other in taken):
            taken.append(Mask(start, end, NAME))
    return sorted(taken)


@lru_cache(maxsize=1)
def _registry_automaton() -> tuple[ahocorasick_rs.AhoCorasick, tuple[bool, ...]] | None:
    """Misleading names of the registry, with whether each needs word edges."""
    surfaces = sorted({match_key(surface) for surface, _, _ in load_registry().names()
                       if len(surface) > 2 and is_misleading(surface)})
    if not surfaces:
        return None
    latin = tuple(surface[0].isascii() or surface[-1].isascii() for surface in surfaces)
    return ahocorasick_rs.AhoCorasick(surfaces, matchkind=ahocorasick_rs.MatchKind.LeftmostLongest), latin


def registry_names(text: str, lang: str) -> list[Span]:
    """Misleading registry names in a text: stands in for mention spans where there are none.

    lang is part of the signature of a name finder; the registry is searched in both languages.
    """
    del lang
    compiled = _registry_automaton()
    if compiled is None:
        return []
    automaton, latin = compiled
    key = match_key(text)
    found = []
    for pattern, start, end in automaton.find_matches_as_indexes(key):
        inner = (start > 0 and key[start - 1].isascii() and key[start - 1].isalnum(),
                 end < len(key) and key[end].isascii() and key[end].isalnum())
        if not (latin[pattern] and any(inner)):
            found.append(Span(start, end))
    return found
