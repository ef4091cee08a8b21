"""A Prefect server, a work pool and a worker on loopback, for tests that let Prefect do its part."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parents[2]


def environment(home: Path, port: int) -> dict[str, str]:
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("TIFA_", "PREFECT_"))}
    return clean | {
        "PREFECT_HOME": str(home), "PREFECT_API_URL": f"http://127.0.0.1:{port}/api", "DO_NOT_TRACK": "1",
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false", "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1", "NO_COLOR": "1"}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def program(arguments: list[str], *, log: Path, folder: Path, settings: Mapping[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    """A program in its own process group, ended with all its children at the end."""
    with log.open("wb") as output:
        process = subprocess.Popen([sys.executable, "-m", *arguments], stdout=output, stderr=output, cwd=folder,
                                   env=dict(settings), start_new_session=True)
        try:
            yield process
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
            process.wait(30)


def wait_for_server(settings: Mapping[str, str], *, seconds: float = 150) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            with urllib.request.urlopen(f"{settings['PREFECT_API_URL']}/health", timeout=2):
                return
        except OSError:
            time.sleep(0.5)
    raise AssertionError("Prefect's server did not start in time")


def prefect(*arguments: str, folder: Path, settings: Mapping[str, str]) -> None:
    subprocess.run([sys.executable, "-m", "prefect", "--no-prompt", *arguments], cwd=folder, env=dict(settings), check=True,
                   capture_output=True, timeout=180)
