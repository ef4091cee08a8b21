"""Development and security measured on the English texts alone, on the Chinese alone, and on aligned pairs only."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from pipeline.alignments.band import Floats
from pipeline.alignments.shifts import FRAMES, pair_summary
from pipeline.estimates.correction import KINDS, Error, draw_errors, kinds_of_text, read_rates
from pipeline.estimates.intervals import MIN_DOCUMENTS, Weights, bounds, draw_weights, ratio_draws
from pipeline.knowledge import load_error_rates

MEASURES = (*FRAMES, "gap")
SIDES = ("en_alone", "zh_alone", "en_pairs", "zh_pairs")
# What each difference says: all that separates the two languages, and the part that is translation (same passages).
DIFFERENCES: Mapping[str, tuple[str, str]] = {"alone": ("en_alone", "zh_alone"), "translation": ("en_pairs", "zh_pairs")}
SIDE_COLUMNS = ["period", "estimator", "measure", "side", "estimate", "low", "high", "n_documents", "n"]
N_DRAWS = 2000
JURISDICTION = "CN"
Rates = Mapping[tuple[str, str], list[Error]]


def compare_sides(documents: pd.DataFrame, codes: pd.DataFrame, alignments: pd.DataFrame, *, seed: int = 0,
                  pairs: pd.DataFrame | None = None) -> pd.DataFrame:
    """Shares of development and of security, and their gap, by the side they are measured on.

    documents, codes, alignments: the contract's tables. Chinese texts and their English versions alone: every document
    issued in China (jurisdiction CN) in that language, reposts left out, the unit is the sentence. Pairs: two-sided
    links (shifts.pair_summary), the unit is the link, so that splitting a sentence moves nothing.
    Returns: `period` (`all` or a year: of the document, of the Chinese one for pairs), `estimator` (raw; corrected
    for the classifier's error in each language and kind of text, `all` only, left out where that would leave the range), `measure`
    (development, security, gap = development minus security), `side` (SIDES, and DIFFERENCES, English minus Chinese),
    estimate (in [0, 1], gaps and differences in [-1, 1]), low, high of the 95 % interval, whole texts resampled (a text
    and its translations together), missing below five texts; n_documents texts, n sentences or links. A raw
    difference holds what the two classifiers differ in. pairs: what shifts.pair_summary gave, where it is known.
    """
    counts = _counts(documents, codes, alignments, pair_summary(alignments, codes) if pairs is None else pairs)
    errors = _errors(seed)
    rows = _rows("all", counts, errors, seed=seed)
    for year in sorted(set(counts.year.dropna())):
        rows += _rows(str(year), counts[counts.year == year], {}, seed=seed)
    return pd.DataFrame(rows, columns=SIDE_COLUMNS)


def _counts(documents: pd.DataFrame, codes: pd.DataFrame, alignments: pd.DataFrame, pairs: pd.DataFrame) -> pd.DataFrame:
    """One row per text and side: text, side, kind (place in KINDS), year, n, development, security (counts)."""
    chinese = documents[(documents.jurisdiction == JURISDICTION) & documents.duplicate_of.isna()]
    work = {str(doc_id): str(pair) for pair, zh, en in alignments[["pair_id", "zh_doc_id", "en_doc_id"]].drop_duplicates()
            .to_numpy(dtype=object).tolist() for doc_id in (zh, en)}
    year = {str(doc_id): date[:4] for doc_id, date in documents[["doc_id", "date_issued"]].to_numpy(dtype=object).tolist()
            if isinstance(date, str)}
    kind = dict(zip(documents.doc_id.map(str), kinds_of_text(documents.doc_type).tolist(), strict=True))
    coded = codes[codes.doc_id.isin(chinese.doc_id)]
    sums = coded.groupby("doc_id", sort=True)[list(FRAMES)].agg(["sum"]).droplevel(1, axis=1)
    sizes = coded.groupby("doc_id", sort=True).size()
    lang = {str(doc_id): "en_alone" if lang == "en" else "zh_alone"
            for doc_id, lang in chinese[["doc_id", "lang"]].to_numpy(dtype=object).tolist() if lang != "mixed"}
    rows: list[tuple[object, ...]] = [
        (work.get(str(doc_id), str(doc_id)), lang[str(doc_id)], kind[str(doc_id)], year.get(str(doc_id)),
         int(sizes[doc_id]), *map(int, values))
        for doc_id, *values in sums.reset_index().to_numpy(dtype=object).tolist() if str(doc_id) in lang]
    for pair in pairs.itertuples(index=False):
        for side in ("zh", "en"):
            shares = [float(getattr(pair, f"{frame}_{side}")) for frame in FRAMES]
            rows.append((str(pair.pair_id), f"{side}_pairs", kind[str(pair.zh_doc_id)], year.get(str(pair.zh_doc_id)),
                         int(str(pair.n_links)), *(round(share * int(str(pair.n_links))) for share in shares)))
    return pd.DataFrame(rows, columns=["text", "side", "kind", "year", "n", *FRAMES])


def _errors(seed: int) -> Rates:
    """Error rates by frame and language, one per kind of text; empty where a frame cannot be corrected."""
    rates, found = read_rates(load_error_rates()), {}
    for lang in ("zh", "en"):
        for frame, kinds in draw_errors(rates, FRAMES, lang=lang, stratum=JURISDICTION, n_draws=N_DRAWS, seed=seed).items():
            usable = [error for error in kinds if error is not None and error.usable]
            if len(usable) == len(KINDS):
                found[frame, lang] = usable
    return found if len(found) == 2 * len(FRAMES) else {}


def _rows(period: str, counts: pd.DataFrame, errors: Rates, *, seed: int
          ) -> list[tuple[object, ...]]:
    """Rows of one period; one matrix of weights serves all sides, so that differences are paired."""
    texts = sorted(set(counts.text))
    if not texts:
        return []
    tops, bottoms = _matrices(counts, texts)
    weights = draw_weights(len(texts), n_draws=N_DRAWS, seed=seed, name=f"sides:{period}")
    names = [(measure, side) for side in SIDES for measure in MEASURES]
    drawn = ratio_draws(weights, tops, bottoms, scales=["difference" if measure == "gap" else "share" for measure, _ in names],
                        design=np.full(len(names), np.nan), seed=seed)
    sizes = {side: (int((bottoms[:, place] > 0).sum()), int(bottoms[:, place].sum()))
             for place, (measure, side) in enumerate(names) if measure == "gap"}
    raw = {name: (float(drawn.estimate[place]), drawn.column(place)) for place, name in enumerate(names)}
    rows = _described(period, "raw", {**raw, **_paired(weights, tops, bottoms, names, seed=seed)}, sizes)
    if errors:
        fixed = _correct(counts, texts, weights, errors, seed=seed)
        rows += _described(period, "corrected", _possible(fixed), sizes)
    return rows


def _matrices(counts: pd.DataFrame, texts: list[str]) -> tuple[Floats, Floats]:
    """Numerators and denominators, texts × (SIDES × MEASURES)."""
    place = {text: number for number, text in enumerate(texts)}
    rows, sides = np.array([place[text] for text in counts.text]), counts.side.to_numpy(dtype=object)
    values = {name: counts[name].to_numpy(dtype=np.float64) for name in ("n", *FRAMES)}
    tops, bottoms = [], []
    for side in SIDES:
        own = sides == side
        sums = {name: np.bincount(rows[own], weights=column[own], minlength=len(texts)) for name, column in values.items()}
        columns = [sums[frame] for frame in FRAMES]
        tops += [*columns, columns[0] - columns[1]]
        bottoms += [sums["n"]] * len(MEASURES)
    return np.stack(tops, axis=1), np.stack(bottoms, axis=1)


Drawn = Mapping[tuple[str, str], tuple[float, Any]]


def _paired(weights: Weights, tops: Floats, bottoms: Floats, names: list[tuple[str, str]], *, seed: int) -> Drawn:
    """English minus Chinese of the same links, as one ratio: what both sides share does not widen its interval."""
    place = {name: number for number, name in enumerate(names)}
    english, chinese = ([place[measure, side] for measure in MEASURES] for side in DIFFERENCES["translation"])
    span = np.array([2.0 if measure == "gap" else 1.0 for measure in MEASURES])      # a gap moves within [-2, 2]
    drawn = ratio_draws(weights, (tops[:, english] - tops[:, chinese]) / span, bottoms[:, chinese],
                        scales=["difference"] * len(MEASURES), design=np.full(len(MEASURES), np.nan), seed=seed)
    return {(measure, "translation"): (float(drawn.estimate[number] * span[number]), drawn.column(number) * span[number])
            for number, measure in enumerate(MEASURES)}


def _correct(counts: pd.DataFrame, texts: list[str], weights: Weights, errors: Rates, *, seed: int) -> Drawn:
    """Corrected shares: the hits of each text by the error rates of its kind, texts and error rates drawn together."""
    fixed = counts.copy()
    noise: dict[tuple[str, str], Any] = {}
    for frame in FRAMES:
        own = [errors[frame, side[:2]][kind] for side, kind in zip(counts.side, counts.kind, strict=True)]
        false = np.array([1 - error.specificity for error in own])
        fixed[frame] = (counts[frame] - false * counts.n) / (np.array([error.sensitivity for error in own]) - false)
        for side in SIDES:
            noise[frame, side] = _rate_noise(counts[counts.side == side], frame, errors, side[:2])
    tops, bottoms = _matrices(fixed, texts)
    names = [(measure, side) for side in SIDES for measure in MEASURES]
    drawn = ratio_draws(weights, tops, bottoms, scales=["difference"] * len(names), design=np.full(len(names), np.nan),
                        seed=seed)
    for side in SIDES:
        noise["gap", side] = noise[FRAMES[0], side] - noise[FRAMES[1], side]
    return {name: (float(drawn.estimate[place]), drawn.column(place) + noise[name]) for place, name in enumerate(names)}


def _rate_noise(counts: pd.DataFrame, frame: str, errors: Rates, lang: str) -> Floats:
    """How far each draw of the error rates moves a corrected share away from the one of the estimated rates."""
    moved = np.zeros(N_DRAWS)
    for kind, rows in counts.groupby("kind", sort=True):
        error, hits, size = errors[frame, lang][int(str(kind))], float(rows[frame].sum()), float(rows.n.sum())
        share = hits / size if size else 0.0
        moved += (error.correct_draws(np.full(N_DRAWS, share)) - error.correct(share)) * size
    total = float(counts.n.sum())
    return moved / total if total else moved


def _possible(values: Drawn) -> Drawn:
    """Sides both of whose shares stay within [0, 1] with their intervals; elsewhere the error rates do not fit."""
    kept = [side for side in SIDES if all(
        0 <= end <= 1 for frame in FRAMES for end in np.quantile(values[frame, side][1], (0.025, 0.975)))]
    return {key: value for key, value in values.items() if key[1] in kept}


def _described(period: str, estimator: str, values: Drawn, sizes: Mapping[str, tuple[int, int]]) -> list[tuple[object, ...]]:
    rows: list[tuple[object, ...]] = []
    for measure in MEASURES:
        for side in SIDES:
            if (measure, side) in values:
                rows += _row(period, estimator, measure, side, *values[measure, side], *sizes[side])
        for name, (one, other) in DIFFERENCES.items():
            if (measure, one) not in values or (measure, other) not in values:
                continue
            (first, draws), (second, others) = values[measure, one], values[measure, other]
            estimate, drawn = values.get((measure, name), (first - second, draws - others))
            n_documents, n = (min(sizes[one][place], sizes[other][place]) for place in (0, 1))
            rows += _row(period, estimator, measure, name, estimate, drawn, n_documents, n)
    return rows


def _row(period: str, estimator: str, measure: str, side: str, estimate: float, draws: Floats, n_documents: int, n: int
         ) -> list[tuple[object, ...]]:
    if not n_documents or not np.isfinite(estimate):
        return []
    low: float | None = None
    high: float | None = None
    if n_documents >= MIN_DOCUMENTS:
        ends = bounds(draws[:, None], np.array([estimate]))
        low, high = round(float(ends[0][0]), 4), round(float(ends[1][0]), 4)
    return [(period, estimator, measure, side, round(estimate, 4), low, high, n_documents, n)]
