"""A headless Chromium that tells what it asked the network for and what it complained about."""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from pipeline.settings import Settings
from pipeline.stages import refresh
from tests.reports.conftest import write_made_report
from tests.reports.fixtures.made_tables import make_tables
from tests.sample.conftest import AS_OF, SAMPLE
from tests.stages.test_refresh import Silent

FLAGS = ("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
         "--disable-background-networking", "--disable-component-update", "--disable-sync", "--window-size=1366,900")
SECTIONS = ("overview", "framing", "change", "actors", "instruments", "lens", "formulations", "commitments", "claims",
            "documents", "methods")


@dataclass
class Browser:
    """A driver and the folder it reads."""

    driver: Any
    folder: Path

    def open(self, place: str) -> None:
        """Load a page of the report afresh and wait until its section is drawn."""
        self.driver.get("about:blank")
        self.driver.get(f"{self.folder.as_uri()}/{place}")
        if place.startswith("index.html"):
            self.wait(lambda: self.js("return document.documentElement.dataset.ready"))

    def js(self, script: str, *arguments: Any) -> Any:
        """Result of a script run in the page."""
        return self.driver.execute_script(script, *arguments)

    def wait(self, condition: Callable[[], Any], *, seconds: float = 15) -> Any:
        """The first true value of `condition`. Raises: AssertionError after `seconds`."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if found := condition():
                return found
            time.sleep(0.05)
        raise AssertionError("the page did not get there in time")

    def complaints(self) -> list[str]:
        """What the console says since the last call."""
        return [entry["message"] for entry in self.driver.get_log("browser")]

    def requests(self) -> list[str]:
        """Addresses asked for since the last call, files left out: those of this report, and of others opened before."""
        messages = [json.loads(entry["message"])["message"] for entry in self.driver.get_log("performance")]
        asked = [message["params"]["request"]["url"] for message in messages
                 if message["method"] == "Network.requestWillBeSent"]
        return [url for url in asked if not url.startswith(("file://", "chrome://", "data:"))]


@pytest.fixture(scope="session")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    webdriver = pytest.importorskip("selenium.webdriver", reason="selenium is not installed")
    chromium, chromedriver = shutil.which("chromium"), shutil.which("chromedriver")
    if not chromium or not chromedriver:
        pytest.skip("needs Debian's chromium and chromium-driver")
    folder = tmp_path_factory.mktemp("report")
    write_made_report(make_tables(508, mean_sentences=60), folder)
    options = webdriver.ChromeOptions()
    options.binary_location = chromium
    for flag in (*FLAGS, f"--user-data-dir={tmp_path_factory.mktemp('profile')}"):
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    driver = webdriver.Chrome(options=options, service=webdriver.ChromeService(chromedriver))
    found = Browser(driver, folder)
    driver.get("about:blank")
    found.requests()
    yield found
    driver.quit()


@pytest.fixture(scope="session")
def sample(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Browser:
    """The same browser on the report of a whole run over raw/sample: every section with real tables."""
    folder = tmp_path_factory.mktemp("sample")
    settings = Settings(raw=SAMPLE, processed=folder / "processed", reports=folder / "reports", as_of=AS_OF)
    done = refresh(settings, clock=lambda: f"{AS_OF}T00:00:00Z", progress=Silent())
    assert done.report is not None
    return Browser(browser.driver, done.report.parent)
