"""What a stage's rows depend on is in its fingerprint."""

from collections.abc import Iterator
from importlib import metadata

import pytest

from pipeline.knowledge import KNOWLEDGE
from pipeline.stages import fingerprints
from pipeline.stages.fingerprints import CORPUS, DERIVED, DOCUMENTS, Stage, fingerprint, ingredients


@pytest.fixture
def forgetful() -> Iterator[None]:
    """Fingerprints are made anew before and after."""
    for cached in (ingredients, fingerprint):
        cached.cache_clear()
    yield
    for cached in (ingredients, fingerprint):
        cached.cache_clear()


@pytest.mark.parametrize("stage", [DOCUMENTS, *DERIVED, *CORPUS], ids=lambda stage: stage.name)
@pytest.mark.parametrize(("library", "names"), [
    ("opencc-python-reimplemented", None), ("scipy", {"alignments", "trends"}), ("no-library-of-this", set())])
def test_another_version_of_a_library_outdates_what_uses_it(
        stage: Stage, library: str, names: set[str] | None, forgetful: None, monkeypatch: pytest.MonkeyPatch) -> None:
    before, installed = fingerprint(stage), metadata.version
    for cached in (ingredients, fingerprint):
        cached.cache_clear()
    monkeypatch.setattr(fingerprints.metadata, "version", lambda name: "99" if name == library else installed(name))
    assert (fingerprint(stage) != before) == (names is None or stage.name in names)


NO_ROWS = {"alerts.yml", "words/alerts.yml", "catalogue.csv"}  # news and downloads; they change no row and no number


def test_every_file_of_knowledge_outdates_some_stage() -> None:
    held = {name.removeprefix("knowledge/") for stage in (DOCUMENTS, *DERIVED, *CORPUS) for kind, name in ingredients(stage)
            if kind == "knowledge"}
    files = {str(path.relative_to(KNOWLEDGE)) for pattern in ("**/*.yml", "**/*.csv") for path in KNOWLEDGE.glob(pattern)}
    assert files - held == NO_ROWS
