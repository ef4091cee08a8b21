"""Covers, places of facts, repeals: what an analyst looks up and what must not be served as live law."""

from __future__ import annotations

import csv
import hashlib
import json
import re
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from pipeline.documents import link_versions, read_file
from pipeline.documents.doc_dates import FROM_ISSUE
from pipeline.documents.facts import read_facts
from pipeline.documents.layout import read_layout, simplified
from pipeline.documents.numbers import number_key
from pipeline.documents.page import PageHints
from pipeline.documents.supersession import amended_title, superseded_titles
from pipeline.errors import SetAside
from pipeline.numerals import find_dates
from pipeline.text import match_key

SAMPLE = Path(__file__).parents[2] / "raw" / "sample"
BODY = "第一条 为了规范样例活动，根据《中华人民共和国样例法》，制定本办法。\n"
BODY += "第二条 样例机构应当开展样例工作，接受监督，公布情况。\n" * 12
NOTICE = ("国家数据局关于印发《样例数据管理办法》的通知\n国数样〔2024〕7号\n各有关部门：\n现将《样例数据管理办法》印发给你们。\n"
          "国家数据局\n2024年5月6日\n样例数据管理办法\n" + BODY)
ORDER = ("国家互联网信息办公室\n中华人民共和国公安部\n令\n第77号\n《样例办法》已经2024年3月1日审议通过，现予公布，自2024年9月1日起施行。\n"
         "国家互联网信息办公室主任 张三\n2024年5月6日\n样例办法\n" + BODY)
CALL = ("国家数据局关于《样例数据管理办法（征求意见稿）》公开征求意见的通知\n现向社会公开征求意见。\n国家数据局\n2024年5月6日\n"
        "附件：样例数据管理办法（征求意见稿）\n" + BODY)
ENGLISH = ("Order of the Cyberspace Administration of China\nNo. 77\nThe Sample Measures were adopted on March 1, 2024, and are hereby "
           "promulgated and shall come into effect on June 1, 2024.\nMay 6, 2024\nSample Measures\n"
           + "Article 1 These Measures are formulated in accordance with the Sample Law.\n" * 10)


def facts(text: str, lang: str = "zh-Hans", **options: Any) -> dict[str, Any]:
    return read_facts(text, lang=lang, **{"sidecar": None, "page": None, "rel_path": "a.txt", **options})


COVERS = [
    (NOTICE, "zh-Hans", ("国家数据局关于印发《样例数据管理办法》的通知", "国数样〔2024〕7号", ["国家数据局"], "2024-05-06"),
     "样例数据管理办法", "a notice"),
    ("国家数据局文件\n国数样〔2024〕7号\n" + NOTICE.replace("国数样〔2024〕7号\n", ""), "zh-Hans",
     ("国家数据局关于印发《样例数据管理办法》的通知", "国数样〔2024〕7号", ["国家数据局"], "2024-05-06"), "样例数据管理办法",
     "the number stands over the heading"),
    (ORDER, "zh-Hans", ("国家互联网信息办公室 中华人民共和国公安部 令 第77号", "国家互联网信息办公室、中华人民共和国公安部令第77号",
                        ["国家互联网信息办公室", "中华人民共和国公安部"], "2024-05-06"), "样例办法", "an order"),
    (CALL, "zh-Hans", ("国家数据局关于《样例数据管理办法（征求意见稿）》公开征求意见的通知", None, ["国家数据局"], "2024-05-06"),
     "样例数据管理办法", "a call for comment"),
    (ENGLISH, "en", ("Order of the Cyberspace Administration of China", None, ["Cyberspace Administration of China"],
                     "2024-05-06"), "Sample Measures", "an English order"),
    ("某网编者按：近日，有关部门作出部署，请看全文。\n" + NOTICE, "zh-Hans",
     ("国家数据局关于印发《样例数据管理办法》的通知", "国数样〔2024〕7号", ["国家数据局"], "2024-05-06"), "样例数据管理办法",
     "words of the page over the notice are no part of it"),
]


@pytest.mark.parametrize(("text", "lang", "expected", "title", "reason"), COVERS, ids=[case[-1] for case in COVERS])
def test_a_relay_keeps_the_notice_as_cover(text: str, lang: str, expected: tuple[Any, ...], title: str, reason: str) -> None:
    found = facts(text, lang)
    cover = found["cover"]
    assert found["title"] == title
    assert cover is not None, reason
    assert cover["title"] == expected[0]
    assert (cover["issuers"], cover["date"]) == expected[2:]
    if expected[1] is not None:
        assert cover["doc_number"] == expected[1] == found["doc_number"]
    shown = text[cover["start_char"]:cover["end_char"]]
    assert shown.startswith(("国", "Order")) and "第二条" not in shown and "Article 1" not in shown
    behind = text[cover["end_char"]:].lstrip("\n")
    assert behind.startswith((title, f"附件：{title}"))


@pytest.mark.parametrize(("text", "lang", "reason"), [
    ("样例数据管理办法\n" + BODY, "zh-Hans", "no notice"),
    (NOTICE.split("样例数据管理办法\n第一条")[0], "zh-Hans", "the instrument is not in the file"),
    ("国家数据局关于做好样例工作的通知\n一、开展样例工作。\n" + "二、样例机构公布情况。\n" * 30, "zh-Hans", "the notice is the instrument"),
    ("Sample Measures\n" + "Article 1 Sample bodies shall report.\n" * 20, "en", "no order"),
])
def test_no_cover_where_none_is_printed(text: str, lang: str, reason: str) -> None:
    assert facts(text, lang)["cover"] is None, reason


def test_cover_of_a_traditional_text_is_in_its_own_characters() -> None:
    text = ("國家數據局關於印發《樣例數據管理辦法》的通知\n各有關部門：\n現將《樣例數據管理辦法》印發給你們。\n國家數據局\n2024年5月6日\n"
            "樣例數據管理辦法\n" + "第一條 樣例機構應當開展樣例工作。\n" * 30)
    cover = facts(text, "zh-Hant")["cover"]
    assert cover["title"] == text.split("\n")[0] and cover["issuers"] == ["國家數據局"]


def _contains(name: str, value: str, piece: str, lang: str) -> bool:
    """Whether a slice holds the value as printed."""
    if name.startswith("date_"):
        numeric = re.match(r"([0-9]{1,2})\.([0-9]{1,2})\.([0-9]{4})$", piece)
        iso = [date.iso for date in find_dates(piece, "en" if lang == "en" else "zh")]
        if numeric:
            iso.append(f"{numeric[3]}-{int(numeric[2]):02d}-{int(numeric[1]):02d}")
        return value in iso or (name == "date_effective" and FROM_ISSUE.search(simplified(piece)) is not None)
    plain_piece = re.sub(r"[\W_]|第[一二三四五六七八九十]{1,4}届", "", match_key(piece))
    wanted = re.sub(r"[\W_]|第[一二三四五六七八九十]{1,4}届", "", match_key(value))
    if name == "doc_number" and wanted not in plain_piece:  # an order's: its bodies stand on lines of their own
        return number_key(value)[-4:] in number_key(piece) or plain_piece[-3:] == wanted[-3:]
    return wanted in plain_piece


def unsupported(row: dict[str, Any]) -> list[tuple[str, str, Any]]:
    """Facts whose slice does not hold them, and facts of the text without a slice."""
    evidence, wrong = json.loads(row["evidence"]), []
    pairs = [(name, row[name], evidence[name]) for name in evidence if name not in {"issuers", "legal_basis"}]
    pairs += [("issuers", *pair) for pair in zip(row["issuer_names"], evidence["issuers"], strict=True)]
    pairs += [("legal_basis", *pair) for pair in zip(row["legal_basis"], evidence["legal_basis"], strict=True)]
    for name, value, place in pairs:
        if value is None:
            wrong += [(row["path"], name, place)] if place is not None else []
        elif place is None:
            elsewhere = name == "title" or (name == "date_issued" and not row["date_basis"].startswith("text"))
            wrong += [] if elsewhere else [(row["path"], name, value)]
        elif not _contains(name, value, row["text"][place[0]:place[1]], row["lang"]):
            wrong.append((row["path"], name, row["text"][place[0]:place[1]]))
    return wrong


def test_every_fact_of_the_sample_is_where_its_evidence_says() -> None:
    places = 0
    for path in sorted(SAMPLE.rglob("*"))[::3]:
        if path.suffix in {".html", ".txt", ".md", ".docx"}:
            for row in read_file(path, rel_path=str(path), sidecar=None, sha256="0" * 64):
                assert unsupported(dict(row)) == []
                places += str(row["evidence"]).count("[")
    assert places > 40


@pytest.mark.slow
def test_every_fact_of_the_material_is_where_its_evidence_says(shared: Path) -> None:
    wrong, facts_read, covers = [], 0, 0
    with (shared / "policy" / "manifest.csv").open(encoding="utf-8", newline="") as handle:
        listed = [row["file"] for row in csv.DictReader(handle) if row["split"] == "train"]
    for name in listed:
        path = shared / "policy" / name
        try:
            rows = read_file(path, rel_path=name, sidecar=None, sha256=hashlib.sha256(path.read_bytes()).hexdigest())
        except SetAside:
            continue
        for row in rows:
            wrong += unsupported(dict(row))
            facts_read += str(row["evidence"]).count("[")
            covers += row["cover"] is not None
    assert wrong == [] and facts_read > 1500 and covers >= 40


def test_values_from_elsewhere_have_no_evidence() -> None:
    page = PageHints(title="样例数据管理办法_中国政府网", date="2024-05-06", url="https://www.cac.gov.cn/x.htm")
    found = facts(BODY, page=page)
    assert found["date_basis"] == "page" and found["evidence"]["date_issued"] is None
    stated = {"title": "别的名称", "issuers": ["国家数据局"], "doc_number": "样发〔2020〕1号", "date_issued": "2020-01-01"}
    evidence = facts(NOTICE, sidecar=stated)["evidence"]
    assert [evidence[name] for name in ("title", "doc_number", "date_issued")] == [None] * 3
    assert evidence["issuers"] == [None] and evidence["legal_basis"] != [None]


def test_evidence_prefers_the_place_the_rule_reads() -> None:
    text = "某网讯：国家数据局2024年5月6日发布样例数据管理办法。\n" + NOTICE
    evidence = facts(text)["evidence"]
    signature = text.index("国家数据局\n2024年5月6日")
    assert evidence["issuers"] == [[signature, signature + 5]]
    assert evidence["title"][0] == text.index("样例数据管理办法\n第一条")
    resolved = facts(ORDER.replace("，自2024年9月1日起施行", "") + "第三条 本办法自公布之日起施行。")
    start, end = resolved["evidence"]["date_effective"]
    assert (ORDER.replace("，自2024年9月1日起施行", "") + "第三条 本办法自公布之日起施行。")[start:end] == "公布之日"


REPEALS = [
    ("本办法自2024年1月1日起施行。2010年3月1日发布的《样例甲办法》（样发〔2010〕3号）同时废止。", "zh-Hans", ["样例甲办法"],
     "with date and number"),
    ("本法自2024年1月1日起施行。《样例乙法》、《样例甲法》同时废止。", "zh-Hans", ["样例乙法", "样例甲法"], "several, in printed order"),
    ("某市人大常委会《关于修改部分法规的决定》修正的《样例规定》同时废止。", "zh-Hans", ["样例规定"], "not the decision that amended it"),
    ("现决定废止《样例甲办法》。", "zh-Hans", ["样例甲办法"], "verb first"),
    ("本标准代替 GB/T 12345—2017。", "zh-Hans", ["GB/T 12345—2017"], "a standard names a number"),
    ("2011年1月8日《国务院关于废止和修改部分行政法规的决定》第一次修订", "zh-Hans", [], "the header's decision repeals another"),
    ("《样例甲办法》已废止，《样例乙办法》有效。", "zh-Hans", [], "others repealed it"),
    ("根据《样例法》，许可证予以废止。", "zh-Hans", [], "a licence is no instrument"),
    ("The Provisions on Sample Data shall be repealed simultaneously.", "en", ["Provisions on Sample Data"], "English, passive"),
    ("This memorandum rescinds and replaces OMB Memorandum M-21-06.", "en", ["OMB Memorandum M-21-06"], "English, active"),
    ("This memorandum does not supersede Executive Order 12345.", "en", [], "denied"),
    ("The licence may be revoked at any time.", "en", [], "no instrument"),
]


@pytest.mark.parametrize(("text", "lang", "expected", "reason"), REPEALS, ids=[case[-1] for case in REPEALS])
def test_titles_a_text_repeals(text: str, lang: str, expected: list[str], reason: str) -> None:
    assert superseded_titles(read_layout(text, lang), None) == expected, reason


def test_titles_a_decision_amends() -> None:
    assert amended_title("国务院关于修改《样例条例》的决定") == "样例条例"
    assert amended_title("样例条例") is None and amended_title(None) is None
    assert superseded_titles(read_layout("x", "en"), "Regulation (EU) 2030/1 repealing Directive 95/46/EC") == ["Directive 95/46/EC"]


def corpus(*rows: dict[str, Any]) -> dict[str, str]:
    """doc_id → status_now of documents given by what differs from a plain law."""
    base = {"lang": "zh-Hans", "doc_type": "law", "status": "in_force", "date_basis": "text:adoption", "issuers": ["cn-npcsc"],
            "supersedes": [], "flags": [], "path": "a", "pair_id": None, "doc_number": None}
    made = [{**base, "text": f"第{number}章" + chr(0x4e00 + 97 * number) * 3 + str(row) * 20, **row} for number, row in enumerate(rows)]
    return dict(link_versions(pd.DataFrame(made, dtype=object))[["doc_id", "status_now"]].itertuples(index=False, name=None))


OLD = {"doc_id": "old", "title": "样例甲条例", "date_issued": "2010-01-01"}
NEW = {"doc_id": "new", "title": "样例乙条例", "date_issued": "2020-01-01", "supersedes": ["样例甲条例"]}
STATUSES = [
    ((OLD, NEW), "repealed", "another text repeals it"),
    ((OLD, {**NEW, "status": "draft_for_comment"}), "in_force", "a draft repeals nothing"),
    ((OLD, {**NEW, "doc_type": "press"}), "in_force", "news repeals nothing"),
    ((OLD, {**NEW, "date_issued": "2005-01-01"}), "in_force", "an older text cannot repeal it"),
    ((OLD, {**NEW, "title": "样例甲条例"}), "repealed", "a new text of the same title repeals the old one"),
    ((OLD, {**NEW, "title": "样例甲条例", "supersedes": []}), "amended", "a later version of the work"),
    ((OLD, {**NEW, "title": "样例甲条例", "supersedes": [], "issuers": ["cn-sh"]}), "in_force", "another body's text"),
    ((OLD, {**NEW, "title": "样例甲条例", "supersedes": [], "lang": "en"}), "in_force", "a translation is no later version"),
    ((OLD, {**NEW, "title": "关于修改《样例甲条例》的决定", "supersedes": []}), "amended", "a decision amends it"),
    (({**OLD, "status": "repealed"},), "in_force", "what an earlier run found is looked at afresh"),
    (({**OLD, "status": "repealed", "flags": ["status_conflict"]},), "repealed", "a sidecar says so"),
    (({**OLD, "status": "draft_for_comment"}, NEW), "draft_for_comment", "a draft stays a draft"),
]


@pytest.mark.parametrize(("rows", "expected", "reason"), STATUSES, ids=[case[-1] for case in STATUSES])
def test_superseded_law_is_not_served_as_live(rows: tuple[dict[str, Any], ...], expected: str, reason: str) -> None:
    found = corpus(*rows)
    assert found["old"] == expected, reason
