"""Keyness: the words that tell two sides of a comparison apart, with intervals."""

from __future__ import annotations

import json
from typing import Any

import pandas as pd

from pipeline.reports import whiskers
from pipeline.reports.blocks import Chart, Column, Prose, Table
from pipeline.reports.material import Material
from pipeline.reports.numbers import count, is_number
from pipeline.reports.plotting import listed
from pipeline.reports.series import as_list, records
from pipeline.reports.words import Text, join, label, label_or_code, plain, say

EACH = 8     # words drawn of each side
LEVEL = 0.05


def keyness_blocks(material: Material) -> list[Chart | Table | Prose]:
    """One chart per comparison and language; a sentence where a side has too few documents."""
    table = material.tables.get("keyness", pd.DataFrame())
    if table.empty:
        return []
    groups = table.groupby(["comparison", "lang"], sort=True)
    return [_block(material, part.reset_index(drop=True)) for _, part in groups]


def _block(material: Material, rows: pd.DataFrame) -> Chart | Table | Prose:
    first = rows.iloc[0]
    facts: dict[str, Any] = {
        "a": _slice(material, first["slice_a"]), "b": _slice(material, first["slice_b"]), "lang": label("lang", first["lang"]),
        "n_a": count(first["size_a"]), "n_b": count(first["size_b"])}
    cut = rows["flags"].map(lambda flags: "inside_longer" in as_list(flags)).astype(bool)  # the segmenter's difference, not the texts'
    firm = rows[rows["term"].notna() & ~cut & (rows["q"] < LEVEL) & ((rows["low"] > 0) | (rows["high"] < 0))]
    if rows["term"].isna().all():
        return Prose(say("keyness_thin", **facts), "note")
    if firm.empty:
        return Prose(say("keyness_none", **facts), "note")
    ranked = firm.sort_values(["log_odds", "term"], ascending=[False, True])
    drawn = pd.concat([ranked[ranked["log_odds"] > 0].head(EACH), ranked[ranked["log_odds"] < 0].tail(EACH)])
    values = [{"group_en": row["term"], "group_zh": row["term"], "rank": rank, "estimate": row["log_odds"], "low": row["low"],
               "high": row["high"], "side": "a" if row["log_odds"] > 0 else "b", "n_a": int(row["n_a"]), "n_b": int(row["n_b"]),
               "interval": f"{row['low']:.2f} … {row['high']:.2f}"} for rank, row in enumerate(records(drawn))]
    sides = [listed([plain(term) for term in part["term"].head(3)], most=3)
             for part in (ranked[ranked["log_odds"] > 0], ranked[ranked["log_odds"] < 0].iloc[::-1])]
    title = say("title_keyness", words_a=sides[0], words_b=sides[1], **facts)
    name = f"keyness_{first['comparison']}_{first['lang']}"
    words = join([say("caption_keyness", n=count(len(firm)), **facts), say("source_plain", as_of=material.as_of)])
    heard = join([say("alt_keyness", term=row["term"], odds=f"{row['log_odds']:.2f}",
                      span=f"{row['low']:.2f} … {row['high']:.2f}") for row in records(drawn)])
    specs = {ui: whiskers.diverging(ui, title=say("axis_keyness", **facts), names=(facts["a"].of(ui), facts["b"].of(ui)),
                                  n_rows=len(drawn)) for ui in ("en", "zh")}
    return Chart(name, title, heard, words, values, specs,
                 Table(name, title, ranked.drop(columns=["flags"]).reset_index(drop=True), _columns(facts), max_rows=40), wide=True)


def _slice(material: Material, value: object) -> Text:
    """The conditions of one side in words: `{"tier": ["local"]}` as `Local`. Raises: UnknownLabel for an unknown condition."""
    try:
        given = json.loads(str(value))
    except json.JSONDecodeError:
        return plain(value)
    parts = [_condition(material, key, held if isinstance(held, list) else [held]) for key, held in sorted(given.items())]
    return join(parts, en=", ", zh="、")


def _condition(material: Material, key: str, held: list[Any]) -> Text:
    bare = key.removeprefix("not_")
    names = [material.name(one) if bare == "issuers" else label_or_code(bare, one) if bare in ("tier", "doc_type", "status")
             else plain(one) for one in held]
    words = listed(names, most=2)
    if bare in ("tier", "doc_type", "status", "issuers") and bare == key:
        return words
    return say(f"slice_{key}", what=words)


def _columns(facts: dict[str, Any]) -> tuple[Column, ...]:
    return (Column(say("column_word"), lambda row: plain(row.term)),
            Column(say("column_log_odds"), lambda row: plain(f"{row.log_odds:+.2f}".replace("-", "−")), numeric=True),
            Column(say("tip_interval"), lambda row: plain(f"{row.low:.2f} … {row.high:.2f}" if is_number(row.low) else "–"),
                   numeric=True),
            Column(facts["a"], lambda row: plain(f"{count(row.n_a)} / {count(row.documents_a)}"), numeric=True),
            Column(facts["b"], lambda row: plain(f"{count(row.n_b)} / {count(row.documents_b)}"), numeric=True),
            Column(say("column_q"), lambda row: plain(f"{row.q:.4f}"), numeric=True))
