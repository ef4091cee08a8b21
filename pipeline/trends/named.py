"""In how many documents a forum, an actor or an instrument is named, over the whole and by year."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
import pandas as pd

from pipeline.estimates.intervals import MIN_DOCUMENTS, SMALL_SAMPLE
from pipeline.estimates.material import Ints, Material
from pipeline.estimates.sparse import jeffreys
from pipeline.estimates.universe import Selection

KINDS = {"forum": "FORUM", "actor": "ACTOR", "instrument": "INSTRUMENT"}


def named_rows(material: Material, selection: Selection, *, digits: int) -> Iterator[dict[str, object]]:
    """Points of the measure `named` (groupings forum, actor, instrument; group_value: entity id).

    estimate: share of the documents of the period whose body names the entity, with a Jeffreys interval over documents
    (NULL below five); for entities that at least five documents of the universe and language name.
    """
    if "mentions" not in material.tables or selection.universe.complete:
        return
    naming = _naming(material)
    sizes = np.bincount(material.document_of, minlength=len(material.documents))
    for lang, documents in selection.documents.groupby("series_lang", sort=True):
        periods = [("all", documents.index[documents["in_all"]].to_numpy(dtype=np.int64)), *(
            (str(year), part.index.to_numpy(dtype=np.int64))
            for year, part in documents[documents["in_series"]].groupby("year", sort=True))]
        base = {"measure": "named", "universe": selection.universe.name, "lang": str(lang), "estimator": "raw"}
        for (grouping, entity_id), places in naming.items():
            if len(np.intersect1d(places, periods[0][1], assume_unique=True)) < MIN_DOCUMENTS:
                continue
            for period, chosen in periods:
                hits, size = int(np.isin(chosen, places, assume_unique=True).sum()), len(chosen)
                yield base | {"grouping": grouping, "group_value": entity_id, "period": period, "n_documents": size,
                              "n_sentences": int(sizes[chosen].sum())} | _numbers(hits, size, digits)


def _naming(material: Material) -> dict[tuple[str, str], Ints]:
    """Document numbers, ascending, by grouping and entity."""
    if "naming" in material.kept:
        known: dict[tuple[str, str], Ints] = material.kept["naming"]
        return known
    rows = material.tables["mentions"].merge(material.body[["doc_id", "sent_no"]], on=["doc_id", "sent_no"])
    rows = rows[rows["entity_id"].ne("NIL")].assign(place=rows["doc_id"].map(material.numbers))
    groupings = {kind: grouping for grouping, kind in KINDS.items()}
    found: dict[tuple[str, str], set[int]] = {}
    for kind, entity_id, place in rows[["type", "entity_id", "place"]].drop_duplicates().to_numpy(dtype=object).tolist():
        if kind in groupings:
            found.setdefault((groupings[kind], entity_id), set()).add(place)
    material.kept["naming"] = {key: np.array(sorted(found[key]), dtype=np.int64) for key in sorted(found)}
    return _naming(material)


def _numbers(hits: int, size: int, digits: int) -> dict[str, object]:
    flags = ["too_few_documents"] if size < MIN_DOCUMENTS else ["small_sample"] if size < SMALL_SAMPLE else []
    low, high = (None, None) if size < MIN_DOCUMENTS else (round(end, digits) for end in jeffreys(hits, size))
    return {"estimate": round(hits / size, digits), "low": low, "high": high, "flags": flags}


def naming_sentences(material: Material, point: Mapping[str, object], chosen: Ints) -> pd.DataFrame:
    """doc_id and sent_no of the body sentences in the chosen documents that name the entity of a point."""
    mentions = material.tables["mentions"]
    rows = mentions[mentions["type"].eq(KINDS[str(point["grouping"])]) & mentions["entity_id"].eq(str(point["group_value"]))]
    mask = (material.per_sentence(rows) > 0) & np.isin(material.document_of, chosen)
    return material.body.loc[mask, ["doc_id", "sent_no"]].reset_index(drop=True)
