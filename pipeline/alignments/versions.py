"""Drafts and their finals, and successive versions of one text: which documents they are, and what changed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from typing import Any, NamedTuple

import pandas as pd

from pipeline.alignments.changes import EFFECTS
from pipeline.alignments.diff import CHANGES, COLUMNS, diff_versions
from pipeline.keeping import Keep, content_key, fresh

DRAFT = "draft_for_comment"
PAIR_COLUMNS = ["work_id", "doc_a", "doc_b", "kind", "lang", "n_changes", *(f"n_{change}" for change in CHANGES),
                *(f"n_{effect}" for effect in EFFECTS), "n_wording"]
CHANGE_COLUMNS = ["work_id", "doc_a", "doc_b", *COLUMNS]


class Versions(NamedTuple):
    """pairs: one row per earlier and later version. changes: one row per change between the two."""

    pairs: pd.DataFrame
    changes: pd.DataFrame


def linked_versions(documents: pd.DataFrame) -> list[tuple[str, str, str, str]]:
    """(work_id, earlier doc_id, later doc_id, zh or en) of neighbouring versions of one text in one language.

    documents: the contract's table. Versions share a `work_id` and are no reposts and no news; a draft for comment
    comes first, then the dates decide; two documents of one date and state are no versions of each other. English
    texts of a work that has a Chinese one are translations, not versions.
    """
    works: dict[str, list[Any]] = {}
    columns = ["work_id", "doc_id", "lang", "status", "date_issued", "doc_type", "duplicate_of"]
    for row in documents[columns].itertuples(index=False):
        if isinstance(row.work_id, str) and not isinstance(row.duplicate_of, str) and row.doc_type != "press":
            works.setdefault(row.work_id, []).append(row)
    found = []
    for work_id, rows in sorted(works.items()):
        chinese = [row for row in rows if row.lang in ("zh-Hans", "zh-Hant")]
        lang, versions = ("zh", chinese) if chinese else ("en", [row for row in rows if row.lang == "en"])
        ranked = sorted((_rank(row), str(row.doc_id)) for row in versions)
        found += [(work_id, one, other, lang) for (first, one), (second, other) in pairwise(ranked) if first != second]
    return found


def _rank(row: Any) -> tuple[bool, str]:
    return row.status != DRAFT, row.date_issued if isinstance(row.date_issued, str) else ""


def compare_versions(documents: pd.DataFrame, sentences: pd.DataFrame, codes: pd.DataFrame, *, keep: Keep = fresh
                     ) -> Versions:
    """Every linked pair compared (diff.diff_versions).

    Returns: `pairs`: work_id, doc_a, doc_b, kind (`draft`: a is a draft for comment; else `version`), lang, n_changes,
    counts per class of change and per effect (n_wording: changes without any); sorted by work and date. `changes`: the
    rows of diff_versions with the pair they belong to. keep: remembers what the comparison of two texts gave.
    """
    pairs, changes = [], []
    status = dict(zip(documents.doc_id.astype(str), documents.status, strict=True))
    wanted = linked_versions(documents)
    doc_ids = {doc_id for _, one, other, _ in wanted for doc_id in (one, other)}
    rows = {str(doc_id): part for doc_id, part in sentences[sentences.doc_id.isin(doc_ids)].groupby("doc_id")}
    coded = {str(doc_id): part for doc_id, part in codes[codes.doc_id.isin(doc_ids)].groupby("doc_id")}
    for work_id, one, other, lang in wanted:
        if one not in rows or other not in rows:
            continue
        sides = rows[one], rows[other], coded.get(one), coded.get(other)
        key = content_key("diff", lang, *map(_content, sides))
        made = keep(key, lambda sides=sides, lang=lang: diff_versions(  # type: ignore[misc]
            sides[0], sides[1], lang=lang, codes_a=sides[2], codes_b=sides[3]).to_numpy(dtype=object).tolist())
        found = pd.DataFrame(made, columns=COLUMNS, dtype=object)
        kind = "draft" if status[one] == DRAFT and status[other] != DRAFT else "version"
        pairs.append((work_id, one, other, kind, lang, *_counts(found)))
        changes.append(found.assign(work_id=work_id, doc_a=one, doc_b=other))
    return Versions(pd.DataFrame(pairs, columns=PAIR_COLUMNS),
                    pd.concat(changes, ignore_index=True)[CHANGE_COLUMNS] if changes else pd.DataFrame(columns=CHANGE_COLUMNS))


def _content(rows: pd.DataFrame | None) -> list[list[object]]:
    """What a comparison reads of `sentences` or `codes` rows of one document, without its id."""
    if rows is None:
        return []
    names = [name for name in ("sent_no", "kind", "heading", "article", "text", "development", "security") if name in rows]
    return [rows[name].tolist() for name in names]


def _counts(changes: pd.DataFrame) -> Sequence[int]:
    effects: list[list[str]] = list(changes.effects)
    by_change = Counter(changes.change)
    return [len(changes), *(by_change[change] for change in CHANGES),
            *(sum(effect in found for found in effects) for effect in EFFECTS), sum(not found for found in effects)]
