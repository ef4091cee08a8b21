"""Titles of English documents: the heading at the top, unless the top is a section, a sentence or a list."""

from __future__ import annotations

import re

from pipeline.documents.covers import is_date_line, lookup_body
from pipeline.documents.english_covers import read_english_cover
from pipeline.documents.layout import Layout, tidy
from pipeline.documents.titles import is_paper
from pipeline.documents.wording import entries, one_of
from pipeline.numerals import find_dates
from pipeline.text import has_han

_SKIP = re.compile(f"(?i)^{one_of('kickers_en')}$")
_STOP = re.compile(f"(?i)^{one_of('after_title_en')}")
_SECTION = re.compile(f"(?i)^{one_of('section_openers_en')}")
_CONTINUES = re.compile(r"^(?:[a-z(]|OF |AND |ON |FOR |TO )")
_ACT = re.compile(r"(?i)(?:regulation|directive|decision|recommendation)\b.{0,30}(?:\(|of the european)")
_COMPLETE = re.compile(rf"(?i)\b{one_of('title_nouns_en')}(?:\s[0-9.]{{1,4}})?$")
MAX_TITLE = 640


def english_title(layout: Layout) -> str | None:
    """The heading in the first lines; None for a text that begins with a section, a sentence or omitted material.

    A heading may run over several lines; dates, numbers, versions and names of bodies over it are no part of it.
    """
    cover = read_english_cover(layout)
    if cover.ordered or cover.forwarded:
        return tidy(cover.ordered or cover.forwarded)
    generic = {entry.lower() for entry in entries("generic_headings")}
    taken: list[str] = []
    for line in layout.lines[:14]:
        text = re.split(r"\s?--\s?(?=Delivered)", tidy(line.text))[0]
        if not taken and (_SKIP.match(text) or _is_date(text) or _is_body(text)):
            continue
        if not taken and text.startswith("[") and len(text) < 200:
            continue
        if taken and (has_han(text) or is_paper(layout)):
            break
        if taken and _ACT.match(taken[0]) and re.match(r"of [0-9]{1,2} |laying down|on |amending", text):
            taken.append(text)
            continue
        if _is_date(text) or _STOP.match(text) or (not taken and _SECTION.match(text)) or (taken and _SKIP.match(text)):
            break
        if text.lower().strip(" .:") in generic or _is_sentence(text) or (taken and _is_body(text)):
            break
        if taken and (len(" ".join(taken)) > 160 or not _joins(taken, text)):
            break
        taken.append(text)
    title = re.sub(r"\s\((?:HTML|PDF)\)$", "", tidy(" ".join(taken)).strip(" :"))
    if not taken:
        return _cited_title(layout)
    return title if 3 < len(title) <= MAX_TITLE else None


def _joins(taken: list[str], text: str) -> bool:
    """Whether a line goes on with the heading: same capitals, a continuing word, or an unfinished line before it."""
    last = taken[-1]
    if re.match(r"(?i)(?:part|chapter|section|version|volume)\s", text) or _SECTION.match(text):
        return False
    if re.search(r"(?i)\b(?:of|the|and|for|on|to|in|'s|’s|:)$", last) or _CONTINUES.match(text):
        return True
    if _COMPLETE.search(last):
        return False
    if _COMPLETE.search(text) and len(text) < 120 and len(taken) == 1:
        return True
    return last.isupper() == text.isupper() and len(last) < 45 and len(text) < 70 and len(taken) < 4


def _is_date(text: str) -> bool:
    if is_date_line(text):
        return True
    found = find_dates(text, "en")
    return bool(found) and len(text) - (found[0].end - found[0].start) < 14 and len(text) < 45


def _is_body(text: str) -> bool:
    return lookup_body(text.strip(" ,.")) is not None


def _is_sentence(text: str) -> bool:
    if len(text) > 260 and not re.match(r"(?i)regulation|directive|decision", text):
        return True
    stopped = (len(text) > 60 and text.endswith(".")) or re.search(r"[a-z)]\.$|[,;:]$", text) is not None
    return stopped or re.search(r"[.]\s[A-Z]", text) is not None


def _cited_title(layout: Layout) -> str | None:
    """The short title that a bill or act gives itself (This Act may be cited as the …)."""
    text = layout.text[:400000]
    match = re.search(r"(?i)\bthis (?:act|law) (?:may|shall) be cited as (?:the\s)?(?P<title>[A-Z][^.\n”\"]{3,120})", text)
    return match["title"].strip() if match else None
