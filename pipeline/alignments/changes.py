"""What separates two versions of a sentence once noise is gone, and what the change does."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import lru_cache
from typing import Any, NamedTuple

from pipeline.alignments.evidence import cut_words, same_tokens
from pipeline.knowledge import load_words
from pipeline.numerals import HAN_NUMBER, find_dates
from pipeline.text import match_key

EFFECTS = ("development_gained", "development_lost", "security_gained", "security_lost", "tighter", "looser", "addressee",
           "number", "deadline", "penalty", "reference")
LATELY = 1 << 11        # texts whose words are remembered: one comparison asks about the same sentences several times
MAX_ADDRESSEE = 40
SAME_ADDRESSEE = 0.85   # from this likeness on the words before the binding word name the same body
_LABEL = re.compile(
    rf"^\s{{0,4}}(?:第[{HAN_NUMBER}0-9]{{1,9}}[条章节款项](?:\s{{0,2}}【[^【】]{{1,30}}】)?|article\s{{1,3}}[0-9]{{1,4}}[:.]?"
    rf"|[0-9]{{1,3}}(?:[.．][0-9]{{1,3}}){{1,4}}(?=\s)|[(（]?[{HAN_NUMBER}0-9]{{1,4}}[)）、.．](?![0-9])|\([0-9ivx]{{1,4}}\))\s{{0,4}}")
_REFERENCE = re.compile(rf"第[{HAN_NUMBER}0-9]{{1,9}}(?:、[{HAN_NUMBER}0-9]{{1,9}}){{0,9}}[条款项章]"
                        r"|articles?\s{1,3}[0-9]{1,4}|paragraphs?\s{1,3}[0-9]{1,4}")
_WORD_EN = re.compile(r"[a-z0-9](?:[a-z0-9]|['.,-](?=[a-z0-9])){0,40}")
_KEPT = re.compile(r"[^\W_]")


class Token(NamedTuple):
    """A word with its offsets; key: what it is compared by."""

    start: int
    end: int
    key: str


@dataclass(frozen=True)
class _Lists:
    variants: Mapping[str, str]
    tight: frozenset[str]
    loose: frozenset[str]
    penalty: frozenset[str]
    subject: frozenset[str]
    adverbs: re.Pattern[str]
    marks: re.Pattern[str]
    variant: re.Pattern[str]
    time: re.Pattern[str]


@lru_cache(maxsize=1)
def _lists() -> _Lists:
    words: Any = load_words("alignments_diff")
    variants = {**words["variants_zh"], **words["variants_en"]}
    marks = [*words["tight"], *words["loose"], *words["penalty"]]
    return _Lists(variants, frozenset(words["tight"]), frozenset(words["loose"]), frozenset(words["penalty"]),
                  frozenset(words["subject_marks"]), _any_of(words["adverbs"]),
                  _any_of(marks), _any_of(variants), re.compile(rf"[0-9{HAN_NUMBER}]\s{{0,2}}(?:{_any_of(words['time_units']).pattern})"))


def _any_of(words: Any) -> re.Pattern[str]:
    """One of the words, longest first; English ones whole."""
    pieces = [rf"(?<![a-z]){re.escape(word)}(?![a-z])" if word.isascii() else re.escape(word)
              for word in sorted(words, key=len, reverse=True)]
    return re.compile("|".join(pieces))


@lru_cache(maxsize=LATELY)
def content_of(text: str) -> str:
    """The match key of a sentence without its own label (第三条, 第三条【目的】, （二）, Article 3):
    renumbering is no change, nor is the caption that drafts print behind the number."""
    return match_key(without_label(text))


def without_label(text: str) -> str:
    """The sentence as printed, its own label left out."""
    label = _LABEL.match(match_key(text))
    return text[label.end():] if label else text


@lru_cache(maxsize=LATELY)
def noise_key(text: str) -> str:
    """Equal for sentences that differ in punctuation, blanks, case, script, width or variant spellings alone."""
    lists = _lists()
    key = lists.variant.sub(lambda found: lists.variants[found.group()], content_of(text))
    return "".join(_KEPT.findall(re.sub(r"(?<=[a-z])is(?=(?:e[ds]?|ing|ations?)(?![a-z]))", "iz", key)))


@lru_cache(maxsize=LATELY)
def tokens_of_sentence(text: str, lang: str) -> tuple[Token, ...]:
    """Words for the comparison; punctuation left out."""
    key = match_key(text)
    if lang == "en":
        return tuple(Token(match.start(), match.end(), noise_key(match.group()) or match.group())
                     for match in _WORD_EN.finditer(key))
    words = ((span, key[span.start:span.end]) for span in cut_words(key))
    return tuple(Token(span.start, span.end, _lists().variants.get(word, word)) for span, word in words if _KEPT.search(word))


class Pieces(NamedTuple):
    """Passages of the old version that are gone and of the new that came, in order, and how alike the rest is."""

    removed: list[str]
    inserted: list[str]
    likeness: float


def compare_texts(old: str, new: str, lang: str) -> Pieces:
    """Word by word; likeness in [0, 1] is the share of characters that both have in order."""
    old, new = without_label(old), without_label(new)
    one, two = tokens_of_sentence(old, lang), tokens_of_sentence(new, lang)
    matcher = SequenceMatcher(None, [token.key for token in one], [token.key for token in two], autojunk=False)
    removed, inserted, same = [], [], 0
    for kind, a, b, c, d in matcher.get_opcodes():
        if kind == "equal":
            same += sum(len(token.key) for token in one[a:b])
            continue
        removed += [old[one[a].start:one[b - 1].end]] if a < b else []
        inserted += [new[two[c].start:two[d - 1].end]] if c < d else []
    size = sum(len(token.key) for token in one) + sum(len(token.key) for token in two)
    return Pieces(removed, inserted, 2 * same / size if size else 1.0)


def effects_of(old: str, new: str, lang: str, *, old_codes: Mapping[str, Any] | None = None,
               new_codes: Mapping[str, Any] | None = None) -> list[str]:
    """What a change does, as words of EFFECTS in their order; [] for mere wording.

    old, new: the two texts; one is empty where a passage was added or removed. codes: `development`, `security` of
    the sentences (contract, table `codes`), where they are known. tighter/looser: binding words (应当, shall) and
    words that leave room (可以, may) that came or went. deadline: a date or a number with a unit of time changed;
    number: any other. addressee: the words before the first binding word changed (both versions have one).
    """
    found = _frame_effects(old_codes, new_codes)
    before, after = (Counter(word for _, word in _marks(text, lang)) for text in (old, new))
    gone, came = before - after, after - before
    lists = _lists()
    whole = not (old and new)       # a passage that comes or goes binds by its binding words alone
    pull = sum(count * ((word in lists.tight) - (word in lists.loose and not whole)) for word, count in came.items())
    pull -= sum(count * ((word in lists.tight) - (word in lists.loose and not whole)) for word, count in gone.items())
    found |= {"tighter"} if pull > 0 else {"looser"} if pull < 0 else set()
    found |= {"penalty"} if any(word in lists.penalty for word in [*gone, *came]) else set()
    found |= _number_effects(old, new, lang)
    if old and new and _references(old) != _references(new):
        found.add("reference")
    subjects = addressee_of(old, lang), addressee_of(new, lang)
    if all(subjects) and compare_texts(*subjects, lang).likeness < SAME_ADDRESSEE:
        found.add("addressee")
    return [effect for effect in EFFECTS if effect in found]


def _frame_effects(old: Mapping[str, Any] | None, new: Mapping[str, Any] | None) -> set[str]:
    found = set()
    for frame in ("development", "security"):
        before, after = (bool(codes[frame]) if codes is not None else False for codes in (old, new))
        if before != after:
            found.add(f"{frame}_{'gained' if after else 'lost'}")
    return found


def _number_effects(old: str, new: str, lang: str) -> set[str]:
    """Numbers outside references; dates and numbers with a unit of time are deadlines."""
    side = "en" if lang == "en" else "zh"
    plain = [_REFERENCE.sub(" ", content_of(text)) for text in (old, new)]
    times = [Counter([*(date.iso for date in find_dates(text, side)), *_lists().time.findall(text)]) for text in plain]
    limits = [Counter(_timed(text)) for text in plain]
    numbers = [Counter(token for token in same_tokens(text, side) if token.startswith("#")) for text in plain]
    found = set()
    if times[0] != times[1] or limits[0] != limits[1]:
        found.add("deadline")
        numbers = [count - Counter(token for limit in _timed(text) for token in same_tokens(limit, side))
                   for count, text in zip(numbers, plain, strict=True)]
        numbers = [count - Counter(token for date in find_dates(text, side)
                                   for token in same_tokens(text[date.start:date.end], side))
                   for count, text in zip(numbers, plain, strict=True)]
    if numbers[0] != numbers[1]:
        found.add("number")
    return found


def _timed(text: str) -> list[str]:
    """Numbers with a unit of time, as printed: 30日, 24小时, 5 working days."""
    return [re.sub(r"\s", "", text[_number_start(text, match.start()):match.end()]) for match in _lists().time.finditer(text)]


def _number_start(text: str, place: int) -> int:
    while place > 0 and (text[place - 1] in HAN_NUMBER or text[place - 1] in "0123456789.,"):
        place -= 1
    return place


def _references(text: str) -> Counter[str]:
    return Counter(_REFERENCE.findall(content_of(text)))


def _marks(text: str, lang: str) -> list[tuple[int, str]]:
    """(offset in content_of, word) for binding, loosening and penalty words; one-character ones as words only
    (应 in 应急 and 可 in 许可 are none)."""
    content = content_of(text)
    found = [(match.start(), match.group()) for match in _lists().marks.finditer(content)]
    if lang == "en":
        return found
    starts = {token.start: token.end for token in tokens_of_sentence(content, lang)}
    return [(place, word) for place, word in found if len(word) > 1 or starts.get(place) == place + 1]


def addressee_of(text: str, lang: str) -> str:
    """Words of the clause before its first 应当, 不得, 可以, shall, may …; empty where there is none near."""
    content = content_of(text)
    for place, word in _marks(text, lang):
        if word in _lists().subject:
            clause = re.split(r"[，。；：,;:]", content[:place])[-1].strip()
            said = len(noise_key(_lists().adverbs.sub("", clause)))
            return clause if 2 <= said <= MAX_ADDRESSEE else ""
    return ""
