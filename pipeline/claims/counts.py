"""What a claim counts: the name of a measure, or a mapping that says what to look for in which unit."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import numpy as np

from pipeline.errors import KnowledgeError
from pipeline.estimates.formulations import load_formulations
from pipeline.estimates.material import Floats, Material, as_floats
from pipeline.estimates.measures import (
    FRAMES,
    MARKS,
    MODALITIES,
    Measure,
    flag,
    measure_by_name,
    share_of_documents,
)
from pipeline.estimates.universe import listed

FORMS = ("terms", "formulation", "mentions", "mention_type", "cites", "label", "modality", "issuers", "doc_type",
         "deadline", "echo")
ECHOES = ("central",)
UNITS = ("sentence", "document")
_DATE = re.compile(r"[12][0-9]{3}(-[01][0-9](-[0-3][0-9])?)?")


def build_measure(count: object) -> Measure:
    """The measure that `count` of a claim describes.

    count: a name of `named_measures`, or a mapping with exactly one of FORMS, and optionally
    `per` (sentence: share of sentences; document: share of documents with at least one),
    `among` (a mapping: only sentences, or documents, in which this stands are the denominator),
    `relation` and `lead` (narrow cites and issuers).
    Raises: KnowledgeError, UnknownLabel.
    """
    if isinstance(count, str):
        return measure_by_name(count)
    if isinstance(count, Mapping) and set(count) == {"together"}:
        return _together(*count["together"])
    problems = count_problems(count)
    if problems or not isinstance(count, Mapping):
        raise KnowledgeError("; ".join(problems), where="count of a claim")
    name = in_words(count)
    if "doc_type" in count:
        return Measure(name, "document", "share", lambda material: _of_type(material, count))
    per, among = count.get("per", "sentence"), count.get("among")
    if "issuers" in count:
        return Measure(name, "document", "share", lambda material: _issued(material, count))
    if per == "document":
        return Measure(name, "document", "share", lambda material: _documents(material, count, among),
                       sentences=lambda material: hits(material, count))
    label = count["label"] if "label" in count and among is None else None
    return Measure(name, "sentence", "share", lambda material: _sentences(material, count, among), label=label)


def _sentences(
    material: Material, count: Mapping[str, object], among: Mapping[str, object] | None
) -> tuple[Floats, Floats]:
    base = np.ones(len(material.body)) if among is None else hits(material, among)
    return hits(material, count) * base, base


def _documents(
    material: Material, count: Mapping[str, object], among: Mapping[str, object] | None
) -> tuple[Floats, Floats]:
    top, bottom = share_of_documents(material, hits(material, count))
    if among is not None:
        bottom = share_of_documents(material, hits(material, among))[0]
    return top * bottom, bottom


def _together(first: str, second: str) -> Measure:
    """Sentences that carry both labels over those expected if the labels fell independently in each document."""
    def joint(material: Material) -> Floats:
        return flag(material, first) * flag(material, second)

    def vectors(material: Material) -> tuple[Floats, Floats]:
        one, two = flag(material, first), flag(material, second)
        size = np.maximum(material.per_document(np.ones(len(one))), 1.0)
        return material.per_document(one * two), material.per_document(one) * material.per_document(two) / size

    return Measure(f"together:{first}+{second}", "document", "rate", vectors, sentences=joint)


def _issued(material: Material, count: Mapping[str, object]) -> tuple[Floats, Floats]:
    """Documents with one of the issuers (lead: named first), among documents with an issuer."""
    wanted = set(_texts(count["issuers"]))
    lists = material.issuers
    shown = lists.map(lambda issuers: issuers[:1]) if count.get("lead") is True else lists
    known = as_floats(lists.map(len)) > 0
    return as_floats(shown.map(lambda issuers: bool(wanted & set(issuers)))) * known, known.astype(np.float64)


def _of_type(material: Material, count: Mapping[str, object]) -> tuple[Floats, Floats]:
    """Documents of one of the types, among documents with a type."""
    column = material.documents["doc_type"]
    return as_floats(column.isin(_texts(count["doc_type"]))), as_floats(column.notna())


def hits(material: Material, count: Mapping[str, object]) -> Floats:
    """1.0 for each body sentence in which what `count` names stands."""
    if "terms" in count:
        terms = _texts(count["terms"])
        key = _family(terms)
        return material.term_hits({key: terms})[key]
    if "formulation" in count:
        entry = load_formulations()[str(count["formulation"])]
        return material.term_hits({entry.key: entry.surfaces})[entry.key]
    if "label" in count:
        return flag(material, str(count["label"]))
    if "modality" in count:
        return as_floats(material.body["modality"].isin(_texts(count["modality"])))
    if "echo" in count:
        echoes = material.tables.get("echoes")
        unknown = np.full(len(material.body), np.nan)  # tables made without echoes decide nothing
        return unknown if echoes is None else (material.per_sentence(echoes) > 0).astype(np.float64)
    if "deadline" in count:
        rows = material.tables["commitments"]
        due = rows["deadline"].fillna("").astype(str).str.startswith(tuple(_texts(count["deadline"])))
        return (material.per_sentence(rows[due.astype(bool)]) > 0).astype(np.float64)
    rows = material.tables["citations" if "cites" in count else "mentions"]
    column = "type" if "mention_type" in count else "entity_id"
    wanted = _texts(count.get("cites") or count.get("mentions") or count.get("mention_type"))
    rows = rows[rows[column].isin(wanted)]
    if "relation" in count:
        rows = rows[rows["relation"].isin(_texts(count["relation"]))]
    return (material.per_sentence(rows) > 0).astype(np.float64)


def in_words(count: Mapping[str, object]) -> str:
    """A count as a reader sees it: `documents: cites cn-law-csl (basis) among label security`."""
    form = next(form for form in FORMS if form in count)
    text = f"{form} {', '.join(_texts(count[form]))}"
    if "relation" in count:
        text += f" ({', '.join(_texts(count['relation']))})"
    if count.get("lead") is True:
        text += " (first)"
    if isinstance(among := count.get("among"), Mapping):
        text += f" among {in_words(among)}"
    unit = "documents" if count.get("per") == "document" or form in {"issuers", "doc_type"} else ""
    return f"{unit}: {text}" if unit else text


def term_families(value: object) -> dict[str, Sequence[str]]:
    """Every list of terms in a measurement, as families to be searched for in one pass."""
    if isinstance(value, list):
        return {key: terms for item in value for key, terms in term_families(item).items()}
    if not isinstance(value, Mapping):
        return {}
    found = {key: terms for item in value.values() for key, terms in term_families(item).items()}
    return found | ({_family(_texts(value["terms"])): _texts(value["terms"])} if "terms" in value else {})


def _family(terms: Sequence[str]) -> str:
    return "terms:" + "|".join(terms)


def _texts(value: object) -> Sequence[str]:
    return [value] if isinstance(value, str) else listed(value)


def count_problems(count: object) -> list[str]:
    """What is wrong with `count` of a claim, in plain words; empty when nothing is."""
    if isinstance(count, str):
        return []
    if not isinstance(count, Mapping):
        return ["`count` must be the name of a measure or a mapping such as {terms: [...], per: document}"]
    if set(count) == {"together"}:
        pair = listed(count["together"])
        good = len(pair) == 2 and set(pair) <= set(FRAMES)
        return [] if good else [f"`together` takes two of {', '.join(FRAMES)}"]
    forms = [form for form in FORMS if form in count]
    problems = []
    if len(forms) != 1:
        problems.append(f"`count` needs exactly one of {', '.join(FORMS)}; it has {forms or 'none'}")
    unknown = sorted(set(count) - set(FORMS) - {"per", "among", "relation", "lead"})
    if unknown:
        problems.append(f"`count` does not know {unknown}")
    if count.get("per", "sentence") not in UNITS:
        problems.append(f"`per` is {count['per']!r}; it can be {' or '.join(UNITS)}")
    if "among" in count:
        problems += [f"in `among`: {problem}" for problem in count_problems(count["among"])]
    return problems + (_value_problems(forms[0], count[forms[0]]) if len(forms) == 1 else [])


def _value_problems(form: str, value: object) -> list[str]:
    known = {"echo": ECHOES, "label": (*FRAMES, *MARKS), "modality": MODALITIES, "formulation": tuple(load_formulations())}
    values = _texts(value)
    if not values:
        return [f"`{form}` is empty; give a text or a list of texts"]
    if form == "deadline" and not all(_DATE.fullmatch(item) for item in values):
        return [f"`deadline` is {values}; write years or dates in quotes, such as '2025' or '2025-06'"]
    wrong = [item for item in values if form in known and item not in known[form]]
    return [f"`{form}` does not know {wrong}; it knows {', '.join(known[form])}"] if wrong else []
