"""Reading the lists of a source: its first pages, and further ones as far as they are wanted."""

from __future__ import annotations

from functools import partial

from pipeline.sources.client import GONE, Client, ask
from pipeline.sources.definitions import ListPage, Source
from pipeline.sources.lists import Entry, read_list
from pipeline.sources.robots import permit
from pipeline.sources.trouble import Failed


def read_first_page(one: ListPage, source: Source, client: Client) -> list[Entry]:
    """What the first page of a list announces. Raises: Failed, Refused."""
    return _read(one.url, one, source, client)


def read_further_pages(one: ListPage, source: Source, client: Client, *, first: list[Entry], since: str = "") -> list[Entry]:
    """What the pages behind the first announce, until a page shows nothing new, or nothing as young as `since` (ISO day).

    Raises: Failed, Refused.
    """
    known = {entry.url for entry in first}
    found: list[Entry] = []
    page = first
    for number in range(one.first_n, one.first_n + one.pages - 1):
        if since and page and all(entry.date and entry.date < since for entry in page):
            break
        page = _read(one.next_url.replace("{n}", str(number)), one, source, client, last_may_lack=True)
        new = [entry for entry in page if entry.url not in known]
        if not new:
            break
        known |= {entry.url for entry in new}
        found += new
    return found


def _read(url: str, one: ListPage, source: Source, client: Client, *, last_may_lack: bool = False) -> list[Entry]:
    answer = ask(client, url, permit=partial(permit, client))
    if answer.status in GONE:
        if last_may_lack:
            return []
        raise Failed(f"status_{answer.status}", "the list is not there", again=False)
    return read_list(answer, one, source)
