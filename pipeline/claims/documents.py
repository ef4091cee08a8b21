"""Which documents a claim is measured on: a slice of a universe, or texts that it names."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from pipeline.estimates.material import Ints, Material
from pipeline.estimates.universe import listed
from pipeline.knowledge import load_registry
from pipeline.text import match_key

WHERE_KEYS = ("from", "to", "tier", "issuer", "lead_issuer", "doc_type", "not_doc_type", "audience", "topics",
              "bindingness", "jurisdiction", "not_jurisdiction", "documents")
MIN_NAME_CHARS = 5
MIN_SHARE_OF_TITLE = 0.5


def slice_places(documents: pd.DataFrame, where: Mapping[str, object]) -> Ints:
    """Document numbers (the index) of the rows that meet every condition.

    from, to: ISO dates, as precise as wanted, both inclusive (to: 2018 takes all of 2018). tier, doc_type, audience,
    bindingness, jurisdiction: one of; not_doc_type, not_jurisdiction: none of. issuer: any
    issuer is one of; lead_issuer: the first is. topics: at least one of.
    documents: named texts, by entity id. Missing attributes never match.
    """
    mask = pd.Series(True, index=documents.index)
    dates = documents["date_issued"].fillna("")
    if "from" in where:
        mask &= dates >= str(where["from"])
    if "to" in where:
        mask &= dates.str[:len(str(where["to"]))] <= str(where["to"])
    for key in ("tier", "doc_type", "audience", "bindingness", "jurisdiction"):
        if key in where:
            mask &= documents[key].isin(_texts(where[key]))
    for key in ("not_doc_type", "not_jurisdiction"):
        if key in where:
            values = documents[key.removeprefix("not_")]
            mask &= values.notna() & ~values.isin(_texts(where[key]))
    for key, name, first in (("issuer", "issuers", False), ("lead_issuer", "issuers", True), ("topics", "topics", False)):
        if key in where:
            wanted = set(_texts(where[key]))
            lists = documents[name].map(listed)
            mask &= pd.Series([bool(wanted & set(items[:1] if first else items)) for items in lists],
                              index=documents.index, dtype=bool)
    if "documents" in where:
        keys = [match_key(title) if isinstance(title, str) else "" for title in documents["title"]]
        named = {place for entity_id in _texts(where["documents"]) for place in titled(keys, entity_id)}
        mask &= pd.Series([place in named for place in range(len(keys))], index=documents.index, dtype=bool)
    return np.asarray(documents.index[mask.astype(bool)], dtype=np.int64)


def named_texts(material: Material, entity_ids: Sequence[str], *, as_of: str) -> dict[str, Ints]:
    """Document numbers of every version and language of each named text; empty where the corpus lacks it.

    News about a text, drafts of it, duplicates and documents later than as_of are not the text.
    """
    documents = material.documents
    usable = (documents["doc_type"].ne("press") & documents["status"].ne("draft_for_comment")
              & documents["duplicate_of"].isna() & ~(documents["date_issued"].fillna("") > as_of))
    allowed = np.asarray(usable, dtype=bool)
    return {entity_id: np.array([place for place in titled(material.title_keys, entity_id) if allowed[place]], dtype=np.int64)
            for entity_id in entity_ids}


def titled(keys: Sequence[str], entity_id: str) -> list[int]:
    """Places of the titles (match keys) that are those of an instrument: a name of it makes up at least half of the title."""
    names = {match_key(name.text) for name in load_registry().entities[entity_id].names if name.lang != "pinyin"}
    found = {place for name in names if len(name) >= MIN_NAME_CHARS
             for place, key in enumerate(keys) if name in key and len(name) >= MIN_SHARE_OF_TITLE * len(key)}
    return sorted(found)


def _texts(value: object) -> Sequence[str]:
    return [value] if isinstance(value, str) else listed(value)
