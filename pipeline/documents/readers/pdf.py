"""PDF: the text layer in reading order, paragraphs joined again, page furniture removed. Pages are rendered for OCR only."""

from __future__ import annotations

import ctypes
import math
import re
import unicodedata
from typing import Any

import pypdfium2
import pypdfium2.raw as pdfium

from pipeline.documents.limits import MAX_PDF_PAGES, MAX_TEXT_CHARS
from pipeline.documents.page import PageHints, Reading
from pipeline.documents.readers.ocr import Ocr, read_pictures
from pipeline.documents.readers.pdf_file import inspect_file
from pipeline.documents.readers.pdf_layout import Line, join_pages
from pipeline.errors import SetAside
from pipeline.text import has_han

MAX_BAD_PAGES = 20
MAX_TEXT_OBJECTS = 20_000
MIN_LETTERS = 20
"""Fewer letters than this on all pages together are no text layer."""


def read_pdf(data: bytes, *, ocr: Ocr | None = None) -> Reading:
    """The text of a PDF file; pictures of text are read when `ocr` is given.

    Flags: pdf_repaired, pdf_owner_restricted, pdf_page_count_mismatch, hidden_text, bad_date, pages_without_text,
    ocr, ocr_low_confidence.
    Raises: SetAside(`pdf_encrypted`, `pdf_malformed`, `no_text_layer`, `no_text`, `too_large_decoded`, `ocr_failed`).
    """
    state = inspect_file(data)
    flags = list(state.flags)
    try:
        document = pypdfium2.PdfDocument(state.data)
        n_pages = len(document)
    except pypdfium2.PdfiumError as error:
        if "password" in str(error).lower():
            raise SetAside("pdf_encrypted", "the file needs a password", "Save it without a password.") from error
        raise SetAside("pdf_malformed", str(error), "Fetch the file again.") from error
    if pdfium.FPDF_GetSecurityHandlerRevision(document.raw) != -1:
        flags.append("pdf_owner_restricted")
    pages, bad, images, hidden = _read_pages(document, min(n_pages, MAX_PDF_PAGES))
    if bad:
        flags.append("pdf_repaired" if bad < MAX_BAD_PAGES else "pdf_page_count_mismatch")
    if state.stated_pages not in {0, n_pages}:
        flags.append("pdf_page_count_mismatch")
    hints, date_is_bad = _hints(document)
    if ocr is not None and images and pages and _n_letters(pages) < MIN_LETTERS:
        pages, recognised = read_pictures(document, n_pages, ocr)
        flags += recognised
    _refuse_textless(pages, images)
    flags += ["bad_date"] * date_is_bad + ["hidden_text"] * hidden
    if sum(1 for page in pages if not page) > max(2, len(pages) // 3):
        flags.append("pages_without_text")
    text = _plain_radicals("\n".join(join_pages(pages)))
    return Reading(text, "pdf", hints, "", tuple(dict.fromkeys(flags)))


def _n_letters(pages: list[list[Line]]) -> int:
    return sum(sum(map(str.isalnum, line.text)) for page in pages for line in page)


def _refuse_textless(pages: list[list[Line]], images: int) -> None:
    if _n_letters(pages) >= MIN_LETTERS:
        return
    if not pages:
        raise SetAside("pdf_malformed", "no page can be read", "Fetch the file again.")
    if images:
        raise SetAside("no_text_layer", f"{len(pages)} pages of pictures without text",
                       "Run OCR on it (for example ocrmypdf -l chi_sim+eng) and put the result into raw/, or set ocr.")
    raise SetAside("no_text", "the pages hold no text", "Find another copy of the document.")


def _read_pages(document: pypdfium2.PdfDocument, n_pages: int) -> tuple[list[list[Line]], int, int, bool]:
    """Lines of each page; how many pages could not be loaded, how many pictures were met, whether text is hidden."""
    pages: list[list[Line]] = []
    bad = images = chars = hidden_chars = 0
    for number in range(n_pages):
        try:
            page = document[number]
            lines, n_hidden, n_images = _read_page(page)
        except pypdfium2.PdfiumError:
            bad += 1
            if bad >= MAX_BAD_PAGES:
                break
            continue
        pages.append(lines)
        images += n_images
        hidden_chars += n_hidden
        chars += sum(len(line.text) for line in lines)
        if chars > MAX_TEXT_CHARS:
            raise SetAside("too_large", f"more than {MAX_TEXT_CHARS} characters", "Split the file.")
        page.close()
    return pages, bad, images, hidden_chars > 200


def _read_page(page: Any) -> tuple[list[Line], int, int]:
    textpage = page.get_textpage()
    hidden, images = _objects(page)
    lines = _lines(textpage.raw, textpage.count_chars())
    textpage.close()
    return lines, hidden, images


def _objects(page: Any) -> tuple[int, int]:
    """Invisible text objects (weighted as 10 characters) and pictures on the page; no nested forms."""
    hidden = images = 0
    for number in range(min(pdfium.FPDFPage_CountObjects(page.raw), MAX_TEXT_OBJECTS)):
        found = pdfium.FPDFPage_GetObject(page.raw, number)
        kind = pdfium.FPDFPageObj_GetType(found)
        if kind == pdfium.FPDF_PAGEOBJ_IMAGE:
            images += 1
        elif kind == pdfium.FPDF_PAGEOBJ_TEXT:
            hidden += 201 * (pdfium.FPDFTextObj_GetTextRenderMode(found) == pdfium.FPDF_TEXTRENDERMODE_INVISIBLE)
    return hidden, images


def _lines(textpage: Any, n_chars: int) -> list[Line]:
    """Printed lines: characters on one base line, in the order in which the page draws them."""
    lines: list[Line] = []
    parts: list[str] = []
    x, y = ctypes.c_double(), ctypes.c_double()
    left = right = base = size = height = 0.0

    def close() -> None:
        text = "".join(parts).strip()
        if text:
            lines.append(Line(text, left, right, base, size))
        parts.clear()

    for index in range(n_chars):
        code = pdfium.FPDFText_GetUnicode(textpage, index)
        if code in (10, 13):
            if not pdfium.FPDFText_IsGenerated(textpage, index):
                parts.append(" ")
            continue
        if code in (0, 0xFFFE, 0xFFFF):
            continue
        char = "-" if code == 2 else chr(code) if not 0xD800 <= code <= 0xDFFF else "\ufffd"
        if pdfium.FPDFText_IsGenerated(textpage, index) or char.isspace():
            parts.append(" ")
            continue
        pdfium.FPDFText_GetCharOrigin(textpage, index, x, y)
        if not parts or abs(y.value - base) > 0.05 * max(size, 1.0):
            height = _size(textpage, index)
        tall = max(height, size, 1.0)
        if parts and (abs(y.value - base) > 0.6 * tall or x.value < right - 3 * tall):
            close()
        if not parts:
            left, base, size = x.value, y.value, height
        parts.append(char)
        right = x.value + (height if has_han(char) else height / 2)
        size = max(size, height)
    close()
    return lines


def _size(textpage: Any, index: int) -> float:
    """Printed size of a character in points: the font's size times the scale of its matrix."""
    matrix = pdfium.FS_MATRIX()
    scale = 1.0
    if pdfium.FPDFText_GetMatrix(textpage, index, matrix):
        scale = math.hypot(matrix.b, matrix.d) or 1.0
    return float(pdfium.FPDFText_GetFontSize(textpage, index)) * scale


_DATE = re.compile(r"D?:?(\d{4})(\d{2})?(\d{2})?")


def _hints(document: pypdfium2.PdfDocument) -> tuple[PageHints, bool]:
    """What the file says of itself, and whether its date cannot be one."""
    info = {key: " ".join(value.replace("\x00", "").split())[:300] for key, value in document.get_metadata_dict().items()}
    raw = info.get("CreationDate", "")
    found = _DATE.match(raw)
    date, bad = "", False
    if found:
        year, month, day = found.group(1), found.group(2) or "", found.group(3) or ""
        bad = not ("1980" <= year <= "2100" and (month or "01") <= "12" and (day or "01") <= "31" and month != "00" and day != "00")
        date = "" if bad else "-".join(part for part in (year, month, day) if part)
    return PageHints(title=info.get("Title", ""), date=date, author=info.get("Author", "")), bad


def _plain_radicals(text: str) -> str:
    """Kangxi and supplementary radicals, which some PDF fonts give for plain characters (⼯ for 工), made plain."""
    return re.sub("[\u2e80-\u2fd5]", lambda found: unicodedata.normalize("NFKC", found.group()), text)
