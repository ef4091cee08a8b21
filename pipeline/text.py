"""Text as the whole program sees it: normal form, match keys, scripts, quoted titles, occurrences of 安全.

`documents.text` is normalised once, at ingest. Everything later points into it by code point. To compare surfaces
use `match_key`: it has exactly one character for each character of its input, so an offset in the key is an offset
in the text. (Conversion of whole phrases changes length; vocabulary differences between scripts are therefore
names in the registry, not conversions.)
"""

from __future__ import annotations

import re
import sys
import unicodedata
from functools import lru_cache
from importlib import resources
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from pipeline.errors import TifaError


class Span(NamedTuple):
    """Half-open code point offsets."""

    start: int
    end: int


_LINE_ENDS = re.compile("\r\n|[\r\x85\u2028\x0b\x0c]")
_PARAGRAPH_END = re.compile("\u2029")
MAX_MARKS = 8
_MARK_RUN = re.compile(f"[\u0300-\u036f\u20d0-\u20ff\ufe20-\ufe2f]{{{MAX_MARKS + 1},}}")


def normalise(text: str) -> str:
    """The one form in which text is stored: NFC, every line end as \\n, at most eight combining marks in a run.

    Idempotent. Nothing else is changed: full-width forms, punctuation and script stay as printed.
    """
    text = _PARAGRAPH_END.sub("\n\n", _LINE_ENDS.sub("\n", text))
    text = _MARK_RUN.sub(lambda run: run.group()[:MAX_MARKS], text)
    return unicodedata.normalize("NFC", text)


@lru_cache(maxsize=1)
def _key_table() -> dict[int, str]:
    """Code point → one simplified, half-width, lower-case character.

    The character pairs are OpenCC's (Apache-2.0); where a traditional character has several simplified ones the
    first, most frequent, is taken.
    """
    table: dict[int, str] = {}
    pairs = resources.files("opencc").joinpath("dictionary/TSCharacters.txt").read_text(encoding="utf-8")
    for line in pairs.splitlines():
        traditional, _, simplified = line.partition("\t")
        simplified = simplified.split(" ")[0]
        if len(traditional) == 1 and len(simplified) == 1 and traditional != simplified:
            table[ord(traditional)] = simplified
    for code in range(0xFF01, 0xFF5F):
        table[code] = chr(code - 0xFEE0).lower()
    for code in range(ord("A"), ord("Z") + 1):
        table[code] = chr(code).lower()
    for code in (0x00A0, 0x2002, 0x2003, 0x2009, 0x200A, 0x202F, 0x3000):
        table[code] = " "
    table = {code: table.get(ord(plain), plain) for code, plain in table.items()}
    table |= {ord(mark): "-" for mark in "‐‑‒–—―－"} | {ord("’"): "'", ord("‘"): "'", ord("“"): '"', ord("”"): '"'}
    return table


def match_key(text: str) -> str:
    """Key under which two surfaces are the same name: simplified script, half width, lower case.

    Law: `len(match_key(t)) == len(t)` and `match_key(match_key(t)) == match_key(t)`, so offsets carry over.
    """
    if len(text) < _SHORT:
        return text.translate(_key_table())
    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    return _key_codes()[codes].tobytes().decode("utf-32-le", "surrogatepass")


_SHORT = 200


@lru_cache(maxsize=1)
def _key_codes() -> npt.NDArray[np.uint32]:
    """The same table by code point: long texts run through it some twenty times as fast as through `str.translate`."""
    codes = np.arange(sys.maxunicode + 1, dtype=np.uint32)
    table = _key_table()
    codes[list(table)] = [ord(mark) for mark in table.values()]
    return codes


_HAN = re.compile("[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U000323af]")


def has_han(text: str) -> bool:
    """Whether any Chinese character stands in the text."""
    return _HAN.search(text) is not None


def han_share(text: str) -> float:
    """Share of Chinese characters among letters of any script, in [0, 1]; 0.0 where there is no letter."""
    han = len(_HAN.findall(text))
    letters = sum(map(str.isalpha, text))
    return han / letters if letters else 0.0


MAX_TITLE_CHARS = 120
_TITLE = re.compile(rf"《((?:[^《》\n]|《[^《》\n]{{1,80}}》){{1,{MAX_TITLE_CHARS}}})》")


def quoted_titles(text: str) -> list[Span]:
    """Insides of the outermost 《…》 of the text, marks left out, in order; at most 120 characters each.

    A title inside a title (《关于修改〈…〉的决定》, 《贯彻实施《…》行动计划》) belongs to the outer one. An opener that
    is never closed is no title; the search starts again behind it, so hostile runs of 《 cost linear time.
    """
    if "《" not in text:
        return []
    return [Span(match.start(1), match.end(1)) for match in _TITLE.finditer(text)]


_SAFE_ZH = re.compile("安全")
_SAFE_EN = re.compile(r"(?i)\b(?:un|in)?(?:safe|secur)\w*|\b\w*-?security\b")


def security_occurrences(text: str, lang: str) -> list[Span]:
    """Every 安全 (zh) or word of the safe/secure family (en), in order: the rows of the table `senses`.

    lang: zh or en (zh-Hans, zh-Hant, mixed count as zh; mixed text is searched for both).
    Source of the pattern: contract, table `senses`. Occurrences inside compounds count (网络安全 is one).
    """
    if lang == "en":
        patterns = [_SAFE_EN]
    elif lang in {"zh", "zh-Hans", "zh-Hant"}:
        patterns = [_SAFE_ZH]
    elif lang == "mixed":
        patterns = [_SAFE_ZH, _SAFE_EN]
    else:
        raise TifaError(f"Unknown language {lang!r}", todo="Use zh, zh-Hans, zh-Hant, mixed or en.")
    # 安 and 全 are written alike in both scripts and widths, so a Chinese text itself may be searched.
    key = match_key(text) if lang == "mixed" else text
    return sorted(span for pattern in patterns for span in (_around_hints(key) if pattern is _SAFE_EN else
                                                            [Span(*match.span()) for match in pattern.finditer(key)]))


_HINT = re.compile("safe|secur")


def _around_hints(text: str) -> list[Span]:
    """What `_SAFE_EN` finds, searched only in the runs of letters, digits and hyphens that hold safe or secur."""
    lower = text.lower()
    if len(lower) != len(text):
        return [Span(*match.span()) for match in _SAFE_EN.finditer(text)]
    found: list[Span] = []
    stop = 0
    for hint in _HINT.finditer(lower):
        start, end = hint.span()
        if start < stop:
            continue
        while start > stop and (lower[start - 1].isalnum() or lower[start - 1] in "_-"):
            start -= 1
        while end < len(lower) and (lower[end].isalnum() or lower[end] in "_-"):
            end += 1
        found += [Span(start + match.start(), start + match.end()) for match in _SAFE_EN.finditer(text[start:end])]
        stop = end
    return found
