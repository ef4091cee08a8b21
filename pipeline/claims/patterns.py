"""Claims about how two things go together, and about who leads in each area."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pandas as pd
from scipy import special, stats

from pipeline.claims.counts import build_measure
from pipeline.claims.ledger import Claim
from pipeline.claims.outcome import Outcome, judge, rounded
from pipeline.claims.setting import (
    Setting,
    chosen_documents,
    claim_counts,
    enough,
    number,
    places_of,
    side,
    threshold,
)
from pipeline.claims.texts import sentences_of
from pipeline.estimates.material import Floats
from pipeline.estimates.sparse import LEVEL
from pipeline.estimates.universe import listed

MIN_UNITS = 10


def association(setting: Setting, claim: Claim) -> Outcome:
    """Spearman's rank correlation of two measures over documents or quarters, against a threshold.

    Interval: Fisher's z with the variance of Bonett & Wright 2000. Units in which either measure has no denominator say
    nothing; at least ten must be left.
    """
    documents, _ = chosen_documents(setting, claim, series=claim.measurement["by"] == "quarter")
    places = places_of(documents)
    measures = [build_measure(claim.measurement[key]) for key in ("x", "y")]
    counts = [claim_counts(setting, measure) for measure in measures]
    units = _units(documents, str(claim.measurement["by"]))
    shares = [_shares(one.numerators[places, 0], one.denominators[places, 0], units) for one in counts]
    known = np.isfinite(shares[0]) & np.isfinite(shares[1])
    sentences = int(counts[0].sentences[places].sum())
    numbers: dict[str, object] = {"units": int(known.sum()), "unit": claim.measurement["by"]}
    least = max(MIN_UNITS, number(claim, "minimum_units"))
    if not enough(claim, len(documents)) or known.sum() < least or any(np.ptp(share[known]) == 0 for share in shares):
        return Outcome("too_little_data", n_documents=len(documents), n_sentences=sentences, numbers=numbers)
    found = float(stats.spearmanr(shares[0][known], shares[1][known]).statistic)
    reach = float(special.ndtri(0.5 + LEVEL / 2)) * float(np.sqrt((1 + found**2 / 2) / (known.sum() - 3)))
    low, high = (float(np.tanh(np.arctanh(np.clip(found, -0.999999, 0.999999)) + end)) for end in (-reach, reach))
    shown = [sentences_of(setting, measure, places, "above")[0] for measure in measures]
    return Outcome(judge(low, high, threshold=threshold(claim), side=side(claim)), rounded(found), rounded(low),
                   rounded(high), len(documents), sentences, numbers, *shown)


def _units(documents: pd.DataFrame, by: str) -> pd.Series:
    """Number of the unit each document belongs to; -1 for a date that does not say the quarter."""
    if by == "document":
        return pd.Series(np.arange(len(documents)), index=documents.index)
    dates = documents["date_issued"].where(documents["date_issued"].str.len() >= len("2019-03"))
    quarter = dates.str[:4] + "-" + ((dates.str[5:7].astype("Float64") + 2) // 3).astype("string")
    return pd.Series(pd.factorize(quarter, sort=True)[0], index=documents.index)


def _shares(top: Floats, bottom: Floats, units: pd.Series) -> Floats:
    here = units.to_numpy() >= 0
    numbers = units.to_numpy()[here]
    tops, bottoms = (np.bincount(numbers, values[here]) for values in (top, bottom))
    return np.where(bottoms > 0, tops / np.where(bottoms > 0, bottoms, 1), np.nan)


def lead_in_each(setting: Setting, claim: Claim) -> Outcome:
    """Whether in each listed topic one issuer leads (is named first in) more than a threshold of the documents.

    Clopper-Pearson intervals over documents with a known lead issuer. Holds when every topic's interval lies above;
    fails when one lies wholly below at a level divided by the number of topics. The most frequent issuer is chosen by
    the same documents, so its share is somewhat too high; the numbers reported are those of the least led topic.
    """
    documents, _ = chosen_documents(setting, claim)
    leads = documents["issuers"].map(lambda issuers: (listed(issuers) or ["NIL"])[0])
    found: dict[str, tuple[str, int, int]] = {}
    for topic in listed(claim.measurement["topics"]):
        inside = documents["topics"].map(lambda held, wanted=topic: wanted in listed(held)) & leads.ne("NIL")
        if enough(claim, int(inside.sum())):
            counted = Counter(leads[inside])
            first = min(counted, key=lambda issuer: (-counted[issuer], issuer))
            found[topic] = first, counted[first], int(inside.sum())
    numbers: dict[str, object] = {f"lead in {topic}": f"{issuer}: {hits} of {size}" for topic, (issuer, hits, size) in found.items()}
    if len(found) < number(claim, "minimum_topics", 1):
        return Outcome("too_little_data", n_documents=len(documents), numbers=numbers)
    ends = {topic: _exact(hits, size, 1) for topic, (_, hits, size) in found.items()}
    strict = [_exact(hits, size, len(found)) for _, hits, size in found.values()]
    limit = threshold(claim)
    verdict = "inconclusive"
    if any(high < limit for _, high in strict):
        verdict = "fails"
    elif all(low > limit for low, _ in ends.values()):
        verdict = "holds"
    worst = min(found, key=lambda topic: found[topic][1] / found[topic][2])
    return Outcome(verdict, rounded(found[worst][1] / found[worst][2]), rounded(ends[worst][0]), rounded(ends[worst][1]),
                   len(documents), 0, numbers | {"least led": worst})


def _exact(hits: int, size: int, tests: int) -> tuple[float, float]:
    tail = (1 - LEVEL) / 2 / tests
    low = 0.0 if hits == 0 else float(special.betaincinv(hits, size - hits + 1, tail))
    return low, 1.0 if hits == size else float(special.betaincinv(hits + 1, size - hits, 1 - tail))
