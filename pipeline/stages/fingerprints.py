"""What each stage's rows depend on, as a fingerprint: change one file and only what rests on it is done again."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib import metadata
from pathlib import Path

from pipeline.documents.walk import SeenFile

ROOT = Path(__file__).parent.parent
SHARED_CODE = ("text.py", "numerals.py", "segment.py", "knowledge/entities.py", "knowledge/files.py")


@dataclass(frozen=True)
class Stage:
    """One per-document stage: the tables it writes and what its rows depend on, besides the stage before it."""

    name: str
    tables: tuple[str, ...]
    knowledge: tuple[str, ...]
    libraries: tuple[str, ...]


DOCUMENTS = Stage("documents", ("documents",), ("sources/*.yml", "registry/*.yml", "words/documents*.yml"),
                  ("trafilatura", "lxml", "pypdfium2", "opencc-python-reimplemented"))
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
          ("slices.yml", "registry/*.yml"), ("scipy", "rjieba", "jieba")),
    Stage("claims", ("claims",), ("claims/*.yml",), ()),
    Stage("reports", (), ("words/reports.yml", "../models/*"), ("jinja2", "vl-convert-python")),
)


def _knowledge(pattern: str) -> list[Path]:
    folder = ROOT / "models" if pattern.startswith("../models/") else ROOT / "knowledge"
    return [path for path in folder.glob(pattern.removeprefix("../models/")) if path.is_file()]


def _content(path: Path) -> bytes:
    """What of a file counts: of a source's, all but how it is polled, which comes last in it and changes no row."""
    data = path.read_bytes()
    return data.partition(b"\nfetch:\n")[0] if path.parent == ROOT / "knowledge" / "sources" else data


@lru_cache(maxsize=16)
def fingerprint(stage: Stage) -> str:
    """16 hex digits that change when anything changes that the stage's rows depend on, besides its input rows."""
    digest = hashlib.sha256()
    files = [ROOT / name for name in SHARED_CODE]
    files += sorted((ROOT / stage.name).rglob("*.py"))
    files += sorted(path for pattern in stage.knowledge for path in _knowledge(pattern))
    for path in files:
        digest.update(f"{path.relative_to(ROOT)}\0{hashlib.sha256(_content(path)).hexdigest()}\n".encode())
    for library in stage.libraries:
        digest.update(f"{library}=={metadata.version(library)}\n".encode())
    return digest.hexdigest()[:16]


def chain(*parts: str) -> str:
    """Fingerprint of several, in order."""
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:16]


def file_state(seen: SeenFile, programs: Sequence[str]) -> str:
    """What the document rows of one file depend on: its bytes, place and sidecar, the documents stage, and the optional
    programs found on this machine (LibreOffice, tesseract)."""
    sidecar = hashlib.sha256(seen.sidecar.read_bytes()).hexdigest() if seen.sidecar else ""
    return chain(fingerprint(DOCUMENTS), *programs, seen.rel_path, seen.sha256, sidecar, seen.outcome, seen.reason, seen.same_as)
