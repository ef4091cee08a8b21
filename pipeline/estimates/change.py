"""Change over time and contrasts between groups, on the same counts and weights as every share."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import special

from pipeline.estimates.intervals import LEVEL
from pipeline.estimates.material import Floats, Ints, as_floats

N_PERMUTATIONS = 1999
MIN_SIDE = 5
LAGS = 2


@dataclass(frozen=True)
class Fitted:
    """An estimate with its 95 % interval, and how many documents and years or strata it rests on."""

    estimate: float
    low: float
    high: float
    n_documents: int
    n_groups: int


def slope(top: Floats, bottom: Floats, years: Floats) -> Fitted:
    """Change of a share per year: least squares on documents, weighted by their length.

    top, bottom, years: one per document. Errors: the standard error is the largest of three: residuals summed by
    document, by year (documents of one year move together), and by year with its neighbours (Newey & West 1987: years
    that follow each other move together); t(years - 2) quantiles. NaN bounds where fewer than three years have a
    document or nothing varies.
    """
    here = bottom > 0
    top, bottom, years = top[here], bottom[here], years[here]
    distinct = np.unique(years)
    if len(distinct) < 3:
        return Fitted(float("nan"), float("nan"), float("nan"), len(top), len(distinct))
    design = np.column_stack([np.ones(len(top)), years - years.mean()])
    coefficients, bread, residual = _weighted_fit(design, top / bottom, bottom)
    scores = design * (bottom * residual)[:, None]
    by_year = np.array([scores[years == year].sum(axis=0) for year in distinct])
    groups, size = len(distinct), len(top)
    serial = by_year.T @ by_year + sum(
        (1 - lag / (LAGS + 1)) * (by_year[lag:].T @ by_year[:-lag] + by_year[:-lag].T @ by_year[lag:])
        for lag in range(1, LAGS + 1))
    meats = ((by_year.T @ by_year, groups), (serial, groups), (scores.T @ scores, size))
    variances = [max((bread @ meat @ bread)[1, 1], 0.0) * count / (count - 2) for meat, count in meats]
    return _fitted(float(coefficients[1]), float(np.sqrt(max(variances))), groups - 2, size, groups)


def adjusted_contrast(top: Floats, bottom: Floats, in_a: Floats, strata: Ints) -> Fitted:
    """Share in group a minus share in group b with the strata (document type and year) held fixed.

    top, bottom: one per document; in_a: 1.0 for group a, 0.0 for b; strata: a number per document. Weighted least
    squares with one constant per stratum; errors are robust and corrected for leverage (HC3), t quantiles.
    Only strata with documents of both groups say anything; n_documents counts those. NaN where there are none.
    """
    here = bottom > 0
    mixed = [number for number in np.unique(strata[here]) if np.ptp(in_a[here & (strata == number)]) > 0]
    here &= np.isin(strata, mixed)
    top, bottom, in_a, strata = top[here], bottom[here], in_a[here], strata[here]
    degrees = len(top) - len(mixed) - 1
    if not mixed or degrees < 1:
        return Fitted(float("nan"), float("nan"), float("nan"), len(top), len(mixed))
    constants = (strata[:, None] == np.array(mixed)[None, :]).astype(np.float64)
    design = np.column_stack([in_a, constants])
    coefficients, bread, residual = _weighted_fit(design, top / bottom, bottom)
    leverage = np.minimum(np.einsum("ij,jk,ik->i", design, bread, design) * bottom, 0.99)
    scores = design * (bottom * residual / (1 - leverage))[:, None]
    error = float(np.sqrt((bread @ (scores.T @ scores) @ bread)[0, 0]))
    return _fitted(float(coefficients[0]), error, degrees, len(top), len(mixed))


def _weighted_fit(design: Floats, values: Floats, weights: Floats) -> tuple[Floats, Floats, Floats]:
    """Coefficients, inverse of the weighted cross product, residuals."""
    bread = np.linalg.pinv((design * weights[:, None]).T @ design)
    coefficients = bread @ (design.T @ (weights * values))
    residual = values - design @ coefficients
    return as_floats(coefficients), as_floats(bread), as_floats(residual)


def _fitted(estimate: float, error: float, degrees: int, size: int, groups: int) -> Fitted:
    if error < 1e-12:
        return Fitted(estimate, float("nan"), float("nan"), size, groups)
    reach = float(special.stdtrit(max(degrees, 1), 0.5 + LEVEL / 2)) * error
    return Fitted(estimate, estimate - reach, estimate + reach, size, groups)


@dataclass(frozen=True)
class Break:
    """The year from which the level is another one.

    year: first year of the new level; low, high: 95 % of resamples put it here. shift: level after minus before.
    p: share of permutations of the documents over the dates with at least as large a break; NaN when no split has
    five documents on either side.
    """

    year: float
    low: float
    high: float
    shift: float
    p: float
    n_documents: int


def find_break(top: Floats, bottom: Floats, years: Ints, weights: Floats, *, seed: int) -> Break:
    """The one best split of the years in two levels, its uncertainty and its permutation p.

    top, bottom, years: one per document. weights: n_draws × documents, for the uncertainty of the year.
    The statistic is the reduction of the weighted sum of squares; length and value of a document are permuted
    together over the dates.
    """
    here = bottom > 0
    top, bottom, years, weights = top[here], bottom[here], years[here], weights[:, here]
    distinct, places = np.unique(years, return_inverse=True)
    counts = np.bincount(places, minlength=len(distinct)).cumsum()
    allowed = np.flatnonzero((counts >= MIN_SIDE) & (len(top) - counts >= MIN_SIDE))
    if not len(allowed):
        nan = float("nan")
        return Break(nan, nan, nan, nan, nan, len(top))
    belongs = (places[:, None] == np.arange(len(distinct))[None, :]).astype(np.float64)
    observed = _gains(top[None, :], bottom[None, :], belongs, allowed)[0]
    best = int(np.argmax(observed))
    after = places > allowed[best]
    shift = top[after].sum() / bottom[after].sum() - top[~after].sum() / bottom[~after].sum()
    drawn = np.argmax(_gains(weights * top, weights * bottom, belongs, allowed), axis=1)
    first = distinct[allowed + 1]
    low, high = np.quantile(first[drawn], [(1 - LEVEL) / 2, (1 + LEVEL) / 2], method="nearest")
    order = np.argsort(np.random.default_rng(seed).random((N_PERMUTATIONS, len(top))), axis=1)
    chance = _gains(top[order], bottom[order], belongs, allowed).max(axis=1)
    p = (1 + int((chance >= observed[best] * (1 - 1e-12)).sum())) / (N_PERMUTATIONS + 1)
    return Break(float(first[best]), float(low), float(high), float(shift), p, len(top))


def _gains(top: Floats, bottom: Floats, belongs: Floats, allowed: Ints) -> Floats:
    """For each row of documents and each allowed split: how much two levels explain over one."""
    hits, sizes = (top @ belongs).cumsum(axis=1), (bottom @ belongs).cumsum(axis=1)
    all_hits, all_sizes = hits[:, -1:], sizes[:, -1:]
    left, left_size = hits[:, allowed], sizes[:, allowed]
    right, right_size = all_hits - left, all_sizes - left_size
    return np.asarray(left**2 / left_size + right**2 / right_size - all_hits**2 / all_sizes)


def holm(p_values: list[float]) -> list[float]:
    """p-values adjusted for being several (Holm): with all hypotheses true, one false alarm in 5 % of reports."""
    known = sorted((p, place) for place, p in enumerate(p_values) if np.isfinite(p))
    adjusted, running = list(p_values), 0.0
    for rank, (p, place) in enumerate(known):
        running = max(running, min(1.0, p * (len(known) - rank)))
        adjusted[place] = running
    return adjusted
