"""One server for each file of tests."""

from collections.abc import Iterator

import pytest

from tests.sources.server import Site, serving


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    with serving() as running:
        yield running
