"""How many sentences a second one core codes, beside scikit-learn's character TF-IDF and a linear machine.

Run: python -m tests.benchmarks.bench_codes [FILE.jsonl]   (rows with lang, heading, text; default: the material folder)
Processor time is counted, so other work on the machine disturbs less. Prints one line per language.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

import pandas as pd
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.svm import LinearSVC

from pipeline.codes import code_sentences

MATERIAL = Path(__file__).parents[3] / "shared" / "gold"
REPEAT = 5


def as_table(rows: list[dict[str, object]]) -> pd.DataFrame:
    """Rows as body sentences of one document."""
    table = pd.DataFrame({"text": [row["text"] for row in rows], "heading": [row["heading"] for row in rows]})
    ends = table["text"].str.len().cumsum()
    return table.assign(doc_id="d", sent_no=range(len(table)), start_char=ends - table["text"].str.len(), end_char=ends,
                        kind="body")


def seconds(work: object, *arguments: object, **options: object) -> float:
    """Least processor time of several runs."""
    spent = []
    for _ in range(REPEAT):
        start = time.process_time()
        work(*arguments, **options)  # type: ignore[operator]
        spent.append(time.process_time() - start)
    return min(spent)


def _plain(vectoriser: TfidfVectorizer, machine: LinearSVC, texts: list[object]) -> None:
    machine.predict(vectoriser.transform(texts))


def main(files: list[str]) -> None:
    paths = [Path(name) for name in files] or sorted(MATERIAL.glob("sentences_*.jsonl"))
    rows = [json.loads(line) for path in paths for line in path.read_text(encoding="utf-8").splitlines()]
    mentions = pd.DataFrame(columns=["doc_id", "sent_no", "start_char", "end_char", "type"])
    for lang in ("zh", "en"):
        mine = [row for row in rows if row["lang"] == lang]
        texts = [row["text"] for row in mine]
        vectoriser = TfidfVectorizer(analyzer="char", ngram_range=(2, 4))
        machine = LinearSVC().fit(vectoriser.fit_transform(texts), [row["development"] for row in mine])
        plain = seconds(_plain, vectoriser, machine, texts)
        table = as_table(mine)
        code_sentences(table.head(10), mentions, langs={"d": lang})
        own = seconds(code_sentences, table, mentions, langs={"d": lang})
        print(f"{lang}: all codes and senses {len(mine) / own:,.0f} sentences/s; scikit-learn, one label "
              f"{len(mine) / plain:,.0f} sentences/s; factor {plain / own:.1f}")


if __name__ == "__main__":
    main(sys.argv[1:])
