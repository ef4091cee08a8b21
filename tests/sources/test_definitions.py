"""The files that say what is polled: those that ship are sound, careless ones are refused, the catalogue has its basis."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import pytest

from pipeline.errors import KnowledgeError
from pipeline.knowledge import KNOWLEDGE, load_registry
from pipeline.sources import load_catalogue, load_sources
from pipeline.sources.addresses import check_url
from pipeline.sources.checking import expected_range
from pipeline.sources.definitions import read_source
from pipeline.sources.lists import date_of_url, parse_date

ASKED_FOR = ("gov", "cac", "miit", "most", "ndrc", "mfa", "npc", "samr", "tc260", "nda", "english_gov", "xinhua", "chinadaily", "un",
             "beijing", "shanghai", "shenzhen")
SOURCES = load_sources()
GOOD = {"publisher": "样例部", "language": "zh", "documents": ["http://a[.]example/x"], "lists": [{"url": "http://a.example/"}]}


def test_fetch_comes_last_in_its_file() -> None:
    """Reading documents depends on what stands before it."""
    for path in (KNOWLEDGE / "sources").glob("*.yml"):
        assert not re.search("(?m)^[^ #]", path.read_text(encoding="utf-8").partition("\nfetch:\n")[2]), path.name


def test_every_publisher_has_its_file_with_a_basis_and_no_expectation() -> None:
    assert set(ASKED_FOR) <= set(SOURCES)
    for source in SOURCES.values():
        assert source.lists and source.basis and source.publisher, source.name
        for one in source.lists:
            check_url(one.url, hosts=source.hosts)
        assert source.checked == "never" or re.fullmatch(r"20\d\d-\d\d-\d\d", source.checked)


@pytest.mark.parametrize(("name", "url", "day"), [
    ("gov", "https://www.gov.cn/zhengce/content/2017-07/20/content_5211996.htm", "2017-07-20"),
    ("gov", "https://www.gov.cn/zhengce/zhengceku/2022-01/04/content_5666429.htm", "2022-01-04"),
    ("cac", "https://www.cac.gov.cn/2023-07/13/c_1690898327029107.htm", "2023-07-13"),
    ("miit", "https://www.miit.gov.cn/jgsj/kjs/wjfb/art/2025/art_438e059801414869abc50abdb06eeac6.html", ""),
    ("ndrc", "https://www.ndrc.gov.cn/xxgk/zcfb/ghwb/202103/t20210323_1270124.html", "2021-03-23"),
    ("mfa", "https://www.mfa.gov.cn/wjb_673085/zjzg_673183/jks_674633/fywj_674643/202211/t20221117_10976728.shtml", "2022-11-17"),
    ("mfa", "https://www.mfa.gov.cn/eng/xw/zyxw/202410/t20241010_11504896.html", "2024-10-10"),
    ("english_gov", "https://english.www.gov.cn/news/topnews/202009/08/content_WS5f573805c6d0f7257693bb01.html", "2020-09-08"),
    ("npc", "http://www.npc.gov.cn/npc/c2/c30834/202108/t20210820_313088.html", "2021-08-20"),
    ("tc260", "https://www.tc260.org.cn/upload/2024-09-09/1725849192841090989.pdf", "2024-09-09"),
    ("tc260", "https://www.tc260.org.cn/front/postDetail.html?id=20250828165129", "2025-08-28"),
    ("most", "https://www.most.gov.cn/xxgk/xinxifenlei/fdzdgknr/fgzc/gfxwj/gfxwj2023/202305/t20230517_186077.html", "2023-05-17"),
    ("nda", "https://www.nda.gov.cn/sjj/zwgk/zcfb/0908/20250908201317566927066_pc.html", "2025-09-08"),
    ("samr", "https://www.samr.gov.cn/zw/zfxxgk/fdzdgknr/fgs/art/2023/art_5474cf75173c45d6a0379730fb4e8d97.html", ""),
    ("xinhua", "http://www.news.cn/politics/20250314/75107e1e6566404f8471559a8fb34158/c.html", "2025-03-14"),
    ("chinadaily", "https://govt.chinadaily.com.cn/s/202501/15/WS67875d37498eec7e1f72d4a1/sample-name.html", "2025-01-15"),
    ("un", "https://digitallibrary.un.org/record/4043244?ln=en", ""),
    ("beijing", "https://www.beijing.gov.cn/zhengce/zhengcefagui/202305/t20230519_3108064.html", "2023-05-19"),
    ("shanghai", "https://www.shanghai.gov.cn/nw12344/20220127/4d4d52f387ea43909221b0f7c82dbfe9.html", "2022-01-27"),
    ("shenzhen", "https://www.sz.gov.cn/cn/xxgk/zfxxgj/zcfg/content/post_11296172.html", ""),
])
def test_addresses_seen_fit_the_patterns(name: str, url: str, day: str) -> None:
    source = SOURCES[name]
    assert source.is_document(url) and date_of_url(url, source) == day


@pytest.mark.parametrize(("name", "url"), [
    ("gov", "https://www.gov.cn/"), ("gov", "https://www.gov.cn/zhengce/zuixin/"), ("cac", "https://www.cac.gov.cn/wxzw/zcfg/A093703index_1.htm"),
    ("ndrc", "https://www.ndrc.gov.cn/xxgk/zcfb/tz/index_2.html"), ("mfa", "https://www.mfa.gov.cn/eng/xw/fyrbt/"),
    ("cac", "https://www.cac.gov.cn.evil.example/2023-07/13/c_1690898327029107.htm"), ("tc260", "https://www.tc260.org.cn/front/main.html")])
def test_lists_and_strangers_are_no_documents(name: str, url: str) -> None:
    assert not SOURCES[name].is_document(url)


@pytest.mark.parametrize(("change", "words"), [
    ({"colour": "red"}, "Unknown key"), ({"language": "fr"}, "Unknown language"), ({"delay_s": 0.1}, "delay_s"),
    ({"delay_s": "3"}, "kind"), ({"concurrency": 40}, "concurrency"), ({"checked": "yesterday"}, "checked"),
    ({"documents": []}, "patterns"),
    ({"documents": "x"}, "is a list"), ({"documents": ["("]}, "Not a pattern"), ({"date_in_url": "[0-9]{4}"}, "date_in_url"),
    ({"facts": {"date": "2020"}}, "facts"),
    ({"facts": {"source_url": "x"}}, "facts"), ({"lists": [{"url": "ftp://a.example/"}]}, "not usable"),
    ({"lists": [{"url": "http://b.example/"}]}, "not usable"), ({"lists": [{"url": "http://a.example/", "kind": "api"}]}, "unknown kind"),
    ({"lists": [{"url": "http://a.example/", "kind": "json"}]}, "entries"),
    ({"lists": [{"url": "http://a.example/", "pages": 3}]}, "next_url"),
    ({"lists": [{"url": "http://a.example/", "expected": 20}]}, "Unknown key"), ({"publisher": None}, "kind"), ({"checked": True}, "kind")])
def test_careless_files_are_refused(change: dict[str, object], words: str) -> None:
    with pytest.raises(KnowledgeError) as refused:
        read_source({**GOOD, **change}, name="sample", hosts=["a.example"])
    assert words in str(refused.value)


def test_only_this_machine_may_be_asked_without_a_pause() -> None:
    local = {**GOOD, "delay_s": 0, "lists": [{"url": "http://127.0.0.1:8000/"}]}
    assert read_source(local, name="sample", hosts=["127.0.0.1"]).delay_s == 0
    with pytest.raises(KnowledgeError):
        read_source(local, name="sample", hosts=["127.0.0.1", "a.example"])


def test_a_file_without_publisher_is_refused_and_a_good_one_is_not() -> None:
    with pytest.raises(KnowledgeError, match="missing"):
        read_source({key: value for key, value in GOOD.items() if key != "publisher"}, name="sample", hosts=["a.example"])
    assert read_source(GOOD, name="sample", hosts=["a.example"]).lists[0].url == "http://a.example/"


def test_the_catalogue_names_instruments_of_the_registry_and_counts_those_without_address() -> None:
    source, n_without = load_catalogue()
    with (KNOWLEDGE / "catalogue.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert len(source.known) + n_without == len(rows) and len(source.known) >= 45
    assert {row["entity_id"] for row in rows if row["entity_id"]} <= set(load_registry().entities)
    official = re.compile(r"(?:^|[.])(?:gov[.]cn|xinhuanet[.]com|people[.]com[.]cn|tc260[.]org[.]cn|europa[.]eu|oecd[.](?:org|ai)|coe[.]int"
                          r"|gov[.]uk|whitehouse[.]gov|undocs[.]org)$")
    assert all(official.search(host) for host in source.hosts), source.hosts


@pytest.mark.parametrize(("row", "words"), [
    ("x,样例,zh,http://a.example/,", "without basis"), ("x,样例,de,http://a.example/,seen", "language"),
    ("x,样例,zh,ftp://a.example/,seen", "scheme"), ("x,样例,zh,http://a.example/1,seen\ny,样例,zh,http://a.example/1,seen", "twice")])
def test_careless_rows_of_the_catalogue_are_refused(tmp_path: Path, row: str, words: str) -> None:
    path = tmp_path / "catalogue.csv"
    path.write_text(f"entity_id,title,lang,url,basis\n{row}\n", encoding="utf-8")
    with pytest.raises(KnowledgeError) as refused:
        load_catalogue(path)
    assert words in str(refused.value)


@pytest.mark.parametrize(("text", "formats", "day"), [
    ("2026-02-03", (), "2026-02-03"), ("发布时间：2026年2月3日 10:00", (), "2026-02-03"), ("[2026/2/3]", (), "2026-02-03"),
    ("2026.02.03", (), "2026-02-03"), ("02/03/2026", ("%m/%d/%Y",), "2026-02-03"), ("1770048000000", ("epoch_ms",), "2026-02-03"),
    ("2026-13-40", (), ""), ("", (), ""),
    ("国发〔2026〕3号", (), ""), ("12026-02-031", (), ""), ("Feb 3, 2026", ("%b %d, %Y",), "2026-02-03"), ("soon", ("epoch_ms",), "")])
def test_dates_of_lists(text: str, formats: tuple[str, ...], day: str) -> None:
    assert parse_date(text, formats) == day


@pytest.mark.parametrize(("found", "low", "high"), [(0, 0, 5), (1, 1, 6), (6, 1, 12), (20, 10, 40), (100, 50, 200)])
def test_expected_range(found: int, low: int, high: int) -> None:
    assert expected_range(found) == (low, high)
