"""One polite request: checked before every hop, paced by host, bounded in time and size, tried again where that may help."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, MutableMapping
from dataclasses import dataclass, field
from datetime import UTC
from email.utils import parsedate_to_datetime
from urllib.parse import urljoin, urlsplit

import httpx
from tenacity import RetryCallState, Retrying, retry_if_exception, stop_after_attempt

from pipeline.sources.addresses import Resolver, check_url, find_addresses, system_resolver, tidy_url
from pipeline.sources.bodies import ACCEPTED, read_body
from pipeline.sources.connection import PinnedTransport
from pipeline.sources.trouble import Failed, Refused, Timing

NAME = "tifa"
USER_AGENT = f"{NAME}/1 (reads published policy documents; keeps to robots.txt)"
GONE = frozenset({404, 410})
MOVED = frozenset({301, 302, 303, 307, 308})
CLOSED = frozenset({401, 402, 403, 407, 451})


@dataclass(frozen=True)
class Limits:
    """Most that one request may cost: seconds, bytes, hops, tries; longest_wait_s: most that a server may ask us to wait."""

    connect_s: float = 10.0
    read_s: float = 20.0
    total_s: float = 90.0
    wire_bytes: int = 40_000_000
    decoded_bytes: int = 80_000_000
    redirects: int = 5
    tries: int = 4
    first_wait_s: float = 2.0
    longest_wait_s: float = 120.0


@dataclass(frozen=True)
class Answer:
    """What a server said. status: 200, 304, 404 or 410. url: where the last hop led. wire: the body as it came."""

    url: str
    status: int
    headers: Mapping[str, str]
    body: bytes = b""
    wire: bytes = b""

    def header(self, name: str) -> str:
        """One header, by its lower-case name; "" when the server sent none."""
        return self.headers.get(name, "")


@dataclass(frozen=True)
class Client:
    """Everything that requests to one source share. robots: origin → its rules as last read (see robots)."""

    hosts: tuple[str, ...]
    timing: Timing
    delay_s: float = 3.0
    limits: Limits = Limits()
    resolve: Resolver = system_resolver
    allow_loopback: bool = False
    robots: MutableMapping[str, tuple[str, int, str]] = field(default_factory=dict)
    due: MutableMapping[str, float] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)


Permit = Callable[[str], float]


def ask(client: Client, url: str, *, headers: Mapping[str, str] | None = None, permit: Permit | None = None,
        limits: Limits | None = None, cut: bool = False) -> Answer:
    """The answer to one GET, after as many tries as the limits allow; waits grow from first_wait_s twofold, or are what
    Retry-After asks for.

    headers: conditional ones. permit: called before each hop; raises Refused, or gives the delay that the host asks for.
    cut: read a body that is too large up to its cap instead of refusing it.
    Raises: Refused; Failed after the last try.
    """
    limits = limits or client.limits

    def wait(state: RetryCallState) -> float:
        error = state.outcome.exception() if state.outcome else None
        asked = error.wait_s if isinstance(error, Failed) else None
        return limits.first_wait_s * 2 ** (state.attempt_number - 1) if asked is None else asked

    def again(error: BaseException) -> bool:
        return isinstance(error, Failed) and error.again and (error.wait_s or 0) <= limits.longest_wait_s

    retrying = Retrying(sleep=client.timing.sleep, stop=stop_after_attempt(limits.tries), wait=wait, reraise=True,
                        retry=retry_if_exception(again))
    return retrying(_follow, client, url, dict(headers or {}), permit, limits, cut)


def _follow(client: Client, url: str, headers: dict[str, str], permit: Permit | None, limits: Limits, cut: bool) -> Answer:
    left_s = limits.total_s
    for _ in range(limits.redirects + 1):
        check_url(url, hosts=client.hosts, allow_loopback=client.allow_loopback)
        _take_turn(client, url, permit(url) if permit else 0.0)
        began = client.timing.monotonic()
        answer = _exchange(client, url, headers, limits, began + left_s, cut)
        left_s -= client.timing.monotonic() - began
        if answer.status not in MOVED:
            return answer
        url = tidy_url(urljoin(url, answer.header("location")))
        if not answer.header("location") or not url:
            raise Failed("bad_redirect", "it names no place to go to", again=False)
    raise Refused("redirects", f"more than {limits.redirects} redirects")


def _take_turn(client: Client, url: str, asked_s: float) -> None:
    """Wait until this host may be asked again: the source's delay or the host's own Crawl-delay, the longer."""
    host, delay = urlsplit(url).netloc, max(client.delay_s, asked_s)
    with client.lock:
        now = client.timing.monotonic()
        turn = max(now, client.due.get(host, now))
        client.due[host] = turn + delay
    if turn > now:
        client.timing.sleep(turn - now)


def _exchange(client: Client, url: str, headers: Mapping[str, str], limits: Limits, deadline: float, cut: bool) -> Answer:
    def remaining() -> float:
        return deadline - client.timing.monotonic()

    def find(host: str, port: int) -> list[str]:
        return find_addresses(host, port, resolve=client.resolve, within_s=min(limits.connect_s, remaining()),
                              allow_loopback=client.allow_loopback)

    sent = {"User-Agent": USER_AGENT, "Accept": "*/*", "Accept-Encoding": ACCEPTED, "Accept-Language": "zh-CN,zh;q=0.9,en;q=0.8",
            "Connection": "close", **headers}
    timeout = httpx.Timeout(limits.read_s, connect=limits.connect_s)
    try:
        with (PinnedTransport(find, remaining) as transport,
              httpx.Client(transport=transport, timeout=timeout, trust_env=False, follow_redirects=False) as http,
              http.stream("GET", url, headers=sent) as response):
            return _read(client, url, response, limits, cut)
    except httpx.TimeoutException as error:
        late = remaining() <= 0
        raise Failed("deadline" if late else "timeout", f"{type(error).__name__} after {limits.total_s:g} s at most") from error
    except httpx.RemoteProtocolError as error:
        raise Failed("cut_body" if "complete message body" in str(error) or "chunked" in str(error) else "protocol",
                     str(error)[:200]) from error
    except (httpx.TransportError, OSError) as error:
        raise Failed("connection", f"{type(error).__name__}: {error}"[:200]) from error
    except httpx.InvalidURL as error:
        raise Refused("bad_url", str(error)) from error


def _read(client: Client, url: str, response: httpx.Response, limits: Limits, cut: bool) -> Answer:
    status = response.status_code
    headers = {name.lower(): value for name, value in response.headers.items()}
    if status == 429 or status >= 500:
        raise Failed(f"status_{status}", "the server is busy or broken", wait_s=_retry_after(client, headers))
    if status in CLOSED:
        raise Refused(f"status_{status}", "the server does not give this page")
    if status in MOVED or status in GONE or status == 304:
        return Answer(url, status, headers)
    if status != 200:
        raise Failed(f"status_{status}", "not an answer that holds a document", again=False)
    length = headers.get("content-length", "")
    if length.isdigit() and int(length) > limits.wire_bytes and not cut:
        raise Refused("too_large", f"{length} bytes announced, more than {limits.wire_bytes}")
    body, wire = read_body(response.iter_raw(), coding=headers.get("content-encoding", ""), wire_bytes=limits.wire_bytes,
                           decoded_bytes=limits.decoded_bytes, cut=cut)
    if not body:
        raise Failed("empty_body", "the answer holds nothing")
    return Answer(url, status, headers, body, wire)


def _retry_after(client: Client, headers: Mapping[str, str]) -> float | None:
    """Seconds of Retry-After (RFC 9110, 10.2.3), a number or a date; None for none or nonsense."""
    text = headers.get("retry-after", "").strip()
    if text.isdigit() and len(text) < 8:
        return float(text)
    try:
        moment = parsedate_to_datetime(text)
    except (TypeError, ValueError):
        return None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return max(0.0, (moment - client.timing.now()).total_seconds())
