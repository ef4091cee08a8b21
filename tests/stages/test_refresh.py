"""A run, and the runs after it: only what changed is redone, what is gone is withdrawn, a failed run leaves no trace."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from pipeline.settings import Settings
from pipeline.stages import RunResult, refresh
from pipeline.store import Store
from pipeline.tables import HISTORY, TABLES

PLAN = """样例市人民政府关于推动样例人工智能产业发展的意见

样政发〔2021〕{number}号

各样例区人民政府：

为推动样例人工智能产业发展，提出以下意见（示例文本，仅供软件测试）。

一、加快样例平台建设

鼓励样例企业加大人工智能研发投入，推动样例产业创新发展。到2025年，样例产业规模达到{number}0亿元。

二、守住安全底线

样例平台不得泄露个人信息，应当防范数据安全风险。

样例市人民政府

2021年{month}月5日
"""
ACT = """Sample Data Act

SAMPLE TEXT, for software testing only.

Article 1

Providers shall protect the security of personal data.

Article 2

The sample state encourages innovation in artificial intelligence.
"""


class Silent:
    """Progress that nobody watches."""

    def say(self, message: str) -> None: ...
    def start(self, stage: str, total: int) -> None: ...
    def advance(self, stage: str, steps: int) -> None: ...


def run(root: Path, *, name: str = "processed", day: str = "2025-06-01", call: Callable[..., Any] | None = None,
        **options: Any) -> RunResult:
    settings = Settings(raw=root / "raw", processed=root / name, reports=root / f"{name}-reports", **options)
    ticks = iter(f"{day}T00:00:{second:02d}+00:00" for second in range(60))
    return refresh(settings, clock=lambda: next(ticks), progress=Silent(), **({"call": call} if call else {}))


def tables(root: Path, name: str = "processed") -> dict[str, pd.DataFrame]:
    """Every table but history: runs, findings, and what a claim remembers of the ledger before."""
    with Store(root / name / "tifa.duckdb", read_only=True) as store:
        rows = store.read_all(table for table in TABLES if table not in HISTORY)
    return rows | {"claims": rows["claims"].drop(columns="evidence")}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    raw = tmp_path / "raw" / "样例市"
    raw.mkdir(parents=True)
    (raw / "意见一.txt").write_text(PLAN.format(number=3, month=3), encoding="utf-8")
    (raw / "意见二.txt").write_text(PLAN.format(number=4, month=4), encoding="gb18030")
    (raw / "意见一（副本）.txt").write_text(PLAN.format(number=3, month=3), encoding="utf-8")
    (raw / "act.txt").write_text(ACT, encoding="utf-8")
    (raw / "broken.pdf").write_bytes(b"%PDF-1.7\nnothing else")
    (raw / ".hidden.txt").write_text("x", encoding="utf-8")
    return tmp_path


def test_a_run_and_the_runs_after_it(root: Path) -> None:
    first = run(root)
    found = tables(root)
    outcomes = found["files"].set_index("path")["outcome"].to_dict()
    assert sorted(outcomes.values()) == ["document", "document", "document", "duplicate", "quarantined", "skipped"]
    assert first.run["n_seen"] == len(found["files"]) == first.run["n_new"] == 6
    assert first.run["n_seen"] == len(found["documents"]) + sum(
        first.run[count] for count in ("n_duplicates", "n_quarantined", "n_skipped"))
    body = found["sentences"][found["sentences"]["kind"] == "body"]
    assert len(found["codes"]) == len(body) > 0
    assert first.report and first.report.is_file() and (root / "processed-reports" / "latest" / "index.html").is_file()

    before = (root / "processed" / "tifa.duckdb").stat().st_mtime_ns
    again = run(root, day="2025-06-02")
    assert again.nothing_new and again.report is None
    assert not (root / "processed-reports" / "2025-06-02").exists()
    for table, rows in tables(root).items():
        pd.testing.assert_frame_equal(rows, found[table])
    assert before != (root / "processed" / "tifa.duckdb").stat().st_mtime_ns, "a row of runs is written"

    asked = run(root, day="2025-06-03", as_of="2025-06-03")
    assert asked.report is not None and not asked.nothing_new


def test_changed_and_removed_files(root: Path) -> None:
    run(root)
    old = tables(root)
    ids = dict(zip(old["documents"]["path"], old["documents"]["doc_id"], strict=True))
    (root / "raw" / "样例市" / "意见二.txt").write_text(PLAN.format(number=9, month=9), encoding="utf-8")
    (root / "raw" / "样例市" / "act.txt").unlink()
    steps: list[str] = []

    def watch(name: str, function: Callable[..., Any], *arguments: Any) -> Any:
        steps.append(name)
        return function(*arguments)

    second = run(root, day="2025-06-02", call=watch)
    assert (second.run["n_new"], second.run["n_changed"], second.run["n_removed"], second.run["n_unchanged"]) == (0, 1, 1, 4)
    new = tables(root)
    assert ids["样例市/act.txt"] not in set(new["documents"]["doc_id"]) | set(new["codes"]["doc_id"])
    assert ids["样例市/意见二.txt"] not in set(new["sentences"]["doc_id"])
    assert {"documents-0", "sentences-0", "mentions-0", "codes-0", "report"} <= set(steps)
    run(root, name="rebuilt", day="2025-06-02")
    for table, rows in tables(root, "rebuilt").items():
        pd.testing.assert_frame_equal(new[table], rows, obj=f"{table}: incremental equals full")


def test_the_first_of_two_copies_goes(root: Path) -> None:
    run(root)
    (root / "raw" / "样例市" / "意见一.txt").unlink()
    run(root, day="2025-06-02")
    left = tables(root)
    assert left["files"].set_index("path").loc["样例市/意见一（副本）.txt", "outcome"] == "document"
    assert "样例市/意见一（副本）.txt" in set(left["documents"]["path"])


def test_a_failed_run_leaves_the_tables_and_is_resumed(root: Path) -> None:
    run(root)
    old = tables(root)
    (root / "raw" / "样例市" / "neu.txt").write_text(PLAN.format(number=7, month=7), encoding="utf-8")

    def fail(name: str, function: Callable[..., Any], *arguments: Any) -> Any:
        if name.startswith("codes"):
            raise RuntimeError("the power went out")
        return function(*arguments)

    with pytest.raises(RuntimeError, match="power"):
        run(root, day="2025-06-02", call=fail)
    for table, rows in tables(root).items():
        pd.testing.assert_frame_equal(rows, old[table])
    done = run(root, day="2025-06-02")
    assert len(tables(root)["documents"]) == len(old["documents"]) + 1
    assert done.report is not None


def test_two_workers_write_the_same_rows(root: Path) -> None:
    run(root)
    run(root, name="two", workers=2, batch_documents=1)
    one, two = tables(root), tables(root, "two")
    for table, rows in one.items():
        pd.testing.assert_frame_equal(rows, two[table], obj=table)


def test_documents_dated_after_the_day_stay_out_of_the_numbers(root: Path) -> None:
    run(root, day="2025-06-01", as_of="2020-01-01")
    found = tables(root)
    assert len(found["documents"]) == 3
    assert found["trends"].empty or set(found["trends"]["n_documents"]) <= {0, 1}


def test_a_plain_run_after_one_for_an_earlier_day_makes_the_numbers_of_today(root: Path) -> None:
    run(root, day="2025-06-01")
    today = tables(root)
    run(root, day="2025-06-02", as_of="2020-01-01")
    assert not tables(root)["claims"].equals(today["claims"]), "the numbers are those of the earlier day"
    again = run(root, day="2025-06-03")
    assert not again.nothing_new and not again.run["n_new"]
    with Store(root / "processed" / "tifa.duckdb", read_only=True) as store:
        ledger, log = store.read("claims"), store.read("verdicts")
    assert not any(json.loads(evidence).get("flipped") for evidence in ledger["evidence"]), "a backfill makes no claim flip"
    assert set(log["as_of"]) == {"2025-06-01"}, "nor does it write into the history of verdicts"
    for table, rows in tables(root).items():
        pd.testing.assert_frame_equal(rows, today[table], obj=table)
    assert run(root, day="2025-06-04").nothing_new


def test_another_seed_makes_the_numbers_again_and_reads_nothing(root: Path) -> None:
    steps: list[str] = []

    def call(name: str, function: Callable[..., Any], *arguments: Any) -> Any:
        steps.append(name.split("-")[0])
        return function(*arguments)

    run(root)
    assert not run(root, seed=1, call=call).nothing_new
    assert steps == ["links", "alignments", "trends", "report"]
    assert run(root, seed=1).nothing_new
