"""Hostile files cost themselves and nothing else: one row with a reason, no dead run, no orphan, good rows unchanged."""

import csv
import gzip
import os
import subprocess
import sys
import time
from pathlib import Path
from urllib.parse import unquote_to_bytes

import pytest

from pipeline.documents import read_files, walk
from pipeline.documents.walk import printable

GOOD = {f"good_{n}.txt": ("样例委员会关于样例工作的通知\n各有关单位：\n" + f"为做好第{n}项样例工作，保障样例安全，现通知如下。\n" * 6
                          + "样例委员会\n2024年5月1日\n").encode() for n in range(3)}


def fill(folder, files):
    folder.mkdir(parents=True, exist_ok=True)
    for name, data in files.items():
        (folder / name).write_bytes(data)
    return folder


def read(folder, **options):
    return {result.file_row["path"]: result for result in read_files(folder, walk(folder), **options)}


def children():
    """Reading processes that are alive."""
    alive = []
    for entry in Path("/proc").iterdir():
        try:
            if entry.name.isdigit() and b"pipeline.documents.worker" in (entry / "cmdline").read_bytes():
                parent = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
                if parent == os.getpid():
                    alive.append(entry.name)
        except OSError:
            continue
    return alive


@pytest.mark.slow
def test_good_rows_are_the_same_with_hostile_files_beside_them(tmp_path):
    nasty = {"a_bomb.html": gzip.compress(b"<html>" + b"A" * (70 << 20)), "b_binary.txt": b"\x7fELF" + bytes(range(256)) * 50,
             "c.docx": b"PK\x03\x04 broken", "good_1_copy.txt": GOOD["good_1.txt"], "z_runs.txt": "《".encode() * 50_000,
             "y.pdf": b"%PDF-1.7\n" + b"[" * 5000}
    alone = read(fill(tmp_path / "alone", GOOD))
    beside = read(fill(tmp_path / "beside", {**GOOD, **nasty}), workers=2)
    for name in GOOD:
        assert alone[name] == beside[name]
        assert alone[name].file_row["outcome"] == "document"
    reasons = {name: (row.file_row["outcome"], row.file_row["reason"]) for name, row in beside.items() if name not in GOOD}
    assert reasons == {"a_bomb.html": ("quarantined", "too_large_decoded"), "b_binary.txt": ("quarantined", "binary"),
                       "c.docx": ("quarantined", "docx_malformed"), "good_1_copy.txt": ("duplicate", "duplicate"),
                       "z_runs.txt": ("document", None), "y.pdf": ("quarantined", "pdf_malformed")}
    assert beside["good_1_copy.txt"].file_row["doc_ids"] == beside["good_1.txt"].file_row["doc_ids"]
    assert list(beside) == sorted(beside)
    assert children() == []


@pytest.mark.slow
def test_a_slow_file_is_killed_and_the_next_one_is_read(tmp_path):
    slow = b"<html><body>" + "<p><a href=x>条</a>款。</p>".encode() * 150_000
    files = {"a_slow.html": slow, "b_good.txt": GOOD["good_0.txt"]}
    start = time.monotonic()
    found = read(fill(tmp_path / "raw", files), timeout_s=0.4)
    assert found["a_slow.html"].file_row["reason"] == "timeout" and found["a_slow.html"].file_row["hint"]
    assert found["b_good.txt"].file_row["outcome"] == "document"
    assert time.monotonic() - start < 30 and children() == []


@pytest.mark.slow
def test_memory_is_bounded(tmp_path):
    files = {"a.txt": gzip.compress("样例数据安全管理。\n".encode() * 1_000_000), "b_good.txt": GOOD["good_0.txt"]}
    found = read(fill(tmp_path / "raw", files), memory_mb=40)
    assert found["a.txt"].file_row["reason"] in {"too_large_decoded", "too_large"}
    assert found["b_good.txt"].file_row["outcome"] == "document"


@pytest.mark.slow
def test_an_abandoned_run_leaves_no_process(tmp_path):
    folder = fill(tmp_path / "raw", GOOD)
    code = ("import sys, os; from pathlib import Path; from pipeline.documents import walk, read_files; raw = Path(sys.argv[1]);"
            "rows = read_files(raw, walk(raw)); next(rows); print('one', flush=True); os.kill(os.getpid(), 9)")
    run = subprocess.run([sys.executable, "-c", code, str(folder)], capture_output=True, timeout=60, check=False,
                         cwd=Path(__file__).parents[2])
    assert run.stdout == b"one\n"
    deadline = time.monotonic() + 10
    marker = b"pipeline.documents.worker"
    while time.monotonic() < deadline:
        orphans = [entry for entry in Path("/proc").iterdir() if entry.name.isdigit() and marker in _cmdline(entry)
                   and (entry / "cwd").exists() and _parent(entry) == 1]
        if not orphans:
            return
        time.sleep(0.2)
    raise AssertionError(f"{len(orphans)} reading processes outlive their run")


def _cmdline(entry):
    try:
        return (entry / "cmdline").read_bytes()
    except OSError:
        return b""


def _parent(entry):
    try:
        return int((entry / "stat").read_text().rpartition(")")[2].split()[1])
    except OSError:
        return 0


SIDECARS = [
    ("title: 样例\nlang: NO\n", "quarantined", "sidecar_invalid", "NO is a word, and no language"),
    ("title: !!python/object/apply:os.system ['true']\n", "quarantined", "sidecar_invalid", "code in a sidecar"),
    ("a: &a [x]\nb: [*a, *a]\n", "quarantined", "sidecar_invalid", "aliases"),
    ("- 样例\n", "quarantined", "sidecar_invalid", "a list"),
    ("", "document", None, "an empty sidecar"),
    ("source_url: https://example.org/\nlang: zh-Hans\n", "document", None, "plain overrides"),
]


def test_sidecars(tmp_path):
    files = {}
    for number, (text, *_) in enumerate(SIDECARS):
        files[f"{number}.txt"] = GOOD["good_0.txt"] + str(number).encode()
        files[f"{number}.txt.meta.yml"] = text.encode()
    found = read(fill(tmp_path / "raw", files))
    for number, (_, outcome, reason, why) in enumerate(SIDECARS):
        row = found[f"{number}.txt"].file_row
        assert (row["outcome"], row["reason"]) == (outcome, reason), why
        assert found[f"{number}.txt.meta.yml"].file_row["outcome"] == "skipped"


def test_yaml_words_keep_their_form(tmp_path):
    """Trap 18 in a sidecar: a number with a leading zero, a version and the country code NO are text."""
    from pipeline.documents.worker import read_sidecar

    path = fill(tmp_path, {"a.meta.yml": b"doc_number: 012\ntitle: 1.10\npair_id: NO\n"}) / "a.meta.yml"
    loaded, flags = read_sidecar(str(path))
    assert (loaded, flags) == ({"doc_number": "012", "title": "1.10", "pair_id": "NO"}, [])


WAIVED = {
    "pdf/00_good.pdf": "same bytes as html/00_pdf_named.html, which comes first: a duplicate",
    "fs/30_unreadable.txt": "root reads files of mode 000",
    "fs/33_旧.doc": "same bytes as fs/33_文件.wps: shares its fate",
}


@pytest.mark.slow
def test_generated_hostile_files_behave_as_their_manifest_says(shared, tmp_path):
    generator = shared / "nasty_inputs" / "generate.py"
    if not generator.is_file():
        pytest.skip("the generator of hostile files is not in ../shared")
    folder = tmp_path / "evil"
    subprocess.run([sys.executable, str(generator), str(folder), "--extreme"], check=True, capture_output=True)
    found = read(folder)
    wrong = []
    with (folder / "manifest.csv").open(encoding="utf-8") as stream:
        cases = [row for row in csv.DictReader(stream) if row["kind"] not in {"config", "model", "table"}]
    for case in cases:
        path = printable(os.fsdecode(unquote_to_bytes(case["path"])))
        if path not in WAIVED and not _as_expected(case, found.get(path)):
            row = found[path].file_row if path in found else None
            wrong.append((path, case["expect"], case["reason"], row and (row["outcome"], row["reason"])))
    assert wrong == []
    assert children() == [] and not Path("/tmp/evil_pwned").exists()


def _as_expected(case, result):
    if result is None:
        return False
    row, reasons = result.file_row, set(case["reason"].split("|"))
    flags = {flag for document in result.document_rows for flag in document["flags"]}
    if case["expect"] == "ok":
        return row["outcome"] == "document"
    if case["expect"] == "ok_flag":
        return bool(flags & reasons) or (row["outcome"] == "quarantined" and row["reason"] in reasons)
    if case["expect"] == "dup":
        return row["outcome"] == "duplicate"
    return row["outcome"] == {"quarantine": "quarantined", "skip": "skipped"}[case["expect"]] and row["reason"] in reasons


@pytest.mark.slow
def test_every_real_document_is_read_or_says_why_not(shared):
    raw = shared / "policy"
    start = time.monotonic()
    results = list(read_files(raw, walk(raw)))
    seconds = time.monotonic() - start
    outcomes = [result.file_row["outcome"] for result in results if result.file_row["reason"] not in {"sidecar", "manifest"}]
    assert len(outcomes) == 508
    assert sum(outcome in {"document", "duplicate"} for outcome in outcomes) >= 0.97 * 508
    assert all(result.file_row["hint"] for result in results if result.file_row["outcome"] == "quarantined")
    assert seconds < 120
