"""The co-issuance network: who signs with whom, drawn from the table `co_issuance`."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from typing import Any

import pandas as pd

from pipeline.reports import networks
from pipeline.reports.blocks import Cell, Chart, Column, Table
from pipeline.reports.layout import label_width, largest_component, springs
from pipeline.reports.material import Material
from pipeline.reports.numbers import count
from pipeline.reports.plotting import listed, source
from pipeline.reports.series import as_list, records
from pipeline.reports.words import Text, join, plain, say

DRAWN = 22
LEAST = 2     # documents both signed, to be drawn
STRONG = 4
HEIGHT = 460


def signing_network(material: Material, short: Callable[[str], Text]) -> Chart | None:
    """The issuers with most joint documents of the headline universe, Chinese texts; None where nobody signs together."""
    frame = _pairs(material)
    if frame.empty:
        return None
    signed: dict[str, set[str]] = defaultdict(set)
    for row in frame.itertuples(index=False):
        for one in (row.a_id, row.b_id):
            signed[str(one)] |= set(as_list(row.doc_ids))
    top = sorted(signed, key=lambda one: (-len(signed[one]), one))[:DRAWN]
    links = frame[frame["a_id"].isin(top) & frame["b_id"].isin(top) & (frame["n_documents"] >= LEAST)]
    drawn = largest_component(top, list(zip(links["a_id"], links["b_id"], strict=True)))
    links = links[links["a_id"].isin(drawn)]
    if len(drawn) < 3:
        return None
    values = _values(material, drawn, links, {one: len(signed[one]) for one in drawn}, short)
    title = say("title_signing_network", names=listed([material.name(one) for one in drawn[:3]], most=3),
                n=count(len(set().union(*signed.values()))))
    heard = join([say("alt_signer", name=material.name(one), n=count(len(signed[one]))) for one in drawn])
    words = join([say("caption_signing_network", n=count(len(drawn)), total=count(len(signed)), least=count(LEAST),
                      strong=count(STRONG)), source(material, frame)])
    specs = {ui: networks.network(ui, height=HEIGHT, size=say("column_signed"), linked=say("column_both_signed"))
             for ui in ("en", "zh")}
    return Chart("signing_network", title, heard, words, values, specs,
                 Table("signing_network", say("table_signing_network"), _rows(frame), _columns(material)), wide=True,
                 scrolls=True)


def _pairs(material: Material) -> pd.DataFrame:
    table = material.tables.get("co_issuance", pd.DataFrame())
    if table.empty:
        return table
    rows = table[(table["universe"] == material.universe) & (table["lang"] == "zh") & (table["period"] == "all")]
    return rows.sort_values(["n_documents", "a_id", "b_id"], ascending=[False, True, True]).reset_index(drop=True)


def _rows(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.drop(columns=["universe", "lang", "period"]).assign(
        doc_ids=["; ".join(as_list(ids)) for ids in frame["doc_ids"]])


def _values(material: Material, drawn: list[str], links: pd.DataFrame, sizes: dict[str, int],
            short: Callable[[str], Text]) -> list[dict[str, Any]]:
    place = {one: number for number, one in enumerate(drawn)}
    names = [short(one) for one in drawn]
    edges = {(place[row["a_id"]], place[row["b_id"]]): float(row["n_documents"]) for row in records(links)}
    widths = [max(label_width(name.en), label_width(name.zh), 30.0) for name in names]
    at = springs(len(drawn), edges, widths, width=networks.WIDTH, height=HEIGHT).round(1)
    values: list[dict[str, Any]] = []
    for (first, second), n in sorted(edges.items()):
        tips = {f"tip_{ui}": f"{names[first].of(ui)} + {names[second].of(ui)}: {int(n)}" for ui in ("en", "zh")}
        values.append({"kind": "link", "x": at[first, 0], "y": at[first, 1], "x2": at[second, 0], "y2": at[second, 1],
                       "width": 0.6 + 0.5 * n, "strong": n >= STRONG, **tips})
    for number, one in enumerate(drawn):
        name = material.name(one)
        values.append({"kind": "node", "x": at[number, 0], "y": at[number, 1], "n": sizes[one], "held": True,
                       "label_en": names[number].en, "label_zh": names[number].zh, "tip_en": name.en, "tip_zh": name.zh})
    return values


def _columns(material: Material) -> tuple[Column, ...]:
    return (Column(say("column_issuer"), lambda row: Cell(material.name(row.a_id), css="name")),
            Column(say("column_and"), lambda row: Cell(material.name(row.b_id), css="name")),
            Column(say("column_both_signed"), lambda row: plain(count(row.n_documents)), numeric=True),
            Column(say("column_first_leads"), lambda row: plain(count(row.n_a_leads)), numeric=True),
            Column(say("column_second_leads"), lambda row: plain(count(row.n_b_leads)), numeric=True),
            Column(say("column_example"), lambda row: material.link(row.doc_ids.split("; ")[0])))
