"""Formulations as a reader follows them: who said it first, who took it up, when it peaked, what replaced it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from functools import cached_property
from typing import Any

import pandas as pd

from pipeline.reports import whiskers
from pipeline.reports.blocks import Cell, Chart, Column, Evidence, Table, shown
from pipeline.reports.evidence import sample
from pipeline.reports.material import Material
from pipeline.reports.numbers import count, is_number, points
from pipeline.reports.plotting import wrapped
from pipeline.reports.series import as_list, records
from pipeline.reports.words import Text, join, label, plain, say

UNIVERSE = "cn_texts"
OPENED = 120      # families whose sentences a reader can open on the page
SENTENCES = 5
DRAWN = 14
MOVING = ("new", "rising", "falling", "gone")
ORDER = (*MOVING, "steady", "undated", "too_little_data")


class Families:
    """Families, uses and variants of one language in texts issued in China; `rows` newest movement first."""

    def __init__(self, material: Material, lang: str) -> None:
        self.material, self.lang = material, lang

    def _table(self, name: str) -> pd.DataFrame:
        table = self.material.tables.get(name, pd.DataFrame())
        if table.empty:
            return table
        return table[(table["universe"] == UNIVERSE) & (table["lang"] == self.lang)].reset_index(drop=True)

    @cached_property
    def rows(self) -> pd.DataFrame:
        """Rows of `formulations`: those that move first, then by documents."""
        table = self._table("formulations")
        if table.empty:
            return table
        rank = table["state"].map({state: place for place, state in enumerate(ORDER)})
        ordered = table.assign(rank=rank).sort_values(["rank", "n_documents", "family_id"], ascending=[True, False, True])
        return ordered.drop(columns="rank").reset_index(drop=True)

    @cached_property
    def uses(self) -> Mapping[str, set[tuple[str, int]]]:
        """family_id → the sentences that use it, of this report's documents."""
        table, found = self._table("formulation_uses"), defaultdict[str, set[tuple[str, int]]](set)
        for family_id, doc_id, sent_no in table[["family_id", "doc_id", "sent_no"]].itertuples(index=False) if len(table) else ():
            if doc_id in self.material.by_id:
                found[str(family_id)].add((str(doc_id), int(sent_no)))
        return found

    @cached_property
    def variants(self) -> pd.DataFrame:
        """Wordings that took over from an earlier one of their family beyond chance, latest turn first."""
        table = self._table("formulation_variants")
        if table.empty:
            return table
        replaced = table[["replaced" in as_list(flags) for flags in table["flags"]]]
        return replaced.sort_values(["q", "family_id", "variant"]).reset_index(drop=True)

    @cached_property
    def turns(self) -> Mapping[str, list[Any]]:
        """family_id → its rows of `variants`, in their order."""
        found: dict[str, list[Any]] = {}
        for row in self.variants.itertuples(index=False):
            found.setdefault(str(row.family_id), []).append(row)
        return found

    def name(self, row: Any) -> Text:
        """`English (中文)` for one that has names, else its wording."""
        if not isinstance(row.name_zh, str):
            return plain(shown(row.wording))
        return Text(f"{row.name_en} ({row.name_zh})", row.name_zh)


def slope_chart(families: Families) -> Chart | None:
    """Change of the share of documents per year: what moves beyond chance, and the largest of the rest in grey."""
    rows = families.rows
    if rows.empty:
        return None
    tested = rows[rows["slope"].map(is_number) & rows["slope_low"].map(is_number) & rows["slope_q"].map(is_number)]
    moving = tested[tested["state"].isin(MOVING)]
    rest = tested[~tested["state"].isin(MOVING)].sort_values(["slope_q", "family_id"]).head(max(0, DRAWN - len(moving)))
    drawn = pd.concat([moving.head(DRAWN), rest]).sort_values(["slope", "family_id"], ascending=[False, True])
    if drawn.empty:
        return None
    names = {row.family_id: families.name(row) for row in rows.itertuples(index=False)}
    values = [{**wrapped(names[row["family_id"]]), "rank": rank, "estimate": row["slope"] * 100, "low": row["slope_low"] * 100,
               "high": row["slope_high"] * 100, "thin": row["state"] not in MOVING, "n_documents": int(row["n_documents"]),
               "interval": f"{points(row['slope_low'], digits=2)} … {points(row['slope_high'], digits=2)}",
               "tip_en": names[row["family_id"]].en, "tip_zh": names[row["family_id"]].zh, "point_id": _point(row["family_id"])}
              for rank, row in enumerate(records(drawn))]
    counts = {state: count((rows["state"] == state).sum()) for state in MOVING}
    lang = label("lang", families.lang)
    title = say("title_slopes", lang=lang, n=count(len(tested)), **counts)
    heard = join([say("alt_slope", name=names[row["family_id"]], points=points(row["slope"], digits=2),
                      span=f"{points(row['slope_low'], digits=2)} … {points(row['slope_high'], digits=2)}",
                      n=count(row["n_documents"])) for row in records(drawn)])
    words = join([say("caption_slopes", n=count(len(drawn))),
                  say("source", universe=label("universe", UNIVERSE), as_of=families.material.as_of,
                      n=count(tested["n_series"].max()))])
    specs = {ui: whiskers.slopes(ui, n_rows=len(drawn), row=32) for ui in ("en", "zh")}
    return Chart(f"slopes_{families.lang}", title, heard, words, values, specs, _slope_table(families, tested, title), wide=True)


def _slope_table(families: Families, tested: pd.DataFrame, title: Text) -> Table:
    columns = (Column(say("column_formulation"), lambda row: Cell(families.name(row), point=_point(row.family_id))),
               Column(say("column_slope"), lambda row: plain(points(row.slope, digits=2)), numeric=True),
               Column(say("tip_interval"), lambda row: plain(f"{points(row.slope_low, digits=2)} … {points(row.slope_high, digits=2)}"),
                      numeric=True),
               Column(say("column_q"), lambda row: plain(f"{row.slope_q:.3f}"), numeric=True),
               Column(say("column_documents"), lambda row: plain(count(row.n_documents)), numeric=True))
    kept = ["family_id", "name_zh", "name_en", "wording", "state", "slope", "slope_low", "slope_high", "slope_p", "slope_q",
            "n_documents", "n_series"]
    frame = tested.sort_values(["slope_q", "slope_p", "family_id"])[kept].reset_index(drop=True)
    return Table(f"slopes_{families.lang}", title, frame, columns, max_rows=40)


def family_table(families: Families) -> Table:
    """One row per family; it opens its entry: first use, adopters in order, peak, mutations, sentences."""
    rows = families.rows
    frame = rows.assign(**{name: ["; ".join(map(str, as_list(value))) for value in rows[name]]
                           for name in ("issuers", "issuer_dates", "given", "flags")})
    return Table(f"families_{families.lang}", say("table_families", lang=label("lang", families.lang)), frame,
                 _columns(families), max_rows=OPENED, page=30, empty=say("no_formulations", lang=label("lang", families.lang)),
                 evidence={_point(row.family_id): _entry(families, row) for row in rows.head(OPENED).itertuples(index=False)})


def _columns(families: Families) -> tuple[Column, ...]:
    def first(row: Any) -> Cell:
        if not isinstance(row.first_date, str):
            return Cell(plain("–"))
        return families.material.link(row.first_doc_id, row.first_sent_no, words=row.first_date)

    def slope(row: Any) -> Text:
        return plain(points(row.slope, digits=2) if is_number(row.slope) else "–")

    return (Column(say("column_formulation"), lambda row: Cell(families.name(row), point=_point(row.family_id))),
            Column(say("column_state"), lambda row: Cell(label("formulation_state", row.state), css=f"state-{row.state}")),
            Column(say("column_documents"), lambda row: plain(count(row.n_documents)), numeric=True),
            Column(say("column_issuers"), lambda row: plain(count(row.n_issuers)), numeric=True),
            Column(say("column_first_use"), first),
            Column(say("column_peak"), lambda row: plain(shown(row.peak_period)), numeric=True),
            Column(say("column_last"), lambda row: plain(shown(row.last_period)), numeric=True),
            Column(say("column_slope"), slope, numeric=True))


def _point(family_id: object) -> str:
    return f"family-{family_id}"


def _entry(families: Families, row: Any) -> Evidence:
    """What the panel shows of a family; the first use stands first, the other sentences are drawn by the fixed rule."""
    keys = families.uses.get(str(row.family_id), set())
    first = [(str(row.first_doc_id), int(row.first_sent_no))] if isinstance(row.first_date, str) else []
    first = [one for one in first if one[0] in families.material.by_id]
    rest = [one for one in sample(keys, size=SENTENCES) if one not in first]
    sentences = tuple([(*one, "first") for one in first] + [(*one, "") for one in rest])
    return Evidence(families.name(row), plain(""), sentences, total=max(len(keys), len(sentences)), facts=_facts(families, row))


def _facts(families: Families, row: Any) -> tuple[tuple[Text, Text], ...]:
    material = families.material
    adopters = [Text(f"{material.name(one).en} {date}", f"{material.name(one).zh} {date}") for one, date in
                zip(as_list(row.issuers), as_list(row.issuer_dates), strict=True)]
    facts = [(say("column_state"), label("formulation_state", row.state)),
             (say("column_adopters"), join(adopters[:12], en=" → ", zh=" → ") if adopters else plain("–")),
             (say("column_peak"), say("peak_last", peak=shown(row.peak_period), last=shown(row.last_period)))]
    if is_number(row.slope) and is_number(row.slope_low) and is_number(row.slope_q):
        facts.append((say("column_slope"), plain(
            f"{points(row.slope, digits=2)} ({points(row.slope_low, digits=2)} … {points(row.slope_high, digits=2)}; "
            f"q = {row.slope_q:.3f}; n = {count(row.n_series)})")))
    for one in families.turns.get(str(row.family_id), ()):
        facts.append((say("column_mutation"), plain(f"{shown(one.mutated_from)} → {shown(one.variant)} (q = {float(str(one.q)):.3f})")))
    return tuple(facts)


def mutation_table(families: Families) -> Table | None:
    """Wordings that displaced an earlier one; None where there is none."""
    frame = families.variants
    if frame.empty:
        return None
    columns = (Column(say("column_earlier"), lambda row: plain(shown(row.mutated_from))),
               Column(say("column_later"), lambda row: Cell(plain(shown(row.variant)), point=_point(row.family_id))),
               Column(say("column_first_use"), lambda row: families.material.link(row.first_doc_id, words=shown(row.first_date))),
               Column(say("column_turn"), lambda row: plain(shown(row.turn_year)), numeric=True),
               Column(say("column_before_turn"), _both("before"), numeric=True),
               Column(say("column_after_turn"), _both("after"), numeric=True),
               Column(say("column_q"), lambda row: plain(f"{row.q:.3f}"), numeric=True))
    title = say("table_mutations", n=count(len(frame)), lang=label("lang", families.lang))
    return Table(f"mutations_{families.lang}", title, frame.assign(flags=["; ".join(as_list(one)) for one in frame["flags"]]),
                 columns, note=say("note_mutations"))


def _both(when: str) -> Any:
    return lambda row: plain(f"{count(getattr(row, f'old_{when}'))} / {count(getattr(row, f'new_{when}'))}")
