"""Fit the linear classifiers of one language, and score sentences with models that never saw their family.

Labels are rows like those of the gold: `lang, heading, text, development, security, themes, modality, marks, senses,
family, sampled`. Nothing here is needed to run a model.
"""

from __future__ import annotations

import warnings
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix, diags, vstack
from sklearn.exceptions import ConvergenceWarning
from sklearn.svm import LinearSVC

from pipeline.codes.dense import (
    column_scale,
    common_columns,
    dense_features,
    encode_headings,
    heading_features,
)
from pipeline.codes.design import Space, fold, gram_counts, make_space, stack, vocabulary
from pipeline.codes.front import Front, centred, readable
from pipeline.codes.labels import FRAME_LABELS, MARKS, MODALITIES, TARGETS, THEMES
from pipeline.codes.model import encode_texts
from pipeline.codes.names import NameFinder, masks_of, registry_names
from pipeline.errors import TifaError, UnknownLabel

Row = Mapping[str, object]
PENALTY = 0.3
LEAST_TELLING = 0.2
"""Scale of a gram that tells nothing of a target, where the telling part has the mean square (1 - LEAST_TELLING)²."""
N_FOLDS = 5


@dataclass(frozen=True)
class Inputs:
    """Encoded sentences of one language."""

    texts: csr_matrix
    headings: csr_matrix
    cues: npt.NDArray[np.float32]
    embedded: npt.NDArray[np.float32]  # columns of an encoder, none without one


@dataclass(frozen=True)
class Fitted:
    """Linear classifiers in the stacked space."""

    space: Space
    coefficients: npt.NDArray[np.float64]
    bias: npt.NDArray[np.float64]

    def score(self, inputs: Inputs) -> npt.NDArray[np.float64]:
        """Scores, sentences × targets."""
        stacked = stack(self.space, inputs.texts, inputs.headings, inputs.embedded, inputs.cues)
        return np.asarray(stacked @ self.coefficients.T + self.bias)


def target_matrix(rows: Sequence[Row]) -> npt.NDArray[np.bool_]:
    """Truth per sentence and target. Raises: UnknownLabel for a label outside the codebook."""
    truth = np.zeros((len(rows), len(TARGETS)), dtype=bool)
    for number, row in enumerate(rows):
        names = [name for name in FRAME_LABELS[:2] if row[name]]
        names += [*_names(row, "themes", THEMES), *_names(row, "marks", MARKS)]
        if row["modality"] not in MODALITIES:
            raise UnknownLabel(f"Unknown modality {row['modality']!r}", where=str(row.get("id", number)),
                               todo=f"Use one of {', '.join(MODALITIES)}.")
        names.append(f"modality.{row['modality']}")
        truth[number, [TARGETS.index(name) for name in names]] = True
    return truth


def _names(row: Row, key: str, known: Sequence[str]) -> list[str]:
    values = row[key]
    if not isinstance(values, list) or not set(values) <= set(known):
        raise UnknownLabel(f"Unknown {key}: {values!r}", where=str(row.get("id", "?")),
                           todo=f"Use a list of {', '.join(known)}.")
    return values


def encode_rows(rows: Sequence[Row], lang: str, names: NameFinder = registry_names, front: Front | None = None) -> Inputs:
    """Sentences as the classifiers read them; `names` finds the names to mask, `front` is an encoder."""
    texts = [str(row["text"]) for row in rows]
    found = [names(text, lang) for text in texts]
    batch = encode_texts(texts, lang, [masks_of(text, own) for text, own in zip(texts, found, strict=True)])
    above = [str(row.get("heading") or "") for row in rows]
    headings = encode_headings(above, lang)
    cues = dense_features(batch, heading_features(above, headings, lang), found, lang)
    embedded = front.embed(readable(batch, lang)) if front else np.zeros((len(rows), 0), dtype=np.float32)
    return Inputs(gram_counts(batch, lang), gram_counts(headings, lang), cues, embedded)


def take(inputs: Inputs, chosen: npt.NDArray[np.bool_]) -> Inputs:
    """The chosen sentences."""
    return Inputs(inputs.texts[chosen], inputs.headings[chosen], inputs.cues[chosen], inputs.embedded[chosen])


def joined(inputs: Inputs, more: Inputs) -> Inputs:
    """The sentences of both, in this order."""
    return Inputs(vstack([inputs.texts, more.texts]).tocsr(), vstack([inputs.headings, more.headings]).tocsr(),
                  np.vstack([inputs.cues, more.cues]), np.vstack([inputs.embedded, more.embedded]))


def fit(lang: str, inputs: Inputs, truth: npt.NDArray[np.bool_], unlabelled: csr_matrix, words: Sequence[str], *,
        seed: int, alone: bool = False) -> Fitted:
    """One linear classifier per target, all in one stacked space. alone: an encoder replaces the sentences' own grams."""
    space = centred(make_space(lang, inputs.texts, inputs.headings, unlabelled, words, seed=seed), inputs.embedded)
    stacked = stack(space, inputs.texts, inputs.headings, inputs.embedded, inputs.cues)
    coefficients = np.zeros((truth.shape[1], stacked.shape[1]))
    bias = np.zeros(truth.shape[1])
    # Where a cue stands pays for modality; for the rarer targets these columns only add noise (measured).
    n_common = stacked.shape[1] - inputs.cues.shape[1] + len(common_columns(lang))
    common = stacked[:, :n_common]
    present = stacked[:, :len(space.buckets)].copy()
    present.data = np.ones_like(present.data)
    for number, name in enumerate(TARGETS):
        if truth[:, number].any() and not truth[:, number].all():
            used = stacked if name.startswith("modality.") else common
            scale = np.ones(stacked.shape[1], dtype=np.float32)
            scale[:len(space.buckets)] = how_telling(present, truth[:, number])
            scale[-inputs.cues.shape[1]:] = column_scale(name, lang)
            if alone:
                scale[:len(space.buckets) + space.views.shape[1]] = 0
            scale = scale[:used.shape[1]]
            machine = LinearSVC(C=PENALTY, random_state=seed)
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", ConvergenceWarning)
                machine.fit(used @ diags(scale), truth[:, number])
            coefficients[number, :used.shape[1]] = machine.coef_[0] * scale
            bias[number] = machine.intercept_[0]
        else:
            bias[number] = 1.0 if truth[:, number].all() else -1.0
    return Fitted(space, coefficients, bias)


def how_telling(present: csr_matrix, truth: npt.NDArray[np.bool_]) -> npt.NDArray[np.float32]:
    """Scale per gram for one target: how far its share in true rows is from that in others, as a log ratio.

    Scaled so, a gram that occurs alike in both costs more to use, one that tells them apart less (naive Bayes features
    for a linear machine, Wang & Manning 2012). present: rows × grams, 0 or 1. truth has both values.
    """
    true = present.T @ truth.astype(np.float32)
    other = np.asarray(present.sum(axis=0)).ravel() - true
    ratio: npt.NDArray[np.float64] = np.abs(np.log((1 + true) / (2 + truth.sum())) - np.log((1 + other) / (2 + (~truth).sum())))
    ratio /= max(float(np.sqrt((ratio**2).mean())), 1e-9)
    scale: npt.NDArray[np.float32] = (LEAST_TELLING + (1 - LEAST_TELLING) * ratio).astype(np.float32)
    return scale


def fold_of(families: Sequence[str], *, seed: int, n_folds: int = N_FOLDS) -> npt.NDArray[np.int64]:
    """Fold number per row; rows of one family share a fold. Depends on the set of names and the seed alone."""
    ordered = sorted(set(families))
    shuffled = np.random.default_rng(seed).permutation(len(ordered))
    number = {family: int(place) % n_folds for family, place in zip(ordered, shuffled, strict=True)}
    return np.array([number[family] for family in families], dtype=np.int64)


def folds_beside(families: Sequence[str], known: Mapping[str, int]) -> npt.NDArray[np.int64]:
    """Fold of rows that are not scored with the others: that of their family, else one that its name alone decides."""
    return np.array([known.get(family, zlib.crc32(family.encode("utf-8")) % N_FOLDS) for family in families], dtype=np.int64)


def out_of_fold(lang: str, rows: Sequence[Row], inputs: Inputs, truth: npt.NDArray[np.bool_],
                unlabelled: Sequence[tuple[str, str]], *, seed: int, names: NameFinder = registry_names,
                extra: Sequence[Row] = (), front: Front | None = None) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Scores of each sentence from models that saw neither its family's labels nor its family's text.

    unlabelled: (family, text) pairs. extra: further labelled rows to learn from; their scores come second.
    """
    folds = fold_of([str(row["family"]) for row in rows], seed=seed)
    known = {str(row["family"]): int(fold) for row, fold in zip(rows, folds, strict=True)}
    other = encode_unlabelled([text for _, text in unlabelled], lang, names)
    other_fold = folds_beside([family for family, _ in unlabelled], known)
    words = vocabulary([text for _, text in unlabelled])
    more, more_truth = encode_rows(extra, lang, names, front) if extra else None, target_matrix(extra)
    more_fold = folds_beside([str(row["family"]) for row in extra], known)
    scores, more_scores = np.zeros(truth.shape), np.zeros(more_truth.shape)
    for number in range(N_FOLDS):
        inside, beside = folds != number, more_fold != number
        learnt, answers = take(inputs, inside), truth[inside]
        if more is not None:
            learnt, answers = joined(learnt, take(more, beside)), np.vstack([answers, more_truth[beside]])
        fitted = fit(lang, learnt, answers, other[other_fold != number], words, seed=seed,
                     alone=front is not None and front.alone)
        scores[~inside] = fitted.score(take(inputs, ~inside))
        if more is not None and not beside.all():
            more_scores[~beside] = fitted.score(take(more, ~beside))
    return scores, more_scores


def encode_unlabelled(texts: Sequence[str], lang: str, names: NameFinder = registry_names) -> csr_matrix:
    """Gram counts of unlabelled sentences. Raises: TifaError when there are too few for stable directions."""
    if len(texts) < 1000:
        raise TifaError(f"Only {len(texts)} unlabelled sentences in {lang}", where="training",
                        todo="Give a larger corpus folder.")
    batch = encode_texts(texts, lang, [masks_of(text, names(text, lang)) for text in texts])
    return gram_counts(batch, lang)


def folded_arrays(fitted: Fitted) -> dict[str, npt.NDArray[np.float32]]:
    """Weights per gram, heading gram and cue, as the run-time model needs them."""
    return fold(fitted.space, fitted.coefficients)
