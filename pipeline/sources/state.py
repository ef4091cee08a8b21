"""What is known of every address that was asked: one SQLite file a source under raw/.fetch/, safe against a crash.

A row is written when its file is in place, so that an interrupted fetch goes on where it stopped.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import astuple, dataclass, fields
from pathlib import Path

FOLDER = ".fetch"


@dataclass(frozen=True)
class Page:
    """One address. path: of its file, relative to raw/; sha256: of the file's bytes, "" when there is none yet.

    Times are ISO 8601 UTC: first_seen and changed_at of the content, last_seen of the last answer, gone_at since when the
    server says that the page is no more ("" = it is there). parent_url: the page that it is attached to.
    """

    url: str
    path: str = ""
    sha256: str = ""
    n_bytes: int = 0
    etag: str = ""
    last_modified: str = ""
    first_seen: str = ""
    last_seen: str = ""
    changed_at: str = ""
    gone_at: str = ""
    parent_url: str = ""
    trouble: str = ""


_NAMES = [one.name for one in fields(Page)]
_SCHEMA = (f"CREATE TABLE IF NOT EXISTS pages (url TEXT PRIMARY KEY, {', '.join(_NAMES[1:])})",
           "CREATE TABLE IF NOT EXISTS robots (origin TEXT PRIMARY KEY, fetched_at TEXT, status INTEGER, body TEXT)")


class State:
    """Pages and robots rules of one source; see open_state."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def page(self, url: str) -> Page | None:
        """The row of an address; None when it was never asked."""
        row = self._connection.execute(f"SELECT {', '.join(_NAMES)} FROM pages WHERE url = ?", (url,)).fetchone()
        return Page(*row) if row else None

    def pages(self) -> list[Page]:
        """All rows, by address."""
        return [Page(*row) for row in self._connection.execute(f"SELECT {', '.join(_NAMES)} FROM pages ORDER BY url")]

    def put(self, page: Page) -> None:
        """Write one row, at once and for good."""
        with self._connection:
            self._connection.execute(f"INSERT OR REPLACE INTO pages VALUES ({', '.join('?' * len(_NAMES))})", astuple(page))

    def robots(self) -> dict[str, tuple[str, int, str]]:
        """Origin → when its rules were read, status, text."""
        return {row[0]: (row[1], row[2], row[3]) for row in self._connection.execute("SELECT * FROM robots")}

    def put_robots(self, rules: dict[str, tuple[str, int, str]]) -> None:
        """Keep rules for the next fetch."""
        with self._connection:
            self._connection.executemany("INSERT OR REPLACE INTO robots VALUES (?, ?, ?, ?)",
                                         [(origin, *kept) for origin, kept in sorted(rules.items())])


@contextmanager
def open_state(raw: Path, source: str, *, write: bool = True) -> Iterator[State]:
    """The state of a source; with `write=False` nothing on disk is changed, not even made."""
    path = raw / FOLDER / f"{source}.sqlite"
    if write:
        path.parent.mkdir(parents=True, exist_ok=True)
    if write or path.is_file():
        connection = sqlite3.connect(path if write else f"file:{path}?mode=ro", uri=not write)
    else:
        connection = sqlite3.connect(":memory:")
    try:
        if write or not path.is_file():
            for statement in _SCHEMA:
                connection.execute(statement)
        yield State(connection)
    finally:
        connection.close()
