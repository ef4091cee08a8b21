"""Which sentences a person should look at: where the model is unsure and a number hangs on it.

Worth of a sentence = how unsure the model is of the two frames (and, a quarter as much, of the themes) × how far one sentence moves a
plotted share: one part in the sentences of its language and year. Every further sentence of the same document, issuer or
year counts for less, so that the answers are spread.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from pipeline.codes.labels import FRAMES, THEMES
from pipeline.estimates.universe import load_universes, select_documents

THEME_WEIGHT = 0.25
AGAIN = {"doc_id": 0.5, "issuer": 0.8, "period": 0.9}
"""What a sentence is worth when one of the same document, issuer, year and language has been chosen already."""
LOOKED_AT = 40  # candidates weighed per sentence asked for


def choose_sentences(documents: pd.DataFrame, sentences: pd.DataFrame, codes: pd.DataFrame, *, n: int, as_of: str,
                     known: pd.DataFrame | None = None) -> pd.DataFrame:
    """The `n` sentences most worth a human answer, most worth first.

    documents, sentences, codes: whole tables. known: `doc_id`, `start_char` of sentences that were answered already.
    Returns: doc_id, sent_no, start_char, end_char, heading, text, lang, period, issuer, worth; fewer than n when the
    universe that leads the report holds fewer body sentences.
    """
    universe = next(one for one in load_universes().values() if one.lead)
    chosen = select_documents(documents, universe, as_of=as_of).documents
    about = chosen[["doc_id", "series_lang"]].assign(
        period=chosen["series_lang"] + " " + chosen["year"].astype(str),
        issuer=[found[0] if isinstance(found, list) and found else "" for found in chosen["issuers"]])
    rows = codes.merge(about, on="doc_id")
    rows["worth"] = _doubt(rows) / rows.groupby("period")["doc_id"].transform("size")
    rows = rows.merge(sentences[["doc_id", "sent_no", "start_char", "end_char", "heading", "text"]], on=["doc_id", "sent_no"])
    if known is not None and len(known):
        answered = pd.MultiIndex.from_frame(known[["doc_id", "start_char"]])
        rows = rows[~pd.MultiIndex.from_frame(rows[["doc_id", "start_char"]]).isin(answered)]
    rows = rows.sort_values(["worth", "doc_id", "sent_no"], ascending=[False, True, True]).head(n * LOOKED_AT)
    picked = _spread(rows.reset_index(drop=True), n)
    columns = ["doc_id", "sent_no", "start_char", "end_char", "heading", "text", "series_lang", "period", "issuer", "worth"]
    return picked[columns].rename(columns={"series_lang": "lang"}).reset_index(drop=True)


def _doubt(codes: pd.DataFrame) -> pd.Series:
    """4p(1−p) of each frame, a quarter of it of each theme: 0 where the model is sure, at most 3.5."""
    total = pd.Series(0.0, index=codes.index)
    for label in (*FRAMES, *THEMES):
        p = codes[f"p_{label}"]
        total += 4 * p * (1 - p) * (1.0 if label in FRAMES else THEME_WEIGHT)
    return total


def _spread(rows: pd.DataFrame, n: int) -> pd.DataFrame:
    """Take the worthiest row n times; each time rows of the same document, issuer and period lose worth."""
    worth = rows["worth"].to_numpy(dtype=float).copy()
    groups = {name: rows[name].to_numpy() for name in AGAIN}
    order: list[int] = []
    for _ in range(min(n, len(rows))):
        best = int(np.argmax(worth))
        order.append(best)
        for name, factor in AGAIN.items():
            worth[groups[name] == groups[name][best]] *= factor
        worth[best] = -1.0
    return rows.iloc[order]
