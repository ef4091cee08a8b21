"""What a sentence offers to find its translation: words, numbers, entities, known terms, marks.

Every piece is a token. Tokens that begin with one of `SAME` mean the same in both languages (a number, a registry
entity, a Latin name inside Chinese text); the others are words, whose translations come from the seed glossary and
from the aligned text.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from pipeline.errors import TifaError
from pipeline.knowledge import load_words
from pipeline.numerals import HAN_NUMBER, parse_number
from pipeline.segment import segment
from pipeline.text import Span, match_key, quoted_titles

SAME = ("#", "@", "~", "^")     # number, entity, Latin name, mark
_NUMBER_ZH = re.compile(
    rf"(?:百分之|千分之)?(?:[0-9]{{1,3}}(?:,[0-9]{{3}}){{1,4}}|[0-9]{{1,15}})(?:\.[0-9]{{1,8}})?[十百千万亿兆]{{0,3}}"
    rf"|(?:百分之|千分之)?[{HAN_NUMBER}万亿]{{1,12}}(?:点[{HAN_NUMBER}]{{1,6}})?")
_PIECE_EN = re.compile(r"[a-z]{1,20}|[0-9]{1,3}(?:,[0-9]{3}){1,4}(?:\.[0-9]{1,8})?|[0-9]{1,15}(?:\.[0-9]{1,8})?|[^a-z0-9]{1,40}")
_WORD_EN = re.compile(r"[a-z](?:[a-z]|['&-](?=[a-z])){0,40}")
_LATIN = re.compile(r"(?<![A-Za-z0-9])(?:[A-Z][A-Z0-9&-]{1,15}|[A-Z]{1,4}[0-9]{1,6})(?![A-Za-z])")
_LATIN_IN_ZH = re.compile(r"(?<![A-Za-z0-9])[A-Za-z][A-Za-z0-9&-]{1,20}")
_SCALES = {"hundred": 1e2, "thousand": 1e3, "million": 1e6, "billion": 1e9, "trillion": 1e12}
_LIST_ZH = re.compile(rf"^\s{{0,8}}(?:[(（]([{HAN_NUMBER}0-9]{{1,4}})[)）]|([{HAN_NUMBER}]{{1,3}})(?:、|是|要)|([0-9]{{1,3}})[.、．])")
_LIST_EN = re.compile(r"^\s{0,8}(?:\(([0-9]{1,3}|[ivxl]{1,6})\)|([0-9]{1,3}|[ivxl]{1,6})[.)])\s")
_ROMAN = {roman: str(number) for number, roman in enumerate(
    "i ii iii iv v vi vii viii ix x xi xii xiii xiv xv xvi xvii xviii xix xx".split(), start=1)}
_DASHED = re.compile(r"^\s{0,8}(?:-{1,3}|[•·●])")


@lru_cache(maxsize=1)
def _words() -> tuple[frozenset[str], frozenset[str], dict[str, float], re.Pattern[str]]:
    """Stop words zh and en, values of English number words, and counters that make one numeral a number."""
    words: Any = load_words("alignments")
    values = {word: float(number) for word, number in words["english_tens"].items()}
    values |= {word: float(place) for place, word in enumerate(words["english_ordinals"], start=1)}
    values |= {word: float(place) for place, word in enumerate(words["months"], start=1)}
    counters = re.compile("(?:" + "|".join(sorted(words["counters"], key=len, reverse=True)) + ")")
    return frozenset(words["stop_zh"]), frozenset(words["stop_en"]), values, counters


def tokens_of(text: str, lang: str) -> list[str]:
    """Tokens of one sentence, in text order within each kind; repeated ones stay repeated.

    lang: zh or en. Numbers are values: 1.97万 and 19,700 are both `#19700`. The value 1 is left out: 一 and `one`
    are mostly no numbers. Raises: TifaError for another language.
    """
    key = match_key(text)
    marks = _marks(key, _LIST_ZH if lang == "zh" else _LIST_EN)
    return marks + same_tokens(text, lang) + words_of(key, lang)


def same_tokens(text: str, lang: str) -> list[str]:
    """Numbers (`#value`) and Latin names (`~name`) of a text: what both languages print alike."""
    _check(lang)
    if lang == "zh":
        return _numbers_zh(match_key(text)) + [f"~{match.group().lower()}" for match in _LATIN_IN_ZH.finditer(text)]
    return _numbers_en(text) + [f"~{match.group().lower()}" for match in _LATIN.finditer(text)]


def words_of(key: str, lang: str) -> list[str]:
    """Chinese words, or stems of English words, of a match key; stop words and numbers left out."""
    _check(lang)
    stop_zh, stop_en, values, _ = _words()
    if lang == "zh":
        words = (key[span.start:span.end] for span in cut_words(key))
        return [word for word in words if word not in stop_zh and _is_word(word)]
    found: list[str] = []
    for match in _WORD_EN.finditer(key):
        word = match.group()
        if word not in stop_en and word not in _SCALES and word not in values:
            found += [stem(part) for part in word.split("-") if part and part not in stop_en]
    return found


def cut_words(text: str) -> list[Span]:
    """Words of a Chinese text in order; together they cover it. Titles in 《》 are cut into their words too: their
    translations match word by word."""
    titles = set(quoted_titles(text))
    found: list[Span] = []
    for span in segment(text):
        if span in titles:
            found += [Span(span.start + word.start, span.start + word.end) for word in segment(text[span.start:span.end])]
        else:
            found.append(span)
    return found


def _check(lang: str) -> None:
    if lang not in {"zh", "en"}:
        raise TifaError(f"Unknown language {lang!r}", where="alignments", todo="Use zh or en.")


def _numbers_zh(key: str) -> list[str]:
    _, _, _, counters = _words()
    found = []
    for match in _NUMBER_ZH.finditer(key):
        surface = re.sub("^[百千]分之", "", match.group())
        if key[match.start() - 1:match.start()] == "第" and key.startswith("方", match.end()):
            continue        # 第三方, a third party
        if len(surface) == 1 and len(match.group()) == 1 and not surface.isdigit() and not (
                key[match.start() - 1:match.start()] == "第" or counters.match(key, match.end())):
            continue
        value = parse_number(_decimal(surface))
        if value is not None and value != 1:
            found.append(f"#{value:.6g}")
    return found


def _decimal(surface: str) -> str:
    """二点五 → 2.5 in digits; anything else as it is."""
    whole, point, part = surface.partition("点")
    left = parse_number(whole) if point else None
    if left is None:
        return surface
    return f"{left:.0f}." + "".join(f"{parse_number(mark) or 0:.0f}" for mark in part)


@lru_cache(maxsize=100_000)
def _is_word(word: str) -> bool:
    return any("\u4e00" <= mark <= "\u9fff" for mark in word) and parse_number(word) is None


def _numbers_en(text: str) -> list[str]:
    """Values of digits, number words and months, with hundred … trillion behind them multiplied in."""
    found: list[float] = []
    pending: float | None = None
    for match in _PIECE_EN.finditer(match_key(text)):
        piece = match.group()
        if piece in _SCALES:
            pending = _SCALES[piece] * (1.0 if pending is None else pending)
        elif (value := _value_en(piece, piece == "may" and not text[match.start()].isupper())) is not None:
            if pending is not None and 20 <= pending < 100 and pending % 10 == 0 and value < 10:
                pending += value        # fifty-one
            else:
                found += [] if pending is None else [pending]
                pending = value
        elif piece.strip(" -") and piece not in {"st", "nd", "rd", "th"}:
            found += [] if pending is None else [pending]
            pending = None
    found += [] if pending is None else [pending]
    return [f"#{value:.6g}" for value in found if value != 1]


@lru_cache(maxsize=100_000)
def _value_en(piece: str, is_verb: bool) -> float | None:
    """Value of digits, a number word or a month's name; None for other words and for the verb `may`."""
    if piece[0].isdigit():
        return parse_number(piece.rstrip(","))
    if is_verb or not piece.isalpha():
        return None
    return _words()[2].get(piece, parse_number(piece))


def _marks(key: str, pattern: re.Pattern[str]) -> list[str]:
    """List marker, dash, quotation, question and exclamation, semicolon and colon at the end: `^…` tokens."""
    found = []
    listed = pattern.match(key)
    if listed:
        number = next(group for group in listed.groups() if group)
        value = _ROMAN.get(number) or parse_number(number)
        if value is not None:
            found.append(f"^{float(value):.0f}")
    if _DASHED.match(key):
        found.append("^-")
    tail = key.rstrip(" \"'”’)）」』")[-1:]
    end = {"？": "?", "！": "!", "；": ";", "：": ":"}.get(tail, tail)
    return [*found, f"^{end}"] if end in {"?", "!", ":"} else found


_SUFFIXES = ("ations", "ation", "ities", "ingly", "edly", "ments", "ment", "ness", "ings", "ing", "ions", "ion", "ies",
             "ity", "ers", "ed", "ly", "es", "er", "al", "s", "e", "y")


@lru_cache(maxsize=100_000)
def stem(word: str) -> str:
    """An English word without its ending, at least four letters long: developing, development → develop."""
    word = word.removesuffix("'s").strip("'&")
    if len(word) > 2 and word.endswith("s") and not word.endswith("ss") and len(word) <= 5:
        return word[:-1]
    for suffix in _SUFFIXES:
        if word.endswith(suffix) and len(word) - len(suffix) >= 4:
            return word[: -len(suffix)]
    return word


def bag_of_sentences(texts: Sequence[str], lang: str, entities: Sequence[Sequence[str]] | None = None) -> list[list[str]]:
    """Tokens of each sentence with the registry entities found in it as `@id`."""
    bags = [tokens_of(text, lang) for text in texts]
    if entities is not None:
        for bag, ids in zip(bags, entities, strict=True):
            bag += [f"@{entity_id}" for entity_id in ids]
    return bags
