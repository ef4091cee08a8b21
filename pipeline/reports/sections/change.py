"""Change: slope and break of every core series, and whether the headline slopes survive other defensible choices."""

from __future__ import annotations

import math
from typing import Any

import pandas as pd

from pipeline.reports.blocks import Block, Cell, Column, Heading, Prose, Section, Table
from pipeline.reports.curves import curve_chart
from pipeline.reports.findings import LANGS, cause, headlines, previous
from pipeline.reports.material import Material
from pipeline.reports.numbers import count, is_number, percent, points
from pipeline.reports.series import as_list
from pipeline.reports.words import Text, join, label, label_or_code, plain, say

ORDER = 25


def build(material: Material) -> Section:
    """What moved since the last report and why; then one row per measure and language, and every specification behind the
    word robust or fragile."""
    rows = _rows(material)
    blocks: list[Block] = [Table("moved", say("table_moved"), _moved(material), _moved_columns(), note=say("note_moved"),
                                 empty=say("empty_moved")), Prose(say("change_lead"), "lead"), Prose(say("change_note"), "note")]
    blocks += [Table(f"change_{lang}", say("table_change", lang=label("lang", lang)), part.reset_index(drop=True),
                     _columns(), empty=say("empty_change"))
               for lang in LANGS for part in [rows[(rows["lang"] == lang) & rows["slope"].notna()]]]
    curve = _curve(material)
    blocks += [Heading(say("heading_curve"), id="curve"), Prose(say("note_specifications"), "note")]
    for lang in LANGS:
        part = curve[curve["lang"] == lang].reset_index(drop=True)
        ways = Table(f"specifications_{lang}", say("table_specifications"), part, _curve_columns(), empty=say("empty_change"))
        blocks += filter(None, [curve_chart(material, part, ways, _choices, lang)])
    return Section("change", say("section_change"), tuple(blocks))


def _moved(material: Material) -> pd.DataFrame:
    """One row per headline that the last report had too: both numbers and the parts of the difference."""
    found = [(row.finding_id, row.kind, before.as_of, before.estimate, row.estimate, why.text.en, why.text.zh, why.packed)
             for row in headlines(material) if (before := previous(material, row.finding_id)) is not None
             for why in [cause(material, row)]]
    return pd.DataFrame(found, columns=["finding_id", "kind", "since", "before", "now", "cause", "cause_zh", "parts"])


def _moved_columns() -> tuple[Column, ...]:
    def number(kind: str, value: object) -> Text:
        return plain(count(value) if kind == "count" else points(float(str(value))) if kind == "change" else percent(value))

    return (Column(say("column_headline"), lambda row: label("headline", row.finding_id)),
            Column(say("column_since"), lambda row: plain(row.since)),
            Column(say("column_then"), lambda row: number(row.kind, row.before), numeric=True),
            Column(say("column_today"), lambda row: number(row.kind, row.now), numeric=True),
            Column(say("column_cause"), lambda row: Text(row.cause, row.cause_zh)))


FRAME = ["measure", "lang", "slope", "slope_low", "slope_high", "break_year", "break_low", "break_high", "p_adjusted",
         "shift", "robust", "agreeing", "n_documents"]


def _rows(material: Material) -> pd.DataFrame:
    trends = material.trends
    found: dict[tuple[str, str], dict[str, Any]] = {}
    for row in trends[trends["grouping"].isin(["change", "robustness"])].itertuples(index=False):
        entry = found.setdefault((str(row.lang), str(row.measure)), {"measure": row.measure, "lang": row.lang})
        flags = as_list(row.flags)
        if row.grouping == "robustness":
            entry |= {"robust": "robust" if "robust" in flags else "fragile", "agreeing": row.estimate}
        elif row.group_value == "slope_per_year":
            entry |= {"slope": row.estimate, "slope_low": row.low, "slope_high": row.high, "n_documents": row.n_documents}
        else:
            values = dict(flag.split("=", 1) for flag in flags if "=" in flag)
            entry |= {"break_year": None if "no_break" in flags else row.estimate, "break_low": row.low,
                      "break_high": row.high, "p_adjusted": _number(values.get("holm")),
                      "shift": _number(values.get("shift"))}
    frame = pd.DataFrame([found[key] for key in sorted(found)]).reindex(columns=FRAME)
    lead = {name: place for place, name in enumerate(("development", "security", "balance", "both"))}
    order = frame["measure"].map(lambda name: lead.get(str(name), len(lead)))
    return frame.assign(order=order).sort_values(["order", "measure"]).drop(columns="order").reset_index(drop=True)


def _number(text: str | None) -> float | None:
    return None if text is None or math.isnan(float(text)) else float(text)


def _columns() -> tuple[Column, ...]:
    def year(row: Any) -> Text:
        if is_number(row.break_year):
            return plain(f"{row.break_year:.0f} ({row.break_low:.0f}–{row.break_high:.0f})")
        return say("no_break") if is_number(row.p_adjusted) else plain("–")

    return (Column(say("column_measure"), lambda row: Cell(label_or_code("measure", row.measure),
                                                           css=f"frame-{row.measure}")),
            Column(say("column_slope"), lambda row: plain(_points(row.slope)), numeric=True),
            Column(say("tip_interval"), lambda row: plain(_span(row.slope_low, row.slope_high)), numeric=True),
            Column(say("column_break"), year, numeric=True),
            Column(say("column_shift"), lambda row: plain(_points(row.shift) if is_number(row.break_year) else "–"),
                   numeric=True),
            Column(say("column_p"), lambda row: plain(f"{row.p_adjusted:.3f}" if is_number(row.p_adjusted) else "–"),
                   numeric=True),
            Column(say("column_robust"), lambda row: label("robust", row.robust if isinstance(row.robust, str) else None)),
            Column(say("column_documents"), lambda row: plain(count(row.n_documents)), numeric=True))


def _curve(material: Material) -> pd.DataFrame:
    rows = material.trends[material.trends["grouping"] == "specification"]
    frame = rows[["measure", "lang", "group_value", "estimate", "low", "high", "n_documents"]]
    return frame.sort_values(["lang", "measure", "group_value"], ascending=[False, True, True]).reset_index(drop=True)


def _curve_columns() -> tuple[Column, ...]:
    return (Column(say("column_measure"), lambda row: label_or_code("measure", row.measure)),
            Column(say("column_lang"), lambda row: label("lang", row.lang)),
            Column(say("column_choices"), lambda row: _choices(str(row.group_value))),
            Column(say("column_slope_raw"), lambda row: plain(f"{row.estimate:+.4f}".replace("-", "−")), numeric=True),
            Column(say("tip_interval"), lambda row: plain(f"{row.low:+.4f} … {row.high:+.4f}".replace("-", "−")),
                   numeric=True),
            Column(say("column_documents"), lambda row: plain(count(row.n_documents)), numeric=True))


def _choices(value: str) -> Text:
    """The parts of a specification in words: universe, years, unit, reposts, method."""
    parts = [label_or_code("universe" if place == 0 else "choice", part) for place, part in enumerate(value.split(" | "))]
    return join([Text(f"{part.en};", f"{part.zh}；") for part in parts[:-1]] + parts[-1:])


def _points(value: object) -> str:
    return points(float(str(value)), digits=2) if is_number(value) else "–"


def _span(low: object, high: object) -> str:
    return f"{_points(low)} … {_points(high)}" if is_number(low) and is_number(high) else "–"
