"""Which English stands for 安全, counted by what is kept safe, by whose text it is and by who translated it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import numpy as np
import pandas as pd

from pipeline.alignments.band import Floats
from pipeline.alignments.renderings import RENDERINGS
from pipeline.errors import UnknownLabel
from pipeline.estimates.intervals import MIN_DOCUMENTS, draw_weights, ratio_draws
from pipeline.knowledge import load_words
from pipeline.text import match_key

GROUPINGS = ("all", "in_name", "sense", "doc_type", "issuer", "translator", "year", "document")
SHARE_COLUMNS = ["grouping", "group_value", "rendering", "n", "share", "low", "high", "n_occurrences", "n_pairs"]
N_DRAWS = 2000
UNNAMED = "unnamed"
READ = 4000             # characters at the head and at the end of an English version where a translator signs


def rendering_shares(renderings: pd.DataFrame, senses: pd.DataFrame, documents: pd.DataFrame, *,
                     seed: int = 0) -> pd.DataFrame:
    """Share of each rendering among the occurrences of 安全 in aligned sentences.

    renderings, senses, documents: the contract's tables. Returns one row per grouping, group and rendering: `grouping`
    one of GROUPINGS (in_name: `name` inside the name of a law or body, else `text`; issuer: lead issuer of the Chinese
    text; year: of its date; document: the English version), n occurrences so rendered, share in [0, 1] of
    n_occurrences; low, high of its 95 % interval, whole pairs resampled, missing below five pairs (several English
    versions of one text are one pair). In the order of GROUPINGS; years in order, other groups by their occurrences.
    Raises: UnknownLabel for a rendering that the contract does not know.
    """
    if unknown := sorted(set(renderings.rendering) - set(RENDERINGS)):
        raise UnknownLabel(f"Unknown rendering {unknown[0]!r}", where="renderings", todo="Use the words of the contract.")
    described = _describe(renderings, senses, documents)
    rows: list[tuple[object, ...]] = []
    for grouping in GROUPINGS:
        parts = [(str(value), part) for value, part in described.groupby(grouping, sort=True)]
        for value, part in parts if grouping == "year" else sorted(parts, key=lambda item: (-len(item[1]), item[0])):
            rows += _group_rows(grouping, value, part, seed=seed)
    return pd.DataFrame(rows, columns=SHARE_COLUMNS)


def _describe(renderings: pd.DataFrame, senses: pd.DataFrame, documents: pd.DataFrame) -> pd.DataFrame:
    """renderings with one column per grouping."""
    facts = {str(row.doc_id): row for row in documents.itertuples(index=False)}
    inside = senses.loc[senses.in_name.eq(True), ["doc_id", "start_char"]]
    named = {(str(doc_id), int(start)) for doc_id, start in inside.to_numpy(dtype=object).tolist()}
    zh, en = [str(one) for one in renderings.zh_doc_id], [str(one) for one in renderings.en_doc_id]
    signed = {doc_id: translator_of(str(facts[doc_id].text)) for doc_id in sorted(set(en))}
    return renderings.assign(
        all="all", in_name=["name" if (one, int(start)) in named else "text"
                            for one, start in zip(zh, renderings.start_char, strict=True)],
        doc_type=[str(facts[one].doc_type or UNNAMED) for one in zh], issuer=[_lead(facts[one].issuers) for one in zh],
        translator=[signed[one] for one in en], document=en,
        year=[_year(facts[one].date_issued) for one in zh])


def _year(date: object) -> str:
    return date[:4] if isinstance(date, str) else UNNAMED


def _lead(issuers: Any) -> str:
    names = [] if issuers is None or isinstance(issuers, float) else list(issuers)
    return str(names[0]) if names else UNNAMED


@lru_cache(maxsize=1)
def _translators() -> Mapping[str, re.Pattern[str]]:
    words: Any = load_words("alignments")["translators"]
    return {name: re.compile("|".join(re.escape(match_key(phrase)) for phrase in phrases))
            for name, phrases in words.items()}


def translator_of(text: str) -> str:
    """The translator that signs an English version, by the phrases of words/alignments.yml; `unnamed` where none does."""
    ends = match_key(text[:READ] + " " + text[-READ:])
    return next((name for name, pattern in _translators().items() if pattern.search(ends)), UNNAMED)


def _group_rows(grouping: str, value: str, part: pd.DataFrame, *, seed: int) -> list[tuple[object, ...]]:
    pairs, place = np.unique(part.pair_id.to_numpy(dtype=object), return_inverse=True)
    hits = np.zeros((len(pairs), len(RENDERINGS)))
    np.add.at(hits, (place, np.array([RENDERINGS.index(rendering) for rendering in part.rendering])), 1.0)
    share, low, high = cluster_shares(hits, name=f"{grouping}:{value}", seed=seed)
    return [(grouping, value, rendering, int(hits[:, place].sum()), round(float(share[place]), 4),
             _rounded(low[place]), _rounded(high[place]), int(hits.sum()), len(hits))
            for place, rendering in enumerate(RENDERINGS)]


def cluster_shares(hits: Floats, *, name: str, seed: int) -> tuple[Floats, Floats, Floats]:
    """Share of each column of counts, with low and high (NaN below five rows).

    hits: clusters (rows) × classes; the share of a class is its sum over the sum of all.
    """
    bottoms = np.repeat(hits.sum(axis=1, keepdims=True), hits.shape[1], axis=1)
    share = hits.sum(axis=0) / max(float(hits.sum()), 1.0)
    if len(hits) < MIN_DOCUMENTS:
        return share, np.full(len(share), np.nan), np.full(len(share), np.nan)
    weights = draw_weights(len(hits), n_draws=N_DRAWS, seed=seed, name=f"renderings:{name}")
    drawn = ratio_draws(weights, hits, bottoms, scales=["share"] * len(share), design=np.full(len(share), np.nan), seed=seed)
    return share, *drawn.bounds()


def _rounded(value: float) -> float | None:
    return round(float(value), 4) if np.isfinite(value) else None
