"""Documents: one searchable table, built in the browser so that it works for ten thousand rows."""

from __future__ import annotations

from typing import Any

from pipeline.reports.blocks import Block, Island, Prose, Section
from pipeline.reports.material import Material, title_of
from pipeline.reports.numbers import counted
from pipeline.reports.words import Text, label_or_code, say

ORDER = 70
CODED = ("tier", "doc_type", "status")


def build(material: Material) -> Section:
    """Rows: id, title, date, issuers en, issuers zh, tier, type, status, language, sentences, shares of both frames."""
    rows = [_row(material, row) for row in material.documents.itertuples(index=False)]
    words = {kind: {code: [text.en, text.zh] for code, text in _labels(material, kind).items()} for kind in CODED}
    blocks: list[Block] = [Prose(say("documents_lead", n=counted("documents", len(rows))), "lead"),
                           Island("documents", {"rows": rows, "words": words})]
    return Section("documents", say("section_documents"), tuple(blocks))


def _row(material: Material, row: Any) -> list[Any]:
    issuers = material.issuers(row)
    share = [round(n / row.n_body, 4) if row.n_body else None for n in (row.n_development, row.n_security)]
    return [row.doc_id, title_of(row), row.date_issued if isinstance(row.date_issued, str) else "", issuers.en,
            issuers.zh if issuers.zh != issuers.en else 0, *(_code(getattr(row, kind)) for kind in CODED),
            _code(row.lang), int(row.n_body), *share]


def _labels(material: Material, kind: str) -> dict[str, Text]:
    codes = sorted({str(code) for code in material.documents[kind].dropna()})
    return {code: label_or_code(kind, code) for code in codes}


def _code(value: object) -> str:
    return value if isinstance(value, str) else ""
