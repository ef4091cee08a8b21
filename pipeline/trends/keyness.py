"""Words that one slice of documents uses more than another: weighted log-odds with an informative prior.

The prior adds `strength` words to either side, in the proportions of both together, so that a rare word must differ a
lot before it stands out. Intervals resample documents (Bayesian bootstrap), because words come in documents: the usual
z-score takes every word for independent and finds thousands of differences between slices of the same text.
Source: Monroe, Colaresi & Quinn 2008, equations 15, 16 and 22; resampling as in `pipeline.estimates.intervals`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np
import pandas as pd

from pipeline.errors import TifaError
from pipeline.estimates.intervals import MIN_DOCUMENTS, bounds, draw_weights
from pipeline.estimates.material import Floats

COLUMNS = ["term", "log_odds", "low", "high", "n_a", "n_b", "n_documents"]


def keyness(
    a: Sequence[Counter[str]], b: Sequence[Counter[str]], *, seed: int, strength: float = 500.0, min_documents: int = 5,
    n_draws: int = 1000
) -> pd.DataFrame:
    """Log-odds ratio of every word between two slices.

    a, b: words of each document of a slice, with their numbers; one language, no document in both. min_documents:
    documents in which a word must stand, over both slices.
    Returns: term, log_odds (above 0: more in a), low, high (95 % interval), n_a, n_b (occurrences), n_documents;
    largest difference of `low` or `high` from zero first, words whose interval holds zero last.
    Raises: TifaError when a slice has fewer than five documents with words.
    """
    sides = [[document for document in side if document.total()] for side in (a, b)]
    if min(map(len, sides)) < MIN_DOCUMENTS:
        raise TifaError(f"Keyness needs {MIN_DOCUMENTS} documents on either side, there are {len(sides[0])} and "
                        f"{len(sides[1])}", where="keyness", todo="Choose wider slices.")
    spread = Counter(term for side in sides for document in side for term in document)
    terms = sorted(term for term, number in spread.items() if number >= min_documents)
    if not terms:
        return pd.DataFrame(columns=COLUMNS)
    tables = [_table(side, terms) for side in sides]
    sizes = [np.array([document.total() for document in side], dtype=np.float64) for side in sides]
    whole = sum(table.sum(axis=0) for table in tables)
    prior = strength * whole / sum(float(size.sum()) for size in sizes)
    estimate = _log_odds([table.sum(axis=0, keepdims=True) for table in tables],
                         [size.sum(keepdims=True) for size in sizes], prior, strength)[0]
    weights = [_scaled(draw_weights(len(side), n_draws=n_draws, seed=seed, name=f"keyness/{place}"))
               for place, side in enumerate(sides)]
    drawn = _log_odds([weight @ table for weight, table in zip(weights, tables, strict=True)],
                      [weight @ size for weight, size in zip(weights, sizes, strict=True)], prior, strength)
    widened = estimate + (drawn - estimate) * np.sqrt(1 + 1 / min(map(len, sides)))
    low, high = bounds(widened, estimate)
    frame = pd.DataFrame({"term": terms, "log_odds": estimate, "low": low, "high": high,
                          "n_a": tables[0].sum(axis=0).astype(np.int64), "n_b": tables[1].sum(axis=0).astype(np.int64),
                          "n_documents": [spread[term] for term in terms]}).round(6)
    clear = np.maximum(np.maximum(frame["low"], -frame["high"]), 0.0)
    return frame.assign(clear=clear).sort_values(["clear", "term"], ascending=[False, True])[COLUMNS].reset_index(drop=True)


def _table(side: Sequence[Counter[str]], terms: list[str]) -> Floats:
    """Documents × terms."""
    return np.array([[document[term] for term in terms] for document in side], dtype=np.float64)


def _scaled(weights: Floats) -> Floats:
    """Weights whose mean is one in every draw, so that the prior keeps its strength."""
    return np.asarray(weights / weights.mean(axis=1, keepdims=True))


def _log_odds(tops: Sequence[Floats], sizes: Sequence[Floats], prior: Floats, strength: float) -> Floats:
    """Cases × terms: log odds in a minus log odds in b, each with the prior added."""
    odds = [np.log((top + prior) / (size[:, None] + strength - top - prior))
            for top, size in zip(tops, sizes, strict=True)]
    return np.asarray(odds[0] - odds[1])
