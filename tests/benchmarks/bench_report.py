"""How large a report is and how long it takes.

python tests/benchmarks/bench_report.py [--documents N] [--sentences M]: N documents (default 10,000) of about M sentences
each (default 20), recombined from a few invented sentences. Prints the size of index.html, seconds for a first report, and
for a second one after ten documents changed: its seconds as a ratio of the first, and how many pages it wrote anew.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from pipeline.reports import page
from tests.reports.conftest import write_made_report
from tests.reports.fixtures.made_tables import make_tables

CHANGED = 10


def main(n_documents: int, n_sentences: int) -> None:
    """Two reports, the second after CHANGED documents have another title."""
    tables = make_tables(n_documents, mean_sentences=n_sentences)
    page.vega_bundle()
    with tempfile.TemporaryDirectory() as folder:
        first, second = Path(folder) / "first", Path(folder) / "second"
        start = time.perf_counter()
        index = write_made_report(tables, first).index
        once = time.perf_counter() - start
        titles = tables["documents"]["title"].copy()
        titles.iloc[20:20 + CHANGED] = [f"另一标题{number}" for number in range(CHANGED)]
        changed = {**tables, "documents": tables["documents"].assign(title=titles)}
        start = time.perf_counter()
        write_made_report(changed, second, context={"versions": {"tifa": "0"}, "previous_report": first})
        again = time.perf_counter() - start
        new = [path for path in (second / "documents").glob("*.html") if path.stat().st_nlink == 1]
        print(f"{n_documents:,} documents, {len(tables['sentences']):,} sentences: index.html {index.stat().st_size / 1e6:.1f} MB; "
              f"first report {once:.1f} s, {1000 * once / n_documents:.2f} ms a document")
        print(f"after {CHANGED} changed documents: {again / once:.2f} of the time, {len(new)} pages written anew "
              f"(the changed ones, and those that link to them)")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--documents", type=int, default=10_000)
    parser.add_argument("--sentences", type=int, default=20)
    given = parser.parse_args()
    main(given.documents, given.sentences)
