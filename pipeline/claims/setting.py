"""The tables, the date and the seed a ledger is evaluated with; universes and weights are made once and shared."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
import pandas as pd

from pipeline.claims.counts import build_measure
from pipeline.claims.documents import slice_places
from pipeline.claims.ledger import Claim
from pipeline.estimates.correction import Rates, draw_errors
from pipeline.estimates.counting import (
    Counts,
    Pool,
    count_measures,
    draw_slice,
    make_pool,
    pool_design,
)
from pipeline.estimates.intervals import MIN_DOCUMENTS, bounds
from pipeline.estimates.material import Floats, Ints, Material
from pipeline.estimates.measures import Measure, measure_by_name
from pipeline.estimates.sparse import LEVEL, Sparse
from pipeline.estimates.strata import correct_slice
from pipeline.estimates.universe import universe_by_name

DEFAULT_UNIVERSE = "cn_digital"


@dataclass(frozen=True)
class Setting:
    """What every measurement needs."""

    material: Material
    as_of: str
    seed: int
    rates: Rates
    n_draws: int
    _counts: dict[str, Counts] = field(default_factory=dict, repr=False)
    _pools: dict[tuple[str, str], tuple[pd.DataFrame, Pool]] = field(default_factory=dict, repr=False)
    _chosen: dict[str, pd.DataFrame] = field(default_factory=dict, repr=False)

    def pool(self, name: str, lang: str) -> tuple[pd.DataFrame, Pool]:
        """Documents of a universe and language, and their pool."""
        if (name, lang) not in self._pools:
            universe = universe_by_name(name)
            found = self.material.select(universe, as_of=self.as_of).documents
            found = found[found["series_lang"] == lang]
            self._pools[name, lang] = found, make_pool(found, seed=self.seed, complete=universe.complete, n_draws=self.n_draws)
        return self._pools[name, lang]


@dataclass(frozen=True)
class Share:
    """An estimate over some documents, with draws that are made when they are asked for.

    used: `corrected` with the strata of the error rates, or `raw`, with the reason where it fell back.
    sparse: the law of a raw share that few documents decide.
    """

    estimate: float
    n_documents: int
    n_sentences: int
    used: str
    draw: Callable[[], Floats] = field(repr=False)
    sparse: Sparse | None = None

    @cached_property
    def draws(self) -> Floats:
        """One share per draw."""
        return self.draw()

    def ends(self, *, tests: int = 1) -> tuple[float, float]:
        """The interval, as the series print it. tests: how many intervals must all be right together."""
        if self.sparse is None:
            return interval(self.draws, self.estimate, tests=tests)
        low, high = self.sparse.ends((1 - LEVEL) / 2 / tests)
        return min(low, self.estimate), max(high, self.estimate)


def interval(draws: Floats, estimate: float, *, tests: int = 1) -> tuple[float, float]:
    """Ends of the interval of one number from its draws."""
    low, high = bounds(draws[:, None], np.array([estimate]), tests=tests)
    return float(low[0]), float(high[0])


def source(claim: Claim) -> tuple[str, str]:
    """Universe and language of a claim."""
    return str(claim.measurement.get("universe", DEFAULT_UNIVERSE)), str(claim.measurement.get("lang", "zh"))


def chosen_documents(
    setting: Setting, claim: Claim, *, part: Mapping[str, object] | None = None, series: bool = False
) -> tuple[pd.DataFrame, Pool]:
    """Documents of a claim: universe, language, `where`, and a part of it.

    Where a date matters (`from`, `to`, a yearly measurement, a forecast) revised texts are left out, as in series.
    """
    found, pool = setting.pool(*source(claim))
    where = claim.measurement.get("where") or {}
    assert isinstance(where, Mapping)
    conditions = [dict(where), dict(part or {}), {"from": claim.forecast_from} if claim.forecast_from else {}]
    dated = series or any({"from", "to"} & set(condition) for condition in conditions)
    key = json.dumps([source(claim), conditions, dated], sort_keys=True, default=str)
    if key not in setting._chosen:
        found = found[found["in_series" if dated else "in_all"]]
        for condition in conditions:
            found = found.loc[slice_places(found, condition)] if condition else found
        setting._chosen[key] = found
    return setting._chosen[key], pool


def claim_counts(setting: Setting, measure: Measure) -> Counts:
    """Counts of a measure, with development and security where the balance needs them for its correction.

    Counted once per name: the name of a measure says all that it counts.
    """
    if measure.name in setting._counts:
        return setting._counts[measure.name]
    extra = [measure_by_name("development"), measure_by_name("security")] if measure.name == "balance" else []
    setting._counts[measure.name] = count_measures(setting.material, [measure, *extra])
    return setting._counts[measure.name]


def share(setting: Setting, claim: Claim, counts: Counts, documents: pd.DataFrame, pool: Pool) -> Share:
    """The share in some documents of the pool: corrected where the claim wants it and error rates allow it."""
    places = documents.index.to_numpy(dtype=np.int64)
    drawn = draw_slice(pool, counts, places, design=pool_design(pool, counts))
    n_documents, n_sentences = int(drawn.n_documents[0]), int(counts.sentences[places].sum())
    raw = Share(float(drawn.estimate[0]), n_documents, n_sentences, "raw", lambda: drawn.column(0), drawn.sparse.get(0))
    if claim.measurement.get("estimator", "corrected") == "raw" or not np.isfinite(raw.estimate):
        return raw
    universe, lang = source(claim)
    stratum = "CN" if universe_by_name(universe).jurisdiction == ("CN",) else "other"
    errors = draw_errors(setting.rates, {measure.label for measure in counts.measures if measure.label}, lang=lang,
                         stratum=stratum, n_draws=setting.n_draws, seed=setting.seed)
    fixed = correct_slice(pool, counts, drawn, places, errors).get(counts.measures[0].name)
    if fixed is None:
        return raw
    least = -1.0 if counts.measures[0].scale == "difference" else 0.0
    if not fixed.usable or not least <= fixed.estimate <= 1.0:
        return replace(raw, used="raw (correction unusable)")
    return Share(fixed.estimate, n_documents, n_sentences, f"corrected ({', '.join(fixed.used)})", lambda: fixed.draws)


def enough(claim: Claim, *sizes: int) -> bool:
    """Whether every side has at least the claim's minimum of documents."""
    least = claim.measurement.get("minimum_documents", MIN_DOCUMENTS)
    assert isinstance(least, int)
    return min(sizes) >= least


def claim_measure(claim: Claim) -> Measure:
    """The measure a claim counts."""
    return build_measure(claim.measurement["count"])


def threshold(claim: Claim) -> float:
    """The claim's threshold; 0 where it names none."""
    value = claim.measurement.get("threshold", 0.0)
    assert isinstance(value, int | float)
    return float(value)


def side(claim: Claim) -> str:
    """above or below."""
    return str(claim.measurement["side"])


def number(claim: Claim, key: str, default: float = 0) -> float:
    """A number of the measurement."""
    value = claim.measurement.get(key, default)
    assert isinstance(value, int | float)
    return float(value)


def places_of(documents: pd.DataFrame) -> Ints:
    """Document numbers of a frame of documents."""
    return documents.index.to_numpy(dtype=np.int64)
