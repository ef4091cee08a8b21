"""Pages saved as plain text with their menus: find the document in them, and give it back its lines."""

from __future__ import annotations

import re
from dataclasses import replace

from pipeline.documents.page import PageHints
from pipeline.documents.sites import Site

LINE_IS_LONG = 800
"""A line beyond this in a page of Chinese text is several paragraphs that lost their breaks."""


def flat_page(text: str, page: PageHints, site: Site) -> tuple[str, PageHints]:
    """The document inside a page saved as text, and the hints its head gives; unchanged where the head is absent.

    The page's heading (and document number, where the page prints it in a box) open the text unless the document
    repeats them in its first lines.
    """
    head = re.match(site.flat_head, text.lstrip("\n \u200b"))
    if head is None:
        return text, page
    body = text.lstrip("\n \u200b")[head.end():]
    ends = [place for place in (body.find(tail) for tail in site.flat_tail) if place >= 0]
    body = body[:min(ends)] if ends else body
    found = {name: (value or "").strip() for name, value in head.groupdict().items()}
    page = replace(page, title=page.title or found.get("title", ""), date=page.date or found.get("date", ""),
                   source=page.source or found.get("source", ""))
    body = unfold(_BARE_ADDRESS.sub("", body).strip())
    opening = re.sub(r"\s", "", body[:800])
    head_lines = [found[name] for name in ("title", "number") if found.get(name) and not _repeats(opening, found[name])]
    return "\n".join([*head_lines, body]), page


_BARE_ADDRESS = re.compile(r"(?<![:/])//[a-z0-9.]{4,60}/\S{1,400} ?")


def _repeats(opening: str, heading: str) -> bool:
    """Whether the document prints the heading itself; a mention in a sentence (《…》已经…, …（以下简称) does not count."""
    key = re.escape(re.sub(r"\s", "", heading))
    return re.search(key + "(?![，。》]|（以下|已经)", opening) is not None


_NUMERAL = "[一二三四五六七八九十百零〇0-9]{1,5}"
_OPENER = re.compile(
    rf"(?<! ) {{1,20}}(?=第{_NUMERAL}[编章节条] "
    r"|[（(][一二三四五六七八九十]{1,3}[)）]|[一二三四五六七八九十]{1,3}、|附件[:：0-9一二三四五六 ]"
    r"|附则(?: |$)|问[:：0-9]|答[:：]|[0-9]{1,2}[.．、](?![0-9])|—— ?[A-Z\u4e00-\u9fff]|（此件公开发布）"
    r"|[\u4e00-\u9fff]{2,12}〔(?:19|20)[0-9]{2}〕 ?[0-9]{1,4} ?号(?: |$)"
    r"|(?:19|20)[0-9]{2}年[0-9]{1,2}月(?:[0-9]{1,2}日)?(?: |$))")
_STOP = re.compile(r"(?<=[。！？；：”）])(?<!答：)(?<!问：) {1,20}(?=[\u4e00-\u9fff“《（(第A-Za-z0-9—])")
_CHAPTER = re.compile(rf"(?m)^(第{_NUMERAL}[编章节] [^ \n]{{1,30}}) {{1,20}}(?=\S)")
_NUMBER_LINE = re.compile(r"(?m)((?:^|(?<=\n))[^\n]{2,12}〔(?:19|20)[0-9]{2}〕 ?[0-9]{1,4} ?号|第 ?[0-9]{1,4} ?号) {1,20}(?=\S)")
_LIST_HEADING = re.compile(
    r"(?m)^((?:[一二三四五六七八九十]{1,3}、|[（(][一二三四五六七八九十]{1,3}[)）]) ?[^ 。，；：、！？\n]{2,30}) {1,20}(?=[^\n]{20})")
_DATE_LINE = re.compile(r"(?m)^((?:19|20)[0-9]{2}年[0-9]{1,2}月(?:[0-9]{1,2}日)?) {1,20}(?=\S)")


def unfold(text: str) -> str:
    """Long lines of Chinese text broken where a paragraph plainly begins: after a stop, before 第X条, （一）, 一、….

    Only spaces become line ends; no other character changes, so nothing can be lost. A space between two names
    or inside a title stays a space. Lines up to 800 characters are left alone.
    """
    return "\n".join(_unfold_line(line) if len(line) > LINE_IS_LONG else line for line in text.split("\n"))


_TORN = re.compile(rf"第 ?({_NUMERAL}) ?(?=[编章节条] )")


def _unfold_line(line: str) -> str:
    line = _TORN.sub(r"第\1", line)
    line = _OPENER.sub("\n", " " + line).lstrip()
    line = _STOP.sub("\n", line)
    for pattern in (_CHAPTER, _NUMBER_LINE, _LIST_HEADING):
        line = pattern.sub("\\1\n", line)
    return _DATE_LINE.sub("\\1\n", line)
