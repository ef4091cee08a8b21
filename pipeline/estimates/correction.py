"""Shares corrected for the classifier's error (Rogan & Gladen), with the uncertainty of that error.

Error rates differ between kinds of text: a statute that names a duty of security is easily told, a speech that links
it to growth is not. One pooled false positive rate therefore takes more hits from statutes than they have. The
correction is linear in hits, so each kind of text (statute, soft, speech) is corrected with the rates measured on
that kind, and the corrected hits are added up (`pipeline.estimates.strata`).
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from pipeline.errors import KnowledgeError
from pipeline.estimates.material import Floats, Ints
from pipeline.knowledge import genre_of

KINDS = ("statute", "soft", "speech")
"""Kinds of text with error rates of their own, as they stand in the column `stratum`."""
MIN_LABELLED = 20
"""True (false) sentences of a kind that must have been labelled before its own sensitivity (specificity) is used."""
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
    source: str = "all"
    """Stratum of the error rates that the numbers come from."""

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


def kinds_of_text(doc_types: Iterable[object]) -> Ints:
    """Places in KINDS of document types; every type that is no statute and no speech, or unknown, is soft."""
    known: dict[object, int] = {}
    for doc_type in (given := [value if isinstance(value, str) else None for value in doc_types]):
        if doc_type not in known:
            known[doc_type] = KINDS.index(genre_of(doc_type))
    return np.array([known[doc_type] for doc_type in given], dtype=np.int64)


Errors = tuple[Error | None, ...]
"""Error rates of one label, one entry per kind of text; kinds without own rates share those of the language."""


def draw_errors(
    rates: Rates, labels: Iterable[str], *, lang: str, stratum: str, n_draws: int, seed: int
) -> dict[str, Errors]:
    """Error rates of each label for each kind of text.

    stratum: CN or other; it decides where the kind has no rates of its own and the language has rates of `stratum`
    (English only). Labels that were never measured in this language are left out.
    """
    found = {}
    for label in sorted(set(labels)):
        wide = _draw(rates, label, _wide_stratum(rates, label, lang, stratum), lang=lang, n_draws=n_draws, seed=seed)
        own = tuple(_of_kind(rates, label, kind, wide, lang=lang, n_draws=n_draws, seed=seed) for kind in KINDS)
        if any(error is not None for error in own):
            found[label] = own
    return found


def draw_error(
    rates: Rates, label: str | None, *, lang: str, stratum: str, n_draws: int, seed: int
) -> Error | None:
    """Error rates of a label in a language: those of the stratum, else of `all`; None where none were measured.

    A label of which no true or no false sentence was seen has no rate either.
    """
    name = label or ""
    return _draw(rates, name, _wide_stratum(rates, name, lang, stratum), lang=lang, n_draws=n_draws, seed=seed)


def _wide_stratum(rates: Rates, label: str, lang: str, stratum: str) -> str:
    return stratum if (label, lang, stratum) in rates else "all"


def _of_kind(
    rates: Rates, label: str, kind: str, wide: Error | None, *, lang: str, n_draws: int, seed: int
) -> Error | None:
    """Rates of one kind of text: sensitivity and specificity each its own where enough sentences were labelled with
    (without) the label, else that of the language."""
    counts = rates.get((label, lang, kind), (0.0, 0.0, 0.0, 0.0))
    positives, negatives = counts[0] + counts[1] >= MIN_LABELLED, counts[2] + counts[3] >= MIN_LABELLED
    if not (positives or negatives) or (wide is None and not (positives and negatives)):
        return wide
    own = _error(counts, f"{label}/{lang}/{kind}", kind, n_draws=n_draws, seed=seed)
    if wide is None or (positives and negatives):
        return own
    hit, miss = (own, wide) if positives else (wide, own)
    return Error(hit.sensitivity, miss.specificity, hit.sensitivities, miss.specificities, f"{kind}/{wide.source}")


def _draw(rates: Rates, label: str, stratum: str, *, lang: str, n_draws: int, seed: int) -> Error | None:
    counts = rates.get((label, lang, stratum))
    if counts is None or not counts[0] + counts[1] or not counts[2] + counts[3]:
        return None
    return _error(counts, f"{label}/{lang}/{stratum}", stratum, n_draws=n_draws, seed=seed)


def _error(counts: tuple[float, float, float, float], name: str, source: str, *, n_draws: int, seed: int) -> Error:
    """Both rates; the one whose sentences nobody saw is 0 and must not be used."""
    tp, fn, tn, fp = counts
    generator = np.random.default_rng([seed, zlib.crc32(name.encode())])
    return Error(tp / max(tp + fn, 1.0), tn / max(tn + fp, 1.0), generator.beta(tp + 0.5, fn + 0.5, n_draws),
                 generator.beta(tn + 0.5, fp + 0.5, n_draws), source)
