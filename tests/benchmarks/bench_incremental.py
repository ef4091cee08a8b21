"""One new document among many: CPU time of each step against the full run, and the same tables as a full rebuild.

python -m tests.benchmarks.bench_incremental [--documents 10000] [--raw FOLDER] [--rebuild]
"""

from __future__ import annotations

import argparse
import hashlib
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from pipeline.settings import Settings
from pipeline.stages import refresh
from pipeline.store import Store
from pipeline.tables import HISTORY, INTERNAL, TABLES
from tests.benchmarks.many_documents import make_documents

PER_DOCUMENT = ("documents", "sentences", "mentions", "codes")


class Silent:
    """Progress that nobody watches."""

    def say(self, message: str) -> None: ...
    def start(self, stage: str, total: int) -> None: ...
    def advance(self, stage: str, steps: int) -> None: ...


def cpu_s() -> float:
    """CPU seconds of this process and its finished children."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


def measured_run(raw: Path, out: Path, *, day: str, **options: Any) -> dict[str, float]:
    """One run without Prefect: CPU seconds by step and `all`; seconds of the clock as `<step> wall` and `wall`."""
    steps: dict[str, float] = {}

    def call(name: str, function: Callable[..., Any], *arguments: Any) -> Any:
        began, wall = cpu_s(), time.monotonic()
        answer = function(*arguments)
        step = name.partition("-")[0]
        steps[step] = steps.get(step, 0.0) + cpu_s() - began
        steps[f"{step} wall"] = steps.get(f"{step} wall", 0.0) + time.monotonic() - wall
        return answer

    began, wall = cpu_s(), time.monotonic()
    refresh(Settings(raw=raw, processed=out / "processed", reports=out / "reports", **options),
            clock=lambda: f"{day}T00:00:00+00:00", progress=Silent(), call=call)
    return steps | {"all": cpu_s() - began, "wall": time.monotonic() - wall}


def in_words(run: dict[str, float]) -> list[str]:
    """CPU seconds of the steps, and the wall clock of the whole."""
    return [f"{name} {value:.1f}" for name, value in run.items() if not name.endswith(" wall")]


def state_of(out: Path) -> dict[str, str]:
    """Digest of every table that is made from documents, and of every file of the report but those that name the run."""
    found = {}
    with Store(out / "processed" / "tifa.duckdb", read_only=True) as store:
        for table in sorted(TABLES.keys() - set(HISTORY) - set(INTERNAL)):
            frame = store.read(table)
            found[table] = hashlib.sha256(frame.to_json(orient="records", double_precision=15).encode()).hexdigest()
    latest = (out / "reports" / "latest").resolve()
    for path in sorted(latest.rglob("*")):
        if path.is_file() and path.name not in {"run.json"}:
            found[str(path.relative_to(latest))] = hashlib.sha256(path.read_bytes()).hexdigest()
    return found


def prefect_start(out: Path) -> tuple[float, float]:
    """CPU and wall seconds of a run under Prefect, in a process of its own, that finds nothing to do: its start and end."""
    (out / "empty").mkdir(exist_ok=True)
    measured_run(out / "empty", out / "start", day="2026-01-01")
    work = ("import sys; from pathlib import Path; from pipeline.settings import Settings; from flows.prefect_home import run_refresh; "
            "out = Path(sys.argv[1]); run_refresh(Settings(raw=out / 'empty', processed=out / 'start/processed', "
            "reports=out / 'start/reports'))")
    began, wall = cpu_s(), time.monotonic()
    subprocess.run([sys.executable, "-c", work, str(out)], check=True, stdout=subprocess.DEVNULL)
    return cpu_s() - began, time.monotonic() - wall


def load() -> str:
    """How busy the machine is: seconds measured on a busy one are too many."""
    return f"(load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores)"


def main() -> None:
    """Print both runs, the shares, and whether a full rebuild with the same history gives the same."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--documents", type=int, default=10_000)
    parser.add_argument("--raw", type=Path, help="measure on a copy of this folder instead of made documents")
    parser.add_argument("--rebuild", action="store_true", help="also rebuild everything with the same history and compare")
    parser.add_argument("--out", type=Path, default=None, help="keep everything here")
    options = parser.parse_args()
    out = options.out or Path(tempfile.mkdtemp(prefix="tifa-bench-"))
    raw = out / "raw"
    if options.raw:
        shutil.copytree(options.raw, raw)
    else:
        print(f"{options.documents} documents, {make_documents(raw, options.documents) / 1e6:.1f} MB")
    full = measured_run(raw, out, day="2026-01-01")
    print("full run, CPU s:      ", *in_words(full), load(), flush=True)
    make_documents(raw / "new", 1, first=10_000_019)
    if options.rebuild:
        shutil.copytree(out / "processed", out / "rebuilt" / "processed")
        shutil.copytree(out / "reports", out / "rebuilt" / "reports", symlinks=True)
    pages = {path.name: path.stat().st_ino for path in (out / "reports" / "latest" / "documents").glob("*.html")}
    one = measured_run(raw, out, day="2026-01-02")
    print("one new, CPU s:       ", *in_words(one), load(), flush=True)
    share = sum(one.get(name, 0.0) for name in PER_DOCUMENT) / sum(full[name] for name in PER_DOCUMENT)
    written = sum(pages.get(path.name) != path.stat().st_ino
                  for path in (out / "reports" / "latest" / "documents").glob("*.html"))
    print(f"per-document stages {share:.1%} of the full run; {written} of {len(pages) + 1} document pages written")
    start = prefect_start(out)
    print(f"Prefect's start, apart: CPU {start[0]:.1f} s, wall {start[1]:.1f} s {load()}", flush=True)
    if options.rebuild:
        measured_run(raw, out / "rebuilt", day="2026-01-02", full=True)
        mine, theirs = state_of(out), state_of(out / "rebuilt")
        differs = sorted(name for name in mine.keys() | theirs.keys() if mine.get(name) != theirs.get(name))
        print(f"{len(mine)} tables and files; different from the full rebuild: {differs or 'none'}")


if __name__ == "__main__":
    main()
