"""Numbers with their units as they stand in targets: 万, 亿 and million multiplied out, percent as 70.0."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from pipeline.mentions.words import alternatives, word_list, words_by_type
from pipeline.numerals import parse_number
from pipeline.text import match_key


class Quantity(NamedTuple):
    """One number with its unit (None: a plain count); start, end in the searched text."""

    start: int
    end: int
    value: float
    unit: str | None


_NUMBER_ZH = (r"(?<![0-9.第〔（(A-Za-z/+-])(?P<number>[0-9][0-9,]{0,12}(?:\.[0-9]{1,6})?(?:[万亿千百]{1,2})?|"
              r"[一二两三四五六七八九十百千]{1,6}[万亿]{0,2})")
_SCALE = "(?: (?:hundred|thousand|million|billion|trillion))?"
_NUMBER_EN = (rf"(?P<number>(?:[0-9]{{1,3}}(?:,[0-9]{{3}}){{1,4}}|[0-9]{{1,12}})(?:\.[0-9]{{1,6}})?{_SCALE}|"
              rf"(?:one|two|three|four|five|six|seven|eight|nine|ten|twelve|twenty|fifty|hundred){_SCALE})")


@lru_cache(maxsize=1)
def _zh() -> re.Pattern[str]:
    units = alternatives(tuple(map(match_key, word_list("units_zh"))))
    nouns = alternatives(tuple(noun for nouns in words_by_type("counted_zh").values() for noun in nouns))
    return re.compile(rf"{_NUMBER_ZH}(?:多|余)?(?:(?P<unit>{units})(?!以上学历|以上学位)|[\u4e00-\u9fff“”、]{{0,6}}?(?P<noun>{nouns}))")


@lru_cache(maxsize=1)
def _en() -> re.Pattern[str]:
    units = alternatives(tuple(map(match_key, word_list("units_en"))))
    return re.compile(rf"(?<![a-z0-9.,(-])(?P<money>[$£€] ?)?{_NUMBER_EN}(?: ?(?P<unit>%|x(?![a-z])|{units}(?![a-z]))|"
                      rf"-(?P<joined>{units})(?![a-z])|"
                      r"(?P<noun>(?: [a-z-]{3,20}){0,3} [a-z]{3,20}s)(?![a-z])|(?= to |[.,;\s]|$))")


@lru_cache(maxsize=1)
def _printed() -> dict[str, str]:
    return {match_key(unit): unit for name in ("units_zh", "units_en") for unit in word_list(name)}


@lru_cache(maxsize=1)
def _unit_of_noun() -> dict[str, str]:
    return {noun: unit for unit, nouns in words_by_type("counted_zh").items() for noun in nouns}


_SERIAL = re.compile("第[〇零一二三四五六七八九十百千0-9]{1,6}[条章节款项届次号期]|“[^”\n]{1,20}”|article [0-9]{1,4}")
_SCALE_ZH = re.compile("万亿|万|亿")
_POWERS = {"万": 10.0**4, "亿": 10.0**8, "万亿": 10.0**12}
_LOW_ZH = re.compile("(?<![0-9.])(?P<low>[0-9]{1,6}(?:\\.[0-9]{1,4})?)[%家个项]?(?:至|-|—|~|～)$")
_LOW_EN = re.compile("(?<![0-9.])(?P<low>[0-9]{1,6}(?:\\.[0-9]{1,4})?)(?: to |-|–)$")
_NO_TARGET = re.compile("第$|(?:从|由|from |自)(?:不到|约)?[^，。,0-9]{0,6}$|(?:前|每|增长[^，。]{0,4}或)$")
_TO = re.compile("(?:to|by|over|least|than|about|around) $")
_MADE = re.compile("(?:build|create|train|found|launch|establish|open|recruit|cultivate|set up) $")
_VAGUE = frozenset(["批", "次", "份", "个", "种", "条", "项", "家", "名", "处", "门", "件", "套", "支", "篇", "人", "people", "points"])


def find_quantities(key: str, lang: str) -> Iterator[Quantity]:
    """Quantities of a match key in order; of a range (2至3家) the lower bound, of a change (从 … 到 …) the value to be reached.

    Left out: numbers of articles and editions, numbers in quotation marks, 一个 and the like, small numbers in words
    (三个, 八项: idioms more often than targets), years.
    """
    searched = _SERIAL.sub(lambda found: "#" * len(found.group()), key)
    for match in (_zh() if lang == "zh" else _en()).finditer(searched):
        found = _read(match, searched[max(0, match.start() - 10):match.start()], lang)
        if found:
            yield found


def _read(match: re.Match[str], before: str, lang: str) -> Quantity | None:
    value, unit = parse_number(match["number"]), _unit(match, lang)
    low = (_LOW_ZH if lang == "zh" else _LOW_EN).search(before)
    if low:
        value = parse_number(low["low"])
    digits = any(mark.isdigit() for mark in match["number"])
    if not digits and lang == "zh" and not re.search("[一二两三四五六七八九十]", match["number"]):
        return None  # 千亿斤粮食: part of a name
    if value is None or _NO_TARGET.search(before) or (match["number"] in ("一", "1", "one") and (unit in _VAGUE or not unit)):
        return None
    if not digits and (unit != "%" if lang == "en" else not re.search("[万亿千百]", match["number"])):
        return None
    if lang == "en" and not (match["money"] or match["unit"] or match["joined"]) and not (
            (_is_count(match["number"]) and (match["noun"] or _TO.search(before))) or (match["noun"] and _MADE.search(before))):
        return None
    scale = _SCALE_ZH.match(unit or "")
    if scale and unit and scale.end() < len(unit):
        value, unit = value * _POWERS[scale.group()], unit[scale.end():]
    return Quantity(match.start() - (len(low["low"]) + 1 if low else 0), match.end(), value, unit)


def _is_count(number: str) -> bool:
    """Whether an English number without a known unit counts something: 15,000 or 2 million, but no year and no small number."""
    return "," in number or " " in number or (number.isdigit() and int(number) >= 100 and not 1900 <= int(number) <= 2100)


def _unit(match: re.Match[str], lang: str) -> str | None:
    if lang == "zh":
        return _printed()[match["unit"]] if match["unit"] else _unit_of_noun()[match["noun"]]
    if match["money"]:
        return _MONEY[match["money"].strip()]
    printed = match["unit"] or match["joined"]
    if printed:
        return _printed().get(printed, printed)
    return match["noun"].split()[-1] if match["noun"] else None


_MONEY = {"$": "dollars", "£": "pounds", "€": "euros"}
