"""Prefect, set up for one project on one machine before it is imported: its files inside the project, no telemetry.

The work never depends on Prefect's server: when the server cannot start, or dies during a run whose tables are
complete, the run still counts.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from flows.progress import say
from pipeline.settings import Settings

if TYPE_CHECKING:
    from pipeline.stages import RunResult

DEFAULTS = {
    "DO_NOT_TRACK": "1",
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    "PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS": "120",   # a first start takes 14–18 s against a default of 20
    "PREFECT_LOGGING_LEVEL": "WARNING",
    "PREFECT_LOGGING_TO_API_ENABLED": "false",
    "PREFECT_SERVER_LOGGING_LEVEL": "ERROR",
    "PREFECT_CLI_COLORS": "false",
}


def prepare(settings: Settings) -> None:
    """Set Prefect's environment; what the user has set already stays."""
    os.environ.setdefault("PREFECT_HOME", str((settings.processed / ".prefect").absolute()))
    for name, value in DEFAULTS.items():
        os.environ.setdefault(name, value)


def run_refresh(settings: Settings) -> RunResult:
    """The refresh flow under Prefect. Raises: whatever made the work itself fail."""
    settings.processed.mkdir(parents=True, exist_ok=True)
    prepare(settings)
    from flows import refresh

    finished: list[RunResult] = []
    try:
        refresh.refresh(settings, finished)
    except Exception as error:
        if not finished:
            raise
        say(f"Prefect reported a problem after the work was done ({type(error).__name__}); the tables are complete.")
    return finished[0]
