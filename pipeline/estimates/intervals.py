"""How sure a number is: documents resampled, few documents corrected, classifier error drawn along.

Method. Each document gets a standard exponential weight (the Bayesian bootstrap): one weight matrix serves every
series of a universe and language, restriction to any group of documents is again a Bayesian bootstrap of that group,
and a weight is never zero. Draws of a ratio are spread around the estimate, on the logit (share), Fisher (difference)
or log (rate) scale, by sqrt((n+1)/(n-1)) · t(n-1)/z with n the effective number of documents
(sum of lengths squared / sum of squared lengths): the t-interval for a ratio of clusters, without its symmetry.
Where few documents are hit (or are free of hits: fewer than forty and than three quarters) a bootstrap misses the
documents that were not drawn;
there shares have Clopper-Pearson ends with the number of sentences divided by the design effect of the measure in its
universe and by (t/z)², but no fewer than documents (see `_known_sentences`); where none is hit, Jeffreys' interval.
Corrected shares take the error rates of each kind of text (see `pipeline.estimates.strata`): statute, soft, speech,
or those of the language where a kind has too few labels; the bootstrap resamples the mix of kinds with the documents.
Simulated (slow tests): shares of 1 to 3 % in 15 to 60 documents are covered in 94 to 99 % of corpora.
Sources: Rubin 1981 (weights), Hesterberg 2015 section 5 (expansion), Brown, Cai & DasGupta 2001 (Jeffreys),
Korn & Graubard 1998 (Clopper-Pearson with a design effect), Rogan & Gladen 1978 (correction).
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import special

from pipeline.estimates.material import Floats

Flags = npt.NDArray[np.bool_]
Weights = npt.NDArray[np.float32]
LEVEL = 0.95
MIN_DOCUMENTS = 5
SMALL_SAMPLE = 15
FEW_HITS = 3
RARE_HITS = 40
RARE_PART = 0.75
RARE_PLAIN = 10
_Z = float(special.ndtri(0.5 + LEVEL / 2))
_EDGE = 1e-9


@dataclass(frozen=True)
class Drawn:
    """Draws of one set of measures over one set of documents.

    estimate, n_documents, n_effective: one per measure. draws: n_draws × measures, spread for small samples.
    few_hits: fewer than three documents have a hit (or, for shares, are free of hits); rare: fewer than forty and than
    three quarters of them (rates and differences: fewer than ten).
    binomial: whether a binomial interval stands in for the resampling. NaN where the denominator is zero.
    """

    estimate: Floats
    draws: Floats
    n_documents: Floats
    n_effective: Floats
    few_hits: Flags
    rare: Flags
    binomial: Flags


def draw_weights(n_documents: int, *, n_draws: int, seed: int, name: str) -> Weights:
    """n_draws × n_documents standard exponential weights; a function of the seed and the series' name only.

    Single precision, the draws of one document together: sums over slices of ten thousand documents are bound by memory.
    """
    generator = np.random.default_rng([seed, zlib.crc32(name.encode())])
    return generator.standard_exponential((n_documents, n_draws), dtype=np.float32).T


def ratio_draws(
    weights: Weights, numerators: Floats, denominators: Floats, *, scales: list[str], design: Floats, seed: int
) -> Drawn:
    """Ratio of sums over documents and its draws.

    weights: n_draws × documents. numerators, denominators: documents × measures. scales: one per measure.
    design: design effect (>= 1) of each measure in the whole universe, NaN where unknown.
    """
    top, bottom = numerators.sum(axis=0), denominators.sum(axis=0)
    with np.errstate(invalid="ignore", divide="ignore"):
        estimate = np.where(bottom > 0, top / bottom, np.nan)
        draws = weighted_sums(weights, numerators) / _weighted(weights, denominators)
    counted = (denominators > 0).sum(axis=0).astype(np.float64)
    effective = effective_documents(numerators, denominators)
    few = _fewer_than(FEW_HITS, numerators, denominators, scales) & np.isfinite(estimate)
    for scale in sorted(set(scales)):
        columns = [place for place, name in enumerate(scales) if name == scale]
        draws[:, columns] = spread(draws[:, columns], estimate[columns], effective[columns], scale=scale)
    few |= np.isfinite(estimate) & (np.ptp(draws, axis=0) < _EDGE)
    share = np.array([scale == "share" for scale in scales])
    scarce = _scarce(numerators, denominators)
    rare = few | np.where(share, scarce < np.minimum(RARE_HITS, RARE_PART * counted),
                          _fewer_than(RARE_PLAIN, numerators, denominators, scales))
    seldom = rare & share & (scarce > 0) & np.isfinite(design)
    for place in np.flatnonzero(seldom):
        size = _known_sentences(denominators[:, place], float(design[place]), int(scarce[place]))
        draws[:, place] = _seldom(estimate[place], size, n_draws=len(weights), seed=seed + int(place))
    for place in np.flatnonzero(few & ~seldom):
        draws[:, place] = _fallback(estimate[place], denominators[:, place], numerators[:, place],
                                    scale=scales[place], design=design[place], n_draws=len(weights),
                                    seed=seed + int(place))
    return Drawn(estimate, draws, counted, effective, few, rare, few | seldom)


def _weighted(weights: Weights, columns: Floats) -> Floats:
    """weights @ columns, each distinct column once (most measures share one denominator)."""
    distinct: dict[bytes, int] = {}
    places = [distinct.setdefault(column.tobytes(), len(distinct)) for column in np.ascontiguousarray(columns.T)]
    firsts = [places.index(number) for number in range(len(distinct))]
    return weighted_sums(weights, columns[:, firsts])[:, places]


def weighted_sums(weights: Weights, columns: Floats) -> Floats:
    """weights @ columns, in the precision of the weights."""
    return np.asarray(weights @ columns.astype(weights.dtype), dtype=np.float64)


def effective_documents(numerators: Floats, denominators: Floats) -> Floats:
    """Effective number of documents of each measure: by their lengths, or fewer where few of them carry the variance."""
    bottom = denominators.sum(axis=0)
    with np.errstate(invalid="ignore", divide="ignore"):
        estimate = np.where(bottom > 0, numerators.sum(axis=0) / bottom, np.nan)
        return np.asarray(np.minimum(bottom**2 / (denominators**2).sum(axis=0),
                                     _residual_documents(numerators, denominators, estimate)))


def _residual_documents(top: Floats, bottom: Floats, estimate: Floats) -> Floats:
    """Documents that carry the variance: n for normal residuals, few where some documents hold all the hits."""
    squares = (top - bottom * estimate) ** 2
    return np.asarray(3 * squares.sum(axis=0) ** 2 / (squares**2).sum(axis=0))


def _fewer_than(number: int, top: Floats, bottom: Floats, scales: list[str]) -> Flags:
    """Where fewer documents than that (and fewer than all) have a hit, or for shares something that is no hit."""
    here = bottom > 0
    least = np.minimum(number, here.sum(axis=0))
    share = np.array([scale == "share" for scale in scales])
    without = np.where(share, (here & (top < bottom)).sum(axis=0), least)
    return np.asarray(((here & (top != 0)).sum(axis=0) < least) | (without < least))


def spread(draws: Floats, estimate: Floats, effective: Floats, *, scale: str) -> Floats:
    """Draws moved away from the estimate on the scale's link, so that few documents give honest intervals.

    draws: n_draws × measures; estimate (the centre, one per measure or one per draw and measure), effective (number
    of documents, one per measure).
    """
    degrees = np.maximum(np.nan_to_num(effective) - 1.0, 0.5)
    factor = np.sqrt((degrees + 2) / degrees) * special.stdtrit(degrees, 0.5 + LEVEL / 2) / _Z
    centre = _link(estimate, scale)
    return _unlink(centre + factor * (_link(draws, scale) - centre), scale)


def _link(values: Floats, scale: str) -> Floats:
    if scale == "share":
        return np.asarray(special.logit(np.clip(values, _EDGE, 1 - _EDGE)))
    if scale == "difference":
        return np.arctanh(np.clip(values, -1 + _EDGE, 1 - _EDGE))
    return np.log(np.maximum(values, _EDGE))


def _unlink(values: Floats, scale: str) -> Floats:
    if scale == "share":
        return np.asarray(special.expit(values))
    return np.tanh(values) if scale == "difference" else np.exp(values)


def _fallback(
    estimate: float, column: Floats, top: Floats, *, scale: str, design: float, n_draws: int, seed: int
) -> Floats:
    """Draws where the documents do not differ enough to be resampled."""
    generator = np.random.default_rng([seed, n_draws])
    documents = float((column > 0).sum())
    size = documents if not np.isfinite(design) else max(documents, float(column.sum()) / design)
    if scale == "share":
        return generator.beta(estimate * size + 0.5, (1 - estimate) * size + 0.5, n_draws)
    if scale == "difference":
        share = (estimate + 1) / 2
        return 2 * generator.beta(share * size + 0.5, (1 - share) * size + 0.5, n_draws) - 1
    hits = max(float((top > 0).sum()), 0.0)
    return generator.gamma(hits + 0.5, 1.0, n_draws) / max(float(column.sum()), _EDGE) * max(
        float(top.sum()) / max(hits, 1.0), 1.0)


def _scarce(top: Floats, bottom: Floats) -> Floats:
    """Documents that have the rarer of the two: a hit, or something that is no hit."""
    here = bottom > 0
    return np.asarray(np.minimum((here & (top > 0)).sum(axis=0), (here & (top < bottom)).sum(axis=0)), dtype=np.float64)


def _known_sentences(column: Floats, design: float, scarce: int) -> float:
    """How many independent sentences a rare share rests on; documents that count once each are independent already.

    Else sentences over the design effect and over (t/z)², t having half as many degrees of freedom as documents are hit,
    because the design effect of a skewed share is known from no more than those. Never fewer than there are documents
    (effective, by length): shares of documents scatter at most as yes and no would, which are their extreme case.
    """
    if column.max() <= 1:
        return float(column.sum())
    documents = float(column.sum() ** 2 / (column**2).sum())
    inflation = (float(special.stdtrit(max(scarce / 2, 1), 0.5 + LEVEL / 2)) / _Z) ** 2
    return max(float(column.sum()) / design / inflation, documents)


def _seldom(estimate: float, size: float, *, n_draws: int, seed: int) -> Floats:
    """Draws of a share that rests on few documents: the ends of Clopper & Pearson for `size` independent sentences.

    The lower half of the draws has the lower limit's distribution, the upper half the upper limit's.
    """
    generator = np.random.default_rng([seed, n_draws])
    hits, misses = estimate * size, (1 - estimate) * size
    lower = np.sort(generator.beta(max(hits, _EDGE), misses + 1, n_draws))
    upper = np.sort(generator.beta(hits + 1, max(misses, _EDGE), n_draws))
    return generator.permutation(np.concatenate([lower[: n_draws // 2], upper[n_draws // 2:]]))


def design_effects(numerators: Floats, denominators: Floats) -> Floats:
    """Variance of each share over documents relative to independent sentences, at least 1; NaN where unknown."""
    bottom = denominators.sum(axis=0)
    counted = (denominators > 0).sum(axis=0)
    with np.errstate(invalid="ignore", divide="ignore"):
        share = numerators.sum(axis=0) / bottom
        residual = numerators - denominators * share
        clustered = (residual**2).sum(axis=0) / bottom**2 * counted / (counted - 1)
        simple = np.abs(share) * (1 - np.abs(share)) / bottom
        effect = clustered / simple
    return np.where(np.isfinite(effect) & (counted > 1), np.maximum(effect, 1.0), np.nan)


def jeffreys(hits: int, size: int) -> tuple[float, float]:
    """95 % interval of a share of independent documents; closed at 0 and 1 where no or every document is a hit."""
    tail = (1 - LEVEL) / 2
    low, high = (float(special.betaincinv(hits + 0.5, size - hits + 0.5, end)) for end in (tail, 1 - tail))
    return (0.0 if hits == 0 else low), (1.0 if hits == size else high)


def bounds(draws: Floats, estimate: Floats, *, tests: int = 1) -> tuple[Floats, Floats]:
    """Lower and upper end of the interval of each measure; the estimate always lies inside.

    tests: number of intervals that must all be right together (Bonferroni).
    """
    tail = (1 - LEVEL) / 2 / tests
    low, high = _quantiles(draws, tail)
    return np.fmin(low, estimate), np.fmax(high, estimate)


def _quantiles(draws: Floats, tail: float) -> tuple[Floats, Floats]:
    """Two order statistics of each column (no interpolation: the same on every machine)."""
    last = len(draws) - 1
    places = (round(last * tail), round(last * (1 - tail)))
    ordered = np.partition(draws, places, axis=0)
    return ordered[places[0]], ordered[places[1]]
