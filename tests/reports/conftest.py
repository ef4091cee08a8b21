"""One made-up report for all tests of the folder."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pandas as pd
import pytest

from pipeline.reports import ReportWritten, write_report

from .fixtures.made_tables import make_evidence, make_tables


def write_made_report(tables: Mapping[str, pd.DataFrame], out: Path, **changes: object) -> ReportWritten:
    """A report of made tables as of 2025-12-31."""
    given: dict[str, object] = {
        "as_of": "2025-12-31", "run": {"run_id": "made", "fingerprint": "0123456789abcdef", "n_new": 3, "n_quarantined": 1},
        "previous_findings": None, "evidence": make_evidence(tables), "context": {"versions": {"tifa": "0"}}}
    return write_report(tables, out, **(given | changes))  # type: ignore[arg-type]


@pytest.fixture(scope="session")
def tables() -> dict[str, pd.DataFrame]:
    return make_tables(80, mean_sentences=6)


@pytest.fixture(scope="session")
def report(tables: dict[str, pd.DataFrame], tmp_path_factory: pytest.TempPathFactory) -> ReportWritten:
    return write_made_report(tables, tmp_path_factory.mktemp("report"))
