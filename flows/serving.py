"""The command `tifa serve`."""

from __future__ import annotations

from typing import Annotated

import typer

from flows.options import Processed, Raw, Reports, settings_from
from pipeline.errors import TifaError

app = typer.Typer()
Cron = Annotated[str | None, typer.Option(help="When to run: five fields, UTC, e.g. '0 6 * * *'.", envvar="TIFA_CRON")]
Interval = Annotated[int | None, typer.Option(help="Seconds between rounds, in place of --cron.", min=10, envvar="TIFA_INTERVAL")]
Overlap = Annotated[str | None, typer.Option(help="While another run is writing: wait for it, or skip this one.", envvar="TIFA_OVERLAP")]


@app.command()
def serve(
    raw: Raw = None, processed: Processed = None, reports: Reports = None, cron: Cron = None, interval: Interval = None,
    overlap: Overlap = None,
    fetch: Annotated[bool, typer.Option(help="Poll the sources first.", envvar="TIFA_FETCH")] = True,
    port: Annotated[int, typer.Option(help="Port of Prefect's pages on this machine.", envvar="TIFA_PORT")] = 4200,
) -> None:
    """Fetch and run on a schedule, with Prefect's pages to look at, pause and resume; until interrupted."""
    if cron and interval:
        raise TifaError("There are two schedules", where="--cron, --interval", todo="Give one of them.")
    from flows.serve import serve_until_stopped

    settings = settings_from(raw=raw, processed=processed, reports=reports, overlap=overlap)
    serve_until_stopped(settings, cron=cron, interval=interval, port=port, fetch=fetch)
