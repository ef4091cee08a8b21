"""Who hears of a run: a file, stdout, a webhook, mail, or any notification block that is saved in Prefect.

The setting `notify` lists the places: `file:PATH` (one JSON line a message), `stdout`, `https://…` (JSON by POST),
`mailto:somebody@example.org`, `block:slack-webhook/policy` (a Prefect block by type and name). A place that cannot be
reached fails nothing: its message is kept beside the tables and sent again at the next run.
"""

from __future__ import annotations

import json
import os
import smtplib
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from email.message import EmailMessage
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from flows.progress import say
from pipeline.alerts import COLUMNS_WATCHED, Alert, load_rules, watch
from pipeline.errors import TifaError
from pipeline.settings import Settings
from pipeline.store import Store

SECONDS = 20.0
KEPT = 200  # messages that wait for a place, each; a place that never answers must not fill the disk


def check_places(settings: Settings) -> None:
    """Raises: TifaError for a place or a rules file that could never work, before any work begins."""
    load_rules(settings.alerts)
    for place in settings.notify:
        if place != "stdout" and place.partition(":")[0] not in SENDERS:
            raise TifaError(f"{place!r} is no place to send news to", where="notify",
                            todo="Write stdout, file:PATH, https://…, mailto:… or block:TYPE/NAME.")
        if place.startswith("mailto:") and not settings.smtp:
            raise TifaError(f"{place} needs a mail server", where="notify", todo="Set smtp, e.g. smtp://user@mail.example.org:587.")


def tell(settings: Settings, *, as_of: str, state: str, lines: Sequence[str], report: str | None) -> list[Alert]:
    """Look for alerts (after a completed run) and send what is to be told to every place; returns the alerts.

    state: `completed` or `failed`. lines: the run's summary. report: path of its index.html. The message is kept in
    `alerts.json` beside the tables before it is sent, together with what the rules saw, so that a message may arrive
    twice but is never lost. A report for a day before the newest one looked at (a backfill) neither alerts nor notes.
    """
    noted = _read(settings)
    alerts: list[Alert] = []
    if state == "completed" and as_of >= noted["as_of"]:
        with Store(settings.database, read_only=True) as store:
            tables = {table: store.read(table, columns=columns) for table, columns in COLUMNS_WATCHED.items()}
        alerts, noted["states"] = watch(tables, load_rules(settings.alerts), noted["states"], as_of=as_of)
        noted["as_of"] = as_of
    news = {"as_of": as_of, "state": state, "summary": list(lines), "report": report,
            "alerts": [asdict(alert) for alert in alerts]}
    noted["waiting"] += [{"place": place, "news": news} for place in settings.notify]
    _write(settings, noted)
    noted["waiting"] = [message for message in noted["waiting"] if not _delivered(settings, **message)][-KEPT:]
    _write(settings, noted)
    return alerts


def _delivered(settings: Settings, place: str, news: Mapping[str, Any]) -> bool:
    """Whether a message need not be sent again: it was delivered, or its place is no longer in the settings."""
    if place not in settings.notify:
        return True
    try:
        _sender(place)(settings, place, news)
    except Exception as error:  # whatever a mail server, a webhook or a block may raise: told, kept, and the run goes on
        say(f"News could not be sent to {place.partition('?')[0]} ({type(error).__name__}: {error}); they are sent again next time.")
        return False
    return True


def _sender(place: str) -> Callable[[Settings, str, Mapping[str, Any]], None]:
    return _to_stdout if place == "stdout" else SENDERS[place.partition(":")[0]]


def _to_stdout(settings: Settings, place: str, news: Mapping[str, Any]) -> None:
    sys.stdout.write(json.dumps(news, ensure_ascii=False) + "\n")
    sys.stdout.flush()


def _to_file(settings: Settings, place: str, news: Mapping[str, Any]) -> None:
    path = Path(place.partition(":")[2])
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a", encoding="utf-8") as file:
        file.write(json.dumps(news, ensure_ascii=False) + "\n")


def _to_webhook(settings: Settings, place: str, news: Mapping[str, Any]) -> None:
    import httpx

    httpx.post(place, json=news, timeout=SECONDS, follow_redirects=False).raise_for_status()


def _to_mail(settings: Settings, place: str, news: Mapping[str, Any]) -> None:
    server = urlsplit(settings.smtp or "")
    subject, body = as_text(news)
    message = EmailMessage()
    message["Subject"] = subject
    message["To"] = place.partition(":")[2]
    message["From"] = server.username if server.username and "@" in server.username else f"tifa@{server.hostname}"
    message.set_content(body)
    kind = smtplib.SMTP_SSL if server.scheme == "smtps" else smtplib.SMTP
    with kind(server.hostname or "", server.port or 0, timeout=SECONDS) as connection:
        if server.scheme == "smtp" and connection.has_extn("starttls"):
            connection.starttls()
        if password := os.environ.get("TIFA_SMTP_PASSWORD"):
            connection.login(server.username or "", password)
        connection.send_message(message)


def _to_block(settings: Settings, place: str, news: Mapping[str, Any]) -> None:
    from prefect.blocks.abstract import NotificationBlock
    from prefect.blocks.core import Block

    block = Block.load(place.partition(":")[2])
    if not isinstance(block, NotificationBlock):
        raise TifaError("The block cannot notify", where=place, todo="Save a notification block under this name in Prefect.")
    subject, body = as_text(news)
    block.notify(body, subject)


SENDERS: dict[str, Callable[[Settings, str, Mapping[str, Any]], None]] = {
    "file": _to_file, "http": _to_webhook, "https": _to_webhook, "mailto": _to_mail, "block": _to_block}


def as_text(news: Mapping[str, Any]) -> tuple[str, str]:
    """Subject and body for people: alerts first, each in both languages, then the summary."""
    alerts = news["alerts"]
    head = "failed" if news["state"] == "failed" else f"{len(alerts)} alerts" if alerts else "report"
    said = [f"• {alert['text']}\n  {alert['text_zh']}" for alert in alerts]
    return f"tifa {news['as_of']}: {head}", "\n".join([*said, *([""] if said else []), *news["summary"]])


def _path(settings: Settings) -> Path:
    return settings.processed / "alerts.json"


def _read(settings: Settings) -> dict[str, Any]:
    """as_of: the newest day looked at; states: see `pipeline.alerts.States`; waiting: messages not yet delivered."""
    path = _path(settings)
    return json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {"as_of": "", "states": {}, "waiting": []}


def _write(settings: Settings, noted: Mapping[str, Any]) -> None:
    new = _path(settings).with_name("alerts.json.new")
    new.write_text(json.dumps(noted, ensure_ascii=False, indent=1, sort_keys=True), encoding="utf-8")
    new.replace(_path(settings))
