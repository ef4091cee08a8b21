"""Coverage of nominal 95 % intervals on planted truth, as a table.

python tests/benchmarks/check_coverage.py [--corpora N]: shares (5 to 60 documents), rare shares (15 to 60), shares corrected with
measured error rates, and pooled groups of 1 to 8 documents. Seeded; the slow tests hold the same to their limits.
"""

from __future__ import annotations

import argparse
import sys
from itertools import product
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from tests.trends.simulation import corrected_coverage, coverage, pooled_coverage


def line(what: str, found: list[float]) -> None:
    """Least, mean and greatest coverage of a group of settings."""
    print(f"{what:60s} {len(found):3d} settings  {min(found):.3f} – {sum(found) / len(found):.3f} – {max(found):.3f}")


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--corpora", type=int, default=1000)
    n_corpora = parser.parse_args().corpora
    plain = ((0.1, 0.05), (0.1, 0.1), (0.3, 0.05), (0.3, 0.1), (0.3, 0.2), (0.6, 0.1))
    for sizes in ((5, 8, 14), (15, 25, 60)):
        line(f"shares of 10 to 60 %, {sizes} documents", [
            coverage(n_documents=n, share=share, rho=rho, unequal=0.6, n_corpora=n_corpora)
            for n, (share, rho) in product(sizes, plain)])
    line("shares of 1 to 3 %, (15, 25, 40, 60) documents", [
        coverage(n_documents=n, share=share, rho=rho, unequal=0.6, n_corpora=n_corpora)
        for n, share, rho in product((15, 25, 40, 60), (0.01, 0.02, 0.03), (0.05, 0.1, 0.2))])
    for sizes in ((8,), (20, 60)):
        line(f"corrected shares of 10 and 30 %, {sizes} documents", [
            corrected_coverage(n_documents=n, share=share, sensitivity=0.82, specificity=0.93, n_labels=600,
                               n_corpora=n_corpora // 2) for n, share in product(sizes, (0.1, 0.3))])
    line("pooled groups of 1 to 8 documents", [
        pooled_coverage(n_groups=groups, most=8, mean=mean, between=between, rho=0.1, n_corpora=n_corpora // 8).covered
        for groups, (mean, between) in product((6, 20), ((0.05, 0.02), (0.2, 0.02), (0.2, 0.1), (0.4, 0.1), (0.4, 0.3)))])


if __name__ == "__main__":
    main()
