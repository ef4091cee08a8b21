"""How binding and how specific texts are, year by year."""

from __future__ import annotations

from typing import Any

import pandas as pd

from pipeline.reports import whiskers
from pipeline.reports.blocks import Chart, Column, Table
from pipeline.reports.material import Material
from pipeline.reports.numbers import interval, percent
from pipeline.reports.plotting import axis_end, number_columns, plotted, source, trend_points
from pipeline.reports.series import every_year, moved, pick, records, solid
from pipeline.reports.words import Text, join, label, plain, say

MARKS = ("has_deadline", "has_quantity", "has_responsible", "has_sanction")
BINDING = ("modality_prohibit", "modality_oblige", "modality_encourage", "modality_commit")
SETS = (("specificity", MARKS), ("modality", BINDING), ("bindingness", ("binding",)))


def demand_charts(material: Material) -> list[Chart]:
    """Marks of specificity, strength of demands, and the share of binding texts; Chinese texts of the headline universe."""
    return [chart for name, measures in SETS if (chart := _chart(material, name, measures)) is not None]


def _chart(material: Material, name: str, measures: tuple[str, ...]) -> Chart | None:
    frame = pick(material.trends, measure=measures, grouping="all", lang="zh", estimator="raw")
    frame = frame[frame["period"].astype(str).str.fullmatch(r"[0-9]{4}")].reset_index(drop=True)
    firm = solid(frame)
    if firm.empty:
        return None
    drawn = frame[frame["period"].between(firm["period"].min(), firm["period"].max())].reset_index(drop=True)
    names = {measure: label("demand", measure) for measure in measures}
    values = [plotted(row, tip=_tip(row, names)) for row in records(drawn)]
    sizes = {str(year): int(n) for year, n in drawn.groupby("period")["n_documents"].max().items()}
    y_title = say("axis_share_documents" if name == "bindingness" else "axis_share")
    specs = {ui: whiskers.dots_over_time(ui, y_title=y_title, years=every_year(list(drawn["period"])), top=axis_end(values),
                                       names={one: text.of(ui) for one, text in names.items()}, sizes=sizes)
             for ui in ("en", "zh")}
    columns = (Column(say("column_year"), lambda row: plain(row.period)),
               Column(say("column_measure"), lambda row: names[row.measure]), *number_columns("column_share"))
    heard = join([say("alt_point", where=plain(row["period"]), measure=names[row["measure"]], share=percent(row["estimate"]),
                      interval=interval(row["low"], row["high"]), n=int(row["n_documents"])) for row in records(firm)])
    title = _title(name, firm, names)
    words = join([say("caption_dots"), source(material, frame)])
    return Chart(f"demands_{name}", title, heard, words, values, specs, Table(f"demands_{name}", title, frame, columns),
                 points=trend_points(frame), wide=True,
                 named={row["point_id"]: _tip(row, names) for row in records(frame)})


def _tip(row: dict[str, Any], names: dict[str, Text]) -> Text:
    name = names[row["measure"]]
    return Text(f"{row['period']}: {name.en}", f"{row['period']}：{name.zh}")


def _title(name: str, firm: pd.DataFrame, names: dict[str, Text]) -> Text:
    """What clearly rose and fell between the first and the last firm year, or that nothing did."""
    ways: dict[str, list[Text]] = {"rose": [], "fell": []}
    for measure, rows in firm.groupby("measure", sort=True):
        points = records(rows.sort_values("period"))
        way = moved(points[0], points[-1]) if len(points) > 1 else "unclear"
        if way in ways:
            ways[way].append(say("moved_from_to", name=names[str(measure)], first=percent(points[0]["estimate"], digits=0),
                                 last=percent(points[-1]["estimate"], digits=0)))
    facts = {"what": say(f"demands_{name}"), "since": firm["period"].min(), "until": firm["period"].max()}
    if not any(ways.values()):
        return say("title_demands_unmoved", **facts)
    said = [say(f"title_demands_{way}", names=join(found, en=", ", zh="、")) for way, found in ways.items() if found]
    return say("title_demands", **facts, moves=join(said, en="; ", zh="；"))
