"""Where the line between yes and no lies: thresholds and calibration from out-of-fold scores.

Two thirds of the labelled rows were chosen for being hard, so a threshold that suits them over-calls on ordinary
text. Frames and themes are decided so that, on rows drawn at random, as many sentences are said to carry a label as
carry it (misses and false alarms balance, raw shares are nearly unbiased); marks so that F1 is highest, as the mean
over resamples. Hard rows help rare labels with a small weight.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from sklearn.linear_model import LogisticRegression

from pipeline.codes.labels import FRAME_LABELS, MARKS

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
COMMON = 100
"""Random positives from which on rows drawn at random alone decide."""
HARD_WEIGHT = 0.2
"""Weight of a row that was not drawn at random, for rarer labels."""
N_RESAMPLES = 50


def row_weights(truth: Bools, random: Bools) -> Floats:
    """Weight of each row in deciding one label. random: which rows were drawn at random (none: all count the same)."""
    if not random.any():
        return np.ones(len(truth))
    return np.where(random, 1.0, 0.0 if (truth & random).sum() >= COMMON else HARD_WEIGHT)


def threshold(name: str, scores: Floats, truth: Bools, random: Bools, *, seed: int = 0) -> float:
    """The score above which a target is said: see the module. Modalities have none (the highest score wins): 0.0."""
    weights = row_weights(truth, random)
    if name in FRAME_LABELS:
        return balanced_threshold(scores, truth, weights)
    return smooth_threshold(scores, truth, weights, seed=seed) if name in MARKS else 0.0


def best_threshold(scores: Floats, truth: Bools, weights: Floats | None = None) -> float:
    """The score above which (weighted) F1 is highest, between two neighbouring scores; ties go to the higher one."""
    own = np.ones(len(scores)) if weights is None else weights
    order = np.argsort(-scores, kind="stable")
    hits = np.cumsum((truth * own)[order])
    f1 = 2 * hits / np.maximum(np.cumsum(own[order]) + (truth * own).sum(), 1e-9)
    return _below(scores[order], int(np.argmax(f1)))


def smooth_threshold(scores: Floats, truth: Bools, weights: Floats, *, seed: int) -> float:
    """Mean of the best thresholds over resamples of the rows: less at the mercy of single rows."""
    generator = np.random.default_rng(seed)
    return float(np.mean([best_threshold(scores, truth, weights * generator.poisson(1.0, len(scores)))
                          for _ in range(N_RESAMPLES)]))


def balanced_threshold(scores: Floats, truth: Bools, weights: Floats) -> float:
    """The score above which as much weight lies as the true rows have; above all scores when none is true."""
    order = np.argsort(-scores, kind="stable")
    true = float((truth * weights).sum())
    if true <= 0:
        return float(scores.max()) + 1.0
    above = int(np.searchsorted(np.cumsum(weights[order]), true - 1e-9))
    return _below(scores[order], above)


def _below(falling: Floats, place: int) -> float:
    """Between the score at this place and the next lower one."""
    following = falling[place + 1] if place + 1 < len(falling) else falling[place] - 1.0
    return float((falling[place] + following) / 2)


def calibrate(scores: Floats, truth: Bools, weights: Floats | None = None) -> tuple[float, float]:
    """Slope and intercept of a logistic curve through one target's out-of-fold scores (Platt).

    Where all rows agree there is no curve: the same probability for every score, with half a row for either answer.
    """
    if truth.all() or not truth.any():
        return 0.0, float(np.log((truth.sum() + 0.5) / ((~truth).sum() + 0.5)))
    machine = LogisticRegression(C=1e4, max_iter=500).fit(scores[:, None], truth, sample_weight=weights)
    return float(machine.coef_[0, 0]), float(machine.intercept_[0])


def drawn_at_random(sampled: Sequence[object]) -> Bools:
    """Which rows were drawn at random, from their `sampled` values."""
    return np.array([one == "random" for one in sampled], dtype=bool)
