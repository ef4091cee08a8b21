"""The registry: who and what a policy text can name, with every surface and its validity."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields
from functools import lru_cache
from pathlib import Path

from pipeline.errors import KnowledgeError
from pipeline.knowledge.files import KNOWLEDGE, load_yaml
from pipeline.text import match_key

TYPES = ("ACTOR", "FORUM", "ORG", "GPE", "PERSON", "INSTRUMENT", "INITIATIVE")
LANGS = ("zh-Hans", "zh-Hant", "en", "pinyin")
STATUSES = ("official", "translation", "abbreviation", "alias", "former")
TIERS = ("party_central", "npc", "state_council", "ministry", "local", "judicial", "standards_body", "international",
         "foreign", "academic", "company", "media")
_DATE = re.compile(r"(?:1[0-9]|20)[0-9]{2}(?:-(?:0[1-9]|1[0-2])(?:-(?:0[1-9]|[12][0-9]|3[01]))?)?")
_ID = re.compile(r"[a-z0-9]{1,40}(?:-[a-z0-9.]{1,40}){0,12}")


@dataclass(frozen=True)
class Name:
    """One surface of an entity. lang: zh-Hans, zh-Hant, en, pinyin. status: see STATUSES."""

    text: str
    lang: str
    status: str


@dataclass(frozen=True)
class Entity:
    """One row of the registry; dates are ISO 8601 as precise as known, empty where nothing vouches for them."""

    entity_id: str
    type: str
    names: tuple[Name, ...]
    tier: str | None = None
    kind: str | None = None
    jurisdiction: str | None = None
    valid_from: str | None = None
    valid_to: str | None = None
    successor: str | None = None
    predecessor: str | None = None
    parent: str | None = None
    note: str | None = None
    url: str | None = None
    basis: str | None = None
    doc_number: str | None = None
    date_issued: str | None = None
    date_effective: str | None = None
    issuers: tuple[str, ...] = ()

    def name(self, lang: str) -> str | None:
        """The name to show in zh or en: official, then translation, then any other; None where there is none."""
        rank = {status: place for place, status in enumerate(STATUSES)}
        names = [name for name in self.names if name.lang.startswith(lang)]
        return min(names, key=lambda name: rank[name.status]).text if names else None


@dataclass(frozen=True)
class Registry:
    """All entities by id, and by the match key of each name."""

    entities: Mapping[str, Entity]
    by_key: Mapping[str, tuple[Entity, ...]] = field(repr=False)

    def lookup(self, surface: str) -> tuple[Entity, ...]:
        """Entities that bear this name in any script or width, in registry order; () where none does."""
        return self.by_key.get(match_key(surface.strip()), ())

    def names(self) -> Iterator[tuple[str, Entity, Name]]:
        """(match key, entity, name) for every name of every entity, in registry order."""
        for entity in self.entities.values():
            for name in entity.names:
                yield match_key(name.text), entity, name


def read_entity(raw: object, *, where: str) -> Entity:
    """One entry of a registry file. Raises: KnowledgeError naming the entry and the rule it breaks."""
    if not isinstance(raw, dict) or not isinstance(raw.get("id"), str):
        raise KnowledgeError("An entry has no id", where=where, todo="Begin it with `- id: …`.")
    where = f"{where}, {raw['id']}"
    known = {item.name for item in fields(Entity)} - {"entity_id"} | {"id"}
    if unknown := sorted(set(raw) - known):
        raise KnowledgeError(f"Unknown keys {unknown}", where=where, todo=f"Known keys: {sorted(known)}.")
    _check(_ID.fullmatch(raw["id"]), "The id is not lower-case words joined by hyphens", where)
    _check(raw.get("type") in TYPES, f"The type {raw.get('type')!r} is not one of {TYPES}", where)
    _check(raw.get("tier") in (None, *TIERS), f"The tier {raw.get('tier')!r} is not one of {TIERS}", where)
    for key in ("valid_from", "valid_to", "date_issued", "date_effective"):
        value = raw.get(key)
        _check(value is None or _DATE.fullmatch(str(value)), f"{key} {value!r} is not a possible ISO date", where)
    if raw.get("valid_from") and raw.get("valid_to"):
        _check(str(raw["valid_from"]) <= str(raw["valid_to"]), "valid_to lies before valid_from", where)
    names, issuers = raw.get("names"), raw.get("issuers", [])
    if not isinstance(names, list) or not names or not isinstance(issuers, list):
        raise KnowledgeError("An entity needs a list of names, and issuers is a list of ids", where=where,
                             todo="Correct the entry.")
    plain = {key: str(value) for key, value in raw.items()
             if key not in {"id", "names", "issuers"} and value is not None}
    return Entity(entity_id=raw["id"], names=tuple(_read_name(name, where) for name in names),
                  issuers=tuple(map(str, issuers)), **plain)


def _read_name(raw: object, where: str) -> Name:
    _check(isinstance(raw, dict) and set(raw) == {"text", "lang", "status"}, f"A name is text, lang, status: {raw}", where)
    assert isinstance(raw, dict)
    _check(raw["lang"] in LANGS, f"The lang {raw['lang']!r} is not one of {LANGS}", where)
    _check(raw["status"] in STATUSES, f"The status {raw['status']!r} is not one of {STATUSES}", where)
    text = str(raw["text"])
    _check(text == text.strip() and text, "A name is empty or has blanks around it", where)
    return Name(text, raw["lang"], raw["status"])


def _check(condition: object, what: str, where: str) -> None:
    if not condition:
        raise KnowledgeError(what, where=where, todo="Correct the entry.")


def build_registry(entities: list[Entity]) -> Registry:
    """Registry of the entities. Raises: KnowledgeError for a duplicate id, a name given twice to one entity, or a
    successor, predecessor, parent or issuer that is not in the registry."""
    by_id: dict[str, Entity] = {}
    by_key: dict[str, list[Entity]] = defaultdict(list)
    for entity in entities:
        _check(entity.entity_id not in by_id, "The id stands twice", entity.entity_id)
        by_id[entity.entity_id] = entity
        seen: set[tuple[str, str]] = set()
        for name in entity.names:
            _check((name.text, name.lang) not in seen, f"The name {name.text!r} stands twice", entity.entity_id)
            seen.add((name.text, name.lang))
            if entity not in by_key[match_key(name.text)]:
                by_key[match_key(name.text)].append(entity)
    for entity in entities:
        for other in (entity.successor, entity.predecessor, entity.parent, *entity.issuers):
            _check(other is None or other in by_id, f"Refers to {other!r}, which is not in the registry", entity.entity_id)
    return Registry(by_id, {key: tuple(found) for key, found in by_key.items()})


@lru_cache(maxsize=4)
def load_registry(folder: Path = KNOWLEDGE / "registry") -> Registry:
    """The registry from all YAML files of the folder, in file name order."""
    entities = []
    for path in sorted(folder.glob("*.yml")):
        rows = load_yaml(path)
        if not isinstance(rows, list):
            raise KnowledgeError("A registry file is a list of entries", where=path.name, todo="Begin with `- id:`.")
        entities += [read_entity(row, where=path.name) for row in rows]
    return build_registry(entities)
