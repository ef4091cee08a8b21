"""Where a document lands and when two versions of a page are one."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.documents.walk import walk
from pipeline.knowledge import load_yaml
from pipeline.sources.landing import land, path_of, same_words

PATHS = [
    ("http://a.example/2026/t1.html", "text/html", "2026-02-01", "s/2026/t1-", ".html"),
    ("http://a.example/doc?id=7", "text/html; charset=gbk", "", "s/undated/doc-", ".html"),
    ("http://a.example/", "text/html", "", "s/undated/index-", ".html"),
    ("http://a.example/file", "application/pdf", "2025-01-01", "s/2025/file-", ".pdf"),
    ("http://a.example/%E6%A0%B7%E4%BE%8B.PDF", "", "", "s/undated/样例-", ".pdf"),
    ("http://a.example/..%2f..%2fetc%2fpasswd", "text/plain", "", "s/undated/etc_passwd-", ".txt"),
    ("http://a.example/%2e%2e/.hidden.meta.yml", "", "", "s/undated/hidden_meta_yml-", ".html"),
    ("http://a.example/manifest.csv", "text/csv", "", "s/undated/manifest_csv-", ".html"),
    ("http://a.example/" + "a" * 500 + ".htm", "", "", "s/undated/" + "a" * 60 + "-", ".htm"),
    ("http://a.example/%00%0a%01", "", "", "s/undated/document-", ".html"),
]


@pytest.mark.parametrize(("url", "media", "day", "start", "end"), PATHS)
def test_paths_are_plain_and_stay_below_the_source(url: str, media: str, day: str, start: str, end: str) -> None:
    path = path_of("s", url, media, day=day)
    assert path.startswith(start) and path.endswith(end) and len(path) == len(start) + 10 + len(end)


@given(st.text(max_size=80), st.text(max_size=20))
def test_whatever_the_address_its_path_has_three_safe_parts(name: str, media: str) -> None:
    parts = Path(path_of("s", "http://a.example/" + name.replace("/", ""), media, day="")).parts
    assert len(parts) == 3 and parts[:2] == ("s", "undated") and not parts[2].startswith(".") and len(parts[2].encode()) < 230


@pytest.mark.parametrize(("old", "new", "same"), [
    (b"<p>a</p>", b"<p>a</p>", True), (b"<p>a</p>", b"<p class='x'>a</p>\n", True),
    (b"<p>a</p>", b"<p>a</p><script>n = 12 < 13</script><!-- <p>b</p> --><style>p {}</style>", True),
    (b"<p>a</p>", b"<p>b</p>", False), (b"<p>a b</p>", b"<p>ab</p>", False), (b"<p>a</p>", b"<p>a</p><p>b</p>", False),
    ("<p>样例办法</p>".encode("gb18030"), "<p >样例办法</p>".encode("gb18030"), True),
    ("<p>样例办法</p>".encode("gb18030"), "<p>样例规定</p>".encode("gb18030"), False),
    ("<p>样例</p>".encode(), "<p>样例</p>".encode("gb18030"), False),
    (b"%PDF-1.4 <a>", b"%PDF-1.4 <b>", False), (b"plain text", b"plain  text", False)])
def test_furniture_is_no_change_and_words_are(old: bytes, new: bytes, same: bool) -> None:
    assert same_words(old, new) is same


def test_sidecars_say_what_was_meant_and_are_no_documents(tmp_path: Path) -> None:
    facts = {"source_url": "http://a.example/", "fetched_at": "2026-03-01T00:00:00+00:00", "listed_title": "NO: 012 “样例” #1",
             "listed_date": "2026-02-01", "doc_number": "1.10", "issuers": ["cn-cac", "no"]}
    land(tmp_path, "s/2026/a.html", b"<p>a</p>", facts)
    assert load_yaml(tmp_path / "s/2026/a.html.meta.yml") == facts
    assert [(file.rel_path, file.outcome) for file in walk(tmp_path)] == [("s/2026/a.html", ""), ("s/2026/a.html.meta.yml", "skipped")]
