"""A paragraph → its sentences, for Chinese and English alike, without losing a character.

A sentence ends at 。！？； and at . ! ? where they end one; an English semicolon ends one only at the end of its line,
where it closes an item of a list. Marks that close a quotation or a bracket belong to the sentence before them. This is
how the coded material is cut, so that error rates measured on it hold for what is counted.
"""

from __future__ import annotations

import re
from functools import lru_cache

from pipeline.knowledge import load_words
from pipeline.text import Span, has_han

_CLOSERS = "”’」』）)》】\\]\"'"
_END = re.compile(
    rf"[。！？；]+[{_CLOSERS}]{{0,4}}"
    rf"|[.!?;]{{1,3}}[{_CLOSERS}]{{0,3}}(?=\s|$)"
    r"|(?<=[a-z]{3}|[0-9]{3})\.(?=[A-Z][a-z]{1,12}\s)"          # a lost blank: in 2025.How it works
    rf"|(?<=[㐀-鿿）”》])[!?;][{_CLOSERS}]{{0,3}}")
_WORD_BEFORE = re.compile(r"[A-Za-z][A-Za-z.]{0,14}$")
_NUMBER_BEFORE = re.compile(r"(?:^|\n|[;:.]\s)\s{0,8}(?:\(?[0-9]{1,3}(?:\.[0-9]{1,3}){0,3}|[IVXivx]{1,5}|[A-Za-z])$")


@lru_cache(maxsize=1)
def _abbreviations() -> frozenset[str]:
    words = load_words("sentences")["abbreviations_en"]
    assert isinstance(words, list)
    return frozenset(words)


def split_sentences(text: str, start: int, end: int) -> list[Span]:
    """Sentences of `text[start:end]`, as offsets into `text`, in order.

    Law: every character of the range that is not white space lies in exactly one sentence.
    """
    sentences: list[Span] = []
    left = start
    for mark in _END.finditer(text, start, end):
        if mark.start() < left or not _ends_sentence(text, left, mark, end):
            continue
        sentences += _trimmed(text, left, mark.end())
        left = mark.end()
    return sentences + _trimmed(text, left, end)


def _ends_sentence(text: str, left: int, mark: re.Match[str], end: int) -> bool:
    sign = mark.group()[0]
    if sign in "。！？；!?":
        return True
    if sign == ";":
        return has_han(text[max(left, mark.start() - 1):mark.start()]) or text[mark.end():mark.end() + 1] in {"", "\n"} \
            or mark.end() >= end
    before = text[max(left, mark.start() - 16):mark.start()]
    word = _WORD_BEFORE.search(before)
    rest = text[mark.end():min(end, mark.end() + 8)].lstrip()
    if not rest:
        return True
    if _NUMBER_BEFORE.search(text[max(left, mark.start() - 12):mark.start()]) and mark.start() - left < 12:
        return False
    if word and word.group().lower() in _abbreviations():
        return _may_end_at_abbreviation(word.group(), rest)
    if word and len(word.group()) == 1 and word.group().isupper():
        return False  # an initial: J. Smith
    return not rest[0].islower() or has_han(rest)


def _may_end_at_abbreviation(word: str, rest: str) -> bool:
    """U.S., etc. and Inc. may end a sentence before a capital; Art. and No. never do."""
    return word.lower() in {"etc", "inc", "ltd", "co", "corp", "u.s", "u.k", "u.n", "al"} and rest[:1].isupper() \
        and rest.split(" ")[0] in {"The", "This", "These", "It", "In", "They", "We", "Such", "For", "As", "If"}


def _trimmed(text: str, start: int, end: int) -> list[Span]:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return [Span(start, end)] if end > start else []
