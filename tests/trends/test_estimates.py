"""The engine against planted truth and by hand."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
import pytest

from pipeline.errors import TifaError, UnknownLabel
from pipeline.estimates.intervals import draw_weights, ratio_draws
from pipeline.trends import estimate_trends as estimate_all
from pipeline.trends import evidence
from tests.trends.simulation import corrected_coverage, coverage, pooled_coverage
from tests.trends.synthetic import Plan, make_tables

RATES = [{"label": label, "lang": "zh", "stratum": "all", "tp": 160, "fn": 40, "tn": 760, "fp": 40, "n": 1000}
         for label in ("development", "security")]
AS_OF = "2026-01-01"
YEARS = (2018, 2019, 2020, 2021)
SOME = ("cn_digital",)


@pytest.fixture(scope="module")
def tables() -> dict[str, pd.DataFrame]:
    plan = Plan(n_documents=48, years=YEARS, overdispersion=0.02,
                share={"security": lambda year: 0.15 + 0.1 * (year - 2018)})
    return make_tables(plan, seed=3)


@pytest.fixture(scope="module")
def trends(tables: dict[str, pd.DataFrame]) -> pd.DataFrame:
    return estimate_trends(tables, as_of=AS_OF, seed=1, error_rates=RATES, n_draws=500)


def estimate_trends(tables: Mapping[str, pd.DataFrame], universes: tuple[str, ...] = ("cn_digital",),
                    **options: object) -> pd.DataFrame:
    """The series of one universe, without the slow checks (which test_series_rows.py tries)."""
    return estimate_all(tables, universes=universes, checks=False, **options)


def point(trends: pd.DataFrame, measure: str, **keys: str) -> pd.Series:
    wanted = {"universe": "cn_digital", "grouping": "all", "group_value": "all", "period": "all", "lang": "zh",
              "estimator": "raw"} | keys
    mask = trends["measure"] == measure
    for key, value in wanted.items():
        mask &= trends[key] == value
    assert mask.sum() == 1, f"{measure} {keys}: {mask.sum()} rows"
    return trends[mask].iloc[0]


def test_share_is_hits_over_body_sentences(tables: dict[str, pd.DataFrame], trends: pd.DataFrame) -> None:
    found = point(trends, "security")
    assert found.estimate == pytest.approx(tables["codes"]["security"].mean(), abs=1e-6)
    assert (found.n_documents, found.n_sentences) == (48, len(tables["codes"]))
    assert found.low < found.estimate < found.high


def test_year_follows_the_planted_rise(trends: pd.DataFrame) -> None:
    found = [point(trends, "security", period=str(year)) for year in YEARS]
    for year, row in zip(YEARS, found, strict=True):
        assert row.low <= 0.15 + 0.1 * (year - 2018) <= row.high
    assert [row.estimate for row in found] == sorted(row.estimate for row in found)
    assert all("small_sample" in row["flags"] for row in found)


def test_balance_counts_the_listed_formula_as_development(tables: dict[str, pd.DataFrame]) -> None:
    changed = dict(tables)
    codes = tables["codes"].copy()
    codes[["development", "security"]] = False
    codes.loc[0, ["development", "security"]] = True
    texts = tables["sentences"].copy()
    texts["text"] = "样例。"
    texts.loc[0, "text"] = "不发展是最大的不安全。"
    changed |= {"codes": codes, "sentences": texts}
    trends = estimate_trends(changed, as_of=AS_OF, error_rates=[], n_draws=200)
    assert point(trends, "balance").estimate == pytest.approx(1 / len(codes), abs=1e-6)
    assert point(trends, "both").estimate == pytest.approx(1 / len(codes), abs=1e-6)
    texts.loc[0, "text"] = "发展和安全。"
    trends = estimate_trends(changed, as_of=AS_OF, error_rates=[], n_draws=200)
    assert point(trends, "balance").estimate == 0


@pytest.mark.parametrize(("n_documents", "flag", "bare"), [
    (4, "too_few_documents", True), (5, "small_sample", False), (14, "small_sample", False), (15, None, False)])
def test_small_samples(n_documents: int, flag: str | None, bare: bool) -> None:
    tables = make_tables(Plan(n_documents=n_documents, years=(2020,)), seed=1)
    found = point(estimate_trends(tables, as_of=AS_OF, error_rates=[], n_draws=300), "development")
    assert bare == (np.isnan(found.low) and np.isnan(found.high))
    assert [name for name in found["flags"] if name in {"too_few_documents", "small_sample"}] == [flag] * bool(flag)


def test_no_interval_has_zero_width(trends: pd.DataFrame) -> None:
    shown = trends.dropna(subset=["low", "high"])
    assert len(shown) > 200
    assert (shown["high"] > shown["low"]).all()
    inside = (shown["low"] <= shown["estimate"]) & (shown["estimate"] <= shown["high"])
    assert (inside | shown["flags"].map(lambda flags: "unusable" in flags)).all()


def test_label_that_never_occurs_still_has_an_upper_bound(tables: dict[str, pd.DataFrame]) -> None:
    codes = tables["codes"].assign(sovereignty=False)
    found = point(estimate_trends(dict(tables) | {"codes": codes}, as_of=AS_OF, error_rates=[], n_draws=500),
                  "sovereignty")
    assert (found.estimate, found.low) == (0, 0)
    assert 0 < found.high < 0.15 and {"few_hits", "rare"} <= set(found["flags"])


def test_complete_series_has_classifier_error_only(tables: dict[str, pd.DataFrame]) -> None:
    documents = tables["documents"].assign(doc_type="work_report", tier="state_council")
    trends = estimate_trends(dict(tables) | {"documents": documents}, ("work_reports",), as_of=AS_OF, error_rates=RATES,
                             n_draws=500)
    raw = point(trends, "security", universe="work_reports", period="2019")
    fixed = point(trends, "security", universe="work_reports", period="2019", estimator="corrected")
    assert np.isnan(raw.low) and raw["flags"] == ["complete_series"]
    assert fixed.low < fixed.estimate < fixed.high
    assert fixed["flags"] == ["classifier_error_only", "complete_series", "rates=all"]


def test_correction_gives_back_the_truth() -> None:
    plan = Plan(n_documents=120, years=(2020,), share={"security": lambda year: 0.3}, sensitivity=0.8,
                specificity=0.95)
    trends = estimate_trends(make_tables(plan, seed=5), as_of=AS_OF, error_rates=RATES, n_draws=1000)
    raw, fixed = point(trends, "security"), point(trends, "security", estimator="corrected")
    assert raw.estimate == pytest.approx((fixed.estimate * (0.8 + 0.95 - 1)) + 0.05, abs=1e-5)
    assert fixed.low < 0.3 < fixed.high
    assert fixed.high - fixed.low > raw.high - raw.low


@pytest.mark.parametrize(("rates", "expected"), [
    ({"tp": 30, "fn": 70, "tn": 80, "fp": 20}, "null"), ({"tp": 99, "fn": 1, "tn": 60, "fp": 40}, "as is")])
def test_impossible_corrections_are_flagged_never_clipped(rates: dict[str, int], expected: str) -> None:
    plan = Plan(n_documents=30, years=(2020,), share={"security": lambda year: 0.1})
    row = {"label": "security", "lang": "zh", "stratum": "all", "n": 200} | rates
    fixed = point(estimate_trends(make_tables(plan, seed=2), as_of=AS_OF, error_rates=[row], n_draws=300),
                  "security", estimator="corrected")
    assert "unusable" in fixed["flags"]
    assert np.isnan(fixed.estimate) if expected == "null" else fixed.estimate < 0


def test_what_was_left_out_is_told() -> None:
    tables = make_tables(Plan(n_documents=20, years=(2020, 2021)), seed=1)
    documents = tables["documents"].copy()
    documents.loc[0, "doc_type"] = "press"
    documents.loc[1, "status"] = "draft_for_comment"
    documents.loc[2, "duplicate_of"] = "d000003"
    documents.loc[4, "date_issued"] = None
    documents.loc[5, "jurisdiction"] = "US"
    documents.at[6, "topics"] = ["labour"]
    documents.loc[[7, 8], "work_id"] = "same"
    documents.loc[9, "date_first_issued"] = "2009-01-01"
    documents.loc[19, "date_issued"] = "2026-05-01"
    documents.loc[10, "lang"] = "mixed"
    trends = estimate_trends(dict(tables) | {"documents": documents}, as_of=AS_OF, error_rates=[], n_draws=200)
    dropped = trends[(trends["measure"] == "documents_dropped") & (trends["universe"] == "cn_digital")]
    assert dict(zip(dropped["group_value"], dropped["estimate"], strict=True)) == {
        "after_as_of": 1, "doc_type_press_or_research": 1, "duplicate": 1, "mixed_or_other_language": 1,
        "off_topic": 1, "older_version": 1, "other_jurisdiction": 1, "revised_text_in_series": 1,
        "status_draft_for_comment": 1, "undated": 1}
    assert point(trends, "development").n_documents == 11
    years = trends[(trends["measure"] == "development") & (trends["universe"] == "cn_digital")
                   & (trends["grouping"] == "all") & (trends["period"] != "all")]
    assert years["n_documents"].sum() == 10, "the revised text is in the whole but in no year"


def test_languages_are_never_pooled(tables: dict[str, pd.DataFrame]) -> None:
    documents = tables["documents"].copy()
    documents.loc[documents.index % 2 == 0, "lang"] = "en"
    trends = estimate_trends(dict(tables) | {"documents": documents}, as_of=AS_OF, error_rates=[], n_draws=200)
    both = [point(trends, "development", lang=lang).n_documents for lang in ("zh", "en")]
    assert both == [24, 24]


def test_every_issuer_of_a_document_counts(trends: pd.DataFrame) -> None:
    found = {value: point(trends, "development", grouping="issuer", group_value=value).n_documents
             for value in ("cn-cac", "cn-miit", "cn-most")}
    assert found == {"cn-cac": 24, "cn-miit": 24, "cn-most": 24}
    assert point(trends, "co_issued").estimate == 0.5


@pytest.mark.parametrize("measure", ["security", "balance", "sense_state", "security_words", "unspecific",
                                     "formulation_coordinate_development_and_security", "co_issued"])
def test_evidence_agrees_with_the_estimate(
    tables: dict[str, pd.DataFrame], trends: pd.DataFrame, measure: str
) -> None:
    found = point(trends, measure, period="2020")
    behind = evidence(tables, found, as_of=AS_OF)
    base = evidence(tables, found, as_of=AS_OF, denominator=True)
    merged = behind.merge(tables["codes"], on=["doc_id", "sent_no"], how="left")
    if measure == "balance":
        value = merged["development"].astype(int).sum() - merged["security"].astype(int).sum()
        assert value / len(base) == pytest.approx(found.estimate, abs=1e-6)
    elif measure == "co_issued":
        assert len(behind) / len(base) == pytest.approx(found.estimate)
    elif measure.startswith("formulation"):
        assert behind["doc_id"].nunique() / base["doc_id"].nunique() == pytest.approx(found.estimate, abs=1e-6)
    elif measure in {"sense_state", "security_words"}:
        assert len(behind) > 0 and set(behind["doc_id"]) <= set(base["doc_id"])
    else:
        assert len(behind) / len(base) == pytest.approx(found.estimate, abs=1e-6)


def test_evidence_asks_for_a_whole_point(tables: dict[str, pd.DataFrame], trends: pd.DataFrame) -> None:
    with pytest.raises(TifaError, match="lacks"):
        evidence(tables, {"measure": "security"})
    with pytest.raises(UnknownLabel, match="no measure"):
        evidence(tables, dict(point(trends, "security")) | {"measure": "cheerfulness"})


def test_same_input_same_bytes_and_order_does_not_matter() -> None:
    tables = make_tables(Plan(n_documents=16, years=(2020, 2021)), seed=3)
    shuffled = {name: frame.sample(frac=1, random_state=1) for name, frame in tables.items()}
    once, twice = (estimate_all(given, universes=SOME, as_of=AS_OF, seed=4, error_rates=RATES, n_draws=50).to_json()
                   for given in (tables, shuffled))
    assert once == twice
    assert once != estimate_all(tables, universes=SOME, as_of=AS_OF, seed=5, error_rates=RATES, n_draws=50).to_json()


@pytest.mark.parametrize(("n_documents", "unequal", "least", "most"), [
    (5, 0.6, 0.90, 0.99), (10, 0.6, 0.90, 0.99), (15, 0.6, 0.92, 0.98), (40, 1.0, 0.92, 0.98)])
def test_coverage_fast(n_documents: int, unequal: float, least: float, most: float) -> None:
    found = coverage(n_documents=n_documents, share=0.3, rho=0.1, unequal=unequal, n_corpora=500, n_draws=400)
    assert least <= found <= most


@pytest.mark.slow
@pytest.mark.parametrize("n_documents", [5, 8, 14, 15, 25, 60])
@pytest.mark.parametrize(("share", "rho"), [(0.1, 0.05), (0.1, 0.1), (0.3, 0.05), (0.3, 0.1), (0.3, 0.2), (0.6, 0.1)])
@pytest.mark.parametrize("unequal", [0.3, 0.6])
def test_coverage(n_documents: int, share: float, rho: float, unequal: float) -> None:
    found = coverage(n_documents=n_documents, share=share, rho=rho, unequal=unequal, n_corpora=3000)
    least = 0.90 if n_documents < 15 else 0.93
    assert least <= found <= (0.985 if n_documents < 15 else 0.97)


@pytest.mark.slow
@pytest.mark.parametrize("n_documents", [15, 25, 40, 60])
@pytest.mark.parametrize(("share", "rho"), [(0.01, 0.1), (0.02, 0.05), (0.02, 0.2), (0.03, 0.1), (0.03, 0.2)])
def test_coverage_of_rare_labels(n_documents: int, share: float, rho: float) -> None:
    assert coverage(n_documents=n_documents, share=share, rho=rho, unequal=0.6, n_corpora=2000) >= 0.93


@pytest.mark.slow
@pytest.mark.parametrize(("n_groups", "most"), [(6, 8), (20, 8)])
@pytest.mark.parametrize(("mean", "between"), [(0.05, 0.02), (0.2, 0.02), (0.2, 0.1), (0.4, 0.1), (0.4, 0.3)])
def test_coverage_of_pooled_groups(n_groups: int, most: int, mean: float, between: float) -> None:
    """Groups of 1 to 8 documents; every planted share counts, those of one document too."""
    found = pooled_coverage(n_groups=n_groups, most=most, mean=mean, between=between, rho=0.1, n_corpora=150)
    assert 0.90 <= found.covered <= 0.99
    assert found.error_pooled < found.error_raw


@pytest.mark.slow
@pytest.mark.parametrize("n_documents", [8, 20, 60])
@pytest.mark.parametrize("share", [0.1, 0.3])
def test_corrected_coverage(n_documents: int, share: float) -> None:
    found = corrected_coverage(n_documents=n_documents, share=share, sensitivity=0.82, specificity=0.93,
                               n_labels=600, n_corpora=1500)
    assert (0.90 if n_documents < 15 else 0.93) <= found <= 0.98


@pytest.mark.parametrize(("n_documents", "hit", "most", "reason"), [
    (11, 3, 0.35, "eleven documents bound the share as eleven answers of yes and no do"),
    (40, 3, 0.12, "forty documents bound it more closely"), (11, 1, 0.35, "one hit alone")])
def test_a_rare_share_is_known_at_least_as_well_as_from_its_documents_alone(
    n_documents: int, hit: int, most: float, reason: str
) -> None:
    """However large the design effect of the measure: the interval of 0.6 % in eleven documents never reaches 97 %."""
    sizes, hits = np.full((n_documents, 1), 44.0), np.zeros((n_documents, 1))
    hits[:hit] = 1.0
    drawn = ratio_draws(draw_weights(n_documents, n_draws=2000, seed=1, name="rare"), hits, sizes, scales=["share"],
                        design=np.array([100.0]), seed=1)
    low, high = drawn.bounds()
    assert low[0] < drawn.estimate[0] < high[0] < most, reason


def test_sentences_are_those_of_the_documents_that_count() -> None:
    """Eight documents with English versions stand behind a share of renderings: not the sentences of all others."""
    tables = make_tables(Plan(n_documents=30, years=(2020,)), seed=3)
    body = tables["codes"][["doc_id", "sent_no"]]
    held = sorted(body["doc_id"].unique())[:8]
    rows = body[body["doc_id"].isin(held)].drop_duplicates("doc_id").rename(columns={"doc_id": "zh_doc_id"})
    found = estimate_all({**tables, "renderings": rows.assign(rendering="security")}, as_of="2025-12-31", checks=False,
                         universes=["cn_all"], n_draws=50)
    found = found[(found["grouping"] == "all") & (found["period"] == "all") & (found["estimator"] == "raw")].set_index("measure")
    point, whole = found.loc["rendering_security"], found.loc["development"]
    assert point["n_documents"] == 8 and point["n_sentences"] == int(body["doc_id"].isin(held).sum())
    assert whole["n_sentences"] == len(body)
