"""`tifa review`: the sheet holds what matters, the answers come back cell by cell, and a wrong cell stores nothing."""

import csv
from pathlib import Path

import openpyxl
import pytest

from flows.sheets import take_answers, write_sheet
from pipeline.codes.corrections import as_labels, read_corrections
from pipeline.codes.labels import FRAME_LABELS, MARKS
from pipeline.errors import TifaError
from pipeline.settings import Settings
from tests.stages.test_refresh import ACT, PLAN, run

HOSTILE = PLAN.replace("一、加快样例平台建设", "一、=HYPERLINK(\"http://x.example\",\"加快\")样例平台建设")


@pytest.fixture(scope="module")
def processed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Tables of four texts; no test here writes into them."""
    root = tmp_path_factory.mktemp("review")
    (root / "raw").mkdir()
    for number in range(1, 4):
        (root / "raw" / f"意见{number}.txt").write_text(HOSTILE.format(number=number, month=number), encoding="utf-8")
    (root / "raw" / "act.txt").write_text(ACT, encoding="utf-8")
    run(root)
    return root / "processed"


@pytest.fixture
def settings(processed: Path, tmp_path: Path) -> Settings:
    return Settings(processed=processed, corrections=tmp_path / "corrections.jsonl")


def rows_of(path: Path) -> list[list[str]]:
    if path.suffix == ".csv":
        return list(csv.reader(path.read_text(encoding="utf-8-sig").splitlines()))
    return [["" if cell is None else str(cell) for cell in row]
            for row in openpyxl.load_workbook(path).worksheets[0].iter_rows(values_only=True)]


def fill(path: Path, answers: dict[str, str], *, row: int = 1) -> Path:
    """The sheet as somebody saves it after answering one row."""
    rows = rows_of(path)
    for label, word in answers.items():
        rows[row][rows[0].index(label)] = word
    filled = path.with_name(f"filled{path.suffix}")
    if path.suffix == ".csv":
        with filled.open("w", encoding="utf-8-sig", newline="") as file:
            csv.writer(file).writerows(rows)
    else:
        book = openpyxl.Workbook()
        for each in rows:
            book.worksheets[0].append(each)
        book.save(filled)
    return filled


@pytest.mark.parametrize("ending", [".csv", ".xlsx"])
def test_a_sheet_goes_out_and_its_answers_come_back(settings: Settings, tmp_path: Path, ending: str) -> None:
    sheet = tmp_path / f"review{ending}"
    assert write_sheet(settings, n=5, out=sheet, as_of="2025-06-01") == 5
    rows = rows_of(sheet)
    assert len({tuple(row[-2:]) for row in rows[1:]}) == 5, "five sentences, each once"
    assert not any(cell.startswith("=") for row in rows for cell in row), "nothing that a spreadsheet would run"
    label_cells = [row[rows[0].index(label)] for row in rows[1:] for label in (*FRAME_LABELS, *MARKS, "modality")]
    assert set(label_cells) == {""}, "the model's answers are not shown: they would be believed"
    filled = fill(sheet, {"development": "是", "security": "N", "modality": "Oblige"})
    lines = list(take_answers(settings, filled, coder="甲", date="2025-06-02"))
    assert "1 sentences answered by 甲" in lines[0] and any(line.startswith("modality") for line in lines)
    stored = read_corrections(settings.corrections)
    assert stored.set_index("label")["answer"].to_dict() == {"development": "yes", "security": "no", "modality": "oblige"}
    write_sheet(settings, n=5, out=sheet, as_of="2025-06-01")
    assert rows[1][-2:] not in [row[-2:] for row in rows_of(sheet)[1:]], "what was answered is not asked again"


def test_a_file_that_is_no_workbook_is_told(settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "review.xlsx").write_text("answers", encoding="utf-8")
    with pytest.raises(TifaError, match="no Excel workbook"):
        list(take_answers(settings, tmp_path / "review.xlsx", coder="A", date="2025-06-01"))


def test_a_sentence_answered_in_full_can_be_learnt_from(settings: Settings, tmp_path: Path) -> None:
    sheet = tmp_path / "review.csv"
    write_sheet(settings, n=2, out=sheet, as_of="2025-06-01")
    full = dict.fromkeys((*FRAME_LABELS, *MARKS), "n") | {"security": "y", "has_sanction": "1", "modality": "prohibit"}
    list(take_answers(settings, fill(sheet, full), coder="甲", date="2025-06-02"))
    (label,) = as_labels(settings.corrections)
    assert label["security"] is True and label["development"] is False and label["themes"] == [] and label["marks"] == ["has_sanction"]


@pytest.mark.parametrize(("answers", "words"), [
    ({"security": "maybe"}, "row 2: security is 'maybe'; write y or n"),
    ({"modality": "must"}, "write one of prohibit"),
    ({"sent_no": "9999", "development": "y"}, "not in the tables any more"),
    ({"text": "另一句话", "security": "y"}, "not in the tables any more"),
    ({}, "holds no answer"),
])
def test_a_wrong_cell_is_named_and_nothing_stored(settings: Settings, tmp_path: Path, answers: dict[str, str], words: str) -> None:
    sheet = tmp_path / "review.csv"
    write_sheet(settings, n=2, out=sheet, as_of="2025-06-01")
    filled = fill(sheet, answers)
    with pytest.raises(TifaError, match=words):
        list(take_answers(settings, filled, coder="甲", date="2025-06-02"))
    assert not settings.corrections.exists()
