"""Sentences behind a point: every row of a run has an answer that agrees with its numbers."""

import numpy as np
import pandas as pd
import pytest

from pipeline.errors import TifaError
from pipeline.estimates.material import Material, prepare_material
from pipeline.estimates.measures import named_measures
from pipeline.trends import estimate_trends, evidence
from tests.trends.synthetic import Plan, make_tables

AS_OF = "2024-06-20"
SOME = ("cn_digital", "cn_all", "foreign_digital")


@pytest.fixture(scope="module")
def material() -> Material:
    """80 documents of ten years, with what makes special rows: numbers, reposts, drafts, undated and later texts."""
    tables = make_tables(Plan(n_documents=80, years=tuple(range(2015, 2025)), lengths=15), seed=7)
    documents = tables["documents"].copy()
    documents["doc_number"] = [f"样发〔{date[:4]}〕{place}号" if place % 2 else None
                               for place, date in enumerate(documents["date_issued"])]
    documents.loc[5, "duplicate_of"] = "d000004"
    documents.loc[[6, 17], "status"] = "draft_for_comment"
    documents.loc[[8, 19], "doc_type"] = "press"
    documents.loc[9, "date_first_issued"] = "2012-01-01"
    documents.loc[20, "work_id"] = "w21"
    documents.loc[60:69, ["lang", "jurisdiction"]] = ["en", "US"]
    documents.loc[62, "date_issued"] = None
    texts = tables["sentences"].copy()
    texts.loc[texts.index % 31 == 0, "text"] = "坚持包容审慎监管，推动安全发展。"
    return prepare_material(dict(tables) | {"documents": documents, "sentences": texts})


@pytest.fixture(scope="module")
def trends(material: Material) -> pd.DataFrame:
    return estimate_trends(material, as_of=AS_OF, error_rates=[], n_draws=40, universes=SOME)


SPECIAL = {"documents_dropped", "numbered_documents", "co_issued_pair", "leads_when_co_issued"}


def test_the_run_has_every_kind_of_row(trends: pd.DataFrame) -> None:
    assert SPECIAL | {"overturning_share", "balance", "co_issued", "sense_data"} <= set(trends["measure"])
    assert {"specification", "robustness", "change", "adoption", "issuer", "topic"} <= set(trends["grouping"])


@pytest.mark.parametrize("alike", [
    ["measure"], ["grouping", "estimator"],
    pytest.param(["measure", "universe", "grouping", "group_value", "period", "lang"], marks=pytest.mark.slow)])
def test_every_row_has_an_answer_in_its_documents(
    material: Material, trends: pd.DataFrame, alike: list[str]
) -> None:
    """Law: columns are right, rows sorted and distinct, documents not later than the date, sentences in the body.

    Fast: one row of each measure and of each grouping; slow: every row.
    """
    body = set(zip(material.body["doc_id"], material.body["sent_no"], strict=True))
    late = set(material.documents.loc[material.documents["date_issued"].fillna("") > AS_OF, "doc_id"])
    assert late
    chosen = trends.drop_duplicates(alike)
    assert len(chosen) >= (150 if "measure" in alike else 10)
    for row in chosen.to_dict("records"):
        found = evidence(material, row, as_of=AS_OF)
        assert list(found.columns) == ["doc_id", "sent_no"], row
        assert not found.duplicated().any() and found["doc_id"].is_monotonic_increasing, row
        if row["group_value"] != "after_as_of":
            assert not late & set(found["doc_id"]), row
        known = found.dropna()
        assert set(zip(known["doc_id"], known["sent_no"], strict=True)) <= body, row
        if row["grouping"] not in {"change", "robustness", "rule", "doc_number"}:
            assert found["doc_id"].nunique() <= row["n_documents"], row


@pytest.mark.parametrize("name", sorted(named_measures()))
def test_evidence_gives_back_numerator_and_n(material: Material, trends: pd.DataFrame, name: str) -> None:
    """Law: what stands in the returned sentences (documents), summed, is the estimate; n is their documents.

    The values per sentence or document are counted here from the tables anew, by the measure alone.
    """
    measure = named_measures()[name]
    rows = trends[(trends["measure"] == name) & (trends["estimator"] == "raw") & trends["estimate"].notna()]
    rows = rows[~rows["grouping"].isin(["specification", "robustness", "change", "adoption"])]
    if rows.empty:
        pytest.skip("the made corpus has nothing that this measure counts in")
    top, bottom = measure.vectors(material)
    keys = material.documents["doc_id"] if measure.unit == "document" else pd.Series(
        material.body["doc_id"] + ":" + material.body["sent_no"].astype(str))
    values = pd.DataFrame({"top": top, "bottom": bottom}, index=pd.Index(keys))
    for row in rows.sample(min(len(rows), 12), random_state=1).to_dict("records"):
        found, base = (evidence(material, row, as_of=AS_OF, denominator=which) for which in (False, True))
        told = [set(frame["doc_id"]) if measure.unit == "document" else set(frame["doc_id"] + ":" + frame["sent_no"].astype(str))
                for frame in (found, base)]
        hits, size = values.loc[sorted(told[0]), "top"].sum(), values.loc[sorted(told[1]), "bottom"].sum()
        assert hits / size == pytest.approx(row["estimate"], abs=2e-6), row
        assert base["doc_id"].nunique() == row["n_documents"], row


def test_named_shows_the_sentences_that_name(material: Material, trends: pd.DataFrame) -> None:
    rows = trends[trends["measure"] == "named"]
    assert len(rows)
    for row in rows.to_dict("records"):
        found, base = (evidence(material, row, as_of=AS_OF, denominator=which) for which in (False, True))
        assert found["doc_id"].nunique() / len(base) == pytest.approx(row["estimate"], abs=1e-6)
        assert len(base) == row["n_documents"]


def test_counts_of_documents_are_their_documents(material: Material, trends: pd.DataFrame) -> None:
    counts = trends[trends["measure"].isin(SPECIAL)]
    counts = counts[counts["universe"].isin(["cn_digital"]) | (counts["measure"] == "numbered_documents")]
    for row in counts.to_dict("records"):
        found, base = (evidence(material, row, as_of=AS_OF, denominator=which) for which in (False, True))
        assert found["sent_no"].isna().all() and set(found["doc_id"]) <= set(base["doc_id"]), row
        expected = {"leads_when_co_issued": row["estimate"] * len(base), "numbered_documents": row["n_documents"]}
        assert len(found) == pytest.approx(expected.get(row["measure"], row["estimate"])), row


def test_adoption_shows_the_sentences_of_the_issuer(material: Material, trends: pd.DataFrame) -> None:
    rows = trends[trends["grouping"] == "adoption"]
    assert len(rows) >= 2
    for row in rows.to_dict("records"):
        found = evidence(material, row, as_of=AS_OF)
        owners = material.documents.set_index("doc_id").loc[found["doc_id"]]
        assert found["doc_id"].nunique() == row["n_documents"]
        assert {issuers[0] for issuers in owners["issuers"]} == {row["group_value"]}
        assert owners["date_issued"].min()[:4] == row["period"]


def test_specifications_show_their_own_documents(material: Material, trends: pd.DataFrame) -> None:
    rows = trends[(trends["grouping"] == "specification") & (trends["measure"] == "security")].iloc[::7]
    for row in rows.to_dict("records"):
        base = evidence(material, row, as_of=AS_OF, denominator=True)
        assert base["doc_id"].nunique() == row["n_documents"], row["group_value"]
        if " | words" in row["group_value"]:
            texts = evidence(material, row, as_of=AS_OF).merge(material.tables["senses"], on=["doc_id", "sent_no"])
            assert len(texts), row["group_value"]
    with pytest.raises(TifaError, match="no specification"):
        evidence(material, row | {"group_value": "cn_digital | whenever | sentences | without reposts | words"})


def test_a_year_has_the_sentences_of_the_year(material: Material, trends: pd.DataFrame) -> None:
    rows = trends[(trends["measure"] == "security") & (trends["grouping"] == "all") & (trends["period"] != "all")
                  & (trends["estimator"] == "raw")]
    for row in rows.to_dict("records"):
        found, base = (evidence(material, row, as_of=AS_OF, denominator=which) for which in (False, True))
        assert len(found) / len(base) == pytest.approx(row["estimate"], abs=1e-6)
        dates = material.documents.set_index("doc_id").loc[base["doc_id"], "date_issued"]
        assert set(dates.str[:4]) == {row["period"]}
    assert np.isfinite(rows["estimate"]).all()
