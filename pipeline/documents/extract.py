"""One file → its documents: read by kind, cut to the document, fixed in form, dated and named by `facts`."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from pipeline.documents.clean import clean
from pipeline.documents.health import health_flags
from pipeline.documents.languages import detect_language, version_spans
from pipeline.documents.limits import MAX_TEXT_BYTES, MAX_TEXT_CHARS, MIN_SIGNS, MIN_TEXT_LETTERS
from pipeline.documents.page import PageHints, Reading
from pipeline.documents.readers.docx import read_docx
from pipeline.documents.readers.html import read_html
from pipeline.documents.readers.mhtml import html_part
from pipeline.documents.readers.ocr import Ocr
from pipeline.documents.readers.office import read_office
from pipeline.documents.readers.pdf import read_pdf
from pipeline.documents.readers.text import read_markdown, read_plain
from pipeline.documents.sites import load_sites
from pipeline.documents.sniff import MEDIA_TYPES, Sniffed, sniff
from pipeline.errors import SetAside
from pipeline.text import normalise


@dataclass(frozen=True)
class Extracted:
    """One document of a file: its fixed text and what is known of it before its facts are read."""

    doc_id: str
    text: str
    lang: str
    media_type: str
    encoding: str
    page: PageHints
    flags: tuple[str, ...]
    pair_id: str | None = None


def read_file(path: Path, *, rel_path: str, sidecar: Mapping[str, object] | None, sha256: str,
              ocr: Ocr | None = None) -> list[dict[str, object]]:
    """Rows of the table `documents` for one file, one per document in it, in order of their place in the file.

    rel_path: path as the tables print it. ocr: for pictures of text. sidecar: overrides of `<file>.meta.yml`. sha256: of the file's bytes;
    its first 16 digits are the doc_id (-2, -3 for further documents), so an id never depends on cleaning.
    `cover` and `evidence` are JSON. `source_url`: from the sidecar, else the address that the page itself names.
    Every contract column is there but n_sentences; work_id and duplicate_of are None (see link_versions).
    Raises: SetAside with reason, detail and hint when the file cannot be used.
    """
    from pipeline.documents.facts import read_facts

    rows = []
    for document in read_texts(path, name=rel_path.rpartition("/")[2], sidecar=sidecar, sha256=sha256,
                               ocr=ocr):
        facts = dict(read_facts(document.text, lang=document.lang, sidecar=sidecar, page=document.page,
                                rel_path=rel_path))
        flags = [*document.flags, *facts.pop("flags", [])]
        facts |= {name: None if facts[name] is None else json.dumps(facts[name], ensure_ascii=False)
                  for name in ("cover", "evidence")}
        rows.append({
            "doc_id": document.doc_id, "path": rel_path, "sha256": sha256, "media_type": document.media_type,
            "encoding": document.encoding or None, "lang": document.lang, "work_id": None, "duplicate_of": None,
            **facts, "pair_id": facts.get("pair_id") or document.pair_id, "text": document.text,
            "n_chars": len(document.text), "flags": sorted(set(flags)),
            "source_url": str((sidecar or {}).get("source_url") or document.page.url) or None})
    return rows


def read_texts(path: Path, *, name: str, sidecar: Mapping[str, object] | None = None, sha256: str,
               ocr: Ocr | None = None) -> list[Extracted]:
    """The documents in a file without their facts; see read_file."""
    sniffed = sniff(path.read_bytes(), name)
    url = str((sidecar or {}).get("source_url") or "")
    raw = _read(sniffed, url, ocr)
    reading = clean(raw, url=url)
    text = normalise(reading.text)
    if sum(map(str.isalnum, text[:20_000])) < MIN_TEXT_LETTERS and len(text) < MIN_SIGNS:
        raise SetAside("no_text", f"fewer than {MIN_TEXT_LETTERS} letters", "Find another copy of the document.")
    if len(text) > MAX_TEXT_CHARS:
        raise SetAside("too_large", f"{len(text)} characters, more than {MAX_TEXT_CHARS}", "Split the file.")
    flags = (*sniffed.flags, *reading.flags, *health_flags(raw.text))
    spans = version_spans(text)
    return [_document(text[span.start:span.end], replace(reading, flags=flags), number, len(spans), sidecar, sha256)
            for number, span in enumerate(spans, 1)]


def _document(text: str, reading: Reading, number: int, n_versions: int, sidecar: Mapping[str, object] | None,
              sha256: str) -> Extracted:
    lang, lang_flags = detect_language(text)
    stated = (sidecar or {}).get("lang")
    if stated and n_versions == 1:
        lang = _stated_language(str(stated), lang)
    flags = (*reading.flags, *lang_flags, *(("two_language_file",) if n_versions > 1 else ()))
    base = sha256[:16]
    pair = str((sidecar or {}).get("pair_id") or "") or (base if n_versions > 1 else None)
    return Extracted(base if number == 1 else f"{base}-{number}", text, lang, MEDIA_TYPES[reading.kind],
                     reading.encoding, reading.page, tuple(dict.fromkeys(flags)), pair)


def _stated_language(stated: str, found: str) -> str:
    if stated in {"zh-Hans", "zh-Hant", "en", "mixed"}:
        return stated
    if stated == "zh":
        return found if found.startswith("zh") else "zh-Hans"
    raise SetAside("sidecar_invalid", f"unknown language {stated!r}", "Use zh-Hans, zh-Hant, en or mixed.")


def _read(sniffed: Sniffed, url: str, ocr: Ocr | None) -> Reading:
    if sniffed.kind == "pdf":
        return read_pdf(sniffed.data, ocr=ocr)
    if sniffed.kind == "docx":
        return read_docx(sniffed.data)
    if sniffed.kind == "office":
        return read_office(sniffed.data, suffix=".rtf" if sniffed.data.startswith(b"{\\rtf") else ".doc")
    if len(sniffed.data) > MAX_TEXT_BYTES:
        raise SetAside("too_large", f"{len(sniffed.data) >> 20} MiB of text, more than {MAX_TEXT_BYTES >> 20}",
                       "Split the file.")
    if sniffed.kind == "html":
        return read_html(sniffed.data, url=url)
    if sniffed.kind == "mhtml":
        data, location = html_part(sniffed.data)
        return replace(read_html(data, url=url or location), kind="mhtml")
    if sniffed.kind == "markdown":
        return read_markdown(sniffed.data)
    return read_plain(sniffed.data)


def warm_up() -> None:
    """Load lists and libraries once, before the first file is timed and its memory is counted."""
    from pipeline.documents.facts import read_facts

    load_sites()
    read_html("<p>预热：样例办法自公布之日起施行。</p>".encode("gb18030"))
    for text, lang in (("样例办法\n第一条 本办法自2024年1月1日起施行。", "zh-Hans"), ("Sample Act\nArticle 1 Scope.", "en")):
        read_facts(text, lang=lang, sidecar=None, page=PageHints(), rel_path="warm_up.txt")
