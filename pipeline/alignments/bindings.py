"""What the English makes of a Chinese duty: 应当 as shall, should, will, may, or as no binding word at all."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, NamedTuple

import pandas as pd

from pipeline.alignments.stretches import sentence_places, stretch_of
from pipeline.knowledge import load_words
from pipeline.text import match_key

# The strongest first: a duty is softened from `should` on; `none` may also be a passive or an imperative.
BINDINGS = ("shall", "should", "will", "may", "none")
SOFTER = frozenset({"should", "may"})
BINDING_COLUMNS = ["pair_id", "zh_doc_id", "en_doc_id", "zh_sents", "en_sents", "zh_word", "en_word", "binding"]


class _Words(NamedTuple):
    zh: re.Pattern[str]
    en: Mapping[str, re.Pattern[str]]


@lru_cache(maxsize=1)
def _words() -> _Words:
    words: Any = load_words("alignments")["bindings"]
    zh = re.compile("|".join(sorted(words["zh"], key=len, reverse=True)))
    en = {name: re.compile("|".join(rf"(?<![a-z]){re.escape(word)}(?![a-z])"
                                    for word in sorted(words["en"][name], key=len, reverse=True)))
          for name in BINDINGS if name != "none"}
    return _Words(zh, en)


def binding_of(text: str) -> tuple[str, str | None]:
    """(the strongest of BINDINGS in an English stretch, its word); ("none", None) where it has no such word."""
    key = match_key(text)
    for name, pattern in _words().en.items():
        for found in pattern.finditer(key):
            if text[found.start():found.end()] != "May":        # the month
                return name, found.group()
    return "none", None


def read_bindings(alignments: pd.DataFrame, sentences: pd.DataFrame) -> pd.DataFrame:
    """One row per two-sided link whose Chinese binds (应当, 必须, 不得 …, words/alignments.yml).

    alignments, sentences: the contract's tables. `zh_word` the first binding word, `binding` one of BINDINGS, `en_word`
    its English word (missing for `none`); in the order of `alignments`.
    """
    two_sided = [len(zh) > 0 and len(en) > 0 for zh, en in zip(alignments.zh_sents, alignments.en_sents, strict=True)]
    linked = alignments.loc[pd.Series(two_sided, index=alignments.index, dtype=bool)]
    places = sentence_places(sentences, set(linked.zh_doc_id) | set(linked.en_doc_id))
    rows = []
    for pair_id, zh_id, en_id, zh_sents, en_sents in linked[BINDING_COLUMNS[:5]].to_numpy(dtype=object).tolist():
        numbers = [[int(number) for number in sents] for sents in (zh_sents, en_sents)]
        word = _words().zh.search(match_key(stretch_of(places, zh_id, numbers[0]).text))
        if word:
            name, found = binding_of(stretch_of(places, en_id, numbers[1]).text)
            rows.append((pair_id, zh_id, en_id, *numbers, word.group(), found, name))
    return pd.DataFrame(rows, columns=BINDING_COLUMNS, dtype=object)


def count_bindings(bindings: pd.DataFrame) -> pd.DataFrame:
    """Per pair: n_binding links and one column per BINDINGS with how many of them are so rendered."""
    keys = ["pair_id", "zh_doc_id", "en_doc_id"]
    table = (pd.crosstab([bindings[key] for key in keys], bindings.binding).reindex(columns=list(BINDINGS), fill_value=0)
             if len(bindings) else pd.DataFrame(columns=list(BINDINGS), index=pd.MultiIndex.from_arrays([[]] * 3, names=keys)))
    return table.assign(n_binding=table.sum(axis=1)).rename_axis(columns=None).reset_index()
