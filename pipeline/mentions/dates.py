"""DATE mentions: calendar expressions with their range, limit (到 …, … 前, by …) and recurrence (每年 …).

The dates themselves are read by `pipeline.numerals.find_dates`; this module fixes how much of the text belongs to
the span. Relative limits (30日内, within 180 days) are no DATE. Source: codebook sections 6 and 8, gold labels.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.mentions.records import NIL, Candidate
from pipeline.numerals import find_dates
from pipeline.text import match_key

_BEFORE_ZH = re.compile("(?:到|每年|当年|次年|同年)$")
_AFTER_ZH = re.compile("(?:年度|度(?![假过])|(?:年)?(?:底|末|初|中)(?:之?前)?|[上下]半年|第?[一二三四1-4]季度|之?前(?![述款项期后]))")
_SERIAL_ZH = re.compile("第[0-9一二三四五六七八九十]{1,4}[次号期届]")
_RANGE_ZH = re.compile(
    r"(?:至|—{1,2}|-|－|~|～|到)(?:(?:(?:19|20)[0-9]{2})年)?(?:[0-9]{1,2}月)?(?:[0-9]{1,2}[日号])?")
_MONTH = "(?:[0-9]{1,2}|[一二三四五六七八九十]{1,2})"
_PARTIAL_ZH = re.compile(
    rf"(?<![0-9年个第一二三四五六七八九十])(?:每年|当年|次年|同年|今年|去年|明年)?(?P<m>{_MONTH})月(?!龄|球|亮|份额)"
    rf"(?:的第[一二三四五]周|(?:{_MONTH}日)|和{_MONTH}月|[上中下]旬|份|底|初|末)?(?:前(?![款述项后]))?")
_YEARLY_ZH = re.compile("每年[上下]半年")
_BEFORE_EN = re.compile(r"(?i)(?<![a-z])by (?:the end of |the year )?$")
_FAR_EN = re.compile(r"(?i)(?<![a-z])by 2[01][0-9]{2}(?![0-9])")
_YEAR_EN = re.compile(
    r"(?i)(?<![a-z])(?:spring|summer|autumn|winter) (?:of )?(?:19|20)[0-9]{2}(?![0-9])|"
    r"(?:19|20)[0-9]{2}[-–](?:19|20)[0-9]{2}(?= rates| period| levels|[,.;)])|"
    r"(?:(?<=between )|(?<=enter )|(?<=entering )|(?<=early )|(?<=late )|(?<=mid-)|(?<=throughout )|(?<=from )|(?<=around ))"
    r"(?:19|20)[0-9]{2}(?![0-9])")
_MONTH_NAMES = ("January|February|March|April|May|June|July|August|September|October|November|December")
_PARTIAL_EN = re.compile(rf"(?<![A-Za-z])(?:{_MONTH_NAMES}) [0-9]{{1,2}}(?:st|nd|rd|th)?(?![0-9,])(?!, ?(?:19|20)[0-9]{{2}})")


def find_date_mentions(text: str, lang: str) -> Iterator[Candidate]:
    """Candidates of type DATE in the text, not yet free of overlaps.

    lang: zh or en; zh reads English dates too, as `find_dates` does.
    """
    key = match_key(text)
    for found in find_dates(text, lang):
        if lang == "zh" and _SERIAL_ZH.match(key, found.end):
            continue
        start, end = (_widen_en if lang == "en" else _widen_zh)(key, found.start, found.end)
        yield Candidate(start, end, "DATE", NIL, "date")
    partial = (_PARTIAL_EN, _FAR_EN, _YEAR_EN) if lang == "en" else (_PARTIAL_ZH, _YEARLY_ZH)
    searched = text if lang == "en" else key
    for pattern in partial:
        for match in pattern.finditer(searched):
            if _is_month(match.groupdict().get("m")):
                yield Candidate(match.start(), match.end(), "DATE", NIL, "date")


def _is_month(surface: str | None) -> bool:
    return surface is None or not surface.isdigit() or 1 <= int(surface) <= 12


def _widen_zh(key: str, start: int, end: int) -> tuple[int, int]:
    ranged = _RANGE_ZH.match(key, end)
    if ranged and ranged.group()[-1] in "年月日号":
        end = ranged.end()
    after = _AFTER_ZH.match(key, end) if key[end - 1] in "年月日号" else None
    if after:
        end = after.end()
    before = _BEFORE_ZH.search(key, max(0, start - 2), start)
    return (before.start() if before else start), end


def _widen_en(key: str, start: int, end: int) -> tuple[int, int]:
    before = _BEFORE_EN.search(key, max(0, start - 16), start)
    return (before.start() if before else start), end
