"""Tables in, tables out: columns, accounting, offsets, order, refusals."""

from itertools import product

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.codes import CODE_COLUMNS, SENSE_COLUMNS, annotate_texts, code_sentences
from pipeline.codes.coding import label_sentences
from pipeline.errors import TifaError, UnknownLabel
from pipeline.tables import TABLES

MENTION_COLUMNS = ["doc_id", "sent_no", "start_char", "end_char", "surface", "type", "entity_id", "method"]
NO_MENTIONS = pd.DataFrame(columns=MENTION_COLUMNS)


def table(rows: list[tuple[str, str, str]]) -> pd.DataFrame:
    """Sentences of (doc_id, kind, text), laid one behind the other in their documents."""
    place: dict[str, int] = {}
    out = []
    for number, (doc_id, kind, text) in enumerate(rows):
        start = place.get(doc_id, 0)
        place[doc_id] = start + len(text)
        out.append((doc_id, number, start, start + len(text), None, None, kind, text))
    return pd.DataFrame(out, columns=["doc_id", "sent_no", "start_char", "end_char", "heading", "article", "kind", "text"])


def test_columns_are_the_contracts() -> None:
    coded = code_sentences(table([("a", "body", "推进数据安全。")]), NO_MENTIONS, langs={"a": "zh-Hans"})
    assert list(coded.codes.columns) == list(CODE_COLUMNS) == list(TABLES["codes"])
    assert list(coded.senses.columns) == list(SENSE_COLUMNS) == list(TABLES["senses"])


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_sentence_scores_the_same_whatever_is_coded_with_it(lang: str) -> None:
    parts = {"zh": (["推动", "不得损害", "应当保障", "到2025年建成"], ["数据安全", "产业发展", "个人信息", "样例平台"],
                    ["，由样例部负责。", "。", "；"]),
             "en": (["Promote ", "Nobody may harm ", "Providers shall protect ", "By 2025, build "],
                    ["data security", "industry", "personal data", "a sample platform"], [", led by the ministry.", ".", ";"])}[lang]
    texts = ["".join(found) for found in product(*parts)] * 5
    together = label_sentences(texts, [""] * len(texts), [[]] * len(texts), lang)
    for size in (1, 7, 50):
        some = label_sentences(texts[:size], [""] * size, [[]] * size, lang)
        assert (some.p == together.p[:size]).all(), "to the last bit: rounded figures must not depend on the batch"


def test_one_row_per_body_sentence_in_order() -> None:
    rows = [("b", "heading", "第一章 安全"), ("b", "body", "We will promote AI safety."), ("a", "body", "保障网络安全。"),
            ("a", "note", "注：安全"), ("a", "body", "")]
    coded = code_sentences(table(rows), NO_MENTIONS, langs={"a": "zh-Hant", "b": "en"})
    assert coded.codes[["doc_id", "sent_no"]].values.tolist() == [["a", 2], ["a", 4], ["b", 1]]
    assert coded.senses[["doc_id", "surface"]].values.tolist() == [["a", "安全"], ["b", "safety"]]


def test_no_sentences_give_empty_tables_with_columns() -> None:
    coded = code_sentences(table([]), NO_MENTIONS, langs={})
    assert list(coded.codes.columns) == list(CODE_COLUMNS) and len(coded.codes) == len(coded.senses) == 0


def test_mixed_documents_have_both_kinds_of_occurrence() -> None:
    coded = code_sentences(table([("m", "body", "加强网络安全（cybersecurity）。")]), NO_MENTIONS, langs={"m": "mixed"})
    assert coded.senses["surface"].tolist() == ["安全", "cybersecurity"]


def test_occurrences_in_a_mention_are_in_a_name() -> None:
    text = "国家安全委员会召开会议。"
    mention = pd.DataFrame([("a", 0, 0, 7, text[:7], "ACTOR", "x", "gazetteer")], columns=MENTION_COLUMNS)
    coded = code_sentences(table([("a", "body", text)]), mention, langs={"a": "zh"})
    assert coded.senses[["sense", "in_name"]].values.tolist() == [["state", True]]


@pytest.mark.parametrize(("langs", "error"), [({}, TifaError), ({"a": "fr"}, UnknownLabel)])
def test_unknown_languages_stop_the_line(langs: dict[str, str], error: type[Exception]) -> None:
    with pytest.raises(error):
        code_sentences(table([("a", "body", "安全。")]), NO_MENTIONS, langs=langs)


def test_batches_do_not_change_answers() -> None:
    texts = ["推进创新发展。", "不得泄露信息。", "《样例法》自公布之日起施行。", "到2030年达到80%。"]
    together = annotate_texts([{"lang": "zh", "text": text, "heading": "第一章 总则"} for text in texts])
    alone = [annotate_texts([{"lang": "zh", "text": text, "heading": "第一章 总则"}])[0] for text in texts]
    assert together == alone


@settings(max_examples=60, deadline=None)
@given(st.lists(st.text(max_size=60), max_size=5), st.sampled_from(["zh", "en", "mixed"]))
def test_any_text_is_coded(texts: list[str], lang: str) -> None:
    coded = code_sentences(table([("d", "body", text) for text in texts]), NO_MENTIONS, langs={"d": lang})
    assert len(coded.codes) == len(texts)
    p = coded.codes.filter(like="p_")
    assert ((p >= 0) & (p <= 1)).all().all()
    whole = "".join(texts)
    assert all(whole[one.start_char:one.end_char] == one.surface for one in coded.senses.itertuples())
