"""Change over time and contrasts between groups, on the same counts and weights as every share."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from scipy import special

from pipeline.estimates.intervals import Weights, weighted_sums
from pipeline.estimates.material import Floats, Ints, as_floats
from pipeline.estimates.sparse import LEVEL

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


def slope_weights(bottom: Floats, years: Floats) -> Floats:
    """What each hit adds to the slope: the slope of `top` is their product with it; one value per document."""
    design = np.column_stack([np.ones(len(bottom)), years - years[bottom > 0].mean()])
    return as_floats((np.linalg.pinv((design * bottom[:, None]).T @ design) @ design.T)[1] * (bottom > 0))


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


_NO_BREAK = Break(float("nan"), float("nan"), float("nan"), float("nan"), float("nan"), 0)


def find_break(top: Floats, bottom: Floats, years: Ints, weights: Weights, *, seed: int) -> Break:
    """`find_breaks` of one measure: top, bottom and years have one value per document."""
    return find_breaks(top[:, None], bottom[:, None], years, weights, seed=seed)[0]


def find_breaks(tops: Floats, bottoms: Floats, years: Ints, weights: Weights, *, seed: int) -> list[Break]:
    """For each measure the one best split of the years in two levels, its uncertainty and its permutation p.

    tops, bottoms: documents × measures; years: one per document. weights: n_draws × documents, for the uncertainty
    of the year. The statistic is the reduction of the weighted sum of squares; length and value of a document are
    permuted together over the dates, by the same permutations for all measures.
    """
    if not len(years):
        return [_NO_BREAK] * tops.shape[1]
    order = np.argsort(years, kind="stable")
    distinct, starts = np.unique(years[order], return_index=True)
    values, places = np.unique(np.concatenate([tops, bottoms], axis=1)[order], axis=1, return_inverse=True)
    compact = np.ascontiguousarray(values, dtype=np.float32)  # the permutations are bound by memory
    weights = weights.T[order].T
    parts = list(zip(starts, [*starts[1:], len(order)], strict=True))
    drawn = np.stack([weighted_sums(weights[:, first:last], values[first:last]) for first, last in parts], axis=1)
    generator = np.random.default_rng(seed)
    chance = np.stack([np.add.reduceat(compact[generator.permutation(len(values))], starts, axis=0, dtype=np.float64)
                       for _ in range(N_PERMUTATIONS)])
    observed = np.add.reduceat(values, starts, axis=0)[None]
    present = np.add.reduceat((bottoms[order] > 0).astype(np.int64), starts, axis=0).cumsum(axis=0)
    half = tops.shape[1]  # most measures share one denominator, which is summed once
    return [_break(distinct, present[:, column], *(sums[:, :, [places[column], places[column + half]]]
                                                   for sums in (observed, drawn, chance))) for column in range(half)]


def _break(distinct: Ints, present: Ints, observed: Floats, drawn: Floats, chance: Floats) -> Break:
    """The break of one measure. present: documents up to each year; the rest: cases × years × (hits, sizes)."""
    total = int(present[-1])
    allowed = np.flatnonzero((present >= MIN_SIDE) & (total - present >= MIN_SIDE))
    if not len(allowed):
        return replace(_NO_BREAK, n_documents=total)
    gains = _gains(observed, allowed)[0]
    best = int(np.argmax(gains))
    before, after = observed[0, :allowed[best] + 1].sum(axis=0), observed[0, allowed[best] + 1:].sum(axis=0)
    first = distinct[allowed + 1]
    low, high = np.quantile(first[np.argmax(_gains(drawn, allowed), axis=1)], [(1 - LEVEL) / 2, (1 + LEVEL) / 2],
                            method="nearest")
    larger = int((_gains(chance, allowed).max(axis=1) >= gains[best] * (1 - 1e-9)).sum())
    shift = after[0] / after[1] - before[0] / before[1]
    return Break(float(first[best]), float(low), float(high), float(shift), (1 + larger) / (len(chance) + 1), total)


def _gains(sums: Floats, allowed: Ints) -> Floats:
    """For each case (cases × years × (hits, sizes)) and allowed split: how much two levels explain over one."""
    left = sums.cumsum(axis=1)
    total, left = left[:, -1:], left[:, allowed]
    right = total - left
    with np.errstate(invalid="ignore", divide="ignore"):
        parts = [np.where(part[..., 1] > 0, part[..., 0] ** 2 / part[..., 1], 0.0) for part in (left, right, total)]
    return np.asarray(parts[0] + parts[1] - parts[2])


def holm(p_values: list[float]) -> list[float]:
    """p-values adjusted for being several (Holm): with all hypotheses true, one false alarm in 5 % of reports."""
    known = sorted((p, place) for place, p in enumerate(p_values) if np.isfinite(p))
    adjusted, running = list(p_values), 0.0
    for rank, (p, place) in enumerate(known):
        running = max(running, min(1.0, p * (len(known) - rank)))
        adjusted[place] = running
    return adjusted
