"""What each report's headlines rested on, kept with the findings so that the next report can say why they moved."""

from __future__ import annotations

import json

import pandas as pd

from pipeline.estimates.material import Material
from pipeline.estimates.snapshot import Counted, Snapshot, correction_slopes, count_cells, documents_frame
from pipeline.stages.corrections import correction_states
from pipeline.stages.fingerprints import CORPUS, DERIVED, DOCUMENTS, ingredients
from pipeline.store import Store
from pipeline.tables import TABLES

HELD = 24  # reports whose snapshots are kept; an older one is compared by its numbers alone
NUMBERS = (DOCUMENTS, *DERIVED, *(stage for stage in CORPUS if stage.name != "reports"))


def take_snapshot(store: Store, material: Material, *, universe: str, as_of: str) -> Snapshot:
    """What today's headlines rest on. material: the documents up to `as_of`; those dated later are not in it."""
    cells = count_cells(material, universe=universe, as_of=as_of)
    contents = dict(store.read("file_states", columns=["path", "content"]).itertuples(index=False, name=None))
    corrections = correction_states(store)
    counted = {}
    for doc_id, path, title in material.documents[["doc_id", "path", "title"]].itertuples(index=False, name=None):
        counted[doc_id] = Counted(path, title if isinstance(title, str) else path, contents[path], corrections.get(doc_id, ""),
                                  cells.get(doc_id, {}))
    rules = {key: state for stage in NUMBERS for key, state in ingredients(stage).items()}
    return Snapshot(as_of, counted, rules, correction_slopes(universe))


def first_of(as_of: str) -> str:
    """Name of the snapshot of the first report of a day that has no report before it."""
    return f"{as_of} first"


def same_state(one: Snapshot, other: Snapshot) -> bool:
    """Whether two snapshots hold the same documents, corrections and rules."""
    def state(snapshot: Snapshot) -> tuple[object, ...]:
        listed = {doc_id: (found.path, found.content, found.corrections) for doc_id, found in snapshot.documents.items()}
        return listed, dict(snapshot.rules)

    return state(one) == state(other)


def findings_of(snapshot: Snapshot, as_of: str) -> pd.DataFrame:
    """The numbers of a snapshot as rows of `findings`, without intervals."""
    rows = [(as_of, name, point["estimate"], None, None, point["n_documents"], None, None, None)
            for name, point in sorted(snapshot.points.items())]
    return pd.DataFrame(rows, columns=list(TABLES["findings"]))


def write_snapshot(store: Store, snapshot: Snapshot) -> None:
    """Put a snapshot in the place of the one of the same day. Call inside a transaction."""
    rules: list[tuple[str, str, object]] = [(kind, name, state) for (kind, name), state in sorted(snapshot.rules.items())]
    rules += [("slopes", name, slopes) for name, slopes in sorted(snapshot.slopes.items())]
    rules += [("point", name, dict(point)) for name, point in sorted(snapshot.points.items())]
    frame = pd.DataFrame(rules, columns=["kind", "name", "value"], dtype=object)
    documents = documents_frame(snapshot)
    for table, rows, column in (("reported_documents", documents, "counts"), ("reported_rules", frame, "value")):
        store.connection.execute(f'DELETE FROM "{table}" WHERE as_of = ? OR as_of NOT IN (SELECT DISTINCT as_of FROM '
                                 f'"{table}" ORDER BY 1 DESC LIMIT {HELD})', [snapshot.as_of])
        packed = [json.dumps(value, ensure_ascii=False) for value in rows[column]]
        store.append(table, rows.assign(as_of=snapshot.as_of, **{column: pd.Series(packed, index=rows.index, dtype=object)}))


def read_snapshot(store: Store, as_of: str) -> Snapshot | None:
    """The snapshot of one report; None where it is no longer, or was never, kept."""
    documents, rules = (store.connection.execute(f'SELECT * EXCLUDE (as_of) FROM "{table}" WHERE as_of = ?', [as_of]).fetchall()
                        for table in ("reported_documents", "reported_rules"))
    if not rules:
        return None
    counted = {doc_id: Counted(path, title, content, corrections, json.loads(counts))
               for doc_id, path, title, content, corrections, counts in documents}
    loaded = [(kind, name, json.loads(value)) for kind, name, value in rules]
    return Snapshot(as_of, counted, {(kind, name): value for kind, name, value in loaded if kind in ("knowledge", "program")},
                    {name: value for kind, name, value in loaded if kind == "slopes"},
                    {name: value for kind, name, value in loaded if kind == "point"})
