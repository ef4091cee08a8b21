"""The table `echoes`: passages of local documents that stand word for word in a central text issued earlier.

One row per passage of a local sentence and its central source: doc_id, sent_no, start_char, end_char, surface (local),
source_doc_id, source_sent_no, source_start_char, source_end_char (central, equal by match key), n_chars (Han characters
counted), share: of the local sentence's counted characters that the passage covers.
"""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

COLUMNS = ("doc_id sent_no start_char end_char surface source_doc_id source_sent_no source_start_char source_end_char "
           "n_chars share").split()


def find_echoes(tables: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """The table `echoes`, sorted by local document, sentence and place."""
    return pd.DataFrame(columns=COLUMNS)
