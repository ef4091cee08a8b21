"""Alert rules: what makes one speak, what leaves it silent, and how a mistake in a rule is told."""

import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from pipeline.alerts import Rule, load_rules, watch
from pipeline.alerts.rules import KEYS
from pipeline.errors import KnowledgeError
from pipeline.tables import TABLES

CROSSES = Rule("line", "crosses", {"measure": "security", "universe": "cn_digital", "grouping": "issuer", "group": "*", "lang": "zh",
                                   "estimator": "raw", "period": "all", "line": 0.5})


def tables(*, interval: tuple[float | None, float | None] = (0.6, 0.8), period: str = "all", verdict: str = "holds",
           statuses: tuple[str, ...] = ("draft_for_comment",), aside: tuple[str, ...] = (), families: tuple[int, ...] = ()
           ) -> dict[str, pd.DataFrame]:
    low, high = interval
    return {
        "trends": pd.DataFrame([{"measure": "security", "universe": "cn_digital", "grouping": "issuer", "group_value": "cn-made",
                                 "period": period, "lang": "zh", "estimator": "raw", "estimate": 0.7, "low": low, "high": high,
                                 "n_documents": 9}]),
        "claims": pd.DataFrame([{"claim_id": "C001", "verdict": verdict, "n_documents": 12,
                                 "evidence": json.dumps({"claim": "A made-up claim"})}]),
        "documents": pd.DataFrame([{"doc_id": f"d{place}", "work_id": "made-rule", "status": status, "title": "样例办法",
                                    "duplicate_of": None} for place, status in enumerate(statuses)],
                                  columns=["doc_id", "work_id", "status", "title", "duplicate_of"]),
        "files": pd.DataFrame([{"path": path, "outcome": "quarantined", "reason": "no_text", "hint": "Scan it again."} for path in aside],
                              columns=["path", "outcome", "reason", "hint"]),
        "entities": pd.DataFrame([{"entity_id": "cn-made", "name_zh": "样例部", "name_en": "Ministry of Samples"}]),
        "formulations": pd.DataFrame([{"family_id": f"f{place}", "kind": "discovered", "wording": "样例提法", "n_documents": n,
                                       "universe": universe, "first_date": "2024" if place else None}
                                      for place, n in enumerate(families) for universe in ("cn_texts", "other_texts")],
                                     columns=["family_id", "universe", "kind", "wording", "n_documents", "first_date"])}


def test_rules_read_columns_that_are_stored() -> None:
    assert all(set(frame.columns) <= set(TABLES[table]) for table, frame in tables().items())


def rule(kind: str, **wanted: Any) -> Rule:
    return Rule("made", kind, wanted)


@pytest.mark.parametrize(("kind", "before", "after", "said", "reason"), [
    (CROSSES, {"interval": (0.1, 0.4)}, {}, ["above 0.5"], "the interval crossed the line"),
    (CROSSES, {}, {"interval": (0.4, 0.6)}, [], "an interval on the line says nothing"),
    (CROSSES, {}, {"interval": (None, None)}, [], "a point without interval says nothing"),
    (CROSSES, {}, {"period": "2020"}, [], "another period is not looked at"),
    (rule("claim_flips", claims=["*"]), {"verdict": "inconclusive"}, {}, ["was inconclusive and is now holds"], "a flip"),
    (rule("claim_flips", claims=["C002"]), {"verdict": "inconclusive"}, {}, [], "another claim flipped"),
    (rule("final_text", instruments=["*"]), {}, {"statuses": ("draft_for_comment", "in_force")}, ["is now final"], "the final text came"),
    (rule("final_text", instruments=["*"]), {"statuses": ()}, {}, [], "a new draft is no final text"),
    (rule("final_text", instruments=["made-rule"]), {"statuses": ()}, {"statuses": ("in_force",)}, ["was absent, is now final"],
     "an instrument waited for"),
    (rule("set_aside"), {}, {"aside": ("a.pdf",)}, ["a.pdf was set aside: no_text"], "a file could not be read"),
    (rule("set_aside"), {"aside": ("a.pdf",)}, {}, [], "a file can be read again"),
    (rule("new_formulation", minimum_documents=5), {"families": (4,)}, {"families": (5,)}, ["样例提法 (5 documents"], "repeated enough"),
    (rule("new_formulation", minimum_documents=5), {"families": (5,)}, {"families": (6,)}, [], "known already"),
])
def test_a_change_of_state_is_said_once(kind: Rule, before: dict[str, Any], after: dict[str, Any], said: list[str], reason: str) -> None:
    nothing, states = watch(tables(**before), [kind], {}, as_of="2025-01-01")
    assert nothing == [], "what a rule sees the first time is only noted"
    alerts, states = watch(tables(**after), [kind], states, as_of="2025-02-01")
    assert len(alerts) == len(said), reason
    for alert, words in zip(alerts, said, strict=True):
        assert words in alert.text and alert.as_of == "2025-02-01"
        assert any("一" <= letter <= "鿿" for letter in alert.text_zh)
    again, _ = watch(tables(**after), [kind], states, as_of="2025-03-01")
    assert again == [], "the same state is said once"


def test_an_unclear_state_keeps_the_one_before() -> None:
    _, states = watch(tables(interval=(0.1, 0.4)), [CROSSES], {}, as_of="2025-01-01")
    _, states = watch(tables(interval=(0.4, 0.6)), [CROSSES], states, as_of="2025-02-01")
    alerts, _ = watch(tables(interval=(0.6, 0.8)), [CROSSES], states, as_of="2025-03-01")
    assert [alert.before for alert in alerts] == ["below"], "crossing slowly is crossing, too"


def test_shipped_rules_are_of_every_kind() -> None:
    assert {each.kind for each in load_rules()} == set(KEYS)


@pytest.mark.parametrize(("text", "words"), [
    ("id: a", "are a list"),
    ("- id: A b\n  kind: set_aside", "is not an id"),
    ("- id: a\n  kind: shout", "Kinds are: crosses"),
    ("- id: a\n  kind: set_aside\n  line: 1", "Look at: line"),
    ("- id: a\n  kind: claim_flips", "Look at: claims"),
    ("- id: a\n  kind: claim_flips\n  claims: all", "Write a list"),
    ("- id: a\n  kind: claim_flips\n  claims: [1]", "list of ids"),
    ("- id: a\n  kind: new_formulation\n  minimum_documents: 2.5", "whole number"),
    ("- id: a\n  kind: set_aside\n- id: a\n  kind: set_aside", "stands twice"),
])
def test_a_wrong_rule_is_told_in_plain_words(text: str, words: str, tmp_path: Path) -> None:
    path = tmp_path / "alerts.yml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(KnowledgeError) as told:
        load_rules(path)
    assert words in str(told.value)
