"""Tier and jurisdiction: of the body that issued a text, else of what kind of text it is."""

from __future__ import annotations

import re
from collections.abc import Sequence
from urllib.parse import urlsplit

from pipeline.documents.covers import lookup_body
from pipeline.documents.layout import Layout
from pipeline.documents.page import PageHints
from pipeline.documents.titles import is_paper
from pipeline.documents.wording import entries, mapping, one_of, patterns_by_kind
from pipeline.knowledge import Entity, load_registry

_LOCAL_NAME = re.compile(
    f"^(?!国家|市场|城市|全国|中华)[\u4e00-\u9fff]{{2,9}}?{one_of('place_suffixes')}(?![政府]?[部委])[\u4e00-\u9fff]{{2,}}")
_LOCAL_EN = re.compile(f"(?i){one_of('local_words_en')}")
_COMPANY = re.compile(r"(?:有限(?:责任)?公司|集团公司|股份公司)$")


def registry_entity(names: Sequence[str]) -> Entity | None:
    """The registry's entry of the first name it knows as a body."""
    for name in names:
        entity_id = lookup_body(name)
        if entity_id:
            return load_registry().entities[entity_id]
    return None


def instrument_entity(title: str | None) -> Entity | None:
    """The registry's instrument of this title, when it knows exactly one."""
    if not title:
        return None
    bare = re.sub(r"^(?:A|An|The)\s", "", title)
    for name in dict.fromkeys([title, bare, title.removeprefix("中华人民共和国")]):
        found = [entity for entity in load_registry().lookup(name) if entity.type == "INSTRUMENT"]
        if len(found) == 1:
            return found[0]
    return None


def page_body(page: PageHints | None) -> str | None:
    """The body whose own site the page is, as a registry name; None for relays and unknown sites."""
    if page is None or is_relay(page):
        return None
    host = _host(page)
    for site, name in mapping("official_sites").items():
        if host == site or host.endswith("." + site) or page.source.strip() == site:
            return str(name)
    return page.source.strip() if page.source and lookup_body(page.source.strip()) else None


def is_relay(page: PageHints) -> bool:
    """Whether the page is a repost on a site that issues nothing itself."""
    host = _host(page)
    return any(host == site or host.endswith("." + site) for site in entries("relay_sites"))


def _host(page: PageHints) -> str:
    try:
        return urlsplit(page.url).hostname or ""
    except ValueError:  # not an address (http://[ …): says nothing about the site
        return ""


def is_official(page: PageHints) -> bool:
    """Whether the page is a public body's own: a known site, a gov host, or a source the registry knows."""
    if is_relay(page):
        return False
    host = _host(page)
    if re.search(r"(?:^|\.)gov(?:\.[a-z]{2})?$|\.mil$|(?:^|\.)europa\.eu$|(?:^|\.)un\.org$", host):
        return True
    return page_body(page) is not None


def tier_of(names: Sequence[str], *, title: str | None, doc_type: str, jurisdiction: str | None, layout: Layout,
            page: PageHints | None) -> str | None:
    """Tier of the lead issuer; without issuers, the tier that alone makes such a text; else the page's body; else None.

    Only the State Council names a regulation 条例 without a place (行政法规制定程序条例, art. 5); only NPC and its
    Standing Committee make laws; only courts and procuratorates interpret in trials.
    """
    if is_paper(layout):
        return "academic"
    if jurisdiction not in (None, "CN", "HK", "MO", "TW", "INT"):
        private = doc_type not in {"law", "departmental_rule", "administrative_regulation"} and not (page and is_official(page))
        return "company" if private and _company_text(names, layout) else "foreign"
    if doc_type == "standard" and jurisdiction == "CN":
        return "standards_body"
    lead = names[0] if names else ""
    entity = registry_entity(names[:1])
    if doc_type == "speech" and entity is None:
        return next((str(tier) for name, tier in mapping("speakers").items() if name in (title or "") + layout.opening(200)), None)
    if entity is not None and entity.tier:
        return entity.tier
    if jurisdiction in {"HK", "MO", "TW"}:
        return "local"
    if lead and _COMPANY.search(lead):
        return "company"
    if lead and (_LOCAL_NAME.match(lead) or _LOCAL_EN.search(lead)):
        return "local"
    by_type = {"law": "npc", "administrative_regulation": "state_council", "judicial_document": "judicial", "local_regulation": "local",
               "standard": "standards_body"}
    if jurisdiction == "INT":
        return "international"
    if layout.lang == "en" and _company_text(names, layout):
        return "company"
    if re.search(r"学者建议稿|专家建议稿|(?i:from scholars|expert draft)", layout.opening(300)):
        return "academic"
    if doc_type in by_type:
        return by_type[doc_type]
    if lead and (entity is not None or re.search("[部委局署办]$|办公厅$|秘书局$|^Ministry|Administration|Cyber", lead)):
        return "ministry"
    instrument = instrument_entity(title)
    if instrument is not None and instrument.issuers:
        return load_registry().entities[instrument.issuers[0]].tier
    if title and _LOCAL_NAME.match(title):
        return "local"
    body = page_body(page)
    page_entity = registry_entity([body]) if body else None
    if page_entity is not None and page_entity.tier:
        return page_entity.tier
    if layout.lang == "en" and doc_type in {"plan", "normative_document", "guideline"} and jurisdiction == "CN":
        return _translated_tier(layout)
    return None


def _translated_tier(layout: Layout) -> str:
    """A translation without its header: a municipality's, the centre's own plan, else a ministry's."""
    opening = layout.opening(2500)
    if re.search(r"(?i)\b(?:this|the) (?:municipality|city|province)\b", opening):
        return "local"
    if re.search(r"(?i)requirements of the (?:ccp|cpc|party) central committee and the state council", opening):
        return "state_council"
    return "ministry"


def _company_text(names: Sequence[str], layout: Layout) -> bool:
    entity = registry_entity(names[:1])
    if entity is not None:
        return entity.tier == "company" or entity.type == "ORG"
    opening = layout.opening(3000)
    firm = "|".join(re.escape(name) for name in entries("companies_en"))
    mentions = len(re.findall(rf"\b(?:{firm})\b(?! (?:19|20)[0-9]{{2}})", opening))
    own = re.search(firm, layout.opening(120).split("\n")[0]) or re.search(rf"(?:{firm})(?:’s|'s) (?:position|approach)", opening)
    firms = mentions + (1 if mentions and own else 0)
    signed = sum(1 for line in layout.lines[-30:] if re.search(r"(?:Co\., Ltd\.|Inc\.|Corporation)$", line.text))
    public = r"(?i)secretary of commerce|federal register|this memorandum|presented to parliament|crown copyright|the white house"
    return (firms >= 2 or signed >= 3) and not re.search(public, opening)


def _region(opening: str) -> str:
    """Of a text in traditional script: HK, MO or TW when its opening names that place's organs, else CN."""
    hits = {code: sum(len(re.findall(pattern, opening)) for pattern in patterns)
            for code, patterns in patterns_by_kind("region_cues")}
    best = max(sorted(hits), key=lambda code: hits[code])
    return best if hits[best] >= 2 else "CN"


def _many_states(layout: Layout) -> bool:
    """Whether a short text lists a dozen states: a declaration of those that met."""
    if len(layout.text) > 20000:
        return False
    registry = load_registry()
    listed = {found[0].entity_id for line in layout.lines for part in re.split(r"[,;]| and ", line.text)
              if len(part) < 60 and (found := registry.lookup(re.sub("^the ", "", part.strip(" .")))) and found[0].type == "GPE"}
    return len(listed) >= 12


def jurisdiction_of(names: Sequence[str], layout: Layout, title: str | None, page: PageHints | None, lang: str) -> str | None:
    """Jurisdiction of the issuing body: registry, else the text's own words (cue lists), else the script.

    Chinese text without other cues is CN; English without any cue is None.
    """
    if re.search("联合声明|联合公报|(?i:joint (?:statement|declaration|communiqu))", title or ""):
        return "INT"
    instrument = None if names else instrument_entity(title)
    known = instrument.issuers if instrument is not None else ()
    entity = registry_entity(names[:1]) or (load_registry().entities[known[0]] if known else None)
    if entity is not None:
        if entity.jurisdiction:
            return entity.jurisdiction
        if entity.type == "FORUM":
            return "EU" if entity.entity_id.startswith("eu") else "INT"
        prefix = entity.entity_id.split("-")[0].upper()
        if len(prefix) == 2 and (entity.type == "ACTOR" or prefix in entries("org_countries")):
            return "GB" if prefix == "UK" else prefix
    opening = (title or "") + "\n" + layout.opening(4000)
    if lang in {"zh-Hans", "zh-Hant", "mixed"}:
        return _region(opening) if lang == "zh-Hant" else "CN"
    sample = opening + "\n" + layout.text[4000:40000]
    best, score = None, 0.0
    if lang == "en" and not names and _many_states(layout):
        return "INT"
    for code, patterns in patterns_by_kind("jurisdiction_cues"):
        hits = sum(5 * len(re.findall(pattern, opening)) + len(re.findall(pattern, sample)) for pattern in patterns)
        if hits > score:
            best, score = code, float(hits)
    host = _host(page) if page else ""
    top = {"uk": "GB", "au": "AU", "ca": "CA", "sg": "SG", "hk": "HK", "cn": "CN", "jp": "JP"}.get(host.rsplit(".", 1)[-1])
    if host.endswith(".gov"):
        top = "US"
    if best is not None and score >= 5:
        return best
    abroad = sum(len(re.findall(cue, opening)) for cue in entries("international_cues"))
    return top or best or ("INT" if abroad >= 3 else None)
