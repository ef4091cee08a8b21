"""Six layouts and what a fetch makes of them: landed once, compared, recorded, accounted for."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from pipeline.knowledge import load_yaml
from pipeline.sources import WORDS, Report, Source, check_source, fetch_source
from pipeline.sources.definitions import read_source
from pipeline.sources.state import Page, open_state
from tests.sources.server import (
    FAST,
    Clock,
    Site,
    as_json,
    client_for,
    cut,
    document,
    redirect,
    serving,
    status,
)

DAY = "t(?P<year>20[0-9]{2})(?P<month>[0-9]{2})(?P<day>[0-9]{2})_"
DOCUMENT = r"http://{host}[.]example:[0-9]{{1,5}}/(?:[a-z0-9]{{1,20}}/){{0,3}}(?:t20[0-9]{{6}}_[0-9]{{1,6}}[.]html|doc[?]id=[0-9]{{1,6}})"


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    with serving() as running:
        yield running


def make_source(site: Site, host: str, lists: list[dict[str, object]], **more: object) -> Source:
    return read_source({"publisher": "样例部", "language": "zh", "delay_s": 1, "hosts": [f"{host}.example"],
                        "documents": [DOCUMENT.format(host=host)], "date_in_url": DAY,
                        "lists": [{**one, "url": site.url(f"{host}.example", str(one["url"]))} for one in lists], **more}, name=host)


def fetch(source: Source, tmp_path: Path, clock: Clock, **options: object) -> Report:
    # a nap of one thread is time for all: only one at a time is held to the short deadline
    limits = FAST if source.concurrency == 1 else replace(FAST, total_s=60.0)
    client = client_for(*source.hosts, clock=clock, delay_s=source.delay_s, limits=limits)
    report = fetch_source(source, raw=tmp_path / "raw", observations=tmp_path / "seen", client=client, **options)  # type: ignore[arg-type]
    assert report.asked == sum(report.counts[word] for word in WORDS) + len(report.wanted), "every address is accounted for"
    return report


def landed(tmp_path: Path) -> list[Path]:
    return sorted(path for path in (tmp_path / "raw").rglob("*") if path.is_file() and ".fetch" not in path.parts
                  and not path.name.endswith(".meta.yml"))


def facts_of(path: Path) -> dict[str, object]:
    loaded = load_yaml(path.with_name(path.name + ".meta.yml"))
    assert isinstance(loaded, dict)
    return loaded


def pages(tmp_path: Path, source: str) -> dict[str, Page]:
    with open_state(tmp_path / "raw", source, write=False) as state:
        return {page.url: page for page in state.pages()}


def list_page(*links: tuple[str, str, str], furniture: str = "") -> str:
    items = "".join(f"<li><a href='{url}' title='{title}'>{title[:4]}…</a><span class='day'>{day}</span></li>" for url, title, day in links)
    return f"<html><body>{furniture}<a href='/about.html'>关于</a><ul class='items'>{items}</ul><a href='?p=2'>下一页</a></body></html>"


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


def one_document(site: Site, host: str, body: object = None) -> Source:
    site.put(f"{host}.example", "/", list_page(("/t20260201_1.html", "样例办法", "")))
    site.put(f"{host}.example", "/t20260201_1.html", body or document("样例办法"))  # type: ignore[arg-type]
    return make_source(site, host, [{"url": "/"}])


def test_a_second_fetch_asks_conditionally_and_only_changes_count(site: Site, tmp_path: Path) -> None:
    versions = [document("样例办法")]

    def page(one: object) -> None:
        tag = f'"{hashlib.sha256(versions[-1].encode()).hexdigest()[:8]}"'
        same = one.headers.get("if-none-match") == tag  # type: ignore[attr-defined]
        one.say(b"" if same else versions[-1].encode(), status=304 if same else 200, ETag=tag)  # type: ignore[attr-defined]

    source, clock = one_document(site, "turn", page), Clock()
    assert fetch(source, tmp_path, clock).counts["new"] == 1
    (path,) = landed(tmp_path)
    sidecar = path.with_name(path.name + ".meta.yml").read_bytes()
    n_asked = len(site.asked("turn.example"))
    assert fetch(source, tmp_path, clock).counts["unchanged"] == 1, "looked at a moment ago"
    assert len(site.asked("turn.example")) == n_asked + 1, "only the list was asked for"
    clock.sleep(86_400)
    assert fetch(source, tmp_path, clock).counts["unchanged"] == 1
    assert site.seen[-1].headers["if-none-match"], "304"
    clock.sleep(86_400)
    versions.append(versions[0].replace("<body>", "<body><!-- 12 visits --><script>var n = 12</script>"))
    assert fetch(source, tmp_path, clock).counts["unchanged"] == 1, "only furniture differs"
    assert path.with_name(path.name + ".meta.yml").read_bytes() == sidecar, "nothing downstream is stale"
    clock.sleep(86_400)
    versions.append(versions[0].replace("样例产业", "样例行业"))
    assert fetch(source, tmp_path, clock).counts["changed"] == 1
    assert landed(tmp_path) == [path] and path.read_text(encoding="utf-8") == versions[-1]
    assert [kept.read_text(encoding="utf-8") for kept in (tmp_path / "raw/.fetch/replaced").rglob("*.html")] == [versions[0]]
    assert path.with_name(path.name + ".meta.yml").read_bytes() != sidecar


def test_a_vanished_page_is_recorded_and_stays(site: Site, tmp_path: Path) -> None:
    source, clock = one_document(site, "gone"), Clock()
    fetch(source, tmp_path, clock)
    site.put("gone.example", "/t20260201_1.html", status(410))
    clock.sleep(86_400)
    report = fetch(source, tmp_path, clock)
    assert report.counts["vanished"] == 1 and len(landed(tmp_path)) == 1
    (row,) = pages(tmp_path, "gone").values()
    since = row.gone_at
    assert since and row.sha256
    clock.sleep(86_400)
    fetch(source, tmp_path, clock)
    assert pages(tmp_path, "gone")[row.url].gone_at == since, "since when, not when last"
    site.put("gone.example", "/t20260201_1.html", document("样例办法"))
    clock.sleep(86_400)
    assert fetch(source, tmp_path, clock).counts["unchanged"] == 1
    assert not pages(tmp_path, "gone")[row.url].gone_at, "it is back"


def test_a_page_no_list_names_any_more_is_looked_at_after_a_month(site: Site, tmp_path: Path) -> None:
    source, clock = one_document(site, "old"), Clock()
    fetch(source, tmp_path, clock)
    site.put("old.example", "/", list_page(("/t20260301_2.html", "样例规定", "")))
    site.put("old.example", "/t20260301_2.html", document("样例规定"))
    site.pages.pop("old.example/t20260201_1.html")
    clock.sleep(5 * 86_400)
    assert fetch(source, tmp_path, clock).counts["vanished"] == 0
    clock.sleep(31 * 86_400)
    assert fetch(source, tmp_path, clock).counts["vanished"] == 1


def test_a_changed_layout_fails_loudly_and_lands_nothing(site: Site, tmp_path: Path) -> None:
    links = [(f"/t202602{day:02}_{day}.html", "样例", "") for day in range(1, 21)]
    site.put("layout.example", "/", list_page(*links))
    site.put("layout.example", "/two", list_page(("/t20260228_99.html", "样例", "")))
    site.put("layout.example", "/t20260228_99.html", document("样例办法"))
    source, clock = make_source(site, "layout", [{"url": "/"}, {"url": "/two"}]), Clock()
    (first, _) = check_source(source, client_for(*source.hosts, clock=clock), tmp_path / "seen")
    assert (first.found, first.expected) == (20, None)
    (first, _) = check_source(source, client_for(*source.hosts, clock=clock), tmp_path / "seen")
    assert (first.found, first.expected) == (20, 20), "the record of the first check is what the second compares with"
    site.put("layout.example", "/", "<html><body><div id=app></div><script src=app.js></script></body></html>")
    report = fetch(source, tmp_path, clock)
    assert report.failed and [url for url, _, _ in report.lists] == [source.lists[0].url]
    assert "layout_changed: 0 documents, expected 10 to 40" in report.lists[0][1]
    assert report.counts["new"] == 1, "the other list of the source goes on"


def test_without_a_check_an_empty_list_is_a_note_not_an_expectation(site: Site, tmp_path: Path) -> None:
    site.put("empty.example", "/", "<html><body>nothing</body></html>")
    report = fetch(make_source(site, "empty", [{"url": "/"}]), tmp_path, Clock())
    assert not report.failed and "shows no document" in report.notes[0]


@pytest.mark.parametrize(("kind", "page", "reason"), [
    ("json", b"<html>login</html>", "list_unreadable"), ("json", b'{"data": {"list": {}}}', "list_unreadable"),
    ("feed", b"not xml", "list_unreadable"), ("page", status(404), "status_404"), ("page", status(503), "status_503"),
    ("page", redirect("http://10.0.0.1/"), "host")])
def test_a_list_that_cannot_be_read_fails_its_source(site: Site, tmp_path: Path, kind: str, page: object, reason: str) -> None:
    site.put("bad.example", "/", page)  # type: ignore[arg-type]
    extra = {"entries": "data.list", "link": "url"} if kind == "json" else {}
    report = fetch(make_source(site, "bad", [{"url": "/", "kind": kind, **extra}]), tmp_path, Clock())
    assert report.failed and report.lists[0][1].startswith(reason)


def test_one_bad_document_does_not_stop_the_others_and_is_tried_again(site: Site, tmp_path: Path) -> None:
    links = [(f"/t2026020{day}_{day}.html", "样例", "") for day in range(1, 5)]
    site.put("mixed.example", "/", list_page(*links))
    site.put("mixed.example", "/robots.txt", b"User-agent: *\nDisallow: /t20260204")
    for day, body in ((1, document("样例办法")), (2, cut), (3, status(500)), (4, document("样例规定"))):
        site.put("mixed.example", f"/t2026020{day}_{day}.html", body)  # type: ignore[arg-type]
    source = make_source(site, "mixed", [{"url": "/"}], concurrency=2)
    report = fetch(source, tmp_path, Clock())
    assert [report.counts[word] for word in ("new", "failed", "refused")] == [1, 2, 1] and not report.failed
    assert sorted(reason.partition(":")[0] for _, reason in report.problems) == ["cut_body", "robots", "status_500"]
    assert len(landed(tmp_path)) == 1, "half a document is none"
    site.put("mixed.example", "/t20260202_2.html", document("样例决定"))
    assert fetch(source, tmp_path, Clock()).counts["new"] == 1


def test_a_dead_host_is_given_up(site: Site, tmp_path: Path) -> None:
    site.put("dead.example", "/", list_page(*((f"/t20260201_{number}.html", "样例", "") for number in range(12))))
    for number in range(12):
        site.put("dead.example", f"/t20260201_{number}.html", status(503))
    report = fetch(make_source(site, "dead", [{"url": "/"}]), tmp_path, Clock())
    assert report.counts["failed"] == 12 and "gave up after 5" in report.notes[0]
    assert len(set(site.asked("dead.example"))) == 1 + 5


def test_an_interrupted_fetch_goes_on_where_it_stopped(site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    links = [(f"/t2026020{day}_{day}.html", "样例", "") for day in range(1, 6)]
    site.put("stop.example", "/", list_page(*links))
    for day in range(1, 6):
        site.put("stop.example", f"/t2026020{day}_{day}.html", document("样例办法", number=day))
    source = make_source(site, "stop", [{"url": "/"}])
    import pipeline.sources.landing as landing

    move, done = Path.replace, []

    def power_cut(self: Path, target: Path) -> Path:
        done.append(target)
        if len(done) == 6:      # the third document's file, its sidecar being in place
            raise KeyboardInterrupt
        return move(self, target)

    monkeypatch.setattr(landing.Path, "replace", power_cut)
    with pytest.raises(KeyboardInterrupt):
        fetch(source, tmp_path, Clock())
    monkeypatch.undo()
    assert len(landed(tmp_path)) == 3, "two documents and the hidden half of the third"
    report = fetch(source, tmp_path, Clock())
    assert (report.counts["unchanged"], report.counts["new"]) == (2, 3)
    assert all(path.with_name(path.name + ".meta.yml").is_file() for path in landed(tmp_path) if not path.name.startswith("."))
    assert not list((tmp_path / "raw").rglob("*.part")), "what the interrupted one left is cleared"
    assert site.asked("stop.example").count("/t20260201_1.html") == 1


def test_a_file_that_was_deleted_is_fetched_again(site: Site, tmp_path: Path) -> None:
    source, clock = one_document(site, "lost"), Clock()
    fetch(source, tmp_path, clock)
    landed(tmp_path)[0].unlink()
    assert fetch(source, tmp_path, clock).counts["new"] == 1 and len(landed(tmp_path)) == 1


def test_robots_are_kept_between_fetches_for_a_day(site: Site, tmp_path: Path) -> None:
    source, clock = one_document(site, "rules"), Clock()
    site.put("rules.example", "/robots.txt", b"User-agent: *\nDisallow: /private")
    for pause, n_read in ((0, 1), (3600, 1), (86_400, 2)):
        clock.sleep(pause)
        fetch(source, tmp_path, clock)
        assert [one.path for one in site.seen if one.host == "rules.example"].count("/robots.txt") == n_read


def test_dry_run_says_what_it_would_ask_and_writes_nothing(site: Site, tmp_path: Path) -> None:
    report = fetch(one_document(site, "dry"), tmp_path, Clock(), dry_run=True)
    assert report.wanted == [site.url("dry.example", "/t20260201_1.html")]
    assert not (tmp_path / "raw").exists() and site.asked("dry.example") == ["/"]


def test_warc_copy_holds_the_answer_as_it_came(site: Site, tmp_path: Path) -> None:
    import gzip

    body = document("样例办法").encode()
    source = one_document(site, "warc", lambda one: one.say(gzip.compress(body), Content_Encoding="gzip"))
    fetch(source, tmp_path, Clock(), warc=True)
    assert landed(tmp_path)[0].read_bytes() == body
    (copy,) = (tmp_path / "raw/.fetch/warc").glob("*.warc.gz")
    records = gzip.decompress(copy.read_bytes())
    assert records.startswith(b"WARC/1.1\r\nWARC-Type: warcinfo") and gzip.compress(body)[10:] in records
    assert f"WARC-Target-URI: {source.lists[0].url}t20260201_1.html".encode() in records
    head, _, rest = records[records.index(b"WARC-Type: response"):].partition(b"\r\n\r\n")
    length = int(head.rsplit(b"Content-Length: ", 1)[1])
    assert rest[length:] == b"\r\n\r\n", "the announced length is that of the block"


def test_two_fetches_of_one_source_do_not_meet(site: Site, tmp_path: Path) -> None:
    import fcntl

    from pipeline.errors import TifaError

    source = one_document(site, "lock")
    (tmp_path / "raw/.fetch").mkdir(parents=True)
    with (tmp_path / "raw/.fetch/lock.lock").open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        with pytest.raises(TifaError, match="under way"):
            fetch(source, tmp_path, Clock())
