"""One fetch of one source: its lists, what they announce, what belongs to that, all of it accounted for."""

from __future__ import annotations

import fcntl
import re
from collections import Counter, deque
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
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
from pipeline.sources.state import FOLDER, Page, State, open_state
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
        record = raw / FOLDER / "warc" / f"{source.name}-{client.timing.now():%Y%m%dT%H%M%SZ}.warc.gz" if warc else None
        this = _Round(source, raw, client, state, report, record)
        jobs = _jobs(this, load_observations(observations, source.name), since)
        this.known.update(job.entry.url for job in jobs)
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
        _work(this, queue)
        if not dry_run:
            state.put_robots(dict(client.robots))
    return report


@dataclass(frozen=True)
class _Round:
    """What the steps of one fetch share. record: WARC file, None for none. known: addresses that have a job, or had one."""

    source: Source
    raw: Path
    client: Client
    state: State
    report: Report
    record: Path | None
    known: set[str] = field(default_factory=set)


def _jobs(this: _Round, expected: Mapping[str, int], since: str) -> list[Job]:
    """Announced addresses in the order of the lists, then known ones, then attachments still owed and old ones unseen for long."""
    entries = [entry for one in this.source.lists for entry in _announced(this, one, expected, since)]
    entries += [Entry(url, facts=facts) for url, facts in this.source.known]
    rows = {page.url: page for page in this.state.pages()}
    jobs: dict[str, Job] = {}
    for entry in entries:
        jobs.setdefault(entry.url, Job(entry, rows.get(entry.url)))
    limit = (this.client.timing.now() - REVISIT_AFTER).isoformat(timespec="seconds")
    stale = sorted((page for page in rows.values() if page.sha256 and page.last_seen < limit), key=lambda page: page.last_seen)
    owed = [page for page in rows.values() if page.parent_url and not page.sha256 and not page.gone_at and page.trouble not in FOR_GOOD]
    for page in [*owed, *stale[:MOST_REVISITED]]:
        jobs.setdefault(page.url, Job(Entry(page.url, facts=this.source.facts), page, page.parent_url))
    return list(jobs.values())


def _announced(this: _Round, one: ListPage, expected: Mapping[str, int], since: str) -> list[Entry]:
    try:
        first = read_first_page(one, this.source, this.client)
        if one.url in expected:
            _check_layout(len(first), expected[one.url], this.source.name)
        elif not first:
            this.report.notes.append(f"{one.url} shows no document; run tifa fetch --check {this.source.name}")
        return [*first, *read_further_pages(one, this.source, this.client, first=first, since=since)]
    except (Failed, Refused) as trouble:
        again = trouble.again if isinstance(trouble, Failed) else trouble.reason == "robots_unreachable"
        this.report.lists.append((one.url, str(trouble), again))
        return []


def _check_layout(found: int, before: int, name: str) -> None:
    low, high = expected_range(before)
    if not low <= found <= high:
        raise Failed("layout_changed", f"{found} documents, expected {low} to {high} after {before}; look at the page, correct "
                     f"sources/{name}.yml, then run tifa fetch --check {name}", again=False)


def _work(this: _Round, queue: deque[Job]) -> None:
    """Look at every address of the queue, `concurrency` at once, and write what came of it one after another."""
    in_a_row, at_once = 0, this.source.concurrency
    with ThreadPoolExecutor(at_once) as pool:
        while queue:
            if in_a_row >= GIVE_UP_AFTER:
                _give_up(queue, this.report)
                return
            batch = [queue.popleft() for _ in range(min(at_once, len(queue)))]
            for job, answer in zip(batch, pool.map(partial(look, raw=this.raw, client=this.client), batch), strict=True):
                now = this.client.timing.stamp()
                if isinstance(answer, Answer):
                    in_a_row = 0
                    queue.extendleft(reversed(_take(this, job, answer, now)))
                else:
                    in_a_row = in_a_row + 1 if isinstance(answer, Failed) and answer.again else 0
                    this.report.counts["refused" if isinstance(answer, Refused) else "failed"] += 1
                    this.report.problems.append((job.entry.url, str(answer)))
                    note_trouble(this.state, job, answer, now)


def _take(this: _Round, job: Job, answer: Answer, now: str) -> list[Job]:
    """Settle one answer; returns its attachments, which are owed before its own row says that it is done."""
    if this.record and answer.wire:
        append_warc(this.record, answer, at=now)
    word, row = settle(job, answer, source=this.source, raw=this.raw, now=now)
    this.report.counts[word] += 1
    if word == "failed":
        this.report.problems.append((job.entry.url, f"{row.trouble}: nothing is there"))
    attached = _attachments(this, job, answer, now) if answer.body and not job.parent_url else []
    this.state.put(row)
    return attached


def _attachments(this: _Round, job: Job, answer: Answer, now: str) -> list[Job]:
    """Jobs for what is attached to a page and was not looked at a moment ago."""
    jobs = []
    for url in links_of(answer) if this.source.attachments else []:
        if url in this.known or not any(re.search(pattern, url) for pattern in this.source.attachments):
            continue
        this.known.add(url)
        page = this.state.page(url)
        if page is None:
            page = Page(url, first_seen=now, parent_url=job.entry.url, trouble="owed")
            this.state.put(page)
        attached = Job(Entry(url, date=job.entry.date, facts=job.entry.facts), page, job.entry.url)
        if is_fresh(attached, this.source, this.raw, this.client.timing.now()):
            this.report.counts["unchanged"] += 1
        else:
            jobs.append(attached)
    return jobs


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
