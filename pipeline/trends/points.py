"""The points of one cell: every measure over one group of documents in one period, raw and corrected."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

from pipeline.estimates.correction import Errors
from pipeline.estimates.counting import Counts, Pool, draw_slice
from pipeline.estimates.intervals import MIN_DOCUMENTS, SMALL_SAMPLE, Drawn, bounds
from pipeline.estimates.material import Floats
from pipeline.estimates.strata import Corrected, correct_slice
from pipeline.keeping import Keep, content_key
from pipeline.trends.cells import Cell
from pipeline.trends.unseen import overturning_share

DIGITS = 6
LEAVES = 0.5 * 10.0**-DIGITS
"""How far a bound may lie outside its range by rounding alone."""
MOST_OF_THOUSAND = 1000.0
"""No rate per thousand characters or words is higher."""
Ends = tuple[float, float]


@dataclass(frozen=True)
class Series:
    """What the points of one universe and language share.

    errors: error rates by label; stratum: which stand in for missing ones; rates: fingerprint of all. keep: holds the ends of
    resampled intervals from run to run.
    """

    universe: str
    lang: str
    pool: Pool
    errors: dict[str, Errors] = field(repr=False)
    stratum: str
    rates: str
    keep: Keep = field(repr=False)


def cell_points(series: Series, counts: Counts, cell: Cell, *, design: Floats) -> Iterator[dict[str, object]]:
    """Points of all measures in `counts` over the cell. design: design effect of each in the universe."""
    pool = series.pool
    drawn = draw_slice(pool, counts, cell.places, design=design)
    fixed = correct_slice(pool, counts, drawn, cell.places, series.errors)
    members = pool.members[pool.inside(cell.places)]
    sentences = counts.sentences[members] @ (counts.denominators[members] > 0)
    ends, corrected_ends = _ends(series, counts, cell, drawn, fixed)
    for place, measure in enumerate(counts.measures):
        base = {"measure": measure.name, "universe": series.universe, "grouping": cell.grouping,
                "group_value": cell.group_value, "period": cell.period, "lang": series.lang,
                "n_documents": int(drawn.n_documents[place]), "n_sentences": int(sentences[place])}
        if not np.isfinite(drawn.estimate[place]):
            if cell.grouping == "all":
                yield base | point_values(None, None, ["no_denominator"], "raw")
            continue
        flags = point_flags(pool, drawn, place)
        bare = "too_few_documents" in flags or pool.complete
        yield base | point_values(drawn.estimate[place], None if bare else (ends[0][place], ends[1][place]), flags, "raw")
        if measure.name == "balance" and cell.grouping == "all":
            share = overturning_share(float(drawn.estimate[place]))
            yield base | {"measure": "overturning_share"} | point_values(share, None, ["worst_case"], "raw")
        if measure.name in fixed:
            yield base | _corrected_values(fixed[measure.name], corrected_ends.get(measure.name), flags, measure.scale,
                                           complete=pool.complete)


def _ends(series: Series, counts: Counts, cell: Cell, drawn: Drawn, fixed: dict[str, Corrected]
          ) -> tuple[tuple[Floats, Floats], dict[str, Ends]]:
    """Ends of the raw and of the usable corrected intervals; none below five documents of a sample.

    What is resampled hangs on the documents of the cell alone and is kept; a sparse measure hangs on its universe, too.
    """
    bare = (drawn.estimate, drawn.estimate)
    if len(cell.places) < MIN_DOCUMENTS and not series.pool.complete:
        return bare, {}
    usable = [name for name, found in fixed.items() if found.usable]
    sparse = {counts.measures[place].name for place in drawn.sparse}
    moving = [name for name in usable if name in sparse or (name == "balance" and sparse & {"development", "security"})]

    def resampled() -> list[object]:
        low, high = bare if series.pool.complete else bounds(drawn.resampled, drawn.estimate)
        return [low.tolist(), high.tolist(), {name: _corrected_ends(fixed[name]) for name in usable if name not in moving}]

    low, high, held = series.keep(_key(series, counts, cell, sorted(drawn.sparse)), resampled)
    ends = drawn.with_sparse(np.array(low, dtype=np.float64), np.array(high, dtype=np.float64))
    rates = np.array([scale == "rate" for scale in counts.scales], dtype=bool)
    ends[1][rates] = np.minimum(ends[1][rates], MOST_OF_THOUSAND)
    return ends, held | {name: _corrected_ends(fixed[name]) for name in moving}


def _key(series: Series, counts: Counts, cell: Cell, sparse: list[int]) -> str:
    """Everything that resampling hangs on: what is counted in which documents, the error rates, the seed."""
    pool = series.pool
    inside = pool.inside(cell.places)
    members = pool.members[inside]
    digest = hashlib.blake2b(digest_size=16)
    for values in (counts.numerators[members], counts.denominators[members], counts.kinds[members]):
        digest.update(np.ascontiguousarray(values).data)
    return content_key("points", digest.hexdigest(), pool.doc_ids[inside].tolist(), [measure.name for measure in counts.measures],
                       sparse, pool.complete, pool.seed, pool.n_draws, series.lang, series.stratum, series.rates)


def _corrected_ends(found: Corrected) -> Ends:
    low, high = bounds(found.draws[:, None], np.array([found.estimate]))
    return float(low[0]), float(high[0])


def point_flags(pool: Pool, drawn: Drawn, place: int) -> list[str]:
    """Flags that hold for a point whatever the estimator."""
    if pool.complete:
        return ["complete_series"]
    if drawn.n_documents[place] < MIN_DOCUMENTS:
        return ["too_few_documents"]
    flags = ["small_sample"] if drawn.n_documents[place] < SMALL_SAMPLE else []
    return flags + ["few_hits"] * bool(drawn.few_hits[place]) + ["rare"] * bool(drawn.rare[place])


def _corrected_values(found: Corrected, ends: Ends | None, flags: list[str], scale: str, *, complete: bool) -> dict[str, object]:
    own = [*flags, *(["classifier_error_only"] if complete else []), f"rates={'+'.join(found.used)}"]
    if not found.usable:
        return point_values(None, None, [*own, "unusable"], "corrected")
    least = -1.0 if scale == "difference" else 0.0
    if not least <= found.estimate <= 1.0:
        own.append("unusable")
    if ends is None or "too_few_documents" in flags:
        return point_values(found.estimate, None, own, "corrected")
    if ends[0] < least - LEAVES or ends[1] > 1.0 + LEAVES:
        own.append("interval_leaves_range")
    return point_values(found.estimate, ends, own, "corrected")


def point_values(estimate: float | None, ends: Ends | None, flags: list[str], estimator: str) -> dict[str, object]:
    """The last columns of a point, rounded."""
    low, high = ends or (None, None)
    return {"estimator": estimator, "estimate": _rounded(estimate), "low": _rounded(low), "high": _rounded(high),
            "flags": sorted(flags)}


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(float(value), DIGITS)
