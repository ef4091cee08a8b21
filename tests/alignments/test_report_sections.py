"""The sections lens, translation and drafts over a made-up corpus: present with their frames, empty without them."""

from typing import Any

import pandas as pd
import pytest

from pipeline.alignments import compare_corpus
from pipeline.reports.blocks import Heading, Prose, Table
from pipeline.reports.material import Material
from pipeline.reports.sections import drafts, lens, translation
from tests.reports.fixtures.made_tables import make_evidence, make_tables


@pytest.fixture(scope="module")
def tables() -> dict[str, pd.DataFrame]:
    made = make_tables(40, mean_sentences=6)
    chinese = made["documents"].index[made["documents"].lang == "zh-Hans"][:2]
    made["documents"].loc[chinese, "work_id"] = "w-sample"
    made["documents"].loc[chinese, "doc_type"] = "law"
    made["documents"].loc[chinese, "status"] = ["draft_for_comment", "in_force"]
    made["documents"].loc[chinese, "duplicate_of"] = None
    return made


def material(tables: dict[str, pd.DataFrame], context: dict[str, Any]) -> Material:
    return Material(tables, "2026-01-01", {}, None, context, make_evidence(tables))


@pytest.fixture(scope="module")
def full(tables: dict[str, pd.DataFrame]) -> Material:
    return material(tables, {"alignments": compare_corpus(tables)})


def cells(table: Table) -> list[str]:
    return [cell.text.en for row in table.rows for cell in row]


def test_renderings_stand_by_group_with_an_answer(full: Material) -> None:
    section = lens.build(full)
    ids = [table.id for table in section.tables]
    assert [f"renderings_by_{name}" for name in lens.GROUPS] == [one for one in ids if one.startswith("renderings_by_")]
    assert "rendering_consequences" in ids
    assert any(isinstance(block, Prose) and "covers safety and security" in block.text.en for block in section.blocks)
    by_sense = next(table for table in section.tables if table.id == "renderings_by_sense")
    assert int(by_sense.frame.n_occurrences.sum()) == len(full.tables["renderings"])
    assert all(cells(table) for table in section.tables)


def test_translation_shows_sides_pairs_and_shifts(full: Material) -> None:
    section = translation.build(full)
    assert [table.id for table in section.tables] == ["sides_all", "sides_by_year", "translation_pairs", "shifts", "shifts_one_sided"]
    pairs = section.tables[2]
    assert len(pairs.rows) == full.tables["alignments"].groupby(["pair_id", "zh_doc_id", "en_doc_id"]).ngroups
    assert all(isinstance(value, str) for name in ("reasons", "zh_sents") for value in section.tables[3].frame[name])
    assert all(cells(table) for table in section.tables[:4])


def test_every_linked_pair_has_its_page(full: Material) -> None:
    section = drafts.build(full)
    headings = [block for block in section.blocks if isinstance(block, Heading)]
    versions = full.context["alignments"]["versions"]
    assert len(headings) == len(versions) >= 1
    assert len({block.id for block in headings}) == len(headings)
    assert len(section.tables) == 1 + len(versions)
    assert len({table.id for table in section.tables}) == len(section.tables)
    links = [row[0].href for row in section.tables[0].rows]
    assert sorted(links) == sorted(f"#{block.id}" for block in headings), "the newest pair comes first below"


def test_nothing_is_shown_without_the_frames(tables: dict[str, pd.DataFrame]) -> None:
    bare = material(tables, {})
    assert translation.build(bare).blocks == ()
    assert drafts.build(bare).blocks == ()
    assert [table.id for table in lens.build(bare).tables if table.id.startswith("renderings_by")] == ["renderings_by_sense"]


def test_documents_left_out_of_the_report_have_no_page(tables: dict[str, pd.DataFrame], full: Material) -> None:
    early = Material(tables, "1990-01-01", {}, None, full.context, make_evidence(tables))
    assert [block for block in drafts.build(early).blocks if isinstance(block, Heading)] == []
