"""How vague a sentence asks: a level from 0 (exact) to 3 (only aims), from listed wordings, marks and modality.

Source: the scale of tests/golden/vagueness.md. Fitted on its first round; Spearman's correlation with judgements of fresh
sentences 0.81 [0.55, 0.94] in Chinese (n 16), 0.56 [0.04, 0.90] in English (n 20): tests/benchmarks/check_vagueness.py.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from pipeline.errors import KnowledgeError
from pipeline.estimates.material import Floats, Material, as_floats
from pipeline.knowledge import KNOWLEDGE, load_yaml

EXACT_MARKS = ("has_deadline", "has_quantity", "has_sanction")
TOP_LEVEL = 3
WORDS = KNOWLEDGE / "words" / "estimates.yml"


@lru_cache(maxsize=1)
def vague_words() -> dict[str, list[str]]:
    """Wordings of both languages by list (`vague`, `concrete`). Raises: KnowledgeError."""
    loaded = load_yaml(WORDS)
    if not isinstance(loaded, dict) or set(loaded) != {"vague", "concrete"}:
        raise KnowledgeError("estimates.yml has the lists vague and concrete, each in zh and en", where=str(WORDS.name))
    return {name: [term for lang in ("zh", "en") for term in lists[lang]] for name, lists in loaded.items()}


def families() -> dict[str, tuple[str, ...]]:
    """One family per wording, so that they are searched for together with all others."""
    return {f"{name}:{term}": (term,) for name, terms in vague_words().items() for term in terms}


def vague_level(material: Material) -> Floats:
    """0 to 3 for each body sentence; says something only about sentences that ask, allow, promise or forbid.

    Different vague wordings count up (by at most three), concrete ones and marks of exactness down; sentences that
    encourage or commit count one up, those that prohibit one down. No balance either way is level 1.5, rounded up.
    """
    hits = material.term_hit_places(families())
    counts = {name: np.zeros(len(material.body)) for name in vague_words()}
    for family, places in hits.items():
        counts[family.partition(":")[0]][places] += 1.0
    modality = material.body["modality"]
    softer = as_floats(modality.isin(["encourage", "commit"])) - as_floats(modality.eq("prohibit"))
    exact = sum((as_floats(material.body[mark].eq(True)) for mark in EXACT_MARKS), np.zeros(len(material.body)))
    balance = np.minimum(counts["vague"], 3.0) - np.minimum(counts["concrete"], 3.0) + softer - 2 * exact
    return np.asarray(np.clip(np.floor(balance / 2 + 2), 0, TOP_LEVEL))
