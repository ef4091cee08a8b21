"""Links that rest on the document a mention stands in: 市人民政府 in a regulation of Shenzhen, "the Secretary"."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from pipeline.knowledge import Registry, load_registry
from pipeline.mentions.records import NIL, Candidate
from pipeline.text import match_key

_LOCAL = re.compile("^(?:省|市|自治区)(?P<tail>人民政府|人民代表大会|人民代表大会常务委员会|人大常委会|网信部门|互联网信息办公室)$")
_TAILS = {"网信部门": "互联网信息办公室", "人大常委会": "人民代表大会常务委员会"}
_ROLES = {"Secretary": "Secretary", "Minister": "Minister", "Commissioner": "Commissioner", "Department": "Department",
          "Commission": "Commission"}


def link_in_document(document: Mapping[str, object], found: Sequence[Candidate]) -> list[Candidate]:
    """The candidates with links that only the document decides; the others unchanged, in order.

    - 省/市/自治区 + 人民政府, 人大常委会, 网信部门: of the place whose name begins the title or whose body issued it.
    - Ministry of …, Department of … of another state: only where the text names the state, else NIL.
    - the Secretary, the Commission …: the one linked body of the document whose name begins or ends with the word;
      NIL where there is none or more than one.
    """
    text = str(document["text"])
    registry = load_registry()
    place = _place_of(document, registry)
    roles = _roles_of(text, found, registry)
    countries = {candidate.entity_id for candidate in found if candidate.type == "GPE"}
    linked = []
    for candidate in found:
        surface = text[candidate.start:candidate.end]
        if candidate.type == "ACTOR" and candidate.entity_id == NIL:
            candidate = _link(candidate, surface, place, roles, registry)
        elif candidate.method == "gazetteer" and candidate.type == "ACTOR" and _COUNTRYLESS.match(surface) and not _is_at_home(
                candidate, countries, registry):
            candidate = candidate._replace(entity_id=NIL)
        linked.append(candidate)
    return linked


_COUNTRYLESS = re.compile("(?:Ministry|Department|Minister|Secretary|Attorney|Cabinet|Home|AI Safety) ")


def _is_at_home(candidate: Candidate, countries: set[str], registry: Registry) -> bool:
    """Ministry of Trade is Turkey's only in a text that names Turkey; China's and the Union's bodies bear their names."""
    entity = registry.entities.get(candidate.entity_id)
    jurisdiction = entity.jurisdiction if entity is not None else None
    return jurisdiction in (None, "CN", "EU", "HK") or str(jurisdiction).lower() in countries


def _link(candidate: Candidate, surface: str, place: str | None, roles: Mapping[str, str], registry: Registry) -> Candidate:
    if surface in roles:
        return candidate._replace(entity_id=roles[surface])
    match = _LOCAL.match(match_key(surface))
    if not match or place is None:
        return candidate
    tail = _TAILS.get(match["tail"], match["tail"])
    known = registry.lookup(place + tail)
    return candidate._replace(entity_id=known[0].entity_id) if known else candidate


_PLACE = re.compile("^(?:关于)?(?P<place>[\u4e00-\u9fff]{2,8}?(?:自治区|省|市|经济特区))")


def _place_of(document: Mapping[str, object], registry: Registry) -> str | None:
    """The place of a local document, as its body's names begin (深圳市), from title, else from the first issuer."""
    match = _PLACE.match(match_key(str(document.get("title") or "")))
    if match:
        place = match["place"].replace("经济特区", "市")
        return place if any(entity.type == "GPE" for entity in registry.lookup(place)) else None
    issuers = document.get("issuers")
    for issuer in issuers if isinstance(issuers, list | tuple) else ():
        entity = registry.entities.get(str(issuer))
        parent = registry.entities.get(entity.parent) if entity is not None and entity.parent else None
        if entity is not None and entity.tier == "local" and parent is not None and parent.type == "GPE":
            return parent.name("zh")
    return None


def _roles_of(text: str, found: Sequence[Candidate], registry: Registry) -> dict[str, str]:
    """Bare title → the one linked body it can mean in this document."""
    seen: dict[str, set[str]] = {role: set() for role in _ROLES}
    for candidate in found:
        if candidate.entity_id != NIL and candidate.type == "ACTOR":
            words = text[candidate.start:candidate.end].split()
            for role in _ROLES:
                if words[:1] == [role] or words[-1:] == [role]:
                    seen[role].add(candidate.entity_id)
    return {role: next(iter(ids)) for role, ids in seen.items() if len(ids) == 1 and next(iter(ids)) in registry.entities}
