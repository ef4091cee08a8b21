"""Quality does not fall unseen: measured figures stand above floors, and floors are tied to the labels they rest on."""

import json
from pathlib import Path

import pytest

from pipeline.codes.evaluation import evaluate
from pipeline.codes.extra import read_extra, resolve
from pipeline.codes.training import labels_hash, read_labels
from pipeline.knowledge import MODELS, load_yaml

FLOORS = Path(__file__).parent.parent / "golden" / "quality_floors.yml"
SLACK = 0.03
FIRST: dict[tuple[str, str], dict[str, float]] = {
    ("zh", "all"): {"development": 0.81, "security": 0.8, "themes": 0.68, "marks": 0.84, "modality": 0.86, "senses": 0.87},
    ("zh", "random"): {"development": 0.86, "security": 0.84, "themes": 0.66, "marks": 0.84, "modality": 0.85, "senses": 0.87},
    ("en", "all"): {"development": 0.77, "security": 0.81, "themes": 0.61, "marks": 0.72, "modality": 0.79, "senses": 0.73},
    ("en", "random"): {"development": 0.78, "security": 0.83, "themes": 0.64, "marks": 0.76, "modality": 0.78, "senses": 0.76},
}


def floors() -> dict[str, object]:
    loaded = load_yaml(FLOORS)
    assert isinstance(loaded, dict)
    return loaded


def figures(metrics: list[dict[str, object]]) -> dict[tuple[object, ...], float]:
    return {(one["lang"], one["label"], one["metric"], one["rows"]): float(one["value"]) for one in metrics}  # type: ignore[arg-type]


def check(measured: dict[tuple[object, ...], float]) -> None:
    for floor in floors()["floors"]:  # type: ignore[attr-defined]
        key = (floor["lang"], floor["label"], floor["metric"], floor["rows"])
        if floor["metric"] == "ece":
            assert measured[key] <= floor["value"], key
        else:
            assert measured[key] >= floor["value"], key


def test_shipped_figures_stand_above_the_floors() -> None:
    """The figures that training measured out of fold when it made the shipped weights."""
    check(figures(json.loads((MODELS / "metrics.json").read_text(encoding="utf-8"))))


def test_floors_models_and_card_rest_on_the_same_labels() -> None:
    digest = floors()["labels_sha256"]
    for lang in ("zh", "en"):
        assert json.loads((MODELS / f"codes_{lang}.json").read_text(encoding="utf-8"))["labels_sha256"] == digest
    assert str(digest) in (MODELS / "CARD.md").read_text(encoding="utf-8")


def test_no_floor_stands_far_below_what_was_measured() -> None:
    """So a floor cannot be lowered, or left behind, without the measured figure falling too."""
    measured = figures(json.loads((MODELS / "metrics.json").read_text(encoding="utf-8")))
    for floor in floors()["floors"]:  # type: ignore[attr-defined]
        if floor["metric"] != "ece":
            key = (floor["lang"], floor["label"], floor["metric"], floor["rows"])
            assert floor["value"] >= measured[key] - SLACK, f"raise the floor of {key}"


def lowered_unsaid(loaded: dict[str, object], decisions: str) -> list[tuple[str, str, str]]:
    """Floors below FIRST that are not listed under `lowered` with the heading of an entry that DECISIONS.md holds."""
    held = {(one["lang"], one["rows"], one["label"]): one["value"] for one in loaded["floors"]  # type: ignore[attr-defined]
            if one["metric"] != "ece"}
    allowed = {(one["lang"], one["rows"], one["label"]) for one in loaded.get("lowered") or []  # type: ignore[attr-defined]
               if str(one["decision"]) and str(one["decision"]) in decisions}
    first = {(lang, rows, label): value for (lang, rows), values in FIRST.items() for label, value in values.items()}
    assert set(held) == set(first)
    return [key for key, value in first.items() if held[key] < value and key not in allowed]


def test_floors_are_at_least_the_first_ones() -> None:
    assert lowered_unsaid(floors(), (FLOORS.parents[2] / "DECISIONS.md").read_text(encoding="utf-8")) == []


def test_lowering_a_floor_needs_an_entry_in_decisions() -> None:
    loaded = floors()
    lower = [{**one, "value": 0.5} if (one["lang"], one["rows"], one["label"], one["metric"]) == ("zh", "all", "marks", "macro_f1")
             else one for one in loaded["floors"]]  # type: ignore[attr-defined]
    key = ("zh", "all", "marks")
    flag = {"lang": "zh", "rows": "all", "label": "marks", "decision": "Marks are counted otherwise"}
    assert lowered_unsaid({**loaded, "floors": lower}, "") == [key], "silently"
    assert lowered_unsaid({**loaded, "floors": lower, "lowered": [flag]}, "| 7 | Other |") == [key], "no such entry"
    assert lowered_unsaid({**loaded, "floors": lower, "lowered": [flag]}, "| 7 | Marks are counted otherwise |") == []


def test_a_figure_below_its_floor_is_caught() -> None:
    measured = figures(json.loads((MODELS / "metrics.json").read_text(encoding="utf-8")))
    with pytest.raises(AssertionError):
        check({**measured, ("en", "security", "f1", "random"): 0.5})


def test_the_material_is_what_the_floors_rest_on(shared: Path) -> None:
    rows = [row for lang in ("en", "zh") for row in read_labels(shared / "gold" / f"sentences_{lang}.jsonl")]
    assert labels_hash(rows) == floors()["labels_sha256"]


@pytest.mark.slow
def test_cross_validation_stands_above_the_floors(shared: Path) -> None:
    """Everything again from labels and corpus, as `tifa train` does it: the shipped figures come out. Minutes."""
    from flows.train import names_in, read_corpus

    rows = [row for lang in ("en", "zh") for row in read_labels(shared / "gold" / f"sentences_{lang}.jsonl")]
    text = read_corpus(shared / "policy")
    measured = figures(evaluate(rows, unlabelled=text.sentences, names=names_in,
                                extra=resolve(read_extra(MODELS), text.sources).rows))
    shipped = figures(json.loads((MODELS / "metrics.json").read_text(encoding="utf-8")))
    assert measured == pytest.approx(shipped, abs=0.01), "the shipped figures are of other code or another codebook"
    check(measured)
