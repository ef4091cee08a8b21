"""Which documents a series speaks about, and which it leaves out and why."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from functools import lru_cache
from typing import Any

import numpy as np
import pandas as pd

from pipeline.errors import KnowledgeError, TifaError
from pipeline.knowledge import KNOWLEDGE, load_yaml

LANGS = {"zh-Hans": "zh", "zh-Hant": "zh", "zh": "zh", "en": "en"}


@dataclass(frozen=True)
class Universe:
    """One entry of universes.yml; an empty tuple is no condition."""

    name: str
    title: str
    why: str
    lead: bool = False
    jurisdiction: tuple[str, ...] = ()
    not_jurisdiction: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    tier: tuple[str, ...] = ()
    not_tier: tuple[str, ...] = ()
    doc_type: tuple[str, ...] = ()
    not_doc_type: tuple[str, ...] = ()
    not_status: tuple[str, ...] = ()
    audience: tuple[str, ...] = ()
    complete: bool = False
    contrast_only: bool = False
    undated: bool = False


@dataclass(frozen=True)
class Selection:
    """Documents of one universe.

    documents: the kept rows of `documents` without their text, index kept, with `series_lang` (zh, en), `year` (text) and
    `in_all`, `in_series` (BOOLEAN): whether the row counts in the whole and in yearly series; sorted by doc_id.
    left_out: lang, rule; one row per document and rule that left it out of the whole or of the series, index kept.
    dropped: lang, rule, n_documents; the same counted.
    """

    universe: Universe
    documents: pd.DataFrame = field(repr=False)
    left_out: pd.DataFrame = field(repr=False)

    @property
    def dropped(self) -> pd.DataFrame:
        """How many documents each rule left out, by language."""
        numbers = Counter(zip(self.left_out["lang"], self.left_out["rule"], strict=True))
        return pd.DataFrame(sorted((lang, rule, number) for (lang, rule), number in numbers.items()),
                            columns=["lang", "rule", "n_documents"])


@lru_cache(maxsize=1)
def load_universes() -> dict[str, Universe]:
    """All universes by name, in the order of the file. Raises: KnowledgeError for an unknown or missing key."""
    loaded = load_yaml(KNOWLEDGE / "universes.yml")
    if not isinstance(loaded, dict):
        raise KnowledgeError("universes.yml is a mapping from name to rules", where="universes.yml")
    return {name: parse_universe(name, entry) for name, entry in loaded.items()}


def parse_universe(name: str, entry: object) -> Universe:
    """One universe from its YAML mapping. Raises: KnowledgeError."""
    known = {item.name for item in fields(Universe)} - {"name"}
    if not isinstance(entry, Mapping) or not {"title", "why"} <= set(entry):
        raise KnowledgeError(f"The universe {name} needs a title and a why", where="universes.yml")
    unknown = sorted(set(entry) - known)
    if unknown:
        raise KnowledgeError(f"The universe {name} has unknown keys {unknown}", where="universes.yml",
                             todo=f"Keys are: {', '.join(sorted(known))}.")
    values: dict[str, Any] = {key: tuple(value) if isinstance(value, list) else value for key, value in entry.items()}
    return Universe(name=name, **values)


def universe_by_name(name: str) -> Universe:
    """Raises: TifaError when universes.yml has no such name."""
    universes = load_universes()
    if name not in universes:
        raise TifaError(f"There is no universe called {name!r}", where="universes.yml",
                        todo=f"Universes are: {', '.join(universes)}.")
    return universes[name]


def select_documents(documents: pd.DataFrame, universe: Universe, *, as_of: str) -> Selection:
    """The documents of a universe as of a date.

    documents: rows of the table `documents`. as_of: ISO date; a date less precise than it counts as not later
    when it is a prefix of it (2021 on 2021-06-30).
    A document is dropped by the first rule that applies to it.
    """
    frame = documents.drop(columns="text", errors="ignore").sort_values("doc_id")
    frame["series_lang"] = frame["lang"].map(LANGS)
    dates = frame["date_issued"].map(_text)
    frame["year"] = dates.str[:4]
    reason = pd.Series("", index=frame.index, dtype=object)
    for rule, hit in _rules(frame, dates, universe, as_of=as_of):
        reason[(reason == "") & hit] = rule
    kept = frame[reason == ""].copy()
    kept["in_all"] = _latest(kept, pd.Series(True, index=kept.index))
    first = kept["date_first_issued"].map(_text).str[:4]
    eligible = (kept["year"] != "") & ((first == "") | (first == kept["year"]))
    kept["in_series"] = _latest(kept, eligible)
    reason[kept.index[~kept["in_all"] & ~kept["in_series"]]] = "older_version"
    later = pd.Series("", index=frame.index, dtype=object)
    whole_only = kept["in_all"] & ~kept["in_series"]
    later[kept.index[whole_only]] = "revised_text_in_series"
    later[kept.index[whole_only & (kept["year"] == "")]] = "undated_in_series"
    langs = frame["lang"].map(lambda lang: LANGS.get(_text(lang), "other"))
    left_out = pd.concat([pd.DataFrame({"lang": langs[why != ""], "rule": why[why != ""]}) for why in (reason, later)])
    return Selection(universe, kept[kept["in_all"] | kept["in_series"]], left_out)


def _rules(
    frame: pd.DataFrame, dates: pd.Series, universe: Universe, *, as_of: str
) -> list[tuple[str, pd.Series]]:
    """(rule, which rows it drops) in the order of application."""
    rules = [
        ("undated", (dates == "") & (not universe.undated)),
        ("after_as_of", dates > as_of),
        ("duplicate", frame["duplicate_of"].map(_text) != ""),
        ("mixed_or_other_language", frame["series_lang"].isna()),
    ]
    for column in ("doc_type", "status", "tier", "jurisdiction"):
        barred = getattr(universe, f"not_{column}")
        if barred:
            rules.append((f"{column}_{'_or_'.join(barred)}", frame[column].map(_text).isin(barred)))
    if universe.jurisdiction or universe.not_jurisdiction:
        rules.append(("unknown_jurisdiction", frame["jurisdiction"].map(_text) == ""))
    for column in ("jurisdiction", "tier", "doc_type", "audience"):
        wanted = getattr(universe, column)
        if wanted:
            rules.append((f"other_{column}", ~frame[column].map(_text).isin(wanted)))
    if universe.topics:
        wanted_topics = set(universe.topics)
        rules.append(("off_topic", ~frame["topics"].map(lambda found: bool(wanted_topics & set(listed(found))))))
    return rules


def _latest(kept: pd.DataFrame, eligible: pd.Series) -> pd.Series:
    """True for the latest eligible version of each work in each language."""
    work = kept["work_id"].map(_text)
    work = work.where(work != "", kept["doc_id"])
    versions = kept[["date_issued", "doc_id", "series_lang"]].assign(work=work)[eligible]
    order = versions.sort_values(["date_issued", "doc_id"], na_position="first")
    newest = order.drop_duplicates(["work", "series_lang"], keep="last").index
    return pd.Series(kept.index.isin(newest), index=kept.index)


def _text(value: object) -> str:
    """A missing cell (None, NaN) as the empty text."""
    return value if isinstance(value, str) else ""


def listed(value: object) -> list[str]:
    """A list cell as a list; a missing one is empty."""
    if isinstance(value, list | tuple | np.ndarray):
        return [item for item in value if isinstance(item, str)]
    return []
