"""DOCX: every word of the body in reading order, tracked insertions, tables, text boxes and list numbers included.

The part word/document.xml is read directly: python-docx leaves out insertions, content controls, text boxes and
the numbers that Word computes (第X条 is often such a number). Nothing outside the archive is touched, no document
type is accepted, and no part may expand beyond its limit.
"""

from __future__ import annotations

import io
import zipfile
import zlib

from lxml import etree

from pipeline.documents.page import PageHints, Reading
from pipeline.documents.readers.docx_numbers import Numbering
from pipeline.errors import SetAside

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_MAX_PART_BYTES = 32 << 20
_PARTS = frozenset(("word/document.xml", "word/numbering.xml", "word/styles.xml", "word/footnotes.xml",
                    "word/endnotes.xml", "docProps/core.xml"))
_SKIP = frozenset((W + "del", W + "moveFrom", W + "instrText", W + "delText", W + "pPr", W + "rPr", W + "sdtPr", W + "sectPr",
                   W + "tblPr", W + "trPr", W + "tcPr", MC + "Fallback", W + "footnoteReference", W + "commentReference"))


def read_docx(data: bytes) -> Reading:
    """The body of a DOCX file, one paragraph a line, cells of a table row joined by a tab; footnotes at the end.

    Flags: tracked_changes (insertions kept, deletions left out), zip_duplicate_parts.
    Raises: SetAside(`docx_malformed`, `zip_bomb`, `xml_doctype`, `docx_encrypted`).
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = archive.namelist()
            _refuse_bombs(archive)
            document = _parse(archive, "word/document.xml")
            numbering = Numbering(_optional(archive, "word/numbering.xml"), _optional(archive, "word/styles.xml"))
            notes = [_optional(archive, f"word/{part}.xml") for part in ("footnotes", "endnotes")]
            page = _core(_optional(archive, "docProps/core.xml"))
    except (zipfile.BadZipFile, zlib.error, KeyError, EOFError, ValueError, NotImplementedError, RuntimeError) as error:
        reason = "docx_encrypted" if "password" in str(error) else "docx_malformed"
        raise SetAside(reason, str(error), "Open it in Word or LibreOffice and save it again.") from error
    flags = ["zip_duplicate_parts"] if len(set(names)) < len(names) else []
    if next(document.iter(W + "ins", W + "del", W + "moveFrom"), None) is not None:
        flags.append("tracked_changes")
    body = document.find(W + "body")
    lines = _lines(body if body is not None else document, numbering)
    for part in notes:
        if part is not None:
            lines += _lines(part, Numbering(None, None))
    return Reading("\n".join(lines), "docx", page, "utf-8", tuple(flags))


def _refuse_bombs(archive: zipfile.ZipFile) -> None:
    """The parts that are read may not be large; the others (pictures, whatever) are never unpacked."""
    for part in archive.infolist():
        if part.filename in _PARTS and part.file_size > _MAX_PART_BYTES:
            raise SetAside("zip_bomb", f"{part.filename} expands to {part.file_size >> 20} MiB",
                           "Save it as PDF or text if it is a real document.")


def _parse(archive: zipfile.ZipFile, name: str) -> etree._Element:
    with archive.open(name) as stream:
        xml = stream.read(_MAX_PART_BYTES + 1)
    if len(xml) > _MAX_PART_BYTES:
        raise SetAside("zip_bomb", f"{name} expands beyond its stated size", "Save it as PDF or text.")
    if b"<!DOCTYPE" in xml[:65536].replace(b"\x00", b"") or b"<!ENTITY" in xml[:65536].replace(b"\x00", b""):
        raise SetAside("xml_doctype", f"{name} brings its own document type", "Save it again in Word or LibreOffice.")
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        return etree.fromstring(xml, parser)
    except etree.XMLSyntaxError as error:
        raise SetAside("docx_malformed", f"{name}: {error}", "Open it in Word and save it again.") from error


def _optional(archive: zipfile.ZipFile, name: str) -> etree._Element | None:
    return _parse(archive, name) if name in archive.namelist() else None


def _core(core: etree._Element | None) -> PageHints:
    if core is None:
        return PageHints()
    named = {etree.QName(child).localname: " ".join((child.text or "").split())[:300]
             for child in core if isinstance(child.tag, str)}
    return PageHints(title=named.get("title", ""), date=named.get("created", ""), author=named.get("creator", ""))


def _lines(root: etree._Element, numbering: Numbering) -> list[str]:
    """Paragraphs and table rows below `root`, in order. Depth is bounded by the parser (256)."""
    lines: list[str] = []
    for element in root:
        if element.tag == W + "p":
            lines += _paragraph(element, numbering)
        elif element.tag == W + "tbl":
            lines += _table(element, numbering)
        elif isinstance(element.tag, str) and element.tag not in _SKIP:
            lines += _lines(element, numbering)
    return [line for line in lines if line.strip()]


def _table(table: etree._Element, numbering: Numbering) -> list[str]:
    """One line per row; a table inside a cell follows as rows of its own behind the row."""
    lines: list[str] = []
    for row in _children(table, W + "tr"):
        cells, nested = [], []
        for cell in _children(row, W + "tc"):
            cells.append(" ".join(line for line in _lines_but_tables(cell, numbering) if line.strip()))
            for inner in _children(cell, W + "tbl"):
                nested += _table(inner, numbering)
        lines += ["\t".join(cells), *nested]
    return lines


def _lines_but_tables(cell: etree._Element, numbering: Numbering) -> list[str]:
    lines: list[str] = []
    for element in cell:
        if element.tag == W + "p":
            lines += _paragraph(element, numbering)
        elif isinstance(element.tag, str) and element.tag not in _SKIP and element.tag != W + "tbl":
            lines += _lines_but_tables(element, numbering)
    return lines


def _children(element: etree._Element, tag: str) -> list[etree._Element]:
    """Children of that tag, looked for through content controls and tracked rows as well."""
    found: list[etree._Element] = []
    for child in element:
        if child.tag == tag:
            found.append(child)
        elif child.tag in {W + "sdt", W + "sdtContent", W + "ins", W + "customXml", W + "smartTag"}:
            found += _children(child, tag)
    return found


def _paragraph(paragraph: etree._Element, numbering: Numbering) -> list[str]:
    """The text of a paragraph behind its number; text boxes anchored in it follow as lines of their own."""
    parts: list[str] = []
    boxes: list[etree._Element] = []
    _collect(paragraph, parts, boxes)
    text = "".join(parts)
    lines = [numbering.label(paragraph) + text] if text.strip() else []
    for box in boxes:
        lines += _lines(box, numbering)
    return [piece for line in lines for piece in line.split("\n")]


def _collect(element: etree._Element, parts: list[str], boxes: list[etree._Element]) -> None:
    for child in element:
        tag = child.tag
        if tag == W + "t":
            parts.append(child.text or "")
        elif tag == W + "tab":
            parts.append(" ")
        elif tag in {W + "br", W + "cr"}:
            parts.append("\n" if child.get(W + "type") in {None, "textWrapping"} else "")
        elif tag == W + "noBreakHyphen":
            parts.append("-")
        elif tag == W + "txbxContent":
            boxes.append(child)
        elif isinstance(tag, str) and tag not in _SKIP:
            _collect(child, parts, boxes)
