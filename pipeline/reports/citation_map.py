"""The citation network: which instruments rest on which, laid out over the time of issue."""

from __future__ import annotations

import datetime
from collections import defaultdict
from dataclasses import dataclass
from typing import Any

import pandas as pd

from pipeline.knowledge import load_registry
from pipeline.reports import networks
from pipeline.reports.blocks import Cell, Chart, Column, Evidence, Table
from pipeline.reports.evidence import sample
from pipeline.reports.layout import label_width, lanes
from pipeline.reports.material import Material, brief, title_of
from pipeline.reports.numbers import count
from pipeline.reports.plotting import listed
from pipeline.reports.series import as_list
from pipeline.reports.words import Text, join, label, plain, say

CITED, CITING = 16, 12   # drawn: the most cited, and the texts that cite most of them
OPENED = 60              # rows of the table that open their sentences
LANE, LANES, MARGIN = 38, 14, 105
STRONG = ("basis", "implement")


@dataclass(frozen=True)
class Node:
    """An instrument: registry id, else the document's own. year: time of issue as a fraction of years, None unknown."""

    key: str
    name: Text
    doc_id: str | None
    year: float | None


def citation_map(material: Material) -> Chart | None:
    """None where fewer than three instruments with a date are linked."""
    if material.tables.get("citation_links", pd.DataFrame()).empty:
        return None
    links = _links(material)
    nodes = _nodes(material, links)
    cited = {str(key): int(n) for key, n in links.groupby("cited")["doc_id"].nunique().items()}
    drawn = _chosen(links, nodes, cited)
    if len(drawn) < 3:
        return None
    shown_links = links[links["citing"].isin(drawn) & links["cited"].isin(drawn)]
    values = _values(nodes, drawn, shown_links, cited)
    frame = _frame(material, links, nodes)
    places = links.groupby("cited")["places"].agg(list)
    evidence = {_point(key): _evidence(nodes[key].name, places[key]) for key in frame["cited"].head(OPENED)}
    values = [value | ({"point_id": _point(value["key"])} if _point(value.get("key")) in evidence else {}) for value in values]
    specs = {ui: networks.network(ui, height=LANE * LANES, size=say("column_citing"), linked=say("column_relation"))
             for ui in ("en", "zh")}
    top = [key for key in drawn if key in cited][:3]
    numbers = [plain(count(cited[key])) for key in top]
    title = say("title_citation_map", names=listed([_name(nodes[key]) for key in top], most=3), n=listed(numbers, most=3),
                total=count(links["doc_id"].nunique()))
    heard = join([say("alt_cited", name=nodes[key].name, n=count(cited.get(key, 0))) for key in drawn if cited.get(key)])
    words = join([say("caption_citation_map", n=count(len(drawn)), total=count(len(nodes)), links=count(len(links)),
                      undated=count(sum(nodes[key].year is None for key in nodes))),
                  say("source", universe=label("universe", material.universe), as_of=material.as_of,
                      n=count(links["doc_id"].nunique()))])
    return Chart("citation_map", title, heard, words, values, specs,
                 Table("citation_map", say("table_citation_map"), frame, _columns(material, nodes, set(evidence)), evidence=evidence,
                       max_rows=OPENED), wide=True, scrolls=True)


def _links(material: Material) -> pd.DataFrame:
    """Chinese texts of the headline universe: citing, cited (node keys), doc_id, relation, places; strongest relation first."""
    table = material.tables["citation_links"]
    inside = table["universes"].map(lambda names: material.universe in as_list(names)).astype(bool)
    links = table[inside & (table["lang"] == "zh") & table["doc_id"].isin(material.by_id)]
    known = links[(links["entity_id"] != "NIL") & links["entity_id"].notna() & links["cited_doc_id"].notna()]
    own = {str(doc_id): str(entity_id) for doc_id, entity_id in zip(known["cited_doc_id"], known["entity_id"], strict=True)}
    named = links["entity_id"].where(links["entity_id"] != "NIL")
    cited = named.fillna(links["cited_doc_id"].map(lambda doc_id: own.get(doc_id, doc_id)))
    links = links.assign(cited=cited, citing=links["doc_id"].map(lambda doc_id: own.get(doc_id, doc_id)))
    links = links[links["cited"].notna() & (links["cited"] != links["citing"])]
    held = dict(zip(known["entity_id"], known["cited_doc_id"], strict=True))
    return links.assign(held=links["cited"].map(held).fillna(links["cited_doc_id"])).reset_index(drop=True)


def _nodes(material: Material, links: pd.DataFrame) -> dict[str, Node]:
    """Everything that cites or is cited, by key."""
    held: dict[str, str] = {}
    own: dict[str, str] = {}
    for citing, cited, doc_id, found in links[["citing", "cited", "doc_id", "held"]].itertuples(index=False):
        own.setdefault(citing, doc_id)
        if isinstance(found, str):
            held.setdefault(cited, found)
    return {key: _node(material, key, held.get(key), own.get(key)) for key in sorted({*links["citing"], *links["cited"]})}


def _node(material: Material, key: str, held: str | None, own: str | None) -> Node:
    """held: the document that stands for a cited instrument; own: one that the key cites from."""
    documents = (material.by_id.get(doc_id) for doc_id in (key if key in material.by_id else held, own) if doc_id)
    document = next((one for one in documents if one is not None), None)
    entity = load_registry().entities.get(key)
    name = material.name(key) if entity is not None else plain(title_of(document) if document is not None else key)
    dates = [document.date_first_issued, document.date_issued] if document is not None else []
    found = next((date for date in [*dates, entity.date_issued if entity else None] if isinstance(date, str)), None)
    return Node(key, name, document.doc_id if document is not None else None, _fraction(found))


def _fraction(date: str | None) -> float | None:
    """`2021-06-10` as 2021.44; a bare year stands in its middle."""
    if date is None:
        return None
    if len(date) < 10:
        return int(date[:4]) + 0.5
    day = datetime.date.fromisoformat(date[:10])
    return round(day.year + (day.timetuple().tm_yday - 1) / 366, 3)


def _chosen(links: pd.DataFrame, nodes: dict[str, Node], cited: dict[str, int]) -> list[str]:
    """The most cited dated instruments, then the dated texts that cite most of them, heaviest first."""
    dated = {key for key, node in nodes.items() if node.year is not None}
    top = sorted((key for key in cited if key in dated), key=lambda key: (-cited[key], key))[:CITED]
    counts = links[links["cited"].isin(top) & links["citing"].isin(dated - set(top))].groupby("citing")["cited"].nunique()
    more = sorted(counts.index, key=lambda key: (-int(counts[key]), key))[:CITING]
    linked = links[links["citing"].isin({*top, *more}) & links["cited"].isin(top)]
    used = {*linked["citing"], *linked["cited"]}
    return [key for key in [*top, *more] if key in used]


def _values(nodes: dict[str, Node], drawn: list[str], links: pd.DataFrame, cited: dict[str, int]
            ) -> list[dict[str, Any]]:
    """Nodes from left to right in the order of their issue, evenly spaced, each in a lane where its name has room."""
    names = {key: _short(nodes[key]) for key in drawn}
    dates = {key: (float(nodes[key].year or 0.0), key) for key in drawn}
    turn = {key: place for place, key in enumerate(sorted(drawn, key=lambda key: dates[key]))}
    width = [max(label_width(names[key].en), label_width(names[key].zh)) for key in drawn]
    step = (networks.WIDTH - 2 * MARGIN) / max(1, len(drawn) - 1)
    x = [MARGIN + turn[key] * step for key in drawn]
    place = {key: number for number, key in enumerate(drawn)}
    pairs = sorted({(place[one], place[other]) for one, other in zip(links["citing"], links["cited"], strict=True)})
    lane = lanes(x, width, pairs, n_lanes=LANES)
    at = {key: (round(x[number], 1), LANE * (lane[number] + 0.35)) for key, number in place.items()}
    values: list[dict[str, Any]] = []
    for pair, rows in links.groupby(["citing", "cited"], sort=True):
        one, other = map(str, pair)
        kinds = [say(f"relation_{kind}") for kind in sorted(set(rows["relation"]))]
        tips = {f"tip_{ui}": f"{names[one].of(ui)} → {names[other].of(ui)}: {', '.join(kind.of(ui) for kind in kinds)}"
                for ui in ("en", "zh")}
        values.append({"kind": "link", "x": at[one][0], "y": at[one][1], "x2": at[other][0], "y2": at[other][1],
                       "width": 1.3, "strong": bool(set(rows["relation"]) & set(STRONG)), **tips})
    for key in drawn:
        values.append({"kind": "node", "key": key, "x": at[key][0], "y": at[key][1], "n": int(cited.get(key, 0)),
                       "held": nodes[key].doc_id is not None, "label_en": names[key].en, "label_zh": names[key].zh,
                       "tip_en": nodes[key].name.en, "tip_zh": nodes[key].name.zh})
    return values


def _short(node: Node) -> Text:
    """A name that fits under a node, with the year of issue."""
    name, year = _name(node), int(node.year or 0)
    return Text(f"{brief(name.en, width=40)} {year}", f"{brief(name.zh, width=32)} {year}")


def _name(node: Node) -> Text:
    return Text(node.name.en.replace(" of the People's Republic of China", ""), node.name.zh.removeprefix("中华人民共和国"))


def _frame(material: Material, links: pd.DataFrame, nodes: dict[str, Node]) -> pd.DataFrame:
    """One row per cited instrument: how many texts cite it, how many rest on it or implement it, most cited first."""
    rows: dict[str, dict[str, set[str]]] = defaultdict(lambda: {"citing": set(), "strong": set()})
    for row in links.itertuples(index=False):
        rows[str(row.cited)]["citing"].add(str(row.doc_id))
        if row.relation in STRONG:
            rows[str(row.cited)]["strong"].add(str(row.doc_id))
    frame = pd.DataFrame([(key, nodes[key].name.en, nodes[key].name.zh, len(found["citing"]), len(found["strong"]),
                           nodes[key].doc_id, "; ".join(sorted(found["citing"]))) for key, found in sorted(rows.items())],
                         columns=["cited", "name_en", "name_zh", "n_documents", "n_resting", "cited_doc_id", "citing_doc_ids"])
    return frame.sort_values(["n_documents", "n_resting", "cited"], ascending=[False, False, True]).reset_index(drop=True)


def _point(key: object) -> str:
    return f"link-{key}"


def _columns(material: Material, nodes: dict[str, Node], opened: set[str]) -> tuple[Column, ...]:
    def name(row: Any) -> Cell:
        href = f"documents/{row.cited_doc_id}.html" if row.cited_doc_id in material.by_id else ""
        return Cell(nodes[row.cited].name, href=href, css="title roomy")

    def opens(row: Any) -> Cell:
        return Cell(say("show_sentences"), css="screen", point=_point(row.cited)) if _point(row.cited) in opened else Cell(plain("–"))

    return (Column(say("column_instrument"), name),
            Column(say("column_citing"), lambda row: plain(count(row.n_documents)), numeric=True),
            Column(say("column_resting_on"), lambda row: plain(count(row.n_resting)), numeric=True),
            Column(say("column_example"), lambda row: material.link(row.citing_doc_ids.split("; ")[0])),
            Column(say("column_evidence"), opens))


def _evidence(name: Text, listed: list[Any]) -> Evidence:
    places = sorted({place for row in listed for place in as_list(row)})
    keys = [(doc_id, int(sent_no)) for doc_id, _, sent_no in (place.rpartition(":") for place in places)]
    return Evidence(name, plain(""), tuple((*one, "") for one in sample(keys)), total=len(keys))


