"""The tables: their columns in the order in which they are stored and exported, and what each kind of table is.

Source: contract, section 3; additions to it stand with their stage.
"""

from __future__ import annotations

_FRAMES = ("development", "security", "ethics", "cooperation", "sovereignty", "competition", "rulemaking", "inclusion")
_MARKS = ("has_deadline", "has_quantity", "has_responsible", "has_sanction", "has_reference")


def _columns(**kinds: str) -> dict[str, str]:
    """Column name → SQL type, in order, from space-separated names per type."""
    return {name: kind for kind, names in kinds.items() for name in names.split()}


_PLACE = {"doc_id": "TEXT", "sent_no": "INTEGER", "start_char": "INTEGER", "end_char": "INTEGER"}

TABLES: dict[str, dict[str, str]] = {
    "files": {"path": "TEXT", "sha256": "TEXT", "n_bytes": "BIGINT", "outcome": "TEXT", "doc_ids": "TEXT[]",
              "reason": "TEXT", "detail": "TEXT", "hint": "TEXT"},
    "documents": {
        **_columns(TEXT="doc_id path sha256 media_type encoding lang title"),
        "issuers": "TEXT[]", "issuer_names": "TEXT[]",
        **_columns(TEXT="tier doc_type status bindingness jurisdiction audience"), "topics": "TEXT[]",
        **_columns(TEXT="doc_number date_issued date_first_issued date_adopted date_effective date_basis work_id pair_id"),
        "legal_basis": "TEXT[]", "text": "TEXT", "n_chars": "INTEGER", "n_sentences": "INTEGER", "flags": "TEXT[]",
        "duplicate_of": "TEXT", "supersedes": "TEXT[]", "cover": "JSON", "evidence": "JSON",
        "source_url": "TEXT"},
    "sentences": {**_PLACE, **_columns(TEXT="heading article kind text")},
    "codes": {"doc_id": "TEXT", "sent_no": "INTEGER", **dict.fromkeys(_FRAMES, "BOOLEAN"),
              **{f"p_{name}": "DOUBLE" for name in _FRAMES}, "modality": "TEXT", **dict.fromkeys(_MARKS, "BOOLEAN")},
    "senses": {**_PLACE, "surface": "TEXT", "sense": "TEXT", "in_name": "BOOLEAN"},
    "mentions": {**_PLACE, **_columns(TEXT="surface type entity_id method")},
    "entities": _columns(TEXT="entity_id type name_zh name_en tier valid_from valid_to successor"),
    "citations": {**_PLACE, **_columns(TEXT="cited_title cited_doc_number entity_id cited_doc_id relation"),
                  "articles": "INTEGER[]"},
    "commitments": {"doc_id": "TEXT", "sent_no": "INTEGER", "actor_id": "TEXT", "action": "TEXT", "quantity": "DOUBLE",
                    "unit": "TEXT", "deadline": "TEXT", "text": "TEXT"},
    "alignments": {**_columns(TEXT="pair_id zh_doc_id en_doc_id"), "zh_sents": "INTEGER[]", "en_sents": "INTEGER[]",
                   "score": "DOUBLE"},
    "renderings": {**_columns(TEXT="pair_id zh_doc_id en_doc_id"), "sent_no": "INTEGER", "start_char": "INTEGER",
                   "end_char": "INTEGER", "sense": "TEXT", "rendering": "TEXT", "en_sents": "INTEGER[]",
                   "en_start_char": "INTEGER", "en_end_char": "INTEGER"},
    "trends": {**_columns(TEXT="measure universe grouping group_value period lang estimator"),
               **_columns(DOUBLE="estimate low high"), "n_documents": "INTEGER", "n_sentences": "INTEGER",
               "flags": "TEXT[]"},
    # One row per family, universe and language; see pipeline/trends/families.py for what the columns mean.
    "formulations": {
        **_columns(TEXT="family_id universe lang kind name_zh name_en wording"),
        **_columns(INTEGER="n_uses n_documents n_issuers n_variants"),
        "first_date": "TEXT", "first_doc_id": "TEXT", "first_sent_no": "INTEGER",
        "issuers": "TEXT[]", "issuer_dates": "TEXT[]", "peak_period": "TEXT", "last_period": "TEXT", "state": "TEXT",
        **_columns(DOUBLE="slope slope_low slope_high slope_p slope_q"), "n_series": "INTEGER",
        **_columns(DOUBLE="cohesion entropy_left entropy_right burst"), "given": "TEXT[]", "flags": "TEXT[]"},
    "formulation_uses": {**_columns(TEXT="family_id universe lang variant"), **_PLACE, "surface": "TEXT"},
    "formulation_variants": {
        **_columns(TEXT="family_id universe lang variant"), **_columns(INTEGER="n_uses n_documents"),
        **_columns(TEXT="first_date first_doc_id last_date mutated_from turn_year"),
        **_columns(INTEGER="old_before new_before old_after new_after"), **_columns(DOUBLE="p q"), "flags": "TEXT[]"},
    "keyness": {**_columns(TEXT="comparison lang slice_a slice_b term"), **_columns(DOUBLE="log_odds low high p q"),
                **_columns(INTEGER="n_a n_b documents_a documents_b size_a size_b"), "flags": "TEXT[]"},
    "echoes": {**_PLACE, **_columns(TEXT="surface source_doc_id"),
               **_columns(INTEGER="source_sent_no source_start_char source_end_char n_chars"), "share": "DOUBLE"},
    "co_issuance": {**_columns(TEXT="universe lang period a_id b_id", INTEGER="n_documents n_a_leads n_b_leads"),
                    "doc_ids": "TEXT[]"},
    "citation_links": {**_columns(TEXT="doc_id lang year entity_id cited_title cited_doc_id relation"),
                       "n_citations": "INTEGER", "places": "TEXT[]", "universes": "TEXT[]"},
    "actor_instruments": {**_columns(TEXT="universe lang role actor_id instrument_id", INTEGER="n_documents n_sentences"),
                          "first_year": "TEXT", "last_year": "TEXT", "places": "TEXT[]"},
    "forum_years": {**_columns(TEXT="universe lang period forum_id",
                               INTEGER="n_documents n_sentences n_documents_all n_sentences_all"), "places": "TEXT[]"},
    "findings": {"as_of": "TEXT", "finding_id": "TEXT", **_columns(DOUBLE="estimate low high"),
                 "n_documents": "INTEGER", **_columns(TEXT="cause cause_zh"), "parts": "JSON"},
    # What the headlines of a report rest on: history, like `findings`.
    "reported_documents": {**_columns(TEXT="as_of doc_id path title content corrections"), "counts": "JSON"},
    "reported_rules": {**_columns(TEXT="as_of kind name"), "value": "JSON"},
    "claims": {"claim_id": "TEXT", "version": "INTEGER", "verdict": "TEXT", **_columns(DOUBLE="estimate low high"),
               "n_documents": "INTEGER", "n_sentences": "INTEGER", "evidence": "JSON"},
    # One row per claim and run in which its verdict, estimate or version became another one; never rewritten.
    "verdicts": {**_columns(TEXT="started_at run_id as_of claim_id"), "version": "INTEGER", "verdict": "TEXT",
                 **_columns(DOUBLE="estimate low high"), "n_documents": "INTEGER", "because": "TEXT[]"},
    # The ledger of the newest day that was evaluated: what later ones are compared with, whatever a backfill made since.
    "newest_claims": {**_columns(TEXT="as_of claim_id"), "version": "INTEGER", "verdict": "TEXT", "estimate": "DOUBLE",
                      "evidence": "JSON"},
    "runs": {**_columns(TEXT="run_id started_at finished_at as_of state fingerprint"),
             **_columns(INTEGER="n_seen n_new n_changed n_removed n_unchanged n_quarantined n_duplicates n_skipped")},
    # People's answers in place of the model's, as the corrections file held them when the run began.
    "corrections": {"doc_id": "TEXT", "start_char": "INTEGER", "end_char": "INTEGER",
                    **_columns(TEXT="text_sha256 label answer model coder date")},
    # What was done to make the rows above, so that a run redoes only what changed.
    "file_states": _columns(TEXT="path fingerprint content"),
    "stage_states": _columns(TEXT="doc_id stage fingerprint"),
    "stage_inputs": _columns(TEXT="stage kind name fingerprint"),
    "as_read": _columns(TEXT="doc_id status pair_id"),  # before the other documents had their say
    "kept": {"step": "TEXT", "key": "TEXT", "value": "JSON"},
}
# Not made from documents: nothing makes it again.
HISTORY = ("runs", "findings", "verdicts", "newest_claims", "reported_documents", "reported_rules")
INTERNAL = ("newest_claims", "file_states", "stage_states", "stage_inputs", "as_read", "kept")
BY_DOCUMENT = ("documents", "sentences", "codes", "senses", "mentions", "citations", "commitments")
