"""Numbers as words: one way to print a share, an interval and a count, in prose, tables and charts alike."""

from __future__ import annotations

import math
from numbers import Real

from pipeline.reports.words import Text, plain, say

MIN_DOCUMENTS = 5


def is_number(value: object) -> bool:
    """True for a finite number."""
    return isinstance(value, Real) and not isinstance(value, bool) and math.isfinite(value)


def percent(share: object, *, digits: int = 1) -> str:
    """A share in [0, 1] as a percentage; a dash where there is none."""
    return f"{float(str(share)) * 100:.{digits}f}%" if is_number(share) else "–"


def interval(low: object, high: object) -> str:
    """`30.1–38.4%`, or a dash where no interval is given."""
    if not (is_number(low) and is_number(high)):
        return "–"
    return f"{float(str(low)) * 100:.1f}–{float(str(high)) * 100:.1f}%"


def plain_number(value: object) -> str:
    """A number in its own unit: whole ones without, others with three digits after the point."""
    if not is_number(value):
        return "–"
    found = float(str(value))
    return f"{found:.0f}" if found == int(found) and abs(found) >= 1 else f"{found:.3f}"


def quantity(value: object) -> str:
    """An amount as a reader writes it: 30, 1,200, 0.5."""
    if not is_number(value):
        return "–"
    found = float(str(value))
    return f"{found:,.0f}" if found == int(found) else f"{found:,}"


def points(difference: float, *, digits: int = 1) -> str:
    """A difference of two shares in percentage points, with its sign (a true minus)."""
    return f"{difference * 100:+.{digits}f}".replace("-", "−")


def count(value: object) -> str:
    """A whole number with thousands separators; a dash where there is none."""
    return f"{int(float(str(value))):,}" if is_number(value) else "–"


def counted(key: str, value: int) -> Text:
    """`3 documents`: the strings `<key>_one` and `<key>_many` with the count filled in."""
    return say(f"{key}_one" if value == 1 else f"{key}_many", n=count(value))


def basis(*, low: object, high: object, n_documents: object, n_sentences: object = None) -> Text:
    """Interval and n as they stand beside every estimate."""
    n = counted("documents", int(float(str(n_documents)))) if is_number(n_documents) else plain("–")
    if is_number(n_sentences):
        sentences = counted("sentences", int(float(str(n_sentences))))
        n = Text(f"{n.en}, {sentences.en}", f"{n.zh}，{sentences.zh}")
    if not (is_number(low) and is_number(high)):
        return say("basis_without_interval", n=n)
    return say("basis", interval=interval(low, high), n=n)
