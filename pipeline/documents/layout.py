"""A document as lines with a place: what the rules for facts look at."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from pipeline.text import han_share, has_han, match_key

FLAT_CHARS = 200
DATE_ZH = r"(?:19|20)[0-9]{2}\s?年\s?[0-9]{1,2}\s?月\s?[0-9]{1,2}\s?日"
_FURNITURE = re.compile("[\u200b-\u200d\u2060\ufeff]|\\*\\*|^[#>\\-*|\\s\u3000]{1,40}(?=\\S)|[|\\s\u3000]{1,40}$")
_HAN = re.compile("[\u3400-\u9fff\uf900-\ufaff]{1,4000}")
_BLANKS = re.compile("[ \t\u00a0\u2000-\u200a\u3000]{1,40}")
_HAN_NUMBER = "一二三四五六七八九十百零〇0-9"
_STRUCTURE = re.compile(
    rf"^(?:第\s?[{_HAN_NUMBER}]{{1,6}}\s?[编章节条](?![款项])|[一二三四五六七八九十]{{1,3}}、|[（(][一二三四五六七八九十]{{1,3}}[)）]"
    r"|1[.．、]\s?\S|目\s{0,4}[录次]$|前\s{0,4}言|引\s{0,2}言$|序\s{0,2}言$|总\s{0,2}则$"
    r"|(?i:chapter|article|section|sec\.|part)\s{0,2}(?:[0-9]|[ivx]{1,4}\b|Ⅰ|one\b|§))")
_SENTENCE_END = re.compile("[。；;：:，,.！!？?、]$")


class Line(NamedTuple):
    """A printed line without markup; `start` is its offset in the document's text."""

    start: int
    text: str


@dataclass(frozen=True, eq=False)
class Layout:
    """The lines of a document and where its numbered body begins.

    body_at: index of the first chapter, article or numbered section, len(lines) where there is none.
    lang: zh or en, the language the rules apply (mixed counts as zh).
    """

    text: str
    lines: tuple[Line, ...]
    body_at: int
    lang: str

    def opening(self, n_chars: int) -> str:
        """The first lines, joined by \\n, at most about n_chars."""
        taken, size = [], 0
        for line in self.lines:
            taken.append(line.text)
            size += len(line.text) + 1
            if size >= n_chars:
                break
        return "\n".join(taken)[:n_chars]


def simplified(text: str) -> str:
    """The text with each traditional character as its simplified one, same length; all else as printed."""
    return _HAN.sub(lambda run: match_key(run.group()), text)


def squeeze(text: str) -> str:
    """The text without any blank; Chinese prints blanks for the look of a line only."""
    return re.sub(r"\s", "", text)


def tidy(text: str) -> str:
    """Runs of blanks as one space, none between two Chinese characters' marks and at the ends."""
    return _BLANKS.sub(" ", text.replace("\n", " ")).strip()


def is_structure(line: str) -> bool:
    """Whether the line opens a chapter, an article or a numbered section."""
    return _STRUCTURE.match(line) is not None


def is_sentence(line: str) -> bool:
    """Whether the line is running text rather than a heading, a name or a date."""
    clauses = line.count("，") > 1 and "关于" not in line
    return len(line) > 90 or clauses or "。" in line.rstrip("。") or bool(_SENTENCE_END.search(line))


@lru_cache(maxsize=2)
def read_layout(text: str, lang: str) -> Layout:
    """Lines of the text. A flattened page (one long Chinese line) is cut at its blanks.

    lang: as in `documents.lang`. Linear in the length of the text.
    """
    rules = "en" if lang == "en" or (lang == "mixed" and han_share(text[:2000]) < 0.3) else "zh"
    lines: list[Line] = []
    place = 0
    for raw in text.split("\n"):
        pieces = _pieces(raw) if rules == "zh" and has_han(raw) and _is_flat(raw) else [(0, raw)]
        for offset, piece in pieces:
            shown = _BLANKS.sub(" ", _FURNITURE.sub("", _FURNITURE.sub("", piece.strip()))).strip()
            if shown:
                lines.append(Line(place + offset, shown))
        place += len(raw) + 1
    body_at = next((index for index, line in enumerate(lines) if is_structure(line.text)), len(lines))
    return Layout(text, tuple(lines), body_at, rules)


_CUT = re.compile("(?<=[\u4e00-\u9fff》）)。”：])[ \t\u00a0\u3000]{1,20}(?=[\u4e00-\u9fff《（“]|(?:19|20)[0-9]{2}年)"
                  "|(?<=[0-9])[ \t\u00a0\u3000]{1,20}(?=(?![年月日号条款项])[\u4e00-\u9fff]{4}|[（(《])"
                  "|(?<=[A-Z])[ \t\u00a0\u3000]{1,20}(?=[（(《])"
                  "|(?<=:[0-9]{2})[ \t\u00a0\u3000]{1,20}|(?<=[月日])[ \t\u00a0\u3000]{1,20}(?=[0-9]{1,2} (?![年月日])[\u4e00-\u9fff])")


def _is_flat(raw: str) -> bool:
    """Whether the line holds several printed lines: long, or blanks around running text or a dated bracket."""
    borders = "[。，]|》[ \u3000](?!的)|号[ \u3000]{1,4}[《（(]|[ \u3000][（(](?:19|20)[0-9]{2}"
    return len(raw) > FLAT_CHARS or re.search(borders, raw) is not None


def _pieces(raw: str) -> list[tuple[int, str]]:
    """The line cut at blanks between Chinese characters; blanks around figures (2017 年 6 月) are no borders."""
    bracket = re.search(r"\s(?=[（(](?:19|20)[0-9]{2}\s?年[^（()）]{2,80}[)）]\s{0,4}$)", raw)
    if bracket and len(raw) <= FLAT_CHARS:
        return [(0, raw[:bracket.start()]), (bracket.end(), raw[bracket.end():])]
    pieces, place = [], 0
    for cut in _CUT.finditer(raw):
        pieces.append((place, raw[place:cut.start()]))
        place = cut.end()
    return [*pieces, (place, raw[place:])]
