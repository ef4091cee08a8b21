"""What the headlines of a report rest on, small enough to be kept: each document's counts, the rules, the error rates."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from pipeline.estimates.correction import KINDS, draw_errors, kinds_of_text, read_rates
from pipeline.estimates.material import Floats, Material
from pipeline.estimates.measures import measure_by_name
from pipeline.estimates.universe import universe_by_name
from pipeline.knowledge import load_error_rates

FRAMES = ("development", "security")
RENDERED = "rendering_security"
Slopes = list[list[float]]
"""Per kind of text the false positive rate and the factor by which a hit above it counts."""
PLAIN: Slopes = [[0.0, 1.0] for _ in KINDS]


@dataclass(frozen=True)
class Counted:
    """One document as a report counted it.

    content: fingerprint of its file and sidecar. corrections: fingerprint of the human corrections of its codes.
    counts: cell (measure/lang/period) → [kind of text, hits, size]; the cells it stands in, and no others.
    """

    path: str
    title: str
    content: str
    corrections: str
    counts: Mapping[str, list[int]]


@dataclass(frozen=True)
class Snapshot:
    """State behind the headlines of one report.

    rules: (knowledge or program, name) → fingerprint. slopes: measure/lang → Slopes of the corrected estimate.
    points: finding_id → cells and estimator that its number was read from.
    """

    as_of: str
    documents: Mapping[str, Counted]
    rules: Mapping[tuple[str, str], str]
    slopes: Mapping[str, Slopes]
    points: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)


def count_cells(material: Material, *, universe: str, as_of: str) -> dict[str, dict[str, list[int]]]:
    """doc_id → cell → [kind of text, hits, size] for both frames by year and for the rendering of 安全 in the whole."""
    selection = material.select(universe_by_name(universe), as_of=as_of)
    chosen = selection.documents
    kinds = kinds_of_text(material.documents["doc_type"])
    sums = {name: _sums(material, name) for name in (*FRAMES, *([RENDERED] if "renderings" in material.tables else []))}
    cells: dict[str, dict[str, list[int]]] = {}
    columns = [chosen[name].tolist() for name in ("doc_id", "series_lang", "year", "in_series", "in_all")]
    for place, doc_id, lang, year, in_series, in_all in zip(chosen.index.tolist(), *columns, strict=True):
        for name, (hits, sizes) in sums.items():
            inside, period = (in_all, "all") if name == RENDERED else (in_series, year)
            if inside and sizes[place]:
                cell = [int(kinds[place]), int(hits[place]), int(sizes[place])]
                cells.setdefault(doc_id, {})[f"{name}/{lang}/{period}"] = cell
    return cells


def _sums(material: Material, name: str) -> tuple[Floats, Floats]:
    top, bottom = measure_by_name(name).vectors(material)
    return material.per_document(top), material.per_document(bottom)


def correction_slopes(universe: str) -> dict[str, Slopes]:
    """Slopes of the corrected shares of both frames, as `strata.correct_slice` uses them; none where a kind has no rate."""
    stratum = "CN" if universe_by_name(universe).jurisdiction == ("CN",) else "other"
    rates, found = read_rates(load_error_rates()), {}
    for lang in ("zh", "en"):
        for label, errors in draw_errors(rates, FRAMES, lang=lang, stratum=stratum, n_draws=2, seed=0).items():
            known = [error for error in errors if error is not None]
            if len(known) == len(errors):
                found[f"{label}/{lang}"] = [[1 - error.specificity, 1 / (error.sensitivity + error.specificity - 1)]
                                            for error in known]
    return found


def cell_value(counts: Mapping[str, Mapping[str, list[int]]], cell: str, slopes: Slopes) -> float | None:
    """The share of a cell over all documents: raw with PLAIN slopes, else corrected; None where it has no sentence."""
    rows = np.array([found[cell] for found in counts.values() if cell in found], dtype=np.int64).reshape(-1, 3)
    total = int(rows[:, 2].sum())
    if not total:
        return None
    each = [(rows[rows[:, 0] == kind][:, 1].sum(), rows[rows[:, 0] == kind][:, 2].sum()) for kind in range(len(KINDS))]
    return float(sum((hits - slope[0] * size) * slope[1] for (hits, size), slope in zip(each, slopes, strict=True))) / total


def documents_frame(snapshot: Snapshot) -> pd.DataFrame:
    """The documents of a snapshot as rows: doc_id, path, title, content, corrections, counts; sorted by doc_id."""
    rows = [(doc_id, one.path, one.title, one.content, one.corrections, dict(sorted(one.counts.items())))
            for doc_id, one in sorted(snapshot.documents.items())]
    return pd.DataFrame(rows, columns=["doc_id", "path", "title", "content", "corrections", "counts"], dtype=object)
