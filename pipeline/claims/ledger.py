"""The ledger: one YAML file a claim, read strictly, with its mistakes told in plain words."""

from __future__ import annotations

import datetime
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from pipeline.claims.counts import build_measure, count_problems
from pipeline.claims.documents import WHERE_KEYS
from pipeline.errors import KnowledgeError, TifaError
from pipeline.estimates.intervals import MIN_DOCUMENTS
from pipeline.estimates.universe import listed, load_universes
from pipeline.knowledge import KNOWLEDGE, load_registry, load_yaml

FOLDER = KNOWLEDGE / "claims"
REQUIRED = ("id", "version", "registered", "publication", "claim", "located_by", "measurement", "rule")
OPTIONAL = ("note", "history", "forecast_from")
SIDES = ("above", "below", "either")
HELD = ("doc_type", "year", "tier", "lead_issuer")
LANGS = ("zh", "en")
ESTIMATORS = ("corrected", "raw")
UNITS = ("document", "quarter")
_COMMON = ("kind", "universe", "lang", "where", "estimator", "minimum_documents")
KINDS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "level": (("count", "threshold", "side", "minimum_documents"), ()),
    "difference": (("count", "a", "b", "side", "minimum_documents"), ("threshold",)),
    "contrast": (("count", "a", "b", "side", "minimum_documents"), ("threshold", "hold")),
    "every_year": (("count", "threshold", "side", "minimum_documents", "minimum_years"), ()),
    "slope": (("count", "side", "minimum_documents", "minimum_years"), ("threshold",)),
    "break_year": (("count", "from_year", "to_year", "side", "minimum_documents"), ()),
    "leads": (("claimed", "rivals", "minimum_documents"), ()),
    "presence": (("documents", "count"), ("at_least", "at_most", "more_than", "match")),
    "signatures": (("documents", "issuers"), ("match", "lead")),
    "first_use": (("count", "first_from", "first_to", "minimum_documents"), ()),
    "association": (("x", "y", "by", "threshold", "side", "minimum_documents"), ("minimum_units",)),
    "lead_in_each": (("topics", "threshold", "minimum_documents"), ("minimum_topics",)),
    "all_of": (("parts",), ()),
    "not_testable": (("needs",), ()),
}
"""Kind of measurement → keys it must have, keys it may have (beside `universe`, `lang`, `where`, `estimator`)."""
_ID = re.compile(r"[A-Z][A-Z0-9]{0,15}[0-9]{1,6}")


@dataclass(frozen=True)
class Claim:
    """One entry of the ledger; `measurement` is the mapping of the file, checked."""

    claim_id: str
    version: int
    registered: str
    publication: str
    claim: str
    located_by: str
    rule: str
    measurement: Mapping[str, object] = field(repr=False)
    note: str = ""
    forecast_from: str = ""

    @property
    def kind(self) -> str:
        """Kind of measurement: a key of KINDS."""
        return str(self.measurement["kind"])


def check_claim_file(path: Path) -> list[str]:
    """What is wrong with a claim file, each in one plain sentence; empty when nothing is."""
    try:
        loaded = load_yaml(path)
    except KnowledgeError as error:
        return [str(error)]
    if not isinstance(loaded, Mapping):
        return ["The file must be a mapping that starts with `id:`."]
    problems = [f"`{key}` is missing." for key in REQUIRED if key not in loaded]
    unknown = sorted(set(loaded) - set(REQUIRED) - set(OPTIONAL))
    problems += [f"`{key}` is not a key of a claim; keys are {', '.join((*REQUIRED, *OPTIONAL))}." for key in unknown]
    problems += _header_problems(loaded, path)
    measurement = loaded.get("measurement")
    if measurement is not None:
        problems += measurement_problems(measurement)
    return problems


def _header_problems(loaded: Mapping[str, object], path: Path) -> list[str]:
    problems = []
    claim_id = str(loaded.get("id", ""))
    if "id" in loaded and not _ID.fullmatch(claim_id):
        problems.append(f"`id` is {claim_id!r}; write capital letters and then digits, such as C001.")
    elif "id" in loaded and path.stem != claim_id:
        problems.append(f"`id` is {claim_id} but the file is called {path.name}; call it {claim_id}.yml.")
    version = loaded.get("version", 1)
    if isinstance(version, bool) or not isinstance(version, int) or version < 1:
        problems.append(f"`version` is {version!r}; it counts 1, 2, 3 …")
    elif version > 1 and not loaded.get("history"):
        problems.append("`version` is above 1, so `history` must keep the earlier rules and verdicts.")
    for key in ("registered", "forecast_from"):
        if key in loaded and not _is_date(str(loaded[key])):
            problems.append(f"`{key}` is {loaded[key]!r}; write a date such as 2026-11-21.")
    for key in ("publication", "claim", "located_by", "rule"):
        if key in loaded and not str(loaded[key] or "").strip():
            problems.append(f"`{key}` is empty.")
    return problems


def _is_date(text: str) -> bool:
    try:
        datetime.date.fromisoformat(text)
    except ValueError:
        return False
    return True


def measurement_problems(measurement: object) -> list[str]:
    """What is wrong with `measurement` of a claim."""
    if not isinstance(measurement, Mapping):
        return ["`measurement` must be a mapping that starts with `kind:`."]
    kind = measurement.get("kind")
    if kind not in KINDS:
        return [f"`kind` is {kind!r}; kinds are {', '.join(KINDS)}."]
    needed, allowed = KINDS[str(kind)]
    problems = [f"A measurement of kind {kind} needs `{key}`." for key in needed if key not in measurement]
    unknown = sorted(set(measurement) - set(needed) - set(allowed) - set(_COMMON))
    problems += [f"A measurement of kind {kind} does not know `{key}`." for key in unknown]
    for key, choices in (("side", SIDES), ("lang", LANGS), ("estimator", ESTIMATORS), ("by", UNITS), ("universe", load_universes())):
        if key in measurement and measurement[key] not in choices:
            problems.append(f"`{key}` is {measurement[key]!r}; it can be {', '.join(choices)}.")
    if measurement.get("side") == "either" and kind != "break_year":
        problems.append("Only a break_year may have `side: either`.")
    problems += [f"`hold` does not know {item!r}; it knows {', '.join(HELD)}." for item in
                 listed(measurement.get("hold")) if item not in HELD]
    if kind == "all_of":
        problems += _part_problems(measurement.get("parts"))
    problems += _number_problems(measurement)
    for key in ("where", "a", "b"):
        problems += _where_problems(key, measurement[key]) if key in measurement else []
    for key in ("count", "claimed", "rivals", "x", "y", "more_than"):
        problems += _counted_problems(key, measurement[key]) if key in measurement else []
    return problems + _entity_problems(measurement)


def _part_problems(parts: object) -> list[str]:
    if not isinstance(parts, list) or len(parts) < 2:
        return ["`parts` must be a list of at least two measurements."]
    return [f"In part {place}: {problem}" for place, part in enumerate(parts, start=1)
            for problem in measurement_problems(part)]


def _number_problems(measurement: Mapping[str, object]) -> list[str]:
    problems = []
    for key in ("threshold", "at_least", "at_most", "from_year", "to_year", "minimum_years", "minimum_documents", "minimum_units",
                "minimum_topics"):
        value = measurement.get(key, 0)
        if isinstance(value, bool) or not isinstance(value, int | float):
            problems.append(f"`{key}` is {value!r}; write a number such as 0.1 (not 10 % and not 0.10).")
        elif key == "minimum_documents" and key in measurement and value < MIN_DOCUMENTS:
            problems.append(f"`minimum_documents` is {value}; below {MIN_DOCUMENTS} documents there is no interval.")
    return problems


def _where_problems(key: str, where: object) -> list[str]:
    if not isinstance(where, Mapping):
        return [f"`{key}` must be a mapping such as {{from: 2019, tier: [ministry]}}."]
    unknown = sorted(set(where) - set(WHERE_KEYS))
    return [f"`{key}` does not know `{name}`; it knows {', '.join(WHERE_KEYS)}." for name in unknown]


def _counted_problems(key: str, value: object) -> list[str]:
    items = value if isinstance(value, list) and key != "count" else [value]
    found = [problem for item in items for problem in count_problems(item)]
    if not found:
        for item in items:
            try:
                build_measure(item)
            except TifaError as error:
                found.append(str(error))
    return [f"In `{key}`: {problem.rstrip('.')}." for problem in found]


def _entity_problems(value: object) -> list[str]:
    """Names of entities that the registry does not have, wherever they stand in the measurement (not in parts)."""
    if isinstance(value, list):
        return [problem for item in value for problem in _entity_problems(item)]
    if not isinstance(value, Mapping):
        return []
    problems = []
    for key, entry in value.items():
        if key in {"mentions", "cites", "issuers", "issuer", "lead_issuer", "documents"}:
            names = [entry] if isinstance(entry, str) else entry
            known = load_registry().entities
            problems += [f"The registry has no entity `{name}` (in `{key}`)." for name in names
                         if isinstance(name, str) and name not in known] if isinstance(names, list) else [
                             f"`{key}` must be a list of entity ids."]
        elif key != "parts":
            problems += _entity_problems(entry)
    return problems


def read_claim(path: Path) -> Claim:
    """One claim. Raises: KnowledgeError that says everything that is wrong with the file."""
    problems = check_claim_file(path)
    if problems:
        raise KnowledgeError(" ".join(problems), where=path.name, todo="`tifa claims --check FILE` tells the same.")
    loaded = load_yaml(path)
    assert isinstance(loaded, Mapping)
    return Claim(str(loaded["id"]), int(loaded["version"]), str(loaded["registered"]), str(loaded["publication"]),
                 str(loaded["claim"]), str(loaded["located_by"]), str(loaded["rule"]), loaded["measurement"],
                 str(loaded.get("note") or ""), str(loaded.get("forecast_from") or ""))


@lru_cache(maxsize=4)
def load_claims(folder: Path = FOLDER) -> tuple[Claim, ...]:
    """All claims of the ledger, by id. Raises: KnowledgeError for the first file that is not right."""
    return tuple(read_claim(path) for path in sorted(folder.glob("*.yml")))
