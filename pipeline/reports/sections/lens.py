"""安全 lens: what is kept safe, how English versions render it, and the sentences side by side."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from pipeline.reports import whiskers
from pipeline.reports.blocks import Block, Cell, Chart, Column, Pair, Pairs, Prose, Section, Table
from pipeline.reports.findings import WIDEST
from pipeline.reports.material import Material, title_of
from pipeline.reports.numbers import count, interval, is_number, percent, points
from pipeline.reports.plotting import axis_end, number_columns, plotted, source, trend_points
from pipeline.reports.series import as_list, pick, records, rows_at
from pipeline.reports.words import Text, join, label, label_or_code, plain, say

ORDER = 40
MAX_PAIRS = 12
Runs = tuple[tuple[str, str], ...]


def build(material: Material) -> Section:
    """Senses per language, renderings, and aligned sentences.

    Context `alignments`, `rendering_shares` and `consequences` (alignments.compare_corpus): renderings by group with
    intervals and what they do to the frames; without them counts by sense alone.
    """
    blocks: list[Block] = [Prose(say("lens_lead"), "lead")]
    blocks += [chart for lang in ("zh", "en") if (chart := _senses(material, lang)) is not None]
    renderings = material.tables["renderings"]
    renderings = renderings[renderings["zh_doc_id"].isin(material.by_id) & renderings["en_doc_id"].isin(material.by_id)]
    if renderings.empty:
        blocks.append(Prose(say("lens_no_pairs"), "note"))
    else:
        chart = _renderings(material)
        frames = material.context.get("alignments", {})
        tables: list[Block] = [_by_sense(renderings)]
        if "rendering_shares" in frames and len(frames["rendering_shares"]):
            tables = [_answer(frames["rendering_shares"]), *_by_group(material, frames["rendering_shares"]),
                      _consequences(frames["consequences"])]
        blocks += [*([chart] if chart else []), *tables, _pairs(material, renderings)]
    return Section("lens", say("section_lens"), tuple(blocks))


def _senses(material: Material, lang: str) -> Chart | None:
    frame = _shares(material, "sense", lang)
    if frame.empty:
        return None
    top = frame.iloc[0]
    key = f"title_senses_{lang}_thin" if top["thin"] else f"title_senses_{lang}"
    title = say(key, sense=label("sense", top["code"]), share=percent(top["estimate"], digits=0),
                n=int(frame["n_documents"].max()))
    return _share_chart(material, f"senses_{lang}", title, frame, "sense", caption=say("caption_senses"))


def _renderings(material: Material) -> Chart | None:
    frame = _shares(material, "rendering", "zh")
    if frame.empty:
        return None
    share = dict(zip(frame["code"], frame["estimate"], strict=True))
    security = frame[frame["code"] == "security"]
    wide = security.empty or bool((security["thin"] | _too_wide(security)).any())
    title = say("title_renderings_wide" if wide else "title_renderings", n=int(frame["n_documents"].max()),
                security=percent(share.get("security", 0.0), digits=0),
                safety=percent(share.get("safety", 0.0), digits=0))
    return _share_chart(material, "renderings", title, frame, "rendering", caption=say("caption_renderings"))


def _too_wide(frame: pd.DataFrame) -> pd.Series[bool]:
    """Points whose interval is no answer: no headline, and grey in the chart."""
    return frame["high"] - frame["low"] > WIDEST


def _shares(material: Material, kind: str, lang: str) -> pd.DataFrame:
    """Points `<kind>_<code>` over all years, largest first, with the plain `code`."""
    names = tuple(f"{kind}_{code}" for code in CODES[kind])
    frame = pick(material.trends, measure=names, grouping="all",
                 period="all", lang=lang, estimator="raw")
    frame = frame.assign(code=frame["measure"].str.removeprefix(f"{kind}_"))
    return frame.sort_values(["estimate", "code"], ascending=[False, True]).reset_index(drop=True)


CODES = {"sense": ("state", "data", "technical", "person", "general"),
         "rendering": ("safety", "security", "both", "other", "omitted")}


def _share_chart(material: Material, name: str, title: Text, frame: pd.DataFrame, kind: str, *,
                 caption: Text) -> Chart:
    rows, grey = records(frame), frame["thin"] | _too_wide(frame)
    values = [{"group_en": label(kind, row["code"]).en, "group_zh": label(kind, row["code"]).zh, "rank": rank,
               **plotted(row, tip=label(kind, row["code"])), "thin": bool(grey[rank])} for rank, row in enumerate(rows)]
    caption = join([caption, say("caption_grey", n=count(grey.sum()))]) if grey.any() else caption
    columns = (Column(say(f"column_{kind}"), lambda row: label(kind, row.code)), *number_columns("column_share"))
    specs = {ui: whiskers.whiskers(ui, x_title=say("axis_occurrences"), n_rows=len(frame), top=axis_end(values))
             for ui in ("en", "zh")}
    alt = join([say("alt_share", group=label(kind, row["code"]), share=percent(row["estimate"]),
                    interval=interval(row["low"], row["high"]), n=count(row["n_documents"])) for row in rows])
    return Chart(name, title, alt, join([caption, source(material, frame)]), values, specs,
                 Table(name, title, frame, columns), points=trend_points(frame))


def _by_sense(renderings: pd.DataFrame) -> Table:
    table = pd.crosstab(renderings["sense"], renderings["rendering"]).reindex(columns=list(CODES["rendering"]), fill_value=0)
    table = table.assign(total=table.sum(axis=1)).sort_values("total", ascending=False).reset_index()
    columns = (Column(say("column_sense"), lambda row: label("sense", row.sense)),
               *(Column(label("rendering", name), _counter(name), numeric=True) for name in CODES["rendering"]),
               Column(say("column_total"), lambda row: plain(count(row.total)), numeric=True))
    return Table("renderings_by_sense", say("table_renderings"), table, columns)


def _answer(shares: pd.DataFrame) -> Prose:
    """Share of each rendering over all pairs, with interval, in one sentence."""
    found = {row["rendering"]: row for row in records(shares[shares["grouping"] == "all"])}
    parts = {name: Text(f"{percent(row['share'])} ({interval(row['low'], row['high'])})",
                        f"{percent(row['share'])}（{interval(row['low'], row['high'])}）") for name, row in found.items()}
    return Prose(say("lens_answer", n=count(found["security"]["n_occurrences"]), pairs=count(found["security"]["n_pairs"]),
                     **parts))


PARTS = ("n", "share", "low", "high")
GROUPS = ("sense", "in_name", "doc_type", "issuer", "translator", "year", "document")


def _by_group(material: Material, shares: pd.DataFrame) -> list[Table]:
    """One table per grouping: a group a row, each rendering with its interval."""
    return [Table(f"renderings_by_{grouping}", say("table_renderings_by", grouping=label("rendering_group", grouping)),
                  _wide(shares[shares["grouping"] == grouping]), _group_columns(material, grouping), max_rows=60,
                  note=say("note_renderings_by")) for grouping in GROUPS]


def _wide(rows: pd.DataFrame) -> pd.DataFrame:
    """One row per group; for each rendering its count, share and interval."""
    names = [f"{name}_{part}" for name in CODES["rendering"] for part in PARTS]
    found: dict[str, dict[str, Any]] = {}
    for row in records(rows):
        group = found.setdefault(row["group_value"], {key: row[key] for key in ("group_value", "n_occurrences", "n_pairs")})
        group |= {f"{row['rendering']}_{part}": row[part] for part in PARTS}
    return pd.DataFrame(list(found.values()), columns=["group_value", "n_occurrences", "n_pairs", *names])


def _group_columns(material: Material, grouping: str) -> tuple[Column, ...]:
    def name(row: Any) -> Cell | Text:
        if row.group_value == "unnamed":
            return say("group_unnamed")
        if grouping == "document":
            return material.link(row.group_value)
        if grouping == "issuer":
            return material.name(row.group_value)
        return label_or_code(grouping, row.group_value) if grouping in ("sense", "doc_type", "in_name") else plain(row.group_value)

    return (Column(label("rendering_group", grouping), name),
            *(Column(label("rendering", one), _shown_share(one), numeric=True) for one in CODES["rendering"]),
            Column(say("column_total"), lambda row: plain(count(row.n_occurrences)), numeric=True),
            Column(say("column_pairs"), lambda row: plain(count(row.n_pairs)), numeric=True))


def _consequences(found: pd.DataFrame) -> Table:
    """Frames of both sides of the same passages, by rendering."""
    def span(row: Any) -> Text:
        return plain(f"{points(row.low)} … {points(row.high)}" if is_number(row.low) else "–")

    def name(row: Any) -> Text:
        return say("all") if row.rendering == "all" else label("rendering", row.rendering)

    columns = (Column(say("column_rendering"), name), Column(say("column_frame"), lambda row: label("measure", row.measure)),
               Column(say("column_zh"), lambda row: plain(percent(row.zh)), numeric=True),
               Column(say("column_en"), lambda row: plain(percent(row.en)), numeric=True),
               Column(say("column_en_minus_zh"), lambda row: plain(points(row.difference)), numeric=True),
               Column(say("tip_interval"), span, numeric=True),
               Column(say("column_links"), lambda row: plain(count(row.n)), numeric=True),
               Column(say("column_pairs"), lambda row: plain(count(row.n_pairs)), numeric=True))
    return Table("rendering_consequences", say("table_consequences"), found, columns, note=say("note_consequences"))


def _shown_share(name: str) -> Any:
    def cell(row: Any) -> Text:
        share, low, high = (getattr(row, f"{name}_{part}") for part in ("share", "low", "high"))
        return plain(f"{percent(share)} ({interval(low, high)})" if is_number(low) else percent(share))
    return cell


def _counter(name: str) -> Any:
    return lambda row: plain(count(getattr(row, name)))


def _pairs(material: Material, renderings: pd.DataFrame) -> Pairs:
    """Examples of every rendering in turn, in table order."""
    ordered = renderings.sort_values(["rendering", "pair_id", "en_doc_id", "sent_no", "start_char"])
    turn = ordered.groupby("rendering").cumcount()
    chosen = ordered.assign(turn=turn).sort_values(["turn", "rendering"]).head(MAX_PAIRS)
    rows = list(chosen.itertuples(index=False))
    wanted = [(row.zh_doc_id, row.sent_no) for row in rows] + [(row.en_doc_id, one) for row in rows for one in as_list(row.en_sents)]
    sentences = rows_at(material.tables["sentences"], wanted)
    return Pairs(say("pairs_title"), tuple(_pair(material, row, sentences) for row in rows))


def _pair(material: Material, row: Any, sentences: Mapping[tuple[str, int], Any]) -> Pair:
    zh = sentences[row.zh_doc_id, row.sent_no]
    left = mark(str(zh.text), int(row.start_char) - int(zh.start_char), int(row.end_char) - int(zh.start_char), "lens")
    right: Runs = ()
    for sent_no in as_list(row.en_sents):
        en = sentences[row.en_doc_id, sent_no]
        if is_number(row.en_start_char) and en.start_char <= row.en_start_char < en.end_char:
            right += mark(str(en.text), int(row.en_start_char) - int(en.start_char), int(row.en_end_char) - int(en.start_char), "lens")
        else:
            right += ((str(en.text) + " ", ""),)
    first = next(iter(as_list(row.en_sents)), None)
    return Pair(left, right or ((say("rendering_none").en, "thin"),),
                _cite(material, row.zh_doc_id, row.sent_no, label("sense", row.sense)),
                _cite(material, row.en_doc_id, first, label("rendering", row.rendering)))


def _cite(material: Material, doc_id: str, sent_no: object, remark: Text) -> Cell:
    document = material.by_id[doc_id]
    cell = material.link(doc_id, sent_no)
    name = f"{title_of(document)}, {document.date_issued or '–'}"
    return Cell(Text(f"{remark.en} · {name}", f"{remark.zh} · {name}"), href=cell.href)


def mark(text: str, start: int, end: int, css: str) -> Runs:
    """`text` as runs, the part from start to end carrying `css`."""
    runs = ((text[:start], ""), (text[start:end], css), (text[end:], ""))
    return tuple(run for run in runs if run[0])
