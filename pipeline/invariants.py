"""Laws that every table obeys, checked on every batch before it is written (contract, section 3).

A violation is a mistake in a stage, never in a document: it stops the run and names the row.
"""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from pipeline.errors import StoreError

VALUES: dict[tuple[str, str], frozenset[str]] = {
    ("files", "outcome"): frozenset(["document", "duplicate", "quarantined", "skipped"]),
    ("documents", "lang"): frozenset(["zh-Hans", "zh-Hant", "en", "mixed"]),
    ("documents", "tier"): frozenset([
        "party_central", "npc", "state_council", "ministry", "local", "judicial", "standards_body", "international",
        "foreign", "academic", "company", "media"]),
    ("documents", "doc_type"): frozenset([
        "law", "administrative_regulation", "departmental_rule", "local_regulation", "normative_document", "plan",
        "standard", "guideline", "white_paper", "initiative", "work_report", "legislative_plan", "speech",
        "judicial_document", "press", "research", "other"]),
    ("documents", "status"): frozenset(["draft_for_comment", "in_force", "amended", "repealed", "unknown"]),
    ("documents", "bindingness"): frozenset(["binding", "soft", "declaratory"]),
    ("documents", "audience"): frozenset(["domestic", "international"]),
    ("sentences", "kind"): frozenset(["body", "heading", "title", "table", "signature", "note"]),
    ("codes", "modality"): frozenset(["prohibit", "oblige", "permit", "encourage", "commit", "state"]),
    ("senses", "sense"): frozenset(["state", "data", "technical", "person", "general"]),
    ("mentions", "type"): frozenset(["ACTOR", "FORUM", "ORG", "GPE", "PERSON", "INSTRUMENT", "INITIATIVE", "DATE"]),
    ("citations", "relation"): frozenset(["basis", "implement", "amend", "repeal", "mention"]),
    ("renderings", "rendering"): frozenset(["safety", "security", "both", "other", "omitted"]),
    ("formulations", "kind"): frozenset(["given", "discovered"]),
    ("formulations", "state"): frozenset(["new", "rising", "steady", "falling", "gone", "too_little_data", "undated"]),
    ("trends", "estimator"): frozenset(["raw", "corrected", "pooled"]),
    ("citation_links", "relation"): frozenset(["basis", "implement", "amend", "repeal", "mention"]),
    ("actor_instruments", "role"): frozenset(["issuer", "named"]),
    ("claims", "verdict"): frozenset(["holds", "fails", "inconclusive", "too_little_data", "not_testable"]),
}
OPTIONAL = frozenset({("documents", "tier"), ("documents", "bindingness"), ("documents", "audience"),
                      ("documents", "doc_type"), ("documents", "status")})
TOPICS = frozenset([
    "ai", "data", "personal_information", "platform_algorithm", "network", "telecom_industry", "standards",
    "science_technology", "labour", "military", "other"])


def check_values(table: str, frame: pd.DataFrame) -> None:
    """Every coded column holds only the words of the contract and the codebook."""
    for (name, column), allowed in VALUES.items():
        if name != table or frame.empty:
            continue
        present = set(frame[column].dropna())
        if unknown := sorted(map(str, present - allowed)):
            raise _broken(table, f"{column} holds {unknown}, which the codebook does not know")
        if (table, column) not in OPTIONAL and frame[column].isna().any():
            raise _broken(table, f"{column} is empty in {int(frame[column].isna().sum())} rows")
    if table == "documents" and len(frame) and (unknown := sorted(set(frame["topics"].explode().dropna()) - TOPICS)):
        raise _broken(table, f"topics holds {unknown}, which the codebook does not know")


def check_documents(documents: pd.DataFrame) -> None:
    """Ids are unique, lists run in parallel, dates are dates, texts are not empty."""
    check_values("documents", documents)
    if documents["doc_id"].duplicated().any():
        raise _broken("documents", f"doc_id {documents.loc[documents['doc_id'].duplicated(), 'doc_id'].iloc[0]} stands twice")
    columns = ["doc_id", "issuers", "issuer_names", "text", "n_chars"]
    for doc_id, issuers, names, text, n_chars in documents[columns].itertuples(index=False, name=None):
        if len(issuers or []) != len(names or []):
            raise _broken("documents", f"issuers and issuer_names of {doc_id} differ in length")
        if not text or n_chars != len(text):
            raise _broken("documents", f"n_chars of {doc_id} is not the length of its text, or the text is empty")
    for column in ("date_issued", "date_first_issued", "date_adopted", "date_effective"):
        values = documents[column].dropna().astype(str)
        wrong = values[~values.str.fullmatch(r"\d{4}(?:-(?:0[1-9]|1[0-2])(?:-(?:0[1-9]|[12]\d|3[01]))?)?")]
        if len(wrong):
            raise _broken("documents", f"{column} holds {wrong.iloc[0]!r}, which is no ISO date")


def check_sentences(documents: pd.DataFrame, sentences: pd.DataFrame) -> None:
    """Sentences equal their slice, are numbered 0, 1, 2 …, do not overlap, and leave out white space only."""
    check_values("sentences", sentences)
    groups = dict(iter(sentences.groupby("doc_id", sort=False)))
    for doc_id, text in documents[["doc_id", "text"]].itertuples(index=False, name=None):
        place = 0
        rows = groups.get(doc_id)
        if rows is not None:
            found = rows[["sent_no", "start_char", "end_char", "text"]].itertuples(index=False)
            for number, (sent_no, start, end, surface) in enumerate(found):
                if sent_no != number or start < place or text[start:end] != surface:
                    raise _broken("sentences", f"sentence {sent_no} of {doc_id} does not equal its slice, or is out of order")
                if text[place:start].strip():
                    raise _broken("sentences", f"text is lost before sentence {sent_no} of {doc_id}")
                place = end
        if text[place:].strip():
            raise _broken("sentences", f"text is lost at the end of {doc_id}")


def check_codes(sentences: pd.DataFrame, codes: pd.DataFrame) -> None:
    """Exactly the body sentences have one row each; probabilities lie in [0, 1]."""
    check_values("codes", codes)
    body = sentences.loc[sentences["kind"] == "body", ["doc_id", "sent_no"]]
    expected = set(body.itertuples(index=False, name=None))
    found = list(codes[["doc_id", "sent_no"]].itertuples(index=False, name=None))
    if len(found) != len(set(found)) or set(found) != expected:
        stray = sorted(expected.symmetric_difference(found))[:1] or found[:1]
        raise _broken("codes", f"its rows are not exactly the body sentences; first difference at {stray[0]}")
    for column in [name for name in codes.columns if name.startswith("p_")]:
        if len(codes) and not codes[column].between(0, 1).all():
            raise _broken("codes", f"{column} has a value that is no probability")


def check_spans(table: str, sentences: pd.DataFrame, rows: pd.DataFrame, *, surface: str | None = "surface") -> None:
    """Offsets lie within the sentence the row names, and cut its surface out of the text."""
    check_values(table, rows)
    if rows.empty:
        return
    joined = rows.merge(sentences[["doc_id", "sent_no", "start_char", "end_char", "text"]], on=["doc_id", "sent_no"],
                        how="left", suffixes=("", "_sentence"))
    inside = (joined["start_char"] >= joined["start_char_sentence"]) & (joined["end_char"] <= joined["end_char_sentence"])
    if not (inside & (joined["start_char"] < joined["end_char"])).all():
        row = joined[~inside].iloc[0] if (~inside).any() else joined[joined["start_char"] >= joined["end_char"]].iloc[0]
        raise _broken(table, f"offsets {row['start_char']}–{row['end_char']} lie outside sentence {row['sent_no']} of {row['doc_id']}")
    if surface is None:
        return
    first = (joined["start_char"] - joined["start_char_sentence"]).astype(int)
    last = (joined["end_char"] - joined["start_char_sentence"]).astype(int)
    for text, start, end, printed, doc_id in zip(joined["text"], first, last, joined[surface], joined["doc_id"], strict=True):
        if text[start:end] != printed:
            raise _broken(table, f"{printed!r} is not what stands at its offsets in {doc_id}")


def check_files(files: pd.DataFrame, *, known_doc_ids: set[str]) -> None:
    """One row a path; documents and duplicates name documents that exist; the rest says why."""
    check_values("files", files)
    if files["path"].duplicated().any():
        raise _broken("files", "a path stands twice")
    columns = ["path", "outcome", "doc_ids", "reason"]
    for path, outcome, doc_ids, reason in files[columns].itertuples(index=False, name=None):
        named = list(doc_ids or [])
        if (outcome in {"document", "duplicate"}) != bool(named) or not set(named) <= known_doc_ids:
            raise _broken("files", f"{path!r} is {outcome} and names the documents {named}")
        if outcome in {"quarantined", "skipped"} and not reason:
            raise _broken("files", f"{path!r} is {outcome} without a reason")


def check_batch(stage: str, documents: pd.DataFrame, sentences: pd.DataFrame, rows: Mapping[str, pd.DataFrame]) -> None:
    """The laws of one stage's tables, for one batch of documents."""
    if stage == "sentences":
        check_sentences(documents, rows["sentences"])
    elif stage == "mentions":
        check_spans("mentions", sentences, rows["mentions"])
        check_spans("citations", sentences, rows["citations"], surface=None)
    elif stage == "codes":
        check_codes(sentences, rows["codes"])
        check_spans("senses", sentences, rows["senses"])
    else:
        raise StoreError(f"There is no stage called {stage!r}", where="invariants", todo="Add its laws.")


def _broken(table: str, what: str) -> StoreError:
    return StoreError(f"A law of the table is broken: {what}", where=table,
                      todo="This is a mistake in the program; the tables were left as they were. Please report it.")
