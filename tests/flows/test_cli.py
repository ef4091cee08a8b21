"""The command line: help that reads well, usage errors, messages without tracebacks."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

COMMANDS = ["run", "annotate", "kwic", "query", "claims", "export", "status", "train", "evaluate"]


def tifa(*arguments: str, stdin: str = "", cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("TIFA_")}
    return subprocess.run([sys.executable, "-m", "flows.cli", *arguments], input=stdin, capture_output=True, text=True,
                          encoding="utf-8", cwd=cwd, timeout=120, check=False,
                          env=environment | {"PYTHONPATH": str(Path(__file__).parents[2]), "COLUMNS": "100", "NO_COLOR": "1"})


def test_help_names_every_command() -> None:
    shown = tifa("--help")
    assert shown.returncode == 0
    assert all(command in shown.stdout for command in COMMANDS)
    assert "提法" in shown.stdout


@pytest.mark.parametrize(("arguments", "status", "words"), [
    (("fly",), 2, "No such command"),
    (("kwic",), 2, "Missing argument"),
    (("run", "--workers", "many"), 2, "as an integer"),
    (("kwic", "安全", "--format", "pdf"), 2, "pdf"),
    (("run", "--raw", "no-such-folder"), 1, "does not exist"),
    (("run", "--as-of", "yesterday"), 1, "is not a date"),
    (("kwic", "安全"), 1, "Run `tifa run` first"),
    (("query", "SELECT 1"), 1, "Run `tifa run` first"),
])
def test_mistakes_end_with_a_plain_sentence(arguments: tuple[str, ...], status: int, words: str, tmp_path: Path) -> None:
    ended = tifa(*arguments, cwd=tmp_path)
    assert ended.returncode == status, ended.stderr
    assert words in " ".join(ended.stderr.replace("│", " ").split())
    assert "Traceback" not in ended.stderr
    assert ended.stdout == ""


def test_a_folder_without_files_makes_no_report(tmp_path: Path) -> None:
    (tmp_path / "raw" / "empty").mkdir(parents=True)
    ended = tifa("run", cwd=tmp_path)
    assert ended.returncode == 0 and "nothing to read under" in ended.stderr
    assert not (tmp_path / "processed").exists() and not (tmp_path / "reports").exists()


def test_annotate_answers_line_by_line() -> None:
    lines = [
        {"id": "x1", "lang": "zh", "text": "鼓励样例企业加快人工智能研发应用，推动样例产业创新发展。"},
        {"id": "x2", "lang": "zh", "text": "样例企业不得泄露个人信息，应当防范数据安全风险。"},
        {"id": "x3", "lang": "en", "text": "Providers must not endanger the security of personal data.", "heading": "Chapter 1"},
    ]
    bad = ["not json", json.dumps({"id": "x5"}), json.dumps({"id": "x6", "text": "a", "lang": "fr"})]
    stdin = "\n".join([json.dumps(line, ensure_ascii=False) for line in lines] + bad)
    ended = tifa("annotate", stdin=stdin)
    assert ended.returncode == 1, "a line that cannot be read makes the status 1"
    answers = [json.loads(line) for line in ended.stdout.splitlines()]
    assert [answer["id"] for answer in answers] == ["x1", "x2", "x3", None, "x5", "x6"]
    assert ["error" in answer for answer in answers] == [False] * 3 + [True] * 3
    first, second, third = answers[:3]
    assert first["labels"] == ["development"] and first["modality"] == "encourage"
    assert "security" in second["labels"] and second["modality"] == "prohibit"
    assert {"start": 19, "end": 21, "surface": "安全", "sense": "data", "in_name": False} in second["senses"]
    assert "security" in third["labels"] and third["senses"][0]["surface"] == "security"
    assert all(0 <= value <= 1 for value in first["probabilities"].values()) and len(first["probabilities"]) == 8


def test_annotate_streams() -> None:
    """The first answer comes before the last line is sent."""
    process = subprocess.Popen([sys.executable, "-m", "flows.cli", "annotate", "--lang", "zh"], stdin=subprocess.PIPE,
                               stdout=subprocess.PIPE, cwd=Path(__file__).parents[2])
    assert process.stdin and process.stdout
    process.stdin.write('{"id": 1, "text": "推动样例产业发展。"}\n'.encode())
    process.stdin.flush()
    assert json.loads(process.stdout.readline())["id"] == 1
    process.stdin.write('{"id": 2, "text": "保障安全。"}\n'.encode())
    process.stdin.close()
    assert json.loads(process.stdout.readline())["id"] == 2
    process.stdout.close()
    assert process.wait(timeout=60) == 0
