"""The sample is what its sources say, and its sources keep the promises made about the sample."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from tests.sample.conftest import SAMPLE
from tests.sample.reading import Source, read_source, read_sources

SOURCES = read_sources()


def test_files_are_what_the_sources_build() -> None:
    """Every byte of raw/sample is built, twice the same, and nothing else lies there."""
    pytest.importorskip("reportlab", reason="building the PDF files needs the dev dependency reportlab")
    from tests.sample.make_sample import build_all

    built = build_all(SOURCES)
    on_disk = {
        path.relative_to(SAMPLE).as_posix(): path.read_bytes() for path in SAMPLE.rglob("*") if path.is_file()
    }
    assert sorted(on_disk) == sorted(built)
    assert [path for path in built if built[path] != on_disk[path]] == []


@pytest.mark.parametrize(
    "field, least, reason",
    [
        ("tier", 12, "all tiers of the codebook"),
        ("doc_type", 8, "eight document types at least"),
        ("format", 8, "HTML in two encodings, PDF, DOCX, text, Markdown"),
        ("lang", 3, "both scripts and English"),
    ],
)
def test_sample_is_varied(truth: dict[str, Any], field: str, least: int, reason: str) -> None:
    """The sample covers what a reader of the codebook expects to meet."""
    assert len({facts[field] for facts in truth["files"].values()}) >= least, reason


def test_sample_is_large_enough_for_intervals(truth: dict[str, Any]) -> None:
    """Five documents or more per period and in one year at least: below that no interval is shown."""
    assert all(period["n_documents"] >= 5 for period in truth["shares_by_period"]["zh_central"].values())
    assert max(year["n_documents"] for year in truth["shares_by_year"]["zh"].values()) >= 5
    assert min(Counter(source.chinese for source in SOURCES).values()) >= 10


@pytest.mark.parametrize("source", SOURCES, ids=lambda source: source.name)
def test_no_sentence_is_padding(source: Source) -> None:
    """No document repeats a sentence of its own."""
    assert [
        text for text, times in Counter(mark.text for mark in source.sentences).items() if times > 1
    ] == []


@pytest.mark.parametrize(
    "line, reason",
    [
        ("第一条 本办法适用于样例。{x}", "unknown marker is text after the last marker"),
        ("有标记。{d}没有标记。", "a sentence without its marker"),
        ("## 标题{d}", "a heading is no body sentence"),
    ],
)
def test_a_badly_marked_source_is_refused(tmp_path: Any, line: str, reason: str) -> None:
    """The truth is computed from markers, so a slip in them must not pass."""
    path = tmp_path / "bad.md"
    path.write_text(
        f"---\nfile: a.txt\nformat: txt\ntruth: {{lang: zh-Hans}}\n---\n{line}\n", encoding="utf-8"
    )
    with pytest.raises(ValueError, match=r"bad\.md"):
        read_source(path)
