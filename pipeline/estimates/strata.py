"""Corrected shares of a slice: each kind of text with its own error rates, added up, resampled with the documents."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pipeline.estimates.correction import KINDS, MIN_INFORMATION, Error, Errors
from pipeline.estimates.counting import Counts, Pool
from pipeline.estimates.intervals import (
    MIN_DOCUMENTS,
    Drawn,
    Weights,
    effective_documents,
    spread,
    weighted_sums,
)
from pipeline.estimates.material import Floats, Ints


@dataclass(frozen=True)
class Corrected:
    """A corrected share with its draws.

    estimate: NaN where the correction is not usable. usable: whether the classifier tells enough in every kind of
    text of the slice. used: the strata whose error rates were used, in the order of KINDS, without repetition.
    """

    estimate: float
    draws: Floats
    usable: bool
    used: tuple[str, ...]


@dataclass(frozen=True)
class _Sums:
    """Hits and sentences of one measure by kind of text: kinds, and draws × kinds."""

    hits: Floats
    sizes: Floats
    drawn_hits: Floats
    drawn_sizes: Floats


def correct_slice(
    pool: Pool, counts: Counts, drawn: Drawn, chosen: Ints, errors: dict[str, Errors]
) -> dict[str, Corrected]:
    """Corrected shares of the measures that carry a label with error rates, by name of the measure.

    chosen: document numbers; drawn: what `draw_slice` gave for them. The corrected hits of a slice are the sum over
    its kinds of text of (hits - fpr · sentences) / (sensitivity + specificity - 1), divided by all its sentences.
    Every draw takes one weight per document and one draw of the error rates per kind, and is moved away from its
    centre as the raw share is: on the logit of its place between the least and greatest value that hits can give.
    The balance is the corrected development minus the corrected security, plus what the listed formulas add; it is
    usable only where both are possible shares.
    Measures without a denominator, and slices with a kind of text that has no rate at all, are left out.
    """
    members, weights = pool.restrict(chosen)
    few = not pool.complete and len(members) < MIN_DOCUMENTS
    bare = pool.complete or few
    places = [place for place, measure in enumerate(counts.measures)
              if (measure.label or "") in errors and np.isfinite(drawn.estimate[place])]
    kinds = counts.kinds[members]
    found = {}
    for place, sums in zip(places, _sums(counts, members, None if bare else weights, places), strict=True):
        measure = counts.measures[place]
        here = np.flatnonzero(sums.sizes > 0)
        rates = [errors[measure.label or ""][kind] for kind in here]
        known = [error for error in rates if error is not None]
        if len(known) == len(rates):
            effective = 1.0 if bare else _effective(counts, members, kinds, here, known, place)
            found[measure.name] = _correct(sums, here, known, drawn, place, effective=effective, bare=bare, few=few)
    return found | _balance(counts, drawn, found)


def _sums(counts: Counts, members: Ints, weights: Weights | None, places: list[int]) -> list[_Sums]:
    """Weighted sums by kind of text of each measure in `places`; a slice that is not resampled has one draw."""
    tops, bottoms = counts.numerators[members][:, places], counts.denominators[members][:, places]
    inside = [counts.kinds[members] == kind for kind in range(len(KINDS))]
    given = np.ones((1, len(members)), dtype=np.float32) if weights is None else weights
    parts = [given if mask.all() else given.T[mask].T for mask in inside]
    same = bool((bottoms == bottoms[:, :1]).all()) if len(places) else True
    hits = np.stack([weighted_sums(part, tops[mask]) for part, mask in zip(parts, inside, strict=True)], axis=-1)
    sizes = np.stack([weighted_sums(part, bottoms[mask][:, :1] if same else bottoms[mask])
                      for part, mask in zip(parts, inside, strict=True)], axis=-1)
    plain = [np.stack([values[mask].sum(axis=0) for mask in inside], axis=-1) for values in (tops, bottoms)]
    return [_Sums(plain[0][column], plain[1][column], hits[:, column], sizes[:, 0 if same else column])
            for column in range(len(places))]


def _effective(
    counts: Counts, members: Ints, kinds: Ints, here: Ints, rates: list[Error], place: int
) -> float:
    """Effective number of documents of the corrected hits, as `ratio_draws` counts it for raw ones."""
    slopes, false = np.ones(len(KINDS)), np.zeros(len(KINDS))
    for kind, error in zip(here, rates, strict=True):
        slopes[kind] = 1 / max(error.sensitivity + error.specificity - 1, MIN_INFORMATION / 3)
        false[kind] = 1 - error.specificity
    bottom = counts.denominators[members, place]
    top = (counts.numerators[members, place] - false[kinds] * bottom) * slopes[kinds]
    return float(effective_documents(top[:, None], bottom[:, None])[0])


def _correct(
    sums: _Sums, here: Ints, rates: list[Error], drawn: Drawn, place: int, *, effective: float, bare: bool, few: bool
) -> Corrected:
    used = tuple(dict.fromkeys(error.source for error in rates))
    usable = all(error.usable for error in rates)
    if not usable:
        return Corrected(float("nan"), np.full(len(drawn.draws), np.nan), False, used)
    shares = sums.sizes[here] / sums.sizes[here].sum()
    hit = sums.hits[here] / sums.sizes[here]
    estimate = float(sum(share * error.correct(value) for share, value, error in zip(shares, hit, rates, strict=True)))
    if few:  # no interval is shown, so nothing is drawn
        return Corrected(estimate, np.broadcast_to(estimate, len(drawn.draws)), True, used)
    false = np.column_stack([1 - error.specificities for error in rates])
    slope = 1 / np.maximum(np.column_stack([error.sensitivities for error in rates]) - false, MIN_INFORMATION / 3)
    centre = ((hit - false) * slope) @ shares
    if bare:
        return Corrected(estimate, centre, True, used)
    if drawn.binomial[place]:
        draws = centre + (drawn.draws[:, place] - drawn.estimate[place]) * (slope @ shares)
        return Corrected(estimate, draws, True, used)
    total = sums.drawn_sizes[:, here].sum(axis=1)
    values = ((sums.drawn_hits[:, here] - false * sums.drawn_sizes[:, here]) * slope).sum(axis=1) / total
    least, most = (-false * slope).min(axis=1), ((1 - false) * slope).max(axis=1)
    inside = (np.stack([values, centre]) - least) / (most - least)
    moved = spread(inside[0][:, None], inside[1][:, None], np.array([effective]), scale="share")[:, 0]
    return Corrected(estimate, least + (most - least) * moved, True, used)


def _balance(counts: Counts, drawn: Drawn, found: dict[str, Corrected]) -> dict[str, Corrected]:
    places = [counts.place(name) for name in ("balance", "development", "security")]
    parts = [found.get("development"), found.get("security")]
    if places[0] is None or places[1] is None or places[2] is None or parts[0] is None or parts[1] is None:
        return {}
    both, first, second = (float(drawn.estimate[place]) for place in places if place is not None)
    added = both - (first - second)
    possible = all(part.usable and 0 <= part.estimate <= 1 for part in (parts[0], parts[1]))
    return {"balance": Corrected(parts[0].estimate - parts[1].estimate + added,
                                 parts[0].draws - parts[1].draws + added, possible,
                                 tuple(dict.fromkeys(parts[0].used + parts[1].used)))}
