"""Nothing in the tables can leave its place in the page, and the page asks nobody for anything."""

from __future__ import annotations

import hashlib
import json
import re
from base64 import b64encode
from pathlib import Path

import lxml.html
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.reports import ReportWritten
from pipeline.reports.page import tojson

from .conftest import write_made_report
from .fixtures.made_tables import HOSTILE


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(), lambda inner: st.lists(inner, max_size=4)
                    | st.dictionaries(st.text(), inner, max_size=4), max_leaves=8))
def test_an_island_says_what_it_was_given_and_closes_nothing(value: object) -> None:
    text = str(tojson(value))
    assert json.loads(text) == value
    assert not set("<>&\u2028\u2029") & set(text)


def test_an_island_refuses_what_is_no_json() -> None:
    with pytest.raises(ValueError, match="JSON"):
        tojson(float("nan"))


def _pages(report: ReportWritten) -> list[str]:
    folder = report.index.parent
    return [path.read_text(encoding="utf-8") for path in (report.index, *sorted((folder / "documents").glob("*.html")))]


def test_scripts_and_styles_are_exactly_those_of_the_policy(report: ReportWritten) -> None:
    for text in _pages(report):
        tree = lxml.html.document_fromstring(text)
        policy = tree.xpath("//meta[@http-equiv='Content-Security-Policy']/@content")[0]
        assert "unsafe" not in policy and policy.startswith("default-src 'none'")
        inline = [*tree.xpath("//script[not(@type)]"), *tree.xpath("//style")]
        hashes = {b64encode(hashlib.sha256((node.text or "").encode()).digest()).decode() for node in inline}
        assert hashes == set(re.findall(r"'sha256-([^']{44})'", policy))


def test_no_page_points_outside_its_folder(report: ReportWritten) -> None:
    for text in _pages(report):
        tree = lxml.html.document_fromstring(text)
        targets = tree.xpath("//@href | //@src | //@action | //@srcset")
        assert [target for target in targets if re.match(r"(?:[a-z]+:|//)", str(target)) and target != "data:,"] == []
        assert tree.xpath("//*[@style] | //@*[starts-with(name(), 'on')] | //img | //iframe | //base") == []


def test_hostile_titles_are_shown_as_text(report: ReportWritten, tables: dict) -> None:  # type: ignore[type-arg]
    for row in tables["documents"].head(len(HOSTILE)).itertuples():
        tree = lxml.html.document_fromstring((report.index.parent / "documents" / f"{row.doc_id}.html").read_text("utf-8"))
        heading = tree.xpath("string(//h1)")
        assert heading == "".join(" " if ord(char) < 32 or char in "\u202e\u2066\u2028\u2029" else char for char in row.title)
        assert "49" not in heading or "49" in row.title


def test_every_link_leads_somewhere(report: ReportWritten) -> None:
    folder = report.index.parent
    tree = lxml.html.document_fromstring(report.index.read_text("utf-8"))
    ids = set(tree.xpath("//@id"))
    points = json.loads(tree.xpath("string(//script[@id='island-evidence'])"))["points"]
    for href in tree.xpath("//a/@href"):
        path, _, place = href.partition("#")
        if path:
            assert (folder / path).is_file(), href
            anchors = set(lxml.html.document_fromstring((folder / path).read_text("utf-8")).xpath("//@id")) if place else {""}
            assert place in anchors, href
        else:
            section, _, point = place.partition(":")
            assert section in ids and (not point or point in points or point in ids), href


def test_both_languages_say_something_everywhere(report: ReportWritten) -> None:
    tree = lxml.html.document_fromstring(report.index.read_text("utf-8"))
    for css in ("en", "zh"):
        spans = tree.xpath(f"//main//span[@class='{css}']")
        assert spans and all(span.text_content().strip() for span in spans)
    assert len(tree.xpath("//main//span[@class='en']")) == len(tree.xpath("//main//span[@class='zh']"))


def test_pages_of_unchanged_documents_are_not_made_again(report: ReportWritten, tables: dict,  # type: ignore[type-arg]
                                                         tmp_path: Path) -> None:
    codes = tables["codes"]
    changed = codes["doc_id"].iloc[0]
    codes = codes.assign(security=codes["security"] ^ (codes["doc_id"] == changed))
    folder = write_made_report({**tables, "codes": codes}, tmp_path,
                               context={"previous_report": report.index.parent}).index.parent
    again = {path.name for path in (folder / "documents").glob("*.html")
             if not path.samefile(report.index.parent / "documents" / path.name)}
    assert again == {f"{changed}.html"}
