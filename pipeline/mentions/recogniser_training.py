"""Training of the recogniser: labelled sentences in, weights and what they are worth out.

Networks learn from all names of the labelled sentences. Whether what they add to the rules is worth it is decided by
cross-validation by family: per type, the votes from which an addition gained more than it cost in sentences of families
that the networks had not seen; a type that gains nothing is never added.
"""

from __future__ import annotations

import hashlib
import json
import random
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from spacy.language import Language
from spacy.training import Example
from thinc.api import Adam

from pipeline.errors import TifaError
from pipeline.knowledge import load_registry
from pipeline.mentions import recogniser_network as network
from pipeline.mentions.recogniser import FOLDER, LANGS, Seen, read_names

TYPES = ("ACTOR", "DATE", "FORUM", "GPE", "INITIATIVE", "INSTRUMENT", "ORG", "PERSON")
N_NETWORKS, FOLDS = 2, 5
EPOCHS = {"zh": 12, "en": 10}
MAX_CHARS, DROPOUT, LEARN_RATE = 600, 0.2, 0.002
NAMELESS, RENAMED = 1.0, 0.5
BATCH = 16

Place = tuple[int, int, str]
Pair = tuple[str, Sequence[Place]]


class Labelled(NamedTuple):
    """A labelled sentence. entities: (surface, type) of its names, in any order, as often as they stand in it."""

    text: str
    family: str
    entities: tuple[tuple[str, str], ...]


def read_labelled(paths: Iterable[Path]) -> dict[str, list[Labelled]]:
    """Labels files (JSON Lines with text, lang, family, entities) by language. Raises: TifaError for other lines."""
    rows: dict[str, list[Labelled]] = {lang: [] for lang in LANGS}
    for path in paths:
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            try:
                row = json.loads(line)
                entities = tuple((str(name), str(kind)) for name, kind in row["entities"])
                rows[row["lang"]].append(Labelled(row["text"], row["family"], entities))
            except (ValueError, KeyError, TypeError) as error:
                raise TifaError(f"Not a labelled sentence: {error}", where=f"{path}, line {number}",
                                todo="Give lang (zh or en), text, family and entities as [[surface, type], …].") from error
            if unknown := {kind for _, kind in entities} - set(TYPES):
                raise TifaError(f"Unknown types {sorted(unknown)}", where=f"{path}, line {number}", todo=f"Types are {', '.join(TYPES)}.")
    return rows


def locate(row: Labelled) -> list[Place]:
    """Where the names of a sentence stand, by position: the longest first, each at the first place that is free."""
    taken: set[int] = set()
    placed = []
    for surface, kind in sorted(row.entities, key=lambda entity: (-len(entity[0]), entity)):
        start = row.text.find(surface)
        while start >= 0 and taken & set(range(start, start + len(surface))):
            start = row.text.find(surface, start + 1)
        if start >= 0 and surface:
            taken |= set(range(start, start + len(surface)))
            placed.append((start, start + len(surface), kind))
    return sorted(placed)


def fit(rows: Sequence[Labelled], lang: str, *, seed: int, epochs: int | None = None, renamed: float | None = None) -> Language:
    """One network, trained on labelled sentences of one language; its parameters are rounded as they are stored.

    epochs: how often each sentence is seen. renamed: share of the names that each time are replaced by registry names of
    their type, so that the words around a name are learnt and not the name alone. Of sentences without a name as many take
    part as of those with one, drawn anew each time; sentences of more than 600 characters do not.
    """
    short = [(row.text, spans) for row in rows if len(row.text) <= MAX_CHARS for spans in [locate(row)]]
    named, nameless = [pair for pair in short if pair[1]], [pair for pair in short if not pair[1]]
    if not named:
        raise TifaError("There is no labelled name to learn from", where=lang, todo="Give labels files with entities to --labels.")
    types = sorted({kind for _, spans in named for _, _, kind in spans})
    nlp = network.new_network(lang, types, seed)
    optimizer, drawn = Adam(LEARN_RATE), random.Random(seed)
    for _ in range(epochs or EPOCHS[lang]):
        some = [_renamed(*pair, lang, drawn, RENAMED if renamed is None else renamed) for pair in named]
        some += drawn.sample(nameless, min(len(nameless), int(NAMELESS * len(named))))
        drawn.shuffle(some)
        for first in range(0, len(some), BATCH):
            nlp.update([_example(nlp, *pair, lang) for pair in some[first:first + BATCH]], sgd=optimizer, drop=DROPOUT)
    return network.network_from(network.arrays_of(nlp), lang, types)


def _example(nlp: Language, text: str, spans: Sequence[Place], lang: str) -> Example:
    """A sentence with its names; names that begin or end within a token are left out."""
    doc, answer = network.make_doc(nlp.vocab, text, lang), network.make_doc(nlp.vocab, text, lang)
    answer.set_ents([found for start, end, kind in spans if (found := answer.char_span(start, end, label=kind))])
    return Example(doc, answer)


@lru_cache(maxsize=16)
def _registry_names(lang: str, kind: str) -> tuple[str, ...]:
    return tuple(sorted({name.text for entity in load_registry().entities.values() if entity.type == kind
                         for name in entity.names if name.lang.startswith(lang) and 2 <= len(name.text) <= 60}))


def _renamed(text: str, spans: Sequence[Place], lang: str, drawn: random.Random, share: float) -> Pair:
    """The sentence with this share of its names replaced by others of their types."""
    parts, places, end = [], [], 0
    for start, stop, kind in spans:
        names = _registry_names(lang, kind)
        name = drawn.choice(names) if names and drawn.random() < share else text[start:stop]
        parts += [text[end:start], name]
        begin = sum(map(len, parts[:-1]))
        places.append((begin, begin + len(name), kind))
        end = stop
    return "".join(parts) + text[end:], places


def fold_of(family: str, n: int = FOLDS) -> int:
    """The part of a cross-validation that a family belongs to, 0 to n - 1."""
    return int(hashlib.sha256(f"names {family}".encode()).hexdigest(), 16) % n


def read_unseen(rows: Sequence[Labelled], lang: str, *, seed: int, tell: Callable[[str], object]) -> list[list[Seen]]:
    """What networks trained on the other families mark in each sentence, in the order of the rows. tell: hears how far it is."""
    marked: list[list[Seen]] = [[] for _ in rows]
    for fold in range(FOLDS):
        tell(f"{lang}: part {fold + 1} of {FOLDS} of the cross-validation")
        networks = [fit([row for row in rows if fold_of(row.family) != fold], lang, seed=seed + number)
                    for number in range(N_NETWORKS)]
        for place, row in enumerate(rows):
            if fold_of(row.family) == fold:
                marked[place] = read_names(networks, row.text, lang)
    return marked


def write_unseen(marked: Sequence[Sequence[Seen]], labels_sha256: str, path: Path) -> None:
    """Write what the networks of a cross-validation marked: [row, start, end, type, votes], rows as in the labels files."""
    lines = [json.dumps([row, *one]) for row, seen in enumerate(marked) for one in seen]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f'{{"labels_sha256": "{labels_sha256}", "n_rows": {len(marked)}, "marked": [\n' + ",\n".join(lines) + "\n]}\n",
                    encoding="utf-8")


def read_unseen_marks(path: Path) -> list[list[Seen]]:
    """What `write_unseen` wrote, row by row."""
    stored = json.loads(path.read_text(encoding="utf-8"))
    marked: list[list[Seen]] = [[] for _ in range(stored["n_rows"])]
    for row, *one in stored["marked"]:
        marked[row].append(Seen(*one))
    return marked


def write_recogniser(networks: Sequence[Language], lang: str, needed: Mapping[str, int], facts: Mapping[str, object], folder: Path
                     ) -> None:
    """Write a language's weights (`<lang>.npz`, half precision) and their description (`<lang>.json`) into `folder`/names."""
    place = folder / FOLDER
    place.mkdir(parents=True, exist_ok=True)
    weights = place / f"{lang}.npz"
    np.savez_compressed(weights, allow_pickle=False, **{
        f"{number}/{key}": array for number, nlp in enumerate(networks) for key, array in network.arrays_of(nlp).items()})
    ner: Any = networks[0].get_pipe("ner")
    described = {"lang": lang, "types": list(ner.labels), "n_networks": len(networks), "needed": dict(needed),
                 "weights_sha256": hashlib.sha256(weights.read_bytes()).hexdigest(), **facts}
    (place / f"{lang}.json").write_text(json.dumps(described, ensure_ascii=False, indent=1, sort_keys=True) + "\n", encoding="utf-8")
