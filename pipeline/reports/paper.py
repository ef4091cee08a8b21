"""report.pdf: the page as headless Chromium prints it, where Chromium is installed."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from pathlib import Path

from pipeline.errors import TifaError

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = ("--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update",
         "--disable-sync", "--no-first-run", "--no-pdf-header-footer", "--virtual-time-budget=60000")
TIMEOUT_S = 180


def print_page(index: Path, out: Path) -> bool:
    """Print `index` into the file `out`, every section with its charts. The bytes carry the time of printing.

    Returns: False when no Chromium is installed; the print stylesheet of the page serves then.
    Raises: TifaError when Chromium is there and prints nothing.
    """
    program = next((found for name in NAMES if (found := shutil.which(name))), None)
    if program is None:
        return False
    with tempfile.TemporaryDirectory(prefix="tifa-print-") as profile:
        command = [program, *FLAGS, f"--user-data-dir={profile}", f"--print-to-pdf={out.resolve()}",
                   index.resolve().as_uri() + "?print=1"]
        try:
            done = subprocess.run(command, capture_output=True, timeout=TIMEOUT_S, check=False)
        except subprocess.TimeoutExpired as error:
            raise TifaError(f"Chromium did not print the report in {TIMEOUT_S} seconds", where=str(index),
                            todo="Print index.html from a browser, or run without `pdf`.") from error
    if not out.is_file() or out.stat().st_size == 0:
        said = done.stderr.decode("utf-8", "replace").strip().splitlines()[-1:]
        raise TifaError(f"Chromium printed nothing: {' '.join(said)}", where=str(index),
                        todo="Print index.html from a browser, or run without `pdf`.")
    return True
