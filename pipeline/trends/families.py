"""Discovered wordings that are one formulation said in several ways, by what they share."""

from __future__ import annotations

import hashlib
import re

import pandas as pd

_JOINT = re.compile("[、，,和与及以并且又]|以及|\\b(?:and|or|the|of)\\b|\\s{1,4}")
LIKENESS = 0.67


def group_wordings(strings: pd.DataFrame, *, lang: str) -> list[int]:
    """For each string (most used first) the row of the string that names its family: itself, or a more used one like it.

    Two wordings are alike when they have the same pieces joined otherwise (安全可靠可控 = 安全、可靠、可控) or share two thirds of their
    pairs of characters (zh) or words (en). A family is all that is like its head, so that it cannot drift.
    """
    units = [_units(wording, lang) for wording in strings["wording"]]
    holders: dict[str, list[int]] = {}
    heads: list[int] = []
    for row, own in enumerate(units):
        near = sorted({head for unit in own for head in holders.get(unit, ())})
        like = [(likeness(own, units[head]), -head) for head in near]
        best = max(like, default=(0.0, 0))
        if best[0] >= LIKENESS:
            heads.append(-best[1])
            continue
        heads.append(row)
        for unit in own:
            holders.setdefault(unit, []).append(row)
    return heads


def _units(wording: str, lang: str) -> frozenset[str]:
    """Pairs of neighbouring characters (zh) or words (en), joiners left out."""
    bare = _JOINT.sub("" if lang == "zh" else " ", wording)
    if lang == "en":
        return frozenset(bare.split())
    return frozenset(bare[place:place + 2] for place in range(len(bare) - 1))


def likeness(one: frozenset[str], other: frozenset[str]) -> float:
    """Shared units over all units of the two, in [0, 1]."""
    return len(one & other) / max(len(one | other), 1)


def family_name(wording: str, lang: str) -> str:
    """Id of a discovered family: a function of its head wording alone."""
    return "d-" + hashlib.sha256(f"{lang}\0{wording}".encode()).hexdigest()[:10]
