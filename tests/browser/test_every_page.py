"""Every kind of page of a real report: silent, without a request, readable for everybody, in both languages and themes."""

from __future__ import annotations

import csv
import os
from pathlib import Path
from typing import Any

import pytest

from .conftest import Browser

pytestmark = pytest.mark.browser
AXE = Path(os.environ.get("AXE_CORE", "node_modules/axe-core/axe.min.js"))
SERIOUS = ("serious", "critical")


def _pages(found: Browser) -> list[str]:
    """Every section, and documents of each kind: the longest, one in a pair, one in English, one without a title."""
    found.open("index.html?lang=en#overview")
    sections = found.js("return Array.from(document.querySelectorAll('nav.sections a')).map(a => a.hash)")
    with (found.folder / "data" / "documents.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    paired = {row["doc_id"] for row in rows if row["pair_id"]}
    kinds = (lambda row: -int(row["n_sentences"]), lambda row: row["doc_id"] not in paired, lambda row: row["lang"] != "en",
             lambda row: bool(row["title"]), lambda row: row["duplicate_of"] == "")
    chosen = dict.fromkeys(min(rows, key=kind)["doc_id"] for kind in kinds)
    return [*(f"index.html?lang={{lang}}{section}" for section in sections), *(f"documents/{one}.html?lang={{lang}}" for one in chosen)]


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_no_page_complains_or_asks_for_anything(sample: Browser, lang: str) -> None:
    for page in _pages(sample):
        sample.open(page.format(lang=lang))
        assert sample.js("return document.documentElement.lang") == lang
        empty = sample.js("return Array.from(document.querySelectorAll('.part.on .canvas'))"
                          ".filter(c => c.querySelectorAll('svg path').length < 4).map(c => c.dataset.chart)")
        assert empty == [], page
        assert sample.complaints() == [] and sample.requests() == [], page


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_every_chart_says_what_it_is(sample: Browser, lang: str) -> None:
    """A title, data for a listener, a source line, a table behind, CSV, SVG and PNG."""
    for page in _pages(sample):
        sample.open(page.format(lang=lang))
        charts = sample.js("""return Array.from(document.querySelectorAll('.part.on figure.chart')).map(f => ({id: f.id,
            title: f.querySelector('.block-title').innerText, alt: f.querySelector('.canvas').getAttribute('aria-label'),
            source: f.querySelector('figcaption').innerText, rows: f.querySelectorAll('details tbody tr').length,
            save: f.querySelectorAll('[data-save]').length, csv: f.querySelector('.actions a').getAttribute('href')}))""")
        for chart in charts:
            assert chart["title"] and chart["alt"] and chart["rows"] and chart["save"] == 2, chart["id"]
            assert ("Source:" if lang == "en" else "来源") in chart["source"], chart["id"]
            assert (sample.folder / chart["csv"]).is_file(), chart["id"]


def _violations(found: Browser) -> list[Any]:
    found.js(AXE.read_text("utf-8"))
    told: list[Any] = found.driver.execute_async_script(
        "var done = arguments[arguments.length - 1]; axe.run(document, {resultTypes: ['violations']})"
        ".then(r => done(r.violations.map(v => [v.impact, v.id, v.nodes[0].html.slice(0, 200)])))")
    return [row for row in told if row[0] in SERIOUS]


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_no_page_shuts_anybody_out(sample: Browser, theme: str) -> None:
    """axe-core finds nothing serious. `npm install axe-core` in the checkout, or AXE_CORE=<path of axe.min.js>."""
    if not AXE.is_file():
        pytest.skip("axe-core is not installed (npm install axe-core)")
    emulated = {"features": [{"name": "prefers-color-scheme", "value": theme}]}
    sample.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", emulated)
    try:
        for page in _pages(sample):
            sample.open(page.format(lang="en"))
            assert _violations(sample) == [], page
    finally:
        sample.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": []})


@pytest.mark.parametrize("width", [360, 768])
def test_no_page_scrolls_sideways(sample: Browser, width: int) -> None:
    sample.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride",
                                  {"width": width, "height": 800, "deviceScaleFactor": 1, "mobile": True})
    try:
        for page in _pages(sample):
            sample.open(page.format(lang="en"))
            assert sample.js("return document.documentElement.scrollWidth") <= width, page
    finally:
        sample.driver.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})


def test_a_family_opens_its_entry(sample: Browser) -> None:
    sample.open("index.html?lang=en#formulations")
    sample.driver.find_element("css selector", "#families_zh .open-point").click()
    sample.wait(lambda: sample.js("return !document.getElementById('panel').hidden"))
    facts = sample.js("return Array.from(document.querySelectorAll('#panel-facts dt')).map(t => t.textContent)")
    assert "Taken up by, in order" in facts
    assert sample.driver.find_elements("css selector", "#panel-list li")


def test_a_node_of_the_network_opens_its_citations(sample: Browser) -> None:
    sample.open("index.html?lang=en#instruments")
    nodes = sample.driver.find_elements("css selector", "#citation_map svg .mark-symbol path[aria-roledescription='circle']")
    assert nodes
    nodes[0].click()
    sample.wait(lambda: sample.js("return !document.getElementById('panel').hidden"))
    assert sample.driver.find_elements("css selector", "#panel-list li")


def test_a_fact_leads_to_where_it_is_printed(sample: Browser) -> None:
    for page in _pages(sample):
        if page.startswith("documents/"):
            sample.open(page.format(lang="en"))
            links = sample.js("return Array.from(document.querySelectorAll('.facts a.n')).map(a => a.hash.slice(1))")
            assert all(sample.js("return !!document.getElementById(arguments[0])", one) for one in links)
            if links:
                return
    raise AssertionError("no document of the sample says where a fact is printed")
