"""Take docs/report.png: the Framing section of a report, as a reader meets it on a desktop.

`python tests/browser/make_figure.py reports/latest/index.html docs/report.png` needs selenium and Debian's chromium
and chromium-driver. The figure is 1,200 pixels wide and ends below the second chart.
"""

from __future__ import annotations

import base64
import shutil
import sys
import time
from pathlib import Path

from selenium import webdriver

WIDTH, MOST_BYTES = 1200, 200_000
FLAGS = ("--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update",
         "--disable-sync", "--no-first-run", "--hide-scrollbars", f"--window-size={WIDTH},1600")
END = """var found = Array.from(document.querySelectorAll('.part.on figure .actions')).slice(0, 2);
return document.documentElement.dataset.ready === 'framing' && found.length
    ? found[found.length - 1].getBoundingClientRect().top : 0"""


def take(index: Path, out: Path, *, lang: str = "en") -> int:
    """Write the picture. Returns: its size in bytes. Raises: SystemExit when charts do not come or it grows too large."""
    chromium, chromedriver = shutil.which("chromium"), shutil.which("chromedriver")
    if not chromium or not chromedriver:
        raise SystemExit("The figure needs chromium and chromedriver: apt-get install chromium chromium-driver")
    options = webdriver.ChromeOptions()
    options.binary_location = chromium
    for flag in FLAGS:
        options.add_argument(flag)
    driver = webdriver.Chrome(options=options, service=webdriver.ChromeService(chromedriver))
    try:
        driver.get(f"{index.resolve().as_uri()}?lang={lang}#framing")
        end, limit = 0.0, time.monotonic() + 20
        while not end and time.monotonic() < limit:
            time.sleep(0.2)
            end = float(driver.execute_script(END))
        if not end:
            raise SystemExit(f"{index} shows no chart in its Framing section; make the report again.")
        clip = {"x": 0, "y": 0, "width": WIDTH, "height": round(end), "scale": 1}
        taken = driver.execute_cdp_cmd("Page.captureScreenshot", {"clip": clip, "captureBeyondViewport": True})
    finally:
        driver.quit()
    picture = base64.b64decode(taken["data"])
    if len(picture) > MOST_BYTES:
        raise SystemExit(f"The figure has {len(picture)} bytes, more than {MOST_BYTES}; show fewer charts.")
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_bytes(picture)
    return len(picture)


if __name__ == "__main__":
    print(take(Path(sys.argv[1]), Path(sys.argv[2])), "bytes")
