"""Actors: who leans which way, who signs with whom and who leads, which fora and partners texts name."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import pandas as pd

from pipeline.knowledge import load_registry
from pipeline.reports import grids, whiskers
from pipeline.reports.blocks import Block, Cell, Chart, Column, Heading, Prose, Section, Table
from pipeline.reports.findings import LANGS
from pipeline.reports.groups import group_chart
from pipeline.reports.material import Material
from pipeline.reports.mentioned import by_name, counted_documents, name_table, timeline_chart
from pipeline.reports.numbers import MIN_DOCUMENTS, count, interval, percent
from pipeline.reports.plotting import listed, plotted, row_height, source, wrapped
from pipeline.reports.series import pick, records, solid
from pipeline.reports.signers import signing_network
from pipeline.reports.words import Text, join, plain, say

ORDER = 27
SIGNERS = 12
HOME = "cn"  # China and its parts are no partners
PARTY = "party_"  # meetings of the Party are no fora


def build(material: Material) -> Section:
    """Forest plots by issuer; signing together; fora; partner countries."""
    blocks: list[Block] = [Prose(say("actors_lead"), "lead"), Heading(say("heading_lean"), id="lean")]
    leaning = [chart for lang in LANGS if (chart := group_chart(material, lang, "issuer"))]
    blocks += leaning or [Prose(say("no_issuers"), "note")]
    blocks += [Heading(say("heading_signing"), id="signing"), *_signing(material)]
    blocks += [Heading(say("heading_abroad"), id="abroad"), Prose(say("abroad_note"), "note"),
               *(block for what in ("fora", "partners") if (block := _named(material, what)) is not None)]
    return Section("actors", say("section_actors"), tuple(blocks))


def _signing(material: Material) -> list[Block]:
    pairs = pick(material.trends, measure="co_issued_pair", grouping="issuer_pair", lang="zh", estimator="raw")
    if pairs.empty:
        return [Prose(say("no_signing"), "note")]
    frame = pd.DataFrame({"first_id": [value.split("|")[0] for value in pairs["group_value"]],
                          "second_id": [value.split("|")[-1] for value in pairs["group_value"]],
                          "n_documents": pairs["n_documents"]})
    frame = frame.sort_values(["n_documents", "first_id", "second_id"], ascending=[False, True, True])
    return [*filter(None, [signing_network(material, _short)]), _matrix(material, frame.reset_index(drop=True)),
            *filter(None, [_leads(material)])]


def _matrix(material: Material, frame: pd.DataFrame) -> Chart:
    both = pd.concat([frame[["first_id", "second_id", "n_documents"]],
                      frame[["second_id", "first_id", "n_documents"]].set_axis(["first_id", "second_id", "n_documents"],
                                                                               axis=1)])
    weight = both.groupby("first_id")["n_documents"].sum().to_dict()
    order = sorted(weight, key=lambda one: (-weight[one], one))[:SIGNERS]
    shown = both[both["first_id"].isin(order) & both["second_id"].isin(order)]
    values = []
    for row in records(shown):
        one, other = row["first_id"], row["second_id"]
        full, brief = wrapped(_with_short(material, one)), _short(other)
        values.append({"row_en": full["group_en"], "row_zh": full["group_zh"], "column_en": brief.en,
                       "column_zh": brief.zh, "row_rank": order.index(one), "column_rank": order.index(other),
                       "n": int(row["n_documents"]), "pair_en": f"{_short(one).en} + {brief.en}",
                       "pair_zh": f"{_short(one).zh}、{brief.zh}"})
    specs = {ui: grids.matrix(ui, n_rows=len(order), row=row_height(values, least=34, field="row"))
             for ui in ("en", "zh")}
    top = frame.iloc[0]
    title = say("title_signing", n=count(top["n_documents"]),
                names=listed([material.name(top["first_id"]), material.name(top["second_id"])], most=2))
    columns = (Column(say("column_issuer"), lambda row: material.name(row.first_id)),
               Column(say("column_and"), lambda row: material.name(row.second_id)),
               Column(say("column_both_signed"), lambda row: plain(count(row.n_documents)), numeric=True))
    heard = join([say("alt_pair", first=material.name(row["first_id"]), second=material.name(row["second_id"]),
                      n=count(row["n_documents"])) for row in records(frame.head(20))])
    words = join([say("caption_signing", n=len(order), total=count(len(weight)), pairs=count(len(frame))),
                  source(material, frame)])
    return Chart("signing", title, heard, words, values, specs, Table("signing", title, frame, columns), wide=True)


def _leads(material: Material) -> Chart | None:
    frame = pick(material.trends, measure="leads_when_co_issued", grouping="issuer", lang="zh", estimator="raw")
    firm = solid(frame).sort_values(["estimate", "group_value"], ascending=[False, True]).reset_index(drop=True)
    if firm.empty:
        return None
    values = [{**wrapped(material.name(row["group_value"])), "rank": rank,
               **plotted(row, tip=material.name(row["group_value"]))} for rank, row in enumerate(records(firm))]
    for value in values:
        del value["point_id"]
    specs = {ui: whiskers.whiskers(ui, x_title=say("axis_leads"), n_rows=len(firm), top=1.0,
                                row=row_height(values, least=30))
             for ui in ("en", "zh")}
    title = _leads_title(material, firm)
    columns = (Column(say("column_issuer"), lambda row: Cell(material.name(row.group_value), css="title roomy")),
               Column(say("column_leads"), lambda row: plain(percent(row.estimate)), numeric=True),
               Column(say("tip_interval"), lambda row: plain("–" if row.thin else interval(row.low, row.high)),
                      numeric=True),
               Column(say("column_signed"), lambda row: plain(count(row.n_documents)), numeric=True))
    heard = join([say("alt_share", group=material.name(row["group_value"]), share=percent(row["estimate"]),
                      interval=interval(row["low"], row["high"]), n=count(row["n_documents"])) for row in records(firm)])
    ranked = frame.sort_values(["n_documents", "estimate", "group_value"], ascending=[False, False, True])
    return Chart("leads", title, heard, join([say("caption_leads"), source(material, frame)]), values, specs,
                 Table("leads", title, ranked.drop(columns=["point_id", "flags"]).reset_index(drop=True), columns), wide=True)


def _leads_title(material: Material, firm: pd.DataFrame) -> Text:
    """Who is named first in most of its joint documents beyond doubt, and who in few."""
    names = {"usually": firm[firm["low"] > 0.5], "seldom": firm[firm["high"] < 0.5].iloc[::-1]}
    said = {key: listed([material.name(one) for one in rows["group_value"]], most=3) for key, rows in names.items()
            if len(rows)}
    return say("title_leads_" + ("_".join(said) or "open"), n=len(firm), **said)


def _named(material: Material, what: str) -> Chart | Table | None:
    """Fora (but no Party meetings) or partner countries that Chinese texts name, by year."""
    mentions, documents = material.tables["mentions"], counted_documents(material)
    kind = "FORUM" if what == "fora" else "GPE"
    found = mentions[(mentions["type"] == kind) & mentions["entity_id"].isin(_chosen(what))]
    found = found[found["doc_id"].isin(documents["doc_id"])]
    found = found[["entity_id", "doc_id", "sent_no"]].rename(columns={"entity_id": "key"}).reset_index(drop=True)
    if found.empty:
        return None
    frame = by_name(found, documents)
    names = {key: material.name(key) for key in frame["key"]}
    top = frame.iloc[0]
    if top["n_documents"] < MIN_DOCUMENTS:
        return name_table(what, say(f"title_{what}_few", total=count(len(documents))), frame, names, found, material)
    title = say(f"title_{what}", name=names[top["key"]], n=count(top["n_documents"]), total=count(len(documents)))
    return timeline_chart(what, title, frame, found, documents, names, tally=say("tip_naming"), material=material)


@lru_cache(maxsize=2)
def _chosen(what: str) -> frozenset[str]:
    entities = load_registry().entities.values()
    if what == "fora":
        return frozenset(one.entity_id for one in entities
                         if one.type == "FORUM" and not str(one.kind).startswith((PARTY, "committee")))
    return frozenset(one.entity_id for one in entities if one.type == "GPE" and one.kind == "country"
                     and one.entity_id.split("-")[0] != HOME)


def _with_short(material: Material, entity_id: str) -> Text:
    name, brief = material.name(entity_id), _short(entity_id)
    return Text(name.en if brief.en in name.en else f"{name.en} ({brief.en})", brief.zh or name.zh)


@lru_cache(maxsize=1024)
def _short(entity_id: str) -> Text:
    """The first abbreviation of an entity in each language, else its first name there, else its id."""
    entity: Any = load_registry().entities.get(entity_id)
    words = {}
    for ui, langs in (("en", ("en",)), ("zh", ("zh-Hans", "zh-Hant"))):
        found = [name for name in entity.names if name.lang in langs] if entity else []
        brief = [name.text for name in found if name.status == "abbreviation"]
        words[ui] = min(brief, key=len) if brief and ui == "en" else brief[0] if brief else ""
        if not words[ui]:
            words[ui] = entity_id.removeprefix("cn-").upper() if ui == "en" or not found else found[0].text
    return Text(words["en"], words["zh"])
