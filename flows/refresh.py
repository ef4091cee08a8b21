"""The refresh flow: the library's run with every step (one per stage and batch) as a Prefect task."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import BrokenExecutor
from functools import partial
from typing import Any

from prefect import flow, task
from prefect.cache_policies import NO_CACHE
from prefect.client.schemas.objects import State

from flows.artifacts import ShownProgress
from flows.progress import now
from pipeline.settings import Settings
from pipeline.stages import RunResult
from pipeline.stages import refresh as run_once


def is_passing(task: object, run: object, state: State[Any]) -> bool:
    """Whether a step failed for a reason that may have gone when it is tried again: a lost worker or file system."""
    try:
        state.result(raise_on_failure=True)
    except (OSError, BrokenExecutor):
        return True
    except Exception:
        return False
    return False


@task(cache_policy=NO_CACHE, persist_result=False, task_run_name="{name}", retries=2, retry_delay_seconds=5,
      retry_condition_fn=is_passing)
def step(name: str, work: Callable[[], Any]) -> Any:
    """One stage for one batch. Steps pass ids and paths; rows go through the database."""
    return work()


@flow(name="tifa-refresh", persist_result=False, validate_parameters=False)
def refresh(settings: Settings, began: list[str], finished: list[RunResult]) -> None:
    """Bring tables and report up to date with the raw folder.

    began: receives the time at which the work began. finished: receives the result as soon as tables and report are
    complete, whatever becomes of the flow after that.
    """
    began.append(now())
    progress = ShownProgress()
    with progress.shown():
        finished.append(run_once(
            settings, clock=now, progress=progress,
            call=lambda name, function, *arguments: step(name, partial(function, *arguments))))
    progress.show_result(finished[0])
