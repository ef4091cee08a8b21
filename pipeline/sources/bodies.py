"""The body of an answer, read under two caps: bytes on the wire and bytes after decompression.

Only gzip and deflate are asked for and read (RFC 9110, 8.4.1); an answer in another coding, or in two, is refused, so
that no bomb is ever unpacked by code that cannot stop.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable

from pipeline.sources.trouble import Failed, Refused

ACCEPTED = "gzip, deflate"
CODINGS = {"": "", "identity": "", "gzip": "gzip", "x-gzip": "gzip", "deflate": "deflate"}
_STEP = 1 << 16


class _Full(Exception):
    """A cap is reached."""


def read_body(chunks: Iterable[bytes], *, coding: str, wire_bytes: int, decoded_bytes: int,
              cut: bool = False) -> tuple[bytes, bytes]:
    """The decoded body and the bytes as they came.

    coding: the Content-Encoding header, "" for none. cut: stop at a cap and give what came before it.
    Raises: Refused(`coding`, `too_large`, `too_large_decoded`); Failed(`cut_body`, `bad_body`) when a packed body ends
    early or is damaged.
    """
    name = CODINGS.get(coding.strip().lower())
    if name is None:
        raise Refused("coding", f"the body is packed as {coding[:40]!r}, which was not asked for")
    wire, body = bytearray(), bytearray()
    unpack = _Unpacker(name, body, decoded_bytes)
    try:
        for chunk in chunks:
            wire += chunk
            if len(wire) > wire_bytes:
                raise _Full("too_large", wire_bytes)
            unpack.feed(chunk)
        unpack.finish()
    except _Full as full:
        if not cut:
            raise Refused(full.args[0], f"more than {full.args[1]} bytes") from full
        return bytes(body[:decoded_bytes]), bytes(wire)
    return bytes(body), bytes(wire)


class _Unpacker:
    """Plain, gzip (of several members, too) or deflate (with or without the zlib head), never further than the cap."""

    def __init__(self, name: str, out: bytearray, most: int) -> None:
        self._name, self._out, self._most = name, out, most
        self._inner = zlib.decompressobj(31) if name == "gzip" else None
        self._begun = False

    def feed(self, chunk: bytes) -> None:
        self._begun = self._begun or bool(chunk)
        if not self._name:
            self._add(chunk)
            return
        if self._inner is None and chunk:      # a zlib head, or the bare stream that some servers send
            self._inner = zlib.decompressobj(15 if chunk[0] & 0x0F == 8 and chunk[0] >> 4 <= 7 else -15)
        data = chunk
        while data and self._inner is not None:
            if self._inner.eof:
                if self._name != "gzip" or not data.strip(b"\0"):
                    return
                self._inner = zlib.decompressobj(31)
            data = self._unpack(self._inner, data)

    def finish(self) -> None:
        while self._inner is not None and not self._inner.eof:
            before = len(self._out)
            self._unpack(self._inner, self._inner.unconsumed_tail)
            if len(self._out) == before:
                break
        if self._name and self._begun and (self._inner is None or not self._inner.eof):
            raise Failed("cut_body", "the packed body ends before its end")

    def _unpack(self, inner: zlib._Decompress, data: bytes) -> bytes:
        try:
            self._add(inner.decompress(data, _STEP))
        except zlib.error as error:
            raise Failed("bad_body", f"the packed body is damaged: {error}") from error
        return inner.unconsumed_tail or inner.unused_data

    def _add(self, piece: bytes) -> None:
        self._out += piece
        if len(self._out) > self._most:
            raise _Full("too_large_decoded", self._most)
