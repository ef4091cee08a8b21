"""People's answers in a run: taken from their file into the tables, and what they make stale."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

from pipeline import codes
from pipeline.store import Store


def note_corrections(store: Store, path: Path) -> None:
    """Put the answers of the corrections file in place of the table's. Raises: TifaError for a line that cannot be used."""
    with store.transaction():
        store.replace("corrections", codes.read_corrections(path))


def correction_states(store: Store) -> dict[str, str]:
    """doc_id → fingerprint of the human corrections of its codes; nothing for a document without any."""
    rows: dict[str, list[str]] = {}
    for row in store.read("corrections").to_dict("records"):
        rows.setdefault(str(row["doc_id"]), []).append(json.dumps({str(key): str(value) for key, value in row.items()}, sort_keys=True))
    return {doc_id: hashlib.sha256("\n".join(sorted(listed)).encode()).hexdigest()[:16] for doc_id, listed in rows.items()}


def n_pending(store: Store, path: Path) -> int:
    """How many answers of the file the tables do not hold yet, or hold differently."""
    new, old = (set(frame.itertuples(index=False, name=None)) for frame in (codes.read_corrections(path), store.read("corrections")))
    return len(new ^ old)
