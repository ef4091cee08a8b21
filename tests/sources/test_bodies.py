"""Bodies under two caps: what is packed is unpacked with a limit, what is damaged is not taken for whole."""

import gzip
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.sources.bodies import read_body
from pipeline.sources.trouble import Failed, Refused

TEXT = "样例办法自公布之日起施行。".encode() * 40


def raw_deflate(data: bytes) -> bytes:
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    return packer.compress(data) + packer.flush()


def pieces(data: bytes, size: int) -> list[bytes]:
    return [data[place:place + size] for place in range(0, len(data), size)]


@pytest.mark.parametrize(("coding", "wire"), [
    ("", TEXT), ("identity", TEXT), ("gzip", gzip.compress(TEXT)), ("GZIP", gzip.compress(TEXT)), ("x-gzip", gzip.compress(TEXT)),
    ("deflate", zlib.compress(TEXT)), ("deflate", raw_deflate(TEXT)), ("gzip", gzip.compress(TEXT[:60]) + gzip.compress(TEXT[60:])),
    ("gzip", gzip.compress(TEXT) + b"\0" * 20)])
def test_each_coding_gives_the_text(coding: str, wire: bytes) -> None:
    for size in (1, 7, 100_000):
        assert read_body(pieces(wire, size), coding=coding, wire_bytes=10**6, decoded_bytes=10**6) == (TEXT, wire)


@given(st.binary(max_size=3000), st.integers(1, 500), st.sampled_from(["", "gzip", "deflate"]))
def test_whatever_was_packed_comes_out(data: bytes, size: int, coding: str) -> None:
    wire = {"": data, "gzip": gzip.compress(data), "deflate": zlib.compress(data)}[coding]
    assert read_body(pieces(wire, size), coding=coding, wire_bytes=10**6, decoded_bytes=10**6)[0] == data


@pytest.mark.parametrize(("coding", "wire", "reason"), [
    ("gzip", gzip.compress(bytes(50_000_000)), "too_large_decoded"), ("deflate", zlib.compress(bytes(50_000_000)), "too_large_decoded"),
    ("deflate", raw_deflate(bytes(50_000_000)), "too_large_decoded"), ("gzip", gzip.compress(TEXT) + bytes(200_000), "too_large"),
    ("br", b"\x0b\x02\x80", "coding"), ("zstd", b"\x28\xb5\x2f\xfd", "coding"), ("gzip, gzip", gzip.compress(TEXT), "coding"),
    ("", bytes(90_000), "too_large_decoded")])
def test_bombs_and_unknown_codings_are_refused(coding: str, wire: bytes, reason: str) -> None:
    with pytest.raises(Refused) as refused:
        read_body(pieces(wire, 4096), coding=coding, wire_bytes=100_000, decoded_bytes=80_000)
    assert refused.value.reason == reason


@pytest.mark.parametrize(("coding", "wire", "reason"), [
    ("gzip", gzip.compress(TEXT)[:-9], "cut_body"), ("deflate", zlib.compress(TEXT)[:-5], "cut_body"),
    ("gzip", b"<html>not packed", "bad_body")])
def test_a_damaged_body_is_no_document(coding: str, wire: bytes, reason: str) -> None:
    with pytest.raises(Failed) as failed:
        read_body([wire], coding=coding, wire_bytes=10**6, decoded_bytes=10**6)
    assert failed.value.reason == reason


def test_robots_are_cut_at_the_cap() -> None:
    assert read_body([b"a" * 60, b"b" * 60], coding="", wire_bytes=100, decoded_bytes=100, cut=True)[0] == b"a" * 60
    body, _ = read_body([gzip.compress(bytes(500_000))], coding="gzip", wire_bytes=10**6, decoded_bytes=100, cut=True)
    assert body == bytes(100)
