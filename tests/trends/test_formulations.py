"""Formulations: uses, contexts that do not count, adoption, states that are honest about chance, wordings that take over."""

import numpy as np
import pandas as pd
import pytest

from pipeline.errors import KnowledgeError
from pipeline.estimates.formulations import load_formulations, parse_formulation
from pipeline.estimates.material import prepare_material
from pipeline.estimates.surfaces import find_terms, find_uses
from pipeline.trends.families import group_wordings
from pipeline.trends.formulations import find_formulations
from pipeline.trends.mutations import variant_rows
from pipeline.trends.states import benjamini_hochberg, find_states
from tests.trends.test_discovery import corpus


def test_enough_are_listed() -> None:
    entries = [entry for entry in load_formulations().values() if entry.kind == "formulation"]
    both = [entry for entry in entries if any(map(str.isascii, entry.wordings)) and not all(map(str.isascii, entry.wordings))]
    assert len(both) >= 80


@pytest.mark.parametrize(("text", "hit", "reason"), [
    ("守住数据安全的红线", True, "the wording itself"),
    ("严守生态保护红线", False, "a context that means something else"),
    ("严守生态保护红线，也划定算法红线", True, "one of two uses stands outside the context"),
    ("respect the red lines of safety", True, "English"),
    ("within the ecological red lines of the province", False, "English context"),
    ("the redline", False, "a word goes on")])
def test_contexts(text: str, hit: bool, reason: str) -> None:
    entry = load_formulations()["red_line"]
    assert bool(len(find_terms([text.lower()], {"x": entry.surfaces})["x"])) is hit, reason


def test_uses_are_slices() -> None:
    text = "坚持安全、可靠、可控，红线不可越"
    uses = list(find_uses([text], {"a": ["安全、可靠、可控", "可控"], "b": ["红线", "!红线不可越"]}))
    assert [(name, text[start:end] == surface) for name, surface, _, start, end in uses] == [("a", True), ("a", True)]


def test_after_must_be_known() -> None:
    assert parse_formulation("x", {"zh": ["甲乙"], "after": ["y"]}).after == ("y",)
    with pytest.raises(KnowledgeError, match="unknown keys"):
        parse_formulation("x", {"zh": ["甲乙"], "before": ["y"]})


def test_families() -> None:
    strings = pd.DataFrame({"wording": ["安全、可靠、可控", "安全可靠可控", "统筹发展和安全", "安全可信"]})
    assert group_wordings(strings, lang="zh") == [0, 0, 2, 3]
    strings = pd.DataFrame({"wording": ["fairness and justice", "justice and fairness", "rule of law"]})
    assert group_wordings(strings, lang="en") == [0, 0, 2]


def test_benjamini_hochberg() -> None:
    assert benjamini_hochberg([0.01, 0.04, 0.03, float("nan")])[:3] == pytest.approx([0.03, 0.04, 0.04])


YEARS = np.repeat(np.arange(2010, 2026), 12)
KINDS = np.tile([0, 1, 1], len(YEARS) // 3)


@pytest.mark.parametrize(("shares", "state"), [
    (np.linspace(0.0, 0.9, 16), "rising"), (np.linspace(0.9, 0.0, 16), "falling"), (np.full(16, 0.4), "steady"),
    (np.r_[np.zeros(13), [0.6, 0.6, 0.6]], "new"), (np.r_[np.full(13, 0.6), [0, 0, 0]], "gone"),
    (np.r_[np.full(15, 0.0), [0.2]], "too_little_data")])
def test_states(shares: np.ndarray, state: str) -> None:
    generator = np.random.default_rng(4)
    used = np.tile(np.arange(12), 16) < np.repeat(np.round(shares * 12), 12)
    noise = generator.random((len(YEARS), 30)) < 0.2
    assert find_states(np.column_stack([used, noise]), YEARS, KINDS)[0].state == state


@pytest.mark.slow
def test_shuffled_documents_have_no_trend() -> None:
    """Uses of many frequencies, documents shuffled over the years: hardly a table calls anything new, rising, falling or gone."""
    generator = np.random.default_rng(11)
    alarms, families = 0, 0
    for _ in range(60):
        rates = generator.beta(0.6, 3, size=80)
        used = generator.random((len(YEARS), 80)) < rates
        states = [state.state for state in find_states(used, generator.permutation(YEARS), KINDS)]
        judged = [state for state in states if state != "too_little_data"]
        alarms += sum(state != "steady" for state in judged)
        families += len(judged)
    assert families > 3000 and alarms / families <= 0.05


def test_a_wording_takes_over() -> None:
    rows = [("f", "旧说", f"a{year}{n}", year) for year in range(2010, 2018) for n in range(2)]
    rows += [("f", "新说", f"b{year}{n}", year) for year in range(2017, 2025) for n in range(2)]
    uses = pd.DataFrame(rows, columns=["family_id", "variant", "doc_id", "year"])
    found = variant_rows(uses.assign(date_issued=uses["year"].astype(str)), {}).set_index("variant")
    new = found.loc["新说"]
    assert (new["mutated_from"], new["turn_year"], new["flags"]) == ("旧说", "2017", ["replaced"])
    assert (new["old_before"], new["new_before"], new["old_after"], new["new_after"]) == (14, 0, 2, 16)
    assert pd.isna(found.loc["旧说", "mutated_from"])


def test_tables_of_a_corpus() -> None:
    material = prepare_material(corpus())
    tables = find_formulations(material, as_of="2026-01-01")
    texts = material.documents.set_index("doc_id")["text"]
    uses = tables["formulation_uses"]
    assert len(uses) and all(texts[use.doc_id][use.start_char:use.end_char] == use.surface for use in uses.itertuples())
    families = tables["formulations"].set_index("wording")
    row = families.loc["云桥共济"]
    assert row["kind"] == "discovered" and row["issuers"][0] == "cn-a" and row["first_date"] == "2012-01-01"
    again = find_formulations(prepare_material(corpus()), as_of="2026-01-01")
    assert all(again[name].equals(tables[name]) for name in tables)
