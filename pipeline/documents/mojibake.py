"""Text that was decoded wrongly once before it reached us, and saved so."""

from __future__ import annotations

import codecs
import re

from pipeline.documents.decode import reading_score
from pipeline.errors import SetAside
from pipeline.text import has_han


def _byte_as_is(error: UnicodeError) -> tuple[bytes, int]:
    """Browsers show a byte that Windows-1252 does not define as the control character of that number."""
    if not isinstance(error, UnicodeEncodeError) or ord(error.object[error.start]) > 0xFF:
        raise error
    return bytes([ord(error.object[error.start])]), error.start + 1


codecs.register_error("byte_as_is", _byte_as_is)
WRONG_READINGS = ("cp1252", "latin-1", "ptcp154", "cp1251", "gb18030", "big5hkscs", "mac_roman", "koi8-r")
"""Encodings as which UTF-8 bytes of Chinese were read somewhere on the way."""
_MIN_GAIN = 0.6
_LOST = re.compile("锟斤拷|烫烫烫|屯屯屯|\ufffd{3,}")
_SAMPLE_LINES = 200


def repair_mojibake(text: str) -> tuple[str, tuple[str, ...]]:
    """`text` with wrongly decoded lines put right, and the flag `mojibake_repaired` if any were.

    A line is repaired when its characters, put back into bytes, are valid UTF-8 that reads as Chinese clearly
    better than the line did. Raises: SetAside(`mojibake`) when the text is lost beyond that (锟斤拷).
    """
    lines = text.split("\n")
    suspects = [line for line in lines if not line.isascii()]
    if not suspects or reading_score("".join(suspects[:_SAMPLE_LINES])) > 0.55:
        return text, ()
    codec = max(WRONG_READINGS, key=lambda name: _gain(suspects[:_SAMPLE_LINES], name))
    if _gain(suspects[:_SAMPLE_LINES], codec) > _MIN_GAIN:
        return "\n".join(_repaired(line, codec) or line for line in lines), ("mojibake_repaired",)
    if any(_shows_through(suspects[:_SAMPLE_LINES], name) for name in WRONG_READINGS):
        raise SetAside("mojibake", "the text was decoded wrongly and saved, and some of its bytes are gone",
                       "Fetch the document again from its source.")
    lost = sum(len(found.group()) for found in _LOST.finditer(text))
    if lost * 5 > sum(1 for char in text if char > "\x7f"):
        raise SetAside("mojibake", "the text was decoded wrongly and saved; its characters are lost",
                       "Fetch the document again from its source.")
    return text, ()


def _gain(lines: list[str], codec: str) -> float:
    """By how much the lines that can be put right with `codec` read better, weighted by their share."""
    better = [(line, repaired) for line in lines if (repaired := _repaired(line, codec))]
    if not better:
        return 0.0
    before = reading_score("".join(line for line, _ in better))
    after = reading_score("".join(repaired for _, repaired in better))
    return (after - before) * len(better) / len(lines)


def _shows_through(lines: list[str], codec: str) -> bool:
    """Whether Chinese prose stands behind the lines, but too many characters of it are broken to repair them."""
    text = "".join(line.encode(codec, "ignore").decode("utf-8", "ignore") for line in lines)
    han = [char for char in text if has_han(char)]
    return len(han) >= 40 and reading_score("".join(han)) > 0.75 and reading_score("".join(lines)) < 0.1


def _repaired(line: str, codec: str) -> str | None:
    """The line read again as UTF-8; None when it cannot be, or nothing Chinese comes out."""
    if line.isascii():
        return None
    try:
        data = line.encode(codec, "byte_as_is")
    except UnicodeEncodeError:
        return None
    text = data.decode("utf-8", "replace")
    wrong, right = text.count("\ufffd"), sum(1 for char in text if char > "\x7f") - text.count("\ufffd")
    return text if has_han(text) and wrong * 5 <= right else None
