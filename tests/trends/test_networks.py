"""The network tables: who signs together, what cites what, which forum is named when."""

from __future__ import annotations

import pandas as pd
import pytest

from pipeline.estimates.material import COUNTED, prepare_material
from pipeline.store import to_arrow
from pipeline.trends import network_tables
from tests.trends.synthetic import Plan, make_tables

AS_OF = "2026-01-01"


@pytest.fixture(scope="module")
def tables() -> dict[str, pd.DataFrame]:
    """24 documents; odd ones are signed by CAC (first) and MIIT and cite a law, of whose text the corpus holds a copy."""
    made = make_tables(Plan(n_documents=24, years=(2020, 2021, 2022), lengths=10), seed=3)
    doc_ids = made["documents"]["doc_id"].tolist()
    first = made["codes"].groupby("doc_id").head(1)[["doc_id", "sent_no"]].reset_index(drop=True)
    made["citations"] = first.assign(cited_title="样例法", cited_doc_number=None, entity_id="NIL",
                                     cited_doc_id=doc_ids[0], relation="basis")
    named = [("FORUM", "un"), ("INSTRUMENT", "cn-law-csl"), ("ACTOR", "cn-cac"), ("ACTOR", "NIL")]
    made["mentions"] = pd.concat([first.assign(type=kind, entity_id=entity, surface="样例", start_char=0, end_char=2,
                                               method="gazetteer") for kind, entity in named], ignore_index=True)
    made["documents"].loc[5, "duplicate_of"] = doc_ids[3]
    made["documents"].loc[7, "date_issued"] = "2027-01-01"
    return made


@pytest.fixture(scope="module")
def networks(tables: dict[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    return network_tables(prepare_material(tables, needed=COUNTED), as_of=AS_OF)


def test_every_table_fits_its_columns(networks: dict[str, pd.DataFrame]) -> None:
    for name, frame in networks.items():
        assert to_arrow(name, frame).num_rows == len(frame) > 0


def test_pairs_say_who_is_named_first(networks: dict[str, pd.DataFrame]) -> None:
    rows = networks["co_issuance"].query("universe == 'cn_digital' and period == 'all'")
    row = rows.iloc[0]
    assert (len(rows), row.a_id, row.b_id) == (1, "cn-cac", "cn-miit")
    assert (row.n_documents, row.n_a_leads, row.n_b_leads) == (10, 10, 0)  # 12 odd ones, a repost and a later one left out
    assert row.doc_ids == sorted(set(row.doc_ids))


def test_a_document_never_cites_itself(networks: dict[str, pd.DataFrame], tables: dict[str, pd.DataFrame]) -> None:
    links = networks["citation_links"]
    own = tables["documents"]["doc_id"].iloc[0]
    assert own not in set(links["doc_id"])
    assert set(links["cited_doc_id"]) == {own}
    assert len(links) == 21  # 24 without itself, the repost and the later one
    assert all("cn_digital" in universes for universes in links["universes"])


def test_forum_counts_stand_beside_all_documents(networks: dict[str, pd.DataFrame], tables: dict[str, pd.DataFrame]) -> None:
    rows = networks["forum_years"].query("universe == 'cn_digital'").set_index("period")
    assert rows.loc["all", "n_documents"] == rows.loc["all", "n_documents_all"] == 22
    assert rows["n_documents"].drop("all").sum() == 22
    places = {f"{doc_id}:{sent_no}" for doc_id, sent_no in tables["sentences"][["doc_id", "sent_no"]].to_numpy().tolist()}
    for name in ("forum_years", "citation_links", "actor_instruments"):
        assert {place for held in networks[name]["places"] for place in held} <= places


def test_actors_work_with_instruments(networks: dict[str, pd.DataFrame]) -> None:
    rows = networks["actor_instruments"].query("universe == 'cn_digital'")
    assert set(rows["role"]) == {"named"}  # the cited title is unregistered, so no issuer has an instrument
    assert set(rows["actor_id"]) == {"cn-cac"}
    assert rows["n_documents"].tolist() == [22]
