"""Which documents are the Chinese and the English version of one text.

Bases, the stronger first: the sidecar's `pair_id`, one registry instrument by title, one document number, and the
text itself: the numbers, Latin names, entities and known terms that both documents would share (cosine of weights
that rare tokens lead), confirmed by how much of the two texts the alignment explains.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from scipy import sparse

from pipeline.alignments.band import Floats
from pipeline.alignments.evidence import SAME, same_tokens, words_of
from pipeline.alignments.lexicon import Lexicon, seed_lexicon
from pipeline.keeping import Keep, content_key, fresh
from pipeline.knowledge import load_registry
from pipeline.text import match_key

READ = {"zh": 8_000, "en": 40_000}      # characters that the comparison of all documents reads
LEAST_COSINE = 0.5                      # evidence alone: below this no alignment is tried
LEAST_COSINE_NAMED = 0.3                # one instrument or number: a different version must still be recognisable
RATIOS = (1.2, 12.0)                    # English characters per Chinese character, furniture of web pages included
COMMON = 0.1                            # weight of a token that every document has
TRIED = 3                               # Chinese candidates aligned for one English document


class Candidate(NamedTuple):
    """Two documents that may be versions of one text; cosine in [0, 1]; basis: sidecar, instrument, number, evidence."""

    zh_doc_id: str
    en_doc_id: str
    basis: str
    pair_id: str
    cosine: float


def language(lang: str) -> str | None:
    """zh or en for a contract language; None for mixed text, which is no version of anything."""
    return {"zh-Hans": "zh", "zh-Hant": "zh", "zh": "zh", "en": "en"}.get(lang)


def find_candidates(documents: pd.DataFrame, mentions: pd.DataFrame, *, keep: Keep = fresh) -> list[Candidate]:
    """Pairs to align, sorted by English then Chinese document.

    documents: contract table `documents`; near-duplicates (`duplicate_of`) are left out. A pair on the basis
    `sidecar` stands as it is; the others are to be confirmed by their alignment. keep: remembers each document's words.
    """
    live = _with_pair_ids(documents)
    sides = {side: live[live.lang.map(language) == side] for side in ("zh", "en")}
    named = _by_column(sides, "pair_id", "sidecar")
    taken = {candidate.en_doc_id for candidate in named}
    open_en = sides["en"][~sides["en"].doc_id.isin(taken)]
    if open_en.empty or sides["zh"].empty:
        return sorted(named, key=lambda found: (found.en_doc_id, found.zh_doc_id))
    cosines = _cosines(sides["zh"], open_en, mentions, keep)
    lengths = {doc_id: max(len(text), 1) for doc_id, text in _columns(live, "doc_id", "text")}
    numbers = _by_column({"zh": sides["zh"], "en": open_en}, "doc_number", "number")
    instruments = _by_instrument(sides["zh"], open_en)
    known = {(found.zh_doc_id, found.en_doc_id): found.basis for found in [*numbers, *instruments]}
    found = list(named)
    zh_ids = [str(doc_id) for doc_id in sides["zh"].doc_id]
    for column, en_id in enumerate(map(str, open_en.doc_id)):
        tried, near = 0, np.flatnonzero(cosines[:, column] >= LEAST_COSINE_NAMED - 0.001)
        for row in near[np.argsort(-cosines[near, column], kind="stable")]:
            zh_id, cosine = zh_ids[row], round(float(cosines[row, column]), 4)
            basis = known.get((zh_id, en_id), "evidence")
            if cosine < (LEAST_COSINE if basis == "evidence" else LEAST_COSINE_NAMED):
                continue
            if RATIOS[0] <= lengths[en_id] / lengths[zh_id] <= RATIOS[1] and (tried < TRIED or basis != "evidence"):
                tried += 1
                found.append(Candidate(zh_id, en_id, basis, f"{zh_id}-en", cosine))
    return sorted(found, key=lambda candidate: (candidate.en_doc_id, candidate.zh_doc_id))


def _with_pair_ids(documents: pd.DataFrame) -> pd.DataFrame:
    """Documents that are no duplicates, by id; one whose duplicate carries a pair id has it too."""
    live = documents[documents.duplicate_of.isna()].sort_values("doc_id")
    repeats = documents[documents.duplicate_of.notna() & documents.pair_id.notna()].sort_values("doc_id", ascending=False)
    inherited = dict(zip(repeats.duplicate_of, repeats.pair_id, strict=True))
    pair_ids: list[Any] = [pair_id if isinstance(pair_id, str) else inherited.get(doc_id)
                           for doc_id, pair_id in _columns(live, "doc_id", "pair_id")]
    return live.assign(pair_id=pd.Series(pair_ids, index=live.index, dtype=object))


def _by_column(sides: Mapping[str, pd.DataFrame], column: str, basis: str) -> list[Candidate]:
    """Every Chinese document with every English one of the same value."""
    found = []
    by_value: dict[str, list[str]] = {}
    for doc_id, value in _columns(sides["zh"], "doc_id", column):
        if isinstance(value, str) and value:
            by_value.setdefault(value, []).append(doc_id)
    for doc_id, value in _columns(sides["en"], "doc_id", column):
        if isinstance(value, str) and value:
            found += [Candidate(zh_id, doc_id, basis, value, 1.0) for zh_id in by_value.get(value, [])]
    return found


def _columns(frame: pd.DataFrame, *names: str) -> list[list[Any]]:
    """The rows of some columns as plain values."""
    return list(frame[list(names)].to_numpy(dtype=object).tolist())


def _by_instrument(zh: pd.DataFrame, en: pd.DataFrame) -> list[Candidate]:
    registry = load_registry()

    def instruments(title: object) -> set[str]:
        if not isinstance(title, str):
            return set()
        return {entity.entity_id for entity in registry.lookup(title) if entity.type == "INSTRUMENT"}

    titled: dict[str, list[str]] = {}
    for doc_id, title in _columns(zh, "doc_id", "title"):
        for entity_id in sorted(instruments(title)):
            titled.setdefault(entity_id, []).append(doc_id)
    return [Candidate(zh_id, en_id, "instrument", "", 1.0) for en_id, title in _columns(en, "doc_id", "title")
            for zh_id in sorted({zh_id for entity_id in instruments(title) for zh_id in titled.get(entity_id, [])})]


def _cosines(zh: pd.DataFrame, en: pd.DataFrame, mentions: pd.DataFrame, keep: Keep) -> Floats:
    """Cosine of every Chinese with every English document, in the order of the frames."""
    seeds = seed_lexicon()
    entities: dict[str, list[str]] = {}
    linked = mentions[(mentions.entity_id != "NIL") & mentions.entity_id.notna()]
    for doc_id, entity_id in linked[["doc_id", "entity_id"]].itertuples(index=False):
        entities.setdefault(doc_id, []).append(f"@{entity_id}")

    def bag(side: str, doc_id: str, text: str) -> dict[str, float]:
        found, top = entities.get(doc_id, []), text[:READ[side]]
        made: dict[str, float] = keep(content_key("bag", side, top, found),
                                      lambda: _expected(Counter(_read(top, side) + found), seeds, side))
        return made

    bags = [[bag(side, doc_id, text) for doc_id, text in _columns(frame, "doc_id", "text")]
            for side, frame in (("zh", zh), ("en", en))]
    return _cosine(bags[0], bags[1])


def _read(text: str, side: str) -> list[str]:
    return same_tokens(text, side) + words_of(match_key(text), side)


def _expected(counts: Mapping[str, int], lexicon: Lexicon, side: str) -> dict[str, float]:
    """The English tokens that a document has, or that its Chinese words lead one to expect."""
    expected: dict[str, float] = {}
    for token, count in counts.items():
        if token.startswith(SAME) or (side == "en" and token in lexicon.backward):
            expected[token] = expected.get(token, 0.0) + count
        elif side == "zh":
            for stem, probability in lexicon.forward.get(token, {}).items():
                expected[stem] = expected.get(stem, 0.0) + count * probability
    return expected


def _cosine(left: Sequence[Mapping[str, float]], right: Sequence[Mapping[str, float]]) -> Floats:
    seen_left, seen_right = (Counter(token for bag in bags for token in bag) for bags in (left, right))
    place = {token: place for place, token in enumerate(sorted(seen_left.keys() & seen_right.keys()))}
    total = len(left) + len(right) + 1
    rarity = np.array([max(COMMON, np.log(total / (seen_left[token] + seen_right[token] + 1))) for token in place])
    one, two = (_unit_rows(bags, place, rarity) for bags in (left, right))
    return np.asarray((one @ two.T).toarray(), dtype=np.float64)


def _unit_rows(bags: Sequence[Mapping[str, float]], place: Mapping[str, int], rarity: Floats) -> sparse.csr_matrix:
    at = [(row, place[token], np.log1p(count)) for row, bag in enumerate(bags) for token, count in bag.items()
          if token in place]
    rows, columns, values = (np.array(part) for part in zip(*at, strict=True)) if at else (np.zeros(0, int),) * 3
    matrix = sparse.csr_matrix((values * rarity[columns], (rows, columns)), shape=(len(bags), len(place)))
    norms = np.sqrt(np.asarray(matrix.multiply(matrix).sum(axis=1)).ravel())
    return sparse.diags(1.0 / np.maximum(norms, 1e-9)) @ matrix
