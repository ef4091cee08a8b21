"""Sentences → codes and senses: the two frames a run writes, and the labels `tifa annotate` prints."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from pipeline.codes.labels import FRAME_LABELS, MARKS, MODALITIES, TARGETS, model_language
from pipeline.codes.model import encode_texts, load_model
from pipeline.codes.names import NAME_KINDS, Name, masks_of, registry_names
from pipeline.codes.senses import read_senses
from pipeline.errors import TifaError
from pipeline.knowledge import models_folder
from pipeline.text import Span

CODE_COLUMNS = ("doc_id", "sent_no", *FRAME_LABELS, *(f"p_{name}" for name in FRAME_LABELS), "modality", *MARKS)
SENSE_COLUMNS = ("doc_id", "sent_no", "start_char", "end_char", "surface", "sense", "in_name")
FORMULA_P = 0.95
CHUNK = 4096  # sentences coded together
NO_NAMES: Sequence[Name] = ()
_N_FRAMES = len(FRAME_LABELS)
_MODALITY = slice(_N_FRAMES, _N_FRAMES + len(MODALITIES))
_MARKS = slice(_N_FRAMES + len(MODALITIES), len(TARGETS))


class Coded(NamedTuple):
    """codes: one row per body sentence. senses: one row per occurrence in a body sentence. Columns as in the contract."""

    codes: pd.DataFrame
    senses: pd.DataFrame


class Body(NamedTuple):
    """Columns of body sentences as lists."""

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


def label_sentences(texts: Sequence[str], headings: Sequence[str], names: Sequence[Sequence[Name]], lang: str, *,
                    folder: Path | None = None) -> Labelled:
    """Labels of sentences of one document language, in their order.

    names: those in each text. folder: of the models (default: those in use).
    """
    reader = model_language(lang)
    folder = folder or models_folder()
    model = load_model(reader, folder)
    masks = [masks_of(text, found) if found or "《" in text else () for text, found in zip(texts, names, strict=True)]
    batch = encode_texts(texts, reader, masks)
    scores, formula = model.score(batch, headings, names)
    decided, p = scores > model.threshold, model.probability(scores[:, :_N_FRAMES])
    # A fixed formula of codebook 1.8 (不发展是最大的不安全) carries both frames, whatever the model says.
    decided[formula, :2] = True
    p[formula, :2] = np.maximum(p[formula, :2], FORMULA_P)
    best = np.argmax(scores[:, _MODALITY], axis=1).tolist()
    return Labelled(p, decided[:, :_N_FRAMES], [MODALITIES[number] for number in best], decided[:, _MARKS],
                    read_senses(texts, headings, names, lang, folder=folder))


def code_sentences(sentences: pd.DataFrame, mentions: pd.DataFrame, *, langs: Mapping[str, str]) -> Coded:
    """Code every body sentence.

    sentences, mentions: the tables of one or more documents (mentions may be empty). langs: doc_id → language.
    Returns: `codes` with exactly one row per body sentence, `senses` with one per occurrence, sorted by document and
    place. Raises: TifaError for a document without language, UnknownLabel for a language without model.
    """
    table = sentences[sentences["kind"] == "body"]
    body = Body(*(table[name].tolist() for name in Body._fields))
    if missing := sorted(set(body.doc_id) - set(langs)):
        raise TifaError(f"No language for {missing[:3]}", where="codes", todo="Pass langs for every document.")
    keys = list(zip(body.doc_id, body.sent_no, strict=True))
    rows_of: dict[str, list[int]] = defaultdict(list)
    for row in sorted(range(len(keys)), key=keys.__getitem__):
        rows_of[langs[body.doc_id[row]]].append(row)
    names = _names_by_sentence(mentions)
    parts: list[tuple[list[str], list[int], Labelled]] = []
    senses: list[tuple[object, ...]] = []
    for lang, rows in sorted(rows_of.items()):
        for place in range(0, len(rows), CHUNK):
            some = Body(*_chosen(body, rows[place:place + CHUNK]))
            labelled, found = _code_chunk(some, names, lang)
            parts.append((some.doc_id, some.sent_no, labelled))
            senses += found
    codes = _code_frame(parts)
    if len(rows_of) > 1:
        codes = codes.sort_values(["doc_id", "sent_no"], kind="stable", ignore_index=True)
    return Coded(codes, pd.DataFrame(sorted(senses), columns=list(SENSE_COLUMNS)))


def _chosen(body: Body, rows: Sequence[int]) -> Any:
    """The columns of these rows."""
    return ([column[row] for row in rows] for column in body)


def _code_chunk(body: Body, spans: Mapping[tuple[str, int], list[Name]], lang: str
                ) -> tuple[Labelled, list[tuple[object, ...]]]:
    """Labels and rows of `senses` of some sentences of one language."""
    headings = [one if isinstance(one, str) else "" for one in body.heading]
    places = zip(zip(body.doc_id, body.sent_no, strict=True), body.start_char, body.text, strict=True)
    names = [_inside(spans[place], start, len(text)) if place in spans else NO_NAMES for place, start, text in places]
    labelled = label_sentences(body.text, headings, names, lang)
    senses: list[tuple[object, ...]] = []
    for row, found in enumerate(labelled.senses):
        start, text = body.start_char[row], body.text[row]
        senses += [(body.doc_id[row], body.sent_no[row], start + span.start, start + span.end, text[span.start:span.end],
                    sense, in_name) for span, sense, in_name in found]
    return labelled, senses


def _inside(names: Sequence[Name], start: int, size: int) -> list[Name]:
    """Offsets in the document turned into offsets in the sentence."""
    return [Name(max(0, a - start), min(size, b - start), kind) for a, b, kind in names]


def _names_by_sentence(mentions: pd.DataFrame) -> dict[tuple[str, int], list[Name]]:
    """Names by sentence, offsets in the document."""
    names: dict[tuple[str, int], list[Name]] = defaultdict(list)
    if len(mentions):
        named = mentions[mentions["type"].isin(NAME_KINDS)]
        columns = (named[name].tolist() for name in ("doc_id", "sent_no", "start_char", "end_char", "type"))
        for doc_id, number, start, end, kind in zip(*columns, strict=True):
            names[doc_id, number].append(Name(start, end, kind))
    return names


def _code_frame(parts: Sequence[tuple[list[str], list[int], Labelled]]) -> pd.DataFrame:
    """The rows of `codes` of several chunks."""
    frames, p, marks = (np.concatenate([np.zeros((0, size), dtype=kind), *several]) for size, kind, several in (
        (_N_FRAMES, bool, [one.frames for _, _, one in parts]), (_N_FRAMES, float, [one.p for _, _, one in parts]),
        (len(MARKS), bool, [one.marks for _, _, one in parts])))
    columns: dict[str, object] = {"doc_id": [doc_id for doc_ids, _, _ in parts for doc_id in doc_ids],
                                  "sent_no": [number for _, numbers, _ in parts for number in numbers]}
    columns |= {name: frames[:, place] for place, name in enumerate(FRAME_LABELS)}
    columns |= {f"p_{name}": p[:, place].round(6) for place, name in enumerate(FRAME_LABELS)}
    columns["modality"] = [name for _, _, one in parts for name in one.modality]
    columns |= {name: marks[:, place] for place, name in enumerate(MARKS)}
    return pd.DataFrame(columns, columns=list(CODE_COLUMNS))


def annotate_texts(records: Sequence[Mapping[str, object]]) -> list[dict[str, object]]:
    """Labels of single sentences, in order: the answer of `tifa annotate` without `id` and `mentions`.

    records: `text`, `lang`, optional `heading` and `mentions` (mappings or records with start, end, type: offsets in
    the text); without `mentions` the registry's names are looked up.
    """
    answers: list[dict[str, object]] = [{} for _ in records]
    for lang in sorted({str(record["lang"]) for record in records}):
        rows = [row for row, record in enumerate(records) if record["lang"] == lang]
        texts = [str(records[row]["text"]) for row in rows]
        headings = [str(records[row].get("heading") or "") for row in rows]
        labelled = label_sentences(texts, headings, [_names_of(records[row]) for row in rows], lang)
        for place, row in enumerate(rows):
            answers[row] = _answer(labelled, place, texts[place])
    return answers


def _names_of(record: Mapping[str, object]) -> list[Name]:
    """The mentions that came with a record, else the registry's names in it."""
    mentions = record.get("mentions")
    if not isinstance(mentions, Sequence):
        return registry_names(str(record["text"]), str(record["lang"]))
    fields = [one if isinstance(one, Mapping) else vars(one) if hasattr(one, "__dict__") else one._asdict()
              for one in mentions]
    return [Name(int(one["start"]), int(one["end"]), str(one["type"])) for one in fields if one["type"] in NAME_KINDS]


def _answer(labelled: Labelled, place: int, text: str) -> dict[str, object]:
    return {"probabilities": {name: round(float(labelled.p[place, n]), 4) for n, name in enumerate(FRAME_LABELS)},
            "labels": [name for n, name in enumerate(FRAME_LABELS) if labelled.frames[place, n]],
            "modality": labelled.modality[place],
            "marks": [name for n, name in enumerate(MARKS) if labelled.marks[place, n]],
            "senses": [{"start": span.start, "end": span.end, "surface": text[span.start:span.end], "sense": sense,
                        "in_name": in_name} for span, sense, in_name in labelled.senses[place]]}
