"""Prefect, set up for one project on one machine before it is imported: its files inside the project, no telemetry.

The work never depends on Prefect's server: when the server cannot start, or dies during a run whose tables are
complete, the run still counts.
"""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from flows.progress import Bars, now, say
from pipeline.settings import Settings

if TYPE_CHECKING:
    from pipeline.stages import RunResult

DEFAULTS = {
    "DO_NOT_TRACK": "1",
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    "PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS": "120",   # a first start takes 14–18 s against a default of 20
    "PREFECT_LOGGING_LEVEL": "CRITICAL",                         # the command says itself what went wrong
    "PREFECT_LOGGING_INTERNAL_LEVEL": "CRITICAL",
    "PREFECT_CLIENT_MAX_RETRIES": "2",                           # a lost server costs seconds, not minutes, a call
    "PREFECT_LOGGING_TO_API_ENABLED": "false",
    "PREFECT_SERVER_LOGGING_LEVEL": "CRITICAL",
    "PREFECT_CLI_COLORS": "false",
}


def prepare(settings: Settings) -> None:
    """Set Prefect's environment; what the user has set already stays."""
    os.environ.setdefault("PREFECT_HOME", str((settings.processed / ".prefect").absolute()))
    for name, value in DEFAULTS.items():
        os.environ.setdefault(name, value)


OF_PREFECT = ("prefect", "httpx", "httpcore", "anyio", "websockets", "sqlalchemy", "aiosqlite")


def run_refresh(settings: Settings) -> RunResult:
    """The refresh flow under Prefect, or without it when its server cannot be reached.

    Raises: whatever made the work itself fail; the tables are as they were then.
    """
    settings.processed.mkdir(parents=True, exist_ok=True)
    if "prefect" not in sys.modules:
        say("Starting Prefect; this takes about 15 seconds the first time …")
    prepare(settings)
    began: list[str] = []
    finished: list[RunResult] = []
    try:
        from flows.refresh import refresh

        refresh(settings, began, finished)
    except Exception as error:
        if finished:
            say(f"Prefect reported a problem after the work was done ({type(error).__name__}); the tables are complete.")
        elif not began or type(error).__module__.partition(".")[0] in OF_PREFECT:
            say(f"Prefect's server cannot be reached ({type(error).__name__}); the run goes on without it.")
            finished.append(run_without_prefect(settings))
        else:
            raise
    return finished[0]


def run_without_prefect(settings: Settings) -> RunResult:
    """The same run with nothing recorded in Prefect; goes on where an interrupted one stopped."""
    from pipeline.stages import refresh

    with Bars().shown() as bars:
        return refresh(settings, clock=now, progress=bars)
