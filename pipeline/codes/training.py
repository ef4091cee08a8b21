"""`train`: cross-validate, then fit on every label and write weights, error rates and the model card."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from pipeline.codes.card import CardData, model_card
from pipeline.codes.decisions import calibrate, drawn_at_random, row_weights, threshold
from pipeline.codes.dense import dense_columns
from pipeline.codes.design import vocabulary
from pipeline.codes.error_rates import error_rates, strata_of
from pipeline.codes.evaluation import Reading, cross_validate, metric_rows
from pipeline.codes.extra import Agreement
from pipeline.codes.fitting import (
    Fitted,
    Row,
    encode_rows,
    encode_unlabelled,
    fit,
    folded_arrays,
    joined,
    target_matrix,
)
from pipeline.codes.front import Front
from pipeline.codes.labels import FRAME_LABELS, LANGUAGES, TARGETS
from pipeline.codes.model import load_model, pack_table, save_model
from pipeline.codes.names import NameFinder, registry_names
from pipeline.codes.sense_fitting import fit_senses, occurrences
from pipeline.codes.senses import load_senses, save_senses
from pipeline.errors import TifaError
from pipeline.knowledge import MODELS

REQUIRED = ("id", "doc", "lang", "text", "development", "security", "themes", "modality", "marks", "senses", "family")


def read_labels(path: Path) -> list[Row]:
    """Rows of a labels file (JSON Lines like the gold). Raises: TifaError naming the line that cannot be used."""
    rows: list[Row] = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except json.JSONDecodeError as error:
            raise TifaError(f"Not JSON: {error}", where=f"{path}:{number}", todo="Correct the line.") from error
        missing = [key for key in REQUIRED if not isinstance(row, dict) or key not in row]
        if missing:
            raise TifaError(f"The keys {', '.join(missing)} are missing", where=f"{path}:{number}", todo="Add them.")
        rows.append(row)
    return rows


def labels_hash(rows: Sequence[Row]) -> str:
    """sha256 over what the labels say: ids, texts and labels, in the order of their ids."""
    keys = (*REQUIRED, "heading", "sampled")
    kept = [{key: row.get(key) for key in keys} for row in sorted(rows, key=lambda row: str(row["id"]))]
    return hashlib.sha256(json.dumps(kept, ensure_ascii=False, sort_keys=True).encode()).hexdigest()


def train(labels: Sequence[Row], *, unlabelled: Mapping[str, Sequence[tuple[str, str]]], folder: Path = MODELS,
          seed: int = 0, strata: Mapping[str, Collection[str]] | None = None, names: NameFinder = registry_names,
          extra: Sequence[Row] = (), agreement: Sequence[Agreement] = (), front: Front | None = None) -> list[dict[str, object]]:
    """Cross-validate by family, fit on all labels, write everything a run needs to `folder`.

    unlabelled: lang → (family, text) pairs of the training corpus. strata: doc → its strata for error rates (genre).
    extra: rows to learn from that are never scored; agreement: their double coding, for the card.
    front: an encoder before the head (see docs/encoder.md); the model files then say which one they need.
    Writes codes_<lang>.npz/.json, senses_<lang>.npz/.json, error_rates.json, metrics.json, CARD.md; same input, same bytes.
    Returns: the metric rows of the cross-validation (see evaluation.metric_rows).
    """
    folder.mkdir(parents=True, exist_ok=True)
    metrics: list[dict[str, object]] = []
    rates: list[dict[str, object]] = []
    readings: list[Reading] = []
    for lang in LANGUAGES:
        more = [row for row in extra if row["lang"] == lang]
        reading = cross_validate(labels, lang, unlabelled[lang], seed=seed, names=names, extra=more, front=front)
        _ship(reading, unlabelled[lang], folder, seed=seed, names=names, digest=labels_hash(labels), extra=more, front=front)
        readings.append(reading)
        metrics += metric_rows(reading, seed=seed)
        rates += error_rates(reading, strata_of(reading, strata or {}))
    _write_json(folder / "error_rates.json", rates)
    _write_json(folder / "metrics.json", metrics)
    data = CardData(labels_hash(labels), seed, {lang: len(unlabelled[lang]) for lang in LANGUAGES},
                    {lang: sum(row["lang"] == lang for row in extra) for lang in LANGUAGES}, agreement, rates,
                    front.described() if front else "")
    (folder / "CARD.md").write_text(model_card(readings, metrics, data), encoding="utf-8")
    load_model.cache_clear()
    load_senses.cache_clear()
    return metrics


def _ship(reading: Reading, unlabelled: Sequence[tuple[str, str]], folder: Path, *, seed: int, names: NameFinder,
          digest: str, extra: Sequence[Row], front: Front | None) -> None:
    """Fit on every row of one language and write the weights."""
    lang, rows = reading.lang, reading.rows
    texts = [text for _, text in unlabelled]
    truth = target_matrix(rows)
    known, answers = encode_rows(rows, lang, names, front), truth
    if extra:
        known, answers = joined(known, encode_rows(extra, lang, names, front)), np.vstack([truth, target_matrix(extra)])
    fitted = fit(lang, known, answers, encode_unlabelled(texts, lang, names), vocabulary(texts), seed=seed,
                 alone=front is not None and front.alone)
    arrays = {**_tables(fitted), **_decisions(reading, truth)}
    facts = {"lang": lang, "targets": list(TARGETS), "dense_columns": list(dense_columns(lang)), "seed": seed,
             "labels_sha256": digest, "n_labels": len(rows), "n_extra": len(extra), "n_unlabelled": len(texts)}
    if front:
        facts["encoder"] = front.facts
    save_model(lang, folder, arrays=arrays, facts=facts)
    every = occurrences([*rows, *extra], lang, names)
    save_senses(fit_senses(lang, every.features, every.sense, seed=seed), folder)


def _tables(fitted: Fitted) -> dict[str, npt.NDArray[np.generic]]:
    """Packed weights of every gram the classifiers were fitted with."""
    weights = folded_arrays(fitted)
    space = fitted.space
    return {**pack_table("text", space.buckets, weights["text"], space.idf**2),
            **pack_table("heading", space.heading_buckets, weights["heading"], space.heading_idf**2),
            "cue_weights": weights["cue"].astype(np.float32), "bias": (fitted.bias + weights["shift"]).astype(np.float32),
            **({"encoder_weights": weights["encoder"]} if len(weights["encoder"]) else {})}


def _decisions(reading: Reading, truth: npt.NDArray[np.bool_]) -> dict[str, npt.NDArray[np.generic]]:
    """Thresholds and calibration curves from all out-of-fold scores."""
    random = drawn_at_random([row.get("sampled") for row in reading.rows])
    thresholds = [threshold(name, reading.scores[:, n], truth[:, n], random) for n, name in enumerate(TARGETS)]
    curves = np.array([calibrate(reading.scores[:, n], truth[:, n], row_weights(truth[:, n], random))
                       for n in range(len(FRAME_LABELS))])
    return {"threshold": np.array(thresholds, dtype=np.float32), "slope": curves[:, 0].astype(np.float32),
            "intercept": curves[:, 1].astype(np.float32)}


def _write_json(path: Path, rows: Sequence[Mapping[str, object]]) -> None:
    lines = ",\n".join(json.dumps(row, ensure_ascii=False, sort_keys=True) for row in rows)
    path.write_text(f"[\n{lines}\n]\n", encoding="utf-8")
