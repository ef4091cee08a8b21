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
KIND_SCALE = {"L": 1.0, "R": 1.0, "W": 1.0, "N": 1.0, "B": 1.0, "A": 1.0, "P": 1.0, "l": 0.5, "r": 0.5, "s": 0.2, "h": 0.15}


@dataclass(frozen=True)
class Lists:
    """Cues of one language, longest first: (sense, cue) that may touch the occurrence before or after, or name it."""

    before: tuple[tuple[str, str], ...]
    after: tuple[tuple[str, str], ...]
    names: tuple[tuple[str, str], ...]
    neither: tuple[str, ...]


@lru_cache(maxsize=2)
def lists(lang: str) -> Lists:
    """The lists of pipeline/knowledge/codebook/senses.yml."""
    loaded = load_yaml(KNOWLEDGE / "codebook" / "senses.yml")
    if not isinstance(loaded, dict):
        raise KnowledgeError("Not a mapping", where="codebook/senses.yml", todo="Name its lists.")
    sides = {}
    for side in ("before", "after"):
        cues = [(sense, match_key(str(cue))) for sense in SENSES for cue in loaded[sense][side].get(lang, [])]
        sides[side] = tuple(sorted(cues, key=lambda pair: (-len(pair[1]), pair)))
    named = loaded["names"][lang]
    if not set(named.values()) <= set(SENSES):
        raise KnowledgeError("A name has an unknown sense", where="codebook/senses.yml names",
                             todo=f"Use one of {', '.join(SENSES)}.")
    by_length = sorted(((match_key(name), sense) for name, sense in named.items()), key=lambda pair: (-len(pair[0]), pair))
    return Lists(sides["before"], sides["after"], tuple(by_length), tuple(loaded["neither"].get(lang, [])))


def features(key: str, span: Span, lang: str, *, heading: str = "", name: Span | None = None) -> list[str]:
    """What is said about one occurrence, as strings `kind:value`. key, heading: match keys. name: the name it is in."""
    start, end = span
    left, right = key[max(0, start - WINDOW):start], key[end:end + WINDOW]
    found = _zh_features(key, left, right, heading) if lang == "zh" else _en_features(key, left, right, heading)
    known = lists(lang)
    trimmed_left, trimmed_right = (left, right) if lang == "zh" else (left.rstrip(), right.lstrip())
    for sense, cue in known.before:
        if _ends_with(trimmed_left, cue, lang):
            found.append(f"B:{sense}")
            break
    for sense, cue in known.after:
        if trimmed_right.startswith(cue.removesuffix("*")):
            found.append(f"A:{sense}")
            break
    surface = key[start:end]
    if lang == "en":
        found.append(f"W:{surface}")
        found += [f"P:{cue}" for cue in known.neither if key.startswith(cue, start)]
    if name is not None:
        inside = key[name.start:name.end]
        sense = next((sense for known_name, sense in known.names if known_name in inside), "")
        found += ["N:", f"N:{sense}"]
    return found


def _ends_with(left: str, cue: str, lang: str) -> bool:
    if lang == "zh":
        return left.endswith(cue)
    cue = cue.removesuffix("*")
    return left.endswith(cue) and (len(left) == len(cue) or not left[-len(cue) - 1].isalnum())


def _zh_features(key: str, left: str, right: str, heading: str) -> list[str]:
    found = [f"L:{left[-size:]}" for size in range(1, min(6, len(left)) + 1)] or ["L:^"]
    found += [f"R:{right[:size]}" for size in range(1, min(6, len(right)) + 1)] or ["R:$"]
    near_left, near_right = left[-8:], right[:8]
    found += [f"l:{near_left[place:place + 2]}" for place in range(len(near_left) - 1)]
    found += [f"r:{near_right[place:place + 2]}" for place in range(len(near_right) - 1)]
    found += sorted({f"s:{key[place:place + 2]}" for place in range(min(len(key), 300) - 1)})
    found += [f"h:{heading[place:place + 2]}" for place in range(min(len(heading), 60) - 1)]
    return found


def _en_features(key: str, left: str, right: str, heading: str) -> list[str]:
    before, after = _WORD.findall(left)[-4:], _WORD.findall(right)[:4]
    found = [f"L:{place}:{word[:7]}" for place, word in enumerate(reversed(before[-2:]))]
    found += [f"R:{place}:{word[:7]}" for place, word in enumerate(after[:2])]
    found += [f"L:{' '.join(before[-2:])}", f"R:{' '.join(after[:2])}"]
    if before and after:
        found.append(f"L:{before[-1]}_{after[0]}")
    found += [f"l:{word[:7]}" for word in before] + [f"r:{word[:7]}" for word in after]
    found += sorted({f"s:{word[:7]}" for word in _LONG_WORD.findall(key[:1500])})
    found += sorted({f"h:{word[:7]}" for word in _LONG_WORD.findall(heading[:120])})
    return found


@dataclass(frozen=True)
class SenseModel:
    """rows: feature → row of weights (features × senses, scales folded in)."""

    lang: str
    rows: dict[str, int]
    weights: npt.NDArray[np.float32]
    bias: npt.NDArray[np.float32]

    def sense(self, found: Sequence[str]) -> str:
        """The likeliest sense of an occurrence with these features."""
        known = [self.rows[name] for name in found if name in self.rows]
        return SENSES[int(np.argmax(self.weights[known].sum(axis=0) + self.bias))]


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
