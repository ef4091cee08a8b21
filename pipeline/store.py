"""All tables in one DuckDB file: one writer, one transaction per batch, checked when written.

Columns are those of `pipeline.tables`; how a run takes its turn and works on a copy is in `pipeline.turns`.
"""

from __future__ import annotations

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
from pipeline.tables import BY_DOCUMENT, TABLES

Tables = Mapping[str, pd.DataFrame]

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
        """Result of one SELECT. Raises: StoreError unless it is one statement; with DuckDB's own words for a wrong one."""
        try:
            if (number := len(self.connection.extract_statements(sql))) != 1:
                raise StoreError("The query is empty" if not number else f"A query is one statement, these are {number}",
                                 where="SQL", todo="Write one, e.g. `tifa query \"SELECT doc_id, title FROM documents\"`; "
                                                   "`tifa query \"SHOW TABLES\"` lists the tables.")
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
