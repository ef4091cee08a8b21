"""What stands on a page thousands of times, written without a template: words, cells, sentences, links between versions."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache

from markupsafe import Markup, escape

from pipeline.reports.blocks import Cell, Column
from pipeline.reports.words import Text

Run = tuple[str, str, str]
Sentence = tuple[str, int, str, str, Iterable[Run]]
NUMERIC = ' class="num"'
_SPECIAL = re.compile("[&<>'\"]")


def safe(text: str) -> str:
    """A string as HTML shows it, in text and in attributes; most hold nothing to escape, and are given back."""
    return str(escape(text)) if _SPECIAL.search(text) else text


@lru_cache(maxsize=1 << 14)
def words(text: Text) -> Markup:
    """A text in both interface languages; one span where they are the same."""
    if text.same:
        return Markup(f"<bdi>{safe(text.en)}</bdi>")
    return Markup(f'<span class="en" lang="en">{safe(text.en)}</span><span class="zh" lang="zh">{safe(text.zh)}</span>')


def cell(one: Cell) -> Markup:
    """A table cell: a button that opens its sentences, a link, or words."""
    if one.point:
        css = f" {safe(one.css)}" if one.css else ""
        return Markup(f'<button type="button" class="open-point{css}" data-point="{safe(one.point)}">{words(one.text)}</button>')
    css = f' class="{safe(one.css)}"' if one.css else ""
    if one.href:
        return Markup(f'<a href="{safe(one.href)}"{css}>{words(one.text)}</a>')
    return Markup(f"<span{css}>{words(one.text)}</span>") if css else words(one.text)


def cells(row: Sequence[Cell], columns: Sequence[Column]) -> Markup:
    """The cells of one row of a table."""
    return Markup("".join(f"<td{NUMERIC if column.numeric else ''}>{cell(one)}</td>"
                          for one, column in zip(row, columns, strict=True)))


def sentences(listed: Iterable[Sentence], *, between: str = "") -> Markup:
    """Sentences of a paragraph as (css, number, article, offsets, runs); a run is (text, css, title), a mention where it has css."""
    parts = []
    for css, number, article, offsets, runs in listed:
        parts += [f'<span class="s{f" {css}" if css else ""}" id="s{number}" data-o="{offsets}"',
                  f' data-a="{safe(article)}"' if article else "", f'><a class="n" href="#s{number}">{number}</a>']
        parts += [f'<span class="{safe(mark)}" title="{safe(tip)}">{safe(text)}</span>' if mark else safe(text) for text, mark, tip in runs]
        parts += ["</span>", between]
    return Markup("".join(parts))


def numbered(doc_id: str, listed: Iterable[tuple[int, str]]) -> Markup:
    """One side of a link between versions: its sentences, each led by the number that opens it in its document."""
    return Markup("".join(f'<p><a class="n" href="{safe(doc_id)}.html#s{number}">{number}</a>{safe(text)}</p>'
                          for number, text in listed))
