"""Which language and script a text is in, and where a file that holds two versions of one text parts."""

from __future__ import annotations

import re

from pipeline.text import Span

_HAN = re.compile("[\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U000323af]")
_LATIN = re.compile("[A-Za-z\u00c0-\u024f]")
_LETTERS = re.compile(r"[^\W\d_]")
_WORD = re.compile("[A-Za-z\u00c0-\u024f]{1,30}")
_ENGLISH = frozenset("the of and to in a for is that on as with by or be are shall this from at not which an its will may "
                     "it has their such any other have under".split())
_SAMPLE = 200_000


def detect_language(text: str) -> tuple[str, tuple[str, ...]]:
    """`zh-Hans`, `zh-Hant`, `en` or `mixed`, and the flag `unsupported_language` for a text in a third language.

    Chinese: Han characters weigh at least 60 % of the letters (one Han counting as 3 Latin ones); English: Latin
    letters do, and one word in eight is an English function word. A third language is `mixed` by table value:
    it enters no series of zh or en; so is a text without letters.
    """
    sample = text[:_SAMPLE]
    han = len(_HAN.findall(sample))
    latin = len(_LATIN.findall(sample))
    other = len(_LETTERS.findall(sample)) - han - latin
    kana = sum(1 for char in sample if "\u3041" <= char <= "\u30ff")
    if not han + latin + other:
        return "mixed", ()
    if other > han + latin or kana * 5 > han > 0:
        return "mixed", ("unsupported_language",)
    if 3 * han * 4 >= latin * 6:
        return _script(sample), ()
    if 3 * han * 6 > latin * 4:
        return "mixed", ()
    words = [word.lower() for word in _WORD.findall(sample[:50_000])]
    english = sum(1 for word in words if word in _ENGLISH)
    if len(words) >= 40 and english * 8 < len(words):
        return "mixed", ("unsupported_language",)
    return "en", ()


def _script(text: str) -> str:
    """Simplified or traditional, by the characters that exist in only one of the two common sets."""
    simplified = traditional = 0
    for char in _HAN.findall(text)[:20_000]:
        gb, big = _in(char, "gb2312"), _in(char, "big5")
        simplified += gb and not big
        traditional += big and not gb
    return "zh-Hant" if traditional > simplified else "zh-Hans"


def _in(char: str, name: str) -> bool:
    try:
        char.encode(name)
    except UnicodeEncodeError:
        return False
    return True


MIN_VERSION_CHARS = 600
EDGE_CHARS = 400
_BOUNDARY_SPACE = " \n\t\u3000"


def version_spans(text: str) -> list[Span]:
    """The language versions of one text in a file, in order; one span over everything when there is only one.

    A file is parted when it begins in one of Chinese and English and ends in the other, each side holds at least
    600 characters and is at least 90 % in its own language: a notice with English names in it is not parted.
    """
    whole = [Span(0, len(text))]
    first, last = _lean(text[:EDGE_CHARS]), _lean(text[-EDGE_CHARS:])
    if not first or not last or first == last:
        return whole
    cut = _best_cut(text, first)
    if min(cut, len(text) - cut) < MIN_VERSION_CHARS:
        return whole
    left, right = text[:cut].rstrip(_BOUNDARY_SPACE), text[cut:].lstrip(_BOUNDARY_SPACE)
    if _purity(left, first) < 0.9 or _purity(right, last) < 0.9:
        return whole
    return [Span(0, len(left)), Span(len(text) - len(right), len(text))]


def _lean(text: str) -> str:
    han, latin = len(_HAN.findall(text)), len(_LATIN.findall(text))
    if 3 * han > 4 * latin:
        return "zh"
    return "en" if latin > 12 * han else ""


def _purity(text: str, lang: str) -> float:
    han, latin = 3 * len(_HAN.findall(text)), len(_LATIN.findall(text))
    return (han if lang == "zh" else latin) / max(1, han + latin)


def _best_cut(text: str, first: str) -> int:
    """The space or line end at which the two sides are purest: where the running balance turns."""
    balance = best = 0
    cut = len(text)
    sign = 1 if first == "zh" else -1
    for place, char in enumerate(text):
        if _HAN.match(char):
            balance += 3 * sign
        elif char.isascii() and char.isalpha():
            balance -= sign
        elif char in _BOUNDARY_SPACE and balance > best:
            best, cut = balance, place
    return cut
