"""Document pairs of the material folder as tables, read by the program itself; hand-made renderings of 安全."""

import csv
import hashlib
import re
from pathlib import Path

import pandas as pd

from pipeline.documents.extract import read_texts
from pipeline.sentences import split_documents
from pipeline.text import security_occurrences

MENTIONS = pd.DataFrame(columns=["doc_id", "sent_no", "start_char", "end_char", "surface", "type", "entity_id", "method"])
AROUND = 10


def gold_rows(name: str = "renderings_gold.csv") -> list[dict[str, str]]:
    """150 occurrences judged by one reader who saw both texts and not the program's answer; 62 more, drawn after the
    thresholds were settled, in renderings_blind_gold.csv.

    The text stays out of the project: `context` is a digest of the ten characters before and after (white space left
    out), `nth` counts occurrences of one context from 0, `start_char` is the place in the file as published.
    """
    with (Path(__file__).parent / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def context_digest(text: str, start: int, end: int) -> str:
    before = re.sub(r"\s", "", text[max(0, start - 40):start])[-AROUND:]
    after = re.sub(r"\s", "", text[end:end + 40])[:AROUND]
    return hashlib.sha256(f"{before}|{after}".encode()).hexdigest()[:16]


def read_documents(policy: Path, files: list[str], pair_ids: dict[str, str]) -> pd.DataFrame:
    """Rows of `documents` for some files of the folder."""
    rows = []
    for name in files:
        path = policy / name
        for found in read_texts(path, name=path.name, sha256=hashlib.sha256(path.read_bytes()).hexdigest()):
            rows.append((found.doc_id, name, found.lang, None, found.text, pair_ids.get(name), None, None))
    return pd.DataFrame(rows, columns=["doc_id", "path", "lang", "title", "text", "pair_id", "doc_number", "duplicate_of"],
                        dtype=object)


def senses_of(sentences: pd.DataFrame, documents: pd.DataFrame) -> pd.DataFrame:
    """Every 安全 of the Chinese documents, all of one sense: the rendering does not depend on it."""
    chinese = set(documents.doc_id[documents.lang != "en"])
    rows = [(doc_id, sent_no, start + span.start, start + span.end, "安全", "general", False)
            for doc_id, sent_no, start, text in sentences[["doc_id", "sent_no", "start_char", "text"]].itertuples(index=False)
            if doc_id in chinese for span in security_occurrences(text, "zh")]
    return pd.DataFrame(rows, columns=["doc_id", "sent_no", "start_char", "end_char", "surface", "sense", "in_name"])


def tables_of(policy: Path, files: list[str], pair_ids: dict[str, str]) -> tuple[pd.DataFrame, ...]:
    """documents, sentences, mentions (none), senses."""
    documents = read_documents(policy, files, pair_ids)
    sentences = split_documents(documents)
    return documents, sentences, MENTIONS, senses_of(sentences, documents)
