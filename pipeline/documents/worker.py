"""The process in which files are parsed: `python -m pipeline.documents.worker`, one JSON line in, one out.

Parsers of hostile files crash, hang and fill memory; here that costs one file, not the run. The process reads many
files one after another and is replaced only when it had to be killed. It ends when its input closes or its parent
is gone, and never holds more address space than it was given.
"""

from __future__ import annotations

import json
import os
import resource
import sys
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

from pipeline.errors import KnowledgeError, SetAside, TifaError

if TYPE_CHECKING:
    from pipeline.documents.readers.ocr import Ocr

SIDECAR_KEYS = frozenset("source_url fetched_at listed_title listed_date parent_url licence title issuers doc_number "
                         "date_issued lang pair_id doc_type status".split())


def main(memory_mb: int) -> None:
    """Serve until input ends. memory_mb: address space a file may cost beyond the idle process."""
    from pipeline.documents import extract

    channel = os.fdopen(os.dup(1), "w", encoding="ascii")
    os.dup2(2, 1)  # whatever a parser prints is not an answer
    threading.Thread(target=_watch_parent, args=(os.getppid(),), daemon=True).start()
    try:
        extract.warm_up()
    except Exception as error:  # said to the parent, which stops the run with it
        print(json.dumps({"error": f"{type(error).__name__}: {error}"}), file=channel, flush=True)
        return
    _limit_memory(memory_mb)
    print(json.dumps({"ready": True}), file=channel, flush=True)
    for line in sys.stdin:
        print(json.dumps(_answer(json.loads(line), channel)), file=channel, flush=True)


def _ocr(wanted: bool, channel: TextIO) -> Ocr | None:
    """OCR that tells the waiting process how long it may take; None when it is not wanted or not installed."""
    from pipeline.documents.readers.ocr import Ocr, ocr_program

    program = ocr_program() if wanted else None
    if program is None:
        return None
    return Ocr(program, lambda seconds: print(json.dumps({"wait_s": seconds}), file=channel, flush=True))


def _answer(task: dict[str, Any], channel: TextIO) -> dict[str, Any]:
    from pipeline.documents import extract

    try:
        sidecar, flags = read_sidecar(task["sidecar"])
        rows = extract.read_file(Path(task["os_path"]), rel_path=task["rel_path"], sidecar=sidecar,
                                 sha256=task["sha256"], ocr=_ocr(task["ocr"], channel))
        for row in rows:
            row["flags"] = sorted({*row["flags"], *flags, *task["flags"]})  # type: ignore[misc]
        return {"rows": rows}
    except SetAside as aside:
        return {"reason": aside.reason, "detail": aside.detail, "hint": aside.hint}
    except MemoryError:
        return {"reason": "too_large_decoded", "detail": "reading it takes more memory than a file may cost",
                "hint": "Split the file, or raise memory_mb.", "restart": True}
    except RecursionError:
        return {"reason": "too_deep", "detail": "its parts are nested too deeply", "hint": "Save it in another format."}
    except OSError as error:
        return {"reason": "unreadable", "detail": str(error.strerror or error), "hint": "Make the file readable."}
    except TifaError as error:
        return {"error": str(error)}
    except Exception as error:  # a file may break any parser; it is set aside with what happened
        return {"reason": "parser_failed", "detail": f"{type(error).__name__}: {error}"[:300],
                "hint": "Save it in another format; if it is a good document, report the failure."}


def read_sidecar(path: str | None) -> tuple[dict[str, object] | None, list[str]]:
    """The overrides beside a file, and the flag `sidecar_unknown_key` for keys that mean nothing.

    Raises: SetAside(`sidecar_invalid`): a document is not read with facts that somebody meant to override.
    """
    from pipeline.knowledge import load_yaml

    if path is None:
        return None, []
    try:
        loaded = load_yaml(Path(path))
    except KnowledgeError as error:
        raise SetAside("sidecar_invalid", str(error)[:300], "Correct the .meta.yml file beside the document.") from error
    if loaded is None:
        return None, []
    if not isinstance(loaded, dict) or not all(isinstance(key, str) for key in loaded):
        raise SetAside("sidecar_invalid", "it is not a list of `key: value` lines",
                       "Correct the .meta.yml file beside the document.")
    return loaded, ["sidecar_unknown_key"] if set(loaded) - SIDECAR_KEYS else []


def _limit_memory(memory_mb: int) -> None:
    used = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0]) * resource.getpagesize()
    limit = used + (memory_mb << 20)
    resource.setrlimit(resource.RLIMIT_AS, (limit, resource.getrlimit(resource.RLIMIT_AS)[1]))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _watch_parent(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(0.5)
    os._exit(1)


if __name__ == "__main__":
    main(int(sys.argv[1]))
