"""Every series of every universe: the table `trends`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
import pandas as pd

from pipeline.estimates.correction import Errors, Rates, draw_errors, read_rates
from pipeline.estimates.counting import (
    N_DRAWS,
    Counts,
    Pool,
    count_measures,
    draw_slice,
    make_pool,
    pool_design,
)
from pipeline.estimates.intervals import MIN_DOCUMENTS, SMALL_SAMPLE, Drawn, bounds
from pipeline.estimates.material import Material, Tables, prepare_material
from pipeline.estimates.measures import available_measures
from pipeline.estimates.strata import Corrected, correct_slice
from pipeline.estimates.universe import Selection, Universe, load_universes, select_documents
from pipeline.knowledge import load_error_rates
from pipeline.trends.adoption import adoption_rows
from pipeline.trends.cells import Cell, cells, wanted
from pipeline.trends.change import Moved, change_rows, moves
from pipeline.trends.cosigning import network_rows
from pipeline.trends.named import named_rows
from pipeline.trends.pooled import pooled_rows
from pipeline.trends.robustness import corrections, robustness_rows, specifications
from pipeline.trends.unseen import overturning_share, unseen_rows

COLUMNS = ["measure", "universe", "grouping", "group_value", "period", "lang", "estimator", "estimate", "low",
           "high", "n_documents", "n_sentences", "flags"]
LANGS = ("zh", "en")
DIGITS = 6
LEAVES = 0.5 * 10.0**-DIGITS
"""How far a bound may lie outside its range by rounding alone."""
ADOPTION_UNIVERSE = "cn_all"


def estimate_trends(
    tables: Tables | Material, *, as_of: str, seed: int = 0, error_rates: Sequence[Mapping[str, object]] | None = None,
    n_draws: int = N_DRAWS, universes: Sequence[str] | None = None, checks: bool = True,
) -> pd.DataFrame:
    """All series: the table `trends` of the contract.

    tables: documents, sentences, codes; senses, mentions, commitments, renderings where they exist; or the material
    prepared from them, to share it with `evaluate_claims`.
    as_of: ISO date; later documents are left out. error_rates: rows of `load_error_rates` (default: the shipped).
    universes: only these (default: all). checks: also the slow rows of grouping `change`, `specification`, `robustness`.
    Returns: one row per point, sorted; `period` is a year or `all`, `group_value` is `all` where ungrouped.
    `n_documents` are those that have what the denominator counts, `n_sentences` their body sentences.
    `estimate` is a share in [0, 1], a difference in [-1, 1] or a rate per 1,000 characters (zh) or words (en);
    `low`, `high` the 95 % interval, NULL below five documents. Flags: `too_few_documents` (below 5),
    `small_sample` (5 to 14), `few_hits` (fewer than three documents with or without a hit: binomial interval),
    `rare` (fewer than ten of either: the interval is known to be somewhat too narrow),
    `complete_series` (no sampling error), `no_denominator`; of corrected points `classifier_error_only`, `unusable`
    (value impossible, or the classifier too weak to correct), `interval_leaves_range` (a bound lies outside the range
    of the measure: the error rates are too uncertain to place it), `rates=…` (strata of the error rates used:
    statute, soft, speech where the kind of text has enough labels, else CN, other or all of the language).
    Rows of grouping `specification` and `robustness` recompute the headline slopes over every defensible choice (see
    `robustness_rows`). Rows of grouping `change` hold the slope per year and the break of each core measure (see `change_rows`).
    Rows of estimator `pooled` are shares of groups and years below 15 documents, drawn towards the others of their
    kind (see `pooled_rows`). Rows of groupings `quarter` and `month` belong to the lead universe.
    Rows of `co_issued_pair`, `leads_when_co_issued`, `lead_concentration`, `co_issuance_density` and
    `co_issuance_centrality` say who signs with whom (see `network_rows`), those of `named` who and what is named in how
    many documents (see `named_rows`).
    Rows of grouping `adoption` say who used a formulation first (see `adoption_rows`).
    Rows of the measure `overturning_share` say how much unseen text of the opposite frame would bring the balance of
    the same period to zero; rows of `numbered_documents` how many documents a number series had (see `unseen_rows`).
    Rows of the measure `documents_dropped` (grouping `rule`) say how many documents each rule left out.
    """
    material = tables if isinstance(tables, Material) else prepare_material(tables)
    counts = count_measures(material, available_measures(material))
    rates = read_rates(load_error_rates() if error_rates is None else error_rates)
    rows = list(unseen_rows(_up_to(material.documents, as_of)))
    moved: list[tuple[str, str, bool, Moved]] = []
    for universe in load_universes().values():
        if universe.contrast_only or universe.name not in (universes or load_universes()):
            continue
        selection = select_documents(material.documents, universe, as_of=as_of)
        rows += _dropped_rows(selection)
        rows += named_rows(material, selection, digits=DIGITS)
        for lang in LANGS:
            pool = _pool(selection, lang=lang, seed=seed, n_draws=n_draws)
            if len(pool.members):
                documents = selection.documents[selection.documents["series_lang"] == lang]
                rows += _series(counts, selection, pool, rates, lang=lang)
                rows += pooled_rows(counts, documents, universe=universe.name, lang=lang, digits=DIGITS)
                if universe.lead and lang == "zh":
                    rows += network_rows(selection, pool, digits=DIGITS)
                if universe.name == ADOPTION_UNIVERSE:
                    rows += adoption_rows(counts, selection, lang=lang)
                found = moves(counts, pool, documents, seed=seed) if checks else []
                moved += [(universe.name, lang, universe.complete, one) for one in found]
    checked = list(specifications(material.documents, counts, as_of=as_of, corrected=corrections(rates, seed=seed))
                   ) if checks else []
    return _frame([*rows, *change_rows(moved, digits=DIGITS), *robustness_rows(checked, digits=DIGITS)])


def _up_to(documents: pd.DataFrame, as_of: str) -> pd.DataFrame:
    return documents[~(documents["date_issued"].fillna("") > as_of) & documents["duplicate_of"].isna()]


def _pool(selection: Selection, *, lang: str, seed: int, n_draws: int) -> Pool:
    """The weight matrix of a universe in one language."""
    universe = selection.universe
    documents = selection.documents[selection.documents["series_lang"] == lang]
    return make_pool(documents.index.to_numpy(dtype=np.int64), name=f"{universe.name}/{lang}", seed=seed,
                     complete=universe.complete, n_draws=n_draws)


def _series(
    counts: Counts, selection: Selection, pool: Pool, rates: Rates, *, lang: str
) -> Iterator[dict[str, object]]:
    """All points of one universe in one language, with one weight matrix."""
    documents = selection.documents[selection.documents["series_lang"] == lang]
    universe = selection.universe
    labels = {measure.label for measure in counts.measures if measure.label}
    errors = draw_errors(rates, labels, lang=lang, stratum=universe_stratum(universe), n_draws=len(pool.weights),
                         seed=pool.seed)
    design = pool_design(pool, counts)
    there = [bool(column.any()) for column in counts.denominators[pool.members].T]
    seen = [bool(column.any()) for column in counts.numerators[pool.members].T]
    for cell in cells(documents, fine=universe.lead):
        places = [place for place, measure in enumerate(counts.measures)
                  if there[place] and wanted(measure, cell, seen=seen[place])]
        chosen = counts.only(places)
        drawn = draw_slice(pool, chosen, cell.places, design=design[places])
        yield from _points(pool, chosen, drawn, errors, cell, universe=universe.name, lang=lang)


def universe_stratum(universe: Universe) -> str:
    """CN or other: which English error rates stand in where a kind of text has none of its own."""
    return "CN" if universe.jurisdiction == ("CN",) else "other"


def _points(
    pool: Pool, counts: Counts, drawn: Drawn, errors: dict[str, Errors], cell: Cell, *, universe: str, lang: str
) -> Iterator[dict[str, object]]:
    members = np.intersect1d(pool.members, cell.places)
    sentences = counts.sentences[members] @ (counts.denominators[members] > 0)
    few = len(cell.places) < MIN_DOCUMENTS
    low, high = (drawn.estimate, drawn.estimate) if few else bounds(drawn.draws, drawn.estimate)
    fixed = correct_slice(pool, counts, drawn, cell.places, errors)
    for place, measure in enumerate(counts.measures):
        n_documents = int(drawn.n_documents[place])
        base = {"measure": measure.name, "universe": universe, "grouping": cell.grouping,
                "group_value": cell.group_value, "period": cell.period, "lang": lang, "n_documents": n_documents,
                "n_sentences": int(sentences[place])}
        if not np.isfinite(drawn.estimate[place]):
            if cell.grouping == "all":
                yield base | _values(None, None, None, ["no_denominator"], "raw")
            continue
        flags = point_flags(pool, drawn, place)
        bare = "too_few_documents" in flags or pool.complete
        yield base | _values(drawn.estimate[place], None if bare else low[place], None if bare else high[place],
                             flags, "raw")
        if measure.name == "balance" and cell.grouping == "all":
            share = overturning_share(float(drawn.estimate[place]))
            yield base | {"measure": "overturning_share"} | _values(share, None, None, ["worst_case"], "raw")
        if measure.name in fixed:
            yield base | _corrected_values(fixed[measure.name], flags, measure.scale, complete=pool.complete)


def point_flags(pool: Pool, drawn: Drawn, place: int) -> list[str]:
    """Flags that hold for a point whatever the estimator."""
    if pool.complete:
        return ["complete_series"]
    if drawn.n_documents[place] < MIN_DOCUMENTS:
        return ["too_few_documents"]
    flags = ["small_sample"] if drawn.n_documents[place] < SMALL_SAMPLE else []
    return flags + ["few_hits"] * bool(drawn.few_hits[place]) + ["rare"] * bool(drawn.rare[place])


def _corrected_values(found: Corrected, flags: list[str], scale: str, *, complete: bool) -> dict[str, object]:
    own = [*flags, *(["classifier_error_only"] if complete else []), f"rates={'+'.join(found.used)}"]
    if not found.usable:
        return _values(None, None, None, [*own, "unusable"], "corrected")
    least = -1.0 if scale == "difference" else 0.0
    if not least <= found.estimate <= 1.0:
        own.append("unusable")
    if "too_few_documents" in flags:
        return _values(found.estimate, None, None, own, "corrected")
    low, high = bounds(found.draws[:, None], np.array([found.estimate]))
    if low[0] < least - LEAVES or high[0] > 1.0 + LEAVES:
        own.append("interval_leaves_range")
    return _values(found.estimate, low[0], high[0], own, "corrected")


def _values(
    estimate: float | None, low: float | None, high: float | None, flags: list[str], estimator: str
) -> dict[str, object]:
    def rounded(value: float | None) -> float | None:
        return None if value is None else round(float(value), DIGITS)

    return {"estimator": estimator, "estimate": rounded(estimate), "low": rounded(low), "high": rounded(high),
            "flags": sorted(flags)}


def _dropped_rows(selection: Selection) -> Iterator[dict[str, object]]:
    """What the filter left out, as points: the estimate is a number of documents."""
    for lang, rule, number in selection.dropped.to_records(index=False).tolist():
        yield {"measure": "documents_dropped", "universe": selection.universe.name, "grouping": "rule",
               "group_value": rule, "period": "all", "lang": lang, "n_documents": number,
               "n_sentences": 0} | _values(number, None, None, ["count"], "raw")


def _frame(rows: list[dict[str, object]]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=COLUMNS)
    for column in ("estimate", "low", "high"):
        frame[column] = frame[column].astype("float64")
    for column in ("n_documents", "n_sentences"):
        frame[column] = frame[column].astype("int64")
    return frame.sort_values(COLUMNS[:7], kind="stable").reset_index(drop=True)

