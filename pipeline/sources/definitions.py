"""What is polled: the key `fetch` of pipeline/knowledge/sources/<name>.yml, one file a source, strictly read.

  publisher, language     who publishes, and in what: zh, en or both
  checked                 `never`, or the day on which a person compared the lists with the live site
  basis                   where the addresses and layouts below were seen
  hosts                   names whose pages may be read, subdomains included; without it the file's own `hosts`
  delay_s, concurrency    seconds between requests to one host (at least 1, but on this machine), requests under way at once (1 to 4)
  fresh_hours             a page looked at less than so long ago is not asked for again
  facts                   what sidecars of this source state over the text (keys of the contract), only what holds for every page
  documents               patterns of the whole URL of a document
  date_in_url             pattern with the groups year, month, day
  attachments             patterns found in the addresses of links on a document's page that belong to it
  lists                   where documents are announced, each with
    url, kind             page (HTML), json, feed (RSS, Atom) or sitemap
    entries               simple CSS path of one entry; without it every link of the page is looked at
    link, title, date     simple CSS paths in the entry, or keys for json; `link` defaults to the first link
    date_formats          of strptime, or epoch_ms; without it any date with a four-digit year
    next_url, pages       further pages: an address with {n}, counted from first_n, `pages` of them in all
    facts                 as above, for the entries of this list
For json, `entries` is the path of keys to the list (a.b.c).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, fields, replace
from pathlib import Path

from pipeline.documents.worker import SIDECAR_KEYS
from pipeline.errors import KnowledgeError
from pipeline.knowledge import KNOWLEDGE, load_yaml
from pipeline.sources.addresses import check_url, tidy_url
from pipeline.sources.trouble import Refused

KINDS = ("page", "json", "feed", "sitemap")
LANGUAGES = ("zh", "en", "both")
FACTS = SIDECAR_KEYS - {"source_url", "fetched_at", "listed_title", "listed_date", "parent_url"}
Facts = tuple[tuple[str, object], ...]


@dataclass(frozen=True)
class ListPage:
    """One place where documents are announced; see the module for the fields."""

    url: str
    kind: str = "page"
    entries: str = ""
    link: str = ""
    title: str = ""
    date: str = ""
    date_formats: tuple[str, ...] = ()
    next_url: str = ""
    first_n: int = 2
    pages: int = 1
    facts: Facts = ()


@dataclass(frozen=True)
class Source:
    """One source. name: its file's name, and its folder under raw/. known: further documents, by address, with their facts."""

    name: str
    publisher: str
    language: str
    checked: str = "never"
    basis: tuple[str, ...] = ()
    hosts: tuple[str, ...] = ()
    delay_s: float = 3.0
    concurrency: int = 1
    fresh_hours: float = 12.0
    facts: Facts = ()
    documents: tuple[str, ...] = ()
    date_in_url: str = ""
    attachments: tuple[str, ...] = ()
    lists: tuple[ListPage, ...] = ()
    known: tuple[tuple[str, Facts], ...] = field(default=())

    def is_document(self, url: str) -> bool:
        """Whether the whole address fits a pattern of this source's documents."""
        return any(re.fullmatch(pattern, url) for pattern in self.documents)


def load_sources(folder: Path = KNOWLEDGE / "sources") -> dict[str, Source]:
    """Name → source for every file with a key `fetch`, by name. Raises: KnowledgeError for a key or value in error."""
    found = {}
    for path in sorted(folder.glob("*.yml")):
        loaded = load_yaml(path)
        if isinstance(loaded, dict) and "fetch" in loaded:
            found[path.stem] = read_source(loaded["fetch"], name=path.stem, hosts=loaded.get("hosts") or [])
    return found


def read_source(loaded: object, *, name: str, hosts: object = ()) -> Source:
    """A checked source from what stands under `fetch`. Raises: KnowledgeError naming the key."""
    where = f"sources/{name}.yml"
    values = _read_fields(Source, loaded, where, leave_out=("name", "known"))
    values.setdefault("hosts", tuple(str(host) for host in hosts) if isinstance(hosts, list | tuple) else ())
    lists = values.get("lists", ())
    values["lists"] = tuple(ListPage(**_read_fields(ListPage, one, where)) for one in lists)  # type: ignore
    try:
        source = Source(name=name, **values)  # type: ignore[arg-type]
    except TypeError as error:
        raise KnowledgeError(f"A key is missing: {error}", where=where, todo="Add publisher and language.") from error
    _check(source, where)
    return replace(source, lists=tuple(replace(one, url=tidy_url(one.url)) for one in source.lists))


def _read_fields(kind: type, loaded: object, where: str, leave_out: tuple[str, ...] = ()) -> dict[str, object]:
    known = {one.name: str(one.type) for one in fields(kind) if one.name not in leave_out}
    if not isinstance(loaded, dict):
        raise KnowledgeError("`fetch` and each of its lists are mappings", where=where, todo="Write `key: value` lines.")
    values: dict[str, object] = {}
    for key, value in loaded.items():
        if key not in known:
            raise KnowledgeError(f"Unknown key {key!r}", where=where, todo=f"Known: {', '.join(sorted(known))}.")
        values[key] = _convert(key, value, known[key], where)
    return values


def _convert(key: str, value: object, kind: str, where: str) -> object:
    if kind == "Facts":
        if not isinstance(value, dict) or set(value) - FACTS:
            raise KnowledgeError(f"{key!r} is a mapping of {', '.join(sorted(FACTS))}", where=where, todo="Correct it.")
        return tuple(sorted(value.items()))
    if kind.startswith("tuple"):
        if not isinstance(value, list):
            raise KnowledgeError(f"{key!r} is a list", where=where, todo="Write one item a line.")
        return tuple(value) if key == "lists" else tuple(str(item) for item in value)
    right: dict[str, tuple[type, ...]] = {"str": (str,), "int": (int,), "float": (int, float)}
    if isinstance(value, bool) or not isinstance(value, right[kind]):
        raise KnowledgeError(f"{key!r} is not of the kind {kind}: {value!r}", where=where, todo="Correct it.")
    return value


def _check(source: Source, where: str) -> None:
    def refuse(what: str, todo: str) -> None:
        raise KnowledgeError(what, where=where, todo=todo)

    if source.language not in LANGUAGES:
        refuse(f"Unknown language {source.language!r}", f"Known: {', '.join(LANGUAGES)}.")
    if source.checked != "never" and not re.fullmatch("[0-9]{4}-[0-9]{2}-[0-9]{2}", source.checked):
        refuse(f"checked is `never` or a day, not {source.checked!r}", "Write it as 2026-01-31.")
    local = set(source.hosts) <= {"127.0.0.1", "localhost"}
    if source.delay_s < (0 if local else 1) or not 1 <= source.concurrency <= 4:
        refuse("delay_s is at least 1, concurrency from 1 to 4", "Be polite.")
    if source.lists and not source.documents:
        refuse("Lists without patterns of documents", "Say under `documents` which links are documents.")
    for pattern in (*source.documents, *source.attachments, *filter(None, (source.date_in_url,))):
        try:
            compiled = re.compile(pattern)
        except re.error as error:
            raise KnowledgeError(f"Not a pattern: {pattern} ({error})", where=where, todo="Correct it.") from error
        if pattern == source.date_in_url and not {"year", "month", "day"} <= set(compiled.groupindex):
            refuse("date_in_url lacks a group", "Name the groups year, month and day.")
    for one in source.lists:
        _check_list(one, source, where)


def _check_list(one: ListPage, source: Source, where: str) -> None:
    if one.kind not in KINDS or one.pages < 1 or (one.pages > 1) != ("{n}" in one.next_url):
        raise KnowledgeError(f"The list {one.url} has an unknown kind, or pages without next_url with {{n}}", where=where,
                             todo=f"Kinds: {', '.join(KINDS)}.")
    if one.kind == "json" and not (one.entries and one.link):
        raise KnowledgeError(f"The json list {one.url} needs `entries` and `link`", where=where, todo="Name the keys.")
    try:
        check_url(tidy_url(one.url), hosts=source.hosts, allow_loopback=True)
    except Refused as refused:
        raise KnowledgeError(f"The address of a list is not usable: {refused}", where=where,
                             todo="Correct it, or add its host.") from refused
