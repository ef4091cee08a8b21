"""A PDF file before it is parsed: what its bytes say, and whether its streams expand beyond bounds."""

from __future__ import annotations

import re
import zlib
from dataclasses import dataclass

from pipeline.documents.limits import MAX_DECODED_BYTES, MAX_DECODED_TOTAL
from pipeline.errors import SetAside

_STREAM = re.compile(rb"stream\r?\n")
_FLATE = re.compile(rb"/(?:FlateDecode|Fl)\b")
_START = re.compile(rb"startxref\s{1,20}(\d{1,12})\s{1,20}%%EOF")
_PREV = re.compile(rb"/Prev\s{1,10}(\d{1,12})")
_COUNT = re.compile(rb"/Type\s{0,4}/Pages\b[^>]{0,4000}?/Count\s{1,4}(\d{1,9})|/Count\s{1,4}(\d{1,9})[^>]{0,4000}?/Type\s{0,4}/Pages\b")
_MAX_NESTING = 2000
_STEP = 1 << 20


@dataclass(frozen=True)
class PdfState:
    """data: from %PDF on. stated_pages: the largest /Count in plain sight, 0 when packed. flags: pdf_repaired."""

    data: bytes
    stated_pages: int
    flags: tuple[str, ...]


def inspect_file(data: bytes) -> PdfState:
    """Bounds checked and damage noticed that PDFium mends without a word.

    Raises: SetAside(`too_large_decoded`) for a stream that expands beyond 64 MiB (256 MiB all together),
    SetAside(`pdf_malformed`) for arrays nested thousands deep.
    """
    data = data[max(0, data[:2048].find(b"%PDF-")):]
    refuse_bombs(data)
    _refuse_nested_forms(data)
    if b"[" * _MAX_NESTING in data or b"<<" * _MAX_NESTING in data:
        raise SetAside("pdf_malformed", "arrays nested thousands deep", "Print it to a new PDF.")
    counts = [int(a or b) for a, b in _COUNT.findall(data)]
    return PdfState(data, max(counts, default=0), ("pdf_repaired",) if _is_damaged(data) else ())


def _is_damaged(data: bytes) -> bool:
    """No end mark, a cross-reference that is not where the file says, or one that names itself as its predecessor."""
    ends = _START.findall(data[-4096:])
    if not ends:
        return True
    offset = int(ends[-1])
    at = data[offset:offset + 40].lstrip()
    if not (at.startswith(b"xref") or re.match(rb"\d{1,10}\s{1,10}\d{1,10}\s{1,10}obj", at)):
        junk = data[offset:offset + 4096]
        return b"xref" not in junk and b"/XRef" not in junk
    trailer = data[offset:].partition(b"startxref")[0][-4096:]
    return any(int(prev) == offset for prev in _PREV.findall(trailer)) or _self_kid(data)


_PAGES = re.compile(rb"(\d{1,9}) \d{1,5} obj\s{0,10}<<[^>]{0,400}?/Type\s{0,4}/Pages\b[^>]{0,200}?/Kids\s{0,4}\[([^\]]{0,2000})")


def _self_kid(data: bytes) -> bool:
    return any(re.search(rb"(?:^|\s)" + number + rb"\s{1,4}\d{1,5}\s{1,4}R", kids) for number, kids in _PAGES.findall(data))


def refuse_bombs(data: bytes) -> None:
    """Unpack every Flate stream far enough to know that it stays within bounds; nothing is kept."""
    total = 0
    for found in _STREAM.finditer(data):
        head = data[max(0, found.start() - 600):found.start()]
        if not _FLATE.search(head[max(head.rfind(b"obj"), 0):]):
            continue
        filters = len(_FLATE.findall(head[max(head.rfind(b"obj"), 0):]))
        size = _unpacked_size(data, found.end(), again=filters > 1)
        total += size
        if size > MAX_DECODED_BYTES or total > MAX_DECODED_TOTAL:
            raise SetAside("too_large_decoded", f"a stream expands beyond {MAX_DECODED_BYTES >> 20} MiB",
                           "Print it to a new PDF if it is a real document.")


def _unpacked_size(data: bytes, start: int, *, again: bool = False) -> int:
    """Bytes that the stream at `start` expands to; with `again`, those that its content expands to in turn."""
    if again:
        try:
            inner = zlib.decompressobj().decompress(data[start:], MAX_DECODED_BYTES)
        except zlib.error:
            return 0
        return len(inner) + _unpacked_size(inner, 0)
    unpacker, size, view = zlib.decompressobj(), 0, memoryview(data)
    pending: bytes | memoryview = view[start:start + _STEP]
    start += _STEP
    try:
        while pending and size <= MAX_DECODED_BYTES and not unpacker.eof:
            size += len(unpacker.decompress(pending, _STEP))
            pending = unpacker.unconsumed_tail
            if not pending and not unpacker.eof:
                pending = view[start:start + _STEP]
                start += _STEP
    except zlib.error:
        return size
    return size


_OBJECT = re.compile(rb"(?:^|[\r\n\s])(\d{1,9}) \d{1,5} obj\b")
_DRAWN = re.compile(rb"/([^\s/<>\[\]()]{1,60}) Do\b")
_NAMED = re.compile(rb"/([^\s/<>\[\]()]{1,60})\s{1,4}(\d{1,9}) \d{1,5} R")
_MAX_DRAWS = 200_000
_MAX_FORM_BYTES = 100_000


def _refuse_nested_forms(data: bytes) -> None:
    """Forms that draw forms that draw forms: 26 lines of PDF can ask for 2^25 drawings."""
    forms: dict[bytes, list[bytes]] = {}
    for found in _OBJECT.finditer(data):
        end = data.find(b"endobj", found.end(), found.end() + _MAX_FORM_BYTES)
        body = data[found.end():end] if end > 0 else b""
        if b"/Form" in body and b" Do" in body:
            named = dict(_NAMED.findall(body))
            forms[found.group(1)] = [named[name] for name in _DRAWN.findall(body) if name in named]
    draws = dict.fromkeys(forms, 1)
    for _ in range(min(len(forms), 64)):
        draws = {form: 1 + sum(draws.get(inner, 1) for inner in inside) for form, inside in forms.items()}
        if max(draws.values(), default=0) > _MAX_DRAWS:
            raise SetAside("too_large_decoded", "forms that draw each other without end", "Print it to a new PDF.")
