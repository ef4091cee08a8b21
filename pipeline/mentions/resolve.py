"""Citations → documents of the corpus: by document number, registry entity, or title; never by a generic title."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import NamedTuple

import pandas as pd

from pipeline.mentions.instruments import doc_number_key, is_generic_title, title_entity, title_key

NEEDED = ["doc_id", "title", "doc_number", "date_issued", "status", "duplicate_of", "lang"]


class Version(NamedTuple):
    """One document that may be meant. second_best: a draft or a duplicate."""

    second_best: bool
    lang: str
    date: str
    doc_id: str


def resolve_citations(citations: pd.DataFrame, documents: pd.DataFrame) -> pd.DataFrame:
    """`citations` with `cited_doc_id` filled where the corpus holds the cited instrument.

    citations: columns of the contract. documents: the whole corpus; used are `doc_id, title, doc_number,
    date_issued, status, duplicate_of, lang` (missing columns count as empty). A citation is resolved by document number,
    else by registry entity, else by title. Of several versions the newest not later than the citing document is
    taken; drafts and duplicates, and texts in the other language, only where nothing else is left. Not resolved:
    generic titles, the citing document
    itself, documents issued later. Returns a new frame in the same order.
    """
    rows = documents.reindex(columns=NEEDED).astype(object)
    rows = rows.where(rows.notna(), None)
    citing = {str(row.doc_id): (str(row.date_issued or "9999"), str(row.lang or "")[:2])
              for row in rows.itertuples(index=False)}
    index = _index(rows)
    resolved = citations.copy()
    resolved["cited_doc_id"] = pd.Series(
        [_resolve(row, index, citing) for row in citations.itertuples(index=False)], index=citations.index, dtype=object)
    return resolved


def _index(rows: pd.DataFrame) -> dict[tuple[str, str], list[Version]]:
    """(kind, key) → versions of one work."""
    index: dict[tuple[str, str], list[Version]] = defaultdict(list)
    for row in rows.itertuples(index=False):
        second = bool(row.status == "draft_for_comment") or row.duplicate_of is not None
        version = Version(bool(second), str(row.lang or "")[:2], str(row.date_issued or ""), str(row.doc_id))
        if row.doc_number:
            index["number", doc_number_key(str(row.doc_number))].append(version)
        if row.title and not is_generic_title(str(row.title)):
            index["title", title_key(str(row.title))].append(version)
            known = title_entity(str(row.title))
            if known and known[1] == "INSTRUMENT":
                index["entity", known[0]].append(version)
    return index


def _resolve(row: object, index: Mapping[tuple[str, str], list[Version]],
             citing: Mapping[str, tuple[str, str]]) -> str | None:
    doc_id, title = str(getattr(row, "doc_id")), str(getattr(row, "cited_title"))  # noqa: B009
    number, entity_id = getattr(row, "cited_doc_number"), getattr(row, "entity_id")  # noqa: B009
    keys = [("number", doc_number_key(str(number)))] if isinstance(number, str) else []
    keys += [("entity", str(entity_id))] if isinstance(entity_id, str) and entity_id != "NIL" else []
    keys += [] if is_generic_title(title) else [("title", title_key(title))]
    cited_on, lang = citing.get(doc_id, ("9999", ""))
    for key in keys:
        versions = [version for version in index.get(key, ()) if version.doc_id != doc_id and _not_later(version.date, cited_on)]
        if versions:
            best = max(versions, key=lambda version: (not version.second_best, version.lang == lang, version.date, version.doc_id))
            return best.doc_id
    return None


def _not_later(date: str, cited_on: str) -> bool:
    """Compared as precisely as both are printed; an undated document may be cited by any."""
    shared = min(len(date), len(cited_on))
    return date[:shared] <= cited_on[:shared]
