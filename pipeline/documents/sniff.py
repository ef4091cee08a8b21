"""What a file is, by its content. The name only decides between kinds that look alike (plain text, Markdown)."""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import PurePosixPath

from pipeline.documents.limits import MAX_DECODED_BYTES
from pipeline.errors import SetAside

SUFFIXES = {".pdf": "pdf", ".docx": "docx", ".docm": "docx", ".html": "html", ".htm": "html", ".xhtml": "html",
            ".shtml": "html", ".mht": "mhtml", ".mhtml": "mhtml", ".md": "markdown", ".markdown": "markdown",
            ".txt": "text", ".text": "text"}
DATA_SUFFIXES = frozenset(".csv .tsv .json .jsonl .xml .yml .yaml .eml .msg .log .py .js .css .rtf .doc .wps .ofd "
                          ".xls .xlsx .et .ppt .pptx .dps .zip .rar .7z .tar .png .jpg .jpeg .gif .bmp .tif .tiff .webp "
                          ".mp3 .mp4 .parquet .sqlite .db .ceb".split())
OFFICE_SUFFIXES = frozenset((".doc", ".wps", ".rtf", ".dot", ".wpt"))
MEDIA_TYPES = {"office": "application/msword",
               "pdf": "application/pdf", "html": "text/html", "markdown": "text/markdown", "text": "text/plain",
               "mhtml": "multipart/related",
               "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document"}
_CONVERT = "Open it in LibreOffice, save it as DOCX or PDF, and put that beside or instead of it."
_MAGIC = ((b"\x89PNG", "an image"), (b"\xff\xd8\xff", "an image"), (b"GIF8", "an image"), (b"Rar!", "a RAR archive"),
          (b"7z\xbc\xaf", "a 7z archive"), (b"SQLite format", "a database"), (b"PAR1", "a Parquet table"))


@dataclass(frozen=True)
class Sniffed:
    """Kind of a file (a key of MEDIA_TYPES), its bytes unpacked, and flags about name and packing."""

    kind: str
    data: bytes
    flags: tuple[str, ...]


def sniff(data: bytes, name: str) -> Sniffed:
    """What `data` is. `name`: last part of the path, used for ties and to say that it lies.

    Flags: type_mismatch (the suffix says otherwise), type_sniffed (no known suffix), content_encoded (gzip inside
    a file not named .gz). Raises: SetAside(`unsupported_type`, `binary`, `docx_malformed`, `too_large_decoded` …).
    """
    suffixes = [suffix.lower() for suffix in PurePosixPath(name).suffixes]
    flags: list[str] = []
    if data[:2] == b"\x1f\x8b":
        data = gunzip(data)
        if suffixes and suffixes[-1] == ".gz":
            suffixes.pop()
        else:
            flags.append("content_encoded")
    suffix = suffixes[-1] if suffixes else ""
    claimed = SUFFIXES.get(suffix)
    kind = _kind(data, suffix, claimed)
    if claimed is None and not (kind == "office" and suffix in OFFICE_SUFFIXES):
        flags.append("type_sniffed")
    elif claimed is not None and claimed != kind and {claimed, kind} != {"text", "markdown"}:
        flags.append("type_mismatch")
    return Sniffed(kind, data, tuple(flags))


def gunzip(data: bytes) -> bytes:
    """The unpacked bytes of a gzip file, at most MAX_DECODED_BYTES."""
    unpacker = zlib.decompressobj(31)
    try:
        out = unpacker.decompress(data, MAX_DECODED_BYTES)
    except zlib.error as error:
        raise SetAside("gzip_malformed", str(error), "Fetch the file again.") from error
    if unpacker.unconsumed_tail:
        raise SetAside("too_large_decoded", f"gzip expands beyond {MAX_DECODED_BYTES >> 20} MiB",
                       "Unpack it and put the parts that are documents into raw/.")
    if not unpacker.eof:
        raise SetAside("gzip_malformed", "the compressed data end early", "Fetch the file again.")
    return out


def _kind(data: bytes, suffix: str, claimed: str | None) -> str:
    head = data[:1024 + 8]
    if b"%PDF-" in head:
        return "pdf"
    if head.startswith(b"PK\x03\x04") or head.startswith(b"PK\x05\x06"):
        return _zip_kind(data, suffix)
    if head.startswith(bytes.fromhex("D0CF11E0A1B11AE1")):
        if suffix in {".docx", ".docm"} and "EncryptedPackage".encode("utf-16-le") in data:
            raise SetAside("docx_encrypted", "the document needs a password", "Save it without a password.")
        return "office"
    if head.startswith(b"{\\rtf"):
        return "office"
    for magic, what in _MAGIC:
        if head.startswith(magic):
            raise SetAside("unsupported_type", what, "Only documents with text are read.")
    if claimed is None and suffix in DATA_SUFFIXES:
        raise SetAside("unsupported_type", f"files named {suffix} are not documents", _CONVERT)
    if not data.strip(b"\x00 \t\r\n"):
        raise SetAside("no_text", "the file is empty", "Fetch the file again.")
    if _is_binary(data):
        raise SetAside("binary", "the content is not text", "Remove the file or convert it to text.")
    return _text_kind(data, claimed)


def _zip_kind(data: bytes, suffix: str) -> str:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = archive.namelist()
    except (zipfile.BadZipFile, ValueError, OverflowError, NotImplementedError, UnicodeDecodeError) as error:
        if suffix in {".docx", ".docm"}:
            raise SetAside("docx_malformed", f"not a whole DOCX file: {error}", "Fetch the file again.") from error
        raise SetAside("unsupported_type", "a damaged archive", "Fetch the file again.") from error
    if any(name.startswith("word/") for name in names):
        return "docx"
    if suffix in {".docx", ".docm"}:
        raise SetAside("docx_malformed", "an archive without a Word document in it", "Fetch the file again.")
    raise SetAside("unsupported_type", "an archive, spreadsheet or OFD file", _CONVERT)


def _is_binary(data: bytes) -> bool:
    """Control bytes that no text has, too many of them, and not the zero bytes of UTF-16."""
    sample = data[:65536]
    if sample[:2] in (b"\xff\xfe", b"\xfe\xff") or sample.startswith((b"\x7fELF", b"MZ\x90")):
        return sample.startswith((b"\x7fELF", b"MZ\x90"))
    controls = sum(sample.count(bytes([code])) for code in (*range(1, 9), *range(14, 27), 28, 29, 30, 31, 127))
    zeros = sample.count(0)
    if controls * 20 > len(sample):
        return not _utf16_text(sample)
    return zeros * 10 > len(sample) and not _utf16_text(sample)


def _utf16_text(sample: bytes) -> bool:
    """Whether most 16-bit units are Chinese, ASCII or their punctuation, in one byte order."""
    even, odd = sample[:len(sample) & ~1:2], sample[1::2]
    return any(
        sum(1 for byte in high if byte in (0x00, 0x20, 0x30, 0xFF) or 0x4E <= byte <= 0x9F) * 10 > len(high) * 9
        and high.count(0) != len(high) * 2 and low.count(0) * 5 < len(low)
        for high, low in ((even, odd), (odd, even)))


_MARKUP = re.compile(
    rb"(?is)^(?:\xef\xbb\xbf|\xff\xfe|\xfe\xff)?\s{0,4096}(?:<\?xml[^>]{0,200}\?>\s{0,200})?(?:<!--.{0,4000}?-->\s{0,200})?"
    rb"(?:<!doctype html|<html|<head|<body|<!doctype|<meta|<div|<p>|<table)")
_MIME = re.compile(rb"(?is)\A(?:[a-z-]{2,40}:[^\n]{0,1000}\n(?:[ \t][^\n]{0,1000}\n){0,20}){1,40}")


def _text_kind(data: bytes, claimed: str | None) -> str:
    head = data[:8192].replace(b"\x00", b"")
    if claimed == "mhtml":
        if _MIME.match(head) and b"text/html" in data[:1 << 20].lower():
            return "mhtml"
        raise SetAside("unsupported_type", "a saved page without an HTML part", "Save the page as HTML.")
    if _MARKUP.match(head):
        return "html"
    if claimed == "html" and re.search(rb"(?i)<(?:p|br|div|table|body|html)[\s/>]", head):
        return "html"
    if claimed is None and head.startswith((b"From: ", b"Received: ", b"Return-Path: ")):
        raise SetAside("unsupported_type", "an e-mail message", "Save its text or its attachment.")
    return "markdown" if claimed == "markdown" else "text"
