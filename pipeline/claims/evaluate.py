"""The ledger evaluated on the tables as they stand: the table `claims`."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

import pandas as pd

from pipeline.claims.counts import term_families
from pipeline.claims.history import earlier_verdicts, since_before, used_documents
from pipeline.claims.ledger import Claim, load_claims
from pipeline.claims.measuring import measure_claim
from pipeline.claims.setting import Setting, source
from pipeline.estimates.correction import read_rates
from pipeline.estimates.counting import N_DRAWS
from pipeline.estimates.formulations import load_formulations
from pipeline.estimates.material import COUNTED, Material, Tables, prepare_material
from pipeline.knowledge import load_error_rates

COLUMNS = ["claim_id", "version", "verdict", "estimate", "low", "high", "n_documents", "n_sentences", "evidence"]


def evaluate_claims(
    tables: Tables | Material, *, as_of: str, seed: int = 0, claims: Sequence[Claim] | None = None,
    error_rates: Sequence[Mapping[str, object]] | None = None, n_draws: int = N_DRAWS,
    previous: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Every claim of the ledger with its verdict.

    tables: documents, sentences, codes, senses, mentions, citations, commitments, renderings (or
    the material prepared from them). as_of: ISO date.
    claims, error_rates: other ones than the shipped (for tests). previous: the table `claims` of the evaluation before.
    Returns: one row per claim, by claim_id. verdict: `holds` (the 95 % interval lies wholly on the claimed side of
    the threshold), `fails` (wholly on the other), `inconclusive` (it crosses), `too_little_data` (fewer documents
    than the claim's minimum, or a named text is missing), `not_testable`. evidence: JSON with the claim, the rule in
    words, the numbers behind, up to 20 sentences (doc_id, sent_no) for and against, `documents` (all that were read,
    with what was counted in each), and what changed since `previous` because of which documents (see `since_before`).
    Raises: KnowledgeError for a claim file that is not right, TifaError for a missing table or a broken `previous`.
    """
    ledger = load_claims() if claims is None else claims
    rates = read_rates(load_error_rates() if error_rates is None else error_rates)
    material = tables if isinstance(tables, Material) else prepare_material(tables, needed=COUNTED)
    setting = Setting(material, as_of, seed, rates, n_draws)
    formulations = {entry.key: entry.surfaces for entry in load_formulations().values()}
    setting.material.prepare_terms(formulations | term_families([claim.measurement for claim in ledger]))
    before = earlier_verdicts(previous)
    rows = [_row(setting, claim, before.get(claim.claim_id)) for claim in sorted(ledger, key=lambda c: c.claim_id)]
    frame = pd.DataFrame(rows, columns=COLUMNS)
    return frame.astype({"version": "int64", "estimate": "float64", "low": "float64", "high": "float64",
                         "n_documents": "int64", "n_sentences": "int64"})


def _row(setting: Setting, claim: Claim, before: Mapping[str, object] | None) -> list[object]:
    outcome, documents = measure_claim(setting, claim), used_documents(setting, claim)
    universe, lang = source(claim)
    evidence: dict[str, object] = {"claim": claim.claim, "publication": claim.publication, "located_by": claim.located_by,
                "rule": claim.rule, "registered": claim.registered, "kind": claim.kind, "universe": universe,
                "lang": lang, "note": claim.note, "numbers": outcome.numbers, "for": outcome.supporting,
                "against": outcome.opposing, "documents": documents}
    evidence |= since_before(before, version=claim.version, verdict=outcome.verdict, estimate=outcome.estimate,
                             documents=documents)
    text = json.dumps(evidence, ensure_ascii=False, sort_keys=True, allow_nan=False)
    return [claim.claim_id, claim.version, outcome.verdict, outcome.estimate, outcome.low, outcome.high,
            outcome.n_documents, outcome.n_sentences, text]
