"""The command `tifa run` as people start it: under Prefect, again with nothing new, and without a server to reach."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.stages.test_refresh import ACT, PLAN, tables

pytestmark = pytest.mark.slow


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "raw").mkdir()
    (tmp_path / "raw" / "意见.txt").write_text(PLAN.format(number=3, month=3), encoding="utf-8")
    (tmp_path / "raw" / "act.txt").write_text(ACT, encoding="utf-8")
    (tmp_path / "raw" / "broken.pdf").write_bytes(b"%PDF-1.7\nnothing")
    return tmp_path


def run(root: Path, *options: str, **environment: str) -> subprocess.CompletedProcess[str]:
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("TIFA_", "PREFECT_"))}
    return subprocess.run([sys.executable, "-m", "flows.cli", "run", *options], cwd=root, capture_output=True, text=True,
                          encoding="utf-8", timeout=300, check=False,
                          env=clean | {"PYTHONPATH": str(Path(__file__).parents[2])} | environment)


def test_run_and_run_again(root: Path) -> None:
    first = run(root)
    assert first.returncode == 0, first.stderr
    assert "Starting Prefect" in first.stderr and "Report: reports/latest/index.html" in first.stderr
    assert first.stdout == ""
    assert (root / "processed" / ".prefect").is_dir(), "Prefect keeps its files inside the project"
    before = tables(root)
    second = run(root, "--strict")
    assert second.returncode == 3, "with --strict a file set aside is a failure"
    assert "Nothing is new" in second.stderr
    after = tables(root)
    assert all(before[name].equals(after[name]) for name in before)


def test_the_work_does_not_need_the_server(root: Path) -> None:
    ended = run(root, PREFECT_API_URL="http://127.0.0.1:9/api", PREFECT_CLIENT_MAX_RETRIES="0")
    assert ended.returncode == 0, ended.stderr
    assert "goes on without it" in ended.stderr or "Report:" in ended.stderr
    assert len(tables(root)["documents"]) == 2


def test_a_second_run_at_once_is_told_who_is_writing(root: Path) -> None:
    from pipeline.turns import write_lock

    with write_lock(root / "processed", holder="tifa run of somebody"):
        ended = run(root)
    assert ended.returncode == 1 and "somebody" in ended.stderr and "Traceback" not in ended.stderr
