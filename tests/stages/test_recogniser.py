"""The setting `recogniser`: mentions are made again and nothing before them; a sentence that was read is not read again."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from pipeline.knowledge import MODELS
from pipeline.mentions import recogniser
from pipeline.mentions.recogniser import sentence_key
from pipeline.stages import read_models_in
from pipeline.stages.deriving import batches, commit_derived, derive, read_inputs, stale_documents
from pipeline.stages.fingerprints import DERIVED
from pipeline.stages.memory import forget_names
from pipeline.store import Store
from tests.mentions.tiny_recogniser import write_tiny
from tests.stages.test_refresh import root, run, tables

__all__ = ["root"]

SENTENCE = "样例平台由海燕团队承建。"
NOTE = "样例平台建设说明\n\n样例平台由海燕团队承建。\n\n样例平台由{}团队运营。\n"


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("own") / "models"
    shutil.copytree(MODELS, folder, ignore=shutil.ignore_patterns("names", "labels_*", "*.md"))
    write_tiny(folder)
    return folder


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """The sentences that the networks read, as they read them."""
    seen: list[str] = []
    honest = recogniser.read_names

    def watched(networks: tuple[object, ...], text: str, lang: str) -> list[recogniser.Seen]:
        seen.append(text)
        return honest(networks, text, lang)

    monkeypatch.setattr(recogniser, "read_names", watched)
    yield seen
    read_models_in(None)


def added(root: Path, name: str = "processed") -> list[str]:
    mentions = tables(root, name)["mentions"]
    return sorted(mentions.loc[mentions["method"] == "recogniser", "surface"])


def write(root: Path, name: str, firm: str) -> None:
    (root / "raw" / name).write_text(NOTE.format(firm), encoding="utf-8")


def outdate_mentions(root: Path) -> None:
    with Store(root / "processed" / "tifa.duckdb") as store, store.transaction():
        store.connection.execute("UPDATE stage_states SET fingerprint = 'older rules' WHERE stage = 'mentions'")


def make_mentions(root: Path, models: Path, *, size: int = 64, full: bool = False) -> None:
    """The step of a run that makes mentions, for what is outdated."""
    read_models_in(models, "spacy")
    with Store(root / "processed" / "tifa.duckdb") as store:
        stage = next(stage for stage in DERIVED if stage.name == "mentions")
        stale = stale_documents(store, stage, full=full)
        for doc_ids in batches(list(stale), size):
            rows = derive("mentions", read_inputs(store, stage, doc_ids, full=full), models, "spacy")
            commit_derived(store, stage, {doc_id: stale[doc_id] for doc_id in doc_ids}, rows)
        forget_names(store)


def test_a_sentence_that_was_read_is_not_read_again(root: Path, models: Path, read: list[str]) -> None:
    write(root, "说明.txt", "云雀")
    run(root, models=models)
    assert added(root) == [] and read == []
    make_mentions(root, models)
    first, read[:] = list(read), []
    found = tables(root)
    assert len(first) == len(set(first)) and "样例平台由海燕团队承建。" in first
    assert {"海燕", "云雀"} <= set(added(root))
    make_mentions(root, models)
    assert read == [], "nothing is outdated"
    outdate_mentions(root)
    make_mentions(root, models, size=1)
    assert read == [], "other rules, known sentences"
    assert tables(root)["mentions"].equals(found["mentions"]), "however batches are cut"
    with Store(root / "processed" / "tifa.duckdb") as store, store.transaction():
        store.connection.execute("DELETE FROM kept WHERE step = 'names' AND key LIKE ?", ["% " + sentence_key(SENTENCE, "zh")])
    outdate_mentions(root)
    make_mentions(root, models)
    assert read == [SENTENCE], "only what is new"
    assert tables(root)["kept"].equals(found["kept"])
    read[:] = []
    make_mentions(root, models, full=True)
    assert sorted(set(read)) == sorted(first), "--full asks for everything anew"
    with Store(root / "processed" / "tifa.duckdb") as store:
        with store.transaction():
            store.connection.execute("DELETE FROM sentences WHERE text = ?", [SENTENCE])
        forget_names(store)
        assert sentence_key(SENTENCE, "zh") not in "".join(store.read("kept")["key"]), "what is gone is forgotten"
        assert len(store.read("kept").query("step == 'names'")) == len(first) - 1


@pytest.mark.slow
def test_switching_makes_mentions_again_and_nothing_before_them(root: Path, models: Path, read: list[str]) -> None:
    write(root, "说明.txt", "云雀")
    steps: list[str] = []

    def call(name: str, function: Callable[..., object], *arguments: object) -> object:
        steps.append(name.split("-")[0])
        return function(*arguments)

    run(root, models=models)
    run(root, models=models, recogniser="spacy", call=call)
    assert "海燕" in added(root)
    assert "mentions" in steps and not {"documents", "sentences"} & set(steps)
    assert run(root, models=models, recogniser="spacy").nothing_new
    run(root, models=models)
    assert added(root) == []


@pytest.mark.slow
def test_a_run_reads_what_is_new_and_ends_where_a_fresh_one_does(root: Path, models: Path, read: list[str]) -> None:
    write(root, "说明.txt", "云雀")
    run(root, models=models, recogniser="spacy")
    read[:] = []
    write(root, "说明二.txt", "白鹭")
    run(root, models=models, recogniser="spacy")
    assert read == ["样例平台由白鹭团队运营。"], "of a new document only what is new"
    run(root, name="fresh", models=models, recogniser="spacy", batch_documents=1)
    assert tables(root, "fresh")["mentions"].equals(tables(root)["mentions"])
    assert tables(root, "fresh")["kept"].equals(tables(root)["kept"])
    (root / "raw" / "说明二.txt").unlink()
    run(root, models=models, recogniser="spacy")
    assert sentence_key("样例平台由白鹭团队运营。", "zh") not in "".join(tables(root)["kept"]["key"])


@pytest.mark.slow
def test_workers_find_and_keep_the_same(root: Path, models: Path, read: list[str]) -> None:
    write(root, "说明.txt", "云雀")
    run(root, models=models, recogniser="spacy", batch_documents=1)
    run(root, name="many", models=models, recogniser="spacy", workers=2, batch_documents=1)
    assert tables(root, "many")["mentions"].equals(tables(root)["mentions"]) and "海燕" in added(root, "many")
    assert tables(root, "many")["kept"].equals(tables(root)["kept"])
