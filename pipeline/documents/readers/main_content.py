"""Where on a page the document stands, when the site is not known.

First trafilatura says which region it is; its text is only used to find that region, because it drops tables,
lists and everything behind broken markup without a word. The lines come from the page itself.
"""

from __future__ import annotations

import re

import trafilatura
from lxml import etree
from lxml.html import HtmlElement

from pipeline.documents.readers.blocks import block_lines, letters

MAX_ELEMENTS = 40_000
"""Beyond this trafilatura's time grows faster than the page; the densest element is taken instead."""
_SENTENCE_END = re.compile("[。！？；]|[.!?;](?:\\s|$)")
_KEY = re.compile(r"[\W_]+")


def main_lines(tree: HtmlElement, visible: list[str]) -> list[str]:
    """The lines of the document on a page, in order: never fewer than the region of sentences holds.

    visible: all lines of the page. Both ways of finding the region are tried; the larger one counts, without the
    menu lines at its edges.
    """
    element = densest(tree)
    dense = visible if element.tag in {"body", "html"} else block_lines(element)
    region = _region(tree, visible)
    lines = region if letters(region) > letters(dense) else dense
    return lines or visible


def densest(tree: HtmlElement) -> HtmlElement:
    """The smallest element that holds at least 85 % of the text in sentences of the page."""
    weight: dict[HtmlElement, int] = {}
    body = tree.find("body")
    root = body if body is not None else tree
    for element in root.iter(etree.Element):
        own = element.text or ""
        if len(element):
            own = " ".join([own, *(child.tail for child in element if child.tail)])
        if element.tag != "a" and (len(own) > 25 or _SENTENCE_END.search(own)) and not own.isspace():
            weight[element] = letters([own])
    total = sum(weight.values())
    held: dict[HtmlElement, int] = {}
    for element, value in weight.items():
        node: HtmlElement | None = element
        depth = 0
        while node is not None and depth < 400:
            held[node] = held.get(node, 0) + value
            node, depth = node.getparent(), depth + 1
    best = root
    while True:
        inside = [child for child in best if held.get(child, 0) >= 0.85 * total]
        if not total or not inside or inside[0].tag in {"p", "span", "td", "tr", "tbody", "table", "li"}:
            return best
        best = inside[0]


def _region(tree: HtmlElement, visible: list[str]) -> list[str]:
    """The visible lines from the first to the last one that trafilatura took for content."""
    if sum(1 for _ in tree.iter()) > MAX_ELEMENTS:
        return []
    text = trafilatura.extract(tree, include_comments=False, include_tables=True, favor_recall=True, deduplicate=False)
    found = {_KEY.sub("", line) for line in (text or "").split("\n")}
    found = {key for key in found if len(key) >= 8}
    places = [i for i, line in enumerate(visible) if _KEY.sub("", line) in found]
    return visible[places[0]:places[-1] + 1] if places else []
