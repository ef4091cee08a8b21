"""Sentences → codes and senses: the two frames a run writes, and the labels `tifa annotate` prints."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import ahocorasick_rs
import numpy as np
import numpy.typing as npt
import pandas as pd

from pipeline.codes.batch import Batch
from pipeline.codes.labels import FRAME_LABELS, MARKS, MODALITIES, TARGETS, model_language
from pipeline.codes.model import encode_texts, load_model
from pipeline.codes.names import NAME_KINDS, Name, masks_of, registry_names
from pipeline.codes.senses import read_senses
from pipeline.errors import KnowledgeError, TifaError
from pipeline.knowledge import KNOWLEDGE, MODELS, load_yaml
from pipeline.text import Span, match_key

CODE_COLUMNS = ("doc_id", "sent_no", *FRAME_LABELS, *(f"p_{name}" for name in FRAME_LABELS), "modality", *MARKS)
SENSE_COLUMNS = ("doc_id", "sent_no", "start_char", "end_char", "surface", "sense", "in_name")
FORMULA_P = 0.95
CHUNK = 2048  # sentences coded together: the arrays of one chunk fit in the processor's cache
_N_FRAMES = len(FRAME_LABELS)
_MODALITY = slice(_N_FRAMES, _N_FRAMES + len(MODALITIES))
_MARKS = slice(_N_FRAMES + len(MODALITIES), len(TARGETS))


class Coded(NamedTuple):
    """codes: one row per body sentence. senses: one row per occurrence in a body sentence. Columns as in the contract."""

    codes: pd.DataFrame
    senses: pd.DataFrame


class Sentence(NamedTuple):
    """What the classifiers see of one sentence. names: those in `text`, or None to look them up in the registry."""

    text: str
    heading: str
    names: Sequence[Name] | None


class Body(NamedTuple):
    """The columns of the body sentences as lists."""

    doc_id: list[str]
    sent_no: list[int]
    start_char: list[int]
    heading: list[str | None]
    text: list[str]


class Labelled(NamedTuple):
    """Labels of a batch: probabilities and decisions (sentences × labels), modality names, marks, senses."""

    p: npt.NDArray[np.float64]
    frames: npt.NDArray[np.bool_]
    modality: list[str]
    marks: npt.NDArray[np.bool_]
    senses: list[list[tuple[Span, str, bool]]]


def label_sentences(sentences: Sequence[Sentence], lang: str, *, folder: Path = MODELS) -> Labelled:
    """Labels of sentences of one document language, in their order. folder: where the models lie."""
    reader = model_language(lang)
    model = load_model(reader, folder)
    texts, headings = [one.text for one in sentences], [one.heading for one in sentences]
    names = [registry_names(one.text, reader) if one.names is None else one.names for one in sentences]
    batch = encode_texts(texts, reader, [masks_of(text, found) for text, found in zip(texts, names, strict=True)])
    scores = model.score(batch, headings, names)
    decided, p = scores > model.threshold, model.probability(scores[:, :_N_FRAMES])
    formula = formula_rows(batch, reader)
    decided[formula, :2] = True
    p[formula, :2] = np.maximum(p[formula, :2], FORMULA_P)
    best = np.argmax(scores[:, _MODALITY], axis=1).tolist()
    return Labelled(p, decided[:, :_N_FRAMES], [MODALITIES[number] for number in best], decided[:, _MARKS],
                    read_senses(texts, headings, names, lang, folder=folder))


@lru_cache(maxsize=2)
def _formulas(lang: str) -> ahocorasick_rs.AhoCorasick:
    loaded = load_yaml(KNOWLEDGE / "codebook" / "formulas.yml")
    if not isinstance(loaded, dict):
        raise KnowledgeError("Not a mapping", where="codebook/formulas.yml", todo="Name its lists.")
    return ahocorasick_rs.AhoCorasick([match_key(str(one)) for one in loaded["both"][lang]])


def formula_rows(batch: Batch, lang: str) -> list[int]:
    """Sentences that hold a fixed formula of codebook 1.8 (不发展是最大的不安全): both frames, whatever the model says."""
    found = _formulas(lang).find_matches_as_indexes(batch.text())
    return sorted({int(batch.owner[start]) for _, start, _ in found})


def code_sentences(sentences: pd.DataFrame, mentions: pd.DataFrame, *, langs: Mapping[str, str]) -> Coded:
    """Code every body sentence.

    sentences, mentions: the tables of one or more documents (mentions may be empty). langs: doc_id → language.
    Returns: `codes` with exactly one row per body sentence, `senses` with one per occurrence, sorted by document and
    place. Raises: TifaError for a document without language, UnknownLabel for a language without model.
    """
    body = sentences[sentences["kind"] == "body"].sort_values(["doc_id", "sent_no"], kind="stable")
    missing = sorted(set(body["doc_id"]) - set(langs))
    if missing:
        raise TifaError(f"No language for {missing[:3]}", where="codes", todo="Pass langs for every document.")
    table = Body(*(body[name].tolist() for name in Body._fields))
    spans = _names_by_sentence(mentions)
    rows_of: dict[str, list[int]] = defaultdict(list)
    for row, doc_id in enumerate(table.doc_id):
        rows_of[langs[doc_id]].append(row)
    parts = [_code_frame([], [], None)]
    senses: list[tuple[object, ...]] = []
    for lang, rows in sorted(rows_of.items()):
        for place in range(0, len(rows), CHUNK):
            some = rows[place:place + CHUNK]
            labelled = label_sentences([_seen(table, row, spans) for row in some], lang)
            parts.append(_code_frame([table.doc_id[row] for row in some], [table.sent_no[row] for row in some], labelled))
            senses += _sense_rows(table, some, labelled)
    codes = pd.concat(parts[1:] or parts, ignore_index=True)
    return Coded(codes.sort_values(["doc_id", "sent_no"], kind="stable", ignore_index=True),
                 pd.DataFrame(sorted(senses), columns=list(SENSE_COLUMNS)))


def _seen(table: Body, row: int, spans: Mapping[tuple[str, int], list[Name]]) -> Sentence:
    """One sentence with the names in it, offsets in the document turned into offsets in the sentence."""
    text, start, heading = table.text[row], table.start_char[row], table.heading[row]
    found = spans.get((table.doc_id[row], table.sent_no[row]))
    names = [Name(max(0, a - start), min(len(text), b - start), kind) for a, b, kind in found] if found else []
    return Sentence(text, heading if isinstance(heading, str) else "", names)


def _sense_rows(table: Body, rows: Sequence[int], labelled: Labelled) -> list[tuple[object, ...]]:
    return [(table.doc_id[row], table.sent_no[row], table.start_char[row] + span.start, table.start_char[row] + span.end,
             table.text[row][span.start:span.end], sense, in_name)
            for row, found in zip(rows, labelled.senses, strict=True) for span, sense, in_name in found]


def _names_by_sentence(mentions: pd.DataFrame) -> dict[tuple[str, int], list[Name]]:
    """Names by sentence, offsets in the document."""
    names: dict[tuple[str, int], list[Name]] = defaultdict(list)
    if len(mentions):
        named = mentions[mentions["type"].isin(NAME_KINDS)]
        columns = (named[name].tolist() for name in ("doc_id", "sent_no", "start_char", "end_char", "type"))
        for doc_id, number, start, end, kind in zip(*columns, strict=True):
            names[doc_id, number].append(Name(start, end, kind))
    return names


def _code_frame(doc_ids: list[str], numbers: list[int], labelled: Labelled | None) -> pd.DataFrame:
    columns: dict[str, object] = {"doc_id": doc_ids, "sent_no": numbers}
    for place, name in enumerate(FRAME_LABELS):
        columns[name] = labelled.frames[:, place] if labelled else np.zeros(0, dtype=bool)
    for place, name in enumerate(FRAME_LABELS):
        columns[f"p_{name}"] = labelled.p[:, place].round(6) if labelled else np.zeros(0)
    columns["modality"] = labelled.modality if labelled else []
    for place, name in enumerate(MARKS):
        columns[name] = labelled.marks[:, place] if labelled else np.zeros(0, dtype=bool)
    return pd.DataFrame(columns, columns=list(CODE_COLUMNS))


def annotate_texts(records: Sequence[Mapping[str, object]]) -> list[dict[str, object]]:
    """Labels of single sentences, in order: the answer of `tifa annotate` without `id` and `mentions`.

    records: `text`, `lang`, optional `heading` and `mentions` (mappings or records with start, end, type: offsets in
    the text); without `mentions` the registry's names are looked up.
    """
    answers: list[dict[str, object]] = [{} for _ in records]
    for lang in sorted({str(record["lang"]) for record in records}):
        rows = [row for row, record in enumerate(records) if record["lang"] == lang]
        labelled = label_sentences([_sentence(records[row]) for row in rows], lang)
        for place, row in enumerate(rows):
            answers[row] = _answer(labelled, place, str(records[row]["text"]))
    return answers


def _sentence(record: Mapping[str, object]) -> Sentence:
    mentions = record.get("mentions")
    names = None
    if isinstance(mentions, Sequence):
        fields = [one if isinstance(one, Mapping) else vars(one) if hasattr(one, "__dict__") else one._asdict()
                  for one in mentions]
        names = [Name(int(one["start"]), int(one["end"]), str(one["type"])) for one in fields if one["type"] in NAME_KINDS]
    return Sentence(str(record["text"]), str(record.get("heading") or ""), names)


def _answer(labelled: Labelled, place: int, text: str) -> dict[str, object]:
    return {"probabilities": {name: round(float(labelled.p[place, n]), 4) for n, name in enumerate(FRAME_LABELS)},
            "labels": [name for n, name in enumerate(FRAME_LABELS) if labelled.frames[place, n]],
            "modality": labelled.modality[place],
            "marks": [name for n, name in enumerate(MARKS) if labelled.marks[place, n]],
            "senses": [{"start": span.start, "end": span.end, "surface": text[span.start:span.end], "sense": sense,
                        "in_name": in_name} for span, sense, in_name in labelled.senses[place]]}
