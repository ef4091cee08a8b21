"""Commitments: what is promised, by whom, how much, by when; from targets, task lists and duties with a term.

A sentence commits when it names a future point (到2030年, by 2025), a target (预期目标, 力争) or a responsible body
(牵头, 负责, led by) together with an act or a number. Reports of the past, fines and thresholds of laws do not.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

from pipeline.mentions.quantities import find_quantities
from pipeline.mentions.records import NIL, Candidate
from pipeline.mentions.words import any_of
from pipeline.numerals import find_dates
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


@lru_cache(maxsize=64)
def _words(name: str, prefix: str = "", suffix: str = "") -> re.Pattern[str]:
    return re.compile(f"{prefix}{any_of(name)}{suffix}")


_CLAUSE_ZH = re.compile("[^，,。；;\n]{1,200}")
_CLAUSE_EN = re.compile(r"[^;\n]{1,400}")
_TERM_ZH = re.compile("自?(?P<own>本[\u4e00-\u9fff]{1,4})?(?:公布|施行|印发|发布|实施|生效)(?:之日)?起"
                      "(?:[0-9]{1,3}|[一二两三四五六七八九十]{1,4})个?"
                      "(?:工作日|日|天|月|年)(?:之?内)")
_YEARS_ZH = re.compile("(?:用|在|力争|争取)(?P<term>(?:[0-9]{1,2}|[一二两三四五六七八九十]{1,3})年(?:左右)?)(?:的?时间|之?内)")
_TERM_EN = re.compile(r"(?i)within (?:[0-9]{1,3}|[a-z]{3,9}) (?:calendar |business |working )?(?:days|weeks|months|years) "
                      r"(?:of|after|from|following) (?:the )?(?:date|issuance|publication|effective|enactment|entry|release|adoption)"
                      r"[^,.;\n]{0,60}")
_YEARS_EN = re.compile(
    r"(?i)(?P<term>(?:within |(?:over|in|within) the (?:next|coming) )(?:[0-9]{1,2}|two|three|four|five|six|ten) years)(?![a-z])")
_THIS_YEAR = re.compile("今年(?!以来|初|上半年|一季度)|本年度?|(?<![a-z])this year(?!['’])")
_OVER_LAST_YEAR = re.compile("比(?:上年|去年|[0-9]{4}年)[^，。；]{0,24}|(?:是|为)(?:上年|去年)的[^，。；]{0,12}|"
                             "year-on-year (?:increase|decrease|rise) of [^,;\n]{1,40}|, up [0-9.]{1,5}%(?: or [^,;\n]{1,30})?|"
                             "(?:increase|rise) of [^,;.\n]{1,30} (?:over|from) last year")


def find_commitments(sentence: str, lang: str, mentions: Sequence[Candidate], *, year: int | None, issuer: str,
                     heading: str = "", binding: bool = False, offset: int = 0, intro: str = "") -> Iterator[Commitment]:
    """Commitments of one sentence.

    mentions: those of the sentence, offsets in the document; offset: where the sentence begins there. year: year of
    the document, so that years before it are no deadlines (None: unknown). issuer: registry id of the issuing body,
    used where the text speaks of itself (我们, we). heading: a review of past work promises nothing, a list of goals does. intro: the
    sentence that opens the list in which this one stands (今年的主要预期目标是：), or "". binding: a law or rule, whose
    competences and thresholds are no commitments; its deadlines and terms from entry into force are.
    """
    key = match_key(sentence)
    for aside in (_OVER_LAST_YEAR, _TERM_EN, _TERM_ZH):
        key = aside.sub(lambda found: "□" * len(found.group()), key)
    due = _deadline(sentence, key, lang, year) or _term(sentence, lang, binding=binding)
    this_year = str(year) if year is not None and _THIS_YEAR.search(key) else None
    review = _has("review", lang, match_key(heading))
    aims = (not review and _has("goal", lang, match_key(heading))) or _has("target", lang, match_key(intro))
    ahead = bool(due or this_year or _has("future", lang, key) or aims)
    if not due and ((not ahead and _has("past", lang, key)) or (not aims and review)
                    or _PAST_FACT.search(key)):
        return
    task = not binding and names_task(key, lang, mentions)
    promised = bool(due) or (not binding and (_has("target", lang, key) or this_year is not None or (
        _has("level", lang, key) and (aims or _has("future", lang, key) or begins_with_level(key, lang)))))
    quantities = [] if not promised or _CEILING.search(key) else list(find_quantities(_without_titles(key, mentions, offset), lang))
    if not (quantities or task or (due and (not binding or _has("duty", lang, key)))):
        return
    actor = _actor(key, mentions, offset, issuer, lang)
    if not quantities:
        yield Commitment(actor, _clip(sentence), None, None, due)
    for found in quantities:
        yield Commitment(actor, _clause(sentence, found.start, found.end, lang), found.value, found.unit, due or this_year)


def _without_titles(key: str, mentions: Sequence[Candidate], offset: int) -> str:
    """The key with names of instruments blotted out: the number of an order is no quantity."""
    for found in mentions:
        if found.type == "INSTRUMENT":
            start, end = found.start - offset, found.end - offset
            key = key[:start] + "□" * (end - start) + key[end:]
    return key


_TOP = re.compile("^[一二三四五六七八九十]{1,3}、|^[IVX]{1,5}\\.|^(?:chapter|part) ")


def open_section(heading: str, section: str) -> str:
    """The section that a heading opens: one of goals or of review lasts through its sub-headings, to the next top heading."""
    key = match_key(heading.strip())
    telling = any(_has(name, lang, key) for name in ("goal", "review") for lang in ("zh", "en"))
    return heading.strip() if telling else "" if _TOP.search(heading.strip()) or _TOP.search(key) else section


# What applicants may hand in, and what has been done: no promise even with a word for the future beside it.
_CEILING = re.compile("(?:推荐|申报|报送|每个|每家|每省|名额)[^，。；]{0,20}(?:不超过|不得超过|限报)")
_PAST_FACT = re.compile("(?:五年来|一年来|过去[一二三四五六七八九十0-9]{1,2}年|同比增长|累计(?:完成|建成|实现)|"
                        "已(?:经|达|有|累计|建成|完成|形成))|"
                        "(?:over|in|during) the (?:past|last) (?:[a-z]{3,6} )?years?")


def _term(sentence: str, lang: str, *, binding: bool) -> str | None:
    """A term that runs from the text or from now, as printed: 自印发之日起6个月内, 三年左右, within three years. In a law
    the term must name the law itself (本法施行之日起); others are periods of a procedure."""
    term = (_TERM_ZH if lang == "zh" else _TERM_EN).search(sentence)
    if term and not (binding and lang == "zh" and not term["own"]):
        return term.group()
    years = (_YEARS_ZH if lang == "zh" else _YEARS_EN).search(sentence)
    return years["term"] if years else None


def begins_with_level(key: str, lang: str) -> bool:
    """An imperative of a plan: Boost … to 15,000."""
    return lang == "en" and bool(re.match(f"[^a-z]{{0,4}}{any_of('level_en')}(?![a-z])", key))


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
            limited = re.search("(?:到|至|力争)$", before) or re.match("(?:年?底|末|初)?(?:之?前|以前)|年?底|末|年年底", after)
        else:
            if key[max(0, found.start - 2):found.start] in ("截至", "截止"):
                continue
            limited = re.search(r"(?:by|before|until|no later than|by the end of|by the year)\s?(?:the )?$", before)
        if limited and not re.search("(?:自|从|from|since|施行|生效)", before[-6:]) and not re.match("起|施行|生效", after):
            return found.iso
    match = re.search(r"(?i)(?<![a-z])by (?:the end of )?(2[01][0-9]{2})(?![0-9])", sentence) if lang == "en" else None
    return match[1] if match and (year is None or int(match[1]) >= year) else None


_TASK_NOTE = re.compile("[（(【][^()（）]{0,120}(?:牵头|负责|按职责分工)[^()（）]{0,40}[)）】]|(?:责任|牵头|配合)(?:单位|部门)[:：]|"
                        "由[^，。]{2,30}牵头")
_LED_BY = re.compile("(?<!is )(?<!are )(?<!was )(?<!were )(?<!been )(?<![a-z])(?:led by|taking the lead|lead agency)(?![a-z])")
_LABEL_EN = re.compile("(?i)(?<![a-z])(?:responsible(?: (?:institution|agency|department|body|ministry))?(?: for (?:the )?action)?|"
                       "lead(?: (?:agency|department|ministry|institution|body))?|action owner|owner) ?:")


def names_task(key: str, lang: str, mentions: Sequence[Candidate]) -> bool:
    """A task with its body: (X牵头，Y负责), 责任单位：…, X牵头成立…, "led by the Department of …", "Responsible for Action: …";
    competences (X负责…) are none."""
    acting = any(found.type in ("ACTOR", "ORG") for found in mentions)
    if lang == "zh":
        return bool(_TASK_NOTE.search(key)) or (acting and bool(_LEADS.search(key)))
    return acting and (bool(_LED_BY.search(key)) or bool(_LABEL_EN.search(key)))


_LEADS = re.compile("牵头(?:，|成立|组织|制定|会同|推进|建立|负责|研究|开展|编制|落实|做好)")


def _actor(key: str, mentions: Sequence[Candidate], offset: int, issuer: str, lang: str) -> str:
    """The body in charge: the one before 牵头 / 负责, else the first body named, else the issuer where the text says we."""
    bodies = [found for found in mentions if found.type in ("ACTOR", "ORG", "FORUM", "GPE")]
    acting = [found for found in bodies if found.type in ("ACTOR", "ORG")]
    label = _LABEL_EN.search(key) if lang == "en" else None
    if label and (named := [found for found in acting if found.start - offset >= label.end()]):
        return named[0].entity_id
    lead = _words(f"responsible_{lang}").search(key)
    if lead and acting:
        near = [found for found in acting if found.end - offset <= lead.start()]
        return (near[0] if near else acting[0]).entity_id
    if acting and acting[0].start - offset <= (40 if lang == "zh" else 120):
        return acting[0].entity_id
    if re.search("我们|我部|我办|本部门", key) if lang == "zh" else re.search("(?<![a-z])(?:we|our)(?![a-z])", key):
        return issuer
    return NIL


def _clause(sentence: str, start: int, end: int, lang: str) -> str:
    for match in (_CLAUSE_ZH if lang == "zh" else _CLAUSE_EN).finditer(sentence):
        if match.start() <= start and end <= match.end() + 1:
            return match.group().strip()
    return _clip(sentence)


def _clip(sentence: str) -> str:
    return sentence.strip()[:400]
