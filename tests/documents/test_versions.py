"""Links between documents: duplicates, versions of a work, drafts and finals, pairs."""

from __future__ import annotations

import random
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.documents.sketches import bare, candidates, containment, jaccard, sketch
from pipeline.documents.versions import link_versions

WORDS = "样例 数据 安全 管理 服务 平台 机构 应当 依法 开展 规范 发展 保护 用户 个人 信息 网络 标准 监督 检查".split()
WORDS_EN = (
    "sample data safety management service platform body shall lawfully open rule growth protect user person".split()
)


def zh(seed: int, n: int = 900) -> str:
    rng = random.Random(seed)
    return "。".join("".join(rng.choice(WORDS) for _ in range(rng.randint(5, 12))) for _ in range(n // 18))


def en(seed: int, n: int = 400) -> str:
    rng = random.Random(seed)
    return " ".join(rng.choice(WORDS_EN) + str(rng.randint(0, 30)) for _ in range(n))


def edited(text: str, share: float, seed: int = 0) -> str:
    """The text with about `share` of its sentences replaced."""
    rng = random.Random(seed)
    return "。".join(zh(rng.randint(10**6, 10**7), 18) if rng.random() < share else part for part in text.split("。"))


def row(doc_id: str, title: str | None, text: str, **more: Any) -> dict[str, Any]:
    return {
        "doc_id": doc_id,
        "path": more.pop("path", f"s/{doc_id}.txt"),
        "lang": "zh-Hans",
        "title": title,
        "issuers": ["cn-cac"],
        "doc_type": "normative_document",
        "status": "in_force",
        "date_issued": None,
        "date_basis": None,
        "doc_number": None,
        "date_effective": None,
        "tier": "ministry",
        "pair_id": None,
        "text": text,
    } | more


def linked(*rows: dict[str, Any]) -> dict[str, dict[str, Any]]:
    frame = link_versions(pd.DataFrame(list(rows)))
    assert list(frame.columns) == ["doc_id", "work_id", "pair_id", "duplicate_of", "status_now"]
    assert list(frame["doc_id"]) == sorted(one["doc_id"] for one in rows)
    return {str(one["doc_id"]): {str(key): value for key, value in one.items()} for one in frame.to_dict("records")}


DATED = {"date_issued": "2021-03-15", "date_basis": "text:promulgation"}
LATER = {"date_issued": "2023-03-15", "date_basis": "text:promulgation"}
TEXT = zh(1)
CASES = [
    (
        "punctuation and width",
        row("a1", "样例办法甲乙", TEXT, **DATED),
        row("b1", "样例办法甲乙", TEXT.replace("。", "．\n"), **DATED),
        True,
        True,
    ),
    (
        "a repost with furniture",
        row("a1", "样例办法甲乙", TEXT, **DATED),
        row("b1", "重磅样例", "扫码关注我们" * 9 + TEXT + "阅读原文点赞在看" * 6),
        True,
        True,
    ),
    (
        "a cut copy of the same title",
        row("a1", "样例办法甲乙", TEXT, **DATED),
        row("b1", "样例办法甲乙", TEXT[: len(TEXT) // 2] + "..."),
        True,
        True,
    ),
    (
        "another date: a version, no duplicate",
        row("a1", "样例办法甲乙", TEXT, **DATED),
        row("b1", "样例办法甲乙", edited(TEXT, 0.1), **LATER),
        False,
        True,
    ),
    (
        "a thorough revision of one title",
        row("a1", "样例办法甲乙", TEXT, **DATED),
        row("b1", "样例办法甲乙", edited(TEXT, 0.6), **LATER),
        False,
        True,
    ),
    (
        "draft and final",
        row("a1", "样例办法甲乙", TEXT, status="draft_for_comment"),
        row("b1", "样例办法甲乙", edited(TEXT, 0.05), **DATED),
        False,
        True,
    ),
    (
        "the country's name in the title",
        row("a1", "中华人民共和国样例安全法", TEXT, **DATED),
        row("b1", "样例安全法", edited(TEXT, 0.3), **LATER),
        False,
        True,
    ),
    (
        "bodies before the title of the final",
        row("a1", "关于促进样例发展的意见", TEXT, status="draft_for_comment"),
        row("b1", "国家数据局等部门关于促进样例发展的意见", edited(TEXT, 0.2), **DATED),
        False,
        True,
    ),
    (
        "same title, other body, other text",
        row("a1", "样例办法甲乙", TEXT, issuers=["cn-moe"], **DATED),
        row("b1", "样例办法甲乙", zh(77), **LATER),
        False,
        False,
    ),
    (
        "news about it",
        row("a1", "样例办法甲乙", TEXT, **DATED),
        row("b1", "样例局公布办法", "近日公布。" + TEXT[:200], doc_type="press"),
        False,
        False,
    ),
    ("other texts", row("a1", "样例办法甲乙", TEXT, **DATED), row("b1", "样例办法丙丁", zh(78), **DATED), False, False),
    (
        "yearly reports of one title",
        row("a1", "政府工作报告", zh(5), doc_type="work_report", date_issued="2018-03-05", date_basis="text:delivery"),
        row("b1", "政府工作报告", zh(6), doc_type="work_report", date_issued="2019-03-05", date_basis="text:delivery"),
        False,
        False,
    ),
]


@pytest.mark.parametrize(("reason", "one", "other", "duplicate", "same_work"), CASES, ids=[case[0] for case in CASES])
def test_links_of_two(
    reason: str, one: dict[str, Any], other: dict[str, Any], duplicate: bool, same_work: bool
) -> None:
    links = linked(other, one)
    found = {doc_id for doc_id, link in links.items() if link["duplicate_of"] is not None}
    assert bool(found) == duplicate, reason
    assert (links["a1"]["work_id"] == links["b1"]["work_id"]) == same_work, reason


def test_the_complete_original_stays() -> None:
    links = linked(
        row("a1", "样例办法甲乙", TEXT[: len(TEXT) // 2] + "..."),
        row("b1", None, "广告" * 20 + TEXT),
        row("c1", "样例办法甲乙", TEXT, doc_number="样〔2021〕1号", **DATED),
    )
    assert [links[doc]["duplicate_of"] for doc in ("a1", "b1", "c1")] == ["c1", "c1", None]


def test_english_by_the_same_function() -> None:
    text = en(3)
    links = linked(
        row("a1", "Sample Measures for Data", text, lang="en"),
        row("b1", "Sample Measures for Data", text + " share this page", lang="en"),
        row("c1", "Sample Rules for Data", en(4), lang="en"),
    )
    assert links["b1"]["duplicate_of"] == "a1" or links["a1"]["duplicate_of"] == "b1"
    assert links["c1"]["duplicate_of"] is None


def test_pairs_by_sidecar_and_by_registry() -> None:
    title, english = "中华人民共和国网络安全法", "Cybersecurity Law of the People's Republic of China"
    links = linked(
        row("a1", title, TEXT, doc_type="law", **DATED),
        row("b1", english, en(1), lang="en", doc_type="law"),
        row("c1", "样例办法", zh(8), pair_id="p-9"),
        row("d1", "Sample Measures", en(9), lang="en", pair_id="p-9"),
        row("e1", "样例规定", zh(10)),
    )
    assert links["a1"]["pair_id"] == links["b1"]["pair_id"] is not None
    assert links["a1"]["work_id"] == links["b1"]["work_id"]
    assert links["c1"]["pair_id"] == links["d1"]["pair_id"] == "p-9"
    assert links["e1"]["pair_id"] is None


def test_pair_by_the_chinese_title_an_english_text_prints() -> None:
    english = "Sample Harbour Initiative\n(样例港口合作倡议)\nOctober 2023\n" + en(21)
    links = linked(
        row("a1", "样例港口合作倡议", zh(20)),
        row("b1", "Sample Harbour Initiative", english, lang="en"),
        row("c1", "Sample Road Rules", "Rules\nThey rest on 《样例港口合作倡议》 and more.\n" + en(22), lang="en"),
    )
    assert links["a1"]["pair_id"] == links["b1"]["pair_id"] is not None
    assert links["c1"]["pair_id"] is None


def test_empty_and_missing_values() -> None:
    assert link_versions(pd.DataFrame(columns=list(row("a", "b", "c")))).empty
    links = linked(row("a1", None, ""), row("b1", None, "", date_issued=float("nan")))
    assert links["a1"]["duplicate_of"] is None
    assert links["b1"]["duplicate_of"] is None


@settings(max_examples=25, deadline=None)
@given(st.permutations(range(8)), st.integers(0, 3))
def test_order_of_rows_does_not_matter_and_originals_are_originals(order: list[int], seed: int) -> None:
    rows = [
        row(
            f"{place:02d}",
            f"样例办法{place // 3}号文",
            edited(zh(place // 3), 0.02 * (place % 3), seed),
            date_issued=["2020-01-01", None][place % 2],
            date_basis="text:promulgation",
        )
        for place in range(8)
    ]
    first = link_versions(pd.DataFrame(rows))
    again = link_versions(pd.DataFrame([rows[place] for place in order]))
    pd.testing.assert_frame_equal(first, again)
    originals = set(first.loc[first["duplicate_of"].isna(), "doc_id"])
    assert set(first["duplicate_of"].dropna()) <= originals
    works = dict(zip(first["doc_id"], first["work_id"], strict=True))
    assert all(
        works[doc] == works[kept] for doc, kept in zip(first["doc_id"], first["duplicate_of"], strict=True) if kept
    )


@settings(max_examples=40, deadline=None)
@given(st.text(max_size=300))
def test_sketch_laws(text: str) -> None:
    one = sketch(text)
    assert one.digest == sketch(bare(text)).digest
    assert jaccard(one, one) == containment(one, one) == 1.0 if one.n else jaccard(one, one) == 1.0
    assert list(one.smallest) == sorted(set(one.smallest.tolist()))


def test_estimates_are_close_to_the_truth() -> None:
    base = zh(11, 40000)
    for share in (0.1, 0.3, 0.6):
        other = edited(base, share, 5)
        exact_one, exact_other = (
            {text[place : place + 8] for place in range(len(text) - 7)} for text in (bare(base), bare(other))
        )
        exact = len(exact_one & exact_other) / len(exact_one | exact_other)
        assert abs(jaccard(sketch(base), sketch(other)) - exact) < 0.06


def test_candidates_find_what_is_near_and_stay_few() -> None:
    sketches = [sketch(zh(place, 2000)) for place in range(60)] + [
        sketch(edited(zh(place, 2000), 0.08)) for place in range(20)
    ]
    found = set(candidates(sketches))
    assert {(place, 60 + place) for place in range(20)} <= found
    assert len(found) < 200


@pytest.mark.slow
def test_many_documents_take_little_more_time_each() -> None:
    """Four times the documents may take at most six times as long (sorting and hashing, no all-pairs step)."""
    import time

    spent = []
    for n in (400, 1600):
        frame = pd.DataFrame([row(f"{place:05d}", f"样例办法第{place // 4}号", zh(place, 1500)) for place in range(n)])
        begin = time.perf_counter()
        link_versions(frame)
        spent.append(time.perf_counter() - begin)
    assert spent[1] < 6 * max(spent[0], 0.3)
    assert np.isfinite(spent[1])
