"""Which documents are one text, one work, one pair: links over the whole corpus."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Sequence
from itertools import pairwise

import pandas as pd

from pipeline.documents.items import GENERIC, REPORT, Item, given, read_item, title_key_of
from pipeline.documents.repeals import Standing, status_read, statuses
from pipeline.documents.sketches import candidates, containment, jaccard
from pipeline.documents.supersession import amended_title
from pipeline.keeping import Keep, fresh

SAME_TEXT = 0.80        # Jaccard share of shingles from which two texts are one (reposts add furniture)
CONTAINED = 0.85        # share of the shorter text, with the same title, from which it is a cut or a padded copy
SAME_WORK = 0.20        # share of the shorter text from which two texts of one title are versions of one work
DRAFT_OF = 0.50         # Jaccard share from which a draft and a final text of like titles are one work
MIN_TITLE = 4
_ENACTED = {"law", "administrative_regulation", "departmental_rule", "local_regulation", "judicial_document"}


class _Groups:
    """Union–find over indices."""

    def __init__(self, n: int) -> None:
        self.parent = list(range(n))

    def find(self, index: int) -> int:
        while self.parent[index] != index:
            self.parent[index] = self.parent[self.parent[index]]
            index = self.parent[index]
        return index

    def join(self, one: int, other: int) -> None:
        first, second = sorted((self.find(one), self.find(other)))
        self.parent[second] = first

    def members(self) -> list[list[int]]:
        """All groups, each ascending, in order of their first member."""
        listed: dict[int, list[int]] = defaultdict(list)
        for index in range(len(self.parent)):
            listed[self.find(index)].append(index)
        return [listed[root] for root in sorted(listed)]


def link_versions(documents: pd.DataFrame, *, keep: Keep = fresh) -> pd.DataFrame:
    """Links between documents: duplicates, versions of one work, zh–en pairs.

    documents: rows of the table `documents`, any order. Returns one row per document, sorted by doc_id: doc_id,
    work_id, pair_id, duplicate_of (None where there is none). `duplicate_of` names an original that is itself no
    duplicate: of equal texts the one with most facts, uncut, earliest, without furniture, first by path. Texts are one when
    their letters are equal, or at a Jaccard share of SAME_TEXT, or CONTAINED with one title, unless their printed
    dates differ (then they are versions), one is a draft and the other not, or one is news. `work_id` is shared by
    versions, drafts and finals, translations known by pair or registry; it rests on titles, never on a clock.
    A given pair_id stays; without one, texts in both languages of one registry instrument get the instrument's id,
    and an English text that prints one Chinese text's title at its top is paired with that.
    About linear in the number of documents. keep: remembers the sketch of each text.
    Source: codebook section 7, conventions; contract, `documents`.
    """
    rows = [{str(key): value for key, value in row.items()} for row in documents.sort_values("doc_id").to_dict("records")]
    items = [read_item(row, keep) for row in rows]
    sketches = [item.sketch for item in items]
    near: dict[tuple[int, int], tuple[float, float]] = {}
    for one, other in sorted(set(candidates(sketches)) | _same_title_pairs(items)):
        share = jaccard(sketches[one], sketches[other])
        near[one, other] = (share, containment(sketches[one], sketches[other], share))
    original = _originals(items, near)
    works = _works(items, near, original)
    pairs = _pairs(items, original, works)
    return pd.DataFrame({
        "doc_id": [item.doc_id for item in items],
        "work_id": _work_ids(items, works),
        "pair_id": pairs,
        "duplicate_of": [items[kept].doc_id if kept != place else None for place, kept in enumerate(original)],
        "status_now": statuses([_standing(row, item) for row, item in zip(rows, items, strict=True)], original, works),
    }, dtype=object)


def _standing(row: dict[str, object], item: Item) -> Standing:
    listed = row.get("supersedes")
    named = [str(one) for one in listed] if isinstance(listed, Sequence) and not isinstance(listed, str) else []
    amended = amended_title(given(row.get("title")))
    flags = row.get("flags")
    return Standing(
        item.lang, item.title_key, item.doc_type, item.draft, item.issued if item.firm_date else None, item.issuers,
        status_read(item.doc_type, given(row.get("status")), given(row.get("title")), str(row.get("text") or "")[:300],
                    stated="status_conflict" in (list(flags) if isinstance(flags, Sequence) else [])),
        tuple(title_key_of(name) for name in named), title_key_of(amended))


def _same_title_pairs(items: list[Item]) -> set[tuple[int, int]]:
    """Neighbours and the first of each title: enough to join a group without comparing all its pairs."""
    by_title: dict[tuple[str, str], list[int]] = defaultdict(list)
    for place, item in enumerate(items):
        if len(item.title_key) >= MIN_TITLE:
            by_title[(item.lang, item.title_key)].append(place)
    pairs: set[tuple[int, int]] = set()
    for members in by_title.values():
        if len(members) <= 12:
            pairs.update((one, other) for place, one in enumerate(members) for other in members[place + 1:])
        else:
            pairs.update((members[0], other) for other in members[1:])
            pairs.update(pairwise(members[1:]))
    return pairs


def _originals(items: list[Item], near: dict[tuple[int, int], tuple[float, float]]) -> list[int]:
    """For each document the index of its original (its own where it is one)."""
    groups = _Groups(len(items))
    by_digest: dict[str, int] = {}
    for place, item in enumerate(items):
        if item.sketch.n:
            groups.join(by_digest.setdefault(item.sketch.digest, place), place)
    original = list(range(len(items)))
    dates: dict[int, set[str]] = defaultdict(set)
    for place, item in enumerate(items):
        if item.issued and item.firm_date:
            dates[groups.find(place)].add(item.issued)
    for (one, other), (share, inside) in near.items():
        known = dates[groups.find(one)] | dates[groups.find(other)]
        if _one_text(items[one], items[other], share, inside) and _agree(known):
            groups.join(one, other)
            dates[groups.find(one)] = known
    for members in groups.members():
        kept = min(members, key=lambda place: _rank(items, members, place))
        for place in members:
            original[place] = kept
    return original


def _one_text(one: Item, other: Item, share: float, inside: float) -> bool:
    if one.lang != other.lang or one.draft != other.draft or (one.doc_type == "press") != (other.doc_type == "press"):
        return False
    same_title = one.title_key == other.title_key or not (one.title_key and other.title_key)
    balanced = min(one.sketch.n, other.sketch.n) >= 0.25 * max(one.sketch.n, other.sketch.n)
    return share >= SAME_TEXT or (inside >= CONTAINED and same_title and balanced)


def _agree(dates: set[str]) -> bool:
    """Whether printed dates do not differ (2021 and 2021-03 agree). Dates of pages and file names are not printed."""
    return all(one.startswith(other) or other.startswith(one) for one in dates for other in dates)


def _rank(items: list[Item], members: list[int], place: int) -> tuple[bool, bool, int, str, int, str, str]:
    """Order of preference for the original: complete, many facts, earliest, little furniture, first path."""
    longest = max(items[member].sketch.n for member in members)
    item = items[place]
    return (item.sketch.n < 0.6 * longest, item.cut, -item.n_facts, item.issued or "9999", item.sketch.n, item.path, item.doc_id)


def _works(items: list[Item], near: dict[tuple[int, int], tuple[float, float]], original: list[int]) -> list[int]:
    """Index of the first document of each one's work."""
    groups = _Groups(len(items))
    for place, kept in enumerate(original):
        groups.join(place, kept)
    for pair, (share, inside) in near.items():
        if _one_work(items[pair[0]], items[pair[1]], share, inside):
            groups.join(*pair)
    for key in ("entity_id", "pair_id"):
        first: dict[str, int] = {}
        for place, item in enumerate(items):
            value = getattr(item, key)
            if value is not None:
                groups.join(first.setdefault(value, place), place)
    return [groups.find(place) for place in range(len(items))]


def _one_work(one: Item, other: Item, share: float, inside: float) -> bool:
    kinds = {one.doc_type, other.doc_type}
    if one.lang != other.lang or kinds & GENERIC or kinds & REPORT:
        return False
    if one.title_key and one.title_key == other.title_key:
        return inside >= SAME_WORK or one.draft != other.draft or bool(one.issuers & other.issuers and kinds <= _ENACTED)
    return share >= DRAFT_OF and one.draft != other.draft and _like(one.title_key, other.title_key) >= 0.6


def _like(one: str, other: str) -> float:
    """Share of two-character sequences that two titles have in common."""
    first, second = ({title[place:place + 2] for place in range(len(title) - 1)} for title in (one, other))
    return len(first & second) / len(first | second) if first and second else 0.0


def _work_ids(items: list[Item], works: list[int]) -> list[str]:
    """Name of each work: its registry instrument, its pair, else a digest of its first title (or document)."""
    members: dict[int, list[int]] = defaultdict(list)
    for place, root in enumerate(works):
        members[root].append(place)
    named: dict[int, str] = {}
    for root, places in members.items():
        known = sorted({items[place].entity_id or "" for place in places} - {""})
        paired = sorted({items[place].pair_id or "" for place in places} - {""})
        titles = sorted({f"{items[place].lang}|{items[place].title_key}" for place in places if items[place].title_key})
        yearly = any(items[place].doc_type in GENERIC | REPORT for place in places)
        seed = titles[0] if titles and not yearly else min(items[place].doc_id for place in places)
        named[root] = known[0] if known else paired[0] if paired else "w-" + hashlib.sha256(seed.encode()).hexdigest()[:14]
    taken: dict[str, int] = {}
    for root in sorted(named):
        if taken.setdefault(named[root], root) != root:
            seed = named[root] + min(items[place].doc_id for place in members[root])
            named[root] = "w-" + hashlib.sha256(seed.encode()).hexdigest()[:14]
    return [named[root] for root in works]


def _pairs(items: list[Item], original: list[int], works: list[int]) -> list[str | None]:
    """pair_id per document: the given one; else the registry instrument's when both languages have a final text."""
    result = [item.pair_id for item in items]
    for entity in sorted({item.entity_id for item in items if item.entity_id}):
        finals = [place for place, item in enumerate(items)
                  if item.entity_id == entity and not item.draft and original[place] == place]
        if {items[place].lang for place in finals} != {"zh", "en"}:
            continue
        given = sorted({pair for place in finals if (pair := items[place].pair_id)})
        chinese = [place for place in finals if items[place].lang == "zh"]
        if len({items[place].issued for place in chinese if items[place].issued}) > 1:
            latest = max(items[place].issued or "" for place in chinese)
            finals = [place for place in finals if items[place].lang == "en" or items[place].issued == latest]
        for place in finals:
            result[place] = result[place] or (given[0] if given else entity)
    return _pairs_by_title(items, original, result)


def _pairs_by_title(items: list[Item], original: list[int], result: list[str | None]) -> list[str | None]:
    """Adds pairs of an English text that prints the title of exactly one Chinese text of the corpus."""
    chinese: dict[str, list[int]] = defaultdict(list)
    for place, item in enumerate(items):
        if item.lang == "zh" and item.title_key and not item.draft and original[place] == place:
            chinese[item.title_key].append(place)
    for place, item in enumerate(items):
        found = chinese.get(item.chinese_key, []) if item.chinese_key else []
        if len(found) == 1 and result[place] is None:
            given = result[found[0]] or "p-" + hashlib.sha256(item.chinese_key.encode()).hexdigest()[:14]
            result[place] = result[found[0]] = given
    return result
