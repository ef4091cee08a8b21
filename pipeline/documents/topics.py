"""Topics of a document, decided from its title and its scope article."""

from __future__ import annotations

import re
from functools import lru_cache

from pipeline.documents.layout import Layout, is_structure
from pipeline.documents.wording import one_of, patterns_by_kind
from pipeline.text import match_key

TOPICS = ("ai", "data", "personal_information", "platform_algorithm", "network", "telecom_industry", "standards",
          "science_technology", "labour", "military", "other")
DIGITAL = frozenset(TOPICS[:5])
SCOPE_CHARS = {"zh": 500, "en": 1600}
TITLE_WEIGHT = 4
SCOPE_SHARE = 3
_PREFIX = re.compile(r"^[\u4e00-\u9fff、\s]{2,160}?(?:等[一二三四五六七八九十0-9]{0,3}部门)?关于")
_BODY_NAMES = re.compile("[\u4e00-\u9fff]{0,12}" + one_of("digital_body_names"))


@lru_cache(maxsize=1)
def _patterns() -> dict[str, re.Pattern[str]]:
    return {topic: re.compile("|".join(terms), re.I) for topic, terms in patterns_by_kind("topics")}


def topics_of(title: str | None, layout: Layout, doc_type: str) -> list[str]:
    """Topics in codebook order; ["other"] where nothing speaks for another.

    A term in the title decides. Without one, a topic needs three mentions in the scope (first article or first
    paragraph). A general work report has no topic, whatever its opening names. Names of bodies (工业和信息化部) are
    no topic.
    """
    if doc_type == "work_report":
        return ["other"]
    named = _score(_without_bodies(_bare(title or "")), TITLE_WEIGHT)
    found = {topic for topic, score in named.items() if score}
    if not found & DIGITAL:
        scope = _without_bodies(_scope(layout))
        needed = 1 if not title else 0
        found |= {topic for topic, score in _score(scope, 1).items() if score >= _needed(topic, found) - needed}
    return [topic for topic in TOPICS if topic in found] or ["other"]


def _needed(topic: str, found: set[str]) -> int:
    return SCOPE_SHARE if not found else SCOPE_SHARE + 1 if topic in DIGITAL else SCOPE_SHARE + 3


def _bare(title: str) -> str:
    plain = _PREFIX.sub("", title, count=1)
    return plain if len(plain) > 4 else title


def _without_bodies(text: str) -> str:
    return _BODY_NAMES.sub(" ", text)


def _scope(layout: Layout) -> str:
    """First article (or first paragraph): what the text is about, behind headers and addressees."""
    lines = [line.text for line in layout.lines]
    start = next((place for place, text in enumerate(lines) if re.match(r"第一条|(?i:article 1\b)", text)), None)
    if start is None:
        start = next((place for place, text in enumerate(lines) if len(text) > 60), 0)
    size = SCOPE_CHARS[layout.lang]
    end = start + 12
    if layout.lang == "zh":
        marks = [place for place in range(start + 1, min(end, len(lines))) if is_structure(lines[place])]
        end = marks[1] if len(marks) > 1 and lines[start].startswith("第") else marks[0] if marks else end
    scope = "\n".join(lines[start:end])[:size]
    return re.sub("(?:根据|依据|按照)[^。；]{0,400}", " ", scope)


def _score(text: str, weight: int) -> dict[str, int]:
    key = match_key(text)
    return {topic: weight * len(pattern.findall(key)) for topic, pattern in _patterns().items()}
