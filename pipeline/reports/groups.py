"""Forest plots: both frames by tier, issuer or document type, each with its interval."""

from __future__ import annotations

import pandas as pd

from pipeline.reports import charts
from pipeline.reports.blocks import Chart, Column
from pipeline.reports.findings import FRAMES
from pipeline.reports.frames import alt, caption, frame_rows, frame_table, framed, point_name
from pipeline.reports.material import Material
from pipeline.reports.numbers import count, interval, is_number, percent
from pipeline.reports.plotting import axis_end, listed, row_height, source, trend_points, wrapped
from pipeline.reports.series import pick, records, solid
from pipeline.reports.words import Text, join, label, label_or_code, plain, say

MAX_GROUPS = 20
NAMED = 3
FEW = 3  # so few groups are all drawn


def group_chart(material: Material, lang: str, grouping: str) -> Chart | None:
    """The groups with enough documents, from security-leaning to development-leaning; None when there are none.

    Groups with fewer than five documents stand in the table alone, unless there are so few groups that a reader asks
    where the other one is: then they are drawn hollow and grey.
    """
    frame = frame_rows(material, lang, grouping)
    frame = _with_pooled(material, frame[frame["period"] == "all"].reset_index(drop=True), grouping, lang)
    if frame.empty or bool(frame["thin"].all()):
        return None
    names = {value: _name(material, grouping, value) for value in frame["group_value"].unique()}
    few = frame["group_value"].nunique() <= FEW
    order = _ranked(frame if few else solid(frame))
    drawn = frame[frame["group_value"].isin(order) & (few | ~frame["thin"])].reset_index(drop=True)
    values = [framed(row, tip=names[row["group_value"]], rank=order.index(row["group_value"]),
                     **_counted(names[row["group_value"]], row["n_documents"])) for row in records(drawn)]
    specs = {ui: charts.forest(ui, x_title=say("axis_share"), n_rows=len(order), top=axis_end(values),
                              row=row_height(values, least=38))
             for ui in ("en", "zh")}
    table = frame_table(f"{grouping}_{lang}", say(f"table_by_{grouping}", lang=label("lang", lang)), frame,
                        say(f"column_{grouping}"), lambda row: names[row.group_value], more=_pooled_columns(frame))
    left = frame["group_value"].nunique() - len(order)
    words = [*caption(material, frame, drawn), say("caption_in_brackets"),
             *([say("caption_groups_left", n=left)] if left else []),
             *([say("caption_pooled")] if frame["pooled"].notna().any() else []), source(material, frame)]
    return Chart(f"{grouping}_{lang}", _title(solid(drawn), grouping, names), alt(drawn, names), join(words), values, specs,
                 table, points=trend_points(frame), wide=grouping == "issuer",
                 named={row["point_id"]: point_name(row, names[row["group_value"]]) for row in records(frame)})


def _with_pooled(material: Material, frame: pd.DataFrame, grouping: str, lang: str) -> pd.DataFrame:
    """The rows with pooled, pooled_low, pooled_high: a small group drawn towards the others; missing for large ones."""
    rows = pick(material.trends, estimator="pooled", measure=FRAMES, grouping=grouping, lang=lang, period="all")
    found = rows.set_index("point_id")
    return frame.assign(**{name: frame["point_id"].map(found[column].to_dict()).astype("float64") for name, column in
                           (("pooled", "estimate"), ("pooled_low", "low"), ("pooled_high", "high"))})


def _pooled_columns(frame: pd.DataFrame) -> tuple[Column, ...]:
    if frame["pooled"].isna().all():
        return ()
    return (Column(say("column_pooled"), lambda row: plain(
        f"{percent(row.pooled)} ({interval(row.pooled_low, row.pooled_high)})" if is_number(row.pooled) else "–"), numeric=True),)


def _ranked(frame: pd.DataFrame) -> list[str]:
    """Of the groups with the most documents, those that lean to security first."""
    rows = []
    for value, group in frame.groupby("group_value", sort=True):
        share = dict(zip(group["measure"], group["estimate"], strict=True))
        lean = share.get("security", 0.0) - share.get("development", 0.0)
        rows.append((-lean, -int(group["n_documents"].max()), str(value)))
    most = sorted(rows, key=lambda row: (row[1], row[2]))[:MAX_GROUPS]
    return [row[2] for row in sorted(most)]


def _counted(name: Text, n: object) -> dict[str, str]:
    """A name in lines, with its number of documents at the end of the last."""
    lines = wrapped(name)
    return {"group_en": f"{lines['group_en']} ({count(n)})", "group_zh": f"{lines['group_zh']}（{count(n)}）"}


def _name(material: Material, grouping: str, value: str) -> Text:
    return material.name(value) if grouping == "issuer" else label_or_code(grouping, value)


def _title(drawn: pd.DataFrame, grouping: str, names: dict[str, Text]) -> Text:
    """Which groups lean to one frame beyond doubt: its whole interval above that of the other."""
    firm = {(row["group_value"], row["measure"]): row for row in records(drawn)}
    groups = [group for group in drawn["group_value"].drop_duplicates()
              if all((group, frame) in firm for frame in FRAMES)]
    if not groups:
        return say("title_groups_thin", groups=say(f"groups_{grouping}"))
    if len(groups) == 1:
        return say("title_groups_one", name=names[groups[0]])
    leads = {frame: [names[group] for group in sorted(groups, key=lambda one: (-firm[one, frame]["estimate"], one))
                     if firm[group, frame]["low"] > firm[group, other]["high"]]
             for frame, other in (FRAMES, FRAMES[::-1])}
    facts = {"groups": say(f"groups_{grouping}"), "n": len(groups)}
    key = "both" if all(leads.values()) else "none" if not any(leads.values()) else next(f for f in FRAMES if leads[f])
    return say(f"title_lead_{key}", **facts, **{frame: listed(found, most=NAMED) for frame, found in leads.items()})
