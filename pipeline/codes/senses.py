"""What each 安全 / safe / secure / security keeps safe: a small linear classifier over hashed features."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix

from pipeline.codes.labels import SENSES
from pipeline.codes.names import MASKED_KINDS, Name
from pipeline.codes.sense_features import N_BUCKETS, Occurrence, Sensed, sense_features
from pipeline.errors import TifaError
from pipeline.knowledge import MODELS
from pipeline.text import Span, quoted_titles, security_occurrences

Floats = npt.NDArray[np.float32]


@dataclass(frozen=True)
class SenseModel:
    """index: bucket → row of weights (row 0: nothing known). weights: rows × senses."""

    lang: str
    index: npt.NDArray[np.int32]
    weights: Floats
    bias: Floats

    def senses(self, sensed: Sensed) -> list[str]:
        """The likeliest sense of each occurrence."""
        n_found, n_slots = sensed.local.shape
        shape = (n_found, len(self.weights))
        local = (np.tile(sensed.scale, n_found), self.index[sensed.local].ravel(), np.arange(n_found + 1) * n_slots)
        around = (sensed.context_scale, (sensed.owner, self.index[sensed.context]))
        scores = self.bias + csr_matrix(local, shape=shape) @ self.weights + csr_matrix(around, shape=shape) @ self.weights
        return [SENSES[number] for number in np.argmax(scores, axis=1)]


def occurrences_in(text: str, names: Sequence[Name], lang: str) -> list[tuple[Span, Span | None]]:
    """Every occurrence in a sentence, in order, with the title or name it stands in. lang: the document's."""
    spans = security_occurrences(text, lang)
    if not spans:
        return []
    around = [*quoted_titles(text), *(Span(name.start, name.end) for name in names if name.kind in MASKED_KINDS)]
    return [(span, next((name for name in around if name.start <= span.start and span.end <= name.end), None))
            for span in spans]


def _hinted_rows(texts: Sequence[str], lang: str) -> list[int]:
    """Sentences that may hold an occurrence."""
    rows = {row for row, text in enumerate(texts) if "安全" in text} if lang != "en" else set()
    if lang in {"en", "mixed"}:
        lower = [text.lower() for text in texts]
        rows |= {row for row, text in enumerate(lower) if "safe" in text or "secur" in text}
    return sorted(rows)


def read_senses(texts: Sequence[str], headings: Sequence[str], names: Sequence[Sequence[Name]], lang: str, *,
                folder: Path = MODELS) -> list[list[tuple[Span, str, bool]]]:
    """Per sentence: (offsets, sense, stands in a name) of every occurrence, in order. lang: the document's."""
    result: list[list[tuple[Span, str, bool]]] = [[] for _ in texts]
    found = [(row, occurrence) for row in _hinted_rows(texts, lang)
             for occurrence in occurrences_in(texts[row], names[row], lang)]
    for reader in ("zh", "en"):
        own = [(row, span, name) for row, (span, name) in found
               if (texts[row][span.start] == "安") is (reader == "zh")]
        if not own:
            continue
        rows = sorted({row for row, _, _ in own})
        place = {row: number for number, row in enumerate(rows)}
        listed = [Occurrence(place[row], span, name) for row, span, name in own]
        sensed = sense_features([texts[row] for row in rows], [headings[row] for row in rows], listed, reader)
        for (row, span, name), sense in zip(own, load_senses(reader, folder).senses(sensed), strict=True):
            result[row].append((span, sense, name is not None))
    return [sorted(one) for one in result]


def sense_path(lang: str, folder: Path = MODELS) -> Path:
    """Where the sense weights of one language lie."""
    return folder / f"senses_{lang}.npz"


@lru_cache(maxsize=4)
def load_senses(lang: str, folder: Path = MODELS) -> SenseModel:
    """The sense classifier of zh or en. Raises: TifaError when it is missing or its files do not belong together."""
    path = sense_path(lang, folder)
    if not path.is_file() or not path.with_suffix(".json").is_file():
        raise TifaError(f"There is no sense model for {lang}", where=str(path), todo="Run `tifa train`.")
    facts = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
    if hashlib.sha256(path.read_bytes()).hexdigest() != facts["weights_sha256"]:
        raise TifaError("Weights and facts of the sense model do not belong together", where=str(path),
                        todo="Run `tifa train`, or restore both files.")
    with np.load(path, allow_pickle=False) as arrays:
        weights = arrays["weights"].astype(np.float32) * arrays["scale"]
        return sense_model(lang, np.cumsum(arrays["steps"].astype(np.int64)), weights, arrays["bias"])


def sense_model(lang: str, buckets: npt.NDArray[np.int64], weights: Floats, bias: Floats) -> SenseModel:
    """The model with these weights (one row per bucket)."""
    index = np.zeros(N_BUCKETS, dtype=np.int32)
    index[buckets] = np.arange(1, len(buckets) + 1)
    rows = np.ascontiguousarray(np.concatenate([np.zeros((1, len(SENSES)), dtype=np.float32), weights]))
    return SenseModel(lang, index, rows, bias)


def save_senses(model: SenseModel, folder: Path) -> None:
    """Write the sense classifier; the same input gives the same bytes."""
    weights, buckets = model.weights[1:], np.flatnonzero(model.index)
    scale = np.maximum(np.abs(weights).max(axis=0), 1e-9).astype(np.float32) / 32000
    path = sense_path(model.lang, folder)
    np.savez_compressed(path, bias=model.bias.astype(np.float32), scale=scale, steps=np.diff(buckets, prepend=0).astype(np.int32),
                        weights=np.rint(weights / scale).astype(np.int16))
    facts = {"senses": list(SENSES), "weights_sha256": hashlib.sha256(path.read_bytes()).hexdigest()}
    path.with_suffix(".json").write_text(json.dumps(facts, ensure_ascii=False, sort_keys=True) + "\n", encoding="utf-8")
