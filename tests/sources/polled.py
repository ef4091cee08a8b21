"""Sources on the server of the tests, and what a fetch of them left under raw/."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from pipeline.knowledge import load_yaml
from pipeline.sources import WORDS, Report, Source, fetch_source
from pipeline.sources.definitions import read_source
from pipeline.sources.state import Page, open_state
from tests.sources.server import (
    FAST,
    Clock,
    Site,
    client_for,
    document,
)

DAY = "t(?P<year>20[0-9]{2})(?P<month>[0-9]{2})(?P<day>[0-9]{2})_"
DOCUMENT = r"http://{host}[.]example:[0-9]{{1,5}}/(?:[a-z0-9]{{1,20}}/){{0,3}}(?:t20[0-9]{{6}}_[0-9]{{1,6}}[.]html|doc[?]id=[0-9]{{1,6}})"


def make_source(site: Site, host: str, lists: list[dict[str, object]], **more: object) -> Source:
    return read_source({"publisher": "样例部", "language": "zh", "delay_s": 1, "hosts": [f"{host}.example"],
                        "documents": [DOCUMENT.format(host=host)], "date_in_url": DAY,
                        "lists": [{**one, "url": site.url(f"{host}.example", str(one["url"]))} for one in lists], **more}, name=host)


def fetch(source: Source, tmp_path: Path, clock: Clock, **options: object) -> Report:
    # a nap of one thread is time for all: only one at a time is held to the short deadline
    limits = FAST if source.concurrency == 1 else replace(FAST, total_s=60.0)
    client = client_for(*source.hosts, clock=clock, delay_s=source.delay_s, limits=limits)
    report = fetch_source(source, raw=tmp_path / "raw", observations=tmp_path / "seen", client=client, **options)  # type: ignore[arg-type]
    assert report.asked == sum(report.counts[word] for word in WORDS) + len(report.wanted), "every address is accounted for"
    return report


def landed(tmp_path: Path) -> list[Path]:
    return sorted(path for path in (tmp_path / "raw").rglob("*") if path.is_file() and ".fetch" not in path.parts
                  and not path.name.endswith(".meta.yml"))


def facts_of(path: Path) -> dict[str, object]:
    loaded = load_yaml(path.with_name(path.name + ".meta.yml"))
    assert isinstance(loaded, dict)
    return loaded


def pages(tmp_path: Path, source: str) -> dict[str, Page]:
    with open_state(tmp_path / "raw", source, write=False) as state:
        return {page.url: page for page in state.pages()}


def list_page(*links: tuple[str, str, str], furniture: str = "") -> str:
    items = "".join(f"<li><a href='{url}' title='{title}'>{title[:4]}…</a><span class='day'>{day}</span></li>" for url, title, day in links)
    return f"<html><body>{furniture}<a href='/about.html'>关于</a><ul class='items'>{items}</ul><a href='?p=2'>下一页</a></body></html>"


def one_document(site: Site, host: str, body: object = None) -> Source:
    site.put(f"{host}.example", "/", list_page(("/t20260201_1.html", "样例办法", "")))
    site.put(f"{host}.example", "/t20260201_1.html", body or document("样例办法"))  # type: ignore[arg-type]
    return make_source(site, host, [{"url": "/"}])
