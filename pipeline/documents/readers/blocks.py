"""The lines a person sees on a page: one per block, cells of a table row joined by a tab."""

from __future__ import annotations

import re
from collections.abc import Iterable

from lxml.cssselect import CSSSelector
from lxml.html import HtmlElement

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
    doomed: list[HtmlElement] = [element for element in tree.iter(*SILENT)]
    for selector in selectors:
        doomed += CSSSelector(selector, translator="html")(tree)
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


def letters(lines: Iterable[str]) -> int:
    """Letters and digits of any script in the lines: the measure in which extraction is compared."""
    return sum(sum(map(str.isalnum, line)) for line in lines)


def block_lines(root: HtmlElement) -> list[str]:
    """Text of `root` in reading order, one line per block, empty lines left out, white space as in a browser.

    A table row is one line, its cells parted by tabs. Not recursive: depth of nesting costs nothing.
    """
    lines: list[str] = []
    parts: list[str] = []
    rows = 0

    def close() -> None:
        line = _SPACES.sub(" ", "".join(parts).replace("\t", " ")).replace(" \x1f ", "\x1f")
        line = "\t".join(cell.strip() for cell in line.split("\x1f")).strip(" \t\u3000")
        if line:
            lines.append(line)
        parts.clear()

    stack: list[tuple[HtmlElement, bool]] = [(root, False)]
    while stack:
        element, done = stack.pop()
        tag = element.tag if isinstance(element.tag, str) else ""
        block = tag in BLOCKS and not (rows and tag != "tr" and tag != "table")
        if not done:
            if block:
                close()
            elif rows and tag in BLOCKS:
                parts.append(" ")
            rows += tag == "tr"
            if tag:
                parts.append(element.text or "")
            stack.append((element, True))
            stack.extend((child, False) for child in reversed(element))
            continue
        if block:
            close()
        elif tag in CELLS:
            parts.append("\x1f")
        elif rows and tag in BLOCKS:
            parts.append(" ")
        rows -= tag == "tr"
        if element is not root:
            parts.append(element.tail or "")
    close()
    return lines
