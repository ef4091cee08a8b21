"""The part of the features that is counted, not hashed: where cues stand, what the heading says, how it opens."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from pipeline.codes.batch import ARTICLE, FRAGMENT, ITEM, Batch, encode
from pipeline.codes.cues import cue_book

Floats = npt.NDArray[np.float32]
# How near the beginning a cue must stand to lead the sentence, in characters (one Chinese word, one English verb group).
_NEAR = {"zh": 8, "en": 14}
_LISTS = {"zh": ("下列", "以下", "如下", ":"), "en": ("following", "shall:", "must:", "should:", "to:", ":")}
_SCALES = (0.7, 0.5, 0.5, 0.5, 0.5, 0.5)


@lru_cache(maxsize=2)
def dense_columns(lang: str) -> tuple[str, ...]:
    """Names of the dense features, in order; a model is valid only for the columns it was trained with."""
    cues, leading = cue_book(lang).columns, _leading(lang)
    parts = [cues, *[[f"{kind} {name}" for name in leading] for kind in ("near", "first", "heading", "item-heading")]]
    return (*(name for part in parts for name in part), "article", "item", "list heading", "length", "fragment")


def _leading(lang: str) -> tuple[str, ...]:
    """Cues of modality: the ones whose place in the sentence matters."""
    return tuple(name for name in cue_book(lang).columns if name.startswith("modality."))


def encode_headings(headings: Sequence[str], lang: str) -> Batch:
    """Headings, at most their first 120 characters."""
    return encode([heading[:120] for heading in headings], drop_blanks=lang == "zh")


def heading_features(headings: Sequence[str], lang: str) -> Floats:
    """Per heading: its modality cues (cut at two, halved) and whether it introduces a list."""
    counts = cue_book(lang).count(encode_headings(headings, lang))[:, :len(_leading(lang))]
    lists = [any(mark in heading.lower().replace("：", ":") for mark in _LISTS[lang]) for heading in headings]
    return np.column_stack([np.minimum(counts, 2) / 2, np.array(lists, dtype=np.float32)]).astype(np.float32)


def dense_features(batch: Batch, headings: Floats, lang: str) -> Floats:
    """One row per sentence, columns as in `dense_columns`. headings: the row of each sentence's heading."""
    book, n_leading = cue_book(lang), len(_leading(lang))
    hits = book.find(batch)
    owner = batch.owner[hits.start]
    offset = hits.start - batch.first[owner]
    counts = np.minimum(book.count(batch, hits), 2) / 2
    places = []
    for limit in (_NEAR[lang], 1):
        chosen = (offset <= limit) & (hits.column < n_leading)
        present = np.zeros((len(batch), n_leading), dtype=np.float32)
        present[owner[chosen], hits.column[chosen]] = 1
        places.append(present)
    item = (batch.opening == ITEM).astype(np.float32)[:, None]
    said, introduces = headings[:, :n_leading], headings[:, n_leading:]
    length = np.minimum(np.diff(batch.first) / (100 if lang == "zh" else 300), 4)[:, None]
    article, fragment = (batch.opening == kind for kind in (ARTICLE, FRAGMENT))
    rest = np.hstack([article[:, None], item, introduces, length, fragment[:, None]])
    parts = (counts, places[0], places[1], said, said * item, rest)
    return np.hstack([part * scale for part, scale in zip(parts, _SCALES, strict=True)]).astype(np.float32)
