"""The body sentences of all documents in one order, and how often something stands in each of them."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from pipeline.errors import TifaError
from pipeline.estimates.surfaces import SEPARATOR, find_terms
from pipeline.estimates.surfaces import Ints as Ints
from pipeline.estimates.universe import Selection, Universe, listed, select_documents
from pipeline.text import match_key

Tables = Mapping[str, pd.DataFrame]
Floats = npt.NDArray[np.float64]


def as_floats(values: pd.Series | npt.NDArray[Any]) -> Floats:
    """A column of numbers or truth values as float64; missing becomes NaN."""
    return np.asarray(values, dtype=np.float64)


COUNTED = ("documents", "sentences", "codes", "senses", "mentions", "citations", "commitments", "renderings")
NEEDED = ("documents", "sentences", "codes")
_STEP = 10_000_000  # more sentences than any document has; makes one integer of document and sentence number


@dataclass(frozen=True)
class Material:
    """What is counted in. Documents are numbered by place in `documents`, body sentences by place in `body`.

    documents: all rows of `documents`, sorted by doc_id, index 0…n-1, with the entities it names as `fora` and cites as
    `instruments`. body: `codes` joined with the sentence text, sorted by doc_id and sent_no.
    document_of: document number of each body sentence. kept: what other modules worked out about these sentences, by name.
    """

    tables: Tables = field(repr=False)
    documents: pd.DataFrame = field(repr=False)
    body: pd.DataFrame = field(repr=False)
    document_of: Ints = field(repr=False)
    _hits: dict[str, Ints] = field(default_factory=dict, repr=False)
    kept: dict[Hashable, Any] = field(default_factory=dict, repr=False)

    @cached_property
    def _keys(self) -> Ints:
        return np.asarray(self.document_of * _STEP + self.body["sent_no"].to_numpy(dtype=np.int64), dtype=np.int64)

    @cached_property
    def numbers(self) -> dict[str, int]:
        """Document number of each doc_id."""
        return {doc_id: number for number, doc_id in enumerate(self.documents["doc_id"])}

    @property
    def key_texts(self) -> list[str]:
        """Match key of each body sentence."""
        keys: list[str] | None = self.kept.get("key_texts")
        if keys is None:
            keys = match_key(SEPARATOR.join(self.body["text"])).split(SEPARATOR) if len(self.body) else []
            self.kept["key_texts"] = keys
        return keys

    @cached_property
    def issuers(self) -> pd.Series:
        """Issuers of each document as a list, lead first; empty where none is known."""
        return self.documents["issuers"].map(listed)

    @cached_property
    def title_keys(self) -> list[str]:
        """Match key of each document's title; empty where it has none."""
        return [match_key(title) if isinstance(title, str) else "" for title in self.documents["title"]]

    @cached_property
    def chars(self) -> Floats:
        """Length of each body sentence, in the unit of its language: characters (zh) or words (en)."""
        english = (self.documents["lang"] == "en").to_numpy(dtype=bool)[self.document_of]
        return np.array([text.count(" ") + 1 if in_words else len(text)
                         for text, in_words in zip(self.body["text"], english.tolist(), strict=True)], dtype=np.float64)

    def select(self, universe: Universe, *, as_of: str) -> Selection:
        """The documents of a universe as of a date: `select_documents`, asked once. The answer must not be changed in place."""
        key = ("selection", universe, as_of)
        if key not in self.kept:
            self.kept[key] = select_documents(self.documents, universe, as_of=as_of)
        found: Selection = self.kept[key]
        return found

    def places(self, rows: pd.DataFrame, *, doc_column: str = "doc_id") -> Ints:
        """Place in `body` of the sentence of each of `rows` (doc_id, sent_no); -1 where it is not in the body."""
        found = np.full(len(rows), -1, dtype=np.int64)
        if not len(rows) or not len(self.body):
            return found
        documents, sentences = rows[doc_column].map(self.numbers), rows["sent_no"]
        known = np.flatnonzero(documents.notna() & sentences.notna())
        keys = documents.to_numpy()[known].astype(np.int64) * _STEP + sentences.to_numpy()[known].astype(np.int64)
        near = np.minimum(np.searchsorted(self._keys, keys), len(self._keys) - 1)
        found[known] = np.where(self._keys[near] == keys, near, -1)
        return found

    @cached_property
    def origins(self) -> Ints:
        """Where each body sentence begins in its document."""
        sentences = self.tables["sentences"]
        places = self.places(sentences)
        found = np.zeros(len(self.body), dtype=np.int64)
        found[places[places >= 0]] = sentences["start_char"].to_numpy(dtype=np.int64)[places >= 0]
        return found

    def per_sentence(self, rows: pd.DataFrame, *, doc_column: str = "doc_id") -> Floats:
        """How many of `rows` (doc_id, sent_no) stand in each body sentence; rows outside the body count nowhere."""
        places = self.places(rows, doc_column=doc_column)
        return np.bincount(places[places >= 0], minlength=len(self.body)).astype(np.float64)

    def term_hits(self, families: Mapping[str, Sequence[str]]) -> dict[str, Floats]:
        """For each family of surfaces: 1.0 for body sentences in which at least one of them stands.

        Surfaces compare by match key. A surface that begins or ends with a Latin letter or digit must not
        continue in another one there. Results are kept, so that asking twice costs nothing.
        """
        self.prepare_terms(families)
        return {name: self._marked(self._hits[name]) for name in families}

    def term_hit_places(self, families: Mapping[str, Sequence[str]]) -> dict[str, Ints]:
        """The same as places of the sentences, ascending."""
        self.prepare_terms(families)
        return {name: self._hits[name] for name in families}

    def prepare_terms(self, families: Mapping[str, Sequence[str]]) -> None:
        """Search for many families in one pass, so that later questions about each are answered at once."""
        missing = {name: terms for name, terms in families.items() if name not in self._hits}
        if missing:
            self._hits.update(find_terms(self.key_texts, missing))

    def _marked(self, places: Ints) -> Floats:
        values = np.zeros(len(self.body))
        values[places] = 1.0
        return values

    def per_document(self, values: Floats) -> Floats:
        """Sum of a per-sentence value over each document."""
        here = np.flatnonzero(values)  # most things stand in few sentences
        return as_floats(np.bincount(self.document_of[here], weights=values[here], minlength=len(self.documents)))


def prepare_material(tables: Tables, *, needed: Sequence[str] = NEEDED) -> Material:
    """Join the tables once.

    tables: at least those `needed`, with the columns of the contract; they may be empty.
    Raises: TifaError when a table is missing or `codes` has a row that is no sentence.
    """
    missing = [name for name in needed if name not in tables]
    if missing:
        raise TifaError(f"Estimates need the tables {missing}", todo="Run the stages before trends first.")
    documents = tables["documents"].sort_values("doc_id").reset_index(drop=True)
    documents = plain(documents).assign(fora=_named(documents, tables.get("mentions"), "FORUM"),
                                 instruments=_named(documents, tables.get("citations"), None))
    codes = tables["codes"].sort_values(["doc_id", "sent_no"], kind="stable").reset_index(drop=True)
    texts = tables["sentences"][["doc_id", "sent_no", "text"]]
    body = codes.merge(texts, on=["doc_id", "sent_no"], how="left", validate="one_to_one")
    if body["text"].isna().any():
        row = body[body["text"].isna()].iloc[0]
        raise TifaError(f"Sentence {row.sent_no} of document {row.doc_id} is coded but does not exist",
                        where="codes", todo="Run again with --full.")
    numbers = {doc_id: number for number, doc_id in enumerate(documents["doc_id"])}
    places = body["doc_id"].map(numbers)
    if places.isna().any():
        raise TifaError("codes speaks of a document that does not exist", where="codes", todo="Run with --full.")
    return Material(dict(tables), documents, plain(body), places.to_numpy(dtype=np.int64))


def plain(frame: pd.DataFrame) -> pd.DataFrame:
    """Texts as Python strings, as the store gives them: they are read one by one many times."""
    return frame.astype({name: object for name, dtype in frame.dtypes.items() if pd.api.types.is_string_dtype(dtype)})


def _named(documents: pd.DataFrame, rows: pd.DataFrame | None, kind: str | None) -> pd.Series:
    """Entities that each document names (kind FORUM) or cites, as sorted lists without NIL."""
    found: dict[str, set[str]] = {doc_id: set() for doc_id in documents["doc_id"]}
    if rows is not None and len(rows):
        rows = rows if kind is None else rows[rows["type"].eq(kind)]
        for doc_id, entity_id in zip(rows["doc_id"], rows["entity_id"], strict=True):
            if isinstance(entity_id, str) and entity_id != "NIL" and doc_id in found:
                found[doc_id].add(entity_id)
    return pd.Series([sorted(values) for values in found.values()], index=documents.index, dtype=object)


def any_of(material: Material, hits: Iterable[Floats]) -> Floats:
    """1.0 where at least one of the per-sentence values is above zero."""
    total = np.zeros(len(material.body))
    for values in hits:
        total += values
    return (total > 0).astype(np.float64)
