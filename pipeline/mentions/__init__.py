"""sentences → `mentions`, `citations`, `commitments`, and the registry as the table `entities`."""

from __future__ import annotations

from pipeline.mentions.find import mentions_in_text
from pipeline.mentions.recogniser import is_recogniser_on, use_recogniser
from pipeline.mentions.records import NIL, Mention
from pipeline.mentions.resolve import resolve_citations
from pipeline.mentions.tables import Found, entities_table, find_mentions

__all__ = ["NIL", "Found", "Mention", "entities_table", "find_mentions", "is_recogniser_on", "mentions_in_text",
           "resolve_citations", "use_recogniser"]
