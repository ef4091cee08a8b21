"""Files read in killable processes: a file that crashes, hangs or explodes becomes a row with its reason."""

from __future__ import annotations

import json
import os
import selectors
import subprocess
import sys
import threading
import time
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pipeline.documents.walk import SeenFile
from pipeline.errors import TifaError
from pipeline.knowledge import load_registry

START_TIMEOUT_S = 120.0
_ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class FileResult:
    """What became of one path: its row for `files`, and the rows for `documents` found in it."""

    file_row: dict[str, Any]
    document_rows: list[dict[str, Any]] = field(default_factory=list)


def read_files(raw: Path, seen: Iterable[SeenFile], *, workers: int = 1, timeout_s: float = 30,
               memory_mb: int = 1024, ocr: bool = False) -> Iterator[FileResult]:
    """One result per path of `seen`, in its order; `raw` is the folder they are under.

    workers: processes side by side. timeout_s: wall time, memory_mb: memory that one file may take; a file beyond
    either is quarantined (`timeout`, `too_large_decoded`; `pdf_malformed` or `crashed` when its parser died).
    ocr: read scanned PDFs when tesseract is installed; only these may then take longer, 60 s a page at most.
    Duplicates get the doc_ids of the first file.
    Raises: TifaError when the reading process cannot be started, or something other than a file is at fault.
    """
    files = list(seen)
    local = threading.local()
    pool: list[_Process] = []

    def read(file: SeenFile) -> FileResult:
        process: _Process | None = getattr(local, "process", None)
        if process is None:
            process = local.process = _Process(timeout_s, memory_mb, ocr=ocr)
            pool.append(process)
        return process.read(file)

    rows_of: dict[str, FileResult] = {}
    with ThreadPoolExecutor(max_workers=max(1, workers), thread_name_prefix="read") as threads:
        try:
            for file, future in [(file, None if file.outcome else threads.submit(read, file)) for file in files]:
                result = _unread(file, rows_of) if future is None else future.result()
                rows_of[file.rel_path] = FileResult(result.file_row)
                yield result
        finally:
            threads.shutdown(wait=False, cancel_futures=True)
            for process in pool:
                process.kill()


def _unread(file: SeenFile, rows_of: Mapping[str, FileResult]) -> FileResult:
    """The row of a path that is not opened. A duplicate shares the fate of the first file with its bytes."""
    if file.outcome != "duplicate":
        return FileResult(_row(file, file.outcome, [], file.reason, file.detail, file.hint))
    first = rows_of.get(file.same_as)
    if first is None:
        return FileResult(_row(file, "duplicate", [file.sha256[:16]], file.reason, file.detail, file.hint))
    if first.file_row["outcome"] == "document":
        return FileResult(_row(file, "duplicate", first.file_row["doc_ids"], file.reason, file.detail, file.hint))
    return FileResult({**first.file_row, "path": file.rel_path})


def _row(file: SeenFile, outcome: str, doc_ids: list[str], reason: str = "", detail: str = "",
         hint: str = "") -> dict[str, Any]:
    return {"path": file.rel_path, "sha256": file.sha256 or None, "n_bytes": file.n_bytes, "outcome": outcome,
            "doc_ids": doc_ids, "reason": reason or None, "detail": detail or None, "hint": hint or None}


class _Process:
    """One reading process, started when needed and again after it was killed. Used by one thread."""

    def __init__(self, timeout_s: float, memory_mb: int, *, ocr: bool) -> None:
        self._timeout_s, self._memory_mb, self._ocr = timeout_s, memory_mb, ocr
        self._child: subprocess.Popen[bytes] | None = None
        self._buffer = b""

    def read(self, file: SeenFile) -> FileResult:
        """The result of one file, however it ends."""
        sidecar = None if file.sidecar is None else str(file.sidecar.absolute())
        answer = self._ask({"os_path": str(file.os_path.absolute()), "rel_path": file.rel_path, "sidecar": sidecar,
                            "sha256": file.sha256, "flags": list(file.flags), "ocr": self._ocr})
        if "error" in answer:
            raise TifaError("A document cannot be read because something else is wrong: " + answer["error"],
                            where=file.rel_path, todo="Correct that first.")
        if "rows" in answer:
            rows = answer["rows"]
            return FileResult(_row(file, "document", [row["doc_id"] for row in rows]), rows)
        return FileResult(_row(file, "quarantined", [], answer["reason"], answer["detail"], answer["hint"]))

    def _ask(self, task: dict[str, Any]) -> dict[str, Any]:
        if self._child is None or self._child.poll() is not None:
            self._start()
        assert self._child is not None and self._child.stdin is not None
        try:
            self._child.stdin.write(json.dumps(task).encode("ascii") + b"\n")
            self._child.stdin.flush()
        except BrokenPipeError:
            return self._dead(Path(task["os_path"]))
        answer = self._line(self._timeout_s)
        if self._ocr and "wait_s" in answer:
            answer = self._line(self._timeout_s + float(answer["wait_s"]))
        answer = answer or self._dead(Path(task["os_path"]))
        if answer.get("restart"):  # its memory is spent
            self.kill()
        return answer

    def _start(self) -> None:
        environment = {**os.environ, "OMP_NUM_THREADS": "1", "PYTHONUTF8": "1",
                       "PYTHONPATH": os.pathsep.join(filter(None, [str(_ROOT), os.environ.get("PYTHONPATH")]))}
        self._buffer = b""
        self._child = subprocess.Popen(
            [sys.executable, "-m", "pipeline.documents.worker", str(self._memory_mb)], env=environment,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        load_registry()  # the next stages need it, and the child reads its own meanwhile
        answer = self._line(START_TIMEOUT_S)
        if "ready" not in answer:
            self.kill()
            raise TifaError(answer.get("error", "The process that reads documents does not start"),
                            where="pipeline.documents.worker",
                            todo=f"Run `{sys.executable} -m pipeline.documents.worker 1024` to see why.")

    def _line(self, timeout_s: float) -> dict[str, Any]:
        """The next answer, {} when the process died; a process that is silent for too long is killed."""
        assert self._child is not None and self._child.stdout is not None
        deadline = time.monotonic() + timeout_s
        with selectors.DefaultSelector() as selector:
            selector.register(self._child.stdout, selectors.EVENT_READ)
            while b"\n" not in self._buffer:
                if not selector.select(max(0.0, deadline - time.monotonic())):
                    self.kill()
                    return {"reason": "timeout", "detail": f"not read within {timeout_s:g} s",
                            "hint": "Split the file or save it in another format."}
                piece = os.read(self._child.stdout.fileno(), 1 << 20)
                if not piece:
                    return {}
                self._buffer += piece
        line, _, self._buffer = self._buffer.partition(b"\n")
        answer = json.loads(line)
        assert isinstance(answer, dict)
        return answer

    def _dead(self, path: Path) -> dict[str, Any]:
        """What a file did that ended its parser. For PDFium, being out of memory ends it too."""
        assert self._child is not None
        self.kill()
        code = self._child.returncode
        what = f"signal {-code}" if code is not None and code < 0 else f"exit status {code}"
        with path.open("rb") as stream:
            reason = "pdf_malformed" if b"%PDF-" in stream.read(2048) else "crashed"
        return {"reason": reason, "detail": f"its parser died ({what})",
                "hint": "Print it to a new PDF or save it in another format."}

    def kill(self) -> None:
        """End the process and wait for it: nothing outlives the call."""
        if self._child is None:
            return
        if self._child.poll() is None:
            self._child.kill()
        self._child.wait()
        for pipe in (self._child.stdin, self._child.stdout):
            if pipe is not None:
                try:
                    pipe.close()
                except BrokenPipeError:  # unsent bytes for a dead process
                    continue
