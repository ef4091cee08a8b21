"""What the ledger says about the ledger before: verdicts that flipped, and the documents that made them."""

import json
from collections.abc import Mapping

import pandas as pd
import pytest

from pipeline.claims import evaluate_claims, load_claims
from pipeline.claims.history import MAX_DOCUMENTS, since_before
from pipeline.claims.ledger import KINDS
from pipeline.errors import TifaError
from tests.claims.test_claims import AS_OF, CASES, LEVEL, claim
from tests.trends.synthetic import Plan, make_tables

Tables = dict[str, pd.DataFrame]


@pytest.fixture(scope="module")
def tables() -> Tables:
    return make_tables(Plan(n_documents=60, years=(2020,), share={"development": lambda year: 0.6}, lengths=20,
                            overdispersion=0.03), seed=3)


def ledger(tables: Mapping[str, pd.DataFrame], measurement: Mapping[str, object],
           previous: pd.DataFrame | None = None) -> pd.DataFrame:
    return evaluate_claims(tables, as_of=AS_OF, claims=[claim(measurement)], error_rates=[], n_draws=200,
                           previous=previous)


def told(frame: pd.DataFrame) -> dict[str, object]:
    found = json.loads(frame.iloc[0]["evidence"])
    assert isinstance(found, dict)
    return found


def without(tables: Tables, doc_ids: list[str]) -> Tables:
    return {name: frame if "doc_id" not in frame else frame[~frame["doc_id"].isin(doc_ids)].reset_index(drop=True)
            for name, frame in tables.items()}


def test_the_first_ledger_knows_no_other(tables: Tables) -> None:
    found = told(ledger(tables, LEVEL))
    assert not {"previous_verdict", "previous_estimate", "flipped", "because"} & set(found)
    assert list(found["documents"]) == list(tables["documents"]["doc_id"])
    first = tables["codes"][tables["codes"]["doc_id"] == "d000000"]
    assert found["documents"]["d000000"] == f"{int(first['development'].sum())}/{len(first)}"


def test_nothing_changed(tables: Tables) -> None:
    before = ledger(tables, LEVEL)
    found = told(ledger(tables, LEVEL, previous=before))
    assert (found["previous_verdict"], found["previous_estimate"]) == ("holds", before.iloc[0]["estimate"])
    assert found["flipped"] is False and "because" not in found


def test_new_changed_and_gone_documents_are_named(tables: Tables) -> None:
    """From 50 documents at 0.6 to a level below 0.5: three have left, thirteen came, two are coded otherwise."""
    before = ledger(without(tables, [f"d{number:06d}" for number in range(47, 60)]), LEVEL)
    codes = tables["codes"].copy()
    codes.loc[codes["doc_id"].isin(["d000010", "d000020"]) | (codes["doc_id"] >= "d000047"), "development"] = False
    after = ledger(without(dict(tables) | {"codes": codes}, ["d000001", "d000002", "d000003"]), LEVEL, previous=before)
    found = told(after)
    assert (found["previous_verdict"], found["flipped"]) == ("holds", True) and after.iloc[0]["verdict"] != "holds"
    assert found["because"] == {"changed": ["d000010", "d000020"], "gone": ["d000001", "d000002", "d000003"],
                                "new": [f"d{number:06d}" for number in range(47, 60)]}
    assert found["because_total"] == {"changed": 2, "gone": 3, "new": 13}


def test_documents_outside_the_measurement_explain_nothing(tables: Tables) -> None:
    measurement = LEVEL | {"where": {"tier": ["ministry"]}}
    local = tables["documents"].loc[tables["documents"]["tier"] == "local", "doc_id"]
    before = ledger(tables, measurement)
    found = told(ledger(without(tables, list(local[:5])), measurement, previous=before))
    assert "because" not in found or found["because"] == {"changed": [], "gone": [], "new": []}
    assert not set(local) & set(found["documents"])


def test_at_most_twenty_documents_those_with_hits_first() -> None:
    documents = {f"d{number:02d}": "0/9" if number < 30 else "3/9" for number in range(40)}
    before = {"verdict": "fails", "version": 1, "estimate": 0.1, "documents": {}}
    found = since_before(before, version=1, verdict="holds", estimate=0.5, documents=documents)
    shown = found["because"]["new"]
    assert len(shown) == MAX_DOCUMENTS and shown[:10] == [f"d{number}" for number in range(30, 40)]
    assert found["because_total"] == {"new": 40, "gone": 0, "changed": 0}


@pytest.mark.parametrize(("before", "expected", "reason"), [
    (None, {}, "the claim is new"),
    ({"verdict": "fails", "version": 1, "estimate": float("nan"), "documents": None},
     {"previous_verdict": "fails", "previous_estimate": None, "previous_version": 1, "flipped": True},
     "a ledger that did not note its documents"),
    ({"verdict": "holds", "version": 1, "estimate": 0.5, "documents": {"a": "1/2"}},
     {"previous_verdict": "holds", "previous_estimate": 0.5, "previous_version": 1, "flipped": False,
      "because": {"new": [], "gone": [], "changed": []}, "because_total": {"new": 0, "gone": 0, "changed": 0}},
     "only the rule changed")])
def test_since_before(before: Mapping[str, object] | None, expected: dict[str, object], reason: str) -> None:
    assert since_before(before, version=2, verdict="holds", estimate=0.5, documents={"a": "1/2"}) == expected, reason


def test_every_kind_notes_its_documents(tables: Tables) -> None:
    documents = tables["documents"].copy()
    documents.loc[10, "title"] = "互联网信息服务深度合成管理规定"
    seen = set()
    for measurement in {str(measurement["kind"]): measurement for measurement, _, _ in CASES}.values():
        found = told(ledger(dict(tables) | {"documents": documents}, measurement))["documents"]
        assert set(found) <= set(documents["doc_id"])
        if found:
            seen.add(str(measurement["kind"]))
        if measurement["kind"] == "signatures":
            assert found == {"d000010": "cn-most"}
    assert seen == set(KINDS) - {"not_testable"}


@pytest.mark.parametrize(("frame", "message"), [
    (pd.DataFrame({"claim_id": ["T001"]}), "lacks the columns"),
    (pd.DataFrame({"claim_id": ["T001"], "version": [1], "verdict": ["holds"], "estimate": [0.1], "evidence": ["{"]}),
     "is no JSON")])
def test_a_frame_that_is_no_ledger(tables: Tables, frame: pd.DataFrame, message: str) -> None:
    with pytest.raises(TifaError, match=message):
        ledger(tables, LEVEL, previous=frame)


def test_a_changed_rule_keeps_the_one_before() -> None:
    changed = {entry.claim_id: entry.version for entry in load_claims() if entry.version > 1}
    assert changed["C103"] == 2
