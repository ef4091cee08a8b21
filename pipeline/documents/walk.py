"""Every path under raw/, seen once: what to read, what to set aside, what to skip, each with its reason."""

from __future__ import annotations

import hashlib
import os
import re
import stat
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import quote_from_bytes

from pipeline.documents.limits import MAX_FILE_BYTES, MAX_PATH_BYTES
from pipeline.documents.sniff import DATA_SUFFIXES, SUFFIXES
from pipeline.errors import TifaError

SIDECAR = ".meta.yml"
SYSTEM_FILES = frozenset({"thumbs.db", "desktop.ini", ".ds_store", "__macosx", ".gitkeep", ".gitignore"})
PARTIAL = (".part", ".partial", ".crdownload", ".download", ".tmp", ".swp", ".filepart", ".!qb")
SETTINGS_FILES = (".yml", ".yaml", ".toml", ".ini")
BIDI = re.compile("[\u200e\u200f\u202a-\u202e\u2066-\u2069]")


@dataclass(frozen=True)
class SeenFile:
    """One path under raw/.

    rel_path: relative, '/'-separated, printable (bytes that are not UTF-8 are percent-escaped). os_path: the real
    one. outcome: "" = to be read, else `skipped`, `quarantined` or `duplicate` (same_as then names the first file
    with these bytes). flags: what its name adds to the documents in it. sha256: "" when it was not opened.
    """

    rel_path: str
    os_path: Path
    n_bytes: int = 0
    sha256: str = ""
    outcome: str = ""
    reason: str = ""
    detail: str = ""
    hint: str = ""
    flags: tuple[str, ...] = ()
    same_as: str = ""
    sidecar: Path | None = None


def walk(raw: Path) -> list[SeenFile]:
    """Every file under `raw`, sorted by rel_path; nothing is followed out of it and nothing special is opened.

    Plain folders have no row. Sidecars and manifest.csv are `skipped`: they are no inputs of their own.
    Raises: TifaError when `raw` is not a folder.
    """
    if not raw.is_dir():
        raise TifaError("The folder of raw documents does not exist", where=str(raw), todo="Create it or pass --raw.")
    seen = sorted(_visit(raw, raw), key=lambda file: file.rel_path)
    first: dict[str, str] = {}
    out = []
    for file in seen:
        if not file.outcome and first.setdefault(file.sha256, file.rel_path) != file.rel_path:
            file = replace(file, outcome="duplicate", reason="duplicate", same_as=first[file.sha256],
                           detail=f"same bytes as {first[file.sha256]}")
        out.append(file)
    return out


def printable(rel: str) -> str:
    """`rel` as it is when it is UTF-8, else with its undecodable bytes percent-escaped."""
    try:
        rel.encode("utf-8")
    except UnicodeEncodeError:
        return "/".join(part if _is_utf8(part) else quote_from_bytes(os.fsencode(part), safe=" ()[]+,=@~")
                        for part in rel.split("/"))
    return rel


def _is_utf8(part: str) -> bool:
    return not any("\ud800" <= char <= "\udfff" for char in part)


def _visit(raw: Path, folder: Path) -> Iterator[SeenFile]:
    if len(os.fsencode(folder)) > MAX_PATH_BYTES:
        yield from _too_deep(raw, folder)
        return
    try:
        entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
    except OSError as error:
        yield _seen(raw, folder, outcome="quarantined", reason=_os_reason(error), detail=str(error.strerror),
                    hint="Make the folder readable or shorten its path.")
        return
    plain = {entry.name for entry in entries if entry.is_file(follow_symlinks=False)}
    for entry in entries:
        path = folder / entry.name
        row = _by_name(raw, path, entry)
        if row is not None:
            yield row
        elif entry.is_dir(follow_symlinks=False):
            if path.suffix.lower() in SUFFIXES:
                yield _seen(raw, path, outcome="skipped", reason="not_regular_file", detail="a folder")
            yield from _visit(raw, path)
        else:
            sidecar = folder / (entry.name + SIDECAR)
            yield _measure(_seen(raw, path, sidecar=sidecar if sidecar.name in plain else None))


def _too_deep(raw: Path, folder: Path) -> Iterator[SeenFile]:
    """The files below a folder whose path is too long to be opened by name."""
    parent = os.open(folder.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        for inside, _, names, _ in os.fwalk(folder.name, dir_fd=parent, follow_symlinks=False):
            for name in sorted(names):
                yield _seen(raw, folder.parent / inside / name, outcome="quarantined", reason="path_too_long",
                            detail="the path cannot be opened", hint="Shorten the names of its folders.")
    finally:
        os.close(parent)


def _leads_to_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:  # a loop of links
        return False


def _by_name(raw: Path, path: Path, entry: os.DirEntry[str]) -> SeenFile | None:
    """The row of a path that is not to be opened; None for a folder or a regular file that is an input."""
    name = entry.name
    if entry.is_symlink():
        folder = _leads_to_folder(entry)
        return _seen(raw, path, outcome="skipped" if folder else "quarantined", reason="symlink",
                     detail="links are not followed", hint="Put the file itself into raw/.")
    if name.lower() in SYSTEM_FILES or name.lower().endswith(PARTIAL):
        return _seen(raw, path, outcome="skipped", reason="partial_or_system", detail="not a finished document")
    if name.startswith((".~lock", "~$")):
        return _seen(raw, path, outcome="skipped", reason="office_lock", detail="lock file of an open document")
    if name.startswith("."):
        return _seen(raw, path, outcome="skipped", reason="hidden", detail="hidden file or folder")
    if entry.is_dir(follow_symlinks=False):
        return None
    if not entry.is_file(follow_symlinks=False):
        return _seen(raw, path, outcome="quarantined", reason="not_regular_file", detail="a pipe, socket or device",
                     hint="Remove it from raw/.")
    if name.endswith(SIDECAR):
        return _measure(_seen(raw, path, outcome="skipped", reason="sidecar", detail="facts about its document"))
    if name.lower().endswith(SETTINGS_FILES):
        return _measure(_seen(raw, path, outcome="skipped", reason="settings_file", detail="notes for programs"))
    if name == "manifest.csv":
        return _measure(_seen(raw, path, outcome="skipped", reason="manifest", detail="a manifest is never read"))
    return None


def _seen(raw: Path, path: Path, *, outcome: str = "", reason: str = "", detail: str = "", hint: str = "",
          sidecar: Path | None = None) -> SeenFile:
    rel = path.relative_to(raw).as_posix()
    flags: tuple[str, ...] = ("name_not_utf8",) if not _is_utf8(rel) else ()
    flags += ("bidi_controls",) if BIDI.search(rel) else ()
    return SeenFile(printable(rel), path, outcome=outcome, reason=reason, detail=detail, hint=hint, flags=flags,
                    sidecar=sidecar)


def _measure(file: SeenFile) -> SeenFile:
    """Size and hash; a file that cannot be read, or is too large to, is quarantined."""
    if len(os.fsencode(file.os_path)) > MAX_PATH_BYTES:
        return replace(file, outcome="quarantined", reason="path_too_long", detail="the path cannot be opened",
                       hint="Shorten the names of its folders.")
    try:
        handle = os.open(file.os_path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError as error:
        return replace(file, outcome="quarantined", reason=_os_reason(error), detail=str(error.strerror),
                       hint="Make the file readable.")
    with os.fdopen(handle, "rb") as stream:
        status = os.fstat(stream.fileno())
        file = replace(file, n_bytes=status.st_size)
        if not stat.S_ISREG(status.st_mode):
            return replace(file, outcome="quarantined", reason="not_regular_file", detail="it changed under the walk")
        if status.st_size > MAX_FILE_BYTES and not file.outcome:
            return replace(file, outcome="quarantined", reason="too_large",
                           detail=f"{status.st_size} bytes, more than {MAX_FILE_BYTES}",
                           hint="Split the file or convert it to text.")
        return replace(file, sha256=hashlib.file_digest(stream, "sha256").hexdigest())


def _os_reason(error: OSError) -> str:
    return "path_too_long" if error.errno == 36 else "unreadable"


__all__ = ["DATA_SUFFIXES", "SeenFile", "printable", "walk"]
