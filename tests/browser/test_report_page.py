"""The report as a reader meets it, in headless Chromium."""

from __future__ import annotations

import base64
import json
import os
from pathlib import Path
from typing import Any

import pypdfium2
import pytest

from pipeline.reports.paper import print_page

from .conftest import SECTIONS, Browser

pytestmark = pytest.mark.browser


def _islands(browser: Browser, name: str) -> Any:
    return json.loads(browser.js("return document.getElementById(arguments[0]).textContent", f"island-{name}"))


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("section", SECTIONS)
def test_every_section_opens_in_silence(browser: Browser, section: str, lang: str) -> None:
    browser.open(f"index.html?lang={lang}#{section}")
    shown = browser.js("return Array.from(document.querySelectorAll('.part')).filter(p => p.offsetParent).map(p => p.id)")
    assert shown == [section]
    heading = browser.js("return document.querySelector('.part.on h1').innerText")
    assert heading and browser.js("return document.documentElement.lang") == lang
    charts = browser.js("return Array.from(document.querySelectorAll('.part.on .canvas')).map(c => c.querySelectorAll('svg path').length)")
    assert all(n > 3 for n in charts)
    assert browser.complaints() == [] and browser.requests() == []


def test_chart_labels_are_in_the_language(browser: Browser) -> None:
    browser.open("index.html?lang=zh#framing")
    words = browser.js("return Array.from(document.querySelectorAll('#framing_zh svg text')).map(t => t.textContent)")
    assert {"发展", "安全", "发布年份与文件数", "句子占比"} <= set(words)
    browser.driver.find_element("id", "ui-lang").click()
    browser.wait(lambda: browser.js("return document.querySelector('#framing_zh .canvas').dataset.state").startswith("en"))
    words = browser.js("return Array.from(document.querySelectorAll('#framing_zh svg text')).map(t => t.textContent)")
    assert {"development", "security", "Year of issue, and documents"} <= set(words) and "发展" not in words
    assert browser.js("return document.querySelector('nav.sections a').innerText") == "Overview"
    spoken = browser.js("return document.querySelector('#framing_zh .canvas').getAttribute('aria-label')")
    assert "documents" in spoken and "%" in spoken, "a reader who hears the page gets the data"
    assert browser.complaints() == []


def test_clicking_a_point_shows_its_sentences(browser: Browser) -> None:
    browser.open("index.html?lang=en#framing")
    marks = browser.driver.find_elements("css selector", "#framing_zh svg .mark-symbol path[aria-roledescription='point']")
    assert marks
    marks[-1].click()
    browser.wait(lambda: browser.js("return !document.getElementById('panel').hidden"))
    items = browser.driver.find_elements("css selector", "#panel-list li")
    assert 1 <= len(items) <= 20
    link = items[0].find_element("css selector", "a").get_attribute("href")
    quote = items[0].find_element("css selector", "blockquote").text
    assert browser.js("return document.activeElement.id") == "panel-close"
    path, _, place = link.partition("#")
    browser.open(f"documents/{path.rsplit('/', 1)[1]}#{place}")
    sentence = browser.js("return document.getElementById(arguments[0]).innerText", place)
    assert quote in sentence
    assert browser.complaints() == [] and browser.requests() == []


def test_points_open_without_a_mouse(browser: Browser) -> None:
    browser.open("index.html?lang=en#framing")
    browser.js("document.querySelector('#framing_zh details').open = true")
    button = browser.driver.find_element("css selector", "#framing_zh details .open-point")
    button.send_keys("\ue007")
    panel = "return document.getElementById('panel').hidden"
    assert browser.js(panel) is False
    browser.driver.switch_to.active_element.send_keys("\ue00c")
    assert browser.js(panel) is True
    assert browser.js("return document.activeElement.classList.contains('open-point')"), "focus goes back"


def test_a_finding_leads_to_its_evidence(browser: Browser) -> None:
    browser.open("index.html?lang=en#overview")
    browser.driver.find_element("css selector", "#finding-security_zh_latest a").click()
    browser.wait(lambda: browser.js("return !document.getElementById('panel').hidden"))
    assert browser.js("return document.querySelector('.part.on').id") == "framing"
    assert browser.driver.find_elements("css selector", "#panel-list li")


def test_search_and_filters(browser: Browser) -> None:
    browser.open("index.html?lang=en#documents")
    rows = _islands(browser, "documents")["rows"]
    box = browser.driver.find_element("id", "doc-search")
    box.send_keys("435 measures")
    wanted = [row for row in rows if row[1] == "Sample Measures No. 435"]
    shown = browser.driver.find_elements("css selector", "#doc-table tbody tr")
    assert [row.find_element("css selector", "a").text for row in shown] == [row[1] for row in wanted]
    assert browser.js("return document.getElementById('doc-count').textContent").startswith(f"{len(wanted)} of {len(rows)}")
    box.clear()
    box.send_keys("样例44号")
    assert [row.find_element("css selector", "a").text for row in
            browser.driver.find_elements("css selector", "#doc-table tbody tr")] == ["样例44号管理办法"]
    box.clear()
    box.send_keys("no such title anywhere")
    assert browser.driver.find_elements("css selector", "#doc-table tbody tr") == []
    browser.js("var b = document.getElementById('doc-search'); b.value = ''; b.dispatchEvent(new Event('input'))")
    browser.js("var s = document.getElementById('doc-tier'); s.value = 'npc'; s.dispatchEvent(new Event('change'))")
    n = sum(row[5] == "npc" for row in rows)
    assert browser.js("return document.getElementById('doc-count').textContent").startswith(f"{n} of")


def test_long_tables_show_more_when_asked(browser: Browser) -> None:
    browser.open("index.html?lang=en#commitments")
    shown = "return Array.from(document.querySelectorAll('#commitments_ahead tbody tr:not(.group)')).filter(r => r.offsetParent).length"
    assert browser.js(shown) == 20
    browser.driver.find_element("css selector", "#commitments_ahead .show-more").click()
    assert browser.js(shown) == 70
    browser.driver.find_element("css selector", "#commitments_ahead .show-all").click()
    assert browser.js(shown) > 70
    assert not browser.driver.find_elements("css selector", "#commitments_ahead .paging")
    assert browser.complaints() == []


def test_axis_names_are_whole(browser: Browser) -> None:
    for section in ("framing", "actors"):
        browser.open(f"index.html?lang=en#{section}")
        words = browser.js("return Array.from(document.querySelectorAll('.part.on svg text')).map(t => t.textContent)")
        assert words and [word for word in words if word.endswith("…")] == [], section


def test_report_pdf_holds_every_section(browser: Browser, tmp_path: Path) -> None:
    out = tmp_path / "report.pdf"
    assert print_page(browser.folder / "index.html", out)
    text = "".join(page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(out))
    assert all(word in text for word in ("Framing", "Year of issue", "Who signs with whom", "BibTeX"))


def test_sorting(browser: Browser) -> None:
    browser.open("index.html?lang=en#documents")
    browser.js("document.querySelector('[data-sort=n]').click()")
    numbers = browser.js("return Array.from(document.querySelectorAll('#doc-table tbody tr')).map(r => +r.cells[5].textContent)")
    assert numbers == sorted(numbers) and len(numbers) == 50
    assert browser.js("return document.querySelector('[data-sort=n]').closest('th').ariaSort") == "ascending"


def test_nothing_in_the_corpus_runs(browser: Browser) -> None:
    rows = []
    for place in ("index.html?lang=en#overview", "index.html?lang=en#lens", "index.html?lang=en#commitments",
                  "index.html?lang=en#documents"):
        browser.open(place)
        rows = rows or _islands(browser, "documents")["rows"]
        assert browser.js("return window.hacked === undefined")
    for row in [row for row in rows if "hacked" in row[1] or "{{" in row[1]]:
        browser.open(f"documents/{row[0]}.html")
        assert browser.js("return window.hacked === undefined && document.querySelector('h1').innerText === arguments[0]",
                          row[1])
    assert browser.complaints() == [] and browser.requests() == []


def test_the_policy_forbids_what_it_says(browser: Browser) -> None:
    browser.open("index.html?lang=en#overview")
    browser.js("var s = document.createElement('script'); s.textContent = 'window.planted = 1'; document.body.append(s)")
    assert browser.js("return window.planted === undefined")
    assert any("Content Security Policy" in line for line in browser.complaints())


def test_a_sentence_can_be_cited(browser: Browser) -> None:
    browser.open("index.html?lang=en#documents")
    row = next(row for row in _islands(browser, "documents")["rows"] if row[1].startswith("样例"))
    browser.open(f"documents/{row[0]}.html#s2")
    text = browser.js("return document.getElementById('cite-text').textContent")
    assert row[1] in text and row[2] in text and "2" in text and row[0] in text


def test_theme_switch(browser: Browser) -> None:
    browser.open("index.html?lang=en#framing")
    paper = "return getComputedStyle(document.body).backgroundColor"
    light = browser.js(paper)
    browser.driver.find_element("id", "ui-theme").click()
    assert browser.js(paper) != light
    browser.wait(lambda: browser.js("return document.querySelector('#framing_zh .canvas').dataset.state") == "en-dark")
    browser.js("localStorage.clear()")


@pytest.mark.parametrize("width", [360, 768])
def test_narrow_screens_do_not_scroll_sideways(browser: Browser, width: int) -> None:
    browser.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride",
                                   {"width": width, "height": 800, "deviceScaleFactor": 1, "mobile": True})
    try:
        for section in SECTIONS:
            browser.open(f"index.html?lang=en#{section}")
            assert browser.js("return document.documentElement.scrollWidth") <= width, section
    finally:
        browser.driver.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})


def test_size_and_speed(browser: Browser) -> None:
    index = browser.folder / "index.html"
    assert index.stat().st_size <= 5_000_000
    times = []
    for _ in range(3):
        browser.open("index.html?lang=en#framing")
        times.append(browser.js("return performance.getEntriesByType('navigation')[0].domInteractive"))
    assert min(times) <= 1500, f"interactive after {min(times):.0f} ms"


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_no_serious_accessibility_violation(browser: Browser, theme: str) -> None:
    """axe-core finds nothing serious. `npm install axe-core` in the checkout, or AXE_CORE=<path of axe.min.js>."""
    axe = Path(os.environ.get("AXE_CORE", "node_modules/axe-core/axe.min.js"))
    if not axe.is_file():
        pytest.skip("axe-core is not installed (npm install axe-core)")
    browser.driver.execute_cdp_cmd("Emulation.setEmulatedMedia",
                                   {"features": [{"name": "prefers-color-scheme", "value": theme}]})
    page = sorted((browser.folder / "documents").glob("*.html"))[9]
    for place in (*(f"index.html?lang=en#{section}" for section in SECTIONS), f"documents/{page.name}"):
        browser.open(place)
        browser.js(axe.read_text("utf-8"))
        found = browser.driver.execute_async_script(
            "var done = arguments[arguments.length - 1];"
            "axe.run(document, {resultTypes: ['violations']}).then(r => done(r.violations.map(v => [v.impact, v.id])))")
        assert [row for row in found if row[0] in ("serious", "critical")] == [], place
    browser.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": []})


def test_paper_shows_every_section_in_ink(browser: Browser) -> None:
    browser.driver.execute_cdp_cmd("Emulation.setEmulatedMedia",
                                   {"features": [{"name": "prefers-color-scheme", "value": "dark"}]})
    browser.open("index.html?lang=en#overview")
    pages = base64.b64decode(browser.driver.execute_cdp_cmd("Page.printToPDF", {})["data"])
    text = "".join(page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(pages))
    assert all(word in text for word in ("Framing", "Year of issue", "Ledger of claims", "BibTeX"))
    browser.wait(lambda: browser.js("return !document.documentElement.classList.contains('printing')"))
    browser.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print"})
    assert browser.js("return getComputedStyle(document.body).color") == "rgb(0, 0, 0)"
    browser.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "", "features": []})
    assert browser.complaints() == [] and browser.requests() == []
