"""From sections to one safe HTML page: autoescape, JSON islands, hashed scripts and styles, no request to anywhere."""

from __future__ import annotations

import base64
import hashlib
import json
from functools import lru_cache
from pathlib import Path
from typing import Any

import jinja2
import vl_convert
from markupsafe import Markup

from pipeline.reports import html

FOLDER = Path(__file__).parent
_ESCAPES = {ord("<"): "\\u003c", ord(">"): "\\u003e", ord("&"): "\\u0026", 0x2028: "\\u2028", 0x2029: "\\u2029"}


def tojson(value: object) -> Markup:
    """JSON that is safe inside a script element, whatever the strings in it say.

    < > & and the two line separators are written as escapes, so no string can close the element or open a comment.
    Raises: ValueError for NaN and infinities, which are no JSON.
    """
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return Markup(text.translate(_ESCAPES))


@lru_cache(maxsize=1)
def environment() -> jinja2.Environment:
    """Templates with autoescape on, whatever the file is called; an undefined name is an error."""
    env = jinja2.Environment(loader=jinja2.FileSystemLoader(FOLDER / "templates"), autoescape=True,
                             undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    env.filters["tojson"] = tojson
    env.globals.update(t=html.words, cell=html.cell, cells=html.cells, text_of=html.sentences, numbered=html.numbered)
    return env


@lru_cache(maxsize=1)
def vega_bundle() -> str:
    """Vega, Vega-Lite and Vega-Embed as one script. Built once a process (about two seconds)."""
    return str(vl_convert.javascript_bundle(None))  # type: ignore[arg-type]  # the stub lacks the default


@lru_cache(maxsize=16)
def asset(name: str) -> str:
    """A script or style sheet of assets/."""
    return (FOLDER / "assets" / name).read_text(encoding="utf-8")


def digest(text: str) -> str:
    """The CSP source expression that allows exactly this script or style."""
    return "'sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() + "'"


def policy(*, scripts: tuple[str, ...], styles: tuple[str, ...]) -> str:
    """Content Security Policy: these scripts and styles, images made on the page, and nothing else.

    Vega runs with its expression interpreter (`ast`), so the policy needs no 'unsafe-eval'.
    """
    return "; ".join(("default-src 'none'", "script-src " + " ".join(map(digest, scripts)),
                      "style-src " + " ".join(map(digest, styles)), "img-src data: blob:", "base-uri 'none'",
                      "form-action 'none'"))


def inlined(*, scripts: tuple[str, ...], styles: tuple[str, ...]) -> dict[str, Any]:
    """What a template needs to inline these files: `scripts`, `styles` and the `policy` that allows them alone."""
    return {"scripts": [Markup(text) for text in scripts],
            "styles": [Markup(text) for text in styles],
            "policy": policy(scripts=scripts, styles=styles)}
