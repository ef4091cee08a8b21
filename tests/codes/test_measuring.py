"""Folds, thresholds, intervals, calibration: on invented scores with known answers."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.codes.error_rates import error_rates, strata_of
from pipeline.codes.evaluation import Beside, Reading
from pipeline.codes.fitting import fold_of, target_matrix
from pipeline.codes.labels import TARGETS, model_language
from pipeline.codes.metrics import (
    calibration_error,
    calibration_interval,
    f1_interval,
    family_draws,
    reliability,
)
from pipeline.codes.sense_fitting import occurrences
from pipeline.codes.training import labels_hash, read_labels
from pipeline.errors import TifaError, UnknownLabel

ROW = {"id": "a", "doc": "d", "lang": "zh", "heading": "", "text": "加强数据安全。", "development": False, "security": True,
       "themes": ["rulemaking"], "modality": "commit", "marks": ["has_deadline"], "senses": ["data"], "family": "f",
       "sampled": "random"}


def test_target_matrix_has_one_modality() -> None:
    truth = target_matrix([ROW])
    said = {name for name, one in zip(TARGETS, truth[0], strict=True) if one}
    assert said == {"security", "rulemaking", "modality.commit", "has_deadline"}


@pytest.mark.parametrize(("change", "reason"), [
    ({"modality": "command"}, "no such modality"), ({"themes": ["peace"]}, "no such theme"),
    ({"marks": "has_deadline"}, "marks are a list")])
def test_unknown_labels_stop_the_line(change: dict[str, object], reason: str) -> None:
    with pytest.raises(UnknownLabel):
        target_matrix([{**ROW, **change}])
    assert reason


@pytest.mark.parametrize(("senses", "error"), [([], TifaError), (["data", "data"], TifaError), (["cyber"], UnknownLabel)])
def test_senses_must_match_the_occurrences(senses: list[str], error: type[Exception]) -> None:
    with pytest.raises(error):
        occurrences([{**ROW, "senses": senses}], "zh")


def test_languages() -> None:
    assert [model_language(one) for one in ("zh-Hans", "zh-Hant", "mixed", "en")] == ["zh", "zh", "zh", "en"]
    with pytest.raises(UnknownLabel):
        model_language("de")


@given(st.lists(st.sampled_from("abcdefghij"), min_size=1, max_size=60), st.integers(0, 5))
def test_families_stay_in_one_fold_whatever_the_order(families: list[str], seed: int) -> None:
    folds = dict(zip(families, fold_of(families, seed=seed), strict=True))
    assert all(folds[family] == number for family, number in zip(families, fold_of(families, seed=seed), strict=True))
    assert dict(zip(families[::-1], fold_of(families[::-1], seed=seed), strict=True)) == folds


def test_interval_surrounds_the_value_and_narrows() -> None:
    generator = np.random.default_rng(1)
    truth = generator.random(2000) < 0.4
    said = truth ^ (generator.random(2000) < 0.1)
    widths = []
    for n in (200, 2000):
        draws = family_draws([str(number // 4) for number in range(n)], seed=0)
        value, low, high = f1_interval(truth[:n], said[:n], draws)
        assert low < value < high
        widths.append(high - low)
    assert widths[1] < widths[0]


def test_calibration_error() -> None:
    p = np.repeat([0.05, 0.95], 100)
    truth = np.repeat([False, True], 100)
    assert calibration_error(truth, p) == pytest.approx(0.05)
    assert calibration_error(~truth, p) == pytest.approx(0.95)
    assert [n for _, _, n in reliability(truth, p)] == [100, 100]


def test_error_rates_come_from_random_rows_only() -> None:
    rows = [{**ROW, "doc": doc, "sampled": sampled} for doc, sampled in
            (("d", "random"), ("e", "random"), ("e", "uncertain or random"))]
    truth = target_matrix(rows)
    reading = Reading("en", rows, truth, truth.copy(), np.zeros((3, 8)), [], [], [], [])
    found = {(one["label"], one["stratum"]): one for one in error_rates(reading, {"d": ("CN", "soft"), "e": ("other",)})}
    assert found["security", "all"]["tp"] == 2
    assert found["security", "CN"]["n"] == found["security", "other"]["n"] == found["security", "soft"]["n"] == 1


def test_rows_drawn_within_a_stratum_enter_that_stratum_only() -> None:
    row = {**ROW, "lang": "en", "doc": "d"}
    truth = target_matrix([row])
    beside = Beside([{**row, "doc": "e", "stratum": "other"}], truth, ~truth)
    reading = Reading("en", [row], truth, truth.copy(), np.zeros((1, 8)), [], [], [], [], beside=beside)
    strata = strata_of(reading, {"d": ("soft",), "e": ("soft",)})
    assert strata == {"d": {"soft", "other"}, "e": {"soft", "other"}}
    found = {(one["label"], one["stratum"]): (one["tp"], one["fn"], one["n"]) for one in error_rates(reading, strata)}
    assert found["security", "all"] == (1, 0, 1) and found["security", "soft"] == found["security", "other"] == (1, 1, 2)


def test_calibration_interval_holds_the_error() -> None:
    generator = np.random.default_rng(2)
    p = generator.random(3000)
    truth = generator.random(3000) < p**2
    draws = family_draws([str(number // 6) for number in range(3000)], seed=0)
    value, low, high = calibration_interval(truth, p, draws)
    assert value == calibration_error(truth, p) and low < value < high and high - low < 0.08
    exact = generator.random(3000) < p
    value, low, high = calibration_interval(exact, p, draws)
    assert 0 <= low <= value <= high, "near perfect calibration, where resampling alone adds most"


def test_labels_files(tmp_path: object) -> None:
    import json
    from pathlib import Path

    path = Path(str(tmp_path)) / "labels.jsonl"
    path.write_text(json.dumps(ROW) + "\n\n", encoding="utf-8")
    assert labels_hash(read_labels(path)) == labels_hash([ROW]) != labels_hash([{**ROW, "security": False}])
    path.write_text('{"id": "a"}\n', encoding="utf-8")
    with pytest.raises(TifaError, match="missing"):
        read_labels(path)
