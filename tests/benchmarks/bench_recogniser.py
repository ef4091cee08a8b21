"""What the recogniser of names costs: the mentions of a folder of documents by rules alone, with it, and with its answers kept.

Run: python tests/benchmarks/bench_recogniser.py [RAW] [N]   (RAW: a folder of documents, default raw/sample; N: at most so
many of them, default 40). The networks are of the size that `tifa train --names` makes and know next to nothing, which
changes their speed little. Processor time of one process; prints seconds, sentences read and the ratio to the rules alone.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd

from pipeline import documents, sentences
from pipeline.keeping import Keep, fresh
from pipeline.knowledge import use_models
from pipeline.mentions import find_mentions, use_recogniser
from pipeline.mentions.recogniser_training import N_NETWORKS, Labelled, fit, write_recogniser


def remembering(known: dict[str, Any]) -> Keep:
    """Answers from a dictionary."""
    def keep(key: str, make: Callable[[], Any]) -> Any:
        if key not in known:
            known[key] = make()
        return known[key]

    return keep


def seconds(texts: pd.DataFrame, split: pd.DataFrame, keep: Keep) -> float:
    start = time.process_time()
    find_mentions(texts, split, keep=keep)
    return time.process_time() - start


def write_networks(folder: Path) -> None:
    for lang, text, name in (("zh", "由云雀承建。", "云雀"), ("en", "It was built by Velstar.", "Velstar")):
        rows = [Labelled(text, "made", ((name, "ORG"),))]
        write_recogniser([fit(rows, lang, seed=seed, epochs=20) for seed in range(N_NETWORKS)], lang, {"ORG": N_NETWORKS}, {}, folder)


def main(models: Path, raw: Path, n: int) -> None:
    write_networks(models)
    files = [file for file in documents.walk(raw) if not file.outcome]
    every = max(1, len(files) // n)
    texts = pd.DataFrame([row for read in documents.read_files(raw, files[::every][:n]) for row in read.document_rows])
    split = sentences.split_documents(texts)
    seconds(texts[:2], split, fresh)
    rules = seconds(texts, split, fresh)
    use_models(models)
    use_recogniser("spacy")
    seconds(texts[:2], split, fresh)  # loads the networks
    known: dict[str, Any] = {}
    first, again = (seconds(texts, split, remembering(known)) for _ in range(2))
    print(f"{len(texts)} documents, {len(split)} sentences, of which {len(known)} different ones are read")
    for name, spent in (("rules alone", rules), ("with the recogniser", first), ("with its answers kept", again)):
        print(f"{name:22} {spent:7.2f} s   {spent / rules:5.1f} times the rules alone")


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        main(Path(folder), Path((sys.argv[1:] or ["raw/sample"])[0]), int((sys.argv[2:] or ["40"])[0]))
