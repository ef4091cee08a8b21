"""Each headline recomputed over the choices one could defend: a specification curve and a label."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import product
from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy import special

from pipeline.errors import TifaError
from pipeline.estimates.change import Fitted, slope, slope_weights
from pipeline.estimates.correction import KINDS, Errors, Rates, draw_error, draw_errors
from pipeline.estimates.counting import Counts
from pipeline.estimates.intervals import MIN_DOCUMENTS
from pipeline.estimates.material import Floats, Ints, Material, as_floats
from pipeline.estimates.sparse import LEVEL
from pipeline.estimates.universe import load_universes, select_documents

HEADLINES = ("development", "security", "balance")
LEXICON = {"development": "development_words", "security": "security_words"}
UNIVERSES = ("cn_digital", "cn_ai", "cn_all")
WINDOWS = (("all years", 0), ("since 2015", 2015), ("since 2019", 2019))
UNITS = ("sentences", "documents")
REPOSTS = ("without reposts", "with reposts")
WAYS = ("corrected by kind of text", "corrected by language")
N_DRAWS = 500
MIN_AGREEING = 0.5


@dataclass(frozen=True)
class Specification:
    """One way to measure the slope of a headline: its choices in words, and what they give."""

    measure: str
    lang: str
    choices: tuple[str, ...]
    fitted: Fitted
    n_sentences: int


Corrections = dict[tuple[str, str], dict[str, Errors]]
"""Way of correction and language → label → error rates, one entry per kind of text."""


def corrections(rates: Rates, *, seed: int) -> Corrections:
    """Both defensible ways: the rates of each kind of text, and one rate for the whole language."""
    found: Corrections = {}
    for lang in ("zh", "en"):
        found[WAYS[0], lang] = draw_errors(rates, LEXICON, lang=lang, stratum="CN", n_draws=N_DRAWS, seed=seed)
        wide = {label: draw_error(rates, label, lang=lang, stratum="CN", n_draws=N_DRAWS, seed=seed) for label in LEXICON}
        found[WAYS[1], lang] = {label: (error,) * len(KINDS) for label, error in wide.items() if error is not None}
    return found


def specifications(
    material: Material, counts: Counts, *, as_of: str, corrected: Corrections
) -> Iterator[Specification]:
    """The slope per year of each headline under every combination of universe, window, unit, reposts and method.

    Units: `sentences` weights documents by length, `documents` lets each count once.
    Method: the classifier, the classifier corrected in either way (the rates' own error is in the interval), or words
    counted per 1,000 characters or words (then the slope is in that unit). Words are found as strings, so that no
    segmenter has a say in any of them.
    Combinations without an interval (fewer than five documents or three years) are left out.
    """
    for name, reposts in product(UNIVERSES, REPOSTS):
        kept = _kept(material, name, reposts, as_of=as_of)
        for lang, (window, first) in product(("zh", "en"), WINDOWS):
            series = _window(kept, lang, first)
            if len(series.places) < MIN_DOCUMENTS:
                continue
            for measure, unit in product(HEADLINES, UNITS):
                yield from _fits(series, counts, measure, lang, (name, window, unit, reposts))
                yield from _corrected_fits(series, counts, measure, lang, (name, window, unit, reposts), corrected)


class _Window(NamedTuple):
    """Document numbers of a yearly series, ascending, and their years."""

    places: Ints
    years: Floats


def _kept(material: Material, name: str, reposts: str, *, as_of: str) -> pd.DataFrame:
    if reposts == REPOSTS[0]:
        return material.select(load_universes()[name], as_of=as_of).documents
    given = material.documents.assign(duplicate_of=None, work_id=None)
    return select_documents(given, load_universes()[name], as_of=as_of).documents


def _window(kept: pd.DataFrame, lang: str, first: int) -> _Window:
    series = kept[kept["in_series"] & (kept["series_lang"] == lang)].sort_index()
    years = as_floats(series["year"].astype(int))
    return _Window(series.index.to_numpy(dtype=np.int64)[years >= first], years[years >= first])


def behind_specification(
    material: Material, measure: str, choices: str, *, lang: str, as_of: str
) -> tuple[str, Ints]:
    """Which measure a point of grouping `specification` counts, in which documents (their numbers).

    choices: its group_value. Raises: TifaError when that names no specification.
    """
    name, window, unit, reposts, method = [*choices.split(" | "), "", "", "", ""][:5]
    counted = {"classifier": measure, "words": LEXICON.get(measure), **dict.fromkeys(WAYS, measure)}.get(method)
    if name not in UNIVERSES or window not in dict(WINDOWS) or unit not in UNITS or reposts not in REPOSTS or not counted:
        raise TifaError(f"There is no specification {choices!r} of {measure}", where="evidence",
                        todo="Pass a whole row of trends.")
    return counted, _window(_kept(material, name, reposts, as_of=as_of), lang, dict(WINDOWS)[window]).places


def _fits(
    series: _Window, counts: Counts, measure: str, lang: str, choices: tuple[str, ...]
) -> Iterator[Specification]:
    places = series.places
    for method, column in (("classifier", measure), ("words", LEXICON.get(measure, ""))):
        place = counts.place(column)
        if place is None:
            continue
        top, bottom = counts.numerators[places, place], counts.denominators[places, place]
        fitted = slope(*_in_unit(top, bottom, choices[2]), series.years)
        if np.isfinite(fitted.low):
            yield Specification(measure, lang, (*choices, method), fitted, int(counts.sentences[places].sum()))


def _corrected_fits(
    series: _Window, counts: Counts, measure: str, lang: str, choices: tuple[str, ...], corrected: Corrections
) -> Iterator[Specification]:
    """The slope of corrected hits; a slope is linear in hits, so the error rates enter it kind by kind."""
    column = counts.place(measure)
    if column is None:
        return
    places, years = series
    kinds = counts.kinds[places]
    top, bottom = _in_unit(counts.numerators[places, column], counts.denominators[places, column], choices[2])
    signs = {label: sign for label, sign in (("development", 1), ("security", -1)) if measure in (label, "balance")}
    for way in WAYS:
        errors = corrected[way, lang]
        if not all(_usable(errors.get(label), kinds[bottom > 0]) for label in signs):
            continue
        fixed, noise, weights = top.copy(), np.zeros(N_DRAWS), slope_weights(bottom, years)
        for label, sign in signs.items():
            place = counts.place(label)
            assert place is not None
            hits, _ = _in_unit(counts.numerators[places, place], counts.denominators[places, place], choices[2])
            moved, spread = _correction(hits, bottom, kinds, errors[label], weights)
            fixed += moved * (sign if measure == "balance" else 1)
            noise += spread * (sign if measure == "balance" else 1)
        fitted = _widened(slope(fixed, bottom, years), float(noise.std()))
        if np.isfinite(fitted.low):
            yield Specification(measure, lang, (*choices, way), fitted, int(counts.sentences[places].sum()))


def _correction(hits: Floats, bottom: Floats, kinds: Ints, errors: Errors, weights: Floats) -> tuple[Floats, Floats]:
    """What correction adds to the hits of each document, and how far each draw of the rates moves the slope."""
    moved, spread = np.zeros(len(hits)), np.zeros(N_DRAWS)
    for kind in np.unique(kinds[bottom > 0]):
        error, inside = errors[kind], kinds == kind
        assert error is not None
        false, information = 1 - error.specificity, error.sensitivity + error.specificity - 1
        moved[inside] = ((hits - false * bottom) / information - hits)[inside]
        of_hits, of_size = ((weights * part)[inside].sum() for part in (hits, bottom))
        drawn = 1 - error.specificities, error.sensitivities + error.specificities - 1
        spread += (of_hits - drawn[0] * of_size) / drawn[1] - (of_hits - false * of_size) / information
    return moved, spread


def _usable(errors: Errors | None, kinds: Ints) -> bool:
    found = [errors[kind] if errors else None for kind in np.unique(kinds)]
    return all(error is not None and error.usable for error in found)


def _widened(fitted: Fitted, deviation: float) -> Fitted:
    """The interval with the error of the rates added in squares."""
    extra = float(special.ndtri(0.5 + LEVEL / 2)) * deviation
    low, high = fitted.estimate - fitted.low, fitted.high - fitted.estimate
    return replace(fitted, low=fitted.estimate - float(np.hypot(low, extra)), high=fitted.estimate + float(np.hypot(high, extra)))


def _in_unit(top: Floats, bottom: Floats, unit: str) -> tuple[Floats, Floats]:
    if unit == "sentences":
        return top, bottom
    here = bottom > 0
    return np.where(here, top / np.where(here, bottom, 1.0), 0.0), here.astype(np.float64)


def robustness_rows(found: list[Specification], *, digits: int) -> Iterator[dict[str, object]]:
    """Points of grouping `specification` (one per combination) and `robustness` (one per headline and language).

    A slope is `robust` when every specification has the sign of the first (the headline's own) and at least half of
    the intervals leave out zero; else `fragile`. The estimate of that point is the share of specifications that
    agree in sign; n_documents is that of the headline.
    """
    groups: dict[tuple[str, str], list[Specification]] = {}
    for one in found:
        groups.setdefault((one.measure, one.lang), []).append(one)
        yield _row(one, "specification", " | ".join(one.choices), [one.fitted.estimate, one.fitted.low,
                                                                   one.fitted.high], [], digits)
    for specs in groups.values():
        sign = np.sign(specs[0].fitted.estimate)
        agreeing = float(np.mean([np.sign(one.fitted.estimate) == sign for one in specs]))
        clear = float(np.mean([one.fitted.low > 0 or one.fitted.high < 0 for one in specs]))
        label = "robust" if agreeing == 1 and clear >= MIN_AGREEING else "fragile"
        flags = [label, f"specifications={len(specs)}", f"clear={clear:.2f}"]
        yield _row(specs[0], "robustness", "slope_per_year", [agreeing, None, None], flags, digits)


def _row(
    one: Specification, grouping: str, value: str, numbers: list[float | None], flags: list[str], digits: int
) -> dict[str, object]:
    estimate, low, high = (None if number is None else round(number, digits) for number in numbers)
    return {"measure": one.measure, "universe": "cn_digital", "grouping": grouping, "group_value": value,
            "period": "all", "lang": one.lang, "estimator": "raw", "estimate": estimate, "low": low, "high": high,
            "n_documents": one.fitted.n_documents, "n_sentences": one.n_sentences, "flags": sorted(flags)}
