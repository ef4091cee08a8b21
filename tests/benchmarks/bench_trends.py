"""How long the estimates take.

python tests/benchmarks/bench_trends.py [--documents N]: prints CPU and wall seconds of (1) all series of a report and
the whole claims ledger on 508 documents, (2) on N documents (default 10,000), and (3) 1,000 series of 2,000 resamples
each over the N documents, straight from the engine. Everything is synthetic and seeded.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[2]))

from pipeline.claims import evaluate_claims
from pipeline.estimates.intervals import design_effects, draw_weights, ratio_draws
from pipeline.trends import estimate_trends
from tests.trends.synthetic import Plan, make_tables

AS_OF = "2026-01-01"
YEARS = tuple(range(2010, 2026))


def timed(what: str, work: Callable[[], object]) -> None:
    """Run something and print how long it took."""
    wall, cpu = time.perf_counter(), time.process_time()
    found = work()
    print(f"{what:58s} {time.process_time() - cpu:7.1f} s CPU {time.perf_counter() - wall:7.1f} s wall  {found}")


def thousand_series(n_documents: int) -> int:
    """1,000 shares with 2,000 resamples each over all documents, intervals included."""
    generator = np.random.default_rng(1)
    bottoms = np.repeat(generator.integers(20, 200, n_documents)[:, None], 1000, axis=1).astype(float)
    tops = generator.binomial(bottoms.astype(int), 0.3).astype(float)
    weights = draw_weights(n_documents, n_draws=2000, seed=1, name="benchmark")
    drawn = ratio_draws(weights, tops, bottoms, scales=["share"] * 1000, design=design_effects(tops, bottoms), seed=1)
    low, high = drawn.bounds()
    return int((high > low).sum())


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--documents", type=int, default=10_000)
    documents = parser.parse_args().documents
    for size in (508, documents):
        tables = make_tables(Plan(n_documents=size, years=YEARS, lengths=90), seed=1)
        print(f"{size} documents, {len(tables['codes'])} body sentences")
        timed("  all series (rows of trends)", lambda tables=tables: len(estimate_trends(tables, as_of=AS_OF)))
        timed("  claims ledger (claims)", lambda tables=tables: len(evaluate_claims(tables, as_of=AS_OF)))
    timed(f"  1,000 series x 2,000 resamples, {documents} documents", lambda: thousand_series(documents))


if __name__ == "__main__":
    main()
