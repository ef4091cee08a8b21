"""The trends table as the report reads it: which rows are a series, which points are too thin to draw."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from pipeline.reports.numbers import MIN_DOCUMENTS, is_number

KEYS = ("measure", "universe", "grouping", "group_value", "period", "lang")


def point_id(point: Mapping[str, Any]) -> str:
    """Id of a plotted point, the same in every report: its measure, universe, group, period and language.

    Raw and corrected estimates share it, because they rest on the same sentences.
    """
    text = "\x1f".join("" if point[key] is None or point[key] != point[key] else str(point[key]) for key in KEYS)
    return "p" + hashlib.sha256(text.encode()).hexdigest()[:10]


def pick(trends: pd.DataFrame, **wanted: Any) -> pd.DataFrame:
    """Rows of `trends` whose columns have the wanted values (a tuple: any of them), sorted by their keys.

    Rows without an estimate, and corrections flagged impossible, are left out. Adds `point_id`, `thin`.
    """
    places = np.flatnonzero(trends["estimate"].notna().to_numpy())
    for column, value in wanted.items():  # rows are taken once, at the end: the frame is wide and asked a hundred times
        values = trends[column].iloc[places]
        places = places[(values.isin(value) if isinstance(value, tuple) else values == value).to_numpy(dtype=bool)]
    kept = trends.iloc[places]
    named = list(zip(*(kept[name].tolist() for name in (*KEYS, "estimator")), strict=True))
    usable = [place for place, flags in enumerate(kept["flags"].tolist()) if "unusable" not in as_list(flags)]
    order = sorted(usable, key=lambda place: [value if isinstance(value, str) else "\uffff" for value in named[place]])
    kept = kept.iloc[order].reset_index(drop=True)
    thin = [is_thin(row) for row in kept.itertuples(index=False)]
    ids = [point_id(dict(zip(KEYS, named[place], strict=False))) for place in order]
    return kept.assign(point_id=pd.Series(ids, dtype=object), thin=pd.Series(thin, dtype=bool))


def is_thin(row: Any) -> bool:
    """Greyed and never joined: fewer than five documents, or no interval.

    A complete series (flag `complete_series`) needs no interval for sampling and is not thin.
    """
    if "complete_series" in as_list(row.flags):
        return False
    return int(row.n_documents) < MIN_DOCUMENTS or not (is_number(row.low) and is_number(row.high))


def as_list(value: object) -> list[Any]:
    """A list column's value; missing is empty."""
    if value is None or isinstance(value, float):
        return []
    return list(value)  # type: ignore[call-overload, no-any-return]


def solid(frame: pd.DataFrame) -> pd.DataFrame:
    """The points that may be read as a trend."""
    return frame[~frame["thin"]].reset_index(drop=True)


def rows_at(frame: pd.DataFrame, keys: Iterable[tuple[str, int]]) -> dict[tuple[str, int], Any]:
    """(doc_id, sent_no) → its row (named tuple), of those keys that the table has."""
    wanted = set(keys)
    places = [place for place, key in enumerate(zip(frame["doc_id"].tolist(), frame["sent_no"].tolist(), strict=True))
              if key in wanted]
    found = frame.iloc[places]
    return {(row.doc_id, row.sent_no): row for row in found.itertuples(index=False)}  # type: ignore[misc]


def records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Rows as mappings from column name to value."""
    return [{str(key): value for key, value in row.items()} for row in frame.to_dict("records")]


def segments(periods: list[str], thin: list[bool]) -> list[int]:
    """A number per point: points with the same one are joined by a line.

    A line joins yearly neighbours only: it breaks at a thin point and where a year is missing.
    """
    out, current, last = [], 0, ""
    for period, is_greyed in zip(periods, thin, strict=True):
        if last and (is_greyed or not _follows(last, period)):
            current += 1
        out.append(current)
        last = "" if is_greyed else period
        current += is_greyed
    return out


def every_year(periods: list[str]) -> list[str]:
    """All years from the first to the last of `periods`: an axis must show the years without a document."""
    years = sorted(int(period) for period in set(periods) if period.isdigit())
    return [str(year) for year in range(years[0], years[-1] + 1)] if years else []


def _follows(earlier: str, later: str) -> bool:
    both = earlier[:4].isdigit() and later[:4].isdigit()
    return both and len(earlier) == len(later) == 4 and int(later) - int(earlier) == 1


def moved(first: Mapping[str, Any], last: Mapping[str, Any]) -> str:
    """`rose`, `fell` or `unclear`: the direction between two points, claimed only when their intervals are apart."""
    if not all(is_number(point[end]) for point in (first, last) for end in ("low", "high")):
        return "unclear"
    if last["low"] > first["high"]:
        return "rose"
    if last["high"] < first["low"]:
        return "fell"
    return "unclear"
