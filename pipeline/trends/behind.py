"""Documents behind the points of `trends` that count documents and not what stands in them."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import pandas as pd

from pipeline.errors import TifaError
from pipeline.estimates.material import Ints
from pipeline.estimates.universe import LANGS, listed, select_documents, universe_by_name
from pipeline.trends.cosigning import co_issued, issued
from pipeline.trends.unseen import read_number

Point = Mapping[str, object]


def behind_documents(documents: pd.DataFrame, point: Point, *, as_of: str, denominator: bool) -> Ints | None:
    """Numbers of the documents that a point counts, ascending; None for a measure that counts in texts.

    documents: `Material.documents`. denominator: those that could have counted.
    """
    behind = COUNTING_DOCUMENTS.get(str(point["measure"]))
    if behind is None:
        return None
    return np.sort(behind(documents, point, as_of, denominator).to_numpy(dtype=np.int64))


def _dropped(documents: pd.DataFrame, point: Point, as_of: str, denominator: bool) -> pd.Index:
    """Left out by a rule; could have counted: all documents in the language."""
    if denominator:
        langs = documents["lang"].map(lambda lang: LANGS.get(lang, "other"))
        return documents.index[langs == point["lang"]]
    left_out = select_documents(documents, universe_by_name(str(point["universe"])), as_of=as_of).left_out
    return left_out.index[(left_out["lang"] == point["lang"]) & (left_out["rule"] == point["group_value"])]


def _numbered(documents: pd.DataFrame, point: Point, as_of: str, denominator: bool) -> pd.Index:
    """Documents with a number of the series and year; the unseen ones cannot be shown."""
    usable = documents["duplicate_of"].isna() & ~(documents["date_issued"].fillna("") > as_of)
    numbers = [read_number(text) for text in documents["doc_number"]]
    wanted = (str(point["group_value"]), str(point["period"]))
    return documents.index[usable & np.array([found is not None and found[:2] == wanted for found in numbers], dtype=bool)]


def _pair(documents: pd.DataFrame, point: Point, as_of: str, denominator: bool) -> pd.Index:
    """Documents that both issuers signed; could have counted: all documents of several issuers."""
    signed = co_issued(select_documents(documents, universe_by_name(str(point["universe"])), as_of=as_of))["signed"]
    pair = set() if denominator else set(str(point["group_value"]).split("|"))
    return signed.index[np.array([pair <= set(issuers) for issuers in signed], dtype=bool)]


def _leads(documents: pd.DataFrame, point: Point, as_of: str, denominator: bool) -> pd.Index:
    """Documents of several issuers in which the issuer is named first; could have counted: in which it is named."""
    signed = co_issued(select_documents(documents, universe_by_name(str(point["universe"])), as_of=as_of))["signed"]
    shown = [issuers if denominator else issuers[:1] for issuers in signed]
    return signed.index[np.array([point["group_value"] in issuers for issuers in shown], dtype=bool)]


def _issued(documents: pd.DataFrame, point: Point, as_of: str, denominator: bool) -> pd.Index:
    """Documents with a known issuer, of the topic asked for (lead_concentration) or all."""
    signed: pd.DataFrame = issued(select_documents(documents, universe_by_name(str(point["universe"])), as_of=as_of))
    if point["grouping"] == "topic":
        signed = signed[np.array([point["group_value"] in listed(held) for held in signed["topics"]], dtype=bool)]
    return signed.index


def _ties(documents: pd.DataFrame, point: Point, as_of: str, denominator: bool) -> pd.Index:
    """Documents signed together (by the issuer asked for); could have: all documents with a known issuer (it issued)."""
    signed = issued(select_documents(documents, universe_by_name(str(point["universe"])), as_of=as_of))["signed"]
    mine = [point["grouping"] != "issuer" or point["group_value"] in issuers for issuers in signed]
    tied = [denominator or len(issuers) > 1 for issuers in signed]
    counted: pd.Index = signed.index[np.array(mine, dtype=bool) & np.array(tied, dtype=bool)]
    return counted


COUNTING_DOCUMENTS: dict[str, Callable[[pd.DataFrame, Point, str, bool], pd.Index]] = {
    "documents_dropped": _dropped, "numbered_documents": _numbered, "co_issued_pair": _pair,
    "leads_when_co_issued": _leads, "lead_concentration": _issued, "co_issuance_density": _ties,
    "co_issuance_centrality": _ties}


def require_keys(point: Point, keys: tuple[str, ...]) -> None:
    """Raises: TifaError when the point is no whole row of trends."""
    missing = [key for key in keys if key not in point]
    if missing:
        raise TifaError(f"The point lacks {missing}", where="evidence", todo="Pass a whole row of trends.")
