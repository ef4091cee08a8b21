"""One connection to one checked address, with one deadline for everything that happens on it.

The name in the URL stays in the Host header and in TLS (SNI, certificate); only the address dialled is fixed beforehand.
"""

from __future__ import annotations

import ssl
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from typing import Any

import httpcore
import httpx

from pipeline.sources.trouble import Failed

Remaining = Callable[[], float]
Find = Callable[[str, int], list[str]]


class _Stream(httpcore.NetworkStream):
    """A stream whose every operation ends at the deadline, however slowly bytes drip in."""

    def __init__(self, inner: httpcore.NetworkStream, remaining: Remaining) -> None:
        self._inner, self._remaining = inner, remaining

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._inner.read(max_bytes, _shorter(timeout, self._remaining()))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._inner.write(buffer, _shorter(timeout, self._remaining()))

    def close(self) -> None:
        self._inner.close()

    def start_tls(self, ssl_context: ssl.SSLContext, server_hostname: str | None = None,
                  timeout: float | None = None) -> httpcore.NetworkStream:
        inner = self._inner.start_tls(ssl_context, server_hostname, _shorter(timeout, self._remaining()))
        return _Stream(inner, self._remaining)

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)


def _shorter(timeout: float | None, remaining: float) -> float:
    if remaining <= 0:
        raise Failed("deadline", "the whole answer took too long")
    return remaining if timeout is None else min(timeout, remaining)


class _Pinned(httpcore.NetworkBackend):
    """Dials `find(host, port)`, addresses that have been checked, one after another, instead of looking the name up."""

    def __init__(self, find: Find, remaining: Remaining) -> None:
        self._find, self._remaining, self._dial = find, remaining, httpcore.SyncBackend()

    def connect_tcp(self, host: str, port: int, timeout: float | None = None, local_address: str | None = None,
                    socket_options: Iterable[Any] | None = None) -> httpcore.NetworkStream:
        *others, last = self._find(host, port)
        for address in others:
            try:
                return self._connect(address, port, timeout, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout):
                continue
        return self._connect(last, port, timeout, local_address, socket_options)

    def _connect(self, address: str, port: int, timeout: float | None, *options: Any) -> _Stream:
        local_address, socket_options = options
        stream = self._dial.connect_tcp(address, port, _shorter(timeout, self._remaining()), local_address, socket_options or [])
        return _Stream(stream, self._remaining)

    def sleep(self, seconds: float) -> None:
        raise AssertionError("connections are not retried here")


class _Body(httpx.SyncByteStream):
    def __init__(self, stream: Iterable[bytes], close: Callable[[], None]) -> None:
        self._stream, self._close = stream, close

    def __iter__(self) -> Iterator[bytes]:
        with _as_httpx():
            yield from self._stream

    def close(self) -> None:
        self._close()


class _as_httpx:
    """httpcore's errors under httpx's names."""

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        for name in ("ConnectTimeout", "ReadTimeout", "WriteTimeout", "PoolTimeout", "ConnectError", "ReadError", "WriteError",
                     "RemoteProtocolError", "LocalProtocolError", "UnsupportedProtocol"):
            if isinstance(error, getattr(httpcore, name)):
                raise getattr(httpx, name)(str(error)) from error


class PinnedTransport(httpx.BaseTransport):
    """httpx transport of one exchange: one connection, HTTP/1.1, no proxy, closed afterwards."""

    def __init__(self, find: Find, remaining: Remaining) -> None:
        self._pool = httpcore.ConnectionPool(ssl_context=_trusted(), max_connections=1, max_keepalive_connections=0,
                                             http1=True, http2=False, network_backend=_Pinned(find, remaining))

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        url = httpcore.URL(scheme=request.url.raw_scheme, host=request.url.raw_host, port=request.url.port,
                           target=request.url.raw_path)
        with _as_httpx():
            answer = self._pool.handle_request(httpcore.Request(
                request.method, url, headers=request.headers.raw, content=request.stream, extensions=request.extensions))
        assert isinstance(answer.stream, Iterable)
        return httpx.Response(answer.status, headers=answer.headers, stream=_Body(answer.stream, answer.close),
                              extensions=answer.extensions)

    def close(self) -> None:
        self._pool.close()


@lru_cache(maxsize=1)
def _trusted() -> ssl.SSLContext:
    return httpx.create_ssl_context()
