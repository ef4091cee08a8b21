"""Reads the hand-read documents of the material folder and scores the tables against their labels."""

import csv
import hashlib
import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd

from pipeline.documents import read_file
from pipeline.knowledge import load_registry
from pipeline.mentions import find_mentions
from pipeline.mentions.find import find_candidates, read_language
from pipeline.mentions.linking import link_in_document
from pipeline.mentions.records import NIL, Candidate
from pipeline.sentences import split_documents

GOLDEN = Path(__file__).parent.parent / "golden"
TASKS = ("citations", "commitments", "linking")


def labels(task: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (GOLDEN / f"{task}.jsonl").read_text(encoding="utf-8").splitlines()]


def labels_hash() -> str:
    return hashlib.sha256(b"\0".join((GOLDEN / f"{task}.jsonl").read_bytes() for task in TASKS)).hexdigest()


def read_documents(shared: Path, found: list[dict[str, Any]]) -> pd.DataFrame:
    """The labelled documents as the program reads them today; labels of a text that has changed are refused."""
    wanted = {row["doc_id"]: row["text_sha256"] for row in found}
    files = {doc_id.partition("-")[0] for doc_id in wanted}
    rows: dict[str, dict[str, Any]] = {}
    with (shared / "policy" / "manifest.csv").open(encoding="utf-8", newline="") as lines:
        for entry in csv.DictReader(lines):
            if entry["sha256"][:16] in files:
                assert entry["split"] == "train"
                rows |= {str(row["doc_id"]): row for row in read_file(
                    shared / "policy" / entry["file"], rel_path=entry["file"], sidecar=None, sha256=entry["sha256"])}
    rows = {doc_id: row for doc_id, row in rows.items() if doc_id in wanted}
    read = {doc_id: hashlib.sha256(str(row["text"]).encode()).hexdigest() for doc_id, row in rows.items()}
    assert read == wanted, "a document is read otherwise than when it was labelled: " + str(set(read.items()) ^ set(wanted.items()))
    return pd.DataFrame(list(rows.values()))


def _near(left: tuple[int, int], right: tuple[int, int]) -> bool:
    return left[0] < right[1] and right[0] < left[1]


def score_citations(shared: Path) -> dict[tuple[str, str], float]:
    """(half, metric) → value. A reference is found when its span is, or a span that overlaps it (a wrapped title)."""
    rows = labels("citations")
    documents = read_documents(shared, rows)
    table = find_mentions(documents, split_documents(documents)).citations
    counts = {half: Counter[str]() for half in ("tune", "check", "both")}
    for row in rows:
        free = [label for label in row["citations"] if _is_read(row, label)]
        for hit in table[table["doc_id"] == row["doc_id"]].itertuples():
            span = (int(hit.start_char), int(hit.end_char))
            if not _is_read(row, {"start": span[0], "end": span[1]}):
                continue
            label = min((label for label in free if _near(span, (label["start"], label["end"]))), default=None,
                        key=lambda label, span=span: abs(label["start"] - span[0]) + abs(label["end"] - span[1]))
            if label is None:
                _count(counts, row, wrong=1)
                continue
            free.remove(label)
            _count(counts, row, right=1, required="optional" not in label, relation=hit.relation == label["relation"],
                   articles=list(hit.articles) == label["articles"])
        _count(counts, row, missed=sum("optional" not in label for label in free))
    return {(half, metric): value for half, count in counts.items() for metric, value in (
        ("precision", count["right"] / (count["right"] + count["wrong"])),
        ("recall", count["required"] / (count["required"] + count["missed"])),
        ("relation", count["relation"] / count["right"]), ("articles", count["articles"] / count["right"]))}


def _is_read(row: dict[str, Any], label: dict[str, Any]) -> bool:
    return any(start <= label["start"] and label["end"] <= end for start, end in row["read"])


def _count(counts: dict[str, Counter[str]], row: dict[str, Any], **more: int) -> None:
    for half in (row["half"], "both"):
        counts[half].update(more)


def score_commitments(shared: Path) -> dict[tuple[str, str], float]:
    """(half, metric) → value. A row is right when it stands in a labelled sentence and bears the same quantity."""
    rows = labels("commitments")
    documents = read_documents(shared, rows)
    sentences = split_documents(documents)
    table = find_mentions(documents, sentences).commitments.merge(
        sentences[["doc_id", "sent_no", "start_char", "end_char"]], on=["doc_id", "sent_no"])
    counts = {half: Counter[str]() for half in ("tune", "check", "both")}
    for row in rows:
        free = list(row["commitments"])
        for hit in table[table["doc_id"] == row["doc_id"]].itertuples():
            span = (int(hit.start_char), int(hit.end_char))
            if not _is_read(row, {"start": span[0], "end": span[1]}):
                continue
            label = next((label for label in free if _near(span, (label["start"], label["end"]))
                          and _same(hit.quantity, label["quantity"])), None)
            if label is None:
                _count(counts, row, wrong=1)
                continue
            free.remove(label)
            if "optional" not in label:
                _count(counts, row, right=1, deadline=(hit.deadline or None) == label["deadline"], actor=hit.actor_id == label["actor"])
        _count(counts, row, missed=sum("optional" not in label for label in free))
    return {(half, metric): value for half, count in counts.items() for metric, value in (
        ("precision", count["right"] / (count["right"] + count["wrong"])),
        ("recall", count["right"] / (count["right"] + count["missed"])),
        ("deadline", count["deadline"] / count["right"]), ("actor", count["actor"] / count["right"]))}


def _same(found: float, label: float | None) -> bool:
    return pd.isna(found) if label is None else bool(abs(found - label) <= 1e-6 * max(1.0, abs(label)))


def score_linking(shared: Path) -> dict[tuple[str, str], float]:
    """(half, metric) → value. `found`: of the labelled mentions that were recognised; `given`: of all, those that were
    not recognised handed to the linker as labelled; NIL counts as an answer."""
    rows = labels("linking")
    counts = {half: Counter[str]() for half in ("tune", "check", "both")}
    for document, mine in _by_document(read_documents(shared, rows), rows):
        text = str(document["text"])
        found = find_candidates(text, read_language(str(document["lang"])))
        spans = {(hit.start, hit.end) for hit in found}
        added = [_candidate(text, row) for row in mine if (row["start"], row["end"]) not in spans]
        linked = {(hit.start, hit.end): hit.entity_id for hit in link_in_document(document, sorted([*found, *added]))}
        for row in mine:
            span = (row["start"], row["end"])
            right = linked[span] == row["entity"]
            _count(counts, row, n=1, given=right, found=span in spans, right=right and span in spans)
    return {(half, metric): value for half, count in counts.items() for metric, value in (
        ("found", count["right"] / count["found"]), ("given", count["given"] / count["n"]))}


def _candidate(text: str, row: dict[str, Any]) -> Candidate:
    known = load_registry().lookup(text[row["start"]:row["end"]])
    return Candidate(row["start"], row["end"], row["type"], known[0].entity_id if known else NIL, "gazetteer" if known else "suffix")


def _by_document(documents: pd.DataFrame, rows: list[dict[str, Any]]) -> Iterator[tuple[dict[str, Any], list[dict[str, Any]]]]:
    for record in documents.to_dict("records"):
        yield {str(key): value for key, value in record.items()}, [row for row in rows if row["doc_id"] == record["doc_id"]]
