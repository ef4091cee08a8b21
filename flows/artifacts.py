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
        self._artifact: UUID | None = None
        self._shows = True

    def start(self, stage: str, total: int) -> None:
        super().start(stage, total)
        if self._shows and stage in STAGES:
            self._shows = attempt(lambda: self._show(100.0 * STAGES.index(stage) / len(STAGES), f"Now: {stage}"))

    def _show(self, share: float, description: str) -> None:
        if self._artifact is None:
            made: Any = create_progress_artifact(progress=share, key="tifa-progress", description=description)
            self._artifact = made
        else:
            update_progress_artifact(self._artifact, progress=share, description=description)

    def show_result(self, result: RunResult) -> None:
        """The findings as a table and the report as a link, under fixed keys, so that the UI keeps their history."""
        if result.report is None:
            return
        rows = [{key: "" if value is None or value != value else value for key, value in row.items()}
                for row in result.findings.to_dict("records")]
        link = result.report.absolute().as_uri()
        as_of = result.run["as_of"]
        self._shows = self._shows and attempt(lambda: create_table_artifact(rows, key="tifa-findings", description=f"As of {as_of}"))
        self._shows = self._shows and attempt(lambda: create_link_artifact(link, key="tifa-report", link_text=f"The report as of {as_of}"))
        self._shows = self._shows and attempt(lambda: self._show(100.0, "Done"))


def attempt(work: Callable[[], Any]) -> bool:
    """Whether Prefect's server took it. After a refusal nothing more is sent: each try at a lost server takes a minute."""
    try:
        work()
    except Exception:  # any transport or server error: the tables and the report do not depend on it
        return False
    return True
