"""Citations, commitments and links on documents that somebody read by hand: floors that cannot sink unseen.

`tune` was looked at while the rules were improved, `check` was only scored. Figures are printed with `pytest -s`.
"""

from pathlib import Path

import pytest

from pipeline.knowledge import load_yaml
from tests.mentions.hand_read import GOLDEN, labels_hash, score_citations, score_commitments, score_linking

SCORES = {"citations": score_citations, "commitments": score_commitments, "linking": score_linking}
FIRST = {
    ("citations", "check"): {"precision": 0.94, "recall": 0.9, "relation": 0.88, "articles": 0.95},
    ("citations", "both"): {"precision": 0.96, "recall": 0.93, "relation": 0.91},
    ("commitments", "check"): {"precision": 0.94, "recall": 0.83},
    ("commitments", "both"): {"precision": 0.95, "recall": 0.85},
    ("linking", "both"): {"found": 0.96, "given": 0.95},
    ("linking", "check"): {"given": 0.93},
}


def read_floors() -> dict[str, object]:
    loaded = load_yaml(GOLDEN / "floors_mentions.yml")
    assert isinstance(loaded, dict)
    return loaded


def test_floors_rest_on_these_labels() -> None:
    assert read_floors()["labels_sha256"] == labels_hash()


def test_no_floor_is_lowered_in_silence(request: pytest.FixtureRequest) -> None:
    decisions = (request.config.rootpath / "DECISIONS.md").read_text(encoding="utf-8")
    loaded = read_floors()
    now = {(floor["task"], floor["half"], floor["metric"]): floor["value"] for floor in loaded["floors"]}  # type: ignore[attr-defined]
    lowered = {(entry["task"], entry["half"], entry["metric"]): entry["decision"]
               for entry in loaded["lowered"]}  # type: ignore[attr-defined]
    for (task, half), values in FIRST.items():
        for metric, value in values.items():
            key = (task, half, metric)
            assert now[key] >= value or lowered.get(key, "nowhere") in decisions, f"{key} was lowered without a decision"


@pytest.mark.slow
@pytest.mark.parametrize("task", sorted(SCORES))
def test_figures_stand_above_the_floors(shared: Path, task: str) -> None:
    measured = SCORES[task](shared)
    for (half, metric), value in sorted(measured.items()):
        print(f"{task:12} {half:6} {metric:10} {value:.3f}")
    for floor in read_floors()["floors"]:  # type: ignore[attr-defined]
        if floor["task"] == task:
            assert measured[floor["half"], floor["metric"]] >= floor["value"], floor
