"""The registry keeps its promises: every name is found and linked, no name is shared, enough is verified."""

import re

import pytest

from pipeline.knowledge import load_registry
from pipeline.mentions import entities_table
from pipeline.mentions.gazetteer import collisions, find_names

VERIFIED_FLOOR = 1_740
BASIS = re.compile(r"train:[a-z0-9-]+|starter:.+|manifest:[a-z0-9-]+|page:https?://\S+")


def test_every_name_is_found_in_a_sentence_and_linked_back() -> None:
    lost = []
    for _, entity, name in load_registry().names():
        if name.lang == "pinyin":
            continue
        text = f"我们注意到{name.text}的作用。" if name.lang.startswith("zh") else f"As agreed, {name.text} is named here."
        start = text.index(name.text)
        hits = [(hit.start, hit.end, hit.entity.entity_id) for hit in find_names(text)]
        if (start, start + len(name.text), entity.entity_id) not in hits:
            lost.append((entity.entity_id, name.text))
    assert not lost


def test_no_name_is_shared_by_two_entities() -> None:
    assert collisions(load_registry().names()) == {}


def test_enough_entities_are_verified_and_each_basis_is_readable() -> None:
    bases = [entity.basis for entity in load_registry().entities.values() if entity.basis]
    assert len(bases) >= VERIFIED_FLOOR
    assert [basis for basis in bases if not BASIS.fullmatch(basis)] == []


def test_dates_and_addresses_rest_on_a_basis() -> None:
    bare = [entity.entity_id for entity in load_registry().entities.values() if not entity.basis and (
        entity.url or entity.date_issued or entity.date_effective or entity.valid_from or entity.valid_to)]
    assert bare == []


def test_bases_in_the_material_name_existing_documents(shared) -> None:  # type: ignore[no-untyped-def]
    import csv

    with (shared / "policy" / "manifest.csv").open(encoding="utf-8", newline="") as lines:
        train = {row["id"] for row in csv.DictReader(lines) if row["split"] == "train"}
    wrong = [entity.entity_id for entity in load_registry().entities.values()
             if (entity.basis or "").split(":")[0] in ("train", "manifest") and (entity.basis or "").split(":")[1] not in train]
    assert wrong == []


@pytest.mark.parametrize(("surface", "entity_id", "reason"), [
    ("网信办", "cn-cac", "short form"), ("國務院", "cn-state-council", "traditional script"),
    ("工信部", "cn-miit", "abbreviation"), ("NDRC", "cn-ndrc", "English abbreviation"), ("欧盟", "eu", "as a bloc"),
    ("Standardization Administration of China", "cn-sac", "English name")])
def test_lookup(surface: str, entity_id: str, reason: str) -> None:
    assert [entity.entity_id for entity in load_registry().lookup(surface)] == [entity_id], reason


def test_entities_table_is_sorted_and_complete() -> None:
    table = entities_table()
    assert list(table["entity_id"]) == sorted(load_registry().entities)
    assert list(table.columns) == ["entity_id", "type", "name_zh", "name_en", "tier", "valid_from", "valid_to", "successor"]
    assert table[["name_zh", "name_en"]].notna().any(axis=1).all()
