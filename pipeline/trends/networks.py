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
_KEPT = ["doc_id", "issuers", "series_lang", "year", "in_all", "in_series"]
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
    fora = mentions[mentions["type"].eq("FORUM")]
    roles = {"issuer": _citing(material), "named": _named_together(mentions)}
    built: dict[str, list[list[object]]] = {name: [] for name in COLUMNS}
    for selection in selections:
        for lang, documents in selection.documents[_KEPT].groupby("series_lang", sort=True):
            key = [selection.universe.name, str(lang)]
            built["co_issuance"] += _co_issuance(documents, key)
            built["actor_instruments"] += _actor_instruments(documents, roles, key)
            built["forum_years"] += _forum_years(documents, fora, material, key)
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


def _citing(material: Material) -> pd.DataFrame:
    """Who issued a document, and the registered instruments that it cites: doc_id, actor, entity_id, place; in order."""
    citations = material.tables["citations"]
    cited = citations.loc[citations["entity_id"].ne(UNKNOWN), ["doc_id", "sent_no", "entity_id"]]
    cited = cited.merge(material.documents[["doc_id", "issuers"]], on="doc_id")
    cited = cited.assign(actor=cited["issuers"].map(known_issuers)).explode("actor").dropna(subset="actor")
    return cited.assign(place=_places(cited)).sort_values(["doc_id", "sent_no"], kind="stable")


def _named_together(mentions: pd.DataFrame) -> pd.DataFrame:
    """Actors and instruments named in one sentence: doc_id, actor, entity_id, place; in order."""
    actors = mentions.loc[mentions["type"].eq("ACTOR"), ["doc_id", "sent_no", "entity_id"]].rename(columns={"entity_id": "actor"})
    pairs = actors.merge(mentions[mentions["type"].eq("INSTRUMENT")], on=["doc_id", "sent_no"])
    return pairs.sort_values(["doc_id", "sent_no"], kind="stable")


def _actor_instruments(documents: pd.DataFrame, roles: dict[str, pd.DataFrame], key: list[str]) -> Rows:
    whole = documents[documents["in_all"]]
    year_of = dict(zip(whole["doc_id"], whole["year"], strict=True))
    for role, rows in roles.items():
        places: dict[tuple[str, str], dict[str, str]] = defaultdict(dict)
        for actor_id, instrument, place, doc_id in rows.loc[
                rows["doc_id"].isin(year_of), ["actor", "entity_id", "place", "doc_id"]].to_numpy(dtype=object).tolist():
            places[actor_id, instrument][place] = doc_id
        for (actor_id, instrument), found in places.items():
            held = set(found.values())
            years = sorted(year for doc_id in held if (year := year_of[doc_id]))
            yield [*key, role, actor_id, instrument, len(held), len(found),
                   years[0] if years else None, years[-1] if years else None, list(found)]


def _forum_years(documents: pd.DataFrame, fora: pd.DataFrame, material: Material, key: list[str]) -> Rows:
    lengths = np.bincount(material.document_of, minlength=len(material.documents))
    numbers = fora["doc_id"].map(material.numbers).to_numpy(dtype=np.int64)
    named = fora[["entity_id", "doc_id", "place"]].to_numpy(dtype=object)
    for period, part in _periods(documents):
        inside = np.zeros(len(material.documents), dtype=bool)
        inside[part.index] = True
        found: dict[str, list[tuple[str, str]]] = defaultdict(list)
        for forum, doc_id, place in named[inside[numbers]].tolist():
            found[forum].append((doc_id, place))
        for forum, held in found.items():
            yield [*key, period, forum, len({doc_id for doc_id, _ in held}), len(held), len(part), int(lengths[inside].sum()),
                   [place for _, place in held]]
