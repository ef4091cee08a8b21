"""Claims: what papers say, checked on the tables, with verdicts."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pandas as pd

from pipeline.reports.blocks import Block, Cell, Column, Evidence, Prose, Section, Table, shown
from pipeline.reports.material import Material
from pipeline.reports.numbers import count, is_number, plain_number
from pipeline.reports.verdicts import history_tables
from pipeline.reports.words import label, plain, say

ORDER = 60
VERDICTS = ("holds", "fails", "inconclusive", "too_little_data", "not_testable")


def build(material: Material) -> Section:
    """The ledger, settled claims first; a row opens the sentences for and against."""
    claims = material.tables["claims"]
    ranks = [VERDICTS.index(verdict) if verdict in VERDICTS else len(VERDICTS) for verdict in claims["verdict"]]
    facts = [json.loads(value) if isinstance(value, str) and value else {} for value in claims["evidence"]]
    frame = claims.assign(rank=ranks, **{name: [shown(fact.get(name)) for fact in facts] for name in WORDS},
                          n_for=[len(fact.get("for", ())) for fact in facts],
                          n_against=[len(fact.get("against", ())) for fact in facts],
                          previous_verdict=pd.Series([_earlier(fact) for fact in facts], dtype=object, index=claims.index),
                          previous_estimate=[fact.get("previous_estimate") for fact in facts])
    frame = frame.sort_values(["rank", "claim_id"]).drop(columns=["rank", "evidence"]).reset_index(drop=True)
    counts = claims["verdict"].value_counts()
    lead = say("claims_lead", n=count(len(claims)), **{verdict: count(counts.get(verdict, 0)) for verdict in VERDICTS})
    evidence = {f"claim-{one}": _evidence(one, fact) for one, fact in zip(claims["claim_id"], facts, strict=True)}
    table = Table("claims", say("table_claims"), frame, _columns(history=bool(frame["previous_verdict"].notna().any())),
                  max_rows=400, empty=say("empty_claims"), evidence=evidence)
    names = {str(claim_id): shown(fact.get("claim")) for claim_id, fact in zip(claims["claim_id"], facts, strict=True)}
    blocks: list[Block] = [Prose(lead, "lead"), Prose(say("claims_rule"), "note"), *_history(frame), table,
                           *history_tables(material, names, VERDICTS)]
    return Section("claims", say("section_claims"), tuple(blocks))


WORDS = ("claim", "publication", "rule", "universe", "lang", "note")


def _evidence(claim_id: str, fact: Mapping[str, Any]) -> Evidence:
    """Sentences for and against; the remark is the rule in words and the figures behind the verdict."""
    sentences = tuple((str(doc_id), int(sent_no), side) for side in ("for", "against")
                      for doc_id, sent_no in fact.get(side, ()) if sent_no is not None)
    figures = "; ".join(f"{name}: {plain_number(value) if isinstance(value, float) else shown(value)}"
                        for name, value in fact.get("numbers", {}).items())
    remark = " ".join(filter(None, (fact.get("rule"), figures, fact.get("note"))))
    return Evidence(plain(f"{claim_id}: {shown(fact.get('claim'))}"), plain(remark), sentences)


def _earlier(fact: Mapping[str, Any]) -> str | None:
    """The verdict of the run before, when there was one. Raises: UnknownLabel for one that is none."""
    verdict = fact.get("previous_verdict")
    if verdict is None:
        return None
    label("verdict", verdict)
    return str(verdict)


def _history(frame: pd.DataFrame) -> list[Block]:
    """What flipped since the last run; nothing on the first."""
    known = frame[frame["previous_verdict"].notna()]
    if known.empty:
        return []
    flipped = known[known["previous_verdict"] != known["verdict"]].reset_index(drop=True)
    new = len(frame) - len(known)
    words = Prose(say("claims_flipped", n=count(len(flipped)), total=count(len(known)), new=count(new)))
    if flipped.empty:
        return [words]
    columns = (Column(say("column_claim_id"), lambda row: Cell(plain(row.claim_id), css="mono whole")),
               Column(say("column_claim"), lambda row: Cell(plain(row.claim), css="title roomy")),
               Column(say("column_verdict_before"), lambda row: _verdict(row.previous_verdict)),
               Column(say("column_now"), lambda row: _verdict(row.verdict)),
               Column(say("column_estimate_before"), lambda row: plain(plain_number(row.previous_estimate)), numeric=True),
               Column(say("column_estimate"), lambda row: plain(plain_number(row.estimate)), numeric=True))
    return [words, Table("claims_flipped", say("table_flipped"), flipped, columns)]


def _verdict(verdict: object) -> Cell:
    return Cell(label("verdict", verdict), css=f"verdict {verdict}")


def _columns(*, history: bool) -> tuple[Column, ...]:
    before = (Column(say("column_verdict_before"), lambda row: Cell(label("verdict", row.previous_verdict), css="thin")),)
    return (Column(say("column_claim_id"), lambda row: Cell(plain(row.claim_id), css="mono whole")),
            Column(say("column_claim"), lambda row: Cell(plain(row.claim), css="title roomy")),
            Column(say("column_publication"), lambda row: Cell(plain(row.publication), css="name")),
            Column(say("column_verdict"), lambda row: _verdict(row.verdict)), *(before if history else ()),
            Column(say("column_estimate"), lambda row: plain(plain_number(row.estimate)), numeric=True),
            Column(say("tip_interval"), lambda row: plain(span(row.low, row.high)), numeric=True),
            Column(say("column_documents"), lambda row: plain(count(row.n_documents)), numeric=True),
            Column(say("column_evidence"), lambda row: Cell(say("show_why"), css="screen", point=f"claim-{row.claim_id}")))


def span(low: object, high: object) -> str:
    """`0.101 to 0.224`, or a dash."""
    return f"{plain_number(low)} … {plain_number(high)}" if is_number(low) and is_number(high) else "–"
