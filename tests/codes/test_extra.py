"""Stand-off labels find their text again or are counted as missing; two codings are compared. Sentences are invented."""

import json
from pathlib import Path

import pytest

from pipeline.codes.extra import (
    EXTRA,
    SECOND,
    Source,
    agreement,
    kappa,
    read_extra,
    read_standoff,
    resolve,
    text_hash,
)
from pipeline.codes.fitting import fold_of, target_matrix
from pipeline.errors import TifaError
from pipeline.knowledge import MODELS

TEXT = "甲方负责维护。乙方应当推广新产品。"
SENTENCE = "乙方应当推广新产品。"
ROW: dict[str, object] = {
    "sha256": "f" * 64, "id": "doc-1", "start": 7, "end": 17, "text_sha256": text_hash(SENTENCE), "lang": "zh",
    "development": True, "security": False, "themes": [], "modality": "oblige", "marks": [], "coder": "c", "date": "2026-01-01"}


@pytest.mark.parametrize(("change", "text", "found", "reason"), [
    ({}, TEXT, 1, "at its offsets"),
    ({}, "新标题\n" + TEXT, 1, "the stored text has moved: found among the sentences"),
    ({}, TEXT.replace("推广", "停用"), 0, "another text stands there now"),
    ({"sha256": "0" * 64}, TEXT, 0, "another file"),
    ({"start": 900, "end": 910}, "短文。", 0, "offsets beyond the text"),
])
def test_labels_find_their_text(change: dict[str, object], text: str, found: int, reason: str) -> None:
    sentences = [(part + "。", "第二章") for part in text.split("\n")[-1].split("。") if part]
    resolved = resolve([{**ROW, **change}], [Source("f" * 64, "fam", text, sentences)])
    assert (len(resolved.rows), resolved.missing) == (found, 1 - found), reason
    for row in resolved.rows:
        assert row["text"] == SENTENCE and row["family"] == "fam" and row["sampled"] == "extra" and row["heading"] == ""
        assert target_matrix([row]).sum() == 2


def test_a_row_coded_with_its_heading_gets_it_back() -> None:
    """`senses` says that the coder saw the whole: heading and occurrences; `sampled` is kept."""
    row = {**ROW, "senses": [], "sampled": "random", "stratum": "statute"}
    (found,) = resolve([row], [Source("f" * 64, "fam", TEXT, [(SENTENCE, "第二章")])]).rows
    assert (found["heading"], found["senses"], found["sampled"]) == ("第二章", [], "random")


def test_a_line_without_its_keys_is_named(tmp_path: Path) -> None:
    assert read_standoff(tmp_path / "none.jsonl") == []
    (tmp_path / "bad.jsonl").write_text(json.dumps({"id": "x"}) + "\n", encoding="utf-8")
    with pytest.raises(TifaError, match="missing"):
        read_standoff(tmp_path / "bad.jsonl")


@pytest.mark.parametrize(("one", "two", "expected", "reason"), [
    ([1, 1, 0, 0], [1, 1, 0, 0], 1.0, "equal"), ([1, 1, 0, 0], [0, 0, 1, 1], -1.0, "opposite"),
    ([1, 0, 1, 0], [1, 1, 0, 0], 0.0, "as chance has it"), ([0, 0], [0, 0], 1.0, "one value throughout")])
def test_kappa(one: list[int], two: list[int], expected: float, reason: str) -> None:
    assert kappa(one, two) == pytest.approx(expected), reason


def test_agreement_speaks_of_common_sentences_only() -> None:
    other = {**ROW, "development": False, "themes": ["ethics"]}
    found = {one.label: one for one in agreement([ROW, {**ROW, "start": 1}], [other])}
    assert found["development"].n == 1 and found["development"].share == 0.0 and found["modality"].share == 1.0
    assert (found["ethics"].n_first, found["ethics"].n_second) == (0, 1)


def test_committed_labels_hold_no_text_and_are_double_coded() -> None:
    first, second = read_extra(MODELS), read_standoff(MODELS / SECOND)
    target_matrix(first)
    assert not any("text" in row or "heading" in row for row in (*first, *second))
    twice = read_standoff(MODELS / EXTRA[0])
    assert agreement(first, second)[0].n == len(second) >= len(twice) / 10
    assert {row["coder"] for row in twice}.isdisjoint({row["coder"] for row in second})


def test_folds_do_not_depend_on_extra_rows() -> None:
    """Families of extra rows follow the folds of the scored rows; they do not shuffle them."""
    families = [f"f{number}" for number in range(20)]
    assert fold_of(families, seed=0).tolist() == fold_of(families * 2, seed=0)[:20].tolist()


def test_committed_labels_are_found_in_the_material(shared: Path) -> None:
    import csv

    from pipeline import documents

    rows = [row for row in read_extra(MODELS) if int(str(row["sha256"])[:2], 16) < 24]
    with (shared / "policy" / "manifest.csv").open(encoding="utf-8", newline="") as lines:
        split = {entry["id"]: entry["split"] for entry in csv.DictReader(lines)}
    assert rows and all(split[str(row["id"])] == "train" for row in rows)
    wanted = {row["sha256"] for row in rows}
    seen = [file for file in documents.walk(shared / "policy") if not file.outcome and file.sha256 in wanted]
    read = [row for result in documents.read_files(shared / "policy", seen) for row in result.document_rows]
    resolved = resolve(rows, [Source(row["sha256"], "", row["text"], []) for row in read])
    assert resolved.missing <= len(rows) * 0.1, "reading has changed: write the offsets of the extra labels anew"
