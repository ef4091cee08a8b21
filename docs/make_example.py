"""Make docs/example.ipynb: a notebook on the tables of raw/sample, executed, the same bytes every time.

`python docs/make_example.py [OUT]` needs nbformat, nbclient and ipykernel (the extra `dev`). The sample holds texts written
for this project, so the notebook may show their sentences.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import nbformat
from nbclient import NotebookClient

from pipeline.settings import Settings
from pipeline.stages import refresh

ROOT = Path(__file__).parents[1]
AS_OF = "2026-11-01"
CELLS = (
    "# tifa in a notebook\n\nThe tables of `tifa run` as pandas frames. This notebook reads the tables of `raw/sample`, texts "
    "written for this project; on your own documents the same lines work.",
    "code:from pipeline import open_corpus\n\nc = open_corpus(\"processed\")\n"
    "c.documents[[\"title\", \"tier\", \"doc_type\", \"date_issued\", \"lang\"]].head(8)",
    "Every table of the contract is an attribute; a query in SQL works too.",
    "code:c.sql(\"SELECT tier, count(*) AS documents FROM documents GROUP BY tier ORDER BY documents DESC, tier\")",
    "## A series\n\nA share, its 95 % interval and the number of documents behind it. Below five documents there is no interval.",
    "code:points = c.trend(\"security\", by=\"tier\", lang=\"zh\")\n"
    "points = points[points[\"period\"] == \"all\"]\n"
    "points[[\"group_value\", \"estimate\", \"low\", \"high\", \"n_documents\", \"n_sentences\"]]",
    "## The sentences behind a point\n\nEvery number leads to sentences and their offsets in the text.",
    "code:point = points.sort_values(\"n_documents\").iloc[-1]\n"
    "c.evidence(point)[[\"title\", \"article\", \"start_char\", \"end_char\", \"text\"]].head(5)",
    "## A concordance\n\nPlain words match in any script, width or case; offsets point into `documents.text`.",
    "code:c.kwic(\"安全\", window=12)[[\"left\", \"hit\", \"right\", \"date_issued\", \"start_char\"]].head(8)",
    "## What is promised\n\nCommitments with their deadlines, earliest first.",
    "code:due = c.commitments.dropna(subset=[\"deadline\"]).sort_values([\"deadline\", \"doc_id\", \"sent_no\"])\n"
    "due[[\"deadline\", \"quantity\", \"unit\", \"text\"]].head(6)",
    "## Claims of the literature\n\nEach was written down as a measurement with its rule before it was evaluated.",
    "code:c.claims[\"verdict\"].value_counts().sort_index()",
)


class Silent:
    """Progress that nobody watches."""

    def say(self, message: str) -> None: ...

    def start(self, stage: str, total: int) -> None: ...

    def advance(self, stage: str, steps: int) -> None: ...


def make(out: Path) -> nbformat.NotebookNode:
    """Run the pipeline over raw/sample, execute the cells on its tables, write the notebook. Raises when a cell fails."""
    book = nbformat.v4.new_notebook(cells=list(_cells()), metadata={"kernelspec": {
        "name": "python3", "display_name": "Python 3", "language": "python"}})
    with tempfile.TemporaryDirectory(prefix="tifa-example-") as folder:
        settings = Settings(raw=ROOT / "raw" / "sample", processed=Path(folder) / "processed",
                            reports=Path(folder) / "reports", as_of=AS_OF)
        refresh(settings, clock=lambda: f"{AS_OF}T00:00:00Z", progress=Silent())
        NotebookClient(book, timeout=300, resources={"metadata": {"path": folder}}, record_timing=False).execute()
    book.metadata.pop("language_info", None)
    nbformat.write(book, out)
    return book


def _cells() -> Iterator[nbformat.NotebookNode]:
    for number, text in enumerate(CELLS):
        make_cell = nbformat.v4.new_code_cell if text.startswith("code:") else nbformat.v4.new_markdown_cell
        cell = make_cell(text.removeprefix("code:"))
        cell["id"] = f"cell-{number:02d}"
        yield cell


if __name__ == "__main__":
    make(Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "docs" / "example.ipynb")
