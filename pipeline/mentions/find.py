"""All rules together: the mentions of one text."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache

from pipeline.errors import TifaError
from pipeline.mentions.bodies import (
    find_built_names,
    find_descriptions,
    find_local_organs,
)
from pipeline.mentions.compounds import (
    find_joined,
    find_parts,
    find_regions,
    find_titled_orders,
)
from pipeline.mentions.dates import find_date_mentions
from pipeline.mentions.definitions import find_defined, find_definitions
from pipeline.mentions.fixed import find_fixed_patterns, find_programmes
from pipeline.mentions.gazetteer import Hit, find_names
from pipeline.mentions.instruments import find_numbered, find_titles, find_unmarked
from pipeline.mentions.names_en import find_english_names
from pipeline.mentions.offices_en import find_descriptions_en, find_party, find_persons, find_roles
from pipeline.mentions.recogniser import with_recognised
from pipeline.mentions.records import Candidate, Mention, keep_longest
from pipeline.mentions.titles_en import find_titles_en
from pipeline.mentions.words import pattern_of, word_list
from pipeline.text import has_han, match_key


def mentions_in_text(text: str, lang: str) -> list[Mention]:
    """Entity mentions of a text, by position, free of overlaps.

    lang: zh or en (zh-Hans and zh-Hant are read as zh), or mixed for the rules of both. The text may be a
    sentence or a whole document; short names it defines bind within it. Offsets are code points of `text`.
    With the recogniser on, what it adds is among them. Raises: TifaError for another language. Source: codebook section 6 and 8.
    """
    lang = read_language(lang)
    candidates = with_recognised(text, lang, find_candidates(text, lang), [(0, len(text))])
    return [Mention(found.start, found.end, text[found.start:found.end], str(found.type), found.entity_id, found.method)
            for found in candidates]


def read_language(lang: str) -> str:
    """zh, en or mixed. Raises: TifaError for another language."""
    if lang in ("zh", "zh-Hans", "zh-Hant"):
        return "zh"
    if lang in ("en", "mixed"):
        return lang
    raise TifaError(f"Unknown language {lang!r}", todo="Use zh, zh-Hans, zh-Hant, mixed or en.")


def find_candidates(text: str, lang: str, *, shorts: Mapping[str, Candidate] | None = None) -> list[Candidate]:
    """What `mentions_in_text` returns, without surfaces; lang: zh, en or mixed; shorts: short names defined elsewhere."""
    hits = _sensible(text, list(find_names(text)))
    numbered = list(find_numbered(text))
    found = [Candidate(hit.start, hit.end, hit.entity.type, hit.entity.entity_id, "gazetteer") for hit in hits]
    found += [*find_titles(text), *numbered, *find_titled_orders(text, numbered)]
    if lang in ("zh", "mixed"):
        found += _find_chinese(text, hits)
    if lang in ("en", "mixed"):
        found += _find_english(text)
    found += find_defined(text, shorts if shorts is not None else find_definitions(text, found))
    return keep_longest(found)


def _find_chinese(text: str, hits: list[Hit]) -> Iterator[Candidate]:
    yield from find_date_mentions(text, "zh")
    for rule in (find_unmarked, find_descriptions, find_local_organs, find_fixed_patterns, find_programmes):
        yield from rule(text)
    for rule_with_names in (find_built_names, find_joined, find_parts):
        yield from rule_with_names(text, hits)


def _find_english(text: str) -> Iterator[Candidate]:
    yield from find_date_mentions(text, "en")
    for rule in (find_english_names, find_titles_en, find_roles, find_persons, find_party, find_descriptions_en, find_regions):
        yield from rule(text)


_ANY_OF_ITS = re.compile("(?:其他)?(?:有关|相关)(?:行政)?(?:主管)?(?:部门|单位|机构|委办局)")
_OFFICE_HOLDER = re.compile("长(?![江期城沙春远效三治大])")  # 外交部长, 律政司长: the person, not the body


_PRODUCT = re.compile(" (?!Inc|Ltd|LLC|Corp|Group|Co|AI |CEO|Research|Cloud |Leadership|Board|Team)[A-Z][A-Za-z]")


@lru_cache(maxsize=20_000)
def _pairs_around(surface: str) -> tuple[tuple[str, int], ...]:
    """(pair of words, where in it the surface begins) for each pair of the list that holds the surface and more."""
    return tuple((pair, pair.index(surface)) for pair in word_list("names_across_words") if surface in pair and surface != pair)


def _is_across(key: str, hit: Hit) -> bool:
    """Whether two words hold the name where they meet: 均衡水平."""
    return any(key.startswith(pair, hit.start - begins) for pair, begins in _pairs_around(key[hit.start:hit.end]) if hit.start >= begins)


def _sensible(text: str, hits: Sequence[Hit]) -> list[Hit]:
    """Without 民政部 cut out of 民政部门, bodies that only say whose departments are meant (国务院有关部门), and names
    inside words that do not mean the named (中国特色, 新中国)."""
    hits = [hit for hit in hits if not (hit.entity.kind == "company" and _PRODUCT.match(text, hit.end))]
    if not has_han(text):
        return hits
    hits = [hit for hit in hits if not (text[hit.end - 1] == "部" and text[hit.end:hit.end + 1] == "门")
            and not (text[hit.end - 1] == "法" and text[hit.end:hit.end + 1] in ("律", "院", "规", "治", "人", "定"))
            and not (hit.entity.type == "ACTOR" and (_ANY_OF_ITS.match(text, hit.end) or (
                text[hit.end - 1] in "部司局厅" and _OFFICE_HOLDER.match(text, hit.end))))]
    key = match_key(text)
    hits = [hit for hit in hits if not _is_across(key, hit)]
    zones = [match.span() for match in pattern_of("not_a_place").finditer(key)]
    if not zones:
        return list(hits)
    starts = {place for start, end in zones for place in range(start, end)}
    return [hit for hit in hits if hit.entity.type not in ("GPE", "PERSON") or hit.start not in starts
            or not any(start <= hit.start and hit.end <= end for start, end in zones)]
