"""Slopes, breaks and contrasts: known answers, and their error rates on planted truth."""

import numpy as np
import pytest

from pipeline.estimates.change import adjusted_contrast, find_break, holm, slope
from pipeline.estimates.intervals import draw_weights
from tests.trends.simulation import planted_counts

YEARS = list(range(2013, 2025))


def corpus(seed: int, *, n_documents: int, trend: float = 0.0, jump: float = 0.0, shock: float = 0.0) -> tuple[
        np.ndarray, np.ndarray, np.ndarray]:
    """Hits, lengths and year of each document; share 0.3 with a yearly trend, a jump in 2019 and shocks of years."""
    generator = np.random.default_rng([seed, n_documents])
    years = np.sort(generator.choice(YEARS, n_documents))
    shocks = {year: generator.normal(0, shock) for year in YEARS}
    pairs = [planted_counts(generator, n_documents=1, rho=0.1, unequal=0.6, share=float(np.clip(
        0.3 + trend * (year - 2018) + jump * (year >= 2019) + shocks[year], 0.01, 0.99))) for year in years]
    return np.array([top[0] for top, _ in pairs]), np.array([bottom[0] for _, bottom in pairs]), years


def test_slope_of_a_straight_line() -> None:
    years = np.repeat(np.arange(2015.0, 2021.0), 4)
    noise = np.tile([1.0, -1.0, 1.0, -1.0], 6)
    found = slope(100 * (0.1 + 0.02 * (years - 2015)) + noise, np.full(24, 100.0), years)
    assert found.estimate == pytest.approx(0.02)
    assert 0.015 < found.low < 0.02 < found.high < 0.025
    assert (found.n_documents, found.n_groups) == (24, 6)


@pytest.mark.parametrize(("top", "years", "reason"), [
    ([10.0] * 6, [2015.0] * 3 + [2016.0] * 3, "two years are no trend"),
    ([0.0] * 6, [2015.0, 2015.0, 2016.0, 2016.0, 2017.0, 2017.0], "no hit at all: no zero-width interval")])
def test_slope_that_cannot_be_known(top: list[float], years: list[float], reason: str) -> None:
    found = slope(np.array(top), np.full(6, 50.0), np.array(years))
    assert np.isnan(found.low) and np.isnan(found.high), reason


def test_contrast_removes_what_the_strata_explain() -> None:
    """Type 0 has 0.2, type 1 has 0.6; group a is mostly type 1 but differs by 0.1 only."""
    strata = np.array([0] * 8 + [1] * 8)
    in_a = np.array([1.0] * 2 + [0.0] * 6 + [1.0] * 6 + [0.0] * 2)
    wobble = np.tile([1.0, -1.0], 8)
    top = 100 * (0.2 + 0.4 * strata + 0.1 * in_a) + wobble
    found = adjusted_contrast(top, np.full(16, 100.0), in_a, strata)
    naive = (top[in_a == 1].mean() - top[in_a == 0].mean()) / 100
    assert found.estimate == pytest.approx(0.1, abs=0.01) and naive > 0.25
    assert found.low < 0.1 < found.high and found.n_groups == 2


def test_contrast_without_overlap_says_nothing() -> None:
    found = adjusted_contrast(np.ones(6), np.full(6, 10.0), np.array([1.0] * 3 + [0.0] * 3), np.array([0] * 3 + [1] * 3))
    assert np.isnan(found.estimate) and found.n_documents == 0


def test_break_is_found_where_it_was_planted() -> None:
    top, bottom, years = corpus(1, n_documents=120, jump=0.25)
    weights = draw_weights(120, n_draws=300, seed=1, name="break")
    found = find_break(top, bottom, years, weights, seed=1)
    assert (found.year, found.p < 0.01) == (2019, True)
    assert found.low <= 2019 <= found.high and 0.15 < found.shift < 0.35


def test_too_few_documents_on_a_side_allow_no_break() -> None:
    top, bottom, years = corpus(1, n_documents=8, jump=0.3)
    assert np.isnan(find_break(top, bottom, years, np.ones((10, 8)), seed=1).p)


def test_holm() -> None:
    assert holm([0.01, 0.04, 0.03]) == pytest.approx([0.03, 0.06, 0.06])
    adjusted = holm([0.02, float("nan")])
    assert adjusted[0] == pytest.approx(0.02) and np.isnan(adjusted[1])


def break_rate(n_corpora: int, *, n_documents: int, jump: float = 0.0) -> float:
    weights = draw_weights(n_documents, n_draws=20, seed=1, name="break")
    return float(np.mean([find_break(*corpus(seed, n_documents=n_documents, jump=jump), weights, seed=seed).p < 0.05
                          for seed in range(n_corpora)]))


def slope_coverage(n_corpora: int, *, n_documents: int, shock: float) -> float:
    fits = [slope(top, bottom, years.astype(float)) for top, bottom, years in (
        corpus(seed, n_documents=n_documents, trend=0.01, shock=shock) for seed in range(n_corpora))]
    return float(np.mean([fit.low <= 0.01 <= fit.high for fit in fits]))


def contrast_coverage(n_corpora: int, *, n_documents: int) -> float:
    inside = 0
    for seed in range(n_corpora):
        generator = np.random.default_rng([seed, n_documents])
        in_a = generator.integers(0, 2, n_documents).astype(float)
        strata = generator.integers(0, 6, n_documents)
        pairs = [planted_counts(generator, n_documents=1, share=0.2 + 0.01 * stratum + 0.1 * group, rho=0.1,
                                unequal=0.6) for stratum, group in zip(strata, in_a, strict=True)]
        fit = adjusted_contrast(np.array([top[0] for top, _ in pairs]), np.array([bottom[0] for _, bottom in pairs]),
                                in_a, strata)
        inside += int(fit.low <= 0.1 <= fit.high)
    return inside / n_corpora


def test_false_breaks_fast() -> None:
    assert break_rate(40, n_documents=40) <= 0.15
    assert break_rate(10, n_documents=100, jump=0.25) >= 0.9


def test_coverage_fast() -> None:
    assert slope_coverage(100, n_documents=40, shock=0.05) >= 0.87
    assert contrast_coverage(60, n_documents=40) >= 0.87


@pytest.mark.slow
@pytest.mark.parametrize("n_documents", [20, 40, 100])
def test_false_breaks(n_documents: int) -> None:
    """At most 5 % false alarms, with three standard errors of 1,000 corpora."""
    assert break_rate(1000, n_documents=n_documents) <= 0.05 + 3 * np.sqrt(0.05 * 0.95 / 1000)


@pytest.mark.slow
@pytest.mark.parametrize("n_documents", [20, 40, 100, 300])
@pytest.mark.parametrize("shock", [0.0, 0.05])
def test_slope_coverage(n_documents: int, shock: float) -> None:
    assert 0.92 <= slope_coverage(1000, n_documents=n_documents, shock=shock) <= 0.985


@pytest.mark.slow
@pytest.mark.parametrize("n_documents", [20, 60, 200])
def test_contrast_coverage(n_documents: int) -> None:
    assert 0.92 <= contrast_coverage(1000, n_documents=n_documents) <= 0.985
