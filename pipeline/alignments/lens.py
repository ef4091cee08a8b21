"""How any Chinese term is rendered in aligned English: the pure function behind `tifa lens`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from scipy.stats import binomtest

from pipeline.alignments.evidence import cut_words, tokens_of
from pipeline.alignments.lexicon import Lexicon, learn_lexicon, merge_lexicons, seed_lexicon
from pipeline.alignments.placing import English, assign, fit_table, read_english
from pipeline.alignments.stretches import Places, sentence_places, stretch_of, to_document
from pipeline.errors import TifaError
from pipeline.estimates.intervals import MIN_DOCUMENTS, draw_weights, ratio_draws
from pipeline.text import Span, match_key

NONE = "none"
LEAST_SHARED = 0.35
N_DRAWS = 2000
SHARE_COLUMNS = ["rendering", "n", "share", "low", "high", "n_documents", "interval"]
SENTENCE_COLUMNS = ["pair_id", "zh_doc_id", "en_doc_id", "sent_no", "start_char", "end_char", "rendering", "en_sents",
                    "en_start_char", "en_end_char", "zh_text", "en_text"]


class Lens(NamedTuple):
    """shares: one row per rendering. sentences: one row per occurrence of the term."""

    shares: pd.DataFrame
    sentences: pd.DataFrame


def render_term(alignments: pd.DataFrame, sentences: pd.DataFrame, term: str, en_words: Sequence[str], *,
                seed: int = 0) -> Lens:
    """What English stands for a Chinese term in the aligned sentences.

    alignments, sentences: the contract's tables. term: Chinese, in either script. en_words: English words or phrases
    (governance, risk management); inflected forms of each word count as the word.
    Returns: `shares`: rendering (one of en_words in their order, then `none`: another word or left out), n
    occurrences, share of all in [0, 1] (none where the term does not occur), low and high of its 95 % interval,
    n_documents (pairs) in which the term occurs; interval: `bootstrap` over document pairs, or `wilson` over occurrences
    where there are fewer than five pairs (it speaks of these documents only). `sentences`: the occurrences with
    offsets in both documents and the texts of the link, in order of pair, document and place; n of the shares are
    counts of these rows. Places where the term is no word of its own are left out (find_term).
    Raises: TifaError for an empty term or no words.
    """
    words = [word.strip() for word in en_words if word.strip()]
    if not term.strip() or not words:
        raise TifaError("A lens needs a Chinese term and English words", where="lens",
                        todo="Try: tifa lens 治理 --en governance,management")
    places = sentence_places(sentences, set(alignments.zh_doc_id) | set(alignments.en_doc_id))
    links = [link for link in _links(alignments) if len(link[3]) and len(link[4])]
    lexicon = _learn(links, places)
    rows = [row for link in links for row in _read_link(link, places, match_key(term.strip()), words, lexicon)]
    found = pd.DataFrame(rows, columns=SENTENCE_COLUMNS, dtype=object).astype(
        {"sent_no": "int64", "start_char": "int64", "end_char": "int64", "en_start_char": "Int64", "en_end_char": "Int64"})
    found = found.sort_values(["pair_id", "zh_doc_id", "en_doc_id", "start_char"], ignore_index=True)
    return Lens(_shares(found, words, term=term, seed=seed), found)


def _links(alignments: pd.DataFrame) -> list[list[Any]]:
    columns = ["pair_id", "zh_doc_id", "en_doc_id", "zh_sents", "en_sents", "score"]
    return list(alignments[columns].to_numpy(dtype=object).tolist())


def _learn(links: Sequence[Sequence[Any]], places: Places) -> Lexicon:
    bags = [([token for number in zh_sents for token in tokens_of(places[zh_id, int(number)][1], "zh")],
             [token for number in en_sents for token in tokens_of(places[en_id, int(number)][1], "en")])
            for _, zh_id, en_id, zh_sents, en_sents, _ in links]
    return merge_lexicons(learn_lexicon(bags), seed_lexicon())


def _read_link(link: Sequence[Any], places: Places, term: str, words: Sequence[str], lexicon: Lexicon
               ) -> list[tuple[object, ...]]:
    pair_id, zh_id, en_id, zh_sents, en_sents, _ = link
    numbers = [int(number) for number in zh_sents]
    zh = stretch_of(places, zh_id, numbers)
    spans = find_term(zh.text, term)
    if not spans:
        return []
    en = stretch_of(places, en_id, [int(number) for number in en_sents])
    english = read_english(en.text)
    candidates = find_words(en.text, english, words)
    chosen = assign(fit_table(zh.text, spans, english, lexicon), [first for first, _, _ in candidates], least=LEAST_SHARED)
    rows: list[tuple[object, ...]] = []
    for span, choice in zip(spans, chosen, strict=True):
        start, name = to_document(zh, span.start), NONE
        first = last = None
        if choice is not None:
            begin, end, name = candidates[choice]
            first, last = to_document(en, english.spans[begin].start), to_document(en, english.spans[end].end - 1) + 1
        sentence = max(number for number, origin in zip(numbers, zh.origins, strict=True) if origin <= start)
        rows.append((pair_id, zh_id, en_id, sentence, start, start + len(term), name, [int(item) for item in en_sents],
                     first, last, zh.text, en.text))
    return rows


def find_term(text: str, term: str) -> list[Span]:
    """Places of a term in Chinese text where it is a word, a phrase, or part of a compound (安全 in 网络安全).

    Left out: across the seam of two words (主权 in 民主权利) and with one character more in one word (自主权).
    term: a match key.
    """
    spans = [Span(*match.span()) for match in re.finditer(re.escape(term), match_key(text))]
    words = cut_words(match_key(text)) if spans else []
    edges = {word.start for word in words} | {word.end for word in words}
    around = {place: word for word in words for place in range(word.start, word.end)}
    return [span for span in spans
            if (span.start in edges and span.end in edges)
            or (around[span.start] == around[span.end - 1] and 1 not in (
                span.start - around[span.start].start, around[span.start].end - span.end))]


def find_words(text: str, english: English, words: Sequence[str]) -> list[tuple[int, int, str]]:
    """(first word, last word, which of `words`) for each place of an English text that has one of the words."""
    forms = [inflection_key(text[span.start:span.end]) for span in english.spans]
    found = []
    for word in words:
        parts = [inflection_key(part) for part in re.findall(r"[^\s-]{1,60}", word)]
        found += [(place, place + len(parts) - 1, word) for place in range(len(forms) - len(parts) + 1)
                  if forms[place:place + len(parts)] == parts]
    return sorted(found)


def inflection_key(word: str) -> str:
    """One key for the inflected forms of a word: regulates, regulated, regulating → regulat; derived nouns keep
    theirs (regulation, governance), since they are what a lens tells apart."""
    key = match_key(word).removesuffix("'s")
    for suffix, stay in (("ies", "y"), ("ing", ""), ("ed", ""), ("es", ""), ("s", ""), ("e", "")):
        if key.endswith(suffix) and not key.endswith("ss") and len(key) - len(suffix) >= 3:
            return key[: -len(suffix)] + stay
    return key


def _shares(found: pd.DataFrame, words: Sequence[str], *, term: str, seed: int) -> pd.DataFrame:
    names = [*dict.fromkeys(words), NONE]
    counts = (found.assign(one=1.0).pivot_table(index=["zh_doc_id", "en_doc_id"], columns="rendering", values="one",
                                                aggfunc="sum", fill_value=0.0).reindex(columns=names, fill_value=0.0)
              if len(found) else pd.DataFrame(np.zeros((0, len(names))), columns=names))
    tops = counts.to_numpy(dtype=np.float64)
    total, documents = int(tops.sum()), len(tops)
    hits = tops.sum(axis=0)
    shares = hits / total if total else np.full(len(names), np.nan)
    if documents >= MIN_DOCUMENTS:
        bottoms = np.repeat(tops.sum(axis=1, keepdims=True), len(names), axis=1)
        weights = draw_weights(documents, n_draws=N_DRAWS, seed=seed, name=f"lens:{term}")
        drawn = ratio_draws(weights, tops, bottoms, scales=["share"] * len(names), design=np.full(len(names), np.nan), seed=seed)
        low, high = drawn.bounds()
        kind: str | None = "bootstrap"
    elif total:
        ends = [binomtest(int(hit), total).proportion_ci(method="wilson") for hit in hits]
        low, high = np.array([end.low for end in ends]), np.array([end.high for end in ends])
        kind = "wilson"
    else:
        low = high = np.full(len(names), np.nan)
        kind = None
    return pd.DataFrame({"rendering": names, "n": hits.astype(int), "share": shares.round(4), "low": np.round(low, 4),
                         "high": np.round(high, 4), "n_documents": documents, "interval": kind}, columns=SHARE_COLUMNS)
