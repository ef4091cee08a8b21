"""What each document page is made from, as a fingerprint: a page is described and written only when it differs."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from functools import lru_cache
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd

from pipeline.knowledge import load_words
from pipeline.reports import page
from pipeline.reports.material import Material, title_of

# What a page shows of a table, besides the texts of sentences, which offsets and the document's text give.
SHOWN = {"sentences": ("sent_no", "start_char", "end_char", "kind", "heading", "article"),
         "codes": ("sent_no", "development", "security"),
         "mentions": ("sent_no", "start_char", "end_char", "type", "entity_id"),
         "citations": ("sent_no", "start_char", "cited_title", "relation", "cited_doc_id"),
         "commitments": ("sent_no", "deadline", "action")}


def page_fingerprints(material: Material, *shared: str) -> dict[str, str]:
    """doc_id → 32 hex digits, in the order of the documents. shared: what stands on every page.

    In it: the document's row, its rows of every table, names of what it mentions, titles of all documents it links to,
    the aligned text of its pairs; the templates, the interface words and the code of the report.
    """
    own, names = material.documents, {one: name.en for one, name in material.names.items()}
    parts = {str(doc_id): [_bytes(text)] for doc_id, text in zip(own["doc_id"], own["text"], strict=True)}
    for table, columns in SHOWN.items():
        frame = material.tables[table]
        if table == "mentions":
            frame = frame.assign(entity_id=[names.get(one, one) for one in frame["entity_id"]])
        _add(parts, frame, columns)
        if table == "sentences":
            texts = {doc_id: _digest(found).encode() for doc_id, found in parts.items()}
    for doc_id, row in zip(own["doc_id"], own.drop(columns=["place", "text"]).itertuples(index=False, name=None), strict=True):
        parts[doc_id].append(_bytes((row, material.issuers(material.by_id[doc_id]))))
    titles = {doc_id: title_of(row) for doc_id, row in material.by_id.items()}
    for doc_id, linked in _links(material).items():
        if doc_id in parts:
            parts[doc_id].append(_bytes([(one, titles.get(one), *rest) for one, *rest in linked]))
    for one, other, beads in _pairs(material):
        for doc_id in {one, other} & parts.keys():
            parts[doc_id] += [_bytes((one, titles.get(one), other, titles.get(other))), texts.get(one, b""), texts.get(other, b""), beads]
    whole = "".join((_program(), *shared)).encode()
    return {doc_id: _digest([whole, *found]) for doc_id, found in parts.items()}


def _digest(parts: Iterable[bytes]) -> str:
    found = hashlib.blake2b(digest_size=16)
    for part in parts:
        found.update(b"%d:" % len(part) + part)
    return found.hexdigest()


def _bytes(value: object) -> bytes:
    return repr(value).encode("utf-8", "surrogatepass")


@lru_cache(maxsize=1)
def _program() -> str:
    """Templates, words and code that pages are made with."""
    files = sorted([*page.FOLDER.glob("*.py"), *(page.FOLDER / "templates" / name for name in ("document.html.j2", "macros.html.j2"))])
    return _digest([*(path.read_bytes() for path in files), repr(load_words("reports")).encode()])


def _add(parts: dict[str, list[bytes]], frame: pd.DataFrame, columns: tuple[str, ...]) -> None:
    """To each document what a page shows of its rows, in the order of places."""
    order = [name for name in ("doc_id", "sent_no", "start_char") if name in frame]
    frame = frame.sort_values(order, kind="stable")
    doc_ids = frame["doc_id"].to_numpy(dtype=object)
    edges = [0, *(np.flatnonzero(doc_ids[1:] != doc_ids[:-1]) + 1).tolist(), len(doc_ids)] if len(doc_ids) else []
    values = [_packed(frame[name]) for name in columns]
    for first, last in pairwise(edges):
        if doc_ids[first] in parts:
            parts[doc_ids[first]] += [column(first, last) for column in values]


def _packed(column: pd.Series) -> Any:
    """A function that gives the values from one place to another as bytes."""
    if not pd.api.types.is_numeric_dtype(column.dtype):
        listed = column.tolist()
        return lambda first, last: _bytes(listed[first:last])
    numbers = np.ascontiguousarray(column.to_numpy(dtype=np.float64))
    return lambda first, last: numbers[first:last].tobytes()


def _links(material: Material) -> dict[str, list[tuple[Any, ...]]]:
    """doc_id → the documents it links to and where: versions, superseded, citing and cited, the original of a copy."""
    found: dict[str, list[tuple[Any, ...]]] = {}
    documents = material.documents
    for _, group in documents[documents["work_id"].notna()].groupby("work_id", sort=True)["doc_id"]:
        for doc_id in group if len(group) > 1 else ():
            found.setdefault(doc_id, []).extend((one,) for one in group)
    for doc_id, earlier, original in zip(documents["doc_id"], documents["supersedes"], documents["duplicate_of"], strict=True):
        found.setdefault(doc_id, []).extend((one,) for one in [*(earlier if isinstance(earlier, list) else []), original])
    citations = material.tables["citations"].sort_values(["doc_id", "sent_no", "start_char"])
    linked = citations[citations["cited_doc_id"].notna()]
    for doc_id, sent_no, cited in zip(linked["doc_id"], linked["sent_no"], linked["cited_doc_id"], strict=True):
        found.setdefault(doc_id, []).append((cited,))
        found.setdefault(cited, []).append((doc_id, sent_no))
    return found


def _pairs(material: Material) -> list[tuple[str, str, bytes]]:
    """(zh, en, their links as bytes) of every aligned pair, sorted."""
    table = material.tables["alignments"]
    found: dict[tuple[str, str], list[str]] = {}
    columns = (table[name].tolist() for name in ("zh_doc_id", "en_doc_id", "zh_sents", "en_sents", "score"))
    for zh, en, *bead in zip(*columns, strict=True):
        found.setdefault((zh, en), []).append(repr(bead))
    return [(zh, en, "\n".join(sorted(beads)).encode()) for (zh, en), beads in sorted(found.items())]
