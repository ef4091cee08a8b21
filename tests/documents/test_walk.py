"""Every path under raw/ is accounted for, and nothing outside it is touched."""

import os
import socket
from pathlib import Path

import pytest

from pipeline.documents import walk
from pipeline.documents.walk import printable
from pipeline.errors import TifaError

TEXT = "样例办法自公布之日起施行。\n".encode() * 5


@pytest.fixture
def raw(tmp_path):
    folder = tmp_path / "raw"
    (folder / "a" / "b").mkdir(parents=True)
    return folder


def rows(raw):
    return {file.rel_path: (file.outcome, file.reason) for file in walk(raw)}


SKIPPED = [
    (".hidden.txt", "skipped", "hidden"),
    ("~$公文.docx", "skipped", "office_lock"),
    ("x.pdf.part", "skipped", "partial_or_system"),
    ("x.pdf.crdownload", "skipped", "partial_or_system"),
    ("x.tmp", "skipped", "partial_or_system"),
    ("Thumbs.db", "skipped", "partial_or_system"),
    (".DS_Store", "skipped", "partial_or_system"),
    ("manifest.csv", "skipped", "manifest"),
    ("公文.txt.meta.yml", "skipped", "sidecar"),
    ("notes.yml", "skipped", "settings_file"),
    ("公文.txt", "", ""),
    ("notes.meta.txt", "", ""),
    ("my manifest.csv.txt", "", ""),
]


@pytest.mark.parametrize(("name", "outcome", "reason"), SKIPPED, ids=[case[0] for case in SKIPPED])
def test_names(raw, name, outcome, reason):
    (raw / "a" / name).write_bytes(TEXT)
    assert rows(raw) == {f"a/{name}": (outcome, reason)}


def test_links_pipes_and_sockets_are_never_opened(raw, tmp_path, monkeypatch):
    (tmp_path / "outside.txt").write_bytes(TEXT)
    (raw / "out.txt").symlink_to(tmp_path / "outside.txt")
    (raw / "loop.txt").symlink_to("loop.txt")
    (raw / "nowhere.txt").symlink_to("missing.txt")
    (raw / "up").symlink_to("..")
    os.mkfifo(raw / "pipe.txt")
    monkeypatch.chdir(raw)
    with socket.socket(socket.AF_UNIX) as server:
        server.bind("socket.txt")
    found = rows(raw)
    assert found == {"out.txt": ("quarantined", "symlink"), "loop.txt": ("quarantined", "symlink"),
                     "nowhere.txt": ("quarantined", "symlink"), "up": ("skipped", "symlink"),
                     "pipe.txt": ("quarantined", "not_regular_file"), "socket.txt": ("quarantined", "not_regular_file")}


def test_a_sidecar_that_is_a_link_is_no_sidecar(raw, tmp_path):
    (tmp_path / "secret.yml").write_text("title: 外面")
    (raw / "a.txt").write_bytes(TEXT)
    (raw / "a.txt.meta.yml").symlink_to(tmp_path / "secret.yml")
    by_path = {file.rel_path: file for file in walk(raw)}
    assert by_path["a.txt"].sidecar is None
    assert by_path["a.txt.meta.yml"].reason == "symlink"


def test_same_bytes_are_one_document(raw):
    (raw / "b.txt").write_bytes(TEXT)
    (raw / "a" / "a.txt").write_bytes(TEXT)
    os.link(raw / "b.txt", raw / "c.txt")
    found = {file.rel_path: (file.outcome, file.same_as) for file in walk(raw)}
    assert found == {"a/a.txt": ("", ""), "b.txt": ("duplicate", "a/a.txt"), "c.txt": ("duplicate", "a/a.txt")}


def test_folder_named_like_a_document_is_named_and_entered(raw):
    (raw / "x.pdf").mkdir()
    (raw / "x.pdf" / "in.txt").write_bytes(TEXT)
    assert rows(raw) == {"x.pdf": ("skipped", "not_regular_file"), "x.pdf/in.txt": ("", "")}


def test_names_with_hostile_characters_are_paths_of_their_own(raw):
    for name in ("-rf.txt", "=1+1.txt", "a\nb.txt", "1_..%2f..%2fetc.txt", "$(id).txt", "a\\..\\b.txt", "café.txt", "cafe\u0301.txt"):
        (raw / name).write_bytes(TEXT + name.encode())
    files = walk(raw)
    assert {file.rel_path: file.reason for file in files if file.outcome} == {} and len(files) == 8
    assert [file.rel_path for file in files] == sorted(file.rel_path for file in files)


def test_names_that_are_not_utf8_or_turn_the_line_are_flagged(raw):
    (raw / os.fsdecode("国务院.txt".encode("gbk"))).write_bytes(TEXT + b"1")
    (raw / "x\u202efdp.txt").write_bytes(TEXT + b"2")
    flags = {file.rel_path: file.flags for file in walk(raw)}
    assert flags == {"%B9%FA%CE%F1%D4%BA.txt": ("name_not_utf8",), "x\u202efdp.txt": ("bidi_controls",)}
    assert printable("a/国务院.txt") == "a/国务院.txt"


def test_path_longer_than_the_system_allows(raw, monkeypatch):
    monkeypatch.chdir(raw)
    for _ in range(24):
        Path("d" * 200).mkdir()
        os.chdir("d" * 200)
    Path("deep.txt").write_bytes(TEXT)
    os.chdir(raw)
    files = walk(raw)
    assert [(file.reason, file.rel_path[-8:]) for file in files] == [("path_too_long", "deep.txt")]


def test_too_large_files_are_not_hashed(raw):
    with (raw / "big.txt").open("wb") as stream:
        stream.truncate(300 << 20)
    (file,) = walk(raw)
    assert (file.outcome, file.reason, file.sha256, file.n_bytes) == ("quarantined", "too_large", "", 300 << 20)


def test_missing_folder_says_what_to_do(tmp_path):
    with pytest.raises(TifaError, match="does not exist"):
        walk(tmp_path / "nothing")
