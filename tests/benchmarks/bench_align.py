"""Time and memory of the alignment: `python tests/benchmarks/bench_align.py`.

Invented sentences, 1,000 × 1,000 and 4,000 × 4,000 on one core, tokens included: time and memory must grow with
length × band, so four times the length may cost about four times as much, not sixteen.
"""

import random
import time
import tracemalloc

from pipeline.alignments.aligning import align_bags
from pipeline.alignments.evidence import bag_of_sentences
from pipeline.alignments.lexicon import Lexicon, seed_lexicon
from pipeline.knowledge import load_words


def invent(n: int, *, seed: int) -> tuple[list[str], list[str]]:
    """n sentence pairs of glossary terms and numbers; one in twenty split in two on the English side."""
    rng = random.Random(seed)
    glossary = [(str(term), str(words).split("|")[0]) for term, words in load_words("alignments")["glossary"].items()]
    zh, en = [], []
    for _ in range(n):
        terms, number = rng.sample(glossary, rng.randint(5, 9)), rng.randint(2, 9999)
        zh.append("、".join(term for term, _ in terms) + f"等{number}项工作。")
        words = [word for _, word in terms]
        if rng.random() < 0.05:
            en += [", ".join(words[:3]) + " were improved.", ", ".join(words[3:]) + f" made up {number} items."]
        else:
            en.append(", ".join(words) + f" and other work, {number} items in all.")
    return zh, en


def align(zh: list[str], en: list[str], lexicon: Lexicon) -> int:
    links = align_bags(bag_of_sentences(zh, "zh"), bag_of_sentences(en, "en"), [len(text) for text in zh],
                       [len(text) for text in en], lexicon)
    return len(links)


def measure(n: int) -> tuple[float, float]:
    """(CPU seconds, peak MB) of aligning n invented sentence pairs."""
    zh, en = invent(n, seed=n)
    lexicon = seed_lexicon()
    align(zh[:20], en[:20], lexicon)
    start = time.process_time()
    align(zh, en, lexicon)
    seconds = time.process_time() - start
    tracemalloc.start()
    align(zh, en, lexicon)
    peak = tracemalloc.get_traced_memory()[1] / 1e6
    tracemalloc.stop()
    return seconds, peak


if __name__ == "__main__":
    for size in (1000, 4000):
        cpu, peak = measure(size)
        print(f"{size} × {size} sentences: {cpu:.2f} s of one core, {peak:.0f} MB at the peak")
