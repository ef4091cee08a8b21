"""Corrected shares of a slice: each kind of text with its own error rates, added up, resampled with the documents."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from pipeline.estimates.correction import KINDS, MIN_INFORMATION, Error, Errors
from pipeline.estimates.counting import Counts, Pool
from pipeline.estimates.intervals import (
    MIN_DOCUMENTS,
    Drawn,
    Flags,
    effective_documents,
    spread,
    weighted_sums,
)
from pipeline.estimates.material import Floats, Ints


@dataclass(frozen=True)
class Corrected:
    """A corrected share with its draws, which are made when they are asked for.

    estimate: NaN where the correction is not usable. usable: whether the classifier tells enough in every kind of
    text of the slice. used: the strata whose error rates were used, in the order of KINDS, without repetition.
    """

    estimate: float
    usable: bool
    used: tuple[str, ...]
    draw: Callable[[], Floats] = field(repr=False)

    @cached_property
    def draws(self) -> Floats:
        """One corrected share per draw."""
        return self.draw()


@dataclass(frozen=True)
class _Slice:
    """The documents of a slice, with the measures that can be corrected.

    members: document numbers; places: of the measures in `counts`; bare: not resampled; few: no interval is shown.
    """

    pool: Pool
    counts: Counts
    drawn: Drawn
    members: Ints
    chosen: Ints
    places: list[int]
    bare: bool
    few: bool

    @cached_property
    def kinds(self) -> Ints:
        return self.counts.kinds[self.members]

    @cached_property
    def masks(self) -> list[Flags]:
        return [self.kinds == kind for kind in range(len(KINDS))]

    @cached_property
    def sums(self) -> tuple[Floats, Floats]:
        """Hits and sentences: measures × kinds."""
        tops, bottoms = (values[self.members][:, self.places] for values in (self.counts.numerators, self.counts.denominators))
        hits, sizes = (np.stack([values[mask].sum(axis=0) for mask in self.masks], axis=-1) for values in (tops, bottoms))
        return hits, sizes

    @cached_property
    def weighted_sums(self) -> tuple[Floats, Floats]:
        """The same under each draw of the weights: draws × measures × kinds; sizes once where all measures share them."""
        tops, bottoms = (values[self.members][:, self.places] for values in (self.counts.numerators, self.counts.denominators))
        weights = self.pool.restrict(self.chosen)[1]
        parts = [weights if mask.all() else weights.T[mask].T for mask in self.masks]
        same = bool((bottoms == bottoms[:, :1]).all())
        hits, sizes = (np.stack([weighted_sums(part, values[mask]) for part, mask in zip(parts, self.masks, strict=True)], axis=-1)
                       for values in (tops, bottoms[:, :1] if same else bottoms))
        return hits, sizes

    def weighted(self, column: int, here: Ints) -> tuple[Floats, Floats]:
        """Weighted hits and sentences of one measure: draws × kinds in `here`."""
        hits, sizes = self.weighted_sums
        return hits[:, column, here], sizes[:, min(column, sizes.shape[1] - 1), here]


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
    members = pool.members[pool.inside(chosen)]
    few = not pool.complete and len(members) < MIN_DOCUMENTS
    places = [place for place, measure in enumerate(counts.measures)
              if (measure.label or "") in errors and np.isfinite(drawn.estimate[place])]
    part = _Slice(pool, counts, drawn, members, chosen, places, pool.complete or few, few)
    found = {}
    for column, place in enumerate(places):
        measure = counts.measures[place]
        here = np.flatnonzero(part.sums[1][column] > 0)
        rates = [errors[measure.label or ""][kind] for kind in here]
        known = [error for error in rates if error is not None]
        if len(known) == len(rates):
            found[measure.name] = _correct(part, column, here, known)
    return found | _balance(counts, drawn, found)


def _correct(part: _Slice, column: int, here: Ints, rates: list[Error]) -> Corrected:
    used = tuple(dict.fromkeys(error.source for error in rates))
    n_draws = part.drawn.n_draws
    if not all(error.usable for error in rates):
        return Corrected(float("nan"), False, used, lambda: np.full(n_draws, np.nan))
    hits, sizes = (values[column][here] for values in part.sums)
    shares = sizes / sizes.sum()
    estimate = float(sum(share * error.correct(value) for share, value, error in zip(shares, hits / sizes, rates, strict=True)))
    if part.few:  # no interval is shown, so nothing is drawn
        return Corrected(estimate, True, used, lambda: np.broadcast_to(estimate, n_draws))
    return Corrected(estimate, True, used, lambda: _draws(part, column, here, rates))


def _draws(part: _Slice, column: int, here: Ints, rates: list[Error]) -> Floats:
    """Corrected shares under each draw of the error rates and, unless the slice is bare, of the documents."""
    place = part.places[column]
    hits, sizes = (values[column][here] for values in part.sums)
    shares = sizes / sizes.sum()
    false = np.column_stack([1 - error.specificities for error in rates])
    slope = 1 / np.maximum(np.column_stack([error.sensitivities for error in rates]) - false, MIN_INFORMATION / 3)
    centre = np.asarray(((hits / sizes - false) * slope) @ shares)
    if part.bare:
        return centre
    if place in part.drawn.sparse:
        return np.asarray(centre + (part.drawn.column(place) - part.drawn.estimate[place]) * (slope @ shares))
    drawn_hits, drawn_sizes = part.weighted(column, here)
    values = ((drawn_hits - false * drawn_sizes) * slope).sum(axis=1) / drawn_sizes.sum(axis=1)
    least, most = (-false * slope).min(axis=1), ((1 - false) * slope).max(axis=1)
    inside = (np.stack([values, centre]) - least) / (most - least)
    effective = np.array([_effective(part, place, here, rates)])
    moved = spread(inside[0][:, None], inside[1][:, None], effective, scale="share")[:, 0]
    return np.asarray(least + (most - least) * moved)


def _effective(part: _Slice, place: int, here: Ints, rates: list[Error]) -> float:
    """Effective number of documents of the corrected hits, as `ratio_draws` counts it for raw ones."""
    slopes, false = np.ones(len(KINDS)), np.zeros(len(KINDS))
    for kind, error in zip(here, rates, strict=True):
        slopes[kind] = 1 / max(error.sensitivity + error.specificity - 1, MIN_INFORMATION / 3)
        false[kind] = 1 - error.specificity
    bottom = part.counts.denominators[part.members, place]
    top = (part.counts.numerators[part.members, place] - false[part.kinds] * bottom) * slopes[part.kinds]
    return float(effective_documents(top[:, None], bottom[:, None])[0])


def _balance(counts: Counts, drawn: Drawn, found: dict[str, Corrected]) -> dict[str, Corrected]:
    places = [counts.place(name) for name in ("balance", "development", "security")]
    plus, minus = found.get("development"), found.get("security")
    if places[0] is None or places[1] is None or places[2] is None or plus is None or minus is None:
        return {}
    both, first, second = (float(drawn.estimate[place]) for place in places if place is not None)
    added = both - (first - second)
    possible = all(one.usable and 0 <= one.estimate <= 1 for one in (plus, minus))
    return {"balance": Corrected(plus.estimate - minus.estimate + added, possible, tuple(dict.fromkeys(plus.used + minus.used)),
                                 lambda: np.asarray(plus.draws - minus.draws + added))}
