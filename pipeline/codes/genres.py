"""Genres: the groups of document types for which error rates are kept apart."""

from __future__ import annotations

STATUTE, SOFT, SPEECH = "statute", "soft", "speech"
GENRES = (STATUTE, SOFT, SPEECH)
_STATUTES = frozenset({"law", "administrative_regulation", "departmental_rule", "local_regulation", "judicial_document"})
_SPEECHES = frozenset({"speech", "work_report"})


def genre_of(doc_type: str) -> str:
    """statute, speech or soft, from a document type of the codebook (section 7); all other types are soft."""
    return STATUTE if doc_type in _STATUTES else SPEECH if doc_type in _SPEECHES else SOFT
