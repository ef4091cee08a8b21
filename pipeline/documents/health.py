"""Whether a text looks like a document: flags for what a careful reader would want to know."""

from __future__ import annotations

import re
import zlib

from pipeline.documents.limits import LONG_LINE_CHARS
from pipeline.text import has_han

_SAMPLE = 400_000
_RUN = re.compile(r"([^\s.…_—-])\1{400}|[^\S\n]{4000}")
_MARKS = re.compile("[\u0300-\u036f\u1ab0-\u1aff\u20d0-\u20ff]")
_PRIVATE = re.compile("[\ue000-\uf8ff\ufffd\U000f0000-\U0010fffd]")
_WORDLIKE = re.compile(r"[^\W_]")


def health_flags(text: str) -> tuple[str, ...]:
    """degenerate_text (runs of one sign, or the same few words over and over), garbled_text (a tenth or more of
    the characters are private-use or undecodable, or a dozen scripts are mixed), very_long_line (a line above 100,000 characters)."""
    flags = []
    if _is_degenerate(text):
        flags.append("degenerate_text")
    sample = text[:_SAMPLE]
    if len(_PRIVATE.findall(sample)) * 10 > len(sample) or _is_scattered(sample):
        flags.append("garbled_text")
    if len(text) > LONG_LINE_CHARS and max(map(len, text.split("\n"))) > LONG_LINE_CHARS:
        flags.append("very_long_line")
    return tuple(flags)


def _is_scattered(sample: str) -> bool:
    """Letters of a dozen scripts side by side: a font without a character map, read by number."""
    letters = [ord(char) >> 7 for char in sample[:20_000] if char.isalpha() and not has_han(char)]
    return len(letters) >= 100 and len(set(letters)) >= 12 and len(letters) * 2 > len(sample[:20_000].replace(" ", ""))


def _is_degenerate(text: str) -> bool:
    """Long runs of one character, hardly any letters, or text that packs to less than a fiftieth."""
    sample = text[:_SAMPLE]
    if _RUN.search(sample) or len(_MARKS.findall(sample)) * 3 > len(sample):
        return True
    if len(sample) > 2000 and len(_WORDLIKE.findall(sample)) * 5 < len(sample):
        return True
    data = sample.encode("utf-8", "replace")
    return len(data) > 20_000 and len(zlib.compress(data, 1)) * 50 < len(data)

