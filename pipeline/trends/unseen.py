"""What the corpus does not hold: gaps in document numbers, and how much of it would overturn a balance."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator

import pandas as pd

from pipeline.numerals import parse_number

_NUMBER = re.compile(
    r"(?P<series>[^\s〔\[［（(]{1,20})[〔\[［（(](?P<year>[12][0-9]{3})[〕\]］）)]\s?(?:第\s?)?(?P<number>[0-9]{1,5})\s?号")
MIN_SEEN = 3


def number_series(documents: pd.DataFrame) -> dict[tuple[str, str], set[int]]:
    """Serial numbers seen per issuing series and year: (国发, 2017) → {35, …}, from `doc_number`."""
    seen: dict[tuple[str, str], set[int]] = defaultdict(set)
    for text in documents["doc_number"]:
        found = read_number(text)
        if found is not None:
            seen[found[0], found[1]].add(found[2])
    return dict(seen)


def read_number(text: object) -> tuple[str, str, int] | None:
    """Series, year and serial number of a document number as printed; None where it is not of that form."""
    match = _NUMBER.search(text) if isinstance(text, str) else None
    number = parse_number(match["number"]) if match else None
    return (match["series"], match["year"], int(number)) if match and number else None


def expected_total(numbers: set[int]) -> float:
    """How many numbers a series had, from those seen: largest + largest/count - 1 (Goodman 1952)."""
    largest = max(numbers)
    return max(largest + largest / len(numbers) - 1, float(largest))


def unseen_rows(documents: pd.DataFrame) -> Iterator[dict[str, object]]:
    """One point per number series and year with at least three numbers: measure `numbered_documents`.

    The estimate is how many documents the series probably had, low the largest number seen, n_documents those seen.
    """
    for (series, year), numbers in sorted(number_series(documents).items()):
        if len(numbers) >= MIN_SEEN:
            yield {"measure": "numbered_documents", "universe": "cn_all", "grouping": "doc_number",
                   "group_value": series, "period": year, "lang": "zh", "estimator": "raw",
                   "estimate": round(expected_total(numbers), 1), "low": float(max(numbers)), "high": None,
                   "n_documents": len(numbers), "n_sentences": 0, "flags": ["count"]}


def overturning_share(balance: float) -> float:
    """Least share of unseen text, all of it of the opposite frame, that would bring a balance to zero, in [0, 0.5]."""
    return abs(balance) / (1 + abs(balance))
