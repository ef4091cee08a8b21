"""The table `keyness`: the comparisons of slices that a report shows.

One row per comparison, language and word: slice_a, slice_b: what is compared; log_odds above 0: more in a; low, high: 95 %
interval; p, q: of no difference, q adjusted within the comparison (Benjamini & Hochberg); n_a, n_b: occurrences;
documents_a, documents_b: documents with the word; size_a, size_b: documents of each side. A comparison with too few
documents has one row with term NULL and the flag `too_few_documents`.
"""

from __future__ import annotations

import pandas as pd

from pipeline.estimates.material import Material

COLUMNS = ("comparison lang slice_a slice_b term log_odds low high p q n_a n_b documents_a documents_b size_a size_b "
           "flags").split()


def compare_slices(material: Material, *, as_of: str) -> pd.DataFrame:
    """The table `keyness`."""
    return pd.DataFrame(columns=COLUMNS)
