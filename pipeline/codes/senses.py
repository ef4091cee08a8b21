"""What each 安全 / safe / secure / security keeps safe: one row per occurrence.

A small linear classifier reads what touches the occurrence, the words around it, the codebook's modifier and head
lists, and whether it stands in a name. Features are strings; the model is a table from string to five weights.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
import numpy.typing as npt

from pipeline.codes.labels import SENSES
from pipeline.errors import KnowledgeError, TifaError
from pipeline.knowledge import KNOWLEDGE, MODELS, load_yaml
from pipeline.text import Span, match_key

WINDOW = 40
_WORD = re.compile(r"[a-z0-9]{1,40}|[,;.()&/]")
_LONG_WORD = re.compile(r"[a-z]{3,40}")
# How much one feature of each kind may say, relative to what touches the occurrence.
KIND_SCALE = {"L": 1.0, "R": 1.0, "W": 1.0, "N": 1.0, "B": 1.0, "A": 1.0, "P": 1.0, "l": 0.8, "r": 0.8, "s": 0.35, "h": 0.3}


@dataclass(frozen=True)
class Lists:
    """Cues of one language. before, after: cue → sense, for cues that touch the occurrence; the longest one counts."""

    before: dict[str, str]
    after: dict[str, str]
    before_sizes: tuple[int, ...]
    after_sizes: tuple[int, ...]
    names: tuple[tuple[str, str], ...]
    neither: tuple[str, ...]


@lru_cache(maxsize=2)
def lists(lang: str) -> Lists:
    """The lists of pipeline/knowledge/codebook/senses.yml."""
    loaded = load_yaml(KNOWLEDGE / "codebook" / "senses.yml")
    if not isinstance(loaded, dict):
        raise KnowledgeError("Not a mapping", where="codebook/senses.yml", todo="Name its lists.")
    sides: dict[str, dict[str, str]] = {"before": {}, "after": {}}
    for side, cues in sides.items():
        for sense in SENSES:
            for cue in loaded[sense][side].get(lang, []):
                cues.setdefault(match_key(str(cue)).removesuffix("*"), sense)
    named = loaded["names"][lang]
    if not set(named.values()) <= set(SENSES):
        raise KnowledgeError("A name has an unknown sense", where="codebook/senses.yml names",
                             todo=f"Use one of {', '.join(SENSES)}.")
    by_length = sorted(((match_key(name), sense) for name, sense in named.items()),
                       key=lambda pair: (-len(pair[0]), pair))
    sizes = {side: tuple(sorted({len(cue) for cue in cues}, reverse=True)) for side, cues in sides.items()}
    return Lists(sides["before"], sides["after"], sizes["before"], sizes["after"], tuple(by_length),
                 tuple(loaded["neither"].get(lang, [])))


def features(key: str, span: Span, lang: str, *, heading: str = "", name: Span | None = None) -> list[str]:
    """What is said about one occurrence, as strings `kind:value`. key, heading: match keys. name: the name it is in."""
    return local_features(key, span, lang, name=name) + context_features(key, lang, "s") + context_features(
        heading, lang, "h")


def context_features(key: str, lang: str, kind: str) -> list[str]:
    """What the whole sentence (kind s) or its heading (kind h) says, the same for all its occurrences."""
    if lang == "zh":
        size = min(len(key), 300 if kind == "s" else 60)
        parts = [f"{kind}:{key[place:place + 2]}" for place in range(size - 1)]
        if kind == "h":
            return parts  # a short heading: what it repeats counts twice
    else:
        parts = [f"{kind}:{word[:7]}" for word in _LONG_WORD.findall(key[:1500 if kind == "s" else 120])]
    return list(dict.fromkeys(parts))


def local_features(key: str, span: Span, lang: str, *, name: Span | None = None) -> list[str]:
    """What touches and surrounds one occurrence."""
    start, end = span
    left, right = key[max(0, start - WINDOW):start], key[end:end + WINDOW]
    found = _zh_features(left, right) if lang == "zh" else _en_features(left, right)
    known = lists(lang)
    found += _touching(known, left if lang == "zh" else left.rstrip(), right if lang == "zh" else right.lstrip(), lang)
    if lang == "en":
        found += _around(key[start:end], left, right)
        found += [f"P:{cue}" for cue in known.neither if key.startswith(cue, start)]
    if name is not None:
        inside = key[name.start:name.end]
        sense = next((sense for known_name, sense in known.names if known_name in inside), "")
        found += ["N:", f"N:{sense}"]
    return found


def _around(surface: str, left: str, right: str) -> list[str]:
    """English: the word itself, alone and with its neighbours; one stem for safe, safer, safety and so on."""
    stem = "safe" if "saf" in surface else "secur"
    before, after = _WORD.findall(left)[-1:] or ["^"], _WORD.findall(right)[:1] or ["$"]
    return [f"W:{surface}", f"W:{stem}", f"W:{before[0][:7]} {stem}", f"W:{stem} {after[0][:7]}"]


def _touching(known: Lists, left: str, right: str, lang: str) -> list[str]:
    """The longest listed modifier that ends at the occurrence, and the longest listed head that follows it."""
    found = []
    for size in known.before_sizes:
        sense = known.before.get(left[-size:]) if len(left) >= size else None
        if sense and (lang == "zh" or len(left) == size or not left[-size - 1].isalnum()):
            found.append(f"B:{sense}")
            break
    for size in known.after_sizes:
        sense = known.after.get(right[:size])
        if sense:
            found.append(f"A:{sense}")
            break
    return found


def _zh_features(left: str, right: str) -> list[str]:
    found = [f"L:{left[-size:]}" for size in range(1, min(6, len(left)) + 1)] or ["L:^"]
    found += [f"R:{right[:size]}" for size in range(1, min(6, len(right)) + 1)] or ["R:$"]
    near_left, near_right = left[-8:], right[:8]
    found += [f"l:{near_left[place:place + 2]}" for place in range(len(near_left) - 1)]
    found += [f"r:{near_right[place:place + 2]}" for place in range(len(near_right) - 1)]
    return found


def _en_features(left: str, right: str) -> list[str]:
    before, after = _WORD.findall(left)[-4:], _WORD.findall(right)[:4]
    found = [f"L:{place}:{word[:7]}" for place, word in enumerate(reversed(before[-2:]))]
    found += [f"R:{place}:{word[:7]}" for place, word in enumerate(after[:2])]
    found += [f"L:{' '.join(before[-2:])}", f"R:{' '.join(after[:2])}"]
    if before and after:
        found.append(f"L:{before[-1]}_{after[0]}")
    found += [f"l:{word[:7]}" for word in before] + [f"r:{word[:7]}" for word in after]
    return found


@dataclass(frozen=True)
class SenseModel:
    """rows: feature → row of weights (features × senses, scales folded in)."""

    lang: str
    rows: dict[str, int]
    weights: npt.NDArray[np.float32]
    bias: npt.NDArray[np.float32]

    def weigh(self, found: Sequence[str]) -> npt.NDArray[np.float32]:
        """What these features say for each sense."""
        known = [row for row in map(self.rows.get, found) if row is not None]
        return np.asarray(self.weights[known].sum(axis=0), dtype=np.float32)

    def sense(self, found: Sequence[str], context: npt.NDArray[np.float32] | float = 0.0) -> str:
        """The likeliest sense of an occurrence with these features, beside what its context was weighed to."""
        return SENSES[int(np.argmax(self.weigh(found) + context + self.bias))]


def sense_path(lang: str, folder: Path = MODELS) -> Path:
    """Where the sense weights of one language lie."""
    return folder / f"senses_{lang}.npz"


@lru_cache(maxsize=4)
def load_senses(lang: str, folder: Path = MODELS) -> SenseModel:
    """The sense classifier of zh or en. Raises: TifaError when it is missing or its files do not belong together."""
    path = sense_path(lang, folder)
    if not path.is_file() or not path.with_suffix(".json").is_file():
        raise TifaError(f"There is no sense model for {lang}", where=str(path), todo="Run `tifa train`.")
    facts = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
    if hashlib.sha256(path.read_bytes()).hexdigest() != facts["weights_sha256"]:
        raise TifaError("Weights and features of the sense model do not belong together", where=str(path),
                        todo="Run `tifa train`, or restore both files.")
    with np.load(path, allow_pickle=False) as arrays:
        weights = arrays["weights"].astype(np.float32) * arrays["scale"]
        return SenseModel(lang, {name: row for row, name in enumerate(facts["features"])}, weights, arrays["bias"])


def save_senses(lang: str, folder: Path, *, names: Sequence[str], weights: npt.NDArray[np.float32],
                bias: npt.NDArray[np.float32]) -> None:
    """Write the sense classifier; the same input gives the same bytes."""
    scale = np.maximum(np.abs(weights).max(axis=0), 1e-9).astype(np.float32) / 32000
    path = sense_path(lang, folder)
    np.savez_compressed(path, bias=bias.astype(np.float32), scale=scale, weights=np.rint(weights / scale).astype(np.int16))
    facts = {"features": list(names), "senses": list(SENSES),
             "weights_sha256": hashlib.sha256(path.read_bytes()).hexdigest()}
    path.with_suffix(".json").write_text(json.dumps(facts, ensure_ascii=False, sort_keys=True) + "\n", encoding="utf-8")
