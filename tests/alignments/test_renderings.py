"""Renderings of 安全: invented sentences, and 150 occurrences of the material judged by hand."""

from pathlib import Path

import pandas as pd
import pytest

from pipeline.alignments import align_corpus
from pipeline.alignments.lexicon import seed_lexicon
from pipeline.alignments.renderings import RENDERING_COLUMNS, class_of, read_renderings, render_occurrences
from pipeline.text import security_occurrences
from tests.alignments.material import context_digest, gold_rows, tables_of

CASES = [
    ("保障样例数据安全。", "Sample data security shall be guaranteed.", ["security"], ["security"], "one word, one class"),
    ("加强食品安全监管。", "We will tighten oversight of food safety.", ["safety"], ["safety"], "one word, one class"),
    ("维护国家安全和生产安全。", "We will ensure national security and workplace safety.", ["security", "safety"],
     ["security", "safety"], "each keeps its neighbour"),
    ("维护生产安全和国家安全。", "We will ensure national security and workplace safety.", ["safety", "security"],
     ["safety", "security"], "order turned round: neighbours decide, not places"),
    ("确保人工智能安全。", "AI must be safe and secure.", ["both"], ["safe and secure"], "one 安全, both words beside each other"),
    ("保障样例网络安全、数据安全。", "Cyber and data security shall be guaranteed.", ["security", "security"],
     ["security", "security"], "one word renders two"),
    ("提供安全、稳定的服务。", "Provide stable services.", ["omitted"], [None], "dropped"),
    ("保障数据安全。", "Ensure cybersecurity.", ["security"], ["cybersecurity"], "a compound counts"),
    ("加强社会保障体系，改善样例食品安全。", "Improve social security and sample food safety.", ["safety"], ["safety"],
     "social security renders 社会保障"),
    ("证券样例市场的信息安全。", "The information security of the sample securities market.", ["security"], ["security"],
     "securities are shares"),
]


@pytest.mark.parametrize(("zh", "en", "expected", "words", "reason"), CASES)
def test_renderings(zh: str, en: str, expected: list[str], words: list[str | None], reason: str) -> None:
    found = render_occurrences(zh, security_occurrences(zh, "zh"), en, seed_lexicon())
    assert [item.rendering for item in found] == expected, reason
    assert [None if item.start is None else en[item.start:item.end] for item in found] == words, reason


@pytest.mark.parametrize(("word", "expected"), [
    ("Safety", "safety"), ("cybersecurity", "security"), ("insecure", "security"), ("securities", None), ("safeguard", None),
    ("unsafe", "safety"), ("security-related", None), ("sample", None),
])
def test_class_of(word: str, expected: str | None) -> None:
    assert class_of(word) == expected


def tables(zh: list[str], en: list[str]) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    texts = {"z": "\n".join(zh), "e": "\n".join(en)}
    rows = []
    for doc_id, sentences in (("z", zh), ("e", en)):
        for number, sentence in enumerate(sentences):
            start = texts[doc_id].index(sentence)
            rows.append((doc_id, number, start, start + len(sentence), None, None, "body", sentence))
    sentences = pd.DataFrame(rows, columns=["doc_id", "sent_no", "start_char", "end_char", "heading", "article", "kind", "text"])
    documents = pd.DataFrame({"doc_id": ["z", "e"], "lang": ["zh-Hans", "en"], "title": [None, None], "text": list(texts.values()),
                              "pair_id": ["sample", "sample"], "doc_number": [None, None], "duplicate_of": [None, None]}, dtype=object)
    senses = pd.DataFrame([("z", 1, texts["z"].index("安全"), texts["z"].index("安全") + 2, "安全", "data", False)],
                          columns=["doc_id", "sent_no", "start_char", "end_char", "surface", "sense", "in_name"])
    mentions = pd.DataFrame(columns=["doc_id", "sent_no", "start_char", "end_char", "surface", "type", "entity_id", "method"])
    return documents, sentences, mentions, senses


def test_align_corpus_keeps_the_contract() -> None:
    documents, sentences, mentions, senses = tables(
        ["样例办法2031年第7号", "样例平台应当保障数据安全。", "违反规定的，处5万元罚款。"],
        ["Sample Measures No. 7 of 2031", "Sample platforms shall guarantee the security of data.", "Violations are fined 50,000 yuan."])
    alignments, renderings = align_corpus(documents, sentences, mentions, senses)
    assert [(row.zh_sents, row.en_sents) for row in alignments.itertuples()] == [([0], [0]), ([1], [1]), ([2], [2])]
    assert alignments.score.between(0, 1).all()
    assert list(renderings.columns) == RENDERING_COLUMNS
    row = renderings.iloc[0]
    assert (row.rendering, row.sense, row.sent_no, row.en_sents) == ("security", "data", 1, [1])
    assert documents.text[1][row.en_start_char:row.en_end_char] == "security"
    assert documents.text[0][row.start_char:row.end_char] == "安全"


def test_same_input_same_rows() -> None:
    given = tables(["样例办法", "保障样例数据安全。"], ["Sample Measures", "Data security shall be guaranteed."])
    one, two = align_corpus(*given), align_corpus(*(frame.iloc[::-1] for frame in given))
    assert one.alignments.equals(two.alignments)
    assert one.renderings.equals(two.renderings)


def test_nothing_to_align() -> None:
    given = [frame.iloc[:0] for frame in tables(["样例", "安全"], ["Sample"])]
    found = align_corpus(*given)
    assert found.alignments.empty
    assert found.renderings.empty


def test_a_duplicate_does_not_pair_and_unaligned_has_no_rendering() -> None:
    documents, sentences, mentions, senses = tables(["样例办法", "保障样例数据安全。"], ["Sample Measures"])
    documents.loc[1, "duplicate_of"] = "other"
    assert align_corpus(documents, sentences, mentions, senses).alignments.empty
    empty = pd.DataFrame({"pair_id": ["p"], "zh_doc_id": ["z"], "en_doc_id": ["e"], "zh_sents": [[1]], "en_sents": [[]], "score": [0.0]})
    assert read_renderings(empty, sentences, senses, seed_lexicon()).empty


def answers_to(gold: list[dict[str, str]], shared: Path) -> list[tuple[str, str | None]]:
    """(judged, found) for each row of a gold file."""
    pairs: dict[str, str] = {}
    for row in gold:        # one Chinese text may have several English versions, and a file may hold both languages
        known = {pairs.get(row["zh_file"], row["zh_file"]), pairs.get(row["en_file"], row["zh_file"])}
        pairs |= {name: min(known) for name in (row["zh_file"], row["en_file"])}
        pairs = {name: min(known) if pair in known else pair for name, pair in pairs.items()}
    documents, *rest = tables_of(shared / "policy", sorted(pairs), pairs)
    text, path = (dict(zip(documents.doc_id, documents[column], strict=True)) for column in ("text", "path"))
    found: dict[tuple[str, str, str], list[str]] = {}
    for row in align_corpus(documents, *rest).renderings.itertuples():
        key = (path[row.zh_doc_id], path[row.en_doc_id], context_digest(text[row.zh_doc_id], row.start_char, row.end_char))
        found.setdefault(key, []).append(row.rendering)
    return [(row["rendering"], (found.get((row["zh_file"], row["en_file"], row["context"]), [])[int(row["nth"]):] or [None])[0])
            for row in gold]


@pytest.mark.slow
@pytest.mark.parametrize(("name", "size", "floor"), [("renderings_gold.csv", 150, 0.95), ("renderings_blind_gold.csv", 62, 0.93)])
def test_hand_checked_occurrences(shared: Path, name: str, size: int, floor: float) -> None:
    answers = answers_to(gold_rows(name), shared)
    right = sum(expected == answer for expected, answer in answers)
    print(f"{name}: {right} of {len(answers)} right")
    assert len(answers) == size
    assert right / size >= floor, [pair for pair in answers if pair[0] != pair[1]]
