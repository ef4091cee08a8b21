"""Write the report of one day and put it in its place in one step."""

from __future__ import annotations

import platform
import shutil
from dataclasses import replace
from importlib import metadata
from pathlib import Path

import pandas as pd

from pipeline import alignments, claims, reports, trends
from pipeline.estimates.material import COUNTED, Material, prepare_material
from pipeline.stages.corpus import DERIVED_TABLES, FOUND_TABLES, up_to
from pipeline.stages.fingerprints import CORPUS
from pipeline.stages.history import (
    findings_of,
    first_of,
    read_snapshot,
    same_state,
    take_snapshot,
    write_snapshot,
)
from pipeline.stages.memory import kept
from pipeline.store import Store

REPORTS = CORPUS[-1]
RUN_ALONE = frozenset({"run_id", "started_at", "finished_at"})  # stand in `runs` alone: same tables, same report
READ = {"formulation_uses": ("family_id", "universe", "lang", "doc_id", "sent_no")}  # of large tables, what reports show


def publish_report(store: Store, folder: Path, *, as_of: str, run: dict[str, object], full: bool = False, pdf: bool = False,
                   counted: Material | None = None) -> tuple[Path, pd.DataFrame]:
    """`folder`/<as_of>/index.html with all that belongs to it; `folder`/latest points to the newest.

    A second report for one day replaces the first; findings are compared with the newest earlier report, and where there
    is none with the first one of the same day.
    pdf: also print report.pdf, where Chromium is installed. counted: what `estimate` gave for the same day, to spare
    reading and counting it again.
    Returns: the path of index.html, and the findings that were stored.
    """
    found = {table: store.read(table, columns=READ.get(table)) for table in (*FOUND_TABLES, "trends", "claims", "files", "runs")}
    material = counted or prepare_material(up_to(store.read_all(DERIVED_TABLES), as_of), needed=COUNTED)
    tables = {**found, **material.tables}
    log = store.read("verdicts")
    events = claims.new_verdicts(log, tables["claims"], {**run, "as_of": as_of})
    tables["verdicts"] = events if log.empty else pd.concat([log, events], ignore_index=True)
    history = store.read("findings")
    earlier = history[history["as_of"] < as_of]
    previous = earlier[earlier["as_of"] == earlier["as_of"].max()] if len(earlier) else None
    snapshot = take_snapshot(store, material, universe=reports.UNIVERSE, as_of=as_of)
    before = read_snapshot(store, first_of(as_of) if previous is None else str(previous["as_of"].iloc[0]))
    if previous is None and before is not None and not same_state(before, snapshot):
        previous = findings_of(before, as_of)
    building, latest = folder / f".{as_of}.building", folder / "latest"
    shutil.rmtree(building, ignore_errors=True)
    with kept(store, "versions", CORPUS[0], full=full) as keep:
        compared = alignments.compare_corpus(tables, keep=keep)
    context: dict[str, object] = {"versions": _versions(), "alignments": compared, "snapshot": snapshot, "previous_snapshot": before,
                                  "pdf": pdf, **({"previous_report": latest.resolve()} if latest.is_dir() else {})}
    with kept(store, "assets", REPORTS) as keep:  # made from libraries and their versions alone, no rows
        written = reports.write_report(
            tables, building, as_of=as_of, run={key: run[key] for key in run if key not in RUN_ALONE},
            previous_findings=previous, evidence=lambda point: trends.evidence(material, point, as_of=as_of),
            context={**context, "keep": keep})
    _put_in_place(building, folder, as_of)
    with store.transaction():
        store.connection.execute("DELETE FROM findings WHERE as_of = ?", [as_of])
        store.append("findings", written.findings)
        store.append("verdicts", events)
        write_snapshot(store, written.snapshot or snapshot)
        if previous is None and before is None:
            write_snapshot(store, replace(written.snapshot or snapshot, as_of=first_of(as_of)))
    return folder / as_of / written.index.relative_to(building), written.findings


def _versions() -> dict[str, str]:
    """Program and libraries that the numbers rest on."""
    libraries = ("tifa", "duckdb", "jieba", "numpy", "pandas", "pypdfium2", "rjieba", "scikit-learn", "spacy", "trafilatura")
    return {"python": platform.python_version()} | {name: metadata.version(name) for name in libraries}


def _put_in_place(building: Path, folder: Path, as_of: str) -> None:
    """Move what was built to `folder`/<as_of>, and let `latest` name the newest report: a later one is never hidden by one made
    for an earlier day."""
    final, replaced = folder / as_of, folder / f".{as_of}.replaced"
    shutil.rmtree(replaced, ignore_errors=True)
    if final.exists():
        final.rename(replaced)
    building.rename(final)
    shutil.rmtree(replaced, ignore_errors=True)
    newest = max(path.name for path in folder.iterdir() if path.is_dir() and not path.is_symlink() and path.name[:1].isdigit())
    link = folder / ".latest.new"
    link.unlink(missing_ok=True)
    link.symlink_to(newest)
    link.replace(folder / "latest")
