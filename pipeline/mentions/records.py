"""Records that travel between the rules of this folder, and the one rule for overlaps."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

NIL = "NIL"


class Candidate(NamedTuple):
    """A span that one rule proposes. type None: the span names nothing, and nothing inside it counts either.

    start, end: half-open code points. entity_id: registry id or NIL. method: the rule that found it.
    """

    start: int
    end: int
    type: str | None
    entity_id: str
    method: str


class Mention(NamedTuple):
    """An entity mention: text[start:end] == surface; type of the codebook; entity_id of the registry or NIL."""

    start: int
    end: int
    surface: str
    type: str
    entity_id: str
    method: str


# Earlier wins between spans of equal length: what a person wrote down beats what a pattern guesses.
_RANK = {method: place for place, method in enumerate(
    ["blocked", "definition", "title", "number", "date", "gazetteer", "description", "suffix"])}


def keep_longest(candidates: Iterable[Candidate]) -> list[Candidate]:
    """Candidates that do not overlap: the longest wins, then the earlier rule, then the earlier span, then a linked one; by position.

    A candidate without a type (a generic title such as 《办法》) takes part and removes what lies inside it, and is
    itself left out of the result. Source: codebook section 6 (nested: longest only).
    """
    ranked = sorted(set(candidates), key=lambda found: (found.start - found.end, _RANK[found.method], found.start, found.entity_id == NIL,
                                                        found.type or "", found.entity_id))
    taken: dict[int, tuple[int, int]] = {}
    kept = []
    for found in ranked:
        if _is_free(found.start, found.end, taken):
            for place in range(found.start, found.end):
                taken[place] = (found.start, found.end)
            if found.type is not None:
                kept.append(found)
    return sorted(kept)


def _is_free(start: int, end: int, taken: dict[int, tuple[int, int]]) -> bool:
    """Longer spans are placed first, so a shorter one overlaps a placed one only if an end of it is taken."""
    return start not in taken and end - 1 not in taken
