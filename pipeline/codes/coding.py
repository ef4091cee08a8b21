"""Sentences → codes and senses: the two frames a run writes, and the labels `tifa annotate` prints."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from pipeline.codes.labels import FRAME_LABELS, LANGUAGES, MARKS, MODALITIES, TARGETS, model_language
from pipeline.codes.model import encode_texts, load_model
from pipeline.codes.names import masks_of, registry_names
from pipeline.codes.senses import features, load_senses
from pipeline.errors import TifaError
from pipeline.text import Span, match_key, quoted_titles, security_occurrences

CODE_COLUMNS = ("doc_id", "sent_no", *FRAME_LABELS, *(f"p_{name}" for name in FRAME_LABELS), "modality", *MARKS)
SENSE_COLUMNS = ("doc_id", "sent_no", "start_char", "end_char", "surface", "sense", "in_name")
NAME_TYPES = frozenset({"ACTOR", "FORUM", "ORG", "INSTRUMENT", "INITIATIVE"})
_HINTS = {"zh": ("安全",), "en": ("safe", "secur")}
_N_FRAMES = len(FRAME_LABELS)
_MODALITY = slice(_N_FRAMES, _N_FRAMES + len(MODALITIES))
_MARKS = slice(_N_FRAMES + len(MODALITIES), len(TARGETS))


class Coded(NamedTuple):
    """codes: one row per body sentence. senses: one row per occurrence in a body sentence. Columns as in the contract."""

    codes: pd.DataFrame
    senses: pd.DataFrame


class Sentence(NamedTuple):
    """What the classifiers see of one sentence. names: offsets in `text`, or None to look them up in the registry."""

    text: str
    heading: str
    names: Sequence[Span] | None


class Labelled(NamedTuple):
    """Labels of a batch: probabilities and decisions (sentences × labels), modality names, marks, senses."""

    p: npt.NDArray[np.float64]
    frames: npt.NDArray[np.bool_]
    modality: list[str]
    marks: npt.NDArray[np.bool_]
    senses: list[list[tuple[Span, str, bool]]]


def label_sentences(sentences: Sequence[Sentence], lang: str) -> Labelled:
    """Labels of sentences of one language (zh or en), in their order."""
    model = load_model(lang)
    names = [registry_names(one.text, lang) if one.names is None else one.names for one in sentences]
    masks = [masks_of(one.text, found) for one, found in zip(sentences, names, strict=True)]
    batch = encode_texts([one.text for one in sentences], lang, masks)
    scores = model.score(batch, [one.heading for one in sentences])
    decided = scores > model.threshold
    best = np.argmax(scores[:, _MODALITY], axis=1)
    return Labelled(model.probability(scores[:, :_N_FRAMES]), decided[:, :_N_FRAMES], [MODALITIES[n] for n in best],
                    decided[:, _MARKS], [senses_in(one, found, lang) for one, found in zip(sentences, names, strict=True)])


def senses_in(one: Sentence, names: Sequence[Span], lang: str) -> list[tuple[Span, str, bool]]:
    """(offsets in the sentence, sense, stands in a name) of every occurrence, in order."""
    hints = _HINTS[lang]
    key = match_key(one.text)
    if not any(hint in key for hint in hints):
        return []
    model = load_senses(lang)
    around = [*quoted_titles(one.text), *names]
    heading = match_key(one.heading)
    found = []
    for span in security_occurrences(one.text, lang):
        name = next((Span(*other) for other in around if other[0] <= span.start and span.end <= other[1]), None)
        sense = model.sense(features(key, span, lang, heading=heading, name=name))
        found.append((span, sense, name is not None))
    return found


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
    doc_ids, numbers = body["doc_id"].tolist(), body["sent_no"].tolist()
    starts, texts = body["start_char"].tolist(), body["text"].tolist()
    headings = ["" if not isinstance(value, str) else value for value in body["heading"].tolist()]
    spans = _spans_by_sentence(mentions)
    none: list[Span] = []
    rows_of: dict[str, list[int]] = defaultdict(list)
    model_of = {doc_id: model_language(langs[doc_id]) for doc_id in set(doc_ids)}
    for row, doc_id in enumerate(doc_ids):
        rows_of[model_of[doc_id]].append(row)
    parts, senses = [], []
    for lang in LANGUAGES:
        rows = rows_of.get(lang, [])
        if not rows:
            continue
        some = []
        for row in rows:
            found = spans.get((doc_ids[row], numbers[row]), none)
            names = [Span(max(0, a - starts[row]), min(len(texts[row]), b - starts[row])) for a, b in found]
            some.append(Sentence(texts[row], headings[row], [span for span in names if span.start < span.end]))
        labelled = label_sentences(some, lang)
        parts.append(_code_frame([doc_ids[row] for row in rows], [numbers[row] for row in rows], labelled))
        for row, found_senses in zip(rows, labelled.senses, strict=True):
            senses += [(doc_ids[row], numbers[row], starts[row] + span.start, starts[row] + span.end,
                        texts[row][span.start:span.end], sense, in_name) for span, sense, in_name in found_senses]
    codes = pd.concat(parts) if parts else _code_frame([], [], None)
    order = ["doc_id", "sent_no"]
    return Coded(codes.sort_values(order, kind="stable").reset_index(drop=True),
                 pd.DataFrame(sorted(senses), columns=list(SENSE_COLUMNS)))


def _spans_by_sentence(mentions: pd.DataFrame) -> dict[tuple[str, int], list[Span]]:
    spans: dict[tuple[str, int], list[Span]] = defaultdict(list)
    if len(mentions):
        named = mentions[mentions["type"].isin(NAME_TYPES)]
        for doc_id, number, start, end in zip(named["doc_id"].tolist(), named["sent_no"].tolist(),
                                              named["start_char"].tolist(), named["end_char"].tolist(), strict=True):
            spans[doc_id, number].append(Span(start, end))
    return spans


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

    records: `text`, `lang`, optional `heading` and `mentions` (mappings with start, end, type: offsets in the text).
    """
    answers: list[dict[str, object]] = [{} for _ in records]
    for lang in LANGUAGES:
        rows = [row for row, record in enumerate(records) if model_language(str(record["lang"])) == lang]
        if not rows:
            continue
        labelled = label_sentences([_sentence(records[row]) for row in rows], lang)
        for place, row in enumerate(rows):
            answers[row] = _answer(labelled, place, str(records[row]["text"]))
    return answers


def _sentence(record: Mapping[str, object]) -> Sentence:
    mentions = record.get("mentions")
    names = None
    if isinstance(mentions, Sequence):
        names = [Span(int(one["start"]), int(one["end"])) for one in mentions if one["type"] in NAME_TYPES]
    return Sentence(str(record["text"]), str(record.get("heading") or ""), names)


def _answer(labelled: Labelled, place: int, text: str) -> dict[str, object]:
    return {"probabilities": {name: round(float(labelled.p[place, n]), 4) for n, name in enumerate(FRAME_LABELS)},
            "labels": [name for n, name in enumerate(FRAME_LABELS) if labelled.frames[place, n]],
            "modality": labelled.modality[place],
            "marks": [name for n, name in enumerate(MARKS) if labelled.marks[place, n]],
            "senses": [{"start": span.start, "end": span.end, "surface": text[span.start:span.end], "sense": sense,
                        "in_name": in_name} for span, sense, in_name in labelled.senses[place]]}
