"""Overview: the headlines in plain sentences, what is new, and what the corpus cannot say."""

from __future__ import annotations

from typing import Any

from pipeline.reports.blocks import Block, Finding, Findings, Heading, Prose, Section
from pipeline.reports.findings import FRAMES, Headline, cause, direction, headlines, previous
from pipeline.reports.ledger import ledger
from pipeline.reports.material import Material
from pipeline.reports.numbers import basis, count, counted, is_number, percent, points
from pipeline.reports.words import Text, join, label, plain, say

ORDER = 10


def build(material: Material) -> Section:
    """Three to seven findings, each with its interval, n, change since the last report and a way to its evidence."""
    blocks: list[Block] = [
        Prose(_corpus(material), "lead"),
        Findings(tuple(_finding(material, row) for row in headlines(material))),
        Heading(say("heading_new"), id="new"),
        Prose(_news(material)),
        Heading(say("heading_cannot"), id="cannot"),
        *(Prose(say(key), "note") for key in ("cannot_archive", "cannot_languages", "cannot_model", "cannot_thin")),
    ]
    return Section("overview", say("section_overview"), tuple(blocks))


def _corpus(material: Material) -> Text:
    documents = material.documents
    dates = sorted(str(date) for date in documents["date_issued"].dropna())
    span = f"{dates[0][:4]}–{dates[-1][:4]}" if dates else "–"
    zh = int(documents["lang"].astype(str).str.startswith("zh").sum())
    return say("corpus_lead", n=counted("documents", len(documents)), zh=count(zh), other=count(len(documents) - zh),
               span=span, sentences=count(documents["n_body"].sum()), as_of=material.as_of)


def _news(material: Material) -> Text:
    run = material.run
    parts = [say("news_counts", new=count(run.get("n_new") or 0), changed=count(run.get("n_changed") or 0),
                 removed=count(run.get("n_removed") or 0), aside=count(run.get("n_quarantined") or 0))]
    frame = material.previous_findings
    if frame is None or frame.empty:
        parts.append(say("news_first"))
    else:
        parts.append(say("news_since", date=str(frame["as_of"].astype(str).max())))
    if material.n_later:
        parts.append(say("news_later", n=counted("documents", material.n_later), as_of=material.as_of))
    return join(parts)


def _finding(material: Material, row: Headline) -> Finding:
    return {"level": _level, "change": _change, "rendering": _rendering, "count": _count}[row.kind](material, row)


def _level(material: Material, row: Headline) -> Finding:
    point = _point(row)
    text = say("finding_level", measure=label("measure", point["measure"]), lang=label("lang", point["lang"]),
               period=point["period"], share=percent(row.estimate))
    return Finding(row.finding_id, text,
                   basis(low=row.low, high=row.high, n_documents=row.n_documents, n_sentences=point["n_sentences"]),
                   _since(material, row), f"#framing:{row.point_id}", say("show_sentences"),
                   tone=f"frame-{point['measure']}", figure=plain(percent(row.estimate)))


def _change(material: Material, row: Headline) -> Finding:
    point, first = _point(row), row.first or {}
    text = say(f"finding_{direction(row)}", measure=label("measure", point["measure"]),
               lang=label("lang", point["lang"]), since=first["period"], until=point["period"],
               first=percent(first["estimate"]), last=percent(point["estimate"]), points=points(row.estimate or 0.0))
    return Finding(row.finding_id, text,
                   say("basis_points", low=points(row.low or 0.0), high=points(row.high or 0.0),
                       n=counted("documents", row.n_documents)),
                   _since(material, row), f"#framing:framing_{point['lang']}", say("show_chart"),
                   tone=f"frame-{point['measure']}", figure=plain(points(row.estimate or 0.0)))


def _rendering(material: Material, row: Headline) -> Finding:
    return Finding(row.finding_id, say("finding_rendering", share=percent(row.estimate)),
                   basis(low=row.low, high=row.high, n_documents=row.n_documents), _since(material, row),
                   f"#lens:{row.point_id}", say("show_sentences"), figure=plain(percent(row.estimate)))


def _count(material: Material, row: Headline) -> Finding:
    claims = material.tables["claims"]
    dated = int((ledger(material)["state"] != "undated").sum())
    settled = int(claims["verdict"].isin(["holds", "fails"]).sum())
    text = say(f"finding_{row.finding_id}", k=count(row.estimate), total=count(dated), as_of=material.as_of,
               n=count(len(claims)), settled=count(settled), open=count(len(claims) - settled))
    section = "commitments" if row.unit == "commitments" else "claims"
    return Finding(row.finding_id, text, say("basis_count", n=counted("documents", row.n_documents)),
                   _since(material, row), f"#{section}", say(f"show_{section}"), figure=plain(count(row.estimate)))


def _since(material: Material, row: Headline) -> Text:
    before = previous(material, row.finding_id)
    why = cause(material, row)
    if before is None or not (is_number(before.estimate) and is_number(row.estimate)):
        return say("since_first")
    if why.text == label("cause", "unchanged"):
        return say("since_unchanged", date=before.as_of)
    if why.parts:
        return say("since_parts", date=before.as_of, parts=why.text)
    difference = float(str(row.estimate)) - float(before.estimate)
    amount = (plain(f"{difference:+.0f}".replace("-", "−")) if row.kind == "count"
              else say("amount_points", points=points(difference)))
    return say("since_changed", date=before.as_of, amount=amount, cause=why.text)


def _point(row: Headline) -> Any:
    assert row.point is not None, "a level or a change always has its point"
    return row.point


__all__ = ["FRAMES", "ORDER", "build"]
