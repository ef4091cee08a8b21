"""Shares of small groups and years, drawn towards the others of their kind, as rows of `trends`."""

from __future__ import annotations

import zlib
from collections.abc import Iterator

import numpy as np
import pandas as pd

from pipeline.estimates.counting import Counts
from pipeline.estimates.intervals import SMALL_SAMPLE
from pipeline.estimates.pooling import pool_groups
from pipeline.trends.cells import Cell, cells

MEASURES = ("development", "security", "both", "vagueness")
GROUPINGS = ("all", "tier", "doc_type", "issuer", "topic")


def pooled_rows(
    counts: Counts, documents: pd.DataFrame, *, universe: str, lang: str, digits: int
) -> Iterator[dict[str, object]]:
    """Points of estimator `pooled`: raw shares of groups (years of the whole series) below 15 documents.

    All groups of a grouping, large ones too, say what is usual; flags: `pooled`, `groups=` how many,
    `common=` mean of the common distribution. A document of two issuers or topics counts in both.
    """
    found: dict[str, list[Cell]] = {}
    for cell in cells(documents, fine=False):
        if cell.grouping in GROUPINGS and (cell.grouping == "all") == (cell.period != "all"):
            found.setdefault(cell.grouping, []).append(cell)
    for grouping, groups in found.items():
        if any(len(cell.places) < SMALL_SAMPLE for cell in groups):
            for name in MEASURES:
                yield from _of_one(counts, groups, name, {"universe": universe, "lang": lang, "estimator": "pooled",
                                                          "measure": name, "grouping": grouping}, digits=digits)


def _of_one(
    counts: Counts, groups: list[Cell], name: str, base: dict[str, object], *, digits: int
) -> Iterator[dict[str, object]]:
    column = counts.place(name)
    if column is None:
        return
    places = np.concatenate([cell.places for cell in groups])
    owners = np.repeat(np.arange(len(groups)), [len(cell.places) for cell in groups])
    top, bottom = counts.numerators[places, column], counts.denominators[places, column]
    fitted = pool_groups(top, bottom, owners, seed=zlib.crc32("/".join(map(str, base.values())).encode()))
    if fitted is None:
        return
    for row, number in enumerate(np.unique(owners[bottom > 0])):
        cell, size = groups[number], int((bottom[owners == number] > 0).sum())
        if size < SMALL_SAMPLE:
            yield base | {"group_value": cell.group_value, "period": cell.period, "n_documents": size,
                          "n_sentences": int(counts.sentences[cell.places].sum()),
                          "estimate": round(float(fitted.estimate[row]), digits),
                          "low": round(float(fitted.low[row]), digits), "high": round(float(fitted.high[row]), digits),
                          "flags": sorted(["pooled", f"groups={len(groups)}", f"common={fitted.common:.3f}"])}
