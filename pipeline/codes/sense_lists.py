"""The cues of codebook/senses.yml, compiled for hashed texts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from pipeline.codes.hashing import Hashes, hasher
from pipeline.codes.labels import SENSES
from pipeline.errors import KnowledgeError
from pipeline.knowledge import KNOWLEDGE, load_yaml
from pipeline.text import match_key


@dataclass(frozen=True)
class Known:
    """Hashes of cues of one length, rising, and the number of the sense of each."""

    hashes: Hashes
    sense: npt.NDArray[np.int64]

    def find(self, hashed: Hashes) -> npt.NDArray[np.int64]:
        """The sense of each hash; -1 where it is no cue."""
        place = np.minimum(np.searchsorted(self.hashes, hashed), len(self.hashes) - 1)
        return np.where(self.hashes[place] == hashed, self.sense[place], -1)


@dataclass(frozen=True)
class SenseLists:
    """Cues of one language. before, after: cues that touch the occurrence, by length, longest first.

    whole_words: a modifier must begin a word. names: (part of a name, sense), longest first.
    """

    before: tuple[tuple[int, Known], ...]
    after: tuple[tuple[int, Known], ...]
    whole_words: bool
    names: tuple[tuple[str, int], ...]

    def sense_of_name(self, name: str) -> int:
        """The sense of the first listed part that the name holds; -1 when it holds none."""
        key = match_key(name)
        return next((sense for part, sense in self.names if part in key), -1)


@lru_cache(maxsize=2)
def sense_lists(lang: str) -> SenseLists:
    """The compiled lists of zh or en. Raises: KnowledgeError when senses.yml is not as expected."""
    loaded = load_yaml(KNOWLEDGE / "codebook" / "senses.yml")
    if not isinstance(loaded, dict):
        raise KnowledgeError("Not a mapping", where="codebook/senses.yml", todo="Name its lists.")
    sides: dict[str, dict[str, int]] = {"before": {}, "after": {}}
    for side, cues in sides.items():
        for number, sense in enumerate(SENSES):
            for cue in loaded[sense][side].get(lang, []):
                cues.setdefault(match_key(str(cue)).removesuffix("*"), number)
    named = loaded["names"][lang]
    if not set(named.values()) <= set(SENSES):
        raise KnowledgeError("A name has an unknown sense", where="codebook/senses.yml names",
                             todo=f"Use one of {', '.join(SENSES)}.")
    names = sorted(((match_key(name), SENSES.index(sense)) for name, sense in named.items()),
                   key=lambda pair: (-len(pair[0]), pair))
    return SenseLists(_by_length(sides["before"]), _by_length(sides["after"]), lang == "en", tuple(names))


def _by_length(cues: Mapping[str, int]) -> tuple[tuple[int, Known], ...]:
    found = []
    for size in sorted({len(cue) for cue in cues}, reverse=True):
        hashed = sorted((_hash(cue), sense) for cue, sense in cues.items() if len(cue) == size)
        found.append((size, Known(np.array([one for one, _ in hashed], dtype=np.uint32),
                                  np.array([sense for _, sense in hashed], dtype=np.int64))))
    return tuple(found)


def _hash(cue: str) -> int:
    codes = np.frombuffer(cue.encode("utf-32-le"), dtype="<u4").astype(np.uint32)
    return int(hasher(codes).of(np.array([0]), np.array([len(codes)]))[0])
