"""Reading the sample sources: plain files in which the author marked every body sentence with its frames.

A source is YAML front matter between `---` lines, then one paragraph a line:
`# ` title, `## ` and `### ` headings, `@ ` a line that is no sentence (number, date, signature, notice), `| a | b |`
a table row, anything else a paragraph. In a paragraph a marker after a sentence says how its author coded it under the
codebook: `{d}` development, `{s}` security, `{ds}` both, `{}` neither. The markers never reach the built files.
"""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

SOURCES = Path(__file__).parent / "sources"
MARKER = re.compile(r"\{(ds|d|s|)\}")
KNOWN_KEYS = frozenset(
    {"file", "format", "template", "page", "page_title", "sidecar", "front_matter", "truth", "body_of"}
)
FORMATS = frozenset(
    {"html", "html-gb18030", "pdf", "docx", "txt", "txt-bom", "txt-gb18030", "txt-wrapped", "md"}
)


@dataclass(frozen=True)
class Block:
    """One paragraph: `kind` is title, heading, subheading, line, row or text; `cells` only for rows."""

    kind: str
    text: str
    cells: tuple[str, ...] = ()


@dataclass(frozen=True)
class Marked:
    """One body sentence as its author coded it."""

    text: str
    development: bool
    security: bool


@dataclass(frozen=True)
class Source:
    """One sample document: what to build (`meta`), its blocks without markers, its coded sentences."""

    name: str
    meta: dict[str, Any]
    blocks: tuple[Block, ...]
    sentences: tuple[Marked, ...]

    @property
    def truth(self) -> dict[str, Any]:
        """The author's facts about the document, as written in the front matter."""
        return dict(self.meta["truth"])

    @property
    def chinese(self) -> bool:
        """Whether the document is written in Chinese of either script."""
        return str(self.truth["lang"]).startswith("zh")


def read_source(path: Path) -> Source:
    """One source file. Raises ValueError naming the file and line when the mark-up is not as described above."""
    _, head, body = path.read_text(encoding="utf-8").split("---\n", 2)
    meta = yaml.safe_load(head)
    unknown = set(meta) - KNOWN_KEYS
    if unknown or meta["format"] not in FORMATS:
        raise ValueError(f"{path.name}: unknown keys {sorted(unknown)} or format {meta['format']}")
    if "body_of" in meta:
        body = (path.parent / f"{meta['body_of']}.md").read_text(encoding="utf-8").split("---\n", 2)[2]
    lines = [line for line in body.splitlines() if line.strip()]
    sentences = tuple(mark for line in lines for mark in _marked(line, where=path.name))
    return Source(path.stem, meta, tuple(_block(line) for line in lines), sentences)


def read_sources() -> list[Source]:
    """All sources, sorted by name."""
    return [read_source(path) for path in sorted(SOURCES.glob("*.md"))]


def _block(line: str) -> Block:
    for prefix, kind in (("# ", "title"), ("## ", "heading"), ("### ", "subheading"), ("@ ", "line")):
        if line.startswith(prefix):
            return Block(kind, line[len(prefix) :])
    if line.startswith("|"):
        cells = tuple(cell.strip() for cell in line.strip().strip("|").split("|"))
        return Block("row", " ".join(cells), cells)
    return Block("text", MARKER.sub("", line))


def _marked(line: str, *, where: str) -> list[Marked]:
    if line.startswith(("#", "@", "|")):
        if MARKER.search(line):
            raise ValueError(f"{where}: a heading, line or row carries a marker: {line}")
        return []
    pieces = MARKER.split(line)
    if len(pieces) > 1 and pieces[-1].strip():
        raise ValueError(f"{where}: text after the last marker: {line}")
    if any(brace in piece for piece in pieces[::2] for brace in "{}") or (len(pieces) == 1 and "。" in line):
        raise ValueError(f"{where}: a sentence without a proper marker: {line}")
    if any("。" in piece.rstrip("。") for piece in pieces[::2]):
        raise ValueError(f"{where}: two sentences under one marker: {line}")
    return [
        Marked(text.strip(), "d" in label, "s" in label)
        for text, label in zip(pieces[0:-1:2], pieces[1::2], strict=True)
    ]
