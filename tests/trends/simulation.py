"""Coverage of the intervals on planted truth, straight from per-document counts (no text, so it is fast)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pipeline.estimates.correction import draw_error, read_rates
from pipeline.estimates.intervals import bounds, design_effects, draw_weights, ratio_draws
from pipeline.estimates.pooling import pool_groups


def planted_counts(
    generator: np.random.Generator, *, n_documents: int, share: float, rho: float, unequal: float,
    mean_length: float = 60.0, sensitivity: float = 1.0, specificity: float = 1.0,
) -> tuple[np.ndarray, np.ndarray]:
    """Hits and sentences of each document; the true share of sentences over all documents is `share`."""
    lengths = np.maximum(3, np.round(mean_length * np.exp(generator.normal(-unequal**2 / 2, unequal, n_documents))))
    own = generator.beta(share * (1 / rho - 1), (1 - share) * (1 / rho - 1), n_documents)
    true = generator.binomial(lengths.astype(int), own)
    seen = generator.binomial(true, sensitivity) + generator.binomial(lengths.astype(int) - true, 1 - specificity)
    return seen.astype(float), lengths


def coverage(*, n_documents: int, share: float, rho: float, unequal: float, n_corpora: int, n_draws: int = 1000,
             seed: int = 0) -> float:
    """Share of corpora whose 95 % interval holds the planted share."""
    generator = np.random.default_rng([seed, n_documents])
    hits, lengths = zip(*(planted_counts(generator, n_documents=n_documents, share=share, rho=rho, unequal=unequal)
                          for _ in range(n_corpora)), strict=True)
    tops, bottoms = np.array(hits).T, np.array(lengths).T
    weights = draw_weights(n_documents, n_draws=n_draws, seed=seed, name="coverage")
    drawn = ratio_draws(weights, tops, bottoms, scales=["share"] * n_corpora,
                        design=design_effects(tops, bottoms), seed=seed)
    low, high = drawn.bounds()
    return float(np.mean((low <= share) & (share <= high)))


def corrected_coverage(*, n_documents: int, share: float, sensitivity: float, specificity: float, n_labels: int,
                       n_corpora: int, seed: int = 0) -> float:
    """The same for shares corrected with error rates measured on `n_labels` randomly drawn sentences."""
    generator = np.random.default_rng([seed, n_documents, n_labels])
    weights = draw_weights(n_documents, n_draws=1000, seed=seed, name="coverage")
    inside = 0
    for corpus in range(n_corpora):
        tops, bottoms = planted_counts(generator, n_documents=n_documents, share=share, rho=0.1, unequal=0.6,
                                       sensitivity=sensitivity, specificity=specificity)
        positives = generator.binomial(n_labels, share)
        tp, tn = generator.binomial(positives, sensitivity), generator.binomial(n_labels - positives, specificity)
        row = {"label": "x", "lang": "zh", "stratum": "all", "tp": tp, "fn": positives - tp, "tn": tn,
               "fp": n_labels - positives - tn}
        error = draw_error(read_rates([row]), "x", lang="zh", stratum="all", n_draws=1000, seed=corpus)
        assert error is not None
        drawn = ratio_draws(weights, tops[:, None], bottoms[:, None], scales=["share"],
                            design=design_effects(tops[:, None], bottoms[:, None]), seed=corpus)
        fixed = np.array([error.correct(float(drawn.estimate[0]))])
        low, high = bounds(error.correct_draws(drawn.column(0))[:, None], fixed)
        inside += int(low[0] <= share <= high[0])
    return inside / n_corpora


@dataclass(frozen=True)
class PooledFit:
    """Share of groups whose interval holds the planted share; root mean squared errors."""

    covered: float
    error_pooled: float
    error_raw: float


def pooled_coverage(*, n_groups: int, most: int, mean: float, between: float, rho: float, n_corpora: int, seed: int = 0
                    ) -> PooledFit:
    """Groups of 1 to `most` documents whose planted shares are Beta around `mean` with likeness `between`."""
    generator = np.random.default_rng([seed, n_groups])
    inside, pooled, raw = [], [], []
    for corpus in range(n_corpora):
        planted = generator.beta(mean * (1 / between - 1), (1 - mean) * (1 / between - 1), n_groups)
        groups = np.repeat(np.arange(n_groups), generator.integers(1, most + 1, n_groups))
        lengths = np.maximum(3, np.round(60 * np.exp(generator.normal(-0.18, 0.6, len(groups))))).astype(int)
        own = np.clip(planted[groups], 1e-6, 1 - 1e-6)
        hits = generator.binomial(lengths, generator.beta(own * (1 / rho - 1), (1 - own) * (1 / rho - 1))).astype(float)
        fitted = pool_groups(hits, lengths.astype(float), groups, seed=corpus)
        if fitted is not None:
            inside += ((fitted.low <= planted) & (planted <= fitted.high)).tolist()
            pooled += ((fitted.estimate - planted) ** 2).tolist()
            raw += ((np.bincount(groups, hits) / np.bincount(groups, lengths) - planted) ** 2).tolist()
    return PooledFit(float(np.mean(inside)), float(np.mean(pooled)) ** 0.5, float(np.mean(raw)) ** 0.5)
