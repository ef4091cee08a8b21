"""How good the found formulations and echoes are, how many listed ones are found again, and how time grows.

    python tests/benchmarks/quality_formulations.py processed [--large]

Precision is that of the judged samples (tests/golden); of each it says how many are still reported from these tables.
--large: also 10,000 documents made of the sentences of these, drawn anew.
"""

import argparse
import time
from pathlib import Path

import numpy as np
import pandas as pd
from scipy import stats

from pipeline import open_corpus
from pipeline.estimates.formulations import load_formulations
from pipeline.estimates.material import Material, prepare_material
from pipeline.estimates.universe import select_documents, universe_by_name
from pipeline.estimates.words import Words, read_words
from pipeline.text import match_key
from pipeline.trends.discovery import CRITERIA, discover
from pipeline.trends.strings import Texts
from pipeline.trends.uses import describe, discovered_uses, given_uses

GOLDEN = Path(__file__).parent.parent / "golden"
TABLES = ("documents", "sentences", "codes", "mentions")


def share(hits: int, size: int) -> str:
    """Hits of size with the Wilson interval."""
    low, high = stats.binomtest(hits, size).proportion_ci(method="wilson")
    return f"{hits}/{size} = {hits / size:.0%} ({low:.0%}–{high:.0%})"


def precision(formulations: pd.DataFrame, echoes: pd.DataFrame) -> None:
    judged = pd.read_csv(GOLDEN / "formulations_judged.csv")
    found = set(zip(formulations["universe"], formulations["wording"], strict=True))
    for (lang, sample), rows in judged.groupby(["lang", "sample"]):
        kept = rows[[pair in found for pair in zip(rows["universe"], rows["wording"], strict=True)]]
        print(f"formulations {lang} sample {sample}: {share(int(rows['is_formulation'].sum()), len(rows))}; still reported "
              f"{len(kept)}, of them {int(kept['is_formulation'].sum())}")
    read = pd.read_csv(GOLDEN / "echoes_judged.csv")
    keys = ["doc_id", "sent_no", "source_doc_id"]
    kept = read.merge(echoes[keys].drop_duplicates(), on=keys)
    print(f"echoes: {share(int(kept['is_echo'].sum()), len(kept))} of the judged ones that are still reported")


def recall(material: Material, documents: np.ndarray, *, least: int) -> None:
    """Listed formulations with enough documents, and how many of them a found string holds or is held by."""
    listed = given_uses(material)
    number = material.document_of[listed["place"].to_numpy()]
    inside = listed.assign(number=number)[np.isin(number, documents)]
    names = [name for name, n in inside.groupby("family_id")["number"].nunique().items() if n >= least]
    found = set(discovered_uses(material, documents, lang="zh")[1]["variant"])
    again = [name for name in names if any(match_key(own) in wording or wording in match_key(own)
                                           for own in load_formulations()[name].wordings for wording in found)]
    print(f"listed formulations of {least} or more Chinese documents found again: {share(len(again), len(names))}")


def drawn_anew(words: Words, n_documents: int, *, seed: int) -> Texts:
    """So many documents of sentences drawn from these, in this text's mean length."""
    generator = np.random.default_rng(seed)
    first = np.flatnonzero(np.diff(words.sentence, prepend=-1))
    sizes = np.diff(np.append(first, len(words.token)))
    picked = generator.integers(0, len(first), len(first) * n_documents // len(np.unique(words.document)))
    lengths = sizes[picked]
    places = np.repeat(first[picked] - np.cumsum(lengths) + lengths, lengths) + np.arange(lengths.sum())
    document = np.repeat(np.sort(generator.integers(0, n_documents, len(picked))), lengths)
    return Texts(Words(words.token[places], np.repeat(np.arange(len(picked)), lengths), words.start[places], words.end[places],
                       document, words.vocabulary), generator.integers(0, 60, n_documents),
                 generator.integers(0, 2, n_documents), generator.integers(2005, 2026, n_documents))


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("processed", type=Path)
    parser.add_argument("--large", action="store_true")
    asked = parser.parse_args()
    corpus = open_corpus(asked.processed)
    precision(corpus.sql("SELECT * FROM formulations"), corpus.sql("SELECT * FROM echoes"))
    material = prepare_material({name: getattr(corpus, name) for name in TABLES})
    chosen = select_documents(material.documents, universe_by_name("cn_texts"), as_of="9999").documents
    documents = chosen.index[(chosen["series_lang"] == "zh") & chosen["in_all"]].to_numpy(dtype=np.int64)
    recall(material, documents, least=10)
    began = time.process_time()
    words = read_words(material, documents, lang="zh")
    cut = time.process_time() - began
    for texts in [describe(material, words), *([drawn_anew(words, 2500, seed=1), drawn_anew(words, 10000, seed=1)] * asked.large)]:
        began = time.process_time()
        strings, _ = discover(texts, lang="zh", criteria=CRITERIA["zh"])
        n_documents = len(np.unique(texts.words.document))
        print(f"{n_documents} documents, {len(texts.words.token)} words: {time.process_time() - began:.1f} s CPU to find "
              f"{len(strings)} strings (cutting the words of the {len(documents)} took {cut:.1f} s)")


if __name__ == "__main__":
    main()
