"""How many sentences a second one core codes, beside scikit-learn's character TF-IDF and a linear machine.

Run: python -m tests.benchmarks.bench_codes [FILE.jsonl]   (rows with lang, heading, text; default: the material folder)
Two kinds of sentences from the material folder: single ones of many documents (a heading of their own, an occurrence of
安全 or safe in every fourth), and those of whole documents in their order. Processor time is counted, so other work on the
machine disturbs less. Prints one line per language and kind.
"""

from __future__ import annotations

import csv
import json
import sys
import time
from pathlib import Path

import pandas as pd
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.svm import LinearSVC

from pipeline import documents, sentences
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


def document_rows(every: int = 6) -> list[dict[str, object]]:
    """Body sentences of every so many training documents of the material, in their order."""
    folder = MATERIAL.parent / "policy"
    with (folder / "manifest.csv").open(encoding="utf-8", newline="") as lines:
        train = {row["file"] for row in csv.DictReader(lines) if row["split"] == "train"}
    seen = [file for file in documents.walk(folder) if not file.outcome and file.rel_path in train][::every]
    rows = [row for result in documents.read_files(folder, seen) for row in result.document_rows]
    lang_of = {row["doc_id"]: "en" if row["lang"] == "en" else "zh" for row in rows}
    table = sentences.split_documents(pd.DataFrame(rows))
    body = table.loc[table["kind"] == "body", ["doc_id", "heading", "text"]]
    return [{"lang": lang_of[doc_id], "heading": heading, "text": text}
            for doc_id, heading, text in body.itertuples(index=False)]


def measure(rows: list[dict[str, object]], kind: str) -> None:
    """One line per language."""
    mentions = pd.DataFrame(columns=["doc_id", "sent_no", "start_char", "end_char", "type"])
    for lang in ("zh", "en"):
        mine = [row for row in rows if row["lang"] == lang]
        texts = [row["text"] for row in mine]
        vectoriser = TfidfVectorizer(analyzer="char", ngram_range=(2, 4))
        machine = LinearSVC().fit(vectoriser.fit_transform(texts[:3000]), [len(str(text)) % 2 for text in texts[:3000]])
        plain = seconds(_plain, vectoriser, machine, texts)
        table = as_table(mine)
        code_sentences(table.head(10), mentions, langs={"d": lang})
        own = seconds(code_sentences, table, mentions, langs={"d": lang})
        print(f"{lang}, {len(mine)} {kind}: all codes and senses {len(mine) / own:,.0f} sentences/s; scikit-learn, one label "
              f"{len(mine) / plain:,.0f} sentences/s; factor {plain / own:.1f}")


def main(files: list[str]) -> None:
    paths = [Path(name) for name in files] or sorted(MATERIAL.glob("sentences_*.jsonl"))
    measure([json.loads(line) for path in paths for line in path.read_text(encoding="utf-8").splitlines()], "single sentences")
    if not files:
        measure(document_rows(), "sentences of documents")


if __name__ == "__main__":
    main(sys.argv[1:])
