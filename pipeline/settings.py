"""Where things are and how a run behaves: one frozen record, from flags, environment and configuration files.

Precedence: command line > environment (`TIFA_RAW` …) > `tifa.toml` > `pyproject.toml [tool.tifa]` > default.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path

from pipeline.errors import TifaError


@dataclass(frozen=True)
class Settings:
    """Options of a run. Paths are as given; `as_of` is an ISO date or None for today (UTC).

    models: the folder that `tifa train --models` wrote, in place of the models that ship. recogniser: how names are found,
    by `rules` alone or by rules and `spacy` for what they leave (docs/mentions.md).
    overlap: what a run does while another one writes: `fail`, `wait` for it, or `skip` this time. alerts: a file of
    alert rules in place of those that ship. notify: where news are sent (see `flows/notify.py`). smtp: the mail server,
    `smtp://user@host:587` or `smtps://…`; its password is read from TIFA_SMTP_PASSWORD alone. sources: a folder of source
    files (and catalogue.csv) in place of those that ship. warc: keep a WARC copy of every answer. allow_loopback: let
    sources be on this machine, for tests.
    """

    raw: Path = Path("raw")
    processed: Path = Path("processed")
    reports: Path = Path("reports")
    corrections: Path = Path("corrections.jsonl")
    models: Path | None = None
    recogniser: str = "rules"
    as_of: str | None = None
    workers: int = 1
    dask: str | None = None
    full: bool = False
    strict: bool = False
    timeout_s: float = 30.0
    memory_mb: int = 1024
    batch_documents: int = 64
    ocr: bool = False
    pdf: bool = False
    seed: int = 0
    overlap: str = "fail"
    alerts: Path | None = None
    notify: tuple[str, ...] = ()
    smtp: str | None = None
    sources: Path | None = None
    warc: bool = False
    allow_loopback: bool = False

    @property
    def database(self) -> Path:
        """The one file that holds all tables."""
        return self.processed / "tifa.duckdb"


def load_settings(
    given: Mapping[str, object], *, environment: Mapping[str, str] | None = None, folder: Path = Path()
) -> Settings:
    """Settings from what the command line gave (None = not given), the environment and the configuration files.

    Raises: TifaError for an unknown key or a value of the wrong kind, naming the place it stands in.
    """
    environment = os.environ if environment is None else environment
    merged: dict[str, object] = {}
    for path, table in ((folder / "pyproject.toml", ("tool", "tifa")), (folder / "tifa.toml", ())):
        for key, value in _read_table(path, table).items():
            merged[key] = _convert(key, value, where=str(path))
    for field in fields(Settings):
        name = f"TIFA_{field.name.upper()}"
        if environment.get(name):
            merged[field.name] = _convert(field.name, environment[name], where=name)
    for key, value in given.items():
        if value is not None:
            merged[key] = _convert(key, value, where=f"--{key.replace('_', '-')}")
    return Settings(**merged)  # type: ignore[arg-type]


def _read_table(path: Path, keys: tuple[str, ...]) -> Mapping[str, object]:
    if not path.is_file():
        return {}
    try:
        table: object = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise TifaError(f"The configuration file is not valid TOML: {error}", where=str(path),
                        todo="Correct the line it names.") from error
    for key in keys:
        table = table.get(key, {}) if isinstance(table, dict) else {}
    return table if isinstance(table, dict) else {}


_KINDS: dict[str, type] = {"raw": Path, "processed": Path, "reports": Path, "corrections": Path, "models": Path,
                           "workers": int, "full": bool, "ocr": bool, "pdf": bool, "strict": bool,
                           "timeout_s": float, "memory_mb": int, "batch_documents": int, "seed": int,
                           "as_of": str, "dask": str, "recogniser": str, "overlap": str, "alerts": Path, "notify": tuple,
                           "smtp": str, "sources": Path, "warc": bool, "allow_loopback": bool}
_CHOICES = {"overlap": ("fail", "wait", "skip"), "recogniser": ("rules", "spacy")}


def _convert(key: str, value: object, *, where: str) -> object:
    if key not in _KINDS:
        raise TifaError(f"There is no setting called {key!r}", where=where,
                        todo=f"Settings are: {', '.join(sorted(_KINDS))}.")
    kind = _KINDS[key]
    if kind is bool and isinstance(value, str):
        if value.lower() in {"1", "true", "yes"}:
            return True
        if value.lower() in {"0", "false", "no"}:
            return False
        raise TifaError(f"{value!r} is neither true nor false", where=where, todo="Write true or false.")
    if kind is tuple:
        return _words(key, value, where=where)
    try:
        converted = kind(value)
    except (TypeError, ValueError) as error:
        raise TifaError(f"{value!r} is not a value for {key}", where=where,
                        todo=f"Give a {kind.__name__}.") from error
    if isinstance(converted, int | float) and not isinstance(converted, bool) and key != "seed" and converted <= 0:
        raise TifaError(f"{key} must be above zero, not {value!r}", where=where, todo="Give a larger number.")
    if key in _CHOICES and converted not in _CHOICES[key]:
        raise TifaError(f"{value!r} is not a value for {key}", where=where, todo=f"Write one of: {', '.join(_CHOICES[key])}.")
    if key == "as_of":
        _check_date(str(converted), where=where)
    return converted


def _words(key: str, value: object, *, where: str) -> tuple[str, ...]:
    """A list of a configuration file, or the same in one text, separated by commas."""
    items = value.split(",") if isinstance(value, str) else value
    if not isinstance(items, list | tuple) or not all(isinstance(item, str) for item in items):
        raise TifaError(f"{value!r} is not a value for {key}", where=where, todo="Give a list of texts.")
    return tuple(item.strip() for item in items if item.strip())


def _check_date(text: str, *, where: str) -> None:
    import datetime

    try:
        datetime.date.fromisoformat(text)
    except ValueError as error:
        raise TifaError(f"{text!r} is not a date", where=where, todo="Write it as 2025-12-31.") from error
