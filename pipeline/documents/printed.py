"""Where in a text a value stands that was read from it: the place a reader can look up."""

from __future__ import annotations

import re

from pipeline.documents.layout import Layout
from pipeline.text import Span, match_key

_SIGNS = re.compile(r"[^\W_]")
_TERM = re.compile("第[一二三四五六七八九十]{1,4}届")
SEARCHED_CHARS = 60_000
"""How much of a region is searched without regard to blanks and marks; equal letters are looked for everywhere."""


def find_printed(text: str, value: str, start: int = 0, end: int | None = None) -> Span | None:
    """The first place of `value` in text[start:end]; blanks, marks, script, width and 第X届 make no difference.

    The slice begins and ends with a letter or figure of the value (or with the value itself).
    """
    stop = len(text) if end is None else min(end, len(text))
    place = text.find(value, start, stop) if value else -1
    if place >= 0:
        return Span(place, place + len(value))
    wanted, _ = _sieve(value, 0)
    signs, places = _sieve(text[start:min(stop, start + SEARCHED_CHARS)], start)
    found = signs.find(wanted) if wanted else -1
    return Span(places[found], places[found + len(wanted) - 1] + 1) if found >= 0 else None


def _sieve(text: str, offset: int) -> tuple[str, list[int]]:
    """Letters and figures of the text under match_key, and where each stands."""
    key = match_key(text)
    dropped = {place for term in _TERM.finditer(key) for place in range(*term.span())}
    places = [sign.start() for sign in _SIGNS.finditer(key) if sign.start() not in dropped]
    return "".join([key[place] for place in places]), [place + offset for place in places]


def line_span(layout: Layout, first: int, last: int) -> Span:
    """From the first shown sign of line `first` to the last of line `last`, in the document's text."""
    start = layout.lines[first].start
    shown = find_printed(layout.text, layout.lines[first].text[:1], start, start + 400)
    start = shown.start if shown else start
    following = layout.lines[last + 1].start if last + 1 < len(layout.lines) else len(layout.text)
    end = start + len(layout.text[start:following].rstrip(" \n\t\u3000|#>*-\u200b"))
    return Span(start, max(start, end))
