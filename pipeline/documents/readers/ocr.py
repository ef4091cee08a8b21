"""Scanned pages read by tesseract, when it is installed with chi_sim and eng and the run asks for it.

tesseract is called as a program, without a Python binding: so it dies with the reading process that called it.
"""

from __future__ import annotations

import ctypes
import math
import os
import shutil
import signal
import subprocess
from collections.abc import Callable
from functools import lru_cache
from itertools import groupby
from typing import Any, NamedTuple

from pipeline.documents.readers.pdf_layout import Line
from pipeline.errors import SetAside
from pipeline.text import has_han

LANGUAGES = ("chi_sim", "eng")
MAX_PAGES = 200
MAX_PIXELS = 12_000_000
"""A page is rendered at 300 dots an inch, or coarser when it would have more pixels than this (A4 has 8.7 million)."""
DOTS_PER_INCH = 300
PAGE_TIMEOUT_S = 60.0
LOW_CONFIDENCE = 70.0
"""Mean confidence of the letters (0–100, tesseract's own) below which a text is flagged `ocr_low_confidence`."""
_MARKS = "，。、；：（）《》“”〔〕"
_PR_SET_PDEATHSIG = 1


class Ocr(NamedTuple):
    """A wish to read pictures of text: the program, and what is told how many seconds it will take at most."""

    program: str
    announce: Callable[[float], None]


class Word(NamedTuple):
    """One row of tesseract's table: its line, place in pixels from the top left, confidence 0–100."""

    line: tuple[int, int, int]
    left: int
    top: int
    width: int
    height: int
    confidence: float
    text: str


@lru_cache(maxsize=1)
def ocr_program() -> str | None:
    """The tesseract of this machine, None when it is missing or lacks one of LANGUAGES."""
    program = shutil.which("tesseract")
    if program is None:
        return None
    try:
        listed = subprocess.run([program, "--list-langs"], capture_output=True, timeout=20, check=True,
                                stdin=subprocess.DEVNULL)
    except (subprocess.SubprocessError, OSError):
        return None
    return program if set(LANGUAGES) <= set((listed.stdout + listed.stderr).decode(errors="replace").split()) else None


def read_pictures(document: Any, n_pages: int, ocr: Ocr) -> tuple[list[list[Line]], list[str]]:
    """Lines of each page as in pdf.read_pdf, and the flags `ocr` and, where it holds, `ocr_low_confidence`.

    document: a pypdfium2.PdfDocument. Raises: SetAside(`no_text_layer`, `ocr_failed`).
    """
    if n_pages > MAX_PAGES:
        raise SetAside("no_text_layer", f"{n_pages} pages of pictures without text, more than {MAX_PAGES}",
                       "Split the file, or run OCR on it beforehand (ocrmypdf -l chi_sim+eng).")
    ocr.announce(n_pages * PAGE_TIMEOUT_S)
    pages: list[list[Line]] = []
    words: list[Word] = []
    for number in range(n_pages):
        page = document[number]
        picture, scale, height = _picture(page)
        page.close()
        found = parse_table(_recognise(ocr.program, picture))
        pages.append(lines_of(found, scale=scale, page_height=height))
        words += found
    letters = sum(len(word.text) for word in words)
    mean = sum(word.confidence * len(word.text) for word in words) / letters if letters else 0.0
    return pages, ["ocr", *(["ocr_low_confidence"] if mean < LOW_CONFIDENCE else [])]


def _picture(page: Any) -> tuple[bytes, float, float]:
    """The page as a grey PGM picture of bounded size, its pixels per point, and its height in points."""
    width, height = page.get_size()
    scale = min(DOTS_PER_INCH / 72, math.sqrt(MAX_PIXELS / max(1.0, width * height)))
    bitmap = page.render(scale=scale, grayscale=True)
    grey, stride = bytes(bitmap.buffer), bitmap.stride
    rows = b"".join(grey[row * stride:row * stride + bitmap.width] for row in range(bitmap.height))
    head = f"P5 {bitmap.width} {bitmap.height} 255\n".encode()
    bitmap.close()
    return head + rows, scale, height


def _recognise(program: str, picture: bytes) -> str:
    command = [program, "stdin", "stdout", "-l", "+".join(LANGUAGES), "--dpi", str(DOTS_PER_INCH), "tsv"]
    try:
        done = subprocess.run(command, input=picture, capture_output=True, timeout=PAGE_TIMEOUT_S, check=True,
                              env={**os.environ, "OMP_THREAD_LIMIT": "1"}, preexec_fn=_dies_with_parent)
    except (subprocess.SubprocessError, OSError) as error:
        raise SetAside("ocr_failed", f"tesseract could not read a page: {type(error).__name__}",
                       "Run OCR on the file beforehand (ocrmypdf -l chi_sim+eng).") from error
    return done.stdout.decode("utf-8", errors="replace")


def _dies_with_parent() -> None:
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def parse_table(table: str) -> list[Word]:
    """Words of tesseract's TSV output, in its order; rows of blocks and lines, and empty words, are left out."""
    words = []
    for row in table.split("\n")[1:]:
        cells = row.split("\t")
        if len(cells) == 12 and cells[0] == "5" and cells[11].strip():
            block, paragraph, line = (int(cell) for cell in cells[2:5])
            left, top, width, height = (int(cell) for cell in cells[6:10])
            words.append(Word((block, paragraph, line), left, top, width, height, float(cells[10]), cells[11].strip()))
    return words


def lines_of(words: list[Word], *, scale: float, page_height: float) -> list[Line]:
    """Printed lines in points, as the text layer of a PDF gives them; Chinese words meet without a blank."""
    lines = []
    for _, group in groupby(words, key=lambda word: word.line):
        row = list(group)
        text = ""
        for word in row:
            chinese = bool(text) and any(has_han(sign) or sign in _MARKS for sign in (text[-1], word.text[0]))
            text += word.text if chinese or not text else " " + word.text
        heights = sorted(word.height for word in row)
        base = page_height - max(word.top + word.height for word in row) / scale
        lines.append(Line(text, min(word.left for word in row) / scale, max(word.left + word.width for word in row) / scale,
                          base, heights[len(heights) // 2] / scale))
    return lines
