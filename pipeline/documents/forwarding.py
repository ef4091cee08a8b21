"""The notice, order or call for comment that stands before an instrument in one file: its place and its own facts."""

from __future__ import annotations

import re
from typing import Any, NamedTuple

from pipeline.documents.covers import Cover, is_body, is_date_line, split_bodies
from pipeline.documents.english_covers import ENGLISH_FORWARDS, ENGLISH_ORDER, read_english_cover
from pipeline.documents.layout import Layout, is_sentence, is_structure, squeeze, tidy
from pipeline.documents.printed import line_span
from pipeline.documents.titles import join_title, strip_draft
from pipeline.numerals import find_dates
from pipeline.text import match_key

MIN_INSTRUMENT_CHARS = 200
MAX_HEADING_LINES = 4
SEARCHED_LINES = 400
_FORWARDS = re.compile("关于(?:印发|发布|公布|转发).{2,200}的(?:通知|公告|决定|通告|函)")
_CALLS = re.compile("(?:征求|征集).{0,200}意见|意见.{0,12}的(?:通知|公告|函)")
_HEAD_NUMBER = re.compile(r"^[^。，]{1,24}[〔\[（(](?:19|20)[0-9]{2}[〕\]）)]\s?第?\s?[0-9]{1,5}\s?号$")
_ANNEX = re.compile(r"^附\s{0,3}件\s?[0-9一二三四五]{0,2}\s?[：:.、]?\s?")
_NUMBER_END = re.compile(r"第\s{0,2}[0-9一二三四五六七八九十百零〇○]{1,6}\s{0,2}号")


class Notice(NamedTuple):
    """A cover: from line `first` to before line `instrument`; its heading ends with line `heading`."""

    first: int
    heading: int
    instrument: int


def find_notice(layout: Layout, cover: Cover, title: str | None) -> Notice | None:
    """The cover of the instrument `title` in this file, None where the file prints no cover, or no instrument.

    The instrument begins at its own heading behind the cover, or, without one, at the first article or section
    behind the cover's signature.
    """
    if not title:
        return None
    heading = _english_heading(layout) if layout.lang == "en" else _chinese_heading(layout, cover)
    if heading is None:
        return None
    first, last = heading
    signed = cover.signature.at if cover.signature is not None and cover.signature.at > last else None
    instrument = _instrument(layout, last + 1, title, signed)
    if instrument is None or instrument <= last + 1:
        return None
    return Notice(first, last, instrument)


def _chinese_heading(layout: Layout, cover: Cover) -> tuple[int, int] | None:
    if cover.ordered:
        return _order(layout, cover)
    if cover.forwarded or cover.called:
        found = _heading(layout, _FORWARDS if cover.forwarded else _CALLS)
        if found is None:  # a call printed without its heading still ends with its signature
            return (0, 0) if cover.called and cover.signature is not None and cover.signature.names else None
        return _upwards(layout, found[0]), found[1]
    return None


def _heading(layout: Layout, pattern: re.Pattern[str]) -> tuple[int, int] | None:
    """First and last line of the notice's heading: lines that together read 关于印发《…》的通知 and are no sentence."""
    lines = [line.text for line in layout.lines[:80]]
    for first in range(len(lines)):
        joined = ""
        for last in range(first, min(first + MAX_HEADING_LINES, len(lines))):
            joined += squeeze(lines[last])
            if (is_sentence(lines[last]) and "关于" not in lines[last]) or len(joined) > 240 or "。" in joined:
                break
            match = pattern.search(joined)
            if match and len(joined) - match.end() < 24 and not re.search("^附件|近日|日前|[：:]$", joined):
                if last > first and pattern.search("".join(squeeze(text) for text in lines[first + 1:last + 1])):
                    break  # the heading begins further down
                return first, last
    return None


def _order(layout: Layout, cover: Cover) -> tuple[int, int] | None:
    """Lines of an order's head (bodies, 令, 第12号); without a number, the sentence that promulgates."""
    lines = [line.text for line in layout.lines[:SEARCHED_LINES]]
    if not cover.order_number:
        place = next((place for place, text in enumerate(lines) if f"《{cover.ordered}》" in text
                      and re.search("现予|予以", text)), None)
        return None if place is None else (_upwards(layout, place), place)
    for first, text in enumerate(lines):
        if not re.search("令|公告", text) or len(text) > 120 or re.search("[。，《]|关于", text):
            continue
        for last in range(first, min(first + 3, len(lines))):
            if cover.order_number in squeeze("".join(lines[first:last + 1])):
                return _upwards(layout, first), last
    return None


def _upwards(layout: Layout, first: int) -> int:
    """The line at which the cover begins: its number and the names of its bodies may stand over its heading."""
    while first > 0:
        above = layout.lines[first - 1].text
        if not (is_body(above) or _HEAD_NUMBER.match(above)):
            break
        first -= 1
    return first


def _english_heading(layout: Layout) -> tuple[int, int] | None:
    cover = read_english_cover(layout)
    if not (cover.ordered or cover.forwarded):
        return None
    for place, line in enumerate(layout.lines[:12]):
        if ENGLISH_ORDER.match(line.text) or ENGLISH_FORWARDS.match(line.text):
            return place, place
    return None


def _instrument(layout: Layout, start: int, title: str, signed: int | None) -> int | None:
    lines = [line.text for line in layout.lines]
    exact = [place for place in range(start, len(lines)) if _heads(lines, place, title)]
    behind = [place for place in exact if signed is not None and place > signed] or exact
    if not behind and signed is not None:
        behind = [place for place in range(signed + 1, len(lines)) if is_structure(lines[place])]
    enough = [place for place in behind if sum(len(text) for text in lines[place + 1:]) >= MIN_INSTRUMENT_CHARS]
    return enough[0] if enough else None


def _heads(lines: list[str], place: int, title: str) -> bool:
    """Whether the title stands at this line as a heading, on up to four lines, bodies or 附件 before it allowed."""
    wanted, joined = _key(title), ""
    for text in lines[place:place + MAX_HEADING_LINES]:
        joined += text
        key = _key(_ANNEX.sub("", joined))
        if key == wanted:
            return True
        if len(key) > len(wanted) + 2:
            return False
    return False


def _key(text: str) -> str:
    return "".join(sign for sign in match_key(strip_draft(tidy(text))[0]) if sign.isalnum())


def cover_facts(layout: Layout, cover: Cover, notice: Notice, number: str | None, number_at: list[int] | None,
                ) -> dict[str, Any]:
    """The column `cover`: title, doc_number, issuers (as printed) and date of the notice, and its place in the text.

    number, number_at: the document's number and its place; it is the notice's when printed within it.
    A draft's call for comment is a cover too. Missing facts are None (issuers []).
    """
    span = line_span(layout, notice.first, notice.instrument - 1)
    heading = line_span(layout, notice.first, notice.heading)
    within = number_at is not None and span.start <= number_at[0] and number_at[1] <= span.end
    issuers, date = _signed(layout, cover, notice)
    return {"title": _title(layout, notice, heading.end), "doc_number": number if within else None,
            "issuers": issuers, "date": date, "start_char": span.start, "end_char": span.end}


def _title(layout: Layout, notice: Notice, end: int) -> str | None:
    lines = [line.text for line in layout.lines[notice.first:notice.heading + 1]]
    if _NUMBER_END.search(lines[-1]) or layout.lang == "en":
        return tidy(" ".join(lines))[:300]
    while len(lines) > 1 and (is_body(lines[0]) or _HEAD_NUMBER.match(lines[0])):
        lines = lines[1:]
    title = join_title(lines)
    return None if re.search("。|[：:]$", title) or len(title) > 240 else title


def _signed(layout: Layout, cover: Cover, notice: Notice) -> tuple[list[str], str | None]:
    if layout.lang == "en":
        known = read_english_cover(layout)
        body = known.order or known.signer
        return ([body] if body else []), known.signed or _last_date(layout, notice, "en")
    signature = cover.signature
    inside = signature is not None and notice.first <= signature.at < notice.instrument
    names = list(cover.order_bodies) if cover.ordered else []
    if signature is not None and inside:
        return names or list(signature.names), signature.iso
    if not names:
        above = [line.text for line in layout.lines[notice.heading + 1:notice.instrument]]
        names = [name for text in above if is_body(text) for name in split_bodies(text)]
    return names, _last_date(layout, notice, "zh")


def _last_date(layout: Layout, notice: Notice, lang: str) -> str | None:
    """Of the last line of the cover that is a date and nothing else."""
    for line in reversed(layout.lines[notice.first:notice.instrument]):
        found = find_dates(line.text, lang) if is_date_line(line.text) or len(line.text) < 30 else []
        if found and len(found[0].iso) == 10:
            return found[0].iso
    return None
