"""What a run says at its end."""

from pathlib import Path

import pandas as pd
import pytest

from flows.summary import summary_lines
from pipeline.settings import Settings
from pipeline.stages import RunResult

COUNTS = {"n_seen": 2, "n_quarantined": 0, "n_duplicates": 0, "n_skipped": 0}


@pytest.mark.parametrize(("made", "named", "reason"), [
    ("2025-01-02", "latest", "the newest report has the short name"),
    ("2015-01-01", "2015-01-01", "a report for an earlier day is not the one that `latest` points to"),
    (None, "latest", "nothing new: the report that stands")])
def test_the_report_named_is_the_one_just_made(tmp_path: Path, made: str | None, named: str, reason: str) -> None:
    for day in ("2015-01-01", "2025-01-02"):
        (tmp_path / day).mkdir()
        (tmp_path / day / "index.html").write_text(day, encoding="utf-8")
    (tmp_path / "latest").symlink_to("2025-01-02")
    result = RunResult(COUNTS, tmp_path / made / "index.html" if made else None, pd.DataFrame(), nothing_new=True)
    assert summary_lines(result, Settings(reports=tmp_path))[-1] == f"Report: {tmp_path / named / 'index.html'}", reason
