"""write_report: tables in, a folder with the report out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from pipeline.estimates.snapshot import Snapshot
from pipeline.keeping import Keep, content_key, fresh
from pipeline.reports import page
from pipeline.reports.blocks import Section, Table
from pipeline.reports.causes import complete_snapshot, explain
from pipeline.reports.document_pages import write_pages
from pipeline.reports.evidence import EvidencePool, gather
from pipeline.reports.exports import plain_data, write_csv, write_json, write_workbook
from pipeline.reports.findings import findings_frame, headlines, previous
from pipeline.reports.markdown import as_markdown
from pipeline.reports.material import Evidence, Material, check_tables
from pipeline.reports.paper import print_page
from pipeline.reports.sections import build_sections
from pipeline.reports.series import records
from pipeline.reports.words import label, say


@dataclass(frozen=True)
class ReportWritten:
    """index: path of index.html. findings: rows of the `findings` table for this report, in reading order. snapshot: what
    they rest on, for the next report (None when the context had none)."""

    index: Path
    findings: pd.DataFrame
    snapshot: Snapshot | None = None


def write_report(tables: Mapping[str, pd.DataFrame], out: Path, *, as_of: str, run: Mapping[str, Any],
                 previous_findings: pd.DataFrame | None, evidence: Evidence,
                 context: Mapping[str, Any] | None = None) -> ReportWritten:
    """Write one report into the folder `out`.

    tables: every table of the contract (section 3) but `findings` and `runs`, `trends` and `claims` included; list
        columns hold lists, missing values are None. Documents dated after `as_of` are left out.
    out: a folder of its own, made if missing; files of the same names are replaced. Written: index.html, report.md,
        data/*.csv, tables.xlsx, findings.json, run.json, documents/<doc_id>.html.
    as_of: ISO date the report speaks of. run: the row of `runs` (n_new, n_quarantined, fingerprint …) as far as known.
    previous_findings: `findings` rows of the newest earlier report, None or empty when there is none.
    evidence: called with a row of `trends` as a mapping; returns doc_id, sent_no of the sentences behind it.
    context: further facts, each optional:
        `universe`        name of the universe of the headline series (default `cn_digital`)
        `previous_report` folder of an earlier report: pages of documents that did not change are linked from there
        `alignments`      what alignments.compare_corpus gave, for the sections on the two languages and on drafts
        `snapshot`, `previous_snapshot` what the headlines of this and the last report rest on (estimates.snapshot)
        `versions`        name → version of the program, models, libraries
        `keep`            remembers what is the same in every report (see pipeline.keeping)
        `pdf`             True: also print report.pdf, where Chromium is installed
    Returns: ReportWritten. Same input, same bytes.
    Raises: TifaError when a table is missing or evidence and tables disagree; UnknownLabel for a code outside the
        codebook's closed lists.
    """
    check_tables(tables)
    facts = dict(context or {})
    material = Material(tables, as_of, run, previous_findings, facts, evidence)
    rows = facts["headlines"] = headlines(material)
    facts["causes"] = explain(material, rows, {row.finding_id: row.estimate for one in rows
                                               if (row := previous(material, one.finding_id)) is not None})
    for folder in (out, out / "data", out / "documents"):
        folder.mkdir(parents=True, exist_ok=True)
    sections = build_sections(material)
    pool = gather(material, sections)
    findings = findings_frame(material, rows)
    _write_data(out, sections, pool, findings, material)
    older = material.context.get("previous_report")
    write_pages(material, out / "documents", previous=Path(str(older)) / "documents" if older else None)
    index = out / "index.html"
    index.write_text(_index(material, sections, pool), encoding="utf-8", newline="")
    (out / "report.md").write_text(as_markdown(material, sections), encoding="utf-8", newline="")
    if material.context.get("pdf"):
        print_page(index, out / "report.pdf")
    return ReportWritten(index, findings, complete_snapshot(material, rows))


def _index(material: Material, sections: list[Section], pool: EvidencePool) -> str:
    charts = {chart.id: {"values": chart.values, "specs": chart.specs}
              for section in sections for chart in section.charts}
    keep: Keep = material.context.get("keep", fresh)
    bundle = keep(content_key("vega"), page.vega_bundle)
    inline = page.inlined(scripts=(page.asset("theme.js"), bundle, page.asset("report.js")),
                          styles=(page.asset("base.css"), page.asset("report.css")))
    template = page.environment().get_template("index.html.j2")
    return template.render(**inline, sections=sections, say=say, label=label, as_of=material.as_of,
                           charts=plain_data(charts), pool=plain_data(pool.island))


def _write_data(out: Path, sections: list[Section], pool: EvidencePool, findings: pd.DataFrame,
                material: Material) -> None:
    shown = [table for section in sections for table in section.tables]
    frames = [*_named(shown), ("documents", _document_rows(material)), ("findings", findings),
              ("points", pool.points)]
    for name, frame in [*frames, ("evidence", pool.keys)]:
        write_csv(frame, out / "data" / f"{name}.csv")
    write_workbook(frames, out / "tables.xlsx")
    write_json(records(findings), out / "findings.json")
    known = {key: value for key, value in material.run.items() if key not in ("finished_at", "state")}  # the run goes on
    write_json(known | {"as_of": material.as_of, "n_documents": len(material.documents),
                        "context": {key: value for key, value in material.context.items() if key in ("universe", "versions")}},
               out / "run.json")


def _named(tables: list[Table]) -> list[tuple[str, pd.DataFrame]]:
    return [(table.id, table.frame) for table in tables]


def _document_rows(material: Material) -> pd.DataFrame:
    return material.documents.drop(columns=["text", "place"])
