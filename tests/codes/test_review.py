"""Which sentences are worth an answer: doubt and influence raise it, a neighbour chosen already lowers it."""

import pandas as pd

from pipeline.codes.labels import FRAME_LABELS
from pipeline.codes.review import choose_sentences


def corpus(*documents: tuple[str, str, list[float]]) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """(doc_id, date, probability of security per sentence) → documents, sentences, codes."""
    texts = pd.DataFrame([{
        "doc_id": doc_id, "lang": "zh-Hans", "date_issued": date, "date_first_issued": None, "duplicate_of": None, "doc_type": "plan",
        "status": "in_force", "tier": "ministry", "jurisdiction": "CN", "audience": "domestic", "topics": ["ai"], "work_id": None,
        "issuers": ["cn-miit"], "title": "样例"} for doc_id, date, _ in documents])
    places = [(doc_id, number, p) for doc_id, _, series in documents for number, p in enumerate(series)]
    sentences = pd.DataFrame([{"doc_id": doc_id, "sent_no": number, "start_char": number * 10, "end_char": number * 10 + 9,
                               "heading": "", "text": f"样例句子{number}。"} for doc_id, number, _ in places])
    codes = pd.DataFrame([{"doc_id": doc_id, "sent_no": number, **{f"p_{name}": p if name == "security" else 0.0 for name in FRAME_LABELS}}
                          for doc_id, number, p in places])
    return texts, sentences, codes


def chosen(n: int, *documents: tuple[str, str, list[float]]) -> list[tuple[str, int]]:
    found = choose_sentences(*corpus(*documents), n=n, as_of="2025-06-01")
    return list(found[["doc_id", "sent_no"]].itertuples(index=False, name=None))


def test_the_doubtful_sentence_comes_first() -> None:
    assert chosen(1, ("a", "2021-01-01", [0.01, 0.5, 0.99])) == [("a", 1)]


def test_a_sentence_weighs_more_where_few_are() -> None:
    assert chosen(1, ("a", "2021-01-01", [0.5] * 50), ("b", "2022-01-01", [0.4, 0.01])) == [("b", 0)]


def test_answers_are_spread_over_documents() -> None:
    first = chosen(2, ("a", "2021-01-01", [0.5, 0.49]), ("b", "2021-02-01", [0.4, 0.01]))
    assert {doc_id for doc_id, _ in first} == {"a", "b"}


def test_a_text_outside_the_leading_universe_is_not_asked_about() -> None:
    texts, sentences, codes = corpus(("a", "2021-01-01", [0.5]), ("b", "2021-02-01", [0.5]))
    texts.loc[texts["doc_id"] == "b", "jurisdiction"] = "US"
    found = choose_sentences(texts, sentences, codes, n=5, as_of="2025-06-01")
    assert set(found["doc_id"]) == {"a"}
