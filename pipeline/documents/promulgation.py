"""Decisions printed under a title: adopted, approved, promulgated, amended, in force."""

from __future__ import annotations

import re
from typing import NamedTuple

from pipeline.documents.layout import DATE_ZH, Layout, is_structure, squeeze
from pipeline.numerals import find_dates

_KINDS = (
    ("revision", re.compile("修正|修订|修改")),
    ("promulgation", re.compile("公布|发布|颁布|印发|令第")),
    ("approval", re.compile("批准")),
    ("adoption", re.compile("通过|(?i:adopted|passed)")),
    ("effect", re.compile("施行|实施|生效|(?i:effective|into force)")),
)
_TITLE = re.compile("[《〈][^《》〈〉]{1,120}[》〉]")
_CONGRESS = re.compile(
    "(?P<place>[\u4e00-\u9fff]{2,12}?(?:省|市|自治区|自治州|自治县|县|地区))?(?:中华人民共和国)?"
    "第[一二三四五六七八九十]{1,4}届(?P<national>全国)?(?P<body>人民代表大会(?:常务委员会)?)")
_ORDER = re.compile("(?P<body>[\u4e00-\u9fff、 ]{2,80}?)(?:令|公告)(?:第|[0-9]{4}年第)")
_COURTS = re.compile("最高人民法院|最高人民检察院")
_OPENS = re.compile(rf"^[（(]?\s?(?:根据\s?)?(?:{DATE_ZH}|(?:19|20)[0-9]{{2}}-[0-9]{{2}}-[0-9]{{2}}\s?(?:发布|实施|批准))")
MAX_LINES = 40


class Event(NamedTuple):
    """One decision on a document. kind: adoption, approval, promulgation, revision, effect. body: "" if not named."""

    iso: str
    kind: str
    body: str
    surface: str


def read_events(layout: Layout) -> list[Event]:
    """Decisions of the header, in printed order; [] where the header prints none.

    The header is the run of dated lines, or the parenthesis, between title and body. Each date owns the words up
    to the next date: 2010年12月24日 X市…通过 2011年3月30日 …批准.
    """
    header = " ".join(_header_lines(layout))
    if not header:
        return []
    dates = [date for date in find_dates(header, layout.lang) if len(date.iso) == 10]
    events = []
    for place, date in enumerate(dates):
        end = dates[place + 1].start if place + 1 < len(dates) else len(header)
        event = _read_event(date.iso, header[date.end:end] if layout.lang == "zh" else header)
        if event is not None:
            events.append(event)
    return events


def _header_lines(layout: Layout) -> list[str]:
    taken: list[str] = []
    open_bracket = False
    for line in layout.lines[:MAX_LINES]:
        if is_structure(line.text) or len(taken) > 20:
            break
        plain = _TITLE.sub("", line.text)
        decides = not re.search("[！!？?]", line.text) and any(kind.search(plain) for _, kind in _KINDS)
        opens = _OPENS.match(line.text) is not None and decides
        bracketed = re.match(r"^[（(](?:Adopted|Passed|Approved|Promulgated)", line.text) is not None
        if (opens and len(line.text) < 200) or open_bracket or bracketed:
            taken.append(line.text)
            bracket = re.search("[（(]", line.text[:1])
            open_bracket = (open_bracket or bracket is not None) and not re.search("[)）]$", line.text)
        elif _OPENS.match(line.text) and line.text[0] in "（(" and not re.search("[)）]$", line.text):
            taken.append(line.text)
            open_bracket = True
    return taken


def _read_event(iso: str, words: str) -> Event | None:
    words = squeeze(words) if re.search("[\u4e00-\u9fff]", words) else words
    plain = _TITLE.sub("", words)
    kinds = [kind for kind, pattern in _KINDS if pattern.search(plain)]
    if not kinds and _TITLE.search(words):
        kinds = ["revision"]
    if not kinds:
        return None
    return Event(iso, kinds[0], body_named(plain), words)


def body_named(words: str) -> str:
    """The body that decides, without the ordinal of its term (上海市第十五届人民代表大会 → 上海市人民代表大会)."""
    congress = _CONGRESS.search(words)
    if congress:
        return (congress["place"] or ("全国" if congress["national"] else "")) + congress["body"]
    court = _COURTS.findall(words)
    if court:
        return str(court[0])
    order = _ORDER.search(words)
    if order:
        return order["body"].strip("、 ")
    return "国务院" if "国务院" in words else ""
