"""What rests on all documents together: links between versions, citations, alignments, trends, claims."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pandas as pd

from pipeline import alignments, claims, documents, mentions, trends
from pipeline.estimates.material import COUNTED, Material, prepare_material
from pipeline.invariants import check_spans, check_values
from pipeline.stages.fingerprints import CORPUS, DERIVED, DOCUMENTS, ingredients
from pipeline.stages.memory import kept
from pipeline.stages.plan import corpus_state
from pipeline.store import Store
from pipeline.tables import TABLES

DERIVED_TABLES = ("documents", "sentences", "codes", "senses", "mentions", "citations", "commitments", "alignments",
                  "renderings", "entities")
FOUND_TABLES = ("formulations", "formulation_uses", "formulation_variants", "keyness", "echoes",
                "co_issuance", "citation_links", "actor_instruments", "forum_years")


def link_documents(store: Store, full: bool = False) -> None:
    """Set `work_id`, `pair_id`, `duplicate_of` and `status` from the whole corpus, and the document each citation names.

    A law stays `in_force` only until another document of the corpus says that it is repealed, or is a later version.
    Links are made from what was read, never from earlier links: a document that goes takes with it what it said of others.
    """
    texts = store.read("documents").drop(columns=["status", "pair_id"]).merge(
        store.read("as_read"), on="doc_id", how="left", validate="one_to_one")
    with kept(store, "links", DOCUMENTS, full=full) as keep:
        links = documents.link_versions(texts, keep=keep)
    linked = texts.drop(columns=["work_id", "pair_id", "duplicate_of", "status"]).merge(
        links.rename(columns={"status_now": "status"}), on="doc_id", how="left")
    entities = mentions.entities_table()
    citations = mentions.resolve_citations(store.read("citations"), linked)
    check_values("citations", citations)
    with store.transaction():
        store.connection.register("links", links.where(links.notna(), None))
        store.connection.execute(
            "UPDATE documents SET work_id = links.work_id, pair_id = links.pair_id, duplicate_of = links.duplicate_of, "
            "status = links.status_now FROM links WHERE documents.doc_id = links.doc_id")
        store.connection.unregister("links")
        store.replace("entities", entities)
        store.replace("citations", citations)


def align(store: Store, full: bool = False) -> None:
    """Make `alignments` and `renderings` of all pairs again."""
    inputs = store.read_all(("documents", "sentences", "mentions", "senses"))
    with kept(store, "alignments", CORPUS[0], full=full) as keep:
        aligned = alignments.align_corpus(inputs["documents"], inputs["sentences"], inputs["mentions"], inputs["senses"],
                                          keep=keep)
    check_spans("renderings", inputs["sentences"].rename(columns={"doc_id": "zh_doc_id"})
                .assign(doc_id=lambda frame: frame["zh_doc_id"]), aligned.renderings.assign(
                    doc_id=aligned.renderings["zh_doc_id"]), surface=None)
    with store.transaction():
        store.replace("alignments", aligned.alignments)
        store.replace("renderings", aligned.renderings)
        store.connection.execute(  # pairs that only the texts themselves show
            "UPDATE documents SET pair_id = found.pair_id FROM (SELECT zh_doc_id AS doc_id, min(pair_id) AS pair_id FROM "
            "alignments GROUP BY 1 UNION SELECT en_doc_id, min(pair_id) FROM alignments GROUP BY 1) AS found "
            "WHERE documents.doc_id = found.doc_id AND documents.pair_id IS NULL")


def up_to(tables: Mapping[str, pd.DataFrame], as_of: str) -> dict[str, pd.DataFrame]:
    """The tables without documents dated after `as_of`: they are stored, but no number may rest on them.

    A document dated `2025` or `2025-03` is left out only when the whole of that time lies after `as_of`.
    """
    dates = tables["documents"][["doc_id", "date_issued"]].itertuples(index=False)
    dropped = {doc_id for doc_id, date in dates if isinstance(date, str) and date > as_of[:len(date)]}
    if not dropped:
        return dict(tables)
    kept = {}
    for name, frame in tables.items():
        for column in ("doc_id", "zh_doc_id", "en_doc_id"):
            if column in frame.columns:
                frame = frame[~frame[column].isin(dropped)]
        kept[name] = frame.reset_index(drop=True)
    return kept


def estimate(store: Store, *, as_of: str, seed: int, full: bool = False) -> Material:
    """Make trends, formulations, keyness, echoes, networks and claims again; claims say what flipped since the last ones.

    A ledger for an earlier day (a backfill) is compared with nothing, and nothing is compared with it.
    Returns: what was counted in, for the report, which asks the same sentences about the same words.
    """
    tables = up_to(store.read_all(DERIVED_TABLES), as_of)
    plain = prepare_material(tables, needed=COUNTED)
    echoes = trends.find_echoes(plain)
    material = replace(plain, tables={**plain.tables, "echoes": echoes})
    with kept(store, "points", *(stage for stage in CORPUS if stage.name in ("estimates", "trends")), full=full) as keep:
        points = trends.estimate_trends(material, as_of=as_of, seed=seed, keep=keep)
    check_values("trends", points)
    found = {**trends.find_formulations(material, as_of=as_of), "echoes": echoes,
             "keyness": trends.compare_slices(material, as_of=as_of), **trends.network_tables(material, as_of=as_of)}
    for table in found:
        check_values(table, found[table])
    newest = store.read("newest_claims")
    is_newest = newest.empty or as_of >= newest["as_of"].max()
    ledger = claims.evaluate_claims(material, as_of=as_of, seed=seed, previous=newest if is_newest else None)
    check_values("claims", ledger)
    with store.transaction():
        if is_newest:
            store.replace("newest_claims", ledger.assign(as_of=as_of)[list(TABLES["newest_claims"])])
        store.replace("trends", points)
        for table in FOUND_TABLES:
            store.replace(table, found[table])
        store.replace("claims", ledger)
    return plain


def mark_current(store: Store, *, day: str, as_of: str | None, seed: int = 0) -> None:
    """Note that what rests on all documents is up to date."""
    state = corpus_state(store, day=day, as_of=as_of, seed=seed)
    with store.transaction():
        store.connection.execute("DELETE FROM stage_states WHERE stage = 'corpus'")
        store.append("stage_states", pd.DataFrame([("", "corpus", state)], columns=["doc_id", "stage", "fingerprint"]))


def note_inputs(store: Store) -> None:
    """Note with what code and knowledge everything is up to date: after every run, also one that had nothing to make."""
    inputs = [(stage.name, kind, name, found) for stage in (DOCUMENTS, *DERIVED, *CORPUS)
              for (kind, name), found in ingredients(stage).items()]
    with store.transaction():
        store.replace("stage_inputs", pd.DataFrame(inputs, columns=list(TABLES["stage_inputs"])))
