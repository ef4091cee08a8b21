"""Groups and periods of a universe: which documents stand behind which point."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from pipeline.estimates.intervals import MIN_DOCUMENTS, Flags
from pipeline.estimates.material import Ints
from pipeline.estimates.measures import Measure
from pipeline.estimates.universe import listed

GROUPINGS = ("tier", "doc_type", "jurisdiction", "audience", "issuer", "topic", "forum", "instrument")
_COLUMNS = {"issuer": "issuers", "topic": "topics", "forum": "fora", "instrument": "instruments"}
WHOLE_ONLY = ("forum", "instrument")
"""Groupings shown over the whole alone, for what stands in at least five documents: there are hundreds."""


@dataclass(frozen=True)
class Cell:
    """One group of documents in one period; `places` are document numbers, `full` asks for every measure."""

    grouping: str
    group_value: str
    period: str
    places: Ints
    full: bool


def cells(documents: pd.DataFrame, *, fine: bool) -> Iterator[Cell]:
    """Every group and period of a universe and language; ungrouped ones ask for all measures.

    fine: also quarters (2019-Q1, grouping `quarter`) and months (2019-03, grouping `month`) of texts whose date is so
    precise.
    """
    places = documents.index.to_numpy(dtype=np.int64)
    whole, series = documents["in_all"].to_numpy(dtype=bool), documents["in_series"].to_numpy(dtype=bool)
    years = np.array(documents["year"].fillna(""), dtype=object)
    for grouping, value, inside in [("all", "all", np.ones(len(documents), dtype=bool)), *_groups(documents)]:
        if (inside & whole).any():
            yield Cell(grouping, value, "all", places[inside & whole], True)
        if grouping in WHOLE_ONLY:
            continue
        for year in sorted(set(years[inside & series])):
            yield Cell(grouping, value, str(year), places[inside & series & (years == year)], grouping == "all")
    if fine:
        yield from _fine_cells(documents[series])


def _fine_cells(series: pd.DataFrame) -> Iterator[Cell]:
    dates = series["date_issued"].where(series["date_issued"].str.len() >= len("2019-03"))
    quarters = dates.str[:4] + "-Q" + ((dates.str[5:7].astype("Float64") + 2) // 3).astype("Int64").astype("string")
    for grouping, periods in (("quarter", quarters), ("month", dates.str[:7])):
        for period, part in series.groupby(periods.astype(object), sort=True):
            yield Cell(grouping, "all", str(period), part.index.to_numpy(dtype=np.int64), False)


def _groups(documents: pd.DataFrame) -> Iterator[tuple[str, str, Flags]]:
    """(grouping, value, which documents): a document counts in each issuer, topic, forum named and instrument cited.

    A missing value is no group.
    """
    for grouping in GROUPINGS:
        column = _COLUMNS.get(grouping, grouping)
        held = [listed(value) if column != grouping else listed([value]) for value in documents[column]]
        members: dict[str, list[int]] = {}
        for place, values in enumerate(held):
            for value in dict.fromkeys(values):
                members.setdefault(value, []).append(place)
        for value in sorted(set(members) - {"NIL"}):
            if grouping in WHOLE_ONLY and len(members[value]) < MIN_DOCUMENTS:
                continue
            mask = np.zeros(len(documents), dtype=bool)
            mask[members[value]] = True
            yield grouping, value, mask


def wanted(measures: Sequence[Measure], cell: Cell, *, seen: Sequence[bool]) -> list[int]:
    """Places of the measures that a cell shows: the core ones always, all of them over the whole universe.

    Groups below five documents show the core measures only, and so do months, quarters, fora and instruments.
    Local echo is shown by year, tier and issuer. Formulations are shown by year, tier and audience only, and not at all
    below the whole where none was seen.
    """
    if (cell.grouping, cell.period) == ("all", "all"):
        return list(range(len(measures)))
    core = [place for place, measure in enumerate(measures) if measure.core]
    if cell.grouping in WHOLE_ONLY or (cell.grouping != "all" and len(cell.places) < MIN_DOCUMENTS):
        return core
    echo = [place for place, measure in enumerate(measures) if measure.name == "local_echo" and cell.grouping in ("all", "tier", "issuer")]
    if not cell.full:
        return sorted({*core, *echo})
    formulations = cell.grouping in {"all", "tier", "audience"}
    return sorted({*core, *echo, *(place for place, measure in enumerate(measures) if measure.name != "local_echo" and (
        not measure.name.startswith("formulation_") or (formulations and seen[place])))})
