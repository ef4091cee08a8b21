"""Networks: the same picture every time, names that do not hide each other, and numbers that the tables hold."""

from __future__ import annotations

import itertools

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.reports.citation_map import citation_map
from pipeline.reports.layout import GAP, LABEL_HEIGHT, label_width, lanes, largest_component, springs
from pipeline.reports.material import Material
from pipeline.reports.signers import signing_network
from pipeline.reports.words import plain

from .fixtures.made_tables import make_evidence


@given(st.lists(st.tuples(st.floats(0, 960), st.floats(20, 220)), min_size=1, max_size=14))
def test_names_of_one_lane_do_not_overlap(boxes: list[tuple[float, float]]) -> None:
    starts, widths = [one for one, _ in boxes], [wide for _, wide in boxes]
    found = lanes(starts, widths, [(0, place) for place in range(1, len(boxes))], n_lanes=14)
    for one, other in itertools.combinations(range(len(boxes)), 2):
        if found[one] == found[other]:
            assert abs(starts[one] - starts[other]) >= (widths[one] + widths[other]) / 2 + 2 * GAP - 1e-6


@settings(max_examples=20, deadline=None)
@given(st.integers(2, 12), st.randoms(use_true_random=False))
def test_a_network_stays_in_its_frame_and_looks_the_same_twice(n: int, random: object) -> None:
    edges = {(one, other): float(random.randint(1, 9)) for one, other in itertools.combinations(range(n), 2)  # type: ignore[attr-defined]
             if random.random() < 0.4}  # type: ignore[attr-defined]
    widths = [40.0 + 5 * place for place in range(n)]
    first, second = (springs(n, edges, widths, width=960, height=460) for _ in range(2))
    assert np.array_equal(first, second)
    assert (first[:, 0] >= 0).all() and (first[:, 0] <= 960).all() and (first[:, 1] <= 460).all()
    for one, other in itertools.combinations(range(n), 2):
        apart = np.abs(first[one] - first[other])
        assert apart[0] >= (widths[one] + widths[other]) / 2 - 1 or apart[1] >= LABEL_HEIGHT - 1, "names hide each other"


@pytest.mark.parametrize(("text", "expected"), [("工信部", 36.0), ("MIIT", 26.4), ("", 0.0)])
def test_a_han_character_is_wider(text: str, expected: float) -> None:
    assert label_width(text) == pytest.approx(expected)


def test_only_what_is_linked_is_drawn() -> None:
    assert largest_component(list("abcdef"), [("a", "b"), ("c", "d"), ("d", "e")]) == ["c", "d", "e"]
    assert largest_component(list("ab"), []) == ["a"] and largest_component([], []) == []


def _material(tables: dict[str, pd.DataFrame], **more: pd.DataFrame) -> Material:
    given = {**tables, **more}
    return Material(given, "2025-12-31", {}, None, {}, make_evidence(given))


def test_the_signing_network_draws_what_its_table_holds(tables: dict[str, pd.DataFrame]) -> None:
    ids = list(tables["documents"]["doc_id"][:9])
    pairs = [("cn-sample-1", "cn-sample-2", ids[:5]), ("cn-sample-1", "cn-sample-3", ids[5:8]), ("cn-sample-2", "cn-sample-3", ids[:1]),
             ("cn-sample-8", "cn-sample-9", ids[:2])]
    table = pd.DataFrame([{"universe": universe, "lang": "zh", "period": "all", "a_id": one, "b_id": other,
                           "n_documents": len(held), "n_a_leads": 1, "n_b_leads": len(held) - 1, "doc_ids": held}
                          for one, other, held in pairs for universe in ("cn_digital", "cn_all")])
    chart = signing_network(_material(tables, co_issuance=table), plain)
    assert chart is not None
    links = {(value["tip_en"], value["strong"]) for value in chart.values if value["kind"] == "link"}
    assert links == {("cn-sample-1 + cn-sample-2: 5", True), ("cn-sample-1 + cn-sample-3: 3", False)}, "one joint text is no link"
    sizes = {value["label_en"]: value["n"] for value in chart.values if value["kind"] == "node"}
    assert sizes == {"cn-sample-1": 8, "cn-sample-2": 5, "cn-sample-3": 4}, "documents count once; the other group is left out"
    assert chart.table.frame["n_documents"].tolist() == [5, 3, 2, 1]


def test_the_citation_network_counts_documents(tables: dict[str, pd.DataFrame]) -> None:
    documents = tables["documents"]
    zh = documents[documents["lang"].str.startswith("zh") & documents["date_issued"].notna()].sort_values("date_issued")
    old = str(zh["doc_id"].iloc[0])
    later = zh.loc[zh["date_issued"] > zh["date_issued"].iloc[0], "doc_id"].tolist()
    rows = [(one, "NIL", old, "basis") for one in later[:6]] + [(later[0], "NIL", later[1], "mention")]
    table = pd.DataFrame([{"doc_id": one, "lang": "zh", "year": "2020", "entity_id": entity, "cited_title": "样例法",
                           "cited_doc_id": cited, "relation": relation, "n_citations": 1, "places": [f"{one}:1"],
                           "universes": ["cn_digital"]} for one, entity, cited, relation in rows])
    chart = citation_map(_material(tables, citation_links=table))
    assert chart is not None
    sizes = {value["key"]: value["n"] for value in chart.values if value["kind"] == "node"}
    assert sizes[old] == 6 and sizes[later[1]] == 1
    x = {value["key"]: value["x"] for value in chart.values if value["kind"] == "node"}
    assert x[old] == min(x.values()), "earlier texts stand to the left"
    assert chart.table.evidence[f"link-{old}"].total == 6
    assert chart.table.frame[["cited", "n_documents", "n_resting"]].to_numpy().tolist() == [[old, 6, 6], [later[1], 1, 0]]


def test_without_the_tables_there_is_no_network(tables: dict[str, pd.DataFrame]) -> None:
    assert citation_map(_material(tables)) is None and signing_network(_material(tables), plain) is None
