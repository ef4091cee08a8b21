"""Claims about named texts and first uses, and the sentences that speak for and against a claim."""

from __future__ import annotations

import numpy as np

from pipeline.claims.counts import build_measure
from pipeline.claims.documents import named_texts
from pipeline.claims.ledger import Claim
from pipeline.claims.outcome import Keys, Outcome, sentence_keys
from pipeline.claims.setting import Setting, chosen_documents, claim_measure, enough, number, places_of
from pipeline.estimates.counting import count_measures
from pipeline.estimates.material import Floats, Ints
from pipeline.estimates.measures import Measure
from pipeline.estimates.universe import listed


def sentences_of(setting: Setting, measure: Measure, documents: Ints, side: str) -> tuple[Keys, Keys]:
    """Sentences for and against a claim that the measure is high (`above`) or low (`below`) in the documents.

    For a share: those that count, and those that could have. For a balance: either sign. A measure of documents has
    sentences only where it is made of them.
    """
    top, bottom = sentence_values(setting, measure)
    if not len(top):
        return [], []
    positive = sentence_keys(setting.material, (top > 0).astype(np.float64), documents)
    other = (top < 0) if measure.scale == "difference" else (bottom > 0) & (top == 0)
    negative = sentence_keys(setting.material, other.astype(np.float64), documents)
    return (positive, negative) if side == "above" else (negative, positive)


def sentence_values(setting: Setting, measure: Measure) -> tuple[Floats, Floats]:
    """Numerator and denominator per body sentence; empty for attributes of documents."""
    if measure.unit != "document":
        return measure.vectors(setting.material)
    if measure.sentences is None:
        return np.zeros(0), np.zeros(0)
    hits = measure.sentences(setting.material)
    return hits, np.ones(len(hits))


def presence(setting: Setting, claim: Claim) -> Outcome:
    """Whether named texts say something at least (or at most) a number of times; counts sentences.

    All versions and languages of a text count together. `match: all` (default) asks it of every text, `match: any` of
    one. `more_than`: more sentences than those in which something else stands. Texts the corpus lacks leave too little
    data, unless those it has decide the matter.
    """
    measure = claim_measure(claim)
    texts = named_texts(setting.material, listed(claim.measurement["documents"]), as_of=setting.as_of)
    hits, _ = sentence_values(setting, measure)
    found = {name: int(hits[np.isin(setting.material.document_of, places)].sum())
             for name, places in texts.items() if len(places)}
    least, most = number(claim, "at_least", 0 if "at_most" in claim.measurement else 1), number(claim, "at_most", np.inf)
    rival = _rival(setting, claim, texts)
    met = {name: least <= value <= most and value > rival.get(name, -1) for name, value in found.items()}
    missing = sorted(name for name, places in texts.items() if not len(places))
    verdict = _decide(list(met.values()), missing, match=str(claim.measurement.get("match", "all")))
    places = np.concatenate([np.zeros(0, dtype=np.int64), *texts.values()])
    size = int(np.isin(setting.material.document_of, places).sum())
    shown = sentence_keys(setting.material, hits, places)
    numbers: dict[str, object] = {"sentences found": found, "texts missing": missing}
    if rival:
        numbers["sentences of the rival"] = rival
    return Outcome(verdict, float(sum(found.values())) if found else None, None, None, len(np.unique(places)), size,
                   numbers, *((shown, []) if "at_most" not in claim.measurement else ([], shown)))


def _rival(setting: Setting, claim: Claim, texts: dict[str, Ints]) -> dict[str, int]:
    """Sentences of each text in which stands what the claimed one must exceed; empty where the claim names nothing."""
    if "more_than" not in claim.measurement:
        return {}
    hits, _ = sentence_values(setting, build_measure(claim.measurement["more_than"]))
    return {name: int(hits[np.isin(setting.material.document_of, places)].sum()) for name, places in texts.items()}


def _decide(met: list[bool], missing: list[str], *, match: str) -> str:
    """Verdict over several texts, some of which may be missing."""
    if match == "any":
        if any(met):
            return "holds"
        return "too_little_data" if missing or not met else "fails"
    if not all(met):
        return "fails"
    return "too_little_data" if missing or not met else "holds"


def signatures(setting: Setting, claim: Claim) -> Outcome:
    """Whether each named text carries one of the issuers among its own (lead: as the first); a text without any issuer is unread."""
    wanted = set(listed(claim.measurement["issuers"]))
    texts = named_texts(setting.material, listed(claim.measurement["documents"]), as_of=setting.as_of)
    issuers = setting.material.issuers
    read = {name: [issuers[place] for place in places if issuers[place]] for name, places in texts.items()}
    shown = 1 if claim.measurement.get("lead") is True else None
    met = {name: any(wanted & set(items[:shown]) for items in lists) for name, lists in read.items() if lists}
    missing = sorted(name for name, lists in read.items() if not lists)
    places = np.unique(np.concatenate([np.zeros(0, dtype=np.int64), *texts.values()]))
    verdict = _decide(list(met.values()), missing, match=str(claim.measurement.get("match", "all")))
    return Outcome(verdict, float(sum(met.values())) if met else None, None, None, len(places), 0,
                   {"signed": met, "texts missing or without issuer": missing})


def first_use(setting: Setting, claim: Claim) -> Outcome:
    """Whether the first document that uses something lies between two dates.

    Fails when it lies before; a later one is inconclusive, because the first use in an archive is only the latest
    possible origin. Too little data when fewer than the minimum of documents are dated before `first_from` (then
    nothing earlier could have been seen), inconclusive when nothing uses it.
    """
    measure = claim_measure(claim)
    documents, _ = chosen_documents(setting, claim, series=True)
    counts = count_measures(setting.material, [measure])
    hit = documents[counts.numerators[places_of(documents), 0] > 0]
    first_from, first_to = str(claim.measurement["first_from"]), str(claim.measurement["first_to"])
    before = int((documents["date_issued"] < first_from).sum())
    sentences = int(counts.sentences[places_of(documents)].sum())
    numbers: dict[str, object] = {"documents before": before, "documents that use it": len(hit)}
    if not enough(claim, before):
        return Outcome("too_little_data", n_documents=len(documents), n_sentences=sentences, numbers=numbers)
    if hit.empty:
        return Outcome("inconclusive", n_documents=len(documents), n_sentences=sentences, numbers=numbers)
    first = hit.sort_values(["date_issued", "doc_id"]).iloc[0]
    date = str(first["date_issued"])
    inside = first_from <= date and date[:len(first_to)] <= first_to
    shown = sentences_of(setting, measure, np.array([first.name], dtype=np.int64), "above")[0]
    verdict = "holds" if inside else "fails" if date < first_from else "inconclusive"
    return Outcome(verdict, float(date[:4]), None, None, len(documents), sentences,
                   numbers | {"first use": date, "first document": str(first["doc_id"])},
                   *((shown, []) if inside else ([], shown)))
