"""Fixed wordings found without a list. A common string of words is kept when

  it stands in enough works and issuers;
  it coheres, and what stands before and after it varies;
  it neither begins nor ends with a function word and holds no word that points into its own document;
  policy texts use it at least as often as statutes do, and it is bound to no opening or end of documents: what fails here
  is enacting formula, penalty clause or page furniture;
  it lives outside every longer string that is kept.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
import pandas as pd

from pipeline.errors import KnowledgeError
from pipeline.estimates.intervals import Flags
from pipeline.estimates.material import Ints
from pipeline.estimates.words import Words
from pipeline.knowledge import KNOWLEDGE, load_yaml
from pipeline.trends.strings import Strings, Texts, common_strings, spread


@dataclass(frozen=True)
class Criteria:
    """What a string must reach; the measures are those of `Strings`. size: Chinese characters or English words, function
    words not counted. outside: share of its documents in which it stands outside every longer string that is kept.
    documents: works with it, or `least_share` of all where that is more."""

    documents: int
    issuers: int
    cohesion: float
    fixed: float
    entropy: float
    policy: float
    size: int
    at_edge: float = 0.5
    outside: float = 0.4
    longest: int = 9
    least_share: float = 0.003


# Chosen on 420 strings judged by hand, scored on 84 others (tests/golden/formulations_judged.csv: sample 3). English texts are
# few, and of few issuers.
CRITERIA = {"zh": Criteria(documents=5, issuers=3, cohesion=0.45, fixed=0.5, entropy=1.5, policy=6.0, size=4),
            "en": Criteria(documents=4, issuers=2, cohesion=0.35, fixed=0.5, entropy=1.2, policy=0.5, size=3)}


def discover(texts: Texts, *, lang: str, criteria: Criteria | None = None) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The strings that meet the criteria, and where they stand.

    Returns: strings: the facts of `Strings` and wording, index 0 … n-1, most documents first; and occurrences: string (its
    row), place (of its first word in `words`), n_words; those inside a longer kept string left out.
    """
    chosen = criteria or CRITERIA[lang]
    chosen = replace(chosen, documents=max(chosen.documents, math.ceil(chosen.least_share * len(texts.present))))
    vocabulary = _about(texts.words, lang)
    kept: list[Strings] = []
    for level in common_strings(texts, documents=chosen.documents, longest=chosen.longest):
        good = _meets(level, texts.words, vocabulary, chosen=chosen)
        inside = good[level.string]
        kept.append(Strings(level.n_words, level.place[inside], (np.cumsum(good) - 1)[level.string[inside]],
                            level.facts[good].reset_index(drop=True)))
    return _outermost(kept, texts, lang=lang, chosen=chosen)


@lru_cache(maxsize=1)
def _lists() -> dict[str, dict[str, frozenset[str]]]:
    loaded = load_yaml(KNOWLEDGE / "words/discovery.yml")
    if not isinstance(loaded, dict) or set(loaded) != {"zh", "en"}:
        raise KnowledgeError("discovery.yml has the keys zh and en", where="words/discovery.yml")
    return {lang: {name: frozenset(words) for name, words in lists.items()} for lang, lists in loaded.items()}


@dataclass(frozen=True)
class _Vocabulary:
    """For every word: whether no string begins or ends with it; whether no string holds it; its size, in the unit of Criteria."""

    edges: Flags
    deictic: Flags
    size: Ints


def _about(words: Words, lang: str) -> _Vocabulary:
    lists = _lists()[lang]
    edges = [word in lists["edges"] or word in lists["joiners"] for word in words.vocabulary]
    size = [0 if edge else 1 if lang == "en" else len(word) for word, edge in zip(words.vocabulary, edges, strict=True)]
    return _Vocabulary(np.array(edges, dtype=bool), np.array([word in lists["deictic"] for word in words.vocabulary], dtype=bool),
                       np.array(size, dtype=np.int64))


def _meets(level: Strings, words: Words, vocabulary: _Vocabulary, *, chosen: Criteria) -> Flags:
    facts = level.facts
    first = facts["first"].to_numpy()
    tokens = words.token[first[:, None] + np.arange(level.n_words)]
    free = ~vocabulary.edges[tokens[:, 0]] & ~vocabulary.edges[tokens[:, -1]] & ~vocabulary.deictic[tokens].any(axis=1)
    long = vocabulary.size[tokens].sum(axis=1) >= chosen.size
    least = {"n_documents": chosen.documents, "n_issuers": chosen.issuers, "cohesion": chosen.cohesion, "fixed": chosen.fixed,
             "policy": chosen.policy, "entropy_left": chosen.entropy, "entropy_right": chosen.entropy}
    enough = (facts[list(least)] >= pd.Series(least)).all(axis=1) & (facts["at_edge"] <= chosen.at_edge)
    return np.asarray(free & long & enough, dtype=bool)


def _outermost(kept: list[Strings], texts: Texts, *, lang: str, chosen: Criteria) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Longest first: a shorter string stays only if it lives in enough documents outside the longer ones that stayed."""
    words = texts.words
    reach = np.zeros(len(words.token), dtype=np.int64)  # how far the kept strings that begin here or before go
    tables: list[pd.DataFrame] = []
    places: list[pd.DataFrame] = []
    for level in reversed(kept):
        covered = np.maximum.accumulate(reach)
        free = covered[level.place] < level.place + level.n_words
        size = len(level.facts)
        outside = spread(level.string[free], words.document[level.place[free]], size)
        good = (outside >= chosen.documents) & (outside >= chosen.outside * level.facts["n_documents"].to_numpy())
        inside = free & good[level.string]
        place, string = level.place[inside], level.string[inside]
        reach[place] = np.maximum(reach[place], place + level.n_words)
        facts = level.facts.assign(n_outside=outside, level=level.n_words, old=np.arange(size))[good]
        tables.append(facts)
        places.append(pd.DataFrame({"level": level.n_words, "old": string, "place": place, "n_words": level.n_words}))
    if not tables:
        return pd.DataFrame(columns=["wording"]), pd.DataFrame(columns=["string", "place", "n_words"])
    found = pd.concat(tables, ignore_index=True)
    found["wording"] = [wording(words, int(first), int(n), lang=lang)
                        for first, n in zip(found["first"], found["n_words"], strict=True)]
    found = found.sort_values(["n_documents", "wording"], ascending=[False, True]).reset_index(drop=True)
    keys = found[["level", "old"]].assign(string=found.index)
    uses = pd.concat(places, ignore_index=True).merge(keys, on=["level", "old"]).sort_values(["place", "n_words"])
    return found.drop(columns=["level", "old"]), uses[["string", "place", "n_words"]].reset_index(drop=True)


def wording(words: Words, first: int, n_words: int, *, lang: str) -> str:
    """The string as one would write it, in match key."""
    parts = [words.vocabulary[token] for token in words.token[first:first + n_words]]
    return " ".join(parts).replace(" ,", ",").replace(" 's", "'s") if lang == "en" else "".join(parts)
