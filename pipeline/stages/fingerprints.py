"""What each stage's rows depend on, as a fingerprint: change one file and only what rests on it is done again."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib import metadata
from pathlib import Path

from pipeline.codes.encoder import installed_versions, needed_encoder
from pipeline.documents.walk import SeenFile
from pipeline.knowledge import models_folder, use_models
from pipeline.mentions.recogniser import is_recogniser_on, recogniser_state, use_recogniser

ROOT = Path(__file__).parent.parent
SHARED_CODE = ("text.py", "numerals.py", "segment.py", "knowledge/entities.py", "knowledge/files.py")
SHARED_LIBRARIES = ("opencc-python-reimplemented",)  # its characters are in every match key


@dataclass(frozen=True)
class Stage:
    """One per-document stage: the tables it writes and what its rows depend on, besides the stage before it."""

    name: str
    tables: tuple[str, ...]
    knowledge: tuple[str, ...]
    libraries: tuple[str, ...]


DOCUMENTS = Stage("documents", ("documents",), ("sources/*.yml", "registry/*.yml", "words/documents*.yml"),
                  ("trafilatura", "lxml", "pypdfium2"))
DERIVED = (
    Stage("sentences", ("sentences",), ("words/sentences.yml",), ()),
    Stage("mentions", ("mentions", "citations", "commitments"), ("registry/*.yml", "words/mentions*.yml"),
          ("spacy", "ahocorasick-rs")),
    Stage("codes", ("codes", "senses"), ("codebook/*.yml", "../models/*"), ("numpy",)),
)
CORPUS = (
    Stage("alignments", ("alignments", "renderings"), ("words/alignments*.yml", "registry/*.yml", "../models/error_rates.json"),
          ("numpy", "scipy", "rjieba", "jieba")),
    Stage("estimates", (), ("universes.yml", "formulations.yml", "genres.yml", "words/estimates.yml",
                            "../models/error_rates.json"), ("numpy", "pandas")),
    Stage("trends", ("trends", "formulations", "formulation_uses", "formulation_variants", "keyness", "echoes",
                     "co_issuance", "citation_links", "actor_instruments", "forum_years"),
          ("slices.yml", "registry/*.yml", "words/discovery.yml"), ("scipy", "rjieba", "jieba")),
    Stage("claims", ("claims",), ("claims/*.yml",), ()),
    Stage("reports", (), ("words/reports.yml", "../models/*"), ("jinja2", "vl-convert-python")),
)


def _knowledge(pattern: str) -> list[Path]:
    folder = models_folder() if pattern.startswith("../models/") else ROOT / "knowledge"
    return [path for path in folder.glob(pattern.removeprefix("../models/")) if path.is_file()]


def _content(path: Path) -> bytes:
    """What of a file counts: of a source's, all but how it is polled, which comes last in it and changes no row."""
    data = path.read_bytes()
    return data.partition(b"\nfetch:\n")[0] if path.parent == ROOT / "knowledge" / "sources" else data


@lru_cache(maxsize=16)
def ingredients(stage: Stage) -> dict[tuple[str, str], str]:
    """(`knowledge` or `program`, name) → fingerprint of all that the stage's rows depend on, besides its input rows.

    Knowledge by file; code, weights and libraries are the program: `code of <stage>`, `models/<file>`, `<library>`.
    """
    code = [ROOT / name for name in SHARED_CODE] + sorted((ROOT / stage.name).rglob("*.py"))
    found = {("program", f"code of {stage.name}"): chain(*(f"{path.relative_to(ROOT)} {_digest(path)}" for path in code))}
    for path in sorted(path for pattern in stage.knowledge for path in _knowledge(pattern)):
        name = f"models/{path.name}" if path.parent == models_folder() else str(path.relative_to(ROOT))
        found["program" if name.startswith("models/") else "knowledge", name] = _digest(path)
    needed = installed_versions() if stage.name == "codes" and needed_encoder(models_folder()) else {}
    needed |= recogniser_state() if stage.name == "mentions" and is_recogniser_on() else {}
    return found | {("program", library): version for library, version in needed.items()} | {
        ("program", library): metadata.version(library) for library in (*stage.libraries, *SHARED_LIBRARIES)}


@lru_cache(maxsize=16)
def fingerprint(stage: Stage) -> str:
    """16 hex digits that change when anything changes that the stage's rows depend on, besides its input rows."""
    return chain(*(f"{kind} {name} {state}" for (kind, name), state in sorted(ingredients(stage).items())))


def read_models_in(folder: Path | None, recogniser: str = "rules") -> None:
    """Let this process read the models in a folder (None: those that ship) and find names by this recogniser; what rests on
    them is outdated then."""
    if use_models(folder) | use_recogniser(recogniser):
        ingredients.cache_clear()
        fingerprint.cache_clear()


def _digest(path: Path) -> str:
    return hashlib.sha256(_content(path)).hexdigest()[:16]


def chain(*parts: str) -> str:
    """Fingerprint of several, in order."""
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:16]


def file_state(seen: SeenFile, programs: Sequence[str]) -> str:
    """What the document rows of one file depend on: its bytes, place and sidecar, the documents stage, and the optional
    programs found on this machine (LibreOffice, tesseract)."""
    return chain(fingerprint(DOCUMENTS), *programs, seen.rel_path, content_state(seen), seen.outcome, seen.reason, seen.same_as)


def content_state(seen: SeenFile) -> str:
    """Changes when the bytes of a file or of its sidecar do."""
    return chain(seen.sha256 or "", _digest(seen.sidecar) if seen.sidecar else "")
