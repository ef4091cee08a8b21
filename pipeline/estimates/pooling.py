"""Shares of small groups, each drawn towards what all groups of its kind have: partial pooling.

Model. The share of a group comes from a Beta distribution common to the groups of one grouping; its sentences are
counted as if they were fewer, because sentences of one document are alike: (sum n)² / sum n (1 + (n - 1) · icc), with
n the sentences of each document and icc the correlation within documents, estimated within groups; and fewer still by
(z/t)², because that correlation is estimated. Mean and spread of the common distribution are not plugged in but averaged
over a grid with their posterior weight (flat prior on the mean and on the correlation within groups), so that their
own uncertainty widens the intervals.
Source: Gelman et al., Bayesian Data Analysis, section 5.3 (beta-binomial hierarchy on a grid); Kish 1965 (design effect).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import special

from pipeline.estimates.material import Floats, Ints
from pipeline.estimates.sparse import LEVEL

MIN_GROUPS = 4
_MEANS = np.linspace(-2.5, 2.5, 31)
_LIKENESS = (np.arange(20) + 0.5) / 20 * 0.6


@dataclass(frozen=True)
class Pooled:
    """Per group: posterior mean and 95 % interval of its share; common: posterior mean of the common mean."""

    estimate: Floats
    low: Floats
    high: Floats
    common: float


def pool_groups(top: Floats, bottom: Floats, groups: Ints, *, seed: int, n_draws: int = 1000) -> Pooled | None:
    """Partially pooled shares of the groups 0 … n-1.

    top, bottom: hits and sentences of each document (a document of two groups stands twice); groups: its group.
    Returns None with fewer than four groups, with no more documents than groups, or without any hit or any miss.
    """
    here = bottom > 0
    top, bottom, groups = top[here], bottom[here], groups[here]
    numbers = np.unique(groups)
    if len(numbers) < MIN_GROUPS or len(groups) <= len(numbers) or not 0 < top.sum() < bottom.sum():
        return None
    hits, sizes = _effective(top, bottom, groups, int(groups.max()) + 1)
    means, strength, weight = _grid(hits[numbers], sizes[numbers])
    generator = np.random.default_rng(seed)
    chosen = generator.choice(len(weight), n_draws, p=weight)
    alpha, beta = means[chosen] * strength[chosen], (1 - means[chosen]) * strength[chosen]
    draws = generator.beta(alpha[:, None] + hits, beta[:, None] + sizes - hits)
    low, high = np.quantile(draws, [(1 - LEVEL) / 2, (1 + LEVEL) / 2], axis=0)
    estimate = weight @ (((means * strength)[:, None] + hits) / (strength[:, None] + sizes))
    return Pooled(estimate, np.minimum(low, estimate), np.maximum(high, estimate), float(weight @ means))


def _effective(top: Floats, bottom: Floats, groups: Ints, size: int) -> tuple[Floats, Floats]:
    """Effective hits and sentences of each group."""
    sums, totals = np.bincount(groups, top, size), np.bincount(groups, bottom, size)
    share = np.divide(sums, totals, out=np.zeros(size), where=totals > 0)
    spread = float(((top - bottom * share[groups]) ** 2).sum()) * len(top) / (len(top) - len(np.unique(groups)))
    simple = float((share * (1 - share) * totals).sum())
    pairs = float((bottom * (bottom - 1) * (share * (1 - share))[groups]).sum())
    icc = min(max((spread - simple) / pairs, 0.0), 1.0) if pairs > 0 else 0.0
    noise = np.bincount(groups, bottom * (1 + (bottom - 1) * icc), size)
    degrees = len(top) - len(np.unique(groups))
    known = (special.ndtri(0.5 + LEVEL / 2) / special.stdtrit(degrees, 0.5 + LEVEL / 2)) ** 2
    sizes = known * np.divide(totals**2, noise, out=np.zeros(size), where=totals > 0)
    return share * sizes, sizes


def _grid(hits: Floats, sizes: Floats) -> tuple[Floats, Floats, Floats]:
    """Means and strengths (alpha + beta) of the common distribution with their posterior weight."""
    pooled = (hits.sum() + 0.5) / (sizes.sum() + 1)
    means, likeness = (part.ravel() for part in np.meshgrid(special.expit(special.logit(pooled) + _MEANS), _LIKENESS))
    strength = 1 / likeness - 1
    alpha, beta = (means * strength)[:, None], ((1 - means) * strength)[:, None]
    fit = (special.betaln(alpha + hits, beta + sizes - hits) - special.betaln(alpha, beta)).sum(axis=1)
    fit += np.log(means * (1 - means))  # the grid is even on the logit, the prior on the mean
    weight = np.exp(fit - fit.max())
    return means, strength, weight / weight.sum()
