"""The table `keyness`: the comparisons of slices that a report shows, and any other that is asked for.

One row per comparison, language and word: slice_a, slice_b: what is compared; log_odds above 0: more in a; low, high: 95 %
interval; p, q: of no difference, q adjusted within the comparison (Benjamini & Hochberg); n_a, n_b: occurrences;
documents_a, documents_b: documents with the word; size_a, size_b: documents of each side. A comparison with fewer than ten
documents on a side has one row with term NULL and the flag `too_few_documents`; below fifteen `small_sample`. `inside_longer`: most of the
difference goes once the word is counted inside longer words, too (境内 in 境内外); a report leaves these out.
Words are the segmenter's; names, titles and numbers are left out. Languages are never mixed, duplicates and older versions
of a work never counted.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import numpy as np
import pandas as pd

from pipeline.errors import KnowledgeError, TifaError
from pipeline.estimates.intervals import SMALL_SAMPLE, Flags
from pipeline.estimates.material import Material
from pipeline.estimates.universe import LANGS, Universe, listed
from pipeline.estimates.words import JOINING, read_words
from pipeline.knowledge import KNOWLEDGE, load_yaml
from pipeline.trends.keyness import Bags, inside_longer, keyness, make_bags

COLUMNS = ("comparison lang slice_a slice_b term log_odds low high p q n_a n_b documents_a documents_b size_a size_b "
           "flags").split()
SHOWN = 100
MIN_SIDE = 10
_CHECKED = ("tier", "doc_type", "status", "jurisdiction")
_KEYS = {*_CHECKED, *(f"not_{column}" for column in _CHECKED), "issuers", "topics", "lang", "since", "until"}
_ANY = Universe(name="any", title="", why="", undated=True)

Slice = Mapping[str, Any]


@lru_cache(maxsize=1)
def load_slices() -> dict[str, dict[str, Any]]:
    """All comparisons by name. Raises: KnowledgeError for an unknown or missing key."""
    loaded = load_yaml(KNOWLEDGE / "slices.yml")
    if not isinstance(loaded, dict):
        raise KnowledgeError("slices.yml is a mapping from name to comparison", where="slices.yml")
    for name, entry in loaded.items():
        if set(entry) != {"title", "common", "a", "b"}:
            raise KnowledgeError(f"The comparison {name} needs title, common, a and b", where="slices.yml")
        for side in ("common", "a", "b"):
            check_slice(entry[side], where=f"slices.yml, {name}")
    return loaded


def check_slice(wanted: Slice, *, where: str) -> None:
    """Raises: KnowledgeError for a condition that there is not."""
    if unknown := sorted(set(wanted) - _KEYS):
        raise KnowledgeError(f"A slice has unknown conditions {unknown}", where=where,
                             todo=f"Conditions are: {', '.join(sorted(_KEYS))}.")


def compare_slices(material: Material, *, as_of: str) -> pd.DataFrame:
    """The table `keyness`: of each comparison the hundred clearest words of either side."""
    parts = []
    for name, entry in load_slices().items():
        sides = [{**entry["common"], **entry[side]} for side in ("a", "b")]
        found = compare_two(material, sides[0], sides[1], as_of=as_of)
        shown = pd.concat([found[found["log_odds"].isna()], found[found["log_odds"] > 0].head(SHOWN),
                           found[found["log_odds"] < 0].head(SHOWN)])
        parts.append(shown.assign(comparison=name, slice_a=_written(entry["a"]), slice_b=_written(entry["b"])))
    return pd.concat(parts, ignore_index=True)[COLUMNS]


def compare_two(material: Material, a: Slice, b: Slice, *, as_of: str, engine: str = "rjieba") -> pd.DataFrame:
    """All words of two slices, the clearest first: the rows of `keyness` without comparison.

    engine: the segmenter that cuts Chinese words.
    a, b: conditions as in slices.yml; both must name the same lang. A document that meets both stands on neither side.
    Raises: KnowledgeError for an unknown condition, TifaError when the languages differ or are missing.
    """
    for side in (a, b):
        check_slice(side, where="keyness")
    if a.get("lang") != b.get("lang") or a.get("lang") not in ("zh", "en"):
        raise TifaError("Both slices must name the same language", where="keyness", todo="Give lang: zh or lang: en.")
    documents = material.select(_ANY, as_of=as_of).documents
    documents = documents[documents["in_all"]]
    inside = [_meets(documents, side) for side in (a, b)]
    every = count_words(material, lang=a["lang"], engine=engine)
    counts = [every.only(documents.index[one & ~other].to_numpy(dtype=np.int64)) for one, other in (inside, inside[::-1])]
    sizes = [int((side.sizes > 0).sum()) for side in counts]
    about = {"lang": a["lang"], "slice_a": _written(a), "slice_b": _written(b), "size_a": sizes[0], "size_b": sizes[1]}
    if min(sizes) < MIN_SIDE:
        return pd.DataFrame([about]).reindex(columns=COLUMNS[1:]).assign(flags=pd.Series([["too_few_documents"]], dtype=object))
    found = keyness(counts[0], counts[1]).assign(**about)
    small = ["small_sample"] if min(sizes) < SMALL_SAMPLE else []
    flags = [[*small, "inside_longer"] if crossed else small for crossed in inside_longer(counts[0], counts[1], list(found["term"]))]
    return found.assign(flags=pd.Series(flags, dtype=object))[COLUMNS[1:]]


def _written(conditions: Slice) -> str:
    return json.dumps(dict(conditions), ensure_ascii=False, sort_keys=True)


def _meets(documents: pd.DataFrame, wanted: Slice) -> Flags:
    """Which documents meet all conditions."""
    hit = np.array(documents["lang"].map(LANGS).eq(wanted["lang"]), dtype=bool)
    for column in _CHECKED:
        if column in wanted:
            hit &= documents[column].isin(wanted[column]).to_numpy(dtype=bool)
        if f"not_{column}" in wanted:
            hit &= (documents[column].notna() & ~documents[column].isin(wanted[f"not_{column}"])).to_numpy(dtype=bool)
    if "issuers" in wanted:
        hit &= np.array([(listed(value) or [""])[0] in wanted["issuers"] for value in documents["issuers"]], dtype=bool)
    if "topics" in wanted:
        hit &= np.array([bool(set(listed(value)) & set(wanted["topics"])) for value in documents["topics"]], dtype=bool)
    years = np.array([int(date[:4]) if isinstance(date, str) and date else 0 for date in documents["date_issued"]])
    if "since" in wanted or "until" in wanted:
        hit &= (years > 0) & (years >= int(wanted.get("since", 0))) & (years <= int(wanted.get("until", 9999)))
    return hit


def count_words(material: Material, *, lang: str, engine: str = "rjieba") -> Bags:
    """Words of each document; those in another language than `lang` (zh, en) have none. Kept with the material."""
    key = ("counts", lang, engine)
    if key not in material.kept:
        words = read_words(material, np.arange(len(material.documents)), lang=lang, engine=engine)
        joining = words.vocabulary.index(JOINING[lang]) if JOINING[lang] in words.vocabulary else -1
        kept = (words.token >= 0) & (words.token != joining)
        material.kept[key] = make_bags(words.vocabulary, words.document[kept], words.token[kept], n_documents=len(material.documents))
    bags: Bags = material.kept[key]
    return bags
