"""What people answered in place of the model: kept stand-off, laid over the codes of the sentences they speak of.

A line of the corrections file: `doc_id` and `sha256` of the document's file, its `lang`, `start_char`, `end_char` and `text_sha256` of the
sentence, `answers` (label → true, false, or a modality), `model` (what the model had said), `coder`, `date`. A later
line of the same sentence and label overrides an earlier one; the sentence itself is never stored. A correction whose
sentence has changed is not applied.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from pipeline.codes.extra import text_hash
from pipeline.codes.labels import FRAME_LABELS, FRAMES, MARKS, MODALITIES, THEMES
from pipeline.errors import TifaError

COLUMNS = ("doc_id", "start_char", "end_char", "text_sha256", "label", "answer", "model", "coder", "date")
LABELS = (*FRAME_LABELS, "modality", *MARKS)
_KEYS = {"doc_id": str, "sha256": str, "lang": str, "start_char": int, "end_char": int, "text_sha256": str, "answers": dict, "model": dict,
         "coder": str, "date": str}
_WORDS = {True: "yes", False: "no"}


def read_corrections(path: Path) -> pd.DataFrame:
    """One row per sentence and label, the latest answer: COLUMNS; answer and model: `yes`, `no`, or a modality. Sorted.

    Raises: TifaError naming the line that cannot be used. A file that does not exist holds none.
    """
    rows: dict[tuple[str, int, int, str], tuple[object, ...]] = {}
    lines = path.read_text(encoding="utf-8").splitlines() if path.is_file() else []
    for number, line in enumerate(lines, start=1):
        if line.strip():
            row = _row(line, where=f"{path}:{number}")
            for label, answer in row["answers"].items():
                rows[row["doc_id"], row["start_char"], row["end_char"], label] = (
                    row["doc_id"], row["start_char"], row["end_char"], row["text_sha256"], label,
                    _WORDS.get(answer, answer), _WORDS.get(row["model"][label], row["model"][label]), row["coder"], row["date"])
    return pd.DataFrame([rows[key] for key in sorted(rows)], columns=list(COLUMNS))


def _row(line: str, *, where: str) -> dict[str, Any]:
    todo = "Correct or remove the line; `tifa review --apply` writes it as it should be."
    try:
        row = json.loads(line)
    except json.JSONDecodeError as error:
        raise TifaError(f"Not JSON: {error}", where=where, todo=todo) from error
    wrong = [key for key, kind in _KEYS.items() if not isinstance(row, dict) or type(row.get(key)) is not kind]
    if wrong:
        raise TifaError(f"Missing or of the wrong kind: {', '.join(wrong)}", where=where, todo=todo)
    if set(row["model"]) != set(row["answers"]):
        raise TifaError("`model` and `answers` speak of different labels", where=where, todo=todo)
    for label, answer in (*row["answers"].items(), *row["model"].items()):
        if label not in LABELS or answer not in (MODALITIES if label == "modality" else (True, False)):
            raise TifaError(f"{answer!r} is no answer for {label}", where=where, todo=todo)
    return dict(row)


def lay_over(codes: pd.DataFrame, sentences: pd.DataFrame, corrections: pd.DataFrame) -> pd.DataFrame:
    """The codes with people's answers in place of the model's; probabilities stay the model's.

    codes, sentences: rows of the same documents. corrections: `read_corrections`. Returns: a frame like `codes`.
    """
    if corrections.empty or codes.empty:
        return codes
    found = match_corrections(sentences, corrections).merge(codes[["doc_id", "sent_no"]].reset_index(names="row"), on=["doc_id", "sent_no"])
    corrected = codes.copy()
    for label, answers in found.groupby("label"):
        values = answers["answer"] if label == "modality" else answers["answer"] == "yes"
        corrected.loc[answers["row"], label] = values.to_numpy()
    return corrected


def match_corrections(sentences: pd.DataFrame, corrections: pd.DataFrame) -> pd.DataFrame:
    """The corrections whose sentence stands where it stood, word for word, with its `sent_no`."""
    found = corrections.merge(sentences[["doc_id", "start_char", "end_char", "sent_no", "text"]], on=["doc_id", "start_char", "end_char"])
    same = found["text"].map(text_hash) == found["text_sha256"]
    return found[same].drop(columns="text").reset_index(drop=True)


def as_line(place: Mapping[str, object], answers: Mapping[str, bool | str], model: Mapping[str, bool | str], *, coder: str,
            date: str) -> str:
    """One line of the corrections file. place: doc_id, sha256, lang, start_char, end_char, text of the sentence."""
    return json.dumps({"doc_id": place["doc_id"], "sha256": place["sha256"], "lang": place["lang"], "start_char": place["start_char"],
                       "end_char": place["end_char"], "text_sha256": text_hash(str(place["text"])),
                       "answers": dict(answers), "model": dict(model),
                       "coder": coder, "date": date}, ensure_ascii=False, sort_keys=True)


def as_labels(path: Path) -> list[dict[str, object]]:
    """The sentences of a corrections file that were answered in full, as stand-off labels to train on (see `extra`)."""
    lines = path.read_text(encoding="utf-8").splitlines() if path.is_file() else []
    rows = [_row(line, where=f"{path}:{number}") for number, line in enumerate(lines, start=1) if line.strip()]
    return [{"sha256": row["sha256"], "id": row["doc_id"], "start": row["start_char"], "end": row["end_char"],
             "text_sha256": row["text_sha256"], "lang": row["lang"], "coder": row["coder"], "date": row["date"],
             **{label: row["answers"][label] for label in (*FRAMES, "modality")},
             "themes": [label for label in THEMES if row["answers"][label]],
             "marks": [label for label in MARKS if row["answers"][label]]}
            for row in rows if set(row["answers"]) == set(LABELS)]
