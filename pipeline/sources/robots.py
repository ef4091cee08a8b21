"""robots.txt by RFC 9309: read once a day and origin, kept to on every hop.

4xx: there are no rules, everything may be read (2.3.1.3); except 429, where the server asks for less, not more. 5xx,
unreachable, or led to a host that is not the source's: nothing may be read (2.3.1.4). Only the first 512,000 bytes are
read (2.5). Cached for 24 hours at most (2.4).
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from protego import Protego

from pipeline.sources.client import NAME, Client, ask
from pipeline.sources.trouble import Failed, Refused

MAX_BYTES = 512_000
FRESH = timedelta(hours=24)
LONGEST_DELAY_S = 120.0
UNREACHABLE = 599


def permit(client: Client, url: str) -> float:
    """Seconds between requests that the host asks for (0 = says nothing), when it lets us read `url`.

    Raises: Refused(`robots`) when the rules forbid it; Refused(`robots_unreachable`) when they cannot be read.
    """
    parts = urlsplit(url)
    origin = f"{parts.scheme}://{parts.netloc}"
    kept = client.robots.get(origin)
    if kept is None or client.timing.now() - datetime.fromisoformat(kept[0]) >= FRESH:
        status, text = _read_rules(client, origin)
        kept = client.robots[origin] = (client.timing.stamp(), status, text)
    _, status, text = kept
    if status >= 500 or status == 429:
        raise Refused("robots_unreachable", f"{origin}/robots.txt cannot be read ({text}); nothing is until it can")
    rules = Protego.parse(text if status == 200 else "")
    if not rules.can_fetch(url, NAME):
        raise Refused("robots", f"{origin}/robots.txt forbids it")
    return min(LONGEST_DELAY_S, float(rules.crawl_delay(NAME) or 0.0))


def _read_rules(client: Client, origin: str) -> tuple[int, str]:
    """Status and text; for rules that cannot be read: a status of 500 or more, and why."""
    limits = replace(client.limits, wire_bytes=MAX_BYTES, decoded_bytes=MAX_BYTES, tries=min(2, client.limits.tries))
    try:
        answer = ask(client, f"{origin}/robots.txt", limits=limits, cut=True)
    except Failed as failed:
        if failed.reason == "empty_body":
            return 200, ""
        known = failed.reason.removeprefix("status_")
        status = int(known) if known.isdigit() else UNREACHABLE
        return (status, "") if 400 <= status < 500 and status != 429 else (max(status, 500), failed.reason)
    except Refused as refused:
        if refused.reason.startswith("status_4"):
            return int(refused.reason[-3:]), ""
        return UNREACHABLE, str(refused)
    return answer.status, answer.body.decode("utf-8-sig", "replace") if answer.status == 200 else ""
