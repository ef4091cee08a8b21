"""The command `tifa fetch` on a publisher of this machine, under Prefect once, and what a run then makes of the folder."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from flows import polls
from flows.cli import app
from pipeline.documents.extract import read_file
from pipeline.documents.walk import walk
from pipeline.documents.worker import read_sidecar
from pipeline.settings import Settings, load_settings
from pipeline.sources import WORDS, Report
from pipeline.store import Store
from tests.sources.server import Clock, Site, document, serving

SOURCE = """source: {name}
fetch:
  publisher: 样例部
  language: zh
  hosts: ['127.0.0.1']
  documents: ['http://127[.]0[.]0[.]1:[0-9]{{1,5}}/{name}/t20[0-9]{{6}}_[0-9]{{1,6}}[.]html?']
  date_in_url: 't(?P<year>20[0-9]{{2}})(?P<month>[0-9]{{2}})(?P<day>[0-9]{{2}})_'
  {more}
  lists: [{{url: 'http://127.0.0.1:{port}/{name}/'}}]
"""


@pytest.fixture
def site() -> Iterator[Site]:
    with serving() as running:
        yield running


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "sources").mkdir()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TIFA_SOURCES", str(tmp_path / "sources"))
    monkeypatch.setenv("TIFA_ALLOW_LOOPBACK", "true")
    monkeypatch.setenv("PREFECT_HOME", str(tmp_path / "prefect"))
    monkeypatch.setattr(polls, "CLOCK", Clock().timing())
    return tmp_path


def publish(site: Site, folder: Path, name: str, pages: dict[str, str | bytes], more: str = "") -> None:
    host = "127.0.0.1"
    site.put(host, f"/{name}/", "<html><body>" + "".join(f"<a href='{page}'>样例</a>" for page in pages) + "</body></html>")
    for page, body in pages.items():
        site.put(host, f"/{name}/{page}", body)
    (folder / "sources" / f"{name}.yml").write_text(SOURCE.format(name=name, port=site.port, more=more), encoding="utf-8")


def tifa(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["fetch", *arguments])


def plainly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(polls, "run_jobs", lambda settings, jobs, stop: polls.run_plain(jobs, stop))


def test_dry_run_then_fetch_then_nothing_new(site: Site, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plainly(monkeypatch)
    publish(site, folder, "ministry", {"t20260201_1.html": document("样例办法"), "t20250201_2.html": document("样例规定")})
    dry = tifa("--dry-run", "--since", "2026-01-01")
    assert dry.exit_code == 0, dry.output
    assert dry.stdout == f"http://127.0.0.1:{site.port}/ministry/t20260201_1.html\n", "only what would be fetched is data"
    assert not (folder / "raw").exists()
    first, second = tifa(), tifa("ministry")
    assert "ministry: 2 addresses: 2 new, 0 changed, 0 unchanged, 0 vanished, 0 older, 0 refused, 0 failed" in first.stdout
    assert "0 new, 0 changed, 2 unchanged" in second.stdout and second.exit_code == 0


def test_one_source_that_fails_is_loud_and_stops_no_other(site: Site, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plainly(monkeypatch)
    pages: dict[str, str | bytes] = {f"t202602{day:02}_{day}.html": document("样例办法", number=day) for day in range(1, 9)}
    publish(site, folder, "good", {"t20260201_1.html": document("样例办法")})
    publish(site, folder, "moved", pages)
    checked = tifa("--check", "moved")
    assert checked.exit_code == 0 and "8 documents, never checked before" in checked.stdout
    assert "lists" in (folder / "processed/fetch/moved.yml").read_text(encoding="utf-8")
    site.put("127.0.0.1", "/moved/", "<html><body><script src='app.js'></script></body></html>")
    ended = tifa()
    assert ended.exit_code == 1
    assert "moved: 0 addresses" in ended.stdout and "FAILED" in ended.stdout and "layout_changed" in ended.stdout
    assert "good: 1 addresses: 1 new" in ended.stdout
    assert tifa("--check", "moved").exit_code == 1, "the check says so, too"


@pytest.mark.parametrize(("arguments", "status", "words"), [
    (("nowhere",), 2, "There is no source 'nowhere'"), (("--since", "yesterday"), 2, "is not a date"),
    (("--check", "nowhere"), 2, "nowhere"), (("--no-such-option",), 2, "No such option")])
def test_usage(folder: Path, arguments: tuple[str, ...], status: int, words: str) -> None:
    ended = tifa(*arguments)
    assert ended.exit_code == status and words in " ".join(ended.output.replace("│", " ").split())


def test_a_later_try_counts_what_an_earlier_one_landed() -> None:
    earlier, later = Report("a"), Report("a")
    earlier.counts.update(new=3, changed=1, failed=2)
    later.counts.update(unchanged=4, new=2)
    later.add_earlier(earlier)
    assert [later.counts[word] for word in WORDS] == [5, 1, 0, 0, 0, 0, 0] and later.asked == 6


def test_an_interrupt_ends_every_source_at_its_next_pause(site: Site, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pages: dict[str, str | bytes] = {f"t20260201_{number}.html": document("样例办法", number=number) for number in range(40)}
    publish(site, folder, "long", pages)
    stop = threading.Event()
    site.put("127.0.0.1", "/long/t20260201_3.html", lambda one: (stop.set(), one.say(b"<p>here</p>"))[1])
    settings = Settings(raw=folder / "raw", sources=folder / "sources", allow_loopback=True)
    with pytest.raises(KeyboardInterrupt):
        polls.run_plain(polls.make_jobs(settings, polls.choose(settings, []), stop=stop), stop)
    n_landed = len(list((folder / "raw").rglob("*.html")))
    assert 4 <= n_landed <= 6, "what was landed stays, the rest is not asked for"


@pytest.mark.slow
def test_under_prefect_the_same_is_fetched_and_recorded(site: Site, folder: Path) -> None:
    publish(site, folder, "ministry", {"t20260201_1.html": document("样例办法")})
    publish(site, folder, "gone", {"t20260202_1.html": document("样例规定")})
    site.pages.pop("127.0.0.1/gone/")
    ended = tifa()
    assert ended.exit_code == 1, ended.output
    assert "ministry: 1 addresses: 1 new" in ended.stdout and "gone: 0 addresses" in ended.stdout
    assert "status_404" in ended.stdout and "goes on without" not in ended.output
    publish(site, folder, "second", {"t20260203_1.html": document("样例决定")})

    from prefect import flow

    from flows.fetch import fetch_sources

    @flow(name="round", persist_result=False)
    def round_of_schedule() -> None:
        reports.extend(fetch_sources(load_settings({})))

    reports: list[Report] = []
    round_of_schedule()
    assert {report.source: report.counts["new"] for report in reports} == {"ministry": 0, "gone": 0, "second": 1}
    assert [report.source for report in reports if report.failed] == ["gone"], "which does not stop the round"


FACTS = "facts: {doc_type: guideline, doc_number: 样例发〔2026〕7号}"


def fetch_one_page(site: Site, folder: Path) -> None:
    """A page in GB18030 that says gb2312, of a source that states two facts."""
    page = document("样例服务管理办法", "2026-02-01").replace("utf-8", "gb2312").replace("样例部", "样例部镕喆").encode("gb18030")
    publish(site, folder, "ministry", {"t20260215_1.html": page}, more=FACTS)
    assert tifa().exit_code == 0
    assert next((folder / "raw").rglob("*.html")).read_bytes() == page


def check_facts(row: dict[str, object]) -> None:
    assert (row["doc_type"], row["doc_number"]) == ("guideline", "样例发〔2026〕7号"), "what the source states holds"
    assert row["date_issued"] == "2026-02-01", "the date that the text prints, not the day that its address prints"
    assert (row["title"], row["encoding"]) == ("样例服务管理办法", "gb18030")
    assert "镕喆" in str(row["text"]) and "sidecar_unknown_key" not in list(row["flags"])  # type: ignore[call-overload]


def test_what_was_fetched_is_read_with_its_sidecars(site: Site, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plainly(monkeypatch)
    fetch_one_page(site, folder)
    seen = walk(folder / "raw")
    assert [file.reason for file in seen if file.outcome == "skipped"] == ["hidden", "sidecar"], "neither is an input"
    (file,) = [file for file in seen if not file.outcome]
    sidecar, flags = read_sidecar(str(file.sidecar))
    (row,) = read_file(file.os_path, rel_path=file.rel_path, sidecar=sidecar, sha256=file.sha256)
    check_facts(row)
    assert flags == []


@pytest.mark.slow
def test_a_source_whose_list_fails_for_a_while_is_tried_again(site: Site, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from flows.prefect_home import prepare

    settings = Settings(raw=folder / "raw", processed=folder / "processed", sources=folder / "sources", allow_loopback=True)
    settings.processed.mkdir()
    prepare(settings)
    from flows import fetch

    monkeypatch.setattr(fetch, "poll", fetch.poll.with_options(retry_delay_seconds=0))
    publish(site, folder, "flaky", {"t20260201_1.html": document("样例办法")})
    page, turns = site.pages["127.0.0.1/flaky/"], iter(range(100))
    site.put("127.0.0.1", "/flaky/", lambda one: one.say(b"", status=503) if next(turns) < 4 else page(one))
    finished: dict[str, Report] = {}
    fetch.fetch_flow(polls.make_jobs(settings, polls.choose(settings, [])), [], finished)
    assert finished["flaky"].counts["new"] == 1 and not finished["flaky"].failed
    assert next(turns) == 5, "four tries of one request, then the second try of the task"


@pytest.mark.slow
def test_a_run_takes_in_what_was_fetched(site: Site, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from pipeline.stages import refresh
    from tests.stages.test_refresh import Silent

    plainly(monkeypatch)
    fetch_one_page(site, folder)
    settings = Settings(raw=folder / "raw", processed=folder / "processed", reports=folder / "reports")
    ticks = iter(f"2026-03-02T00:00:{second:02d}+00:00" for second in range(60))
    refresh(settings, clock=lambda: next(ticks), progress=Silent())
    with Store(settings.database, read_only=True) as store:
        files, (row,) = store.read("files"), store.read("documents").to_dict("records")
    assert sorted(files["outcome"]) == ["document", "skipped", "skipped"]
    check_facts(row)
    assert (settings.reports / "latest" / "index.html").is_file()
