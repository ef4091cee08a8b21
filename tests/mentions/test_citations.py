"""Citations: relation, articles, number, resolution; with cases that must give no row or no link."""

from itertools import pairwise

import pandas as pd
import pytest

from pipeline.mentions import find_mentions, resolve_citations
from pipeline.mentions.citations import find_citations
from pipeline.mentions.find import find_candidates

RELATIONS = [
    ("zh", "根据《样例安全法》、《样例数据法》等法律，制定本办法。", ["basis", "basis"], "根据 … 制定: every title of the list"),
    ("zh", "为贯彻落实《样例发展规划》，现就有关事项通知如下。", ["implement"], "贯彻落实 is no basis (codebook 7)"),
    ("zh", "对《样例管理规定》作如下修改：", ["amend"], "对 … 作如下修改"),
    ("zh", "本条例自2025年1月1日起施行。《样例甲条例》、《样例乙条例》同时废止。", ["repeal", "repeal"], "同时废止 covers the list"),
    ("zh", "依照《样例处罚法》第三条的规定处罚。", ["mention"], "a penalty clause is no basis"),
    ("zh", "依据《样例管制法》和本条例的规定，制定清单。", ["mention"], "a competence in the text is not the basis of the text"),
    ("zh", "适用修改后的《样例商标法》。", ["mention"], "修改后 describes, it does not amend"),
    ("zh", "《办法》规定，《本规定》另有要求。", [], "generic and self references give no row"),
    ("en", "These Measures are formulated in accordance with the Sample Security Act.", ["basis"], "formulated in accordance with"),
    ("en", "This Order revokes the Sample Framework Act.", ["repeal"], "revokes"),
    ("en", "The Sample Safety Act applies to such systems.", ["mention"], "no relation said"),
    ("en", "amending the Sample Trade Act as follows", ["amend"], "amending"),
    ("en", "These Measures shall enter into force on 1 May 2025.", [], "self-reference"),
    ("zh", "依据《样例甲法》和新修订的《样例乙条例》等有关规定，起草了本稿。", ["basis", "basis"], "新修订的 describes, it does not amend"),
    ("zh", "适用《样例法》、《样例法实施条例》、《样例丙条例》的规定。", ["mention", "mention", "mention"],
     "实施 in the name of another instrument says nothing"),
    ("zh", "将第二条修改为：“样例法第三条所称样例，是指……”", [], "the words that are put in amend nothing"),
    ("en", "Regulation (EU) 2018/1 of the Sample Body amending Directive 95/46/EC applies.", ["mention", "mention"],
     "the title of another act says what that act amends"),
    ("en", "rules promulgated under the Sample Air Act", ["mention"], "the ground of other rules"),
    ("en", "By the authority vested in me, including the Sample Powers Act (50 U.S.C. 1701 et seq.), I hereby order:", ["basis"],
     "authority vested; the number in brackets is no reference of its own"),
    ("en", "under the Sample Powers Act, as amended (Public Law 115-2; 50 U.S.C. 4565 note)", ["mention"], "numbers behind as amended"),
    ("en", "Having regard to the Treaty on Sample Waters of 1999,", ["basis"], "a citation at the head of an act"),
    ("en", "in exercise of the powers conferred by section 5 of the Sample Powers Act 1990, makes these Regulations",
     ["basis"], "powers conferred"),
    ("en", "Authority: 50 U.S.C. 4501 et seq.; E.O. 13603.", ["basis", "basis"], "the authority line of a rule"),
    ("en", "A certificate issued under a scheme pursuant to Regulation (EU) 2019/881 was made.",
     ["mention"], "the ground of something else"),
    ("en", "The year 2025 is the final year for implementing the Sample Plan Act.", ["mention"], "a report of the time, no measure"),
    ("zh", "推广数据管理能力成熟度评估模型（DCMM）标准。", ["mention"], "the short name behind the title is no second reference"),
]


@pytest.mark.parametrize(("lang", "text", "expected", "reason"), RELATIONS)
def test_relations(lang: str, text: str, expected: list[str], reason: str) -> None:
    rows = find_citations(text, 0, len(text), find_candidates(text, lang))
    assert [row.relation for row in rows] == expected, reason


ARTICLES = [
    ("zh", "依照《样例数据法》第二十一条、第二十三条第二款的规定", (21, 23), "a list of articles"),
    ("zh", "《样例数据法》规定了第三条以外的义务", (), "an article that is not the title's"),
    ("en", "under Articles 5, 6(2) and 7 of the Sample Data Act", (5, 6, 7), "articles before the title"),
    ("en", "the Sample Data Act applies", (), "none"),
    ("en", "the Sample Waters Treaty, and in particular Articles 12 and 77 thereof,",
     (12, 77), "behind the title"),
    ("en", "under Article 101 TFEU", (101,), "right before an abbreviation"),
]


@pytest.mark.parametrize(("lang", "text", "expected", "reason"), ARTICLES)
def test_articles(lang: str, text: str, expected: tuple[int, ...], reason: str) -> None:
    rows = list(find_citations(text, 0, len(text), find_candidates(text, lang)))
    assert [row.articles for row in rows] == [expected], reason


def test_number_beside_a_title() -> None:
    text = "按照《样例发展规划》（样发〔2021〕3号）要求"
    rows = list(find_citations(text, 0, len(text), find_candidates(text, "zh")))
    assert [(row.title, row.doc_number) for row in rows] == [("样例发展规划", "样发〔2021〕3号")]


def corpus(*rows: tuple[str, str, str, str | None, str | None]) -> pd.DataFrame:
    return pd.DataFrame([{"doc_id": doc_id, "title": title, "date_issued": date, "doc_number": number, "status": status,
                          "duplicate_of": None, "lang": "zh-Hans"} for doc_id, title, date, number, status in rows])


def cite(title: str, number: str | None = None, entity_id: str = "NIL") -> pd.DataFrame:
    return pd.DataFrame([{"doc_id": "citing", "cited_title": title, "cited_doc_number": number, "entity_id": entity_id,
                          "cited_doc_id": None}])


CORPUS = corpus(
    ("citing", "关于样例事项的通知", "2022-05-01", None, "in_force"),
    ("old", "样例数据流通规定", "2019-01-01", None, "in_force"), ("new", "样例数据流通规定", "2021-01-01", "样发〔2021〕3号", "in_force"),
    ("draft", "样例数据流通规定", "2022-04-01", None, "draft_for_comment"), ("later", "样例算力规划", "2023-01-01", None, "in_force"),
    ("generic", "管理办法", "2020-01-01", None, "in_force"), ("csl", "网络安全法", "2016-11-07", None, "in_force"))


@pytest.mark.parametrize(("row", "expected", "reason"), [
    (cite("样例数据流通规定"), "new", "newest version in force not later than the citing text; drafts last"),
    (cite("另一标题样例", "样发[2021]3 号"), "new", "the number decides, in any brackets"),
    (cite("样例算力规划"), None, "issued later: cannot be cited (trap 12)"),
    (cite("管理办法"), None, "generic titles are never resolved (trap 12)"),
    (cite("关于样例事项的通知"), None, "no self-citation (trap 12)"),
    (cite("中华人民共和国网络安全法", None, "cn-law-csl"), "csl", "by registry entity, long and short name"),
    (cite("样例不存在的规定"), None, "not in the corpus"),
])
def test_resolution(row: pd.DataFrame, expected: str | None, reason: str) -> None:
    assert resolve_citations(row, CORPUS)["cited_doc_id"].tolist() == [expected], reason


USES = [
    ("《样例数据流通规定》答记者问", "日前，《样例平台算法规定》（以下简称《规定》）公布。《规定》共三章。", ["样例平台算法规定", "规定"],
     "a general word that the text defines for another instrument"),
    ("样例平台算法规定", "日前，《样例平台算法规定》（以下简称《规定》）公布。《规定》共三章。", [],
     "of the document itself: a self-reference"),
    ("样例通知", "《样例甲办法》（以下简称《办法》）、《样例乙办法》（以下简称《办法》）公布。《办法》自明日施行。",
     ["样例甲办法", "样例乙办法"], "defined for two: names neither"),
    ("样例通知", "《办法》共三章。", [], "not defined: names nothing"),
    ("Sample Notice", "the Sample Data Flow Regulations (hereinafter the “Regulations”) are in force. The Regulations apply.",
     ["Sample Data Flow Regulations", "Regulations"], "the same in English"),
]


@pytest.mark.parametrize(("title", "text", "expected", "reason"), USES)
def test_general_words_defined_in_the_text(title: str, text: str, expected: list[str], reason: str) -> None:
    documents = pd.DataFrame([{"doc_id": "d1", "text": text, "lang": "en" if text.isascii() or "the" in text else "zh-Hans",
                               "title": title, "issuers": [], "date_issued": None, "bindingness": None}])
    sentences = pd.DataFrame([{"doc_id": "d1", "sent_no": 0, "start_char": 0, "end_char": len(text), "kind": "body", "heading": None}])
    found = find_mentions(documents, sentences)
    assert found.citations["cited_title"].tolist() == expected, reason
    assert all(text[row.start_char:row.end_char] == row.cited_title for row in found.citations.itertuples())
    assert "规定" not in found.mentions["surface"].tolist() and "Regulations" not in found.mentions["surface"].tolist()


def test_tables_obey_the_contract() -> None:
    text = "样例通知\n根据《中华人民共和国网络安全法》，制定本通知。\n到2030年，样例产业规模超过10万亿元。\n"
    documents = pd.DataFrame([{"doc_id": "d1", "text": text, "lang": "zh-Hans", "title": "样例通知", "issuers": ["cn-cac"],
                               "date_issued": "2024-01-01", "bindingness": "soft"}])
    cuts = [0, 5, text.index("到2030"), len(text)]
    sentences = pd.DataFrame([
        {"doc_id": "d1", "sent_no": place, "start_char": start, "end_char": end, "kind": "title" if place == 0 else "body",
         "heading": None} for place, (start, end) in enumerate(pairwise(cuts))])
    found = find_mentions(documents, sentences)
    for row in found.mentions.itertuples():
        assert text[row.start_char:row.end_char] == row.surface
        assert cuts[row.sent_no] <= row.start_char and row.end_char <= cuts[row.sent_no + 1]
    assert found.citations[["cited_title", "relation", "entity_id"]].values.tolist() == [
        ["中华人民共和国网络安全法", "basis", "cn-law-csl"]]
    assert found.commitments[["quantity", "unit", "deadline", "actor_id"]].values.tolist() == [[1e13, "元", "2030", "cn-cac"]]
