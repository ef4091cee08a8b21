"""The word lists of this stage, read once: pipeline/knowledge/words/mentions.yml."""

from __future__ import annotations

import re
from functools import lru_cache

from pipeline.errors import KnowledgeError
from pipeline.knowledge import load_words


@lru_cache(maxsize=64)
def word_list(name: str) -> tuple[str, ...]:
    """One list of words. Raises: KnowledgeError if the file has no such list of texts."""
    return _as_words(load_words("mentions").get(name), name)


@lru_cache(maxsize=8)
def words_by_type(name: str) -> dict[str, tuple[str, ...]]:
    """One mapping from entity type to words. Raises: KnowledgeError if the file has no such mapping."""
    found = load_words("mentions").get(name)
    if not isinstance(found, dict):
        raise KnowledgeError(f"There is no mapping {name!r}", where="words/mentions.yml", todo="Add it.")
    return {str(key): _as_words(words, f"{name}.{key}") for key, words in found.items()}


def _as_words(found: object, name: str) -> tuple[str, ...]:
    if not isinstance(found, list) or not all(isinstance(word, str) for word in found):
        raise KnowledgeError(f"There is no list of words {name!r}", where="words/mentions.yml", todo="Add it.")
    return tuple(found)


@lru_cache(maxsize=64)
def any_of(name: str) -> str:
    """The words of a list as one regular expression, longest first."""
    return alternatives(word_list(name))


@lru_cache(maxsize=64)
def pattern_of(name: str) -> re.Pattern[str]:
    """`any_of`, compiled."""
    return re.compile(any_of(name))


def alternatives(words: tuple[str, ...]) -> str:
    """Regular expression that matches one of the words, longest first."""
    return "(?:" + "|".join(map(re.escape, sorted(words, key=lambda word: (-len(word), word)))) + ")"
