"""The numbers Word prints before a paragraph and does not store in its text: 第一条, （一）, 1., Article 2."""

from __future__ import annotations

import re

from lxml import etree

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_CHINESE = frozenset(("chineseCounting", "chineseCountingThousand", "ideographDigital", "taiwaneseCounting",
                      "taiwaneseCountingThousand", "japaneseCounting", "koreanDigital2"))
_DIGITS = "零一二三四五六七八九"
_PLACE = re.compile("%([1-9])")


class Numbering:
    """Counters of all lists of one document; `label` must be asked in document order."""

    def __init__(self, numbering: etree._Element | None, styles: etree._Element | None) -> None:
        self._levels: dict[tuple[str, int], tuple[str, str, int]] = {}
        self._counts: dict[str, list[int]] = {}
        self._list_of: dict[str, str] = {}
        self._style: dict[str, tuple[str, int]] = {}
        if numbering is not None:
            self._read(numbering)
        for style in styles.iter(W + "style") if styles is not None else ():
            found = _num_pr(style)
            if found is not None:
                self._style[style.get(W + "styleId") or ""] = found

    def _read(self, numbering: etree._Element) -> None:
        abstract: dict[str, etree._Element] = {a.get(W + "abstractNumId") or "": a for a in numbering.iter(W + "abstractNum")}
        for num in numbering.iter(W + "num"):
            number, reference = num.get(W + "numId") or "", num.find(W + "abstractNumId")
            name = (reference.get(W + "val") or "") if reference is not None else ""
            self._list_of[number] = name
            for level in abstract[name].iter(W + "lvl") if name in abstract else ():
                self._levels[number, int(level.get(W + "ilvl") or 0)] = (
                    _val(level, "numFmt", "decimal"), _val(level, "lvlText", ""), _int(_val(level, "start", "1")))

    def label(self, paragraph: etree._Element) -> str:
        """The printed number of the paragraph with a space behind it, "" when it has none or a bullet."""
        found = _num_pr(paragraph) or self._style.get(_style_id(paragraph))
        if found is None or found not in self._levels:
            return ""
        number, depth = found
        counts = self._counts.setdefault(self._list_of[number], [])
        while len(counts) <= depth:
            counts.append(self._levels.get((number, len(counts)), ("", "", 1))[2] - 1)
        counts[depth] += 1
        del counts[depth + 1:]
        kind, pattern, _ = self._levels[found]
        if kind in {"bullet", "none"}:
            return ""
        text = _PLACE.sub(lambda place: self._one(number, int(place.group(1)) - 1, counts), pattern)
        return text + " " if text and not text.endswith(("、", "）", " ")) else text

    def _one(self, number: str, depth: int, counts: list[int]) -> str:
        if depth >= len(counts):
            return ""
        return _print(counts[depth], self._levels.get((number, depth), ("decimal", "", 1))[0])


def _print(n: int, kind: str) -> str:
    if kind in _CHINESE:
        return _chinese(n)
    if kind in {"upperLetter", "lowerLetter"} and 1 <= n <= 26:
        return chr((65 if kind == "upperLetter" else 97) + n - 1)
    if kind in {"upperRoman", "lowerRoman"} and 0 < n < 400:
        roman = _roman(n)
        return roman if kind == "upperRoman" else roman.lower()
    if kind == "decimalEnclosedCircle" and 1 <= n <= 20:
        return chr(0x2460 + n - 1)
    return str(n)


def _chinese(n: int) -> str:
    """1–999 as printed in articles: 十, 十一, 二十, 一百零一."""
    if not 0 < n < 1000:
        return str(n)
    hundreds, tens, ones = n // 100, n // 10 % 10, n % 10
    text = _DIGITS[hundreds] + "百" if hundreds else ""
    if tens:
        text += ("" if tens == 1 and not hundreds else _DIGITS[tens]) + "十"
    elif hundreds and ones:
        text += "零"
    return text + (_DIGITS[ones] if ones else "")


def _roman(n: int) -> str:
    out = ""
    for value, digits in ((100, "C"), (90, "XC"), (50, "L"), (40, "XL"), (10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I")):
        out += digits * (n // value)
        n %= value
    return out


def _num_pr(element: etree._Element) -> tuple[str, int] | None:
    properties = element.find(f"{W}pPr/{W}numPr")
    if properties is None:
        return None
    number = _val(properties, "numId", "")
    return (number, _int(_val(properties, "ilvl", "0"))) if number and number != "0" else None


def _style_id(paragraph: etree._Element) -> str:
    style = paragraph.find(f"{W}pPr/{W}pStyle")
    return (style.get(W + "val") or "") if style is not None else ""


def _val(element: etree._Element, name: str, default: str) -> str:
    child = element.find(W + name)
    return default if child is None else child.get(W + "val") or default


def _int(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 6 else 0
