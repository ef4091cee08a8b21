"""The lines a person sees on a page: one per block, cells of a table row joined by a tab."""

from __future__ import annotations

import re
from collections.abc import Iterable
from html import unescape

from lxml import etree
from lxml.html import HtmlElement

from pipeline.errors import KnowledgeError

BLOCKS = frozenset("address article aside blockquote body br center dd details dialog div dl dt fieldset figcaption figure "
                   "footer form h1 h2 h3 h4 h5 h6 header hr html legend li main nav ol p pre section summary table tbody "
                   "tfoot thead tr ul caption option title".split())
CELLS = frozenset(("td", "th"))
SILENT = ("script", "style", "noscript", "template", "iframe", "object", "embed", "svg", "canvas", "audio", "video",
          "select", "button", "input", "textarea", "head", "map", "area")
_HIDDEN_STYLE = re.compile(r"(?i)(?:display\s{0,4}:\s{0,4}none|visibility\s{0,4}:\s{0,4}hidden|font-size\s{0,4}:\s{0,4}0(?![.\d]))")
_SPACES = re.compile(r"[ \t\r\n\f\v\u00a0]+")


def prune(tree: HtmlElement, selectors: Iterable[str] = ()) -> int:
    """Remove what is not shown from the tree; returns the letters of hidden text among it.

    selectors: further elements to remove, without counting. Tails stay: they are text of the parent.
    """
    hidden = 0
    doomed: list[HtmlElement] = list(tree.iter(*SILENT))
    for selector in selectors:
        doomed += select(tree, selector)
    for element in tree.iter():
        if not isinstance(element.tag, str) or element.tag in SILENT or element.tag in {"html", "body"}:
            continue
        if element.get("hidden") is not None or _HIDDEN_STYLE.search(element.get("style") or ""):
            hidden += letters([element.text_content()]) if element.getparent() is not None else 0
            doomed.append(element)
    for element in doomed:
        if element.getparent() is not None:
            element.drop_tree()
    return hidden


_FURNITURE = re.compile(
    r"(?i)(?:site|page|main|top|bottom|global|web|article|content)?[-_]?(?:nav|navbar|navigation|menu|footer|foot|breadcrumbs?"
    r"|crumbs?|sidebar|share|sharing|bshare|bdsharebuttonbox|toolbar|copyright|pagination|pager|related|cookies?|banner"
    r"|skiplinks?|qrcode|ewm)(?:[-_](?:bar|box|list|wrap|wrapper|container|menu|links?|inner|area|content|main|left|right|[0-9]))?")
_FURNITURE_SHARE = 0.2


def drop_furniture(tree: HtmlElement, n_letters: int) -> int:
    """Remove navigation, footers, share bars and the like, told by tag, role or class, each if it holds little text.

    Returns how many went. n_letters: letters of the page. An element with a fifth of them is no furniture, whatever its class says.
    """
    doomed = []
    for element in tree.iter("nav", "footer", "aside", "div", "ul", "p", "section", "td", "table", "header", "span"):
        names = f"{element.get('class') or ''} {element.get('id') or ''}".split()
        if element.tag in {"nav", "footer"} or element.get("role") in {"navigation", "contentinfo", "search"} or any(
                _FURNITURE.fullmatch(name) for name in names):
            doomed.append(element)
    dropped = 0
    for element in doomed:
        if element.getparent() is not None and letters([element.text_content()]) < _FURNITURE_SHARE * n_letters:
            element.drop_tree()
            dropped += 1
    return dropped


_SELECTOR = re.compile(r"([a-z][a-z0-9]{0,15})?(?:([#.])([A-Za-z_][A-Za-z0-9_-]{0,80}))?")


def select(tree: HtmlElement, selector: str) -> list[HtmlElement]:
    """Elements below `tree` for a simple CSS path: steps of `tag`, `#id`, `.class` or `tag.class`, parted by spaces.

    Raises: KnowledgeError for anything else; the paths are knowledge, and a path that finds nothing by mistake hides.
    """
    steps = []
    for step in selector.split():
        found = _SELECTOR.fullmatch(step)
        if found is None:
            raise KnowledgeError(f"Not a simple path: {selector!r}", where="knowledge/sources",
                                 todo="Use steps of tag, #id, .class or tag.class.")
        tag, mark, name = found.groups()
        test = {"#": f"[@id='{name}']", ".": f"[contains(concat(' ', normalize-space(@class), ' '), ' {name} ')]"}
        steps.append(f"//{tag or '*'}" + (test[mark] if mark else ""))
    return list(tree.xpath("." + "".join(steps)))


def letters(lines: Iterable[str]) -> int:
    """Letters and digits of any script in the lines: the measure in which extraction is compared."""
    return sum(sum(map(str.isalnum, line)) for line in lines)


_SILENT_START = re.compile(r"<(script|style|noscript|head|svg|!--)", re.I)
_TAG = re.compile(r"<[^<>]{0,30000000}>")


def bare_text(source: str) -> str:
    """The source of a page without scripts, styles and tags: what a parser that loses nothing would show."""
    parts, place = [], 0
    for silent in _SILENT_START.finditer(source):
        if silent.start() < place:
            continue
        parts.append(source[place:silent.start()])
        name = silent.group(1).lower()
        end = re.compile("-->" if name == "!--" else f"</{name}", re.I).search(source, silent.end())
        place = end.end() if end else len(source)
    return unescape(_TAG.sub(" ", "".join([*parts, source[place:]])))


def block_lines(root: HtmlElement) -> list[str]:
    """Text of `root` in reading order, one line per block, empty lines left out, white space as in a browser.

    A table row is one line, its cells parted by tabs. Not recursive: depth of nesting costs nothing.
    """
    lines: list[str] = []
    parts: list[str] = []
    rows = 0
    layout = _layout_rows(root)
    for event, element in etree.iterwalk(root, events=("start", "end")):
        tag = element.tag
        if tag in BLOCKS:
            if rows and tag != "tr" and tag != "table":
                parts.append(" ")
            elif parts:
                _close(parts, lines)
        elif tag in CELLS and not rows and parts:
            _close(parts, lines)
        if event == "start":
            rows += tag == "tr" and element not in layout
            if element.text:
                parts.append(element.text)
            continue
        if tag in CELLS and rows:
            parts.append(_CELL)
        rows -= tag == "tr" and element not in layout
        if element.tail and element is not root:
            parts.append(element.tail)
    _close(parts, lines)
    return lines


LAYOUT_CHARS = 300


def _layout_rows(root: HtmlElement) -> set[HtmlElement]:
    """Rows of tables that only place things on the page: a cell holds a table, or paragraphs of prose."""
    rows = set()
    for cell in root.iter("td"):
        row = cell.getparent()
        if row is None or row in rows:
            continue
        blocks = 0
        for inner in cell.iter("table", "p", "br", "div", "li"):
            blocks += 3 if inner.tag == "table" else 1
            if blocks >= 3:
                break
        if blocks >= 3 and (next(cell.iter("table"), None) is not None or len(cell.text_content()) > LAYOUT_CHARS):
            rows.add(row)
    return rows


_CELL = "\x1f"


def _close(parts: list[str], lines: list[str]) -> None:
    """Put the collected parts on a line of their own, if they show anything."""
    text = "".join(parts)
    parts.clear()
    if not text or text.isspace():
        return
    text = _SPACES.sub(" ", text)
    if _CELL in text:
        text = "\t".join(cell.strip() for cell in text.split(_CELL))
    text = text.strip(" \t\u3000")
    if text:
        lines.append(text)
