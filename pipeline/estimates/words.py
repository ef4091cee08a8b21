"""The words of the body sentences as integers, for what counts strings of words.

Chinese words are the segmenter's, English words are runs of letters; comparison is by match key. Names, quoted titles
and document numbers are protected: a word that lies in one of them is a break, and so are digits and stops.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
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


class _Numbers(dict[str, int]):
    """Words by number in the order in which they were met; -1 for what is no word."""

    def __init__(self, lang: str) -> None:
        self.lang, self.words = lang, list[str]()

    def __missing__(self, word: str) -> int:
        number = len(self.words) if _is_word(word, self.lang) else -1
        if number >= 0:
            self.words.append(word)
        self[word] = number
        return number


class Cuts:
    """Sentences of one language as far as they were cut: place → (numbers of the words, where each begins and ends)."""

    def __init__(self, lang: str) -> None:
        self.numbers = _Numbers(lang)
        self.sentences: dict[int, npt.NDArray[np.int32]] = {}


def read_words(material: Material, documents: Ints, *, lang: str, engine: str = "rjieba") -> Words:
    """Words of the body sentences of some documents (numbers). engine: rjieba, jieba, or characters (zh).

    What was cut is kept with the material: universes and slices overlap, and cutting is most of the work.
    """
    cuts = material.kept.setdefault(("words", lang, engine), Cuts(lang))
    places = np.flatnonzero(np.isin(material.document_of, documents))
    _cut(material, [place for place in places.tolist() if place not in cuts.sentences], cuts, lang=lang, engine=engine)
    parts = [cuts.sentences[place] for place in places.tolist()]
    rows = np.concatenate(parts, axis=1).astype(np.int64) if parts else np.zeros((3, 0), dtype=np.int64)
    sentence = np.repeat(places, [part.shape[1] for part in parts])
    token, vocabulary = _renumber(rows[0], cuts.numbers.words)
    return Words(token, sentence, rows[1], rows[2], material.document_of[sentence], vocabulary)


def _cut(material: Material, places: list[int], cuts: Cuts, *, lang: str, engine: str) -> None:
    """Cut some more sentences; each ends in a break."""
    masks = protected_spans(material) if places else {}
    for place in places:
        text = mask(material.key_texts[place], masks.get(place, ()))
        found = _english(text) if lang == "en" else segment_plain(text, engine=engine)
        words, starts = zip(*found, strict=True) if found else ((), ())
        first = np.array([*starts, len(text)], dtype=np.int32)
        sizes = np.array([*map(len, words), 0], dtype=np.int32)
        cuts.sentences[place] = np.stack([np.array([*map(cuts.numbers.__getitem__, words), -1], dtype=np.int32), first, first + sizes])


def _renumber(token: Ints, vocabulary: list[str]) -> tuple[Ints, list[str]]:
    """The same words numbered from 0 in the order in which they stand here, and the vocabulary of these alone."""
    present, first = np.unique(token, return_index=True)
    order = np.argsort(first[present >= 0])
    kept = present[present >= 0][order]
    new = np.full(len(vocabulary) + 1, -1, dtype=np.int64)
    new[kept] = np.arange(len(kept))
    return new[token], [vocabulary[number] for number in kept.tolist()]


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
