"""What a person sees while a run goes on: one bar per stage on a terminal, plain lines elsewhere. All of it on stderr."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

console = Console(stderr=True, highlight=False, soft_wrap=True)


def now() -> str:
    """The time as ISO 8601 UTC, to the second."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def say(message: str) -> None:
    """One line for the person who runs the command."""
    console.print(message, markup=False)


class Bars:
    """Progress of one run (see `pipeline.stages.Progress`)."""

    def __init__(self) -> None:
        self._live = Progress(
            TextColumn("{task.description:<12}"), BarColumn(bar_width=32), MofNCompleteColumn(), TimeElapsedColumn(),
            console=console) if sys.stderr.isatty() else None
        self._tasks: dict[str, int] = {}
        self._plain: dict[str, tuple[int, int, float]] = {}

    def say(self, message: str) -> None:
        """One line for the person who runs the command."""
        say(message)

    def start(self, stage: str, total: int) -> None:
        if total and self._live:
            self._tasks[stage] = self._live.add_task(stage, total=total)
        elif total:
            self._plain[stage] = (0, total, time.monotonic())

    def advance(self, stage: str, steps: int) -> None:
        if self._live and stage in self._tasks:
            self._live.advance(self._tasks[stage], steps)
        elif stage in self._plain:
            done, total, began = self._plain[stage]
            self._plain[stage] = (done + steps, total, began)
            if done + steps >= total:
                say(f"{stage:<12} {total} done in {time.monotonic() - began:.1f} s")

    @contextmanager
    def shown(self) -> Iterator[Bars]:
        if self._live:
            with self._live:
                yield self
        else:
            yield self
