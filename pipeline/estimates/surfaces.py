"""Where surfaces stand in many texts at once. Texts and surfaces compare by match key."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import chain

import ahocorasick_rs
import numpy as np
import numpy.typing as npt
import pandas as pd

from pipeline.text import match_key

Ints = npt.NDArray[np.int64]
GUARD = "!"
SEPARATOR = "\0"  # stands in no text and no surface
_LATIN = np.array([chr(code).isalnum() for code in range(127)] + [False])  # the last one: all that is not ASCII


def find_terms(keys: Sequence[str], families: Mapping[str, Sequence[str]]) -> dict[str, Ints]:
    """Places of the texts (match keys) in which a surface of the family stands, ascending; one array per family."""
    uses, _ = _uses(keys, families)
    pairs = distinct(uses["family"].to_numpy() * (len(keys) + 1) + uses["text"].to_numpy())
    ends = np.searchsorted(pairs, np.arange(len(families) + 1) * (len(keys) + 1))
    return {name: pairs[ends[place]:ends[place + 1]] % (len(keys) + 1) for place, name in enumerate(families)}


def find_uses(keys: Sequence[str], families: Mapping[str, Sequence[str]]) -> Iterator[tuple[str, str, int, int, int]]:
    """(family, surface as a match key, number of the text, start, end) of every hit, text by text; hits may overlap.

    A surface that begins with GUARD is a context: the other surfaces of its family do not count inside it.
    """
    uses, surfaces = _uses(keys, families)
    names = list(families)
    for family, surface, text, start, end in uses.to_numpy().tolist():
        yield names[family], surfaces[surface], text, start, end


def _uses(keys: Sequence[str], families: Mapping[str, Sequence[str]]) -> tuple[pd.DataFrame, list[str]]:
    """family (its place), surface (its place), text, start, end of every use, and the surfaces."""
    surfaces: dict[str, int] = {}
    owned = pd.DataFrame([
        (surfaces.setdefault(match_key(term.removeprefix(GUARD)), len(surfaces)), family, term.startswith(GUARD))
        for family, terms in enumerate(families.values()) for term in terms],
        columns=["surface", "family", "is_guard"]).astype({"surface": np.int64, "family": np.int64, "is_guard": bool})
    found = _hits(keys, list(surfaces)).merge(owned, on="surface")
    uses, guards = (found[found["is_guard"] == guard] for guard in (False, True))
    inside = uses.reset_index().merge(guards, on=["family", "text"], suffixes=("", "_guard"))
    barred = inside["index"][(inside["start_guard"] <= inside["start"]) & (inside["end"] <= inside["end_guard"])]
    return uses.drop(barred.unique())[["family", "surface", "text", "start", "end"]], list(surfaces)


def _hits(keys: Sequence[str], surfaces: list[str]) -> pd.DataFrame:
    """surface, text, start, end of every hit; no Latin word or number goes on beyond it (cac in cache)."""
    whole = SEPARATOR.join(["", *keys, ""])  # one pass over all texts: most of them hold nothing
    begins = np.cumsum([1, *(len(key) + 1 for key in keys)])
    found = ahocorasick_rs.AhoCorasick(surfaces).find_matches_as_indexes(whole, overlapping=True) if surfaces else []
    surface, start, end = np.fromiter(chain.from_iterable(found), dtype=np.int64, count=3 * len(found)).reshape(-1, 3).T
    codes = code_points(whole)
    before, first, last, after = (_LATIN[np.minimum(codes[place], 127)] for place in (start - 1, start, end - 1, end))
    alone = ~(before & first) & ~(last & after)  # Han never needs a boundary
    surface, start, end = surface[alone], start[alone], end[alone]
    text = np.searchsorted(begins, start, side="right") - 1
    return pd.DataFrame({"surface": surface, "text": text, "start": start - begins[text], "end": end - begins[text]})


def distinct(values: Ints) -> Ints:
    """The different values, ascending. (numpy's own takes a table of hashes, which is slow for many numbers in a row.)"""
    ordered = np.sort(values)
    return ordered[np.concatenate([[True], ordered[1:] != ordered[:-1]])] if len(ordered) else ordered


def code_points(text: str) -> npt.NDArray[np.uint32]:
    """The characters as numbers, one for each."""
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
