"""How series move: slope per year and break, for every core measure, as rows of `trends`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from pipeline.estimates.change import Break, find_breaks, holm, slope
from pipeline.estimates.counting import Counts, Pool
from pipeline.estimates.intervals import MIN_DOCUMENTS
from pipeline.estimates.material import Floats, Ints, as_floats

MIN_YEARS = 5


@dataclass(frozen=True)
class Moved:
    """Slope or break of one measure; p is NaN for slopes, whose interval says it."""

    measure: str
    what: str
    estimate: float
    low: float
    high: float
    n_documents: int
    n_sentences: int
    p: float
    shift: float


def moves(counts: Counts, pool: Pool, documents: pd.DataFrame, *, seed: int) -> list[Moved]:
    """Slope and break of each core measure over the documents of a yearly series (raw shares).

    documents: rows with `in_series` and `year`, index = document numbers. Nothing where fewer than five years have
    a document.
    """
    series = documents[documents["in_series"]].sort_index()
    if series["year"].nunique() < MIN_YEARS or len(series) < MIN_DOCUMENTS:
        return []
    places, weights = pool.restrict(series.index.to_numpy(dtype=np.int64))
    years = np.asarray(series["year"].astype(int), dtype=np.int64)
    core = counts.only([place for place, measure in enumerate(counts.measures) if measure.core])
    tops, bottoms = core.numerators[places], core.denominators[places]
    return [*_slopes(core, tops, bottoms, years, sentences=int(core.sentences[places].sum())),
            *([] if pool.complete else _breaks(core, find_breaks(tops, bottoms, years, weights, seed=seed),
                                               sentences=int(core.sentences[places].sum())))]


def _slopes(core: Counts, tops: Floats, bottoms: Floats, years: Ints, *, sentences: int) -> Iterator[Moved]:
    for place, measure in enumerate(core.measures):
        fitted = slope(tops[:, place], bottoms[:, place], as_floats(years))
        if np.isfinite(fitted.low):
            yield Moved(measure.name, "slope_per_year", fitted.estimate, fitted.low, fitted.high, fitted.n_documents,
                        sentences, float("nan"), float("nan"))


def _breaks(core: Counts, found: list[Break], *, sentences: int) -> Iterator[Moved]:
    for measure, one in zip(core.measures, found, strict=True):
        if np.isfinite(one.p):
            yield Moved(measure.name, "break_year", one.year, one.low, one.high, one.n_documents, sentences, one.p,
                        one.shift)


def change_rows(
    moved: list[tuple[str, str, bool, Moved]], *, digits: int
) -> Iterator[dict[str, object]]:
    """Points of grouping `change` from (universe, lang, complete, Moved).

    Flags of a break: `p=…` of the permutation test, `holm=…` adjusted for all breaks of the table, `shift=…` (level
    after minus before), and `no_break` where the adjusted p is 0.05 or more: then the year means nothing.
    """
    adjusted = holm([found.p for _, _, _, found in moved])
    for (universe, lang, complete, found), p in zip(moved, adjusted, strict=True):
        flags = ["complete_series"] if complete else []
        if np.isfinite(p):
            flags += [f"p={found.p:.4f}", f"holm={p:.4f}", f"shift={found.shift:.4f}", *(["no_break"] * (p >= 0.05))]
        yield {"measure": found.measure, "universe": universe, "grouping": "change", "group_value": found.what,
               "period": "all", "lang": lang, "estimator": "raw", "estimate": round(found.estimate, digits),
               "low": round(found.low, digits), "high": round(found.high, digits), "n_documents": found.n_documents,
               "n_sentences": found.n_sentences, "flags": sorted(flags)}
