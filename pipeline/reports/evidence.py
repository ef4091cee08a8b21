"""From a plotted point to its sentences: all keys as CSV, up to ten sentences on the page."""

from __future__ import annotations

import hashlib
import heapq
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import pandas as pd

from pipeline.errors import TifaError
from pipeline.reports.blocks import Evidence, Section
from pipeline.reports.blocks import shown as displayed
from pipeline.reports.material import Material, title_of
from pipeline.reports.series import KEYS, rows_at

SHOWN = 10
MAX_CHARS = 420
Key = tuple[str, int]


@dataclass(frozen=True)
class EvidencePool:
    """island: documents, sentences and points for the page; keys: point_id, doc_id, sent_no of every sentence;
    points: point_id with what it plots and how many sentences stand behind it."""

    island: Mapping[str, Any]
    keys: pd.DataFrame
    points: pd.DataFrame


def gather(material: Material, sections: Sequence[Section]) -> EvidencePool:
    """Sentences behind every plotted point and every table row that has some.

    Of a point, the ten shown are a sample that no one chose: documents in turn, within a document in the order of a
    hash of the sentence's key, so that neither length nor score decides. A table row says itself what it shows.
    Raises: TifaError when `evidence` names a sentence that the tables lack.
    """
    points = {one: point for section in sections for chart in section.charts for one, point in chart.points.items()}
    tips = {one: [name.en, name.zh] for section in sections for chart in section.charts
            for one, name in chart.named.items()}
    tips |= {value["point_id"]: [value["tip_en"], value["tip_zh"]] for section in sections for chart in section.charts
             for value in chart.values if {"tip_en", "point_id"} <= set(value)}
    listed: list[tuple[str, str, int]] = []
    shown = {}
    for one, point in sorted(points.items()):
        found = _keys(material.evidence(point))
        listed += [(one, *key) for key in found]
        shown[one] = Shown(len(found), [(*key, "") for key in sample(found)], tips.get(one, [one, one]), ["", ""], [])
    columns = ["point_id", "doc_id", "sent_no"]
    keys = pd.DataFrame(dict(zip(columns, (pd.Series(values, dtype=object) for values in zip(*listed, strict=True)), strict=True))
                        if listed else [], columns=columns)
    described = pd.DataFrame([{"point_id": one, **{key: point[key] for key in KEYS}, "n_evidence": shown[one].total}
                              for one, point in sorted(points.items())],
                             columns=["point_id", *KEYS, "n_evidence"])
    for section in sections:
        for table in section.tables:
            shown |= {one: _of_row(material, found) for one, found in table.evidence.items()}
    return EvidencePool(_island(material, shown), keys, described)


@dataclass(frozen=True)
class Shown:
    """What the panel shows of one point: how many sentences there are, those it lists, its title, a remark, and facts."""

    total: int
    sentences: list[tuple[str, int, str]]
    title: list[str]
    remark: list[str]
    facts: list[list[str]]


def _of_row(material: Material, found: Evidence) -> Shown:
    kept = [key for key in found.sentences if key[0] in material.by_id]
    return Shown(found.total or len(found.sentences), kept, [found.title.en, found.title.zh],
                 [found.remark.en, found.remark.zh], [[name.en, name.zh, value.en, value.zh] for name, value in found.facts])


def _keys(found: pd.DataFrame) -> list[Key]:
    """The sentences of an answer (doc_id, sent_no), each once, sorted; rows without a sentence are left out."""
    numbers = found["sent_no"]
    if numbers.hasnans:
        found = found[numbers.notna()]
    return sorted({(str(doc_id), int(sent_no)) for doc_id, sent_no
                   in zip(found["doc_id"].tolist(), found["sent_no"].tolist(), strict=True)})


def sample(keys: Iterable[Key], *, size: int = SHOWN) -> list[Key]:
    """Up to `size` of some different sentences, documents in turn; the same for the same set, whatever its order."""
    own: dict[str, list[tuple[str, str, int]]] = {}
    for doc_id, sent_no in keys:
        own.setdefault(doc_id, []).append((_hash(doc_id, sent_no), doc_id, sent_no))
    if len(own) >= size:  # the first turn is enough
        return [key[1:] for key in heapq.nsmallest(size, map(min, own.values()))]
    ranked = [(turn, *key) for found in own.values() for turn, key in enumerate(sorted(found))]
    return [(doc_id, sent_no) for _, _, doc_id, sent_no in sorted(ranked)[:size]]


@lru_cache(maxsize=1 << 20)
def _hash(doc_id: object, sent_no: object) -> str:
    return hashlib.blake2b(f"{doc_id}#{sent_no}".encode(), digest_size=8).hexdigest()


def _island(material: Material, shown: Mapping[str, Shown]) -> dict[str, Any]:
    """docs: id, title, date, language. sents: document, number, article, text, frames (1 development, 2 security).
    points: number of sentences, [sentence, mark] of those shown, title and remark in both languages, facts.
    """
    wanted = sorted({(doc_id, sent_no) for one in shown.values() for doc_id, sent_no, _ in one.sentences})
    texts, coded = rows_at(material.tables["sentences"], wanted), rows_at(material.tables["codes"], wanted)
    if missing := [key for key in wanted if key not in texts]:
        raise TifaError(f"The evidence names a sentence that is not in `sentences`: {missing[0]}",
                        where="write_report, evidence", todo="Refresh the tables with --full.")
    place = {key: number for number, key in enumerate(wanted)}
    doc_ids = sorted({doc_id for doc_id, _ in wanted})
    doc_place = {doc_id: number for number, doc_id in enumerate(doc_ids)}
    rows = [[doc_place[key[0]], key[1], article_of(texts[key]), shorten(texts[key].text), _frames(coded.get(key))] for key in wanted]
    points = {one: [found.total, [[place[doc_id, sent_no], mark] for doc_id, sent_no, mark in found.sentences],
                    found.title, found.remark, *([found.facts] if found.facts else [])] for one, found in shown.items()}
    return {"docs": [_document(material, doc_id) for doc_id in doc_ids], "sents": rows, "points": points}


def _frames(codes: Any | None) -> int:
    return 0 if codes is None else (1 if codes.development == 1 else 0) + (2 if codes.security == 1 else 0)


def _document(material: Material, doc_id: str) -> list[str]:
    row = material.by_id.get(doc_id)
    if row is None:
        raise TifaError(f"The evidence names a document that is not in this report: {doc_id}",
                        where="write_report, evidence", todo="Compute trends for the same --as-of.")
    return [doc_id, title_of(row), displayed(row.date_issued), "zh" if str(row.lang).startswith("zh") else "en"]


def article_of(row: Any) -> str:
    """Article, else heading, of a sentence for display."""
    return next((_name_of_part(value) for value in (row.article, row.heading) if isinstance(value, str) and value.strip()), "")


@lru_cache(maxsize=1 << 14)
def _name_of_part(value: str) -> str:
    return shorten(value, limit=80)


def shorten(text: object, *, limit: int = MAX_CHARS) -> str:
    """Display form of a text: one line, cut with an ellipsis."""
    line = " ".join(displayed(text).split())
    return line if len(line) <= limit else line[:limit - 1].rstrip() + "…"
