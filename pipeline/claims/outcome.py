"""What a measurement of a claim gives, and how an interval becomes a verdict."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from pipeline.estimates.material import Floats, Ints, Material

VERDICTS = ("holds", "fails", "inconclusive", "too_little_data", "not_testable")
MAX_SENTENCES = 20
DIGITS = 6
Keys = list[list[object]]


@dataclass(frozen=True)
class Outcome:
    """Verdict with what it rests on; `numbers` are the figures behind it, by name in plain words."""

    verdict: str
    estimate: float | None = None
    low: float | None = None
    high: float | None = None
    n_documents: int = 0
    n_sentences: int = 0
    numbers: dict[str, object] = field(default_factory=dict)
    supporting: Keys = field(default_factory=list)
    opposing: Keys = field(default_factory=list)


def judge(low: float, high: float, *, threshold: float, side: str) -> str:
    """holds when the interval lies wholly on the claimed side, fails when wholly on the other, else inconclusive."""
    if not (np.isfinite(low) and np.isfinite(high)):
        return "too_little_data"
    if low > threshold:
        return "holds" if side == "above" else "fails"
    if high < threshold:
        return "fails" if side == "above" else "holds"
    return "inconclusive"


def rounded(value: float | None) -> float | None:
    """A number as it is written: six digits; missing where it is not finite."""
    return None if value is None or not np.isfinite(value) else round(float(value), DIGITS)


def sentence_keys(material: Material, mask: Floats, documents: Ints) -> Keys:
    """Up to 20 sentences where the mask is above zero, spread over the documents: first of each, second of each …"""
    wanted = np.zeros(len(material.documents), dtype=bool)
    wanted[documents] = True
    places = np.flatnonzero((mask > 0) & wanted[material.document_of])
    owners = material.document_of[places]
    firsts = np.searchsorted(owners, owners)
    order = np.lexsort((places, np.arange(len(places)) - firsts))[:MAX_SENTENCES]
    rows = material.body.iloc[places[order]]
    return [[str(doc_id), int(sent_no)] for doc_id, sent_no in zip(rows["doc_id"], rows["sent_no"], strict=True)]
