"""One page per document: what is known of it, its text with codes and mentions, its pair side by side."""

from __future__ import annotations

import json
import os
import shutil
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from pipeline.reports import page
from pipeline.reports.blocks import Cell, shown
from pipeline.reports.document_facts import beside, citation_parts, facts
from pipeline.reports.evidence import article_of
from pipeline.reports.exports import write_json
from pipeline.reports.html import Run, Sentence
from pipeline.reports.material import Material, title_of
from pipeline.reports.numbers import count
from pipeline.reports.page_fingerprints import page_fingerprints
from pipeline.reports.series import as_list
from pipeline.reports.words import Text, label, plain, say

MAX_CITED = 60


@dataclass(frozen=True)
class Rows:
    """Rows of the big tables by document, grouped once for all pages."""

    sentences: dict[str, list[Any]]
    codes: dict[tuple[str, int], int]
    mentions: dict[tuple[str, int], list[Any]]
    citations: dict[str, list[Any]]
    cited_by: dict[str, list[Any]]
    commitments: dict[str, list[Any]]
    alignments: dict[str, list[Any]]
    works: dict[str, list[str]]


def write_pages(material: Material, folder: Path, *, previous: Path | None = None) -> None:
    """documents/<doc_id>.html for every document of the report, and pages.json with what each was made from.

    previous: the documents/ folder of an earlier report; a page made from the same rows is linked from there, and the
    rows of no other page are looked at.
    """
    known = _known(previous)
    shared = page.inlined(scripts=(page.asset("theme.js"), page.asset("document.js")),
                          styles=(page.asset("base.css"), page.asset("document.css")))
    made = {f"{doc_id}.html": found for doc_id, found in page_fingerprints(material, shared["policy"]).items()}
    wanted = []
    for name, found in made.items():
        if previous is None or known.get(name) != found or not _reuse(f"{previous}/{name}", f"{folder}/{name}"):
            wanted.append(name.removesuffix(".html"))
    template = page.environment().get_template("document.html.j2")
    rows = group_rows(material, wanted)
    for doc_id in wanted:
        text = template.render(**shared, say=say, label=label, count=count, shown=shown,
                               **describe(material, rows, material.by_id[doc_id]))
        (folder / f"{doc_id}.html").write_text(text, encoding="utf-8", newline="")
    write_json(made, folder / "pages.json")


def _known(previous: Path | None) -> dict[str, str]:
    path = previous / "pages.json" if previous is not None else None
    return json.loads(path.read_text(encoding="utf-8")) if path is not None and path.is_file() else {}


def _reuse(old: str, new: str) -> bool:
    """The same file under a second name, or a copy where the file system has no links; False where it is gone."""
    try:
        os.link(old, new)
    except FileNotFoundError:
        return False
    except FileExistsError:
        Path(new).unlink()
        return _reuse(old, new)
    except OSError:
        shutil.copyfile(old, new)
    return True


def group_rows(material: Material, doc_ids: Sequence[str]) -> Rows:
    """What the pages of some documents show of the tables, as dictionaries by document and sentence."""
    tables, wanted = material.tables, set(doc_ids)

    def of(name: str, column: str = "doc_id", among: set[str] = wanted) -> pd.DataFrame:
        return tables[name][tables[name][column].isin(among)]

    coded = (of("codes")[name].tolist() for name in ("doc_id", "sent_no", "development", "security"))
    codes = {(str(doc_id), int(sent_no)): int(bool(development)) + 2 * int(bool(security))
             for doc_id, sent_no, development, security in zip(*coded, strict=True)}
    mentions = _by(of("mentions").sort_values(["doc_id", "sent_no", "start_char"]), "doc_id", "sent_no")
    citations, linked = (of("citations", column).sort_values(["doc_id", "sent_no", "start_char"])
                         for column in ("doc_id", "cited_doc_id"))
    pairs = _by(of("alignments", "zh_doc_id"), "zh_doc_id")
    for doc_id, rows in _by(of("alignments", "en_doc_id"), "en_doc_id").items():
        pairs.setdefault(doc_id, []).extend(rows)
    beside = {one for rows in pairs.values() for row in rows for one in (row.zh_doc_id, row.en_doc_id)}
    works = _by(material.documents[material.documents["work_id"].notna()][["work_id", "doc_id"]], "work_id")
    return Rows(_by(of("sentences", among=wanted | beside).sort_values(["doc_id", "sent_no"]), "doc_id"), codes, mentions,
                _by(citations, "doc_id"), _by(linked, "cited_doc_id"),
                _by(of("commitments").sort_values(["doc_id", "sent_no"]), "doc_id"), pairs,
                {work: [row.doc_id for row in rows] for work, rows in works.items()})


def _by(frame: pd.DataFrame, *columns: str) -> dict[Any, list[Any]]:
    grouped: dict[Any, list[Any]] = defaultdict(list)
    keys = frame[columns[0]] if len(columns) == 1 else zip(*(frame[column] for column in columns), strict=True)
    for key, row in zip(keys, frame.itertuples(index=False), strict=True):
        grouped[key].append(row)
    return dict(grouped)


def describe(material: Material, rows: Rows, row: Any) -> dict[str, Any]:
    """Everything the template shows of one document."""
    about = facts(material, row, versions=rows.works.get(row.work_id, []), sentences=rows.sentences.get(row.doc_id, []))
    return {"title": title_of(row), "facts": about,
            "lang": "zh" if str(row.lang).startswith("zh") else "en",
            "paragraphs": list(paragraphs(material, rows, row)), "pairs": pairs(material, rows, row.doc_id),
            "citing": _citations(material, rows, row.doc_id), "cited_by": _cited_by(material, rows, row.doc_id),
            "commitments": rows.commitments.get(row.doc_id, []),
            "citation": citation_parts(material, row)}


def paragraphs(material: Material, rows: Rows, row: Any) -> Iterator[tuple[str, list[Sentence]]]:
    """Paragraphs as (css, sentences); a sentence is (css, number, article, offsets, runs of text and mentions)."""
    text, end, css = str(row.text), 0, ""
    current: list[Sentence] = []
    for sentence in rows.sentences.get(row.doc_id, []):
        gap = text[end:sentence.start_char]
        if current and ("\n" in gap or sentence.kind != css):
            yield css, current
            current = []
        css, end = sentence.kind, sentence.end_char
        frame = CODE_CSS[rows.codes.get((row.doc_id, int(sentence.sent_no)), 0)]
        runs = list(mention_runs(material, sentence, rows.mentions.get((row.doc_id, int(sentence.sent_no)), [])))
        current.append((frame, int(sentence.sent_no), article_of(sentence),
                        f"{sentence.start_char}–{sentence.end_char}", runs))
    if current:
        yield css, current


CODE_CSS = ("", "dev", "sec", "both")


def mention_runs(material: Material, sentence: Any, mentions: list[Any]) -> Iterator[Run]:
    """A sentence as runs (text, css, title); a run with css is a mention. Overlapping mentions: the first wins."""
    text, offset, at = str(sentence.text), int(sentence.start_char), 0
    for mention in mentions:
        start, end = int(mention.start_char) - offset, int(mention.end_char) - offset
        if start < at or end > len(text):
            continue
        if start > at:
            yield text[at:start], "", ""
        name = material.name(mention.entity_id).en if mention.entity_id != "NIL" else "NIL"
        yield text[start:end], f"m m-{str(mention.type).lower()}", f"{mention.type} · {name}"
        at = end
    if at < len(text):
        yield text[at:], "", ""


def pairs(material: Material, rows: Rows, doc_id: str) -> list[dict[str, Any]]:
    """Documents aligned with this one: link, how much is covered, and the aligned sentences in order."""
    links: dict[tuple[str, str], list[Any]] = defaultdict(list)
    for row in rows.alignments.get(doc_id, []):
        links[(row.zh_doc_id, row.en_doc_id)].append(row)
    out = []
    for (zh, en), found in sorted(links.items()):
        if zh not in material.by_id or en not in material.by_id:
            continue
        texts = {one: {int(s.sent_no): s.text for s in rows.sentences.get(one, [])} for one in (zh, en)}
        beads = sorted(((as_list(row.zh_sents), as_list(row.en_sents), row.score) for row in found),
                       key=lambda bead: (bead[0] or [10**9], bead[1] or [10**9]))
        other = en if doc_id == zh else zh
        out.append({"other": beside(material.link(other)), "zh": zh, "en": en, "n": len(beads),
                    "beads": [(_side(texts[zh], left), _side(texts[en], right), score)
                              for left, right, score in beads]})
    return out


def _side(texts: dict[int, str], numbers: list[int]) -> list[tuple[int, str]]:
    return [(int(number), texts.get(int(number), "")) for number in numbers]


def _citations(material: Material, rows: Rows, doc_id: str) -> list[tuple[Cell, Text, int]]:
    """Instruments this document cites: name (linked when it is in the corpus), relation, first sentence."""
    out: dict[tuple[str, str], tuple[Cell, Text, int]] = {}
    for row in rows.citations.get(doc_id, []):
        name = shown(row.cited_title)
        cell = (beside(material.link(row.cited_doc_id, words=name)) if isinstance(row.cited_doc_id, str)
                else Cell(plain(name)))
        out.setdefault((name, row.relation), (cell, say(f"relation_{row.relation}"), int(row.sent_no)))
    return list(out.values())[:MAX_CITED]


def _cited_by(material: Material, rows: Rows, doc_id: str) -> list[Cell]:
    first = {row.doc_id: row.sent_no for row in reversed(rows.cited_by.get(doc_id, []))
             if row.doc_id in material.by_id and row.doc_id != doc_id}
    return [beside(material.link(one, sent_no)) for one, sent_no in sorted(first.items())][:MAX_CITED]
