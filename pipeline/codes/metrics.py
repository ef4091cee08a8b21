"""Numbers that say how well labels are read: F1, accuracy, calibration error, with intervals over families."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

Bools = npt.NDArray[np.bool_]
N_DRAWS = 400
N_BINS = 10


def f1_score(tp: float, fp: float, fn: float) -> float:
    """Harmonic mean of precision and recall, in [0, 1]; 0.0 when nothing was found and nothing was there."""
    return 2 * tp / (2 * tp + fp + fn) if tp + fp + fn else 0.0


def confusion(truth: Bools, said: Bools) -> tuple[int, int, int, int]:
    """tp, fp, fn, tn."""
    return (int((truth & said).sum()), int((~truth & said).sum()), int((truth & ~said).sum()),
            int((~truth & ~said).sum()))


def family_draws(families: Sequence[str], *, seed: int) -> npt.NDArray[np.float64]:
    """How often each row counts in each bootstrap draw: whole families drawn with replacement (draws × rows)."""
    distinct = sorted(set(families))
    place = {family: number for number, family in enumerate(distinct)}
    own = np.array([place[family] for family in families])
    generator = np.random.default_rng(seed)
    drawn = generator.multinomial(len(distinct), np.full(len(distinct), 1 / len(distinct)), size=N_DRAWS)
    return drawn[:, own].astype(np.float64)


def f1_interval(truth: Bools, said: Bools, draws: npt.NDArray[np.float64]) -> tuple[float, float, float]:
    """F1 with its 95 % interval."""
    tp, fp, fn, _ = confusion(truth, said)
    several = draws @ np.stack([truth & said, ~truth & said, truth & ~said], axis=1).astype(np.float64)
    with np.errstate(invalid="ignore"):
        values = 2 * several[:, 0] / (2 * several[:, 0] + several[:, 1] + several[:, 2])
    return f1_score(tp, fp, fn), *_middle(np.nan_to_num(values))


def share_interval(right: Bools, draws: npt.NDArray[np.float64]) -> tuple[float, float, float]:
    """Share of true values (accuracy) with its 95 % interval; rows that are never drawn do not count."""
    if not len(right):
        return 0.0, 0.0, 0.0
    weights = draws.sum(axis=1)
    values = (draws @ right.astype(np.float64)) / np.where(weights > 0, weights, 1)
    return float(right.mean()), *_middle(values[weights > 0])


def mean_interval(parts: Sequence[tuple[Bools, Bools]], draws: npt.NDArray[np.float64]) -> tuple[float, float, float]:
    """Mean of several F1 values (macro-F1) with its interval, all labels drawn together."""
    point = float(np.mean([f1_interval(truth, said, draws[:1])[0] for truth, said in parts]))
    columns = []
    for truth, said in parts:
        several = draws @ np.stack([truth & said, truth ^ said], axis=1).astype(np.float64)
        with np.errstate(invalid="ignore"):
            columns.append(np.nan_to_num(2 * several[:, 0] / (2 * several[:, 0] + several[:, 1])))
    return point, *_middle(np.mean(columns, axis=0))


def _middle(values: npt.NDArray[np.float64]) -> tuple[float, float]:
    low, high = np.quantile(values, [0.025, 0.975])
    return float(low), float(high)


def reliability(truth: Bools, p: npt.NDArray[np.float64]) -> list[tuple[float, float, int]]:
    """Reliability curve: (mean probability, share true, n) per tenth of the probability scale that is not empty."""
    bins = np.minimum((p * N_BINS).astype(int), N_BINS - 1)
    return [(float(p[bins == number].mean()), float(truth[bins == number].mean()), int((bins == number).sum()))
            for number in range(N_BINS) if (bins == number).any()]


def calibration_error(truth: Bools, p: npt.NDArray[np.float64]) -> float:
    """Expected calibration error in [0, 1]: mean distance from the diagonal, weighted by sentences."""
    return sum(abs(mean - share) * n for mean, share, n in reliability(truth, p)) / max(len(truth), 1)


def calibration_interval(truth: Bools, p: npt.NDArray[np.float64], draws: npt.NDArray[np.float64]
                         ) -> tuple[float, float, float]:
    """Expected calibration error with its 95 % interval over families.

    Resampling alone raises a mean of distances; what it adds on average is taken off the draws, so that the interval
    speaks of the figure it stands beside. Its lower end is 0 at least.
    """
    bins = np.minimum((p * N_BINS).astype(int), N_BINS - 1)
    gap = np.where(bins[:, None] == np.arange(N_BINS), (p - truth)[:, None], 0.0)
    weights = draws.sum(axis=1)
    values = np.abs(draws @ gap).sum(axis=1) / np.maximum(weights, 1)
    values, found = values[weights > 0], calibration_error(truth, p)
    return found, *_middle(np.maximum(values - (values.mean() - found), 0.0))
