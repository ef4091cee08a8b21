"""Sentences: the right boundaries, and no character lost (traps 1, 5, 16, 17)."""

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.sentences import split_documents, split_sentences

CASES = [
    ("坚持发展和安全并重。安全是发展的前提。不发展是最大的不安全。",
     ["坚持发展和安全并重。", "安全是发展的前提。", "不发展是最大的不安全。"], "trap 1: no character after the stop is lost"),
    ("（一）建立台账；（二）定期报告；", ["（一）建立台账；", "（二）定期报告；"], "list items are sentences"),
    ("他说：“应当先行先试。”随后散会。", ["他说：“应当先行先试。”", "随后散会。"], "closing quotes belong to the sentence"),
    ("增长24.5%，达到3.1万亿元。", ["增长24.5%，达到3.1万亿元。"], "a decimal point is no stop"),
    ("The U.S. Sample Agency reports. It acts.", ["The U.S. Sample Agency reports.", "It acts."], "abbreviations"),
    ("See Art. 5 and No. 7, e.g. logs. J. Smith signs.", ["See Art. 5 and No. 7, e.g. logs.", "J. Smith signs."],
     "abbreviations, initials"),
    ("1. Scope. This text applies.", ["1. Scope.", "This text applies."], "a list number is no sentence"),
    ("Keep logs; report incidents.", ["Keep logs; report incidents."], "a semicolon inside an English line does not end"),
    ("(a) keep logs;\n(b) report.", ["(a) keep logs;", "(b) report."], "a semicolon that closes an item does"),
    ("in force by 2025.How it works is new.", ["in force by 2025.", "How it works is new."], "a lost blank"),
    ("Grew 3.5 percent to 1.2 million.", ["Grew 3.5 percent to 1.2 million."], "decimals"),
    ("什么?为什么!", ["什么?", "为什么!"], "half-width marks after Han"),
    ("   ", [], "white space alone is no sentence"),
]


@pytest.mark.parametrize(("text", "sentences", "reason"), CASES)
def test_split_sentences(text: str, sentences: list[str], reason: str) -> None:
    assert [text[s.start:s.end] for s in split_sentences(text, 0, len(text))] == sentences, reason


def frame(text: str, title: str | None = None) -> pd.DataFrame:
    return split_documents(pd.DataFrame([("d1", text, title)], columns=["doc_id", "text", "title"]))


STATUTE = """# 样例数据条例

2021年3月1日 样例市第一届人民代表大会常务委员会第二次会议通过

## 第一章  总则

第一条 为了规范样例数据活动，制定本条例。

第二条 样例单位应当：

（一）建立台账；

（二）定期报告。

本条所称台账，是指样例记录。

第三条 本条例自2021年5月1日起施行。

样例市人民代表大会常务委员会

2021年3月1日
"""


def test_structure_of_a_statute() -> None:
    rows = frame(STATUTE, "样例数据条例")
    assert rows.kind.tolist() == ["title", "note", "heading", "body", "body", "body", "body", "body", "body",
                                  "signature", "signature"]
    assert rows.article.tolist() == [None, None, None, "1", "2", "2", "2", "2", "3", "3", "3"]
    item = rows[rows.text.str.startswith("（二）")].iloc[0]
    assert item.heading == "第二条 样例单位应当：", "an item has the line that opens the list as its heading"
    assert rows[rows.text.str.startswith("本条所称")].iloc[0].heading == "第一章  总则"


def test_structure_of_a_page_saved_as_one_line() -> None:
    text = ("样例算法服务管理办法 第一章 总则 第一条 为了规范样例服务，制定本办法。 第二条 样例服务提供者应当遵守第一条的规定。 "
            "第二章 监督 第三条 样例部门依照第二条开展检查。 第四条 本办法自公布之日起施行。")
    rows = frame(text)
    assert rows[rows.kind == "body"].article.tolist() == ["1", "2", "3", "4"]
    assert rows[rows.kind == "heading"].text.tolist() == ["样例算法服务管理办法", "第一章 总则", "第二章 监督"]


def test_numbered_plan_headings() -> None:
    rows = frame("一、总体要求\n坚持创新。\n（一）夯实基础\n加快建设样例平台。\n二、重点任务\n推动应用。\n")
    assert rows[rows.kind == "body"].heading.tolist() == ["一、总体要求", "（一）夯实基础", "二、重点任务"]


def test_structure_of_english() -> None:
    rows = frame("Sample Data Act\n\nChapter I General Provisions\n\nArticle 1 – Purpose\n\nThis Act protects samples.\n\n"
                 "Article 2\tSample bodies shall keep records\nand report them.\n\nParticles of dust stay.\n", "Sample Data Act")
    assert rows.kind.tolist() == ["title", "heading", "heading", "body", "body", "body"]
    assert rows.article.tolist() == [None, None, "1", "1", "2", "2"]
    assert rows.text.iloc[4] == "Article 2\tSample bodies shall keep records\nand report them."


def test_lines_broken_by_a_column_are_joined() -> None:
    rows = frame("全市认真落实样例部署，\n积极应对样例变化，\n取得新的成绩。\n发展迈出新步伐。")
    assert rows.text.tolist() == ["全市认真落实样例部署，\n积极应对样例变化，\n取得新的成绩。", "发展迈出新步伐。"]


def test_who_is_addressed_is_no_sentence() -> None:
    rows = frame("各样例省、自治区、直辖市人民政府，各样例部门：\n现将样例通知印发。\n样例单位包括下列部门：\n（一）样例局。")
    assert rows.kind.tolist() == ["note", "body", "body", "body"]
    assert frame("Fellow Deputies,\nThe sample year was good.").kind.tolist() == ["note", "body"]


def test_english_clauses_and_numbered_headings() -> None:
    rows = frame("Recalling the sample resolution of last year on this matter,\nNoting the sample report,\n"
                 "(1) Building sample platforms\nWe will build them.\n(a) to sample places, or\n(b) elsewhere.")
    assert rows.text.tolist() == ["Recalling the sample resolution of last year on this matter,", "Noting the sample report,",
                                  "(1) Building sample platforms", "We will build them.", "(a) to sample places, or", "(b) elsewhere."]
    assert rows.kind.tolist() == ["body", "body", "heading", "body", "body", "body"]


@given(st.text(alphabet="第一二三条章节、，。；：！？（）《》“”\n 　#*.;:!?Aa1-|\t样例安全", max_size=300))
def test_sentences_cover_the_text(text: str) -> None:
    rows = frame(text)
    place = 0
    for row in rows.itertuples():
        assert text[row.start_char:row.end_char] == row.text
        assert row.start_char >= place and not text[place:row.start_char].strip()
        place = row.end_char
    assert not text[place:].strip()
    assert rows.sent_no.tolist() == list(range(len(rows)))


@pytest.mark.parametrize("text", ["《" * 100_000, "(" * 100_000, "第" * 50_000 + "一" * 100_000, "1." * 50_000, "a" * 100_000,
                                  "政策" + " " * 200_000 + "落实", "。" * 100_000, "-" * 100_000])
def test_hostile_runs_cost_linear_time(text: str) -> None:
    rows = frame(text)
    assert "".join("".join(rows.text).split()) == "".join(text.split())
