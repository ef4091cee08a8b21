"""The tables of this stage: `mentions`, `citations`, `commitments` for a batch of documents, and `entities`."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Mapping
from typing import NamedTuple

import pandas as pd

from pipeline.keeping import Keep, fresh
from pipeline.knowledge import load_registry
from pipeline.mentions.citations import find_citations
from pipeline.mentions.commitments import begins_with_level, find_commitments, names_task, open_section
from pipeline.mentions.definitions import find_generic_uses
from pipeline.mentions.find import find_candidates, read_language
from pipeline.mentions.instruments import title_entity, title_key, without_draft
from pipeline.mentions.linking import link_in_document
from pipeline.mentions.recogniser import with_recognised
from pipeline.mentions.records import NIL, Candidate
from pipeline.mentions.resolve import resolve_citations
from pipeline.text import has_han, match_key

MENTIONS = ["doc_id", "sent_no", "start_char", "end_char", "surface", "type", "entity_id", "method"]
CITATIONS = ["doc_id", "sent_no", "start_char", "end_char", "cited_title", "cited_doc_number", "entity_id",
             "cited_doc_id", "relation", "articles"]
COMMITMENTS = ["doc_id", "sent_no", "actor_id", "action", "quantity", "unit", "deadline", "text"]
ENTITIES = ["entity_id", "type", "name_zh", "name_en", "tier", "valid_from", "valid_to", "successor"]
LONG_TITLE = 10  # characters of a key from which a title behind its issuer's name is known to be the same
COMMITTING_KINDS = ("body", "table")


class Found(NamedTuple):
    """The three tables of a batch, columns and order of the contract."""

    mentions: pd.DataFrame
    citations: pd.DataFrame
    commitments: pd.DataFrame


class _Sentence(NamedTuple):
    number: int
    start: int
    end: int
    kind: str
    heading: str


def find_mentions(documents: pd.DataFrame, sentences: pd.DataFrame, *, keep: Keep = fresh) -> Found:
    """Mentions, citations and commitments of a batch of documents.

    documents: `doc_id, text, lang`; `title, issuers, doc_number, date_issued, status, bindingness, duplicate_of`
    where known.
    sentences: the rows of these documents. Offsets are code points of `documents.text`, and each mention lies in one
    sentence. `cited_doc_id` is looked up among the documents given; `resolve_citations` does it for a whole corpus.
    Rows by document in the order given, then by position. keep: what the recogniser, if it is on, says of a sentence.
    """
    grouped = dict(iter(sentences.groupby("doc_id", sort=False)))
    mentions: list[tuple[object, ...]] = []
    citations: list[tuple[object, ...]] = []
    commitments: list[tuple[object, ...]] = []
    for record in documents.to_dict("records"):
        document = {str(column): value for column, value in record.items()}
        doc_id, text, lang = str(document["doc_id"]), str(document["text"]), read_language(str(document["lang"]))
        rows = grouped.get(doc_id)
        if rows is None:
            continue
        placed_in = _sentences(rows)
        candidates = with_recognised(text, lang, find_candidates(text, lang), [one[1:3] for one in placed_in], keep=keep)
        linked = link_in_document(document, candidates)
        own = _own_title(document)
        uses = _place(find_generic_uses(text, linked, own), placed_in)
        intro = section = ""
        for (sentence, found), (_, more) in zip(_place(linked, placed_in), uses, strict=True):
            mentions += [(doc_id, sentence.number, hit.start, hit.end, text[hit.start:hit.end], hit.type, hit.entity_id,
                          hit.method) for hit in found]
            citations += _citation_rows(document, text, sentence, sorted([*found, *more]), own)
            body = text[sentence.start:sentence.end]
            if sentence.kind in COMMITTING_KINDS or (
                    sentence.kind == "heading" and (names_task(match_key(body), "en", found) or begins_with_level(match_key(body), "en"))):
                commitments += _commitment_rows(document, body, lang, sentence._replace(
                    heading=f"{section} {sentence.heading}"), found, intro)
            intro = _list_intro(body, intro)
            section = open_section(body, section) if sentence.kind == "heading" else section
    table = pd.DataFrame(citations, columns=CITATIONS, dtype=object)
    return Found(_typed(pd.DataFrame(mentions, columns=MENTIONS, dtype=object)),
                 _typed(resolve_citations(table, documents)),
                 pd.DataFrame(commitments, columns=COMMITMENTS, dtype=object).astype({"sent_no": "int64", "quantity": "float64"}))


def _typed(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.astype({"sent_no": "int64", "start_char": "int64", "end_char": "int64"})


def _sentences(rows: pd.DataFrame) -> list[_Sentence]:
    columns = ["sent_no", "start_char", "end_char", "kind", "heading"]
    found = [_Sentence(int(number), int(start), int(end), str(kind), heading if isinstance(heading, str) else "")
             for number, start, end, kind, heading in rows[columns].itertuples(index=False)]
    return sorted(found, key=lambda sentence: sentence.start)


def _place(found: list[Candidate], sentences: list[_Sentence]) -> list[tuple[_Sentence, list[Candidate]]]:
    """Each sentence with its mentions. Of a name that is cut by the end of a sentence (a wrapped line) the part in its
    first sentence is kept if it is a third of the name at least; else the name is left out."""
    starts = [sentence.start for sentence in sentences]
    held: list[list[Candidate]] = [[] for _ in sentences]
    for hit in found:
        place = bisect_right(starts, hit.start) - 1
        if place < 0:
            continue
        end = min(hit.end, sentences[place].end)
        if 3 * (end - hit.start) >= hit.end - hit.start:
            held[place].append(hit._replace(end=end))
    return list(zip(sentences, held, strict=True))


def _own_title(document: Mapping[str, object]) -> Callable[[str, str], bool]:
    """Whether a title and an entity are those of the document: a document that prints its own title does not cite
    itself (trap 12), nor does a draft or a notice that forwards it."""
    title = str(document.get("title") or "")
    own_keys, own_entity = {title_key(title), title_key(without_draft(title))} - {""}, title_entity(title) or ("", "")

    def is_own(cited: str, entity_id: str) -> bool:
        keys = {title_key(cited), title_key(without_draft(cited))}
        return bool(keys & own_keys) or entity_id == own_entity[0] or ("《" not in title and any(
            len(key) >= LONG_TITLE and own_key.endswith(key) for own_key in own_keys for key in keys))

    return is_own


def _citation_rows(document: Mapping[str, object], text: str, sentence: _Sentence, found: list[Candidate],
                   own: Callable[[str, str], bool]) -> list[tuple[object, ...]]:
    """Citations of one sentence, those of the document itself left out."""
    if not any(hit.type == "INSTRUMENT" for hit in found):
        return []
    return [(document["doc_id"], sentence.number, row.start, row.end, row.title, row.doc_number, row.entity_id, None, row.relation,
             list(row.articles))
            for row in find_citations(text, sentence.start, sentence.end, found) if not own(row.title, row.entity_id)]


_YEAR_OF_TITLE = re.compile("^.{0,30}?((?:19|20)[0-9]{2})年?.{0,40}$", re.DOTALL)


def _list_intro(body: str, intro: str) -> str:
    """The sentence that opens a list, while the list goes on: its items end in semicolons."""
    end = body.rstrip()[-1:]
    return body if end in "：:" else intro if end in "；;" else ""


def _commitment_rows(document: Mapping[str, object], body: str, lang: str, sentence: _Sentence, found: list[Candidate],
                     intro: str) -> list[tuple[object, ...]]:
    issued = document.get("date_issued") or _YEAR_OF_TITLE.sub(r"\1", str(document.get("title") or ""))
    issuers = document.get("issuers")
    if lang == "mixed":
        lang = "zh" if has_han(body) else "en"
    rows = find_commitments(
        body, lang, found, year=int(issued[:4]) if isinstance(issued, str) and issued[:4].isdigit() else None, offset=sentence.start,
        heading=sentence.heading, intro=intro, binding=document.get("bindingness") == "binding",
        issuer=str(issuers[0]) if isinstance(issuers, list | tuple) and issuers else NIL)
    return [(document["doc_id"], sentence.number, row.actor_id, row.action, row.quantity, row.unit, row.deadline, body)
            for row in rows]


def entities_table() -> pd.DataFrame:
    """The registry as table `entities`, one row per entity by id; None where a name or date is unknown."""
    rows = [(entity.entity_id, entity.type, entity.name("zh"), entity.name("en"), entity.tier, entity.valid_from,
             entity.valid_to, entity.successor) for entity in load_registry().entities.values()]
    return pd.DataFrame(rows, columns=ENTITIES, dtype=object).sort_values("entity_id", ignore_index=True)
