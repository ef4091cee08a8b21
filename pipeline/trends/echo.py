"""The table `echoes`: passages of local documents that stand word for word in a central text issued earlier.

One row per passage of a local sentence and its central source: doc_id, sent_no, start_char, end_char, surface (local),
source_doc_id, source_sent_no, source_start_char, source_end_char (central), n_chars (Han characters that are the same in
both), share: of the local sentence's Han characters that the passage covers. Only Han characters are compared, so that
commas and line breaks do not matter. Names, titles, numbers of articles and words in quotation marks are blotted out on
both sides; a run of characters that more than a twentieth of the central texts hold is a formula and counts for no source.
Of several sources the longest passage wins, then the earliest text. Both may rest on a third, still earlier text.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pandas as pd

from pipeline.estimates.material import Ints, Material
from pipeline.estimates.surfaces import distinct
from pipeline.estimates.words import MASK, blotted

COLUMNS = ("doc_id sent_no start_char end_char surface source_doc_id source_sent_no source_start_char source_end_char "
           "n_chars share").split()
CENTRAL = ("party_central", "npc", "state_council", "ministry")
SHINGLE = 12
MIN_CHARS = 18
COMMON = 0.05
MIN_COMMON = 3
_QUOTED = re.compile('"[^"\n]{1,80}"|第[零一二三四五六七八九十百]{1,7}[章节条款]')
_BASE = np.uint64(1_000_003)


@dataclass(frozen=True)
class _Side:
    """Han characters of some sentences in a row. sentence: place in `Material.body`; offset: in the sentence; sizes: Han
    characters of each body sentence that are not blotted out."""

    codes: npt.NDArray[np.uint64] = field(repr=False)
    sentence: Ints = field(repr=False)
    offset: Ints = field(repr=False)
    sizes: Ints = field(repr=False)


def find_echoes(material: Material) -> pd.DataFrame:
    """The table `echoes`, sorted by local document, sentence and place."""
    documents = material.documents
    usable = documents["duplicate_of"].isna() & documents["date_issued"].notna() & documents["jurisdiction"].eq("CN")
    usable &= documents["lang"].isin(["zh-Hans", "zh-Hant"])
    central = np.flatnonzero(usable & documents["tier"].isin(CENTRAL))
    local = np.flatnonzero(usable & documents["tier"].eq("local"))
    here, there = (_read(material, numbers) for numbers in (local, central))
    if not len(here.codes) or not len(there.codes):
        return pd.DataFrame(columns=COLUMNS)
    pairs = _matches(material, here, there, n_central=len(central))
    return _rows(material, here, there, _passages(material, here, there, pairs))


def _read(material: Material, documents: Ints) -> _Side:
    places = np.flatnonzero(np.isin(material.document_of, documents))
    codes, begins = blotted(material, places, also=_QUOTED)
    kept = np.flatnonzero(((codes >= 0x3400) & (codes <= 0x9FFF)) | (codes == MASK))
    codes, row = codes[kept], np.searchsorted(begins, kept, side="right") - 1
    sizes = np.bincount(places[row[codes > MASK]], minlength=len(material.body))
    return _Side(codes.astype(np.uint64), places[row], kept - begins[row], sizes)


def _shingles(side: _Side) -> tuple[npt.NDArray[np.uint64], Ints]:
    """Hash of every run of SHINGLE characters that lies in one sentence and holds no blot, and where it begins."""
    size = len(side.codes) - SHINGLE + 1
    if size <= 0:
        return np.zeros(0, dtype=np.uint64), np.zeros(0, dtype=np.int64)
    hashed = np.zeros(size, dtype=np.uint64)
    for step in range(SHINGLE):
        hashed = hashed * _BASE + side.codes[step:step + size]
    blots = np.concatenate([[0], np.cumsum(side.codes == MASK)])
    clean = (blots[SHINGLE:] == blots[:-SHINGLE]) & (side.sentence[:size] == side.sentence[SHINGLE - 1:])
    return hashed[clean], np.flatnonzero(clean)


def _matches(material: Material, here: _Side, there: _Side, *, n_central: int) -> tuple[Ints, Ints]:
    """Places (local, central) of equal runs, the central text the earlier one; formulas left out."""
    hashes, places = _shingles(there)
    order = np.argsort(hashes, kind="stable")
    hashes, places = hashes[order], places[order]
    hashes, places = _uncommon(hashes, places, material.document_of[there.sentence[places]],
                               most=max(MIN_COMMON, int(COMMON * n_central)))
    asked, starts = _shingles(here)
    first = np.searchsorted(hashes, asked)
    held = np.append(hashes, np.uint64(0))[first] == asked  # most runs stand nowhere else
    asked, starts, first = asked[held], starts[held], first[held]
    last = np.searchsorted(hashes, asked, side="right")
    numbers = last - first
    local = np.repeat(starts, numbers)
    within = np.arange(int(numbers.sum())) - np.repeat(np.cumsum(numbers) - numbers, numbers)
    central = places[np.repeat(first, numbers) + within]
    dates = material.documents["date_issued"].fillna("").to_numpy(dtype=object)
    days = np.unique(dates.astype(str), return_inverse=True)[1]
    earlier = (days[material.document_of[there.sentence[central]]] < days[material.document_of[here.sentence[local]]])
    return local[earlier], central[earlier]


def _uncommon(hashes: npt.NDArray[np.uint64], places: Ints, documents: Ints, *, most: int
              ) -> tuple[npt.NDArray[np.uint64], Ints]:
    """Without runs that more than `most` documents hold. hashes: ascending."""
    number = np.cumsum(np.concatenate([[0], hashes[1:] != hashes[:-1]]).astype(np.int64)) if len(hashes) else places
    width = int(documents.max(initial=0)) + 1
    once = distinct(number * width + documents) // width
    kept = np.bincount(once)[number] <= most if len(hashes) else np.zeros(0, dtype=bool)
    return hashes[kept], places[kept]


def _passages(material: Material, here: _Side, there: _Side, pairs: tuple[Ints, Ints]) -> list[tuple[int, int, int]]:
    """(local place, central place, Han characters) of the passages kept: longest first, none over another."""
    local, central = pairs
    order = np.lexsort((local, central - local))
    local, central = local[order], central[order]
    gap = np.flatnonzero((np.diff(local) != 1) | (np.diff(central) != 1)) + 1
    firsts, lasts = np.concatenate([[0], gap]), np.concatenate([gap, [len(local)]])
    dates = material.documents["date_issued"].fillna("").to_numpy(dtype=object)
    found = []
    for first, last in zip(firsts.tolist(), lasts.tolist(), strict=True):
        if last > first and last - first + SHINGLE - 1 >= MIN_CHARS:
            source = dates[material.document_of[there.sentence[central[first]]]]
            found.append((-(last - first + SHINGLE - 1), str(source), int(local[first]), int(central[first])))
    taken = np.zeros(len(here.codes), dtype=bool)
    kept = []
    for size, _, start, origin in sorted(found):
        if not taken[start:start - size].any():
            taken[start:start - size] = True
            kept.append((start, origin, -size))
    return sorted(kept)


def _rows(material: Material, here: _Side, there: _Side, kept: list[tuple[int, int, int]]) -> pd.DataFrame:
    texts, doc_ids = material.body["text"].to_numpy(), material.body["doc_id"].to_numpy()
    numbers = material.body["sent_no"].to_numpy(dtype=np.int64)
    origins = material.origins
    rows = []
    for start, source, size in kept:
        places = [(int(side.sentence[at]), int(side.offset[at]), int(side.offset[at + size - 1]) + 1)
                  for side, at in ((here, start), (there, source))]
        (own, first, last), (other, other_first, other_last) = places
        rows.append((doc_ids[own], int(numbers[own]), int(origins[own]) + first, int(origins[own]) + last,
                     texts[own][first:last], doc_ids[other], int(numbers[other]), int(origins[other]) + other_first,
                     int(origins[other]) + other_last, size, round(size / int(here.sizes[own]), 4)))
    return pd.DataFrame(rows, columns=COLUMNS).sort_values(COLUMNS[:4]).reset_index(drop=True)
