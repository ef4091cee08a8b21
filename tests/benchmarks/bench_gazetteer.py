"""Speed of the gazetteer at 20,000 names against `grep -F -o` on the same text.

Run: python tests/benchmarks/bench_gazetteer.py [TEXT FILE]. Without a file, a text of 8 MB is made of registry names and
filler. Both have their output kept: grep that writes to /dev/null stops at the first hit, which is no search at all
(it made an earlier version of this benchmark measure grep's start-up). Both must report the same surfaces, in the same
order. grep's time on an empty text (reading its names) is taken off, as is the building of the automaton. Prints
megabytes a second of each and their ratio; exits 1 when the ratio is below 0.5 or the hits differ.
"""

from __future__ import annotations

import os
import random
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from pipeline.knowledge import load_registry
from pipeline.mentions.gazetteer import build_automaton, find_keys, find_names, fold

N_NAMES = 20_000
N_CHARS = 3_000_000
FILLER = "为了促进样例产业健康有序推进完善相关制度加强统筹协调形成合力提升水平保障权益组织实施分类指导"


def made_names(rng: random.Random) -> list[str]:
    """Registry names, filled up with invented ones of three to ten characters."""
    names = dict.fromkeys(fold(name.text) for _, _, name in load_registry().names())
    while len(names) < N_NAMES:
        names["".join(rng.choices(FILLER, k=rng.randint(3, 10)))] = None
    return list(names)


def made_text(names: list[str], rng: random.Random) -> str:
    parts, size = [], 0
    while size < N_CHARS:
        part = "".join(rng.choices(FILLER, k=40)) + rng.choice(names) + "。\n"
        parts.append(part)
        size += len(part)
    return "".join(parts)


def best_of(runs: int, work: Callable[[], object]) -> float:
    """Least seconds of processor time, this process and its children: other work on the machine does not count."""
    times = []
    for _ in range(runs):
        before = os.times()
        work()
        times.append(sum(os.times()[:4]) - sum(before[:4]))
    return min(times)


def grep_time(names: list[str], text: str, folder: Path) -> tuple[float, list[str]]:
    """Seconds of `grep -F -o`, start-up taken off, and the surfaces it found. The text is folded already."""
    patterns, target, empty, found = (folder / name for name in ("names", "text", "empty", "found"))
    patterns.write_text("\n".join(names), encoding="utf-8")
    target.write_text(text, encoding="utf-8")
    empty.touch()

    def search(searched: Path) -> None:
        with found.open("wb") as out:
            subprocess.run(["grep", "-F", "-o", "-f", str(patterns), str(searched)], stdout=out, check=False)

    idle = best_of(3, lambda: search(empty))
    busy = best_of(3, lambda: search(target))
    return busy - idle, found.read_text(encoding="utf-8").splitlines()


def main(arguments: list[str]) -> int:
    rng = random.Random(0)
    names = made_names(rng)
    text = Path(arguments[0]).read_text(encoding="utf-8") if arguments else made_text(names, rng)
    size = len(text.encode()) / 1e6
    automaton = build_automaton(names)
    key = "\n".join(map(fold, text.split("\n")))  # grep works by line
    sum(1 for _ in find_names(text[:100]))
    with tempfile.TemporaryDirectory() as folder:
        grep, surfaces = grep_time(names, key, Path(folder))
    ours = best_of(3, lambda: find_keys(automaton, fold(text)))
    whole = best_of(3, lambda: sum(1 for _ in find_names(text)))
    same = surfaces == [key[start:end] for _, start, end in find_keys(automaton, key)]
    print(f"text {size:.1f} MB, {len(names)} names, {len(surfaces)} hits, {'the same' if same else 'DIFFERENT'} in both")
    print(f"grep -F -o                         {size / grep:8.1f} MB/s")
    print(f"gazetteer, fold and search         {size / ours:8.1f} MB/s, {grep / ours:.2f} of grep")
    print(f"registry names with boundary rules {size / whole:8.1f} MB/s, {grep / whole:.2f} of grep")
    return 0 if same and grep / ours >= 0.5 else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
