"""What Prefect's UI shows of a run: how far it is, the findings, where the report is. A UI that cannot be reached stops nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from prefect.artifacts import (
    create_link_artifact,
    create_progress_artifact,
    create_table_artifact,
    update_progress_artifact,
)

from flows.progress import Bars
from pipeline.stages import RunResult

STAGES = ("documents", "sentences", "mentions", "codes", "links", "alignments", "trends", "report")


class ShownProgress(Bars):
    """Progress on stderr as always, and as one progress artifact that moves stage by stage."""

    def __init__(self) -> None:
        super().__init__()
        self._artifact: Any = None

    def start(self, stage: str, total: int) -> None:
        super().start(stage, total)
        if stage in STAGES:
            self._show(100.0 * STAGES.index(stage) / len(STAGES), stage)

    def _show(self, share: float, stage: str) -> None:
        if self._artifact is None:
            self._artifact = attempt(lambda: create_progress_artifact(progress=share, key="tifa-progress", description=f"Now: {stage}"))
        if isinstance(self._artifact, UUID):
            attempt(lambda: update_progress_artifact(self._artifact, progress=share, description=f"Now: {stage}"))


def show_result(result: RunResult) -> None:
    """The findings as a table and the report as a link, under fixed keys, so that the UI keeps their history."""
    if result.report is None:
        return
    rows = [{key: "" if value is None or value != value else value for key, value in row.items()}
            for row in result.findings.to_dict("records")]
    attempt(lambda: create_table_artifact(table=rows, key="tifa-findings", description=f"Findings as of {result.run['as_of']}"))
    attempt(lambda: create_link_artifact(link=result.report.absolute().as_uri(), key="tifa-report", link_text="The report"))  # type: ignore[union-attr]


def attempt(work: Callable[[], Any]) -> Any:
    """The result, or None when Prefect's server does not take it: the tables and the report do not depend on it."""
    try:
        return work()
    except Exception:  # any transport or server error
        return None
