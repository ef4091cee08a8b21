"""INSTRUMENT mentions by their form: 《titles》, laws named without marks, numbers of standards, acts and orders."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from pipeline.knowledge import load_registry
from pipeline.mentions.records import NIL, Candidate
from pipeline.mentions.words import alternatives, any_of, word_list
from pipeline.text import has_han, match_key, quoted_titles

_DRAFT = re.compile(r"\s?[(（](?:公开)?(?:征求意见稿|试行|暂行|草案|修订|修正|修订草案|送审稿|[0-9]{4}年?(?:版|修订|修正|修改)?)[)）]$")
_NATION = re.compile("^中华人民共和国")
_BLANKS = re.compile(r"\s{1,20}")


def find_titles(text: str) -> Iterator[Candidate]:
    """One candidate for each 《…》: an INSTRUMENT, the type the registry gives the title, or a blocked span.

    Generic and self-referring titles (《办法》, 《管理规定》), periodicals, forms and licences are blocked: they are no
    INSTRUMENT and nothing inside them is a mention either.
    """
    for span in quoted_titles(text):
        surface = text[span.start:span.end]
        start = span.start + len(surface) - len(surface.lstrip())
        end = span.end - (len(surface) - len(surface.rstrip()))
        title = _BLANKS.sub(" " if not has_han(surface) else "", surface.strip())
        if not title:
            continue
        known = title_entity(title)
        if is_generic_title(title) or (known is None and not _is_instrument(title)):
            yield Candidate(span.start, span.end, None, NIL, "blocked")
        else:
            yield Candidate(start, end, known[1] if known else "INSTRUMENT", known[0] if known else NIL, "title")


@lru_cache(maxsize=20_000)
def title_entity(title: str) -> tuple[str, str] | None:
    """(entity id, type) of a title as printed, or None; blanks, 中华人民共和国 and 〈〉 may differ from the registry."""
    registry = load_registry()
    for form in (title, _BLANKS.sub("", title)):
        found = registry.lookup(form)
        if found:
            return found[0].entity_id, found[0].type
    found_key = _title_index().get(title_key(title))
    return found_key


@lru_cache(maxsize=1)
def _title_index() -> dict[str, tuple[str, str]]:
    index: dict[str, tuple[str, str]] = {}
    for _, entity, name in load_registry().names():
        if entity.type == "INSTRUMENT" and name.lang != "pinyin" and not is_generic_title(name.text):
            index.setdefault(title_key(name.text), (entity.entity_id, entity.type))
    return index


def title_key(title: str) -> str:
    """Key under which two printed titles are one instrument: width, script, case, blanks and marks folded, without
    中华人民共和国 and without the leading article. A draft keeps its mark (（征求意见稿）): it is another text."""
    key = re.sub(r"[\s《》〈〉<>“”\"'、,，·—–-]", "", match_key(title))
    key = re.sub("^the(?=[a-z])", "", key) if not has_han(key) else key
    return _NATION.sub("", key) or key


def without_draft(title: str) -> str:
    """The title without the mark of a draft or a version in brackets at its end."""
    return _DRAFT.sub("", title.strip())


def is_generic_title(title: str) -> bool:
    """Whether the title is only a kind of instrument (办法, 暂行规定, 本法): it names nothing outside its document."""
    bare = _BLANKS.sub("", _DRAFT.sub("", title.strip()))
    if bare[:1] in ("本", "该") and len(bare) <= 6:
        return True
    return bare in _generic_titles()


@lru_cache(maxsize=1)
def _generic_titles() -> frozenset[str]:
    return frozenset(word_list("generic_title_words"))


def _is_instrument(title: str) -> bool:
    if title in word_list("not_instruments") or len(title) < 3:
        return False
    bare = _DRAFT.sub("", title)
    if bare.endswith(word_list("instrument_endings")):
        return True
    return not bare.endswith(word_list("not_instrument_endings"))


@lru_cache(maxsize=1)
def _bare_law() -> re.Pattern[str]:
    return re.compile(f"(?:{any_of('law_cues')})(?P<name>[\u4e00-\u9fff]{{2,16}}?(?:法|条例))"
                      "(?=第[一二三四五六七八九十百零0-9]{1,6}条|的?规定|的有关规定)")


_FIVE_YEAR = re.compile("[“\"][一二三四五六七八九十]{1,2}五[”\"](?:[\u4e00-\u9fff]{0,14}?规划(?:纲要)?)")
_NUMBERS = [
    # standards: GB/T 35273—2020, YD/T 1234, TC260-003, ISO/IEC 42001:2023, IEEE 7000-2021, NIST SP 800-53
    r"(?:GB(?:/[TZ])?|GJB|YD/T|YDB|GM/T|GM/Z|JR/T|SJ/T|GA/T|DB[0-9]{2}/T|T/[A-Z]{2,8}|MZ/T|WS/T|YY/T|HG/T|JJF|TC260)[ -]?"
    r"[0-9]{1,6}(?:\.[0-9]{1,3})?(?:[-—–－]{1,2}(?:19|20)[0-9]{2})?",
    r"(?:ISO(?:/IEC)?(?: ?/?(?:TR|TS|Guide))?|FIPS(?: PUB)?|BS|JSP|DEF STAN|"
    r"IEC|IEEE(?: Std)?|NIST (?:SP|AI|IR)|ETSI (?:EN|TS|TR)|ITU-T [A-Z]|Def Stan) ?[0-9]{2,6}"
    r"(?:[-.][0-9]{1,4}){0,3}(?::(?:19|20)[0-9]{2})?",
    # United Nations
    r"[AS]/(?:RES|C\.[1-6]|HRC|AC\.[0-9]{1,3}|CONF\.[0-9]{1,4})(?:/[0-9A-Z.]{1,10}){1,5}", r"CCW/[A-Z.]{1,10}(?:[./][0-9A-Z]{1,8}){1,5}",
    # European Union
    r"(?:(?:Council |Commission )?(?:Implementing |Delegated |Framework )?(?:Regulations?|Directives?|Decisions?|Recommendations?)) "
    r"(?:\((?:EU|EC|EEC|Euratom)(?:, ?Euratom)?\) ?(?:No\.? ?)?[0-9]{2,4}/[0-9]{1,4}|[0-9]{2,4}/[0-9]{1,4}/(?:EC|EEC|EU|JHA))",
    r"Protocol (?:\(No\.? [0-9]{1,2}\)|No\.? [0-9]{1,2})",
    # United States
    r"(?:NSPM|NSM|PPD|HSPD)-[0-9]{1,3}", r"H\.R\. ?[0-9]{1,5}", r"MIL-STD-[0-9]{2,4}[A-Z]?",
    r"(?:(?:DoD|DOD|DOE|OMB) )(?:Directive|Instruction|Circular|Order|Manual) (?:No\.? )?(?:[A-Z]-)?[0-9]{1,4}(?:\.[0-9]{1,3})?",
    # Council of Europe
    r"CM/Rec\((?:19|20)[0-9]{2}\)[0-9]{1,2}", r"C?ETS No\.? ?[0-9]{1,3}", r"Convention 108\+?",
    r"(?:Executive Order|E\.O\.|EO) ?1[0-9]{4}",
    r"[0-9]{1,2} C\.?F\.?R\.? (?:[Pp]arts? |§{1,2} ?)?[0-9]{1,4}(?:\.[0-9]{1,4})?(?:\([a-z0-9]{1,4}\)){0,3}",
    r"[0-9]{1,2} U\.?S\.?C\.? (?:§{1,2} ?)?[0-9]{1,5}[a-z]{0,2}(?:[-–][0-9]{1,5}[a-z]{0,2})?(?:\([a-z0-9]{1,4}\)){0,3}(?: et seq\.)?",
    r"(?:Public Law|Pub\. ?L\.) ?(?:No\. ?)?[0-9]{2,3}[-–][0-9]{1,4}",
    r"(?:[O0]MB )?(?:Memorand(?:um|a) )?M-[0-9]{2}-[0-9]{2}",
]
_NUMBER = re.compile(r"(?=[A-Z0-9])(?<![A-Za-z0-9/])(?:" + "|".join(_NUMBERS) + r")(?![A-Za-z0-9])")


_PLURAL = re.compile("^((?:Council |Commission )?(?:Regulation|Directive|Decision))s|^(?:[O0]MB )?(?:Memorand(?:um|a) )?(?=M-)")
_OFFICE = re.compile(r"Office of Management and Budget (?:\([O0]MB\) )?$")


# Further numbers of one list: Regulations (EC) No 300/2008, (EU) No 167/2013 and (EU) 2018/858.
_FURTHER = re.compile(r",? ?(?:and |or )?(?P<number>\((?:EU|EC|EEC)\) ?(?:No\.? ?)?[0-9]{2,4}/[0-9]{1,4})(?![0-9])")
MAX_LIST = 40


def find_numbered(text: str) -> Iterator[Candidate]:
    """Instruments named by number: standards, UN, EU and US series (codebook: INSTRUMENT GB/T 35273—2020)."""
    for match in _NUMBER.finditer(text):
        known = title_entity(match.group()) or title_entity(_PLURAL.sub(lambda found: found[1] or "", match.group()))
        office = _OFFICE.search(text, max(0, match.start() - 40), match.start()) if "M-" in match.group() else None
        yield Candidate(office.start() if office else match.start(), match.end(), "INSTRUMENT", known[0] if known else NIL, "number")
        end, kind = match.end(), re.search("(Regulation|Directive|Decision)s ", match.group())
        for _ in range(MAX_LIST if kind else 0):
            further = _FURTHER.match(text, end)
            if not further or kind is None:
                break
            known = title_entity(f"{kind[1]} {further['number']}")
            yield Candidate(*further.span("number"), "INSTRUMENT", known[0] if known else NIL, "number")
            end = further.end()


_STANDARD_NAME = re.compile(
    "(?:推广|贯彻|采用|执行|符合|参照|依据|按照)(?P<name>[\u4e00-\u9fff]{4,24})(?=[(（][A-Z]{2,8}[)）]等?(?:国家|行业|团体|国际)标准)")
_LEAD = re.compile("^.{0,16}(?:参照|适用|依照|依据|根据|违反|修改[前后]|遵守|的|[和与及或])")
_NO_NAME = re.compile("本|该|有关|相关|其他|国家|前款|上述|法律|行政|各")


def find_unmarked(text: str) -> Iterator[Candidate]:
    """Laws and five-year plans written without 《》: 依照产品质量法第三十条, “十四五”规划."""
    key = match_key(text)
    for match in _bare_law().finditer(key):
        name = _LEAD.sub("", match["name"])
        start = match.end("name") - len(name)
        if len(name) > 2 and not name.endswith(word_list("not_a_law")) and not _NO_NAME.match(name):
            known = title_entity(name)
            yield Candidate(start, match.end("name"), "INSTRUMENT", known[0] if known else NIL, "suffix")
    for match in _STANDARD_NAME.finditer(text):
        known = title_entity(match["name"])
        yield Candidate(*match.span("name"), "INSTRUMENT", known[0] if known else NIL, "suffix")
    for match in _FIVE_YEAR.finditer(key):
        known = title_entity(text[match.start():match.end()])
        yield Candidate(match.start(), match.end(), "INSTRUMENT", known[0] if known else NIL, "suffix")


DOC_NUMBER = re.compile(
    r"(?P<organ>[\u4e00-\u9fff]{1,12})(?:[〔\[［(（【](?P<year>(?:19|20)[0-9]{2})[〕\]］)）】])第?(?P<no>[0-9]{1,5})号")
ORDER_NUMBER = re.compile("(?P<organ>[\u4e00-\u9fff]{2,20})(?P<kind>令|公告)(?:[(（](?P<year>(?:19|20)[0-9]{2})年?[)）])?"
                          "第(?P<no>[0-9〇零一二三四五六七八九十百]{1,6})号")


def doc_number_key(number: str) -> str:
    """One form for a document number: 国发[2017]35号 and 国发〔2017〕35 号 are 国发〔2017〕35号."""
    key = re.sub(r"\s", "", match_key(number))
    return re.sub(r"[〔\[(【]((?:19|20)[0-9]{2})[〕\])】]第?", r"〔\1〕", key)


__all__ = ["DOC_NUMBER", "ORDER_NUMBER", "alternatives", "doc_number_key", "find_numbered", "find_titles",
           "find_unmarked", "is_generic_title", "title_entity", "title_key", "without_draft"]
