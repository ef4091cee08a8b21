"""Which wording of a formulation took over from which."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from pipeline.estimates.material import Ints
from pipeline.trends.states import LEVEL, benjamini_hochberg

MIN_DOCUMENTS = 4


def variant_rows(uses: pd.DataFrame, after: Mapping[str, Sequence[str]]) -> pd.DataFrame:
    """One row per wording of each family.

    uses: family_id, variant, doc_id, year (0 where no date is printed), date_issued. after: family → families whose place
    it may have taken. A wording is compared with the most used earlier one of its family or of those before it, where
    documents that use only the one or only the other are at least four each: a one-sided rank test that the new one's
    are later; the p-values are adjusted for all comparisons. Returns: the columns of `formulation_variants` but universe and lang.
    """
    found: list[tuple[tuple[str, str], list[Any]]] = [(key, list(rows)) for key, rows in groupby(
        uses.sort_values(["family_id", "variant", "date_issued", "doc_id"]).itertuples(), lambda use: (use.family_id, use.variant))]
    rows = [_counted(family, variant, members) for (family, variant), members in found]
    if not rows:
        return pd.DataFrame()
    years = {key: {use.doc_id: int(use.year) for use in members if use.year} for key, members in found}
    families: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        families.setdefault(str(row["family_id"]), []).append(row)
    turns = [_turn(row, families, years, after) for row in rows]
    frame = pd.DataFrame([row | turn for row, turn in zip(rows, turns, strict=True)])
    frame["q"] = benjamini_hochberg(frame["p"].to_numpy(dtype=np.float64))
    frame["flags"] = [["replaced"] if q < LEVEL and turn else [] for q, turn in zip(frame["q"], frame["turn_year"], strict=True)]
    return frame


def _counted(family: str, variant: str, uses: list[Any]) -> dict[str, Any]:
    """uses: in the order of their dates."""
    dated = [use for use in uses if use.year]
    return {"family_id": family, "variant": variant, "n_uses": len(uses), "n_documents": len({use.doc_id for use in uses}),
            "first_date": dated[0].date_issued if dated else None, "first_doc_id": dated[0].doc_id if dated else None,
            "last_date": dated[-1].date_issued if dated else None}


_NONE: dict[str, object] = {"mutated_from": None, "turn_year": None, "old_before": None, "new_before": None, "old_after": None,
                            "new_after": None, "p": float("nan")}


def _turn(row: dict[str, Any], families: Mapping[str, list[dict[str, Any]]], years: Mapping[tuple[str, str], dict[str, int]],
          after: Mapping[str, Sequence[str]]) -> dict[str, object]:
    family, variant, first = row["family_id"], row["variant"], row["first_date"]
    older = [old for name in (family, *after.get(family, ())) for old in families.get(name, ())
             if first and old["first_date"] and old["first_date"] < first and old["variant"] != variant]
    for old in sorted(older, key=lambda old: (-old["n_documents"], old["variant"])):
        found = _compare(years[old["family_id"], old["variant"]], years[family, variant])
        if found is not None:
            return {"mutated_from": old["variant"], **found}
    return dict(_NONE)


def _compare(old: dict[str, int], new: dict[str, int]) -> dict[str, object] | None:
    """old, new: document → year. Documents with both wordings say nothing."""
    before = np.array(sorted(year for doc_id, year in old.items() if doc_id not in new), dtype=np.int64)
    later = np.array(sorted(year for doc_id, year in new.items() if doc_id not in old), dtype=np.int64)
    if min(len(before), len(later)) < MIN_DOCUMENTS:
        return None
    p = float(stats.mannwhitneyu(later, before, alternative="greater").pvalue)
    year = _turn_year(before, later)
    split = year if year is not None else int(max(before.max(), later.max())) + 1
    return {"turn_year": None if year is None else str(year),
            "old_before": int((before < split).sum()), "new_before": int((later < split).sum()),
            "old_after": int((before >= split).sum()), "new_after": int((later >= split).sum()), "p": p}


def _turn_year(before: Ints, later: Ints) -> int | None:
    """The year that parts the two best: old before, new from it on; None where not more do so on either side of it."""
    years = np.unique(np.concatenate([before, later]))
    parted = [(before < year).sum() + (later >= year).sum() for year in years]
    year = int(years[int(np.argmax(parted))])
    swapped = (before < year).sum() > (later < year).sum() and (later >= year).sum() > (before >= year).sum()
    return year if swapped else None
