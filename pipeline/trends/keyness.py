"""Words that one slice of documents uses more than another: weighted log-odds with an informative prior.

The prior adds `strength` words to either side, in the proportions of both together, so that a rare word must differ a lot
before it stands out. Words come in documents, so the variance is that of documents: each is left out once (jackknife), and
the t distribution has as many degrees of freedom as documents that carry the variance (Satterthwaite). The side that has
less of a word by chance also seems surer of it; so half of the variance is the larger of the side's own and of what the
word's scatter over both sides together lets expect. Under no difference 3 to 5 % of intervals leave out zero, and intervals
hold planted differences in 95 to 97 % (15 to 60 documents a side, bursty words; `tests/trends/test_keyness.py`).
Source: Monroe, Colaresi & Quinn 2008, equations 15, 16 and 22; jackknife of a ratio: Efron & Stein 1981.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
import pandas as pd
from scipy import sparse, special

from pipeline.errors import TifaError
from pipeline.estimates.intervals import MIN_DOCUMENTS, Flags
from pipeline.estimates.material import Floats, Ints
from pipeline.estimates.sparse import LEVEL
from pipeline.trends.states import benjamini_hochberg

COLUMNS = ["term", "log_odds", "low", "high", "p", "q", "n_a", "n_b", "documents_a", "documents_b"]
STRENGTH = 500.0
LEAST = 1.0
KEPT = 0.5


@dataclass(frozen=True)
class Bags:
    """Words of documents of one language. counts: documents × words; parts: words × words, 1 where a word of the column stands
    inside the word of the row."""

    words: list[str] = field(repr=False)
    counts: sparse.csr_array = field(repr=False)
    parts: sparse.csr_array = field(repr=False)

    def only(self, documents: Ints | Flags) -> Bags:
        """Some of the documents."""
        return replace(self, counts=self.counts[documents])

    @cached_property
    def sizes(self) -> Floats:
        """Words of each document."""
        return np.asarray(self.counts.sum(axis=1), dtype=np.float64)

    @cached_property
    def whole(self) -> Floats:
        """How often each word stands in the documents together."""
        return np.asarray(self.counts.sum(axis=0), dtype=np.float64)


def make_bags(words: list[str], documents: Ints, tokens: Ints, *, n_documents: int) -> Bags:
    """words: the vocabulary. documents, tokens: of each running word the number of its document and of the word."""
    width = max(len(words), 1)
    pairs, numbers = np.unique(documents * width + tokens, return_counts=True)
    shape = (n_documents, len(words))
    return Bags(words, sparse.csr_array((numbers, np.divmod(pairs, width)), shape=shape), _part_table(words))


def keyness(a: Bags, b: Bags, *, strength: float = STRENGTH, min_documents: int = 8) -> pd.DataFrame:
    """Log-odds ratio of every word between two slices.

    a, b: with the same words, no document in both. min_documents: documents in which a word must stand, over both slices.
    Returns: term, log_odds (above 0: more in a), low, high (95 % interval), p, q (adjusted by Benjamini & Hochberg), n_a, n_b
    (occurrences), documents_a, documents_b (with the word); the bound farthest from zero first, then by term.
    Raises: TifaError when a slice has fewer than five documents with words.
    """
    sides = [side.only(side.sizes > 0) for side in (a, b)]
    if min(len(side.sizes) for side in sides) < MIN_DOCUMENTS:
        raise TifaError(f"Keyness needs {MIN_DOCUMENTS} documents on either side, there are {len(sides[0].sizes)} and "
                        f"{len(sides[1].sizes)}", where="keyness", todo="Choose wider slices.")
    spread = sum(np.bincount(side.counts.indices, minlength=len(a.words)) for side in sides)
    terms = sorted(np.flatnonzero(spread >= min_documents).tolist(), key=a.words.__getitem__)
    if not terms:
        return pd.DataFrame(columns=COLUMNS)
    tables = [side.counts[:, terms].toarray().astype(np.float64) for side in sides]
    return _compare([a.words[term] for term in terms], tables, [side.sizes for side in sides], strength=strength)


def inside_longer(a: Bags, b: Bags, terms: Sequence[str], *, strength: float = STRENGTH) -> Flags:
    """Which terms lose more than half of their log-odds ratio once they are counted inside longer words, too.

    Whether 境内 is a word of its own or a part of 境内外 is the segmenter's choice: where the other side has it inside longer
    words, the difference is none of use. Inside: any part of a Chinese word, whole parts of an English one with hyphens.
    Swapping the sides changes nothing, so what is left out favours neither.
    """
    places = {word: place for place, word in enumerate(a.words)}
    asked = [places[term] for term in terms]
    sizes = [float(side.sizes.sum()) for side in (a, b)]
    alone = [side.whole[asked] for side in (a, b)]
    every = [(side.whole + side.whole @ side.parts)[asked] for side in (a, b)]
    seen, whole = (_difference(tops, sizes, strength) for tops in (alone, every))
    return np.asarray(whole * np.sign(seen) < KEPT * np.abs(seen))


def _difference(tops: list[Floats], sizes: list[float], strength: float) -> Floats:
    share = (tops[0] + tops[1]) / sum(sizes)
    one, two = (_logit(top, size, share, strength) for top, size in zip(tops, sizes, strict=True))
    return one - two


def _parts(word: str) -> set[str]:
    """Everything shorter that stands in a word as a word could."""
    joint = "-" if word.isascii() else ""
    units = word.split("-") if joint else list(word)
    return {joint.join(units[start:end]) for start in range(len(units)) for end in range(start + 1, len(units) + 1)} - {word}


def _part_table(words: list[str]) -> sparse.csr_array:
    places = {word: place for place, word in enumerate(words)}
    pairs = [(place, places[part]) for place, word in enumerate(words) for part in _parts(word) if part in places]
    rows = np.array(pairs, dtype=np.int64).reshape(-1, 2).T
    return sparse.csr_array((np.ones(len(pairs)), (rows[0], rows[1])), shape=(len(words), len(words)))


def _compare(terms: list[str], tables: list[Floats], sizes: list[Floats], *, strength: float) -> pd.DataFrame:
    share = sum(table.sum(axis=0) for table in tables) / sum(float(size.sum()) for size in sizes)
    logits = [_logit(table.sum(axis=0), size.sum(), share, strength) for table, size in zip(tables, sizes, strict=True)]
    measured = [_variance(table, size, share, strength) for table, size in zip(tables, sizes, strict=True)]
    scatter = sum(found.count for found in measured) / sum(found.alone for found in measured)
    pooled = [found.slope**2 * found.alone * np.maximum(scatter, 1.0) for found in measured]
    variances = [(found.logit + np.maximum(found.logit, own)) / 2 for found, own in zip(measured, pooled, strict=True)]
    degrees = [found.degrees for found in measured]
    estimate, variance = logits[0] - logits[1], variances[0] + variances[1]
    freedom = variance**2 / sum(own**2 / number for own, number in zip(variances, degrees, strict=True))
    reach = special.stdtrit(freedom, 0.5 + LEVEL / 2) * np.sqrt(variance)
    p = 2 * special.stdtr(freedom, -np.abs(estimate) / np.sqrt(variance))
    frame = pd.DataFrame({"term": terms, "log_odds": estimate, "low": estimate - reach, "high": estimate + reach, "p": p,
                          "q": benjamini_hochberg(p)}).round(6)
    for side, table in zip("ab", tables, strict=True):
        frame[f"n_{side}"] = table.sum(axis=0).astype(np.int64)
        frame[f"documents_{side}"] = (table > 0).sum(axis=0)
    clear = np.maximum(np.maximum(frame["low"], -frame["high"]), 0.0)
    return frame.assign(clear=clear).sort_values(["clear", "term"], ascending=[False, True])[COLUMNS].reset_index(drop=True)


def _prior(share: Floats, strength: float) -> Floats:
    """Words added to a side: its part of `strength`, one at least, so that no count of zero looks like a huge difference."""
    return np.maximum(strength * share, LEAST)


def _logit(top: Floats, size: Floats | float, share: Floats, strength: float) -> Floats:
    """Log odds of each word with the prior added."""
    prior = _prior(share, strength)
    return np.asarray(np.log((top + prior) / (size + strength - top - prior)))


@dataclass(frozen=True)
class _Variance:
    """Of each word on one side: variance of its log odds (jackknife) and of its number over documents, of its number were
    every word drawn alone at the share of both sides, change of the log odds by one word more, degrees of freedom."""

    logit: Floats
    count: Floats
    alone: Floats
    slope: Floats
    degrees: Floats


def _variance(table: Floats, size: Floats, share: Floats, strength: float) -> _Variance:
    n, whole, total = len(size), table.sum(axis=0), size.sum()
    without = _logit(whole - table, (total - size)[:, None], share, strength)
    squares = (without - without.mean(axis=0)) ** 2
    logit = (n - 1) / n * squares.sum(axis=0)
    prior = _prior(share, strength)
    middle = (whole + share * total) / 2 + prior
    slope = 1 / middle + 1 / (total + strength - middle)
    carried = np.where(squares.sum(axis=0) > 0, 3 * squares.sum(axis=0) ** 2 / np.maximum((squares**2).sum(axis=0), 1e-300), n)
    rest = table - np.outer(size, whole / total)
    return _Variance(logit, n / (n - 1) * (rest**2).sum(axis=0), share * total * (1 - share), slope,
                     np.maximum(np.minimum(carried, n) - 1, 1.0))
