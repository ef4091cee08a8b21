"""One run from the raw folder to the report, as a plain function; `flows` calls it under Prefect, tests without."""

from __future__ import annotations

import gc
import hashlib
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any, Protocol

import pandas as pd

from pipeline.documents.walk import SeenFile
from pipeline.estimates.material import Material
from pipeline.mentions.recogniser import idle_languages
from pipeline.settings import Settings
from pipeline.stages.corpus import align, estimate, link_documents, mark_current, note_inputs
from pipeline.stages.corrections import note_corrections
from pipeline.stages.deriving import batches, commit_derived, derive, read_inputs, stale_documents
from pipeline.stages.fingerprints import CORPUS, DERIVED, DOCUMENTS, Stage, fingerprint, read_models_in
from pipeline.stages.memory import forget_names
from pipeline.stages.plan import Plan, make_plan
from pipeline.stages.publishing import publish_report
from pipeline.stages.reading import check_accounting, commit_documents, link_duplicates, read_batch, withdraw
from pipeline.stages.workers import Workers, start_workers
from pipeline.store import Store
from pipeline.tables import TABLES
from pipeline.turns import begin_work, finish_work, write_lock

Call = Callable[..., Any]
READ_AT_ONCE = 4  # batches of files that one reading process takes before the next is started


class Progress(Protocol):
    """What a run tells about itself."""

    def say(self, message: str) -> None:
        """One line for people."""

    def start(self, stage: str, total: int) -> None:
        """A stage begins that will handle `total` documents."""

    def advance(self, stage: str, steps: int) -> None:
        """It has handled some."""


@dataclass(frozen=True)
class RunResult:
    """What a run did. `report` is None when nothing had changed and no report was asked for."""

    run: dict[str, Any]
    report: Path | None
    findings: pd.DataFrame
    nothing_new: bool


def plain_call(name: str, function: Call, *arguments: Any) -> Any:
    """Carry out one step; the place where an orchestrator puts its own."""
    return function(*arguments)


@contextmanager
def _rare_collections() -> Iterator[None]:
    """Search for dead cycles after every 100,000 new objects instead of 700: what a run makes dies at once or lives to its end,
    and looking at it again and again took a fifth of the time of writing a report."""
    before = gc.get_threshold()
    gc.set_threshold(100_000, *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)


@_rare_collections()
def refresh(settings: Settings, *, clock: Callable[[], str], progress: Progress, call: Call = plain_call) -> RunResult:
    """Bring tables and report up to date with the raw folder. Run again with nothing new: writes a row of `runs` only.

    clock: gives the time as ISO 8601 UTC. call: carries out one named step, `call(name, function, *arguments)`.
    Raises: StoreError when another run is writing; whatever a stage raises. The tables stay as they were then.
    """
    run_id = str(uuid.uuid4())
    read_models_in(settings.models, settings.recogniser)
    if idle := idle_languages():
        progress.say(f"The recogniser adds no names in {' and '.join(idle)}: no type paid when it was trained (docs/mentions.md).")
    with write_lock(settings.processed, holder=f"tifa run {run_id}"):
        started = clock()
        as_of = settings.as_of or started[:10]
        with Store(begin_work(settings.database)) as store:
            note_corrections(store, settings.corrections)
            plan = make_plan(settings.raw, store, day=started[:10], as_of=settings.as_of, seed=settings.seed,
                             full=settings.full, ocr=settings.ocr)
            progress.say(f"{len(plan.seen)} files under {settings.raw}: {plan.n_new} new, {plan.n_changed} changed, "
                         f"{plan.n_removed} removed, {plan.n_unchanged} as before")
            run = _run_row(run_id, started, as_of, plan)
            nothing_new = plan.is_empty and settings.as_of is None
            report, findings = None, pd.DataFrame(columns=list(TABLES["findings"]))
            if not nothing_new:
                _make_rows(store, settings, plan, progress, call)
                report, findings = _make_numbers(store, settings, as_of, run, progress, call)
            note_inputs(store)
            check_accounting(store, plan)
            run |= _outcomes(store) | {"finished_at": clock(), "state": "completed"}
            with store.transaction():
                store.append("runs", pd.DataFrame([run], columns=list(TABLES["runs"])))
        finish_work(settings.database)
    return RunResult(run, report, findings, nothing_new)


def _make_rows(store: Store, settings: Settings, plan: Plan, progress: Progress, call: Call) -> None:
    """Everything that is made document by document: one step per stage and batch; workers compute, this process writes."""
    with start_workers(settings) as workers:
        withdraw(store, plan)
        progress.start("documents", len(plan.to_read))
        rounds = list(batches(plan.to_read, settings.batch_documents * READ_AT_ONCE))
        for first in range(0, len(rounds), workers.group):
            call(f"documents-{first}", _read, store, settings, plan, rounds[first:first + workers.group], workers)
            progress.advance("documents", sum(map(len, rounds[first:first + workers.group])))
        link_duplicates(store, plan)
        for stage in DERIVED:
            stale = stale_documents(store, stage, full=settings.full)
            progress.start(stage.name, len(stale))
            listed = list(batches(list(stale), settings.batch_documents))
            for first in range(0, len(listed), workers.group):
                group = listed[first:first + workers.group]
                call(f"{stage.name}-{first}", _derive, store, stage, group, stale, settings, workers)
                progress.advance(stage.name, sum(map(len, group)))
        forget_names(store)


def _read(store: Store, settings: Settings, plan: Plan, group: list[list[SeenFile]], workers: Workers) -> None:
    """On a cluster each worker reads whole batches; on one machine the readers of a batch stand side by side."""
    read = partial(read_batch, settings.raw.absolute(), workers=1 if settings.dask else settings.workers,
                   timeout_s=settings.timeout_s, memory_mb=settings.memory_mb, ocr=settings.ocr)
    if settings.dask:
        group = [[replace(file, os_path=file.os_path.absolute(), sidecar=file.sidecar.absolute() if file.sidecar else None)
                  for file in files] for files in group]
    for files, (rows, file_rows) in zip(group, workers.map(read, group) if settings.dask else map(read, group), strict=True):
        commit_documents(store, files, rows, file_rows, plan)


def _derive(store: Store, stage: Stage, group: list[list[str]], states: Mapping[str, str], settings: Settings,
            workers: Workers) -> None:
    models = settings.models.absolute() if settings.models else None
    inputs = [read_inputs(store, stage, doc_ids, full=settings.full) for doc_ids in group]
    made = workers.map(derive, [stage.name] * len(group), inputs, [models] * len(group), [settings.recogniser] * len(group))
    for doc_ids, rows in zip(group, made, strict=True):
        commit_derived(store, stage, {doc_id: states[doc_id] for doc_id in doc_ids}, rows)


def _make_numbers(store: Store, settings: Settings, as_of: str, run: dict[str, Any], progress: Progress, call: Call
                  ) -> tuple[Path, pd.DataFrame]:
    """Everything that rests on all documents together, and the report."""
    counted: list[Material] = []  # this process alone: a step that is tried again finds it in the tables
    steps = (("links", link_documents, (settings.full,)), ("alignments", align, (settings.full,)),
             ("trends", _estimate, (as_of, settings.seed, counted, settings.full)))
    for name, function, arguments in steps:
        progress.start(name, 1)
        call(name, function, store, *arguments)
        progress.advance(name, 1)
    run |= _outcomes(store)
    progress.start("report", 1)
    written: tuple[Path, pd.DataFrame] = call("report", _publish, store, settings, as_of, run, counted)
    progress.advance("report", 1)
    mark_current(store, day=str(run["started_at"])[:10], as_of=settings.as_of, seed=settings.seed)
    return written


def _estimate(store: Store, as_of: str, seed: int, counted: list[Material], full: bool) -> None:
    counted[:] = [estimate(store, as_of=as_of, seed=seed, full=full)]


def _publish(store: Store, settings: Settings, as_of: str, run: dict[str, Any], counted: list[Material]
             ) -> tuple[Path, pd.DataFrame]:
    return publish_report(store, settings.reports, as_of=as_of, run=run, full=settings.full, pdf=settings.pdf,
                          counted=counted[0])


def _run_row(run_id: str, started: str, as_of: str, plan: Plan) -> dict[str, Any]:
    return {"run_id": run_id, "started_at": started, "finished_at": None, "as_of": as_of, "state": "running",
            "fingerprint": _fingerprint(), "n_seen": len(plan.seen), "n_new": plan.n_new, "n_changed": plan.n_changed,
            "n_removed": plan.n_removed, "n_unchanged": plan.n_unchanged, "n_quarantined": 0, "n_duplicates": 0,
            "n_skipped": 0}


def _fingerprint() -> str:
    parts = "".join(fingerprint(stage) for stage in (DOCUMENTS, *DERIVED, *CORPUS))
    return hashlib.sha256(parts.encode()).hexdigest()[:16]


def _outcomes(store: Store) -> dict[str, int]:
    counts = store.read("files", columns=["path", "outcome"])["outcome"].value_counts()
    return {"n_quarantined": int(counts.get("quarantined", 0)), "n_duplicates": int(counts.get("duplicate", 0)),
            "n_skipped": int(counts.get("skipped", 0))}
