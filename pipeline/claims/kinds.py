"""The kinds of measurement a claim can ask for, each from a claim to an outcome."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

import numpy as np
import pandas as pd

from pipeline.claims.counts import build_measure
from pipeline.claims.ledger import Claim
from pipeline.claims.outcome import Outcome, judge, rounded
from pipeline.claims.patterns import association, lead_in_each
from pipeline.claims.setting import (
    Setting,
    Share,
    chosen_documents,
    claim_counts,
    claim_measure,
    enough,
    interval,
    number,
    places_of,
    share,
    side,
    threshold,
)
from pipeline.claims.texts import first_use, presence, sentences_of, signatures
from pipeline.estimates.change import adjusted_contrast, find_break, slope
from pipeline.estimates.counting import count_measures, draw_slice, pool_design
from pipeline.estimates.material import Ints, as_floats
from pipeline.estimates.universe import listed


def level(setting: Setting, claim: Claim) -> Outcome:
    """A share, rate or balance against a threshold."""
    measure = claim_measure(claim)
    documents, pool = chosen_documents(setting, claim)
    found = share(setting, claim, claim_counts(setting, measure), documents, pool)
    if not enough(claim, found.n_documents):
        return Outcome("too_little_data", n_documents=found.n_documents, n_sentences=found.n_sentences)
    low, high = found.ends()
    supporting, opposing = sentences_of(setting, measure, places_of(documents), side(claim))
    return Outcome(judge(low, high, threshold=threshold(claim), side=side(claim)), rounded(found.estimate),
                   rounded(low), rounded(high), found.n_documents, found.n_sentences, {"estimator": found.used},
                   supporting, opposing)


def difference(setting: Setting, claim: Claim) -> Outcome:
    """The share in part a minus the share in part b, on shared draws, against a threshold."""
    measure = claim_measure(claim)
    counts = claim_counts(setting, measure)
    parts = [chosen_documents(setting, claim, part=_mapping(claim, key)) for key in ("a", "b")]
    found = [share(setting, claim, counts, documents, pool) for documents, pool in parts]
    numbers = _side_numbers(found)
    if not enough(claim, found[0].n_documents, found[1].n_documents):
        return Outcome("too_little_data", n_documents=sum(part.n_documents for part in found),
                       n_sentences=sum(part.n_sentences for part in found), numbers=numbers)
    estimate = found[0].estimate - found[1].estimate
    low, high = interval(found[0].draws - found[1].draws, estimate)
    in_a, in_b = (sentences_of(setting, measure, places_of(documents), "above")[0] for documents, _ in parts)
    return Outcome(judge(low, high, threshold=threshold(claim), side=side(claim)), rounded(estimate), rounded(low),
                   rounded(high), sum(part.n_documents for part in found), sum(part.n_sentences for part in found),
                   numbers, *((in_a, in_b) if side(claim) == "above" else (in_b, in_a)))


def contrast(setting: Setting, claim: Claim) -> Outcome:
    """Part a minus part b with document type and year held fixed (robust weighted least squares, raw shares)."""
    measure = claim_measure(claim)
    counts = claim_counts(setting, measure)
    parts = [chosen_documents(setting, claim, part=_mapping(claim, key), series=True)[0] for key in ("a", "b")]
    parts = [part[~part.index.isin(parts[1 - place].index)] for place, part in enumerate(parts)]
    both = pd.concat(parts)
    places = places_of(both)
    strata = _strata(both, listed(claim.measurement.get("hold")) or ["doc_type", "year"])
    in_a = np.repeat([1.0, 0.0], [len(part) for part in parts])
    fitted = adjusted_contrast(counts.numerators[places, 0], counts.denominators[places, 0], in_a, strata)
    numbers: dict[str, object] = {"documents a": len(parts[0]), "documents b": len(parts[1]),
                                  "strata with both": fitted.n_groups, "documents in them": fitted.n_documents}
    sentences = int(counts.sentences[places].sum())
    if not enough(claim, fitted.n_documents, len(parts[0]), len(parts[1])):
        return Outcome("too_little_data", n_documents=fitted.n_documents, n_sentences=sentences, numbers=numbers)
    in_parts = [sentences_of(setting, measure, places_of(part), "above")[0] for part in parts]
    ordered = in_parts if side(claim) == "above" else in_parts[::-1]
    return Outcome(judge(fitted.low, fitted.high, threshold=threshold(claim), side=side(claim)),
                   rounded(fitted.estimate), rounded(fitted.low), rounded(fitted.high), fitted.n_documents, sentences,
                   numbers, *ordered)


def _strata(documents: pd.DataFrame, held: list[str]) -> Ints:
    """A number for each combination of what is held fixed; a missing value is a value of its own."""
    lead = documents["issuers"].map(lambda issuers: (listed(issuers) or ["?"])[0])
    columns = documents.assign(lead_issuer=lead)[held].fillna("?")
    return np.asarray(columns.groupby(held).ngroup(), dtype=np.int64)


def every_year(setting: Setting, claim: Claim) -> Outcome:
    """The same threshold in each year with enough documents.

    Holds when every year's interval lies on the claimed side; fails when one lies wholly on the other side at a level
    divided by the number of years. The numbers reported are those of the year nearest to failing.
    """
    measure = claim_measure(claim)
    counts = claim_counts(setting, measure)
    documents, pool = chosen_documents(setting, claim, series=True)
    years = {str(year): share(setting, claim, counts, part, pool) for year, part in documents.groupby("year")}
    years = {year: found for year, found in years.items() if enough(claim, found.n_documents)}
    total = sum(found.n_documents for found in years.values())
    sentences = sum(found.n_sentences for found in years.values())
    if len(years) < number(claim, "minimum_years"):
        return Outcome("too_little_data", n_documents=total, n_sentences=sentences,
                       numbers={"years with enough documents": sorted(years)})
    limit, wanted = threshold(claim), side(claim)
    ends = {year: found.ends() for year, found in years.items()}
    strict = [found.ends(tests=len(years)) for found in years.values()]
    verdicts = {year: judge(*ends[year], threshold=limit, side=wanted) for year in years}
    failing = any(judge(*end, threshold=limit, side=wanted) == "fails" for end in strict)
    verdict = "fails" if failing else "holds" if set(verdicts.values()) == {"holds"} else "inconclusive"
    worst = (min if wanted == "above" else max)(years, key=lambda year: years[year].estimate)
    supporting, opposing = sentences_of(setting, measure, places_of(documents), wanted)
    return Outcome(verdict, rounded(years[worst].estimate), rounded(ends[worst][0]), rounded(ends[worst][1]), total,
                   sentences, {"weakest year": worst, "years": verdicts}, supporting, opposing)


def slope_of(setting: Setting, claim: Claim) -> Outcome:
    """Change of a share per year (raw shares; correction would stretch it, not turn its sign)."""
    measure = claim_measure(claim)
    counts = claim_counts(setting, measure)
    documents, _ = chosen_documents(setting, claim, series=True)
    places = places_of(documents)
    fitted = slope(counts.numerators[places, 0], counts.denominators[places, 0], as_floats(documents["year"].astype(int)))
    sentences = int(counts.sentences[places].sum())
    numbers: dict[str, object] = {"years": fitted.n_groups}
    if not enough(claim, fitted.n_documents) or fitted.n_groups < number(claim, "minimum_years"):
        return Outcome("too_little_data", n_documents=fitted.n_documents, n_sentences=sentences, numbers=numbers)
    supporting, opposing = sentences_of(setting, measure, places, side(claim))
    return Outcome(judge(fitted.low, fitted.high, threshold=threshold(claim), side=side(claim)),
                   rounded(fitted.estimate), rounded(fitted.low), rounded(fitted.high), fitted.n_documents, sentences,
                   numbers, supporting, opposing)


def break_year(setting: Setting, claim: Claim) -> Outcome:
    """Whether the level of a share changes in the claimed years and direction.

    Holds: permutation p below 0.05, the interval of the year inside the claimed years, the shift on the claimed side.
    Fails: p below 0.05 and the interval wholly outside, or the shift on the other side. Else inconclusive.
    """
    measure = claim_measure(claim)
    counts = claim_counts(setting, measure)
    documents, pool = chosen_documents(setting, claim, series=True)
    places, weights = pool.restrict(places_of(documents))
    years = np.asarray(documents["year"].sort_index().astype(int), dtype=np.int64)
    found = find_break(counts.numerators[places, 0], counts.denominators[places, 0], years, weights, seed=setting.seed)
    sentences = int(counts.sentences[places].sum())
    numbers: dict[str, object] = {"p of the break": rounded(found.p), "shift": rounded(found.shift)}
    if not enough(claim, found.n_documents) or not np.isfinite(found.p):
        return Outcome("too_little_data", n_documents=found.n_documents, n_sentences=sentences, numbers=numbers)
    first, last = number(claim, "from_year"), number(claim, "to_year")
    rightly = side(claim) == "either" or (found.shift > 0) == (side(claim) == "above")
    inside, outside = first <= found.low and found.high <= last, found.high < first or found.low > last
    verdict = "inconclusive"
    if found.p < 0.05 and inside and rightly:
        verdict = "holds"
    elif found.p < 0.05 and (outside or not rightly):
        verdict = "fails"
    supporting, opposing = sentences_of(setting, measure, places, side(claim))
    return Outcome(verdict, found.year, found.low, found.high, found.n_documents, sentences, numbers, supporting,
                   opposing)


def leads(setting: Setting, claim: Claim) -> Outcome:
    """Whether the claimed ones all come before every rival: least claimed share minus greatest rival share."""
    measures = [[build_measure(item) for item in _list(claim, key)] for key in ("claimed", "rivals")]
    counts = count_measures(setting.material, [*measures[0], *measures[1]])
    documents, pool = chosen_documents(setting, claim)
    places = places_of(documents)
    drawn = draw_slice(pool, counts, places, design=pool_design(pool, counts))
    size = int(drawn.n_documents.min()) if len(drawn.n_documents) else 0
    sentences = int(counts.sentences[places].sum())
    if not enough(claim, size) or not np.isfinite(drawn.estimate).all():
        return Outcome("too_little_data", n_documents=size, n_sentences=sentences)
    split = len(measures[0])
    margin = drawn.draws[:, :split].min(axis=1) - drawn.draws[:, split:].max(axis=1)
    estimate = float(drawn.estimate[:split].min() - drawn.estimate[split:].max())
    low, high = interval(margin, estimate)
    numbers: dict[str, object] = {measure.name: rounded(value) for measure, value in
                                  zip(counts.measures, drawn.estimate.tolist(), strict=True)}
    shown = [sentences_of(setting, group[0], places, "above")[0] for group in measures]
    return Outcome(judge(low, high, threshold=0.0, side="above"), rounded(estimate), rounded(low), rounded(high), size,
                   sentences, numbers, *shown)


def all_of(setting: Setting, claim: Claim) -> Outcome:
    """Several measurements that must all hold: fails when one fails; the numbers are those of the weakest part."""
    found = [KINDS[part.kind](setting, part) for part in parts_of(claim)]
    order = ("fails", "too_little_data", "inconclusive", "holds")
    weakest = min(found, key=lambda outcome: order.index(outcome.verdict))
    numbers: dict[str, object] = {f"part {place}": {"verdict": outcome.verdict, "estimate": outcome.estimate,
                                                    "low": outcome.low, "high": outcome.high,
                                                    "documents": outcome.n_documents} | outcome.numbers
                                  for place, outcome in enumerate(found, start=1)}
    return replace(weakest, numbers=numbers)


def parts_of(claim: Claim) -> list[Claim]:
    """The measurements of a claim of kind `all_of`, each as a claim of its own."""
    return [replace(claim, measurement=part) for part in _list(claim, "parts") if isinstance(part, Mapping)]


def not_testable(setting: Setting, claim: Claim) -> Outcome:
    """What no corpus of policy texts can show; `needs` says what would."""
    return Outcome("not_testable", numbers={"needs": claim.measurement["needs"]})


KINDS: dict[str, Callable[[Setting, Claim], Outcome]] = {
    "level": level, "difference": difference, "contrast": contrast, "every_year": every_year, "slope": slope_of,
    "break_year": break_year, "leads": leads, "presence": presence, "signatures": signatures, "first_use": first_use,
    "association": association, "lead_in_each": lead_in_each, "all_of": all_of, "not_testable": not_testable}


def _side_numbers(found: list[Share]) -> dict[str, object]:
    return {f"{key} {name}": value for name, part in zip("ab", found, strict=True)
            for key, value in (("share", rounded(part.estimate)), ("documents", part.n_documents),
                               ("estimator", part.used))}


def _mapping(claim: Claim, key: str) -> Mapping[str, object]:
    value = claim.measurement[key]
    assert isinstance(value, Mapping)
    return value


def _list(claim: Claim, key: str) -> list[object]:
    value = claim.measurement[key]
    assert isinstance(value, list)
    return value
