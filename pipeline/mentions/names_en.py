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
_LINK = "(?:of|for|and|on|the|to|in|with|against|&)"
MAX_WORDS = 14
_PHRASE = re.compile(
    rf"(?<![A-Za-z0-9]){_CAP}(?: (?:and|&) {_CAP}| (?!and|&){_LINK}(?: the)? {_CAP}| {_CAP}|"
    rf" \([A-Z][A-Za-z ]{{1,40}}\)(?= {_CAP})){{1,{MAX_WORDS}}}")
_TRAIL = re.compile(r"(?:'s|’s|[.,;:/'’-])$")


_TABLE = re.compile(" (?:Relevant Institution|Action Name|Responsible for Action|Lead Authors|Presented to)")
_NEW_NAME = re.compile("(?<!eople)['’]s | (?=The )| Premier of the | with Comrade | (?=Article [0-9])")


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
            yield from _named(flat, *_strip(flat, begin, owner.start() if owner else end_of_phrase))
            begin = owner.end() if owner else end_of_phrase


MIN_WRAPPED_LINE = 55


_GOES_ON = re.compile(f"[A-Z][^.]{{0,60}} {_LINK}(?: the)?$")


def _read_through(text: str) -> str:
    """The text with a blank for each line end behind a long line, or one that ends in "of", that goes on; the same length."""
    lines = text.split("\n")
    joints = [" " if (len(line) >= MIN_WRAPPED_LINE or _GOES_ON.search(line)) and after[:1].isalpha() else "\n"
              for line, after in pairwise(lines)]
    return "".join(part for pair in zip(lines, [*joints, ""], strict=True) for part in pair)


_BREAK = re.compile(" (?:in|and|with) ")
_MORE = re.compile(rf"(?:,[ \n]{_CAP}){{0,4}},?[ \n](?:and|&)[ \n]{_CAP}(?: {_CAP}){{0,2}}")


def _named(flat: str, start: int, end: int) -> Iterator[Candidate]:
    surface = flat[start:end]
    kind = _kind(surface) if " " in surface else None
    if kind is None:
        for stop in _BREAK.finditer(surface):
            part = surface[:stop.start()]
            kind = _kind(part) if " " in part else None
            if kind:
                surface, end = part, start + len(part)
                break
    if kind is None or surface in word_list("not_names_en") or _is_joined(surface):
        return
    if kind == "ACTOR" and re.match("(?:Department|Ministry|Office|Secretary) (?:of|for) [A-Za-z ]{3,40}$", surface):
        more = _MORE.match(flat, end)
        end = more.end() if more and flat[end] == "," else end
    if kind == "ACTOR" and _is_inside_company(surface):
        kind = "ORG"
    if kind in ("FORUM", "ORG"):
        end -= len(surface) - len(_PLACED.sub("", surface))
    known = title_entity(surface) if kind == "INSTRUMENT" else None
    year = _YEAR.match(flat, end) if kind == "INSTRUMENT" else None
    end = year.end() if year else end
    yield Candidate(start, end, kind, known[0] if known else _named_alike(flat[start:end], kind) or _of_state(surface), "suffix")


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


_YEAR = re.compile(" (?:of )?(?:19|20)[0-9]{2}(?![0-9])")
_PLACED = re.compile(" in (?:the )?[A-Z][A-Za-z.]{1,20}(?: [0-9]{4})?$")


def _is_joined(surface: str) -> bool:
    """Two names with "and" between them, one of them in the registry: those are found on their own."""
    registry = load_registry()
    for joint in re.finditer(" and (?:the )?", surface):
        if registry.lookup(surface[:joint.start()]) or registry.lookup(surface[joint.end():]):
            return True
    return False


def _strip(text: str, start: int, end: int) -> tuple[int, int]:
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
_SURE = frozenset(["Act", "Framework", "Plan", "Strategy", "Policy", "Directive", "Memorandum", "Agreement"])


@lru_cache(maxsize=50_000)
def _kind(surface: str) -> str | None:
    head, end = _heads().match(surface), _ends().search(surface)
    if head and not (end and end["INSTRUMENT"] in _SURE and head.lastgroup != "INSTRUMENT"):
        return head.lastgroup
    words = surface.split()
    if end and surface[:end.start()].split() and not (len(words) < 3 and words[-1] in word_list("weak_ends_en")):
        return end.lastgroup
    return None


@lru_cache(maxsize=1)
def _role() -> re.Pattern[str]:
    return re.compile(rf"(?<![A-Za-z])(?:[Tt]he|[Aa]) (?P<role>{any_of('roles_en')})(?!(?:,? [A-Z])| of [A-Z]| for [A-Z]|-)(?![A-Za-z])")


_DESCRIPTION = re.compile(
    r"(?<![A-Za-z])(?:[Mm]unicipal|[Ss]tate|[Nn]ational|[Pp]rovincial) (?!and )(?:[a-z]{3,20},? ){1,6}?"
    r"(?:authorit(?:y|ies)(?: (?:of|for)(?: [a-z]{3,20}){1,4}? administration)?|departments?)(?![a-z])")
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
    for match in _UNION.finditer(text):
        if re.search("(?:[Tt]he|[Ii]n|[Oo]f|[Uu]nder|[Ww]ith) $", text[max(0, match.start() - 6):match.start()]):
            before, after = text[max(0, match.start() - 12):match.start()], text[match.end():match.end() + 16]
            place = _INSIDE.search(before) or _INSIDE.search(after)
            yield Candidate(match.start(), match.end(), "GPE" if place else "FORUM", "eu", "description")


_PARTY = re.compile("(?<=[Tt]he )Party(?=['’]s | (?:and|will|has|having|must|should|is|in|to|for|at|with)(?![a-z])|[.,;])")


def find_party(text: str) -> Iterator[Candidate]:
    """The Party, in a text that names the Communist Party; in a treaty it is any party."""
    if re.search("Communist Party|(?<![A-Za-z])CPC(?![A-Za-z])|Party Central Committee", text):
        for match in _PARTY.finditer(text):
            yield Candidate(match.start(), match.end(), "ACTOR", "cn-cpc", "description")


_PERSON = re.compile(
    r"(?:(?:Vice |Deputy |Prime )?(?:President|Premier|Minister|Ambassador|Secretary-General|Comrade|Chairman|Professor)|"
    r"Mr\.?|Ms\.?|Mrs\.?|"
    r"Dr\.?|Sir|Rt Hon) "
    r"(?P<name>[A-Z][a-zÀ-ɏ-]{1,20}(?: [A-Z]\.)?(?: [A-Z][a-zÀ-ɏ-]{1,20}){1,2})(?![A-Za-z])")


def find_persons(text: str) -> Iterator[Candidate]:
    """Names behind a title (Premier …, Dr …); the title is left out of the span (codebook section 6)."""
    for match in _PERSON.finditer(text):
        if not re.search("(?:of|State|Council|Secretary|Minister|General|Committee)", match["name"]):
            yield Candidate(match.start("name"), match.end("name"), "PERSON", NIL, "suffix")


def find_roles(text: str) -> Iterator[Candidate]:
    """Bare titles of office behind "the" (the Secretary, the Commission): one body within a document."""
    for match in _role().finditer(text):
        kind = "INSTRUMENT" if match["role"] == "Constitution" else "ACTOR"
        yield Candidate(match.start("role"), match.end("role"), kind, NIL, "description")
