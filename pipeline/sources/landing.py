"""Putting an answer under raw/ as it was published, with its sidecar, so that a crash leaves no half of it."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import unquote, urlsplit

import yaml

SUFFIXES = frozenset(".html .htm .shtml .pdf .doc .docx .wps .rtf .txt .md .xml .xls .xlsx .ofd .zip".split())
MEDIA = {"text/html": ".html", "application/xhtml+xml": ".html", "application/pdf": ".pdf", "text/plain": ".txt",
         "application/msword": ".doc", "application/rtf": ".rtf", "text/markdown": ".md",
         "application/vnd.openxmlformats-officedocument.wordprocessingml.document": ".docx"}
_SILENT = re.compile(rb"(?is)<(script|style)\b[^>]{0,2000}>.{0,2000000}?</\1\s{0,9}>|<!--.{0,200000}?-->")
_TAG = re.compile(rb"<[^<>]{0,20000}>")


def path_of(source: str, url: str, content_type: str, *, day: str) -> str:
    """Where the document of an address stands under raw/: source/year/name-hash.suffix; it depends on nothing that changes.

    day: the day that the list or the address prints; its year is the folder (`undated` without one).
    """
    parts = urlsplit(url)
    last = unquote(parts.path.rstrip("/").rpartition("/")[2]) or "index"
    stem, dot, suffix = last.rpartition(".")
    known = f".{suffix.lower()}" if dot and f".{suffix.lower()}" in SUFFIXES else ""
    media = content_type.partition(";")[0].strip().lower()
    name = re.sub(r"[^0-9A-Za-z\u3400-\u9fff_-]{1,60}", "_", stem if known else last).strip("_-")[:60] or "document"
    return f"{source}/{day[:4] or 'undated'}/{name}-{hashlib.sha256(url.encode()).hexdigest()[:10]}{known or MEDIA.get(media, '.html')}"


def land(raw: Path, path: str, body: bytes, facts: Mapping[str, object]) -> None:
    """Write the sidecar, then the file; each appears whole or not at all. facts: keys of the contract, in that order."""
    target = raw / path
    target.parent.mkdir(parents=True, exist_ok=True)
    sidecar = yaml.safe_dump(dict(facts), allow_unicode=True, sort_keys=False, width=1000)
    write_whole(target.with_name(target.name + ".meta.yml"), sidecar.encode())
    write_whole(target, body)


def write_whole(target: Path, data: bytes) -> None:
    """Replace a file at once: readers see the old bytes or the new ones."""
    partial = target.with_name(f".{target.name[-60:]}.{os.getpid()}.part")
    with partial.open("wb") as stream:
        stream.write(data)
        stream.flush()
        os.fsync(stream.fileno())
    partial.replace(target)


def same_words(old: bytes, new: bytes) -> bool:
    """Whether two versions of a page differ in nothing but scripts, styles, comments, tags and spaces.

    Works on bytes: no encoding of Chinese pages uses < or > within a character, UTF-16 apart (then nothing is stripped).
    """
    if old == new:
        return True
    if not (old.lstrip()[:1] == new.lstrip()[:1] == b"<") or b"\0" in old[:400]:
        return False
    return _words(old) == _words(new)


def _words(page: bytes) -> list[bytes]:
    return _TAG.sub(b" ", _SILENT.sub(b" ", page)).split()
