"""What a request comes to when the other side misbehaves: the right reason, within its deadline."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial

import pytest

from pipeline.sources.client import ask
from pipeline.sources.robots import permit
from pipeline.sources.trouble import Failed, Refused
from tests.sources.server import (
    FAST,
    Clock,
    Site,
    bomb,
    client_for,
    cut,
    drip,
    drip_head,
    redirect,
    status,
)

HOST = "faults.example"


FAULTS: list[tuple[str, Callable[[Site], object], type[Exception], str]] = [
    ("always 500", lambda site: status(500), Failed, "status_500"),
    ("always 503", lambda site: status(503), Failed, "status_503"),
    ("always 429", lambda site: status(429), Failed, "status_429"),
    ("slow drip of a body", lambda site: drip, Failed, "deadline"),
    ("slow drip of a head", lambda site: drip_head, Failed, "deadline"),
    ("cut body", lambda site: cut, Failed, "cut_body"),
    ("gzip bomb", lambda site: bomb, Refused, "too_large_decoded"),
    ("announced too large", lambda site: lambda one: one.say(b"x", Content_Length="999999999"), Refused, "too_large"),
    ("brotli unasked", lambda site: lambda one: one.say(b"\x0b\x02\x80", Content_Encoding="br"), Refused, "coding"),
    ("redirect to loopback", lambda site: redirect(f"http://127.0.0.1:{site.port}/secret"), Refused, "host"),
    ("redirect to a private address", lambda site: redirect("http://10.0.0.7/secret"), Refused, "host"),
    ("redirect to a name that points inside", lambda site: redirect("http://inside.example/"), Refused, "private_address"),
    ("redirect to the metadata of a cloud", lambda site: redirect("http://metadata.example/"), Refused, "private_address"),
    ("redirect to IPv4 mapped into IPv6", lambda site: redirect("http://mapped.example/"), Refused, "private_address"),
    ("redirect to a file", lambda site: redirect("file:///etc/passwd"), Refused, "scheme"),
    ("redirect to ftp", lambda site: redirect("ftp://faults.example/a"), Refused, "scheme"),
    ("redirect to another host", lambda site: redirect("http://elsewhere.example/"), Refused, "host"),
    ("redirect with a user name", lambda site: redirect("http://a:b@faults.example/"), Refused, "userinfo"),
    ("redirect to nowhere", lambda site: lambda one: one.say(status=302), Failed, "bad_redirect"),
    ("redirect to itself", lambda site: redirect("/fault"), Refused, "redirects"),
    ("forbidden", lambda site: status(403), Refused, "status_403"),
    ("an empty answer", lambda site: lambda one: one.say(b""), Failed, "empty_body"),
    ("a teapot", lambda site: status(418), Failed, "status_418"),
    ("no HTTP at all", lambda site: lambda one: one.raw.wfile.write(b"hello\r\n\r\n"), Failed, "protocol"),
]


@pytest.mark.parametrize(("name", "fault", "kind", "reason"), FAULTS, ids=[one[0] for one in FAULTS])
def test_faults_end_with_their_reason_in_time(site: Site, name: str, fault: Callable[[Site], object], kind: type[Exception],
                                              reason: str) -> None:
    site.put(HOST, "/fault", fault(site))  # type: ignore[arg-type]
    limits = replace(FAST, tries=2)
    client = client_for(HOST, "inside.example", "metadata.example", "mapped.example", clock=Clock(), limits=limits)
    began = time.monotonic()
    with pytest.raises(kind) as raised:
        ask(client, site.url(HOST, "/fault"))
    assert raised.value.reason == reason  # type: ignore[attr-defined]
    assert time.monotonic() - began < limits.tries * (limits.total_s + 0.5)


def test_loopback_is_refused_unless_the_setting_opens_it(site: Site) -> None:
    site.put("rebound.example", "/", b"secret")
    n_seen = len(site.seen)
    closed = replace(client_for("rebound.example", clock=Clock()), allow_loopback=False)
    with pytest.raises(Refused) as refused:
        ask(closed, "http://rebound.example/")
    assert (refused.value.reason, len(site.seen)) == ("private_address", n_seen), "refused before anything was connected"


def test_a_name_is_looked_up_once_for_each_connection_and_dialled_as_checked(site: Site) -> None:
    """A name that answers with a public address first and a private one later gains nothing (DNS rebinding)."""
    asked = []

    def turncoat(host: str, port: int) -> list[str]:
        asked.append(host)
        return ["127.0.0.1"] if len(asked) == 1 else ["10.0.0.1"]

    site.put(HOST, "/once", b"<p>here</p>")
    client = replace(client_for(HOST, clock=Clock()), resolve=turncoat)
    answer = ask(client, site.url(HOST, "/once"))
    assert (answer.body, asked) == (b"<p>here</p>", [HOST])
    assert site.seen[-1].headers["host"] == f"{HOST}:{site.port}", "the name stays in the Host header"


def test_the_next_address_is_dialled_when_one_is_silent(site: Site) -> None:
    site.put(HOST, "/second", b"<p>here</p>")
    client = replace(client_for(HOST, clock=Clock()), resolve=lambda host, port: ["::1", "127.0.0.2", "127.0.0.1"])
    assert ask(client, site.url(HOST, "/second")).body == b"<p>here</p>"


@pytest.mark.parametrize(("after", "naps"), [("7", [7.0]), ("Sun, 01 Mar 2026 08:00:30 GMT", None), ("", [2.0]), ("soon", [2.0])])
def test_retry_after_is_honoured_then_the_page_comes(site: Site, after: str, naps: list[float] | None) -> None:
    turns = []

    def busy_once(one: object) -> None:
        turns.append(one)
        if len(turns) == 1:
            one.say(b"wait", status=429, **({"Retry_After": after} if after else {}))  # type: ignore[attr-defined]
        else:
            one.say(b"<p>here</p>")  # type: ignore[attr-defined]

    site.put(HOST, "/busy", busy_once)  # type: ignore[arg-type]
    clock = Clock()
    assert ask(client_for(HOST, clock=clock), site.url(HOST, "/busy")).body == b"<p>here</p>"
    waited = clock.naps[0]
    assert waited == pytest.approx(naps[0]) if naps else 28 < waited <= 30


def test_a_wait_that_is_too_long_is_not_waited_for(site: Site) -> None:
    site.put(HOST, "/later", status(503, Retry_After="86400"))
    clock = Clock()
    with pytest.raises(Failed) as failed:
        ask(client_for(HOST, clock=clock), site.url(HOST, "/later"))
    assert (failed.value.wait_s, clock.naps) == (86400.0, [])


def test_waits_grow_and_requests_keep_their_distance(site: Site) -> None:
    site.put(HOST, "/broken", status(500))
    clock = Clock()
    with pytest.raises(Failed):
        ask(client_for(HOST, clock=clock, delay_s=5.0), site.url(HOST, "/broken"))
    backoff, pause, *rest = clock.naps
    assert backoff == 2.0 and 2.5 < pause < 3.0, "5 seconds lie between two requests to one host, the wait included"
    assert rest[0] == 4.0


ROBOTS = [
    ("denied", lambda one: one.say(b"User-agent: *\nDisallow: /private/"), "/private/a", "robots"),
    ("allowed beside", lambda one: one.say(b"User-agent: *\nDisallow: /private/"), "/open", ""),
    ("denied by name", lambda one: one.say(b"User-agent: tifa\nDisallow: /\n\nUser-agent: *\nAllow: /"), "/open", "robots"),
    ("others denied", lambda one: one.say(b"User-agent: other\nDisallow: /"), "/open", ""),
    ("the longer rule wins", lambda one: one.say(b"User-agent: *\nDisallow: /a\nAllow: /a/b"), "/a/b/c", ""),
    ("no robots.txt", status(404), "/open", ""), ("robots.txt forbidden: no rules", status(403), "/open", ""),
    ("robots.txt gone", status(410), "/open", ""), ("robots 500", status(500), "/open", "robots_unreachable"),
    ("robots 429", status(429), "/open", "robots_unreachable"), ("robots cut", cut, "/open", "robots_unreachable"),
    ("robots drips", drip, "/open", "robots_unreachable"), ("robots empty", lambda one: one.say(b""), "/open", ""),
    ("robots with a mark", lambda one: one.say(b"\xef\xbb\xbfUser-agent: *\nDisallow: /open"), "/open", "robots"),
    ("robots too long", lambda one: one.say(b"User-agent: *\nDisallow: /open\n" + b"# filler\n" * 80_000), "/open", "robots"),
    ("robots leads inside", redirect("http://10.0.0.1/robots.txt"), "/open", "robots_unreachable"),
    ("robots moved", redirect("/moved.txt"), "/open", "robots"),
]


@pytest.mark.parametrize(("name", "rules", "path", "reason"), ROBOTS, ids=[one[0] for one in ROBOTS])
def test_robots(site: Site, name: str, rules: object, path: str, reason: str) -> None:
    host = "robots.example"
    site.put(host, "/robots.txt", rules)  # type: ignore[arg-type]
    site.put(host, "/moved.txt", b"User-agent: *\nDisallow: /open")
    site.put(host, path, b"<p>here</p>")
    client = client_for(host, clock=Clock())
    before = site.asked(host).count(path)
    if reason:
        with pytest.raises(Refused) as refused:
            ask(client, site.url(host, path), permit=partial(permit, client))
        assert refused.value.reason == reason
        assert site.asked(host).count(path) == before, "the page itself was not asked for"
    else:
        assert ask(client, site.url(host, path), permit=partial(permit, client)).body == b"<p>here</p>"


def test_robots_are_read_once_a_day_and_their_delay_is_kept(site: Site) -> None:
    host, clock = "daily.example", Clock()
    site.put(host, "/robots.txt", b"User-agent: *\nCrawl-delay: 30\nDisallow: /private")
    site.put(host, "/a", b"<p>here</p>")
    client = client_for(host, clock=clock)
    for _ in range(3):
        ask(client, site.url(host, "/a"), permit=partial(permit, client))
    assert [one.path for one in site.seen if one.host == host].count("/robots.txt") == 1
    assert clock.naps[1] > 29
    clock.sleep(90_000)
    ask(client, site.url(host, "/a"), permit=partial(permit, client))
    assert [one.path for one in site.seen if one.host == host].count("/robots.txt") == 2


def test_a_redirect_is_checked_against_the_robots_of_its_host(site: Site) -> None:
    site.put("strict.example", "/robots.txt", b"User-agent: *\nDisallow: /")
    site.put(HOST, "/go", redirect(site.url("strict.example", "/x")))
    client = client_for(HOST, "strict.example", clock=Clock())
    with pytest.raises(Refused) as refused:
        ask(client, site.url(HOST, "/go"), permit=partial(permit, client))
    assert refused.value.reason == "robots"
    assert not site.asked("strict.example")
