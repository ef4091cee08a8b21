"""`tifa train` and `tifa evaluate`: labels and a corpus folder in, weights or quality figures out."""

from __future__ import annotations

import csv
import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import pandas as pd

from flows.progress import say
from pipeline import documents, sentences
from pipeline.codes.changes import Place, changes, format_changes, load_said, read_corpus_with, save_said
from pipeline.codes.corrections import as_labels
from pipeline.codes.encoder import find_encoder, load_encoder
from pipeline.codes.evaluation import evaluate, format_table
from pipeline.codes.extra import SECOND, Source, agreement, read_extra, read_standoff, resolve
from pipeline.codes.front import Front
from pipeline.codes.names import NAME_KINDS, Name
from pipeline.codes.training import read_labels, train
from pipeline.errors import TifaError
from pipeline.knowledge import MODELS, genre_of
from pipeline.mentions import mentions_in_text

MATERIAL = Path("../shared")


@dataclass(frozen=True)
class TrainingText:
    """Unlabelled sentences by language as (family, text); the genre of each document; the documents as sources of labels;
    every sentence with its heading and year."""

    sentences: dict[str, list[tuple[str, str]]]
    strata: dict[str, tuple[str, ...]]
    sources: list[Source]
    places: list[Place]


@lru_cache(maxsize=200_000)
def names_in(text: str, lang: str) -> list[Name]:
    """The names that a run finds in a sentence: what training sees too."""
    return [Name(one.start, one.end, one.type) for one in mentions_in_text(text, lang) if one.type in NAME_KINDS]


def labels_files(given: Sequence[Path] | None) -> list[Path]:
    """The labels files to use: those given, else the coded material beside the project."""
    files = list(given or sorted((MATERIAL / "gold").glob("sentences_*.jsonl")))
    if missing := [str(path) for path in files if not path.is_file()]:
        raise TifaError(f"There is no labels file {', '.join(missing)}", todo="Give existing files to --labels.")
    if not files:
        raise TifaError("There are no labels", where=str(MATERIAL / "gold"), todo="Name a labels file with --labels.")
    return files


def read_corpus(folder: Path) -> TrainingText:
    """Body sentences of a folder of documents.

    A manifest.csv in the folder (columns file, id, split, family) limits them to `split=train` and names families, so
    that held-out families stay unseen; without one, every document is a family of its own.
    """
    if not folder.is_dir():
        raise TifaError("The folder of unlabelled documents does not exist", where=str(folder), todo="Give it to --corpus.")
    manifest = folder / "manifest.csv"
    listed: dict[str, dict[str, str]] = {}
    if manifest.is_file():
        with manifest.open(encoding="utf-8", newline="") as lines:
            listed = {row["file"]: row for row in csv.DictReader(lines)}
    seen = [file for file in documents.walk(folder)
            if not file.outcome and (not listed or listed.get(file.rel_path, {}).get("split") == "train")]
    rows = [row for result in documents.read_files(folder, seen) for row in result.document_rows]
    table = pd.DataFrame(rows)
    split = sentences.split_documents(table)
    about = {row["doc_id"]: (row, listed.get(row["path"], {})) for row in rows}
    texts: dict[str, list[tuple[str, str]]] = {"zh": [], "en": []}
    parts: dict[str, list[tuple[str, str]]] = {doc_id: [] for doc_id in about}
    body = split.loc[split["kind"] == "body", ["doc_id", "text", "heading"]]
    for doc_id, text, heading in body.itertuples(index=False):
        row, entry = about[doc_id]
        texts["en" if row["lang"] == "en" else "zh"].append((entry.get("family", doc_id), text))
        parts[doc_id].append((text, heading if isinstance(heading, str) else ""))
    strata: dict[str, tuple[str, ...]] = {
        entry.get("id", doc_id): (genre_of(row["doc_type"]),) for doc_id, (row, entry) in about.items()}
    sources = [Source(row["sha256"], entry.get("family", doc_id), row["text"], parts[doc_id])
               for doc_id, (row, entry) in about.items()]
    places = [Place("en" if row["lang"] == "en" else "zh", str(row["date_issued"] or "")[:4], entry.get("id", doc_id), above, own)
              for doc_id, (row, entry) in about.items() for own, above in parts[doc_id]]
    return TrainingText(texts, strata, sources, places)


def open_front(name: str, revision: str, *, alone: bool, download: bool, models: Path | None) -> Front:
    """The encoder to train with. Raises: TifaError when it is not here, or when the shipped models would be replaced."""
    if models is None:
        raise TifaError("Models with an encoder need a folder of their own", where="--encoder",
                        todo="Give one with --models; the models that ship run without an encoder.")
    if download and not Path(name).is_dir():
        from pipeline.sources.hub import download_encoder

        say(f"Fetching {name} from the Hugging Face hub …")
        encoder = load_encoder(download_encoder(name, revision))
    else:
        encoder = load_encoder(find_encoder(name, revision))
    say(f"Encoder {encoder.name}: {encoder.columns} columns, at most {encoder.max_tokens} tokens, sha256 {encoder.sha256[:12]}….")
    return Front(encoder, alone=alone)


def run_train(labels: Sequence[Path] | None, corpus: Path | None, models: Path | None, seed: int, changed: Path, *,
              corrections: tuple[Path, Path] | None = None, front: Front | None = None) -> None:
    """Fit the classifiers, write weights, error rates and the model card, and say which sentences are read otherwise now.

    changed: the CSV file that lists them. corrections: people's answers to learn from, too: their file,
    and the folder of the documents they speak of. front: an encoder before the head.
    """
    rows = [row for path in labels_files(labels) for row in read_labels(path)]
    text = read_corpus(corpus or MATERIAL / "policy")
    first, second = read_extra(MODELS), read_standoff(MODELS / SECOND)
    extra, missing = resolve(first, text.sources)
    if corrections:
        answered = resolve(as_labels(corrections[0]), read_corpus(corrections[1]).sources)
        say(f"{len(answered.rows)} sentences answered in full by people are learnt from, too.")
        extra = extra + answered.rows
    say(f"{len(rows)} labelled sentences, {len(extra)} coded beside them ({missing} more are not in this corpus); "
        f"{sum(map(len, text.sentences.values()))} unlabelled ones. Training takes minutes …")
    metrics = train(rows, unlabelled=text.sentences, strata=text.strata, folder=models or MODELS, seed=seed,
                    names=names_in, extra=extra, agreement=agreement(first, second), front=front)
    print(format_table(metrics))
    say(f"Weights, error rates and card: {models or MODELS}")
    show_changes(text.places, models or MODELS, changed)


def show_changes(places: Sequence[Place], folder: Path, changed: Path) -> None:
    """Print how many sentences of the corpus gained or lost a label against the shipped models, and list them in a CSV."""
    before, after = load_said(MODELS), read_corpus_with(folder, places, names_in)
    save_said(after, folder)
    if before is None:
        say("There are no decisions of the models before to compare with; the next training will have them.")
        return
    found = changes(before, after, places)
    print(format_changes(found, sum(key in before for key in after)))
    changed.parent.mkdir(parents=True, exist_ok=True)
    with changed.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["lang", "label", "change", "year", "document", "heading", "text"])
        writer.writerows([one.place.lang, one.label, "gained" if one.gained else "lost", one.place.year, one.place.doc,
                          one.place.heading, one.place.text] for one in found)
    say(f"The sentences: {changed}")


def run_evaluate(labels: Sequence[Path] | None, corpus: Path | None, out: Path | None, seed: int, *, cross_validate: bool
                 ) -> None:
    """Score the classifiers: by cross-validation, or the shipped ones on somebody's own labels."""
    rows = [row for path in labels_files(labels) for row in read_labels(path)]
    if cross_validate:
        say("Five-fold cross-validation by document family; this takes minutes …")
        text = read_corpus(corpus or MATERIAL / "policy")
        metrics = evaluate(rows, unlabelled=text.sentences, seed=seed, names=names_in,
                           extra=resolve(read_extra(MODELS), text.sources).rows)
    else:
        say("The shipped models on these labels; this says something only about labels they were not trained on.")
        metrics = evaluate(rows, unlabelled=None, seed=seed, names=names_in)
    print(format_table(metrics))
    if out is not None:
        out.write_text(json.dumps(metrics, ensure_ascii=False, indent=1), encoding="utf-8")
        say(f"The same as JSON: {out}")
