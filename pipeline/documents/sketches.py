"""Small fingerprints of long texts, to find near-duplicates without comparing every pair."""

from __future__ import annotations

import base64
import hashlib
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from pipeline.text import has_han, match_key

Hashes = npt.NDArray[np.uint64]
N_BINS = 128
ROWS = 4
SKETCH_SIZE = 1024
SHINGLE_CHARS = {"zh": 8, "en": 24}
MAX_BUCKET = 30
_BASE = np.uint64(0x9E3779B97F4A7C15)


class Sketch(NamedTuple):
    """Fingerprint of one text. digest: of its letters alone. n: number of distinct shingles. smallest: the smallest
    hashes, ascending. bins: smallest hash of each of N_BINS classes (one-permutation MinHash)."""

    digest: str
    n: int
    smallest: Hashes
    bins: Hashes


def bare(text: str) -> str:
    """Letters and figures of the text in match-key form: what two prints of one text share."""
    return re.sub(r"[\W_]+", "", match_key(text))


def sketch(text: str) -> Sketch:
    """Fingerprint of a text: shingles of 8 Chinese or 24 Latin characters over its letters and figures."""
    letters = bare(text)
    size = SHINGLE_CHARS["zh" if has_han(letters[:400]) else "en"]
    digest = hashlib.sha256(letters.encode()).hexdigest()
    hashes = _shingles(letters, size)
    return Sketch(digest, len(hashes), hashes[:SKETCH_SIZE], _bins(hashes))


def pack(one: Sketch) -> list[str | int]:
    """A sketch as JSON can hold it."""
    return [one.digest, one.n, *(base64.b64encode(part.astype("<u8").tobytes()).decode() for part in (one.smallest, one.bins))]


def unpack(packed: Sequence[Any]) -> Sketch:
    """The sketch that was packed."""
    smallest, bins = (np.frombuffer(base64.b64decode(part), dtype="<u8").astype(np.uint64) for part in packed[2:])
    return Sketch(packed[0], packed[1], smallest, bins)


def _shingles(letters: str, size: int) -> Hashes:
    """Distinct hashes of all shingles, ascending."""
    codes = np.frombuffer(letters.encode("utf-32-le"), dtype=np.uint32).astype(np.uint64)
    if len(codes) == 0:
        return np.empty(0, dtype=np.uint64)
    size = min(size, len(codes))
    total = np.zeros(len(codes) - size + 1, dtype=np.uint64)
    with np.errstate(over="ignore"):
        for place in range(size):
            total = total * _BASE + codes[place:len(codes) - size + 1 + place]
        total ^= total >> np.uint64(31)
        total *= np.uint64(0xBF58476D1CE4E5B9)
        total ^= total >> np.uint64(29)
        total *= np.uint64(0x94D049BB133111EB)
        total ^= total >> np.uint64(32)
    total.sort()
    distinct = np.ones(len(total), dtype=bool)
    distinct[1:] = total[1:] != total[:-1]
    return total[distinct]


def _bins(hashes: Hashes) -> Hashes:
    """Smallest hash per class of leading bits; an empty class borrows from the next one that is not."""
    if len(hashes) == 0:
        return np.zeros(N_BINS, dtype=np.uint64)
    width = np.uint64(64 - int(np.log2(N_BINS)))
    borders = np.arange(N_BINS, dtype=np.uint64) << width
    first = np.searchsorted(hashes, borders)
    filled = np.append(first[1:], len(hashes)) > first
    sources = np.flatnonzero(filled)
    nearest = sources[np.searchsorted(sources, np.arange(N_BINS)) % len(sources)]
    return hashes[first[nearest]]


def jaccard(one: Sketch, other: Sketch) -> float:
    """Estimated share of shingles in both among those in either, in [0, 1]; standard error at most 0.016."""
    if one.n == 0 or other.n == 0:
        return float(one.digest == other.digest)
    merged = np.sort(np.concatenate((one.smallest, other.smallest)))
    twice = merged[1:] == merged[:-1]
    union = merged[np.append(True, ~twice)][:SKETCH_SIZE]
    return float((twice & (merged[1:] <= union[-1])).sum()) / len(union)


def containment(one: Sketch, other: Sketch, share: float | None = None) -> float:
    """Estimated share of the shorter text's shingles that the longer one has, in [0, 1]. share: their `jaccard`."""
    share = jaccard(one, other) if share is None else share
    common = share * (one.n + other.n) / (1 + share)
    return min(1.0, common / max(1, min(one.n, other.n)))


def candidates(sketches: Sequence[Sketch]) -> Iterator[tuple[int, int]]:
    """Pairs of indices that may be near-duplicates, each once, sorted.

    Two texts meet when ROWS neighbouring bins are equal: certain above a Jaccard share of 0.8, likely (0.87) at 0.5.
    In a bucket of more than MAX_BUCKET texts only neighbours and the first are paired, so the work stays linear.
    """
    found: set[tuple[int, int]] = set()
    for band in range(0, N_BINS, ROWS):
        buckets: dict[bytes, list[int]] = defaultdict(list)
        for index, one in enumerate(sketches):
            if one.n:
                buckets[one.bins[band:band + ROWS].tobytes()].append(index)
        for members in buckets.values():
            found.update(_pairs(members))
    yield from sorted(found)


def _pairs(members: list[int]) -> Iterator[tuple[int, int]]:
    if len(members) > MAX_BUCKET:
        yield from ((members[0], other) for other in members[1:])
        yield from pairwise(members[1:])
    else:
        yield from ((one, other) for place, one in enumerate(members) for other in members[place + 1:])
