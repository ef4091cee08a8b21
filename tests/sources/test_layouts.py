"""Six layouts and what a fetch makes of them."""

from __future__ import annotations

from pathlib import Path

from tests.sources.polled import facts_of, fetch, landed, list_page, make_source
from tests.sources.server import Clock, Site, as_json, document


def test_list_and_detail(site: Site, tmp_path: Path) -> None:
    site.put("plain.example", "/list/", list_page(
        ("./t20260201_1.html", "样例服务管理办法", "2026-02-01"), ("/list/t20260215_2.html#top", "样例数据规定", "2026年2月15日"),
        ("/list/other.pdf", "无关", "")))
    for number, day in ((1, "2026-02-01"), (2, "2026-02-15")):
        site.put("plain.example", f"/list/t{day.replace('-', '')}_{number}.html", document("样例服务管理办法", day, number))
    source = make_source(site, "plain", [{"url": "/list/", "entries": "ul.items li", "date": "span.day"}])
    report = fetch(source, tmp_path, Clock())
    assert (report.counts["new"], report.asked, report.failed, report.problems) == (2, 2, False, [])
    first, second = landed(tmp_path)
    assert first.relative_to(tmp_path / "raw").parts[:2] == ("plain", "2026")
    assert first.read_bytes() == document("样例服务管理办法", "2026-02-01", 1).encode()
    facts = facts_of(first)
    assert str(facts.pop("fetched_at")).endswith("+00:00"), "fetch times are UTC"
    assert facts == {"source_url": site.url("plain.example", "/list/t20260201_1.html"), "listed_title": "样例服务管理办法",
                     "listed_date": "2026-02-01"}
    assert facts_of(second)["listed_date"] == "2026-02-15"


def test_json_interface(site: Site, tmp_path: Path) -> None:
    rows = [{"inner": [{"url": "/doc?id=7", "name": "<em>样例</em>规划", "at": 1770000000000}]},
            {"inner": [{"url": "/doc?id=8", "name": "样例意见", "at": None}]}, {"inner": []}, {"other": 1}]
    site.put("api.example", "/api?p=1", as_json({"data": {"list": rows}}))
    for number in (7, 8):
        site.put("api.example", f"/doc?id={number}", document("样例规划", number=number))
    source = make_source(site, "api", [{"url": "/api?p=1", "kind": "json", "entries": "data.list", "link": "inner.0.url",
                                          "title": "inner.0.name", "date": "inner.0.at", "date_formats": ["epoch_ms"]}])
    report = fetch(source, tmp_path, Clock())
    assert report.counts["new"] == 2
    by_title = {facts_of(path)["listed_title"]: facts_of(path) for path in landed(tmp_path)}
    assert by_title["样例规划"]["listed_date"] == "2026-02-02", "an instant is a day in Beijing"
    assert "listed_date" not in by_title["样例意见"]


def test_pages_are_turned_until_nothing_is_new_or_young_enough(site: Site, tmp_path: Path) -> None:
    days = ["20260228", "20260220", "20260110", "20251201"]
    for place, name in enumerate(("index.html", "index_1.html", "index_2.html", "index_3.html")):
        site.put("paged.example", f"/p/{name}", list_page((f"/p/t{days[place]}_{place}.html", f"样例{place}", "")))
        site.put("paged.example", f"/p/t{days[place]}_{place}.html", document("样例办法", number=place))
    one = {"url": "/p/index.html", "next_url": site.url("paged.example", "/p/index_{n}.html"), "first_n": 1, "pages": 6}
    source = make_source(site, "paged", [one])
    report = fetch(source, tmp_path, Clock(), since="2026-02-01")
    assert (report.counts["new"], report.counts["older"]) == (2, 1), "page 3 is older, so page 4 is not asked for"
    assert "/p/index_3.html" not in site.asked("paged.example")
    report = fetch(source, tmp_path, Clock())
    assert (report.counts["new"], report.counts["unchanged"]) == (2, 2), "a page that is missing ends the list"
    assert "/p/index_4.html" in site.asked("paged.example") and not report.failed


RSS = """<?xml version="1.0" encoding="utf-8"?><!DOCTYPE rss [<!ENTITY x SYSTEM "file:///etc/passwd">]>
<rss version="2.0"><channel><title>News</title><link>http://feed.example/</link>
<item><title>Sample Measures &x;</title><link>{one}</link><pubDate>Sun, 15 Feb 2026 08:00:00 +0800</pubDate></item>
<item><title>Elsewhere</title><link>http://elsewhere.example/t20260101_1.html</link></item></channel></rss>"""
ATOM = """<feed xmlns="http://www.w3.org/2005/Atom"><entry><title>Sample Plan</title><link href="{two}"/>
<updated>2026-02-16T00:00:00Z</updated></entry></feed>"""
SITEMAP = """<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"><url><loc>{three}</loc><lastmod>2026-02-17</lastmod></url></urlset>"""


def test_feeds_and_sitemaps(site: Site, tmp_path: Path) -> None:
    urls = {name: site.url("feed.example", f"/t2026021{number}_{number}.html") for number, name in enumerate(("one", "two", "three"), 5)}
    site.put("feed.example", "/rss", RSS.format(**urls))
    site.put("feed.example", "/atom", ATOM.format(**urls))
    site.put("feed.example", "/map", SITEMAP.format(**urls))
    for number, _ in enumerate(urls, 5):
        site.put("feed.example", f"/t2026021{number}_{number}.html", document("Sample Measures", number=number))
    lists = [{"url": "/rss", "kind": "feed"}, {"url": "/atom", "kind": "feed"}, {"url": "/map", "kind": "sitemap"}]
    report = fetch(make_source(site, "feed", lists), tmp_path, Clock())
    assert (report.counts["new"], report.lists) == (3, [])
    facts = [facts_of(path) for path in landed(tmp_path)]
    assert sorted(str(one["listed_date"]) for one in facts) == ["2026-02-15", "2026-02-16", "2026-02-17"]
    assert not any("root" in str(one.get("listed_title")) for one in facts), "entities are not resolved"


def test_attachments_are_linked_to_their_page(site: Site, tmp_path: Path) -> None:
    page = document("样例通知").replace("</body>", "<a href='files/附件1.pdf'>附件1</a><a href='files/%E9%99%84%E4%BB%B6%31.pdf'>again</a>"
                                        "<a href='http://outside.example/x.pdf'>外站</a><a href='/about.html'>关于</a></body>")
    site.put("files.example", "/", list_page(("/n/t20260201_1.html", "样例通知", "")))
    site.put("files.example", "/n/t20260201_1.html", page)
    for name in ("%E9%99%84%E4%BB%B61", "%E9%99%84%E4%BB%B6%31"):
        site.put("files.example", f"/n/files/{name}.pdf", lambda one: one.say(b"%PDF-1.4 sample", Content_Type="application/pdf"))
    source = make_source(site, "files", [{"url": "/"}], attachments=["[.]pdf$"], facts={"licence": "公开"})
    report = fetch(source, tmp_path, Clock())
    assert (report.counts["new"], report.counts["refused"]) == (3, 1)
    assert report.problems[0][0] == "http://outside.example/x.pdf" and report.problems[0][1].startswith("host:")
    attached = [path for path in landed(tmp_path) if path.suffix == ".pdf"]
    assert {facts_of(path)["parent_url"] for path in attached} == {site.url("files.example", "/n/t20260201_1.html")}
    assert {facts_of(path)["licence"] for path in landed(tmp_path)} == {"公开"}
    clock = Clock()
    clock.sleep(86_400)
    again = fetch(source, tmp_path, clock)
    assert (again.counts["new"], again.counts["unchanged"], again.counts["refused"]) == (0, 3, 1)


def test_gb18030_pages_stay_bytes_and_their_lists_are_read(site: Site, tmp_path: Path) -> None:
    title = "镕基喆堃样例条例𠮷"
    page = document(title).replace("utf-8", "gb2312").encode("gb18030")
    listed = list_page(("t20260203_3.html", title, "2026-02-03"), furniture="<meta charset=gb2312>").encode("gb18030")
    site.put("gb.example", "/", lambda one: one.say(listed, Content_Type="text/html"))
    site.put("gb.example", "/t20260203_3.html", lambda one: one.say(page, Content_Type="text/html"))
    report = fetch(make_source(site, "gb", [{"url": "/"}]), tmp_path, Clock())
    assert report.counts["new"] == 1
    (path,) = landed(tmp_path)
    assert path.read_bytes() == page
    assert facts_of(path)["listed_title"] == title
