"""How often the classifiers err on ordinary sentences, per kind of text: what trends corrects shares with."""

from __future__ import annotations

from collections.abc import Collection, Mapping

import numpy as np
import numpy.typing as npt

from pipeline.codes.decisions import drawn_at_random
from pipeline.codes.evaluation import Reading
from pipeline.codes.labels import TARGETS
from pipeline.codes.metrics import confusion
from pipeline.knowledge import KNOWLEDGE, load_yaml

JURISDICTIONS = ("CN", "other")


def strata_of(reading: Reading, given: Mapping[str, Collection[str]]) -> dict[str, set[str]]:
    """Strata of each labelled document: those given (genre), and for English CN or other.

    CN or other comes from the list read by hand (codebook/strata.yml; every document of the gold that it does not hold
    is other) or from the rows themselves, where they were drawn within such a stratum.
    """
    docs = sorted({str(row["doc"]) for row in reading.rows})
    strata = {doc: set(given.get(doc, ())) for doc in docs}
    if reading.lang == "en":
        loaded = load_yaml(KNOWLEDGE / "codebook" / "strata.yml")
        by_hand = {str(one) for one in loaded["CN"]} if isinstance(loaded, dict) else set()
        for doc in docs:
            strata[doc].add("CN" if doc in by_hand else "other")
    for row in reading.beside.rows if reading.beside else ():
        own = strata.setdefault(str(row["doc"]), set(given.get(str(row["doc"]), ())))
        if row.get("stratum") in JURISDICTIONS:
            own.add(str(row["stratum"]))
    return strata


def error_rates(reading: Reading, strata: Mapping[str, Collection[str]] | None = None) -> list[dict[str, object]]:
    """Confusion counts on randomly sampled rows, per label and stratum (`all`, and those of `strata`: doc → its strata).

    What trends corrects shares with; rows chosen because a model was unsure never enter. Rows drawn at random within a
    stratum enter that stratum alone: over all of a language they are not random.
    """
    counts: dict[tuple[str, str], npt.NDArray[np.int64]] = {}
    parts = [(reading.rows, reading.truth, reading.said, {"all"})]
    if reading.beside is not None:
        parts.append((reading.beside.rows, reading.beside.truth, reading.beside.said, set()))
    for rows, truth, said, every in parts:
        own = [every | set((strata or {}).get(str(row["doc"]), ())) for row in rows]
        random = drawn_at_random([row.get("sampled") for row in rows])
        for name in sorted(set().union(*own)):
            chosen = random & np.array([name in one for one in own], dtype=bool)
            for column, label in enumerate(TARGETS):
                if chosen.any() and not label.startswith("modality."):
                    found = np.array(confusion(truth[chosen, column], said[chosen, column]))
                    counts[name, label] = counts.get((name, label), np.zeros(4, dtype=np.int64)) + found
    order = sorted(counts, key=lambda key: (key[0] != "all", key[0]))
    return [{"label": label, "lang": reading.lang, "stratum": name, "n": int(counts[name, label].sum()),
             **dict(zip(("tp", "fp", "fn", "tn"), map(int, counts[name, label]), strict=True))} for name, label in order]
