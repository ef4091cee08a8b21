"""English names that the registry does not list, by their capitals and their head: Ministry of …, … Agency, … Act."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import pairwise

from pipeline.knowledge import load_registry
from pipeline.mentions.instruments import title_entity
from pipeline.mentions.records import NIL, Candidate
from pipeline.mentions.words import any_of, word_list, words_by_type

_CAP = "(?:(?:U\\.S\\.|U\\.K\\.)|[A-Z][A-Za-zÀ-ɏ0-9&'’/-]{0,40})"
_LINK = "(?:of|for|and|on|the|to|in|with|against|&)"  # the words that may stand inside a name
MAX_WORDS = 14
_PHRASE = re.compile(
    rf"(?<![A-Za-z0-9]){_CAP}(?: (?:and|&) {_CAP}| (?!and|&){_LINK}(?: the)? {_CAP}| {_CAP}|"
    rf" \((?:[A-Z][A-Za-z ]{{1,40}}|No\. ?[0-9]{{1,2}})\)(?= {_CAP})){{1,{MAX_WORDS}}}")
_TRAIL = re.compile(r"(?:'s|’s|[.,;:/'’-]|(?<=[a-z]{2})[0-9]{1,3})$")  # digits behind a word are the mark of a note


_TABLE = re.compile(" (?:Relevant Institution|Action Name|Responsible for Action|Lead Authors|Presented to)")
_NEW_NAME = re.compile("(?<!eople)(?<!hildren)(?<!omen)(?<!orker)['’]s | (?=The )| Premier of the | with Comrade | (?=Article [0-9])|"
                       " (?:on|in) (?=(?:January|February|March|April|May|June|July|August|September|October|November|December)(?![a-z]))")


def find_english_names(text: str) -> Iterator[Candidate]:
    """Candidates from capitalised phrases of at least two words whose first or last word is the head of a type.

    A wrapped line is read through, a short line (a heading, a table cell) ends the phrase.
    """
    flat = _read_through(text)
    for match in _PHRASE.finditer(flat):
        if flat[max(0, match.start() - 1):match.start()] == "[":
            continue
        cut = _TABLE.search(flat, match.start(), match.end())
        end_of_phrase = cut.start() if cut else match.end()
        begin = match.start()
        for owner in [*_NEW_NAME.finditer(flat, begin, end_of_phrase), None]:
            yield from _named(flat, *strip_name(flat, begin, owner.start() if owner else end_of_phrase))
            begin = owner.end() if owner else end_of_phrase


MIN_WRAPPED_LINE = 55
_ANY_SUCH = re.compile("(?:Standard|Policy|Guideline)$")
_ONE_OF_MANY = re.compile("(?<![A-Za-z])[Aa]n? (?:[a-z]{1,12} )?$")


_GOES_ON = re.compile(f"[A-Z][^.]{{0,60}} {_LINK}(?: the)?$")


def _read_through(text: str) -> str:
    """The text with a blank for each line end behind a long line, or one that ends in "of", that goes on; the same length."""
    lines = text.split("\n")
    joints = [" " if (len(line) >= MIN_WRAPPED_LINE or _GOES_ON.search(line)) and after[:1].isalpha() else "\n"
              for line, after in pairwise(lines)]
    return "".join(part for pair in zip(lines, [*joints, ""], strict=True) for part in pair)


_BREAK = re.compile(" (?:in|and|with) ")
_WITHIN = re.compile(".{0,60} in the (?=[A-Z])")
_MORE = re.compile(rf"(?:,[ \n]{_CAP}){{0,4}},?[ \n](?:and|&)[ \n]{_CAP}(?: {_CAP}){{0,2}}")


def _named(flat: str, start: int, end: int) -> Iterator[Candidate]:
    within = _WITHIN.match(flat, start, end)
    if within and not _heads().match(flat, start, end):
        start = within.end()  # AI in the Industrial Strategy: the name begins behind "in the"
    surface = flat[start:end]
    kind, surface = _kind_of_part(surface.removesuffix(" for Fiscal Year"))
    end = start + len(surface)
    if kind is None or surface in word_list("not_names_en") or _is_joined(surface) or (
            _ANY_SUCH.search(surface) and _ONE_OF_MANY.search(flat, max(0, start - 20), start)):
        return
    if _TAKES_LIST.match(surface):
        more = _MORE.match(flat, end)
        end = more.end() if more and flat[end] == "," and not _ends().search(more.group()) else end
    if kind == "ACTOR" and _is_inside_company(surface):
        kind = "ORG"
    if kind in ("FORUM", "ORG"):
        end -= len(surface) - len(_PLACED.sub("", surface))
    known = title_entity(surface) if kind == "INSTRUMENT" else None
    start, end = _with_serial(flat, start, end, kind)
    yield Candidate(start, end, kind, known[0] if known else _named_alike(flat[start:end], kind) or _of_state(surface), "suffix")


def _kind_of_part(surface: str) -> tuple[str | None, str]:
    """Type of the phrase, else of its first part before in, and, with; and the words it is the type of."""
    for part in (surface, *(surface[:stop.start()] for stop in _BREAK.finditer(surface))):
        kind = _kind(part) if " " in part else None
        if kind:
            return kind, part
    return None, surface


def _with_serial(flat: str, start: int, end: int, kind: str) -> tuple[int, int]:
    """With the number of a meeting (the 23rd …) and the year of an instrument (… Act 2018)."""
    serial = _SERIAL.search(flat, max(0, start - 6), start) if kind == "FORUM" else None
    year = _YEAR.match(flat, end) if kind == "INSTRUMENT" else None
    return serial.start() if serial else start, year.end() if year else end


def _is_inside_company(surface: str) -> bool:
    """Google DeepMind AGI Safety Council: a body inside a company is part of the company."""
    words = surface.split()
    return any(entity.tier == "company" for n in (1, 2) for entity in load_registry().lookup(" ".join(words[:n])))


def _named_alike(surface: str, kind: str) -> str | None:
    found = [entity for entity in load_registry().lookup(surface) if entity.type == kind]
    return found[0].entity_id if found else None


def _of_state(surface: str) -> str:
    """Secretary of Commerce of the United States: the body the registry knows without its state, else NIL."""
    registry = load_registry()
    for joint in re.finditer(" of (?:the )?(?=[A-Z])", surface):
        body, state = registry.lookup(surface[:joint.start()]), registry.lookup(surface[joint.end():])
        if body and state and state[0].type == "GPE":
            return body[0].entity_id
    return NIL


_YEAR = re.compile(" (?:of |for Fiscal Year )?(?:19|20)[0-9]{2}(?![0-9])|(?:(?<=Directive)|(?<=Memorandum)|(?<=Law)) [0-9]{1,3}"
                   "(?:/(?:19|20)[0-9]{2})?(?![0-9])")
_SERIAL = re.compile("[0-9]{1,3}(?:st|nd|rd|th) $")
_TAKES_LIST = re.compile("(?:Department|Ministry|Office|Secretary) (?:of|for) [A-Za-z ]{3,40}$|"
                         "(?:[A-Z][a-z]{2,12} )?(?:Regulations|Act|Policy) for [A-Z][a-z]{3,20}$")
_PLACED = re.compile(" in (?:the )?[A-Z][A-Za-z.]{1,20}(?: [0-9]{4})?$")


def _is_joined(surface: str) -> bool:
    """Two names with "and" between them, one of them in the registry: those are found on their own."""
    registry = load_registry()
    for joint in re.finditer(" and (?:the )?", surface):
        if registry.lookup(surface[:joint.start()]) or registry.lookup(surface[joint.end():]):
            return True
    return False


def strip_name(text: str, start: int, end: int) -> tuple[int, int]:
    """Without leading words that only stand before names (The, Under, Article) and without trailing marks."""
    while True:
        first = re.match(rf"(?:{any_of('determiners_en')}|{_LINK}|[0-9]{{1,4}}(?:st|nd|rd|th)?)[,.]? ", text[start:end])
        if not first:
            break
        start += first.end()
    while True:
        trail = _TRAIL.search(text[start:end])
        if not trail:
            return start, end
        end = start + trail.start()


@lru_cache(maxsize=1)
def _heads() -> re.Pattern[str]:
    groups = "|".join(f"(?P<{kind}>{'|'.join(re.escape(word) for word in sorted(words, key=len, reverse=True))})"
                      for kind, words in words_by_type("heads_en").items())
    return re.compile(f"(?:[A-Z][A-Za-z’'-]{{1,20}} ){{0,3}}?(?:{groups}) (?:of|for|on|to|against|in)(?: the)? ")


@lru_cache(maxsize=1)
def _ends() -> re.Pattern[str]:
    groups = "|".join(f"(?P<{kind}>{'|'.join(re.escape(word) for word in sorted(words, key=len, reverse=True))})"
                      for kind, words in words_by_type("ends_en").items())
    return re.compile(f"(?:^|[ -])(?:{groups})(?: (?:of )?(?:19|20)[0-9]{{2}})?(?: of the PRC| of the People[’']s Republic of China)?$")


# What ends so is an instrument even if it begins like a body: Government of … Framework; not Office of … Regulation.
_SURE = frozenset(["Act", "Framework", "Plan", "Strategy", "Directive", "Memorandum", "Agreement"])
_OF_A_BODY = re.compile(" (?:Convention|Treaty|Agreement|Declaration|Recommendation|Regulation|Strategy|Guidelines|Principles) (?:on|for) |"
                        " Circular (?:No[.] )?A-[0-9]")


@lru_cache(maxsize=50_000)
def _kind(surface: str) -> str | None:
    head, end = _heads().match(surface), _ends().search(surface)
    if head and not (end and end["INSTRUMENT"] in _SURE and head.lastgroup != "INSTRUMENT"):
        if head.lastgroup == "INSTRUMENT" and surface.split()[0] in word_list("heading_words_en"):
            return None
        return "INSTRUMENT" if head.lastgroup == "ACTOR" and _OF_A_BODY.search(surface) else head.lastgroup
    words = surface.split()
    if end and surface[:end.start()].split() and not (len(words) < 3 and words[-1] in word_list("weak_ends_en")):
        return end.lastgroup
    return None
