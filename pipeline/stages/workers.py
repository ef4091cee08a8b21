"""Where the batches of a run are computed: in this process, in processes of this machine, or on a Dask cluster.

Workers get rows and return rows; only this process writes. So the result is the same whoever computes, and a worker that
is lost costs its batches again and nothing else. Workers live as long as the run and load models once.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import BrokenExecutor, Executor, ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context
from typing import Any

from pipeline.errors import TifaError
from pipeline.settings import Settings

TRIES = 3       # a batch that ends three workers is at fault itself
CONNECT_SECONDS = 20
AHEAD = 2       # batches in work per worker, so that none waits while this process writes


class Workers:
    """`n` workers; `map` as the built-in one, in order, with lost workers replaced."""

    def __init__(self, n: int, start: Callable[[], Executor] | None) -> None:
        self.n, self._start = n, start
        self._executor = start() if start else None

    @property
    def group(self) -> int:
        """Batches to hand over at once."""
        return 1 if self._executor is None else self.n * AHEAD

    @property
    def far(self) -> bool:
        """Whether batches are computed in other processes."""
        return self._executor is not None

    def map(self, function: Callable[..., Any], *columns: Sequence[Any]) -> Iterator[Any]:
        """function(column[0][i], column[1][i], …) for every i, in order. Raises: BrokenExecutor after TRIES lost workers."""
        rows = list(zip(*columns, strict=True))
        if self._executor is None or self._start is None:
            yield from (function(*row) for row in rows)
            return
        done, lost = 0, 0
        while done < len(rows):
            try:
                for answer in self._executor.map(function, *zip(*rows[done:], strict=True)):
                    yield answer
                    done += 1
            except BrokenExecutor:
                lost += 1
                self._executor.shutdown(wait=False, cancel_futures=True)
                self._executor = self._start()
                if lost == TRIES:
                    raise

    def close(self) -> None:
        """Let the workers go."""
        if self._executor is not None:
            self._executor.shutdown(wait=True, cancel_futures=True)


@contextmanager
def start_workers(settings: Settings) -> Iterator[Workers]:
    """The workers that the settings ask for. Raises: TifaError when the Dask cluster cannot be used."""
    if settings.dask is not None:
        with _cluster(settings.dask) as (n, executor):
            yield Workers(n, lambda: executor)
        return
    context = get_context("spawn")
    workers = Workers(settings.workers, None if settings.workers == 1 else
                      lambda: ProcessPoolExecutor(settings.workers, mp_context=context))
    try:
        yield workers
    finally:
        workers.close()


@contextmanager
def _cluster(address: str) -> Iterator[tuple[int, Executor]]:
    """Number of threads and executor of an existing Dask cluster; a task whose worker is lost is given to another."""
    try:
        distributed: Any = importlib.import_module("distributed")
    except ImportError as error:
        raise TifaError("Dask is not installed", where=f"--dask {address}", todo="Install tifa[dask].") from error
    try:
        client = distributed.Client(address, timeout=CONNECT_SECONDS)
    except (OSError, ValueError) as error:
        raise TifaError(f"There is no Dask scheduler: {error}", where=f"--dask {address}",
                        todo="Start it with `dask scheduler`, and workers with `dask worker ADDRESS --nthreads 1`.") from error
    with client:
        n = sum(client.ncores().values())
        if not n:
            raise TifaError("The Dask cluster has no workers", where=f"--dask {address}",
                            todo="Start some with `dask worker ADDRESS --nthreads 1`.")
        yield n, client.get_executor(pure=False, retries=TRIES - 1)
