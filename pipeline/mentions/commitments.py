"""Commitments: what is promised, by whom, how much, by when; from targets, task lists and duties with a term.

A sentence commits when it names a future point (到2030年, by 2025), a target (预期目标, 力争) or a responsible body
(牵头, 负责, led by) together with an act or a number. Reports of the past, fines and thresholds of laws do not.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

from pipeline.mentions.deadlines import find_deadline, find_term, without_terms
from pipeline.mentions.quantities import find_quantities
from pipeline.mentions.records import NIL, Candidate
from pipeline.mentions.words import any_of
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
_THIS_YEAR = re.compile("今年(?!以来|初|上半年|一季度)|本年度?|(?<![a-z])this year(?!['’])")
_OVER_LAST_YEAR = re.compile("比(?:上年|去年|[0-9]{4}年)[^，。；]{0,24}|(?:是|为)(?:上年|去年)的[^，。；]{0,12}|"
                             "year-on-year (?:increase|decrease|rise) of [^,;\n]{1,40}|, up [0-9.]{1,5}%(?: or [^,;\n]{1,30})?|"
                             "(?:increase|rise) of [^,;.\n]{1,30} (?:over|from) last year")


def find_commitments(sentence: str, lang: str, mentions: Sequence[Candidate], *, year: int | None, issuer: str,
                     heading: str = "", binding: bool = False, offset: int = 0, intro: str = "") -> Iterator[Commitment]:
    """Commitments of one sentence.

    mentions: those of the sentence, offsets in the document; offset: where the sentence begins there. year: year of
    the document, so that years before it are no deadlines (None: unknown). issuer: registry id of the issuing body,
    used where the text speaks of itself (我们, we) and where nobody is named. heading: a review promises nothing, a list of goals
    does. intro: the sentence that opens the list in which this one stands (今年的主要预期目标是：), or "". binding: a law
    or rule, whose competences and thresholds are no commitments; its deadlines and terms from entry into force are.
    """
    key = _OVER_LAST_YEAR.sub(lambda found: "□" * len(found.group()), without_terms(match_key(sentence)))
    future = _has("future", lang, key)
    due = find_deadline(sentence, key, lang, year, future=future) or find_term(sentence, lang, binding=binding)
    now = bool(_THIS_YEAR.search(key) or _THIS_YEAR.search(match_key(intro)))
    this_year = str(year) if now and year is not None else None
    review = _has("review", lang, match_key(heading))
    aims = (not review and _has("goal", lang, match_key(heading))) or _has("target", lang, match_key(intro))
    ahead = bool(due or now or future)
    if not due and ((not ahead and (_has("past", lang, key) or _names_past_year(key, year))) or (not aims and review)
                    or _PAST_FACT.search(key)):
        return
    task = not binding and names_task(key, lang, mentions)
    promised = bool(due or _EVERY_YEAR.search(key)) or (not binding and (_has("target", lang, key) or now or (
        _has("level", lang, key) and (aims or future or begins_with_level(key, lang)))))
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
_EVERY_YEAR = re.compile("每年(?:安排|投入|拨付|新增)")
_PAST_FACT = re.compile("从(?:19|20)[0-9]{2}年|毕业生[^，]{0,6}[0-9]{2,4}万|(?:五年来|一年来|过去[一二三四五六七八九十0-9]{1,2}年|同比增长|"
                        "累计(?:完成|建成|实现)|已(?:经|达|有|累计|建成|完成|形成))|"
                        "(?:over|in|during) the (?:past|last) (?:[a-z]{3,6} )?years?")


def _names_past_year(key: str, year: int | None) -> bool:
    return year is not None and any(int(found) < year for found in re.findall("(?<![0-9])((?:19|20)[0-9]{2})年", key))


def begins_with_level(key: str, lang: str) -> bool:
    """An imperative of a plan: Boost … to 15,000."""
    return lang == "en" and bool(re.match(f"[^a-z]{{0,4}}{any_of('level_en')}(?![a-z])", key))


def _has(list_name: str, lang: str, key: str) -> bool:
    if lang == "zh":
        return bool(_words(f"{list_name}_zh").search(key))
    return bool(_words(f"{list_name}_en", "(?<![a-z])", "(?![a-z])").search(key))


_TASK_NOTE = re.compile("[（(【][^()（）]{0,120}(?:牵头|负责|按职责分工)[^()（）]{0,40}[)）】]|(?:责任|牵头|配合)(?:单位|部门)[:：]|"
                        "由[^，。]{2,30}牵头")
_LED_BY = re.compile("^[^a-z]{0,6}led by(?![a-z])|^[^a-z]{0,3}[•▪●*-][^.]{1,400}, led by(?![a-z])")
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
    return issuer if not acting else NIL


def _clause(sentence: str, start: int, end: int, lang: str) -> str:
    for match in (_CLAUSE_ZH if lang == "zh" else _CLAUSE_EN).finditer(sentence):
        if match.start() <= start and end <= match.end() + 1:
            return match.group().strip()
    return _clip(sentence)


def _clip(sentence: str) -> str:
    return sentence.strip()[:400]
