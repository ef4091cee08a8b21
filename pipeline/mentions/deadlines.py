"""By when something is due: dates that stand as limits (到2030年, by 2025) and terms (三年内, within 180 days of …)."""

from __future__ import annotations

import re

from pipeline.numerals import find_dates

_TERM_ZH = re.compile("自?(?P<own>本[\u4e00-\u9fff]{1,4})?(?:公布|施行|印发|发布|实施|生效)(?:之日)?起"
                      "(?:[0-9]{1,3}|[一二两三四五六七八九十]{1,4})个?"
                      "(?:工作日|日|天|月|年)(?:之?内)")
_YEARS_ZH = re.compile("(?:用|在|力争|争取)(?P<term>(?:[0-9]{1,2}|[一二两三四五六七八九十]{1,3})年(?:左右)?)(?:的?时间|之?内)")
# 两年内实现全覆盖, 今明两年内全部开放: a term from now, by what is to be reached in it; not 近三年内, 每三年内
_GOAL_ZH = re.compile("(?<![近每前第满过0-9一二三四五六七八九十])(?P<term>(?:今明|未来)?(?:[1-9]|[一两二三四五十]{1,2})年)之?内"
                      "(?=[^。；，未不]{0,6}(?:全部|实现|完成|建成|基本|取消|解决|形成|达到|开放))")
_TERM_EN = re.compile(r"(?i)within (?:[0-9]{1,3}|[a-z]{3,9}) (?:calendar |business |working )?(?:days|weeks|months|years) "
                      r"(?:of|after|from|following) (?:the )?(?:date|issuance|publication|effective|enactment|entry|release|adoption)"
                      r"[^,.;\n]{0,60}")
_YEARS_EN = re.compile(r"(?i)(?P<term>(?:within |(?:over|in|within) the (?:next|coming) )"
                       r"(?:[0-9]{1,2}|two|three|four|five|six|ten) (?:months|years))(?! (?:of|after|from)(?![a-z]))(?![a-z])")


_OWN_EN = re.compile(r"(?i)(?<![a-z])we (?:will|shall|commit to|undertake to) [^.;\n]{1,120} "
                     r"(?P<term>within (?:[0-9]{1,3}|[a-z]{3,9}) (?:hours|days|weeks))(?! (?:of|after) (?:a|the) request)(?![a-z])")


def find_term(sentence: str, lang: str, *, binding: bool) -> str | None:
    """A term that runs from the text or from now, as printed: 自印发之日起6个月内, 三年左右, within three years.

    binding: in a law the term must name the law itself (本法施行之日起); others are periods of a procedure.
    """
    term = (_TERM_ZH if lang == "zh" else _TERM_EN).search(sentence)
    if term and not (binding and lang == "zh" and not term["own"]):
        return term.group()
    years = (_YEARS_ZH if lang == "zh" else _YEARS_EN).search(sentence) or _OWN_EN.search(sentence)
    if not years and lang == "zh" and not binding:
        years = _GOAL_ZH.search(sentence)
    return years["term"] if years else None


def without_terms(key: str) -> str:
    """The match key with terms blotted out: 180 days is no quantity."""
    for pattern in (_TERM_EN, _TERM_ZH):
        key = pattern.sub(lambda found: "□" * len(found.group()), key)
    return key


_BEFORE_ZH = re.compile("(?:到|至|力争)$")
_BEHIND_ZH = re.compile("(?:年?底|末|初)?(?:之?前|以前)|年?底|末|年年底")
_DONE_ZH = re.compile(".{0,4}?(?:完成|建成|实现|达到)")
_BEFORE_EN = re.compile(r"(?:by|before|until|no later than|by the end of|by the year)\s?(?:the )?$")
_DAY_ZH = re.compile("(?<![0-9年])(?P<month>[1-9]|1[0-2])月(?P<day>[1-9]|[12][0-9]|3[01])日(?:之?前|以前)")
_BY_YEAR_EN = re.compile(r"(?i)(?<![a-z])by (?:the end of )?(2[01][0-9]{2})(?![0-9])")
_IN_YEAR_EN = re.compile(r"(?i)(?<![a-z])(?:in|by) (?:the (?:end|first half|second half|spring|summer|autumn) of |early |late |mid-|"
                         r"(?:spring|summer|autumn|winter|q[1-4]) )?(2[01][0-9]{2})(?![0-9])")


def find_deadline(sentence: str, key: str, lang: str, year: int | None, *, future: bool) -> str | None:
    """The first date that stands as a limit, ISO as precise as printed: 到2030年, 2025年底前, 9月28日前, by 2030.

    year: of the document; earlier dates are none, and dates without a year are in it. future: the sentence speaks of
    what will be, so that "in 2025" is a limit too.
    """
    for found in find_dates(sentence, lang):
        if year is not None and int(found.iso[:4]) < year:
            continue
        before, after = key[max(0, found.start - 18):found.start], key[found.end:found.end + 8]
        if before.endswith(("截至", "截止")) or re.match("起|施行|生效", after) or re.search("自|从|from|since|施行|生效", before[-6:]):
            continue
        if lang == "en" and _BEFORE_EN.search(before):
            return found.iso
        if lang == "zh" and (_BEFORE_ZH.search(before) or _BEHIND_ZH.match(after) or (
                before.endswith("于") and _DONE_ZH.match(after))):
            return found.iso
    if lang == "zh":
        day = _DAY_ZH.search(key)
        return f"{year}-{int(day['month']):02}-{int(day['day']):02}" if day and year is not None else None
    match = (_IN_YEAR_EN if future else _BY_YEAR_EN).search(sentence)
    return match[1] if match and (year is None or int(match[1]) >= year) else None
