"""The words of the body sentences as integers, for what counts strings of words.

Chinese words are the segmenter's, English words are runs of letters; comparison is by match key. Names, quoted titles
and document numbers are protected: a word that lies in one of them is a break, and so are digits and stops.
Many sentences are cut at once: neither a segmenter nor a pattern looks across the NUL or the end of line between them.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import chain, count

import numpy as np
import numpy.typing as npt
import pandas as pd

from pipeline.estimates.material import Ints, Material
from pipeline.estimates.surfaces import code_points
from pipeline.estimates.universe import LANGS
from pipeline.segment import cut_plain
from pipeline.text import quoted_titles

PROTECTED = ("ACTOR", "FORUM", "ORG", "GPE", "PERSON", "INSTRUMENT", "DATE")
MASK = 1
END = 0
_AT_ONCE = 20_000  # sentences, so that words of large corpora never lie in memory as Python strings all together
_EN_WORD = re.compile(r"[a-z]{1,40}(?:-[a-z]{1,40}){0,4}|'s(?![a-z])|[^\sa-z]")  # all but spaces, one by one
_SPACES = np.array([code for code in range(0x3001) if chr(code).isspace()], dtype=np.uint32)
_WORD = re.compile("[\u3400-\u4dbf\u4e00-\u9fffa-z]")
_DIGITS = re.compile("第?[0-9〇零一二三四五六七八九十百千万亿两]{1,20}[章节条款项年月日]?")
JOINING = {"zh": "、", "en": ","}
Codes = npt.NDArray[np.uint32]


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
    """Words of the body sentences of some documents (numbers); those in another language have none.

    engine: rjieba, jieba, or characters (zh). All documents of the language are cut at the first question and kept with
    the material: universes and slices overlap, and cutting is most of the work.
    """
    key = ("words", lang, engine)
    if key not in material.kept:
        material.kept[key] = _cut_all(material, lang=lang, engine=engine)
    cuts, vocabulary = material.kept[key]
    wanted = np.zeros(len(material.documents), dtype=bool)
    wanted[documents] = True
    token, sentence, start, size = cuts[:, wanted[material.document_of[cuts[1]]]].astype(np.int64)
    is_word = token >= 0
    numbers, kept = pd.factorize(token[is_word])  # from 0 in the order in which they stand here
    token[is_word] = numbers
    return Words(token, sentence, start, start + size, material.document_of[sentence], [vocabulary[number] for number in kept])


def _cut_all(material: Material, *, lang: str, engine: str) -> tuple[npt.NDArray[np.int32], list[str]]:
    """All sentences of a language: of each word its number in the list (-1 for a break), sentence, start and size."""
    numbers: dict[str, int] = defaultdict(count().__next__)
    spoken = material.documents["lang"].map(LANGS).eq(lang).to_numpy(dtype=bool)
    places = np.flatnonzero(spoken[material.document_of])
    parts = [_cut(material, places[first:first + _AT_ONCE], numbers, lang=lang, engine=engine)
             for first in range(0, len(places), _AT_ONCE)]
    cuts = np.concatenate([np.zeros((4, 0), dtype=np.int32), *parts], axis=1)
    is_word = np.array([_is_word(word, lang) for word in numbers], dtype=bool)
    cuts[0, ~is_word[cuts[0]]] = -1
    return cuts, list(numbers)


def _cut(material: Material, places: Ints, numbers: dict[str, int], *, lang: str, engine: str) -> npt.NDArray[np.int32]:
    """Some sentences; END, of size 0, stands behind each. numbers: of all words so far, more are added."""
    codes, begins = blotted(material, places)
    text = codes.tobytes().decode("utf-32-le", "surrogatepass")
    words = _EN_WORD.findall(text) if lang == "en" else cut_plain(text, engine=engine)
    token = np.fromiter(map(numbers.__getitem__, words), dtype=np.int64, count=len(words))
    size = np.fromiter(map(len, numbers), dtype=np.int64, count=len(numbers))[token]
    start = np.cumsum(size) - size
    if lang == "en":
        start = np.flatnonzero(~np.isin(codes, _SPACES))[start]
    is_end = codes[start] == END
    size[is_end] = 0
    row = np.cumsum(is_end) - is_end
    return np.stack([token, places[row], start - begins[row], size]).astype(np.int32)


def _is_word(word: str, lang: str) -> bool:
    if word == JOINING[lang]:
        return True
    return _WORD.search(word) is not None and chr(MASK) not in word and (lang == "en" or _DIGITS.fullmatch(word) is None)


def blotted(material: Material, places: Ints, *, also: re.Pattern[str] | None = None) -> tuple[Codes, Ints]:
    """Match keys of some body sentences (places, ascending) in a row as code points, each followed by END; and where each begins.

    Names, quoted titles and what the pattern `also` finds are blotted out by MASK. The pattern must not match an end of line.
    """
    every = material.key_texts
    keys = [every[place] for place in places.tolist()]
    sizes = np.fromiter(map(len, keys), dtype=np.int64, count=len(keys))
    begins = np.cumsum(sizes + 1) - sizes - 1
    text = "\n".join([*keys, ""])
    codes = code_points(text).copy()
    for start, end in chain(quoted_titles(text), (match.span() for match in (also.finditer(text) if also else ())),
                            _named(material, places, begins, sizes)):
        codes[start:end] = MASK
    codes[begins + sizes] = END
    return codes, begins


def _named(material: Material, places: Ints, begins: Ints, sizes: Ints) -> Iterator[tuple[int, int]]:
    """Where names of bodies, places, persons and instruments begin and end in a row of sentences (places)."""
    if "named" not in material.kept:
        mentions = material.tables.get("mentions", pd.DataFrame(columns=["doc_id", "sent_no", "start_char", "end_char", "type"]))
        rows = mentions[mentions["type"].isin(PROTECTED)]
        place = material.places(rows)
        offsets = rows[["start_char", "end_char"]].to_numpy(dtype=np.int64).T[:, place >= 0]
        place = place[place >= 0]
        material.kept["named"] = (place, *(offsets - material.origins[place]))
    place, start, end = material.kept["named"]
    row = np.full(len(material.body), -1)
    row[places] = np.arange(len(places))
    here = row[place] >= 0
    row = row[place[here]]
    first, last = (begins[row] + np.clip(offset[here], 0, sizes[row]) for offset in (start, end))
    return zip(first.tolist(), last.tolist(), strict=True)
