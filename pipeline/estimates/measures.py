"""What can be counted: every measure by name, as a numerator and a denominator per sentence or per document."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from pipeline.errors import UnknownLabel
from pipeline.estimates.formulations import load_formulations
from pipeline.estimates.material import Floats, Material, any_of, as_floats
from pipeline.estimates.vagueness import TOP_LEVEL, families, vague_level

FRAMES = ("development", "security", "ethics", "cooperation", "sovereignty", "competition", "rulemaking", "inclusion")
MODALITIES = ("prohibit", "oblige", "permit", "encourage", "commit", "state")
MARKS = ("has_deadline", "has_quantity", "has_responsible", "has_sanction", "has_reference")
SENSES = ("state", "data", "technical", "person", "general")
RENDERINGS = ("safety", "security", "both", "other", "omitted")
MENTIONED = ("ACTOR", "FORUM", "ORG", "GPE", "PERSON", "INSTRUMENT", "INITIATIVE")
_DEVELOPMENT_WORDS = r"发展|發展|(?i:\bdevelop)"

ECHOED = 0.5

Vectors = tuple[Floats, Floats]


@dataclass(frozen=True)
class Measure:
    """One thing that is counted.

    unit: what the denominator counts (`sentence`, `document`, `occurrence`, `thousand`: 1,000 characters in zh,
    1,000 words in en). scale: `share` in [0, 1], `difference` in [-1, 1], `rate` from 0 up.
    label: the classifier label whose error rates apply, if any.
    vectors: numerator and denominator, one pair of values per body sentence (per document for unit `document`).
    """

    name: str
    unit: str
    scale: str
    vectors: Callable[[Material], Vectors]
    label: str | None = None
    core: bool = False
    sentences: Callable[[Material], Floats] | None = None
    """For a measure of documents that is made of sentences: 1.0 for each sentence that makes its document count."""


def _ones(material: Material) -> Floats:
    return np.ones(len(material.body))


def flag(material: Material, column: str) -> Floats:
    """A BOOLEAN column of `codes` as 0.0 and 1.0; missing counts as 0.0."""
    return as_floats(material.body[column].eq(True))


def _coded(name: str, *, core: bool = False) -> Measure:
    return Measure(name, "sentence", "share", lambda material: (flag(material, name), _ones(material)),
                   label=name, core=core)


def _balance(material: Material) -> Vectors:
    """Development minus security; a sentence with a listed pro-development formula counts as development only."""
    value = flag(material, "development") - flag(material, "security")
    value[pro_development(material) > 0] = 1.0
    return value, _ones(material)


def pro_development(material: Material) -> Floats:
    """1.0 for sentences that hold a formula which defines security by development (codebook 1, edge rule 8)."""
    _prepare(material)
    listed_ones = [entry for entry in load_formulations().values() if entry.pro_development]
    return any_of(material, material.term_hits({entry.key: entry.surfaces for entry in listed_ones}).values())


def _prepare(material: Material) -> None:
    """Search for every wording that measures know in one pass over the texts."""
    material.prepare_terms({entry.key: entry.surfaces for entry in load_formulations().values()} | families())


def _both(material: Material) -> Vectors:
    return flag(material, "development") * flag(material, "security"), _ones(material)


def _neither(material: Material) -> Vectors:
    return (1 - flag(material, "development")) * (1 - flag(material, "security")), _ones(material)


def _modality(name: str) -> Measure:
    return Measure(f"modality_{name}", "sentence", "share",
                   lambda material: (as_floats(material.body["modality"].eq(name)), _ones(material)),
                   label=f"modality_{name}")


def _unspecific(material: Material) -> Vectors:
    """Among sentences that ask, allow or promise something: those with no deadline, number, body or sanction."""
    demands = as_floats(material.body["modality"].ne("state"))
    marked = any_of(material, [flag(material, mark) for mark in MARKS[:4]])
    return demands * (1 - marked), demands


def _vagueness(material: Material) -> Vectors:
    """Level of vagueness (0 to 3, as a part of 3) of the sentences that ask, allow, promise or forbid something."""
    _prepare(material)
    demands = as_floats(material.body["modality"].ne("state"))
    return demands * vague_level(material) / TOP_LEVEL, demands


def _sense(name: str) -> Measure:
    def vectors(material: Material) -> Vectors:
        senses = material.tables["senses"]
        senses = senses[~senses["in_name"].eq(True)]
        return (material.per_sentence(senses[senses["sense"] == name]), material.per_sentence(senses))

    return Measure(f"sense_{name}", "occurrence", "share", vectors)


def _rendering(name: str) -> Measure:
    def vectors(material: Material) -> Vectors:
        rows = material.tables["renderings"]
        chosen = rows[rows["rendering"] == name]
        return (material.per_sentence(chosen, doc_column="zh_doc_id"),
                material.per_sentence(rows, doc_column="zh_doc_id"))

    return Measure(f"rendering_{name}", "occurrence", "share", vectors)


def _security_words(material: Material) -> Vectors:
    return material.per_sentence(material.tables["senses"]), material.chars / 1000


def _development_words(material: Material) -> Vectors:
    counts = as_floats(material.body["text"].str.count(_DEVELOPMENT_WORDS))
    return counts, material.chars / 1000


def _mentioned(kind: str) -> Measure:
    def vectors(material: Material) -> Vectors:
        mentions = material.tables["mentions"]
        return (material.per_sentence(mentions[mentions["type"] == kind]) > 0).astype(np.float64), _ones(material)

    return Measure(f"mentions_{kind.lower()}", "sentence", "share", vectors)


def _commitments(column: str) -> Callable[[Material], Vectors]:
    """Sentences with a commitment that has a deadline, or a quantity."""
    def vectors(material: Material) -> Vectors:
        rows = material.tables["commitments"]
        return (material.per_sentence(rows[rows[column].notna()]) > 0).astype(np.float64), _ones(material)

    return vectors


def _outward(material: Material) -> Vectors:
    """Documents addressed to foreign states, forums or publics, among those whose audience is known."""
    known = as_floats(material.documents["audience"].notna())
    return as_floats(material.documents["audience"].eq("international")) * known, known


def _local_echo(material: Material) -> Vectors:
    """Sentences of local documents at least half of which stands in an earlier central text, among all of theirs."""
    local = as_floats(material.documents["tier"].eq("local"))[material.document_of]
    return echoed(material) * local, local


def echoed(material: Material) -> Floats:
    """1.0 for sentences of which passages in `echoes` cover at least half (a claim's `count: {echo: central}` asks for any)."""
    shares = material.tables["echoes"].groupby(["doc_id", "sent_no"], as_index=False)["share"].sum()
    return (material.per_sentence(shares[shares["share"] >= ECHOED]) > 0).astype(np.float64)


def _co_issued(material: Material) -> Vectors:
    """Documents with at least two issuers, among documents with at least one."""
    numbers = as_floats(material.issuers.map(len))
    return (numbers > 1).astype(np.float64), (numbers > 0).astype(np.float64)


def _binding(material: Material) -> Vectors:
    known = as_floats(material.documents["bindingness"].notna())
    return as_floats(material.documents["bindingness"].eq("binding")) * known, known


def _formulation(key: str, surfaces: tuple[str, ...], *, unit: str) -> Measure:
    def hits(material: Material) -> Floats:
        _prepare(material)
        return material.term_hits({key: surfaces})[key]

    def vectors(material: Material) -> Vectors:
        if unit == "sentence":
            return hits(material), _ones(material)
        return share_of_documents(material, hits(material))

    return Measure(key, unit, "share", vectors, sentences=hits)


def share_of_documents(material: Material, hits: Floats) -> Vectors:
    """Per document: 1.0 if any of its body sentences is hit; the denominator is 1.0 where it has a body sentence."""
    return ((material.per_document(hits) > 0).astype(np.float64),
            (material.per_document(_ones(material)) > 0).astype(np.float64))


@lru_cache(maxsize=1)
def named_measures() -> dict[str, Measure]:
    """Every measure that a series or a claim can name, by name, in the order in which reports list them."""
    found = [_coded("development", core=True), _coded("security", core=True),
             Measure("balance", "sentence", "difference", _balance, core=True),
             Measure("both", "sentence", "share", _both, core=True),
             Measure("neither", "sentence", "share", _neither)]
    found += [_coded(name, core=True) for name in FRAMES[2:]]
    found += [_modality(name) for name in MODALITIES]
    found += [_coded(name) for name in MARKS]
    found.append(Measure("unspecific", "sentence", "share", _unspecific, core=True))
    found.append(Measure("vagueness", "sentence", "share", _vagueness, core=True))
    found += [_sense(name) for name in SENSES]
    found += [Measure("security_words", "thousand", "rate", _security_words),
              Measure("development_words", "thousand", "rate", _development_words)]
    found += [_rendering(name) for name in RENDERINGS]
    found += [_mentioned(kind) for kind in MENTIONED]
    found += [Measure("dated_commitments", "sentence", "share", _commitments("deadline")),
              Measure("quantified_commitments", "sentence", "share", _commitments("quantity")),
              Measure("outward", "document", "share", _outward),
              Measure("local_echo", "sentence", "share", _local_echo),
              Measure("co_issued", "document", "share", _co_issued),
              Measure("binding", "document", "share", _binding)]
    found += [_formulation(entry.key, entry.surfaces, unit="sentence" if entry.kind == "issue" else "document")
              for entry in load_formulations().values()]
    return {measure.name: measure for measure in found}


def measure_by_name(name: str) -> Measure:
    """Raises: UnknownLabel when nothing of this name is counted."""
    measures = named_measures()
    if name not in measures:
        raise UnknownLabel(f"There is no measure called {name!r}", where="measures",
                           todo=f"Measures are: {', '.join(measures)}.")
    return measures[name]


NEEDS = {"sense_": "senses", "security_words": "senses", "rendering_": "renderings", "mentions_": "mentions",
         "dated_commitments": "commitments", "quantified_commitments": "commitments", "local_echo": "echoes"}


def available_measures(material: Material) -> list[Measure]:
    """Measures whose tables are there (a corpus without aligned pairs has no renderings)."""
    return [measure for name, measure in named_measures().items()
            if all(table in material.tables for prefix, table in NEEDS.items() if name.startswith(prefix))]
