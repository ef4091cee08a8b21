"""What the English version makes of each 安全: safety, security, both, another word, or nothing."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple

import pandas as pd

from pipeline.alignments.lexicon import Lexicon
from pipeline.alignments.placing import English, assign, fit_table, read_english
from pipeline.alignments.stretches import Places, sentence_places, stretch_of, to_document
from pipeline.knowledge import load_words
from pipeline.text import Span, match_key

RENDERINGS = ("safety", "security", "both", "other", "omitted")
RENDERING_COLUMNS = ["pair_id", "zh_doc_id", "en_doc_id", "sent_no", "start_char", "end_char", "sense", "rendering",
                     "en_sents", "en_start_char", "en_end_char"]
ALIGNMENT_COLUMNS = ["pair_id", "zh_doc_id", "en_doc_id", "zh_sents", "en_sents", "score"]
LEAST_SHARED = 0.35     # fit that lets a second occurrence share a word
LEAST_OTHER = 0.45      # fit that another English word needs to count as the rendering
JOINED = 3              # words between safety and security that render one 安全 together


class Rendered(NamedTuple):
    """rendering: one of RENDERINGS. start, end: offsets in the English stretch; None where omitted."""

    rendering: str
    start: int | None
    end: int | None


@dataclass(frozen=True)
class _Classes:
    by_word: Mapping[str, str]
    other: frozenset[str]
    elsewhere: re.Pattern[str]


@lru_cache(maxsize=1)
def _classes() -> _Classes:
    words: Any = load_words("alignments")
    by_word = {word: name for name, forms in words["renderings"].items() for word in forms}
    phrases = sorted(words["not_renderings"], key=len, reverse=True)
    elsewhere = re.compile(r"\b(?:" + "|".join(phrase.replace(" ", r"\s{1,3}") for phrase in phrases) + r")\b")
    return _Classes(by_word, frozenset(words["other_renderings"]), elsewhere)


def class_of(word: str) -> str | None:
    """safety or security for an English word of that family, also in compounds (cybersecurity, food-safety)."""
    key = match_key(word)
    by_word = _classes().by_word
    if key in by_word:
        return by_word[key]
    return next((by_word[form] for form in ("security", "safety") if key.endswith(form)), None)


def render_occurrences(zh: str, occurrences: Sequence[Span], en: str, lexicon: Lexicon) -> list[Rendered]:
    """The rendering of each 安全 of a Chinese stretch in its English counterpart, in order of the occurrences."""
    english = read_english(en)
    if not english.spans:
        return [Rendered("omitted", None, None) for _ in occurrences]
    table = fit_table(zh, occurrences, english, lexicon)
    classes = _word_classes(en, english)
    candidates = [number for number, name in enumerate(classes) if name]
    chosen = assign(table, candidates, least=LEAST_SHARED)
    taken = {candidates[column] for column in chosen if column is not None}
    found = []
    for row, column in enumerate(chosen):
        if column is None:
            found.append(_other(table[row], english, en))
        else:
            found.append(_joined(candidates[column], classes, taken, english))
    return found


def _word_classes(en: str, english: English) -> list[str | None]:
    """safety, security or None for each word; None inside a fixed phrase that renders something else."""
    elsewhere = [match.span() for match in _classes().elsewhere.finditer(match_key(en))]
    return [None if any(start <= span.start < end for start, end in elsewhere) else class_of(en[span.start:span.end])
            for span in english.spans]


def _joined(place: int, classes: Sequence[str | None], taken: set[int], english: English) -> Rendered:
    """One word, or `both` where the other family's word stands free beside it: safe and secure, safety/security."""
    span, own = english.spans[place], classes[place]
    near = range(max(0, place - JOINED), min(len(classes), place + JOINED + 1))
    for other in sorted(near, key=lambda number: abs(number - place)):
        if classes[other] not in (None, own) and other not in taken and _is_conjoined(place, other, english):
            spans = sorted([span, english.spans[other]])
            return Rendered("both", spans[0].start, spans[1].end)
    assert own is not None
    return Rendered(own, span.start, span.end)


def _is_conjoined(one: int, other: int, english: English) -> bool:
    """Whether nothing but `and` or `or` stands between the two (workplace safety and public security are two)."""
    return all(word in {"and", "or"} for word in english.stems[min(one, other) + 1:max(one, other)])


def _other(fits: Sequence[float], english: English, en: str) -> Rendered:
    other = _classes().other
    best, place = max(((fits[number], number) for number, span in enumerate(english.spans)
                       if match_key(en[span.start:span.end]) in other), default=(0.0, -1))
    if best < LEAST_OTHER:
        return Rendered("omitted", None, None)
    return Rendered("other", english.spans[place].start, english.spans[place].end)


def read_renderings(alignments: pd.DataFrame, sentences: pd.DataFrame, senses: pd.DataFrame,
                    lexicon: Lexicon) -> pd.DataFrame:
    """One row per 安全 in a Chinese sentence that has a counterpart, per English version.

    alignments, sentences, senses: the contract's tables. Returns the contract's columns of `renderings`:
    `start_char, end_char` of the 安全 in the Chinese document, `en_sents` of its link, `en_start_char, en_end_char`
    of the rendering in the English document (missing where omitted; `both` spans from the first word to the last);
    sorted by pair, documents and place.
    """
    zh_ids = set(alignments.zh_doc_id)
    wanted = zh_ids | set(alignments.en_doc_id)
    place = sentence_places(sentences, wanted)
    by_sentence: dict[tuple[str, int], list[tuple[int, int, object]]] = {}
    hits = senses.loc[senses.doc_id.isin(zh_ids), ["doc_id", "sent_no", "start_char", "end_char", "surface", "sense"]]
    for doc_id, sent_no, start, end, surface, sense in hits.to_numpy(dtype=object):
        if match_key(surface) == "安全":
            by_sentence.setdefault((doc_id, int(sent_no)), []).append((int(start), int(end), sense))
    rows: list[tuple[object, ...]] = []
    for link in alignments[ALIGNMENT_COLUMNS].to_numpy(dtype=object).tolist():
        if len(link[3]) and len(link[4]):
            rows += _link_rows(link, place, by_sentence, lexicon)
    table = pd.DataFrame(rows, columns=RENDERING_COLUMNS, dtype=object)
    table = table.astype({"sent_no": "int64", "start_char": "int64", "end_char": "int64",
                          "en_start_char": "Int64", "en_end_char": "Int64"})
    return table.sort_values(["pair_id", "zh_doc_id", "en_doc_id", "start_char"], ignore_index=True)


def _link_rows(link: Sequence[Any], place: Places,
               by_sentence: Mapping[tuple[str, int], list[tuple[int, int, object]]], lexicon: Lexicon
               ) -> list[tuple[object, ...]]:
    pair_id, zh_id, en_id = link[:3]
    zh_sents, en_sents = ([int(number) for number in numbers] for numbers in link[3:5])
    zh = stretch_of(place, zh_id, zh_sents)
    found = [(number, start, end, sense, start - origin + offset)
             for number, origin, offset in zip(zh_sents, zh.origins, zh.starts, strict=True)
             for start, end, sense in sorted(by_sentence.get((zh_id, number), []), key=lambda hit: hit[0])]
    if not found:
        return []
    en = stretch_of(place, en_id, en_sents)
    spans = [Span(local, local + end - start) for _, start, end, _, local in found]
    rows: list[tuple[object, ...]] = []
    for (number, start, end, sense, _), rendered in zip(
            found, render_occurrences(zh.text, spans, en.text, lexicon), strict=True):
        first = None if rendered.start is None else to_document(en, rendered.start)
        last = None if rendered.end is None else to_document(en, rendered.end - 1) + 1
        rows.append((pair_id, zh_id, en_id, number, start, end, sense, rendered.rendering, en_sents, first, last))
    return rows
