"""The scheduled flow: fetch what the sources have published, refresh tables and report, tell who wants to know."""

from __future__ import annotations

from dataclasses import replace

from prefect import flow

from flows.summary import refresh_and_tell
from pipeline.settings import load_settings


@flow(name="tifa-watch", persist_result=False)
def watch(as_of: str | None = None, fetch: bool = True) -> str | None:
    """One round. Settings come from the working folder's tifa.toml and the environment, as for `tifa run`.

    as_of: day of the report (backfill); today when not given. fetch: whether to poll the sources first.
    Returns: the id of the run, None when it was skipped. Raises: whatever made it fail, after it was told.
    """
    settings = load_settings({"as_of": as_of})
    if settings.overlap == "fail":  # rounds on a schedule wait for a run that somebody started by hand
        settings = replace(settings, overlap="wait")
    if fetch:
        from flows.fetch import fetch_sources

        fetch_sources(settings)
    result = refresh_and_tell(settings)
    return result.run["run_id"] if result else None
