"""One fetch of one source: its lists, what they announce, what belongs to that, all of it accounted for."""

from __future__ import annotations

import fcntl
import re
from collections import Counter, deque
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial
from itertools import islice
from pathlib import Path

from pipeline.errors import TifaError
from pipeline.sources.checking import expected_range, load_observations
from pipeline.sources.client import Answer, Client
from pipeline.sources.definitions import ListPage, Source
from pipeline.sources.lists import Entry, links_of
from pipeline.sources.pages import Job, is_fresh, look, note_trouble, settle
from pipeline.sources.polling import read_first_page, read_further_pages
from pipeline.sources.state import FOLDER, State, open_state
from pipeline.sources.trouble import Failed, Refused
from pipeline.sources.warc import append_warc

WORDS = ("new", "changed", "unchanged", "vanished", "older", "refused", "failed")
GIVE_UP_AFTER = 5
REVISIT_AFTER = timedelta(days=30)
MOST_REVISITED = 50
FOR_GOOD = frozenset({"host", "scheme", "userinfo", "port", "bad_url", "too_large", "too_large_decoded"})
"""Reasons for which an attachment is not asked for again of itself."""


@dataclass
class Report:
    """What one fetch of a source came to.

    asked: addresses announced, attached or due for another look = the sum of `counts` over WORDS (`older`: before --since).
    lists: per list that could not be used, its address, why, and whether trying again may help; any makes the source fail.
    problems: per address that was refused or failed, why. wanted: addresses that a dry run would have asked for. notes: what
    a person should know.
    """

    source: str
    counts: Counter[str] = field(default_factory=Counter)
    lists: list[tuple[str, str, bool]] = field(default_factory=list)
    problems: list[tuple[str, str]] = field(default_factory=list)
    wanted: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def asked(self) -> int:
        return sum(self.counts[word] for word in WORDS) + len(self.wanted)

    @property
    def failed(self) -> bool:
        return bool(self.lists)

    @property
    def may_recover(self) -> bool:
        """Whether every list that failed may be readable a minute later."""
        return self.failed and all(again for _, _, again in self.lists)

    def add_earlier(self, earlier: Report) -> None:
        """Count what an earlier try landed, and this one found unchanged, as what it was then."""
        for word in ("new", "changed"):
            self.counts[word] += earlier.counts[word]
            self.counts["unchanged"] -= earlier.counts[word]


def fetch_source(source: Source, *, raw: Path, observations: Path, client: Client, since: str = "", dry_run: bool = False,
                 warc: bool = False) -> Report:
    """Bring what a source publishes under raw/<source>/, once each, and say what became of every address.

    observations: folder of the checks (see checking); a list that shows a number of documents outside the range of its last
    check is not followed: its layout has changed. since: ISO day; what a list dates earlier is left alone. A fetch that was
    interrupted goes on where it stopped. Raises: TifaError when another fetch of the source is under way.
    """
    report = Report(source.name)
    with _alone(raw, source, dry_run), open_state(raw, source.name, write=not dry_run) as state:
        client.robots.update(state.robots())
        expected = load_observations(observations, source.name)
        jobs = _jobs(source, state, client, expected, since, report)
        queue: deque[Job] = deque()
        for job in jobs:
            if since and job.entry.date and job.entry.date < since:
                report.counts["older"] += 1
            elif is_fresh(job, source, raw, client.timing.now()):
                report.counts["unchanged"] += 1
            elif dry_run:
                report.wanted.append(job.entry.url)
            else:
                queue.append(job)
        _work(queue, {job.entry.url for job in jobs}, source, raw, client, state, report, warc)
        if not dry_run:
            state.put_robots(dict(client.robots))
    return report


def _jobs(source: Source, state: State, client: Client, expected: Mapping[str, int], since: str, report: Report) -> list[Job]:
    """Announced addresses in the order of the lists, then known ones, then attachments still owed and old ones unseen for long."""
    entries = [entry for one in source.lists for entry in _announced(one, source, client, expected, since, report)]
    entries += [Entry(url, facts=facts) for url, facts in source.known]
    rows = {page.url: page for page in state.pages()}
    jobs = {entry.url: Job(entry, rows.get(entry.url)) for entry in reversed(entries)}
    jobs = dict(reversed(jobs.items()))
    limit = (client.timing.now() - REVISIT_AFTER).isoformat(timespec="seconds")
    stale = sorted((page for page in rows.values() if page.sha256 and page.last_seen < limit), key=lambda page: page.last_seen)
    owed = [page for page in rows.values() if page.parent_url and not page.sha256 and not page.gone_at and page.trouble not in FOR_GOOD]
    for page in [*owed, *stale[:MOST_REVISITED]]:
        jobs.setdefault(page.url, Job(Entry(page.url, facts=source.facts), page, page.parent_url))
    return list(jobs.values())


def _announced(one: ListPage, source: Source, client: Client, expected: Mapping[str, int], since: str,
               report: Report) -> list[Entry]:
    try:
        first = read_first_page(one, source, client)
        if one.url in expected:
            low, high = expected_range(expected[one.url])
            if not low <= len(first) <= high:
                raise Failed("layout_changed", f"{len(first)} documents, expected {low} to {high} after {expected[one.url]}; look at "
                             f"the page, correct sources/{source.name}.yml, then run tifa fetch --check {source.name}", again=False)
        elif not first:
            report.notes.append(f"{one.url} shows no document; run tifa fetch --check {source.name}")
        return [*first, *read_further_pages(one, source, client, first=first, since=since)]
    except (Failed, Refused) as trouble:
        report.lists.append((one.url, str(trouble), isinstance(trouble, Failed) and trouble.again))
        return []


def _work(queue: deque[Job], known: set[str], source: Source, raw: Path, client: Client, state: State, report: Report,
          warc: bool) -> None:
    """Look at every address of the queue, `concurrency` at once, and write what came of it one after another."""
    in_a_row = 0
    record = raw / FOLDER / "warc" / f"{source.name}-{client.timing.now():%Y%m%dT%H%M%SZ}.warc.gz"
    with ThreadPoolExecutor(source.concurrency) as pool:
        while queue:
            batch = [queue.popleft() for _ in range(min(source.concurrency, len(queue)))]
            if in_a_row >= GIVE_UP_AFTER:
                _give_up([*batch, *queue], report)
                return
            for job, answer in zip(batch, pool.map(partial(look, raw=raw, client=client), batch), strict=True):
                now = client.timing.stamp()
                if isinstance(answer, Answer):
                    in_a_row = 0
                    if warc and answer.wire:
                        append_warc(record, answer, at=now)
                    queue.extendleft(reversed(_take(job, answer, source, raw, state, report, known, now)))
                else:
                    in_a_row = in_a_row + 1 if isinstance(answer, Failed) and answer.again else 0
                    word = "refused" if isinstance(answer, Refused) else "failed"
                    report.counts[word] += 1
                    report.problems.append((job.entry.url, str(answer)))
                    note_trouble(state, job, answer, now)


def _take(job: Job, answer: Answer, source: Source, raw: Path, state: State, report: Report, known: set[str],
          now: str) -> list[Job]:
    """Settle one answer; returns its attachments, which are owed before its own row says that it is done."""
    word, row = settle(job, answer, source=source, raw=raw, now=now)
    report.counts[word] += 1
    if word == "failed":
        report.problems.append((job.entry.url, f"{row.trouble}: nothing is there"))
    attached = []
    if answer.body and not job.parent_url and source.attachments:
        for url in links_of(answer):
            if url not in known and any(re.search(pattern, url) for pattern in source.attachments):
                known.add(url)
                page = state.page(url)
                attached.append(Job(Entry(url, date=job.entry.date, facts=job.entry.facts), page, job.entry.url))
                if page is None:
                    state.put(replace(row, url=url, path="", sha256="", n_bytes=0, etag="", last_modified="", first_seen=now,
                                      last_seen="", changed_at="", gone_at="", parent_url=job.entry.url, trouble="owed"))
    state.put(row)
    return [one for one in attached if not _counted_fresh(one, source, raw, now, report)]


def _counted_fresh(job: Job, source: Source, raw: Path, now: str, report: Report) -> bool:
    fresh = is_fresh(job, source, raw, datetime.fromisoformat(now))
    report.counts["unchanged"] += fresh
    return fresh


def _give_up(jobs: Iterable[Job], report: Report) -> None:
    left = list(jobs)
    report.counts["failed"] += len(left)
    report.problems += [(job.entry.url, "given_up: the host failed too often") for job in islice(left, 1)]
    report.notes.append(f"gave up after {GIVE_UP_AFTER} failures in a row; {len(left)} addresses were not asked for")


@contextmanager
def _alone(raw: Path, source: Source, dry_run: bool) -> Iterator[None]:
    """One fetch of a source at a time; the lock goes with the process that holds it."""
    if dry_run:
        yield
        return
    (raw / FOLDER).mkdir(parents=True, exist_ok=True)
    with (raw / FOLDER / f"{source.name}.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise TifaError(f"Another fetch of {source.name} is under way", where=str(raw / FOLDER),
                            todo="Wait until it has ended.") from error
        for left in (raw / source.name).rglob(".*.part"):      # of a fetch that was killed
            left.unlink()
        yield
