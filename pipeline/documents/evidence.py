"""Where each fact of a document stands in its text, so that a reader can check it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from pipeline.documents.covers import Cover
from pipeline.documents.doc_dates import EFFECTS, FROM_ISSUE
from pipeline.documents.forwarding import Notice
from pipeline.documents.layout import Layout, squeeze
from pipeline.documents.printed import find_printed, line_span
from pipeline.numerals import find_dates
from pipeline.text import Span, match_key

FIELDS = ("title", "doc_number", "date_issued", "date_first_issued", "date_adopted", "date_effective", "issuers",
          "legal_basis")
OPENING_CHARS = 6000
TAIL_CHARS = 4000
_FORMULA = re.compile(
    r"根据|依据|依照|按照|遵照|(?i:in accordance with|on the basis of|pursuant to|based on|according to|having regard|under\s)")
_NUMERIC = re.compile(r"(?<![0-9.])([0-9]{1,2})\.([0-9]{1,2})\.((?:19|20)[0-9]{2})(?![0-9])")
Place = list[int] | None


def find_evidence(facts: Mapping[str, Any], layout: Layout, cover: Cover, notice: Notice | None) -> dict[str, Any]:
    """Field → [start_char, end_char] in the document's text; None where the text does not print the value.

    issuers and legal_basis: one place (or None) per name, parallel to issuer_names and legal_basis. The slice contains
    the value as printed; of a date that is resolved (自公布之日起) it is the words that lead to it. A fact is
    looked up first where its rule reads it: the instrument's heading, the order, the signature, the header, the
    last article. Values of sidecar, page and file name have no place: see `read_facts`.
    """
    regions = _regions(layout, cover, notice)
    return {
        "title": _title(facts["title"], layout, notice),
        "doc_number": _number(facts["doc_number"], layout, cover),
        **{name: _date(facts[name], layout, regions) for name in ("date_issued", "date_first_issued", "date_adopted")},
        "date_effective": _effective(facts["date_effective"], facts["date_issued"], layout, regions),
        "issuers": [_first(name, layout.text, regions) for name in facts["issuer_names"]],
        "legal_basis": [_basis(title, layout) for title in facts["legal_basis"]]}


def _regions(layout: Layout, cover: Cover, notice: Notice | None) -> list[Span]:
    """Where facts are printed, the likeliest first: signature, cover, top, opening, end, everything."""
    size, lines, regions = len(layout.text), layout.lines, []
    if cover.signature is not None:
        at = cover.signature.at
        first = max(0, at - 2 * len(cover.signature.names) - 2)
        if notice is not None and notice.first <= at < notice.instrument:
            first = max(first, notice.heading + 1)
        regions.append(line_span(layout, min(first, at), at))
    if notice is not None:
        regions.append(line_span(layout, notice.first, notice.instrument - 1))
    top = lines[layout.body_at].start if layout.body_at < len(lines) else OPENING_CHARS
    tail = max(0, size - TAIL_CHARS)
    return [*regions, Span(0, min(top, OPENING_CHARS)), Span(0, min(size, OPENING_CHARS)), Span(tail, size), Span(0, size)]


def _place(span: Span | None) -> Place:
    return None if span is None else [span.start, span.end]


def _first(value: str, text: str, regions: Iterable[Span]) -> Place:
    for region in regions:
        found = find_printed(text, value, *region)
        if found is not None:
            return [found.start, found.end]
    return None


def _title(title: str | None, layout: Layout, notice: Notice | None) -> Place:
    if not title:
        return None
    if notice is not None:
        own = layout.lines[notice.instrument].start
        found = find_printed(layout.text, title, own, own + len(title) + 200)
        if found is not None:
            return [found.start, found.end]
    for line in layout.lines[:60]:  # as a heading of its own rather than in a sentence
        if match_key(squeeze(line.text)) == match_key(squeeze(title)):
            return _place(find_printed(layout.text, title, line.start))
    return _place(find_printed(layout.text, title))


def _number(number: str | None, layout: Layout, cover: Cover) -> Place:
    """Of an order's number the order's head: from its first body to 第12号."""
    if not number:
        return None
    if cover.order_number and number.endswith(cover.order_number):
        start = 0
        for _ in range(20):
            body = find_printed(layout.text, cover.order_bodies[0], start)
            if body is None:
                return None
            end = find_printed(layout.text, cover.order_kind + cover.order_number, body.start, body.start + 900)
            if end is not None:
                return [body.start, end.end]
            start = body.end
    return _place(find_printed(layout.text, number))


def _date(iso: str | None, layout: Layout, regions: list[Span]) -> Place:
    if not iso:
        return None
    for region in (*_dated_lines(layout), *regions):
        text = layout.text[region.start:region.end]
        for found in find_dates(text, layout.lang):
            if found.iso == iso:
                return [region.start + found.start, region.start + found.end]
        for match in _NUMERIC.finditer(text):
            if f"{match[3]}-{int(match[2]):02d}-{int(match[1]):02d}" == iso:
                return [region.start + match.start(), region.start + match.end()]
    return None


def _dated_lines(layout: Layout) -> list[Span]:
    """Lines under the title that print decisions: dates there say what they are dates of."""
    spans = []
    for place, line in enumerate(layout.lines[:min(40, layout.body_at)]):
        if re.search("通过|公布|发布|批准|修正|修订|施行|(?i:adopted|promulgated|effective)", line.text) and len(line.text) < 400:
            spans.append(line_span(layout, place, place))
    return spans


def _effective(iso: str | None, issued: str | None, layout: Layout, regions: list[Span]) -> Place:
    if not iso:
        return None
    matches = [match for pattern in EFFECTS[layout.lang] for match in reversed(list(pattern.finditer(layout.text)))]
    for match in matches:
        name = next(name for name in ("when", "on") if match.groupdict().get(name))
        start, words = match.start(name), match[name]
        if FROM_ISSUE.search(words) and iso == issued:
            return [start, start + len(words)]
        for found in find_dates(words, layout.lang):
            if found.iso == iso:
                return [start + found.start, start + found.end]
    return _date(iso, layout, regions)


def _basis(title: str, layout: Layout) -> Place:
    for formula in _FORMULA.finditer(layout.text[:3 * OPENING_CHARS]):
        found = find_printed(layout.text, title, formula.start(), formula.start() + 1100)
        if found is not None:
            return [found.start, found.end]
    return _place(find_printed(layout.text, title, 0, 3 * OPENING_CHARS))
