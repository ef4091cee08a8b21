"""What a run has to do: the raw folder against the tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from pipeline import documents
from pipeline.documents.walk import SeenFile
from pipeline.stages.corrections import correction_states
from pipeline.stages.fingerprints import CORPUS, DERIVED, Stage, chain, file_state, fingerprint, ingredients
from pipeline.store import Store


@dataclass(frozen=True)
class Plan:
    """What one run has to do. Counts are of paths against the last run; `to_read` are files, `gone` documents."""

    seen: tuple[SeenFile, ...]
    states: Mapping[str, str]
    to_read: tuple[SeenFile, ...]
    gone: tuple[str, ...]
    n_new: int
    n_changed: int
    n_removed: int
    n_unchanged: int
    stale_stages: tuple[str, ...]
    why: tuple[str, ...]

    @property
    def is_empty(self) -> bool:
        """Whether the tables are already what this run would write."""
        return not (self.to_read or self.gone or self.n_new or self.n_changed or self.n_removed or self.stale_stages)


def make_plan(raw: Path, store: Store, *, day: str, as_of: str | None = None, seed: int = 0, full: bool = False, ocr: bool = False
              ) -> Plan:
    """Compare the raw folder with the tables. day: today; as_of: the day the numbers are asked for, None for today; seed: of
    their draws."""
    seen = tuple(documents.walk(raw))
    before = store.read("files")
    known = dict(zip(before["path"], before["sha256"], strict=True))
    old_states = dict(store.read("file_states", columns=["path", "fingerprint"]).itertuples(index=False, name=None))
    programs = documents.environment(ocr=ocr)
    states = {file.rel_path: file_state(file, programs) for file in seen}
    redo = {file.rel_path for file in seen if full or old_states.get(file.rel_path) != states[file.rel_path]}
    gone_paths = set(known) - set(states)
    owner = {doc_id: path for path, outcome, doc_ids in before[["path", "outcome", "doc_ids"]].itertuples(index=False)
             if outcome == "document" for doc_id in doc_ids}
    n_changed = sum(file.rel_path in known and known[file.rel_path] != file.sha256 for file in seen)
    n_new = sum(file.rel_path not in known for file in seen)
    stale = stale_stages(store, day=day, as_of=as_of, seed=seed, full=full)
    return Plan(
        seen=seen, states=states, to_read=tuple(file for file in seen if file.rel_path in redo and not file.outcome),
        gone=tuple(sorted(doc_id for doc_id, path in owner.items() if path in gone_paths or path in redo)),
        n_new=n_new, n_changed=n_changed, n_removed=len(gone_paths), n_unchanged=len(seen) - n_new - n_changed,
        stale_stages=tuple(stale), why=tuple(stale.values()))


def stale_stages(store: Store, *, day: str, as_of: str | None = None, seed: int = 0, full: bool = False) -> dict[str, str]:
    """Stages whose rows are missing or outdated for some document, `corpus` for what rests on all; each with the reason."""
    expected, found = expected_states(store), found_states(store)
    outdated = {stage.name: sum(full or found.get((doc_id, stage.name)) != states[stage.name]
                                for doc_id, states in expected.items()) for stage in DERIVED}
    stale = {stage.name: f"{stage.name} of {outdated[stage.name]} documents: {_reason(store, (stage,), full=full)}"
             for stage in DERIVED if full or outdated[stage.name]}
    if full or found.get(("", "corpus")) != corpus_state(store, day=day, as_of=as_of, seed=seed):
        stale["corpus"] = f"links, alignments, trends, claims and report: {_reason(store, CORPUS, full=full)}"
    return stale


def _reason(store: Store, stages: Sequence[Stage], *, full: bool) -> str:
    """Why rows of these stages are outdated, in words."""
    if full:
        return "--full asks for it"
    noted = {(stage, kind, name): state for stage, kind, name, state in store.read("stage_inputs").itertuples(index=False)}
    changed = sorted({name for stage in stages for (kind, name), state in ingredients(stage).items()
                      if noted.get((stage.name, kind, name)) != state}) if noted else []
    if changed:
        return "changed since they were made: " + ", ".join(changed[:6]) + (f" and {len(changed) - 6} more" if changed[6:] else "")
    return "documents or what is made from them are new, changed or gone, or the numbers were made for another day or seed"


def corpus_state(store: Store, *, day: str, as_of: str | None = None, seed: int = 0) -> str:
    """State that trends, claims and report must have: every document with its rows, the code and knowledge, the seed, the day.

    A day that was asked for is part of it; of today only which documents are dated later, so that time alone is no
    reason to make everything again.
    """
    expected = expected_states(store)
    rows = [f"{doc_id} {states[DERIVED[-1].name]}" for doc_id, states in sorted(expected.items())]
    until = as_of or day
    later = [doc_id for doc_id, date in store.read("documents", columns=["doc_id", "date_issued"]).itertuples(index=False)
             if isinstance(date, str) and date > until[:len(date)]]
    asked = as_of if as_of not in (None, day) else "today"
    return chain(*rows, *(fingerprint(stage) for stage in CORPUS), str(asked), str(seed), *sorted(later))


def expected_states(store: Store) -> dict[str, dict[str, str]]:
    """doc_id → stage → the state its rows must have, given the document's file and today's code and knowledge."""
    files = store.read("files", columns=["path", "outcome", "doc_ids"])
    states = dict(store.read("file_states", columns=["path", "fingerprint"]).itertuples(index=False, name=None))
    corrected = correction_states(store)
    expected: dict[str, dict[str, str]] = {}
    for path, outcome, doc_ids in files.itertuples(index=False):
        for doc_id in doc_ids if outcome == "document" else ():
            state, expected[doc_id] = states.get(path, ""), {}
            for stage in DERIVED:
                answers = [corrected[doc_id]] if stage.name == "codes" and doc_id in corrected else []
                state = expected[doc_id][stage.name] = chain(state, fingerprint(stage), *answers)
    return expected


def found_states(store: Store) -> dict[tuple[str, str], str]:
    return {(doc_id, stage): state for doc_id, stage, state in store.read("stage_states").itertuples(index=False)}
