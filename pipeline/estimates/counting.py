"""From sentences to documents: how often each measure counts in each document, and what a slice of them gives."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pandas as pd

from pipeline.estimates.correction import kinds_of_text
from pipeline.estimates.intervals import (
    MIN_DOCUMENTS,
    Drawn,
    Flags,
    Weights,
    design_effects,
    document_weights,
    ratio,
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
    """Documents of one universe and language, and the weights of their draws.

    members: document numbers (in `Material.documents`), ascending; doc_ids: theirs.
    complete: the series is complete: weights are all one and the only error is the classifier's.
    """

    members: Ints
    doc_ids: npt.NDArray[np.object_] = field(repr=False)
    complete: bool
    seed: int
    n_draws: int
    _last: dict[bytes, tuple[Ints, Weights]] = field(default_factory=dict, repr=False)

    @cached_property
    def weights(self) -> Weights:
        """n_draws × members; those of a document hang on the seed and its doc_id alone."""
        if self.complete:
            return np.ones((self.n_draws, len(self.members)), dtype=np.float32)
        return document_weights(self.doc_ids.tolist(), n_draws=self.n_draws, seed=self.seed)

    def inside(self, chosen: Ints) -> Flags:
        """Which members are in `chosen` (document numbers)."""
        return np.isin(self.members, chosen)

    def restrict(self, chosen: Ints) -> tuple[Ints, Weights]:
        """Document numbers and weights of those members that are in `chosen` (document numbers).

        The latest answer is kept: raw and corrected shares of a slice ask one after the other.
        """
        key = chosen.tobytes()
        if key not in self._last:
            self._last.clear()
            mask = self.inside(chosen)
            self._last[key] = (self.members, self.weights) if mask.all() else (self.members[mask], self.weights.T[mask].T)
        return self._last[key]


def make_pool(documents: pd.DataFrame, *, seed: int, complete: bool = False, n_draws: int = N_DRAWS) -> Pool:
    """The pool of some rows of `Material.documents` (index: document numbers)."""
    documents = documents.sort_index()
    return Pool(documents.index.to_numpy(dtype=np.int64), documents["doc_id"].to_numpy(dtype=object), complete, seed, n_draws)


def pool_design(pool: Pool, counts: Counts) -> Floats:
    """Design effect of each measure over the whole pool."""
    return design_effects(counts.numerators[pool.members], counts.denominators[pool.members])


def draw_slice(pool: Pool, counts: Counts, chosen: Ints, *, design: Floats) -> Drawn:
    """Estimates of all measures over the chosen documents of the pool; draws are made when they are asked for.

    A complete pool has no sampling error, and fewer than five documents have none that could be known: there the
    draws equal the estimate.
    """
    inside = pool.inside(chosen)
    members = pool.members[inside]
    tops, bottoms = counts.numerators[members], counts.denominators[members]
    if pool.complete or len(members) < MIN_DOCUMENTS:
        return _bare(tops, bottoms, n_draws=pool.n_draws)
    own_seed = pool.seed + zlib.crc32("\0".join(pool.doc_ids[inside]).encode())  # two slices never share the draws of sparse measures
    return ratio_draws(lambda: pool.restrict(chosen)[1], tops, bottoms, scales=counts.scales, design=design, seed=own_seed,
                       n_draws=pool.n_draws)


def _bare(tops: Floats, bottoms: Floats, *, n_draws: int) -> Drawn:
    """Estimates whose draws are the estimate."""
    estimate = ratio(tops, bottoms)
    counted = (bottoms > 0).sum(axis=0).astype(np.float64)
    none = np.zeros(len(estimate), dtype=bool)
    return Drawn(estimate, counted, none, none, {}, n_draws, 0, lambda: np.broadcast_to(estimate, (n_draws, len(estimate))))
