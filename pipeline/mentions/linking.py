"""Links that rest on the document a mention stands in: 市人民政府 in a regulation of Shenzhen, "the Secretary"."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache

from pipeline.knowledge import Entity, Registry, load_registry
from pipeline.mentions.records import NIL, Candidate
from pipeline.mentions.words import word_list, words_by_type
from pipeline.text import match_key

_LOCAL = re.compile("^(?:本?(?:省|市|自治区))(?P<tail>[\u4e00-\u9fff]{2,20})$|^(?:Municipal|Provincial) People[’']s Government$")


def link_in_document(document: Mapping[str, object], found: Sequence[Candidate]) -> list[Candidate]:
    """The candidates with links that only the document decides; the others unchanged, in order.

    - 省/市/自治区 + 人民政府, 人大常委会, 网信部门, 财政部门: of the place whose name begins the title or whose body issued
      it, if the registry knows exactly one such body.
    - Ministry of …, Department of … of another state: only where the text names the state, else NIL. Without a state
      it is that of the state whose text it is, if the registry has it (Ministry of Justice in a Chinese text).
    - AI Safety Institute, AISI: the one the text also names with its state, else that of the state whose text it is.
    - the Secretary, the Commission …: what the text says the word means; else the body that the word always means in
      texts of the jurisdiction (words/mentions.yml, roles_of); else the one linked body of the document whose name
      begins or ends with the word; NIL where there is none or more than one.
    """
    text = str(document["text"])
    registry = load_registry()
    place, state = _place_of(document, registry), str(document.get("jurisdiction") or "")
    roles = _roles_of(text, found, registry) | _roles_there(state, registry) | _roles_defined(text, found)
    countries = {candidate.entity_id for candidate in found if candidate.type == "GPE"}
    shared = _bearer_here(text, found, state, registry)
    linked = []
    for candidate in found:
        surface = text[candidate.start:candidate.end]
        if surface in word_list("shared_en"):
            candidate = candidate._replace(entity_id=shared)
        elif candidate.method == "gazetteer" and candidate.type == "ACTOR" and _COUNTRYLESS.match(surface) and not _is_at_home(
                candidate, countries, registry):
            candidate = candidate._replace(entity_id=NIL)
        if candidate.type in ("ACTOR", "INSTRUMENT") and candidate.entity_id == NIL:
            candidate = candidate._replace(entity_id=_link(surface, candidate.type, place, state, roles, registry))
        linked.append(candidate)
    return linked


_COUNTRYLESS = re.compile("(?:Ministry|Department|Minister|Secretary|Attorney|Cabinet|Home) ")


@lru_cache(maxsize=1)
def _bearers() -> Mapping[str, str | None]:
    """Bodies that several states call alike (AI Safety Institute) → the state's code."""
    return {entity.entity_id: entity.jurisdiction for entity in load_registry().entities.values()
            if any(f" {name.text}".endswith(tuple(f" {shared}" for shared in word_list("shared_en"))) for name in entity.names)}


def _bearer_here(text: str, found: Sequence[Candidate], state: str, registry: Registry) -> str:
    """The one body that the document means by a shared name: the one it also calls by a name of its own, else that of the
    state whose text it is; NIL where neither decides."""
    named = {one.entity_id for one in found if one.entity_id in _bearers() and text[one.start:one.end] not in word_list("shared_en")}
    at_home = {entity_id for entity_id, code in _bearers().items() if code == state and entity_id in registry.entities}
    meant = named if len(named) == 1 else at_home
    return next(iter(meant)) if len(meant) == 1 else NIL


def _is_at_home(candidate: Candidate, countries: set[str], registry: Registry) -> bool:
    """Ministry of Trade is Turkey's only in a text that names Turkey; China's and the Union's bodies bear their names."""
    entity = registry.entities.get(candidate.entity_id)
    jurisdiction = entity.jurisdiction if entity is not None else None
    return jurisdiction in (None, "CN", "EU", "HK") or str(jurisdiction).lower() in countries


def _link(surface: str, kind: str, place: str | None, state: str, roles: Mapping[str, str], registry: Registry) -> str:
    """Entity id that the document gives to a name the registry does not decide by itself, or NIL."""
    if surface in roles:
        return roles[surface]
    match = _LOCAL.match(match_key(surface)) or _LOCAL.match(surface)
    if match and place is not None:
        known = _of_place(place, match["tail"] or "人民政府", registry)
    else:
        known = {entity.entity_id for name in state_names(state) for form in (f"{surface} of {name}", f"{surface} of the {name}")
                 for entity in registry.lookup(form) if entity.type == kind}
    return next(iter(known)) if len(known) == 1 else NIL


def _of_place(place: str, tail: str, registry: Registry) -> set[str]:
    """Bodies of the place that the words can mean: 市财政部门 is its 财政局, 财政厅 or 财政委员会."""
    short = {words: full for full, shorts in words_by_type("local_tails").items() for words in shorts}
    stem = re.sub("(?:行政)?(?:主管|管理)?部门$", "", tail)
    forms = {short.get(tail, tail)} if stem == tail or tail in short else {stem + end for end in ("局", "厅", "委员会", "管理局")}
    return {entity.entity_id for form in forms for entity in registry.lookup(place + form) if entity.type in ("ACTOR", "ORG")}


@lru_cache(maxsize=64)
def state_names(state: str) -> tuple[str, ...]:
    """English names of the state with this code; () for an unknown one."""
    return tuple(name.text for entity in load_registry().entities.values()
                 if entity.type == "GPE" and entity.kind == "country" and _code(entity) == state
                 for name in entity.names if name.lang == "en")


def _code(entity: Entity) -> str:
    return entity.jurisdiction or entity.entity_id.upper()


_PLACE = re.compile("^(?:关于)?(?P<place>[\u4e00-\u9fff]{2,8}?(?:自治区|省|市|经济特区))")


def _place_of(document: Mapping[str, object], registry: Registry) -> str | None:
    """The place of a local document, as its body's names begin (深圳市): from title, first issuer or the congress it names."""
    match = _PLACE.match(match_key(str(document.get("title") or "")))
    if match:
        place = match["place"].replace("经济特区", "市")
        return place if any(entity.type == "GPE" for entity in registry.lookup(place)) else None
    issuers = document.get("issuers")
    for issuer in issuers if isinstance(issuers, list | tuple) else ():
        entity = registry.entities.get(str(issuer))
        match = _PLACE.match(entity.name("zh") or "") if entity is not None and entity.tier == "local" else None
        if match:
            return match["place"]
    return _place_of_congress(str(document.get("text") or ""), registry)


_CONGRESS = re.compile("(?P<place>[\u4e00-\u9fff]{2,6}?(?:自治区|省|市))第?[一二三四五六七八九十]{0,4}届?人民代表大会")
OPENING = 600


def _place_of_congress(text: str, registry: Registry) -> str | None:
    """The place whose congress the opening of a local regulation names first: 北京市第十五届人民代表大会 …"""
    match = _CONGRESS.search(match_key(text[:OPENING]))
    found = match["place"] if match else ""
    return next((found[start:] for start in range(len(found) - 2)
                 if any(entity.type == "GPE" for entity in registry.lookup(found[start:]))), None)


def _roles_there(state: str, registry: Registry) -> dict[str, str]:
    """Bare title → the body it always means in texts of a jurisdiction: the Commission in a text of the Union."""
    names = words_by_type("roles_of").get(state, ())
    return {name.split()[0] if name.split()[0] in word_list("roles_linked") else name.split()[-1]: entity.entity_id
            for name in names for entity in registry.lookup(name)}


_MEANS = re.compile("(?:[“\"](?:the )?|(?<=\n))(?P<role>[A-Z][a-z]{4,14})[”\"]? means (?:the )?(?=[A-Z])|"
                    "(?P<named>Minister|Secretary) is not designated[^.]{0,80}, the (?=Minister|Secretary)")


def _roles_defined(text: str, found: Sequence[Candidate]) -> dict[str, str]:
    """Bare title → the linked body that the text says it means: “Secretary” means the Secretary of Commerce."""
    begins = {candidate.start: candidate.entity_id for candidate in found if candidate.entity_id != NIL}
    return {role: begins[match.end()] for match in _MEANS.finditer(text)
            if (role := match["role"] or match["named"]) in word_list("roles_linked") and match.end() in begins}


def _roles_of(text: str, found: Sequence[Candidate], registry: Registry) -> dict[str, str]:
    """Bare title → the one linked body it can mean in this document."""
    seen: dict[str, set[str]] = {role: set() for role in word_list("roles_linked")}
    for candidate in found:
        if candidate.entity_id != NIL and candidate.type == "ACTOR":
            words = text[candidate.start:candidate.end].split()
            for role in word_list("roles_linked"):
                if words[:1] == [role] or words[-1:] == [role]:
                    seen[role].add(candidate.entity_id)
    return {role: next(iter(ids)) for role, ids in seen.items() if len(ids) == 1 and next(iter(ids)) in registry.entities}
