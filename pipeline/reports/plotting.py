"""What every chart of trends shares: plotted values, the columns behind it, its source line."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping
from typing import Any

import pandas as pd

from pipeline.reports.blocks import Cell, Column
from pipeline.reports.material import Material
from pipeline.reports.numbers import count, interval, is_number, percent
from pipeline.reports.series import records
from pipeline.reports.words import Text, label_or_code, plain, say


def plotted(row: Mapping[str, Any], *, tip: Text, **more: Any) -> dict[str, Any]:
    """A point as the browser draws it; a thin one has no interval."""
    bare = row["thin"] or not (is_number(row["low"]) and is_number(row["high"]))
    return {"period": str(row["period"]), "measure": row["measure"], "estimate": row["estimate"],
            "low": None if bare else row["low"], "high": None if bare else row["high"], "thin": bool(row["thin"]),
            "point_id": row["point_id"], "n_documents": int(row["n_documents"]),
            "n_sentences": int(row["n_sentences"]), "interval": "–" if bare else interval(row["low"], row["high"]),
            "tip_en": tip.en, "tip_zh": tip.zh, **more}


def wrapped(name: Text) -> dict[str, str]:
    """group_en and group_zh: a name in lines that fit beside an axis."""
    english = name.en.replace(" of the People's Republic of China", "")
    return {"group_en": "\n".join(textwrap.wrap(english, 27)) or english,
            "group_zh": "\n".join(textwrap.wrap(name.zh, 11)) or name.zh}


def row_height(values: list[dict[str, Any]], *, least: int, field: str = "group") -> int:
    """Height of one row in pixels, so that the longest name has room for its lines."""
    lines = max((value[f"{field}_{lang}"].count("\n") + 1 for value in values for lang in ("en", "zh")), default=1)
    return max(least, 13 * lines + 6)


def listed(names: list[Text], *, most: int) -> Text:
    """Up to `most` names as a reader lists them, then how many more."""
    kept, more = names[:most], len(names) - most
    if more > 0:
        return Text(", ".join(name.en for name in kept) + f" and {more} more",
                    "、".join(name.zh for name in kept) + f"等 {len(names)} 个")
    *front, last = [name.en for name in kept] or ["–"]
    return Text(f"{', '.join(front)} and {last}" if front else last, "、".join(name.zh for name in kept) or "–")


def axis_end(values: list[dict[str, Any]]) -> float:
    """Where an axis of shares must end to hold every estimate and interval; 1 where nothing is plotted."""
    ends = [value[key] for value in values for key in ("estimate", "high") if is_number(value[key])]
    return float(max(ends, default=1.0)) or 1.0


def number_columns(estimate: str) -> tuple[Column, ...]:
    """Estimate, interval, n and the way to the sentences, as every table behind a chart has them."""
    return (Column(say(estimate), lambda row: Cell(plain(percent(row.estimate)), css="thin" if row.thin else ""),
                   numeric=True),
            Column(say("tip_interval"), lambda row: plain("–" if row.thin else interval(row.low, row.high)),
                   numeric=True),
            Column(say("column_documents"), lambda row: plain(count(row.n_documents)), numeric=True),
            Column(say("column_sentences"), lambda row: plain(count(row.n_sentences)), numeric=True),
            Column(say("column_evidence"), lambda row: Cell(say("show_sentences"), css="screen", point=row.point_id)))


def trend_points(frame: pd.DataFrame) -> dict[str, Mapping[str, Any]]:
    """point_id → row, for the evidence."""
    return {str(row["point_id"]): row for row in records(frame)}


def source(material: Material, frame: pd.DataFrame, *, universe: str = "") -> Text:
    """The source line of a chart: universe, largest n, date."""
    return say("source", universe=label_or_code("universe", universe or material.universe), as_of=material.as_of,
               n=count(frame["n_documents"].max() if len(frame) else 0))
