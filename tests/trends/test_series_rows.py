"""Rows of `trends` beside the shares: change, unseen documents, worst case; and the YAML they rest on."""

import numpy as np
import pandas as pd
import pytest

from pipeline.errors import KnowledgeError, TifaError
from pipeline.estimates.formulations import load_formulations, parse_formulation
from pipeline.estimates.material import prepare_material
from pipeline.estimates.surfaces import find_terms
from pipeline.estimates.universe import load_universes, parse_universe
from pipeline.text import match_key
from pipeline.trends import estimate_trends, evidence
from pipeline.trends.unseen import expected_total, number_series, overturning_share
from tests.trends.synthetic import Plan, make_tables

AS_OF = "2026-01-01"


@pytest.fixture(scope="module")
def tables() -> dict[str, pd.DataFrame]:
    share = {"security": lambda year: 0.15 if year < 2019 else 0.45, "development": lambda year: 0.5}
    return make_tables(Plan(n_documents=90, years=tuple(range(2014, 2024)), share=share, overdispersion=0.03), seed=2)


@pytest.fixture(scope="module")
def change(tables: dict[str, pd.DataFrame]) -> pd.DataFrame:
    trends = estimate_trends(tables, as_of=AS_OF, error_rates=[], n_draws=300, universes=("cn_digital",))
    found = trends[(trends["grouping"] == "change") & (trends["universe"] == "cn_digital")]
    return found.set_index(["measure", "group_value"])


def test_planted_break_and_slope_are_rows(change: pd.DataFrame) -> None:
    broken = change.loc[("security", "break_year")]
    assert (broken.estimate, broken.low <= 2019 <= broken.high, "no_break" in broken["flags"]) == (2019, True, False)
    assert change.loc[("security", "slope_per_year")].low > 0
    assert "no_break" in change.loc[("development", "break_year")]["flags"]
    steady = change.loc[("development", "slope_per_year")]
    assert steady.low < 0 < steady.high


def test_p_values_are_adjusted_for_their_number(change: pd.DataFrame) -> None:
    for flags in change.xs("break_year", level="group_value")["flags"]:
        told = dict(flag.split("=") for flag in flags if "=" in flag)
        assert float(told["holm"]) >= float(told["p"])


def test_evidence_of_a_change_is_the_whole_series(tables: dict[str, pd.DataFrame], change: pd.DataFrame) -> None:
    row = change.reset_index().set_index("measure").loc["security"].iloc[0]
    behind = evidence(tables, {"measure": "security"} | row.to_dict(), as_of=AS_OF)
    assert len(behind) == int(tables["codes"]["security"].sum())


@pytest.mark.parametrize(("doc_number", "expected"), [
    ("国发〔2017〕35号", {("国发", "2017"): {35}}), ("工信部信管〔2022〕7号", {("工信部信管", "2022"): {7}}),
    ("國發［2018］12號".replace("號", "号"), {("國發", "2018"): {12}}), ("样发(2020)第3号", {("样发", "2020"): {3}}),
    ("Order No. 12", {}), ("第15号", {}), (None, {})])
def test_document_numbers(doc_number: str | None, expected: dict[tuple[str, str], set[int]]) -> None:
    assert number_series(pd.DataFrame({"doc_number": [doc_number]})) == expected


def test_unseen_documents_are_a_row() -> None:
    tables = make_tables(Plan(n_documents=12, years=(2020,)), seed=1)
    documents = tables["documents"].assign(doc_number=[f"样发〔2020〕{number}号" for number in (5, 9, 20)] + [None] * 9)
    trends = estimate_trends(dict(tables) | {"documents": documents},
                             universes=("cn_all",), checks=False, as_of=AS_OF, error_rates=[], n_draws=100)
    row = trends[trends["measure"] == "numbered_documents"].iloc[0]
    assert (row.group_value, row.period, row.low, row.n_documents) == ("样发", "2020", 20, 3)
    assert row.estimate == pytest.approx(expected_total({5, 9, 20}), abs=0.06) and row.estimate > 20


def test_expected_total_is_right_on_average() -> None:
    generator = np.random.default_rng(1)
    found = [expected_total({int(number) + 1 for number in generator.choice(200, 12, replace=False)})
             for _ in range(2000)]
    assert np.mean(found) == pytest.approx(200, rel=0.02)


@pytest.mark.parametrize(("balance", "expected"), [(0.0, 0.0), (1.0, 0.5), (0.25, 0.2), (-0.25, 0.2)])
def test_overturning_share(balance: float, expected: float) -> None:
    share = overturning_share(balance)
    assert share == pytest.approx(expected)
    assert (1 - share) * abs(balance) - share == pytest.approx(0)


@pytest.mark.parametrize(("text", "terms", "hit", "reason"), [
    ("国家网络安全工作", ["安全"], True, "inside a compound"), ("國家網絡安全", ["网络安全"], True, "other script"),
    ("公安全面部署", ["安全"], True, "characters decide, the senses table judges"), ("发展生产", ["安全"], False, "absent"),
    ("The CAC said", ["CAC"], True, "a whole word"), ("a cached page", ["CAC"], False, "inside a word"),
    ("self-reliance is key", ["reliance"], True, "a hyphen ends a word"), ("ＡＩ时代", ["AI"], True, "full width")])
def test_terms(text: str, terms: list[str], hit: bool, reason: str) -> None:
    assert bool(len(find_terms([match_key(text)], {"x": terms})["x"])) == hit, reason


def test_formulations_and_universes_are_read_whole() -> None:
    kinds = [entry.kind for entry in load_formulations().values()]
    assert kinds.count("formulation") >= 80 and kinds.count("issue") >= 10
    both = [entry for entry in load_formulations().values()
            if any(surface.isascii() for surface in entry.surfaces) and not all(map(str.isascii, entry.surfaces))]
    assert len(both) == len(kinds), "every entry has Chinese and English wordings"
    assert {"cn_digital", "foreign_digital", "company_digital", "work_reports"} <= set(load_universes())


@pytest.mark.parametrize(("entry", "told"), [
    ({"zh": ["样例"], "colour": "red"}, "unknown keys"), ({"zh": ["样例"], "kind": "song"}, "kind 'song'"),
    ({"en_title": "nothing"}, "at least one wording"), ({"zh": ["样例", "樣例"]}, "stands twice"), ("样例", "unknown keys")])
def test_formulation_mistakes(entry: object, told: str) -> None:
    with pytest.raises(KnowledgeError, match=told):
        parse_formulation("sample", entry)


def test_parts_join_in_order_only() -> None:
    entry = parse_formulation("sample", {"parts": ["安全", "可靠", "可控"]})
    keys = [match_key("做到安全、可靠、可控。"), match_key("做到安全可靠和可控。"), match_key("做到可控、可靠、安全。")]
    assert list(find_terms(keys, {"x": entry.surfaces})["x"]) == [0, 1]


def test_undated_texts_count_in_the_whole_of_comparators_only() -> None:
    tables = make_tables(Plan(n_documents=12, years=(2020,)), seed=1)
    documents = tables["documents"].assign(jurisdiction=["US"] * 6 + ["CN"] * 6)
    documents.loc[[0, 6], "date_issued"] = None
    trends = estimate_trends(dict(tables) | {"documents": documents},
                             universes=("cn_digital", "foreign_digital"), checks=False, as_of=AS_OF, error_rates=[], n_draws=100)
    rows = trends[(trends["measure"] == "development") & (trends["grouping"] == "all")]
    told = rows.set_index(["universe", "period"])["n_documents"].to_dict()
    assert {key: told[key] for key in told if key[0] in {"foreign_digital", "cn_digital"}} == {
        ("foreign_digital", "all"): 6, ("foreign_digital", "2020"): 5, ("cn_digital", "all"): 5,
        ("cn_digital", "2020"): 5}


def test_universe_mistakes() -> None:
    with pytest.raises(KnowledgeError, match="unknown keys"):
        parse_universe("sample", {"title": "t", "why": "w", "colour": ["red"]})
    with pytest.raises(KnowledgeError, match="title and a why"):
        parse_universe("sample", {"title": "t"})


def test_material_refuses_what_does_not_fit(tables: dict[str, pd.DataFrame]) -> None:
    with pytest.raises(TifaError, match="need the tables"):
        prepare_material({"documents": tables["documents"]})
    broken = dict(tables) | {"sentences": tables["sentences"].iloc[1:]}
    with pytest.raises(TifaError, match="is coded but does not exist"):
        prepare_material(broken)


def test_specification_curve_and_label() -> None:
    clear = {"security": lambda year: 0.1 + 0.05 * (year - 2014), "development": lambda year: 0.4}
    tables = make_tables(Plan(n_documents=90, years=tuple(range(2014, 2024)), share=clear, overdispersion=0.03), seed=4)
    documents = tables["documents"].copy()
    documents.loc[3, "duplicate_of"] = "d000002"
    trends = estimate_trends(dict(tables) | {"documents": documents}, universes=("cn_digital",), as_of=AS_OF, error_rates=[],
                             n_draws=100)
    label = trends[(trends["grouping"] == "robustness")].set_index("measure")
    assert "robust" in label.loc["security"]["flags"] and label.loc["security"].estimate == 1
    assert "fragile" in label.loc["development"]["flags"]
    curve = trends[(trends["grouping"] == "specification") & (trends["measure"] == "security")]
    assert len(curve) == 3 * 2 * 3 * 2 * 2, "universes x reposts x windows x units x methods"
    own = curve[curve["group_value"] == "cn_digital | all years | sentences | without reposts | classifier"].iloc[0]
    assert (own.n_documents, own.low <= 0.05 <= own.high) == (89, True)
    reposted = curve[curve["group_value"] == "cn_digital | all years | sentences | with reposts | classifier"].iloc[0]
    assert reposted.n_documents == 90


def test_adoption_follows_the_dates() -> None:
    tables = make_tables(Plan(n_documents=12, years=(2018, 2019, 2020)), seed=1)
    texts = tables["sentences"].copy()
    texts["text"] = "样例。"
    for doc_id in ("d000001", "d000008", "d000010"):
        texts.loc[texts["doc_id"].eq(doc_id).idxmax(), "text"] = "坚持包容审慎监管。"
    trends = estimate_trends(dict(tables) | {"sentences": texts},
                             universes=("cn_all",), checks=False, as_of=AS_OF, error_rates=[], n_draws=100)
    found = trends[(trends["grouping"] == "adoption") & (trends["measure"] == "formulation_prudent_accommodative")]
    told = {row.group_value: (row.period, row.estimate, row.n_documents) for row in found.itertuples()}
    assert told == {"cn-cac": ("2018", 1, 1), "cn-most": ("2020", 2, 2)}


def test_who_signs_with_whom() -> None:
    trends = estimate_trends(make_tables(Plan(n_documents=12, years=(2020,)), seed=1),
                             universes=("cn_digital",), checks=False, as_of=AS_OF, error_rates=[],
                             n_draws=100)
    pairs = trends[trends["measure"] == "co_issued_pair"].set_index("group_value")["estimate"].to_dict()
    assert pairs == {"cn-cac|cn-miit": 6}
    first = trends[trends["measure"] == "leads_when_co_issued"].set_index("group_value")
    assert (first.loc["cn-cac"].estimate, first.loc["cn-miit"].estimate) == (1, 0)
    assert first.loc["cn-cac"].high == 1 and 0.5 < first.loc["cn-cac"].low < 1
    assert first.loc["cn-miit"].low == 0 and 0 < first.loc["cn-miit"].high < 0.5


def test_an_empty_corpus_has_no_series(tables: dict[str, pd.DataFrame]) -> None:
    found = estimate_trends({name: frame.iloc[:0] for name, frame in tables.items()}, as_of=AS_OF, error_rates=[])
    assert found.empty and list(found.columns)[:2] == ["measure", "universe"]
