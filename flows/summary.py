"""One run as people and programs hear of it: its turn, its summary, and who is told."""

from __future__ import annotations

import time

from flows.notify import check_places, tell
from flows.prefect_home import run_refresh
from flows.progress import now, say
from pipeline.settings import Settings
from pipeline.stages import RunResult
from pipeline.store import Busy, write_lock

POLL_SECONDS = 2.0


def refresh_and_tell(settings: Settings) -> RunResult | None:
    """Refresh tables and report when it is this run's turn, print the summary, and send the news.

    Returns: the result, or None when another run was writing and `overlap` says to skip.
    Raises: whatever made the run fail, after it was told.
    """
    check_places(settings)
    if not _our_turn(settings):
        return None
    try:
        result = run_refresh(settings)
    except Exception as error:
        tell(settings, as_of=settings.as_of or now()[:10], state="failed", lines=[f"The run failed: {error}"], report=None)
        raise
    lines = summary_lines(result, settings)
    for line in lines:
        say(line)
    if not result.nothing_new:
        for alert in tell(settings, as_of=result.run["as_of"], state="completed", lines=lines,
                          report=str(result.report) if result.report else None):
            say(f"Alert: {alert.text}")
    return result


def _our_turn(settings: Settings) -> bool:
    """Whether nobody else writes, once the setting `overlap` was followed. Raises: Busy when it says `fail`."""
    told = False
    while True:
        try:
            with write_lock(settings.processed, holder="tifa waits"):
                return True
        except Busy as error:
            if settings.overlap == "fail":
                raise
            if settings.overlap == "skip":
                say(f"{error} This run is skipped.")
                return False
            if not told:
                say(f"{error} This run waits for it.")
            told = True
            time.sleep(POLL_SECONDS)


def summary_lines(result: RunResult, settings: Settings) -> list[str]:
    """At most five lines: what was read, what was set aside, where the report is."""
    counts = result.run
    n_documents = counts["n_seen"] - counts["n_quarantined"] - counts["n_duplicates"] - counts["n_skipped"]
    lines = [f"{counts['n_seen']} files seen: {n_documents} read as documents, {counts['n_duplicates']} byte-identical copies, "
             f"{counts['n_quarantined']} set aside, {counts['n_skipped']} skipped. `tifa status` says why."]
    if result.nothing_new:
        lines.append("Nothing is new since the last run: tables and report stay as they are.")
    latest = settings.reports / "latest" / "index.html"
    return lines + ([f"Report: {latest}"] if latest.is_file() else [])
