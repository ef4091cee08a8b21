"""Where a request may go: rules over a URL before its name is looked up, and over the addresses found.

Sources of the rules: RFC 3986 (what an address is made of), the IANA special-purpose address registries (RFC 6890 and its
successors), and the ways in which IPv6 carries an IPv4 address (RFC 4291, 3056, 4380, 6052).
"""

from __future__ import annotations

import ipaddress
import re
import socket
import threading
from collections.abc import Callable, Iterable
from urllib.parse import quote, urljoin, urlsplit, urlunsplit

from pipeline.sources.trouble import Failed, Refused

Resolver = Callable[[str, int], Iterable[str]]
Address = ipaddress.IPv4Address | ipaddress.IPv6Address
MAX_URL = 2000
_HOST = re.compile(r"(?!-)[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63}){0,10}|\[[0-9a-f:.]{2,45}\]")
_NUMERIC = re.compile(r"(?:0x[0-9a-f]{1,16}|[0-9]{1,12})(?:\.(?:0x[0-9a-f]{1,16}|[0-9]{1,12})){0,3}")
_NAT64 = ipaddress.ip_network("64:ff9b::/96")
# Not public, whatever a version of Python's tables says of them.
_CLOSED = tuple(ipaddress.ip_network(text) for text in (
    "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24",
    "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24",
    "224.0.0.0/4", "240.0.0.0/4", "::/128", "::1/128", "64:ff9b:1::/48", "100::/64", "2001::/23", "2001:db8::/32",
    "3fff::/20", "5f00::/16", "fc00::/7", "fe80::/10", "fec0::/10", "ff00::/8"))


def tidy_url(link: str, *, base: str = "") -> str:
    """`link` as an absolute URL without fragment, spaces and non-ASCII characters escaped; "" when it is none."""
    try:
        parts = urlsplit(urljoin(base, link.strip()))
        host = (parts.hostname or "").encode("idna").decode("ascii").lower() if parts.hostname else ""
        port = f":{parts.port}" if parts.port else ""
    except (ValueError, UnicodeError):
        return ""
    if not parts.scheme or not host:
        return urlunsplit(parts) if parts.scheme else ""
    host = f"[{host}]" if ":" in host else host
    user = f"{parts.netloc.rpartition('@')[0]}@" if "@" in parts.netloc else ""
    path = quote(parts.path or "/", safe="/%:@!$&'()*+,;=~-._")
    return urlunsplit((parts.scheme.lower(), user + host + port, path, quote(parts.query, safe="/%:@!$&'()*+,;=~-._?"), ""))


def check_url(url: str, *, hosts: Iterable[str], allow_loopback: bool = False) -> None:
    """Whether a request to `url` may be thought of at all; names are not looked up here.

    hosts: names whose pages may be read, subdomains included. allow_loopback: any port, and plain addresses, for tests.
    Raises: Refused with `bad_url`, `scheme`, `userinfo`, `port` or `host`.
    """
    if len(url) > MAX_URL or not url.isascii() or re.search(r"[\x00-\x20\x7f\\]", url):
        raise Refused("bad_url", "too long, or holds characters that no URL holds")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise Refused("bad_url", str(error)) from error
    if parts.scheme not in {"http", "https"}:
        raise Refused("scheme", f"{parts.scheme or 'no scheme'}; only http and https are read")
    if "@" in parts.netloc:
        raise Refused("userinfo", "the address holds a user name")
    host = (parts.hostname or "").rstrip(".")
    if not _HOST.fullmatch(host if ":" not in host else f"[{host}]"):
        raise Refused("bad_url", f"{host!r} is no name of a host")
    if not allow_loopback and (_NUMERIC.fullmatch(host) or ":" in host):
        raise Refused("host", f"{host} is an address, not a name")
    if not any(host == known or host.endswith("." + known) for known in hosts):
        raise Refused("host", f"{host} is none of this source's hosts")
    if port is not None and not allow_loopback and port != {"http": 80, "https": 443}[parts.scheme]:
        raise Refused("port", f"{port} is not the port of {parts.scheme}")


def embedded(address: Address) -> list[Address]:
    """The address and every IPv4 address that it carries (mapped, compatible, 6to4, Teredo, NAT64)."""
    if isinstance(address, ipaddress.IPv4Address):
        return [address]
    low = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    inside: list[Address] = [found for found in (address.ipv4_mapped, address.sixtofour) if found is not None]
    inside += [ipaddress.IPv4Address(found) for found in address.teredo or ()]
    if address in _NAT64 or (int(address) >> 32 == 0 and int(address) > 1):
        inside.append(low)
    return [address, *inside]


def check_address(text: str, *, allow_loopback: bool = False) -> str:
    """The address in its plain form when a public server may live there.

    Raises: Refused(`private_address`): private, loopback, link-local, shared (CGNAT), documentation, multicast, reserved,
    or IPv6 that carries such an IPv4 address.
    """
    try:
        address = ipaddress.ip_address(text.partition("%")[0])
    except ValueError as error:
        raise Refused("private_address", f"{text!r} is no address") from error
    if allow_loopback and address.is_loopback:
        return str(address)
    mapped = isinstance(address, ipaddress.IPv6Address) and (address.ipv4_mapped or address in _NAT64)
    for part in embedded(address)[1 if mapped else 0:]:
        if not part.is_global or any(part in network for network in _CLOSED if network.version == part.version):
            raise Refused("private_address", f"{text} is not on the public internet")
    return str(address)


def find_addresses(host: str, port: int, *, resolve: Resolver, within_s: float, allow_loopback: bool = False) -> list[str]:
    """Checked addresses of `host`, to be dialled as they are, IPv4 first: the name is never looked up a second time.

    within_s: longest wait for the resolver. Raises: Refused when any address of the name is not public (a name that points
    inside now and then is not to be trusted); Failed when it has none.
    """
    answer: list[object] = []

    def ask() -> None:
        try:
            answer.append(list(resolve(host, port)))
        except OSError as error:
            answer.append(error)

    asking = threading.Thread(target=ask, daemon=True)
    asking.start()
    asking.join(max(0.001, within_s))
    if not answer:
        raise Failed("dns_timeout", host)
    if not isinstance(answer[0], list) or not answer[0]:
        raise Failed("dns", f"{host}: {answer[0] or 'no address'}")
    checked = dict.fromkeys(check_address(text, allow_loopback=allow_loopback) for text in answer[0])
    return sorted(checked, key=lambda text: ":" in text)


def system_resolver(host: str, port: int) -> list[str]:
    """Addresses of a name as the operating system finds them, IPv4 and IPv6."""
    return [str(found[4][0]) for found in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
