"""Prefect's server is killed while a run is under way: the tables and the report are complete, and the run is recorded."""

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from pipeline.store import Store
from tests.flows.prefect_server import ROOT, environment, free_port, program, wait_for_server

pytestmark = pytest.mark.slow


def test_the_server_may_die_during_a_run(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "raw" / "sample", tmp_path / "raw")
    settings = environment(tmp_path / "home", free_port())
    server = ["prefect", "server", "start", "--host", "127.0.0.1", "--port", settings["PREFECT_API_URL"].split(":")[2].split("/")[0]]
    with program(server, log=tmp_path / "server.log", folder=tmp_path, settings=settings) as process:
        wait_for_server(settings)
        run = subprocess.Popen([sys.executable, "-m", "flows.cli", "run"], cwd=tmp_path, stderr=subprocess.PIPE, text=True,
                               encoding="utf-8", env=settings | {"PREFECT_CLIENT_MAX_RETRIES": "1"})
        assert run.stderr
        said = []
        for line in run.stderr:
            said.append(line)
            if line.startswith("documents") and process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
        assert run.wait(600) == 0, "".join(said)
        run.stderr.close()
    with Store(tmp_path / "processed" / "tifa.duckdb", read_only=True) as store:
        assert list(store.read("runs")["state"]) == ["completed"]
        assert len(store.read("documents")) > 40
        assert len(store.read("trends")) > 100
    assert (tmp_path / "reports" / "latest" / "index.html").is_file()
