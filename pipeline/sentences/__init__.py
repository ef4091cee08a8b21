"""documents → `sentences`: blocks with headings and articles, sentences with offsets, Chinese words."""

from __future__ import annotations

import pandas as pd

from pipeline.segment import segment
from pipeline.sentences.split import split_sentences
from pipeline.sentences.structure import KINDS, find_blocks

__all__ = ["KINDS", "segment", "split_documents", "split_sentences"]

COLUMNS = ["doc_id", "sent_no", "start_char", "end_char", "heading", "article", "kind", "text"]


def split_documents(documents: pd.DataFrame) -> pd.DataFrame:
    """The sentences of each document.

    documents: `doc_id, text, title`. Returns: one row per sentence, `sent_no` counted from 0 within the document,
    half-open offsets into `documents.text`, `heading` and `article` as context (None where there is none), `kind`
    one of KINDS; in document order. Headings, titles, table rows, signatures and notes are one row each.
    """
    rows: list[tuple[object, ...]] = []
    for doc_id, text, title in documents[["doc_id", "text", "title"]].itertuples(index=False):
        sent_no = 0
        for block in find_blocks(text, title=title if isinstance(title, str) else None):
            spans = split_sentences(text, block.start, block.end) if block.kind == "body" else [block]
            for span in spans:
                rows.append((doc_id, sent_no, span.start, span.end, block.heading or None, block.article, block.kind,
                             text[span.start:span.end]))
                sent_no += 1
    table = pd.DataFrame(rows, columns=COLUMNS, dtype=object)
    return table.astype({"sent_no": "int64", "start_char": "int64", "end_char": "int64"})
