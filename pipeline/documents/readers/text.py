"""Plain text and Markdown."""

from __future__ import annotations

import re

from pipeline.documents.decode import decode
from pipeline.documents.mojibake import repair_mojibake
from pipeline.documents.page import PageHints, Reading


def read_plain(data: bytes) -> Reading:
    """The lines of a text file as they stand; hard wraps are kept."""
    decoded = decode(data)
    text, flags = repair_mojibake(decoded.text)
    return Reading(text, "text", encoding=decoded.encoding, flags=(*decoded.flags, *flags))


def read_markdown(data: bytes) -> Reading:
    """The text of a Markdown file without its marks; front matter becomes hints, never text."""
    decoded = decode(data)
    text, flags = repair_mojibake(decoded.text)
    text, page = front_matter(text.replace("\r\n", "\n").replace("\r", "\n"))
    return Reading(plain_of_markdown(text), "markdown", page, decoded.encoding, (*decoded.flags, *flags))


_FRONT = re.compile(r"\A\ufeff?---[ \t]*\n((?:[^\n]{0,2000}\n){0,80}?)(?:---|\.\.\.)[ \t]*\n")
_FIELD = re.compile(r"^([A-Za-z_][A-Za-z_-]{0,30}):[ \t]*(.*)$")
_HINTS = {"title": "title", "date": "date", "published": "date", "pubdate": "date", "source": "source", "site": "source",
          "url": "url", "link": "url", "source_url": "url", "author": "author"}


def front_matter(text: str) -> tuple[str, PageHints]:
    """The text behind a `---` head, and what the head says.

    Values are taken as printed, never typed: NO stays "NO", 012 "012" and 1.10 "1.10".
    """
    head = _FRONT.match(text)
    if head is None:
        return text, PageHints()
    found: dict[str, str] = {}
    for line in head.group(1).split("\n"):
        field = _FIELD.match(line)
        if field is None:
            continue
        name = _HINTS.get(field.group(1).lower())
        if name and name not in found:
            found[name] = field.group(2).strip().strip("\"'")
    return text[head.end():], PageHints(**found)


_COMMENT = re.compile(r"<!--[^>]{0,2000}?-->")
_IMAGE = re.compile(r"!\[[^\[\]\n]{0,400}\]\([^)\n]{0,2000}\)")
_LINK = re.compile(r"\[([^\[\]\n]{0,600})\]\(<?(?:[^()\n]|\([^()\n]{0,200}\)){0,2000}>?\)")
_BROKEN = re.compile(r"\[?!?\[[^\[\]\n]{0,400}(?:\]\([^()\n]{0,2000})?(?:\.\.\.|…)?\s{0,4}\Z")
_TAIL = 2600
_AUTO_LINK = re.compile(r"<(https?://[^<>\s]{1,500})>")
_STRONG = re.compile(r"\*\*([^*\n]{1,2000})\*\*|__([^_\n]{1,2000})__")
_LEFT_STARS = re.compile(r"\*{2,4}")
_EMPHASIS = re.compile(r"(?<![*\w])\*(?!\s)([^*\n]{1,1000})(?<!\s)\*(?![*\w])")
_CODE = re.compile(r"`{1,3}([^`\n]{1,500})`{1,3}")
_HEADING = re.compile(r"(?m)^[ ]{0,3}#{1,6}(?:[ \t]+|$)(.*?)[ \t]*#{0,6}$")
_BULLET = re.compile(r"(?m)^[ \t]{0,12}[*+-][ \t]+")
_QUOTE = re.compile(r"(?m)^(?:>[ \t]?){1,6}")
_ESCAPED = re.compile(r"\\([\\`*_{}\[\]()#+.!|~<>-])")
_RULE = re.compile(r"(?m)^[ \t]*(?:-[ \t]*){3,}$|^[ \t]*(?:\*[ \t]*){3,}$|^[ \t]*(?:_[ \t]*){3,}$")
_TABLE_RULE = re.compile(r"(?m)^[ \t]*\|?[ \t]*:?-{2,}:?[ \t]*(?:\|[ \t]*:?-{2,}:?[ \t]*){1,60}\|?[ \t]*\n?")
_TABLE_ROW = re.compile(r"(?m)^[ \t]*\|([^\n]{1,4000})\|[ \t]*$")
_TAG = re.compile(r"</?(?:br|p|div|span|font|b|i|u|strong|em|center|sup|sub|small|table|tr|td|th|tbody)(?:[ \t][^<>]{0,500})?/?>", re.I)


def plain_of_markdown(text: str) -> str:
    """The words of Markdown: images and comments gone, links as their text, table rows as cells joined by tabs."""
    text = _COMMENT.sub("", text)
    text = _IMAGE.sub("", text)
    for _ in range(2):  # a link around an image leaves a link with empty text
        text = _LINK.sub(r"\1", text)
    text = text[:-_TAIL] + _BROKEN.sub("", text[-_TAIL:])  # a file cut off inside a link
    text = _AUTO_LINK.sub(r"\1", text)
    text = _TABLE_RULE.sub("", text)
    text = _TABLE_ROW.sub(lambda row: "\t".join(cell.strip() for cell in row.group(1).split("|")), text)
    text = _RULE.sub("", text)
    text = _HEADING.sub(r"\1", text)
    text = _QUOTE.sub("", text)
    text = _BULLET.sub("", text)
    text = _STRONG.sub(lambda found: found.group(1) or found.group(2), text)
    text = _EMPHASIS.sub(r"\1", _LEFT_STARS.sub("", text))
    text = _CODE.sub(r"\1", text)
    text = _TAG.sub("", text)
    return _ESCAPED.sub(r"\1", text)
