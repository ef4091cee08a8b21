"""What a new model gains and loses, against decisions kept beside the old one; training twice gives the same bytes."""

from pathlib import Path

import numpy as np
import pytest

from pipeline.codes.changes import (
    Place,
    changes,
    format_changes,
    key_of,
    load_said,
    read_corpus_with,
    said_path,
    save_said,
)
from pipeline.codes.labels import TARGETS
from pipeline.codes.names import registry_names
from pipeline.knowledge import MODELS

PLACES = [Place("zh", "2021", "d", "第一章", "支持样例产业发展。"), Place("zh", "2022", "d", "", "防范样例风险。"),
          Place("en", "", "e", "Scope", "We will promote sample industries.")]


def said(**labels: bool) -> np.ndarray:  # type: ignore[type-arg]
    return np.array([labels.get(name.replace(".", "_"), False) for name in TARGETS])


def test_decisions_come_back_and_are_the_same_bytes(tmp_path: Path) -> None:
    kept = {key_of(place): said(development=number == 0, has_deadline=number == 2) for number, place in enumerate(PLACES)}
    save_said(kept, tmp_path)
    first = said_path(tmp_path).read_bytes()
    save_said(dict(reversed(list(kept.items()))), tmp_path)
    back = load_said(tmp_path)
    assert said_path(tmp_path).read_bytes() == first and back is not None and set(back) == set(kept)
    assert all(np.array_equal(back[key], row) for key, row in kept.items())
    assert load_said(tmp_path / "none") is None


def test_gained_and_lost_are_counted_by_label_and_year() -> None:
    before = {key_of(PLACES[0]): said(development=True), key_of(PLACES[1]): said(security=True), 5: said(security=True)}
    after = {key_of(PLACES[0]): said(development=True, ethics=True), key_of(PLACES[1]): said(), key_of(PLACES[2]): said(security=True)}
    found = changes(before, after, PLACES)
    assert [(one.label, one.gained, one.place.year) for one in found] == [("ethics", True, "2021"), ("security", False, "2022")]
    lines = [line.split() for line in format_changes(found, 2).splitlines()]
    assert ["zh", "ethics", "1", "0"] in lines and ["zh", "security", "0", "1"] in lines and ["zh", "security", "2022", "0", "1"] in lines


def test_nothing_changes_when_nothing_changed() -> None:
    one = read_corpus_with(MODELS, PLACES, registry_names)
    assert len(one) == 3 and changes(one, read_corpus_with(MODELS, PLACES, registry_names), PLACES) == []


def test_heading_and_language_are_part_of_a_sentence() -> None:
    assert len({key_of(place) for place in (*PLACES, PLACES[0]._replace(heading=""), PLACES[0]._replace(lang="en"))}) == 5


@pytest.mark.slow
def test_training_twice_gives_the_same_bytes(shared: Path, tmp_path: Path) -> None:
    """On every tenth family and a part of the unlabelled text; everything that training writes."""
    from flows.train import read_corpus
    from pipeline.codes.extra import read_extra, resolve
    from pipeline.codes.training import read_labels, train

    text = read_corpus(shared / "policy")
    rows = [row for lang in ("en", "zh") for row in read_labels(shared / "gold" / f"sentences_{lang}.jsonl")]
    chosen = set(sorted({str(row["family"]) for row in rows})[::6])
    some = [row for row in rows if row["family"] in chosen]
    extra = resolve(read_extra(MODELS), text.sources).rows[::20]
    unlabelled = {lang: own[:3000] for lang, own in text.sentences.items()}
    for name in ("one", "two"):
        train(some, unlabelled=unlabelled, strata=text.strata, folder=tmp_path / name, extra=extra)
    files = sorted(path.name for path in (tmp_path / "one").iterdir())
    assert len(files) == 11
    for name in files:
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes(), name
