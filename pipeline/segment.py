"""Chinese words by jieba's dictionary: run by rjieba (Rust), with jieba itself as reference and fallback.

Titles in 《》, document numbers and names the caller protects are words of their own before the rest is cut:
jieba cannot be taught words with 《》〔〕 and cuts 数据安全法 in two. The tokenizer and its cache are private, because
jieba's own are shared by the whole process.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Callable, Iterable
from functools import lru_cache

from pipeline.errors import TifaError
from pipeline.text import Span, quoted_titles

_DOC_NUMBER = re.compile(r"[一-鿿]{1,12}[〔\[（(](?:19|20)[0-9]{2}[〕\]）)][第]?[0-9]{1,5}号")


def segment(text: str, *, protected: Iterable[Span] = (), engine: str = "rjieba") -> list[Span]:
    """Words of the text in order; together they cover it without gap or overlap.

    protected: spans that stay one word (registry names). engine: rjieba or jieba.
    """
    cut = _engine(engine)
    words: list[Span] = []
    place = 0
    for span in _longest_first([*protected, *quoted_titles(text), *(Span(*m.span()) for m in _DOC_NUMBER.finditer(text))]):
        words += _cut(cut, text, place, span.start)
        words.append(span)
        place = span.end
    return words + _cut(cut, text, place, len(text))


def cut_plain(text: str, *, engine: str = "rjieba") -> list[str]:
    """Words in order, nothing protected; together they are the text. engine: rjieba, jieba, or characters (each is a word)."""
    return list(text if engine == "characters" else _engine(engine)(text))


def _cut(cut: Callable[[str], Iterable[str]], text: str, start: int, end: int) -> list[Span]:
    words, place = [], start
    for word in cut(text[start:end]):
        words.append(Span(place, place + len(word)))
        place += len(word)
    return words


def _longest_first(spans: list[Span]) -> list[Span]:
    kept: list[Span] = []
    for span in sorted(spans, key=lambda span: (span.start - span.end, span.start)):
        if span.end > span.start and all(span.end <= other.start or span.start >= other.end for other in kept):
            kept.append(span)
    return sorted(kept)


@lru_cache(maxsize=2)
def _engine(name: str) -> Callable[[str], Iterable[str]]:
    if name == "rjieba":
        import rjieba

        return lambda text: rjieba.cut(text)
    if name == "jieba":
        import logging

        import jieba

        jieba.setLogLevel(logging.WARNING)
        tokenizer = jieba.Tokenizer()
        tokenizer.tmp_dir = tempfile.mkdtemp(prefix="tifa-jieba-")
        return lambda text: tokenizer.cut(text)
    raise TifaError(f"There is no word segmenter called {name!r}", todo="Use rjieba or jieba.")
