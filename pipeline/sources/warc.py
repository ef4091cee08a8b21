"""A copy of every answer as it came over the wire, in WARC 1.1 (ISO 28500): one gzip member a record, append only."""

from __future__ import annotations

import gzip
import hashlib
import uuid
from base64 import b32encode
from pathlib import Path

from pipeline.sources.client import USER_AGENT, Answer

_DROPPED = frozenset({"transfer-encoding", "connection", "keep-alive"})   # the body is stored without its chunking


def append_warc(path: Path, answer: Answer, *, at: str) -> None:
    """Add a `response` record (and, at the head of a new file, `warcinfo`). at: ISO 8601 UTC.

    Record ids come from address, time and content, so that the same fetch makes the same file.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    stamp = at.replace("+00:00", "Z")
    head = "".join(f"{name}: {value}\r\n" for name, value in answer.headers.items() if name not in _DROPPED)
    block = f"HTTP/1.1 {answer.status} \r\n{head}\r\n".encode("utf-8", "replace") + answer.wire
    records = b""
    if not path.is_file():
        about = f"software: {USER_AGENT}\r\nformat: WARC File Format 1.1\r\n".encode()
        records = _record("warcinfo", stamp, "application/warc-fields", about, [])
    digest = b32encode(hashlib.sha1(answer.wire, usedforsecurity=False).digest()).decode()
    records += _record("response", stamp, "application/http; msgtype=response", block,
                       [("WARC-Target-URI", answer.url), ("WARC-Payload-Digest", f"sha1:{digest}")])
    with path.open("ab") as stream:
        stream.write(records)


def _record(kind: str, stamp: str, media: str, block: bytes, more: list[tuple[str, str]]) -> bytes:
    name = uuid.uuid5(uuid.NAMESPACE_URL, f"{kind} {stamp} {more} {hashlib.sha256(block).hexdigest()}")
    fields = [("WARC-Type", kind), ("WARC-Record-ID", f"<urn:uuid:{name}>"), ("WARC-Date", stamp), *more,
              ("Content-Type", media), ("Content-Length", str(len(block)))]
    head = "".join(f"{key}: {value}\r\n" for key, value in fields)
    return gzip.compress(f"WARC/1.1\r\n{head}\r\n".encode() + block + b"\r\n\r\n", mtime=0)
