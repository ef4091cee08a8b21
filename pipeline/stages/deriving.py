"""documents → sentences → mentions → codes, batch by batch; each batch is one transaction."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TypeVar

import pandas as pd

from pipeline import codes, mentions, sentences
from pipeline.errors import TifaError
from pipeline.invariants import check_batch
from pipeline.knowledge import use_models
from pipeline.stages.fingerprints import DERIVED, Stage
from pipeline.stages.memory import Notes, keep_names, known_names
from pipeline.stages.plan import expected_states, found_states
from pipeline.store import Store

Item = TypeVar("Item")


def stale_documents(store: Store, stage: Stage, *, full: bool = False) -> dict[str, str]:
    """Documents whose rows of this stage must be made again, in the order of their ids: doc_id → the state then reached."""
    found = found_states(store)
    return {doc_id: states[stage.name] for doc_id, states in sorted(expected_states(store).items())
            if full or found.get((doc_id, stage.name)) != states[stage.name]}


def read_inputs(store: Store, stage: Stage, doc_ids: Sequence[str], *, full: bool = False) -> dict[str, pd.DataFrame]:
    """What a stage reads for some documents, and what is remembered of it. full: remember nothing."""
    names = {"sentences": (), "mentions": ("sentences",), "codes": ("sentences", "mentions", "corrections")}[stage.name]
    inputs = {table: store.read(table, doc_ids=doc_ids) for table in ("documents", *names)}
    if stage.name == "mentions":
        inputs["kept"] = known_names(store, doc_ids if mentions.is_recogniser_on() and not full else ())
    return inputs


def derive(stage_name: str, inputs: Mapping[str, pd.DataFrame], models: Path | None = None, recogniser: str = "rules"
           ) -> dict[str, pd.DataFrame]:
    """Rows of one stage for one batch of documents, checked. Pure: may run in any process. models, recogniser: see `Settings`."""
    use_models(models)
    mentions.use_recogniser(recogniser)
    texts = inputs["documents"]
    if stage_name == "sentences":
        rows = {"sentences": sentences.split_documents(texts)}
    elif stage_name == "mentions":
        notes = Notes(inputs["kept"])
        found = mentions.find_mentions(texts, inputs["sentences"], keep=notes.keep)
        rows = {"mentions": found.mentions, "citations": found.citations, "commitments": found.commitments, "kept": notes.new}
    elif stage_name == "codes":
        langs = dict(zip(texts["doc_id"], texts["lang"], strict=True))
        coded = codes.code_sentences(inputs["sentences"], inputs["mentions"], langs=langs)
        rows = {"codes": codes.lay_over(coded.codes, inputs["sentences"], inputs["corrections"]), "senses": coded.senses}
    else:
        raise TifaError(f"There is no stage called {stage_name!r}", todo=f"Stages: {[stage.name for stage in DERIVED]}.")
    check_batch(stage_name, texts, inputs.get("sentences", pd.DataFrame()), rows)
    return rows


def commit_derived(store: Store, stage: Stage, reached: Mapping[str, str], rows: Mapping[str, pd.DataFrame]) -> None:
    """Put one batch of one stage into the tables, in one transaction. reached: doc_id → state of its rows."""
    doc_ids = list(reached)
    with store.transaction():
        for table in stage.tables:
            store.replace(table, rows[table], doc_ids=doc_ids)
        if stage.name == "mentions":
            keep_names(store, rows["kept"])
        if stage.name == "sentences":
            counts = rows["sentences"].groupby("doc_id").size().reset_index(name="n")
            store.connection.register("counts", counts)
            store.connection.execute("UPDATE documents SET n_sentences = counts.n FROM counts WHERE documents.doc_id = counts.doc_id")
            store.connection.unregister("counts")
        store.connection.execute("DELETE FROM stage_states WHERE stage = ? AND doc_id IN (SELECT unnest(?))",
                                 [stage.name, doc_ids])
        store.append("stage_states", pd.DataFrame(
            [(doc_id, stage.name, state) for doc_id, state in reached.items()],
            columns=["doc_id", "stage", "fingerprint"]))


def batches(items: Sequence[Item], size: int) -> Iterator[list[Item]]:
    """Consecutive runs of at most `size` items."""
    for start in range(0, len(items), size):
        yield list(items[start:start + size])
