"""What is known of a document, where it is printed in the text, and how to cite it."""

from __future__ import annotations

import json
import re
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from typing import Any

from pipeline.reports.blocks import Cell, shown
from pipeline.reports.exports import native
from pipeline.reports.material import Material, title_of
from pipeline.reports.numbers import count, percent
from pipeline.reports.series import as_list
from pipeline.reports.words import Text, label_or_code, plain, say

Fact = tuple[Text, list[Cell], list[int]]
_ADDRESS = re.compile(r"https?://[^\s<>\"']{3,2000}")
CODED = (("column_tier", "tier"), ("column_doc_type", "doc_type"), ("column_status", "status"),
         ("column_bindingness", "bindingness"), ("column_audience", "audience"))
DATES = (("column_issued", "date_issued"), ("column_first_issued", "date_first_issued"), ("column_adopted", "date_adopted"),
         ("column_effective", "date_effective"))


def facts(material: Material, row: Any, *, versions: Sequence[str], sentences: Sequence[Any]) -> list[Fact]:
    """Metadata as (name, values, numbers of the sentences that print them); those without a value are left out.

    versions: doc_ids of the same work. sentences: of this document, in order.
    """
    printed = _printed(row, sentences)
    found: list[tuple[str, list[Cell | None], str]] = [
        ("column_issuer", [Cell(material.issuers(row))], "issuers"),
        *((key, [_words(name, getattr(row, name))], name) for key, name in CODED),
        *((key, [_text(getattr(row, name))], name) for key, name in DATES),
        ("column_basis", [_words("date_basis", row.date_basis)], ""),
        ("column_number", [_text(row.doc_number)], "doc_number"), ("column_jurisdiction", [_text(row.jurisdiction)], ""),
        ("column_topics", [_words("topic", one) for one in as_list(row.topics)], ""),
        ("column_legal_basis", [_text(one) for one in as_list(row.legal_basis)], "legal_basis"),
        ("column_frames", [Cell(_shares(row))], ""),
        ("column_versions", [material.link(one) for one in versions if one != row.doc_id], ""),
        ("column_supersedes", [material.link(one) for one in as_list(row.supersedes)], ""),
        ("column_duplicate_of", [material.link(row.duplicate_of) if isinstance(row.duplicate_of, str) else None], ""),
        ("column_flags", [_text(", ".join(map(str, as_list(row.flags))))], ""),
        ("column_source", [_text(row.source_url)], ""), ("column_path", [_text(row.path)], ""),
        ("column_sha256", [_text(row.sha256)], "")]
    return [(say(key), kept, printed.get(name, [])) for key, cells, name in found
            if (kept := [beside(cell) for cell in cells if cell])]


def _printed(row: Any, sentences: Sequence[Any]) -> dict[str, list[int]]:
    """Fact → numbers of the sentences it stands in, from the offsets in `evidence`."""
    starts = [int(sentence.start_char) for sentence in sentences]
    found: Mapping[str, Any] = json.loads(row.evidence) if isinstance(row.evidence, str) and row.evidence else {}
    out: dict[str, list[int]] = {}
    for name, value in found.items():
        spans = value if isinstance(value, list) and value and isinstance(value[0], list) else [value]
        numbers = [int(sentences[max(0, bisect_right(starts, int(span[0])) - 1)].sent_no) for span in spans
                   if isinstance(span, list) and len(span) == 2 and sentences]
        out[name] = list(dict.fromkeys(numbers))
    return out


def _words(kind: str, value: Any) -> Cell | None:
    return Cell(label_or_code(kind, value)) if isinstance(value, str) else None


def _text(value: Any) -> Cell | None:
    return Cell(plain(shown(value))) if shown(native(value)) != "–" else None


def _shares(row: Any) -> Text:
    body = int(row.n_body)
    return say("doc_shares", development=percent(row.n_development / body if body else None),
               security=percent(row.n_security / body if body else None), n=count(body))


def beside(cell: Cell) -> Cell:
    """A link as it must be written inside documents/."""
    return Cell(cell.text, cell.href.removeprefix("documents/"), cell.css)


def citation_parts(material: Material, row: Any) -> dict[str, str]:
    """What the page puts together for a chosen sentence; its number, article and offsets stand on the sentence."""
    names = material.issuers(row)
    return {"title": title_of(row), "number": "" if shown(row.doc_number) == "–" else shown(row.doc_number),
            "date": shown(row.date_issued), "issuer": names.zh if str(row.lang).startswith("zh") else names.en,
            "url": row.source_url if isinstance(row.source_url, str) and _ADDRESS.fullmatch(row.source_url) else "",
            "sha256": shown(row.sha256), "path": shown(row.path)}
