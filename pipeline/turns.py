"""One run at a time in one folder, on a copy of the tables that replaces them only when the run is complete.

So a failed run leaves the tables as they were, readers never wait for a writer, and the next run goes on from the copy.
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pipeline.errors import StoreError
from pipeline.store import Store


class Busy(StoreError):
    """Another run holds the folder."""


@contextmanager
def write_lock(folder: Path, *, holder: str) -> Iterator[None]:
    """Only one run writes into a folder. Raises: Busy, which names the run holding it."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / ".lock").open("a+", encoding="utf-8") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            lock.seek(0)
            raise Busy(f"Another run is writing here: {_said(lock.read())}", where=str(folder),
                       todo="Wait until it ends, or stop it; --overlap wait does the first.") from error
        lock.truncate(0)
        lock.write(json.dumps({"holder": holder, "pid": os.getpid()}))
        lock.flush()
        try:
            yield
        finally:
            lock.truncate(0)


def _said(written: str) -> str:
    """Who holds the lock, in words; another process while the holder has not written its name yet."""
    try:
        owner = json.loads(written)
        return f"{owner['holder']}, process {owner['pid']}"
    except (ValueError, KeyError, TypeError):
        return "another process"


def begin_work(database: Path) -> Path:
    """Path of the copy a run works on: the one an unfinished run left, if it began from these tables; else a new one."""
    work = database.with_name(database.name + ".work")
    if work.is_file() and _last_run(work) == _last_run(database):
        return work
    for stale in (work, work.with_name(work.name + ".wal")):
        stale.unlink(missing_ok=True)
    if database.is_file():
        shutil.copyfile(database, work)
    return work


def finish_work(database: Path) -> None:
    """Put the finished copy in the place of the tables, in one step."""
    work = database.with_name(database.name + ".work")
    work.with_name(work.name + ".wal").unlink(missing_ok=True)
    work.replace(database)


def _last_run(path: Path) -> str | None:
    if not path.is_file():
        return None
    try:
        with Store(path, read_only=True) as store:
            frame = store.query("SELECT max(finished_at || run_id) AS last FROM runs WHERE finished_at IS NOT NULL")
    except StoreError:
        return f"unreadable: {path}"
    return None if frame.empty else frame["last"].iloc[0]
