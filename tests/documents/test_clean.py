"""Page furniture goes, the document stays: trap 19 on the text side, trap 8 and 17 for what works on text."""

import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.documents.clean import clean, mend_fragments, strip_controls
from pipeline.documents.dateline import with_dateline
from pipeline.documents.flat import unfold
from pipeline.documents.health import health_flags
from pipeline.documents.languages import detect_language, version_spans
from pipeline.documents.page import PageHints, Reading
from pipeline.documents.readers.text import front_matter, plain_of_markdown, read_markdown
from pipeline.documents.sites import load_sites, site_of
from pipeline.errors import KnowledgeError

CAC = ("样例数据管理办法_中央网络安全和信息化委员会办公室 设为首页 加入收藏 手机版 繁体 搜索 首 页 时政要闻 当前位置： 首页 > 正文 "
       "样例数据管理办法 2024年05月06日 10:00 来源： 样例网 【打印】 【纠错】 样例委员会令 第3号 《样例数据管理办法》已经会议通过，"
       "现予公布。 样例委员会主任 张样例 2024年5月1日 样例数据管理办法 第一章 总则 "
       "第一条 为了规范样例数据，制定本办法。 第二条 有下列情形之一的，"
       "适用本办法： （一）收集样例数据的； （二）使用样例数据的。 " + "样例主管部门依法监督样例数据的处理活动。 " * 40 +
       "第三条 本办法自2024年6月1日起施行。 关闭 中央网络安全和信息化委员会办公室 © 版权所有 联系我们")
MIIT = ("样例部关于样例产业的意见\n首页\n>\n工业和信息化部\n>\n文件发布\n发文机关：\n样例部\n"
        "标\u3000\u3000题：\n样例部关于样例产业的意见\n发文字号：\n"
        "样部〔2024〕7号\n成文日期：\n2024-03-01\n发布日期：\n2024-03-05\n发布机构：\n样例司\n样例部关于样例产业的意见\n"
        "发布时间：2024-03-05 08:45\n来源：样例司\n"
        "各有关单位：\n为促进样例产业发展，提出如下意见。\n附件：1.\n样例汇总表\n样例部\n2024年3月1日\n"
        "【返回顶部】\n【关闭窗口】\n【打印本页】")
WEIXIN = """---
title: 重磅 | 样例委员会印发《样例办法》（附全文）
url: https://mp.weixin.qq.com/s?__biz=样例
source: 样例公众号
date: 2024-02-03
---

# 重磅 | 样例委员会印发《样例办法》（附全文）

![cover](https://example.org/a.jpg)

# 重磅 | 样例委员会印发《样例办法》（附全文）

样例公众号

**样例办法**

第一条 为了样例，制定**本办法**。

第二条 网站应当[公开联系方式](https://example.org/x)。

（来源：样例网站）

预览时标签不可点

微信扫一扫
关注该公众号
"""


def cleaned(text, kind="text", url="", **hints):
    return clean(Reading(text, kind, PageHints(**hints)), url=url)


def test_flattened_page_in_one_line_is_cut_to_the_document_and_unfolded():
    found = cleaned(CAC)
    lines = found.text.split("\n")
    assert lines[0] == "样例委员会令 第3号"
    assert lines[1].startswith("《样例数据管理办法》已经会议通过")
    assert lines[-1] == "第三条 本办法自2024年6月1日起施行。"
    assert "第一章 总则" in lines and "（一）收集样例数据的；" in lines and "2024年5月1日" in lines
    assert (found.page.title, found.page.date, found.page.source) == ("样例数据管理办法", "2024年05月06日 10:00", "样例网")
    assert not re.search("设为首页|关闭|版权所有|打印", found.text)


def test_linewise_page_keeps_the_number_its_box_alone_prints():
    found = cleaned(MIIT)
    assert found.text.split("\n") == ["样例部关于样例产业的意见", "样部〔2024〕7号", "各有关单位：", "为促进样例产业发展，提出如下意见。",
                                      "附件：1.样例汇总表", "样例部", "2024年3月1日"]
    assert (found.page.title, found.page.date) == ("样例部关于样例产业的意见", "2024-03-05 08:45")


def test_repost_loses_the_account_and_its_promotion_but_no_sentence():
    reading = read_markdown(WEIXIN.encode())
    found = clean(reading)
    assert [line for line in found.text.split("\n") if line] == [
        "样例办法", "第一条 为了样例，制定本办法。", "第二条 网站应当公开联系方式。"]
    assert found.page.date == "2024-02-03" and found.page.source == "样例公众号"


def test_repost_under_the_documents_own_name_keeps_it():
    text = WEIXIN.replace("重磅 | 样例委员会印发《样例办法》（附全文）", "样例委员会关于样例工作的通知").replace("**样例办法**\n", "")
    assert clean(read_markdown(text.encode())).text.startswith("样例委员会关于样例工作的通知\n")


LINES = [
    ("【打印本页】", False, "print button"), ("分享到：微信 微博", False, "share bar"), ("扫码关注样例发布", False, "code to scan"),
    ("责任编辑：张三", False, "editor's name"), ("京ICP备05000001号-1", False, "licence of the site"),
    ("Share", False, "share bar, English"), ("Skip to main content", False, "English menu"),
    ("This page intentionally left blank.", False, "printer's note"),
    ("打印本页　关闭窗口", False, "two buttons"), ("联系我们｜网站声明｜浏览建议：使用1024×768分辨率", False, "foot of a site"),
    ("机构设置｜立法工作｜监督工作", False, "menu bar"), ("您现在的位置：首页 > 文件库", False, "breadcrumb"),
    ("【责任编辑：张三】", False, "editor in brackets"), ("扫码关注样例政务，获取更多资讯", False, "code to scan, long"),
    ("2024-05-06 10:00 来源：样例网 字体", False, "dateline"), ("据样例网2024年5月6日报道，来源：甲。", True, "a date in prose"),
    ("第五条 分享平台应当关闭违法账号。", True, "a sentence with the same words"), ("打印设备应当符合标准。", True, "prose"),
    ("附件：样例表", True, "annexes stay"), ("（一）关闭", True, "a list item"), ("Share data responsibly.", True, "a sentence, English"),
    ("扫码支付业务管理要求如下", True, "scanning as a subject"), ("1\t样例项目\t2025年", True, "table rows stay"),
]


@pytest.mark.parametrize(("line", "kept", "reason"), LINES, ids=[case[2] for case in LINES])
def test_furniture_lines(line, kept, reason):
    text = f"样例通知\n{line}\n本通知自印发之日起施行。"
    assert (line in cleaned(text).text.split("\n")) is kept, reason


FRAGMENTS = [
    ("样部厅函\n〔\n2025\n〕\n161号", "样部厅函〔2025〕161号", "a number torn apart by links"),
    ("附件：1.\n样例表", "附件：1.样例表", "list mark alone on its line"),
    ("制定样例规划\n，推进样例工作", "制定样例规划，推进样例工作", "comma at the head of a line"),
    ("第一条 甲。\n第二条 乙。", "第一条 甲。\n第二条 乙。", "articles stay apart"),
    ("各位代表：\n现在报告工作，\n请予审议。", "各位代表：\n现在报告工作，\n请予审议。", "hard-wrapped prose is left as it is"),
]


@pytest.mark.parametrize(("text", "expected", "reason"), FRAGMENTS, ids=[case[2] for case in FRAGMENTS])
def test_fragments(text, expected, reason):
    assert mend_fragments(text) == expected, reason


MARKDOWN = [
    ("**第一条** 为了样例", "第一条 为了样例", "emphasis"), ("## 第一章  总则", "第一章  总则", "heading"),
    ("<!-- INFO END -->\n正文", "\n正文", "end mark of statute files"), ("见[《样例法》](https://e.org/a_(b))。", "见《样例法》。", "link"),
    ("![图](a.png)正文", "正文", "image"), ("[![](a.png)](https://e.org)", "", "image in a link"),
    ("| 序号 | 任务 |\n| --- | --- |\n| 1 | 样例 |", "序号\t任务\n1\t样例", "table"), ("* 样例一\n* 样例二", "样例一\n样例二", "bullets"),
    ("2 * 3 * 4", "2 * 3 * 4", "stars that mean times"), ("1. 第一项", "1. 第一项", "numbers stay"), ("a \\* b", "a * b", "escape"),
    ("样例_数据_名称", "样例_数据_名称", "underscores inside words"), ("> 引文", "引文", "quotation"),
]


@pytest.mark.parametrize(("text", "expected", "reason"), MARKDOWN, ids=[case[2] for case in MARKDOWN])
def test_markdown(text, expected, reason):
    assert plain_of_markdown(text) == expected, reason


def test_front_matter_is_never_typed():
    """Trap 18: YAML would read NO as False, 012 as 10 and 1.10 as 1.1."""
    text, page = front_matter("---\ntitle: NO\ndate: 012\nsource: 1.10\nauthor: \"on\"\n---\n正文")
    assert (page.title, page.date, page.source, page.author, text) == ("NO", "012", "1.10", "on", "正文")


def test_a_rule_at_the_top_is_no_front_matter():
    assert front_matter("---\n正文没有元数据\n")[0].startswith("---")


CONTROLS = [
    ("工信\u200b厅〔2025〕\ufeff1号", "工信厅〔2025〕1号", [], "zero-width characters go silently"),
    ("通知\u202e则细\u202c", "通知则细", ["bidi_controls"], "direction controls"),
    ("通知\x1b]0;x\x07\x1b[2J完", "通知完", ["control_chars"], "terminal escapes"),
    ("甲\x00乙", "甲乙", ["control_chars"], "NUL"),
    ("A\u00a0B\t1\n", "A\u00a0B\t1\n", [], "plain spaces stay"),
]


@pytest.mark.parametrize(("text", "expected", "flags", "reason"), CONTROLS, ids=[case[3] for case in CONTROLS])
def test_controls(text, expected, flags, reason):
    assert strip_controls(text) == (expected, flags), reason


@given(st.text(alphabet="第一二三条章（）、。；：问答1.〔2024〕号 ，甲乙丙—Aa", max_size=400))
def test_unfolding_changes_white_space_only(text):
    long = (text + " ") * 5 + "样例" * 400
    assert re.sub(r"\s", "", unfold(long)) == re.sub(r"\s", "", long)


HOSTILE = ["《" * 200_000, "（" * 200_000, "第" * 100_000 + "一" * 100_000, "[" * 100_000, "![" * 60_000, "*" * 100_000,
           "a" * 200_000 + "!",
           "1." * 100_000, "\n" * 100_000, "<" * 100_000, "|" * 100_000,
           " " * 200_000 + "甲", "〔" * 50_000 + "2024〕" * 20_000, "`" * 99_999]


@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: repr(text[:3]))
def test_hostile_runs_cost_linear_time(text):
    """Trap 17: no pattern may backtrack over runs of its own opener."""
    start = time.process_time()
    cleaned(plain_of_markdown("样例" + text), kind="markdown")
    unfold(text)
    assert time.process_time() - start < 3


HEALTH = [
    ("《" * 2000, {"degenerate_text"}, "one sign"), ("样例通知。" + " " * 5000 + "完", {"degenerate_text"}, "a run of spaces"),
    ("样例数据应当依法保护。" * 20_000, {"degenerate_text", "very_long_line"}, "one sentence over and over"),
    ("\ue001\ue002\ue003" * 200 + "样例", {"garbled_text"}, "private-use characters"),
    ("e" + "\u0301" * 3000, {"degenerate_text"}, "combining marks"),
    ("\n".join(f"第{i}条 样例单位应当在{i}日内报告样例事项{i * i}。" for i in range(300)), set(), "a statute is not degenerate"),
    ("Background ........................................ 1\n" * 40 + "Plain text follows here and there.", set(), "dot leaders"),
]


@pytest.mark.parametrize(("text", "flags", "reason"), HEALTH, ids=[case[2] for case in HEALTH])
def test_health(text, flags, reason):
    assert set(health_flags(text)) == flags, reason


ZH_PART = "样例各方认为应当加强数字合作，促进样例发展，维护样例安全。" * 30
EN_PART = "The sample parties agree that the digital cooperation of the regions should be promoted and that it is safe. " * 20
LANGUAGES = [
    (ZH_PART, "zh-Hans", ()), ("樣例各方應當加強數位合作，維護資訊安全與個人資料。" * 5, "zh-Hant", ()), (EN_PART, "en", ()),
    ("样例部关于实施 Sample Plan 的通知。" * 5, "zh-Hans", ()), (EN_PART + "样例", "en", ()),
    ("本件中英文并列。" + ZH_PART + EN_PART, "mixed", ()),
    ("Правительство утверждает стратегию развития. " * 20, "mixed", ("unsupported_language",)),
    ("Le gouvernement adopte une stratégie nationale pour les données et la sécurité. " * 10, "mixed", ("unsupported_language",)),
    ("政府はデータ戦略を定めるものとする。" * 20, "mixed", ("unsupported_language",)), ("123 456", "mixed", ()),
]


@pytest.mark.parametrize(("text", "lang", "flags"), LANGUAGES, ids=[f"{case[1]} {case[0][:6]}" for case in LANGUAGES])
def test_language(text, lang, flags):
    assert detect_language(text) == (lang, flags)


@pytest.mark.parametrize(("text", "n"), [
    (ZH_PART + "\n" + EN_PART, 2), (EN_PART + ZH_PART, 2), (ZH_PART + " " + EN_PART, 2), (ZH_PART, 1), (EN_PART, 1),
    (ZH_PART + "Sample Plan (SP) is named here.", 1), (EN_PART + "样例规划 is named here.", 1),
    (ZH_PART + EN_PART + ZH_PART, 1),
], ids=["zh en", "en zh", "one line", "zh", "en", "zh with a name", "en with a name", "zh en zh"])
def test_two_language_files_are_parted(text, n):
    spans = version_spans(text)
    assert len(spans) == n
    joined = "".join(text[span.start:span.end] for span in spans)
    assert re.sub(r"\s", "", joined) == re.sub(r"\s", "", text)


def test_every_source_file_loads_and_the_closest_host_counts():
    assert {"all", "cac.gov.cn", "miit.gov.cn", "www.gov.cn", "mp.weixin.qq.com"} <= set(load_sites())
    assert site_of("https://english.www.gov.cn/x", "").source == "english.www.gov.cn"
    assert site_of("https://www.cac.gov.cn/x", "").source == "cac.gov.cn"
    assert site_of("https://evil-cac.gov.cn.example.org/x", "") is None
    assert site_of("", "样例正文\n预览时标签不可点\n").source == "mp.weixin.qq.com"


def test_a_source_file_with_an_unknown_key_is_refused(monkeypatch, tmp_path):
    from pipeline.documents import sites

    (tmp_path / "sources").mkdir()
    (tmp_path / "sources" / "x.yml").write_text("source: x\nselektors: ['#a']\n")
    monkeypatch.setattr(sites, "KNOWLEDGE", tmp_path)
    with pytest.raises(KnowledgeError, match="selektors"):
        sites.load_sites.__wrapped__()


DATELINES = [
    (["样例标题", "样例网 2024-05-06 10:12 阅读 10万"], "2024-05-06 10:12", "site, day and hour"),
    (["样例标题", "2024年5月6日 17:12 北京"], "2024年5月6日 17:12", "an account's line"),
    (["样例标题", "会议时间：2024年5月6日 14:00"], "", "when something takes place"),
    (["样例标题", "报名截止2024年5月6日 14:00"], "", "a deadline"),
    (["样例标题", "样例部2024年5月6日 14:00发布公告，现予执行。"], "", "a sentence"),
    (["样例标题", "2024年5月6日"], "", "a day alone may be the document's own"),
]


@pytest.mark.parametrize(("lines", "date", "reason"), DATELINES, ids=[case[2] for case in DATELINES])
def test_a_line_with_day_and_hour_dates_the_page(lines, date, reason):
    assert with_dateline(PageHints(), lines).date == date, reason
    assert with_dateline(PageHints(date="2020-01-01", source="甲"), lines).date == "2020-01-01"
