"""`tifa train --names` from a labels file to weights that a run can use."""

import json
from pathlib import Path

import pytest

from flows import train_names
from pipeline.errors import TifaError
from pipeline.knowledge import use_models
from pipeline.mentions import recogniser_training, recogniser_worth, use_recogniser
from pipeline.mentions.recogniser import idle_languages, load_recogniser
from pipeline.mentions.recogniser_training import read_unseen_marks
from tests.mentions.tiny_recogniser import labelled


@pytest.fixture
def labels(tmp_path: Path) -> Path:
    path = tmp_path / "labels.jsonl"
    rows = [{"lang": lang, **row._asdict()} for lang in ("zh", "en") for row in labelled(lang)]
    path.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    return path


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (train_names, recogniser_training, recogniser_worth):
        for name, value in (("N_NETWORKS", 1), ("FOLDS", 2), ("EPOCHS", {"zh": 1, "en": 1})):
            if hasattr(module, name):
                monkeypatch.setattr(module, name, value)
    monkeypatch.setattr(recogniser_training.fold_of, "__defaults__", (2,))


def test_labels_in_weights_out(labels: Path, tmp_path: Path, quick: None, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "models"
    train_names.run_train_names([labels], folder, 0, ["ORG"])
    printed = capsys.readouterr().out.splitlines()
    assert printed[0].split()[:2] == ["lang", "sentences"] and [line.split()[:2] for line in printed[1:]] == [["zh", "16"], ["en", "16"]]
    assert (folder / "codes_zh.npz").is_file(), "a folder of models is whole"
    assert len(read_unseen_marks(folder / "names" / "unseen_zh.json")) == 16
    use_models(folder)
    try:
        assert use_recogniser("spacy")
        found = load_recogniser("en")
        assert (len(found.networks), found.needed) == (1, {"ORG": 1}), "asked for by --also"
        assert idle_languages() == []
        path = folder / "names" / "en.json"
        path.write_text(path.read_text(encoding="utf-8").replace('"ORG": 1', ""), encoding="utf-8")
        assert idle_languages() == ["en"]
    finally:
        use_recogniser("rules")
        assert idle_languages() == []
        use_models(None)


def test_mistakes_are_named(labels: Path, tmp_path: Path) -> None:
    with pytest.raises(TifaError, match="no type SHIP"):
        train_names.run_train_names([labels], tmp_path, 0, ["SHIP"])
    labels.write_text(labels.read_text(encoding="utf-8").splitlines()[0], encoding="utf-8")
    with pytest.raises(TifaError, match="no labelled sentences in en"):
        train_names.run_train_names([labels], tmp_path, 0)
