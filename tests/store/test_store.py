"""The database: types, transactions, the copy a run works on, the lock; the laws of the tables."""

import os
from pathlib import Path

import duckdb
import pandas as pd
import pyarrow as pa
import pytest

from pipeline.errors import StoreError
from pipeline.invariants import check_batch, check_documents, check_files, check_spans
from pipeline.store import Store, write_parquet
from pipeline.tables import TABLES
from pipeline.turns import begin_work, finish_work, write_lock

FILE = {"path": "a.txt", "sha256": "x", "n_bytes": 1, "outcome": "document", "doc_ids": ["d1"], "reason": None,
        "detail": None, "hint": None}


def files(*rows: dict[str, object]) -> pd.DataFrame:
    return pd.DataFrame([{**FILE, **row} for row in rows])


def test_rows_come_back_as_they_went_in(tmp_path: Path) -> None:
    with Store(tmp_path / "t.duckdb") as store:
        with store.transaction():
            store.append("files", files({}, {"path": "b", "doc_ids": [], "outcome": "skipped", "reason": "NA"}))
        rows = store.read("files")
    assert rows.to_dict("records") == [FILE, {**FILE, "path": "b", "doc_ids": [], "outcome": "skipped", "reason": "NA"}]
    assert list(rows.columns) == list(TABLES["files"])


def test_a_failed_transaction_leaves_nothing(tmp_path: Path) -> None:
    with Store(tmp_path / "t.duckdb") as store:
        with pytest.raises(StoreError, match="n_bytes"), store.transaction():
            store.append("files", files({}))
            store.append("files", files({"path": "c", "n_bytes": "many"}))
        assert store.read("files").empty


def test_missing_columns_are_named(tmp_path: Path) -> None:
    with Store(tmp_path / "t.duckdb") as store, pytest.raises(StoreError, match="hint"):
        store.append("files", files({}).drop(columns="hint"))


@pytest.mark.parametrize("sql", ["DROP TABLE files", "INSERT INTO files (path) VALUES ('x')", "SELEC 1",
                                 "SELECT * FROM read_text('/etc/hostname')", "COPY files TO '/tmp/tifa-must-not-appear.csv'"])
def test_queries_only_read_the_tables(tmp_path: Path, sql: str) -> None:
    Store(tmp_path / "t.duckdb").connection.close()
    with Store(tmp_path / "t.duckdb", read_only=True) as store:
        with pytest.raises(StoreError, match="cannot be answered"):
            store.query(sql)
        assert store.query("SELECT count(*) AS n FROM files")["n"].tolist() == [0]
    assert not Path("/tmp/tifa-must-not-appear.csv").exists()


def test_no_tables_yet(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="tifa run"):
        Store(tmp_path / "none.duckdb", read_only=True)


def test_tables_of_an_older_version(tmp_path: Path) -> None:
    import duckdb

    with duckdb.connect(str(tmp_path / "t.duckdb")) as old:
        old.execute("CREATE TABLE files (path TEXT, hint TEXT, outcome TEXT)")
        old.execute("INSERT INTO files VALUES ('a', NULL, 'skipped')")
    with Store(tmp_path / "t.duckdb", read_only=True) as store, pytest.raises(StoreError, match="older version"):
        store.read("files")
    with Store(tmp_path / "t.duckdb") as store:
        store.append("files", files({"path": "b"}))
        rows = store.read("files")
    assert list(rows.columns) == list(TABLES["files"])
    assert rows["path"].tolist() == ["a", "b"] and rows["sha256"].tolist() == [None, "x"]


def finished(path: Path, run_id: str) -> None:
    row = dict.fromkeys(TABLES["runs"]) | {"run_id": run_id, "finished_at": f"2025-01-0{run_id}"}
    with Store(path) as store, store.transaction():
        store.append("runs", pd.DataFrame([row]))


def test_a_run_works_on_a_copy_and_goes_on_from_it(tmp_path: Path) -> None:
    database = tmp_path / "tifa.duckdb"
    work = begin_work(database)
    finished(work, "1")
    finish_work(database)
    with Store(begin_work(database)) as store, store.transaction():
        store.append("files", files({}))
    with Store(database, read_only=True) as store:
        assert store.read("files").empty, "an unfinished run leaves the tables as they were"
    with Store(begin_work(database), read_only=True) as store:
        assert len(store.read("files")) == 1, "the next run goes on from the unfinished one"
    finished(database, "2")
    with Store(begin_work(database), read_only=True) as store:
        assert store.read("files").empty, "a copy of older tables is not used"


def test_the_lock_names_its_holder(tmp_path: Path) -> None:
    with write_lock(tmp_path, holder="first"), \
            pytest.raises(StoreError, match=rf"writing here: first, process {os.getpid()} \("), \
            write_lock(tmp_path, holder="second"):
        raise AssertionError("two runs at once")
    with write_lock(tmp_path, holder="third"):
        pass


DOCUMENT = dict.fromkeys(TABLES["documents"]) | {
    "doc_id": "d1", "path": "a.txt", "lang": "zh-Hans", "issuers": [], "issuer_names": [], "topics": ["ai"],
    "legal_basis": [], "flags": [], "text": "样例安全。", "n_chars": 5}
SENTENCE = {"doc_id": "d1", "sent_no": 0, "start_char": 0, "end_char": 5, "heading": None, "article": None, "kind": "body",
            "text": "样例安全。"}


@pytest.mark.parametrize(("change", "words"), [
    ({"lang": "fr"}, "lang holds"), ({"n_chars": 4}, "n_chars"), ({"issuers": ["NIL"]}, "differ in length"),
    ({"date_issued": "2021年"}, "no ISO date"), ({"topics": ["sport"]}, "sport"), ({"doc_type": "memo"}, "memo"),
])
def test_laws_of_documents(change: dict[str, object], words: str) -> None:
    check_documents(pd.DataFrame([DOCUMENT]))
    with pytest.raises(StoreError, match=words):
        check_documents(pd.DataFrame([DOCUMENT | change]))


@pytest.mark.parametrize(("change", "words"), [
    ({"text": "样例安全"}, "slice"), ({"end_char": 4, "text": "样例安全"}, "lost at the end"), ({"sent_no": 1}, "slice"),
    ({"start_char": 1, "text": "例安全。"}, "lost before"), ({"kind": "poem"}, "poem"),
])
def test_laws_of_sentences(change: dict[str, object], words: str) -> None:
    documents = pd.DataFrame([DOCUMENT])
    check_batch("sentences", documents, pd.DataFrame(), {"sentences": pd.DataFrame([SENTENCE])})
    with pytest.raises(StoreError, match=words):
        check_batch("sentences", documents, pd.DataFrame(), {"sentences": pd.DataFrame([SENTENCE | change])})


def test_laws_of_spans() -> None:
    sentences = pd.DataFrame([SENTENCE])
    sense = {"doc_id": "d1", "sent_no": 0, "start_char": 2, "end_char": 4, "surface": "安全", "sense": "general",
             "in_name": False}
    check_spans("senses", sentences, pd.DataFrame([sense]))
    for change, words in (({"surface": "安"}, "not what stands"), ({"end_char": 9}, "outside"), ({"start_char": 4}, "outside"),
                          ({"sense": "mood"}, "mood")):
        with pytest.raises(StoreError, match=words):
            check_spans("senses", sentences, pd.DataFrame([sense | change]))


@pytest.mark.parametrize(("row", "words"), [
    ({"doc_ids": ["d9"]}, "names the documents"), ({"doc_ids": []}, "names the documents"),
    ({"outcome": "quarantined", "doc_ids": [], "reason": None}, "without a reason"), ({"outcome": "lost"}, "lost"),
])
def test_laws_of_files(row: dict[str, object], words: str) -> None:
    check_files(files({}), known_doc_ids={"d1"})
    with pytest.raises(StoreError, match=words):
        check_files(files(row), known_doc_ids={"d1"})


def test_parquet_in_folders_by_language_and_year(tmp_path: Path) -> None:
    documents = pd.DataFrame({"doc_id": ["a", "b", "c"], "lang": ["zh-Hans", "en", "en"], "date_issued": ["2021-03", None, "2022"]},
                             dtype=object)
    rows = pa.table({"doc_id": ["a", "a", "b", "c"], "sent_no": [1, 2, 1, 1]})
    write_parquet(rows, tmp_path, "sentences", documents=documents)
    folders = sorted(str(path.parent.relative_to(tmp_path)) for path in tmp_path.rglob("*.parquet"))
    assert folders == ["sentences/lang=en/year=2022", "sentences/lang=en/year=unknown", "sentences/lang=zh-Hans/year=2021"]
    found = duckdb.sql(f"SELECT doc_id, sent_no, year FROM read_parquet('{tmp_path}/sentences/**/*.parquet', hive_partitioning=true, "
                       "hive_types_autocast=false) WHERE lang = 'zh-Hans' ORDER BY ALL").fetchall()
    assert found == [("a", 1, "2021"), ("a", 2, "2021")]
    write_parquet(pa.table({"claim_id": ["x"]}), tmp_path, "claims", documents=documents)
    assert (tmp_path / "claims.parquet").is_file(), "a table without documents is one file"
