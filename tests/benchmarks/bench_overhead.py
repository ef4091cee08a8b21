"""What orchestration adds: CPU of a run under Prefect, with its logging and manifest, against the plain steps alone.

python -m tests.benchmarks.bench_overhead [--mb 100]
"""

from __future__ import annotations

import argparse
import tempfile
import time
from pathlib import Path

from flows.prefect_home import run_refresh
from pipeline.settings import Settings
from tests.benchmarks.bench_incremental import cpu_s, measured_run
from tests.benchmarks.many_documents import make_documents


def main() -> None:
    """Print CPU seconds of the steps, of the plain run, of the run under Prefect, and of Prefect's start alone."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--mb", type=float, default=100.0)
    options = parser.parse_args()
    out = Path(tempfile.mkdtemp(prefix="tifa-overhead-"))
    size, first = 0, 0
    while size < options.mb * 1e6:
        size += make_documents(out / "raw", 500, first=first, paragraphs=60, english=0.0)
        first += 500
    plain = measured_run(out / "raw", out / "plain", day="2026-01-01")
    steps = sum(value for name, value in plain.items() if name != "all" and not name.endswith("wall"))
    began, wall = cpu_s(), time.monotonic()
    under = Settings(raw=out / "raw", processed=out / "flow" / "processed", reports=out / "flow" / "reports")
    run_refresh(under)
    whole = cpu_s() - began
    print(f"{size / 1e6:.1f} MB, {first} documents; under Prefect {time.monotonic() - wall:.0f} s wall")
    began = cpu_s()
    run_refresh(under)      # nothing is new: what is left is Prefect's start and the manifest
    start = cpu_s() - began
    print(f"CPU s: steps {steps:.1f}, plain run {plain['all']:.1f}, under Prefect {whole:.1f}, of it a run with nothing new {start:.1f}")
    print(f"overhead {(whole - steps) / whole:.1%} of the CPU of the run under Prefect")


if __name__ == "__main__":
    main()
