"""Which sentences of a corpus gain or lose a label when the model or the codebook changes.

Beside the weights lies what they said of every sentence they were trained beside: a hash per sentence and a bit per
label, so that the next training can tell what changed even where the old weights no longer fit the codebook.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from pipeline.codes.coding import label_sentences
from pipeline.codes.labels import FRAMES, LANGUAGES, MODALITIES, TARGETS
from pipeline.codes.names import NameFinder

_KEY_BITS = 40
_CHUNK = 4096
Bools = npt.NDArray[np.bool_]


class Place(NamedTuple):
    """A sentence of the corpus: where it stands and when its document was issued (empty when it does not say)."""

    lang: str
    year: str
    doc: str
    heading: str
    text: str


class Change(NamedTuple):
    """One sentence that gained or lost one label."""

    label: str
    gained: bool
    place: Place


Said = Mapping[int, Bools]


def said_path(folder: Path) -> Path:
    """Where the decisions of the models in a folder lie."""
    return folder / "said.npz"


def read_corpus_with(folder: Path, places: Sequence[Place], names: NameFinder) -> dict[int, Bools]:
    """What the models of a folder say of every sentence: its key → a decision per target."""
    result: dict[int, Bools] = {}
    for lang in LANGUAGES:
        own = [place for place in places if place.lang == lang]
        for start in range(0, len(own), _CHUNK):
            some = own[start:start + _CHUNK]
            labelled = label_sentences([one.text for one in some], [one.heading for one in some],
                                       [names(one.text, lang) for one in some], lang, folder=folder)
            modality = np.array([[name == one for name in MODALITIES] for one in labelled.modality])
            said = np.hstack([labelled.frames, modality, labelled.marks])
            result |= {key_of(place): row for place, row in zip(some, said, strict=True)}
    return result


def key_of(place: Place) -> int:
    """The first forty bits of a hash of language, heading and text."""
    text = "\n".join((place.lang, place.heading, place.text))
    return int.from_bytes(hashlib.sha256(text.encode("utf-8", "replace")).digest()[:8], "big") >> (64 - _KEY_BITS)


def save_said(said: Said, folder: Path) -> None:
    """Write the decisions; the same decisions give the same bytes."""
    keys = np.array(sorted(said), dtype=np.int64)
    bits = np.packbits(np.array([said[int(key)] for key in keys]).reshape(len(keys), len(TARGETS)), axis=1)
    np.savez_compressed(said_path(folder), bits=bits, steps=np.diff(keys, prepend=0), targets=np.array(TARGETS))


def load_said(folder: Path) -> dict[int, Bools] | None:
    """The decisions beside the models of a folder; None when there are none or they speak of other labels."""
    if not said_path(folder).is_file():
        return None
    with np.load(said_path(folder), allow_pickle=False) as arrays:
        if tuple(arrays["targets"].tolist()) != TARGETS:
            return None
        rows = np.unpackbits(arrays["bits"], axis=1, count=len(TARGETS)).astype(bool)
        return dict(zip(np.cumsum(arrays["steps"]).tolist(), rows, strict=True))


def changes(before: Said, after: Said, places: Sequence[Place]) -> list[Change]:
    """Every label gained or lost by a sentence that both know, in the order of the sentences and of the codebook."""
    found = []
    for place in places:
        key = key_of(place)
        if key in before and key in after:
            for column in np.flatnonzero(before[key] != after[key]).tolist():
                found.append(Change(TARGETS[column], bool(after[key][column]), place))
    return found


def format_changes(found: Sequence[Change], n_known: int) -> str:
    """Lines of text: per language and label the sentences gained and lost; the two frames also by year."""
    counted = Counter((one.place.lang, one.label, year, one.gained) for one in found
                      for year in ("", one.place.year or "undated") if not year or one.label in FRAMES)
    lines = [f"Sentences that gained or lost a label, of {n_known}:", f"{'lang':5}{'label':22}{'year':8}{'gained':>7}{'lost':>7}"]
    order = {label: number for number, label in enumerate(TARGETS)}
    for lang, label, year in sorted({key[:3] for key in counted}, key=lambda key: (key[0], order[key[1]], key[2])):
        gained, lost = (counted[lang, label, year, way] for way in (True, False))
        lines.append(f"{lang:5}{label:22}{year:8}{gained:7}{lost:7}")
    return "\n".join(lines)
