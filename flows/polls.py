"""A fetch of several sources at once, with Prefect or without it, and the check of their lists."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import typer

from flows.progress import say
from pipeline.knowledge import KNOWLEDGE
from pipeline.settings import Settings
from pipeline.sources import (
    CATALOGUE,
    WORDS,
    Client,
    Report,
    Source,
    Timing,
    check_source,
    expected_range,
    fetch_source,
    load_catalogue,
    load_sources,
)

AT_ONCE = 4
"""Sources polled at the same time; requests to one host keep their distance, whichever source makes them."""
Job = tuple[str, Callable[[], Report]]
CLOCK = Timing(lambda: datetime.now(UTC), time.monotonic, time.sleep)


def choose(settings: Settings, names: Sequence[str]) -> list[Source]:
    """The sources of these names, all for none, the catalogue first. Raises: BadParameter for a name that is none."""
    folder = settings.sources or KNOWLEDGE / "sources"
    table = (folder if settings.sources else KNOWLEDGE) / "catalogue.csv"
    known = load_sources(folder)
    if table.is_file():
        catalogue, n_without = load_catalogue(table)
        known = {CATALOGUE: catalogue, **known}
        if CATALOGUE in names or not names:
            say(f"{CATALOGUE}: {len(catalogue.known)} addresses; {n_without} instruments have none that could be verified.")
    for name in names:
        if name not in known:
            raise typer.BadParameter(f"There is no source {name!r}. Sources are: {', '.join(known)}.", param_hint="SOURCE")
    return [source for name, source in known.items() if not names or name in names]


def make_jobs(settings: Settings, sources: Sequence[Source], *, since: str = "", dry_run: bool = False,
              stop: threading.Event | None = None) -> list[Job]:
    """One call per source, to be made in any order and on any thread; what was fetched is kept, so a second call goes on.

    stop: once set, every call ends at its next pause between requests.
    """
    due: dict[str, float] = {}
    lock = threading.Lock()
    timing = replace(CLOCK, sleep=partial(_pause, stop)) if stop else CLOCK

    def client(source: Source) -> Client:
        return Client(source.hosts, timing, source.delay_s, allow_loopback=settings.allow_loopback, due=due, lock=lock)

    return [(source.name, partial(fetch_source, source, raw=settings.raw, observations=_observations(settings), client=client(source),
                                  since=since, dry_run=dry_run, warc=settings.warc)) for source in sources]


def _pause(stop: threading.Event, seconds: float) -> None:
    if stop.is_set():
        raise KeyboardInterrupt
    CLOCK.sleep(seconds)


def run_plain(jobs: Sequence[Job], stop: threading.Event | None = None) -> list[Report]:
    """All jobs, several at a time; reports in their order. Raises: whatever a job raised; then the others are told to stop."""
    with ThreadPoolExecutor(AT_ONCE) as pool:
        calls = [pool.submit(work) for _, work in jobs]
        try:
            return [call.result() for call in calls]
        except BaseException:      # an interrupt, too: threads end with their work, which may take an hour
            _end(calls, stop)
            raise


def _end(calls: Sequence[Future[Report]], stop: threading.Event | None) -> None:
    for call in calls:
        call.cancel()
    if stop:
        stop.set()


def run_jobs(settings: Settings, jobs: Sequence[Job], stop: threading.Event | None = None) -> list[Report]:
    """All jobs under Prefect, or without it when its server cannot be reached; reports in their order."""
    from flows.prefect_home import OF_PREFECT, prepare

    settings.processed.mkdir(parents=True, exist_ok=True)
    prepare(settings)
    finished: dict[str, Report] = {}
    began: list[str] = []
    try:
        from flows.fetch import fetch_flow

        fetch_flow(list(jobs), began, finished)
    except Exception as error:
        if began and type(error).__module__.partition(".")[0] not in OF_PREFECT:
            raise
        say(f"Prefect's server cannot be reached ({type(error).__name__}); the fetch goes on without it.")
    except BaseException:
        _end([], stop)
        raise
    missing = [job for job in jobs if job[0] not in finished]
    finished |= {report.source: report for report in run_plain(missing, stop)}
    return [finished[name] for name, _ in jobs]


def describe(report: Report) -> str:
    """One line, every address accounted for, and lines for what went wrong."""
    counts = ", ".join(f"{report.counts[word]} {word}" for word in WORDS)
    wanted = f", {len(report.wanted)} to fetch" if report.wanted else ""
    lines = [f"{report.source}: {report.asked} addresses: {counts}{wanted}{'. FAILED' if report.failed else ''}"]
    lines += [f"  list {url}: {why}" for url, why, _ in report.lists]
    lines += [f"  {url}: {why}" for url, why in report.problems[:10]]
    lines += [f"  … and {len(report.problems) - 10} more"] if len(report.problems) > 10 else []
    return "\n".join([*lines, *(f"  {note}" for note in report.notes)])


def _observations(settings: Settings) -> Path:
    return settings.processed / "fetch"


def check_lists(sources: Sequence[Source], settings: Settings) -> int:
    """Print found against expected for every list; 1 when one could not be read, or shows another number than it should."""
    status, n_read = 0, 0
    for source in sources:
        client = Client(source.hosts, CLOCK, source.delay_s, allow_loopback=settings.allow_loopback)
        for seen in check_source(source, client, _observations(settings)):
            low, high = expected_range(seen.expected) if seen.expected is not None else (0, 0)
            before = f"{low} to {high} expected after {seen.expected}" if seen.expected is not None else "never checked before"
            good = seen.found is not None and (seen.expected is None or low <= seen.found <= high)
            status, n_read = status if good else 1, n_read + (seen.found is not None)
            found = "not readable" if seen.found is None else f"{seen.found} documents"
            trouble = "" if good else f" — look at the page{seen.trouble and ': ' + seen.trouble}"
            typer.echo(f"{source.name}: {seen.url}: {found}, {before}{trouble}")
    if n_read:
        say(f"Recorded under {_observations(settings)}{os.sep}; later fetches fail when a list shows far more or fewer.")
    return status
