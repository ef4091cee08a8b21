"""Hashed n-grams of a batch, in numpy: characters for Chinese, words, stems and word parts for English.

Every gram is a 32-bit rolling hash cut to `BITS` bits. Grams of one sentence stand next to each other, so a batch is
a compressed sparse row matrix without any sorting; bucket 0 means "no gram here".
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from pipeline.codes.batch import EDGE, Batch
from pipeline.codes.hashing import bucket, hasher
from pipeline.errors import TifaError

BITS = 20
N_BUCKETS = 1 << BITS
_STEP = np.uint32(0x01000193)
_ZH_ORDERS = 4
_WORD_CHARS, _STEM_CHARS = 24, (4, 6)

Buckets = npt.NDArray[np.int32]


@dataclass(frozen=True)
class Grams:
    """buckets: gram ids in sentence order. first: where each sentence begins (one element more than sentences)."""

    buckets: Buckets
    first: npt.NDArray[np.int64]


def grams(batch: Batch, lang: str) -> Grams:
    """All grams of every sentence. lang: zh or en."""
    if lang == "zh":
        return _character_grams(batch)
    if lang == "en":
        return _word_grams(batch)
    raise TifaError(f"No features for the language {lang!r}", todo="Use zh or en.")


def _bucket(hashed: npt.NDArray[np.uint32], salt: int) -> Buckets:
    return bucket(hashed, salt, BITS)


def _character_grams(batch: Batch) -> Grams:
    """Grams of one to four characters; an edge counts as a character in grams of two and more."""
    chars, size = batch.chars, len(batch.chars)
    out = np.zeros((size, _ZH_ORDERS), dtype=np.int32)
    rolling = chars.copy()
    for order in range(1, _ZH_ORDERS + 1):
        if order > 1:
            rolling = rolling[:-1] * _STEP + chars[order - 1:]
        if order > size:
            break
        usable = batch.owner[:size - order + 1] == batch.owner[order - 1:]
        if order == 1:
            usable &= chars != EDGE
        out[:size - order + 1, order - 1] = np.where(usable, _bucket(rolling, order), 0)
    return Grams(out.ravel(), batch.first * _ZH_ORDERS)


def is_word(chars: npt.NDArray[np.uint32]) -> npt.NDArray[np.bool_]:
    """Which characters belong to words: letters and digits of any script, masked names, the inner hyphen aside."""
    table = _word_table()
    return table[np.minimum(chars, len(table) - 1)]


@lru_cache(maxsize=1)
def _word_table() -> npt.NDArray[np.bool_]:
    return np.fromiter((chr(code).isalnum() or 0xE100 <= code < 0xE200 for code in range(0x10000)), dtype=bool,
                       count=0x10000)


def _word_grams(batch: Batch) -> Grams:
    """Per word: itself, its stems, the pair with the next word, the pair across one word, both as stems."""
    chars = batch.chars
    inside = is_word(chars)
    edge = np.diff(np.concatenate(([False], inside, [False])).astype(np.int8))
    begin, stop = np.flatnonzero(edge == 1), np.flatnonzero(edge == -1)
    owner = batch.owner[begin]
    hashed = hasher(chars)
    word, short, stem = (hashed.of(begin, np.minimum(stop, begin + size)) for size in (_WORD_CHARS, *_STEM_CHARS))
    n_words = len(begin)
    out = np.zeros((n_words, 7), dtype=np.int32)
    out[:, 0], out[:, 1], out[:, 2] = _bucket(word, 1), _bucket(stem, 2), _bucket(short, 3)
    for column, (left, step, salt) in enumerate(((word, 1, 4), (stem, 1, 5), (stem, 2, 6)), start=3):
        if n_words > step:
            pair = left[:-step] * _STEP * _STEP + left[step:] + np.uint32(salt)
            usable = owner[:-step] == owner[step:]
            out[:n_words - step, column] = np.where(usable, _bucket(pair, salt), 0)
    opening = np.concatenate(([True], owner[1:] != owner[:-1])) if n_words else np.zeros(0, dtype=bool)
    out[opening, 6] = _bucket(stem[opening], 7)
    counts = np.bincount(owner, minlength=len(batch)).astype(np.int64)
    first = np.concatenate(([0], np.cumsum(counts))) * out.shape[1]
    return Grams(out.ravel(), first)
