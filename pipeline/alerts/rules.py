"""Alert rules from YAML, checked so that a mistake is told where it stands."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from pipeline.errors import KnowledgeError
from pipeline.knowledge import KNOWLEDGE, load_yaml

DEFAULT_RULES = KNOWLEDGE / "alerts.yml"
KEYS: dict[str, dict[str, type]] = {
    "crosses": {"measure": str, "universe": str, "grouping": str, "group": str, "lang": str, "estimator": str,
                "period": str, "line": float},
    "new_formulation": {"minimum_documents": int},
    "claim_flips": {"claims": list},
    "final_text": {"instruments": list},
    "set_aside": {},
}
"""Kind of rule → the keys it must have, and their kinds. There are no optional keys."""
_CHOICES = {"lang": ("zh", "en"), "estimator": ("raw", "corrected"), "period": ("all", "latest")}
_ID = re.compile(r"[a-z0-9][a-z0-9-]{0,79}")


@dataclass(frozen=True)
class Rule:
    """One rule: `wanted` holds the values of its keys (see `KEYS`)."""

    rule_id: str
    kind: str
    wanted: Mapping[str, object]


def load_rules(path: Path | None = None) -> list[Rule]:
    """The rules of a file, in its order; those that ship with the project when `path` is None.

    Raises: KnowledgeError that names the rule and the key that is wrong, missing or unknown.
    """
    path = path or DEFAULT_RULES
    entries = load_yaml(path)
    if not isinstance(entries, list):
        raise KnowledgeError("Alert rules are a list", where=path.name, todo="Begin each rule with `- id:`.")
    rules = [_rule(entry, where=f"{path.name}, rule {number}") for number, entry in enumerate(entries, start=1)]
    seen: set[str] = set()
    for rule in rules:
        if rule.rule_id in seen:
            raise KnowledgeError(f"The id {rule.rule_id!r} stands twice", where=path.name, todo="Give each rule its own id.")
        seen.add(rule.rule_id)
    return rules


def _rule(entry: object, *, where: str) -> Rule:
    if not isinstance(entry, dict):
        raise KnowledgeError("A rule is a mapping", where=where, todo="Write `id:` and `kind:` and what the kind needs.")
    rule_id, kind = entry.get("id"), entry.get("kind")
    if not isinstance(rule_id, str) or not _ID.fullmatch(rule_id):
        raise KnowledgeError(f"{rule_id!r} is not an id", where=where, todo="Use small letters, digits and hyphens.")
    where = f"{where} ({rule_id})"
    if not isinstance(kind, str) or kind not in KEYS:
        raise KnowledgeError(f"{kind!r} is not a kind of rule", where=where, todo=f"Kinds are: {', '.join(KEYS)}.")
    wanted = {key: value for key, value in entry.items() if key not in {"id", "kind"}}
    if wrong := sorted(set(wanted) ^ set(KEYS[kind])):
        raise KnowledgeError(f"A rule of kind {kind} has exactly the keys {', '.join(KEYS[kind]) or 'id and kind'}",
                             where=where, todo=f"Look at: {', '.join(wrong)}.")
    return Rule(rule_id, kind, {key: _value(key, value, KEYS[kind][key], where=where) for key, value in wanted.items()})


def _value(key: str, value: object, kind: type, *, where: str) -> object:
    if kind is float and isinstance(value, int) and not isinstance(value, bool):
        value = float(value)
    if type(value) is not kind:
        raise KnowledgeError(f"{key} is {value!r}", where=where, todo=f"Write a {_SAID[kind]}.")
    if key in _CHOICES and value not in _CHOICES[key]:
        raise KnowledgeError(f"{key} is {value!r}", where=where, todo=f"Write one of: {', '.join(_CHOICES[key])}.")
    if isinstance(value, list) and not all(isinstance(item, str) for item in value):
        raise KnowledgeError(f"{key} is {value!r}", where=where, todo="Write a list of ids in quotes.")
    return value


_SAID = {str: "word", float: "number", int: "whole number", list: "list"}
