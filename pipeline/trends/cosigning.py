"""Who signs with whom: pairs of issuers, who is named first, how dense the network is and how concentrated the lead."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import combinations

import numpy as np
import pandas as pd
from scipy import special

from pipeline.estimates.counting import Pool
from pipeline.estimates.intervals import (
    MIN_DOCUMENTS,
    Flags,
    Weights,
    bounds,
    spread,
    weighted_sums,
)
from pipeline.estimates.material import Floats
from pipeline.estimates.sparse import LEVEL, jeffreys
from pipeline.estimates.universe import Selection, listed

Row = dict[str, object]


def network_rows(selection: Selection, pool: Pool, *, digits: int) -> Iterator[Row]:
    """Points about signing together, over the whole of a universe, Chinese texts; pool: its weights.

    co_issued_pair (grouping issuer_pair, group_value `a|b`, ids in order): number of documents that both issued.
    leads_when_co_issued (grouping issuer): share of an issuer's co-issued documents in which it is named first, with
    a Jeffreys interval over documents. co_issuance_density: share of the pairs of issuers that sign at least one document
    together; co_issuance_centrality (grouping issuer): share of the other issuers with whom an issuer signs; both with
    a jackknife interval over documents (NULL where no single document matters); both grow with the number of documents
    held, so compare like sizes only. lead_concentration (all, and grouping topic): probability that two different
    documents have the same lead issuer (the Herfindahl index without its bias), resampled. Intervals are NULL below five
    documents.
    """
    signed = issued(selection)
    several = [issuers for issuers in signed["signed"] if len(issuers) > 1]
    pairs = Counter(pair for issuers in several for pair in combinations(sorted(issuers), 2))
    leads, members = Counter(issuers[0] for issuers in several), Counter(one for issuers in several for one in issuers)
    for (first, second), number in sorted(pairs.items()):
        yield _row(selection, "co_issued_pair", ("issuer_pair", f"{first}|{second}"), number, (float(number), None, None),
                   ["count"], digits)
    for issuer, number in sorted(members.items()):
        ends = jeffreys(leads[issuer], number) if number >= MIN_DOCUMENTS else (None, None)
        yield _row(selection, "leads_when_co_issued", ("issuer", issuer), number, (leads[issuer] / number, *ends),
                   _flags(number), digits)
    if len(signed):
        yield from _shape(selection, list(signed["signed"]), digits)
        yield from _concentration(selection, signed, pool, digits)


def issued(selection: Selection) -> pd.DataFrame:
    """Documents with a known issuer: `signed` holds them, lead first, and `topics`; index = document numbers."""
    found = selection.documents[selection.documents["in_all"] & (selection.documents["series_lang"] == "zh")]
    signed = [list(dict.fromkeys(issuer for issuer in listed(issuers) if issuer != "NIL"))
              for issuers in found["issuers"]]
    frame = pd.DataFrame({"signed": pd.Series(signed, index=found.index, dtype=object), "topics": found["topics"]})
    return frame[np.array([len(issuers) > 0 for issuers in signed], dtype=bool)].sort_index()


def co_issued(selection: Selection) -> pd.DataFrame:
    """Those with at least two known issuers."""
    frame = issued(selection)
    return frame[np.array([len(issuers) > 1 for issuers in frame["signed"]], dtype=bool)]


def _shape(selection: Selection, signed: list[list[str]], digits: int) -> Iterator[Row]:
    """Density and centralities, each with what it is when one document is left out in turn."""
    members = Counter(one for issuers in signed for one in issuers)
    ties = Counter(pair for issuers in signed for pair in combinations(sorted(issuers), 2))
    partners = Counter(one for pair in ties for one in pair)
    size = len(members)
    if size < 2:
        return
    left_out: list[float] = []
    own: dict[str, list[float]] = {issuer: [] for issuer in partners}
    for issuers in signed:
        gone = sum(members[one] == 1 for one in issuers)
        cut = [pair for pair in combinations(sorted(issuers), 2) if ties[pair] == 1]
        lost = Counter(one for pair in cut for one in pair)
        left_out.append((len(ties) - len(cut)) / _pairs(size - gone))
        for issuer in partners:
            if gone or lost[issuer]:
                own[issuer].append((partners[issuer] - lost[issuer]) / max(size - gone - 1, 1))
    yield _row(selection, "co_issuance_density", ("all", "all"), len(signed),
               _jackknife(len(ties) / _pairs(size), np.array(left_out), len(signed)), _flags(len(signed)), digits)
    for issuer in sorted(partners):
        numbers = _jackknife(partners[issuer] / (size - 1), np.array(own[issuer]), len(signed))
        known = members[issuer] >= MIN_DOCUMENTS
        yield _row(selection, "co_issuance_centrality", ("issuer", issuer), members[issuer],
                   numbers if known else (numbers[0], None, None), _flags(members[issuer]), digits)


def _pairs(size: int) -> float:
    return max(size * (size - 1) / 2, 1.0)


def _jackknife(estimate: float, left_out: Floats, size: int) -> tuple[float, float | None, float | None]:
    """Estimate with its interval; documents that change nothing when left out may be missing from `left_out`."""
    if size < MIN_DOCUMENTS:
        return estimate, None, None
    moved = left_out - estimate
    variance = (size - 1) / size * (float((moved**2).sum()) - float(moved.sum()) ** 2 / size)
    if variance <= 0:  # no single document matters, which is no proof that the next one would not
        return estimate, None, None
    reach = float(special.stdtrit(size - 1, 0.5 + LEVEL / 2)) * variance**0.5
    return estimate, max(estimate - reach, 0.0), min(estimate + reach, 1.0)


def _concentration(selection: Selection, signed: pd.DataFrame, pool: Pool, digits: int) -> Iterator[Row]:
    topics = sorted({topic for held in signed["topics"] for topic in listed(held)})
    for key in [("all", "all"), *(("topic", topic) for topic in topics)]:
        inside = [key[0] == "all" or key[1] in listed(held) for held in signed["topics"]]
        part = signed[np.array(inside, dtype=bool)]
        leads = pd.factorize(part["signed"].map(lambda issuers: issuers[0]), sort=True)[0]
        if len(part) < 2:
            continue
        _, weights = pool.restrict(part.index.to_numpy(dtype=np.int64))
        same = leads[:, None] == np.arange(leads.max() + 1)
        estimate = _alike(np.ones((1, len(part)), dtype=np.float32), same)[0]
        numbers: tuple[float, float | None, float | None] = (float(estimate), None, None)
        if len(part) >= MIN_DOCUMENTS and 0 < estimate < 1:
            draws = spread(_alike(weights, same)[:, None], np.array([estimate]),
                           np.array([float(len(part))]), scale="share")
            low, high = bounds(draws, np.array([estimate]))
            numbers = float(estimate), float(low[0]), float(high[0])
        yield _row(selection, "lead_concentration", key, len(part), numbers, _flags(len(part)), digits)


def _alike(weights: Weights, same: Flags) -> Floats:
    """Probability, per draw, that two different documents are of one group. same: documents × groups."""
    groups = weighted_sums(weights, same.astype(np.float64))
    itself = np.einsum("ij,ij->i", weights, weights, dtype=np.float64)
    return np.asarray(((groups**2).sum(axis=1) - itself) / (groups.sum(axis=1) ** 2 - itself))


def _flags(number: int) -> list[str]:
    return [] if number >= MIN_DOCUMENTS else ["too_few_documents"]


def _row(
    selection: Selection, measure: str, group: tuple[str, str], number: int,
    numbers: tuple[float, float | None, float | None], flags: list[str], digits: int
) -> Row:
    estimate, low, high = (None if value is None else round(float(value), digits) for value in numbers)
    return {"measure": measure, "universe": selection.universe.name, "grouping": group[0], "group_value": group[1],
            "period": "all", "lang": "zh", "estimator": "raw", "estimate": estimate, "low": low, "high": high,
            "n_documents": number, "n_sentences": 0, "flags": flags}
