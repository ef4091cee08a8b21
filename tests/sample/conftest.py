"""The sample's truth and the program's answers to it: one whole run over raw/sample, shared by the tests here."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import yaml

SAMPLE = Path(__file__).parents[2] / "raw" / "sample"
AS_OF = "2026-11-01"


@dataclass(frozen=True)
class Answers:
    """All tables after one run over the sample; `documents` is indexed by the path under raw/sample."""

    tables: Mapping[str, pd.DataFrame]
    documents: pd.DataFrame

    def rows(self, table: str, path: str) -> pd.DataFrame:
        """The rows of `table` that belong to the document at `path`."""
        frame = self.tables[table]
        return frame[frame["doc_id"] == self.documents.loc[path, "doc_id"]]

    def rows_of_pair(self, en_doc_id: str) -> list[tuple[list[int], list[int]]]:
        """The links of one English version: Chinese and English sentence numbers, either may be empty."""
        links = self.tables["alignments"]
        links = links[links["en_doc_id"] == en_doc_id]
        return [(list(zh), list(en)) for zh, en in zip(links["zh_sents"], links["en_sents"], strict=True)]


class _Quiet:
    def say(self, message: str) -> None: ...

    def start(self, stage: str, total: int) -> None: ...

    def advance(self, stage: str, steps: int) -> None: ...


def _up_to_alignments(name: str, function: Callable[..., Any], *arguments: Any) -> Any:
    """Carry out one step of the run; trends and report, which take most of the time, are left out here."""
    if name in ("trends", "report"):
        return Path(), pd.DataFrame()
    return function(*arguments)


@pytest.fixture(scope="session")
def truth() -> dict[str, Any]:
    """TRUTH.yml as it stands."""
    loaded: dict[str, Any] = yaml.safe_load((SAMPLE / "TRUTH.yml").read_text(encoding="utf-8"))
    return loaded


@pytest.fixture(scope="session")
def answers(tmp_path_factory: pytest.TempPathFactory) -> Answers:
    """The tables that a run over raw/sample alone produces."""
    from pipeline.settings import Settings
    from pipeline.stages import refresh
    from pipeline.store import Store
    from pipeline.tables import TABLES

    folder = tmp_path_factory.mktemp("sample")
    settings = Settings(raw=SAMPLE, processed=folder / "processed", reports=folder / "reports", as_of=AS_OF)
    refresh(settings, clock=lambda: f"{AS_OF}T00:00:00Z", progress=_Quiet(), call=_up_to_alignments)
    with Store(settings.database, read_only=True) as store:
        tables = store.read_all(TABLES)
    return Answers(tables, tables["documents"].set_index("path", drop=False))


def squeezed(text: str) -> str:
    """`text` without any blank, for comparing what was written with what was read across line ends."""
    return re.sub(r"\s", "", text)
