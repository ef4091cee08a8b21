"""What became of commitments in later texts: repeated in another document, or not found again in the successor."""

from __future__ import annotations

import datetime
import re
from collections import defaultdict
from collections.abc import Iterator
from functools import lru_cache
from itertools import pairwise
from typing import Any

import pandas as pd

from pipeline.reports.material import Material
from pipeline.reports.series import as_list, records
from pipeline.text import match_key

ALIKE = 0.6      # shared part of the shorter commitment: a repeat
FOUND = 0.5      # part of a commitment that one sentence of the successor must hold: found again
APART_DAYS = 180 # between a text and its successor; nearer ones are copies of one text
SERIES = ("plan", "work_report", "legislative_plan")
REPEATED = ["target", "lang", "doc_id", "sent_no", "issued", "deadline", "quantities", "text", "n_documents"]
DROPPED = ["doc_id", "sent_no", "successor_id", "deadline", "quantities", "text", "likeness"]
_NUMBERED = re.compile(
    r"[0-9〇零一二三四五六七八九十百两]{1,8}(?:五|年|届|次|号)?|\b(?:first|second|third|fourth|fifth|sixth|seventh|eighth|"
    r"ninth|tenth|eleventh|twelfth|thirteenth|fourteenth|fifteenth)\b", re.IGNORECASE)
_WORD = re.compile(r"[a-z]{3,40}|[0-9][0-9.,]{0,20}")


def repeated(material: Material, ledger: pd.DataFrame) -> pd.DataFrame:
    """Commitments with the same quantities and deadline in documents of different works, and wording that agrees.

    Two commitments are one target when language, quantities and deadline are equal and the shorter shares three fifths of its
    pairs of characters (zh) or words (en) with the other. Returns: REPEATED, one row per document of a target, oldest
    first within a target; targets of most documents first.
    """
    groups: dict[tuple[str, str, str], list[dict[str, Any]]] = defaultdict(list)
    for row in records(ledger):
        if row["quantities"]:
            lang = str(material.by_id[row["doc_id"]].lang)[:2]
            groups[lang, row["quantities"], _text(row["deadline"])].append(row)
    found: list[list[dict[str, Any]]] = []
    for (lang, _, _), rows in sorted(groups.items()):
        for cluster in _clusters(rows, lang):
            works = {_text(material.by_id[row["doc_id"]].work_id) or row["doc_id"]: row for row in reversed(cluster)}
            if len(works) > 1:
                found.append(sorted(works.values(), key=lambda row: (_text(row["issued"]), row["doc_id"])))
    found.sort(key=lambda rows: (-len(rows), _text(rows[0]["issued"]), rows[0]["doc_id"], rows[0]["sent_no"]))
    out = [[number, str(material.by_id[row["doc_id"]].lang)[:2], *(row[name] for name in REPEATED[2:-1]), len(rows)]
           for number, rows in enumerate(found) for row in rows]
    return pd.DataFrame(out, columns=REPEATED)


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _clusters(rows: list[dict[str, Any]], lang: str) -> list[list[dict[str, Any]]]:
    """Rows whose wording agrees with the first of their cluster, in the given order."""
    clusters: list[list[dict[str, Any]]] = []
    for row in rows:
        own = units(row["text"], lang)
        for cluster in clusters:
            head = units(cluster[0]["text"], lang)
            if own and head and len(own & head) >= ALIKE * min(len(own), len(head)):
                cluster.append(row)
                break
        else:
            clusters.append([row])
    return clusters


def dropped(material: Material, ledger: pd.DataFrame) -> pd.DataFrame:
    """Commitments of a plan or yearly report that were still due when its successor was issued and stand in none of its sentences.

    The successor is the next text of the same kind, lead issuer and language whose title differs in numbers alone. Still
    due: the deadline lies after the successor's date. `likeness`: the largest part of the commitment's pairs of
    characters (words) in one sentence of the successor; below one half it counts as not found again.
    Returns: DROPPED, newest successor first.
    """
    pairs, out = list(successors(material)), []
    sentences = material.tables["sentences"]
    sentences = sentences[sentences["doc_id"].isin({later.doc_id for _, later in pairs})]
    texts = {doc_id: rows.tolist() for doc_id, rows in sentences.groupby("doc_id")["text"]}
    for earlier, later in pairs:
        due = ledger[(ledger["doc_id"] == earlier.doc_id) & ledger["deadline"].notna()]
        due = due[[str(deadline) > str(later.date_issued)[:len(str(deadline))] for deadline in due["deadline"]]]
        if due.empty:
            continue
        lang = str(later.lang)[:2]
        held = [units(text, lang) for text in texts.get(later.doc_id, ())]
        for row in records(due):
            own = units(row["text"], lang)
            likeness = max((len(own & one) / len(own) for one in held), default=0.0) if own else 1.0
            if likeness < FOUND:
                out.append([row["doc_id"], row["sent_no"], later.doc_id, row["deadline"], row["quantities"], row["text"],
                            round(likeness, 3)])
    frame = pd.DataFrame(out, columns=DROPPED)
    issued = frame["successor_id"].map(lambda doc_id: str(material.by_id[doc_id].date_issued))
    return frame.assign(issued=issued).sort_values(["issued", "doc_id", "sent_no"], ascending=[False, True, True]).drop(
        columns="issued").reset_index(drop=True)


def successors(material: Material) -> Iterator[tuple[Any, Any]]:
    """(earlier, later) documents of one series: same type, lead issuer and language, titles equal but for numbers, half a year
    or more apart."""
    series: dict[tuple[str, ...], list[Any]] = defaultdict(list)
    for row in material.documents.itertuples(index=False):
        if row.doc_type in SERIES and isinstance(row.date_issued, str) and isinstance(row.title, str) \
                and not isinstance(row.duplicate_of, str):
            issuer = next(iter(as_list(row.issuers)), "")
            series[str(row.doc_type), str(issuer), str(row.lang)[:2], series_title(row.title)].append(row)
    for rows in (series[key] for key in sorted(series)):
        ordered = sorted(rows, key=lambda row: (row.date_issued, row.doc_id))
        yield from ((one, other) for one, other in pairwise(ordered) if _apart(one, other) >= APART_DAYS)


def _apart(earlier: Any, later: Any) -> int:
    """Days between two dates of issue; a month or year counts from its first day."""
    first, second = (datetime.date.fromisoformat((row.date_issued + "-01-01")[:10]) for row in (earlier, later))
    return (second - first).days


def series_title(title: str) -> str:
    """A title without its numbers, years and sessions: what all texts of one series share."""
    return " ".join(_NUMBERED.sub(" ", match_key(title)).split())


@lru_cache(maxsize=1 << 16)
def units(text: str, lang: str) -> frozenset[str]:
    """Pairs of neighbouring characters (zh) or words (en) of a text, by match key."""
    key = match_key(text)
    if lang == "zh":
        bare = "".join(char for char in key if char.isalnum())
        return frozenset(bare[place:place + 2] for place in range(len(bare) - 1))
    return frozenset(_WORD.findall(key))
