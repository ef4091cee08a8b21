"""`tifa serve`: a Prefect server on this machine, the deployments of the watch flow, and a runner that carries them out.

When PREFECT_API_URL names a server already, that one is used and none is started. A server that dies is started again;
a round that is under way finishes without it (see `prefect_home`).
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from pathlib import Path

from flows.notify import check_places
from flows.prefect_home import prepare
from flows.progress import say
from pipeline.errors import TifaError
from pipeline.settings import Settings

START_SECONDS = 120
PAUSE_SECONDS = 5.0
PATHS = ("raw", "processed", "reports", "alerts", "sources", "corrections")


def serve_until_stopped(settings: Settings, *, cron: str | None, interval: int | None, port: int, fetch: bool) -> None:
    """Run until interrupted. cron: five fields, UTC. interval: seconds. Neither: rounds are started by hand in the UI.

    Raises: TifaError for a schedule Prefect does not understand, or a server that does not start.
    """
    check_places(settings)
    settings.processed.mkdir(parents=True, exist_ok=True)
    for name in PATHS:  # rounds are processes of their own, with these settings
        if value := getattr(settings, name):
            os.environ[f"TIFA_{name.upper()}"] = str(Path(value).absolute())
    own_server = "PREFECT_API_URL" not in os.environ
    if own_server:
        os.environ["PREFECT_API_URL"] = f"http://127.0.0.1:{port}/api"
    prepare(settings)
    signal.signal(signal.SIGTERM, _stop)
    with suppress(KeyboardInterrupt):
        while True:
            with _server(settings, port) if own_server else _foreign_server():
                _serve_once(settings, cron=cron, interval=interval, fetch=fetch)
            say("The runner ended; it starts again …")
            time.sleep(PAUSE_SECONDS)
    say("Stopped. The schedule is paused until `tifa serve` runs again; tables and reports are complete.")


def _stop(*_: object) -> None:
    raise KeyboardInterrupt


@contextmanager
def _server(settings: Settings, port: int) -> Iterator[None]:
    log = settings.processed / ".prefect" / "server.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("ab") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "prefect", "server", "start", "--host", "127.0.0.1", "--port", str(port)],
            stdout=output, stderr=output, start_new_session=True)
        try:
            say("Starting Prefect's server …")
            _wait_for_server(process, log)
            say(f"Prefect's pages: http://127.0.0.1:{port}")
            yield
        finally:
            process.terminate()
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()


@contextmanager
def _foreign_server() -> Iterator[None]:
    say(f"Prefect's server: {os.environ['PREFECT_API_URL']}")
    yield


def _wait_for_server(process: subprocess.Popen[bytes], log: Path) -> None:
    for _ in range(START_SECONDS * 2):
        if process.poll() is not None:
            break
        try:
            with urllib.request.urlopen(f"{os.environ['PREFECT_API_URL']}/health", timeout=2):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.5)
    raise TifaError("Prefect's server does not start", where=str(log), todo="Read its last lines; is the port taken? --port takes another.")


def _serve_once(settings: Settings, *, cron: str | None, interval: int | None, fetch: bool) -> None:
    """Register the deployments and carry out rounds until the runner gives up or the person stops it."""
    from prefect import serve as run_deployments
    from prefect.client.schemas.objects import ConcurrencyLimitConfig, ConcurrencyLimitStrategy
    from prefect.types.entrypoint import EntrypointType

    from flows.watch import watch

    strategy = ConcurrencyLimitStrategy.CANCEL_NEW if settings.overlap == "skip" else ConcurrencyLimitStrategy.ENQUEUE
    try:
        deployments = [
            watch.to_deployment(
                name, cron=cron if scheduled else None, interval=timedelta(seconds=interval) if scheduled and interval else None,
                parameters={"fetch": polls}, description=described, entrypoint_type=EntrypointType.MODULE_PATH,
                concurrency_limit=ConcurrencyLimitConfig(limit=1, collision_strategy=strategy))
            for name, scheduled, polls, described in (
                ("scheduled", True, fetch, "Poll the sources, refresh tables and report, tell who wants to know."),
                ("report", False, False, "Refresh tables and report without polling; `as_of` makes a report for an earlier day."))]
    except ValueError as error:
        raise TifaError(f"Prefect does not understand the schedule: {error}", where="--cron, --interval",
                        todo="Write five fields, e.g. --cron '0 6 * * *', or --interval with a number of seconds.") from error
    try:
        run_deployments(*deployments, limit=1, print_starting_message=False)
    except Exception as error:  # the server went away: Prefect's runner says so in many ways
        say(f"The runner lost its server ({type(error).__name__}).")
