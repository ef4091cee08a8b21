"""Fit the sense classifier of one language, and read occurrences out of fold."""

from __future__ import annotations

import warnings
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix
from sklearn.exceptions import ConvergenceWarning
from sklearn.svm import LinearSVC

from pipeline.codes.fitting import N_FOLDS, Row, fold_of
from pipeline.codes.labels import SENSES
from pipeline.codes.names import NameFinder, registry_names
from pipeline.codes.senses import KIND_SCALE, SenseModel, features
from pipeline.errors import TifaError, UnknownLabel
from pipeline.text import match_key, quoted_titles, security_occurrences

PENALTY = 0.1
MIN_OCCURRENCES = 2


@dataclass(frozen=True)
class Occurrences:
    """Parallel lists, one entry per occurrence. row: number of the sentence."""

    found: list[list[str]]
    sense: list[str]
    in_name: list[bool]
    named: list[bool]
    row: list[int]


def occurrences(rows: Sequence[Row], lang: str, names: NameFinder = registry_names) -> Occurrences:
    """Every labelled occurrence of the rows. Raises: TifaError when labels and occurrences differ in number."""
    result = Occurrences([], [], [], [], [])
    for number, row in enumerate(rows):
        text, labels = str(row["text"]), row["senses"]
        spans = security_occurrences(text, lang)
        if not isinstance(labels, list) or len(labels) != len(spans):
            raise TifaError(f"{len(spans)} occurrences but senses {labels!r}", where=str(row.get("id", number)),
                            todo="Give one sense per match of the contract's pattern, in order.")
        key, heading = match_key(text), match_key(str(row.get("heading") or ""))
        around = [*quoted_titles(text), *names(text, lang)] if spans else []
        for span, label in zip(spans, labels, strict=True):
            if label.rstrip("!") not in SENSES:
                raise UnknownLabel(f"Unknown sense {label!r}", where=str(row.get("id", number)),
                                   todo=f"Use one of {', '.join(SENSES)}.")
            name = next((other for other in around if other.start <= span.start and span.end <= other.end), None)
            result.found.append(features(key, span, lang, heading=heading, name=name))
            result.sense.append(label.rstrip("!"))
            result.in_name.append(label.endswith("!"))
            result.named.append(name is not None)
            result.row.append(number)
    return result


def fit_senses(lang: str, found: Sequence[Sequence[str]], sense: Sequence[str], *, seed: int) -> SenseModel:
    """A one-against-rest linear classifier over the string features; scales are folded into its weights."""
    seen = Counter(name for names in found for name in set(names))
    kept = sorted(name for name, count in seen.items() if count >= MIN_OCCURRENCES)
    rows = {name: number for number, name in enumerate(kept)}
    scale = np.array([KIND_SCALE[name[0]] for name in kept])
    cells = sorted((number, rows[name]) for number, names in enumerate(found) for name in names if name in rows)
    place = np.array(cells, dtype=np.int64).reshape(-1, 2)
    matrix = csr_matrix((scale[place[:, 1]], (place[:, 0], place[:, 1])), shape=(len(found), len(kept)))
    weights, bias = np.zeros((len(kept), len(SENSES))), np.full(len(SENSES), -1.0)
    for column, name in enumerate(SENSES):
        truth = np.array([one == name for one in sense])
        if truth.any() and not truth.all():
            machine = LinearSVC(C=PENALTY, random_state=seed)
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", ConvergenceWarning)
                machine.fit(matrix, truth)
            weights[:, column], bias[column] = machine.coef_[0] * scale, machine.intercept_[0]
    return SenseModel(lang, rows, weights.astype(np.float32), bias.astype(np.float32))


def senses_out_of_fold(lang: str, rows: Sequence[Row], every: Occurrences, *, seed: int) -> list[str]:
    """The sense of each occurrence, read by a model that saw none of its family."""
    folds: npt.NDArray[np.int64] = fold_of([str(row["family"]) for row in rows], seed=seed)
    own = folds[np.array(every.row, dtype=np.int64)]
    read = [""] * len(every.sense)
    for number in range(N_FOLDS):
        inside = np.flatnonzero(own != number)
        model = fit_senses(lang, [every.found[n] for n in inside], [every.sense[n] for n in inside], seed=seed)
        for n in np.flatnonzero(own == number):
            read[n] = model.sense(every.found[n])
    return read
