"""Read-only access to the tables, for notebooks and for the command line.

```python
from pipeline import open_corpus
corpus = open_corpus("processed")
corpus.documents                      # any table as a pandas frame
corpus.trend("security", by="tier")   # the points of one series
corpus.kwic("安全", window=20)         # a concordance
corpus.formulations(state="rising")   # fixed wordings and how they move
corpus.keyness({"lang": "zh", "tier": ["local"]}, {"lang": "zh", "tier": ["ministry"]})   # words of one slice
corpus.evidence(point)                # the sentences behind one point
```
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd

from pipeline import trends
from pipeline.errors import TifaError
from pipeline.estimates.material import Material, prepare_material
from pipeline.stages.corpus import DERIVED_TABLES, up_to
from pipeline.stages.fingerprints import read_models_in
from pipeline.store import Store
from pipeline.tables import TABLES
from pipeline.text import match_key

KWIC_COLUMNS = ["left", "hit", "right", "doc_id", "sent_no", "start_char", "end_char", "date_issued", "lang", "title"]
LANGUAGES = ("zh", "en", "mixed")
_DATE = re.compile(r"[12][0-9]{3}(-(0[1-9]|1[0-2])(-(0[1-9]|[12][0-9]|3[01]))?)?")
_PLAIN = re.compile(r"[^\\.^$*+?{}\[\]|()]+")


def open_corpus(processed: str | Path = "processed", *, models: str | Path | None = None) -> Corpus:
    """The corpus whose tables lie in this folder. models: the folder of the models that coded it, if not those that ship.

    Raises: StoreError when there are no tables, KnowledgeError when there is no folder of models.
    """
    read_models_in(Path(models) if models else None)
    corpus = Corpus(Path(processed))
    corpus.sql("SELECT 1")
    return corpus


class Corpus:
    """Frames of the tables (as attributes, by the contract's names), series, concordances, evidence."""

    def __init__(self, processed: Path) -> None:
        self.database = processed / "tifa.duckdb"

    def __getattr__(self, name: str) -> pd.DataFrame:
        if name not in TABLES:
            raise AttributeError(f"There is no table {name!r}; tables are {', '.join(TABLES)}")
        frame = self._read(name)
        self.__dict__[name] = frame
        return frame

    def _read(self, table: str) -> pd.DataFrame:
        with Store(self.database, read_only=True) as store:
            return store.read(table)

    def sql(self, query: str) -> pd.DataFrame:
        """Result of one read-only query. Raises: StoreError for what is no query or would write."""
        with Store(self.database, read_only=True) as store:
            return store.query(query)

    @cached_property
    def _dated(self) -> dict[str, pd.DataFrame]:
        tables = {name: getattr(self, name) for name in (*DERIVED_TABLES, "echoes")}
        runs = self.runs
        return up_to(tables, str(runs["as_of"].iloc[-1])) if len(runs) else tables

    @cached_property
    def _material(self) -> Material:
        return prepare_material(self._dated)

    def document(self, name: str) -> pd.Series[Any]:
        """The one document with this id, path under raw/ or title. Raises: TifaError when there is none, or several."""
        table = self.documents
        for column in ("doc_id", "path", "title"):
            found = table[table[column] == name]
            if len(found) == 1:
                return found.iloc[0]
            if len(found) > 1:
                raise TifaError(f"{len(found)} documents have the {column} {name!r}",
                                todo=f"Use an id: {', '.join(found['doc_id'].head(5))}.")
        raise TifaError(f"There is no document {name!r}", todo="Give a doc_id, a path under raw/ or a whole title.")

    def trend(self, measure: str, *, by: str = "all", lang: str | None = None, universe: str = "cn_digital",
              estimator: str = "raw") -> pd.DataFrame:
        """Points of one measure: the rows of `trends` for one grouping, universe and estimator, by group and period.

        Raises: TifaError naming what there is, when nothing bears these names.
        """
        table = self.trends
        for column, value in (("measure", measure), ("grouping", by), ("universe", universe), ("estimator", estimator)):
            if value not in set(table[column]):
                raise TifaError(f"No series has {column} {value!r}", todo=f"There are: {', '.join(sorted(set(table[column])))}.")
            table = table[table[column] == value]
        if lang is not None:
            table = table[table["lang"] == lang]
        return table.sort_values(["lang", "group_value", "period"]).reset_index(drop=True)

    def formulations(self, *, lang: str | None = None, kind: str | None = None, state: str | None = None) -> pd.DataFrame:
        """Rows of the table `formulations`, most documents first. lang: zh or en; kind: given or discovered; state: new …"""
        table = self._read("formulations")
        for column, value in (("lang", lang), ("kind", kind), ("state", state)):
            table = table if value is None else table[table[column] == value]
        return table.sort_values(["n_documents", "family_id"], ascending=[False, True]).reset_index(drop=True)

    def keyness(self, a: Mapping[str, object], b: Mapping[str, object]) -> pd.DataFrame:
        """Words that one slice of documents uses more than another (see `pipeline.trends.slices.compare_two`).

        a, b: conditions as in knowledge/slices.yml, both with the same lang: `{"lang": "zh", "tier": ["local"]}`.
        """
        return trends.compare_two(self._material, a, b, as_of=max(self.runs["as_of"], default="9999"))

    def evidence(self, point: Mapping[str, object]) -> pd.DataFrame:
        """Sentences behind one row of `trends`: doc_id, sent_no, text, and the document's title and date."""
        keys = trends.evidence(self._material, point)
        texts = self.sentences[["doc_id", "sent_no", "start_char", "end_char", "article", "text"]]
        about = self.documents[["doc_id", "title", "date_issued"]]
        return keys.merge(texts, on=["doc_id", "sent_no"]).merge(about, on="doc_id")

    def kwic(self, pattern: str, *, lang: str | None = None, issuer: str | None = None, since: str | None = None,
             until: str | None = None, window: int = 30) -> pd.DataFrame:
        """Concordance: every hit with `window` characters of its document on either side.

        pattern: plain words (any script, width or case) or a regular expression. lang: zh, en or a full code.
        issuer: entity id or name as printed. since, until: ISO dates, inclusive, compared as far as they go.
        Rows: KWIC_COLUMNS, ordered by date, document and place; offsets point into `documents.text`.
        Raises: TifaError for a pattern that is empty or no regular expression, a date or a language that cannot be.
        """
        if not pattern.strip():
            raise TifaError("The pattern is empty", where="kwic", todo="Give the words to look for, such as 安全.")
        plain = _PLAIN.fullmatch(pattern) is not None
        try:
            search = re.compile(re.escape(match_key(pattern)) if plain else pattern, re.IGNORECASE)
        except re.error as error:
            raise TifaError(f"The pattern is not a regular expression: {error}", where=pattern,
                            todo="Write a backslash before . ( ) [ ] * + ? to mean the character itself.") from error
        chosen = _choose(self.documents, lang=lang, issuer=issuer, since=since, until=until)
        sentences = self.sentences
        rows: list[tuple[object, ...]] = []
        starts = {doc_id: rows["start_char"].to_numpy() for doc_id, rows in sentences.groupby("doc_id")}
        about = chosen[["doc_id", "text", "date_issued", "lang", "title"]]
        for doc_id, text, *facts in about.itertuples(index=False, name=None):
            for hit in search.finditer(match_key(text) if plain else text):
                start, end = hit.span()
                if start == end:
                    continue
                sent_no = max(int(starts[doc_id].searchsorted(start, side="right")) - 1, 0)
                rows.append((_flat(text[max(0, start - window):start]), text[start:end], _flat(text[end:end + window]),
                             doc_id, sent_no, start, end, *facts))
        return pd.DataFrame(rows, columns=KWIC_COLUMNS)


def _flat(text: str) -> str:
    return re.sub(r"\s+", " ", text)


def _choose(documents: pd.DataFrame, *, lang: str | None, issuer: str | None, since: str | None, until: str | None
            ) -> pd.DataFrame:
    for name, date in (("since", since), ("until", until)):
        if date is not None and not _DATE.fullmatch(date):
            raise TifaError(f"{date!r} is not a date", where=name, todo="Write it as 2019, 2019-03 or 2019-03-01.")
    if lang is not None and lang.split("-")[0] not in LANGUAGES:
        raise TifaError(f"There is no language {lang!r}", where="lang", todo=f"Languages are: {', '.join(LANGUAGES)}.")
    rows = documents.sort_values(["date_issued", "doc_id"], na_position="last")
    if lang is not None:
        rows = rows[[value == lang or value.split("-")[0] == lang for value in rows["lang"]]]
    if issuer is not None:
        rows = rows[[issuer in (ids or []) or any(issuer in name for name in names or [])
                     for ids, names in zip(rows["issuers"], rows["issuer_names"], strict=True)]]
    if since is not None:
        rows = rows[[date is not None and date >= since[:len(date)] for date in rows["date_issued"]]]
    if until is not None:
        rows = rows[[date is not None and date[:len(until)] <= until for date in rows["date_issued"]]]
    return rows
