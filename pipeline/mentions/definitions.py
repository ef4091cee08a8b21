"""Short names that a document defines for itself: 以下简称“标识办法”, hereinafter "AIDA". They bind within it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping

from pipeline.knowledge import load_registry
from pipeline.mentions.instruments import is_generic_title
from pipeline.mentions.records import NIL, Candidate
from pipeline.mentions.words import word_list
from pipeline.text import has_han

_ZH = re.compile(
    r"[》”\"]{0,2}\s?[(（][^()（）\n]{0,12}?(?:以下|下)(?:统一?)?(?:简称|称)(?:为|：|:)?\s?"
    r"[“\"《「](?P<short>[^“”\"《》「」\n]{2,20})[”\"》」][^()（）\n]{0,6}[)）]")
_EN = re.compile(
    r"[”\"]{0,1} ?\((?:(?:hereinafter|hereafter)(?:,)? ?(?:referred to as|called|known as)?,? ?)?(?:the |an? )?"
    r"[“\"‘'](?P<short>[A-Z][A-Za-z0-9&./ -]{1,40})[”\"’']\)")
_EN_BARE = re.compile(r" \((?P<short>[A-Z][A-Za-z]{0,3}[A-Z][A-Z0-9a-z]{0,6})\)")
MAX_DEFINITIONS = 200


def find_definitions(text: str, candidates: Iterable[Candidate]) -> dict[str, Candidate]:
    """Short name → the mention it stands for (the candidate that ends where the definition begins).

    Generic short names (《办法》, the Measures) are left out: they are self-references or kinds (codebook 8). Where the long
    form is no name that is known, a Chinese short name is one if its ending says of which type (网安专项, 监管小组).
    At most 200 definitions a document.
    """
    ends: dict[int, Candidate] = {}
    for found in candidates:
        if found.type not in (None, "DATE"):
            known = ends.get(found.end)
            if known is None or (found.start, found.entity_id == NIL) < (known.start, known.entity_id == NIL):
                ends[found.end] = found
    shorts: dict[str, Candidate] = {}
    for pattern in (_ZH, _EN, _EN_BARE):
        for match in pattern.finditer(text):
            full = ends.get(match.start()) or ends.get(match.start() + len(match.group()) - len(match.group().lstrip("》”\"")))
            short = match["short"].strip()
            if full and full.type == "INITIATIVE" and text[full.start:full.end].endswith(short):
                continue  # 国家网络身份认证公共服务 (以下简称“公共服务”): the short form is a common word
            if full is None and pattern is _ZH and len(shorts) < MAX_DEFINITIONS:
                kind = _kind_of_ending(short)
                listed = load_registry().lookup(short)
                full = Candidate(match.start(), match.start(), kind, listed[0].entity_id if listed else NIL, "definition") if kind else None
            if full and len(shorts) < MAX_DEFINITIONS and _is_distinctive(short, pattern is _EN_BARE, text[full.start:full.end]):
                shorts.setdefault(short, full)
    return shorts


_ENDINGS = {"INITIATIVE": ("专项", "专项行动", "专项工程"), "ACTOR": ("小组", "专班", "委员会", "指挥部"), "FORUM": ("论坛", "峰会")}


def _kind_of_ending(short: str) -> str | None:
    """INITIATIVE of 网安专项; None of what is only a kind of body (工作专班, 委员会)."""
    for kind, endings in _ENDINGS.items():
        if short.endswith(endings) and len(short) > 3 and not short.startswith(("工作", "领导", "专项", "本", "各", "专家")):
            return kind
    return None


def find_generic_uses(text: str, candidates: Iterable[Candidate], own: Callable[[str, str], bool]) -> list[Candidate]:
    """Later uses of a general word that the text defines as another instrument: 《X管理办法》（以下简称《办法》） … 《办法》.

    own: whether a title and an entity id are those of the document itself; such a word is a self-reference. A word
    that is defined for two instruments names neither. They are references (table citations), no mentions (codebook 8).
    """
    candidates = list(candidates)
    ends = {found.end: found for found in candidates if found.type == "INSTRUMENT"}
    meant: dict[str, set[tuple[Candidate, int]]] = {}
    for pattern in (_ZH, _EN):
        for match in pattern.finditer(text):
            full = ends.get(match.start()) or ends.get(match.start() + len(match.group()) - len(match.group().lstrip("》”\"")))
            short = match["short"].strip()
            if full and (is_generic_title(short) or _GENERIC_EN.fullmatch(short)):
                meant.setdefault(short, set()).add((full, match.end()))
    meant |= _meant_in_words(text, candidates)
    uses = []
    for short, fulls in sorted(meant.items()):
        full, defined = min(fulls, key=lambda pair: pair[1])
        if len({text[one.start:one.end] for one, _ in fulls}) > 1 or own(text[full.start:full.end], full.entity_id):
            continue
        marked = f"(?<=《){re.escape(short)}(?=》)" if has_han(short) else f"(?<=[Tt]he ){re.escape(short)}(?![A-Za-z]| of [A-Z])"
        uses += [Candidate(*use.span(), "INSTRUMENT", full.entity_id, "definition")
                 for use in re.finditer(marked, text) if use.start() >= defined]
    return uses


_MEANS = re.compile(r"[“\"](?:the )?(?P<short>(?:(?:19|20)[0-9]{2} )?(?:Act|Law|Code|Convention|Directive|Order|Regulation|Rules|"
                    r"Regulations))[”\"] means (?:the )?(?=[A-Z])")
_OF_YEAR = re.compile(r"(?:Act|Law|Order|Regulations|Directive)(?: of)? (?P<year>(?:19|20)[0-9]{2})$")


def _meant_in_words(text: str, candidates: Iterable[Candidate]) -> dict[str, set[tuple[Candidate, int]]]:
    """What “the Act” means by a definition in words, and what the 2018 Act is: the act of that year the text has named."""
    named = [one for one in candidates if one.type == "INSTRUMENT"]
    begins = {one.start: one for one in named}
    meant: dict[str, set[tuple[Candidate, int]]] = {}
    for match in _MEANS.finditer(text):
        if match.end() in begins:
            meant.setdefault(match["short"], set()).add((begins[match.end()], match.end()))
    for one in named:
        dated = _OF_YEAR.search(text[one.start:one.end])
        if dated and not has_han(text[one.start:one.end]):
            meant.setdefault(f"{dated['year']} {dated.group().split()[0]}", set()).add((one, one.end))
    return meant


_GENERIC_EN = re.compile("(?:Measures|Provisions|Regulations?|Rules?|Act|Law|Guidelines?|Plan|Policy|Agreement|Directive|"
                         "Framework|Code|Notice|Opinions?)")


def _is_distinctive(short: str, needs_initials: bool, full: str) -> bool:
    if is_generic_title(short) or _GENERIC_EN.fullmatch(short) or short in word_list("not_short_names"):
        return False
    if needs_initials:
        initials = "".join(word[0] for word in re.findall("[A-Za-z]{1,40}", full)).lower()
        letters = re.sub("[^a-z]", "", short.lower())
        return letters[:1] == initials[:1] and (_is_subsequence(letters, initials) or _is_subsequence(letters, full.lower()))
    return True


def _is_subsequence(part: str, whole: str) -> bool:
    marks = iter(whole)
    return all(mark in marks for mark in part)


def find_defined(text: str, shorts: Mapping[str, Candidate]) -> Iterator[Candidate]:
    """Every occurrence of the document's own short names, with type and entity of what they stand for."""
    if not shorts:
        return
    names = "|".join(re.escape(short) for short in sorted(shorts, key=len, reverse=True))
    for match in re.finditer(names, text):
        full = shorts[match.group()]
        whole = has_han(match.group()) or not (re.match("[A-Za-z0-9]", text[match.start() - 1:match.start()])
                                               or re.match("[A-Za-z0-9]", text[match.end():match.end() + 1]))
        if whole:
            yield Candidate(match.start(), match.end(), full.type, full.entity_id, "definition")
