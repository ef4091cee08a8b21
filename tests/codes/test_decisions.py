"""Thresholds, calibration, genres and the scale of grams: on invented scores and counts with known answers."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.sparse import csr_matrix

from pipeline.codes.decisions import (
    COMMON,
    HARD_WEIGHT,
    balanced_threshold,
    best_threshold,
    calibrate,
    drawn_at_random,
    row_weights,
    smooth_threshold,
    threshold,
)
from pipeline.codes.evaluation import decide
from pipeline.codes.fitting import LEAST_TELLING, how_telling
from pipeline.codes.labels import FRAME_LABELS, MODALITIES, TARGETS
from pipeline.codes.metrics import confusion, f1_score
from pipeline.codes.model import pack_table, unpack_table
from pipeline.knowledge import genre_of

PAIRS = st.lists(st.tuples(st.integers(-50, 50), st.booleans()), min_size=2, max_size=40, unique_by=lambda one: one[0])


@given(PAIRS)
def test_no_other_threshold_is_better(pairs: list[tuple[int, bool]]) -> None:
    scores, truth = np.array([float(one) for one, _ in pairs]), np.array([one for _, one in pairs])
    said = f1_score(*confusion(truth, scores > best_threshold(scores, truth))[:3])
    every = [f1_score(*confusion(truth, scores > cut - 0.5)[:3]) for cut in scores]
    assert said == pytest.approx(max(every)) or not truth.any()


@given(PAIRS)
def test_a_balanced_threshold_says_as_many_as_are_true(pairs: list[tuple[int, bool]]) -> None:
    scores, truth = np.array([float(one) for one, _ in pairs]), np.array([one for _, one in pairs])
    said = scores > balanced_threshold(scores, truth, np.ones(len(scores)))
    assert said.sum() == truth.sum()


def test_a_balanced_threshold_minds_the_weights() -> None:
    scores, truth = np.array([4.0, 3.0, 2.0, 1.0]), np.array([True, False, True, True])
    assert (scores > balanced_threshold(scores, truth, np.array([1.0, 0.0, 1.0, 0.0]))).tolist() == [True, True, True, False]


@pytest.mark.parametrize(("n_true", "expected", "reason"), [
    (COMMON, 0.0, "enough random rows decide alone"), (COMMON - 1, HARD_WEIGHT, "hard rows help a rare label")])
def test_weights_of_hard_rows(n_true: int, expected: float, reason: str) -> None:
    random = np.arange(300) < 200
    weights = row_weights(np.arange(300) < n_true, random)
    assert set(weights[random]) == {1.0} and set(weights[~random]) == {expected}, reason


def test_without_random_rows_all_count() -> None:
    assert row_weights(np.array([True, False]), drawn_at_random(["extra", None])).tolist() == [1.0, 1.0]
    assert drawn_at_random(["random", "uncertain", None, "uncertain or random"]).tolist() == [True, False, False, False]


def test_hard_rows_do_not_move_the_threshold_of_a_frequent_label() -> None:
    generator = np.random.default_rng(3)
    truth = generator.random(900) < 0.5
    scores, random = truth + generator.normal(0, 0.5, 900), np.arange(900) < 450
    twisted = np.where(random, truth, ~truth)
    assert threshold("security", scores, truth, random) == threshold("security", scores, twisted, random)
    assert threshold("modality.permit", scores, truth, random) == 0.0


def test_raw_shares_are_nearly_unbiased_on_random_rows_and_thresholds_are_smooth() -> None:
    generator = np.random.default_rng(4)
    truth = generator.random(4000) < 0.3
    scores, random = truth + generator.normal(0, 0.5, 4000), np.arange(4000) % 3 == 0
    said = scores > threshold("development", scores, truth, random)
    assert abs(int(said[random].sum()) - int((truth & random).sum())) <= 1
    several = [smooth_threshold(scores[part], truth[part], np.ones(len(part)), seed=0) for part in
               np.array_split(np.arange(4000), 20)]
    plain = [best_threshold(scores[part], truth[part]) for part in np.array_split(np.arange(4000), 20)]
    assert np.std(several) < np.std(plain)


def test_calibration_follows_the_weighted_rows() -> None:
    generator = np.random.default_rng(5)
    scores = generator.normal(0, 1, 4000)
    truth = generator.random(4000) < 1 / (1 + np.exp(-(2 * scores - 1)))
    truth[2000:] = True
    slope, intercept = calibrate(scores, truth, np.repeat([1.0, 0.0], 2000))
    assert slope == pytest.approx(2, abs=0.3) and intercept == pytest.approx(-1, abs=0.2)


def test_a_label_nobody_gave_has_a_flat_small_probability() -> None:
    slope, intercept = calibrate(np.arange(9.0), np.zeros(9, dtype=bool))
    assert slope == 0.0 and 1 / (1 + np.exp(-intercept)) == pytest.approx(0.05)


def test_thresholds_never_see_the_fold_they_decide() -> None:
    generator = np.random.default_rng(0)
    truth = generator.random((500, len(TARGETS))) < 0.5
    scores = truth + generator.normal(0, 0.4, truth.shape)
    folds, random = np.arange(500) % 5, np.arange(500) % 2 == 0
    said, p, beside = decide(scores, truth, folds, random, scores, folds)
    flipped = truth.copy()
    flipped[folds == 2] ^= True
    again, p_again, _ = decide(scores, flipped, folds, random, scores, folds)
    assert np.array_equal(said[folds == 2], again[folds == 2]) and np.array_equal(p[folds == 2], p_again[folds == 2])
    assert np.array_equal(said, beside)
    first = len(FRAME_LABELS)
    assert (said[:, first:first + len(MODALITIES)].sum(axis=1) == 1).all()


def test_a_gram_that_tells_is_scaled_up() -> None:
    truth = np.arange(100) < 40
    everywhere, only_true, only_false = np.ones(100), truth, ~truth
    scale = how_telling(csr_matrix(np.stack([everywhere, only_true, only_false], axis=1).astype(np.float32)), truth)
    assert scale[0] < scale[1] and scale[0] < scale[2] and scale[0] == pytest.approx(LEAST_TELLING, abs=0.02)


@pytest.mark.parametrize(("doc_type", "genre"), [
    ("law", "statute"), ("judicial_document", "statute"), ("local_regulation", "statute"), ("speech", "speech"),
    ("work_report", "speech"), ("normative_document", "soft"), ("plan", "soft"), ("press", "soft"), ("other", "soft")])
def test_genres(doc_type: str, genre: str) -> None:
    assert genre_of(doc_type) == genre


def test_packed_weights_come_back(tmp_path: Path) -> None:
    """8-bit roots: small weights beside one large one keep their sign and size; the error stays below 1 % of the largest."""
    generator = np.random.default_rng(6)
    weights = generator.normal(0, 0.02, (400, 3)).astype(np.float32)
    weights[7] = 1.0
    np.savez(tmp_path / "packed.npz", **pack_table("text", np.arange(5, 405), weights, np.ones(400, dtype=np.float32)))
    with np.load(tmp_path / "packed.npz") as arrays:
        table = unpack_table(arrays, "text")
    back = table.weights[table.index[np.arange(5, 405)], :3]
    assert np.abs(back - weights).max() < 0.01
    assert np.corrcoef(back[:7].ravel(), weights[:7].ravel())[0, 1] > 0.99
