"""Scanned PDFs: read by tesseract when asked for and installed, set aside with advice otherwise."""

from __future__ import annotations

import ctypes
import io
from pathlib import Path
from typing import Any

import pypdfium2
import pypdfium2.raw as pdfium
import pytest

from pipeline.documents import environment, read_files, walk
from pipeline.documents.readers import ocr as ocr_reader
from pipeline.documents.readers.ocr import Ocr, lines_of, ocr_program, parse_table
from pipeline.documents.readers.pdf import read_pdf
from pipeline.errors import SetAside

HEAD = "level\tpage_num\tblock_num\tpar_num\tline_num\tword_num\tleft\ttop\twidth\theight\tconf\ttext"


def table(*words: tuple[int, int, int, str, float]) -> str:
    """tesseract's table of words given as (line, left, top, text, confidence)."""
    rows = [f"5\t1\t1\t1\t{line}\t1\t{left}\t{top}\t{40 * len(text)}\t40\t{conf}\t{text}" for line, left, top, text, conf in words]
    return "\n".join([HEAD, "4\t1\t1\t1\t1\t0\t0\t0\t900\t40\t-1\t", *rows])


CHINESE = [(1, 300, 100, "样例", 96.0), (1, 380, 100, "数据", 95.0), (1, 460, 100, "办法", 94.0),
           (2, 100, 200, "第一条为了规范样例数据活动制定本办法", 92.0), (3, 100, 300, "第二条样例机构应当开展样例工作", 91.0)]


def scan(lines: list[str] | None = None) -> bytes:
    """A PDF whose only content is a grey picture: noise, or the given lines drawn with a font and rendered."""
    document = pypdfium2.PdfDocument.new()
    if lines is None:
        picture = pypdfium2.PdfBitmap.new_native(200, 280, pdfium.FPDFBitmap_BGRx)
        picture.fill_rect((255, 255, 255, 255), 0, 0, 200, 280)
    else:
        picture = _drawn(lines)
    image = pypdfium2.PdfImage.new(document)
    image.set_bitmap(picture)
    image.set_matrix(pypdfium2.PdfMatrix().scale(595, 842))
    page = document.new_page(595, 842)
    page.insert_obj(image)
    page.gen_content()
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


def _drawn(lines: list[str]) -> Any:
    """A page with these lines in Helvetica, rendered to a picture at 300 dots an inch."""
    source = pypdfium2.PdfDocument.new()
    page = source.new_page(595, 842)
    font = pdfium.FPDFText_LoadStandardFont(source.raw, b"Helvetica")
    for number, line in enumerate(lines):
        words = pdfium.FPDFPageObj_CreateTextObj(source.raw, font, 14.0)
        units = (line + "\x00").encode("utf-16-le")
        pdfium.FPDFText_SetText(words, ctypes.cast(ctypes.create_string_buffer(units), pdfium.FPDF_WIDESTRING))
        pdfium.FPDFPageObj_Transform(words, 1, 0, 0, 1, 72, 740 - 24 * number)
        pdfium.FPDFPage_InsertObject(page.raw, words)
    page.gen_content()
    return page.render(scale=300 / 72)


def test_the_table_becomes_lines_in_points() -> None:
    lines = lines_of(parse_table(table(*CHINESE)), scale=2.0, page_height=842)
    assert lines[0].text == "样例数据办法"
    assert [line.base for line in lines] == sorted((line.base for line in lines), reverse=True)
    english = lines_of(parse_table(table((1, 0, 0, "Sample", 90.0), (1, 300, 0, "Measures", 90.0))), scale=1.0, page_height=9)
    assert english[0].text == "Sample Measures"
    assert parse_table("") == [] and parse_table(HEAD + "\nbroken row") == []


@pytest.mark.parametrize(("confidence", "flags"), [(95.0, ("ocr",)), (40.0, ("ocr", "ocr_low_confidence"))])
def test_a_scan_is_read_when_asked_for(monkeypatch: pytest.MonkeyPatch, confidence: float, flags: tuple[str, ...]) -> None:
    announced: list[float] = []
    pictures: list[bytes] = []

    def recognise(program: str, picture: bytes) -> str:
        pictures.append(picture)
        return table(*[(*word[:4], confidence) for word in CHINESE])

    monkeypatch.setattr(ocr_reader, "_recognise", recognise)
    reading = read_pdf(scan(), ocr=Ocr("tesseract", announced.append))
    assert reading.flags == flags and "第二条样例机构应当开展样例工作" in reading.text
    assert announced == [60.0]
    head = pictures[0].split(b"\n", 1)
    width, height = (int(number) for number in head[0].split()[1:3])
    assert head[0].startswith(b"P5") and len(head[1]) == width * height <= ocr_reader.MAX_PIXELS


def test_a_scan_is_set_aside_otherwise(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(SetAside) as without:
        read_pdf(scan())
    assert without.value.reason == "no_text_layer"
    monkeypatch.setattr(ocr_reader, "_recognise", lambda program, picture: HEAD)
    with pytest.raises(SetAside) as empty:
        read_pdf(scan(), ocr=Ocr("tesseract", lambda seconds: None))
    assert empty.value.reason == "no_text_layer"
    monkeypatch.undo()
    with pytest.raises(SetAside) as failed:
        ocr_reader._recognise("/nowhere/tesseract", b"")
    assert failed.value.reason == "ocr_failed"


def test_programs_found_here_are_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert set(environment(ocr=True)) <= {"libreoffice", "tesseract"}
    assert "tesseract" not in environment()
    monkeypatch.setenv("PATH", str(tmp_path))
    assert environment() == ()


@pytest.mark.slow
def test_a_real_scan_is_read_by_the_real_program(tmp_path: Path) -> None:
    if ocr_program() is None:
        pytest.skip("tesseract with chi_sim and eng is not installed")
    lines = ["Sample Data Measures", "Article 1 These Measures apply to sample data activities in all cities.",
             "Article 2 Sample bodies shall publish what they have done every year."]
    (tmp_path / "scan.pdf").write_bytes(scan(lines))
    (read,) = read_files(tmp_path, walk(tmp_path), ocr=True)
    (row,) = read.document_rows
    assert "ocr" in row["flags"] and "ocr_low_confidence" not in row["flags"]
    assert "Article 2 Sample bodies shall publish what they have done every year." in row["text"]
    (plain,) = read_files(tmp_path, walk(tmp_path))
    assert plain.file_row["reason"] == "no_text_layer"


CJK_FONT = Path("/usr/share/fonts/opentype/noto/NotoSerifCJK-Bold.ttc")


@pytest.mark.slow
def test_a_real_chinese_scan_gives_its_facts(tmp_path: Path) -> None:
    if ocr_program() is None or not CJK_FONT.is_file():
        pytest.skip("tesseract with chi_sim and eng, or the font Noto Serif CJK, is not installed")
    image_module = pytest.importorskip("PIL.Image")
    draw_module, font_module = pytest.importorskip("PIL.ImageDraw"), pytest.importorskip("PIL.ImageFont")
    page = image_module.new("L", (1654, 2339), 255)
    draw, font = draw_module.Draw(page), font_module.truetype(str(CJK_FONT), 36)
    lines = ["国家数据局关于印发《样例数据管理办法》的通知", "国数样〔2024〕7号", "各有关部门：", "现将《样例数据管理办法》印发给你们。",
             "国家数据局", "2024年5月6日", "样例数据管理办法", "第一条 为了规范样例数据活动，制定本办法。"]
    lines += [f"第{number}条 样例机构应当开展样例工作，接受社会监督，公布情况。" for number in "二三四五六七八九"]
    for number, line in enumerate(lines):
        draw.text((160, 160 + 110 * number), line, font=font, fill=0)
    page.save(tmp_path / "scan.pdf", "PDF", resolution=200)
    (read,) = read_files(tmp_path, walk(tmp_path), ocr=True)
    (row,) = read.document_rows
    assert row["lang"] == "zh-Hans" and "ocr" in row["flags"]
    assert row["title"] == "样例数据管理办法" and row["date_issued"] == "2024-05-06"
    assert all(f"第{number}条" in row["text"] for number in "一二三四五六七八九")
