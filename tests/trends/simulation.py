"""Coverage of the intervals on planted truth, straight from per-document counts (no text, so it is fast)."""

from __future__ import annotations

import numpy as np

from pipeline.estimates.correction import draw_error, read_rates
from pipeline.estimates.intervals import bounds, design_effects, draw_weights, ratio_draws


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
    low, high = bounds(drawn.draws, drawn.estimate)
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
        low, high = bounds(error.correct_draws(drawn.draws[:, 0])[:, None], fixed)
        inside += int(low[0] <= share <= high[0])
    return inside / n_corpora
