"""Claims: what papers say, checked on the tables, with verdicts."""

from __future__ import annotations

import json
from typing import Any

import pandas as pd

from pipeline.reports.blocks import Block, Cell, Column, Prose, Section, Table, shown
from pipeline.reports.material import Material
from pipeline.reports.numbers import count, is_number
from pipeline.reports.words import Text, label, plain, say

ORDER = 60
VERDICTS = ("holds", "fails", "inconclusive", "too_little_data", "not_testable")


def build(material: Material) -> Section:
    """The ledger, settled claims first."""
    claims = material.tables["claims"]
    order = {verdict: place for place, verdict in enumerate(VERDICTS)}
    ranks = [order.get(verdict, len(order)) for verdict in claims["verdict"]]
    frame = claims.assign(rank=ranks).sort_values(["rank", "claim_id"]).drop(columns="rank").reset_index(drop=True)
    words = claim_words(material)
    frame = frame.assign(claim=[words.get(str(one), plain("–")).en for one in frame["claim_id"]],
                         evidence=[_as_json(value) for value in frame["evidence"]])
    counts = claims["verdict"].value_counts()
    lead = say("claims_lead", n=count(len(claims)), **{verdict: count(counts.get(verdict, 0)) for verdict in VERDICTS})
    blocks: list[Block] = [Prose(lead, "lead"), Prose(say("claims_rule"), "note"),
                           Table("claims", say("table_claims"), frame, _columns(material, words),
                                 empty=say("empty_claims"))]
    return Section("claims", say("section_claims"), tuple(blocks))


def claim_words(material: Material) -> dict[str, Text]:
    """claim_id → the claim in words and its publication, from context `claims`."""
    given = material.context.get("claims", {})
    return {str(one): plain(shown(entry["claim"])) for one, entry in given.items()}


def _columns(material: Material, words: dict[str, Text]) -> tuple[Column, ...]:
    given = material.context.get("claims", {})

    def claim(row: Any) -> Text:
        return words.get(str(row.claim_id), plain("–"))

    def publication(row: Any) -> Text:
        return plain(shown(given.get(str(row.claim_id), {}).get("publication")))

    return (Column(say("column_claim_id"), lambda row: Cell(plain(row.claim_id), css="mono")),
            Column(say("column_claim"), claim), Column(say("column_publication"), publication),
            Column(say("column_verdict"), lambda row: Cell(label("verdict", row.verdict), css=f"verdict {row.verdict}")),
            Column(say("column_estimate"), lambda row: plain(number(row.estimate)), numeric=True),
            Column(say("tip_interval"), lambda row: plain(span(row.low, row.high)), numeric=True),
            Column(say("column_documents"), lambda row: plain(count(row.n_documents)), numeric=True),
            Column(say("column_sentences"), lambda row: plain(count(row.n_sentences)), numeric=True),
            Column(say("column_evidence"), lambda row: _evidence(material, row)))


def number(value: object) -> str:
    """An estimate in the claim's own unit, three digits after the point."""
    return f"{float(str(value)):.3f}" if is_number(value) else "–"


def span(low: object, high: object) -> str:
    """`0.101 to 0.224`, or a dash."""
    return f"{number(low)} … {number(high)}" if is_number(low) and is_number(high) else "–"


def _evidence(material: Material, row: Any) -> Cell:
    found = json.loads(row.evidence) if isinstance(row.evidence, str) and row.evidence else None
    for key in _keys(found):
        if key[0] in material.by_id:
            return material.link(*key)
    return Cell(plain("–"))


def _keys(value: Any) -> list[tuple[str, Any]]:
    """Sentence keys anywhere in an evidence value: {"doc_id", "sent_no"} mappings or [doc_id, sent_no] pairs."""
    if isinstance(value, dict):
        if isinstance(value.get("doc_id"), str):
            return [(value["doc_id"], value.get("sent_no"))]
        return [key for part in value.values() for key in _keys(part)]
    if isinstance(value, list):
        if len(value) == 2 and isinstance(value[0], str) and isinstance(value[1], int):
            return [(value[0], value[1])]
        return [key for part in value for key in _keys(part)]
    return []


def _as_json(value: object) -> str:
    if value is None or (isinstance(value, float) and value != value):
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, sort_keys=True)


__all__ = ["ORDER", "VERDICTS", "build", "claim_words", "pd"]
