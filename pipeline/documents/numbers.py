"""Document numbers: 国发〔2017〕35号, orders, announcements, and the numbers foreign acts print."""

from __future__ import annotations

import re

from pipeline.documents.covers import Cover
from pipeline.documents.layout import Layout, squeeze
from pipeline.documents.promulgation import Event
from pipeline.text import match_key

_NUMBER = re.compile(
    "(?P<agency>[\u4e00-\u9fff]{1,16}(?:[（(][\u4e00-\u9fff]{1,4}[）)])?[\u4e00-\u9fff]{0,8})"
    "\\s{0,2}[〔\\[（(［【﹝]\\s?(?P<year>(?:19|20)[0-9]{2})\\s?[〕\\]）)］】﹞]"
    "\\s{0,2}(?P<serial>第?\\s?[0-9]{1,5})\\s{0,2}号")
_EVENT_NUMBER = re.compile(
    "(?P<body>[\u4e00-\u9fff、]{2,80}?(?:令|公告))(?P<number>(?:[0-9]{4}年)?第[0-9一二三四五六七八九十百〇零○]{1,6}号)")
_SERIES = re.compile(
    r"^[\u4e00-\u9fff]?(?:Sample |SAMPLE[ /])?(?:COM\([0-9]{4}\) ?[0-9]{1,4}(?: final)?"
    r"|(?:NIST )?(?:SP|IR|AI) [0-9]{2,4}(?:-[0-9A-Z]{1,4})?"
    r"|(?:GB|YD|SJ|GA|JR|DB[0-9]{2})(?:/[TZ])? ?[0-9.]{3,9}[—–-][0-9]{4}|[A-Z]{1,10}[0-9]{0,4}(?:[/-][A-Z0-9]{1,8}){1,4}"
    r"|[A-Z][A-Za-z ]{1,24}\[(?:19|20)[0-9]{2}\] No\. ?[0-9]{1,4})$")
_ENGLISH = (
    re.compile(r"^(?:Regulation|Directive|Decision)[^\n]{0,30}?\((?:EU|EC)\)\s(?:No\s)?(?P<number>[0-9]{1,4}/[0-9]{1,4})", re.I | re.M),
    re.compile(r"^(?P<number>(?:Command Paper Number:\s?|CP\s?|Cm\s?)[0-9]{2,5})$", re.M),
    re.compile(r"^(?P<number>JSP\s[0-9]{2,4})\b", re.M),
    re.compile(r"^(?P<number>(?:Executive Order|E\.O\.)\s(?:No\.\s)?[0-9]{4,6})(?:\sof\s|$)", re.M),
    re.compile(r"^(?P<number>M-[0-9]{2}-[0-9]{2})\b", re.M),
    re.compile(r"^(?P<number>A/RES/[0-9]{1,3}/[0-9]{1,4})\b", re.M),
    re.compile(r"^(?P<number>(?:GB|GB/T|TC260-[0-9]{3})\s?[0-9]{0,6}(?:[.—-][0-9]{1,5}){0,3})$", re.M),
)


def normalise_number(surface: str) -> str:
    """国发[2017] 35 号, 国发(2017)35号 → 国发〔2017〕35号; anything else only loses its blanks if Chinese."""
    match = _NUMBER.search(surface)
    if match:
        return f"{squeeze(match['agency'])}〔{match['year']}〕{squeeze(match['serial'])}号"
    return squeeze(surface) if re.search("[\u4e00-\u9fff]", surface) else surface.strip()


def document_number(layout: Layout, cover: Cover, events: list[Event]) -> str | None:
    """The document's own number, never that of an instrument it cites; None where none is printed as its own.

    Own is: a labelled one, an order's, one in the header's decisions (the latest), or one on a line of its own (or in
    a bracket behind the notice's heading) in the opening.
    """
    if layout.lang == "en":
        return _english_number(layout) or _series_number(layout)
    if cover.labels.get("number") and re.search("[0-9]", cover.labels["number"]):
        return normalise_number(cover.labels["number"])
    if cover.order_number:
        return "、".join(cover.order_bodies) + cover.order_kind + cover.order_number
    for event in reversed(events):
        match = _EVENT_NUMBER.search(event.surface)
        if match:
            return squeeze(match["body"] + match["number"])
    bracket = re.search(r"[（(](?:19|20)[0-9]{2}年[0-9]{1,2}月[0-9]{1,2}日(?P<rest>[^（）()]{2,80}?)(?:公布|发布)", layout.opening(1500))
    if bracket and (match := _EVENT_NUMBER.search(squeeze(bracket["rest"]))):
        return squeeze(match["body"] + match["number"])
    return _printed_number(layout) or _series_number(layout)


def _series_number(layout: Layout) -> str | None:
    """A number of a series on a line of its own at the top: GB/T 35273—2020, TC260-PG-20211A, COM(2021) 206."""
    for line in layout.lines[:12]:
        match = _SERIES.match(line.text)
        if match and re.search("[0-9]", line.text):
            return match.group().strip()
    return None


def _printed_number(layout: Layout) -> str | None:
    for place, line in enumerate(layout.lines[:200]):
        text = line.text
        match = _NUMBER.search(text[:400]) if "号" in text[:400] else None
        if match is None or match.start() > 120:
            continue
        before = text[:match.start()]
        alone = squeeze(match.group()) == squeeze(text)
        behind_heading = re.search("(?:通知|公告|决定|意见|函)[》]?\\s?[（(]?$", before) and len(text) - match.end() < 3
        if alone or behind_heading:
            agency = re.sub("^.{0,80}[）)》\\s]", "", match["agency"]) or match["agency"]
            return f"{squeeze(agency)}〔{match['year']}〕{squeeze(match['serial'])}号"
        if place > 80 and len(text) > 200:
            break
    return None


def _english_number(layout: Layout) -> str | None:
    opening = "\n".join(line.text for line in layout.lines[:40])[:3000]
    for pattern in _ENGLISH:
        match = pattern.search(opening)
        if match:
            return match["number"].strip()
    return None


def number_key(number: str | None) -> str:
    """Key under which two printed forms of one number are equal."""
    return match_key(squeeze(normalise_number(number or ""))).replace("中华人民共和国", "").replace("、", "")
