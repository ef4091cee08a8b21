"""How well the classifiers read sentences they have not seen: cross-validation by family, or a labels file.

Decisions in cross-validation use thresholds and calibration curves fitted on the other folds' scores, so no number
rests on the sentences it is computed from.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from pipeline.codes.coding import label_sentences
from pipeline.codes.decisions import calibrate, drawn_at_random, row_weights, threshold
from pipeline.codes.fitting import (
    N_FOLDS,
    Row,
    encode_rows,
    fold_of,
    folds_beside,
    out_of_fold,
    target_matrix,
)
from pipeline.codes.front import Front
from pipeline.codes.labels import FRAME_LABELS, FRAMES, LANGUAGES, MARKS, MODALITIES, TARGETS, THEMES
from pipeline.codes.metrics import (
    calibration_interval,
    f1_interval,
    family_draws,
    mean_interval,
    reliability,
    share_interval,
)
from pipeline.codes.names import NameFinder, registry_names
from pipeline.codes.sense_fitting import occurrences, senses_out_of_fold

MIN_POSITIVES = 40
Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
_FOLDS_READ, _RULED = (0, 1, 2), frozenset({"modality", "marks", "senses", *MARKS})
_FIRST_MODALITY = len(FRAME_LABELS)
_FIRST_MARK = _FIRST_MODALITY + len(MODALITIES)


@dataclass(frozen=True)
class Reading:
    """What was said about the rows of one language, beside the truth."""

    lang: str
    rows: list[Row]
    truth: npt.NDArray[np.bool_]
    said: npt.NDArray[np.bool_]  # sentences × TARGETS; exactly one modality per row
    p: npt.NDArray[np.float64]  # sentences × FRAME_LABELS
    sense_truth: list[str]
    sense_said: list[str]
    sense_row: list[int]
    name_right: list[bool]
    scores: npt.NDArray[np.float64] = field(default_factory=lambda: np.zeros((0, 0)))
    beside: Beside | None = None


@dataclass(frozen=True)
class Beside:
    """Rows learnt from and not scored, as read out of fold: those drawn at random within a stratum."""

    rows: list[Row]
    truth: npt.NDArray[np.bool_]
    said: npt.NDArray[np.bool_]


def cross_validate(rows: Sequence[Row], lang: str, unlabelled: Sequence[tuple[str, str]], *, seed: int = 0,
                   names: NameFinder = registry_names, extra: Sequence[Row] = (), front: Front | None = None) -> Reading:
    """Five folds by `family`: every sentence read by models that saw nothing of its family.

    unlabelled: (family, text) pairs of the training corpus; a held-out family's text is left out too. extra: labelled
    rows that are learnt from where their family is not held out, and never scored. front: an encoder before the head.
    """
    mine = [row for row in rows if row["lang"] == lang]
    more = [row for row in extra if row["lang"] == lang]
    inputs, truth = encode_rows(mine, lang, names, front), target_matrix(mine)
    scores, other = out_of_fold(lang, mine, inputs, truth, unlabelled, seed=seed, names=names, extra=more, front=front)
    folds = fold_of([str(row["family"]) for row in mine], seed=seed)
    known = {str(row["family"]): int(fold) for row, fold in zip(mine, folds, strict=True)}
    other_folds = folds_beside([str(row["family"]) for row in more], known)
    random = drawn_at_random([row.get("sampled") for row in mine])
    said, p, other_said = decide(scores, truth, folds, random, other, other_folds)
    drawn = drawn_at_random([row.get("sampled") for row in more])
    beside = Beside([row for row, own in zip(more, drawn, strict=True) if own], target_matrix(more)[drawn], other_said[drawn])
    every = occurrences(mine, lang, names)
    read = senses_out_of_fold(lang, mine, every, seed=seed, extra=more, more=occurrences(more, lang, names))
    right = [one == other for one, other in zip(every.in_name, every.named, strict=True)]
    return Reading(lang, mine, truth, said, p, every.sense, read, every.row, right, scores, beside)


def decide(scores: Floats, truth: Bools, folds: npt.NDArray[np.int64], random: Bools, other: Floats,
           other_folds: npt.NDArray[np.int64]) -> tuple[Bools, Floats, Bools]:
    """Decisions and probabilities of each fold, with thresholds and curves from the other folds' scores.

    random: which rows were drawn at random (see pipeline.codes.decisions). other, other_folds: scores and folds of
    rows that no threshold is chosen on; their decisions come third.
    """
    said, p = _best_modality(scores), np.zeros((len(truth), len(FRAME_LABELS)))
    other_said = _best_modality(other)
    for number in range(N_FOLDS):
        own, others, beside = folds == number, folds != number, other_folds == number
        for column, name in enumerate(TARGETS):
            if name.startswith("modality."):
                continue
            known, answers = scores[others, column], truth[others, column]
            cut = threshold(name, known, answers, random[others])
            said[own, column] = scores[own, column] > cut
            other_said[beside, column] = other[beside, column] > cut
            if column < len(FRAME_LABELS):
                slope, intercept = calibrate(known, answers, row_weights(answers, random[others]))
                p[own, column] = 1 / (1 + np.exp(-(slope * scores[own, column] + intercept)))
    return said, p, other_said


def _best_modality(scores: Floats) -> Bools:
    """Decisions that say one modality per row and nothing else."""
    said = np.zeros(scores.shape, dtype=bool)
    best = np.argmax(scores[:, _FIRST_MODALITY:_FIRST_MARK], axis=1)
    said[np.arange(len(said)), _FIRST_MODALITY + best] = True
    return said


def read_with_shipped(rows: Sequence[Row], lang: str, *, names: NameFinder = registry_names) -> Reading:
    """The same rows read by the shipped models. Honest only for rows they were not trained on."""
    mine = [row for row in rows if row["lang"] == lang]
    truth = target_matrix(mine)
    texts, headings = [str(row["text"]) for row in mine], [str(row.get("heading") or "") for row in mine]
    labelled = label_sentences(texts, headings, [names(text, lang) for text in texts], lang)
    modality = np.array([[name == one for name in MODALITIES] for one in labelled.modality]).reshape(-1, len(MODALITIES))
    said = np.hstack([labelled.frames, modality, labelled.marks])
    every = occurrences(mine, lang, names)
    read = [sense for found in labelled.senses for _, sense, _ in found]
    right = [one == other for one, other in zip(every.in_name, every.named, strict=True)]
    return Reading(lang, mine, truth, said, labelled.p, every.sense, read, every.row, right)


def metric_rows(reading: Reading, *, seed: int = 0) -> list[dict[str, object]]:
    """All metrics of one language, on all rows and on those sampled at random.

    For what rules were written for by reading errors (modality, marks, senses) also on the families read for that
    (tuned) and on the others (untouched), where scores of a cross-validation with the seed 0 are given.
    Returns: mappings lang, rows (all, random, tuned, untouched), label, metric (f1, accuracy, ece), value, low, high, n, n_positive.
    """
    result = []
    random = np.array([row.get("sampled") == "random" for row in reading.rows], dtype=bool)
    for part, chosen in (("all", np.ones(len(random), dtype=bool)), ("random", random)):
        if chosen.any():
            result += [{"lang": reading.lang, "rows": part, **one} for one in _part(reading, chosen, seed)]
    if len(reading.scores) and seed == 0:
        read = np.isin(fold_of([str(row["family"]) for row in reading.rows], seed=0), _FOLDS_READ)
        result += [{"lang": reading.lang, "rows": part, **one} for part, chosen in (("tuned", read), ("untouched", ~read))
                   if chosen.any() for one in _part(reading, chosen, seed) if one["label"] in _RULED]
    return result


def _part(reading: Reading, chosen: npt.NDArray[np.bool_], seed: int) -> list[dict[str, object]]:
    families = [str(row["family"]) for row, inside in zip(reading.rows, chosen, strict=True) if inside]
    draws = family_draws(families, seed=seed)
    truth, said, p = reading.truth[chosen], reading.said[chosen], reading.p[chosen]
    total = reading.truth.sum(axis=0)
    result: list[dict[str, object]] = []

    def add(label: str, metric: str, values: tuple[float, float, float], n: int, n_positive: int) -> None:
        value, low, high = (round(one, 4) for one in values)
        result.append({"label": label, "metric": metric, "value": value, "low": low, "high": high, "n": n,
                       "n_positive": n_positive})

    for column, name in enumerate(TARGETS):
        if not name.startswith("modality."):
            add(name, "f1", f1_interval(truth[:, column], said[:, column], draws), len(truth), int(truth[:, column].sum()))
    for label, members in (("themes", [name for name in THEMES if total[TARGETS.index(name)] >= MIN_POSITIVES]),
                           ("marks", list(MARKS))):
        columns = [TARGETS.index(name) for name in members]
        if columns:
            pairs = [(truth[:, one], said[:, one]) for one in columns]
            add(label, "macro_f1", mean_interval(pairs, draws), len(truth), int(truth[:, columns].sum()))
    modality = slice(_FIRST_MODALITY, _FIRST_MARK)
    right = np.asarray((truth[:, modality] & said[:, modality]).any(axis=1), dtype=bool)
    add("modality", "accuracy", share_interval(right, draws), len(truth), len(truth))
    _add_senses(reading, chosen, draws, add)
    for column, name in enumerate(FRAMES):
        add(name, "ece", calibration_interval(truth[:, column], p[:, column], draws), len(truth), int(truth[:, column].sum()))
    return result


def _add_senses(reading: Reading, chosen: npt.NDArray[np.bool_], draws: npt.NDArray[np.float64], add: object) -> None:
    place = np.cumsum(chosen) - 1
    kept = [number for number, row in enumerate(reading.sense_row) if chosen[row]]
    if kept and callable(add):
        own = draws[:, [place[reading.sense_row[number]] for number in kept]]
        right = np.array([reading.sense_truth[number] == reading.sense_said[number] for number in kept])
        add("senses", "accuracy", share_interval(right, own), len(kept), len(kept))
        named = np.array([reading.name_right[number] for number in kept])
        add("in_name", "accuracy", share_interval(named, own), len(kept), len(kept))


def curve(reading: Reading, label: str) -> list[tuple[float, float, int]]:
    """Reliability curve of one frame label over all rows."""
    column = FRAME_LABELS.index(label)
    return reliability(reading.truth[:, column], reading.p[:, column])


def evaluate(labels: Sequence[Row], *, unlabelled: Mapping[str, Sequence[tuple[str, str]]] | None = None,
             seed: int = 0, names: NameFinder = registry_names, extra: Sequence[Row] = ()) -> list[dict[str, object]]:
    """Metrics of every language in the labels.

    With `unlabelled` (lang → (family, text) pairs): five-fold cross-validation by family. Without: the shipped
    models are scored on the labels as they stand, which says something only about labels they were not trained on.
    """
    result = []
    for lang in LANGUAGES:
        if any(row["lang"] == lang for row in labels):
            reading = (read_with_shipped(labels, lang, names=names) if unlabelled is None
                       else cross_validate(labels, lang, unlabelled[lang], seed=seed, names=names, extra=extra))
            result += metric_rows(reading, seed=seed)
    return result


def interval_text(metric: Mapping[str, object]) -> str:
    """The 95 % interval of a metric row in words."""
    return f"{metric['low']:.3f}–{metric['high']:.3f}"


def format_table(metrics: Sequence[Mapping[str, object]]) -> str:
    """The metrics as lines of text for a terminal."""
    lines = [f"{'lang':5}{'label':18}{'metric':10}{'rows':8}{'value':>7}  {'95 % interval':16}{'n':>6}{'pos':>6}"]
    for one in metrics:
        interval = interval_text(one)
        lines.append(f"{one['lang']!s:5}{one['label']!s:18}{one['metric']!s:10}{one['rows']!s:8}{one['value']:7.3f}  "
                     f"{interval:16}{one['n']!s:>6}{one['n_positive']!s:>6}")
    return "\n".join(lines)
