"""Labels coded beside the gold, kept without the text they speak of, and how far two codings of them agree.

A line of such a file: `sha256` of the file, `id` of the document in its manifest, `start` and `end` of the sentence in
the document's stored text, `text_sha256` of the sentence, `lang`, the labels, `coder`, `date`; where the coder saw the
heading and coded the occurrences too: `senses`, and `sampled` (random within a `stratum`, or lexicon). The rows are
learnt from and never scored; those drawn at random enter the error rates of their stratum.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from pipeline.codes.labels import FRAMES, MARKS, THEMES
from pipeline.errors import TifaError

EXTRA, SECOND = ("labels_extra.jsonl", "labels_read_zh.jsonl", "labels_read_en.jsonl"), "labels_extra_second.jsonl"
_KEYS = ("sha256", "id", "start", "end", "text_sha256", "lang", *FRAMES, "themes", "modality", "marks", "coder", "date")


class Source(NamedTuple):
    """One document of a corpus folder. sha256: of its file. sentences: (text, heading) of its body sentences."""

    sha256: str
    family: str
    text: str
    sentences: Sequence[tuple[str, str]]


class Resolved(NamedTuple):
    """rows: labels with their text, as fitting takes them, in the order of the file. missing: how many were not found."""

    rows: list[dict[str, object]]
    missing: int


class Agreement(NamedTuple):
    """Two codings of the same sentences. n_first, n_second: how many said yes (all, for modality)."""

    label: str
    n: int
    share: float
    kappa: float
    n_first: int
    n_second: int


def read_extra(folder: Path) -> list[dict[str, object]]:
    """Every stand-off label to learn from."""
    return [row for name in EXTRA for row in read_standoff(folder / name)]


def read_standoff(path: Path) -> list[dict[str, object]]:
    """Rows of a file of stand-off labels; none when there is no file. Raises: TifaError naming a line without its keys."""
    if not path.is_file():
        return []
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
    for number, row in enumerate(rows, start=1):
        if missing := [key for key in _KEYS if key not in row]:
            raise TifaError(f"The keys {', '.join(missing)} are missing", where=f"{path}:{number}", todo="Add them.")
    return rows


def text_hash(text: str) -> str:
    """sha256 of a text in UTF-8."""
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def resolve(rows: Iterable[Mapping[str, object]], sources: Iterable[Source]) -> Resolved:
    """Give stand-off labels their text back.

    A sentence is looked up by its offsets; where the stored text has moved since, among the document's sentences. The
    hash decides in both cases, so no label lands on another text. What is found in no source is left out and counted.
    """
    by_file: dict[str, list[Source]] = defaultdict(list)
    for source in sources:
        by_file[source.sha256].append(source)
    found: list[dict[str, object]] = []
    missing = 0
    for row in rows:
        place = _place_of(row, by_file.get(str(row["sha256"]), []))
        if place is None:
            missing += 1
        else:
            text, heading, family = place
            found.append({"senses": None, "sampled": "extra", **row, "doc": row["id"], "text": text, "family": family,
                          "heading": heading if "senses" in row else ""})
    return Resolved(found, missing)


def _place_of(row: Mapping[str, object], sources: Sequence[Source]) -> tuple[str, str, str] | None:
    """Text, heading and family of a labelled sentence."""
    start, end = int(str(row["start"])), int(str(row["end"]))
    for source in sources:
        text = source.text[start:end]
        if text_hash(text) == row["text_sha256"]:
            return text, next((above for own, above in source.sentences if own == text), ""), source.family
    for source in sources:
        for text, above in source.sentences:
            if text_hash(text) == row["text_sha256"]:
                return text, above, source.family
    return None


def agreement(first: Sequence[Mapping[str, object]], second: Sequence[Mapping[str, object]]) -> list[Agreement]:
    """Agreement of two codings per label, on the sentences that both hold, in the codebook's order."""
    other = {_key(row): row for row in second}
    pairs = [(row, other[_key(row)]) for row in first if _key(row) in other]
    result = []
    for label in (*FRAMES, *THEMES, "modality", *MARKS):
        one, two = [_value(row, label) for row, _ in pairs], [_value(row, label) for _, row in pairs]
        if pairs:
            share = sum(a == b for a, b in zip(one, two, strict=True)) / len(pairs)
            result.append(Agreement(label, len(pairs), share, kappa(one, two), sum(map(bool, one)), sum(map(bool, two))))
    return result


def _key(row: Mapping[str, object]) -> tuple[object, ...]:
    return row["sha256"], row["start"], row["end"], row["text_sha256"]


def _value(row: Mapping[str, object], label: str) -> Hashable:
    if label in FRAMES or label == "modality":
        return str(row[label]) if label == "modality" else bool(row[label])
    values = row["themes" if label in THEMES else "marks"]
    return isinstance(values, list) and label in values


def kappa(one: Sequence[Hashable], two: Sequence[Hashable]) -> float:
    """Cohen's kappa; 1.0 when both say the same single thing throughout."""
    share = sum(a == b for a, b in zip(one, two, strict=True)) / len(one)
    first, second = Counter(one), Counter(two)
    chance = sum(first[value] * second[value] for value in first) / len(one) ** 2
    return 1.0 if chance == 1 else (share - chance) / (1 - chance)
