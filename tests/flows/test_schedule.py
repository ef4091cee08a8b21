"""A real schedule: server and worker on loopback, cron fires, a text published between two rounds is in the second report.

Takes about four minutes, most of it waiting for the clock; `make test-schedule`, and once in continuous integration.
"""

import shutil
import time
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
import yaml

from pipeline.errors import StoreError
from pipeline.store import Store
from tests.flows.prefect_server import ROOT, environment, free_port, prefect, program, wait_for_server
from tests.sources.server import Site, serving

pytestmark = pytest.mark.slow
TITLE = "样例人工智能服务安全管理办法"
TEXTS = {1: ("样例人工智能统计报表办法", "第{place}类样例人工智能企业每季度报送第{place}号统计报表，报表格式由样例机构规定。"),
         2: (TITLE, "提供第{place}类人工智能服务的，应当保障网络安全和数据安全，防范安全风险，不得泄露第{place}类个人信息。")}
SOURCE = """source: made
fetch:
  publisher: 样例部
  language: zh
  hosts: ['127.0.0.1']
  delay_s: 1.0
  fresh_hours: 0.001
  documents: ['http://127[.]0[.]0[.]1:[0-9]{{1,5}}/made/[0-9]{{1,6}}[.]html']
  lists: [{{url: 'http://127.0.0.1:{port}/made/'}}]
"""


def publish(site: Site, numbers: list[int]) -> None:
    """A list page with these texts: invented rules on different matters, dated in the year of the sample's latest headline."""
    host = "127.0.0.1"
    site.put(host, "/made/", "<html><body>" + "".join(f"<a href='{number}.html'>{TEXTS[number][0]}</a>" for number in numbers)
             + "</body></html>")
    for number in numbers:
        title, article = TEXTS[number]
        articles = "".join(f"<p>第{name}条　{article.format(place=name)}</p>" for name in "一二三四五六七八")
        site.put(host, f"/made/{number}.html",
                 f"<html><head><meta charset='utf-8'><title>{title}</title></head><body><h1>{title}</h1>"
                 f"<p>国家互联网信息办公室令第{number}号</p>{articles}<p>国家互联网信息办公室</p>"
                 f"<p>2024年3月{number}日</p></body></html>")


def wait_until(done: Callable[[], bool], what: str, log: Path, *, seconds: float = 300) -> None:
    end = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < end, f"{what} did not happen in time; the worker says:\n{log.read_text(errors='replace')[-3000:]}"
        time.sleep(2)


def table(folder: Path, name: str) -> pd.DataFrame:
    try:
        with Store(folder / "processed" / "tifa.duckdb", read_only=True) as store:
            return store.read(name)
    except StoreError:  # no tables yet
        return pd.DataFrame(columns=["as_of", "finding_id", "cause", "state", "title"])


def deploy(folder: Path, settings: dict[str, str], as_of: str) -> None:
    """The project's own deployments, with a cron that fires every minute and a fixed day for the report."""
    declared = yaml.safe_load((ROOT / "prefect.yaml").read_text(encoding="utf-8"))
    scheduled = declared["deployments"][0]
    scheduled["schedules"][0]["cron"] = "* * * * *"
    scheduled["parameters"] |= {"as_of": as_of}
    declared["deployments"] = [scheduled]
    (folder / "prefect.yaml").write_text(yaml.safe_dump(declared), encoding="utf-8")
    prefect("deploy", "--all", folder=folder, settings=settings)


def test_a_text_published_between_two_rounds_is_in_the_second_report(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "raw" / "sample", tmp_path / "raw")
    (tmp_path / "sources").mkdir()
    settings = environment(tmp_path / "home", free_port()) | {"TIFA_SOURCES": str(tmp_path / "sources"), "TIFA_ALLOW_LOOPBACK": "true",
                                                              "PWD": str(tmp_path)}
    port = settings["PREFECT_API_URL"].split(":")[2].split("/")[0]
    log = tmp_path / "worker.log"
    with (serving() as site,
          program(["prefect", "server", "start", "--host", "127.0.0.1", "--port", port], log=tmp_path / "server.log", folder=tmp_path,
                  settings=settings)):
        (tmp_path / "sources" / "made.yml").write_text(SOURCE.format(port=site.port), encoding="utf-8")
        publish(site, [1])
        wait_for_server(settings)
        prefect("work-pool", "create", "tifa", "--type", "process", folder=tmp_path, settings=settings)
        deploy(tmp_path, settings, "2026-02-01")
        with program(["prefect", "worker", "start", "--pool", "tifa"], log=log, folder=tmp_path, settings=settings):
            wait_until(lambda: "2026-02-01" in set(table(tmp_path, "findings")["as_of"]), "The first round", log)
            publish(site, [1, 2])
            deploy(tmp_path, settings, "2026-02-02")
            wait_until(lambda: "2026-02-02" in set(table(tmp_path, "findings")["as_of"]), "The second round", log)
    assert set(table(tmp_path, "runs")["state"]) == {"completed"}
    documents = table(tmp_path, "documents")
    new = documents[documents["title"] == TITLE]
    assert len(new) == 1, "fetched, landed with its sidecar, read"
    page = (tmp_path / "reports" / "latest" / "documents" / f"{new['doc_id'].iloc[0]}.html").read_text(encoding="utf-8")
    assert TITLE in page
    findings = table(tmp_path, "findings")
    moved = findings[(findings["as_of"] == "2026-02-02") & ~findings["cause"].isin(["unchanged", "first_report"])]
    assert len(moved) >= 1, "the new rule moves a headline"
