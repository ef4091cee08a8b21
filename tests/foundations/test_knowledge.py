"""The one loader: what a careless edit produces is refused, and says where (trap 18)."""

from pathlib import Path

import pytest

from pipeline.errors import KnowledgeError
from pipeline.knowledge import load_registry, read_yaml
from pipeline.knowledge.entities import build_registry, read_entity


def test_scalars_keep_their_meaning() -> None:
    loaded = read_yaml("a: NO\nb: 012\nc: 1.10\nd: 3\ne: true\nf: 0.5\ng: NA\nh: 1:30\ni: 2021-03-01\n", where="x")
    assert loaded == {"a": "NO", "b": "012", "c": "1.10", "d": 3, "e": True, "f": 0.5, "g": "NA", "h": "1:30",
                      "i": "2021-03-01"}


@pytest.mark.parametrize(("text", "words"), [
    ("a: 1\na: 2", "stands twice"),
    ("a: &x [1]\nb: *x", "aliases"),
    ("f: !!python/object/apply:os.system ['true']", "is no plain data"),
    ("[" * 100 + "]" * 100, "nested deeper"),
    ("a: [1", "Not a readable YAML"),
    ("a: 1\nb: !!bool yes", "'yes' is no bool, line 2"),
    ("a: !!null x", "'x' is no null"),
    ("a: !!int abc", "'abc' is no int"),
    ("a: " + "1" * 5000, "1' is no int, line 1"),
])
def test_what_is_refused(text: str, words: str) -> None:
    with pytest.raises(KnowledgeError, match=words):
        read_yaml(text, where="x.yml")


NAME = {"text": "样例局", "lang": "zh-Hans", "status": "official"}


@pytest.mark.parametrize(("entry", "words"), [
    ({"type": "ACTOR", "names": [NAME]}, "no id"),
    ({"id": "cn-x", "type": "BODY", "names": [NAME]}, "type 'BODY'"),
    ({"id": "cn-x", "type": "ACTOR", "names": []}, "list of names"),
    ({"id": "cn-x", "type": "ACTOR", "names": [NAME], "colour": "red"}, "colour"),
    ({"id": "CN X", "type": "ACTOR", "names": [NAME]}, "lower-case"),
    ({"id": "cn-x", "type": "ACTOR", "names": [NAME], "valid_from": "2019-13"}, "not a possible"),
    ({"id": "cn-x", "type": "ACTOR", "names": [NAME], "valid_from": "2019", "valid_to": "2018"}, "before"),
    ({"id": "cn-x", "type": "ACTOR", "names": [{**NAME, "lang": "fr"}]}, "lang 'fr'"),
])
def test_registry_entries_are_checked(entry: dict[str, object], words: str) -> None:
    with pytest.raises(KnowledgeError, match=words):
        read_entity(entry, where="x.yml")


def test_registry_refuses_what_contradicts_itself() -> None:
    one = read_entity({"id": "cn-x", "type": "ACTOR", "names": [NAME]}, where="x")
    with pytest.raises(KnowledgeError, match="stands twice"):
        build_registry([one, one])
    child = read_entity({"id": "cn-y", "type": "ACTOR", "names": [NAME], "parent": "cn-z"}, where="x")
    with pytest.raises(KnowledgeError, match="not in the registry"):
        build_registry([one, child])


def test_lookup_crosses_script_and_width(tmp_path: Path) -> None:
    (tmp_path / "x.yml").write_text(
        "- id: cn-x\n  type: ACTOR\n  names:\n    - {text: 样例数据局, lang: zh-Hans, status: official}\n"
        "    - {text: SDA, lang: en, status: abbreviation}\n", encoding="utf-8")
    registry = load_registry(tmp_path)
    assert [entity.entity_id for entity in registry.lookup("樣例數據局")] == ["cn-x"]
    assert [entity.entity_id for entity in registry.lookup("ＳＤＡ")] == ["cn-x"]
    assert registry.lookup("样例局") == ()
    assert registry.entities["cn-x"].name("en") == "SDA"
