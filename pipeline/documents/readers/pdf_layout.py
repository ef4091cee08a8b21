"""Printed lines of PDF pages → paragraphs: page numbers and running heads go, wrapped lines are joined."""

from __future__ import annotations

import re
from collections import Counter
from typing import NamedTuple

from pipeline.text import has_han


class Line(NamedTuple):
    """One printed line: text, left and right edge, base line and size in points; y grows upwards."""

    text: str
    left: float
    right: float
    base: float
    size: float


_PAGE_NUMBER = re.compile(r"[-—–·. ]{0,4}(?:第 ?)?(?:[0-9]{1,4}|[ivxlc]{1,6})(?: ?页)?(?: ?(?:/|of|共) ?[0-9]{1,4}(?: ?页)?)?[-—–·. ]{0,4}"
                          r"|(?:Page|PAGE) [0-9]{1,4}(?: of [0-9]{1,4})?|第 ?[0-9]{1,4} ?页[，, ]{0,2}共 ?[0-9]{1,4} ?页")
_EDGE_LINES = 3
_REPEATED = 0.5
_REPEATED_IN_BOOK = 0.3
_DIGITS = re.compile("[0-9]{1,4}")
_OPENER = re.compile(
    r"第[一二三四五六七八九十百零0-9]{1,6}[编章节条款]|[（(][一二三四五六七八九十0-9]{1,3}[)）]|[一二三四五六七八九十]{1,3}、"
    r"|[0-9]{1,2}(?:[.．][0-9]{1,2}){0,3}[.．、)）]?\s"
    r"|(?:Article|Chapter|Section|Part|Annex|Box|Figure|Table|ARTICLE|CHAPTER|SECTION) ?[0-9IVXⅠ-Ⅻ]{1,4}\b"
    r"|[•●▪■◆○·–—*-] ?|附件|目 ?录|问：|答：|\([a-z]{1,3}\) |[a-z]\) ")
_STOPS = tuple("。！？；：!?;:.”」』）)")


def join_pages(pages: list[list[Line]]) -> list[str]:
    """Paragraphs of all pages, in order."""
    furniture = _running_heads(pages)
    lines: list[Line] = []
    breaks: set[int] = set()
    for page in pages:
        body = [line for i, line in enumerate(page)
                if not _is_page_number(line, i, len(page)) and _place(line) not in furniture]
        breaks.add(len(lines))
        lines += body
    return _paragraphs(lines, breaks)


def _is_page_number(line: Line, place: int, n_lines: int) -> bool:
    return (place < _EDGE_LINES or place >= n_lines - _EDGE_LINES) and _PAGE_NUMBER.fullmatch(line.text.strip()) is not None


def _place(line: Line) -> tuple[str, int]:
    return _DIGITS.sub("#", re.sub(r"\s", "", line.text)), round(line.base / 6)


def _running_heads(pages: list[list[Line]]) -> set[tuple[str, int]]:
    """First and last lines that stand at one height on half of the pages or more (three at least), digits aside.

    Left and right pages may carry two different heads, so a third is enough where a book has more than nine pages.
    """
    seen: Counter[tuple[str, int]] = Counter()
    for page in pages:
        edge = page[:_EDGE_LINES] + page[-_EDGE_LINES:]
        seen.update({_place(line) for line in edge if len(line.text) <= 150 and not _OPENER.match(line.text)})
    needed = max(3, int((_REPEATED if len(pages) < 10 else _REPEATED_IN_BOOK) * len(pages)))
    return {key for key, count in seen.items() if count >= needed}


def _paragraphs(lines: list[Line], breaks: set[int]) -> list[str]:
    """Wrapped lines joined: a line that reaches the right edge goes on in the next one, unless that opens a paragraph."""
    if not lines:
        return []
    edge, start = _edges(lines)
    words = Counter(re.findall(r"[A-Za-z]{2,30}(?:-[A-Za-z]{2,30}){0,2}", " ".join(line.text for line in lines)))
    out = [lines[0].text]
    for place in range(1, len(lines)):
        before, line = lines[place - 1], lines[place]
        if _goes_on(before, line, edge=edge, start=start, new_page=place in breaks):
            out[-1] = _glue(out[-1], line.text, words)
        else:
            out.append(line.text)
    return [_tidy(line) for line in out if line.strip()]


def _edges(lines: list[Line]) -> tuple[float, float]:
    """The usual right and left edge of full lines, in points."""
    rights = sorted(line.right for line in lines if len(line.text) > 20) or sorted(line.right for line in lines)
    lefts = Counter(round(line.left) for line in lines if len(line.text) > 20) or Counter(round(line.left) for line in lines)
    return rights[int(0.8 * (len(rights) - 1))], float(lefts.most_common(1)[0][0])


def _goes_on(before: Line, line: Line, *, edge: float, start: float, new_page: bool) -> bool:
    size = max(before.size, 1.0)
    if _OPENER.match(line.text) and not _mid_sentence(before.text, line.text):
        return False
    if abs(before.size - line.size) > 0.18 * size and not line.text[0].islower():
        return False
    han = has_han(before.text[-3:])
    reach = min(2.6 * size if han else 9.0 * size, 0.25 * (edge - start))
    full = before.right >= edge - reach
    gap = before.base - line.base
    if not new_page and (gap > 2.6 * size or gap < -0.5 * size) and not line.text[0].islower():
        return False
    if line.left > start + 1.2 * size and before.left <= start + 1.2 * size and han and before.text.endswith(_STOPS):
        return False
    if before.text.endswith(_STOPS) and (not full or new_page):
        return False
    if not han and line.text[0].islower():
        return True
    return full


def _mid_sentence(before: str, line: str) -> bool:
    """第四十条 or a number at the start of a printed line may be a reference that was wrapped, not a heading."""
    if before.rstrip().endswith(_STOPS):
        return False
    if re.match("第[一二三四五六七八九十百零0-9]{1,6}[条章节款](?![ \u3000　])", line):
        return before.rstrip().endswith(("本法", "本办法", "本条例", "本规定", "、", "和", "或者", "依照", "至", "及", "第"))
    return before.rstrip().endswith(("Article", "Articles", "Section", "Chapter", "and", "or", "of", ",", "to"))


def _glue(left: str, right: str, words: Counter[str]) -> str:
    left, right = left.rstrip(), right.lstrip()
    if not left or not right:
        return left + right
    if has_han(left[-1]) or has_han(right[0]) or left[-1] in "，。、；：（《“〔" or right[0] in "，。、；：）》”〕":
        return left + right
    broken = re.search(r"([A-Za-z]{2,30})[-\u2010\u00ad]$", left)
    tail = re.match("[a-z]{1,30}", right)
    if broken and tail:
        whole, hyphened = broken.group(1) + tail.group(), f"{broken.group(1)}-{tail.group()}"
        keep = words[hyphened] > words[whole] or not broken.group(1)[-1].islower()
        return left + right if keep else left[:-1] + right
    return left + right if left.endswith("-") else f"{left} {right}"



def _tidy(line: str) -> str:
    return re.sub(" {2,}", " ", line).strip()
