"""Spans that are one name although their parts are names too: 中国国家互联网信息办公室, 江苏省盐城市, Executive Order 14110 of
October 30, 2023 (Safe …)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

from pipeline.knowledge import load_registry
from pipeline.mentions.gazetteer import Hit
from pipeline.mentions.records import NIL, Candidate
from pipeline.mentions.words import word_list
from pipeline.text import match_key


def find_joined(text: str, hits: Sequence[Hit]) -> Iterator[Candidate]:
    """中国 with a body of the state behind it, and a Chinese province with a city behind it: the linked last part decides."""
    starts = {hit.start: hit for hit in hits if hit.entity.type in ("ACTOR", "GPE")}
    for hit in hits:
        behind = starts.get(hit.end)
        if hit.entity.type != "GPE" or behind is None or behind.end == hit.end:
            continue
        if behind.entity.type == "ACTOR" and hit.name.text in ("中国", "中华人民共和国") and behind.entity.jurisdiction in (None, "CN"):
            yield Candidate(hit.start, behind.end, "ACTOR", behind.entity.entity_id, "suffix")
        if hit.entity.kind == "province" and behind.entity.type == "GPE" and behind.entity.kind != "province" and (
                behind.entity.jurisdiction in (None, "CN")) and len(behind.name.text) > 1:
            yield Candidate(hit.start, behind.end, "GPE", behind.entity.entity_id, "suffix")


_HAN = "\u4e00-\u9fff"
_DISTRICT = re.compile(
    f"(?!各|市|全|城|园|辖|示范|试验|郊|老|新城|片|社|小|县|所)[{_HAN}]{{1,3}}(?<![各市级地园社])(?:区|县)(?![域分块级位间划别内]|政府)")
_ZONE = re.compile(
    f"中国[(（][{_HAN}]{{2,8}}[)）](?:自由贸易试验区|自贸试验区|跨境电子商务综合试验区)(?:[{_HAN}]{{2,6}}片区)?")


@lru_cache(maxsize=1)
def _districts() -> frozenset[str]:
    return frozenset(word_list("districts_zh"))


def _find_districts(key: str) -> Iterator[Candidate]:
    """Districts of large cities that stand by themselves: looked up at each 区, for a pattern of two hundred names is slow."""
    for mark in re.finditer(f"[{_HAN}]{{2}}区(?![域块])", key):
        for start in (mark.start() - 2, mark.start() - 1, mark.start()):
            if start >= 0 and key[start:mark.end()] in _districts():
                yield Candidate(start, mark.end(), "GPE", NIL, "description")


def find_parts(text: str, hits: Sequence[Hit]) -> Iterator[Candidate]:
    """Districts, with their city (杭州市余杭区) or without it, and free trade zones with their place in brackets."""
    key = match_key(text)
    for hit in hits:
        if hit.entity.type == "GPE" and key[hit.end - 1] == "市":
            district = _DISTRICT.match(key, hit.end)
            if district:
                yield Candidate(hit.start, district.end(), "GPE", NIL, "suffix")
    yield from _find_districts(key)
    for match in _ZONE.finditer(key):
        yield Candidate(*match.span(), "GPE", NIL, "suffix")


_SMALL = "(?:of|for|and|on|the|to|in|with|through|from|against|by)"
_WORD = "(?:[A-Z]|(?:of|in|for)(?=[A-Z]))[A-Za-zÀ-ɏ0-9&'’/-]{0,30}"  # ofArtificial: two words that a scan joined
_NEXT = "(?!Office of|Memorand|Executive Order|Presidential|Department of|Section |Public Law)"  # another name of a list
_TITLE = rf"{_WORD}(?:,? (?:{_SMALL} ){{0,2}}(?:and )?{_NEXT}{_WORD}){{1,16}}"
_DATED = re.compile(r" of [A-Z][a-z]{2,8} [0-9]{1,2}, (?:19|20)[0-9]{2}")
_BEHIND_NUMBER = re.compile(rf" ?\({_TITLE}\)|, (?:entitled )?[“\"]?{_TITLE}[”\"]?(?=[,.;)]| dated| \(|$|\n)")
_NAMED_BY_ORDER = re.compile(r"(?:Executive Order|E\.O\.|EO|Memorandum) (?:[0-9]{5}|M-[0-9]{2}-[0-9]{2})$")


def find_titled_orders(text: str, numbered: Sequence[Candidate]) -> Iterator[Candidate]:
    """United States orders and memoranda with their date and title: one name, linked as their number is."""
    for found in numbered:
        if not _NAMED_BY_ORDER.search(text[found.start:found.end]):
            continue
        dated = _DATED.match(text, found.end)
        end = dated.end() if dated else found.end
        titled = _BEHIND_NUMBER.match(text.replace("\n", " "), end)
        end = titled.end() if titled else end
        if end > found.end:
            yield found._replace(end=end)


_REGION = re.compile(r"(?:eastern|western|central) region(?![a-z])|(?:[Ee]ast|[Ww]est|[Nn]orth|[Ss]outh)(?:ern)? China(?![A-Za-z])")
_BEFORE_REGION = re.compile("(?:[Tt]he |^The )(?P<north>north)?$")
_BEFORE_CHINA = re.compile("(?<![A-Za-z])(?P<north>[Nn]orth|[Ss]outh)?$")


def find_regions(text: str) -> Iterator[Candidate]:
    """Parts of China that English texts name without capitals: the eastern region, northeast China."""
    for match in _REGION.finditer(text):
        before = _BEFORE_CHINA if match.group().endswith("China") else _BEFORE_REGION
        begins = before.search(text, max(0, match.start() - 10), match.start())
        if begins:
            start = begins.start("north") if begins["north"] else match.start()
            known = load_registry().lookup(text[start:match.end()])
            yield Candidate(start, match.end(), "GPE", known[0].entity_id if known else NIL, "description")
