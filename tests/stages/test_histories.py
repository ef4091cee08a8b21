"""Whatever happens to the raw folder and the knowledge, and in whatever order: a run of what changed leaves what a full
run leaves, and the findings of earlier days stay as they were.

Documents are a few sentences long, few draws are made, and the report writes its findings alone; everything else is the
run as people start it.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

import pipeline.claims
import pipeline.codes
import pipeline.documents.reading
import pipeline.mentions
import pipeline.reports
import pipeline.trends
from pipeline.claims.ledger import load_claims
from pipeline.reports.causes import complete_snapshot, explain
from pipeline.reports.findings import findings_frame, headlines, previous
from pipeline.reports.material import Material
from pipeline.reports.report import ReportWritten
from pipeline.settings import Settings
from pipeline.stages import fingerprints, refresh
from pipeline.store import Store
from pipeline.tables import HISTORY, TABLES

NAMES = tuple(f"样例/{name}" for name in ("甲.txt", "乙.txt", "丙.txt", "丁.txt", "en-a.txt", "en-b.txt"))
HEADS = {"zh": ("国务院关于样例数据安全的决定", "国务院关于样例人工智能发展的意见", "样例人工智能发展意见（征求意见稿）",
                "国务院关于废止《国务院关于样例数据安全的决定》的决定"),
         "en": ("Sample Data Security Decision", "Sample Artificial Intelligence Opinions")}
LINES = {"zh": ("推动人工智能产业创新发展。", "样例平台应当保障数据安全。", "到2027年，建成10个样例中心。", "决定废止样例旧规定。"),
         "en": ("Promote the development of artificial intelligence.", "Platforms shall protect data security.",
                "By 2027, ten sample data centres shall be built.")}
RULES = {"codes": "codebook", "mentions": "words"}
versions = dict.fromkeys(RULES, 0)

name = st.sampled_from(NAMES)
OPERATIONS = st.one_of(
    st.tuples(st.just("write"), name, st.integers(0, 3), st.integers(0, 7), st.integers(2019, 2026)),
    st.tuples(st.just("copy"), name, name), st.tuples(st.just("move"), name, name), st.tuples(st.just("remove"), name),
    st.tuples(st.just("sidecar"), name, st.sampled_from(["pair_id: p1", "pair_id: p2", "date_issued: '2024-05-01'",
                                                         "doc_type: law", ""])),
    st.tuples(st.just("knowledge"), st.sampled_from(sorted(RULES))))
HISTORIES = st.lists(st.lists(OPERATIONS, min_size=1, max_size=5), min_size=2, max_size=4)


def carry_out(raw: Path, operation: tuple[Any, ...]) -> None:
    """One thing that may happen between two runs."""
    kind, *rest = operation
    if kind == "knowledge":
        versions[rest[0]] += 1
        fingerprints.ingredients.cache_clear()
        fingerprints.fingerprint.cache_clear()
        return
    path = raw / rest[0]
    other = raw / rest[1] if kind in ("copy", "move") else path
    if kind == "write":
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text_of("en" if "en-" in path.name else "zh", *rest[1:]), encoding="utf-8")
    elif kind == "sidecar":
        side = path.with_name(path.name + ".meta.yml")
        side.parent.mkdir(parents=True, exist_ok=True)
        side.write_text(rest[1] + "\n", encoding="utf-8") if rest[1] else side.unlink(missing_ok=True)
    elif path.is_file() and kind == "remove":
        path.unlink()
    elif path.is_file() and path != other:
        (shutil.copyfile if kind == "copy" else shutil.move)(path, other)


def text_of(lang: str, head: int, lines: int, year: int) -> str:
    """A document with a title, some of the lines, and a date."""
    chosen = [line for place, line in enumerate(LINES[lang]) if lines & (1 << place)] or [LINES[lang][0]]
    date = f"{year}年5月1日" if lang == "zh" else f"1 May {year}"
    return "\n\n".join([HEADS[lang][head % len(HEADS[lang])], *chosen, "国务院" if lang == "zh" else "State Council", date])


class Silent:
    """Progress that nobody watches."""

    def say(self, message: str) -> None: ...
    def start(self, stage: str, total: int) -> None: ...
    def advance(self, stage: str, steps: int) -> None: ...


def run(root: Path, out: str, day: int, *, full: bool = False) -> None:
    """One run on a day of June."""
    refresh(Settings(raw=root / "raw", processed=root / out, reports=root / f"{out}-reports", full=full),
            clock=lambda: f"2026-06-{day:02d}T00:00:00+00:00", progress=Silent())


def rows(root: Path, out: str, *, history: bool) -> dict[str, pd.DataFrame]:
    """All tables but the log of runs; without history also without what claims remember of the ledger before."""
    with Store(root / out / "tifa.duckdb", read_only=True) as store:
        found = store.read_all(table for table in TABLES if table != "runs" and (history or table not in HISTORY))
    return found if history else found | {"claims": found["claims"].drop(columns="evidence")}


def write_findings(tables: Any, out: Path, *, as_of: str, run: Any, previous_findings: Any, evidence: Any,
                   context: dict[str, Any]) -> ReportWritten:
    """The findings of a report as it makes them, without its pages."""
    out.mkdir(parents=True)
    material = Material(tables, as_of, run, previous_findings, context, evidence)
    found = headlines(material)
    context["causes"] = explain(material, found, {row.finding_id: row.estimate for one in found
                                                  if (row := previous(material, one.finding_id)) is not None})
    findings = findings_frame(material, found)
    (out / "index.html").write_text(findings.to_json(), encoding="utf-8")
    return ReportWritten(out / "index.html", findings, complete_snapshot(material, found))


@pytest.fixture(scope="module")
def light() -> Iterator[None]:
    """Few draws, one reading process for all runs, knowledge that can change."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pipeline.trends, "estimate_trends", partial(
            pipeline.trends.estimate_trends, n_draws=20, universes=("cn_digital", "cn_all"), checks=False))
        patch.setattr(pipeline.claims, "evaluate_claims", partial(
            pipeline.claims.evaluate_claims, n_draws=20, claims=list(load_claims())[:8]))
        patch.setattr(pipeline.reports, "write_report", write_findings)
        shared = pipeline.documents.reading._Process(30, 1024, ocr=False)
        end = shared.kill
        shared.kill = lambda: None  # type: ignore[method-assign]
        patch.setattr(pipeline.documents.reading, "_Process", lambda *_, **__: shared)
        digest, code, find = fingerprints._digest, pipeline.codes.code_sentences, pipeline.mentions.find_mentions

        def state(path: Path) -> str:
            version = versions["codes"] if path.parent.name == "codebook" else versions["mentions"] if path.name == "mentions.yml" else 0
            return digest(path) + (f"-{version}" if version else "")

        def coded(*inputs: Any, **options: Any) -> Any:
            found = code(*inputs, **options)
            return found._replace(codes=found.codes.assign(ethics=versions["codes"] % 2 == 1)) if len(found.codes) else found

        def mentioned(*inputs: Any, **options: Any) -> Any:
            found = find(*inputs, **options)
            return found._replace(mentions=found.mentions.iloc[:0]) if versions["mentions"] % 2 else found

        patch.setattr(fingerprints, "_digest", state)
        patch.setattr(pipeline.codes, "code_sentences", coded)
        patch.setattr(pipeline.mentions, "find_mentions", mentioned)
        fingerprints.ingredients.cache_clear()
        fingerprints.fingerprint.cache_clear()
        yield
        end()
    fingerprints.ingredients.cache_clear()
    fingerprints.fingerprint.cache_clear()


def follow(history: list[list[tuple[Any, ...]]]) -> None:
    """Run after every step; then the last step again in full, once with the history and once from nothing."""
    root = Path(tempfile.mkdtemp(prefix="tifa-history-"))
    try:
        (root / "raw").mkdir()
        for day, step in enumerate(history, start=1):
            for operation in step:
                carry_out(root / "raw", operation)
            if day == len(history) and (root / "processed").is_dir():
                shutil.copytree(root / "processed", root / "again")
            run(root, "processed", day)
        run(root, "again", len(history), full=True)
        run(root, "rebuilt", len(history))
        for other, with_history in (("again", True), ("rebuilt", False)):
            ours, theirs = rows(root, "processed", history=with_history), rows(root, other, history=with_history)
            if with_history:  # a day on which nothing was new has no report of its own
                days = set(ours["findings"]["as_of"])
                theirs |= {table: theirs[table][theirs[table]["as_of"].str[:10].isin(days)].reset_index(drop=True)
                           for table in HISTORY if table not in ("runs", "newest_claims")}
                # The newest ledger is one, of the last day on which something was made; the full run makes it once more.
                ours, theirs = ({**found, "newest_claims": found["newest_claims"].drop(columns=["as_of", "evidence"])}
                                for found in (ours, theirs))
                if f"2026-06-{len(history):02d}" not in days:  # the ledger of that day was compared with itself
                    ours, theirs = ({**found, "claims": found["claims"].drop(columns="evidence")} for found in (ours, theirs))
            for table, found in theirs.items():
                pd.testing.assert_frame_equal(ours[table], found, obj=f"{table}: {other}")
    finally:
        shutil.rmtree(root)


LAWS = settings(deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck))


@example([[("knowledge", "codes")], [("knowledge", "codes")]])  # nothing to make, and yet other knowledge to note
@settings(LAWS, max_examples=3)
@given(HISTORIES)
@pytest.mark.usefixtures("light")
def test_a_few_histories(history: list[list[tuple[Any, ...]]]) -> None:
    follow(history)


@pytest.mark.slow
@settings(LAWS, max_examples=200)
@given(HISTORIES)
@pytest.mark.usefixtures("light")
def test_two_hundred_histories(history: list[list[tuple[Any, ...]]]) -> None:
    follow(history)
