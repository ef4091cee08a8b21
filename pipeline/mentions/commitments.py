"""Commitments: what is promised, by whom, how much, by when; from targets, task lists and duties with a term.

A sentence commits when it names a future point (到2030年, by 2025), a target (预期目标, 力争) or a responsible body
(牵头, 负责, led by) together with an act or a number. Reports of the past, fines and thresholds of laws do not.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

from pipeline.mentions.records import NIL, Candidate
from pipeline.mentions.words import any_of
from pipeline.numerals import find_dates, parse_number
from pipeline.text import match_key


class Commitment(NamedTuple):
    """One promise. actor_id: registry id or NIL where the actor is unnamed or unknown. quantity: value as printed
    (percent as 70.0, 万亿 multiplied out), None where none is named. deadline: ISO date as precise as printed, or the
    term as printed (6个月内, within 180 days), None where none is named."""

    actor_id: str
    action: str
    quantity: float | None
    unit: str | None
    deadline: str | None


_NUMBER_ZH = (r"(?<![0-9.第〔（(A-Za-z/-])(?P<number>[0-9][0-9,]{0,12}(?:\.[0-9]{1,6})?(?:[万亿千百]{1,2})?|"
              r"[一二两三四五六七八九十百千]{1,6}[万亿]{0,2})")
_SCALE = "(?: (?:hundred|thousand|million|billion|trillion))?"
_NUMBER_EN = (rf"(?P<number>[0-9][0-9,]{{0,14}}(?:\.[0-9]{{1,6}})?{_SCALE}|"
              rf"(?:one|two|three|four|five|six|seven|eight|nine|ten|twelve|twenty|fifty|hundred){_SCALE})")


@lru_cache(maxsize=1)
def _quantity_zh() -> re.Pattern[str]:
    return re.compile(rf"{_NUMBER_ZH}(?:多|余)?(?P<unit>{any_of('units_zh')})(?P<more>以上|左右|以内|以下|以外)?(?!以上学历)")


@lru_cache(maxsize=1)
def _quantity_en() -> re.Pattern[str]:
    return re.compile(rf"(?<![A-Za-z0-9.(-]){_NUMBER_EN}(?: ?(?P<percent>%)|[ -](?P<unit>{any_of('units_en')})(?![a-z]))")


@lru_cache(maxsize=64)
def _words(name: str, prefix: str = "", suffix: str = "") -> re.Pattern[str]:
    return re.compile(f"{prefix}{any_of(name)}{suffix}")


_CLAUSE_ZH = re.compile("[^，,。；;\n]{1,200}")
_CLAUSE_EN = re.compile(r"[^;\n]{1,400}")
_TERM_ZH = re.compile("自?(?:本[\u4e00-\u9fff]{1,4})?(?:公布|施行|印发|发布|实施|生效)(?:之日)?起"
                      "(?:[0-9]{1,3}|[一二两三四五六七八九十]{1,4})个?"
                      "(?:工作日|日|天|月|年)(?:之?内)")
_TERM_EN = re.compile(r"(?i)within (?:[0-9]{1,3}|[a-z]{3,9}) (?:calendar |business |working )?(?:days|weeks|months|years) "
                      r"(?:of|after|from|following) (?:the )?(?:date|issuance|publication|effective|enactment|entry|release|adoption)"
                      r"[^,.;\n]{0,60}")


def find_commitments(sentence: str, lang: str, mentions: Sequence[Candidate], *, year: int | None, issuer: str,
                     heading: str = "", binding: bool = False, offset: int = 0) -> Iterator[Commitment]:
    """Commitments of one sentence.

    mentions: those of the sentence, offsets in the document; offset: where the sentence begins there. year: year of
    the document, so that years before it are no deadlines (None: unknown). issuer: registry id of the issuing body,
    used where the text speaks of itself (我们, we). heading: a review of past work promises nothing, a list of
    goals does. binding: a law
    or rule, whose competences and thresholds are no commitments; its deadlines and terms from entry into force are.
    """
    key = match_key(sentence)
    deadline = _deadline(sentence, key, lang, year)
    aims = _has("goal", lang, match_key(heading))
    if not deadline and (_has("past", lang, key) or (not aims and _has("review", lang, match_key(heading)))):
        return
    term = (_TERM_ZH if lang == "zh" else _TERM_EN).search(sentence)
    task = not binding and _names_task(key, lang, mentions)
    promised = bool(deadline) or (not binding and (_has("target", lang, key) or (
        _has("level", lang, key) and (aims or _has("future", lang, key)))))
    quantities = list(_quantities(key, lang)) if promised else []
    due = deadline or (term.group() if term else None)
    if not (quantities or task or (due and _has("duty", lang, key))):
        return
    actor = _actor(key, mentions, offset, issuer, lang)
    if not quantities:
        yield Commitment(actor, _clip(sentence), None, None, due)
    for start, end, value, unit in quantities:
        yield Commitment(actor, _clause(sentence, start, end, lang), value, unit, due)


def _has(list_name: str, lang: str, key: str) -> bool:
    if lang == "zh":
        return bool(_words(f"{list_name}_zh").search(key))
    return bool(_words(f"{list_name}_en", "(?<![a-z])", "(?![a-z])").search(key))


def _deadline(sentence: str, key: str, lang: str, year: int | None) -> str | None:
    """The first future date that stands as a limit: 到2030年, 2025年底前, 2026年, by 2030, by the end of 2025."""
    for found in find_dates(sentence, lang):
        if year is not None and int(found.iso[:4]) < year:
            continue
        before, after = key[max(0, found.start - 18):found.start], key[found.end:found.end + 8]
        if lang == "zh":
            if key[max(0, found.start - 2):found.start] in ("截至", "截止"):
                continue
            limited = re.search("(?:到|至|力争|于)$", before) or re.match("(?:年?底|末|初)?(?:之?前|以前)|年?底|末|年年底", after)
        else:
            if key[max(0, found.start - 2):found.start] in ("截至", "截止"):
                continue
            limited = re.search(r"(?:by|before|until|no later than|by the end of|by the year)\s?(?:the )?$", before)
        if limited and not re.search("(?:自|从|from|since|施行|生效)", before[-6:]) and not re.match("起|施行|生效", after):
            return found.iso
    match = re.search(r"(?i)(?<![a-z])by (?:the end of )?(2[01][0-9]{2})(?![0-9])", sentence) if lang == "en" else None
    return match[1] if match and (year is None or int(match[1]) >= year) else None


def _quantities(key: str, lang: str) -> Iterator[tuple[int, int, float, str]]:
    """(start, end, value, unit); of a range (2至3家) the lower bound, of a change (从 … 到 …) the value to be reached."""
    pattern = _quantity_zh() if lang == "zh" else _quantity_en()
    for match in pattern.finditer(_SERIAL.sub(lambda found: "#" * len(found.group()), key)):
        value, unit = parse_number(match["number"]), match["unit"] or "%"
        before = key[max(0, match.start() - 8):match.start()]
        low = _LOW_ZH.search(before) if lang == "zh" else _LOW_EN.search(before)
        if low:
            value = parse_number(low["low"])
        if value is None or _NO_TARGET.search(before) or (match["number"] in ("一", "1", "one") and unit in _VAGUE):
            continue
        if not any(mark.isdigit() for mark in match["number"]) and lang == "zh" and not re.search("[万亿千百]", match["number"]):
            continue  # 三个, 八项, 四两: idioms more often than targets
        scale = _SCALE_ZH.match(unit)
        if scale and scale.end() < len(unit):
            value, unit = value * _POWERS[scale.group()], unit[scale.end():]
        yield match.start() - (len(low["low"]) + 1 if low else 0), match.end(), value, unit


_SERIAL = re.compile("第[〇零一二三四五六七八九十百千0-9]{1,6}[条章节款项届次号期]|“[^”\n]{1,20}”|article [0-9]{1,4}")
_SCALE_ZH = re.compile("万亿|万|亿")
_POWERS = {"万": 10.0**4, "亿": 10.0**8, "万亿": 10.0**12}
_LOW_ZH = re.compile("(?<![0-9.])(?P<low>[0-9]{1,6}(?:\\.[0-9]{1,4})?)[%家个项]?(?:至|-|—|~|～)$")
_LOW_EN = re.compile("(?<![0-9.])(?P<low>[0-9]{1,6}(?:\\.[0-9]{1,4})?)(?: to |-|–)$")
_NO_TARGET = re.compile("第$|(?:从|由|from |自)(?:不到|约)?[^，。,0-9]{0,6}$")
_VAGUE = frozenset(["批", "次", "份", "个", "种", "条", "项", "家", "名", "处", "门", "件", "套", "支", "篇", "人", "people", "points"])


_TASK_NOTE = re.compile("[（(【][^()（）]{0,120}(?:牵头|负责|按职责分工)[^()（）]{0,40}[)）】]|(?:责任|牵头|配合)(?:单位|部门)[:：]|"
                        "由[^，。]{2,30}牵头")


def _names_task(key: str, lang: str, mentions: Sequence[Candidate]) -> bool:
    """A task with its body: (X牵头，Y负责), 责任单位：…, "led by the Department of …"; competences (X负责…) are none."""
    if lang == "zh":
        return bool(_TASK_NOTE.search(key))
    return _has("responsible", lang, key) and any(found.type in ("ACTOR", "ORG") for found in mentions)


def _actor(key: str, mentions: Sequence[Candidate], offset: int, issuer: str, lang: str) -> str:
    """The body in charge: the one before 牵头 / 负责, else the first body named, else the issuer where the text says we."""
    bodies = [found for found in mentions if found.type in ("ACTOR", "ORG", "FORUM", "GPE")]
    lead = _words(f"responsible_{lang}").search(key)
    acting = [found for found in bodies if found.type in ("ACTOR", "ORG")]
    if lead and acting:
        near = [found for found in acting if found.end - offset <= lead.start()]
        return (near[0] if near else acting[0]).entity_id
    if acting and acting[0].start - offset <= (40 if lang == "zh" else 120):
        return acting[0].entity_id
    if re.search("我们|我部|我办|本部门", key) if lang == "zh" else re.search("(?<![a-z])(?:we|our)(?![a-z])", key):
        return issuer
    return issuer if not acting else NIL


def _clause(sentence: str, start: int, end: int, lang: str) -> str:
    for match in (_CLAUSE_ZH if lang == "zh" else _CLAUSE_EN).finditer(sentence):
        if match.start() <= start and end <= match.end() + 1:
            return match.group().strip()
    return _clip(sentence)


def _clip(sentence: str) -> str:
    return sentence.strip()[:400]
