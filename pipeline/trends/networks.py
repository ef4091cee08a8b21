"""Who signs with whom, what cites what, who works with which instrument, which forum in which year: as tables."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd

from pipeline.estimates.material import Material
from pipeline.estimates.universe import Selection, listed, load_universes

COLUMNS = {
    "co_issuance": ["universe", "lang", "period", "a_id", "b_id", "n_documents", "n_a_leads", "n_b_leads", "doc_ids"],
    "citation_links": ["doc_id", "lang", "year", "entity_id", "cited_title", "cited_doc_id", "relation", "n_citations",
                       "places", "universes"],
    "actor_instruments": ["universe", "lang", "role", "actor_id", "instrument_id", "n_documents", "n_sentences",
                          "first_year", "last_year", "places"],
    "forum_years": ["universe", "lang", "period", "forum_id", "n_documents", "n_sentences", "n_documents_all",
                    "n_sentences_all", "places"]}
UNKNOWN = "NIL"
Rows = Iterator[list[object]]


def network_tables(material: Material, *, as_of: str) -> dict[str, pd.DataFrame]:
    """The four network tables by name, rows sorted.

    Universes are those shown as series, without the work reports; `period` is a year or `all`, as in `trends`. Places are sentences,
    `doc_id:sent_no`, in order.
    co_issuance: two issuers (a_id < b_id) that sign together: in how many documents, and who of them is named first.
    citation_links: one document (of any universe, no duplicates) that cites one instrument in one relation; never itself.
    actor_instruments: role `issuer`: documents that the actor issued cite the instrument; role `named`: both are
    named in one sentence. Unregistered names (NIL) are left out.
    forum_years: documents and sentences that name a forum, beside all documents and body sentences of that period.
    """
    selections = [material.select(universe, as_of=as_of)
                  for universe in load_universes().values() if not universe.contrast_only and not universe.complete]
    years = material.documents["date_issued"].where(material.documents["date_issued"].notna(), None).str[:4]
    facts = material.documents[["doc_id", "issuers"]].assign(year=years)
    mentions = _mentions(material)
    built: dict[str, list[list[object]]] = {name: [] for name in COLUMNS}
    for selection in selections:
        for lang, documents in selection.documents.groupby("series_lang", sort=True):
            key = [selection.universe.name, str(lang)]
            built["co_issuance"] += _co_issuance(documents, key)
            built["actor_instruments"] += _actor_instruments(documents, material.tables["citations"], mentions, key)
            built["forum_years"] += _forum_years(documents, mentions, material, key)
    built["citation_links"] += _citation_links(material, facts, selections, as_of=as_of)
    frames = {name: pd.DataFrame(rows, columns=COLUMNS[name]) for name, rows in built.items()}
    return {name: _sorted(frame) for name, frame in frames.items()}


def _sorted(frame: pd.DataFrame) -> pd.DataFrame:
    scalars = [name for name in frame.columns if name not in {"doc_ids", "places", "universes"}]
    return frame.sort_values(scalars, kind="stable", na_position="first").reset_index(drop=True)


def _mentions(material: Material) -> pd.DataFrame:
    """Registered actors, instruments and fora named in body sentences: doc_id, sent_no, type, entity_id, place."""
    found = material.tables["mentions"][["doc_id", "sent_no", "type", "entity_id"]]
    found = found[found["type"].isin(["ACTOR", "INSTRUMENT", "FORUM"]) & found["entity_id"].ne(UNKNOWN)]
    found = found.drop_duplicates().merge(material.body[["doc_id", "sent_no"]], on=["doc_id", "sent_no"])
    return found.assign(place=_places(found)).sort_values(["doc_id", "sent_no", "entity_id"], kind="stable")


def _places(rows: pd.DataFrame) -> pd.Series:
    return rows["doc_id"] + ":" + rows["sent_no"].astype(int).astype(str)


def _periods(documents: pd.DataFrame) -> Iterator[tuple[str, pd.DataFrame]]:
    yield "all", documents[documents["in_all"]]
    for year, part in documents[documents["in_series"]].groupby("year", sort=True):
        yield str(year), part


def known_issuers(issuers: object) -> list[str]:
    """Registered issuers of a document, lead first, each once."""
    return list(dict.fromkeys(issuer for issuer in listed(issuers) if issuer != UNKNOWN))


def _co_issuance(documents: pd.DataFrame, key: list[str]) -> Rows:
    for period, part in _periods(documents):
        together: dict[tuple[str, str], list[str]] = defaultdict(list)
        leads: Counter[tuple[str, str, str]] = Counter()
        for doc_id, issuers in zip(part["doc_id"], part["issuers"].map(known_issuers), strict=True):
            for first, second in combinations(sorted(issuers), 2):
                together[first, second].append(doc_id)
                leads[first, second, issuers[0]] += 1
        for (first, second), doc_ids in together.items():
            yield [*key, period, first, second, len(doc_ids), leads[first, second, first],
                   leads[first, second, second], sorted(doc_ids)]


def _citation_links(
    material: Material, facts: pd.DataFrame, selections: Iterable[Selection], *, as_of: str
) -> Rows:
    documents = material.documents
    usable = documents["duplicate_of"].isna() & ~(documents["date_issued"].fillna("") > as_of)
    member: dict[str, list[str]] = defaultdict(list)
    for selection in selections:
        for doc_id in selection.documents["doc_id"]:
            member[doc_id].append(selection.universe.name)
    work = documents["work_id"].where(documents["work_id"].notna(), documents["doc_id"])
    works = dict(zip(documents["doc_id"], work, strict=True))
    cited = material.tables["citations"].merge(facts.assign(lang=documents["lang"])[usable], on="doc_id")
    itself = cited["cited_doc_id"].map(works).eq(cited["doc_id"].map(works))
    cited = cited[~itself].assign(place=lambda rows: _places(rows)).sort_values(["doc_id", "sent_no"], kind="stable")
    unknown = cited["entity_id"].fillna(UNKNOWN).eq(UNKNOWN)
    target = cited["entity_id"].where(~unknown, cited["cited_doc_id"].fillna(cited["cited_title"]))
    cited = cited.assign(target=target, entity_id=cited["entity_id"].fillna(UNKNOWN))
    groups: dict[tuple[str, str, str], list[Any]] = defaultdict(list)
    for row in cited.itertuples(index=False):
        groups[str(row.doc_id), str(row.target), str(row.relation)].append(row)
    for (doc_id, _, relation), rows in groups.items():
        titles = Counter(row.cited_title for row in rows if isinstance(row.cited_title, str))
        yield [doc_id, "en" if rows[0].lang == "en" else "zh", rows[0].year, rows[0].entity_id,
               min(titles, key=lambda title: (-titles[title], title), default=None), rows[0].cited_doc_id, relation,
               len(rows), list(dict.fromkeys(row.place for row in rows)), sorted(member.get(doc_id, []))]


def _actor_instruments(documents: pd.DataFrame, citations: pd.DataFrame, mentions: pd.DataFrame, key: list[str]) -> Rows:
    whole = documents.loc[documents["in_all"], ["doc_id", "issuers", "year"]]
    cited = citations.loc[citations["entity_id"].ne(UNKNOWN), ["doc_id", "sent_no", "entity_id"]].merge(whole, on="doc_id")
    cited = cited.assign(actor=cited["issuers"].map(known_issuers)).explode("actor").dropna(subset="actor")
    named = mentions.merge(whole[["doc_id", "year"]], on="doc_id")
    pairs = named[named["type"].eq("ACTOR")].merge(named[named["type"].eq("INSTRUMENT")], on=["doc_id", "sent_no", "year"],
                                                   suffixes=("_actor", ""))
    for role, rows, actor in (("issuer", cited, "actor"), ("named", pairs, "entity_id_actor")):
        rows = rows.sort_values(["doc_id", "sent_no"], kind="stable")
        places: dict[tuple[str, str], dict[str, tuple[str, str]]] = defaultdict(dict)
        for actor_id, instrument, place, doc_id, year in zip(
                rows[actor], rows["entity_id"], _places(rows), rows["doc_id"], rows["year"], strict=True):
            places[actor_id, instrument][place] = (doc_id, year)
        for (actor_id, instrument), found in places.items():
            years = sorted(year for _, year in found.values() if year)
            yield [*key, role, actor_id, instrument, len({doc_id for doc_id, _ in found.values()}), len(found),
                   years[0] if years else None, years[-1] if years else None, list(found)]


def _forum_years(documents: pd.DataFrame, mentions: pd.DataFrame, material: Material, key: list[str]) -> Rows:
    fora = mentions[mentions["type"].eq("FORUM")]
    lengths = np.bincount(material.document_of, minlength=len(material.documents))
    for period, part in _periods(documents):
        sentences = int(lengths[part.index.to_numpy(dtype=np.int64)].sum())
        found: dict[str, list[tuple[str, str]]] = defaultdict(list)
        rows = fora[fora["doc_id"].isin(part["doc_id"])]
        for forum, doc_id, place in zip(rows["entity_id"], rows["doc_id"], rows["place"], strict=True):
            found[forum].append((doc_id, place))
        for forum, held in found.items():
            yield [*key, period, forum, len({doc_id for doc_id, _ in held}), len(held), len(part), sentences,
                   [place for _, place in held]]
