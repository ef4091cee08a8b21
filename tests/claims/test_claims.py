"""Verdicts on planted truth, and claim files that are wrong in every way a person can be wrong."""

import json
from collections.abc import Mapping
from pathlib import Path

import pandas as pd
import pytest
import yaml

from pipeline.claims import Claim, check_claim_file, evaluate_claims, load_claims
from pipeline.claims.ledger import FOLDER, KINDS, read_claim
from pipeline.claims.outcome import judge
from pipeline.errors import KnowledgeError, TifaError
from tests.trends.synthetic import Plan, make_tables

AS_OF = "2026-01-01"
YEARS = tuple(range(2015, 2025))


def claim(measurement: Mapping[str, object], **more: str) -> Claim:
    return Claim("T001", 1, "2026-11-21", "样例 (2026)", "样例", "sample", "rule", measurement, **more)


def verdict(tables: Mapping[str, pd.DataFrame], measurement: Mapping[str, object], **more: str) -> pd.Series:
    return evaluate_claims(tables, as_of=AS_OF, claims=[claim(measurement, **more)], error_rates=[], n_draws=400).iloc[0]


@pytest.fixture(scope="module")
def tables() -> dict[str, pd.DataFrame]:
    """100 documents, ten a year; security 0.2 to 2018 and 0.5 from 2019, development 0.6 throughout."""
    share = {"security": lambda year: 0.2 if year < 2019 else 0.5, "development": lambda year: 0.6,
             "sovereignty": lambda year: 0.02}
    found = make_tables(Plan(n_documents=100, years=YEARS, share=share, overdispersion=0.03), seed=11)
    documents = found["documents"].copy()
    documents.loc[[10, 11], "title"] = ["互联网信息服务深度合成管理规定", "《互联网信息服务深度合成管理规定》答记者问"]
    documents.loc[11, "doc_type"] = "press"
    found["documents"] = documents
    return found


LEVEL = {"kind": "level", "count": "development", "threshold": 0.5, "side": "above", "minimum_documents": 20}
CASES = [
    (LEVEL, "holds", "0.6 lies above 0.5"),
    (LEVEL | {"side": "below"}, "fails", "the same on the other side"),
    (LEVEL | {"threshold": 0.6}, "inconclusive", "the planted value is the threshold"),
    (LEVEL | {"minimum_documents": 200}, "too_little_data", "fewer documents than the minimum"),
    (LEVEL | {"where": {"to": 2014}}, "too_little_data", "no document that early"),
    ({"kind": "level", "count": "balance", "threshold": 0, "side": "above", "minimum_documents": 20,
      "where": {"to": 2018}}, "holds", "0.6 - 0.2"),
    ({"kind": "level", "count": {"label": "security", "per": "document"}, "threshold": 0.5, "side": "above",
      "minimum_documents": 20}, "holds", "nearly every document has a security sentence"),
    ({"kind": "level", "count": {"terms": ["防范"], "among": {"label": "security"}}, "threshold": 0.2, "side": "above",
      "minimum_documents": 20}, "holds", "security without development is worded so: about 0.4"),
    ({"kind": "difference", "count": "security", "a": {"from": 2019}, "b": {"to": 2018}, "side": "above",
      "minimum_documents": 20}, "holds", "0.5 - 0.2"),
    ({"kind": "difference", "count": "development", "a": {"from": 2019}, "b": {"to": 2018}, "side": "above",
      "threshold": 0.2, "minimum_documents": 20}, "fails", "no difference, and 0.2 was claimed"),
    ({"kind": "difference", "count": "security", "a": {"from": 2019}, "b": {"to": 2014}, "side": "above",
      "minimum_documents": 5}, "too_little_data", "one side is empty"),
    ({"kind": "break_year", "count": "security", "from_year": 2018, "to_year": 2020, "side": "above",
      "minimum_documents": 20}, "holds", "planted at 2019"),
    ({"kind": "break_year", "count": "security", "from_year": 2015, "to_year": 2017, "side": "above",
      "minimum_documents": 20}, "fails", "planted elsewhere"),
    ({"kind": "break_year", "count": "security", "from_year": 2018, "to_year": 2020, "side": "below",
      "minimum_documents": 20}, "fails", "planted upwards"),
    ({"kind": "slope", "count": "security", "side": "above", "minimum_documents": 20, "minimum_years": 5},
     "holds", "rises over the years"),
    ({"kind": "slope", "count": "security", "side": "above", "minimum_documents": 20, "minimum_years": 30},
     "too_little_data", "not so many years"),
    ({"kind": "every_year", "count": "development", "threshold": 0.4, "side": "above", "minimum_documents": 5,
      "minimum_years": 5}, "holds", "0.6 in each year"),
    ({"kind": "every_year", "count": "security", "threshold": 0.35, "side": "below", "minimum_documents": 5,
      "minimum_years": 5}, "fails", "0.5 from 2019"),
    ({"kind": "contrast", "count": "security", "a": {"from": 2019}, "b": {"to": 2018}, "hold": ["doc_type"],
      "side": "above", "minimum_documents": 20}, "holds", "planted in both types"),
    ({"kind": "contrast", "count": "security", "a": {"from": 2019}, "b": {"to": 2018}, "side": "above",
      "minimum_documents": 20}, "too_little_data", "no year has both periods"),
    ({"kind": "leads", "claimed": [{"issuers": ["cn-cac"], "lead": True}],
      "rivals": [{"issuers": ["cn-miit"], "lead": True}], "minimum_documents": 20}, "holds", "first in half"),
    ({"kind": "leads", "claimed": [{"issuers": ["cn-miit"], "lead": True}],
      "rivals": [{"issuers": ["cn-cac"], "lead": True}], "minimum_documents": 20}, "fails", "never first"),
    ({"kind": "presence", "documents": ["cn-rule-deepsyn"], "count": {"terms": ["安全"]}}, "holds", "it is there"),
    ({"kind": "presence", "documents": ["cn-rule-deepsyn"], "count": {"terms": ["月球"]}}, "fails", "it is not there"),
    ({"kind": "presence", "documents": ["cn-rule-deepsyn"], "count": {"terms": ["安全"]}, "at_most": 0}, "fails",
     "claimed to be absent"),
    ({"kind": "presence", "documents": ["cn-rule-deepsyn", "cn-rule-genai"], "count": {"terms": ["安全"]}},
     "too_little_data", "one of two texts is missing"),
    ({"kind": "presence", "documents": ["cn-rule-deepsyn", "cn-rule-genai"], "count": {"terms": ["安全"]},
      "match": "any"}, "holds", "one is enough"),
    ({"kind": "presence", "documents": ["cn-rule-deepsyn"], "count": {"deadline": ["2025"]}}, "holds", "a commitment"),
    ({"kind": "presence", "documents": ["cn-rule-deepsyn"], "count": {"deadline": ["2030"]}}, "fails", "no such date"),
    ({"kind": "signatures", "documents": ["cn-rule-deepsyn"], "issuers": ["cn-most"]}, "holds", "even number: MOST"),
    ({"kind": "signatures", "documents": ["cn-rule-deepsyn"], "issuers": ["cn-miit"]}, "fails", "not MIIT"),
    ({"kind": "first_use", "count": {"terms": ["防范安全风险"], "per": "document"}, "first_from": "2015",
      "first_to": "2016", "minimum_documents": 5}, "too_little_data", "nothing earlier could have been seen"),
    ({"kind": "first_use", "count": {"terms": ["防范安全风险"], "per": "document"}, "first_from": "2017",
      "first_to": "2018", "minimum_documents": 5}, "fails", "used from 2015 on"),
    ({"kind": "first_use", "count": {"terms": ["月球"], "per": "document"}, "first_from": "2018",
      "first_to": "2019", "minimum_documents": 5}, "inconclusive", "nobody uses it"),
    ({"kind": "association", "x": "security", "y": "security", "by": "document", "threshold": 0.9, "side": "above",
      "minimum_documents": 20}, "holds", "a measure goes with itself"),
    ({"kind": "association", "x": "development", "y": "security", "by": "document", "threshold": 0.6, "side": "above",
      "minimum_documents": 20}, "fails", "planted apart from each other"),
    ({"kind": "association", "x": "development", "y": "security", "by": "quarter", "threshold": 0, "side": "above",
      "minimum_documents": 20, "minimum_units": 12}, "too_little_data", "every document is of June: ten quarters"),
    ({"kind": "lead_in_each", "topics": ["ai", "data"], "threshold": 0.3, "minimum_documents": 20}, "holds",
     "two issuers lead one half each"),
    ({"kind": "lead_in_each", "topics": ["ai"], "threshold": 0.7, "minimum_documents": 20}, "fails", "one half only"),
    ({"kind": "lead_in_each", "topics": ["ai", "labour"], "threshold": 0.3, "minimum_documents": 20, "minimum_topics": 2},
     "too_little_data", "one topic has no document"),
    ({"kind": "presence", "documents": ["cn-rule-deepsyn"], "count": {"terms": ["安全"]}, "more_than": {"terms": ["月球"]}},
     "holds", "the other is not there at all"),
    ({"kind": "presence", "documents": ["cn-rule-deepsyn"], "count": {"terms": ["安全"]}, "more_than": {"terms": ["安全"]}},
     "fails", "no more than as many"),
    (LEVEL | {"count": {"echo": "central"}}, "too_little_data", "made without a table of echoes"),
    ({"kind": "all_of", "parts": [LEVEL, LEVEL | {"side": "below"}]}, "fails", "one part fails"),
    ({"kind": "all_of", "parts": [LEVEL, LEVEL | {"threshold": 0.55}]}, "holds", "both hold"),
    ({"kind": "not_testable", "needs": "样例"}, "not_testable", "no corpus can say"),
]


@pytest.mark.parametrize(("measurement", "expected", "reason"), CASES)
def test_verdicts(tables: dict[str, pd.DataFrame], measurement: dict[str, object], expected: str, reason: str) -> None:
    found = verdict(tables, measurement)
    assert found["verdict"] == expected, f"{reason}: {found.to_dict()}"


def test_every_kind_is_tried() -> None:
    assert {str(measurement["kind"]) for measurement, _, _ in CASES} == set(KINDS)


@pytest.mark.parametrize(("low", "high", "side", "expected"), [
    (0.1, 0.2, "above", "holds"), (0.1, 0.2, "below", "fails"), (-0.2, -0.1, "above", "fails"),
    (-0.2, -0.1, "below", "holds"), (-0.1, 0.1, "above", "inconclusive"), (0.0, 0.1, "above", "inconclusive"),
    (float("nan"), 0.1, "above", "too_little_data")])
def test_judge(low: float, high: float, side: str, expected: str) -> None:
    assert judge(low, high, threshold=0.0, side=side) == expected


@pytest.mark.parametrize(("since", "expected", "reason"), [
    ("2018", "holds", "the planted first use"), ("2020", "fails", "there is an earlier one"),
    ("2016", "inconclusive", "a later first use does not show that there was no earlier one")])
def test_first_use(tables: dict[str, pd.DataFrame], since: str, expected: str, reason: str) -> None:
    texts = tables["sentences"].copy()
    texts.loc[texts["doc_id"].eq("d000035").idxmax(), "text"] = "坚持真正的多边主义。"
    measurement = {"kind": "first_use", "count": "formulation_true_multilateralism", "first_from": since,
                   "first_to": since, "minimum_documents": 5}
    assert verdict(dict(tables) | {"sentences": texts}, measurement)["verdict"] == expected, reason


def test_evidence_names_sentences_that_count(tables: dict[str, pd.DataFrame]) -> None:
    found = verdict(tables, LEVEL)
    told = json.loads(found["evidence"])
    codes = tables["codes"].set_index(["doc_id", "sent_no"])["development"]
    assert len(told["for"]) == len(told["against"]) == 20
    assert all(codes[doc_id, sent_no] for doc_id, sent_no in told["for"])
    assert not any(codes[doc_id, sent_no] for doc_id, sent_no in told["against"])
    assert len({doc_id for doc_id, _ in told["for"]}) == 20, "spread over documents"
    assert told["rule"] == "rule" and found["low"] < found["estimate"] < found["high"]


@pytest.mark.parametrize(("kind", "rates", "expected"), [
    ("difference", {"statute": (90, 10, 90, 10), "soft": (90, 10, 70, 30)}, True),
    ("difference", {"all": (90, 10, 90, 10)}, False), ("contrast", {"statute": (90, 10, 90, 10), "soft": (70, 30, 90, 10)}, True)])
def test_contrasts_say_how_far_unequal_errors_could_move_them(
    tables: dict[str, pd.DataFrame], kind: str, rates: dict[str, tuple[int, int, int, int]], expected: bool
) -> None:
    rows = [{"label": "security", "lang": "zh", "stratum": stratum, "tp": tp, "fn": fn, "tn": tn, "fp": fp}
            for stratum, (tp, fn, tn, fp) in rates.items()]
    measurement = {"kind": kind, "count": "security", "a": {"from": 2019}, "b": {"to": 2018}, "side": "above",
                   "minimum_documents": 20} | ({"hold": ["doc_type"]} if kind == "contrast" else {})
    row = evaluate_claims(tables, as_of=AS_OF, claims=[claim(measurement)], error_rates=rows, n_draws=100).iloc[0]
    bound = json.loads(row["evidence"])["numbers"].get("bound for differential error")
    if len(rates) == 1:  # kinds without rates of their own share those of the language: no difference is known
        assert bound in (None, [row["estimate"], row["estimate"]])
    else:
        assert bound[0] < row["estimate"] < bound[1]
        assert (bound[1] - bound[0]) / 2 > 0.05
    assert expected == (len(rates) > 1)


def test_a_forecast_counts_only_later_documents(tables: dict[str, pd.DataFrame]) -> None:
    assert verdict(tables, LEVEL, forecast_from="2023-01-01")["n_documents"] == 20
    assert verdict(tables, LEVEL, forecast_from="2025-05-01")["verdict"] == "too_little_data"


def test_later_documents_are_not_read(tables: dict[str, pd.DataFrame]) -> None:
    found = evaluate_claims(tables, as_of="2018-12-31", claims=[claim(LEVEL)], error_rates=[], n_draws=200).iloc[0]
    assert found["n_documents"] == 39, "40 to 2018 without the press item"


def test_correction_can_turn_a_verdict() -> None:
    plan = Plan(n_documents=60, years=(2020,), share={"security": lambda year: 0.3}, sensitivity=0.6, specificity=0.99,
                overdispersion=0.02)
    tables = make_tables(plan, seed=2)
    rates = [{"label": "security", "lang": "zh", "stratum": "all", "tp": 600, "fn": 400, "tn": 1980, "fp": 20}]
    measurement = {"kind": "level", "count": "security", "threshold": 0.25, "side": "above", "minimum_documents": 20}
    fixed, raw = (evaluate_claims(tables, as_of=AS_OF, error_rates=rates, n_draws=500, claims=[
        claim(measurement | {"estimator": name})]).iloc[0] for name in ("corrected", "raw"))
    assert (raw["verdict"], fixed["verdict"]) == ("fails", "holds")
    told = json.loads(fixed["evidence"])["numbers"]
    assert told["robust"] is False and told["with raw shares"]["verdict"] == "fails"
    assert "robust" not in json.loads(raw["evidence"])["numbers"]


@pytest.mark.slow
def test_verdicts_are_right_at_their_nominal_rate() -> None:
    """With the planted value at the threshold a level claim is decided, either way, in about 5 % of corpora."""
    decided = 0
    for seed in range(400):
        plan = Plan(n_documents=30, years=(2020,), share={"development": lambda year: 0.4}, with_text=False)
        measurement = LEVEL | {"threshold": 0.4}
        decided += verdict(make_tables(plan, seed=seed), measurement)["verdict"] in {"holds", "fails"}
    assert 0.02 <= decided / 400 <= 0.08


# -- the ledger ------------------------------------------------------------------------------------------------

GOOD = {"id": "C900", "version": 1, "registered": "2026-11-21", "publication": "样例 (2026)", "claim": "样例",
        "located_by": "sample", "rule": "Holds when the sample holds.",
        "measurement": LEVEL | {"universe": "cn_digital", "lang": "zh"}}


def write(folder: Path, entry: Mapping[str, object], name: str = "C900.yml") -> Path:
    path = folder / name
    path.write_text(yaml.dump(dict(entry), allow_unicode=True, sort_keys=False), encoding="utf-8")
    return path


def test_a_good_file_has_no_problem(tmp_path: Path) -> None:
    assert check_claim_file(write(tmp_path, GOOD)) == []
    assert read_claim(write(tmp_path, GOOD)).kind == "level"


def changed(**measurement: object) -> dict[str, object]:
    return GOOD | {"measurement": {key: value for key, value in (LEVEL | measurement).items() if value is not None}}


@pytest.mark.parametrize(("entry", "told"), [
    ({key: value for key, value in GOOD.items() if key != "rule"}, "`rule` is missing"),
    (GOOD | {"colour": "red"}, "`colour` is not a key of a claim"),
    (GOOD | {"id": "c-1"}, "write capital letters and then digits"),
    (GOOD | {"id": "C901"}, "call it C901.yml"),
    (GOOD | {"version": 2}, "`history` must keep the earlier"),
    (GOOD | {"version": "one"}, "it counts 1, 2, 3"),
    (GOOD | {"registered": "soon"}, "write a date such as"),
    (GOOD | {"claim": ""}, "`claim` is empty"),
    (GOOD | {"measurement": "level"}, "must be a mapping that starts with `kind:`"),
    (changed(kind="guess"), "kinds are level"),
    (changed(threshold=None), "needs `threshold`"),
    (changed(wishes=1), "does not know `wishes`"),
    (changed(side="left"), "`side` is 'left'"),
    (changed(side="either"), "Only a break_year"),
    (changed(threshold="a lot"), "write a number such as 0.1"),
    (changed(minimum_documents=2), "below 5 documents there is no interval"),
    (changed(universe="mars"), "`universe` is 'mars'"),
    (changed(lang="fr"), "`lang` is 'fr'"),
    (changed(where={"since": 2019}), "`where` does not know `since`"),
    (changed(count="cheerfulness"), "no measure called 'cheerfulness'"),
    (changed(count={"label": "cheer"}), "`label` does not know ['cheer']"),
    (changed(count={"terms": ["样例"], "label": "security"}), "exactly one of"),
    (changed(count={"terms": []}), "`terms` is empty"),
    (changed(count={"deadline": ["soon"]}), "write years or dates in quotes"),
    (changed(count={"terms": ["样例"], "per": "page"}), "sentence or document"),
    (changed(count={"terms": ["样例"], "among": {"modality": "shout"}}), "in `among`: `modality` does not know"),
    (changed(count={"issuers": ["cn-moon-office"]}), "no entity `cn-moon-office`"),
    (GOOD | {"measurement": {"kind": "all_of", "parts": [LEVEL, LEVEL | {"side": "left"}]}}, "In part 2: `side`"),
    (changed(count={"echo": "moon"}), "`echo` does not know ['moon']"),
    (GOOD | {"measurement": {"kind": "association", "x": "security", "y": "cheer", "by": "week", "threshold": 0,
                             "side": "above", "minimum_documents": 20}}, "`by` is 'week'"),
    (GOOD | {"measurement": {"kind": "lead_in_each", "topics": ["ai"], "threshold": 0.5}}, "needs `minimum_documents`"),
    (GOOD | {"measurement": {"kind": "all_of", "parts": [LEVEL]}}, "at least two measurements"),
])
def test_problems_are_told_in_plain_words(tmp_path: Path, entry: dict[str, object], told: str) -> None:
    problems = check_claim_file(write(tmp_path, entry))
    assert any(told in problem for problem in problems), problems
    with pytest.raises(KnowledgeError):
        read_claim(write(tmp_path, entry))


def test_a_file_that_is_no_yaml_is_told(tmp_path: Path) -> None:
    path = tmp_path / "C900.yml"
    path.write_text("id: [C900", encoding="utf-8")
    assert "Not a readable YAML file" in check_claim_file(path)[0]
    path.write_text("- id", encoding="utf-8")
    assert "must be a mapping" in check_claim_file(path)[0]
    assert "missing" in check_claim_file(tmp_path / "C901.yml")[0]


def test_the_ledger_is_in_order() -> None:
    claims = load_claims()
    assert len(claims) >= 130
    assert [entry.claim_id for entry in claims] == sorted({path.stem for path in FOLDER.glob("*.yml")})
    assert all(entry.registered >= "2026-11-21" for entry in claims)
    assert sum(entry.kind != "not_testable" for entry in claims) >= 60


def test_the_ledger_runs_on_a_corpus_without_its_texts(tables: dict[str, pd.DataFrame]) -> None:
    found = evaluate_claims(tables, as_of=AS_OF, error_rates=[], n_draws=50)
    assert list(found["claim_id"]) == [entry.claim_id for entry in load_claims()]
    named = {entry.claim_id for entry in load_claims() if entry.kind in {"presence", "signatures"}
             and "cn-rule-deepsyn" not in entry.measurement["documents"]}
    assert set(found[found["claim_id"].isin(named)]["verdict"]) == {"too_little_data"}
    untestable = {entry.claim_id for entry in load_claims() if entry.kind == "not_testable"}
    assert set(found[found["verdict"] == "not_testable"]["claim_id"]) == untestable
    again = evaluate_claims(tables, as_of=AS_OF, error_rates=[], n_draws=50, claims=load_claims()[:25])
    assert found.head(25).to_json() == again.to_json()


def test_an_empty_corpus_and_a_missing_table(tables: dict[str, pd.DataFrame]) -> None:
    empty = {name: frame.iloc[:0] for name, frame in tables.items()}
    found = evaluate_claims(empty, as_of=AS_OF, error_rates=[], n_draws=50)
    assert set(found["verdict"]) == {"too_little_data", "not_testable"}
    with pytest.raises(TifaError, match="renderings"):
        evaluate_claims({name: frame for name, frame in tables.items() if name != "renderings"}, as_of=AS_OF)
