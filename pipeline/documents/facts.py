"""Facts of a document that a citation needs, read from its sidecar, its text, its page and its file name."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from pipeline.documents.bases import legal_basis
from pipeline.documents.covers import Cover, lookup_body, read_cover
from pipeline.documents.doc_dates import DocDates, document_dates, file_name_date, page_date
from pipeline.documents.english_titles import english_title
from pipeline.documents.evidence import FIELDS, find_evidence
from pipeline.documents.forwarding import cover_facts, find_notice
from pipeline.documents.issuers import issuer_names
from pipeline.documents.layout import Layout, read_layout, simplified
from pipeline.documents.numbers import document_number, number_key
from pipeline.documents.page import PageHints
from pipeline.documents.places import is_official, jurisdiction_of, tier_of
from pipeline.documents.promulgation import Event, read_events
from pipeline.documents.supersession import superseded_titles
from pipeline.documents.titles import chinese_title, clean_headline, strip_draft
from pipeline.documents.topics import topics_of
from pipeline.documents.types import (
    DOC_TYPES,
    STATUSES,
    audience_of,
    bindingness_of,
    doc_type_of,
    draft_status,
    is_press,
    status_of,
)
from pipeline.documents.wording import one_of
from pipeline.errors import TifaError
from pipeline.knowledge import load_registry, load_words

Facts = dict[str, Any]
_LOCAL_TITLE = re.compile(f"^(?!国家|市场|城市|全国|中华)[\u4e00-\u9fff]{{2,9}}?{one_of('place_suffixes')}")


def read_facts(text: str, *, lang: str, sidecar: Mapping[str, Any] | None, page: PageHints | None, rel_path: str) -> Facts:
    """All fact columns of one `documents` row.

    text: the document's cleaned text. lang: zh-Hans, zh-Hant, en or mixed. Precedence: sidecar > text > page > file
    name; where two of them disagree the higher wins and a flag says so. Nothing printed is None (or [], for lists),
    never a guess. `issuers` are registry ids or NIL, parallel to `issuer_names`, lead first. `cover`: the notice before
    the instrument (see forwarding), `evidence`: where each fact stands (see evidence; None for facts of sidecar, page
    and file name), `supersedes`: titles this text repeals or replaces (see supersession).
    flags: no_title, no_date, date_conflict, date_future, bad_date, <field>_conflict (sidecar against text).
    Raises: TifaError for a sidecar whose doc_type or status the codebook does not define.
    Source: codebook section 7 and its conventions for documents; contract, table `documents`.
    """
    page = page or PageHints()
    if lang == "zh-Hant":
        found = read_facts(simplified(text), lang="zh-Hant*", sidecar=sidecar, rel_path=rel_path,
                           page=replace(page, title=simplified(page.title), source=simplified(page.source)))
        return _as_printed(found, text + "\n" + page.title, sidecar or {})
    lang = lang.removesuffix("*")
    layout = read_layout(text, lang)
    cover = read_cover(layout)
    events = read_events(layout)
    headline = clean_headline(page.title.strip().split("\n")[0]) if page.title else ""
    press = is_press(layout, headline, cover)
    raw_title = _title(layout, cover, headline, page, press=press)
    title, suffixed = strip_draft(raw_title) if raw_title else (None, False)
    facts, flags = _from_text(layout, cover, events, page, headline, title or None, lang, press=press)
    draft = suffixed or (not press and draft_status(layout, cover, raw_title or "", headline))
    facts["status"] = status_of(facts["doc_type"], draft=draft, title=raw_title, layout=layout)
    facts["supersedes"] = [] if press or draft else superseded_titles(layout, title or None)
    _locate(facts, layout, cover, press=press)
    flags += _fill_date(facts, page, rel_path)
    flags += _override(facts, sidecar or {}, rel_path)
    flags += _check_future(facts, sidecar or {})
    if facts["title"] is None:
        flags.append("no_title")
    if facts["date_issued"] is None:
        flags.append("no_date")
    facts["flags"] = list(dict.fromkeys(flags))
    return facts


def _locate(facts: Facts, layout: Layout, cover: Cover, *, press: bool) -> None:
    """Adds the columns `evidence` and `cover`, from facts that were all read in the text."""
    notice = None if press else find_notice(layout, cover, facts["title"])
    facts["evidence"] = evidence = find_evidence(facts, layout, cover, notice)
    facts["cover"] = None
    if notice is not None:
        facts["cover"] = cover_facts(layout, cover, notice, facts["doc_number"], evidence["doc_number"])


def _as_printed(facts: Facts, text: str, sidecar: Mapping[str, Any]) -> Facts:
    """Facts read in simplified characters, given back in the characters of the text (offsets are the same)."""
    shadow = simplified(text)

    def printed(value: Any) -> Any:
        place = shadow.find(value) if isinstance(value, str) and value else -1
        return text[place:place + len(value)] if place >= 0 else value

    for name in ("title", "doc_number"):
        facts[name] = facts[name] if sidecar.get(name) else printed(facts[name])
    for name in ("issuer_names", "legal_basis", "supersedes"):
        facts[name] = [printed(value) for value in facts[name]]
    if facts["cover"]:
        cover = facts["cover"]
        facts["cover"] = {**cover, "title": printed(cover["title"]), "doc_number": printed(cover["doc_number"]),
                          "issuers": [printed(name) for name in cover["issuers"]]}
    return facts


def _title(layout: Layout, cover: Cover, headline: str, page: PageHints, *, press: bool) -> str | None:
    if layout.lang == "en":
        return english_title(layout) or (headline if page.title and is_official(page) else None)
    return chinese_title(layout, cover, headline, press=press)


def _from_text(layout: Layout, cover: Cover, events: list[Event], page: PageHints, headline: str, title: str | None,
               lang: str, *, press: bool) -> tuple[Facts, list[str]]:
    names = issuer_names(layout, cover, events, press=press, headline=headline, title=title or "")
    jurisdiction = jurisdiction_of(names, layout, title, page, lang)
    local = _is_local(names, title, layout)
    doc_type = doc_type_of(title, layout, cover, events, names, press=press, local=local,
                           jurisdiction=jurisdiction, headline=headline)
    tier = tier_of(names, title=title, doc_type=doc_type, jurisdiction=jurisdiction, layout=layout, page=page)
    dates: DocDates = document_dates(layout, cover, events, press=press)
    facts: Facts = {
        "title": title, "issuers": [lookup_body(name) or "NIL" for name in names], "issuer_names": names, "tier": tier,
        "doc_type": doc_type, "status": "unknown", "bindingness": bindingness_of(doc_type, title, layout),
        "jurisdiction": jurisdiction, "audience": audience_of(doc_type, tier, layout, title),
        "topics": topics_of(title, layout, doc_type), "doc_number": None if press else document_number(layout, cover, events),
        "date_issued": dates.issued, "date_first_issued": dates.first, "date_adopted": None if press else dates.adopted,
        "date_effective": dates.effective, "date_basis": dates.basis, "work_id": None, "pair_id": None,
        "legal_basis": legal_basis(layout, press=press or doc_type in {"work_report", "speech", "white_paper"})}
    return facts, list(dates.flags)


def _is_local(names: list[str], title: str | None, layout: Layout) -> bool:
    if names:
        return bool(_LOCAL_TITLE.match(names[0])) or re.search("Municipal|Municipality|Province", names[0]) is not None
    if layout.lang == "en":
        opening = (title or "") + layout.opening(900)
        return re.search(r"Special Economic Zone|(?i:of the municipality|of this municipality|this city\b)", opening) is not None
    return bool(title and _LOCAL_TITLE.match(title))


def _fill_date(facts: Facts, page: PageHints, rel_path: str) -> list[str]:
    """Page and file name where the text prints no issue date. A relay's date is the relay's, not the document's;
    news has no other date than its page's."""
    flags = []
    from_page, bad = page_date(page.date)
    if bad:
        flags.append("bad_date")
    if facts["date_issued"] is not None:
        if from_page and len(from_page) == len(facts["date_issued"]) == 10 and from_page < facts["date_issued"]:
            flags.append("date_conflict")
        return flags
    if from_page and (facts["doc_type"] == "press" or is_official(page)):
        facts["date_issued"], facts["date_basis"] = from_page, "page"
    elif named := file_name_date(rel_path):
        facts["date_issued"], facts["date_basis"] = named, "filename"
    return flags


def _override(facts: Facts, sidecar: Mapping[str, Any], rel_path: str) -> list[str]:
    """Values of the sidecar over those read; a different value in the text is flagged."""
    flags = []
    for name, allowed in (("doc_type", DOC_TYPES), ("status", STATUSES)):
        if sidecar.get(name) is not None and sidecar[name] not in allowed:
            raise TifaError(f"The sidecar's {name} {sidecar[name]!r} is not in the codebook", where=rel_path,
                            todo=f"Use one of {', '.join(allowed)}.")
    for name in ("title", "doc_number", "date_issued", "doc_type", "status", "pair_id"):
        value = sidecar.get(name)
        if value is None or str(value) == "":
            continue
        if facts[name] is not None and _differs(name, str(value), str(facts[name])):
            flags.append(f"{name.removesuffix('_issued')}_conflict" if name == "date_issued" else f"{name}_conflict")
        facts[name] = str(value)
        if name in FIELDS:
            facts["evidence"][name] = None
        if name == "date_issued":
            facts["date_basis"] = "sidecar"
    if sidecar.get("issuers"):
        listed = sidecar["issuers"]
        names = [str(name) for name in (listed if isinstance(listed, list) else [listed])]
        ids = [name if _is_id(name) else lookup_body(name) or "NIL" for name in names]
        if facts["issuers"] and ids != facts["issuers"]:
            flags.append("issuers_conflict")
        facts["issuers"], facts["issuer_names"] = ids, names
        facts["evidence"]["issuers"] = [None] * len(names)
    return flags


def _is_id(name: str) -> bool:
    return name in load_registry().entities


def _differs(name: str, given: str, read: str) -> bool:
    if name == "doc_number":
        return number_key(given) != number_key(read)
    if name == "date_issued":
        short = min(len(given), len(read))
        return given[:short] != read[:short]
    return re.sub(r"\s", "", given) != re.sub(r"\s", "", read)


def _check_future(facts: Facts, sidecar: Mapping[str, Any]) -> list[str]:
    """A date after the day the file was fetched, or after the horizon of the word list, cannot be right."""
    horizon = str(sidecar.get("fetched_at") or load_words("documents")["latest_plausible_date"])[:10]
    issued = facts["date_issued"]
    return ["date_future"] if issued is not None and issued > horizon else []
