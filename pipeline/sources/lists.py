"""Reading what a list announces: HTML pages, JSON, feeds and sitemaps become the same entries."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone

from lxml import etree
from lxml.html import HtmlElement

from pipeline.documents.decode import decode
from pipeline.documents.readers.blocks import select
from pipeline.documents.readers.html import parse_html
from pipeline.errors import SetAside
from pipeline.sources.addresses import tidy_url
from pipeline.sources.client import Answer
from pipeline.sources.definitions import Facts, ListPage, Source
from pipeline.sources.trouble import Failed

BEIJING = timezone(timedelta(hours=8))
MAX_TITLE = 300
_DATE = re.compile(r"(?<![0-9])([12][0-9]{3})\s?[-./年]\s?([0-9]{1,2})\s?[-./月]\s?([0-9]{1,2})(?![0-9])")
_CHARSET = re.compile(rb"(?i)charset\s{0,4}=\s{0,4}[\"']?\s{0,4}([a-z0-9_-]{2,20})|encoding=[\"']([a-z0-9_-]{2,20})")


@dataclass(frozen=True)
class Entry:
    """One announced document. date: ISO day as the list prints it, "" when it prints none (no date of the document itself)."""

    url: str
    title: str = ""
    date: str = ""
    facts: Facts = ()


def read_list(answer: Answer, one: ListPage, source: Source) -> list[Entry]:
    """Entries of one page of a list whose address fits a pattern of the source, each address once, in their order.

    Raises: Failed(`list_unreadable`) when the answer is not what its kind says.
    """
    found: dict[str, Entry] = {}
    for link, title, date in READERS[one.kind](answer, one):
        url = tidy_url(link, base=answer.url)
        if url and source.is_document(url) and url not in found:
            day = parse_date(date, one.date_formats) or date_of_url(url, source)
            facts = dict(source.facts) | dict(one.facts)
            found[url] = Entry(url, " ".join(title.split())[:MAX_TITLE], day, tuple(sorted(facts.items())))
    return list(found.values())


def links_of(answer: Answer) -> list[str]:
    """Addresses of all links on a page, absolute, each once, in their order; none when it is no page."""
    head = answer.body[:1024].lstrip()[:1]
    if head != b"<" or "html" not in (answer.header("content-type").lower() or "html"):
        return []
    try:
        tree = _tree(answer)
    except Failed:
        return []
    return list(dict.fromkeys(filter(None, (tidy_url(link, base=answer.url) for link in tree.xpath("//a/@href")))))


def parse_date(text: str, formats: tuple[str, ...] = ()) -> str:
    """The day as YYYY-MM-DD, in Beijing for instants; "" when there is none."""
    for form in formats:
        try:
            if form == "epoch_ms":
                return datetime.fromtimestamp(int(text) / 1000, tz=BEIJING).date().isoformat()
            return datetime.strptime(text.strip(), form).date().isoformat()
        except (ValueError, OverflowError, OSError):
            continue
    found = _DATE.search(text)
    return _day(*found.groups()) if found else ""


def date_of_url(url: str, source: Source) -> str:
    """The day printed in an address by the source's pattern; "" when there is none."""
    found = re.search(source.date_in_url, url) if source.date_in_url else None
    return _day(found["year"], found["month"], found["day"]) if found else ""


def _day(year: str, month: str, day: str) -> str:
    try:
        return datetime(int(year), int(month), int(day), tzinfo=UTC).date().isoformat()
    except ValueError:
        return ""


def _text(answer: Answer) -> str:
    declared = _CHARSET.search(answer.header("content-type").encode()) or _CHARSET.search(answer.body[:4096])
    try:
        return decode(answer.body, declared=(declared[1] or declared[2]).decode() if declared else "", markup=True).text
    except SetAside as aside:
        raise Failed("list_unreadable", str(aside), again=False) from aside


def _tree(answer: Answer) -> HtmlElement:
    try:
        return parse_html(_text(answer))[0]
    except SetAside as aside:
        raise Failed("list_unreadable", str(aside), again=False) from aside


Rows = Iterator[tuple[str, str, str]]


def _read_page(answer: Answer, one: ListPage) -> Rows:
    tree = _tree(answer)
    base = next(iter(tree.xpath("//base/@href")), "")
    for entry in select(tree, one.entries) if one.entries else tree.xpath("//a[@href]"):
        links = select(entry, one.link) if one.link else [entry] if entry.get("href") else entry.xpath(".//a[@href]")
        if links and links[0].get("href"):
            titles = select(entry, one.title) if one.title else links
            dates = [found.text_content() for found in select(entry, one.date)] if one.date else []
            rest = entry.text_content().replace(links[0].text_content(), " ") if one.entries and not one.date else ""
            yield (tidy_url(links[0].get("href"), base=tidy_url(base, base=answer.url) if base else answer.url),
                   links[0].get("title") or (titles[0].text_content() if titles else ""), dates[0] if dates else rest[-200:])


def _read_json(answer: Answer, one: ListPage) -> Rows:
    try:
        items: object = json.loads(_text(answer))
    except (ValueError, RecursionError) as error:
        raise Failed("list_unreadable", "it is no JSON", again=False) from error
    items = _at(items, one.entries)
    if not isinstance(items, list):
        raise Failed("list_unreadable", f"there is no list at {one.entries}", again=False)
    for item in items:
        link = _at(item, one.link)
        if isinstance(link, str):
            title, date = (_at(item, key) if key else "" for key in (one.title, one.date))
            yield link, re.sub("<[^<>]{0,60}>", "", str(title or "")), str(date if date is not None else "")


def _at(value: object, path: str) -> object:
    for key in path.split("."):
        if isinstance(value, list) and key.isdigit() and int(key) < len(value):
            value = value[int(key)]
        else:
            value = value.get(key) if isinstance(value, dict) else None
    return value


def _read_xml(answer: Answer, one: ListPage) -> Rows:
    """RSS 2.0, RSS 1.0, Atom and sitemaps; entities and remote parts are never resolved."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(_text(answer).split("?>", 1)[-1].strip().encode(), parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise Failed("list_unreadable", f"it is no XML: {error}"[:200], again=False) from error
    for item in root.iter("{*}item", "{*}entry", "{*}url"):
        texts = {etree.QName(child).localname: (child.text or "").strip() for child in item if isinstance(child.tag, str)}
        links = [child.get("href") or child.text or "" for child in item.iter("{*}link", "{*}loc")]
        date = next((texts[name] for name in ("pubDate", "published", "updated", "date", "lastmod") if texts.get(name)), "")
        yield next(iter(links), "").strip(), texts.get("title", ""), _feed_day(date)


def _feed_day(text: str) -> str:
    for form in ("%a, %d %b %Y %H:%M:%S %z", "%a, %d %b %Y %H:%M:%S %Z", "%d %b %Y %H:%M:%S %z"):
        try:
            return datetime.strptime(text, form).date().isoformat()
        except ValueError:
            continue
    return text


READERS = {"page": _read_page, "json": _read_json, "feed": _read_xml, "sitemap": _read_xml}
