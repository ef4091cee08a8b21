"""Dates of a document: issued, first issued, adopted, effective, and on what the issue date rests."""

from __future__ import annotations

import re
from typing import NamedTuple

from pipeline.documents.covers import Cover, is_date_line
from pipeline.documents.english_covers import read_english_cover
from pipeline.documents.issuers import newspaper
from pipeline.documents.layout import DATE_ZH, Layout, is_sentence, squeeze
from pipeline.documents.promulgation import Event
from pipeline.numerals import find_dates

_SELF = ("(?:法|条例|规定|办法|细则|实施细则|规则|决定|意见|通知|公告|方案|解释|指南|指引|规范|标准|公约|章程|批复|规程|制度|计划|规划)")
_EFFECT = re.compile(
    rf"本{_SELF}\s?(?:[^。\n]{{0,60}}?[，,])?\s?自\s?(?P<when>[^。，；\n]{{2,40}}?)\s?起\s?(?:正式)?(?:施行|实施|执行|生效)|本{_SELF}\s?于\s?(?P<on>[^。，；\n]{{4,30}}?)\s?(?:起)?(?:施行|实施|生效)")
_ANY_EFFECT = re.compile(r"自\s?(?P<when>[^。，；《\n]{2,40}?)\s?起\s?(?:正式)?(?:施行|实施|执行|生效)")
FROM_ISSUE = re.compile("(?:公布|发布|印发|颁布|通过|下发)之日")
_EFFECT_EN = re.compile(
    r"(?i)(?:shall|will|to|should)?\s?(?:be\s)?(?:come[s]? into (?:force|effect)|enters? into (?:force|effect)"
    r"|go(?:es)? into (?:force|effect)|takes? effect|be effective|implemented)"
    r"\s(?:on|from|as of|starting(?: from)?)?\s?(?P<when>[^.;\n]{4,40})")
EFFECTS = {"zh": (_EFFECT, _ANY_EFFECT), "en": (_EFFECT_EN,)}
"""Clauses of entry into force per language, the surest first; group `when` (or `on`) holds the date."""
_DELIVERED = re.compile(
    r"^(?:——|—|--)?\s?(?P<when>[^\n]{6,20}日)\s?在[^\n]{4,60}(?:会议上|大会上)"
    r"|^[^\n。]{4,30}(?:会议|大会)(?:上)?[，,]\s?(?P<at>[^\n]{6,16}日)$"
    r"|(?i:delivered at[^\n]{0,160}?on (?P<en>[a-z]{3,9} [0-9]{1,2}, [0-9]{4}))")
_DATELINE = re.compile(
    r"^(?:发布时间\s?[：:]\s?|时间\s?[：:]\s?)?(?P<when>(?:19|20)[0-9]{2}[-/年.]\s?[0-9]{1,2}[-/月.]\s?[0-9]{1,2}日?)"
    r"(?:\s[0-9]{1,2}:[0-9]{2}(?::[0-9]{2})?)?(?:\s.{0,30})?$")
_NUMERIC = re.compile(r"(?<![0-9.])(?P<d>[0-9]{1,2})\.(?P<m>[0-9]{1,2})\.(?P<y>(?:19|20)[0-9]{2})(?![0-9])")
_BRACKET_DATE = re.compile(rf"^[（(]\s?(?P<when>{DATE_ZH})(?P<rest>[^（）()]{{0,60}})[)）]$")
_FILE_DATE = re.compile(r"(?<![0-9])(?P<y>(?:19|20)[0-9]{2})[-_.](?P<m>0[1-9]|1[0-2])[-_.](?P<d>0[1-9]|[12][0-9]|3[01])(?![0-9])")
_JOURNAL = re.compile(r"^《[^》]{2,16}》\s?[（(]?(?P<when>(?:19|20)[0-9]{2}\s?年(?:\s?[0-9]{1,2}\s?月)?)")
_BASIS = {"promulgation": "text:promulgation", "approval": "text:approval", "revision": "text:revision", "adoption": "text:adoption"}
MAX_POSTING_DAYS = 60


class DocDates(NamedTuple):
    """ISO dates as precise as printed, None where nothing is printed; `basis` says where `issued` was read."""

    issued: str | None
    basis: str | None
    first: str | None
    adopted: str | None
    effective: str | None
    flags: tuple[str, ...]


def document_dates(layout: Layout, cover: Cover, events: list[Event], *, press: bool) -> DocDates:
    """Dates the text itself prints. Promulgation before adoption; the latest revision of a revised law."""
    issued, basis = _issued(layout, cover, events, press=press)
    decisions = [event for event in events if event.kind != "effect"]
    first = _first_issued(decisions)
    adopted = max((event.iso for event in decisions if event.kind in {"adoption", "revision"}), default=None)
    if cover.adopted_words:
        adopted = next((date.iso for date in find_dates(cover.adopted_words, "zh") if len(date.iso) == 10), adopted)
    if layout.lang == "en" and adopted is None:
        adopted = _read(read_english_cover(layout).adopted, "en") or read_english_cover(layout).adopted_on
    effective, flags = (None, []) if press else _effective(layout, cover, events, issued, basis)
    published = _read(cover.labels.get("published", ""), layout.lang)
    full = issued is not None and published is not None and len(issued) == len(published) == 10
    if full and not press and abs(_days(str(published)) - _days(str(issued))) > MAX_POSTING_DAYS:
        flags.append("date_conflict")
    return DocDates(issued, basis, first, adopted, effective, tuple(dict.fromkeys(flags)))


def _days(iso: str) -> int:
    year, month, day = (int(part) for part in iso.split("-"))
    return year * 365 + month * 30 + day


def _issued(layout: Layout, cover: Cover, events: list[Event], *, press: bool) -> tuple[str | None, str | None]:
    if press:
        paper = newspaper(layout)
        dateline = _read(paper[1], "zh") if paper else _dateline(layout)
        return (dateline, "text:dateline") if dateline else (None, None)
    decisions = [event for event in events if event.kind != "effect"]
    if decisions:
        last = max(decisions, key=lambda event: event.iso)
        signed = cover.signature.iso if cover.signature and cover.signature.names else None
        if signed and last.kind == "adoption" and signed > last.iso:
            return signed, "text:promulgation"
        return last.iso, _BASIS[last.kind]
    if layout.lang == "en":
        return _english_issued(layout)
    delivered = _delivered(layout)
    if delivered:
        return delivered, "text:delivery"
    bracket = next((match for line in layout.lines[:40] if (match := _BRACKET_DATE.match(line.text))), None)
    if cover.signature and cover.signature.iso and (cover.order_number or bracket is None):
        return cover.signature.iso, "text:promulgation"
    if bracket:
        return _read(bracket["when"], "zh"), "text:promulgation"
    labelled = _read(cover.labels.get("date", ""), "zh")
    if labelled:
        return labelled, "text:promulgation"
    if cover.adopted_words:
        dates = [date.iso for date in find_dates(cover.adopted_words, "zh") if len(date.iso) == 10]
        if dates:
            return dates[0], "text:adoption"
    published = _read(cover.labels.get("published", ""), "zh")
    if published:
        return published, "text:posting"
    journal = next((match for line in layout.lines[:6] if (match := _JOURNAL.match(line.text))), None)
    alone = _date_under_title(layout) or (_read(journal["when"], "zh") if journal else None)
    return (alone, "text:promulgation") if alone else (None, None)


def _date_under_title(layout: Layout) -> str | None:
    """A date line between title and body, or the last line of the document."""
    for line in layout.lines[:min(layout.body_at, 14)]:
        if is_date_line(line.text):
            return _read(line.text, "zh")
    last = layout.lines[-1].text if layout.lines else ""
    return _read(last, "zh") if is_date_line(last) else None


def _delivered(layout: Layout) -> str | None:
    for line in layout.lines[:14]:
        match = _DELIVERED.match(line.text)
        if match:
            return _read(match["when"] or match["at"] or match["en"], "en" if match["en"] else "zh")
    return None


def _dateline(layout: Layout) -> str | None:
    if layout.lang == "en":
        sources = [line.text for line in layout.lines[:6] if re.search(r"\([A-Z][A-Za-z ]{1,20}\)$|^Source:", line.text)]
        return next((iso for text in sources if (iso := _read(text, "en")) and len(iso) == 10), None)
    for line in layout.lines[:14]:
        match = _DATELINE.match(line.text)
        if match:
            iso = _read(re.sub("[年月/.]", "-", match["when"]).replace("日", "").replace(" ", ""), "zh")
            if iso:
                return iso
    return None


def _english_issued(layout: Layout) -> tuple[str | None, str | None]:
    delivered = _delivered(layout)
    if delivered:
        return delivered, "text:delivery"
    cover = read_english_cover(layout)
    if cover.signed or cover.adopted_on:
        return (cover.signed, "text:promulgation") if cover.signed else (cover.adopted_on, "text:adoption")
    top = [line.text for line in layout.lines[:12]]
    acts = [text for text in top if re.match(r"(?i)of [0-9]|commission decision of|regulation|directive", text) and not is_sentence(text)]
    for text in acts + [text for text in top if len(text) < 60 and not re.search(r"(?i)^updated|^last|\|", text)]:
        iso = _read(text, "en") or _numeric(text)
        if iso and (len(iso) > 4 or text.strip().isdigit()):
            return iso, "text:promulgation"
    presented = re.search(r"(?i)presented to parliament[^\n]{0,140}\bon (?P<when>[0-9]{1,2} [a-z]{3,9} [0-9]{4})", layout.opening(4000))
    tail = [line.text for line in layout.lines[-6:]]
    signed = [text for text in tail if re.match(r"(?i)done at|the white house|dated", text) or is_date_line(text)]
    for text in ([presented["when"]] if presented else []) + signed:
        iso = _read(text, "en") or _numeric(text)
        if iso:
            return iso, "text:promulgation"
    done = re.search(r"Done at [A-Z][a-z]{2,20}, (?P<when>[^\n.]{6,30}[0-9])", "\n".join(tail))
    iso = _numeric(done["when"]) if done else None
    return (iso, "text:promulgation") if iso else (None, None)


def _numeric(text: str) -> str | None:
    match = _NUMERIC.search(text)
    return _read(f"{match['y']}-{int(match['m']):02d}-{int(match['d']):02d}", "zh") if match else None


def _read(text: str, lang: str) -> str | None:
    found = find_dates(text[:200], lang)
    return found[0].iso if found else None


def _first_issued(decisions: list[Event]) -> str | None:
    """Last decision before the first revision; None for a text that was never revised.

    A second adoption by the same kind of body is a revision too (judicial interpretations print only those).
    """
    adoptions = [event for event in decisions if event.kind == "adoption"]
    ordered = sorted(decisions, key=lambda event: event.iso)
    if len(ordered) < 2 or not (any(event.kind == "revision" for event in ordered) or len(adoptions) > 1):
        return None
    first_cycle: list[Event] = []
    for event in ordered:
        if event.kind == "revision" or (event.kind == "adoption" and any(one.kind == "adoption" for one in first_cycle)):
            break
        first_cycle.append(event)
    return max((event.iso for event in first_cycle), default=ordered[0].iso)


def _effective(layout: Layout, cover: Cover, events: list[Event], issued: str | None, basis: str | None) -> tuple[str | None, list[str]]:
    """What the last article prints; else the order's or the header's clause. Two different dates are flagged."""
    if layout.lang == "en":
        return _english_effect(layout), []
    text = "\n".join(line.text for line in layout.lines)
    article = list(_EFFECT.finditer(text))
    printed = [_resolve(match["when"] or match["on"] or "", issued) for match in article]
    order_match = _ANY_EFFECT.search(cover.effect_words)
    order = _resolve(order_match["when"], issued) if order_match else None
    header = max((event.iso for event in events if event.kind == "effect"), default=None)
    bracket = _ANY_EFFECT.search(layout.opening(1500)) if not article and not order else None
    values = [value for value in (printed[-1] if printed else None, order, header) if value]
    if not values and bracket and (cover.forwarded or cover.ordered or "施行" in bracket.group()):
        values = [value for value in [_resolve(bracket["when"], issued)] if value]
    flags = ["date_conflict"] if len(set(values)) > 1 else []
    return (values[0] if values else None), flags


def _resolve(when: str, issued: str | None) -> str | None:
    if FROM_ISSUE.search(when):
        return issued if issued and len(issued) == 10 else None
    if re.match(r"^[^0-9]{0,4}[0-9X×x]{0,4}\s{0,3}年\s{1,4}月|^年|[×X]{2}", squeeze(when)) or re.search(r"年\s{0,4}月\s{0,4}日", when):
        return None
    iso = _read(when, "zh")
    return iso if iso and len(iso) > 4 else None


def _english_effect(layout: Layout) -> str | None:
    found: list[str] = []
    for line in (*layout.lines[-60:], *layout.lines[:30]):
        for match in _EFFECT_EN.finditer(line.text):
            before = line.text[:match.start()]
            if re.search(r"(?i)th(?:is|ese|e)(?:\s\S{1,20}){1,3}\s?$", before) or re.match(r"(?i)article|[0-9]", before):
                iso = _read(match["when"], "en")
                if iso and len(iso) == 10:
                    found.append(iso)
    return found[0] if found else None


def page_date(raw: str) -> tuple[str | None, bool]:
    """ISO date of a container's notation (2024-03-01T10:00:00Z, D:20240301…), and whether it is no possible date."""
    text = raw.strip()
    if not text:
        return None, False
    pdf = re.match(r"^D:(?P<y>[0-9]{4})(?P<m>[0-9]{2})?(?P<d>[0-9]{2})?", text)
    if pdf:
        text = "-".join(part for part in (pdf["y"], pdf["m"], pdf["d"]) if part)
        if not pdf["m"]:
            return None, False
    found = find_dates(re.split("[T ](?=[0-9])", text)[0], "zh") or find_dates(text, "en")
    return (found[0].iso, False) if found else (None, bool(re.search("[0-9]{4}", text)))


def file_name_date(rel_path: str) -> str | None:
    """A full date in the file's name (条例(2020-09-25).md), else None. Years alone are numbers, not dates."""
    match = _FILE_DATE.search(rel_path.rsplit("/", 1)[-1])
    return _read("-".join((match["y"], match["m"], match["d"])), "zh") if match else None
