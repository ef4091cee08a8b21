"""Shares corrected for the classifier's error (Rogan & Gladen), with the uncertainty of that error."""

from __future__ import annotations

import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from pipeline.errors import KnowledgeError
from pipeline.estimates.material import Floats

MIN_INFORMATION = 0.3
"""Least sensitivity + specificity - 1 with which a share is corrected; below it the label says too little."""
_COLUMNS = {"label", "lang", "stratum", "tp", "fp", "fn", "tn"}
Rates = Mapping[tuple[str, str, str], tuple[float, float, float, float]]


@dataclass(frozen=True)
class Error:
    """Sensitivity and specificity of one label, as estimates and as draws (Jeffreys-Beta)."""

    sensitivity: float
    specificity: float
    sensitivities: Floats
    specificities: Floats

    @cached_property
    def usable(self) -> bool:
        """Whether the label says enough: by its estimate, and by all but 2.5 % of its draws."""
        information = self.sensitivities + self.specificities - 1
        return (self.sensitivity + self.specificity - 1 >= MIN_INFORMATION
                and float(np.quantile(information, 0.025)) > MIN_INFORMATION / 3)

    def correct(self, share: float) -> float:
        """The share of true labels that goes with this share of given ones; may leave [0, 1]."""
        return (share + self.specificity - 1) / (self.sensitivity + self.specificity - 1)

    def correct_draws(self, draws: Floats) -> Floats:
        """The same for draws, each with its own draw of the error rates."""
        return (draws + self.specificities - 1) / (self.sensitivities + self.specificities - 1)


def read_rates(rows: Sequence[Mapping[str, object]]) -> Rates:
    """Confusion counts by label, language and stratum.

    Raises: KnowledgeError for a row without its columns, a negative count, or a pair that stands twice.
    """
    rates: dict[tuple[str, str, str], tuple[float, float, float, float]] = {}
    for row in rows:
        if not set(row) >= _COLUMNS:
            raise KnowledgeError(f"A row of the error rates lacks {sorted(_COLUMNS - set(row))}",
                                 where="error_rates.json", todo="Train the models again.")
        key = (str(row["label"]), str(row["lang"]), str(row["stratum"]))
        counts = tuple(float(str(row[name])) for name in ("tp", "fn", "tn", "fp"))
        if key in rates or min(counts) < 0:
            raise KnowledgeError(f"The error rates of {key} are negative or stand twice", where="error_rates.json",
                                 todo="Train the models again.")
        rates[key] = (counts[0], counts[1], counts[2], counts[3])
    return rates


def draw_error(
    rates: Rates, label: str | None, *, lang: str, stratum: str, n_draws: int, seed: int
) -> Error | None:
    """Error rates of a label in a language: those of the stratum, else of `all`; None where none were measured.

    A label of which no true or no false sentence was seen has no rate either.
    """
    counts = rates.get((label or "", lang, stratum)) or rates.get((label or "", lang, "all"))
    if counts is None:
        return None
    tp, fn, tn, fp = counts
    if not tp + fn or not tn + fp:
        return None
    generator = np.random.default_rng([seed, zlib.crc32(f"{label}/{lang}/{stratum}".encode())])
    return Error(tp / (tp + fn), tn / (tn + fp), generator.beta(tp + 0.5, fn + 0.5, n_draws),
                 generator.beta(tn + 0.5, fp + 0.5, n_draws))
