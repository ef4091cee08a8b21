"""Headlines of a report: numbers first (the `findings` rows), sentences built from them afterwards."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from pipeline.reports.causes import Cause
from pipeline.reports.ledger import ledger
from pipeline.reports.material import Material
from pipeline.reports.numbers import is_number
from pipeline.reports.series import moved, pick, point_id, records, solid
from pipeline.reports.words import label

COLUMNS = ["as_of", "finding_id", "estimate", "low", "high", "n_documents", "cause", "cause_zh", "parts"]
WIDEST = 0.5  # an interval that covers more than half of all shares is no headline
FRAMES = ("development", "security")
LANGS = ("zh", "en")


@dataclass(frozen=True)
class Headline:
    """One headline in numbers. point: the trends row behind it, None when it is a count of rows.

    kind: `level` (a frame's latest share), `change` (first against last point), `count`.
    """

    finding_id: str
    kind: str
    estimate: float | None
    low: float | None
    high: float | None
    n_documents: int
    point: Mapping[str, Any] | None = None
    first: Mapping[str, Any] | None = None
    unit: str = "share"

    @property
    def point_id(self) -> str:
        """Id of the plotted point that shows it, or nothing."""
        return point_id(self.point) if self.point is not None else ""


def headlines(material: Material) -> list[Headline]:
    """At most seven headlines, in reading order: levels and change of both frames in the language with a series
    (Chinese first), the rendering of 安全, commitments, claims.
    """
    known: list[Headline] | None = material.context.get("headlines")
    if known is not None:
        return known
    series = [found for lang in LANGS if (found := _of_language(material, lang))]
    return [*(series[0] if series else []), *_rendering(material), *_counts(material)][:7]


def findings_frame(material: Material, rows: list[Headline]) -> pd.DataFrame:
    """The `findings` rows of this report, in reading order, with why each differs from the last report."""
    causes = [cause(material, row) for row in rows]
    return pd.DataFrame([[material.as_of, row.finding_id, row.estimate, row.low, row.high, row.n_documents, why.text.en,
                          why.text.zh, why.packed] for row, why in zip(rows, causes, strict=True)], columns=COLUMNS)


def previous(material: Material, finding_id: str) -> Any | None:
    """The row of the last report for one finding, None when there was none."""
    frame = material.previous_findings
    if frame is None or frame.empty:
        return None
    rows = frame[(frame["finding_id"] == finding_id) & (frame["as_of"].astype(str) <= material.as_of)]
    return None if rows.empty else next(rows.sort_values("as_of").tail(1).itertuples(index=False))


def cause(material: Material, row: Headline) -> Cause:
    """Why the number differs from the last report, in parts where that report left what it rested on (causes.explain)."""
    before = previous(material, row.finding_id)
    if before is None:
        return Cause(label("cause", "first_report"))
    if is_number(before.estimate) and is_number(row.estimate) and abs(before.estimate - row.estimate) < 1e-9:
        return Cause(label("cause", "unchanged"))
    known: dict[str, Cause] = material.context.get("causes", {})
    touched = sum(int(material.run.get(key) or 0) for key in ("n_new", "n_changed", "n_removed"))
    of_documents = touched or int(before.n_documents or 0) != row.n_documents
    return known.get(row.finding_id, Cause(label("cause", "documents" if of_documents else "rules")))


def best_rows(trends: pd.DataFrame, **wanted: Any) -> pd.DataFrame:
    """Picked points by the estimator `corrected` where every raw point that may be drawn has a usable correction, else by `raw`.

    A correction whose interval leaves [0, 1] says that the error rates do not fit these texts: it is not usable.
    """
    both = pick(trends, estimator=("raw", "corrected"), **wanted)
    raw, corrected = (both[both["estimator"] == name].reset_index(drop=True) for name in ("raw", "corrected"))
    firm = solid(corrected)
    fits = bool(((firm["low"] >= 0) & (firm["high"] <= 1)).all())
    return corrected if len(firm) and fits and set(solid(raw)["point_id"]) <= set(firm["point_id"]) else raw


def yearly(material: Material, measure: str, lang: str) -> pd.DataFrame:
    """The headline series of one frame in one language: the best estimator's points, oldest first."""
    frame = best_rows(material.trends, measure=measure, grouping="all", lang=lang)
    return frame[frame["period"].astype(str).str.fullmatch(r"[0-9]{4}")].reset_index(drop=True)


def _of_language(material: Material, lang: str) -> list[Headline]:
    series = {measure: records(solid(yearly(material, measure, lang))) for measure in FRAMES}
    levels = [_level(points[-1], measure, lang) for measure, points in series.items() if points]
    return levels + [_change(points[0], points[-1], measure, lang) for measure, points in series.items() if len(points) >= 3]


def _level(last: Mapping[str, Any], measure: str, lang: str) -> Headline:
    return Headline(f"{measure}_{lang}_latest", "level", last["estimate"], last["low"], last["high"],
                    int(last["n_documents"]), point=last)


def _rendering(material: Material) -> list[Headline]:
    """How often aligned English versions choose "security" for 安全."""
    rows = records(solid(pick(material.trends, measure="rendering_security", grouping="all", period="all", lang="zh",
                      estimator="raw")))
    return [Headline("rendering_security", "rendering", row["estimate"], row["low"], row["high"],
                     int(row["n_documents"]), point=row)
            for row in rows[:1] if row["high"] - row["low"] <= WIDEST]


def _change(first: Mapping[str, Any], last: Mapping[str, Any], measure: str, lang: str) -> Headline:
    """Difference of two shares; its interval combines theirs as if independent (different documents)."""
    difference = round(last["estimate"] - first["estimate"], 6)
    down = ((last["estimate"] - last["low"]) ** 2 + (first["high"] - first["estimate"]) ** 2) ** 0.5
    up = ((last["high"] - last["estimate"]) ** 2 + (first["estimate"] - first["low"]) ** 2) ** 0.5
    return Headline(f"{measure}_{lang}_change", "change", difference, difference - down, difference + up,
                    int(first["n_documents"]) + int(last["n_documents"]), point=last, first=first)


def _counts(material: Material) -> list[Headline]:
    promises = ledger(material)
    dated = promises[promises["state"] != "undated"]
    n_passed = int((dated["state"] == "passed").sum())
    claims = material.tables["claims"]
    holds = int((claims["verdict"] == "holds").sum())
    rows = []
    if len(dated):
        rows.append(Headline("deadlines_passed", "count", float(n_passed), None, None,
                             dated["doc_id"].nunique(), unit="commitments"))
    if len(claims):
        rows.append(Headline("claims_hold", "count", float(holds), None, None, len(material.documents),
                             unit="claims"))
    return rows


def direction(row: Headline) -> str:
    """`rose`, `fell` or `unclear` for a change headline."""
    if row.first is None or row.point is None or not (is_number(row.low) and is_number(row.high)):
        return "unclear"
    return "rose" if float(str(row.low)) > 0 else "fell" if float(str(row.high)) < 0 else "unclear"


__all__ = ["COLUMNS", "Headline", "best_rows", "cause", "direction", "findings_frame",
           "headlines", "moved", "previous", "yearly"]
