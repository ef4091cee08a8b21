"""Facts of invented documents: what a rule must read, and what it must leave alone."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.documents.facts import read_facts
from pipeline.documents.page import PageHints
from pipeline.errors import TifaError

ARTICLES = (
    "第一条 为了规范样例数据处理活动，根据《中华人民共和国样例安全法》《样例服务管理条例》等法律法规，制定本办法。\n"
    "第二条 在境内开展样例数据处理活动，适用本办法。\n第三条 样例数据处理者应当履行样例义务。\n"
    + "第四条 样例机构按照职责开展样例工作，接受社会监督，定期公布样例情况。\n"
    * 12
)
ORDER = (
    "国家互联网信息办公室\n中华人民共和国公安部\n令\n第77号\n"
    "《样例数据管理办法》已经2021年3月1日国家互联网信息办公室第5次室务会会议审议通过，"
    "并经公安部同意，现予公布，自2021年6月1日起施行。\n国家互联网信息办公室主任 张三\n"
    "公安部部长 李四\n2021年3月15日\n样例数据管理办法\n" + ARTICLES + "第五条 本办法自2021年6月1日起施行。"
)
NOTICE = (
    "工业和信息化部 教育部关于印发《样例平台发展行动计划（2022—2024年）》的通知\n"
    "工信部联样〔2022〕9号\n各省、自治区、直辖市有关部门：\n"
    "现将《样例平台发展行动计划（2022—2024年）》印发给你们，请遵照执行。\n工业和信息化部\n教育部\n2022年4月2日\n"
    "样例平台发展行动计划（2022—2024年）\n为推动样例平台发展，制定本行动计划。\n一、总体要求\n（一）目标。到2024年建成样例平台。\n"
    "二、重点任务\n（一）开展样例建设。\n三、保障措施\n（一）加强样例组织。"
)
DRAFT = (
    "国家互联网信息办公室关于《样例算法管理规定（征求意见稿）》公开征求意见的通知\n"
    "为规范样例算法，国家互联网信息办公室起草了《样例算法管理规定（征求意见稿）》，"
    "现向社会公开征求意见。\n意见反馈截止时间为2023年9月1日。\n国家互联网信息办公室\n2023年8月1日\n样例算法管理规定\n（征求意见稿）\n"
    + ARTICLES.replace("本办法", "本规定")
    + "第五条 本规定自 年 月 日起施行。"
)
NEWS = (
    "近日，国家互联网信息办公室、公安部联合公布《样例标识办法》（以下简称《办法》），自2024年9月1日起施行。"
    "有关负责人表示，《办法》明确了样例标识的要求。下一步将做好宣传工作。"
)
QUESTIONS = (
    "《样例标识办法》答记者问\n近日，国家互联网信息办公室、公安部联合公布了《样例标识办法》。国家互联网信息办公室有关"
    "负责人就《办法》有关问题回答了记者提问。\n问1：背景是什么？\n"
    "答：为了样例。"
)
LOCAL = (
    "样市样例条例\n2012年10月25日 洛阳市第十三届人民代表大会常务委员会第三十三次会议通过\n"
    "2012年11月29日 河南省第十一届人民代表大会常务委员会第三十次会议批准\n"
    "第一条 为了样例，根据《中华人民共和国样例法》，结合本市实际，制定本条例。\n"
    "第二条 本市样例适用本条例。\n第三条 本条例自2013年3月1日起施行。"
)
REVISED = (
    "中华人民共和国样例法\n1999年3月1日 第九届全国人民代表大会常务委员会第二次会议通过\n"
    "2009年8月1日 第十一届全国人民代表大会常务委员会第十次会议《关于修改部分样例的决定》第一次修正\n"
    "2019年5月6日 第十三届全国人民代表大会常务委员会第十一次会议修订\n第一条 为了样例，根据宪法，制定本法。\n第二条 本法适用于样例。\n"
    "第三条 本法自1999年10月1日起施行。"
)
REPORT = (
    "政府工作报告\n——2018年3月5日在第十三届全国人民代表大会第一次会议上\n"
    "国务院总理 某某某\n各位代表：\n现在，我代表国务院，向大会报告工作，请予审议。\n"
    "一、工作回顾\n样例工作取得进展。"
)
REPORT_EN = (
    "Report on the Work of the Government\nDelivered at the First Session of the Thirteenth National "
    "People's Congress on March 5, 2018\n"
    "Some Body, Premier of the State Council\nFellow Deputies,\nOn behalf of the State Council, I will now report on sample work."
)
MEASURES_EN = (
    "Interim Measures for the Management of Sample Artificial Intelligence Services\n"
    "Article 1 These Measures are formulated in accordance with the "
    "Sample Security Law of the People's Republic of China, the Regulations on Sample Data, and "
    "other relevant laws, in order to promote samples.\n"
    "Article 2 These Measures apply to samples in the People's Republic of China.\n"
    "Article 3 These Measures shall come into force on July 1, 2022."
)
COURT = (
    "最高人民法院、最高人民检察院关于办理样例案件适用法律若干问题的解释\n"
    "2019年6月3日 最高人民法院审判委员会第1771次会议、2019年9月4日最高人民检察院第十三届检察委员会"
    "第二十三次会议通过\n2019年11月1日 施行\n为依法惩治样例犯罪，根据《中华人民共和国样例刑法》的规定，"
    "现就有关问题解释如下：\n第一条 样例一。\n第二条 样例二。"
)
FLAT = ORDER.replace("\n", " ")


def facts(text: str, **options: Any) -> dict[str, Any]:
    lang = options.pop("lang", "en" if text.isascii() else "zh-Hans")
    return read_facts(
        text,
        lang=lang,
        sidecar=options.get("sidecar"),
        page=options.get("page"),
        rel_path=options.get("rel_path", "x/document.txt"),
    )


CASES = [
    (
        ORDER,
        {
            "title": "样例数据管理办法",
            "doc_type": "departmental_rule",
            "status": "in_force",
            "bindingness": "binding",
            "tier": "ministry",
            "issuer_names": ["国家互联网信息办公室", "中华人民共和国公安部"],
            "issuers": ["cn-cac", "cn-mps"],
            "date_issued": "2021-03-15",
            "date_adopted": "2021-03-01",
            "date_effective": "2021-06-01",
            "date_basis": "text:promulgation",
            "doc_number": "国家互联网信息办公室、中华人民共和国公安部令第77号",
            "legal_basis": ["中华人民共和国样例安全法", "样例服务管理条例"],
        },
        "an order: both signatories in order, number of the order, three dates",
    ),
    (
        FLAT,
        {
            "title": "样例数据管理办法",
            "doc_type": "departmental_rule",
            "issuers": ["cn-cac", "cn-mps"],
            "date_issued": "2021-03-15",
            "date_effective": "2021-06-01",
        },
        "the same order flattened to one line",
    ),
    (
        NOTICE,
        {
            "title": "样例平台发展行动计划（2022—2024年）",
            "doc_type": "plan",
            "doc_number": "工信部联样〔2022〕9号",
            "date_issued": "2022-04-02",
            "issuer_names": ["工业和信息化部", "教育部"],
            "bindingness": "soft",
            "date_effective": None,
        },
        "a notice forwards a plan: the plan's title, the notice's number and date",
    ),
    (
        DRAFT,
        {
            "title": "样例算法管理规定",
            "status": "draft_for_comment",
            "doc_type": "normative_document",
            "date_issued": "2023-08-01",
            "date_effective": None,
            "issuers": ["cn-cac"],
        },
        "a draft: suffix off the title, blank date is no date",
    ),
    (
        NEWS,
        {
            "doc_type": "press",
            "issuer_names": ["国家互联网信息办公室", "公安部"],
            "date_effective": None,
            "legal_basis": [],
            "status": "unknown",
            "bindingness": None,
        },
        "news: the bodies whose act is announced, no effect of its own",
    ),
    (
        QUESTIONS,
        {"title": "《样例标识办法》答记者问", "doc_type": "press", "issuer_names": ["国家互联网信息办公室"]},
        "questions and answers: the body that answers",
    ),
    (
        LOCAL,
        {
            "doc_type": "local_regulation",
            "tier": "local",
            "date_issued": "2012-11-29",
            "date_adopted": "2012-10-25",
            "date_basis": "text:approval",
            "date_effective": "2013-03-01",
            "issuer_names": ["洛阳市人民代表大会常务委员会"],
            "date_first_issued": None,
        },
        "approved by the province: issued at approval, issued by the city",
    ),
    (
        REVISED,
        {
            "doc_type": "law",
            "tier": "npc",
            "date_issued": "2019-05-06",
            "date_first_issued": "1999-03-01",
            "date_effective": "1999-10-01",
            "issuer_names": ["全国人民代表大会常务委员会"],
            "legal_basis": ["宪法"],
            "date_basis": "text:revision",
        },
        "a revised law: latest revision, first promulgation, what the last article prints",
    ),
    (
        REPORT,
        {
            "title": "政府工作报告",
            "doc_type": "work_report",
            "tier": "state_council",
            "date_issued": "2018-03-05",
            "issuers": ["cn-state-council"],
            "topics": ["other"],
        },
        "a work report is dated by its delivery",
    ),
    (
        REPORT_EN,
        {
            "title": "Report on the Work of the Government",
            "doc_type": "work_report",
            "tier": "state_council",
            "date_issued": "2018-03-05",
            "jurisdiction": "CN",
            "issuers": ["cn-state-council"],
        },
        "the same in English, by the same function",
    ),
    (
        MEASURES_EN,
        {
            "title": "Interim Measures for the Management of Sample Artificial Intelligence Services",
            "doc_type": "normative_document",
            "jurisdiction": "CN",
            "date_issued": None,
            "date_effective": "2022-07-01",
            "issuers": [],
            "legal_basis": ["Sample Security Law of the People's Republic of China", "Regulations on Sample Data"],
        },
        "a translation prints neither date nor issuer: none is read; its basis is",
    ),
    (
        COURT,
        {
            "doc_type": "judicial_document",
            "tier": "judicial",
            "issuer_names": ["最高人民法院", "最高人民检察院"],
            "date_issued": "2019-09-04",
            "date_effective": "2019-11-01",
            "legal_basis": ["中华人民共和国样例刑法"],
        },
        "two courts in one header line",
    ),
]

CASES += [
    (
        "Order of the State Council of the People's Republic of China\n"
        "No. 9001\nThe Sample Regulation on Ledgers was adopted at the 3rd executive meeting of "
        "the State Council on May 1, 2020, is hereby promulgated, and shall come into force on July "
        "1, 2020.\nPremier Some Body\nMay 9, 2020\n"
        "Sample Regulation on Ledgers\nArticle 1 This Regulation applies to ledgers.\n"
        "Article 2 This Regulation shall come into force on July 1, 2020.",
        {
            "title": "Sample Regulation on Ledgers",
            "doc_type": "administrative_regulation",
            "tier": "state_council",
            "issuers": ["cn-state-council"],
            "date_issued": "2020-05-09",
            "date_adopted": "2020-05-01",
            "date_effective": "2020-07-01",
        },
        "an English order is the cover of what it promulgates",
    ),
    (
        "Notice of the State Council on Issuing the Sample Harbour Plan\n"
        "To the people's governments of all provinces:\nThe Sample Harbour Plan is hereby issued "
        "to you.\nState Council\nJuly 18, 2017\nSample Harbour Plan\nHarbours are becoming a driving force.",
        {
            "title": "Sample Harbour Plan",
            "doc_type": "plan",
            "issuers": ["cn-state-council"],
            "date_issued": "2017-07-18",
            "jurisdiction": "CN",
        },
        "an English notice is the cover of what it issues",
    ),
    (
        "样例空间治理的实践与主张\n（2022年11月）\n中华人民共和国国务院新闻办公室\n"
        "前言\n为介绍样例治理的实践，特发布本白皮书。\n一、样例\n"
        "样例发展。",
        {
            "doc_type": "white_paper",
            "tier": "state_council",
            "issuers": ["cn-scio"],
            "date_issued": "2022-11",
            "audience": "international",
            "bindingness": "declaratory",
        },
        "a body alone on a line under the title issues the text",
    ),
    (
        "样例指引—标识方法\nTC260-PG-20999A\n全国网络安全标准化技术委员会秘书处\n2021年8月\n1 范围\n本指引给出了样例的标识方法。",
        {"doc_number": "TC260-PG-20999A", "date_issued": "2021-08"},
        "a number of a series stands alone under the title",
    ),
    (
        "样例工具推动样例升级的路径研究\n示例甲 示例乙\n中国社会科学院\n"
        "《样例评论》2018年10月\n摘要：本文考察样例。\n一、问题的提出\n"
        "样例。",
        {
            "title": "样例工具推动样例升级的路径研究",
            "doc_type": "research",
            "tier": "academic",
            "date_issued": "2018-10",
            "bindingness": None,
        },
        "a paper: authors, institute and journal are no part of the title",
    ),
    (
        "让样例更有温度\n样例评论员 示例人\n《人民日报》（2022年3月9日 第5版）\n清晨点样例，傍晚叫样例，样例改变生活。",
        {
            "title": "让样例更有温度",
            "doc_type": "press",
            "tier": "media",
            "issuers": ["cn-peoples-daily"],
            "date_issued": "2022-03-09",
        },
        "a newspaper's source line",
    ),
    (
        "Huawei Sample Commitments\nFebruary 18, 2025\nHuawei builds sample models for mines. We therefore "
        "make the following commitments.",
        {
            "title": "Huawei Sample Commitments",
            "doc_type": "initiative",
            "tier": "company",
            "issuers": ["co-huawei"],
            "date_issued": "2025-02-18",
        },
        "a company issues its own pledge",
    ),
    (
        "Proposal for a Sample Regulation on Lamps\nEUROPEAN COMMISSION\n"
        "Brussels, 27 October 2021\nCOM(2021) 9999\nCHAPTER I GENERAL PROVISIONS\n"
        "Article 1 Subject matter\nThis Regulation lays down rules for lamps in the Union and all Member States.",
        {
            "doc_type": "law",
            "status": "draft_for_comment",
            "jurisdiction": "EU",
            "tier": "foreign",
            "doc_number": "COM(2021) 9999",
            "date_issued": "2021-10-27",
        },
        "a proposal is a draft law",
    ),
    (
        "广东省人民政府令\n第290号\n《广东省样例管理办法》已经2021年10月1日广东省人民政府第158次常务会议通过，"
        "现予公布，自2022年1月1日起施行。\n省长 王某某\n2021年11月5日\n"
        "广东省样例管理办法\n第一条 为了样例，根据《样例法》，制定本办法。\n第二条 样例。\n第三条 本办法自2022年1月1日起施行。",
        {
            "doc_type": "local_regulation",
            "tier": "local",
            "issuers": ["cn-gd-gov"],
            "doc_number": "广东省人民政府令第290号",
            "date_issued": "2021-11-05",
        },
        "a provincial order is no rule of a ministry",
    ),
    (
        "GB/T 99999—2022\n信息安全技术 样例安全要求\nInformation security technology\n"
        "2022-04-15 发布 2022-11-01 实施\n国家市场监督管理总局\n"
        "国家标准化管理委员会 发布\n前言\n"
        "本文件规定了样例。\n1 范围\n样例。",
        {
            "title": "信息安全技术 样例安全要求",
            "doc_type": "standard",
            "tier": "standards_body",
            "doc_number": "GB/T 99999—2022",
            "date_issued": "2022-04-15",
            "date_effective": "2022-11-01",
            "bindingness": "soft",
        },
        "a national standard",
    ),
    (
        "习近平在样例论坛开幕式上的演讲\n（2023年10月18日，北京）\n"
        "中华人民共和国主席 习近平\n尊敬的各位来宾：\n各国应当同国际社会一道推进样例。",
        {
            "title": "习近平在样例论坛开幕式上的演讲",
            "doc_type": "speech",
            "tier": "party_central",
            "date_issued": "2023-10-18",
            "audience": "international",
        },
        "a speech",
    ),
]


@pytest.mark.parametrize(("text", "expected", "reason"), CASES, ids=[case[2] for case in CASES])
def test_facts_of_a_document(text: str, expected: dict[str, Any], reason: str) -> None:
    found = facts(text)
    assert {name: found[name] for name in expected} == expected, reason


TITLES = [
    ("发布 | 样例合作倡议", "样例各方本着开放精神，共同呼吁样例合作。" * 20, "样例合作倡议", "media tag off"),
    (
        "样例指南（2024版）_中央网络安全和信息化委员会办公室",
        "为了样例，制定本指南。" * 20,
        "样例指南（2024版）",
        "site name off, version stays",
    ),
    (
        "发布 | 某某局发布《样例办法》（附全文）",
        "样例办法\n" + ARTICLES,
        "样例办法",
        "the headline reports, the text prints the instrument",
    ),
]


@pytest.mark.parametrize(("headline", "text", "title", "reason"), TITLES, ids=[case[3] for case in TITLES])
def test_title_from_a_headline(headline: str, text: str, title: str, reason: str) -> None:
    assert facts(text, page=PageHints(title=headline))["title"] == title, reason


TRADITIONAL = (
    "國家互聯網信息辦公室\n令\n第88號\n《樣例數據管理辦法》已經2021年3月1日國家互聯網信息辦公室第5次室務會會議審議通"
    "過，現予公布，自2021年6月1日起施行。\n"
    "國家互聯網信息辦公室主任 張三\n2021年3月15日\n樣例數據管理辦法\n"
    "第一條 為了規範樣例，根據《中華人民共和國樣例安全法》等法律，制定本辦法。\n"
    "第二條 本辦法適用於樣例。\n第三條 本辦法自2021年6月1日起施行。"
)


def test_traditional_script_is_read_and_given_back_as_printed() -> None:
    found = facts(TRADITIONAL, lang="zh-Hant")
    assert found["title"] == "樣例數據管理辦法"
    assert (found["issuers"], found["issuer_names"]) == (["cn-cac"], ["國家互聯網信息辦公室"])
    assert (found["doc_type"], found["date_issued"], found["date_effective"]) == (
        "departmental_rule",
        "2021-03-15",
        "2021-06-01",
    )
    assert found["legal_basis"] == ["中華人民共和國樣例安全法"]
    assert found["jurisdiction"] == "CN"


UNTITLED = [
    ("各位代表：\n现在，我代表国务院，向大会报告政府工作，请予审议。\n一、回顾\n样例。", "zh-Hans"),
    ("Chapter I General Provisions\nArticle 1 These Provisions apply to samples.", "en"),
    ("5. Key sample recommendations\nBased on samples, we propose work.", "en"),
    ("[introductory comments omitted]\nAs sample peace faces challenges, countries should cooperate.", "en"),
]


@pytest.mark.parametrize(("text", "lang"), UNTITLED)
def test_an_excerpt_has_no_title(text: str, lang: str) -> None:
    found = facts(text, lang=lang)
    assert found["title"] is None
    assert "no_title" in found["flags"]


NUMBERS = [
    ("国发[2017]35号", "国发〔2017〕35号", "square brackets"),
    ("国发（2017） 35号", "国发〔2017〕35号", "round brackets and a blank"),
    ("国办函〔2020〕7 号", "国办函〔2020〕7号", "a blank before 号"),
]


@pytest.mark.parametrize(("printed", "number", "reason"), NUMBERS, ids=[case[2] for case in NUMBERS])
def test_document_number_forms(printed: str, number: str, reason: str) -> None:
    text = f"国务院关于样例工作的意见\n{printed}\n各省、自治区、直辖市人民政府：\n为推动样例工作，提出以下意见。\n一、样例。"
    assert facts(text)["doc_number"] == number, reason


def test_a_cited_number_is_not_the_documents_own() -> None:
    text = "样例局关于样例工作的通知\n各单位：\n按照《样例规定》（样发〔2011〕46号）要求，现就样例工作通知如下。\n一、样例。"
    assert facts(text)["doc_number"] is None


def test_goal_is_no_legal_basis() -> None:
    text = "样例局关于样例工作的意见\n各单位：\n为贯彻落实《中华人民共和国样例法》，推动样例工作，现提出以下意见。\n一、样例。"
    assert facts(text)["legal_basis"] == []


DATES = [
    (
        {},
        PageHints(date="2024-05-06", url="https://mp.weixin.qq.com/s?x=1"),
        "x.md",
        None,
        None,
        "a relay's date is not the document's",
    ),
    (
        {},
        PageHints(date="2024-05-06", url="https://www.cac.gov.cn/2024/x.htm"),
        "x.md",
        "2024-05-06",
        "page",
        "the body's own page dates it",
    ),
    ({}, PageHints(), "样例条例(2020-09-25).md", "2020-09-25", "filename", "the file name comes last"),
    (
        {"date_issued": "2019-01-02"},
        PageHints(date="2024-05-06", url="https://www.cac.gov.cn/x"),
        "a(2020-09-25).md",
        "2019-01-02",
        "sidecar",
        "the sidecar comes first",
    ),
]


@pytest.mark.parametrize(("sidecar", "page", "name", "date", "basis", "reason"), DATES, ids=[case[5] for case in DATES])
def test_precedence_of_dates(
    sidecar: dict[str, str], page: PageHints, name: str, date: str | None, basis: str | None, reason: str
) -> None:
    text = "样例工作指南\n为了样例工作，制定本指南。\n一、样例\n二、样例"
    found = facts(text, sidecar=sidecar, page=page, rel_path=name)
    assert (found["date_issued"], found["date_basis"]) == (date, basis), reason
    assert ("no_date" in found["flags"]) == (date is None)


FLAGS = [
    (ORDER, {"date_issued": "2020-01-01"}, None, "date_conflict", "sidecar against text"),
    (ORDER, {}, PageHints(date="2021-03-01"), "date_conflict", "a page cannot show a text before it was issued"),
    (
        ORDER.replace("第五条 本办法自2021年6月1日起施行。", "第五条 本办法自2021年7月1日起施行。"),
        {},
        None,
        "date_conflict",
        "order against last article",
    ),
    (
        "样例通知\n成文日期：2019年12月31日　发布日期：2021年01月05日\n样例内容。",
        {},
        None,
        "date_conflict",
        "two labelled dates far apart",
    ),
    ("样例通知\n发布日期：2099年1月1日\n样例内容。", {}, None, "date_future", "a date that cannot have come"),
    ("样例通知\n样例内容。", {}, PageHints(date="D:20239999999999"), "bad_date", "an impossible date of the container"),
    (ORDER, {"title": "另一办法"}, None, "title_conflict", "sidecar title against text"),
]


@pytest.mark.parametrize(("text", "sidecar", "page", "flag", "reason"), FLAGS, ids=[case[4] for case in FLAGS])
def test_conflicts_are_flagged(
    text: str, sidecar: dict[str, str], page: PageHints | None, flag: str, reason: str
) -> None:
    assert flag in facts(text, sidecar=sidecar, page=page)["flags"], reason
    assert flag not in facts(ORDER)["flags"]


def test_the_last_article_wins_over_the_order() -> None:
    text = ORDER.replace("第五条 本办法自2021年6月1日起施行。", "第五条 本办法自2021年7月1日起施行。")
    assert facts(text)["date_effective"] == "2021-07-01"


def test_from_the_day_of_promulgation() -> None:
    assert (
        facts(ORDER.replace("第五条 本办法自2021年6月1日起施行。", "第五条 本办法自公布之日起施行。"))["date_effective"]
        == "2021-03-15"
    )


def test_sidecar_overrides_and_refuses_unknown_values() -> None:
    found = facts(ORDER, sidecar={"title": "甲办法", "issuers": ["教育部"], "doc_type": "plan", "pair_id": "p-1"})
    assert (found["title"], found["issuers"], found["issuer_names"], found["doc_type"], found["pair_id"]) == (
        "甲办法",
        ["cn-moe"],
        ["教育部"],
        "plan",
        "p-1",
    )
    with pytest.raises(TifaError, match="codebook"):
        facts(ORDER, sidecar={"doc_type": "ukase"})


COLUMNS = {
    "cover",
    "evidence",
    "supersedes",
    "title",
    "issuers",
    "issuer_names",
    "tier",
    "doc_type",
    "status",
    "bindingness",
    "jurisdiction",
    "audience",
    "topics",
    "doc_number",
    "date_issued",
    "date_first_issued",
    "date_adopted",
    "date_effective",
    "date_basis",
    "work_id",
    "pair_id",
    "legal_basis",
    "flags",
}
PIECES = st.sampled_from(
    [
        "《",
        "》",
        "（",
        "）",
        "令",
        "第1号",
        "关于印发",
        "的通知",
        "2021年3月1日",
        "通过",
        "根据",
        "制定",
        "国务院",
        "\n",
        " ",
        "各位代表",
        "Article 1 ",
        "in accordance with the ",
        "公布",
        "样例",
        "〔2020〕",
        "号",
        "：",
        "。",
    ]
)


@settings(max_examples=120, deadline=None)
@given(st.lists(PIECES, max_size=40).map("".join), st.sampled_from(["zh-Hans", "zh-Hant", "en", "mixed"]))
def test_any_text_gives_all_columns(text: str, lang: str) -> None:
    found = read_facts(text, lang=lang, sidecar=None, page=None, rel_path="x.txt")
    assert set(found) == COLUMNS
    assert len(found["issuers"]) == len(found["issuer_names"])
    places = [found["evidence"][name] for name in ("title", "doc_number", "date_issued", "date_effective")]
    for start, end in filter(None, places + found["evidence"]["issuers"] + found["evidence"]["legal_basis"]):
        assert 0 <= start < end <= len(text)
    assert found == read_facts(text, lang=lang, sidecar=None, page=None, rel_path="x.txt")


@pytest.mark.parametrize(
    "noise",
    [
        "《" * 30000,
        "（" * 30000,
        "令" * 30000,
        "根据" * 15000,
        "2021年1月1日" * 4000,
        "国务院、" * 8000,
        " a" * 20000,
        "Article " * 8000,
        "第一条 " * 9000,
    ],
)
def test_hostile_runs_cost_linear_time(noise: str) -> None:
    import time

    begin = time.perf_counter()
    facts(noise, lang="zh-Hans")
    facts(noise, lang="en")
    assert time.perf_counter() - begin < 4
