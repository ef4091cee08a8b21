"""How many documents and MB a second are read from a folder, beside the plain way: the same libraries, no facts.

Run: python -m tests.benchmarks.bench_documents [FOLDER] [N]   (default: 120 documents of the material folder's train split)
The plain way is trafilatura for HTML, pypdfium2 for PDF, open().read() for the rest; both run in this order in one
process, one core; `whole` adds what read_files costs: killable processes, limits, hashing. Wall time, best of two.
"""

from __future__ import annotations

import csv
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pypdfium2
import trafilatura

from pipeline.documents import read_file, read_files, walk
from pipeline.errors import SetAside

MATERIAL = Path(__file__).parents[3] / "shared" / "policy"
N_DOCUMENTS = 120
REPEAT = 2


def chosen(folder: Path, n: int) -> list[Path]:
    """Every k-th file of the folder; of the material folder, only of documents that may be looked at."""
    listed = folder / "manifest.csv"
    if listed.is_file():
        with listed.open(encoding="utf-8", newline="") as handle:
            files = [folder / row["file"] for row in csv.DictReader(handle) if row["split"] == "train"]
    else:
        files = sorted(path for path in folder.rglob("*") if path.is_file() and not path.name.endswith(".meta.yml"))
    return files[::max(1, len(files) // n)][:n]


def plain(path: Path) -> int:
    """Letters the plain way gets; it knows no titles, dates or issuers, and a bad file ends it."""
    kind = path.suffix.lower()
    if kind == ".pdf":
        return sum(len(page.get_textpage().get_text_range()) for page in pypdfium2.PdfDocument(path.read_bytes()))
    text = path.read_text(encoding="utf-8", errors="replace")
    return len((trafilatura.extract(text) or "") if kind in {".html", ".htm"} else text)


def ours(path: Path) -> int:
    """Letters of the documents of a file, with all their facts."""
    try:
        rows = read_file(path, rel_path=path.name, sidecar=None, sha256="0" * 64)
    except SetAside:
        return 0
    return sum(int(str(row["n_chars"])) for row in rows)


def seconds(work: Callable[[], object]) -> float:
    """Least wall time of several runs, after one to warm up on nothing else."""
    spent = []
    for _ in range(REPEAT):
        start = time.perf_counter()
        work()
        spent.append(time.perf_counter() - start)
    return min(spent)


def main(folder: Path, n: int) -> None:
    files = chosen(folder, n)
    size = sum(path.stat().st_size for path in files) / 1e6
    taken = set(files)
    seen = [file for file in walk(folder) if file.os_path in taken]
    ours(files[0])
    spent = {"plain": seconds(lambda: [plain(path) for path in files]), "with facts": seconds(lambda: [ours(path) for path in files]),
             "whole": seconds(lambda: list(read_files(folder, seen)))}
    print(f"{len(files)} files, {size:.1f} MB")
    for name, wall in spent.items():
        ratio = wall / spent["plain"]
        print(f"{name:>10}: {len(files) / wall:7.1f} documents/s {size / wall:7.2f} MB/s; plain is {ratio:.1f} times as fast")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else MATERIAL, int(sys.argv[2]) if len(sys.argv) > 2 else N_DOCUMENTS)
