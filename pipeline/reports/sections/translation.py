"""Translation: the development/security curve on each side and on pairs only, and where the English says something else.

Context `alignments` (alignments.compare_corpus): `sides`, `pairs`, `shifts`. Without it the section has no blocks.
"""

from __future__ import annotations

from typing import Any

import pandas as pd

from pipeline.reports.blocks import Block, Cell, Column, Prose, Section, Table, shown
from pipeline.reports.evidence import shorten
from pipeline.reports.material import Material
from pipeline.reports.numbers import count, is_number, percent, points
from pipeline.reports.series import as_list, records, rows_at
from pipeline.reports.words import Text, label, plain, say

ORDER = 42
MAX_SHIFTS = 60
DIFFERENCES = ("alone", "translation")
BINDINGS = ("shall", "should", "will", "may", "none")


def build(material: Material) -> Section:
    """How much of an English finding is translation, pair by pair, and the passages that shift, with reasons."""
    frames = material.context.get("alignments", {})
    blocks: tuple[Block, ...] = ()
    if "sides" in frames and len(frames["pairs"]):
        sides = frames["sides"]
        blocks = (Prose(say("translation_lead"), "lead"), _answer(sides), Prose(say("translation_note"), "note"),
                  _sides("sides_all", sides[sides["period"] == "all"], first="column_estimator"),
                  _sides("sides_by_year", _by_year(sides), first="column_year"), _pairs(material, frames["pairs"]),
                  *_shifts(material, frames["shifts"]))
    return Section("translation", say("section_translation"), blocks)


def _answer(sides: pd.DataFrame) -> Prose:
    """The gap by English alone, by Chinese alone, their difference and the part of it that is translation."""
    rows = sides[(sides["period"] == "all") & (sides["estimator"] == "raw") & (sides["measure"] == "gap")]
    found = {row["side"]: row for row in records(rows)}
    if not {"en_alone", "zh_alone", *DIFFERENCES} <= set(found):
        return Prose(say("translation_thin"))
    values = {name: _points(row) for name, row in found.items()}
    return Prose(say("translation_answer", n=count(found["translation"]["n_documents"]),
                     links=count(found["translation"]["n"]), **values))


def _points(row: Any) -> Text:
    """`+3.8 (2.2 to 5.4)` in percentage points."""
    value = points(row["estimate"])
    if not is_number(row["low"]):
        return plain(value)
    low, high = (points(row[end]) for end in ("low", "high"))
    return Text(f"{value} ({low} to {high})", f"{value}（{low} 至 {high}）")


def _by_year(sides: pd.DataFrame) -> pd.DataFrame:
    rows = sides[(sides["period"] != "all") & (sides["measure"] == "gap")]
    return rows.sort_values(["period"], ascending=False, kind="stable").reset_index(drop=True)


def _sides(name: str, rows: pd.DataFrame, *, first: str) -> Table:
    def start(row: Any) -> Text:
        return label("estimator", row.estimator) if first == "column_estimator" else plain(row.period)

    def value(row: Any) -> Text:
        is_share = row.side not in DIFFERENCES and row.measure != "gap"
        return plain(percent(row.estimate) if is_share else points(row.estimate))

    def span(row: Any) -> Text:
        if not is_number(row.low):
            return plain("–")
        is_share = row.side not in DIFFERENCES and row.measure != "gap"
        return plain(" … ".join(percent(end) if is_share else points(end) for end in (row.low, row.high)))

    columns = (Column(say(first), start), Column(say("column_measure"), lambda row: label("side_measure", row.measure)),
               Column(say("column_side"), lambda row: label("side", row.side)), Column(say("column_value"), value, numeric=True),
               Column(say("tip_interval"), span, numeric=True),
               Column(say("column_texts"), lambda row: plain(count(row.n_documents)), numeric=True),
               Column(say("column_units"), lambda row: plain(count(row.n)), numeric=True))
    return Table(name, say(f"table_{name}"), rows.reset_index(drop=True), columns, note=say("note_sides"), max_rows=160,
                 empty=say("empty_commitments"))


def _pairs(material: Material, pairs: pd.DataFrame) -> Table:
    def moved(frame: str) -> Any:
        return lambda row: plain(points(getattr(row, f"{frame}_en") - getattr(row, f"{frame}_zh")) if row.n_links else "–")

    columns = (Column(say("column_version_en"), lambda row: material.link(row.en_doc_id)),
               Column(say("column_version_zh"), lambda row: material.link(row.zh_doc_id)),
               Column(say("column_links"), lambda row: plain(count(row.n_links)), numeric=True),
               Column(label("side_measure", "development"), moved("development"), numeric=True),
               Column(label("side_measure", "security"), moved("security"), numeric=True),
               Column(label("shift", "softened"), lambda row: plain(percent(row.softened)), numeric=True),
               Column(label("shift", "hardened"), lambda row: plain(percent(row.hardened)), numeric=True),
               Column(say("column_duties"), lambda row: plain(count(row.n_binding)), numeric=True),
               *(Column(label("binding", name), _counter(name), numeric=True) for name in BINDINGS),
               Column(label("shift", "dropped"), lambda row: plain(count(row.n_dropped)), numeric=True),
               Column(label("shift", "added"), lambda row: plain(count(row.n_added)), numeric=True))
    return Table("translation_pairs", say("table_translation_pairs"), pairs, columns, note=say("note_translation_pairs"))


def _counter(name: str) -> Any:
    return lambda row: plain(count(getattr(row, name)))


def _shifts(material: Material, shifts: pd.DataFrame) -> list[Table]:
    """Passages coded differently, then those that stand on one side only; ranked."""
    one_sided = [bool({"dropped", "added"} & set(as_list(reasons))) for reasons in shifts["reasons"]]
    parts = {"shifts": shifts[[not flag for flag in one_sided]], "shifts_one_sided": shifts[one_sided]}
    return [_shift_table(material, name, part.reset_index(drop=True)) for name, part in parts.items()]


def _shift_table(material: Material, name: str, shifts: pd.DataFrame) -> Table:
    wanted = [(doc_id, number) for side in ("zh", "en") for doc_id, numbers in zip(
        shifts[f"{side}_doc_id"].head(MAX_SHIFTS), shifts[f"{side}_sents"].head(MAX_SHIFTS), strict=True) for number in as_list(numbers)]
    text = {key: str(row.text) for key, row in rows_at(material.tables["sentences"], wanted).items()}

    def side(doc: str, sents: str) -> Any:
        def cell(row: Any) -> Cell:
            numbers = [int(number) for number in getattr(row, sents).split()]
            words = " ".join(text.get((getattr(row, doc), number), "") for number in numbers)
            link = material.link(getattr(row, doc), numbers[0] if numbers else None)
            return Cell(plain(shorten(words, limit=260) if words else "–"), href=link.href, css="roomy")
        return cell

    frame = shifts.assign(**{name: [" ".join(map(str, as_list(value))) for value in shifts[name]]
                             for name in ("zh_sents", "en_sents", "reasons", "lost", "gained")})
    columns = (Column(say("column_reasons"), _reasons), Column(say("column_zh"), side("zh_doc_id", "zh_sents")),
               Column(say("column_en"), side("en_doc_id", "en_sents")), Column(say("column_modality"), _modality))
    return Table(name, say(f"table_{name}"), frame, columns, note=say("note_shifts"), max_rows=MAX_SHIFTS,
                 empty=say("empty_commitments"))


def _reasons(row: Any) -> Text:
    parts = []
    for reason in row.reasons.split():
        frames = [label("side_measure", frame) for frame in (row.lost if reason == "lost" else row.gained).split()] \
            if reason in ("lost", "gained") else []
        name = label("shift", reason)
        parts.append(Text(" ".join([name.en, *(frame.en for frame in frames)]), name.zh + "、".join(frame.zh for frame in frames)))
    return Text("; ".join(part.en for part in parts), "；".join(part.zh for part in parts))


def _modality(row: Any) -> Text:
    words = f"{row.zh_word} → {shown(row.en_word)}" if isinstance(row.zh_word, str) else ""
    codes = " → ".join(str(code) if isinstance(code, str) else "–" for code in (row.modality_zh, row.modality_en))
    return plain("; ".join(filter(None, (words, codes))))
