"""Offices, descriptions of one body, persons and the Party in English texts: the Secretary, municipal authorities, Premier …"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from pipeline.knowledge import load_registry
from pipeline.mentions.records import NIL, Candidate
from pipeline.mentions.words import any_of


@lru_cache(maxsize=1)
def _role() -> re.Pattern[str]:
    return re.compile(rf"(?<![A-Za-z])(?:[Tt]he|[Aa]) (?P<role>{any_of('roles_en')})(?!(?:,? [A-Z])| of [A-Z]| for [A-Z]|-)(?![A-Za-z])")


_DESCRIPTION = re.compile(
    r"(?=[MmSsNnPp])(?<![A-Za-z])(?:[Mm]unicipal|[Ss]tate|[Nn]ational|[Pp]rovincial) (?!and )(?:[a-z]{3,20},? ){1,6}?"
    r"(?:authorit(?:y|ies)(?: (?:of|for)(?: [a-z]{3,20}){1,4}? administration)?|departments?)(?![a-z])")
_STATE_COUNCIL = re.compile(
    r"(?=S)(?<![A-Za-z])State Council [Dd]epartments?(?: (?:for|in charge of|responsible for)"
    r"(?: (?!are|is|shall|will|may|should|must|to|in|have|has)[a-z]{2,20}){1,6})?|"
    r"(?=m)(?<![A-Za-z])main oversight departments? for AI under the State Council")
_CONGRESS = re.compile(r"(?=[12A-Z])(?<![A-Za-z0-9])(?:[12][0-9]th|[A-Z][a-z]{4,10}(?:th|st|nd|rd)) "
                       r"(?:CPC |Party )?National (?:Party |CPC )?Congress"
                       r"(?: of the (?:Party|CPC|Communist Party of China))?(?![A-Za-z])|"
                       r"(?:[0-9]{1,2}(?:st|nd|rd|th) )Session of the Conference of the Parties"
                       r"(?: to the (?:[A-Z][A-Za-z]{1,20}|on|of|for)(?: (?:[A-Z][A-Za-z]{1,20}|on|of|for)){0,8})?")
_UNION = re.compile(
    r"(?<=[ (])Union(?= (?:or |and )?(?:national )?(?:law|market|legislation|citizens|level|acts?|institutions?|shall|should|"
    r"harmonisation)|[.,;)]| (?:and|or|to|in|on|is|of|as|has|by|under)(?![a-z]))")
_INSIDE = re.compile(r"(?:in|within|across|outside|throughout|into|of) (?:the )?$|^ (?:or|and)? ?(?:national )?law")


def find_descriptions_en(text: str) -> Iterator[Candidate]:
    """Descriptions of one body (municipal human resources authorities) and "the Union" of European Union texts.

    The Union as a place or a legal order is GPE, as an actor FORUM (codebook section 6).
    """
    for match in _DESCRIPTION.finditer(text):
        if not re.search("relevant|other|these|such|various|local|shall|must|will|may|should|national competent|the ", match.group()):
            yield Candidate(match.start(), match.end(), "ACTOR", NIL, "description")
    for match in _STATE_COUNCIL.finditer(text):
        yield Candidate(*match.span(), "ACTOR", NIL, "description")
    for match in _CONGRESS.finditer(text):
        yield Candidate(*match.span(), "FORUM", _forum(match.group()), "suffix")
    for match in _UNION.finditer(text):
        if re.search("(?:[Tt]he|[Ii]n|[Oo]f|[Uu]nder|[Ww]ith) $", text[max(0, match.start() - 6):match.start()]):
            before, after = text[max(0, match.start() - 12):match.start()], text[match.end():match.end() + 16]
            place = _INSIDE.search(before) or _INSIDE.search(after)
            yield Candidate(match.start(), match.end(), "GPE" if place else "FORUM", "eu", "description")


def _forum(surface: str) -> str:
    return next((entity.entity_id for entity in load_registry().lookup(surface) if entity.type == "FORUM"), NIL)


_COMMUNIST = re.compile("Communist Party|(?<![A-Za-z])CPC(?![A-Za-z])|Party Central Committee|"
                        "Party(?:['’]s| having) (?:absolute )?(?:leadership|basic|theor|line)")
_PARTY = re.compile("(?<=[Tt]he )Party(?=['’]s | (?:having|and|will|has|having|must|should|is|in|to|for|at|with)(?![a-z])|[.,;])")


def find_party(text: str) -> Iterator[Candidate]:
    """The Party, in a text that names the Communist Party; in a treaty it is any party."""
    if _COMMUNIST.search(text):
        for match in _PARTY.finditer(text):
            yield Candidate(match.start(), match.end(), "ACTOR", "cn-cpc", "description")


_PERSON = re.compile(
    r"(?=[A-Z])(?:(?:Vice |Deputy |Prime )?(?:President|Premier|Minister|Ambassador|Secretary-General|Comrade|Chairman|Professor)|"
    r"Mr\.?|Ms\.?|Mrs\.?|"
    r"Dr\.?|Sir|Rt Hon) "
    r"(?P<name>[A-Z][a-zÀ-ɏ-]{1,20}(?: [A-Z]\.)?(?: [A-Z][a-zÀ-ɏ-]{1,20}){1,2})(?![A-Za-z])")


_OFFICE_HOLDER = re.compile(
    r"(?=[VPC])(?<![A-Za-z])(?:(?:Vice )?President|(?:Vice )?Premier|Prime Minister|Chancellor) (?P<name>[A-Z][a-z]{2,15})"
    r"(?=[,.;'’]| (?:and|said|has|had|was|is|announced|signed|issued|will|met|proposed|took|on|in|at)(?![a-z]))")


def find_persons(text: str) -> Iterator[Candidate]:
    """Names behind a title (Premier …, Dr …); the title is left out of the span (codebook section 6)."""
    for match in _OFFICE_HOLDER.finditer(text):
        yield Candidate(match.start("name"), match.end("name"), "PERSON", NIL, "suffix")
    for match in _PERSON.finditer(text):
        if not re.search("(?:of|State|Council|Secretary|Minister|General|Committee)", match["name"]):
            yield Candidate(match.start("name"), match.end("name"), "PERSON", NIL, "suffix")


def find_roles(text: str) -> Iterator[Candidate]:
    """Bare titles of office behind "the" (the Secretary, the Commission): one body within a document."""
    for match in _role().finditer(text):
        kind = "INSTRUMENT" if match["role"] == "Constitution" else "ACTOR"
        yield Candidate(match.start("role"), match.end("role"), kind, NIL, "description")
