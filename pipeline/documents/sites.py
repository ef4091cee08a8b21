"""What is known about the pages of one publisher: pipeline/knowledge/sources/<source>.yml, one file each.

A file there may hold (all but `source` optional):
  hosts            domains whose pages these are (subdomains included)
  signs            phrases by which a saved page without an address is recognised
  selectors        CSS paths of the element that holds the document, best first
  title_selectors  CSS paths of the heading
  drop_selectors   CSS paths of furniture inside it
  flat_head        pattern of the page head in a page saved as plain text, with groups title, date, source, number
  flat_tail        phrases at which such a page ends
  start_lines      patterns: the document begins behind the first line that matches one
  end_lines        patterns: the document ends before the first line that matches one
  drop_lines       patterns of lines that are furniture wherever they stand
  repost           true when the publisher relays other bodies' documents: its page title is no part of them
  rejoin           true when lines within a paragraph were broken by links; paragraphs are parted by empty lines
  fetch            how the publisher is polled; read and checked by pipeline/sources/definitions, last in its file
Files whose name begins with "all" hold lines for every page. Patterns match whole lines, spaces trimmed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, fields
from functools import lru_cache
from urllib.parse import urlsplit

from pipeline.errors import KnowledgeError
from pipeline.knowledge import KNOWLEDGE, load_yaml


@dataclass(frozen=True)
class Site:
    """One file of knowledge/sources; see the module for the fields."""

    source: str
    hosts: tuple[str, ...] = ()
    signs: tuple[str, ...] = ()
    selectors: tuple[str, ...] = ()
    title_selectors: tuple[str, ...] = ()
    drop_selectors: tuple[str, ...] = ()
    flat_head: str = ""
    flat_tail: tuple[str, ...] = ()
    start_lines: tuple[str, ...] = ()
    end_lines: tuple[str, ...] = ()
    drop_lines: tuple[str, ...] = ()
    repost: bool = False
    rejoin: bool = False


_FIELDS = {field.name: field.type for field in fields(Site)}


@lru_cache(maxsize=1)
def load_sites() -> dict[str, Site]:
    """Source → what is known of its pages, sorted by source. Raises: KnowledgeError for a key or pattern in error."""
    sites: dict[str, Site] = {}
    for path in sorted((KNOWLEDGE / "sources").glob("*.yml")):
        site = _read_site(load_yaml(path), where=f"sources/{path.name}")
        if site.source in sites:
            raise KnowledgeError(f"The source {site.source} stands in two files", where=path.name, todo="Join them.")
        sites[site.source] = site
    return sites


def _read_site(loaded: object, *, where: str) -> Site:
    if not isinstance(loaded, dict) or "source" not in loaded:
        raise KnowledgeError("A source file is a mapping with the key `source`", where=where, todo="Add it.")
    values: dict[str, object] = {}
    for key, value in loaded.items():
        if key == "fetch":
            continue
        kind = _FIELDS.get(key)
        if kind is None or (kind == "bool") != isinstance(value, bool):
            raise KnowledgeError(f"Unknown key or kind of value: {key!r}", where=where,
                                 todo=f"Known: {', '.join(_FIELDS)}.")
        if kind != "tuple[str, ...]":
            values[key] = value
        elif isinstance(value, list):
            values[key] = tuple(str(item) for item in value)
        else:
            raise KnowledgeError(f"{key!r} is a list", where=where, todo="Write one item a line.")
    site = Site(**values)  # type: ignore[arg-type]
    for pattern in (site.flat_head, *site.start_lines, *site.end_lines, *site.drop_lines):
        try:
            re.compile(pattern)
        except re.error as error:
            raise KnowledgeError(f"Not a pattern: {pattern} ({error})", where=where, todo="Correct it.") from error
    return site


def site_of(url: str, text: str) -> Site | None:
    """The site a page is from: by its address (the closest host counts), else by a sign in its first or last 4,000 characters."""
    host = (urlsplit(url).hostname or "") if "://" in url else ""
    fitting = [(len(known), site.source) for site in load_sites().values() for known in site.hosts
               if host == known or host.endswith("." + known)]
    if fitting:
        return load_sites()[max(fitting)[1]]
    edges = text[:4000] + "\n" + text[-4000:]
    for site in load_sites().values():
        if any(sign in edges for sign in site.signs):
            return site
    return None


@lru_cache(maxsize=64)
def line_pattern(patterns: tuple[str, ...]) -> re.Pattern[str] | None:
    """One pattern for any of `patterns`, to be used with fullmatch; None for none."""
    return re.compile("|".join(f"(?:{pattern})" for pattern in patterns)) if patterns else None


def everywhere() -> Site:
    """Lines that are furniture on every page."""
    return load_sites()["all"]
