"""The shipped classifiers at run time: plain arrays and JSON, scored for a whole batch.

A model is linear. The score of a target is  text part / text norm + heading part / heading norm + cue part + bias,
plus, in a model trained with an encoder, embedding times weights.
Weights are stored as 8-bit signed roots with one scale per target, so they fit in the package.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix

from pipeline.codes.batch import Batch, Mask, encode
from pipeline.codes.cue_lists import FORMULA
from pipeline.codes.dense import dense_columns, dense_features, encode_headings, heading_features
from pipeline.codes.encoder import Encoder, load_needed, readable
from pipeline.codes.features import N_BUCKETS, Grams, grams
from pipeline.codes.labels import TARGETS
from pipeline.codes.names import Name
from pipeline.errors import TifaError
from pipeline.knowledge import MODELS

Floats = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Table:
    """Weights of grams. index: bucket → row (0 = unknown, a row of zeros). The last column is the squared idf."""

    index: npt.NDArray[np.int32]
    weights: Floats

    def scores(self, found: Grams) -> Floats:
        """Sum of weights per sentence, divided by the length of its weighted count vector."""
        rows = self.index[found.buckets]
        shape = (len(found.first) - 1, len(self.weights))
        ones = np.ones(len(rows), dtype=np.float32)
        summed = csr_matrix((ones, rows, found.first.astype(np.int32)), shape=shape) @ self.weights
        norm = np.sqrt(np.maximum(summed[:, -1:], 1e-6))
        return np.asarray(summed[:, :-1] / norm, dtype=np.float32)


@dataclass(frozen=True)
class Model:
    """One language. targets: names of the score columns. calibration: slope and intercept per frame label."""

    lang: str
    targets: tuple[str, ...]
    text: Table
    heading: Table
    cue_weights: Floats
    bias: Floats
    slope: Floats
    intercept: Floats
    threshold: Floats
    card: dict[str, object]
    encoder: Encoder | None = None
    encoder_weights: Floats = field(default_factory=lambda: np.zeros((0, len(TARGETS)), dtype=np.float32))

    def score(self, batch: Batch, headings: Sequence[str], names: Sequence[Sequence[Name]]
              ) -> tuple[Floats, npt.NDArray[np.bool_]]:
        """Scores, one row per sentence and one column per target; above the threshold means yes.

        Second: which sentences hold a fixed formula of the codebook.
        """
        distinct = sorted(set(headings))
        place = {heading: number for number, heading in enumerate(distinct)}
        own = np.fromiter((place[heading] for heading in headings), dtype=np.int64, count=len(headings))
        headings_batch = encode_headings(distinct, self.lang)
        above = self.heading.scores(grams(headings_batch, self.lang))
        cues = dense_features(batch, heading_features(distinct, headings_batch, self.lang)[own], names, self.lang)
        texts = self.text.scores(grams(batch, self.lang))
        formula = cues[:, dense_columns(self.lang).index(FORMULA)] > 0
        # In double precision: a sentence must score the same whatever is coded together with it.
        scores = texts + above[own] + cues.astype(np.float64) @ self.cue_weights.astype(np.float64) + self.bias
        if self.encoder is not None:
            scores = scores + self.encoder.embed(readable(batch, self.lang)) @ self.encoder_weights
        return np.asarray(scores, dtype=np.float32), formula

    def probability(self, scores: Floats) -> npt.NDArray[np.float64]:
        """Calibrated probabilities in [0, 1] (Platt), same shape as the scores."""
        return np.asarray(1.0 / (1.0 + np.exp(-(scores.astype(np.float64) * self.slope + self.intercept))))


def encode_texts(texts: Sequence[str], lang: str, masks: Sequence[Sequence[Mask]]) -> Batch:
    """Sentences as this model family reads them."""
    return encode(texts, masks=masks, drop_blanks=lang == "zh")


def weight_path(lang: str, folder: Path = MODELS) -> Path:
    """Where the weights of one language lie; the facts beside them have the ending .json."""
    return folder / f"codes_{lang}.npz"


def save_model(lang: str, folder: Path, *, arrays: dict[str, npt.NDArray[np.generic]], facts: dict[str, object]) -> None:
    """Write the arrays and the facts; the same input gives the same bytes."""
    folder.mkdir(parents=True, exist_ok=True)
    np.savez_compressed(weight_path(lang, folder), **{name: arrays[name] for name in sorted(arrays)})  # type: ignore[arg-type]
    facts = {**facts, "weights_sha256": hashlib.sha256(weight_path(lang, folder).read_bytes()).hexdigest()}
    text = json.dumps(facts, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
    weight_path(lang, folder).with_suffix(".json").write_text(text, encoding="utf-8")


@lru_cache(maxsize=4)
def load_model(lang: str, folder: Path = MODELS) -> Model:
    """The classifiers of zh or en.

    Raises: TifaError when files are missing, do not belong together, or name other targets than the codebook.
    """
    path = weight_path(lang, folder)
    if not path.is_file() or not path.with_suffix(".json").is_file():
        raise TifaError(f"There is no model for {lang}", where=str(path), todo="Run `tifa train`.")
    facts = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
    if hashlib.sha256(path.read_bytes()).hexdigest() != facts["weights_sha256"]:
        raise TifaError("Weights and facts of the model do not belong together", where=str(path),
                        todo="Run `tifa train`, or restore both files.")
    if tuple(facts["targets"]) != TARGETS or tuple(facts["dense_columns"]) != dense_columns(lang):
        raise TifaError("The model was trained under another codebook", where=str(path), todo="Run `tifa train`.")
    with np.load(path, allow_pickle=False) as arrays:
        model = Model(lang, TARGETS, unpack_table(arrays, "text"), unpack_table(arrays, "heading"), arrays["cue_weights"],
                      arrays["bias"], arrays["slope"], arrays["intercept"], arrays["threshold"], facts)
        if "encoder" not in facts:
            return model
        return replace(model, encoder=load_needed(facts["encoder"], folder), encoder_weights=arrays["encoder_weights"])


def unpack_table(arrays: np.lib.npyio.NpzFile, name: str) -> Table:
    """The table that `pack_table` packed, as read from a file; frequent grams first, so that they share the cache."""
    buckets = np.cumsum(arrays[f"{name}_steps"].astype(np.int64))
    square = arrays[f"{name}_square"].astype(np.float32)
    order = np.argsort(square, kind="stable")
    index = np.zeros(N_BUCKETS, dtype=np.int32)
    index[buckets[order]] = np.arange(1, len(buckets) + 1)
    roots = arrays[f"{name}_weights"].astype(np.float32)
    scaled = roots * np.abs(roots) * arrays[f"{name}_scale"]
    rows = np.concatenate([scaled, square[:, None]], axis=1)[order]
    # Rows must lie one behind the other: a product with columns first copies the whole table every time.
    return Table(index, np.ascontiguousarray(np.concatenate([np.zeros((1, rows.shape[1]), dtype=np.float32), rows])))


def pack_table(name: str, buckets: npt.NDArray[np.int64], weights: Floats, square: Floats) -> dict[str, npt.NDArray[np.generic]]:
    """Arrays of a table for `save_model`: bucket steps, 8-bit signed roots of the weights, their scales, squared idf.

    Most weights are far smaller than the largest of their target; roots keep them apart from nothing.
    """
    scale = np.abs(weights).max(axis=0, initial=1e-9).astype(np.float32) / 127**2
    return {f"{name}_steps": np.diff(buckets, prepend=0).astype(np.int32),
            f"{name}_weights": np.rint(np.sign(weights) * np.sqrt(np.abs(weights) / scale)).astype(np.int8),
            f"{name}_scale": scale, f"{name}_square": square.astype(np.float16)}
