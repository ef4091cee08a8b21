"""Who took up a formulation, and in which order."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from pipeline.estimates.counting import Counts
from pipeline.estimates.universe import Selection, listed


def adoption_rows(counts: Counts, selection: Selection, *, lang: str) -> Iterator[dict[str, object]]:
    """Points of grouping `adoption`: each lead issuer of a document that uses a formulation.

    period: year of the issuer's first use in the corpus. estimate: its place in the order of first uses (1 = first;
    issuers whose first uses fall on one date share a place). n_documents: how many of its documents use it. Texts
    without a known issuer are left out. A first use in an archive is a latest possible date, not the origin.
    """
    found = led_documents(selection, lang=lang)
    places = found.index.to_numpy(dtype=np.int64)
    for place, measure in enumerate(counts.measures):
        if measure.name.startswith("formulation_"):
            users = found[counts.numerators[places, place] > 0]
            sentences = pd.Series(counts.sentences[users.index.to_numpy(dtype=np.int64)], index=users.index)
            yield from _of_one(measure.name, users, sentences, universe=selection.universe.name, lang=lang)


def led_documents(selection: Selection, *, lang: str) -> pd.DataFrame:
    """date_issued and `lead` (issuer named first) of the documents of a series whose lead issuer is known."""
    found = selection.documents[selection.documents["in_series"] & (selection.documents["series_lang"] == lang)]
    lead = found["issuers"].map(lambda issuers: (listed(issuers) or ["NIL"])[0])
    return found[["date_issued"]].assign(lead=lead)[lead.ne("NIL")].sort_index()


def _of_one(
    name: str, users: pd.DataFrame, sentences: pd.Series, *, universe: str, lang: str
) -> Iterator[dict[str, object]]:
    if users.empty:
        return
    first = users.groupby("lead")["date_issued"].min()
    order = first.rank(method="min")
    numbers, sizes = users.groupby("lead").size(), sentences.groupby(users["lead"]).sum()
    for issuer in sorted(first.index):
        yield {"measure": name, "universe": universe, "grouping": "adoption", "group_value": str(issuer),
               "period": str(first[issuer])[:4], "lang": lang, "estimator": "raw", "estimate": float(order[issuer]),
               "low": None, "high": None, "n_documents": int(numbers[issuer]), "n_sentences": int(sizes[issuer]),
               "flags": ["order"]}
