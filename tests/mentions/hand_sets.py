"""How the program does on the sets that were read by hand: tests/golden/{citations,commitments,linking}.jsonl.

Matching. A citation: at least one character of the title in common and the same instrument, that is the same registry id, or
`NIL` on one side (then the place decides, and `linked` counts it as wrong). A commitment: in the sentence, or the lines, of the
hand-made row and with the same number, or none on both sides. One to one, the largest overlap first. Rows marked `optional`
are neither misses nor false hits. A link: the id of the mention with the largest overlap; a mention that was not found counts
as `NIL`, and apart from that `found` scores those that were. Conventions of the sets: tests/golden/*.md.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd

from pipeline.documents import walk
from pipeline.mentions import Found, find_mentions
from pipeline.reports import mentioned
from pipeline.sentences import split_documents
from pipeline.stages.reading import read_batch

GOLDEN = Path(__file__).parents[1] / "golden"
SETS = ("citations", "commitments", "linking")
CLOSE = 1e-6
ENDLESS = 10 ** 9

Row = dict[str, Any]


class Output(NamedTuple):
    """What the program makes of the documents: their texts by doc_id, and its three tables with offsets."""

    texts: dict[str, str]
    tables: dict[str, dict[str, list[Row]]]


class Score(NamedTuple):
    """Counts of one set, half and language. `right`: name → (right, out of) among what was found."""

    name: str
    half: str
    lang: str
    wanted: int
    given: int
    hits: int
    right: dict[str, tuple[int, int]]


def load_set(name: str) -> list[Row]:
    """The lines of one set; for linking, the mentions of a document and half gathered into one line."""
    lines = [json.loads(line) for line in (GOLDEN / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()]
    if name != "linking":
        return lines
    gathered: dict[tuple[str, str, str], Row] = {}
    for line in lines:
        key = line["doc_id"], line["half"], line["lang"]
        document = gathered.setdefault(key, {**line, "read": [[0, ENDLESS]], "linking": []})
        document["linking"].append(line)
    return list(gathered.values())


@lru_cache(maxsize=2)
def run_program(raw: Path) -> Output:
    """The program's tables for every document of the sets, read from the raw folder as `tifa run` reads it.

    Raises: AssertionError where a document is missing or its text is no longer the one that was read by hand.
    """
    wanted = {line["doc_id"]: line["text_sha256"] for name in SETS for line in load_set(name)}
    files = [file for file in walk(raw) if not file.outcome and file.sha256[:16] in {doc_id[:16] for doc_id in wanted}]
    documents, _ = read_batch(raw, files, workers=1, timeout_s=120.0, memory_mb=2000, ocr=False)
    documents = documents[documents["doc_id"].isin(list(wanted))].sort_values("doc_id", ignore_index=True)
    assert set(documents["doc_id"]) == set(wanted), f"{len(wanted) - len(documents)} documents of the sets are not under {raw}"
    texts = dict(zip(documents["doc_id"], documents["text"], strict=True))
    moved = sorted(doc_id for doc_id, text in texts.items() if sha256(text.encode()).hexdigest() != wanted[doc_id])
    assert not moved, f"the stored text of {moved} has changed: move the offsets of these rows in {GOLDEN} to the new text"
    sentences = split_documents(documents)
    return Output(texts, _tables(find_mentions(documents, sentences), sentences))


def _tables(found: Found, sentences: pd.DataFrame) -> dict[str, dict[str, list[Row]]]:
    """set → doc_id → rows with `start_char` and `end_char`; a commitment has those of its sentence."""
    places = sentences[["doc_id", "sent_no", "start_char", "end_char"]]
    frames = {"citations": found.citations, "linking": found.mentions,
              "commitments": found.commitments.merge(places, on=["doc_id", "sent_no"])}
    return {name: {str(doc_id): part.to_dict("records") for doc_id, part in frame.groupby("doc_id")}
            for name, frame in frames.items()}


def shared_characters(wanted: Row, given: Row) -> int:
    return min(wanted["end"], given["end_char"]) - max(wanted["start"], given["start_char"])


def is_same(name: str, wanted: Row, given: Row) -> bool:
    """Whether a row of the program is the row of the hand-made set."""
    if shared_characters(wanted, given) < 1:
        return False
    if name == "citations":
        return given["entity_id"] == wanted["entity"] or "NIL" in (given["entity_id"], wanted["entity"])
    one, other = wanted["quantity"], given["quantity"]
    if one is None or pd.isna(other):
        return one is None and bool(pd.isna(other))
    return abs(one - other) <= CLOSE * max(1.0, abs(one))


def pair_up(name: str, wanted: Sequence[Row], given: Sequence[Row]) -> list[tuple[Row, Row]]:
    """(hand-made row, program's row) one to one, largest overlap first; rows that are not optional choose first."""
    pairs = sorted((bool(one.get("optional")), -shared_characters(one, other), i, j)
                   for i, one in enumerate(wanted) for j, other in enumerate(given) if is_same(name, one, other))
    taken: tuple[set[int], set[int]] = set(), set()
    chosen = []
    for _, _, i, j in pairs:
        if i not in taken[0] and j not in taken[1]:
            taken[0].add(i)
            taken[1].add(j)
            chosen.append((wanted[i], given[j]))
    return chosen


def details(name: str, wanted: Row, given: Row) -> Iterator[tuple[str, bool]]:
    """What else is right about a row that was found; only what the hand-made row states is asked."""
    if name == "citations":
        yield "relation", given["relation"] == wanted["relation"]
        yield "articles", sorted(given["articles"]) == sorted(wanted["articles"])
        yield "linked", given["entity_id"] == wanted["entity"]
        return
    if wanted["deadline"]:
        deadline = given["deadline"] if isinstance(given["deadline"], str) else "none"
        yield "deadline", deadline.startswith(wanted["deadline"]) or wanted["deadline"] in deadline or deadline in wanted["deadline"]
    if wanted["actor"] != "NIL":
        yield "actor", given["actor_id"] == wanted["actor"]


class Judged(NamedTuple):
    """One document of one set: pairs without optional rows, what was missed, what was wrongly given."""

    pairs: list[tuple[Row, Row]]
    missed: list[Row]
    wrong: list[Row]


def judge(name: str, line: Row, given: Iterable[Row]) -> Judged:
    """The program's rows within the read ranges against one line of a set."""
    inside = [row for row in given if any(low <= row["start_char"] < high for low, high in line["read"])]
    if name == "linking":
        return _judge_links(line[name], inside)
    pairs = pair_up(name, line[name], inside)
    used = {id(row) for pair in pairs for row in pair}
    optional = [row for row in line[name] if row.get("optional")]
    wrong = [row for row in inside if id(row) not in used and not any(is_same(name, one, row) for one in optional)]
    missed = [row for row in line[name] if id(row) not in used and not row.get("optional")]
    return Judged([pair for pair in pairs if not pair[0].get("optional")], missed, wrong)


def _judge_links(wanted: Sequence[Row], given: Sequence[Row]) -> Judged:
    pairs, missed = [], []
    for one in wanted:
        best = max(given, key=lambda row: shared_characters(one, row), default=None)
        if best is None or shared_characters(one, best) < 1:
            missed.append(one)
        else:
            pairs.append((one, best))
    return Judged(pairs, missed, [])


def score(name: str, half: str, lang: str, output: Output) -> Score:
    """Counts over the documents of one half and language of one set."""
    wanted = given = hits = 0
    right: dict[str, tuple[int, int]] = {}

    def note(key: str, good: bool) -> None:
        before = right.get(key, (0, 0))
        right[key] = before[0] + good, before[1] + 1

    for line in load_set(name):
        if (line["half"], line["lang"]) != (half, lang):
            continue
        judged = judge(name, line, output.tables[name].get(line["doc_id"], []))
        hits, wanted = hits + len(judged.pairs), wanted + len(judged.pairs) + len(judged.missed)
        given += len(judged.pairs) + len(judged.wrong)
        for one, other in judged.pairs:
            if name == "linking":
                note("found", other["entity_id"] == one["entity"])
                note("all", other["entity_id"] == one["entity"])
            else:
                for key, good in details(name, one, other):
                    note(key, good)
        for one in judged.missed if name == "linking" else ():
            note("all", one["entity"] == "NIL")
    return Score(name, half, lang, wanted, given, hits, right)


def wilson(hits: int, size: int) -> tuple[float, float]:
    """The report's 95 % interval of a share; (0, 1) of nothing."""
    return mentioned.wilson(hits, size) if size else (0.0, 1.0)
