"""Where a request may go: addresses after the look-up, URLs before it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.sources.addresses import check_address, check_url, find_addresses, tidy_url
from pipeline.sources.trouble import Failed, Refused

PRIVATE = [
    ("10.1.2.3", "private"), ("172.16.0.1", "private"), ("172.31.255.255", "private"), ("192.168.1.1", "private"),
    ("127.0.0.1", "loopback"), ("127.255.255.254", "all of 127/8 is loopback"), ("0.0.0.0", "this host"),
    ("169.254.169.254", "link-local: metadata of clouds"), ("100.64.0.1", "shared by carriers (CGNAT)"),
    ("100.127.255.255", "the end of CGNAT"), ("192.0.0.8", "protocol assignments"), ("192.0.2.1", "documentation"),
    ("198.18.0.1", "benchmarks"), ("198.51.100.9", "documentation"), ("203.0.113.9", "documentation"),
    ("224.0.0.1", "multicast"), ("240.0.0.1", "reserved"), ("255.255.255.255", "broadcast"),
    ("::1", "loopback"), ("::", "unspecified"), ("fe80::1", "link-local"), ("fe80::1%eth0", "link-local with a zone"),
    ("fc00::1", "unique local"), ("fd12:3456::1", "unique local"), ("fec0::1", "site-local"), ("ff02::1", "multicast"),
    ("2001:db8::1", "documentation"), ("100::1", "discard"), ("::ffff:10.0.0.1", "IPv4-mapped private"),
    ("::ffff:127.0.0.1", "IPv4-mapped loopback"), ("::ffff:7f00:1", "the same in hexadecimal"), ("::127.0.0.1", "IPv4-compatible"),
    ("2002:0a00:0001::1", "6to4 of 10.0.0.1"), ("64:ff9b::10.0.0.1", "NAT64 of a private address"),
    ("64:ff9b:1::1", "local NAT64"), ("2001:0:4136:e378:8000:63bf:f5ff:fffe", "Teredo"), ("localhost", "no address"),
    ("010.0.0.1", "octal"), ("0x7f.1", "hexadecimal"), ("2130706433", "one number"),
]
PUBLIC = ["8.8.8.8", "1.1.1.1", "100.63.255.255", "100.128.0.1", "172.15.0.1", "172.32.0.1", "223.255.255.254",
          "2606:4700:4700::1111", "240e::1", "::ffff:8.8.8.8", "64:ff9b::8.8.8.8"]


@pytest.mark.parametrize(("text", "reason"), PRIVATE)
def test_addresses_that_are_not_public_are_refused(text: str, reason: str) -> None:
    with pytest.raises(Refused) as refused:
        check_address(text)
    assert refused.value.reason == "private_address", reason


@pytest.mark.parametrize("text", PUBLIC)
def test_public_addresses_pass(text: str) -> None:
    assert check_address(text)


def test_the_setting_opens_loopback_and_nothing_else() -> None:
    assert check_address("127.0.0.1", allow_loopback=True) == "127.0.0.1"
    assert check_address("::1", allow_loopback=True) == "::1"
    for text in ("10.0.0.1", "169.254.169.254", "0.0.0.0", "::ffff:127.0.0.1"):
        with pytest.raises(Refused):
            check_address(text, allow_loopback=True)


@given(st.ip_addresses(v=4, network="10.0.0.0/8") | st.ip_addresses(v=4, network="192.168.0.0/16")
       | st.ip_addresses(v=4, network="127.0.0.0/8") | st.ip_addresses(v=4, network="100.64.0.0/10"))
def test_a_private_address_is_refused_in_every_dress(address: object) -> None:
    number = int(address)  # type: ignore[call-overload]
    high, low = number >> 16, number & 0xFFFF
    for text in (str(address), f"::ffff:{address}", f"64:ff9b::{address}", f"2002:{high:x}:{low:x}::1"):
        with pytest.raises(Refused):
            check_address(text)


HOSTS = ("gov.example", "www.cac.example")
URLS = [
    ("http://gov.example/a.htm", "", "plain"), ("https://www.gov.example/a?b=c", "", "a subdomain"),
    ("https://gov.example:443/", "", "the scheme's own port"), ("https://gov.example./x", "", "the root dot"),
    ("ftp://gov.example/a", "scheme", "another scheme"), ("file:///etc/passwd", "scheme", "a file"),
    ("javascript:alert(1)", "scheme", "no address at all"), ("gopher://gov.example/", "scheme", "another scheme"),
    ("data:text/html,x", "scheme", "data"), ("//gov.example/a", "scheme", "no scheme"),
    ("http://evil.example/", "host", "another host"), ("http://notgov.example/", "host", "ends alike, is no subdomain"),
    ("http://gov.example.evil.example/", "host", "begins alike"), ("http://cac.example/", "host", "the parent of an allowed host"),
    ("http://user@gov.example/", "userinfo", "a user name"), ("http://gov.example@evil.example/", "userinfo", "disguised"),
    ("http://gov.example:8080/", "port", "another port"), ("http://gov.example:22/", "port", "another service"),
    ("https://gov.example:80/", "port", "the other scheme's port"), ("http://gov.example:99999/", "bad_url", "no port"),
    ("http://127.0.0.1/", "host", "an address"), ("http://2130706433/", "host", "an address as one number"),
    ("http://0x7f.0.0.1/", "host", "hexadecimal"), ("http://[::1]/", "host", "IPv6"), ("http:///a", "bad_url", "no host"),
    ("http://gov.example\\@evil.example/", "bad_url", "a backslash"), ("http://gov.example/a b", "bad_url", "a space"),
    ("http://gov.example/\r\nHost: evil", "bad_url", "a line break"), ("http://gov.example/样例", "bad_url", "not escaped"),
    ("http://gov.example/" + "a" * 2100, "bad_url", "too long"), ("http://gov_example/", "bad_url", "an underscore"),
]


@pytest.mark.parametrize(("url", "reason", "why"), URLS)
def test_url_rules(url: str, reason: str, why: str) -> None:
    if not reason:
        check_url(url, hosts=HOSTS)
        return
    with pytest.raises(Refused) as refused:
        check_url(url, hosts=HOSTS)
    assert refused.value.reason == reason, why


@pytest.mark.parametrize(("link", "tidy"), [
    ("../202603/a.htm#top", "http://gov.example/x/202603/a.htm"), ("/样例 一.pdf", "http://gov.example/%E6%A0%B7%E4%BE%8B%20%E4%B8%80.pdf"),
    ("//www.gov.example/b", "http://www.gov.example/b"), ("?p=2", "http://gov.example/x/y/list.htm?p=2"),
    ("HTTP://GOV.Example/A", "http://gov.example/A"), ("http://[bad", ""), ("/a%20b", "http://gov.example/a%20b"),
    ("mailto:a@b.example", "mailto:a@b.example"), ("http://例子.example/", "http://xn--fsqu00a.example/")])
def test_links_become_plain_urls(link: str, tidy: str) -> None:
    assert tidy_url(link, base="http://gov.example/x/y/list.htm") == tidy


def test_a_name_with_one_private_address_is_refused_and_one_look_up_decides() -> None:
    answers = [["8.8.8.8", "10.0.0.1"], ["8.8.8.8"]]
    with pytest.raises(Refused):
        find_addresses("gov.example", 80, resolve=lambda host, port: answers[0], within_s=1)
    found = find_addresses("gov.example", 80, resolve=lambda host, port: ["2606:4700::1", "8.8.8.8"], within_s=1)
    assert found == ["8.8.8.8", "2606:4700::1"]


def test_a_resolver_that_hangs_or_finds_nothing_fails() -> None:
    import time

    def fail(host: str, port: int) -> list[str]:
        raise OSError("no such name")

    for resolve, reason in ((lambda host, port: time.sleep(5) or [], "dns_timeout"), (fail, "dns"), (lambda host, port: [], "dns")):
        with pytest.raises(Failed) as failed:
            find_addresses("gov.example", 80, resolve=resolve, within_s=0.05)
        assert failed.value.reason == reason
