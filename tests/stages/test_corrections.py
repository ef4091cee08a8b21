"""People's answers override the model where they speak, nowhere else, and leave with their line."""

import json
import shutil
from pathlib import Path

import pytest

from pipeline.codes.corrections import as_labels, as_line, read_corrections
from pipeline.errors import TifaError
from pipeline.store import Store
from tests.stages.test_refresh import ACT, PLAN, run, tables

PLACE = {"doc_id": "d", "sha256": "s", "lang": "zh", "start_char": 3, "end_char": 9, "text": "样例句子。"}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("made")
    (root / "raw").mkdir()
    (root / "raw" / "意见.txt").write_text(PLAN.format(number=3, month=3), encoding="utf-8")
    (root / "raw" / "act.txt").write_text(ACT, encoding="utf-8")
    run(root)
    return root


@pytest.fixture
def root(made: Path, tmp_path: Path) -> Path:
    """A copy of a project that was run once."""
    return Path(shutil.copytree(made, tmp_path / "project", symlinks=True))


def place_of(root: Path, words: str) -> dict[str, object]:
    found = tables(root)
    rows = found["sentences"].merge(found["documents"][["doc_id", "sha256"]], on="doc_id").assign(lang="zh")
    return dict(next(row for row in rows.to_dict("records") if words in row["text"]))


def test_an_answer_overrides_the_model_and_leaves_with_its_line(root: Path) -> None:
    before = tables(root)["codes"].set_index(["doc_id", "sent_no"])
    place = place_of(root, "推动样例产业创新发展")
    key = (place["doc_id"], place["sent_no"])
    assert before.at[key, "development"], "the model says development"
    path = root / "corrections.jsonl"
    path.write_text(as_line(place, {"development": False, "modality": "permit"}, {"development": True, "modality": "encourage"},
                            coder="样例", date="2025-06-02"), encoding="utf-8")
    second = run(root, corrections=path, day="2025-06-02")
    after = tables(root)["codes"].set_index(["doc_id", "sent_no"])
    assert not second.nothing_new and not after.at[key, "development"] and after.at[key, "modality"] == "permit"
    assert after.at[key, "p_development"] == before.at[key, "p_development"], "the probability stays the model's"
    others = after.index != key
    assert after[others].equals(before[others]), "no other sentence is touched"
    run(root, name="full", corrections=path, day="2025-06-02")
    assert tables(root, "full")["codes"].equals(tables(root)["codes"]), "as if made at once"
    path.unlink()
    run(root, corrections=path, day="2025-06-03")
    assert tables(root)["codes"].set_index(["doc_id", "sent_no"]).equals(before)


def test_only_the_corrected_document_is_coded_again(root: Path) -> None:
    path = root / "corrections.jsonl"
    place = place_of(root, "推动样例产业创新发展")
    path.write_text(as_line(place, {"security": True}, {"security": False}, coder="样例", date="2025-06-02"), encoding="utf-8")
    batches: list[int] = []

    def call(name: str, function, *arguments):  # type: ignore[no-untyped-def]
        if name.startswith(("sentences", "mentions", "codes")):
            batches.append(sum(map(len, arguments[2])))
        return function(*arguments)

    run(root, corrections=path, day="2025-06-02", call=call)
    assert batches == [1]


def test_an_answer_to_another_wording_is_not_applied(root: Path) -> None:
    place = place_of(root, "推动样例产业创新发展") | {"text": "另一句话。"}
    path = root / "corrections.jsonl"
    path.write_text(as_line(place, {"development": False}, {"development": True}, coder="样例", date="2025-06-02"), encoding="utf-8")
    before = tables(root)["codes"]
    run(root, corrections=path, day="2025-06-02")
    assert tables(root)["codes"].equals(before)
    with Store(root / "processed" / "tifa.duckdb", read_only=True) as store:
        assert len(store.read("corrections")) == 1, "kept, so that nothing a person said is lost"


def test_the_latest_answer_counts(tmp_path: Path) -> None:
    path = tmp_path / "corrections.jsonl"
    lines = [as_line(PLACE, {"security": first}, {"security": False}, coder=coder, date="2025-06-02")
             for first, coder in ((True, "a"), (False, "b"))]
    path.write_text("\n".join(lines), encoding="utf-8")
    assert read_corrections(path)[["label", "answer", "model", "coder"]].to_numpy().tolist() == [["security", "no", "no", "b"]]
    assert as_labels(path) == [], "a sentence answered in part is not learnt from"


@pytest.mark.parametrize(("change", "words"), [
    ({"answers": {"security": "maybe"}, "model": {"security": True}}, "'maybe' is no answer for security"),
    ({"answers": {"mood": True}, "model": {"mood": True}}, "no answer for mood"),
    ({"model": {}}, "different labels"),
    ({"start_char": "3"}, "start_char"),
])
def test_a_broken_line_is_named(tmp_path: Path, change: dict[str, object], words: str) -> None:
    path = tmp_path / "corrections.jsonl"
    line = json.loads(as_line(PLACE, {"security": True}, {"security": False}, coder="a", date="2025-06-02")) | change
    path.write_text("\n" + json.dumps(line), encoding="utf-8")
    with pytest.raises(TifaError, match=words) as told:
        read_corrections(path)
    assert ":2" in str(told.value)
