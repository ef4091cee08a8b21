"""One document as the rules on versions see it: its title's key, type, dates, bodies, and a sketch of its text."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from pipeline.documents.places import instrument_entity
from pipeline.documents.sketches import Sketch, pack, sketch, unpack
from pipeline.documents.titles import strip_draft
from pipeline.keeping import Keep, content_key
from pipeline.text import match_key

GENERIC = {"press", "speech"}
REPORT = {"work_report"}
_CUT_END = re.compile(r"(?:\.\.\.|…|[，、,；;])\s{0,3}$")
_CHINESE_TITLE = re.compile("^[（(《]{0,2}(?P<title>[\u4e00-\u9fff0-9（）《》—·]{4,80}?)[)）》]{0,2}$", re.M)
_ISSUER_PREFIX = re.compile("^[\u4e00-\u9fff、\\s]{2,120}?(?:等[一二三四五六七八九十0-9]{0,3}部门)?(?=关于(?!修改))")


class Item(NamedTuple):
    """One document as the rules see it."""

    doc_id: str
    lang: str
    title_key: str
    doc_type: str
    draft: bool
    issued: str | None
    firm_date: bool
    issuers: frozenset[str]
    pair_id: str | None
    entity_id: str | None
    n_facts: int
    cut: bool
    path: str
    sketch: Sketch
    chinese_key: str = ""


def given(value: object) -> str | None:
    """A text that says something, else None."""
    return value if isinstance(value, str) and value else None


def read_item(row: dict[str, object], keep: Keep) -> Item:
    """A row of `documents` as an item. keep: remembers the sketch of its text."""
    title = given(row.get("title"))
    doc_type = str(row.get("doc_type") or "other")
    issued = given(row.get("date_issued"))
    listed = row.get("issuers")
    issuers = list(listed) if isinstance(listed, Sequence) or hasattr(listed, "__iter__") else []
    entity = instrument_entity(title) if doc_type not in GENERIC | REPORT else None
    text = str(row.get("text") or "")
    facts = [issued, row.get("doc_number"), row.get("date_effective"), row.get("tier"), issuers]
    return Item(
        doc_id=str(row["doc_id"]), lang="en" if row.get("lang") == "en" else "zh", title_key=title_key_of(title),
        doc_type=doc_type, draft=row.get("status") == "draft_for_comment", issued=issued,
        firm_date=str(row.get("date_basis") or "").startswith(("text", "sidecar")),
        issuers=frozenset(str(one) for one in issuers if one != "NIL"), pair_id=given(row.get("pair_id")),
        entity_id=entity.entity_id if entity is not None else None,
        n_facts=sum(1 for fact in facts if fact is not None and not _empty(fact)), cut=bool(_CUT_END.search(text[-60:])),
        path=str(row.get("path") or ""), sketch=_sketch(text, keep), chinese_key=_chinese_key(row, text))


def _sketch(text: str, keep: Keep) -> Sketch:
    return unpack(keep(content_key("sketch", text), lambda: pack(sketch(text))))


def _chinese_key(row: dict[str, object], text: str) -> str:
    """Title key of the Chinese title that an English text prints on a line of its own at its top."""
    found = _CHINESE_TITLE.search(text[:600]) if row.get("lang") == "en" else None
    return title_key_of(found["title"]) if found else ""


def _empty(value: object) -> bool:
    return value == "" or value == [] or (isinstance(value, float) and value != value)


def title_key_of(title: str | None) -> str:
    """Key under which titles of one work meet: without draft suffix, country, leading bodies, marks and blanks."""
    if not title:
        return ""
    plain = strip_draft(title)[0]
    plain = _ISSUER_PREFIX.sub("", plain, count=1).removeprefix("中华人民共和国")
    plain = re.sub(r"(?i)^the\s|\s?of the people['’]s republic of china|^prc\s|\sof the prc$|^people['’]s republic of china\s", "", plain)
    return "".join(mark for mark in match_key(plain) if mark.isalnum())
