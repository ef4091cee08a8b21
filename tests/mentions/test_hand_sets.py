"""Floors on the check half of the sets that were read by hand, and the rules by which rows are matched."""

import hashlib
from pathlib import Path
from typing import Any

import pytest

from pipeline.knowledge import load_yaml
from tests.mentions.hand_sets import SETS, is_same, judge, load_set, run_program, score, wilson

GOLDEN = Path(__file__).parent.parent / "golden"
FIRST = {  # no floor may sink below these without an entry in DECISIONS.md
    ("citations", "zh"): {"precision": 0.95, "recall": 0.95, "relation": 0.94, "articles": 0.98, "linked": 0.98},
    ("citations", "en"): {"precision": 0.87, "recall": 0.78, "relation": 0.76, "articles": 0.88, "linked": 0.90},
    ("commitments", "zh"): {"precision": 0.90, "recall": 0.70},
    ("commitments", "en"): {"precision": 0.95, "recall": 0.87},
    ("linking", "zh"): {"all": 0.93, "found": 0.94},
    ("linking", "en"): {"all": 0.88, "found": 0.92},
}


def read_floors() -> dict[str, Any]:
    loaded = load_yaml(GOLDEN / "floors_mentions.yml")
    assert isinstance(loaded, dict)
    return loaded


def test_floors_rest_on_these_labels() -> None:
    labels = b"\0".join((GOLDEN / f"{name}.jsonl").read_bytes() for name in ("citations", "commitments", "linking"))
    assert read_floors()["labels_sha256"] == hashlib.sha256(labels).hexdigest()


def test_no_floor_is_lowered_in_silence(request: pytest.FixtureRequest) -> None:
    decisions = (request.config.rootpath / "DECISIONS.md").read_text(encoding="utf-8")
    loaded = read_floors()
    lowered = {(entry["set"], entry["lang"], entry["metric"]): entry["decision"] for entry in loaded["lowered"]}
    for (name, lang), values in FIRST.items():
        for metric, value in values.items():
            kept = loaded["floors"][name][lang][metric] >= value
            named = lowered.get((name, lang, metric), "nowhere")
            assert kept or named in decisions, f"{name} {lang} {metric} was lowered without a decision"


@pytest.mark.slow
@pytest.mark.parametrize(("name", "lang"), sorted(FIRST))
def test_the_check_half_keeps_its_floors(shared: Path, name: str, lang: str) -> None:
    counts = score(name, "check", lang, run_program(shared / "policy"))
    shares = {key: right / size for key, (right, size) in counts.right.items()}
    shares |= {"precision": counts.hits / max(1, counts.given), "recall": counts.hits / max(1, counts.wanted)}
    print(name, lang, {key: round(value, 3) for key, value in shares.items()})
    low = {key: shares[key] for key, floor in read_floors()["floors"][name][lang].items() if shares[key] < floor}
    assert low == {}


@pytest.mark.parametrize("name", SETS)
def test_rows_lie_within_what_was_read(name: str) -> None:
    for line in load_set(name):
        assert line["half"] in ("tune", "check")
        for row in line[name]:
            assert any(low <= row["start"] < row["end"] <= high for low, high in line["read"]), (line["doc_id"], row)


TITLE = {"start": 10, "end": 20, "entity": "cn-law-csl", "relation": "basis", "articles": []}
TARGET = {"start": 10, "end": 20, "quantity": 70.0, "unit": "%", "deadline": None, "actor": "NIL"}
MATCHES = [
    ("citations", TITLE, {"start_char": 19, "end_char": 25, "entity_id": "cn-law-csl"}, True, "one character in common"),
    ("citations", TITLE, {"start_char": 20, "end_char": 25, "entity_id": "cn-law-csl"}, False, "side by side"),
    ("citations", TITLE, {"start_char": 10, "end_char": 20, "entity_id": "cn-law-dsl"}, False, "another instrument"),
    ("citations", TITLE, {"start_char": 10, "end_char": 20, "entity_id": "NIL"}, True, "found but not linked"),
    ("commitments", TARGET, {"start_char": 10, "end_char": 20, "quantity": 70.0}, True, "the same number"),
    ("commitments", TARGET, {"start_char": 10, "end_char": 20, "quantity": 71.0}, False, "another number"),
    ("commitments", TARGET, {"start_char": 10, "end_char": 20, "quantity": None}, False, "no number"),
    ("commitments", {**TARGET, "quantity": None}, {"start_char": 10, "end_char": 20, "quantity": float("nan")}, True, "none on both sides"),
]


@pytest.mark.parametrize(("name", "wanted", "given", "expected", "reason"), MATCHES)
def test_matching(name: str, wanted: dict, given: dict, expected: bool, reason: str) -> None:
    assert is_same(name, wanted, given) is expected, reason


def test_optional_rows_count_on_neither_side() -> None:
    line = {"read": [[0, 100]], "citations": [TITLE, {**TITLE, "start": 30, "end": 40, "optional": True}]}
    rows = [{"start_char": start, "end_char": start + 10, "entity_id": "cn-law-csl"} for start in (10, 30, 60, 200)]
    judged = judge("citations", line, rows)
    assert (len(judged.pairs), judged.missed, [row["start_char"] for row in judged.wrong]) == (1, [], [60])
    assert [row["start"] for row in judge("citations", line, []).missed] == [10]


def test_wilson_intervals() -> None:
    low, high = wilson(9, 10)
    assert (round(low, 3), round(high, 3)) == (0.596, 0.982)
    assert wilson(0, 0) == (0.0, 1.0)
