"""Whoever computes the batches, the rows are the same; a worker that is killed costs its batches again."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import BrokenExecutor
from pathlib import Path

import pandas as pd
import pytest

from pipeline.errors import TifaError
from pipeline.settings import Settings
from pipeline.stages import workers
from pipeline.stages.workers import start_workers
from tests.stages.test_refresh import root, run, tables

__all__ = ["root"]


def square(number: int, folder: str, deaths: int) -> int:
    """The square; the first `deaths` times that 3 is asked for, the worker is killed instead."""
    died = sorted(Path(folder).glob("died-*"))
    if number == 3 and len(died) < deaths:
        (Path(folder) / f"died-{len(died)}").touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return number * number


def squares(folder: Path, *, workers: int, deaths: int) -> list[int]:
    with start_workers(Settings(workers=workers)) as pool:
        return list(pool.map(square, range(6), [str(folder)] * 6, [deaths] * 6))


@pytest.mark.parametrize(("workers", "deaths", "reason"), [
    (1, 0, "in this process"), (2, 0, "two processes, in order"), (2, 1, "one is killed: its batch is done again")])
def test_in_order_whoever_computes(tmp_path: Path, workers: int, deaths: int, reason: str) -> None:
    assert squares(tmp_path, workers=workers, deaths=deaths) == [0, 1, 4, 9, 16, 25], reason


@pytest.mark.slow
def test_what_kills_every_worker_is_at_fault_itself(tmp_path: Path) -> None:
    with pytest.raises(BrokenExecutor):
        squares(tmp_path, workers=2, deaths=99)


def test_no_cluster_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("distributed", reason="the extra dask is not installed")
    monkeypatch.setattr(workers, "CONNECT_SECONDS", 1)
    with pytest.raises(TifaError, match="no Dask scheduler") as found, start_workers(Settings(dask="tcp://127.0.0.1:9")):
        pass
    assert "dask scheduler" in str(found.value)


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[tuple[str, list[subprocess.Popen[bytes]]]]:
    """A scheduler and two workers of one thread on loopback."""
    pytest.importorskip("distributed", reason="the extra dask is not installed")
    address = "tcp://127.0.0.1:48786"
    environment = os.environ | {"PYTHONPATH": str(Path(__file__).parents[2]), "OMP_NUM_THREADS": "1"}

    def start(*command: str) -> subprocess.Popen[bytes]:
        return subprocess.Popen([sys.executable, "-m", "distributed.cli." + command[0], *command[1:]], env=environment,
                                cwd=tmp_path, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    started = [start("dask_scheduler", "--host", "127.0.0.1", "--port", "48786", "--no-dashboard")]
    started += [start("dask_worker", address, "--nthreads", "1", "--no-nanny", "--no-dashboard") for _ in range(2)]
    from distributed import Client

    try:
        with Client(address, timeout="60s") as client:
            client.wait_for_workers(2, timeout=120)
        yield address, started[1:]
    finally:
        for process in started:
            process.kill()
            process.wait()


@pytest.mark.slow
def test_a_cluster_writes_the_same_rows(root: Path, cluster: tuple[str, list[subprocess.Popen[bytes]]]) -> None:
    address, workers = cluster
    run(root)
    run(root, name="far", dask=address, batch_documents=1)
    one = tables(root)
    for table, rows in tables(root, "far").items():
        pd.testing.assert_frame_equal(one[table], rows, obj=table)

    def lose_one(name: str, function: object, *arguments: object) -> object:
        if name.startswith("mentions"):
            workers[0].kill()
        return function(*arguments)  # type: ignore[operator]

    run(root, name="lost", dask=address, batch_documents=1, call=lose_one)
    for table, rows in tables(root, "lost").items():
        pd.testing.assert_frame_equal(one[table], rows, obj=f"{table}, after a worker was lost")
