"""Two workers against one: the same tables, and how much sooner.

python -m tests.benchmarks.bench_workers [--mb 50] [--workers 2] [--dask ADDRESS]
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

from pipeline.store import Store
from pipeline.tables import HISTORY, INTERNAL, TABLES
from tests.benchmarks.bench_incremental import PER_DOCUMENT, load, measured_run
from tests.benchmarks.many_documents import make_documents


def different_tables(one: Path, other: Path) -> list[str]:
    """Names of the tables that are not equal."""
    with Store(one / "processed/tifa.duckdb", read_only=True) as first, Store(other / "processed/tifa.duckdb", read_only=True) as second:
        return [table for table in TABLES if table not in {*HISTORY, *INTERNAL} and not first.read(table).equals(second.read(table))]


def main() -> None:
    """Print seconds of both runs, their ratio, and which tables differ."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--mb", type=float, default=50.0)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--dask")
    options = parser.parse_args()
    out = Path(tempfile.mkdtemp(prefix="tifa-workers-"))
    size, first = 0, 0
    while size < options.mb * 1e6:
        size += make_documents(out / "raw", 500, first=first, paragraphs=60, english=0.0)
        first += 500
    chosen = {"dask": options.dask} if options.dask else {"workers": options.workers}
    runs = [measured_run(out / "raw", out / name, day="2026-01-01", **given) for name, given in (("one", {}), ("many", chosen))]
    print(f"{first} documents, {size / 1e6:.1f} MB")
    for name, run in zip(("one process", f"{chosen}"), runs, strict=True):
        print(f"{name:<16} CPU {run['all']:.0f} s, wall:", *(f"{step.removesuffix(' wall')} {value:.0f}" for step, value in run.items()
                                                              if step.endswith("wall")), load())
    stages = [sum(run[f"{step} wall"] for step in PER_DOCUMENT) for run in runs]
    print(f"speed-up of the stages by document {stages[0] / stages[1]:.2f}, of the whole run {runs[0]['wall'] / runs[1]['wall']:.2f}; "
          f"different tables: {different_tables(out / 'one', out / 'many') or 'none'}")


if __name__ == "__main__":
    main()
