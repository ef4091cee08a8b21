"""One document: asked for conditionally, compared with what is held, landed when it is new or has changed."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

from pipeline.sources.client import GONE, Answer, Client, ask
from pipeline.sources.definitions import Source
from pipeline.sources.landing import land, path_of, same_words, write_whole
from pipeline.sources.lists import Entry
from pipeline.sources.robots import permit
from pipeline.sources.state import FOLDER, Page, State
from pipeline.sources.trouble import Failed, Refused


@dataclass(frozen=True)
class Job:
    """One address to look at. parent_url: the page that it is attached to. page: what is known of it."""

    entry: Entry
    page: Page | None = None
    parent_url: str = ""


def is_fresh(job: Job, source: Source, raw: Path, now: datetime) -> bool:
    """Whether its file is held and was looked at less than the source's `fresh_hours` ago."""
    if not _is_held(job, raw) or job.page is None:
        return False
    return now - datetime.fromisoformat(job.page.last_seen) < timedelta(hours=source.fresh_hours)


def _is_held(job: Job, raw: Path) -> bool:
    return bool(job.page and job.page.sha256 and (raw / job.page.path).is_file())


def look(job: Job, *, raw: Path, client: Client) -> Answer | Refused | Failed:
    """The answer for one address, or what came in its way; conditional when its file is held. Writes nothing."""
    headers = {}
    if job.page and _is_held(job, raw):
        headers = {name: value for name, value in (("If-None-Match", job.page.etag), ("If-Modified-Since", job.page.last_modified))
                   if value}
    try:
        return ask(client, job.entry.url, headers=headers, permit=partial(permit, client))
    except (Refused, Failed) as trouble:
        return trouble


def settle(job: Job, answer: Answer, *, source: Source, raw: Path, now: str) -> tuple[str, Page]:
    """What the answer means, and the row to keep; a new or changed document is landed under raw/.

    Returns: `new`, `changed`, `unchanged`, `vanished`, or `failed` for an address that never held anything.
    """
    held = job.page if job.page and _is_held(job, raw) else None
    if answer.status in GONE:
        row = replace(job.page or Page(job.entry.url, first_seen=now), last_seen=now, parent_url=job.parent_url,
                      trouble=f"status_{answer.status}")
        row = replace(row, gone_at=row.gone_at or now)
        return ("vanished" if job.page and job.page.sha256 else "failed"), row
    if answer.status == 304:
        if held is None:      # nothing was sent that could be unchanged
            return "failed", replace(_troubled(job, now), trouble="status_304")
        return "unchanged", replace(held, last_seen=now, gone_at="", trouble="")
    sha256 = hashlib.sha256(answer.body).hexdigest()
    row = Page(job.entry.url, held.path if held else path_of(source.name, job.entry.url, answer.header("content-type"), day=job.entry.date),
               sha256, len(answer.body), answer.header("etag"), answer.header("last-modified"), held.first_seen if held else now,
               now, now, "", job.parent_url)
    if held:
        old = (raw / held.path).read_bytes()
        if same_words(old, answer.body):
            return "unchanged", replace(row, sha256=held.sha256, n_bytes=held.n_bytes, changed_at=held.changed_at)
        write_whole(_kept(raw, source, held), old)
    land(raw, row.path, answer.body, _facts(job, now))
    return ("changed" if held else "new"), row


def _troubled(job: Job, now: str) -> Page:
    return job.page or Page(job.entry.url, first_seen=now, parent_url=job.parent_url)


def note_trouble(state: State, job: Job, trouble: Refused | Failed, now: str) -> None:
    """Keep why an address gave nothing; what is held of it stays."""
    state.put(replace(_troubled(job, now), trouble=trouble.reason))


def _kept(raw: Path, source: Source, held: Page) -> Path:
    path = raw / FOLDER / "replaced" / source.name / f"{held.sha256[:16]}-{Path(held.path).name}"
    path.parent.mkdir(parents=True, exist_ok=True)
    return path


def _facts(job: Job, now: str) -> dict[str, object]:
    stated = {"source_url": job.entry.url, "fetched_at": now, "listed_title": job.entry.title, "listed_date": job.entry.date,
              "parent_url": job.parent_url}
    return {key: value for key, value in stated.items() if value} | dict(job.entry.facts)
