"""Which word of an English stretch stands for an occurrence in a Chinese one, by the company both keep.

The words around the occurrence say where in the English text its neighbours went; a candidate near their
translations fits better than one far away. Used for 安全 and for any term of `tifa lens`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.optimize import linear_sum_assignment

from pipeline.alignments.band import Floats
from pipeline.alignments.evidence import cut_words, same_tokens, stem
from pipeline.alignments.lexicon import Lexicon
from pipeline.text import Span, match_key

REACH_ZH = 2.0          # characters over which a neighbour's word fades
REACH_EN = 3.0          # words over which nearness to a neighbour's translation fades
OWN = 1.5               # weight of the compound that contains the occurrence: 网络安全 → cybersecurity
CLAIMED = 1.0           # a word that translates another Chinese word of the stretch is probably that word's
OWNED = 0.1             # from this probability on an English word is a known translation of the occurrence's own
LEAST_FIT = 0.07        # below this a candidate stands for something else in the Chinese
PLACE = 0.25            # weight of the relative place in the stretch
_WORD = re.compile(r"[a-z0-9](?:[a-z0-9]|['.,&](?=[a-z0-9])){0,40}")


@dataclass(frozen=True)
class English:
    """Words of an English stretch with offsets and stems."""

    spans: list[Span]
    stems: list[str]
    length: int


def read_english(text: str) -> English:
    """The words of the text, hyphenated ones in their parts."""
    key = match_key(text)
    spans = [Span(*match.span()) for match in _WORD.finditer(key)]
    return English(spans, [_stem(text[span.start:span.end]) for span in spans], max(len(text), 1))


def _stem(surface: str) -> str:
    numbers = same_tokens(surface, "en") if surface[0].isdigit() else []
    return numbers[0] if numbers else stem(match_key(surface))


def fit_table(zh: str, occurrences: Sequence[Span], english: English, lexicon: Lexicon) -> Floats:
    """How well each English word fits each occurrence: occurrences × words, about 0 (no sign) to 3."""
    key = match_key(zh)
    words = cut_words(key)
    near = np.abs(np.subtract.outer(np.arange(len(english.spans)), np.arange(len(english.spans))))
    nearness = np.exp(-near / REACH_EN)
    places = np.array([(span.start + span.end) / 2 / english.length for span in english.spans])
    supports: dict[str, Floats] = {}
    table = np.zeros((len(occurrences), len(english.spans)))
    for number, occurrence in enumerate(occurrences):
        for start, end in words:
            distance = max(occurrence.start - end, start - occurrence.end, 0)
            if distance > 6 * REACH_ZH:
                continue
            inside = start < occurrence.end and end > occurrence.start
            piece = key[start:end]
            rest = piece.replace(key[occurrence.start:occurrence.end], "") if inside else piece
            for word, weight in ((piece, OWN if inside else 0.0), (rest, np.exp(-distance / REACH_ZH))):
                if word and weight and not (inside and word == key[occurrence.start:occurrence.end]):
                    table[number] += weight * _support(word, english, lexicon, nearness, supports, itself=word is piece and inside)
        table[number] -= CLAIMED * _claims(key, words, occurrence, english, lexicon)
        place = (occurrence.start + occurrence.end) / 2 / max(len(zh), 1)
        table[number] += PLACE * np.exp(-4.0 * np.abs(places - place))
    return table


def _support(word: str, english: English, lexicon: Lexicon, nearness: Floats, cache: dict[str, Floats], *,
             itself: bool) -> Floats:
    """For each English word how near it stands to a translation of the Chinese word (itself: how much it is one)."""
    name = f"{itself}{word}"
    if name not in cache:
        row = dict(lexicon.forward.get(word, {}))
        numbers = same_tokens(word, "zh")
        row |= dict.fromkeys(numbers, 0.6)
        strength = np.sqrt(np.array([row.get(token, 0.0) for token in english.stems]))
        count = max(int((strength > 0.2).sum()), 1)     # a translation that stands everywhere says little
        reach = strength if itself else np.max(nearness * strength[None, :], axis=1, initial=0.0)
        cache[name] = reach / count ** 0.5
    return cache[name]


def _claims(key: str, words: Sequence[Span], occurrence: Span, english: English, lexicon: Lexicon) -> Floats:
    """How much each English word translates another Chinese word of the stretch; 0 for known translations of the
    occurrence's own word."""
    own: dict[str, float] = {}
    others: dict[str, float] = {}
    for start, end in words:
        into = own if start < occurrence.end and end > occurrence.start else others
        for token, value in lexicon.forward.get(key[start:end], {}).items():
            into[token] = max(value, into.get(token, 0.0))
    for token, value in lexicon.forward.get(key[occurrence.start:occurrence.end], {}).items():
        own[token] = max(value, own.get(token, 0.0))
    return np.array([0.0 if own.get(token, 0.0) >= OWNED else others.get(token, 0.0) for token in english.stems])


def assign(table: Floats, columns: Sequence[int], *, least: float) -> list[int | None]:
    """For each occurrence the column (index into `columns`) that renders it, or None.

    One candidate for each occurrence, the sum of fits highest; occurrences left over share the candidate that fits
    them best if it fits at least `least` (one word often renders two: 网络安全和数据安全, cyber and data security).
    """
    found: list[int | None] = [None] * table.shape[0]
    if not columns or not table.size:
        return found
    fits = table[:, list(columns)]
    for row, column in zip(*linear_sum_assignment(-fits), strict=True):
        if fits[row, column] >= LEAST_FIT:
            found[row] = int(column)
    for row in range(len(found)):
        if found[row] is None and fits[row].max() >= least:
            found[row] = int(fits[row].argmax())
    return found


