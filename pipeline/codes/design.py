"""The matrices that the classifiers are fitted on, and how fitted coefficients fold back into one weight per gram.

Three views of the same weighted counts are stacked: the grams themselves; their projection on directions found in
unlabelled text (so that a word never labelled speaks like its neighbours); their sums over the codebook's cue groups.
All three are linear in the counts, so at run time one weight per gram is enough.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix, diags, hstack
from sklearn.utils.extmath import randomized_svd

from pipeline.codes.batch import Batch, encode
from pipeline.codes.features import N_BUCKETS, grams
from pipeline.errors import KnowledgeError
from pipeline.knowledge import KNOWLEDGE, load_yaml

MIN_SENTENCES, MIN_HEADINGS, FREQUENT = 8, 3, 10
N_DIRECTIONS = 150
HEADING_SCALE, DIRECTION_SCALE, GROUP_SCALE = 0.4, 0.7, 0.7
_WORD = re.compile(r"[a-z0-9&]{1,40}")


@dataclass(frozen=True)
class Space:
    """What was learnt from unlabelled text and the codebook: kept buckets, idf, and the columns of the stacked views."""

    lang: str
    buckets: npt.NDArray[np.int64]
    idf: npt.NDArray[np.float32]
    heading_buckets: npt.NDArray[np.int64]
    heading_idf: npt.NDArray[np.float32]
    views: npt.NDArray[np.float32]  # kept buckets × (directions + groups), scaled
    centre: npt.NDArray[np.float32]  # of an encoder's columns, over the labelled sentences
    spread: npt.NDArray[np.float32]  # what they are multiplied by


def gram_counts(batch: Batch, lang: str) -> csr_matrix:
    """Counts of grams, one row per sentence."""
    found = grams(batch, lang)
    counts = csr_matrix((np.ones(len(found.buckets), dtype=np.float32), found.buckets, found.first),
                        shape=(len(batch), N_BUCKETS))
    counts.sum_duplicates()
    return counts


def make_space(lang: str, labelled: csr_matrix, headings: csr_matrix, unlabelled: csr_matrix, words: Sequence[str],
               *, seed: int) -> Space:
    """Choose buckets (seen in at least eight sentences), weigh them, find directions and cue groups."""
    buckets, idf = _keep([labelled, unlabelled], MIN_SENTENCES)
    heading_buckets, heading_idf = _keep([headings], MIN_HEADINGS)
    place = np.full(N_BUCKETS, -1, dtype=np.int64)
    place[buckets] = np.arange(len(buckets))
    own = normed(labelled[:, buckets], idf)
    by_direction = _scaled(_directions(normed(unlabelled[:, buckets], idf), seed=seed), own, DIRECTION_SCALE)
    by_group = _scaled(cue_groups(lang, place, len(buckets), words), own, GROUP_SCALE)
    return Space(lang, buckets, idf, heading_buckets, heading_idf, np.hstack([by_direction, by_group]),
                 np.zeros(0, dtype=np.float32), np.zeros(0, dtype=np.float32))


def _directions(texts: csr_matrix, *, seed: int) -> npt.NDArray[np.float32]:
    """The directions in which unlabelled sentences differ most: found among frequent grams, then spread to all."""
    frequent = np.flatnonzero(np.bincount(texts.indices, minlength=texts.shape[1]) >= FREQUENT)
    of_sentence, size, _ = randomized_svd(texts[:, frequent], N_DIRECTIONS, n_iter=2, random_state=seed)
    found: npt.NDArray[np.float32] = (texts.T @ (of_sentence / size)).astype(np.float32)
    return found


def stack(space: Space, texts: csr_matrix, headings: csr_matrix, embedded: npt.NDArray[np.float32],
          cues: npt.NDArray[np.float32]) -> csr_matrix:
    """The fitted matrix: grams | directions and groups | heading grams | columns of an encoder, if any | cue counts."""
    own = normed(texts[:, space.buckets], space.idf)
    above = normed(headings[:, space.heading_buckets], space.heading_idf)
    return hstack([own, csr_matrix(own @ space.views), HEADING_SCALE * above,
                   csr_matrix((embedded - space.centre) * space.spread), csr_matrix(cues)]).tocsr()


def fold(space: Space, coefficients: npt.NDArray[np.float64]) -> dict[str, npt.NDArray[np.float32]]:
    """Coefficients (targets × stacked columns) → weights per gram, heading gram, encoder column, cue (rows × targets).

    `shift` is what centring the encoder's columns adds to the bias.
    """
    n_grams, n_views, n_heading = len(space.buckets), space.views.shape[1], len(space.heading_buckets)
    cuts = np.cumsum([n_grams, n_views, n_heading, len(space.centre)])
    own, view, above, embedded, cue = np.split(coefficients.astype(np.float32), cuts, axis=1)
    return {"text": space.idf[:, None] * (own.T + space.views @ view.T),
            "heading": HEADING_SCALE * space.heading_idf[:, None] * above.T, "cue": cue.T,
            "encoder": space.spread[:, None] * embedded.T, "shift": -(embedded @ (space.spread * space.centre))}


def normed(counts: csr_matrix, idf: npt.NDArray[np.float32]) -> csr_matrix:
    """Counts times idf, divided by the root of the counts' sum of squared idf (as at run time)."""
    norm = np.sqrt(np.maximum(counts @ (idf.astype(np.float32) ** 2), 1e-6))
    return (diags(1.0 / norm) @ counts @ diags(idf)).tocsr().astype(np.float32)


def _keep(parts: Sequence[csr_matrix], least: int) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.float32]]:
    seen = np.zeros(N_BUCKETS, dtype=np.int64)
    for part in parts:
        seen += np.bincount(part.indices, minlength=N_BUCKETS)
    seen[0] = 0
    buckets = np.flatnonzero(seen >= least)
    total = sum(part.shape[0] for part in parts)
    idf = (np.log((1 + total) / (1 + seen[buckets])) + 1).astype(np.float16).astype(np.float32)
    return buckets, idf


def _scaled(columns: npt.NDArray[np.float32], own: csr_matrix, scale: float) -> npt.NDArray[np.float32]:
    """Scale a view so that its mean squared length over the labelled sentences is `scale` squared."""
    seen = own @ columns
    length = float(np.sqrt((seen**2).sum(axis=1).mean()))
    return (columns * (scale / max(length, 1e-9))).astype(np.float32)


def cue_groups(lang: str, place: npt.NDArray[np.int64], n_rows: int, words: Sequence[str]) -> npt.NDArray[np.float32]:
    """Which kept buckets belong to which cue group of frames.yml, themes.yml and topics.yml: rows × groups, 0 or 1.

    Chinese cues count by their first four characters, English ones by their first two words.
    """
    columns = []
    for name in ("frames", "themes", "topics"):
        groups = load_yaml(KNOWLEDGE / "codebook" / f"{name}.yml")
        if not isinstance(groups, dict):
            raise KnowledgeError("Not a mapping", where=f"codebook/{name}.yml", todo="Name its groups.")
        for group in groups.values():
            cues = [str(cue) for cue in group[lang]]
            found = _zh_buckets(cues) if lang == "zh" else _en_buckets(cues, words)
            rows = place[found]
            column = np.zeros(n_rows, dtype=np.float32)
            column[rows[rows >= 0]] = 1
            columns.append(column)
    return np.stack(columns, axis=1)


def _zh_buckets(cues: Sequence[str]) -> npt.NDArray[np.int64]:
    short = [cue[:4] for cue in cues]
    batch = encode(short, masks=None, drop_blanks=True, trim=False)
    table = grams(batch, "zh").buckets.reshape(len(batch.chars), -1)
    return np.array([table[batch.first[number] + 1, len(cue) - 1] for number, cue in enumerate(short)], dtype=np.int64)


def _en_buckets(cues: Sequence[str], words: Sequence[str]) -> npt.NDArray[np.int64]:
    phrases: set[str] = set()
    for cue in cues:
        first, _, second = cue.lower().partition(" ")
        second = second.split(" ")[0]
        stem, open_end = (second or first).removesuffix("*"), (second or first).endswith("*")
        endings = [word for word in words if word.startswith(stem)] if open_end else [stem]
        phrases |= {f"{first} {ending}" if second else ending for ending in endings}
    ordered = sorted(phrase for phrase in phrases if _WORD.search(phrase))
    batch = encode(ordered, masks=None, drop_blanks=False, trim=False)
    found = grams(batch, "en")
    rows = found.buckets.reshape(-1, 7)
    first_word = found.first[:-1] // 7
    n_words = np.diff(found.first) // 7
    chosen: npt.NDArray[np.int64] = np.where(n_words == 1, rows[first_word, 0], rows[first_word, 3]).astype(np.int64)
    return chosen[n_words <= 2]


def vocabulary(texts: Sequence[str]) -> list[str]:
    """All Latin words of the texts, sorted: what `stem*` cues unfold to."""
    found: set[str] = set()
    for text in texts:
        found.update(_WORD.findall(text.lower()))
    return sorted(found)
