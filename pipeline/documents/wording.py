"""Word lists of `knowledge/words/documents.yml` as lists and as parts of patterns."""

from __future__ import annotations

from functools import lru_cache

from pipeline.errors import KnowledgeError
from pipeline.knowledge import load_words


@lru_cache(maxsize=64)
def entries(name: str) -> tuple[str, ...]:
    """The entries of one list. Raises: KnowledgeError when the file has no such list."""
    value = load_words("documents").get(name)
    if not isinstance(value, list) or not value:
        raise KnowledgeError(f"There is no word list {name!r}", where="words/documents.yml", todo="Add it or correct the name.")
    return tuple(str(entry) for entry in value)


def one_of(name: str) -> str:
    """The list as a group of alternatives (regular expressions), in printed order: the first that fits wins."""
    return "(?:" + "|".join(entries(name)) + ")"


@lru_cache(maxsize=16)
def mapping(name: str) -> dict[str, object]:
    """A mapping of the word list file. Raises: KnowledgeError when the file has no such mapping."""
    value = load_words("documents").get(name)
    if not isinstance(value, dict) or not value:
        raise KnowledgeError(f"There is no mapping {name!r}", where="words/documents.yml", todo="Add it or correct the name.")
    return {str(key): entry for key, entry in value.items()}


@lru_cache(maxsize=16)
def patterns_by_kind(name: str) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """A mapping kind → patterns, in printed order."""
    return tuple((kind, tuple(str(one) for one in found) if isinstance(found, list) else (str(found),))
                 for kind, found in mapping(name).items())
