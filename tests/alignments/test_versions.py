"""Which documents are versions of one text, and what changed: three invented pairs with their changes listed, and 70
passages of fourteen real pairs judged blind."""

import csv
import hashlib
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from pipeline.alignments.diff import diff_versions
from pipeline.alignments.versions import CHANGE_COLUMNS, PAIR_COLUMNS, compare_versions, linked_versions
from pipeline.knowledge import load_yaml
from tests.alignments.material import tables_of
from tests.conftest import ROOT

SAMPLE = ROOT / "raw" / "sample"
KINDS = {"added": "added", "deleted": "removed", "moved": "moved"}
EFFECTS = {"number": "number", "deadline": "deadline", "date": "deadline"}
PULL = {"tightened": "tighter", "loosened": "looser"}


def documents(*rows: tuple[str, str, str, str | None, str | None]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=["doc_id", "lang", "status", "date_issued", "work_id"], dtype=object)
    return frame.assign(duplicate_of=None, doc_type="law")


def test_a_draft_comes_first_then_the_dates() -> None:
    found = linked_versions(documents(
        ("final", "zh-Hans", "in_force", "2031-05-01", "w"),
        ("later", "zh-Hant", "in_force", "2033-01-01", "w"),
        ("draft", "zh-Hans", "draft_for_comment", None, "w"), ("alone", "zh-Hans", "in_force", "2031", "v"),
        ("no work", "zh-Hans", "in_force", "2031", None)))
    assert found == [("w", "draft", "final", "zh"), ("w", "final", "later", "zh")]


def test_translations_reposts_and_news_are_no_versions() -> None:
    english = ("one", "en", "in_force", "2031", "w"), ("two", "en", "in_force", "2032", "w")
    assert linked_versions(documents(*english, ("zh", "zh-Hans", "in_force", "2031", "w"))) == []
    assert linked_versions(documents(*english)) == [("w", "one", "two", "en")], "English versions of an English text"
    assert linked_versions(documents(*english).assign(duplicate_of=[None, "one"])) == []
    assert linked_versions(documents(*english).assign(doc_type=["law", "press"])) == []
    same_day = documents(("a", "en", "in_force", "2031", "w"), ("b", "en", "in_force", "2031", "w"))
    assert linked_versions(same_day) == [], "neither is the earlier one"


def test_pairs_count_what_the_changes_say() -> None:
    texts = {"a": ["第一条 样例平台可以备案。", "第二条 样例平台保护数据。"],
             "b": ["第一条 样例平台应当备案。", "第二条 样例平台保护数据。", "第三条 本办法自2031年1月1日起施行。"]}
    rows = [(doc_id, number, None, "body", text) for doc_id, found in texts.items() for number, text in enumerate(found)]
    sentences = pd.DataFrame(rows, columns=["doc_id", "sent_no", "article", "kind", "text"], dtype=object)
    codes = pd.DataFrame([(doc_id, number, False, doc_id == "b" and number == 0) for doc_id, number, *_ in rows],
                         columns=["doc_id", "sent_no", "development", "security"])
    found = compare_versions(documents(("a", "zh-Hans", "draft_for_comment", None, "w"), ("b", "zh-Hans", "in_force", "2031", "w")),
                             sentences, codes)
    row = found.pairs.iloc[0]
    assert (row.kind, row.n_changes, row.n_added, row.n_reworded, row.n_tighter, row.n_security_gained) == ("draft", 2, 1, 1, 1, 1)
    assert list(found.changes.change) == ["reworded", "added"]
    nothing = compare_versions(documents(), sentences, codes)
    assert (list(nothing.pairs), list(nothing.changes), len(nothing.pairs)) == (PAIR_COLUMNS, CHANGE_COLUMNS, 0)


def sample_pairs() -> Iterator[tuple[str, str, list[dict[str, Any]]]]:
    truth: Any = load_yaml(SAMPLE / "TRUTH.yml")
    for name, facts in truth["files"].items():
        if "version_of" in facts:
            yield facts["version_of"], name, facts["changes"]


def is_found(wanted: dict[str, Any], changes: pd.DataFrame) -> bool:
    """Whether the program reports a listed change with its class and, where it has one, its effect."""
    old, new = (str(wanted.get(name, "")) for name in ("old", "new"))
    ends = [str(wanted.get(f"{name}_article", "")) for name in ("old", "new")]
    if wanted["kind"] == "moved":       # not where others came or went alone: its article neither went nor came
        one_sided = {(row.change, str(row.article_a or row.article_b)) for row in changes.itertuples()}
        return ("removed", ends[0]) not in one_sided and ("added", ends[1]) not in one_sided
    if wanted["kind"] in KINDS:
        side = changes.text_b if wanted["kind"] == "added" else changes.text_a
        article = changes.article_b if wanted["kind"] == "added" else changes.article_a
        place = ends[wanted["kind"] == "added"]
        return bool(((changes.change == KINDS[wanted["kind"]]) & ((article == place) | side.str.startswith(place + " "))).any())
    effect = PULL[wanted["effect"]] if wanted["kind"] == "modality" else EFFECTS[wanted["kind"]]
    if wanted["kind"] == "date":
        old = new = "施行"
    rows = changes[changes.text_a.str.contains(old, regex=False) & changes.text_b.str.contains(new, regex=False)]
    return any(row.change == "reworded" and effect in row.effects for row in rows.itertuples())


def test_listed_changes_of_invented_versions() -> None:
    answers = []
    for older, newer, listed in sample_pairs():
        texts, sentences, _, _ = tables_of(SAMPLE, [older, newer], {})
        a, b = (sentences[sentences.doc_id == texts.doc_id[texts.path == name].iloc[0]] for name in (older, newer))
        changes = diff_versions(a, b, lang="zh")
        answers += [(newer, change, is_found(change, changes)) for change in listed]
    right = sum(found for _, _, found in answers)
    assert len({name for name, _, _ in answers}) == 3
    assert right / len(answers) >= 0.9, [answer[:2] for answer in answers if not answer[2]]


def blind_answers(shared: Path) -> list[tuple[dict[str, str], str, list[str]]]:
    """Each judged passage with the class and the effects that the program gives it."""
    with (Path(__file__).parent / "changes_blind_gold.csv").open(encoding="utf-8", newline="") as file:
        gold = list(csv.DictReader(file))
    answers = []
    for names in dict.fromkeys((row["file_a"], row["file_b"]) for row in gold):
        texts, sentences, _, _ = tables_of(shared / "policy", list(names), {})
        a, b = (sentences[sentences.doc_id == texts.doc_id[texts.path == name].iloc[0]] for name in names)
        fate = {(side, number): row for row in diff_versions(a, b, lang="zh").itertuples()
                for side, numbers in (("a", row.sents_a), ("b", row.sents_b)) for number in numbers}
        number_of = {(side, hashlib.sha256(re.sub(r"\s", "", text).encode()).hexdigest()[:16]): (side, number)
                     for side, frame in (("a", a), ("b", b)) for number, text in frame[["sent_no", "text"]].to_numpy()}
        for row in gold:
            if (row["file_a"], row["file_b"]) == names:
                found = fate.get(number_of[row["side"], row["passage"]])
                answers.append((row, "unchanged" if found is None else found.change, [] if found is None else found.effects))
    return answers


@pytest.mark.slow
def test_passages_judged_blind(shared: Path) -> None:
    """Drawn at random from passages that differ, judged from both texts before the program's answer was seen."""
    answers = blind_answers(shared)
    changed = [(row, answer) for row, answer, _ in answers if row["change"] != "unchanged"]
    right = sum(row["change"] == answer for row, answer in changed)
    same = sum(set(row["effects"].split()) == set(effects) for row, answer, effects in answers if row["change"] == answer)
    print(f"class right: {right} of {len(changed)} changes; effects the same: {same} of {len(answers)} passages")
    assert len(changed) >= 50
    assert right / len(changed) >= 0.9
    assert same / len(answers) >= 0.85
