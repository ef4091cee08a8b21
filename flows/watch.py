"""The scheduled flow: fetch what the sources have published, refresh tables and report, tell who wants to know."""

from __future__ import annotations

from prefect import flow

from flows.prefect_home import run_refresh
from flows.summary import publish
from pipeline.settings import load_settings


@flow(name="tifa-watch", persist_result=False)
def watch(as_of: str | None = None, fetch: bool = True) -> list[str]:
    """One round. Settings come from the working folder's tifa.toml and the environment, as for `tifa run`.

    as_of: day of the report (backfill); today when not given. fetch: whether to poll the sources first.
    Returns: the lines of the run's summary. Raises: whatever made the run fail, after it was told.
    """
    settings = load_settings({"as_of": as_of})
    if fetch:
        from flows.fetch import fetch_sources

        fetch_sources(settings)
    return publish(settings, run_refresh)
