"""A web server on loopback that imitates publishers and their faults, and a clock that does not wait.

Every name ends in .example; the tests' resolver sends them all to the server, but for those that point inside on purpose.
All pages are invented.
"""

from __future__ import annotations

import gzip
import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from pipeline.sources.client import Client, Limits
from pipeline.sources.trouble import Timing

INSIDE = {"inside.example": "10.0.0.7", "metadata.example": "169.254.169.254", "mapped.example": "::ffff:192.168.1.1",
          "rebound.example": "127.0.0.1"}
FAST = Limits(connect_s=2.0, read_s=1.0, total_s=0.5, wire_bytes=200_000, decoded_bytes=400_000, redirects=3, tries=3)
Handler = Callable[["Exchange"], None]


@dataclass
class Exchange:
    """One request and the means to answer it."""

    path: str
    host: str
    headers: dict[str, str]
    raw: BaseHTTPRequestHandler

    def say(self, body: bytes = b"", *, status: int = 200, **headers: str) -> None:
        """An ordinary answer; header names with _ for -."""
        self.raw.send_response_only(status)
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        for name, value in {"Content-Length": str(len(body)), "Content-Type": "text/html; charset=utf-8", **given}.items():
            self.raw.send_header(name, value)
        self.raw.end_headers()
        self.raw.wfile.write(body)


@dataclass
class Site:
    """The server: pages by host and path (a path with ? counts whole), and every request that came."""

    port: int = 0
    pages: dict[str, Handler] = field(default_factory=dict)
    seen: list[Exchange] = field(default_factory=list)

    def url(self, host: str, path: str) -> str:
        return f"http://{host}:{self.port}{path}"

    def asked(self, host: str) -> list[str]:
        return [one.path for one in self.seen if one.host == host and one.path != "/robots.txt"]

    def put(self, host: str, path: str, page: Handler | bytes | str) -> None:
        body = page.encode() if isinstance(page, str) else page
        self.pages[host + path] = page if callable(page) else lambda one: one.say(body)  # type: ignore[assignment, arg-type]


@contextmanager
def serving() -> Iterator[Site]:
    site = Site()

    class Answering(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            host = self.headers.get("Host", "").partition(":")[0]
            one = Exchange(self.path, host, {key.lower(): value for key, value in self.headers.items()}, self)
            site.seen.append(one)
            page = site.pages.get(host + self.path)
            try:
                if page is None:
                    one.say(b"<html>none</html>", status=404)
                else:
                    page(one)
            except (BrokenPipeError, ConnectionResetError):
                pass
            self.close_connection = True

        def log_message(self, *arguments: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answering)
    server.daemon_threads = True
    site.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield site
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class Clock:
    """Time that passes when somebody sleeps (at no cost) and as it really does otherwise, so that slow sockets count."""

    def __init__(self) -> None:
        self.start, self.began, self.slept, self.naps = datetime(2026, 3, 1, 8, tzinfo=UTC), time.monotonic(), 0.0, []

    def sleep(self, seconds: float) -> None:
        self.naps.append(seconds)
        self.slept += seconds

    def monotonic(self) -> float:
        return time.monotonic() + self.slept

    def now(self) -> datetime:
        return self.start + timedelta(seconds=self.monotonic() - self.began)

    def timing(self) -> Timing:
        return Timing(self.now, self.monotonic, self.sleep)


def resolve(host: str, port: int) -> list[str]:
    if host in INSIDE:
        return [INSIDE[host]]
    if not host.endswith(".example"):
        raise OSError(f"no such name: {host}")
    return ["127.0.0.1"]


def client_for(*hosts: str, clock: Clock, limits: Limits = FAST, delay_s: float = 1.0) -> Client:
    return Client(hosts, clock.timing(), delay_s=delay_s, limits=limits, resolve=resolve, allow_loopback=True)


def document(title: str, day: str = "2026-02-01", number: int = 1) -> str:
    """A page of an invented instrument, long enough to be read as one."""
    articles = "".join(f"<p>第{'一二三四五六'[place]}条　为了规范样例服务的第{number}{place}类活动，促进样例产业健康发展，制定本办法。</p>"
                       for place in range(6))
    return (f"<html><head><meta charset='utf-8'><title>{title}</title></head><body><h1>{title}</h1>"
            f"<div class='content'>{articles}<p>样例部</p><p>{day[:4]}年{int(day[5:7])}月{int(day[8:])}日</p></div></body></html>")


def drip(one: Exchange) -> None:
    """A body that never ends, a byte every 50 ms."""
    one.raw.send_response_only(200)
    one.raw.end_headers()
    for _ in range(200):
        one.raw.wfile.write(b".")
        one.raw.wfile.flush()
        time.sleep(0.05)


def drip_head(one: Exchange) -> None:
    """A head that never ends."""
    for _ in range(200):
        one.raw.wfile.write(b"H" if _ == 0 else b"T")
        one.raw.wfile.flush()
        time.sleep(0.05)


def cut(one: Exchange) -> None:
    """Fewer bytes than announced."""
    one.say(b"<html>half", Content_Length="5000")


BOMB = gzip.compress(bytes(40_000_000), 9)


def bomb(one: Exchange) -> None:
    """40 MB of zeros in 40 kB."""
    one.say(BOMB, Content_Encoding="gzip")


def status(code: int, **headers: str) -> Handler:
    return lambda one: one.say(b"no", status=code, **headers)


def redirect(to: str, code: int = 302) -> Handler:
    return lambda one: one.say(status=code, Location=to)


def as_json(value: object) -> Handler:
    return lambda one: one.say(json.dumps(value, ensure_ascii=False).encode(), Content_Type="application/json")
