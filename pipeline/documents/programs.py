"""Programs outside this package that change what can be read."""

from __future__ import annotations

from pipeline.documents.readers.ocr import ocr_program
from pipeline.documents.readers.office import office_program


def environment(*, ocr: bool = False) -> tuple[str, ...]:
    """Names of the optional programs found here, sorted: `libreoffice`, and `tesseract` when OCR is asked for.

    Rows made with other programs at hand are not the same rows: this belongs into the fingerprint of reading.
    """
    found = {"libreoffice": office_program(), "tesseract": ocr_program() if ocr else None}
    return tuple(sorted(name for name, program in found.items() if program))
