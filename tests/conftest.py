"""What many tests share: the material folder beside the checkout, when it is there."""

from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder `../shared`; the test is skipped on machines that do not have it."""
    folder = ROOT.parent / "shared"
    if not (folder / "policy" / "manifest.csv").is_file():
        pytest.skip("the material folder ../shared is not on this machine")
    return folder
