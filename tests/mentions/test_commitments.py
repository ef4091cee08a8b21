"""Commitments: who, how much, by when; and what is none."""

import pytest

from pipeline.mentions.commitments import Commitment, find_commitments, open_section
from pipeline.mentions.find import find_candidates

CASES = [
    ("zh", "两年内实现样例网络全覆盖。", [(None, None, "两年")], "a term by what is to be reached in it"),
    ("zh", "近三年内完成样例项目的单位可以申报。", [], "what has been done in it is no promise"),
    ("zh", "到2030年，样例产业规模超过1万亿元。", [(1e12, "元", "2030")], "target with deadline; 万亿 multiplied out"),
    ("zh", "到2027年底，基本建成样例标准体系。", [(None, None, "2027")], "a deadline without a number"),
    ("zh", "到2025年，培育20至30家样例企业，普及率达到70%以上。", [(20.0, "家", "2025"), (70.0, "%", "2025")], "lower bound of a range"),
    ("zh", "今年拟安排样例资金700多亿元。", [(7e10, "元", "2024")], "多 and 亿; 今年 is the year of the text"),
    ("zh", "将样例扣除比例从75%提高到100%。", [(100.0, "%", None)], "of a change, the value to be reached"),
    ("zh", "开展样例试点。（工业和信息化部牵头，公安部按职责分工负责）", [(None, None, None)], "a task with its body"),
    ("zh", "2020年样例产值已达到3万亿元，同比增长5%。", [], "a report of the past"),
    ("zh", "截至2024年10月，累计建成样例基站100万个。", [], "截至 reports"),
    ("zh", "处十万元以上五十万元以下罚款。", [], "a fine is no commitment"),
    ("zh", "第二十五条 样例部门应当推动创新。", [], "article numbers are no quantities"),
    ("zh", "国家网信部门负责统筹协调样例工作。", [], "a competence is no task"),
    ("en", "By 2025, at least 70 percent of sample services will be online.", [(70.0, "percent", "2025")], "target with deadline"),
    ("en", "Within 180 days of the issuance of this memorandum, each agency shall publish a plan.",
     [(None, None, "Within 180 days of the issuance of this memorandum")], "a term that runs from the text"),
    ("en", "Led by the Department of Commerce, develop sample standards.", [(None, None, None)], "led by a body"),
    ("en", "Last year we created 11 million jobs.", [], "a report of the past"),
    ("en", "Providers shall answer within 30 days of a request.", [], "a term of somebody else's procedure"),
    ("zh", "今年要再解决3200万农村人口的样例问题，增加500万样例用户。", [(3.2e7, "人", "2024"), (5e6, "户", "2024")],
     "what is counted stands for its unit"),
    ("zh", "今年安排样例支出5625亿元，比上年增加1307亿元。", [(562.5e9, "元", "2024")], "the increase over last year is no second target"),
    ("zh", "力争用两年的时间建成样例网络。", [(None, None, "两年")], "a term from now"),
    ("zh", "到2026年，研制样例标准20款，算力达到300EFLOPS。", [(20.0, "款", "2026"), (300.0, "EFLOPS", "2026")], "款 and EFLOPS"),
    ("zh", "请于9月28日前报送样例材料。", [(None, None, "2024-09-28")], "a date without a year is in the year of the text"),
    ("zh", "每个单位推荐样例案例不超过5项。", [], "a ceiling for applicants"),
    ("zh", "今年样例专业毕业生795万人，再创新高。", [], "a fact of this year"),
    ("zh", "贷款从2007年末的6.12万亿元增加到17.63万亿元。", [], "a change of the past"),
    ("en", "The government will publish the Sample Strategy in Spring 2025.", [(None, None, "2025")], "in a year, of what will be"),
    ("en", "Boost the sample practitioner pool to 15,000.", [(15000.0, None, None)], "an imperative with a plain count"),
    ("en", "We will invest £9 million and expand capacity by at least 20x by 2030.", [(9e6, "pounds", "2030"), (20.0, "x", "2030")],
     "money and multiples"),
    ("en", "Responsible for Action: Department of Commerce.", [(None, None, None)], "a labelled body"),
    ("en", "The hub is led by the Department of Commerce.", [], "a description"),
    ("en", "In 2019 the sector had 50,000 workers.", [], "a report of the past"),
]


def found(lang: str, text: str, **options: object) -> list[Commitment]:
    settings = {"year": 2024, "issuer": "cn-cac", **options}
    return list(find_commitments(text, lang, find_candidates(text, lang), **settings))  # type: ignore[arg-type]


@pytest.mark.parametrize(("lang", "text", "expected", "reason"), CASES)
def test_commitments(lang: str, text: str, expected: list[tuple[float | None, str | None, str | None]], reason: str) -> None:
    assert [(row.quantity, row.unit, row.deadline) for row in found(lang, text)] == expected, reason


@pytest.mark.parametrize(("text", "actor", "reason"), [
    ("（工业和信息化部牵头，公安部配合）完成样例任务。", "cn-miit", "the body before 牵头"),
    ("到2030年，我们要建成样例平台。", "cn-cac", "we: the issuer"),
    ("到2030年，教育部建成样例平台。", "cn-moe", "the first body named")])
def test_actors(text: str, actor: str, reason: str) -> None:
    assert [row.actor_id for row in found("zh", text)] == [actor], reason


def test_lists_under_a_target_promise() -> None:
    assert [row.quantity for row in found("zh", "样例产量增长5%左右；", intro="今年的主要预期目标是：")] == [5.0]
    assert found("zh", "样例产量增长5%左右；") == []


def test_sections_last_to_the_next_top_heading() -> None:
    opened = open_section("三、2025年样例工作安排", "")
    assert open_section("（一）样例子题", opened) == opened
    assert open_section("四、附则", opened) == ""


def test_a_year_before_the_text_is_no_deadline() -> None:
    assert found("zh", "到2020年，建成样例体系。", year=2021) == []


def test_headings_decide_between_review_and_goals() -> None:
    text = "城镇样例就业1100万人以上。"
    assert len(found("zh", text, heading="2025年发展主要预期目标")) == 1
    assert found("zh", text, heading="2024年工作回顾") == []
    assert found("zh", text, heading="2025年发展主要预期目标", binding=True) == []
