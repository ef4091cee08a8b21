"""Everything a section may read, prepared once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import pandas as pd

from pipeline.errors import TifaError
from pipeline.reports.blocks import Cell, shown
from pipeline.reports.series import as_list
from pipeline.reports.words import Text, plain

Evidence = Callable[[Mapping[str, Any]], pd.DataFrame]
NEEDED = ("files", "documents", "sentences", "codes", "senses", "mentions", "entities", "citations", "commitments",
          "alignments", "renderings", "trends", "claims")


UNIVERSE = "cn_digital"
"""Name of the universe of the headline series, unless the context names another."""


@dataclass(frozen=True)
class Material:
    """What one report is written from; see `write_report` for the meaning of each part."""

    tables: Mapping[str, pd.DataFrame]
    as_of: str
    run: Mapping[str, Any]
    previous_findings: pd.DataFrame | None
    context: Mapping[str, Any]
    evidence: Evidence
    worked_out: dict[str, Any] = field(default_factory=dict)
    """What several sections show and one works out, by name."""

    @cached_property
    def documents(self) -> pd.DataFrame:
        """Documents dated up to `as_of`, newest first, with n_body, n_development, n_security, n_both and `place`."""
        documents = self.tables["documents"]
        later = [isinstance(date, str) and date > self.as_of[:len(date)] for date in documents["date_issued"]]
        kept = documents.loc[[not flag for flag in later]]
        kept = kept.merge(self._counts, on="doc_id", how="left").fillna(
            {"n_body": 0, "n_development": 0, "n_security": 0, "n_both": 0})
        counts = ["n_body", "n_development", "n_security", "n_both"]
        kept[counts] = kept[counts].astype(int)
        order = pd.DataFrame({"date": kept["date_issued"].fillna(""), "doc_id": kept["doc_id"]})
        kept = kept.loc[order.sort_values(["date", "doc_id"], ascending=[False, True]).index].reset_index(drop=True)
        return kept.assign(place=range(len(kept)))

    @cached_property
    def _counts(self) -> pd.DataFrame:
        codes = self.tables["codes"][["doc_id", "development", "security"]]
        development, security = codes["development"].astype(bool), codes["security"].astype(bool)
        marks = pd.DataFrame({"doc_id": codes["doc_id"], "n_body": 1, "n_development": development,
                              "n_security": security, "n_both": development & security})
        return marks.groupby("doc_id", as_index=False, sort=True).sum()

    @cached_property
    def universe(self) -> str:
        """Name of the universe of the headline series (context `universe`)."""
        return str(self.context.get("universe", UNIVERSE))

    @cached_property
    def trends(self) -> pd.DataFrame:
        """Rows of `trends` of the headline universe."""
        trends = self.tables["trends"]
        return trends[trends["universe"] == self.universe].reset_index(drop=True)

    @cached_property
    def by_id(self) -> dict[str, Any]:
        """doc_id → document row (named tuple)."""
        return {str(row.doc_id): row for row in self.documents.itertuples(index=False)}

    @cached_property
    def n_later(self) -> int:
        """Documents stored but dated after `as_of`."""
        return len(self.tables["documents"]) - len(self.documents)

    @cached_property
    def names(self) -> dict[str, Text]:
        """entity_id → its names."""
        return {str(row.entity_id): Text(shown(row.name_en if _is_text(row.name_en) else row.name_zh),
                                    shown(row.name_zh if _is_text(row.name_zh) else row.name_en))
                for row in self.tables["entities"].itertuples(index=False)}

    def name(self, entity_id: object) -> Text:
        """Names of a registered entity; an id that the registry lacks is shown as it stands."""
        return self.names.get(str(entity_id), plain(shown(entity_id)))

    def issuers(self, row: Any) -> Text:
        """Issuers of a document, lead first: registry names, else as printed."""
        ids, printed = as_list(row.issuers), as_list(row.issuer_names)
        names = [self.name(one) if one != "NIL" and one in self.names else plain(shown(printed[place]))
                 for place, one in enumerate(ids) if (one != "NIL" and one in self.names) or place < len(printed)]
        if not names:
            return plain("–")
        return Text("; ".join(name.en for name in names), "、".join(name.zh for name in names))

    def link(self, doc_id: object, sent_no: object = None, *, words: str | None = None) -> Cell:
        """A cell that leads to a document's page, at a sentence when given."""
        row = self.by_id.get(str(doc_id))
        if row is None:
            return Cell(plain(words or shown(doc_id)))
        place = "" if sent_no is None or sent_no != sent_no else f"#s{int(float(str(sent_no)))}"
        return Cell(plain(words or brief(title_of(row))), href=f"documents/{row.doc_id}.html{place}", css="title name")


def check_tables(tables: Mapping[str, pd.DataFrame]) -> None:
    """Raises: TifaError naming the tables that are missing."""
    missing = [name for name in NEEDED if name not in tables]
    if missing:
        raise TifaError(f"The report needs the tables {', '.join(missing)}", where="write_report",
                        todo="Pass every table of the contract; an empty frame with its columns will do.")


def title_of(row: Any) -> str:
    """A document's title for display, or the name of its file in brackets when it has none."""
    return shown(row.title) if _is_text(row.title) else f"[{shown(str(row.path).rsplit('/', 1)[-1])}]"


def brief(title: str, *, width: int = 72) -> str:
    """A title of at most `width` columns, a Han character counting two; what is cut ends in an ellipsis."""
    used = 0
    for place, char in enumerate(title):
        used += 2 if char >= "\u2e80" else 1
        if used > width:
            return title[:place].rstrip(" ,;，、（(") + "…"
    return title


def _is_text(value: object) -> bool:
    return isinstance(value, str) and bool(value.strip())
