"""The fetch flow: every source a Prefect task with a retry; the work itself is `pipeline.sources`."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from prefect import flow, task
from prefect.cache_policies import NO_CACHE
from prefect.task_runners import ThreadPoolTaskRunner

from flows.polls import AT_ONCE, Job, choose, describe, make_jobs
from flows.progress import now, say
from pipeline.settings import Settings
from pipeline.sources import Report

RETRY_SECONDS = 60


class SourceFailed(Exception):
    """A list could not be read, but may be in a minute; makes Prefect try the source again."""


def _may_recover(task: Any, run: Any, state: Any) -> bool:
    return isinstance(state.result(raise_on_failure=False), SourceFailed)


@task(cache_policy=NO_CACHE, persist_result=False, task_run_name="fetch {name}", retries=1, retry_delay_seconds=RETRY_SECONDS,
      retry_condition_fn=_may_recover)
def poll(name: str, work: Callable[[], Report]) -> None:
    """One source; its report goes where `work` puts it."""
    report = work()
    if report.may_recover:
        raise SourceFailed(describe(report))


def _keep(name: str, work: Callable[[], Report], finished: dict[str, Report]) -> Report:
    report = work()
    if name in finished:
        report.add_earlier(finished[name])
    finished[name] = report
    return report


@flow(name="tifa-fetch", persist_result=False, validate_parameters=False, task_runner=ThreadPoolTaskRunner(max_workers=AT_ONCE))
def fetch_flow(jobs: list[Job], began: list[str], finished: dict[str, Report]) -> None:
    """Poll sources, several at a time. began: receives the time. finished: receives each source's report by name.

    A source that cannot be polled stops nothing. Raises: what a source raised that is no trouble of the network.
    """
    began.append(now())
    calls = [poll.submit(name, partial(_keep, name, work, finished)) for name, work in jobs]
    for call in calls:
        found = call.result(raise_on_failure=False)
        if isinstance(found, Exception) and not isinstance(found, SourceFailed):
            raise found


def fetch_sources(settings: Settings) -> list[Report]:
    """Poll every source as part of another flow, and say one line of each; a source that fails stops nothing."""
    finished: dict[str, Report] = {}
    fetch_flow(make_jobs(settings, choose(settings, [])), [], finished)
    reports = [finished[name] for name in sorted(finished)]
    for report in reports:
        say(describe(report))
    return reports
