"""The sentences behind a point."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from pipeline.estimates.intervals import Flags
from pipeline.estimates.material import COUNTED, Ints, Material, Tables, prepare_material
from pipeline.estimates.measures import Measure, measure_by_name
from pipeline.estimates.universe import universe_by_name
from pipeline.trends.adoption import led_documents
from pipeline.trends.behind import behind_documents, require_keys
from pipeline.trends.cells import cells
from pipeline.trends.named import naming_sentences
from pipeline.trends.robustness import behind_specification

KEYS = ("measure", "universe", "grouping", "group_value", "period", "lang")


def evidence(
    tables: Tables | Material, point: Mapping[str, object], *, as_of: str = "9999", denominator: bool = False
) -> pd.DataFrame:
    """Sentences that a point counts.

    tables: what `estimate_trends` was given, or the material prepared from it (to ask about many points).
    point: a row of `trends`. as_of: the date the trends were made with. denominator: all sentences that could have
    counted, instead of those that did.
    Returns: doc_id, sent_no, sorted. For a difference (balance) the sentences on either side. For a measure of
    documents, the sentences that make the document count; where it is an attribute of documents (co_issued, pairs and
    leads of issuers, document numbers, what a rule left out), the documents, with sent_no missing. Every row of
    `trends` has an answer; it is empty where nothing counted.
    Raises: TifaError for a point without its keys, UnknownLabel for an unknown measure.
    """
    require_keys(point, KEYS)
    asked = _asked(tables)
    material = asked.material
    places = behind_documents(material.documents, point, as_of=as_of, denominator=denominator)
    if places is not None:
        return _bare_documents(material, places)
    if point["measure"] == "named":
        documents = _documents(asked, {**point, "grouping": "all", "group_value": "all"}, as_of=as_of)
        return _bare_documents(material, documents) if denominator else naming_sentences(material, point, documents)
    name, chosen = _counted(asked, point, as_of=as_of)
    measure = measure_by_name("balance" if name == "overturning_share" else name)
    hits = _hits(asked, measure, denominator=denominator)
    if measure.unit != "document":
        return _rows(material, hits[_inside(material, chosen)[material.document_of[hits]]])
    return _of_documents(material, chosen[np.isin(chosen, hits)], measure, denominator=denominator)


@dataclass(frozen=True)
class _Asked:
    """The material that was asked about last; as far as they were needed, the document numbers of its groups, and the
    places (of sentences, or of documents) that a measure counts above or below the line."""

    material: Material
    places: dict[tuple[str, str, str], dict[tuple[str, ...], Ints]]
    hits: dict[tuple[str, bool], Ints]


_last: list[_Asked] = []


def _asked(tables: Tables | Material) -> _Asked:
    """What is known about these very frames; only the latest is kept, because a report asks about hundreds of points.

    The frames must not be changed in place between two questions.
    """
    given = tables.tables if isinstance(tables, Material) else tables
    if not _last or any(_last[0].material.tables.get(name) is not given.get(name) for name in COUNTED):
        _last[:] = [_Asked(tables if isinstance(tables, Material) else prepare_material(tables), {}, {})]
    return _last[0]


def _counted(asked: _Asked, point: Mapping[str, object], *, as_of: str) -> tuple[str, Ints]:
    """Name of the measure that a point counts, and the documents it counts in."""
    measure, lang = str(point["measure"]), str(point["lang"])
    if point["grouping"] == "specification":
        return behind_specification(asked.material, measure, str(point["group_value"]), lang=lang, as_of=as_of)
    if point["grouping"] == "adoption":
        universe = universe_by_name(str(point["universe"]))
        led = led_documents(asked.material.select(universe, as_of=as_of), lang=lang)
        return measure, led.index[led["lead"] == point["group_value"]].to_numpy(dtype=np.int64)
    return measure, _documents(asked, point, as_of=as_of)


def _documents(asked: _Asked, point: Mapping[str, object], *, as_of: str) -> Ints:
    universe, lang = str(point["universe"]), str(point["lang"])
    if (universe, lang, as_of) not in asked.places:
        asked.places[universe, lang, as_of] = _places(asked.material, universe, lang, as_of=as_of)
    none = np.zeros(0, dtype=np.int64)
    return asked.places[universe, lang, as_of].get(tuple(str(point[key]) for key in KEYS[2:5]), none)


def _places(material: Material, universe: str, lang: str, *, as_of: str) -> dict[tuple[str, ...], Ints]:
    """Document numbers of every group and period of a universe and language."""
    selection = material.select(universe_by_name(universe), as_of=as_of)
    documents = selection.documents[selection.documents["series_lang"] == lang]
    series = documents.index[documents["in_series"]].to_numpy(dtype=np.int64)
    places: dict[tuple[str, ...], Ints] = {
        (cell.grouping, cell.group_value, cell.period): cell.places for cell in cells(documents, fine=True)}
    moves = (("change", "slope_per_year"), ("change", "break_year"), ("robustness", "slope_per_year"))
    return places | {(grouping, what, "all"): series for grouping, what in moves}


def _hits(asked: _Asked, measure: Measure, *, denominator: bool) -> Ints:
    if (measure.name, denominator) not in asked.hits:
        asked.hits[measure.name, denominator] = np.flatnonzero(measure.vectors(asked.material)[denominator])
    return asked.hits[measure.name, denominator]


def _inside(material: Material, chosen: Ints) -> Flags:
    """By document number: whether it was chosen."""
    inside = np.zeros(len(material.documents), dtype=np.bool_)
    inside[chosen] = True
    return inside


def _of_documents(material: Material, chosen: Ints, measure: Measure, *, denominator: bool) -> pd.DataFrame:
    if measure.sentences is not None and not denominator:
        hits = np.flatnonzero(measure.sentences(material) > 0)
        return _rows(material, hits[_inside(material, chosen)[material.document_of[hits]]])
    return _bare_documents(material, chosen)


def _bare_documents(material: Material, chosen: Ints) -> pd.DataFrame:
    doc_ids = material.documents["doc_id"].to_numpy(dtype=object)[chosen]
    return pd.DataFrame({"doc_id": pd.Series(doc_ids, dtype=object), "sent_no": pd.array([None] * len(doc_ids), dtype="Int64")})


def _rows(material: Material, places: Ints) -> pd.DataFrame:
    doc_ids, numbers = (material.body[name].to_numpy()[places] for name in ("doc_id", "sent_no"))
    return pd.DataFrame({"doc_id": pd.Series(doc_ids, dtype=object), "sent_no": numbers})
