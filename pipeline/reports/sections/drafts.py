"""Drafts and versions: what changed between a draft and its final, and between successive versions of one text.

Context `alignments` (alignments.compare_corpus): `versions`, `changes`. Without it the section has no blocks.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from pipeline.reports.blocks import Block, Cell, Column, Heading, Prose, Section, Table, shown
from pipeline.reports.evidence import shorten
from pipeline.reports.material import Material, title_of
from pipeline.reports.numbers import count
from pipeline.reports.series import as_list
from pipeline.reports.words import Text, join, label, plain, say

ORDER = 43
DETAILED = 12             # newest pairs with their changes on the page; all are in data/version_pairs.csv
MAX_CHANGES = 25          # on the page; data/changes_*.csv holds all
FIRST_CHANGES = 5
CHANGES = ("added", "removed", "moved", "reworded")
EFFECTS = ("development_gained", "development_lost", "security_gained", "security_lost", "tighter", "looser", "addressee",
           "number", "deadline", "penalty", "reference")


def build(material: Material) -> Section:
    """All pairs in one table, then each pair with its changes."""
    frames = material.context.get("alignments", {})
    blocks: list[Block] = []
    if "versions" in frames:
        pairs = frames["versions"]
        kept = pairs[pairs["doc_a"].isin(material.by_id) & pairs["doc_b"].isin(material.by_id)].reset_index(drop=True)
        dates = {row: shown(material.by_id[row.doc_b].date_issued) for row in kept.itertuples(index=False)}
        newest = sorted(dates, key=lambda row: (dates[row], row.doc_a, row.doc_b), reverse=True)[:DETAILED]
        n_drafts = int((kept["kind"] == "draft").sum())
        blocks = [Prose(say("drafts_lead", n=count(len(kept)), drafts=count(n_drafts), versions=count(len(kept) - n_drafts)), "lead"),
                  Prose(say("drafts_note"), "note"),
                  Table("version_pairs", say("table_linked_versions"), kept,
                        _pair_columns(material, {_anchor(row) for row in newest}), empty=say("empty_commitments"),
                        note=say("note_linked_versions", n=count(len(newest))))]
        for row in newest:
            blocks += _pair(material, row, frames["changes"])
    return Section("drafts", say("section_drafts"), tuple(blocks))


def _pair_columns(material: Material, below: set[str]) -> tuple[Column, ...]:
    def title(row: Any) -> Cell:
        href = f"#{_anchor(row)}" if _anchor(row) in below else f"documents/{row.doc_b}.html"
        return Cell(plain(title_of(material.by_id[row.doc_b])), href=href, css="title")

    def dates(row: Any) -> Text:
        return plain(" → ".join(shown(material.by_id[doc_id].date_issued) for doc_id in (row.doc_a, row.doc_b)))

    return (Column(say("column_document"), title), Column(say("column_version"), lambda row: label("version_kind", row.kind)),
            Column(say("column_dates"), dates), *(Column(label("change", name), _counter(f"n_{name}"), numeric=True)
                                                 for name in CHANGES),
            *(Column(label("effect", name), _counter(f"n_{name}"), numeric=True) for name in ("tighter", "looser")),
            Column(say("column_security_net"), _net("security"), numeric=True),
            Column(say("column_development_net"), _net("development"), numeric=True))


def _anchor(row: Any) -> str:
    return f"diff-{row.doc_a}-{row.doc_b}"


def _counter(name: str) -> Any:
    return lambda row: plain(count(getattr(row, name)))


def _net(frame: str) -> Any:
    return lambda row: plain(f"+{getattr(row, f'n_{frame}_gained')} / −{getattr(row, f'n_{frame}_lost')}")


def _pair(material: Material, row: Any, changes: pd.DataFrame) -> list[Block]:
    """Heading, summary and changes of one pair."""
    found = changes[(changes["doc_a"] == row.doc_a) & (changes["doc_b"] == row.doc_b)].reset_index(drop=True)
    effects = [(name, int(getattr(row, f"n_{name}"))) for name in EFFECTS]
    said = [say("effect_count", effect=label("effect", name), n=count(n)) for name, n in effects if n]
    summary = say("drafts_summary", n=count(row.n_changes), **{name: count(getattr(row, f"n_{name}")) for name in CHANGES},
                  effects=join(said, en=", ", zh="、") if said else say("effects_none"))
    frame = found.drop(columns=["work_id"]).assign(**{
        name: [_listed(value) for value in found[name]] for name in ("effects", "removed", "inserted", "sents_a", "sents_b")})
    title = Text(f"{title_of(material.by_id[row.doc_b])}: {label('version_kind', row.kind).en}",
                 f"{title_of(material.by_id[row.doc_b])}：{label('version_kind', row.kind).zh}")
    table = Table(f"changes_{row.doc_a}_{row.doc_b}", say("table_changes"), frame, _change_columns(material),
                  max_rows=MAX_CHANGES, page=FIRST_CHANGES, empty=say("no_changes"))
    return [Heading(title, _anchor(row)), Prose(summary), table]


def _listed(value: object) -> str:
    return " | ".join(str(one) for one in as_list(value))


def _change_columns(material: Material) -> tuple[Column, ...]:
    def side(letter: str) -> Any:
        def cell(row: Any) -> Cell:
            first = next(iter(_sents(getattr(row, f"sents_{letter}"))), None)
            link = material.link(getattr(row, f"doc_{letter}"), first)
            return Cell(plain(shorten(getattr(row, f"text_{letter}"), limit=220)), href=link.href if first is not None else "",
                        css="roomy")
        return cell

    def articles(row: Any) -> Text:
        one, other = (article if isinstance(article, str) else "–" for article in (row.article_a, row.article_b))
        return plain(one if one == other else f"{one} → {other}")

    return (Column(say("column_change"), lambda row: label("change", row.change)), Column(say("column_article"), articles),
            Column(say("column_effects"), _effects), Column(say("column_before"), side("a")), Column(say("column_after"), side("b")),
            Column(say("column_gone"), lambda row: Cell(plain(shorten(row.removed, limit=120)), css="roomy")),
            Column(say("column_came"), lambda row: Cell(plain(shorten(row.inserted, limit=120)), css="roomy")))


def _sents(value: str) -> Sequence[int]:
    return [int(one) for one in value.split(" | ") if one]


def _effects(row: Any) -> Text:
    names = [label("effect", name) for name in row.effects.split(" | ") if name]
    return join(names, en=", ", zh="、") if names else label("effect", "wording")
