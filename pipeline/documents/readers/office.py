"""Legacy DOC, WPS and RTF, through LibreOffice when it is installed; without it they are set aside with that advice."""

from __future__ import annotations

import ctypes
import resource
import shutil
import signal
import subprocess
import tempfile
from dataclasses import replace
from pathlib import Path

from pipeline.documents.page import Reading
from pipeline.documents.readers.docx import read_docx
from pipeline.errors import SetAside

TIMEOUT_S = 25.0
_PR_SET_PDEATHSIG = 1
_ADVICE = "Install LibreOffice (the command soffice) and run again, or save the file as DOCX or PDF."


def office_program() -> str | None:
    """The LibreOffice on this machine, None when there is none."""
    return shutil.which("soffice") or shutil.which("libreoffice")


def read_office(data: bytes, *, suffix: str) -> Reading:
    """The text of a legacy office file, converted to DOCX in a folder of its own; flag `converted`.

    Raises: SetAside(`unsupported_type`) without LibreOffice, or when it cannot open the file.
    """
    program = office_program()
    if program is None:
        raise SetAside("unsupported_type", "a legacy Office, WPS or RTF file", _ADVICE)
    with tempfile.TemporaryDirectory(prefix="tifa-office-") as name:
        folder = Path(name)
        source = folder / f"document{suffix}"
        source.write_bytes(data)
        command = [program, f"-env:UserInstallation={(folder / 'profile').as_uri()}", "--headless", "--norestore",
                   "--convert-to", "docx", "--outdir", str(folder), str(source)]
        try:
            subprocess.run(command, check=True, capture_output=True, timeout=TIMEOUT_S, stdin=subprocess.DEVNULL,
                           preexec_fn=_tied_to_parent)
            converted = (folder / "document.docx").read_bytes()
        except (subprocess.SubprocessError, OSError) as error:
            raise SetAside("unsupported_type", f"LibreOffice cannot open the file: {type(error).__name__}",
                           "Save the file as DOCX or PDF.") from error
    reading = read_docx(converted)
    return replace(reading, kind="office", flags=(*reading.flags, "converted"))


def _tied_to_parent() -> None:
    """The converter dies with the reading process, and is not held to the memory of a parser."""
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    hard = resource.getrlimit(resource.RLIMIT_AS)[1]
    resource.setrlimit(resource.RLIMIT_AS, (hard, hard))
