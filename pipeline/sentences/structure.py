"""Lines → blocks: headings, titles, articles, tables, signatures, notes and paragraphs of a document, with offsets.

Pages saved as one long line are cut before their structure marks (第三条, 第一章, 二、, （三）); lines that a column
width broke are joined. No character but white space falls outside a block.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from pipeline.knowledge import load_words
from pipeline.numerals import HAN_NUMBER, article_number, find_dates
from pipeline.text import Span, han_share, match_key

KINDS = ("body", "heading", "title", "table", "signature", "note")
MAX_HEADING_ZH, MAX_HEADING_EN = 60, 130
_TERMINAL = "。！？；：!?;:"
_CLOSERS = "”’」』）)》】]\"'"
_ENDS_OPEN = re.compile(r"[，、（(《“,—–-]$")

_NUM = f"[{HAN_NUMBER}0-9]{{1,6}}"
_CHAPTER_ZH = re.compile(rf"第\s?{_NUM}\s?[编篇章节部分]{{1,2}}(?=[\s　：:]|$|[^的规、，])")
_ARTICLE_ZH = re.compile(rf"(?:\*\*)?第\s?{_NUM}\s?[条條]")
_ITEM_ZH = re.compile(r"[一二三四五六七八九十]{1,3}、|[（(][一二三四五六七八九十]{1,3}[）)]")
_CHAPTER_EN = re.compile(
    r"(?i)(?:chapter|section|part|title|annex|appendix|schedule|preamble|division)"
    r"(?:\s{1,3}(?:[0-9]{1,3}|[ivxlc]{1,7}|[a-z])(?![a-z0-9])|\s*$)")
_ARTICLE_EN = re.compile(r"(?i)(?:article|art\.)\s{1,3}(?:[0-9]{1,4}|[ivxlc]{1,8})(?![0-9a-z])")
_NUMBERED_EN = re.compile(r"(?:[0-9]{1,2}(?:\.[0-9]{1,2}){0,3}\.?|[IVX]{1,5}\.|[A-Z]\.)\s{1,4}\S")
_BULLET = re.compile(
    r"(?:[-*•·▪◦●○■□‒–—]{1,2}|\([a-z0-9ivx]{1,4}\)|[a-z0-9]{1,3}[.)]|[0-9]{1,2}．|[①-⑳]"
    r"|[（(][一二三四五六七八九十0-9]{1,3}[）)])\s{0,4}")
_INLINE_MARK = re.compile(
    rf"(?<=[\s　。；：])(?=第{_NUM}[编篇章节条條][\s　])|(?<=[\s　。；])(?=[一二三四五六七八九十]{{1,3}}、\S)"
    rf"|(?<=[\s　。；：])(?=[（(][一二三四五六七八九十]{{1,3}}[）)]\S)")
_INLINE_HEADING = re.compile(
    rf"(?:第{_NUM}[编篇章节][\s　]{{1,4}}[^\s　，。；：]{{1,30}}|[一二三四五六七八九十]{{1,3}}、[^\s　，。；：]{{2,40}}"
    r"|[（(][一二三四五六七八九十]{1,3}[）)][^\s　，。；：]{2,40})(?=[\s　]{1,4}\S)")
_MARKDOWN = re.compile(r"#{1,6}\s{0,3}")


class Block(NamedTuple):
    """A run of text of one kind. `article` is the number of the article it stands in, as text, or None."""

    start: int
    end: int
    kind: str
    heading: str
    article: str | None


def find_blocks(text: str, *, title: str | None) -> list[Block]:
    """Blocks of a document in order; together they hold every character of the text that is not white space.

    text: `documents.text`. title: `documents.title`, used to tell the printed title from a heading.
    `heading` of a block: the nearest heading above it, or, for an item of a list, the line that opens the list.
    """
    pieces = list(_join_wrapped(text, list(_cut_lines(text))))
    title_key = _letters(title or "")
    signatures = _signature_places(text, pieces)
    blocks: list[Block] = []
    heading, opener, article = "", "", None
    for place, piece in enumerate(pieces):
        surface = text[piece.start:piece.end]
        kind = "signature" if place in signatures else _kind(surface, early=place < 12, title_key=title_key)
        number = _starts_article(surface, after=article)
        if number is not None:
            article, opener = number, ""
        if kind == "heading" and number is None and _CHAPTER_ZH.match(_bare(surface)):
            article = None
        in_list = bool(opener) and _is_item(surface)
        blocks.append(Block(piece.start, piece.end, kind, opener if in_list else heading, article))
        if kind == "heading":
            heading, opener = _bare(surface)[:200], ""
        elif surface.endswith(("：", ":")):
            opener = surface[-200:]
        elif not in_list:
            opener = ""
    return blocks


def _cut_lines(text: str) -> Iterator[Span]:
    """Non-empty lines without the white space around them; long lines also cut at structure marks inside."""
    for line in re.finditer(r"[^\n]+", text):
        start, end = line.span()
        cuts = [start]
        if end - start > 80:
            cuts += [start + mark.start() for mark in _INLINE_MARK.finditer(line.group())]
        for left, right in zip(cuts, [*cuts[1:], end], strict=True):
            yield from _trim_and_cut_heading(text, left, right, inline=len(cuts) > 1)


def _trim_and_cut_heading(text: str, start: int, end: int, *, inline: bool) -> Iterator[Span]:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    if start == end:
        return
    heading = _INLINE_HEADING.match(text, start, end) if inline else None
    if heading:
        yield Span(start, heading.end())
        yield from _trim_and_cut_heading(text, heading.end(), end, inline=False)
    else:
        yield Span(start, end)


def _join_wrapped(text: str, lines: list[Span]) -> Iterator[Span]:
    """Lines with those joined that a column width, not the author, broke."""
    place = 0
    while place < len(lines):
        start, end = lines[place]
        while place + 1 < len(lines) and _continues(text[start:end], text[lines[place + 1].start:lines[place + 1].end]):
            place += 1
            end = lines[place].end
        yield Span(start, end)
        place += 1


def _continues(line: str, following: str) -> bool:
    """Whether the next line goes on with the sentence of this one."""
    if len(line) > 4000 or _is_marked(following) or _is_table(line) or _is_table(following) or line.startswith("#"):
        return False
    last = line.rstrip(_CLOSERS)[-1:] if line[-1] in _CLOSERS else line[-1]
    if last in _TERMINAL or last == ".":
        return False
    if following[0] in "，。；、）》,;)":
        return True
    if han_share(line[-40:]) <= 0.5:
        return following[0].islower() and (len(line) > 20 or line[-1] == ",")
    if _ENDS_OPEN.search(line) and not line.endswith("——"):
        return True
    return len(line) > 60 and len(following) > 8 and not _is_date_line(following)


def _is_marked(line: str) -> bool:
    bare = _bare(line)
    return bool(line.startswith("#") or _CHAPTER_ZH.match(bare) or _ARTICLE_ZH.match(bare) or _ITEM_ZH.match(bare)
                or _CHAPTER_EN.match(bare) or _ARTICLE_EN.match(bare) or _BULLET.match(bare))


def _is_item(line: str) -> bool:
    return bool(_ITEM_ZH.match(line) or _BULLET.match(line))


def _bare(line: str) -> str:
    """The line without Markdown's heading and emphasis marks."""
    found = _MARKDOWN.match(line)
    return (line[found.end():] if found else line.strip("*")) or line


def _letters(text: str) -> str:
    return "".join(mark for mark in match_key(text) if mark.isalnum())


def _is_table(line: str) -> bool:
    return line.count("\t") >= 2 or line.count("|") >= 2


def _is_date_line(line: str) -> bool:
    dates = find_dates(line, "zh") if len(line) <= 40 else []
    return len(dates) == 1 and len(_letters(line)) - len(_letters(line[dates[0].start:dates[0].end])) <= 1


def _kind(line: str, *, early: bool, title_key: str) -> str:
    """Kind of one block, by its own form."""
    bare = _bare(line)
    if early and title_key and _letters(bare) == title_key:
        return "title"
    if _is_table(line):
        return "table"
    if _is_date_line(line):
        return "signature"
    if _is_note(bare) or (early and _is_salutation(bare)):
        return "note"
    return "heading" if line.startswith("#") or _is_heading(bare) else "body"


@lru_cache(maxsize=8)
def _words(name: str) -> tuple[str, ...]:
    words = load_words("sentences")[name]
    assert isinstance(words, list)
    return tuple(words)


def _is_note(line: str) -> bool:
    if line.startswith(_words("note_openers")) or not any(map(str.isalpha, line)):
        return True
    if len(line) <= 120 and line.endswith(_words("history_closers")) and find_dates(line[:40], "zh"):
        return True  # 2020年9月25日 第十五届…第二十五次会议通过
    return len(line) < 400 and ((line[0], line[-1]) in {("（", "）"), ("(", ")"), ("[", "]"), ("〔", "〕")}
                                and not any(mark in line[1:-1] for mark in "（(["))


def _is_salutation(line: str) -> bool:
    """各省、自治区、直辖市人民政府：, Fellow Deputies, — who is addressed, before the text begins."""
    if line[-1] not in "：:,":
        return False
    return line.startswith(_words("salutation_openers")) or (
        line[-1] in "：:" and line[:-1].endswith(_words("addressees"))
        and not any(mark in line for mark in ("。", "；", "《", "下列", "以下", "如下", "包括")))


def _is_heading(line: str) -> bool:
    """A chapter, section or numbered line, or a short line, that does not end as a sentence does."""
    ends = line.rstrip(_CLOSERS)[-1:] in "。！？；;.!?，,、" and not re.search(r"\s(?:[IVX]{1,4}|[A-Z])\.$", line)
    if ends or line.endswith(("：", ":", "——")):
        return False
    chinese = han_share(line) > 0.3
    if len(line) > (MAX_HEADING_ZH if chinese else MAX_HEADING_EN):
        return False
    if chinese:
        if _CHAPTER_ZH.match(line) or _ITEM_ZH.match(line):
            return True
        return len(line) <= 30 and not any(mark in line for mark in "，。；：") and not _ARTICLE_ZH.match(line)
    if _CHAPTER_EN.match(line) or _ARTICLE_EN.match(line):
        return True
    if _NUMBERED_EN.match(line) and len(line) <= 100:
        return True
    bullet = _BULLET.match(line)
    words = line[bullet.end():] if bullet else line
    return len(line) <= 90 and words[:1].isupper() and not words.endswith((" and", " or"))


def _starts_article(line: str, *, after: str | None) -> str | None:
    """Number of the article that this block opens, as text; None where it opens none."""
    bare = _bare(line)
    found = _ARTICLE_ZH.match(bare)
    if not (found or _ARTICLE_EN.match(bare)):
        return None
    number = article_number(bare[:40])
    if number is None:
        return None
    set_off = not found or bare[found.end():found.end() + 1] in {"", " ", "　", "\t", "*", "【", "（"}
    in_order = number == int(after or 0) + 1
    return str(number) if set_off or in_order else None


def _signature_places(text: str, pieces: list[Span]) -> set[int]:
    """Places of the short lines directly above and below a closing date line: the names of the signatories."""
    places: set[int] = set()
    for place, piece in enumerate(pieces):
        if not _is_date_line(text[piece.start:piece.end]):
            continue
        places.add(place)
        above = place - 1
        while above >= max(0, place - 20) and _could_sign(text[pieces[above].start:pieces[above].end]):
            places.add(above)
            above -= 1
        if above < 3:  # the head of the document, not its foot: titles stay titles
            places -= set(range(above + 1, place))
    return places


def _could_sign(line: str) -> bool:
    return (len(line) <= 30 and han_share(line) > 0.6 and not any(mark in line for mark in "，。；：、《》")
            and not _is_marked(line))
