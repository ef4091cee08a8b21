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
    leads, dates = found["lead"].tolist(), found["date_issued"].tolist()
    for place, measure in enumerate(counts.measures):
        if measure.name.startswith("formulation_"):
            users = np.flatnonzero(counts.numerators[places, place] > 0)
            uses = [(leads[user], dates[user], counts.sentences[places[user]]) for user in users.tolist()]
            yield from _of_one(measure.name, uses, universe=selection.universe.name, lang=lang)


def led_documents(selection: Selection, *, lang: str) -> pd.DataFrame:
    """date_issued and `lead` (issuer named first) of the documents of a series whose lead issuer is known."""
    found = selection.documents[selection.documents["in_series"] & (selection.documents["series_lang"] == lang)]
    lead = found["issuers"].map(lambda issuers: (listed(issuers) or ["NIL"])[0])
    return found[["date_issued"]].assign(lead=lead)[lead.ne("NIL")].sort_index()


def _of_one(
    name: str, uses: list[tuple[str, str, float]], *, universe: str, lang: str
) -> Iterator[dict[str, object]]:
    """Points of one formulation. uses: lead issuer, date and sentences of each document that has it."""
    first: dict[str, str] = {}
    sizes: dict[str, list[float]] = {}
    for issuer, date, sentences in uses:
        first[issuer] = min(first.get(issuer, date), date)
        sizes.setdefault(issuer, []).append(sentences)
    for issuer in sorted(first):
        yield {"measure": name, "universe": universe, "grouping": "adoption", "group_value": issuer,
               "period": first[issuer][:4], "lang": lang, "estimator": "raw",
               "estimate": 1.0 + sum(date < first[issuer] for date in first.values()), "low": None, "high": None,
               "n_documents": len(sizes[issuer]), "n_sentences": int(sum(sizes[issuer])), "flags": ["order"]}
