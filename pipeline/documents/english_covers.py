"""English paper around an instrument: orders, notices that issue it, adoption clauses, signatures, press datelines."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from pipeline.documents.covers import lookup_body
from pipeline.documents.layout import Layout
from pipeline.numerals import find_dates

ENGLISH_ORDER = re.compile(
    r"^(?:Order|Decree) (?:(?P<first>No\. ?[0-9]{1,5}) )?of the (?P<body>[A-Z][A-Za-z’', &-]{3,100}?)(?:,? ?(?P<last>No\. ?[0-9]{1,5}))?$")
_NUMBER = re.compile(r"^\(?(?P<number>No\. ?[0-9]{1,5})\)?$")
_PROMULGATES = re.compile(
    r"(?:^|\n)The (?P<title>[A-Z][^\n.;]{8,240}?),? (?:was|were|has been|have been|is|are|as) (?:reviewed and |deliberated and )?"
    r"(?:adopted|approved|passed)(?P<how>[^\n.]{0,240}?)"
    r"(?:hereby promulgated|promulgated|hereby issued|hereby published)(?P<when>[^\n.]{0,120})")
ENGLISH_FORWARDS = re.compile(
    r"^(?:Notice|Circular|Announcement)(?: of| by| from)? ?(?P<body>.{0,140}?) ?(?:on|concerning|regarding) (?:the )?"
    r"(?:Issuing|Issuance of|Printing and Distributing|Promulgating|Releasing|Publishing) (?:the )?[“\"]?(?P<title>[A-Z(][^\n”\"]{6,200})")
_ADOPTED = re.compile(
    r"(?i:adopted|issued|published|released|promulgated|endorsed) by (?:the )?(?P<body>[A-Z][A-Za-z’' ,&-]{2,90}?),? "
    r"on (?P<when>[^\n;(]{6,24}?[0-9]{4})")
_DATELINE = re.compile(
    r"^[A-Z][A-Za-z .’'-]{2,30}, [A-Z][a-z]{2,8}\.? [0-9]{1,2}(?:, (?:19|20)[0-9]{2})? \((?P<agency>[A-Z][A-Za-z ]{1,20})\)")


@dataclass(frozen=True)
class EnglishCover:
    """What stands around an English instrument; "" and None where the document has no such part.

    order: body of an order. number: its number. ordered, forwarded: title of what it promulgates or sends out.
    adopted, effect: clauses of the order. signer, signed: body and date line set one over the other. adopter,
    adopted_on: of a line "Adopted by … on …". agency: news agency of a dateline.
    """

    order: str = ""
    number: str = ""
    ordered: str = ""
    adopted: str = ""
    effect: str = ""
    forwarded: str = ""
    signer: str = ""
    signed: str | None = None
    adopter: str = ""
    adopted_on: str | None = None
    agency: str = ""


@lru_cache(maxsize=4)
def read_english_cover(layout: Layout) -> EnglishCover:
    """The cover of an English document; empty for a Chinese one."""
    if layout.lang != "en":
        return EnglishCover()
    lines = [line.text for line in layout.lines[:60]]
    order = next((match for text in lines[:8] if (match := ENGLISH_ORDER.match(text))), None)
    number = (order["first"] or order["last"] or "") if order else ""
    if order and not number:
        number = next((match["number"] for text in lines[:8] if (match := _NUMBER.match(text))), "")
    opening = "\n".join(lines)[:4000]
    clause = _PROMULGATES.search(opening)
    notice = next((match for text in lines[:6] if (match := ENGLISH_FORWARDS.match(text))), None)
    adopted = next((match for text in lines[:14] if (match := _ADOPTED.search(text))), None)
    signer, signed = _signature(lines, [line.text for line in layout.lines[-8:]])
    agency = next((match["agency"] for text in lines[:6] if (match := _DATELINE.match(text))), "")
    return EnglishCover(
        order=order["body"] if order else "", number=number, ordered=clause["title"] if clause else "",
        adopted=clause["how"] if clause else "", effect=clause["when"] if clause else "",
        forwarded=notice["title"].strip() if notice else "", signer=signer, signed=signed,
        adopter=adopted["body"] if adopted and lookup_body(adopted["body"]) else "",
        adopted_on=_date(adopted["when"]) if adopted else None, agency=agency)


def _date(text: str) -> str | None:
    found = find_dates(text, "en")
    return found[0].iso if found and len(found[0].iso) > 4 else None


def _signature(top: list[str], tail: list[str]) -> tuple[str, str | None]:
    """A known body on one line and nothing but a date on the next, or the date first."""
    for lines in (top, tail):
        for above, below in pairwise(lines):
            for body, date in ((above, below), (below, above)):
                if len(date) < 40 and "|" not in date and lookup_body(body.strip(" ,.")) and _date(date):
                    found = find_dates(date, "en")[0]
                    if len(date) - (found.end - found.start) < 6:
                        return body.strip(" ,."), found.iso
    return "", None
