"""The optional recogniser of names: off by default, asked for what the rules leave, the same answer for the same sentence."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.errors import TifaError
from pipeline.knowledge import use_models
from pipeline.mentions import mentions_in_text, recogniser, use_recogniser
from pipeline.mentions import recogniser_network as network
from pipeline.mentions.recogniser import (
    Seen,
    answer_state,
    fill_in,
    leaves_a_name,
    load_recogniser,
    read_names,
)
from pipeline.mentions.recogniser_training import Labelled, fit, locate, read_labelled
from pipeline.mentions.recogniser_worth import Ruled, choose, count, cross_validated
from pipeline.mentions.records import NIL, Candidate
from tests.mentions.tiny_recogniser import labelled, tiny_networks, write_tiny


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Weights of two networks a language that know one turn of phrase."""
    place = tmp_path_factory.mktemp("models")
    write_tiny(place)
    return place


@pytest.fixture
def switched_on(folder: Path) -> Iterator[Path]:
    use_models(folder)
    use_recogniser("spacy")
    yield folder
    use_recogniser("rules")
    use_models(None)


FOUND = [
    ("zh", "样例平台由海燕团队承建。", [("海燕", "ORG", "recogniser")], "a name that neither rules nor training have seen"),
    ("en", "The sample platform was built by Kestrin engineers.", [("Kestrin", "ORG", "recogniser")], "the same in English"),
    ("zh", "样例平台应当公开规则。", [], "no name"),
    ("en", "The sample platform shall publish its rules.", [], "no name"),
    ("zh", "样例平台由国务院团队承建。", [("国务院", "ACTOR", "gazetteer")], "the rules' span wins"),
    ("en", "The sample platform was built by MIIT engineers.", [("MIIT", "ACTOR", "gazetteer")], "the rules' span wins"),
]


@pytest.mark.parametrize(("lang", "text", "expected", "reason"), FOUND)
def test_what_the_rules_leave(switched_on: Path, lang: str, text: str, expected: list[tuple[str, str, str]], reason: str) -> None:
    assert [(hit.surface, hit.type, hit.method) for hit in mentions_in_text(text, lang)] == expected, reason


@pytest.mark.parametrize(("lang", "text"), [case[:2] for case in FOUND])
def test_it_is_off_unless_asked_for(folder: Path, lang: str, text: str) -> None:
    use_models(folder)
    try:
        assert all(hit.method != "recogniser" for hit in mentions_in_text(text, lang))
    finally:
        use_models(None)


def test_the_same_seed_gives_the_same_weights() -> None:
    first, again, other = (network.arrays_of(fit(labelled("en"), "en", seed=seed, epochs=2)) for seed in (5, 5, 6))
    assert all((first[key] == again[key]).all() for key in first)
    assert any((first[key] != other[key]).any() for key in first)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_what_is_read_back_marks_the_same(switched_on: Path, lang: str) -> None:
    trained = tiny_networks(lang)
    texts = [row.text for row in labelled(lang)]
    stored = load_recogniser(lang).networks
    assert [read_names(stored, text, lang) for text in texts] == [read_names(trained, text, lang) for text in texts]
    assert [read_names(stored, text, lang) for text in reversed(texts)] == [
        read_names(trained, text, lang) for text in reversed(texts)], "whatever was read before"


RULES = Candidate(4, 8, "ACTOR", NIL, "suffix")
FILLED = [
    ("zh", "甲乙丙丁某某某局说云雀好", [Seen(9, 11, "ORG", 3)], {"ORG": 2}, [(9, 11)], "free and enough votes"),
    ("en", "The XABC says Velstar is good", [Seen(14, 21, "ORG", 3)], {"ORG": 2}, [(14, 21)], "free and enough votes"),
    ("zh", "甲乙丙丁某某某局说云雀好", [Seen(9, 11, "ORG", 1)], {"ORG": 2}, [], "too few votes"),
    ("en", "The XABC says Velstar is good", [Seen(14, 21, "GPE", 3)], {"ORG": 2}, [], "a type that is never added"),
    ("zh", "甲乙丙丁某某某局说云雀好", [Seen(7, 11, "ORG", 3)], {"ORG": 2}, [], "the rules' span is overlapped"),
    ("zh", "甲乙丙丁某某某局说《云雀》", [Seen(9, 13, "ORG", 3)], {"ORG": 2}, [], "a title in marks is the rules' business"),
    ("zh", "甲乙丙丁某某某局说云雀好", [Seen(9, 11, "ORG", 2), Seen(9, 12, "ORG", 3)], {"ORG": 2}, [(9, 12)], "most votes first"),
    ("zh", "甲乙丙丁某某某局说云雀好", [Seen(9, 11, "ORG", 2), Seen(9, 12, "ORG", 2)], {"ORG": 2}, [(9, 12)], "then the longest"),
]


@pytest.mark.parametrize(("lang", "text", "seen", "needed", "expected", "reason"), FILLED)
def test_fill_in(lang: str, text: str, seen: list[Seen], needed: dict[str, int], expected: list[tuple[int, int]], reason: str) -> None:
    assert [(one.start, one.end) for one in fill_in(text, [RULES], seen, needed)] == expected, reason


@pytest.mark.parametrize(("text", "lang", "expected", "reason"), [
    ("Velstar", "en", False, "a capital that begins the sentence"),
    ("by Velstar", "en", True, "a capital within"),
    ("the abc of it", "en", False, "no capital"),
    ("AAAAAAA", "en", True, "the rules cover a part"),
    ("1.2（3）", "zh", False, "no letters"),
    ("由云雀承建", "zh", True, "Han"),
])
def test_sentences_that_need_not_be_read(text: str, lang: str, expected: bool, reason: str) -> None:
    assert leaves_a_name(text, lang, [Candidate(0, 3, "ORG", NIL, "suffix")] if text[0] == "A" else []) is expected, reason


@pytest.mark.parametrize(("text", "entities", "expected", "reason"), [
    ("云雀和云雀", (("云雀", "ORG"), ("云雀", "ORG")), [(0, 2, "ORG"), (3, 5, "ORG")], "one after the other"),
    ("上海云雀在上海", (("上海", "GPE"), ("上海云雀", "ORG")), [(0, 4, "ORG"), (5, 7, "GPE")], "the longest first"),
    ("Velstar of Vel", (("Vel", "GPE"), ("Velstar", "ORG")), [(0, 7, "ORG"), (11, 14, "GPE")], "the same in English"),
    ("nothing here", (("Velstar", "ORG"),), [], "a label that does not stand in the text"),
])
def test_where_labels_stand(text: str, entities: tuple[tuple[str, str], ...], expected: list[tuple[int, int, str]], reason: str) -> None:
    assert locate(Labelled(text, "f", entities)) == expected, reason


def ruled(votes: int, right: bool, number: int) -> Ruled:
    row = Labelled("由云雀承建", f"family {number}", (("云雀", "ORG"),) if right else ())
    return Ruled(row, [], [Seen(1, 3, "ORG", votes)])


def test_votes_are_chosen_where_additions_pay() -> None:
    good = [ruled(2, True, number) for number in range(10)]
    bad = [ruled(1, False, number) for number in range(30)]
    assert choose(good + bad) == {"ORG": 2}, "one vote would add 30 wrong ones"
    assert choose(good[:2]) == {}, "two right ones are no evidence"
    assert cross_validated(good + bad).right == 10 and cross_validated(good + bad).added == 10
    assert count(bad, {"ORG": 1})[:4] == (0, 0, 30, 0)


@pytest.mark.parametrize(("line", "words"), [
    ("{", "Not a labelled sentence"), ('{"lang": "zh", "text": "a", "family": "f"}', "Not a labelled sentence"),
    ('{"lang": "fr", "text": "a", "family": "f", "entities": []}', "Not a labelled sentence"),
    ('{"lang": "zh", "text": "a", "family": "f", "entities": [["a", "SHIP"]]}', "Unknown types"),
])
def test_wrong_labels_are_named(tmp_path: Path, line: str, words: str) -> None:
    path = tmp_path / "labels.jsonl"
    path.write_text(line, encoding="utf-8")
    with pytest.raises(TifaError, match=words):
        read_labelled([path])


def test_wrong_weights_are_named(switched_on: Path, tmp_path: Path) -> None:
    with pytest.raises(TifaError, match="no recogniser called"):
        use_recogniser("magic")
    for lang in ("zh", "en"):
        (tmp_path / "names").mkdir(exist_ok=True)
        (tmp_path / "names" / f"{lang}.json").write_bytes((switched_on / "names" / f"{lang}.json").read_bytes())
    use_models(tmp_path)
    with pytest.raises(TifaError, match="not those its description names"):
        load_recogniser("zh")
    facts = json.loads((switched_on / "names" / "en.json").read_text(encoding="utf-8"))
    facts["types"] = ["ORG", "GPE"]
    (tmp_path / "names" / "en.json").write_text(json.dumps(facts), encoding="utf-8")
    (tmp_path / "names" / "en.npz").write_bytes((switched_on / "names" / "en.npz").read_bytes())
    with pytest.raises(TifaError, match="another architecture"):
        load_recogniser("en")


@pytest.mark.parametrize(("changed", "differs", "reason"), [
    ("mentions/recogniser_network.py", True, "the networks"), ("mentions/component.py", True, "tokens"),
    ("segment.py", True, "words around a character"), ("text.py", True, "match keys"), ("mentions/bodies.py", False, "a rule")])
def test_answers_hang_on_the_code_that_made_them(switched_on: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, changed: str,
                                                 differs: bool, reason: str) -> None:
    home = Path(recogniser.__file__).parent.parent
    shutil.copytree(home / "mentions", tmp_path / "mentions", ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("segment.py", "text.py"):
        shutil.copy(home / name, tmp_path)
    before = [answer_state(lang) for lang in ("zh", "en")]
    monkeypatch.setattr(recogniser, "__file__", str(tmp_path / "mentions" / "recogniser.py"))
    assert [answer_state(lang) for lang in ("zh", "en")] == before
    with (tmp_path / changed).open("a", encoding="utf-8") as file:
        file.write("\n# another line\n")
    assert [answer_state(lang) != old for lang, old in zip(("zh", "en"), before, strict=True)] == [differs, differs], reason


def test_without_weights_it_cannot_be_switched_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recogniser, "MODELS", tmp_path)
    use_models(tmp_path)
    try:
        with pytest.raises(TifaError, match="no weights of the recogniser"):
            use_recogniser("spacy")
        assert not recogniser.is_recogniser_on()
    finally:
        use_models(None)
