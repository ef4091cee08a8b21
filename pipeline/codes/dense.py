"""The part of the features that is counted, not hashed: where cues stand, which names, what the heading says."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from pipeline.codes.batch import ARTICLE, FRAGMENT, ITEM, Batch, encode
from pipeline.codes.cues import cue_book
from pipeline.codes.names import NAME_KINDS, Name

Floats = npt.NDArray[np.float32]
# How near the beginning a cue must stand to lead the sentence, in characters (one Chinese word, one English verb group).
_NEAR = {"zh": 8, "en": 14}
_LISTS = {"zh": re.compile("下列|以下|如下|[:：]"), "en": re.compile("(?i)following|[:：]")}
_CUE_SCALE, _MARK_SCALE, _NAME_SCALE, _PLACE_SCALE = 0.7, 2.0, 1.0, 0.5
_FOREIGN = 0.3  # scale of one mark's cues for another target


@lru_cache(maxsize=2)
def dense_columns(lang: str) -> tuple[str, ...]:
    """Names of the dense features, in order; a model is valid only for the columns it was trained with."""
    leading = _leading(lang)
    kinds = ("near", "first", "clause", "heading", "item-heading")
    parts = [common_columns(lang), *[[f"{kind} {name}" for name in leading] for kind in kinds]]
    return (*(name for part in parts for name in part), "article", "item", "list heading", "length", "fragment")


@lru_cache(maxsize=2)
def common_columns(lang: str) -> tuple[str, ...]:
    """The dense features that every target uses: cues and names. The others, on places and headings, serve modality."""
    return (*cue_book(lang).columns, *(f"name {kind}" for kind in NAME_KINDS))


def column_scale(target: str, lang: str) -> Floats:
    """How much each dense column may say of a target: cues of the marks speak for their own mark most."""
    concern = target.partition(".")[0]
    return np.array([_FOREIGN if name.startswith("has_") and concern not in {"modality", name.partition(".")[0]} else 1.0
                     for name in dense_columns(lang)], dtype=np.float32)


def _leading(lang: str) -> tuple[str, ...]:
    """Cues of modality: the ones whose place in the sentence matters."""
    return tuple(name for name in cue_book(lang).columns if name.startswith("modality."))


def encode_headings(headings: Sequence[str], lang: str) -> Batch:
    """Headings, at most their first 120 characters."""
    return encode([heading[:120] for heading in headings], drop_blanks=lang == "zh")


def heading_features(headings: Sequence[str], batch: Batch, lang: str) -> Floats:
    """Per heading: its modality cues (cut at two, halved) and whether it introduces a list. batch: of the headings."""
    counts = cue_book(lang).count(batch)[:, :len(_leading(lang))]
    lists = [_LISTS[lang].search(heading) is not None for heading in headings]
    return np.column_stack([np.minimum(counts, 2) / 2, np.array(lists, dtype=np.float32)]).astype(np.float32)


def dense_features(batch: Batch, headings: Floats, names: Sequence[Sequence[Name]], lang: str) -> Floats:
    """One row per sentence, columns as in `dense_columns`. headings: the row of each sentence's heading."""
    book, n_leading = cue_book(lang), len(_leading(lang))
    hits = book.find(batch)
    result = np.zeros((len(batch), len(dense_columns(lang))), dtype=np.float32)
    n_cues = len(book.columns)
    np.minimum(book.count(batch, hits), 2, out=result[:, :n_cues], casting="unsafe")
    result[:, :n_leading] *= _CUE_SCALE / 2
    result[:, n_leading:n_cues] *= _MARK_SCALE / 2
    result[:, n_cues:n_cues + len(NAME_KINDS)] = name_counts(names) * _NAME_SCALE
    place = n_cues + len(NAME_KINDS)
    owner = batch.owner[hits.start]
    offset = hits.start - batch.first[owner]
    leads = hits.column < n_leading
    for chosen in (leads & (offset <= _NEAR[lang]), leads & (offset <= 1), leads & hits.opens):
        result[owner[chosen], place + hits.column[chosen]] = _PLACE_SCALE
        place += n_leading
    item, said = batch.opening == ITEM, headings[:, :n_leading] * _PLACE_SCALE
    result[:, place:place + n_leading] = said
    result[:, place + n_leading:place + 2 * n_leading] = said * item[:, None]
    length = np.minimum(np.diff(batch.first) / (100 if lang == "zh" else 300), 4)
    rest = (batch.opening == ARTICLE, item, headings[:, n_leading], length, batch.opening == FRAGMENT)
    result[:, place + 2 * n_leading:] = np.stack(rest, axis=1) * _PLACE_SCALE
    return result


def name_counts(names: Sequence[Sequence[Name]]) -> Floats:
    """How many names of each kind a sentence holds: one half for one, one for several."""
    kinds = {kind: place for place, kind in enumerate(NAME_KINDS)}
    cells = [(row, kinds[name.kind]) for row, found in enumerate(names) for name in found]
    counts = np.zeros((len(names), len(kinds)), dtype=np.float32)
    if cells:
        np.add.at(counts, tuple(np.array(cells).T), 0.5)
    return np.minimum(counts, 1)
