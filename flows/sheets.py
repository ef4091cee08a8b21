"""The spreadsheet of `tifa review`: written without anything a spreadsheet would run, read back with every cell checked."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import openpyxl
import pandas as pd

from pipeline.codes.corrections import LABELS, as_line, match_corrections, read_corrections
from pipeline.codes.extra import kappa
from pipeline.codes.labels import MODALITIES, model_language
from pipeline.codes.review import choose_sentences
from pipeline.errors import TifaError
from pipeline.estimates.sparse import jeffreys
from pipeline.reports.exports import write_csv, write_workbook
from pipeline.settings import Settings
from pipeline.store import Store

SHOWN = ("lang", "period", "issuer", "title", "heading", "text")
PLACE = ("doc_id", "sent_no")
YES, NO = {"y", "yes", "1", "true", "x", "是", "有"}, {"n", "no", "0", "false", "否", "无"}


def write_sheet(settings: Settings, *, n: int, out: Path, as_of: str) -> int:
    """Write the sentences most worth an answer; returns how many. The model's own answers are not shown."""
    if out.suffix not in {".csv", ".xlsx"}:
        raise TifaError(f"{out.suffix or 'No ending'} is no kind of spreadsheet", where=str(out), todo="End the name with .csv or .xlsx.")
    with Store(settings.database, read_only=True) as store:
        documents = store.read("documents")
        rows = choose_sentences(documents, store.read("sentences"), store.read("codes"), n=n, as_of=as_of,
                                known=read_corrections(settings.corrections))
    rows["title"] = rows["doc_id"].map(documents.set_index("doc_id")["title"])
    frame = rows[list(SHOWN)].assign(**dict.fromkeys(LABELS, "")).assign(**{name: rows[name] for name in PLACE})
    write_csv(frame, out) if out.suffix == ".csv" else write_workbook([("review", frame)], out)
    return len(frame)


def take_answers(settings: Settings, path: Path, *, coder: str, date: str) -> Iterator[str]:
    """Check a filled spreadsheet, add its answers to the corrections file, and tell how far they agree with the model.

    Yields: lines for people. Raises: TifaError that lists every cell that cannot be used; nothing is stored then.
    """
    with Store(settings.database, read_only=True) as store:
        sentences = store.read("sentences").merge(store.read("documents", columns=["doc_id", "sha256", "lang"]), on="doc_id")
        codes = store.read("codes")
    sentences["lang"] = sentences["lang"].map(model_language)
    places = {(row["doc_id"], row["sent_no"]): row for row in sentences.to_dict("records")}
    answered, problems = [], []
    for number, cells in enumerate(_cells(path), start=2):
        try:
            if answers := _answers(cells):
                answered.append((_place(cells, places), answers))
        except ValueError as error:
            problems.append(f"row {number}: {error}")
    if problems:
        raise TifaError("Some answers cannot be used: " + "; ".join(problems[:20]), where=str(path),
                        todo="Correct these cells and apply the file again; nothing was stored.")
    if not answered:
        raise TifaError("The file holds no answer", where=str(path), todo="Write y or n into the label columns.")
    before = read_corrections(settings.corrections)
    model = _model_answers(codes, sentences, before)
    settings.corrections.parent.mkdir(parents=True, exist_ok=True)
    with settings.corrections.open("a", encoding="utf-8") as file:
        for place, answers in answered:
            said = {label: model(place, label) for label in answers}
            file.write(as_line(place, answers, said, coder=coder, date=date) + "\n")
    yield f"{len(answered)} sentences answered by {coder}, added to {settings.corrections}."
    starts = {(place["doc_id"], place["start_char"]) for place, _ in answered}
    given = read_corrections(settings.corrections)
    yield from _agreement_lines(given[[pair in starts for pair in zip(given["doc_id"], given["start_char"], strict=True)]], before)


def _model_answers(codes: pd.DataFrame, sentences: pd.DataFrame, before: pd.DataFrame) -> Callable[[Mapping[str, Any], str], bool | str]:
    """What the model said of a sentence; for one answered before, what it had said then (the codes hold the answer now)."""
    said = codes.set_index(["doc_id", "sent_no"])
    then = {(row.doc_id, row.start_char, row.label): row.model for row in match_corrections(sentences, before).itertuples(index=False)}

    def model(place: Mapping[str, Any], label: str) -> bool | str:
        earlier = then.get((place["doc_id"], place["start_char"], label))
        now = said.at[(place["doc_id"], place["sent_no"]), label]
        if label == "modality":
            return str(earlier or now)
        return bool(now) if earlier is None else earlier == "yes"

    return model


def _cells(path: Path) -> Iterator[Mapping[str, str]]:
    if not path.is_file():
        raise TifaError("There is no such file", where=str(path), todo="Write one with `tifa review --n 50`.")
    if path.suffix == ".xlsx":
        try:
            sheet = openpyxl.load_workbook(path, read_only=True, data_only=True).worksheets[0]
        except (BadZipFile, KeyError) as error:
            raise TifaError("The file is no Excel workbook", where=str(path),
                            todo="Save it as .xlsx or .csv in your spreadsheet program.") from error
        rows = [["" if value is None else str(value) for value in row] for row in sheet.iter_rows(values_only=True)]
    else:
        rows = list(csv.reader(path.read_text(encoding="utf-8-sig").splitlines()))
    head = rows[0] if rows else []
    if missing := [name for name in (*PLACE, *LABELS) if name not in head]:
        raise TifaError(f"Columns are missing: {', '.join(missing)}", where=str(path), todo="Keep the columns as they were written.")
    return (dict(zip(head, row, strict=False)) for row in rows[1:] if any(row))


def _answers(cells: Mapping[str, str]) -> dict[str, bool | str]:
    answers: dict[str, bool | str] = {}
    for label in LABELS:
        word = cells.get(label, "").strip().lower()
        if not word:
            continue
        if label == "modality":
            if word not in MODALITIES:
                raise ValueError(f"modality is {word!r}; write one of {', '.join(MODALITIES)}")
            answers[label] = word
        elif word in YES | NO:
            answers[label] = word in YES
        else:
            raise ValueError(f"{label} is {word!r}; write y or n")
    return answers


def _place(cells: Mapping[str, str], places: Mapping[tuple[str, int], dict[str, Any]]) -> dict[str, Any]:
    number = cells["sent_no"].partition(".")[0]
    place = places.get((cells["doc_id"].lstrip("'"), int(number) if number.isdigit() else -1))
    if place is None or cells.get("text", place["text"]).lstrip("'").split() != place["text"].lstrip("'").split():
        raise ValueError("its sentence is not in the tables any more; write a new file")
    return place


def _agreement_lines(given: pd.DataFrame, before: pd.DataFrame) -> Iterator[str]:
    """Per label: how often people and the model agree now, and in all earlier answers; what the answers change."""
    yield f"{'label':<16}{'answers':>8}{'agree':>8}{'95 % interval':>18}{'kappa':>8}{'earlier':>18}"
    for label in LABELS:
        rows, earlier = given[given["label"] == label], before[before["label"] == label]
        if len(rows):
            same = rows["answer"] == rows["model"]
            low, high = jeffreys(int(same.sum()), len(rows))
            drift = f"{(earlier['answer'] == earlier['model']).mean():.2f} of {len(earlier)}" if len(earlier) else "—"
            agreed = kappa(rows["answer"].tolist(), rows["model"].tolist())
            yield f"{label:<16}{len(rows):>8}{same.mean():>8.2f}{f'{low:.2f}–{high:.2f}':>18}{agreed:>8.2f}{drift:>18}"
    other = given[given["answer"] != given["model"]]
    changed = Counter(f"{row.label} {row.model} → {row.answer}" for row in other.itertuples(index=False))
    yield "Changed: " + ("; ".join(f"{what} in {count}" for what, count in sorted(changed.items())) or "nothing") + "."
    yield "These sentences were chosen because the model was unsure: agreement here is lower than on all texts."
