"""English instruments known by how their title is written: in quotation marks, with a date behind it, with an ordinal."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from pipeline.mentions.instruments import title_entity
from pipeline.mentions.names_en import strip_name
from pipeline.mentions.records import NIL, Candidate
from pipeline.mentions.words import any_of, word_list

_MONTH = "(?:January|February|March|April|May|June|July|August|September|October|November|December)"
_DAY = rf"(?:[0-9]{{1,2}} {_MONTH},? (?:19|20)[0-9]{{2}}|{_MONTH} [0-9]{{1,2}}, (?:19|20)[0-9]{{2}})"
_CAPS = "[A-Z][A-Za-z-]{2,20}"
# (what a title holds, what stands before it, what may follow): the first is rare and found fast, the rest is read around it.
_AROUND = [(re.compile(core), re.compile(f"(?<![A-Za-z0-9])(?:{before})$"), re.compile(after)) for core, before, after in [
    # Notice of November 7, 2024; Commission Decision of 24 January 2024; Agreement of 13 April 2016 on Better Law-Making
    (f" of {_DAY}", "Notice|Proclamation|(?:Council |Commission |Joint )?(?:Decision|Directive|Regulation|Recommendation|Resolution)|"
     "[A-Z][a-z]{3,20} Agreement", f"(?: on(?: the)? {_CAPS}(?: {_CAPS}){{0,6}})?"),
    (" [Ff]ive-[Yy]ear [Pp]lan", "1[0-9]th|[A-Z][a-z]{3,9}th", r"(?: \((?:19|20)[0-9]{2}[-–](?:19|20)?[0-9]{2}\))?"
     f"(?: (?:for|period for) (?:the )?{_CAPS}(?:(?: (?:and|of|the))* {_CAPS}){{1,8}})?(?! period)"),
    # Federal Law No. 152-FZ, Cabinet Resolution No. 21 of 2020
    (r"(?:Law|Decree|Resolution|Ordinance|Notification|Act) No\.? ?[0-9]{1,5}", "(?:[A-Z][a-z]{3,12} ){0,2}",
     "(?:[-/][0-9A-Z]{1,6})?(?: of (?:19|20)[0-9]{2})?(?![0-9A-Za-z])"),
    (r"Bill (?:No\. )?[0-9]{1,5}", "(?:Assembly|Senate|House) ", "(?:-[0-9]{1,4})?"),
    (r"Circular (?:No\. )?A-[0-9]{1,3}", "(?:(?:Office of Management and Budget|[O0]MB) )?", ""),
    ("Bill [CS]-[0-9]{1,3}", "", ""),
    (r"[Tt]itle [0-9]{1,2}, (?:United States Code|U\.S\. Code|U\.S\.C\.)", "", ""),
    (r",? and [A-Z][a-z]{2,15} Act(?![a-z])", "(?:[A-Z][a-z]{2,15} ){0,3}[A-Z][a-z]{2,15}(?:, [A-Z][a-z]{2,15}){1,3}", "(?: of [0-9]{4})?"),
    ("(?:Additional|Optional) Protocol", "", r"(?: [IVX]{1,4}(?![A-Za-z])| to the(?: [A-Z][A-Za-z-]{2,20}| of| on| the){1,9})"),
]]
BEFORE = 80
_QUOTED = re.compile(r"[“\"](?P<title>[A-Z][A-Za-z0-9’'&:,./() -]{12,160}?),?[”\"]")
_SMALL = frozenset("of for and on the to in with from against by a an under".split())


@lru_cache(maxsize=1)
def _kinds() -> re.Pattern[str]:
    return re.compile(rf"(?<![A-Za-z-]){any_of('quoted_kinds_en')}(?![A-Za-z])")


def find_titles_en(text: str) -> Iterator[Candidate]:
    """INSTRUMENT candidates: “Guidance on …” in quotation marks, dated acts, five-year plans, protocols, codes of a field of law.

    A phrase in quotation marks is a title if it has three words or more, all but the small ones begin with capitals and one
    names a kind of instrument (words/mentions.yml, quoted_kinds_en).
    """
    flat = text.replace("\n", " ")
    for core, before, after in _AROUND:
        for match in core.finditer(flat):
            begins, ends = before.search(flat, max(0, match.start() - BEFORE), match.start()), after.match(flat, match.end())
            if begins and ends:
                yield _instrument(flat, *strip_name(flat, begins.start(), ends.end()))
    for match in re.finditer(" Code(?![A-Za-z]| of [A-Z])", flat):
        field = next((field for field in word_list("fields_of_law_en") if flat.endswith(field, 0, match.start())), None)
        if field:
            yield _instrument(flat, match.start() - len(field), match.end())
    for match in _QUOTED.finditer(flat):
        title = match["title"].rstrip(" ,.")
        if _is_title(title):
            yield _instrument(flat, match.start("title"), match.start("title") + len(title))


def _instrument(flat: str, start: int, end: int) -> Candidate:
    known = title_entity(flat[start:end])
    return Candidate(start, end, "INSTRUMENT", known[0] if known and known[1] == "INSTRUMENT" else NIL, "suffix")


def _is_title(title: str) -> bool:
    words = title.split()
    if len(words) < 3 or title in word_list("not_names_en") or not _kinds().search(title):
        return False
    return all(word in _SMALL or not word[0].islower() for word in words)
