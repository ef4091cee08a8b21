"""raw files → `files` and `documents`, batch by batch."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from pipeline import documents
from pipeline.documents.walk import SeenFile
from pipeline.errors import StoreError
from pipeline.invariants import check_documents, check_files
from pipeline.stages.fingerprints import content_state
from pipeline.stages.plan import Plan
from pipeline.store import Store
from pipeline.tables import TABLES


def read_batch(raw: Path, files: Sequence[SeenFile], *, workers: int, timeout_s: float, memory_mb: int, ocr: bool
               ) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Rows of `documents` and `files` for some files; each is read in a process that can be killed."""
    results = list(documents.read_files(raw, list(files), workers=workers, timeout_s=timeout_s, memory_mb=memory_mb, ocr=ocr))
    rows = [row for result in results for row in result.document_rows]
    table = pd.DataFrame(rows, columns=list(TABLES["documents"]), dtype=object)
    table["n_sentences"] = 0
    check_documents(table)
    return table, pd.DataFrame([result.file_row for result in results], columns=list(TABLES["files"]), dtype=object)


def commit_documents(store: Store, files: Sequence[SeenFile], rows: pd.DataFrame, file_rows: pd.DataFrame, plan: Plan) -> None:
    """Put one batch of read files into the tables, in one transaction."""
    paths = [file.rel_path for file in files]
    with store.transaction():
        _drop_paths(store, paths)
        store.remove_documents(list(rows["doc_id"]))
        store.append("documents", rows)
        store.append("as_read", rows)
        store.append("files", file_rows)
        _note_states(store, files, plan)


def withdraw(store: Store, plan: Plan) -> None:
    """Remove what is no longer there, and note the files that are not read: set aside, skipped, duplicates."""
    before = store.read("files", columns=["path"])["path"]
    unread = [file for file in plan.seen if file.outcome and file.outcome != "duplicate"]
    paths = sorted(set(before) - set(plan.states)) + [file.rel_path for file in unread]
    with store.transaction():
        store.remove_documents(list(plan.gone))
        _drop_paths(store, paths)
        store.append("files", pd.DataFrame([_file_row(file, []) for file in unread], columns=list(TABLES["files"])))
        _note_states(store, unread, plan)


def link_duplicates(store: Store, plan: Plan) -> None:
    """Point each byte-identical copy at the documents of the first file; a copy of a set-aside file shares its fate."""
    copies = [file for file in plan.seen if file.outcome == "duplicate"]
    with store.transaction():
        _drop_paths(store, [file.rel_path for file in copies])
        first = store.read("files").set_index("path")
        rows = []
        for file in copies:
            original = first.loc[file.same_as]
            row = _file_row(file, list(original["doc_ids"] or []))
            if original["outcome"] != "document":
                row |= {key: original[key] for key in ("outcome", "reason", "detail", "hint")}
            rows.append(row)
        store.append("files", pd.DataFrame(rows, columns=list(TABLES["files"])))
        _note_states(store, copies, plan)


def check_accounting(store: Store, plan: Plan) -> None:
    """Every path seen has exactly one `files` row, and every document belongs to one."""
    rows = store.read("files")
    check_files(rows, known_doc_ids=set(store.read("documents", columns=["doc_id"])["doc_id"]))
    if set(rows["path"]) != set(plan.states):
        missing = sorted(set(plan.states).symmetric_difference(rows["path"]))
        raise StoreError(f"{len(missing)} paths are not accounted for, first {missing[0]!r}", where="files",
                         todo="This is a mistake in the program; the tables were left as they were. Please report it.")


def _note_states(store: Store, files: Sequence[SeenFile], plan: Plan) -> None:
    store.append("file_states", pd.DataFrame([(file.rel_path, plan.states[file.rel_path], content_state(file)) for file in files],
                                             columns=list(TABLES["file_states"])))


def _file_row(file: SeenFile, doc_ids: list[str]) -> dict[str, object]:
    return {"path": file.rel_path, "sha256": file.sha256, "n_bytes": file.n_bytes, "outcome": file.outcome,
            "doc_ids": doc_ids, "reason": file.reason or None, "detail": file.detail or None, "hint": file.hint or None}


def _drop_paths(store: Store, paths: Sequence[str]) -> None:
    for table in ("files", "file_states"):
        store.connection.execute(f'DELETE FROM "{table}" WHERE path IN (SELECT unnest(?))', [list(paths)])
