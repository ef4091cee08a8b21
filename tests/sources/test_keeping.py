"""A source over time: asked conditionally, compared, recorded, resumed; what fails is loud and stops nothing else."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from pipeline.sources import check_source
from tests.sources.polled import fetch, landed, list_page, make_source, one_document, pages
from tests.sources.server import Clock, Site, client_for, cut, document, redirect, status


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
