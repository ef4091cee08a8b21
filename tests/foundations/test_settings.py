"""Where options come from, and which wins."""

from pathlib import Path

import pytest

from pipeline.errors import TifaError
from pipeline.settings import load_settings


def test_precedence(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text('[tool.tifa]\nraw = "from-pyproject"\nworkers = 2\nseed = 5\n', encoding="utf-8")
    (tmp_path / "tifa.toml").write_text('raw = "from-file"\nworkers = 3\n', encoding="utf-8")
    environment = {"TIFA_RAW": "from-environment"}
    settings = load_settings({"raw": None, "processed": Path("given")}, environment=environment, folder=tmp_path)
    assert (settings.raw, settings.processed, settings.workers, settings.seed) == (
        Path("from-environment"), Path("given"), 3, 5)
    assert load_settings({"raw": "flag"}, environment=environment, folder=tmp_path).raw == Path("flag")


@pytest.mark.parametrize(("given", "words"), [
    ({"as_of": "2025-13-01"}, "is not a date"),
    ({"workers": "many"}, "not a value for workers"),
    ({"workers": 0}, "above zero"),
    ({"colour": "red"}, "no setting called 'colour'"),
])
def test_mistakes_are_named(given: dict[str, object], words: str, tmp_path: Path) -> None:
    with pytest.raises(TifaError, match=words):
        load_settings(given, environment={}, folder=tmp_path)


def test_environment_words(tmp_path: Path) -> None:
    assert load_settings({}, environment={"TIFA_FULL": "yes"}, folder=tmp_path).full is True
    assert load_settings({}, environment={"TIFA_STRICT": "0"}, folder=tmp_path).strict is False
    with pytest.raises(TifaError, match="neither true nor false"):
        load_settings({}, environment={"TIFA_STRICT": "maybe"}, folder=tmp_path)
    (tmp_path / "tifa.toml").write_text("raw = [", encoding="utf-8")
    with pytest.raises(TifaError, match="not valid TOML"):
        load_settings({}, environment={}, folder=tmp_path)
