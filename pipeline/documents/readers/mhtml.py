"""Pages saved by a browser as one MIME file (.mht, .mhtml)."""

from __future__ import annotations

import email
import email.policy
from email.message import Message

from pipeline.errors import SetAside

MAX_PARTS = 2000


def html_part(data: bytes) -> tuple[bytes, str]:
    """The bytes of the first HTML part and the address it was saved from ("" when not said).

    Raises: SetAside(`unsupported_type`) when there is no HTML in the file.
    """
    message = email.message_from_bytes(data, policy=email.policy.compat32)
    for number, part in enumerate(message.walk()):
        if number > MAX_PARTS:
            break
        if part.get_content_type() == "text/html":
            return _payload(part), str(part.get("Content-Location") or message.get("Snapshot-Content-Location") or "")
    raise SetAside("unsupported_type", "a saved page without an HTML part", "Save the page as HTML.")


def _payload(part: Message) -> bytes:
    payload = part.get_payload(decode=True)
    content = payload if isinstance(payload, bytes) else b""
    charset = part.get_content_charset()
    if charset and b"charset" not in content[:4096].lower():
        return b'<meta charset="' + charset.encode("ascii", "ignore") + b'">' + content
    return content
