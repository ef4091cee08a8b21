"""Whether a formulation is new, rising, steady, falling or gone, with its uncertainty.

Three tests a family, all on the documents of its yearly series, all exact or nearly so when documents are shuffled over
the years: the sum of the years of the documents that use it against its distribution without replacement, within kinds of
text (a corpus with more statutes lately is no trend); the chance that none of its documents lies before the last three
years; the chance that none lies in them. The p-values of one table are adjusted together (Benjamini & Hochberg 1995).
The slope per year and its interval are those of every series (`pipeline.estimates.change.slope`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import special, stats

from pipeline.estimates.change import slope
from pipeline.estimates.intervals import Flags
from pipeline.estimates.material import Floats, Ints

MIN_USERS = 5
MIN_YEARS = 5
LATE_YEARS = 3
LEVEL = 0.05


@dataclass(frozen=True)
class State:
    """slope, low, high: change of the share of documents per year. p: of the state's own test; q: adjusted."""

    state: str
    slope: float = float("nan")
    low: float = float("nan")
    high: float = float("nan")
    p: float = float("nan")
    q: float = float("nan")


def find_states(used: Flags, years: Ints, kinds: Ints) -> list[State]:
    """State of each family.

    used: documents of the series × families. years, kinds: of the documents.
    too_little_data: fewer than five documents use it, or fewer than five years have a document.
    """
    numbers = used.sum(axis=0)
    if len(np.unique(years)) < MIN_YEARS:
        return [State("too_little_data")] * used.shape[1]
    asked = np.flatnonzero(numbers >= MIN_USERS)
    late = years > years.max() - LATE_YEARS
    moved = [_trend(used[:, place], years, kinds) for place in asked]
    tests = np.array([[p, _none(used[:, place], ~late), _none(used[:, place], late)]
                      for place, (p, _) in zip(asked, moved, strict=True)]).reshape(-1, 3)
    adjusted = benjamini_hochberg(tests.ravel()).reshape(-1, 3)
    states = [State("too_little_data")] * used.shape[1]
    for place, (_, sign), p, q in zip(asked, moved, tests, adjusted, strict=True):
        fitted = slope(used[:, place].astype(np.float64), np.ones(len(years)), years.astype(np.float64))
        which = _which(q, sign, fitted.low, fitted.high)
        column = {"new": 1, "gone": 2}.get(which, 0)
        states[place] = State(which, fitted.estimate, fitted.low, fitted.high, float(p[column]), float(q[column]))
    return states


def _which(q: Floats, sign: float, low: float, high: float) -> str:
    if q[1] < LEVEL:
        return "new"
    if q[2] < LEVEL:
        return "gone"
    if q[0] < LEVEL and sign > 0 and low > 0:
        return "rising"
    return "falling" if q[0] < LEVEL and sign < 0 and high < 0 else "steady"


def _trend(used: Flags, years: Ints, kinds: Ints) -> tuple[float, float]:
    """Two-sided p and sign of the years of the users being late or early among the documents of their kind."""
    excess, variance = 0.0, 0.0
    for kind in np.unique(kinds):
        here = kinds == kind
        size, n = int(here.sum()), int((used & here).sum())
        if 0 < n < size:
            centred = years[here] - years[here].mean()
            excess += float(centred[used[here]].sum())
            variance += n * (size - n) / (size * (size - 1)) * float((centred**2).sum())
    if variance <= 0:
        return 1.0, 0.0
    z = excess / np.sqrt(variance)
    return float(2 * special.ndtr(-abs(z))), float(np.sign(z))


def _none(used: Flags, part: Flags) -> float:
    """Chance that no user lies in a part of the documents, users drawn without replacement; 1 where one does."""
    if (used & part).any() or not part.any():
        return 1.0
    return float(stats.hypergeom.pmf(0, len(used), int(part.sum()), int(used.sum())))


def benjamini_hochberg(p_values: Sequence[float] | Floats) -> Floats:
    """p-values adjusted so that of all those below a level the same share at most is false in the mean; NaN stays."""
    p = np.asarray(p_values, dtype=np.float64)
    known = np.flatnonzero(np.isfinite(p))
    order = known[np.argsort(-p[known], kind="stable")]
    adjusted = np.full(len(p), np.nan)
    adjusted[order] = np.minimum.accumulate(p[order] * len(known) / np.arange(len(known), 0, -1))
    return np.asarray(np.minimum(adjusted, 1.0), dtype=np.float64)
