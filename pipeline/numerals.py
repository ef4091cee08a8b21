"""Numbers, article numbers and calendar dates in Chinese and English, as printed."""

from __future__ import annotations

import datetime
import re
from typing import NamedTuple

from pipeline.text import match_key

_DIGITS = {"〇": 0, "零": 0, "○": 0, "一": 1, "壹": 1, "二": 2, "贰": 2, "两": 2, "三": 3, "叁": 3, "四": 4, "肆": 4,
           "五": 5, "伍": 5, "六": 6, "陆": 6, "七": 7, "柒": 7, "八": 8, "捌": 8, "九": 9, "玖": 9}
_UNITS = {"十": 10, "拾": 10, "百": 100, "佰": 100, "千": 1000, "仟": 1000}
_MYRIADS = {"万": 10**4, "亿": 10**8, "兆": 10**12}
_SCALES_EN = {"hundred": 10**2, "thousand": 10**3, "million": 10**6, "billion": 10**9, "trillion": 10**12}
_WORDS_EN = {word: number for number, word in enumerate(
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen twenty".split())}
HAN_NUMBER = "〇零○一二两三四五六七八九十百千"


def parse_number(surface: str) -> float | None:
    """Value of a number as printed, or None if it is none: 二十一, 1.5万亿, ３０, 1,200, 2.5 million, twelve.

    Digits and Chinese scale characters mix freely (24.66万亿). Percent signs and units are not part of a number.
    """
    text = match_key(surface).strip().replace(",", "")
    if not text or len(text) > 40:
        return None
    if text in _WORDS_EN:
        return float(_WORDS_EN[text])
    head, _, scale = text.rpartition(" ")
    if scale in _SCALES_EN:
        value = parse_number(head)
        return None if value is None else value * _SCALES_EN[scale]
    return _parse_plain(text)


def _parse_plain(text: str) -> float | None:
    if re.fullmatch(r"[+-]?[0-9]{1,20}(?:\.[0-9]{1,12})?", text):
        return float(text)
    for mark in ("兆", "亿", "万"):
        head, found, tail = text.rpartition(mark)
        if found:
            left = _parse_plain(head) if head else None
            right = _parse_plain(tail) if tail else 0.0
            return None if left is None or right is None else left * _MYRIADS[mark] + right
    return _parse_below_myriad(text)


def _parse_below_myriad(text: str) -> float | None:
    """二十一, 一百零五, and digit by digit 二〇一七; also 3千."""
    mixed = re.fullmatch(r"([0-9]{1,12}(?:\.[0-9]{1,12})?)([十百千])", text)
    if mixed:
        return float(mixed[1]) * _UNITS[mixed[2]]
    if not text or any(mark not in _DIGITS and mark not in _UNITS for mark in text):
        return None
    if all(mark in _DIGITS for mark in text):
        return float("".join(str(_DIGITS[mark]) for mark in text))
    total, digit = 0, None
    for mark in text:
        if mark in _DIGITS:
            digit = _DIGITS[mark]
        else:
            total += (1 if digit is None else digit) * _UNITS[mark]
            digit = None
    return float(total + (digit or 0))


_ARTICLE_ZH = re.compile(rf"第\s{{0,2}}([{HAN_NUMBER}0-9]{{1,9}})\s{{0,2}}条")
_ARTICLE_EN = re.compile(r"(?<![a-z])(?:article|art\.)\s{1,3}([0-9]{1,4}|[ivxlc]{1,8})(?![0-9a-z])")
_ROMAN = {"i": 1, "v": 5, "x": 10, "l": 50, "c": 100}


def article_number(surface: str) -> int | None:
    """Number of the first article named in the text (第二十一条, Article 21, Article IV), or None."""
    key = match_key(surface)
    found = _ARTICLE_ZH.search(key)
    if found:
        value = _parse_plain(found[1])
        return None if value is None else int(value)
    found = _ARTICLE_EN.search(key)
    if not found:
        return None
    return int(found[1]) if found[1].isdigit() else _parse_roman(found[1])


def _parse_roman(text: str) -> int | None:
    values = [_ROMAN[mark] for mark in text]
    total = sum(-value if value < max(values[place:]) else value for place, value in enumerate(values))
    return total if 0 < total < 500 else None


class FoundDate(NamedTuple):
    """A calendar date in a text: offsets and its value, as precise as printed (2019, 2019-03 or 2019-03-01)."""

    start: int
    end: int
    iso: str


_MONTHS = {name: number for number, names in enumerate(
    ["january jan", "february feb", "march mar", "april apr", "may", "june jun", "july jul", "august aug",
     "september sep sept", "october oct", "november nov", "december dec"], start=1) for name in names.split()}
_MONTH = "(?:" + "|".join(sorted(_MONTHS, key=len, reverse=True)) + r")\.?"
_YEAR = "(?:19|20)[0-9]{2}"
_DATE_PATTERNS = [
    # 2017年7月20日, 2017 年 7 月, 2017年度; 二〇一七年七月二十日
    re.compile(rf"(?<![0-9])(?P<y>{_YEAR})\s{{0,2}}年(?:\s{{0,2}}(?P<m>[0-9]{{1,2}})\s{{0,2}}月"
               r"(?:\s{0,2}(?P<d>[0-9]{1,2})\s{0,2}[日号])?)?"),
    re.compile(r"(?P<y>[一二][〇零○一二三四五六七八九]{3})\s{0,2}年(?:\s{0,2}(?P<m>[一二三四五六七八九十]{1,2})\s{0,2}月"
               r"(?:\s{0,2}(?P<d>[一二三四五六七八九十]{1,3})\s{0,2}[日号])?)?"),
    # 2017-07-20, 2017/7/20, 2017.07.20
    re.compile(rf"(?<![0-9./-])(?P<y>{_YEAR})(?P<sep>[-/.])(?P<m>[0-9]{{1,2}})(?P=sep)(?P<d>[0-9]{{1,2}})(?![0-9./-]?[0-9])"),
    # July 20, 2017; July 2017
    re.compile(rf"(?<![a-z])(?P<m>{_MONTH})\s{{1,3}}(?:(?P<d>[0-9]{{1,2}})(?:st|nd|rd|th)?\s{{0,2}},?\s{{1,3}})?"
               rf"(?P<y>{_YEAR})(?![0-9])"),
    # 20 July 2017, 20th of July, 2017
    re.compile(rf"(?<![0-9])(?P<d>[0-9]{{1,2}})(?:st|nd|rd|th)?\s{{1,3}}(?:of\s{{1,3}})?(?P<m>{_MONTH}),?\s{{1,3}}"
               rf"(?P<y>{_YEAR})(?![0-9])"),
    # 5.IX.2024 (Council of Europe)
    re.compile(rf"(?<![0-9])(?P<d>[0-9]{{1,2}})\.(?P<r>[ivx]{{1,4}})\.(?P<y>{_YEAR})(?![0-9])"),
]
_BARE_YEAR_EN = re.compile(rf"(?<![0-9./:$€£¥-])(?P<y>{_YEAR})(?![0-9%年/:]|-[0-9]|\.[0-9]|,[0-9])")
_YEAR_CUE_EN = re.compile(r"(?:by|in|since|until|from|before|after|during|of|to|and|year|fy|end|than)\s{1,3}(?:the year\s{1,3})?$")


def find_dates(text: str, lang: str) -> list[FoundDate]:
    """Calendar dates of the text in order; where two readings overlap, the longer wins.

    lang: zh or en (any zh-* and mixed count as zh, which also reads English dates). In English text a bare year
    counts only behind a word that dates something (by 2025, in 2019). An impossible date (2019-13-40) is left out.
    """
    key = match_key(text)
    found = [hit for pattern in _DATE_PATTERNS for match in pattern.finditer(key) if (hit := _read(match))]
    if lang == "en":
        found += [FoundDate(match.start(), match.end(), match["y"]) for match in _BARE_YEAR_EN.finditer(key)
                  if _YEAR_CUE_EN.search(key[max(0, match.start() - 24):match.start()])]
    kept: list[FoundDate] = []
    for hit in sorted(found, key=lambda hit: (hit.start, -hit.end)):
        if kept and hit.start < kept[-1].end:
            if hit.end - hit.start > kept[-1].end - kept[-1].start:
                kept[-1] = hit
        else:
            kept.append(hit)
    return kept


def _read(match: re.Match[str]) -> FoundDate | None:
    groups = match.groupdict()
    year = parse_number(groups["y"])
    month = _parse_roman(groups["r"]) if groups.get("r") else _read_month(groups.get("m"))
    day = parse_number(groups["d"]) if groups.get("d") else None
    if year is None or not 1900 <= year <= 2100 or (groups.get("m") and month is None):
        return None
    if month is None:
        return FoundDate(match.start(), match.end(), f"{int(year):04d}")
    if day is None:
        return FoundDate(match.start(), match.end(), f"{int(year):04d}-{month:02d}") if 1 <= month <= 12 else None
    try:
        return FoundDate(match.start(), match.end(), datetime.date(int(year), month, int(day)).isoformat())
    except ValueError:
        return None


def _read_month(surface: str | None) -> int | None:
    if surface is None:
        return None
    named = _MONTHS.get(surface.rstrip("."))
    if named is not None:
        return named
    value = parse_number(surface)
    return int(value) if value is not None and 1 <= value <= 12 else None
