"""Where documents do not differ enough to be resampled: distributions with exact ends.

A share that few documents hit (or are free of) has the ends of Clopper & Pearson for as many independent sentences as its
documents are worth (Korn & Graubard 1998); where nothing is hit, or nothing is free of hits, Jeffreys' interval (Brown, Cai &
DasGupta 2001). Differences take Jeffreys' interval on [-1, 1]; rates per length the Gamma one of their hits.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import special

from pipeline.estimates.material import Floats

LEVEL = 0.95
Z = float(special.ndtri(0.5 + LEVEL / 2))
EDGE = 1e-9


@dataclass(frozen=True)
class Sparse:
    """A distribution whose lower end comes from one law and whose upper end from another.

    lower, upper: parameters of a Beta law, or (shape, 0) of a Gamma law. The value is origin + unit × what the law gives.
    """

    lower: tuple[float, float]
    upper: tuple[float, float]
    origin: float = 0.0
    unit: float = 1.0

    def ends(self, tail: float) -> tuple[float, float]:
        """The values below (above) which lies a share `tail` of the distribution."""
        low, high = (_quantile(law, p) for law, p in ((self.lower, tail), (self.upper, 1 - tail)))
        return self.origin + self.unit * low, self.origin + self.unit * high

    def draws(self, n_draws: int, *, seed: int) -> Floats:
        """Draws in random order: the lower half from the lower law, the upper half from the upper one."""
        generator = np.random.default_rng([seed, n_draws])
        if self.lower == self.upper:
            return self.origin + self.unit * _drawn(generator, self.lower, n_draws)
        below, above = (np.sort(_drawn(generator, law, n_draws)) for law in (self.lower, self.upper))
        both = np.concatenate([below[: n_draws // 2], above[n_draws // 2:]])
        return self.origin + self.unit * generator.permutation(both)


def _quantile(law: tuple[float, float], p: float) -> float:
    return float(special.betaincinv(*law, p) if law[1] else special.gammaincinv(law[0], p))


def _drawn(generator: np.random.Generator, law: tuple[float, float], n_draws: int) -> Floats:
    return generator.beta(*law, n_draws) if law[1] else generator.gamma(law[0], 1.0, n_draws)


def rare_share(estimate: float, column: Floats, *, design: float, scarce: int) -> Sparse:
    """Clopper and Pearson's law of a share. column: sentences of each document; scarce: documents with the rarer of the two."""
    size = _known_sentences(column, design, scarce)
    hits, misses = estimate * size, (1 - estimate) * size
    return Sparse((max(hits, EDGE), misses + 1), (hits + 1, max(misses, EDGE)))


def _known_sentences(column: Floats, design: float, scarce: int) -> float:
    """How many independent sentences a rare share rests on; documents that count once each are independent already.

    Else sentences over the design effect and over (t/z)², t having half as many degrees of freedom as documents are hit,
    because the design effect of a skewed share is known from no more than those. Never fewer than there are documents
    (effective, by length): shares of documents scatter at most as yes and no would, which are their extreme case.
    """
    if column.max() <= 1:
        return float(column.sum())
    documents = float(column.sum() ** 2 / (column**2).sum())
    inflation = (float(special.stdtrit(max(scarce / 2, 1), 0.5 + LEVEL / 2)) / Z) ** 2
    return max(float(column.sum()) / design / inflation, documents)


def flat_measure(estimate: float, column: Floats, top: Floats, *, scale: str, design: float) -> Sparse:
    """Jeffreys' law of a share or difference, the Gamma law of a rate, where (almost) no document differs from the others."""
    documents = float((column > 0).sum())
    size = documents if not np.isfinite(design) else max(documents, float(column.sum()) / design)
    if scale == "rate":
        hits = float((top > 0).sum())
        unit = max(float(top.sum()) / max(hits, 1.0), 1.0) / max(float(column.sum()), EDGE)
        return Sparse((hits + 0.5, 0.0), (hits + 0.5, 0.0), unit=unit)
    share = min(max((estimate + 1) / 2 if scale == "difference" else estimate, 0.0), 1.0)  # corrected ones may lie outside
    law = share * size + 0.5, (1 - share) * size + 0.5
    return Sparse(law, law, origin=-1.0, unit=2.0) if scale == "difference" else Sparse(law, law)


def jeffreys(hits: int, size: int) -> tuple[float, float]:
    """95 % interval of a share of independent documents; closed at 0 and 1 where no or every document is a hit."""
    tail = (1 - LEVEL) / 2
    low, high = (float(special.betaincinv(hits + 0.5, size - hits + 0.5, end)) for end in (tail, 1 - tail))
    return (0.0 if hits == 0 else low), (1.0 if hits == size else high)
