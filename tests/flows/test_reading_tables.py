"""Commands that read the tables of a finished run: kwic, query, claims, lens, diff, export, status; and the notebook surface."""

import csv
import io
import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from pipeline import open_corpus
from pipeline.errors import TifaError
from pipeline.settings import Settings
from pipeline.stages import refresh
from pipeline.tables import TABLES
from tests.flows.test_cli import tifa

DRAFT = """样例算法服务管理办法（征求意见稿）

示例文本，仅供软件测试。

第一条 为了规范样例算法服务，保障网络安全，制定本办法。

第二条 样例提供者可以每年开展一次安全评估。

第三条 本办法自2021年5月1日起施行。

国家互联网信息办公室

2021年3月1日
"""
FINAL = DRAFT.replace("（征求意见稿）", "").replace("可以每年开展一次", "应当每半年开展一次")


class Silent:
    def say(self, message: str) -> None: ...
    def start(self, stage: str, total: int) -> None: ...
    def advance(self, stage: str, steps: int) -> None: ...


@pytest.fixture(scope="module")
def processed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("run")
    (root / "raw").mkdir()
    (root / "raw" / "draft.txt").write_text(DRAFT, encoding="utf-8")
    (root / "raw" / "final.txt").write_text(FINAL, encoding="utf-8")
    (root / "raw" / "=1+1.pdf").write_bytes(b"%PDF-1.7\nnothing")
    settings = Settings(raw=root / "raw", processed=root / "processed", reports=root / "reports")
    refresh(settings, clock=lambda: "2025-06-01T00:00:00+00:00", progress=Silent())
    return root / "processed"


def records(processed: Path, *arguments: str) -> list[dict[str, Any]]:
    ended = tifa(*arguments, "--format", "json", "--processed", str(processed))
    assert ended.returncode == 0, ended.stderr
    loaded: list[dict[str, Any]] = json.loads(ended.stdout)
    return loaded


def test_kwic_gives_offsets_into_the_text(processed: Path) -> None:
    ended = tifa("kwic", "安全", "--format", "jsonl", "--window", "5", "--processed", str(processed))
    hits = [json.loads(line) for line in ended.stdout.splitlines()]
    texts = open_corpus(processed).documents.set_index("doc_id")["text"]
    assert len(hits) == 4 and "4 hits in 2 documents" in ended.stderr
    for hit in hits:
        assert texts[hit["doc_id"]][hit["start_char"]:hit["end_char"]] == hit["hit"] == "安全"
        assert len(hit["left"]) <= 5
    assert not tifa("kwic", "安全", "--lang", "en", "--processed", str(processed)).stdout
    bad = tifa("kwic", "安全(", "--processed", str(processed))
    assert bad.returncode == 1 and "not a regular expression" in bad.stderr


@pytest.mark.parametrize(("asked", "said", "reason"), [
    ({"pattern": "  "}, "empty", "every place between two characters is no hit"),
    ({"pattern": "安全", "since": "20x9"}, "not a date", "a mistyped year must not look like a year without hits"),
    ({"pattern": "安全", "until": "2019-13"}, "not a date", "there is no thirteenth month"),
    ({"pattern": "安全", "lang": "fr"}, "no language", "a language that no document can have")])
def test_kwic_refuses_what_would_look_like_no_hits(processed: Path, asked: dict[str, Any], said: str, reason: str) -> None:
    with pytest.raises(TifaError, match=said):
        open_corpus(processed).kwic(**asked)


def test_a_place_that_cannot_be_written_is_no_mistake_in_the_program(processed: Path, tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("", encoding="utf-8")
    ended = tifa("export", str(tmp_path / "taken"), "--processed", str(processed))
    assert ended.returncode == 1 and "taken" in ended.stderr and "mistake in the program" not in ended.stderr


def test_query_reads_only(processed: Path) -> None:
    assert records(processed, "query", "SELECT count(*) AS n FROM documents") == [{"n": 2}]
    refused = tifa("query", "DELETE FROM documents", "--processed", str(processed))
    assert refused.returncode == 1 and "Traceback" not in refused.stderr
    assert records(processed, "query", "SELECT count(*) AS n FROM documents") == [{"n": 2}]


@pytest.mark.parametrize(("sql", "said", "reason"), [
    ("", "empty.*Write one", "nothing printed looks like no rows"),
    (" -- a remark", "empty", "a remark is no statement"),
    ("SELECT 1; SELECT 2", "these are 2", "only the last would be answered"),
    ("SELEC 1", "cannot be answered", "DuckDB says what is wrong")])
def test_a_query_is_one_statement(processed: Path, sql: str, said: str, reason: str) -> None:
    with pytest.raises(TifaError, match=said):
        open_corpus(processed).sql(sql)


@pytest.mark.parametrize("sql", ["SELECT ';' AS n", "SELECT ';' AS n;", "-- a; b\nSELECT ';' AS n"])
def test_a_semicolon_alone_is_no_second_statement(processed: Path, sql: str) -> None:
    assert open_corpus(processed).sql(sql)["n"].tolist() == [";"]


def test_status_says_what_was_set_aside(processed: Path) -> None:
    ended = tifa("status", "--raw", str(processed.parent / "raw"), "--processed", str(processed))
    assert ended.returncode == 0
    assert "2 documents" in ended.stdout and "=1+1.pdf" in ended.stdout and "up to date" in ended.stdout


def test_claims_and_their_files(processed: Path, tmp_path: Path) -> None:
    verdicts = {row["verdict"] for row in records(processed, "claims")}
    assert verdicts <= {"holds", "fails", "inconclusive", "too_little_data", "not_testable"}
    broken = tmp_path / "broken.yml"
    broken.write_text("id: X1\nclaim: something\n", encoding="utf-8")
    ended = tifa("claims", "--check", str(broken))
    assert ended.returncode == 1 and ended.stdout and "Traceback" not in ended.stderr
    shipped = next(Path("pipeline/knowledge/claims").glob("C001*.yml"))
    assert tifa("claims", "--check", str(shipped.absolute())).returncode == 0


def test_diff_tells_what_a_change_does(processed: Path) -> None:
    changes = records(processed, "diff", "draft.txt", "final.txt")
    changed, = [row for row in changes if row["article_b"] == "2"]
    assert changed["change"] == "reworded" and "tighter" in changed["effects"]
    missing = tifa("diff", "draft.txt", "none.txt", "--processed", str(processed))
    assert missing.returncode == 1 and "no document 'none.txt'" in missing.stderr


def test_a_term_that_does_not_occur_has_no_share(processed: Path) -> None:
    ended = tifa("lens", "蓝鲸", "--en", "whale", "--processed", str(processed))
    assert ended.returncode == 0 and "蓝鲸 does not occur" in ended.stderr and "0.0" not in ended.stdout


def test_lens_needs_words(processed: Path) -> None:
    ended = tifa("lens", "治理", "--en", " ", "--processed", str(processed))
    assert ended.returncode == 1 and "English words" in ended.stderr


@pytest.mark.parametrize("form", ["csv", "parquet", "xlsx"])
def test_export_writes_every_table(processed: Path, form: str, tmp_path: Path) -> None:
    assert tifa("export", str(tmp_path), "--format", form, "--processed", str(processed)).returncode == 0
    if form == "parquet":
        assert list(pd.read_parquet(tmp_path / "documents.parquet").columns) == list(TABLES["documents"])
    elif form == "csv":
        text = (tmp_path / "files.csv").read_text(encoding="utf-8-sig")
        cells = {row["path"] for row in csv.DictReader(io.StringIO(text))}
        assert "'=1+1.pdf" in cells, "no cell is a formula"
    else:
        assert (tmp_path / "tables.xlsx").stat().st_size > 5000


def test_notebook_surface(processed: Path) -> None:
    corpus = open_corpus(processed)
    assert len(corpus.documents) == 2
    assert list(corpus.kwic("评估", window=3)["hit"]) == ["评估", "评估"]
    with pytest.raises(AttributeError, match="no table 'poems'"):
        _ = corpus.poems
    with pytest.raises(TifaError, match="There are"):
        corpus.trend("happiness")
    point, = corpus.trend("security", lang="zh").query("period == '2021'").to_dict("records")
    behind = corpus.evidence(point)
    assert point["n_documents"] == 1, "the draft is no part of the series"
    assert len(behind) == round(point["estimate"] * point["n_sentences"]) > 0
    assert pd.isna(point["low"]), "one document gives no interval"
    sides = ({"lang": "zh", "tier": ["local"]}, {"lang": "zh", "tier": ["ministry"]})
    assert corpus.keyness(*sides)["flags"].tolist() == [["too_few_documents"]], "asked of the same sentences"
