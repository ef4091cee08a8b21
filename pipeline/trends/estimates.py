"""Every series of every universe: the table `trends`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import pandas as pd

from pipeline.estimates.correction import Rates, draw_errors, read_rates
from pipeline.estimates.counting import N_DRAWS, Counts, Pool, count_measures, make_pool, pool_design
from pipeline.estimates.material import Material, Tables, prepare_material
from pipeline.estimates.measures import available_measures
from pipeline.estimates.universe import Selection, Universe, load_universes
from pipeline.keeping import Keep, content_key, fresh
from pipeline.knowledge import load_error_rates
from pipeline.trends.adoption import adoption_rows
from pipeline.trends.cells import cells, wanted
from pipeline.trends.change import Moved, change_rows, moves
from pipeline.trends.cosigning import network_rows
from pipeline.trends.named import named_rows
from pipeline.trends.points import DIGITS, Series, cell_points, point_values
from pipeline.trends.pooled import pooled_rows
from pipeline.trends.robustness import corrections, robustness_rows, specifications
from pipeline.trends.unseen import unseen_rows

COLUMNS = ["measure", "universe", "grouping", "group_value", "period", "lang", "estimator", "estimate", "low",
           "high", "n_documents", "n_sentences", "flags"]
LANGS = ("zh", "en")
ADOPTION_UNIVERSE = "cn_all"


def estimate_trends(
    tables: Tables | Material, *, as_of: str, seed: int = 0, error_rates: Sequence[Mapping[str, object]] | None = None,
    n_draws: int = N_DRAWS, universes: Sequence[str] | None = None, checks: bool = True, keep: Keep = fresh,
) -> pd.DataFrame:
    """All series: the table `trends` of the contract.

    tables: documents, sentences, codes; senses, mentions, commitments, renderings where they exist; or the material
    prepared from them, to share it with `evaluate_claims`.
    as_of: ISO date; later documents are left out. error_rates: rows of `load_error_rates` (default: the shipped).
    universes: only these (default: all). checks: also the slow rows of grouping `change`, `specification`, `robustness`.
    keep: holds resampled intervals of unchanged documents from run to run.
    Returns: one row per point, sorted; `period` is a year or `all`, `group_value` is `all` where ungrouped.
    `n_documents` are those that have what the denominator counts, `n_sentences` their body sentences.
    `estimate` is a share in [0, 1], a difference in [-1, 1] or a rate per 1,000 characters (zh) or words (en);
    `low`, `high` the 95 % interval, NULL below five documents. Flags: `too_few_documents` (below 5),
    `small_sample` (5 to 14), `few_hits` (fewer than three documents with or without a hit: binomial interval),
    `rare` (shares: fewer than forty of either and than three quarters of the documents: Clopper-Pearson ends; differences and
    rates: fewer than ten: the interval is known to be somewhat too narrow),
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
        selection = material.select(universe, as_of=as_of)
        rows += _dropped_rows(selection)
        rows += named_rows(material, selection, digits=DIGITS)
        for lang in LANGS:
            pool = _pool(selection, lang=lang, seed=seed, n_draws=n_draws)
            if len(pool.members):
                documents = selection.documents[selection.documents["series_lang"] == lang]
                rows += _series(counts, selection, pool, rates, lang=lang, keep=keep)
                rows += pooled_rows(counts, documents, universe=universe.name, lang=lang, digits=DIGITS)
                if universe.lead and lang == "zh":
                    rows += network_rows(selection, pool, digits=DIGITS)
                if universe.name == ADOPTION_UNIVERSE:
                    rows += adoption_rows(counts, selection, lang=lang)
                found = moves(counts, pool, documents, seed=seed) if checks else []
                moved += [(universe.name, lang, universe.complete, one) for one in found]
    checked = list(specifications(material, counts, as_of=as_of, corrected=corrections(rates, seed=seed))
                   ) if checks else []
    return _frame([*rows, *change_rows(moved, digits=DIGITS), *robustness_rows(checked, digits=DIGITS)])


def _up_to(documents: pd.DataFrame, as_of: str) -> pd.DataFrame:
    return documents[~(documents["date_issued"].fillna("") > as_of) & documents["duplicate_of"].isna()]


def _pool(selection: Selection, *, lang: str, seed: int, n_draws: int) -> Pool:
    """The documents of a universe in one language with their weights."""
    return make_pool(selection.documents[selection.documents["series_lang"] == lang], seed=seed,
                     complete=selection.universe.complete, n_draws=n_draws)


def _series(
    counts: Counts, selection: Selection, pool: Pool, rates: Rates, *, lang: str, keep: Keep
) -> Iterator[dict[str, object]]:
    """All points of one universe in one language."""
    documents = selection.documents[selection.documents["series_lang"] == lang]
    universe = selection.universe
    labels = {measure.label for measure in counts.measures if measure.label}
    stratum = universe_stratum(universe)
    errors = draw_errors(rates, labels, lang=lang, stratum=stratum, n_draws=pool.n_draws, seed=pool.seed)
    series = Series(universe.name, lang, pool, errors, stratum, content_key("rates", sorted(rates.items())), keep)
    design = pool_design(pool, counts)
    there = [bool(column.any()) for column in counts.denominators[pool.members].T]
    seen = [bool(column.any()) for column in counts.numerators[pool.members].T]
    for cell in cells(documents, fine=universe.lead):
        places = [place for place in wanted(counts.measures, cell, seen=seen) if there[place]]
        yield from cell_points(series, counts.only(places), cell, design=design[places])


def universe_stratum(universe: Universe) -> str:
    """CN or other: which English error rates stand in where a kind of text has none of its own."""
    return "CN" if universe.jurisdiction == ("CN",) else "other"


def _dropped_rows(selection: Selection) -> Iterator[dict[str, object]]:
    """What the filter left out, as points: the estimate is a number of documents."""
    for lang, rule, number in selection.dropped.to_records(index=False).tolist():
        yield {"measure": "documents_dropped", "universe": selection.universe.name, "grouping": "rule",
               "group_value": rule, "period": "all", "lang": lang, "n_documents": number,
               "n_sentences": 0} | point_values(number, None, ["count"], "raw")


def _frame(rows: list[dict[str, object]]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=COLUMNS)
    for column in ("estimate", "low", "high"):
        frame[column] = frame[column].astype("float64")
    for column in ("n_documents", "n_sentences"):
        frame[column] = frame[column].astype("int64")
    return frame.sort_values(COLUMNS[:7], kind="stable").reset_index(drop=True)

