"""Fit the sense classifier of one language, and read occurrences out of fold."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix, vstack
from sklearn.exceptions import ConvergenceWarning
from sklearn.svm import LinearSVC

from pipeline.codes.fitting import N_FOLDS, Row, fold_of
from pipeline.codes.labels import SENSES
from pipeline.codes.names import NameFinder, registry_names
from pipeline.codes.sense_features import N_BUCKETS, Occurrence, sense_features
from pipeline.codes.senses import SenseModel, occurrences_in, sense_model
from pipeline.errors import TifaError, UnknownLabel

PENALTY = 0.1
MIN_OCCURRENCES = 2


@dataclass(frozen=True)
class Occurrences:
    """features: occurrences × buckets. The lists are parallel to its rows; row: number of the sentence."""

    features: csr_matrix
    sense: list[str]
    in_name: list[bool]
    named: list[bool]
    row: list[int]


def occurrences(rows: Sequence[Row], lang: str, names: NameFinder = registry_names) -> Occurrences:
    """Every labelled occurrence of the rows; rows whose `senses` is None were not coded for it and are left out.

    Raises: TifaError when labels and occurrences differ in number, UnknownLabel for a sense outside the codebook.
    """
    found: list[Occurrence] = []
    labels: list[str] = []
    for number, row in enumerate(rows):
        given, text = row["senses"], str(row["text"])
        if given is None:
            continue
        places = occurrences_in(text, names(text, lang), lang)
        if not isinstance(given, list) or len(given) != len(places):
            raise TifaError(f"{len(places)} occurrences but senses {given!r}", where=str(row.get("id", number)),
                            todo="Give one sense per match of the contract's pattern, in order.")
        if unknown := [one for one in given if one.rstrip("!") not in SENSES]:
            raise UnknownLabel(f"Unknown sense {unknown[0]!r}", where=str(row.get("id", number)),
                               todo=f"Use one of {', '.join(SENSES)}.")
        found += [Occurrence(number, span, name) for span, name in places]
        labels += given
    return Occurrences(_matrix(rows, found, lang), [one.rstrip("!") for one in labels],
                       [one.endswith("!") for one in labels], [one.name is not None for one in found],
                       [one.row for one in found])


def _matrix(rows: Sequence[Row], found: Sequence[Occurrence], lang: str) -> csr_matrix:
    sensed = sense_features([str(row["text"]) for row in rows], [str(row.get("heading") or "") for row in rows], found, lang)
    n_found, n_slots = sensed.local.shape
    owner = np.concatenate([np.repeat(np.arange(n_found), n_slots), sensed.owner])
    column = np.concatenate([sensed.local.ravel(), sensed.context])
    scale = np.concatenate([np.tile(sensed.scale, n_found), sensed.context_scale])
    kept = column > 0
    return csr_matrix((scale[kept], (owner[kept], column[kept])), shape=(n_found, N_BUCKETS))


def fit_senses(lang: str, features: csr_matrix, sense: Sequence[str], *, seed: int) -> SenseModel:
    """A one-against-rest linear classifier over the buckets seen in at least two occurrences."""
    buckets = np.flatnonzero(np.bincount(features.indices, minlength=N_BUCKETS) >= MIN_OCCURRENCES)
    matrix = features[:, buckets]
    weights, bias = np.zeros((len(buckets), len(SENSES))), np.full(len(SENSES), -1.0)
    for column, name in enumerate(SENSES):
        truth = np.array([one == name for one in sense])
        if truth.any() and not truth.all():
            machine = LinearSVC(C=PENALTY, random_state=seed)
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", ConvergenceWarning)
                machine.fit(matrix, truth)
            weights[:, column], bias[column] = machine.coef_[0], machine.intercept_[0]
    return sense_model(lang, buckets, weights.astype(np.float32), bias.astype(np.float32))


def senses_out_of_fold(lang: str, rows: Sequence[Row], every: Occurrences, *, seed: int, extra: Sequence[Row] = (),
                       more: Occurrences | None = None) -> list[str]:
    """The sense of each occurrence, read by a model that saw none of its family.

    extra, more: further rows and their occurrences, learnt from where their family is not held out.
    """
    families = [str(row["family"]) for row in rows]
    folds: npt.NDArray[np.int64] = fold_of(families, seed=seed)
    number_of = dict(zip(families, folds, strict=True))
    own = folds[np.array(every.row, dtype=np.int64)]
    other = np.array([number_of.get(str(extra[row]["family"]), -1) for row in more.row] if more else [], dtype=np.int64)
    read = np.full(len(own), "", dtype=object)
    for number in range(N_FOLDS):
        inside, beside = np.flatnonzero(own != number), np.flatnonzero(other != number)
        features, sense = every.features[inside], [every.sense[n] for n in inside]
        if more is not None and len(beside):
            features = vstack([features, more.features[beside]]).tocsr()
            sense += [more.sense[n] for n in beside]
        model = fit_senses(lang, features, sense, seed=seed)
        held = np.flatnonzero(own == number)
        scores = every.features[held][:, np.flatnonzero(model.index)] @ model.weights[1:] + model.bias
        read[held] = np.array(SENSES, dtype=object)[np.argmax(scores, axis=1)]
    return [str(one) for one in read]
