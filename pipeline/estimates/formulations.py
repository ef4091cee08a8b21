"""Formulations (提法) and issue topics with a fixed identity: surfaces in both languages, from formulations.yml."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import product

from pipeline.errors import KnowledgeError
from pipeline.estimates.surfaces import GUARD
from pipeline.knowledge import KNOWLEDGE, load_yaml
from pipeline.text import match_key

KINDS = ("formulation", "issue")
_GAPS = ("", "、", "，", ", ", " ", "和", "与", "且", "又")
_KEYS = {"kind", "zh", "en", "parts", "en_title", "pro_development", "note", "first_use", "unless", "after"}


@dataclass(frozen=True)
class Formulation:
    """One entry.

    kind: `formulation` is a fixed wording, counted in documents; `issue` a topic, counted in sentences.
    surfaces: every wording of it, then the contexts in which one means something else, each behind GUARD.
    after: names of earlier formulations whose place it may have taken.
    pro_development: a formula that defines security by development, counted as
    development in the balance (codebook 1, edge rule 8).
    """

    name: str
    kind: str
    surfaces: tuple[str, ...]
    title: str
    pro_development: bool = False
    after: tuple[str, ...] = ()

    @property
    def wordings(self) -> tuple[str, ...]:
        """The surfaces without the contexts."""
        return tuple(surface for surface in self.surfaces if not surface.startswith(GUARD))

    @property
    def key(self) -> str:
        """Name of its measure."""
        return f"{self.kind}_{self.name}"


@lru_cache(maxsize=1)
def load_formulations() -> dict[str, Formulation]:
    """All entries by name, in the order of the file. Raises: KnowledgeError."""
    loaded = load_yaml(KNOWLEDGE / "formulations.yml")
    if not isinstance(loaded, dict):
        raise KnowledgeError("formulations.yml is a mapping from name to wording", where="formulations.yml")
    found = {name: parse_formulation(name, entry) for name, entry in loaded.items()}
    if unknown := sorted({name for entry in found.values() for name in entry.after} - set(found)):
        raise KnowledgeError(f"`after` names what is no formulation: {unknown}", where="formulations.yml")
    return found


def parse_formulation(name: str, entry: object) -> Formulation:
    """One formulation from its YAML mapping.

    `parts` are words in a fixed order that may be joined by nothing, a comma or 和: every joining is a surface.
    Raises: KnowledgeError for an unknown key, an unknown kind, no surface, a surface twice.
    """
    where = f"formulations.yml, {name}"
    if not isinstance(entry, Mapping) or set(entry) - _KEYS:
        raise KnowledgeError("An entry has unknown keys", where=where, todo=f"Keys are: {', '.join(sorted(_KEYS))}.")
    kind = entry.get("kind", "formulation")
    if kind not in KINDS:
        raise KnowledgeError(f"The kind {kind!r} is unknown", where=where, todo=f"Kinds are: {', '.join(KINDS)}.")
    surfaces = [*entry.get("zh", []), *_joined(entry.get("parts", [])), *entry.get("en", [])]
    if not surfaces or not all(isinstance(item, str) and len(item.strip()) > 1 for item in surfaces):
        raise KnowledgeError("An entry needs at least one wording, each of two characters or more", where=where)
    keys = [match_key(item) for item in surfaces]
    twice = sorted({key for key in keys if keys.count(key) > 1})
    if twice:
        raise KnowledgeError(f"A wording stands twice: {twice}", where=where, todo="Remove one.")
    guards = [GUARD + context for context in entry.get("unless", [])]
    return Formulation(name, kind, (*surfaces, *guards), str(entry.get("en_title") or surfaces[0]),
                       entry.get("pro_development") is True, tuple(entry.get("after", [])))


def _joined(parts: list[str]) -> list[str]:
    if not parts:
        return []
    gaps = product(_GAPS, repeat=len(parts) - 1)
    return ["".join([parts[0], *(gap + part for gap, part in zip(joint, parts[1:], strict=True))]) for joint in gaps]
