"""Codes that differ between the languages, on invented links."""

import pandas as pd
import pytest

from pipeline.alignments.shifts import frame_shifts, pair_summary
from pipeline.errors import UnknownLabel

LINKS = pd.DataFrame(
    [("p", "z", "e", [0], [0], 0.9), ("p", "z", "e", [1], [1, 2], 0.8), ("p", "z", "e", [2], [], 0.0),
     ("p", "z", "e", [], [3], 0.0), ("p", "z", "e", [3], [4], 0.7), ("p", "z", "e", [4], [5], 0.7)],
    columns=["pair_id", "zh_doc_id", "en_doc_id", "zh_sents", "en_sents", "score"])


def codes(**changed: str) -> pd.DataFrame:
    rows = [("z", 0, "oblige", True, False), ("e", 0, "oblige", True, False),
            ("z", 1, "oblige", False, True), ("e", 1, "state", False, False), ("e", 2, "permit", True, False),
            ("z", 2, "state", False, True), ("e", 3, "state", True, False),
            ("z", 3, "state", False, False), ("e", 4, changed.get("modality", "commit"), False, False)]
    return pd.DataFrame(rows, columns=["doc_id", "sent_no", "modality", "development", "security"])


def test_shifts_have_reasons_and_the_heaviest_comes_first() -> None:
    found = [(row.zh_sents, row.en_sents, row.reasons, row.lost, row.gained) for row in frame_shifts(LINKS, codes()).itertuples()]
    assert found == [
        ([1], [1, 2], ["lost", "gained", "softened"], ["security"], ["development"]),
        ([3], [4], ["hardened"], [], []),
        ([2], [], ["dropped"], [], []),
        ([], [3], ["added"], [], []),
    ], "equal codes and uncoded headings are no shift"


def test_summary_counts_links() -> None:
    row = pair_summary(LINKS, codes()).iloc[0]
    assert row.n_links == 3
    assert (row.development_zh, row.development_en) == (0.3333, 0.6667)
    assert (row.security_zh, row.security_en) == (0.3333, 0.0)
    assert (row.softened, row.hardened, row.n_dropped, row.n_added) == (0.3333, 0.3333, 1, 1)


def test_nothing_aligned() -> None:
    assert frame_shifts(LINKS.iloc[:0], codes()).empty
    assert pair_summary(LINKS.iloc[:0], codes()).empty


def test_an_unknown_modality_stops() -> None:
    with pytest.raises(UnknownLabel, match="codebook section 4"):
        frame_shifts(LINKS, codes(modality="wish"))
