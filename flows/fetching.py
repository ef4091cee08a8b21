"""The command `tifa fetch`."""

from __future__ import annotations

import threading
from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from flows.options import Processed, Raw, settings_from
from flows.progress import say

app = typer.Typer()
Names = Annotated[list[str] | None, typer.Argument(metavar="[SOURCE]...", help="Sources, or `catalogue`; all without any.")]
Since = Annotated[str | None, typer.Option(help="Leave alone what the lists date earlier, e.g. 2026-01-31.", envvar="TIFA_SINCE")]


@app.command()
def fetch(
    names: Names = None, since: Since = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Read the lists; print what would be fetched; write nothing.",
                                          envvar="TIFA_DRY_RUN")] = False,
    check: Annotated[list[str] | None, typer.Option(metavar="SOURCE", help="Compare what a source's lists show with the last check; "
                                                    "record it.", envvar="TIFA_CHECK")] = None,
    raw: Raw = None, processed: Processed = None,
    sources: Annotated[Path | None, typer.Option(help="Folder of source files in place of those that ship.", envvar="TIFA_SOURCES")] = None,
    warc: Annotated[bool | None, typer.Option("--warc", help="Keep a WARC copy of every answer.", envvar="TIFA_WARC")] = None,
) -> None:
    """Bring what the sources have published since the last time under raw/, with sidecars."""
    from flows.polls import check_lists, choose, describe, make_jobs, run_jobs, run_plain

    settings = settings_from(raw=raw, processed=processed, sources=sources, warc=warc)
    try:
        since = since and date.fromisoformat(since).isoformat()
    except ValueError as error:
        raise typer.BadParameter(f"{since!r} is not a date; write it as 2026-01-31", param_hint="--since") from error
    if check:
        raise typer.Exit(check_lists(choose(settings, check), settings))
    chosen = choose(settings, names or [])
    stop = threading.Event()
    jobs = make_jobs(settings, chosen, since=since or "", dry_run=dry_run, stop=stop)
    say(f"Polling {len(jobs)} sources; hosts are asked once in a few seconds, so a first fetch may take an hour …")
    reports = run_plain(jobs, stop) if dry_run else run_jobs(settings, jobs, stop)
    for report in reports:
        for url in report.wanted:
            typer.echo(url)
    for report in reports:
        (say if dry_run else typer.echo)(describe(report))
    if failed := [report.source for report in reports if report.failed]:
        say(f"These sources could not be polled: {', '.join(failed)}. The others are done.")
        raise typer.Exit(1)
