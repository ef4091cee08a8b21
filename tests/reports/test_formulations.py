"""Families of formulations: states in words, the entry a reader opens, mutations; keyness with both sides' numbers."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from pipeline.reports.blocks import Prose
from pipeline.reports.families import Families, family_table, mutation_table, slope_chart
from pipeline.reports.keywords import _slice, keyness_blocks
from pipeline.reports.material import Material

from .fixtures.made_tables import make_evidence


def _family(number: int, **given: Any) -> dict[str, Any]:
    return {"family_id": f"f{number}", "universe": "cn_texts", "lang": "zh", "kind": "given", "name_zh": f"样例提法{number}",
            "name_en": f"sample wording {number}", "wording": f"样例提法{number}", "n_uses": 9, "n_documents": 5 + number,
            "n_issuers": 2, "n_variants": 1, "first_date": None, "first_doc_id": None, "first_sent_no": None,
            "issuers": ["cn-sample-1", "cn-sample-2"], "issuer_dates": ["2015-01-02", "2017"], "peak_period": "2019",
            "last_period": "2024", "state": "steady", "slope": 0.001, "slope_low": -0.002, "slope_high": 0.004, "slope_p": 0.4,
            "slope_q": 0.6, "n_series": 40, "cohesion": None, "entropy_left": None, "entropy_right": None, "burst": None,
            "given": None, "flags": []} | given


@pytest.fixture
def material(tables: dict[str, pd.DataFrame]) -> Material:
    body = tables["sentences"][tables["sentences"]["kind"] == "body"].head(30)
    first = body.iloc[4]
    families = [_family(1), _family(2, state="rising", slope=0.02, slope_low=0.01, slope_high=0.03, slope_q=0.01,
                                    first_date="2015-01-02", first_doc_id=first["doc_id"], first_sent_no=first["sent_no"]),
                _family(3, state="too_little_data", slope=None, slope_low=None, slope_high=None, slope_q=None),
                _family(4, universe="other_texts")]
    uses = body.assign(family_id="f2", universe="cn_texts", lang="zh", variant="样例", surface="样例")
    variants = pd.DataFrame([{"family_id": "f2", "universe": "cn_texts", "lang": "zh", "variant": "新样例", "n_uses": 5,
                              "n_documents": 4, "first_date": "2020", "first_doc_id": first["doc_id"], "last_date": "2024",
                              "mutated_from": "旧样例", "turn_year": "2021", "old_before": 9, "new_before": 1, "old_after": 2,
                              "new_after": 6, "p": 0.001, "q": 0.004, "flags": ["replaced"]}])
    variants = pd.concat([variants, variants.assign(variant="另例", q=0.4, flags=[[]])], ignore_index=True)
    given = {**tables, "formulations": pd.DataFrame(families), "formulation_uses": uses, "formulation_variants": variants}
    return Material(given, "2025-12-31", {}, None, {}, make_evidence(given))


def test_what_moves_stands_first_and_chance_is_grey(material: Material) -> None:
    families = Families(material, "zh")
    assert list(families.rows["family_id"]) == ["f2", "f1", "f3"], "moving first; another universe is not mixed in"
    chart = slope_chart(families)
    assert chart is not None
    assert [(value["tip_zh"], value["thin"]) for value in chart.values] == [("样例提法2", False), ("样例提法1", True)]
    assert "1 rising" in chart.title.en and "of 2 tested" in chart.title.en


def test_an_entry_tells_the_story_in_order(material: Material) -> None:
    entry = family_table(Families(material, "zh")).evidence["family-f2"]
    facts = {name.en: value.en for name, value in entry.facts}
    assert facts["Taken up by, in order"] == "Sample Body 1 2015-01-02 → Sample Body 2 2017"
    assert facts["Wording replaced"] == "旧样例 → 新样例 (q = 0.004)" and facts["State"] == "rising"
    assert entry.sentences[0][2] == "first" and len(set(entry.sentences)) == len(entry.sentences) == 6
    assert entry.total == 30, "all uses are counted, some are shown"


def test_only_replaced_wordings_are_called_so(material: Material) -> None:
    table = mutation_table(Families(material, "zh"))
    assert table is not None and table.frame["variant"].tolist() == ["新样例"]
    assert mutation_table(Families(material, "en")) is None


@pytest.mark.parametrize(("changes", "said", "why"), [
    ({"term": None, "log_odds": None, "low": None, "high": None, "q": None}, "too few documents", "not compared"),
    ({"flags": ["small_sample", "inside_longer"]}, "no word differs beyond chance", "the segmenter's difference is none of use"),
    ({"q": 0.2}, "no word differs beyond chance", "chance is called chance"), ({}, None, "a firm word is drawn")])
def test_keyness(tables: dict[str, pd.DataFrame], changes: dict[str, Any], said: str | None, why: str) -> None:
    row = {"comparison": "tiers", "lang": "zh", "slice_a": "中央", "slice_b": "地方", "term": "样例", "log_odds": 1.5, "low": 0.9,
           "high": 2.1, "p": 0.0001, "q": 0.001, "n_a": 40, "n_b": 3, "documents_a": 20, "documents_b": 2, "size_a": 60,
           "size_b": 30, "flags": []}
    other = row | {"term": "试点", "log_odds": -1.0, "low": -1.5, "high": -0.5}
    given = {**tables, "keyness": pd.DataFrame([row | changes, other | changes][:1 if "term" in changes else 2])}
    block, = keyness_blocks(Material(given, "2025-12-31", {}, None, {}, make_evidence(given)))
    if said is not None:
        assert isinstance(block, Prose) and said in block.text.en, why
        return
    assert block.title.en == "中央: 样例; 地方: 试点" and [value["side"] for value in block.values] == ["a", "b"]  # type: ignore[union-attr]
    assert block.table.rows[0][3].text.en == "40 / 20", "occurrences and documents of a side"  # type: ignore[union-attr]


@pytest.mark.parametrize(("given", "en", "zh"), [
    ('{"tier": ["local"]}', "Local", "地方"), ('{"since": 2019}', "from 2019", "2019 年起"),
    ('{"not_jurisdiction": ["CN"]}', "issued elsewhere than CN", "非 CN 发布"),
    ('{"doc_type": ["law", "plan", "guideline"]}', "Law, Plan and 1 more", "法律、规划计划等 3 个"),
    ('{"issuers": ["cn-sample-1"]}', "Sample Body 1", "样例机构1"), ("样例", "样例", "样例")])
def test_sides_of_a_comparison_are_said_in_words(tables: dict[str, pd.DataFrame], given: str, en: str, zh: str) -> None:
    found = _slice(Material(tables, "2025-12-31", {}, None, {}, make_evidence(tables)), given)
    assert (found.en, found.zh) == (en, zh)
