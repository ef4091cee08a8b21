"""Who signs with whom: pairs of issuers, and who is named first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import combinations

import numpy as np
import pandas as pd
from scipy import special

from pipeline.estimates.intervals import LEVEL, MIN_DOCUMENTS
from pipeline.estimates.universe import Selection, listed


def network_rows(selection: Selection, *, digits: int) -> Iterator[dict[str, object]]:
    """Points of the measures `co_issued_pair` and `leads_when_co_issued`, over the whole of a universe, Chinese texts.

    co_issued_pair (grouping issuer_pair, group_value `a|b`, ids in order): number of documents that both issued.
    leads_when_co_issued (grouping issuer): share of an issuer's co-issued documents in which it is named first, with
    a Jeffreys interval over documents; NULL below five. Documents without two known issuers say nothing here.
    """
    several = list(co_issued(selection)["signed"])
    pairs = Counter(pair for issuers in several for pair in combinations(sorted(issuers), 2))
    leads, members = Counter(issuers[0] for issuers in several), Counter(one for issuers in several for one in issuers)
    for (first, second), number in sorted(pairs.items()):
        yield _row(selection, "co_issued_pair", "issuer_pair", f"{first}|{second}", number, [float(number), None, None],
                   ["count"])
    for issuer, number in sorted(members.items()):
        low, high = _jeffreys(leads[issuer], number) if number >= MIN_DOCUMENTS else (None, None)
        numbers = [None if value is None else round(value, digits) for value in (leads[issuer] / number, low, high)]
        yield _row(selection, "leads_when_co_issued", "issuer", issuer, number, numbers,
                   [] if low is not None else ["too_few_documents"])


def co_issued(selection: Selection) -> pd.DataFrame:
    """Documents with at least two known issuers: `signed` holds them, lead first; index = document numbers."""
    found = selection.documents[selection.documents["in_all"] & (selection.documents["series_lang"] == "zh")]
    signed = [list(dict.fromkeys(issuer for issuer in listed(issuers) if issuer != "NIL"))
              for issuers in found["issuers"]]
    frame = pd.DataFrame({"signed": pd.Series(signed, index=found.index, dtype=object)})
    return frame[np.array([len(issuers) > 1 for issuers in signed], dtype=bool)].sort_index()


def _jeffreys(hits: int, size: int) -> tuple[float, float]:
    """95 % interval of a share of independent documents; closed at 0 and 1 where no or every document is a hit."""
    tail = (1 - LEVEL) / 2
    low, high = (float(special.betaincinv(hits + 0.5, size - hits + 0.5, end)) for end in (tail, 1 - tail))
    return (0.0 if hits == 0 else low), (1.0 if hits == size else high)


def _row(
    selection: Selection, measure: str, grouping: str, value: str, number: int, numbers: list[float | None],
    flags: list[str]
) -> dict[str, object]:
    return {"measure": measure, "universe": selection.universe.name, "grouping": grouping, "group_value": value,
            "period": "all", "lang": "zh", "estimator": "raw", "estimate": numbers[0], "low": numbers[1],
            "high": numbers[2], "n_documents": number, "n_sentences": 0, "flags": flags}
