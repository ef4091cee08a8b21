"""What may come of a request besides an answer: it was refused by a rule of ours or theirs, or it failed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime


class Refused(Exception):
    """A rule forbids the request or its answer; trying again would change nothing.

    reason: short code (`robots`, `private_address`, `scheme` …). detail: what was seen.
    """

    def __init__(self, reason: str, detail: str = "") -> None:
        self.reason, self.detail = reason, detail
        super().__init__(f"{reason}: {detail}")


class Failed(Exception):
    """The request came to nothing. again: whether a later try may succeed; wait_s: what the server asked to wait."""

    def __init__(self, reason: str, detail: str = "", *, again: bool = True, wait_s: float | None = None) -> None:
        self.reason, self.detail, self.again, self.wait_s = reason, detail, again, wait_s
        super().__init__(f"{reason}: {detail}")


@dataclass(frozen=True)
class Timing:
    """The clock of a fetch: time of day (aware, UTC), seconds that only grow, and how to wait."""

    now: Callable[[], datetime]
    monotonic: Callable[[], float]
    sleep: Callable[[float], None]

    def stamp(self) -> str:
        """The time as ISO 8601 UTC, to the second."""
        return self.now().isoformat(timespec="seconds")
