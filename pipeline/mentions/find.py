"""All rules together: the mentions of one text."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from pipeline.errors import TifaError
from pipeline.mentions.bodies import find_built_names, find_descriptions, find_fixed_patterns
from pipeline.mentions.dates import find_date_mentions
from pipeline.mentions.definitions import find_defined, find_definitions
from pipeline.mentions.gazetteer import Hit, find_names
from pipeline.mentions.instruments import find_numbered, find_titles, find_unmarked
from pipeline.mentions.names_en import (
    find_descriptions_en,
    find_english_names,
    find_party,
    find_persons,
    find_roles,
)
from pipeline.mentions.records import Candidate, Mention, keep_longest
from pipeline.mentions.words import any_of
from pipeline.text import has_han, match_key


def mentions_in_text(text: str, lang: str) -> list[Mention]:
    """Entity mentions of a text, by position, free of overlaps.

    lang: zh or en (zh-Hans, zh-Hant and mixed are read as zh, with English names as well). The text may be a
    sentence or a whole document; short names it defines bind within it. Offsets are code points of `text`.
    Raises: TifaError for another language. Source: codebook section 6 and 8.
    """
    return [Mention(found.start, found.end, text[found.start:found.end], str(found.type), found.entity_id, found.method)
            for found in find_candidates(text, read_language(lang))]


def read_language(lang: str) -> str:
    """zh or en. Raises: TifaError for another language."""
    if lang in ("zh", "zh-Hans", "zh-Hant", "mixed"):
        return "zh"
    if lang == "en":
        return "en"
    raise TifaError(f"Unknown language {lang!r}", todo="Use zh, zh-Hans, zh-Hant, mixed or en.")


def find_candidates(text: str, lang: str, *, shorts: Mapping[str, Candidate] | None = None) -> list[Candidate]:
    """What `mentions_in_text` returns, without surfaces; lang: zh or en; shorts: short names defined elsewhere."""
    hits = _sensible(text, list(find_names(text)))
    found = [Candidate(hit.start, hit.end, hit.entity.type, hit.entity.entity_id, "gazetteer") for hit in hits]
    found += find_titles(text)
    found += find_numbered(text)
    found += find_date_mentions(text, lang)
    if lang == "zh":
        found += find_unmarked(text)
        found += find_descriptions(text)
        found += find_built_names(text, hits)
        found += find_fixed_patterns(text)
    else:
        found += find_english_names(text)
        found += find_roles(text)
        found += find_persons(text)
        found += find_party(text)
        found += find_descriptions_en(text)
    found += find_defined(text, shorts if shorts is not None else find_definitions(text, found))
    return keep_longest(found)


_ANY_OF_ITS = re.compile("(?:其他)?(?:有关|相关)(?:主管)?(?:部门|单位|机构|委办局)")


def _sensible(text: str, hits: Sequence[Hit]) -> list[Hit]:
    """Without 民政部 cut out of 民政部门, bodies that only say whose departments are meant (国务院有关部门), and names
    inside words that do not mean the named (中国特色, 新中国)."""
    if not has_han(text):
        return list(hits)
    hits = [hit for hit in hits if not (text[hit.end - 1] == "部" and text[hit.end:hit.end + 1] == "门")
            and not (text[hit.end - 1] == "法" and text[hit.end:hit.end + 1] in ("律", "院", "规", "治", "人", "定"))
            and not (hit.entity.type == "ACTOR" and _ANY_OF_ITS.match(text, hit.end))]
    zones = [match.span() for match in re.finditer(any_of("not_a_place"), match_key(text))]
    if not zones:
        return list(hits)
    starts = {place for start, end in zones for place in range(start, end)}
    return [hit for hit in hits if hit.entity.type not in ("GPE", "PERSON") or hit.start not in starts
            or not any(start <= hit.start and hit.end <= end for start, end in zones)]
