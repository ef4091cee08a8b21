"""PDF, DOCX, text and Markdown files of the samples, byte for byte the same on every build."""

import io
import textwrap
import zipfile
from datetime import UTC, datetime
from typing import Any

import yaml
from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from reportlab.lib.enums import TA_CENTER
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.platypus import Paragraph, SimpleDocTemplate, Table, TableStyle

from tests.sample.reading import Block, Source

FIXED = datetime(2026, 11, 1, tzinfo=UTC)  # build dates inside containers; the texts carry their own
ZIP_DATE = (2026, 11, 1, 0, 0, 0)
CHINESE_FONT = "STSong-Light"


def pdf_bytes(source: Source) -> bytes:
    """A PDF with page numbers, uncompressed so that no compressor version changes the bytes."""
    pdfmetrics.registerFont(UnicodeCIDFont(CHINESE_FONT))
    out = io.BytesIO()
    paper = SimpleDocTemplate(
        out,
        pagesize=A4,
        leftMargin=28 * mm,
        rightMargin=26 * mm,
        topMargin=30 * mm,
        bottomMargin=30 * mm,
        invariant=1,
        pageCompression=0,
        title="",
        author="",
    )
    font = CHINESE_FONT if source.chinese else "Times-Roman"

    def number_page(canvas: Any, document: Any) -> None:
        canvas.setFont(font, 10)
        canvas.drawCentredString(
            A4[0] / 2, 15 * mm, f"— {document.page} —" if source.chinese else f"{document.page}"
        )

    paper.build(_flowables(source, font), onFirstPage=number_page, onLaterPages=number_page)
    return out.getvalue()


def _flowables(source: Source, font: str) -> list[Any]:
    wrap = "CJK" if source.chinese else None
    base = ParagraphStyle("base", fontName=font, fontSize=12, leading=20, wordWrap=wrap, spaceAfter=4)
    styles = {
        "title": ParagraphStyle(
            "title", base, fontSize=17, leading=26, alignment=TA_CENTER, spaceBefore=12, spaceAfter=8
        ),
        "heading": ParagraphStyle("heading", base, fontSize=14, spaceBefore=8, leading=22),
        "subheading": ParagraphStyle("subheading", base, fontSize=12.5),
        "line": ParagraphStyle("line", base, alignment=TA_CENTER),
        "text": ParagraphStyle("text", base, firstLineIndent=24 if source.chinese else 0),
    }
    flowables: list[Any] = []
    rows: list[tuple[str, ...]] = []
    for block in (*source.blocks, Block("end", "")):
        if block.kind == "row":
            rows.append(block.cells)
            continue
        if rows:
            flowables.append(_pdf_table(rows, font))
            rows = []
        if block.kind != "end":
            text = block.text.replace("&", "&amp;").replace("<", "&lt;")
            flowables.append(Paragraph(text, styles[block.kind]))
    return flowables


def _pdf_table(rows: list[tuple[str, ...]], font: str) -> Table:
    grid = TableStyle([("GRID", (0, 0), (-1, -1), 0.5, "black"), ("FONT", (0, 0), (-1, -1), font, 10)])
    return Table([list(row) for row in rows], style=grid)


def docx_bytes(source: Source) -> bytes:
    """A DOCX with real tables; part times and properties are fixed, parts are stored uncompressed."""
    document = Document()
    properties = document.core_properties
    properties.created = properties.modified = FIXED.replace(tzinfo=None)
    properties.author, properties.title, properties.comments = "", "", ""
    rows: list[tuple[str, ...]] = []
    for block in (*source.blocks, Block("end", "")):
        if block.kind == "row":
            rows.append(block.cells)
            continue
        if rows:
            _docx_table(document, rows)
            rows = []
        if block.kind in ("title", "heading", "subheading"):
            level = {"title": 1, "heading": 2, "subheading": 3}[block.kind]
            heading = document.add_heading(block.text, level=level)
            heading.alignment = WD_ALIGN_PARAGRAPH.CENTER if level == 1 else WD_ALIGN_PARAGRAPH.LEFT
        elif block.kind != "end":
            paragraph = document.add_paragraph(block.text)
            if block.kind == "line":
                paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    raw = io.BytesIO()
    document.save(raw)
    return _stored_zip(raw.getvalue())


def _docx_table(document: Any, rows: list[tuple[str, ...]]) -> None:
    table = document.add_table(rows=len(rows), cols=len(rows[0]))
    table.style = "Table Grid"
    for table_row, cells in zip(table.rows, rows, strict=True):
        for cell, text in zip(table_row.cells, cells, strict=True):
            cell.text = text


def _stored_zip(data: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as new:
        for name in old.namelist():
            info = zipfile.ZipInfo(name, date_time=ZIP_DATE)
            info.external_attr = 0o644 << 16
            new.writestr(info, old.read(name))
    return out.getvalue()


def text_file(source: Source, *, wrapped: bool) -> str:
    """Plain text: Chinese paragraphs with the usual two-character indent, English ones with blank lines between."""
    lines: list[str] = []
    for block in source.blocks:
        if source.chinese:
            lines.append(
                f"　　{block.text}" if block.kind in ("text", "heading", "subheading") else block.text
            )
        else:
            lines += [textwrap.fill(block.text, 78) if wrapped else block.text, ""]
    return "\n".join(lines).rstrip("\n") + "\n"


def markdown_file(source: Source) -> str:
    """Markdown with the front matter of the source's `front_matter`."""
    front = yaml.safe_dump(source.meta["front_matter"], allow_unicode=True, sort_keys=False)
    marks = {"title": "# ", "heading": "## ", "subheading": "### ", "line": "", "text": "", "row": ""}
    parts = [
        f"| {' | '.join(b.cells)} |" if b.kind == "row" else marks[b.kind] + b.text for b in source.blocks
    ]
    return f"---\n{front}---\n\n" + "\n\n".join(parts) + "\n"
