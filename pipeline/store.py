"""All tables in one DuckDB file: their columns, one writer, one transaction per batch, checked when written.

A run works on a copy (`tifa.duckdb.work`) that replaces the file only when the run is complete. So a failed run
leaves the tables as they were, readers never wait for a writer, and the next run goes on from the copy.
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import pyarrow as pa
import pyarrow.dataset
import pyarrow.parquet

from pipeline.errors import StoreError

Tables = Mapping[str, pd.DataFrame]

_FRAMES = ("development", "security", "ethics", "cooperation", "sovereignty", "competition", "rulemaking", "inclusion")
_MARKS = ("has_deadline", "has_quantity", "has_responsible", "has_sanction", "has_reference")


def _columns(**kinds: str) -> dict[str, str]:
    """Column name → SQL type, in order, from space-separated names per type."""
    return {name: kind for kind, names in kinds.items() for name in names.split()}


_PLACE = {"doc_id": "TEXT", "sent_no": "INTEGER", "start_char": "INTEGER", "end_char": "INTEGER"}

# Source: contract, section 3. The order is the order in which columns are stored and exported.
TABLES: dict[str, dict[str, str]] = {
    "files": {"path": "TEXT", "sha256": "TEXT", "n_bytes": "BIGINT", "outcome": "TEXT", "doc_ids": "TEXT[]",
              "reason": "TEXT", "detail": "TEXT", "hint": "TEXT"},
    "documents": {
        **_columns(TEXT="doc_id path sha256 media_type encoding lang title"),
        "issuers": "TEXT[]", "issuer_names": "TEXT[]",
        **_columns(TEXT="tier doc_type status bindingness jurisdiction audience"), "topics": "TEXT[]",
        **_columns(TEXT="doc_number date_issued date_first_issued date_adopted date_effective date_basis work_id pair_id"),
        "legal_basis": "TEXT[]", "text": "TEXT", "n_chars": "INTEGER", "n_sentences": "INTEGER", "flags": "TEXT[]",
        "duplicate_of": "TEXT", "supersedes": "TEXT[]", "cover": "JSON", "evidence": "JSON",
        "source_url": "TEXT"},
    "sentences": {**_PLACE, **_columns(TEXT="heading article kind text")},
    "codes": {"doc_id": "TEXT", "sent_no": "INTEGER", **dict.fromkeys(_FRAMES, "BOOLEAN"),
              **{f"p_{name}": "DOUBLE" for name in _FRAMES}, "modality": "TEXT", **dict.fromkeys(_MARKS, "BOOLEAN")},
    "senses": {**_PLACE, "surface": "TEXT", "sense": "TEXT", "in_name": "BOOLEAN"},
    "mentions": {**_PLACE, **_columns(TEXT="surface type entity_id method")},
    "entities": _columns(TEXT="entity_id type name_zh name_en tier valid_from valid_to successor"),
    "citations": {**_PLACE, **_columns(TEXT="cited_title cited_doc_number entity_id cited_doc_id relation"),
                  "articles": "INTEGER[]"},
    "commitments": {"doc_id": "TEXT", "sent_no": "INTEGER", "actor_id": "TEXT", "action": "TEXT", "quantity": "DOUBLE",
                    "unit": "TEXT", "deadline": "TEXT", "text": "TEXT"},
    "alignments": {**_columns(TEXT="pair_id zh_doc_id en_doc_id"), "zh_sents": "INTEGER[]", "en_sents": "INTEGER[]",
                   "score": "DOUBLE"},
    "renderings": {**_columns(TEXT="pair_id zh_doc_id en_doc_id"), "sent_no": "INTEGER", "start_char": "INTEGER",
                   "end_char": "INTEGER", "sense": "TEXT", "rendering": "TEXT", "en_sents": "INTEGER[]",
                   "en_start_char": "INTEGER", "en_end_char": "INTEGER"},
    "trends": {**_columns(TEXT="measure universe grouping group_value period lang estimator"),
               **_columns(DOUBLE="estimate low high"), "n_documents": "INTEGER", "n_sentences": "INTEGER",
               "flags": "TEXT[]"},
    # One row per family, universe and language; see pipeline/trends/families.py for what the columns mean.
    "formulations": {
        **_columns(TEXT="family_id universe lang kind name_zh name_en wording"),
        **_columns(INTEGER="n_uses n_documents n_issuers n_variants"),
        "first_date": "TEXT", "first_doc_id": "TEXT", "first_sent_no": "INTEGER",
        "issuers": "TEXT[]", "issuer_dates": "TEXT[]", "peak_period": "TEXT", "last_period": "TEXT", "state": "TEXT",
        **_columns(DOUBLE="slope slope_low slope_high slope_p slope_q"), "n_series": "INTEGER",
        **_columns(DOUBLE="cohesion entropy_left entropy_right burst"), "given": "TEXT[]", "flags": "TEXT[]"},
    "formulation_uses": {**_columns(TEXT="family_id universe lang variant"), **_PLACE, "surface": "TEXT"},
    "formulation_variants": {
        **_columns(TEXT="family_id universe lang variant"), **_columns(INTEGER="n_uses n_documents"),
        **_columns(TEXT="first_date first_doc_id last_date mutated_from turn_year"),
        **_columns(INTEGER="old_before new_before old_after new_after"), **_columns(DOUBLE="p q"), "flags": "TEXT[]"},
    "keyness": {**_columns(TEXT="comparison lang slice_a slice_b term"), **_columns(DOUBLE="log_odds low high p q"),
                **_columns(INTEGER="n_a n_b documents_a documents_b size_a size_b"), "flags": "TEXT[]"},
    "echoes": {**_PLACE, **_columns(TEXT="surface source_doc_id"),
               **_columns(INTEGER="source_sent_no source_start_char source_end_char n_chars"), "share": "DOUBLE"},
    "co_issuance": {**_columns(TEXT="universe lang period a_id b_id", INTEGER="n_documents n_a_leads n_b_leads"),
                    "doc_ids": "TEXT[]"},
    "citation_links": {**_columns(TEXT="doc_id lang year entity_id cited_title cited_doc_id relation"),
                       "n_citations": "INTEGER", "places": "TEXT[]", "universes": "TEXT[]"},
    "actor_instruments": {**_columns(TEXT="universe lang role actor_id instrument_id", INTEGER="n_documents n_sentences"),
                          "first_year": "TEXT", "last_year": "TEXT", "places": "TEXT[]"},
    "forum_years": {**_columns(TEXT="universe lang period forum_id",
                               INTEGER="n_documents n_sentences n_documents_all n_sentences_all"), "places": "TEXT[]"},
    "findings": {"as_of": "TEXT", "finding_id": "TEXT", **_columns(DOUBLE="estimate low high"),
                 "n_documents": "INTEGER", **_columns(TEXT="cause cause_zh"), "parts": "JSON"},
    # What the headlines of a report rest on: history, like `findings`.
    "reported_documents": {**_columns(TEXT="as_of doc_id path title content corrections"), "counts": "JSON"},
    "reported_rules": {**_columns(TEXT="as_of kind name"), "value": "JSON"},
    "claims": {"claim_id": "TEXT", "version": "INTEGER", "verdict": "TEXT", **_columns(DOUBLE="estimate low high"),
               "n_documents": "INTEGER", "n_sentences": "INTEGER", "evidence": "JSON"},
    # One row per claim and run in which its verdict, estimate or version became another one; never rewritten.
    "verdicts": {**_columns(TEXT="started_at run_id as_of claim_id"), "version": "INTEGER", "verdict": "TEXT",
                 **_columns(DOUBLE="estimate low high"), "n_documents": "INTEGER", "because": "TEXT[]"},
    "runs": {**_columns(TEXT="run_id started_at finished_at as_of state fingerprint"),
             **_columns(INTEGER="n_seen n_new n_changed n_removed n_unchanged n_quarantined n_duplicates n_skipped")},
    # People's answers in place of the model's, as the corrections file held them when the run began.
    "corrections": {"doc_id": "TEXT", "start_char": "INTEGER", "end_char": "INTEGER",
                    **_columns(TEXT="text_sha256 label answer model coder date")},
    # What was done to make the rows above, so that a run redoes only what changed.
    "file_states": _columns(TEXT="path fingerprint content"),
    "stage_states": _columns(TEXT="doc_id stage fingerprint"),
    "stage_inputs": _columns(TEXT="stage kind name fingerprint"),
    "as_read": _columns(TEXT="doc_id status pair_id"),  # before the other documents had their say
    "kept": {"step": "TEXT", "key": "TEXT", "value": "JSON"},
}
# Not made from documents: nothing makes it again.
HISTORY = ("runs", "findings", "verdicts", "reported_documents", "reported_rules")
INTERNAL = ("file_states", "stage_states", "stage_inputs", "as_read", "kept")
BY_DOCUMENT = ("documents", "sentences", "codes", "senses", "mentions", "citations", "commitments")
_ARROW = {"TEXT": pa.string(), "JSON": pa.string(), "INTEGER": pa.int32(), "BIGINT": pa.int64(), "DOUBLE": pa.float64(),
          "BOOLEAN": pa.bool_(), "TEXT[]": pa.list_(pa.string()), "INTEGER[]": pa.list_(pa.int32())}


class Store:
    """An open database. Frames that come out have the contract's columns; missing values are None, lists are lists."""

    def __init__(self, path: Path, *, read_only: bool = False) -> None:
        self.path = path
        if read_only and not path.is_file():
            raise StoreError("There are no tables yet", where=str(path), todo="Run `tifa run` first.")
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            self.connection = duckdb.connect(str(path), read_only=read_only)
        except duckdb.Error as error:
            raise StoreError(f"The database cannot be opened: {' '.join(str(error).split())}", where=str(path),
                             todo="Close the program that uses it, or delete it and run `tifa run`.") from error
        if read_only:  # a query reads the tables and nothing else on this machine
            self.connection.execute("SET enable_external_access = false; SET lock_configuration = true")
        else:
            for table, columns in TABLES.items():
                listed = ", ".join(f'"{name}" {kind}' for name, kind in columns.items())
                self.connection.execute(f'CREATE TABLE IF NOT EXISTS "{table}" ({listed})')
                for name, kind in columns.items():  # tables of an older version lack the newest columns
                    self.connection.execute(f'ALTER TABLE "{table}" ADD COLUMN IF NOT EXISTS "{name}" {kind}')

    def __enter__(self) -> Store:
        return self

    def __exit__(self, *_: object) -> None:
        self.connection.close()

    def read(self, table: str, *, doc_ids: Sequence[str] | None = None, columns: Sequence[str] | None = None) -> pd.DataFrame:
        """Rows of one table in the order of its first columns; doc_ids limits them to some documents."""
        names = list(columns or TABLES[table])
        listed = ", ".join(f'"{name}"' for name in names)
        where = " WHERE doc_id IN (SELECT unnest(?))" if doc_ids is not None else ""
        order = ", ".join(f'"{name}"' for name in _key(table))
        if missing := [name for name in names if (table, name) not in self._stored]:
            raise StoreError(f"The tables were made by an older version: {', '.join(missing)} is missing", where=table,
                             todo="Run `tifa run` once.")
        result = self.connection.sql(f'SELECT {listed} FROM "{table}"{where} ORDER BY {order}',
                                     params=[list(doc_ids)] if doc_ids is not None else [])
        return _to_frame(result.to_arrow_table())

    @cached_property
    def _stored(self) -> set[tuple[str, str]]:
        """(table, column) of everything the file holds; asked once, since only opening it changes that."""
        return set(self.connection.execute("SELECT table_name, column_name FROM duckdb_columns()").fetchall())

    def read_all(self, tables: Iterable[str]) -> dict[str, pd.DataFrame]:
        """Several whole tables by name."""
        return {table: self.read(table) for table in tables}

    def query(self, sql: str) -> pd.DataFrame:
        """Result of one SELECT. Raises: StoreError with DuckDB's own words for anything else."""
        try:
            result = self.connection.sql(sql)
            return pd.DataFrame() if result is None else _to_frame(result.to_arrow_table())
        except duckdb.Error as error:
            raise StoreError(f"The query cannot be answered: {error}", where="SQL",
                             todo="See `tifa query \"SHOW TABLES\"` and `DESCRIBE documents`.") from error

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing."""
        self.connection.execute("BEGIN")
        try:
            yield
        except BaseException:
            self.connection.execute("ROLLBACK")
            raise
        self.connection.execute("COMMIT")

    def replace(self, table: str, frame: pd.DataFrame, *, doc_ids: Sequence[str] | None = None) -> None:
        """Put the rows of `frame` in place of all rows, or of the rows of `doc_ids`. Call inside a transaction."""
        if doc_ids is None:
            self.connection.execute(f'DELETE FROM "{table}"')
        else:
            self.connection.execute(f'DELETE FROM "{table}" WHERE doc_id IN (SELECT unnest(?))', [list(doc_ids)])
        self.append(table, frame)

    def append(self, table: str, frame: pd.DataFrame) -> None:
        """Add rows. Raises: StoreError when a column is missing or a value has the wrong type."""
        if len(frame):
            incoming = to_arrow(table, frame)
            self.connection.register("incoming", incoming)
            self.connection.execute(f'INSERT INTO "{table}" BY NAME SELECT * FROM incoming')
            self.connection.unregister("incoming")

    def remove_documents(self, doc_ids: Sequence[str]) -> None:
        """Withdraw documents with everything that was derived from them one by one. Call inside a transaction."""
        for table in (*BY_DOCUMENT, "stage_states", "as_read"):
            self.connection.execute(f'DELETE FROM "{table}" WHERE doc_id IN (SELECT unnest(?))', [list(doc_ids)])


def _key(table: str) -> list[str]:
    """Columns that order the rows of a table: all scalar ones, so that the order never depends on insertion."""
    return [name for name, kind in TABLES[table].items() if kind != "JSON" and name not in {"text", "detail"}]


def to_arrow(table: str, frame: pd.DataFrame) -> pa.Table:
    """The rows in the table's columns and types. Raises: StoreError naming the column that does not fit."""
    if missing := [name for name in TABLES[table] if name not in frame.columns]:
        raise StoreError(f"Columns are missing: {', '.join(missing)}", where=table, todo="Correct the stage that writes it.")
    arrays = []
    for name, kind in TABLES[table].items():
        try:
            arrays.append(_to_array(frame[name], kind))
        except (pa.ArrowInvalid, pa.ArrowTypeError, TypeError, ValueError) as error:
            raise StoreError(f"Column {name} is not {kind}: {error}", where=table,
                             todo="Correct the stage that writes it.") from error
    return pa.table(arrays, names=list(TABLES[table]))


def write_parquet(table: pa.Table, folder: Path, name: str, *, documents: pd.DataFrame | None = None) -> None:
    """`folder`/<name>.parquet; with `documents`, a table with a doc_id becomes `folder`/<name>/lang=…/year=…/*.parquet
    (Hive partitions: DuckDB and Spark read only the folders a question needs; `unknown` where a text has no date)."""
    if documents is None or "doc_id" not in table.column_names:
        pyarrow.parquet.write_table(table, folder / f"{name}.parquet")
        return
    place = documents.set_index("doc_id")
    own = {"lang", "year"} - set(table.column_names)
    doc_ids = pd.Series(table["doc_id"].to_pylist(), dtype=object)
    for column, values in (("lang", doc_ids.map(place["lang"])), ("year", doc_ids.map(place["date_issued"].str[:4]))):
        if column in own:
            table = table.append_column(column, pa.array(["unknown" if _is_missing(value) else value for value in values], pa.string()))
    parts = pyarrow.dataset.partitioning(pa.schema([("lang", pa.string()), ("year", pa.string())]), flavor="hive")
    pyarrow.dataset.write_dataset(table, folder / name, format="parquet", partitioning=parts, max_partitions=100_000,
                                  existing_data_behavior="delete_matching")


def _to_array(column: pd.Series[Any], kind: str) -> pa.Array:
    if kind.endswith("[]"):
        return pa.array([None if value is None else list(value) for value in column], type=_ARROW[kind])
    if column.dtype == object:
        values = [None if _is_missing(value) else value for value in column]
        return pa.array(values, type=_ARROW[kind])
    return pa.array(column, type=_ARROW[kind], from_pandas=True)


def _is_missing(value: object) -> bool:
    return value is None or value is pd.NA or (isinstance(value, float) and value != value)


def _to_frame(table: pa.Table) -> pd.DataFrame:
    columns: dict[str, object] = {}
    for field, column in zip(table.schema, table.columns, strict=True):
        if pa.types.is_list(field.type):
            columns[field.name] = pd.Series(column.to_pylist(), dtype=object)
        elif pa.types.is_integer(field.type) or pa.types.is_floating(field.type) or pa.types.is_boolean(field.type):
            columns[field.name] = column.to_pandas()
        else:
            columns[field.name] = pd.Series(column.to_numpy(zero_copy_only=False), dtype=object)
    return pd.DataFrame(columns)


class Busy(StoreError):
    """Another run holds the folder."""


@contextmanager
def write_lock(folder: Path, *, holder: str) -> Iterator[None]:
    """Only one run writes into a folder. Raises: Busy, which names the run holding it."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / ".lock").open("a+", encoding="utf-8") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            lock.seek(0)
            owner = lock.read().strip() or "another process"
            raise Busy(f"Another run is writing here: {owner}", where=str(folder),
                       todo="Wait until it ends, or stop it; --overlap wait does the first.") from error
        lock.truncate(0)
        lock.write(json.dumps({"holder": holder, "pid": os.getpid()}))
        lock.flush()
        try:
            yield
        finally:
            lock.truncate(0)


def begin_work(database: Path) -> Path:
    """Path of the copy a run works on: the one an unfinished run left, if it began from these tables; else a new one."""
    work = database.with_name(database.name + ".work")
    if work.is_file() and _last_run(work) == _last_run(database):
        return work
    for stale in (work, work.with_name(work.name + ".wal")):
        stale.unlink(missing_ok=True)
    if database.is_file():
        shutil.copyfile(database, work)
    return work


def finish_work(database: Path) -> None:
    """Put the finished copy in the place of the tables, in one step."""
    work = database.with_name(database.name + ".work")
    work.with_name(work.name + ".wal").unlink(missing_ok=True)
    work.replace(database)


def _last_run(path: Path) -> str | None:
    if not path.is_file():
        return None
    try:
        with Store(path, read_only=True) as store:
            frame = store.query("SELECT max(finished_at || run_id) AS last FROM runs WHERE finished_at IS NOT NULL")
    except StoreError:
        return f"unreadable: {path}"
    return None if frame.empty else frame["last"].iloc[0]
