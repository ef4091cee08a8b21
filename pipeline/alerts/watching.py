"""Compare what the rules see now with what they saw last; a change of state is an alert."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pipeline.alerts.kinds import KINDS, UNCLEAR, Sighting, Tables
from pipeline.alerts.rules import Rule
from pipeline.knowledge import load_words

States = Mapping[str, Mapping[str, str]]
"""Rule id → subject → the last state that could be told."""
COLUMNS_WATCHED: Mapping[str, Sequence[str]] = {
    "trends": ("measure", "universe", "grouping", "group_value", "period", "lang", "estimator", "estimate", "low", "high",
               "n_documents"),
    "claims": ("claim_id", "verdict", "n_documents", "evidence"),
    "documents": ("doc_id", "work_id", "status", "title", "duplicate_of"),
    "files": ("path", "outcome", "reason", "hint"),
    "entities": ("entity_id", "name_zh", "name_en"),
    "formulations": ("family_id", "universe", "kind", "wording", "n_documents", "first_date"),
}
"""Table → what the rules read of it: no text of any document."""
_NOTHING = "nothing"


@dataclass(frozen=True)
class Alert:
    """One change of state. text, text_zh: the sentence for people. before: `nothing` for a subject never seen."""

    as_of: str
    rule_id: str
    subject: str
    before: str
    state: str
    text: str
    text_zh: str


def watch(tables: Tables, rules: Sequence[Rule], states: States, *, as_of: str) -> tuple[list[Alert], dict[str, dict[str, str]]]:
    """What changed since `states` were noted, in the order of rules and subjects; and the states to note now.

    A rule that was never evaluated only notes what it sees. A state that cannot be told leaves the noted one.
    """
    alerts: list[Alert] = []
    noted: dict[str, dict[str, str]] = {}
    for rule in rules:
        earlier = states.get(rule.rule_id)
        now: dict[str, str] = {}
        for seen in KINDS[rule.kind](tables, rule):
            before = _NOTHING if earlier is None else earlier.get(seen.subject, _NOTHING)
            state = seen.state if seen.state != UNCLEAR else before
            if state != _NOTHING:
                now[seen.subject] = state
            if earlier is not None and state != before and (before != _NOTHING or seen.alone):
                alerts.append(_alert(rule, seen, before, as_of))
        noted[rule.rule_id] = now
    return alerts, noted


def _alert(rule: Rule, seen: Sighting, before: str, as_of: str) -> Alert:
    words = load_words("alerts")
    states: Mapping[str, str] = words["states_zh"]  # type: ignore[assignment]
    facts = seen.facts | {"subject": seen.subject, "before": before.replace("_", " "), "state": seen.state.replace("_", " "),
                          "before_zh": states[before], "state_zh": states[seen.state]}
    sentences: Mapping[str, str] = words[rule.kind]  # type: ignore[assignment]
    return Alert(as_of, rule.rule_id, seen.subject, before, seen.state,
                 sentences["en"].format(**facts).strip(), sentences["zh"].format(**facts).strip())
