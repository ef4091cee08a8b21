"""Error rates per kind of text: the pooled correction is biased where kinds differ, the stratified one covers."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
import pytest

from pipeline.estimates.correction import KINDS, draw_errors, kinds_of_text, read_rates
from pipeline.estimates.counting import Counts, Pool, draw_slice, make_pool, pool_design
from pipeline.estimates.intervals import bounds
from pipeline.estimates.material import Ints
from pipeline.estimates.measures import measure_by_name
from pipeline.estimates.strata import Corrected, correct_slice
from pipeline.trends import estimate_trends
from tests.trends.simulation import planted_counts
from tests.trends.synthetic import Plan, make_tables

AS_OF = "2026-01-01"
TRUTH = {"statute": (0.10, 0.80, 0.99), "soft": (0.45, 0.85, 0.88), "speech": (0.55, 0.75, 0.75)}
"""Kind of text → true share, sensitivity, specificity."""
N_LABELS = {"statute": 400, "soft": 450, "speech": 350}


def labelled(generator: np.random.Generator) -> list[dict[str, object]]:
    """Confusion counts of a random sample of sentences of each kind, and of all of them together."""
    rows: list[dict[str, object]] = []
    total = dict.fromkeys(("tp", "fn", "tn", "fp"), 0)
    for kind, (share, sensitivity, specificity) in TRUTH.items():
        positives = int(generator.binomial(N_LABELS[kind], share))
        tp, tn = (int(generator.binomial(size, rate)) for size, rate in
                  ((positives, sensitivity), (N_LABELS[kind] - positives, specificity)))
        cells = {"tp": tp, "fn": positives - tp, "tn": tn, "fp": N_LABELS[kind] - positives - tn}
        total = {name: total[name] + cells[name] for name in total}
        rows.append({"label": "security", "lang": "zh", "stratum": kind} | cells)
    return [*rows, {"label": "security", "lang": "zh", "stratum": "all"} | total]


def corpus(generator: np.random.Generator, numbers: Mapping[str, int]) -> Counts:
    """Counts of documents of each kind; the true share of a kind is that of TRUTH."""
    tops, bottoms, kinds = [], [], []
    for kind, number in numbers.items():
        share, sensitivity, specificity = TRUTH[kind]
        if not number:
            continue
        top, bottom = planted_counts(generator, n_documents=number, share=share, rho=0.05, unequal=0.5,
                                     sensitivity=sensitivity, specificity=specificity)
        tops.append(top)
        bottoms.append(bottom)
        kinds += [KINDS.index(kind)] * number
    top, bottom = np.concatenate(tops)[:, None], np.concatenate(bottoms)[:, None]
    return Counts([measure_by_name("security")], top, bottom, bottom[:, 0], np.array(kinds, dtype=np.int64))


def numbered(places: Ints) -> pd.DataFrame:
    """Documents with these numbers."""
    return pd.DataFrame({"doc_id": [f"d{place:04d}" for place in places]}, index=places)


def correct(counts: Counts, rows: list[dict[str, object]], *, seed: int, complete: bool = False) -> Corrected:
    places = np.arange(len(counts.kinds), dtype=np.int64)
    pool: Pool = make_pool(numbered(places), seed=seed, complete=complete, n_draws=500)
    drawn = draw_slice(pool, counts, places, design=pool_design(pool, counts))
    errors = draw_errors(read_rates(rows), ["security"], lang="zh", stratum="CN", n_draws=500, seed=seed)
    return correct_slice(pool, counts, drawn, places, errors)["security"]


def coverage(numbers: Mapping[str, int], *, n_corpora: int, pooled: bool) -> tuple[float, float]:
    """(share of corpora whose corrected interval holds the truth, mean error of the estimate).

    numbers: expected documents of each kind; a corpus draws the kind of each document, as it draws the document. The
    truth is the share over sentences in the expected proportion.
    """
    size = sum(numbers.values())
    truth = sum(number * TRUTH[kind][0] for kind, number in numbers.items()) / size
    inside, errors = 0, []
    for seed in range(n_corpora):
        generator = np.random.default_rng([seed, *numbers.values()])
        rows = labelled(generator)
        mix = generator.multinomial(size, [number / size for number in numbers.values()]).tolist()
        found = correct(corpus(generator, dict(zip(numbers, mix, strict=True))), rows[-1:] if pooled else rows, seed=seed)
        low, high = bounds(found.draws[:, None], np.array([found.estimate]))
        inside += int(low[0] <= truth <= high[0])
        errors.append(found.estimate - truth)
    return inside / n_corpora, float(np.mean(errors))


@pytest.mark.parametrize(("doc_type", "kind"), [
    ("law", "statute"), ("administrative_regulation", "statute"), ("departmental_rule", "statute"),
    ("local_regulation", "statute"), ("judicial_document", "statute"), ("speech", "speech"),
    ("work_report", "speech"), ("plan", "soft"), ("white_paper", "soft"), ("standard", "soft"), (None, "soft"),
    (float("nan"), "soft")])
def test_kinds_of_text(doc_type: object, kind: str) -> None:
    assert KINDS[kinds_of_text([doc_type])[0]] == kind


def row(stratum: str, tp: int, fn: int, tn: int, fp: int, lang: str = "en") -> dict[str, object]:
    return {"label": "security", "lang": lang, "stratum": stratum, "tp": tp, "fn": fn, "tn": tn, "fp": fp}


@pytest.mark.parametrize(("rows", "stratum", "expected", "reason"), [
    ([row("all", 80, 20, 90, 10)], "CN", ["all"] * 3, "no strata yet"),
    ([row("all", 80, 20, 90, 10), row("CN", 60, 20, 90, 10)], "CN", ["CN"] * 3, "English of China apart"),
    ([row("all", 80, 20, 90, 10), row("CN", 60, 20, 90, 10)], "other", ["all"] * 3, "no rates of the others"),
    ([row("all", 80, 20, 90, 10), row("statute", 15, 5, 90, 10)], "CN", ["statute", "all", "all"], "just enough"),
    ([row("all", 80, 20, 90, 10), row("statute", 14, 5, 90, 10)], "CN", ["statute/all", "all", "all"],
     "19 true sentences: the specificity is its own, the sensitivity that of the language"),
    ([row("all", 80, 20, 90, 10), row("soft", 30, 5, 9, 10)], "CN", ["all", "soft/all", "all"],
     "19 false sentences: the other way round"),
    ([row("all", 80, 20, 90, 10), row("speech", 0, 0, 90, 10)], "CN", ["all", "all", "speech/all"],
     "no true sentence at all: the specificity is still its own"),
    ([row("CN", 60, 20, 90, 10), row("soft", 30, 5, 90, 10), row("speech", 3, 2, 9, 1)], "CN", ["CN", "soft", "CN"],
     "each kind for itself"),
    ([row("soft", 30, 5, 90, 10)], "CN", [None, "soft", None], "no rate at all for the others"),
    ([row("all", 80, 20, 90, 10, lang="zh")], "CN", None, "another language")])
def test_which_rates_are_used(
    rows: list[dict[str, object]], stratum: str, expected: list[str | None] | None, reason: str
) -> None:
    found = draw_errors(read_rates(rows), ["security"], lang="en", stratum=stratum, n_draws=50, seed=1)
    told = [error.source if error else None for error in found["security"]] if found else None
    assert told == expected, reason


def test_corrected_hits_add_up_over_kinds() -> None:
    """By hand: 30 of 100 sentences of statutes and 60 of 100 of speeches are hits."""
    rates = [row("statute", 80, 20, 90, 10), row("speech", 90, 10, 70, 30)]
    counts = Counts([measure_by_name("security")], np.repeat([[3.0], [6.0]], 10, axis=0), np.full((20, 1), 10.0),
                    np.full(20, 10.0), np.repeat([KINDS.index("statute"), KINDS.index("speech")], 10))
    found = correct(counts, [entry | {"lang": "zh"} for entry in rates], seed=1, complete=True)
    assert found.estimate == pytest.approx(((30 - 0.1 * 100) / 0.7 + (60 - 0.3 * 100) / 0.6) / 200)
    assert found.used == ("statute", "speech") and found.usable


def test_one_kind_alone_is_corrected_as_a_whole() -> None:
    """A slice of one kind of text: draws are the raw ones, each corrected with its own draw of the rates."""
    generator = np.random.default_rng(5)
    counts, rows = corpus(generator, {"soft": 20}), labelled(generator)
    places = np.arange(20, dtype=np.int64)
    pool = make_pool(numbered(places), seed=2, n_draws=500)
    drawn = draw_slice(pool, counts, places, design=pool_design(pool, counts))
    errors = draw_errors(read_rates(rows), ["security"], lang="zh", stratum="CN", n_draws=500, seed=2)
    soft = errors["security"][KINDS.index("soft")]
    assert soft is not None
    found = correct_slice(pool, counts, drawn, places, errors)["security"]
    assert found.estimate == pytest.approx(soft.correct(float(drawn.estimate[0])))
    assert found.draws == pytest.approx(soft.correct_draws(drawn.column(0)))


def test_same_rates_in_every_kind_are_one_correction() -> None:
    generator = np.random.default_rng(6)
    counts = corpus(generator, {"statute": 8, "soft": 8, "speech": 8})
    found = correct(counts, [row("all", 80, 20, 90, 10, lang="zh")], seed=3)
    raw = float(counts.numerators.sum() / counts.denominators.sum())
    assert found.estimate == pytest.approx((raw - 0.1) / 0.7) and found.used == ("all",)


def test_one_kind_that_tells_too_little_spoils_the_slice() -> None:
    rates = [row("all", 80, 20, 90, 10, lang="zh"), row("speech", 30, 30, 40, 40, lang="zh")]
    generator = np.random.default_rng(7)
    assert not correct(corpus(generator, {"statute": 8, "speech": 2}), rates, seed=1).usable
    assert correct(corpus(generator, {"statute": 8, "soft": 2}), rates, seed=1).usable


def test_rows_of_trends_name_their_rates_and_leave_no_range_unseen() -> None:
    """Statutes hardly speak of security: pooled rates take more hits from them than they have, their own do not."""
    tables = make_tables(Plan(n_documents=40, years=(2020,), share={"security": lambda year: 0.05}, specificity=0.99,
                              sensitivity=0.8, overdispersion=0.02), seed=5)
    documents = tables["documents"].assign(doc_type=["law"] * 36 + ["speech"] * 4)
    pooled = [row("all", 300, 60, 750, 90, lang="zh")]
    own = [*pooled, row("statute", 80, 20, 990, 10, lang="zh")]
    told = {}
    for name, rates in (("pooled", pooled), ("own", own)):
        trends = estimate_trends(dict(tables) | {"documents": documents}, as_of=AS_OF, error_rates=rates, n_draws=300,
                                 universes=["cn_digital"], checks=False)
        found = trends[(trends["measure"] == "security") & (trends["estimator"] == "corrected")]
        told[name] = found.set_index(["grouping", "group_value", "period"]).loc[("doc_type", "law", "all")]
    assert {"unusable", "interval_leaves_range", "rates=all"} <= set(told["pooled"]["flags"])
    assert not {"unusable", "rates=all"} & set(told["own"]["flags"]) and "rates=statute" in told["own"]["flags"]
    assert told["own"].low <= 0.05 <= told["own"].high


def test_flag_of_intervals_that_leave_their_range() -> None:
    tables = make_tables(Plan(n_documents=20, years=(2020, 2021), share={
        "security": lambda year: 0.12 if year == 2020 else 0.5}), seed=3)
    trends = estimate_trends(tables, as_of=AS_OF, error_rates=[row("all", 40, 10, 90, 10, lang="zh")], n_draws=300,
                             universes=["cn_digital"], checks=False)
    found = trends[(trends["estimator"] == "corrected") & trends["low"].notna()]
    least = pd.Series(np.where(found["measure"] == "balance", -1.0, 0.0), index=found.index)
    leaves = (found["low"] < least) | (found["high"] > 1)
    assert leaves.any() and not leaves.all()
    assert (found["flags"].map(lambda flags: "interval_leaves_range" in flags) == leaves).all()


def test_pooled_is_biased_and_stratified_covers_fast() -> None:
    numbers = {"statute": 30, "soft": 6}
    held, error = coverage(numbers, n_corpora=60, pooled=False)
    wrong, bias = coverage(numbers, n_corpora=60, pooled=True)
    assert held >= 0.88 and abs(error) < 0.015
    assert bias < -0.02 and wrong < held


@pytest.mark.slow
@pytest.mark.parametrize("numbers", [{"statute": 40}, {"statute": 30, "soft": 10}, {"soft": 20, "speech": 20},
                                     {"statute": 14, "soft": 13, "speech": 13}, {"statute": 6, "soft": 4, "speech": 2}])
def test_stratified_correction_covers(numbers: dict[str, int]) -> None:
    held, error = coverage(numbers, n_corpora=1500, pooled=False)
    assert (0.90 if sum(numbers.values()) < 15 else 0.93) <= held <= 0.985
    assert abs(error) < 0.01


@pytest.mark.slow
def test_pooled_correction_does_not_cover() -> None:
    held, bias = coverage({"statute": 40}, n_corpora=500, pooled=True)
    assert held < 0.80 and bias < -0.05
