"""The setting `models`: a run codes with the weights of that folder, and what rests on them is made again."""

import hashlib
import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from pipeline.codes.labels import TARGETS
from pipeline.errors import KnowledgeError
from pipeline.knowledge import MODELS, models_folder, use_models
from pipeline.stages import read_models_in
from tests.stages.test_refresh import root, run, tables

__all__ = ["root"]


@pytest.fixture(autouse=True)
def shipped_again() -> object:
    yield
    read_models_in(None)


@pytest.fixture
def eager(tmp_path: Path) -> Path:
    """A copy of the models that says security of every sentence."""
    folder = tmp_path / "own-models"
    shutil.copytree(MODELS, folder)
    for lang in ("zh", "en"):
        path = folder / f"codes_{lang}.npz"
        with np.load(path, allow_pickle=False) as arrays:
            changed = {name: arrays[name].copy() for name in arrays.files}
        changed["bias"][TARGETS.index("security")] += 100
        np.savez_compressed(path, **changed)
        facts = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
        facts["weights_sha256"] = hashlib.sha256(path.read_bytes()).hexdigest()
        path.with_suffix(".json").write_text(json.dumps(facts), encoding="utf-8")
    return folder


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(KnowledgeError, match="does not exist"):
        use_models(tmp_path / "nowhere")
    assert models_folder() == MODELS


def test_a_run_codes_with_the_models_it_is_given(root: Path, eager: Path) -> None:
    run(root)
    before = tables(root)
    assert not before["codes"]["security"].all()
    run(root, models=eager)
    own = tables(root)
    assert own["codes"]["security"].all() and len(own["codes"]) == len(before["codes"])
    assert run(root, models=eager).nothing_new, "the same models again: nothing to do"
    assert own["documents"].equals(before["documents"])
    run(root)
    assert tables(root)["codes"].equals(before["codes"]), "without the setting the shipped models speak again"


@pytest.mark.slow
def test_workers_read_the_same_models(root: Path, eager: Path) -> None:
    run(root, models=eager, workers=2)
    assert tables(root)["codes"]["security"].all()
