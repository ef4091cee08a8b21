"""Which instruments of a corpus others have repealed, amended or followed: no superseded law is served as live."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import NamedTuple

from pipeline.documents.types import plain_status

MIN_TITLE = 4
_LASTING = {"law", "administrative_regulation", "departmental_rule", "local_regulation", "normative_document", "standard",
            "guideline", "judicial_document"}
_TEXTS_OF_OTHERS = {"press", "speech", "research", "other"}


class Standing(NamedTuple):
    """What decides whether a document still holds.

    issued: printed issue date, None when only a page or a file name gives one. status: as the document alone has
    it. repeals, amends: keys of titles it names.
    """

    lang: str
    title_key: str
    doc_type: str
    draft: bool
    issued: str | None
    issuers: frozenset[str]
    status: str
    repeals: tuple[str, ...] = ()
    amends: str = ""


def status_read(doc_type: str, status: str | None, title: str | None, opening: str, *, stated: bool) -> str:
    """The status the document has by itself, whatever an earlier run wrote into its row.

    stated: a sidecar says so against the text (flag status_conflict); then it stays.
    """
    if status in {"repealed", "amended"} and not stated:
        return plain_status(doc_type, (title or "") + opening)
    return status or "unknown"


def statuses(standings: Sequence[Standing], original: Sequence[int], works: Sequence[int]) -> list[str]:
    """Status of each document in view of the whole corpus, parallel to `standings`.

    `repealed`: another final document names its title among those it repeals. `amended`: a decision amends it by
    name, or a version of its work with a later printed date is there (same language, a kind that lasts, issuers in
    common where both print them). The document that says so must be dated later; of a document of the same title
    this must be printed. Drafts and stated statuses stay. A repeal counts from the day it is published: there is no
    clock here. original, works: index of each document's original and of its work's first document.
    A copy has its original's status. Source: trap of superseded law served as live; codebook section 7.
    """
    result = [standing.status for standing in standings]
    by_title: dict[tuple[str, str], list[int]] = defaultdict(list)
    for place, one in enumerate(standings):
        if len(one.title_key) >= MIN_TITLE and one.status in {"in_force", "unknown"} and not one.draft:
            by_title[one.lang, one.title_key].append(place)
    for place, later in _followed(standings, works):
        if later:
            result[place] = "amended"
    for one in standings:
        if one.draft or one.doc_type in _TEXTS_OF_OTHERS:
            continue
        for keys, status in (((one.amends,), "amended"), (one.repeals, "repealed")):
            for key in keys:
                for place in by_title.get((one.lang, key), []):
                    if _before(standings[place], one) and result[place] != "repealed":
                        result[place] = status
    return [result[kept] if kept != place and not standings[place].draft else result[place]
            for place, kept in enumerate(original)]


def _before(old: Standing, new: Standing) -> bool:
    if old.issued and new.issued:
        size = min(len(old.issued), len(new.issued))
        return old.issued[:size] < new.issued[:size]
    return old.title_key != new.title_key


def _followed(standings: Sequence[Standing], works: Sequence[int]) -> list[tuple[int, bool]]:
    """For each document in force whether a later version of its work is there."""
    members: dict[int, list[int]] = defaultdict(list)
    for place, root in enumerate(works):
        one = standings[place]
        if one.doc_type in _LASTING and not one.draft and one.issued and one.status == "in_force":
            members[root].append(place)
    return [(place, any(_follows(standings[other], standings[place]) for other in places))
            for places in members.values() for place in places]


def _follows(new: Standing, old: Standing) -> bool:
    shared = not new.issuers or not old.issuers or bool(new.issuers & old.issuers)
    return new.lang == old.lang and new.title_key == old.title_key and shared and _before(old, new)
