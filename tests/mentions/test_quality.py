"""Floors for entity recognition on the labelled sentences: span and type exact, each sentence by itself.

Families are divided by their hash: half of them were read while the rules were written (`tuned`), a quarter was read
only after a first measurement (`read_later`), a quarter was never read (`untouched`) and tells how far the rules carry.
Nothing is fitted, so a cross-validation by family is this division; the table by type is in docs/mentions.md. Floors
may be raised; a lower one needs an entry in DECISIONS.md.
"""

import hashlib
import json
from collections import Counter
from pathlib import Path

import pytest

from pipeline.mentions import mentions_in_text

FLOORS = {("zh", "tuned"): 0.935, ("zh", "read_later"): 0.93, ("zh", "untouched"): 0.835, ("zh", "all"): 0.915,
          ("en", "tuned"): 0.92, ("en", "read_later"): 0.895, ("en", "untouched"): 0.81, ("en", "all"): 0.88}


def part(family: str) -> str:
    return ("tuned", "untouched", "tuned", "read_later")[int(hashlib.sha256(family.encode()).hexdigest(), 16) % 4]


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_entities_reach_their_floor(shared: Path, lang: str) -> None:
    counts = {name: Counter[str]() for name in ("tuned", "read_later", "untouched", "all")}
    types: Counter[tuple[str, str, str]] = Counter()
    for line in (shared / "gold" / f"sentences_{lang}.jsonl").read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        wanted = Counter((surface, kind) for surface, kind in row["entities"])
        found = Counter((hit.surface, hit.type) for hit in mentions_in_text(row["text"], lang))
        for name in (part(row["family"]), "all"):
            counts[name].update(hit=(wanted & found).total(), wanted=wanted.total(), found=found.total())
            for what, these in (("hit", wanted & found), ("wanted", wanted), ("found", found)):
                types.update({(name, kind, what): n for kind, n in Counter(kind for _, kind in these.elements()).items()})
    for name, kind in sorted({key[:2] for key in types}):
        hit, wanted_n, found_n = (types[name, kind, what] for what in ("hit", "wanted", "found"))
        print(f"entities {lang} {name:10} {kind:10} F1 {2 * hit / max(1, wanted_n + found_n):.3f} n {wanted_n}")
    for name, count in counts.items():
        precision, recall = count["hit"] / count["found"], count["hit"] / count["wanted"]
        score = 2 * precision * recall / (precision + recall)
        print(f"entities {lang} {name}: precision {precision:.3f} recall {recall:.3f} F1 {score:.3f} n {count['wanted']}")
        assert score >= FLOORS[lang, name]
