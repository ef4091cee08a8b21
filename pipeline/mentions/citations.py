"""References to instruments: relation to the citing text, article numbers, resolution to registry and corpus.

Never guessed: a generic or self-referring title has no row, a title that fits several works stays unresolved, and a
document cannot cite one that was issued after it (trap 12).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Set
from functools import lru_cache
from typing import NamedTuple

from pipeline.knowledge import load_registry
from pipeline.mentions.instruments import DOC_NUMBER, is_generic_title
from pipeline.mentions.records import NIL, Candidate
from pipeline.mentions.words import any_of
from pipeline.numerals import article_number
from pipeline.text import has_han, match_key


class Citation(NamedTuple):
    """One reference: offsets of the title, its number where printed beside it, relation and articles cited."""

    start: int
    end: int
    title: str
    doc_number: str | None
    entity_id: str
    relation: str
    articles: tuple[int, ...]


_CLOSERS = "》〉”\"'’ \n"
_ARTICLE_LIST_ZH = re.compile(
    r"[》〉”\"]{0,2}\s?(?:的)?(?P<list>第[一二三四五六七八九十百零〇0-9]{1,6}条(?:第[一二三四五六七八九十0-9]{1,4}[款项目]|"
    r"[、至和及—-]|或者|以及|第[一二三四五六七八九十百零〇0-9]{1,6}条|[（(][一二三四五六七八九十0-9]{1,3}[）)]){0,40})")
_ARTICLE_ZH = re.compile("第[一二三四五六七八九十百零〇0-9]{1,6}条")
_ARTICLES_BEFORE_EN = re.compile(
    r"(?P<list>[Aa]rticles? [0-9]{1,4}(?:\.[a-z0-9]{1,2})?(?:\([0-9a-z]{1,4}\)){0,3}"
    r"(?:(?:, | and | or |, and | to )(?:[Aa]rticles? )?[0-9]{1,4}"
    r"(?:\([0-9a-z]{1,4}\)){0,3}){0,12})(?:,? (?:of|in|under|to) (?:the )?[“\"‘']?| )$")
_ARTICLES_BEHIND_EN = re.compile(
    r"(?:[”\"’]? ?\([A-Za-z ]{2,20}\))?,? ?(?:and )?(?:in particular )?(?P<list>[Aa]rticles? [0-9]{1,4}(?:\([0-9a-z]{1,4}\)){0,3}"
    r"(?:(?:, | and |, and )[0-9]{1,4}(?:\([0-9a-z]{1,4}\)){0,3}(?= and |, | thereof)){0,8})(?![0-9])(?! of the (?!same))")
_NUMBER_EN = re.compile(r"(?<![(0-9a-z])[0-9]{1,4}")


def find_citations(text: str, start: int, end: int, mentions: Iterable[Candidate]) -> Iterator[Citation]:
    """Citations within text[start:end], one sentence; mentions: those of the sentence, by position."""
    sentence = text[start:end]
    key = match_key(sentence)
    instruments = [found for found in mentions if found.type == "INSTRUMENT"]
    if _CONTENTS.search(sentence):
        return
    zh = has_han(sentence)
    ends = {found.end: found.entity_id for found in instruments}
    for found in instruments:
        if found.method == "number" and _in_brackets_behind(text, found.start, ends.keys()):
            continue
        if found.entity_id != NIL and text[found.start - 1:found.start] in ("(", "（") and found.entity_id in (
                ends.get(found.start - 1), ends.get(found.start - 2)):
            continue  # Sample Model (SM): the short name behind the title is no second reference
        title = text[found.start:found.end]
        if (is_generic_title(title) and found.method != "definition") or _is_no_text(found.entity_id):
            continue
        before, after = _unnamed(key[:found.start - start]), key[found.end - start:]
        if not zh:
            own = _OWN_NUMBER.match(sentence, 0, found.start - start)
            before, after = before[own.end() if own else 0:].replace("\n", " "), after.replace("\n", " ")
        relation = "basis" if _AUTHORITY.match(text, text.rfind("\n", 0, found.start) + 1, found.start) else _relation(
            before, after, zh=zh)
        yield Citation(found.start, found.end, title, _number_beside(after, sentence), found.entity_id, relation,
                       _articles(sentence, found.start - start, found.end - start))


def _in_brackets_behind(text: str, start: int, ends: Set[int]) -> bool:
    """Sample Act, as amended (Public Law 115-2; 50 U.S.C. 1701): the numbers belong to the title."""
    opened = text.rfind("(", max(0, start - 80), start)
    if opened < 0 or ")" in text[opened:start] or "\n" in text[opened:start]:
        return False
    before = text[:opened].removesuffix(" ").removesuffix("as amended").removesuffix(", ").removesuffix(" ")
    return bool({opened, opened - 1, len(before)} & ends)


def _is_no_text(entity_id: str) -> bool:
    """What is called an instrument and is not one text (九二共识) cannot be referred to."""
    entity = load_registry().entities.get(entity_id)
    return entity is not None and entity.kind == "understanding"


_AUTHORITY = re.compile("[^a-zA-Z\n]{0,4}A(?:uthority|UTHORITY):[^\n]{0,900}$")  # the line by which a rule names its ground
_OWN_NUMBER = re.compile(r"\W{0,4}(?:REGULATION|DIRECTIVE|DECISION) \([A-Z]{2,7}\) [0-9/]{3,12}")  # a title in capitals: the text's own
_CONTENTS = re.compile(r"\.{6,}|…{3,}")  # a line of a table of contents
_INSIDE = re.compile("(?<=《)[^《》\n]{1,120}(?=》)")


def _unnamed(key: str) -> str:
    """The text with the insides of 《…》 blotted out: 实施 in the name of another instrument says nothing here."""
    return _INSIDE.sub(lambda title: "□" * len(title.group()), key)


def _number_beside(after: str, sentence: str) -> str | None:
    """The document number in brackets right behind a title, as printed."""
    match = re.match(r"[》〉”\"]{0,2}\s?[(（【](?:[^()（）\n]{0,10}[,，])?(?P<number>[^()（）\n]{4,30}号)[)）】]", after)
    if not match:
        return None
    offset = len(sentence) - len(after)
    number = sentence[offset + match.start("number"):offset + match.end("number")]
    return number if DOC_NUMBER.search(number) or "第" in number else None


def _articles(sentence: str, start: int, end: int) -> tuple[int, ...]:
    match = _ARTICLE_LIST_ZH.match(sentence, end)
    if match:
        return _numbers(_ARTICLE_ZH.findall(match["list"]))
    before = _ARTICLES_BEFORE_EN.search(sentence, max(0, start - 160), start)
    if before:
        return tuple(sorted({int(number) for number in _NUMBER_EN.findall(before["list"])}))
    behind = _ARTICLES_BEHIND_EN.match(sentence, end)
    return tuple(sorted({int(number) for number in _NUMBER_EN.findall(behind["list"])})) if behind else ()


def _numbers(surfaces: list[str]) -> tuple[int, ...]:
    return tuple(sorted({number for surface in surfaces if (number := article_number(surface)) is not None}))


@lru_cache(maxsize=1)
def _patterns() -> dict[str, re.Pattern[str]]:
    return {
        "basis_zh": re.compile(
            f"{any_of('basis_zh')}(?:[^。；;\n]{{0,12}}|[^。；;\n]{{0,400}}》[^。；;\n]{{0,60}})$"),
        "close_zh": re.compile(f"^[^。；;\n]{{0,400}}?{any_of('basis_close_zh')}"),
        "implement_zh": re.compile(
            f"{any_of('implement_zh')}(?:[^。；;，,\n]{{0,16}}|"
            "[^。；;\n]{0,160}》(?:[、和及]|以及|及其)[^。；;，\n]{0,16})$"),
        "repeal_zh": re.compile(f"^[^。；;\n]{{0,120}}?(?:同时|予以|即行|自行)?{any_of('repeal_zh')}"),
        "repeal_before_zh": re.compile("(?:废止|停止执行)(?:[^。；;，\n]{0,12}|[^。；\n]{0,200}》[、和及])$"),
        "amend_zh": re.compile("(?:对|将)[^。；;\n]{0,8}$|(?:修改|修订|修正)[^。；;，\n]{0,6}$"),
        "amend_after_zh": re.compile(f"^[》〉”\"]{{0,2}}[^。；;，\n]{{0,14}}?{any_of('amend_zh')}"),
        "basis_en": re.compile(rf"(?<![a-z]){any_of('basis_en')}(?![a-z])[^;\n]{{0,500}}$"),
        "close_en": re.compile(rf"(?:is|are|was|were|been|hereby|be|has|have)(?: been)?(?: hereby)?(?: specially)? "
                               rf"{any_of('basis_close_en')}(?![a-z])"),
        "implement_en": re.compile(
            rf"(?<![a-z]){any_of('implement_en')}(?![a-z])(?!.{{0,60}}(?:pursuant|under |accordance))[^.;,\n]{{0,60}}$"),
        "other_en": re.compile(r"(?:regulations?|directives?|decisions?) (?:\([a-z]{2,7}\)|[0-9]{2,4}/[0-9]{1,4}/[a-z]{2,3} of )"
                               r"[^;\n]{0,800}(?<![a-z])(?:amending|repealing)(?![a-z])[^;\n]{0,400}$"),
        "own_en": re.compile(f"(?<![a-z])(?:this|these|the|our) (?:[a-z-]{{3,20}} ){{0,4}}?{any_of('self_en')}(?![a-z])|"
                             "(?<![a-z])hereby(?![a-z])"),
        "done_en": re.compile("(?:year (?:for|of)|start in|progress in|began|accelerated|completed|continued|"
                              "encouraged to [a-z ]{0,20})(?: the)?$"),
        "amend_after_en": re.compile("^[^.;\n]{0,40}?(?:is|are)(?: proposed to be| hereby)? (?:amended|revised)(?![a-z])"),
        "ground_of_act_en": re.compile(
            r"by (?:virtue of )?the authority vested in [^;]{0,600}$|^[^a-z]{0,6}having regard to [^;]{0,400}$|"
            r"in (?:the )?exercise of (?:the |its |his |her |their )?powers? (?:conferred|vested|under)[^;]{0,300}$"),
        "issued_en": re.compile(
            "(?<![a-z])this (?:memorandum|order|directive|rule|notice|policy|guidance|proclamation)(?: [a-z]{2,12}){0,4}? "
            "(?:provides|establishes|directs|updates|rescinds|is issued|fulfils|fulfills|carries out|responds)"),
        "ground_en": re.compile(
            "(?:pursuant to|consistent with|in accordance with|as required by|as directed by|fulfils|fulfills|under the authority of)"
            "(?![a-z])[^.;\n]{0,160}$"),
        "amend_in_en": re.compile(r"^[^a-z]{0,8}(?:\([a-z0-9]{1,3}\) )?in (?:section [0-9a-z() ]{1,16} of )?(?:the )?$"),
        "amend_en": re.compile(rf"(?<![a-z]){any_of('amend_en')}(?![a-z])[^.;\n]{{0,80}}$"),
        "repeal_en": re.compile(rf"(?<![a-z]){any_of('repeal_en')}(?![a-z])[^.;\n]{{0,60}}$"),
        "repeal_after_en": re.compile(rf"^[^.;\n]{{0,80}}?(?:is|are|be|was|were|been)(?: hereby)? {any_of('repeal_en')}"),
    }


def _relation(before: str, after: str, *, zh: bool) -> str:
    """basis, implement, amend, repeal or mention, from the words around the title within its sentence.

    basis: 根据 / 依据 / 按照 … 《title》 … 制定, "formulated in accordance with …" (codebook 7, legal_basis).
    """
    rules = _patterns()
    if zh:
        if rules["repeal_before_zh"].search(before) or _repealed(after):
            return "repeal"
        if _is_amended(before, after):
            return "amend"
        if rules["basis_zh"].search(before) and rules["close_zh"].search(after) and not (
                "违反" in before[-8:] or re.match("[》”]?(?:第[^，。]{1,40}条)?(?:和|及|以及)本", after)):
            return "basis"
        return "implement" if rules["implement_zh"].search(before) else "mention"
    if rules["other_en"].search(before):
        return "mention"  # the title of another act says what that act amends
    if rules["repeal_en"].search(before) or rules["repeal_after_en"].search(after):
        return "repeal"
    if rules["amend_en"].search(before) or rules["amend_after_en"].search(after) or _ADDED.search(after[:120]) or (
            rules["amend_in_en"].search(before) and re.search("(?:after|for|omit|insert|substitute)(?![a-z])", after[:200])):
        return "amend"
    if rules["ground_en"].search(before) and (rules["issued_en"].search(before) or rules["issued_en"].search(after)):
        return "basis"
    if rules["ground_of_act_en"].search(before):
        return "basis"
    basis = rules["basis_en"].search(before)
    if basis and (rules["close_en"].search(before, max(0, basis.start() - 60), basis.start() + 1) or rules["close_en"].search(after)) and (
            rules["own_en"].search(before) or rules["own_en"].search(after)):
        return "basis"
    carried = rules["implement_en"].search(before)
    return "implement" if carried and not rules["done_en"].search(before[:carried.start()].rstrip()) else "mention"


_ADDED = re.compile("the following [a-z]{4,14} (?:is|are|shall be) (?:added|inserted|replaced)|(?:is|are) replaced by")


def _repealed(after: str) -> bool:
    """《A》(number)同时废止 and lists that end so; 自…起废止."""
    match = _patterns()["repeal_zh"].search(after)
    return bool(match) and not re.search("(?:根据|依照|违反|的规定|应当|规定)", match.group() if match else "")


def _is_amended(before: str, after: str) -> bool:
    rules = _patterns()
    if re.search("(?<!新)(?:修改|修订|修正)(?![前后为的])[^。；;，\n《]{0,6}《?[〈<]?$", before):
        return True
    behind = rules["amend_after_zh"].search(after)
    return bool(behind) and bool(re.search("(?:对|将|，|,|^|第[一二三四]次|[一二三四五六七八九十]、)[^。；;\n《]{0,4}《?$", before)) and (
        "作" in after[:16] or "进行" in after[:24] or "予以" in after[:24])


__all__ = ["NIL", "Citation", "find_citations"]
