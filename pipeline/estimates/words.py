"""The words of the body sentences as integers, for what counts strings of words.

Chinese words are the segmenter's, English words are runs of letters; comparison is by match key. Names, quoted titles
and document numbers are protected: a word that lies in one of them is a break, and so are digits and stops.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from pipeline.estimates.intervals import Flags
from pipeline.estimates.material import Ints, Material
from pipeline.segment import segment_plain
from pipeline.text import quoted_titles

PROTECTED = ("ACTOR", "FORUM", "ORG", "GPE", "PERSON", "INSTRUMENT", "DATE")
_MASK = "\x01"
_EN_WORD = re.compile(r"[a-z]{1,40}(?:-[a-z]{1,40}){0,4}|'s(?![a-z])|[^\sa-z]")
_WORD = re.compile("[\u3400-\u4dbf\u4e00-\u9fffa-z]")
_DIGITS = re.compile("第?[0-9〇零一二三四五六七八九十百千万亿两]{1,20}[章节条款项年月日]?")
JOINING = {"zh": "、", "en": ","}

Cut = Callable[[str], list[tuple[str, int]]]


@dataclass(frozen=True)
class Words:
    """Words in the order of the texts. Arrays run in parallel.

    token: number in `vocabulary`, -1 for a break. sentence: place in `Material.body`. start, end: offsets in the sentence.
    document: document number. Between two sentences stands a break.
    """

    token: Ints = field(repr=False)
    sentence: Ints = field(repr=False)
    start: Ints = field(repr=False)
    end: Ints = field(repr=False)
    document: Ints = field(repr=False)
    vocabulary: list[str] = field(repr=False)


def read_words(material: Material, documents: Ints, *, lang: str, engine: str = "rjieba") -> Words:
    """Words of the body sentences of some documents (numbers). engine: rjieba, jieba, or characters (zh)."""
    cut: Cut = _english if lang == "en" else lambda text: segment_plain(text, engine=engine)
    masks = protected_spans(material)
    numbers: dict[str, int] = {}
    kinds: dict[str, bool] = {}
    tokens: list[int] = []
    sizes: list[int] = []
    gaps: list[int] = []
    owners: list[int] = []
    for place in np.flatnonzero(np.isin(material.document_of, documents)):
        before = len(tokens)
        text = mask(material.key_texts[place], masks.get(int(place), ()))
        for word, gap in cut(text):
            if word not in kinds:
                kinds[word] = _is_word(word, lang)
            tokens.append(numbers.setdefault(word, len(numbers)) if kinds[word] else -1)
            sizes.append(len(word))
            gaps.append(gap)
        tokens.append(-1)
        sizes.append(0)
        gaps.append(len(text))
        owners += [int(place)] * (len(tokens) - before)
    sentence, start = np.array(owners, dtype=np.int64), np.array(gaps, dtype=np.int64)
    return Words(np.array(tokens, dtype=np.int64), sentence, start, start + np.array(sizes, dtype=np.int64),
                 material.document_of[sentence], list(numbers))


def _is_word(word: str, lang: str) -> bool:
    if word == JOINING[lang]:
        return True
    return _WORD.search(word) is not None and _MASK not in word and (lang == "en" or _DIGITS.fullmatch(word) is None)


def _english(text: str) -> list[tuple[str, int]]:
    return [(match.group(), match.start()) for match in _EN_WORD.finditer(text)]


def protected_spans(material: Material) -> dict[int, list[tuple[int, int]]]:
    """Offsets in each body sentence of the names of bodies, places, persons and instruments."""
    mentions = material.tables.get("mentions", pd.DataFrame(columns=["type"]))
    rows = mentions[mentions["type"].isin(PROTECTED)]
    spans: dict[int, list[tuple[int, int]]] = {}
    if rows.empty:
        return spans
    starts = material.tables["sentences"][["doc_id", "sent_no", "start_char"]].rename(columns={"start_char": "origin"})
    places = material.body[["doc_id", "sent_no"]].assign(place=np.arange(len(material.body)))
    joined = rows[["doc_id", "sent_no", "start_char", "end_char"]].merge(places).merge(starts)
    first, last = joined["start_char"] - joined["origin"], joined["end_char"] - joined["origin"]
    for place, start, end in zip(joined["place"], first, last, strict=True):
        spans.setdefault(int(place), []).append((int(start), int(end)))
    return spans


def mask(key: str, spans: list[tuple[int, int]] | tuple[()]) -> str:
    """The key with names and quoted titles blotted out, length kept."""
    titles = [(span.start, span.end) for span in quoted_titles(key)]
    for start, end in (*spans, *titles):
        key = key[:start] + _MASK * (end - start) + key[end:]
    return key


def breaks(words: Words) -> Flags:
    """Which places hold no word."""
    return np.asarray(words.token < 0)
