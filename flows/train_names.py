"""`tifa train --names`: labels files in, weights of the recogniser of names out, with what it is worth beside the rules."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Sequence
from pathlib import Path

from flows.progress import say
from flows.train import labels_files
from pipeline.errors import TifaError
from pipeline.knowledge import MODELS
from pipeline.mentions.recogniser import FOLDER, LANGS
from pipeline.mentions.recogniser_training import (
    N_NETWORKS,
    TYPES,
    Labelled,
    fit,
    read_labelled,
    read_unseen,
    write_recogniser,
    write_unseen,
)
from pipeline.mentions.recogniser_worth import Worth, apply_rules, choose, count, cross_validated


def run_train_names(labels: Sequence[Path] | None, models: Path | None, seed: int, also: Sequence[str] = ()) -> None:
    """Train the recogniser of both languages, print what it adds to the rules, and write it into `names` of a folder of models.

    also: types to add wherever all networks agree, whether or not the cross-validation shows that it pays.
    """
    files = labels_files(labels)
    if unknown := sorted(set(also) - set(TYPES)):
        raise TifaError(f"There is no type {', '.join(unknown)}", where="--also", todo=f"Types are {', '.join(TYPES)}.")
    rows = read_labelled(files)
    if empty := [lang for lang in LANGS if not rows[lang]]:
        raise TifaError(f"There are no labelled sentences in {' and '.join(empty)}", where=", ".join(map(str, files)),
                        todo="Give labels files of both languages to --labels.")
    folder = models or MODELS
    digest = hashlib.sha256(b"".join(path.read_bytes() for path in files)).hexdigest()
    print("lang  sentences  F1 rules  F1 with additions  added  right  votes needed")
    for lang in LANGS:
        _train(rows[lang], lang, seed, folder, digest, also)
    if not any(folder.glob("codes_*.json")):  # a folder of models is read whole
        shutil.copytree(MODELS, folder, dirs_exist_ok=True, ignore=shutil.ignore_patterns(FOLDER, "__pycache__"))
        say(f"The classifiers that ship were copied beside them into {folder}.")
    say(f"Weights: {folder / FOLDER}. Use them: tifa run --recogniser spacy" + (f" --models {folder}" if models else ""))


def _train(rows: Sequence[Labelled], lang: str, seed: int, folder: Path, digest: str, also: Sequence[str]) -> None:
    say(f"{len(rows)} labelled sentences ({lang}); five-fold cross-validation by family, then training on all. This takes minutes …")
    marked = read_unseen(rows, lang, seed=seed, tell=say)
    write_unseen(marked, digest, folder / FOLDER / f"unseen_{lang}.json")
    ruled = apply_rules(rows, lang, marked)
    needed, worth = dict.fromkeys(also, N_NETWORKS) | choose(ruled), cross_validated(ruled)
    print(f"{lang:4}  {len(rows):9}  {worth.rules:8.3f}  {worth.both:17.3f}  {worth.added:5}  {worth.right:5}  "
          f"{', '.join(f'{kind} {votes}' for kind, votes in needed.items()) or 'no type pays: nothing is added'}")
    alone = {kind: {str(votes): _described(count(ruled, {kind: votes})) for votes in range(1, N_NETWORKS + 1)}
             for kind in sorted({kind for row in rows for _, kind in row.entities})}
    networks = [fit(rows, lang, seed=seed + number) for number in range(N_NETWORKS)]
    write_recogniser(networks, lang, needed, {"seed": seed, "labels_sha256": digest, "cross_validated": _described(worth),
                                              "additions_by_type_and_votes": alone}, folder)


def _described(worth: Worth) -> dict[str, object]:
    return {"f1_rules": round(worth.rules, 4), "f1_both": round(worth.both, 4), "added": worth.added, "right": worth.right,
            "wanted": worth.wanted}
