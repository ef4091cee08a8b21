"""Bytes to text, without guessing where the bytes say what they are.

Order (design.md): byte order mark > valid UTF-8 > nearly valid UTF-8 > the declared encoding, if it fits (gb2312
and gbk are read as gb18030) > the best-scoring of the encodings Chinese and English documents come in. Chains of
"try the next one" are not used: Big5 bytes decode as UTF-16 without an error, and mean nothing.
"""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass
from functools import lru_cache

from pipeline.errors import SetAside
from pipeline.knowledge import load_words

BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF32_LE, "utf-32-le"), (codecs.BOM_UTF32_BE, "utf-32-be"),
        (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"), (b"\x84\x31\x95\x33", "gb18030"))
CANDIDATES = ("gb18030", "big5hkscs", "utf-16-le", "utf-16-be", "cp1252")
NAMES = {"big5hkscs": "big5", "cp1252": "windows-1252", "hz": "hz", "ascii": "utf-8"}
DECLARED = {"gb2312": "gb18030", "gbk": "gb18030", "gb18030": "gb18030", "gb_2312-80": "gb18030", "x-gbk": "gb18030",
            "cp936": "gb18030", "big5": "big5hkscs", "big5-hkscs": "big5hkscs", "cp950": "big5hkscs", "x-x-big5":
            "big5hkscs", "utf-8": "utf-8", "utf8": "utf-8", "utf-16": "utf-16-le", "utf-16le": "utf-16-le",
            "utf-16be": "utf-16-be", "hz-gb-2312": "hz", "hz": "hz", "iso-8859-1": "cp1252", "latin1": "cp1252",
            "windows-1252": "cp1252", "us-ascii": "utf-8", "ascii": "utf-8"}
_SAMPLE_BYTES = 60_000
_GARBLED = 0.0
_MARGIN = 0.25


@dataclass(frozen=True)
class Decoded:
    """Text of some bytes. encoding: name for the table; flags: what a reader should know about the decoding."""

    text: str
    encoding: str
    flags: tuple[str, ...] = ()


def decode(data: bytes, *, declared: str = "", markup: bool = False) -> Decoded:
    """The text of `data`; `declared` is what the page or file says about its encoding ("" = nothing).

    markup: whether it is HTML, where UTF-16 without a mark contradicts the standard (`encoding_conflict`).
    Flags: encoding_errors (some bytes fitted nothing and stand as U+FFFD), encoding_guessed (found by scoring),
    encoding_conflict (the declaration was wrong).
    Raises: SetAside(`unknown_encoding`) when no encoding gives readable text.
    """
    for mark, name in BOMS:
        if data.startswith(mark):
            text = data[len(mark):].decode(name, "replace")
            return Decoded(text, name, ("encoding_errors",) if "\ufffd" in text else ())
    stated = DECLARED.get(declared.strip().lower(), "")
    unicode_text = None if _looks_utf16(data) else _as_utf8(data)
    if unicode_text is not None:
        text, flags = unicode_text
        if text.isascii() and _HZ.search(data):
            hz = _strict(data, "hz")
            if hz is not None:
                return Decoded(hz, "hz", () if stated == "hz" else ("encoding_guessed",))
        if stated not in {"", "utf-8"} and not text.isascii():
            flags = (*flags, "encoding_conflict")
        return Decoded(text, "utf-8", flags)
    return _by_score(data, stated, declared, markup)


_HZ = re.compile(rb"~\{[\x21-\x7e]{2,400}~\}")


def _looks_utf16(data: bytes) -> bool:
    """ASCII or digits in UTF-16 are valid UTF-8 full of NUL; no real UTF-8 text has a tenth of them."""
    sample = data[:_SAMPLE_BYTES]
    return len(sample) >= 8 and sample.count(0) * 10 > len(sample)


_MULTIBYTE = re.compile("[\u0080-\ufffc\ufffe\U00010000-\U0010ffff]")


def _as_utf8(data: bytes) -> tuple[str, tuple[str, ...]] | None:
    """The text if the bytes are UTF-8, or UTF-8 with a few damaged places; else None.

    Bytes of another encoding give one error for nearly every valid sequence; damage gives few.
    """
    try:
        return data.decode("utf-8"), ()
    except UnicodeDecodeError:
        text = data.decode("utf-8", "replace")
    wrong = len(re.findall("\ufffd{1,8}", text))
    right = len(_MULTIBYTE.findall(text))
    three = sum(1 for char in text[:_SAMPLE_BYTES] if char >= "\u0800" and char != "\ufffd")
    if wrong * 8 <= right or (wrong <= 2 and three >= 3 * wrong):
        return text, ("encoding_errors",)
    return None


def _strict(data: bytes, name: str) -> str | None:
    try:
        return data.decode(name)
    except UnicodeDecodeError:
        return None


def _by_score(data: bytes, stated: str, declared: str, markup: bool) -> Decoded:
    """The declared encoding when it reads as well as any other, else the one that reads best."""
    sample = data[:_SAMPLE_BYTES]
    sample = sample[:len(sample) & ~3]
    scores = {name: reading_score(sample.decode(name, "replace")) for name in CANDIDATES}
    best = max(CANDIDATES, key=lambda name: scores[name])
    chosen = stated if stated in scores and scores[stated] >= scores[best] - _MARGIN else best
    if scores[chosen] <= _GARBLED:
        raise SetAside("unknown_encoding", f"no known encoding reads as text (best: {NAMES.get(best, best)})",
                       "Save the file as UTF-8 and put it back.")
    text = data.decode(chosen, "replace")
    flags = [] if chosen == stated else ["encoding_guessed"]
    if (declared and chosen != stated) or (markup and chosen.startswith("utf-16")):
        flags.append("encoding_conflict")
    if "\ufffd" in text[:-1]:
        flags.append("encoding_errors")
    return Decoded(text, NAMES.get(chosen, chosen), tuple(flags))


@lru_cache(maxsize=1)
def _frequent() -> frozenset[str]:
    words = load_words("documents_characters")
    return frozenset(str(words["simplified"]) + str(words["traditional"]))


_PUNCTUATION = frozenset("，。、；：？！“”‘’（）《》〈〉「」『』【】〔〕—…·　％．－０１２３４５６７８９№①②③④⑤⑥⑦⑧⑨⑩")
_WESTERN = frozenset("‘’“”–—•…éèüöäñç§©®™°£€½\u00a0")


def reading_score(text: str) -> float:
    """How much the non-ASCII part of `text` reads like Chinese or English print, about -2 (noise) to 1 (text)."""
    frequent, total, n = _frequent(), 0.0, 0
    for char in text:
        if char < "\x80":
            if char < " " and char not in "\t\n\r\x0b\x0c":
                total, n = total - 1, n + 1
            continue
        n += 1
        if char in frequent:
            total += 1
        elif char in _PUNCTUATION:
            total += 0.8
        elif "\u4e00" <= char <= "\u9fff":
            total += 0.3 if _common(char) else -0.3
        elif char in _WESTERN:
            total += 0.5
        elif char == "\ufffd" or "\ue000" <= char <= "\uf8ff":
            total -= 2
        elif not ("\u3400" <= char <= "\u4dbf" or char >= "\U00020000"):
            total -= 0.5
    return total / n if n else 0.9


@lru_cache(maxsize=20_000)
def _common(char: str) -> bool:
    """Whether the character is on the first level of GB 2312 or Big5, the 3,755 and 5,401 in common use."""
    for name, low, high in (("gb2312", 0xB0, 0xD7), ("big5", 0xA4, 0xC6)):
        try:
            if low <= char.encode(name)[0] <= high:
                return True
        except UnicodeEncodeError:
            continue
    return False
