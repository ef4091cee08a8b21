"""From sentences to documents: how often each measure counts in each document, and what a slice of them gives."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from pipeline.estimates.correction import kinds_of_text
from pipeline.estimates.intervals import (
    MIN_DOCUMENTS,
    Drawn,
    Weights,
    design_effects,
    draw_weights,
    ratio_draws,
)
from pipeline.estimates.material import Floats, Ints, Material
from pipeline.estimates.measures import Measure

N_DRAWS = 2000


@dataclass(frozen=True)
class Counts:
    """Numerators and denominators, documents × measures; of each document its body sentences and kind of text.

    kinds: place in `correction.KINDS`, which decides about the error rates.
    """

    measures: list[Measure]
    numerators: Floats = field(repr=False)
    denominators: Floats = field(repr=False)
    sentences: Floats = field(repr=False)
    kinds: Ints = field(repr=False)

    @property
    def scales(self) -> list[str]:
        """Scale of each measure."""
        return [measure.scale for measure in self.measures]

    def place(self, name: str) -> int | None:
        """Column of a measure; None where it is not counted."""
        names = [measure.name for measure in self.measures]
        return names.index(name) if name in names else None

    def only(self, places: Sequence[int]) -> Counts:
        """The same documents with some of the measures."""
        chosen = list(places)
        return Counts([self.measures[place] for place in chosen], self.numerators[:, chosen],
                      self.denominators[:, chosen], self.sentences, self.kinds)


def count_measures(material: Material, measures: Sequence[Measure]) -> Counts:
    """Count every measure in every document of the material, in the order of `material.documents`."""
    shape = (len(material.documents), len(measures))
    tops, bottoms = np.zeros(shape), np.zeros(shape)
    for place, measure in enumerate(measures):
        top, bottom = measure.vectors(material)
        if measure.unit != "document":
            top, bottom = material.per_document(top), material.per_document(bottom)
        tops[:, place], bottoms[:, place] = top, bottom
    kinds = kinds_of_text(material.documents["doc_type"])
    return Counts(list(measures), tops, bottoms, material.per_document(np.ones(len(material.body))), kinds)


@dataclass(frozen=True)
class Pool:
    """Documents of one universe and language with their one weight matrix.

    members: document numbers (in `Material.documents`), ascending. weights: n_draws × members.
    complete: the series is complete: weights are all one and the only error is the classifier's.
    """

    name: str
    members: Ints
    weights: Weights = field(repr=False)
    complete: bool
    seed: int
    _last: dict[bytes, tuple[Ints, Weights]] = field(default_factory=dict, repr=False)

    def restrict(self, chosen: Ints) -> tuple[Ints, Weights]:
        """Document numbers and weights of those members that are in `chosen` (document numbers).

        The latest answer is kept: raw and corrected shares of a slice ask one after the other.
        """
        key = chosen.tobytes()
        if key not in self._last:
            self._last.clear()
            mask = np.isin(self.members, chosen)
            self._last[key] = (self.members, self.weights) if mask.all() else (self.members[mask], self.weights.T[mask].T)
        return self._last[key]


def make_pool(
    members: Ints, *, name: str, seed: int, complete: bool = False, n_draws: int = N_DRAWS
) -> Pool:
    """The weight matrix of a universe and language."""
    if complete:
        weights = np.ones((n_draws, len(members)), dtype=np.float32)
    else:
        weights = draw_weights(len(members), n_draws=n_draws, seed=seed, name=name)
    return Pool(name, np.sort(members), weights, complete, seed)


def pool_design(pool: Pool, counts: Counts) -> Floats:
    """Design effect of each measure over the whole pool."""
    return design_effects(counts.numerators[pool.members], counts.denominators[pool.members])


def draw_slice(pool: Pool, counts: Counts, chosen: Ints, *, design: Floats) -> Drawn:
    """Estimates and draws of all measures over the chosen documents of the pool.

    A complete pool has no sampling error, and fewer than five documents have none that could be known: there the
    draws equal the estimate.
    """
    members, weights = pool.restrict(chosen)
    tops, bottoms = counts.numerators[members], counts.denominators[members]
    if pool.complete:
        return _bare(tops, bottoms, n_draws=len(weights))
    if len(members) < MIN_DOCUMENTS:
        return _bare(tops, bottoms, n_draws=len(weights))
    own_seed = pool.seed + zlib.crc32(members.tobytes())  # two slices never share the draws of the fallback
    return ratio_draws(weights, tops, bottoms, scales=counts.scales, design=design, seed=own_seed)


def _bare(tops: Floats, bottoms: Floats, *, n_draws: int) -> Drawn:
    """Estimates whose draws are the estimate."""
    with np.errstate(invalid="ignore", divide="ignore"):
        estimate = np.where(bottoms.sum(axis=0) > 0, tops.sum(axis=0) / bottoms.sum(axis=0), np.nan)
    counted = (bottoms > 0).sum(axis=0).astype(np.float64)
    draws = np.broadcast_to(estimate, (n_draws, len(estimate)))
    none = np.zeros(len(estimate), dtype=bool)
    return Drawn(estimate, draws, counted, counted, none, none, none)
