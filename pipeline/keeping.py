"""Results of costly pure steps, kept from run to run under the content they were made from.

A stage that compares whole documents takes an argument `keep`: `keep(key, make)` answers with what `make()` returns,
from memory where the same key was asked before. A key names the step and holds everything the result depends on but
code and knowledge, which the keeper adds. So a kept result is the result, and no order of runs can tell them apart.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from typing import Any

Keep = Callable[[str, Callable[[], Any]], Any]
"""keep(key, make): `make` returns what JSON can hold; so does the answer (tuples come back as lists)."""


def fresh(key: str, make: Callable[[], Any]) -> Any:
    """Keeps nothing: every step is done when it is asked for."""
    return make()


def content_key(step: str, *parts: object) -> str:
    """`step` and 32 hex digits that differ when any of the parts does. parts: what JSON can hold."""
    text = json.dumps(parts, ensure_ascii=False, separators=(",", ":"))
    return f"{step} {hashlib.blake2b(text.encode(), digest_size=16).hexdigest()}"
