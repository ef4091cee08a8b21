"""News reach each kind of place; a place that cannot be reached costs a message nothing but time."""

import http.server
import json
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from flows import notify
from flows.notify import check_places, tell
from pipeline.errors import TifaError
from pipeline.settings import Settings


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    (tmp_path / "processed").mkdir()
    return Settings(processed=tmp_path / "processed")


def failed(settings: Settings, *places: str) -> None:
    tell(replace(settings, notify=places), as_of="2025-01-01", state="failed", lines=["The run failed: 样例"], report=None)


def test_a_file_and_stdout_receive_json(settings: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    path = settings.processed / "news" / "all.jsonl"
    failed(settings, f"file:{path}", "stdout")
    failed(settings, f"file:{path}")
    lines = path.read_text(encoding="utf-8").splitlines()
    assert len(lines) == 2 and json.loads(lines[0]) == json.loads(capsys.readouterr().out)
    assert json.loads(lines[0])["summary"] == ["The run failed: 样例"]


@contextmanager
def web(status: int, received: list[bytes]) -> Iterator[str]:
    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            received.append(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(status)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    with http.server.HTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/hook"
        server.shutdown()


def test_a_webhook_that_fails_gets_its_message_next_time(settings: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    received: list[bytes] = []
    with web(500, received) as place:
        failed(settings, place)
        assert len(received) == 1 and "sent again next time" in capsys.readouterr().err
    waiting = json.loads((settings.processed / "alerts.json").read_text(encoding="utf-8"))["waiting"]
    assert [message["place"] for message in waiting] == [place]
    failed(settings)
    waiting = json.loads((settings.processed / "alerts.json").read_text(encoding="utf-8"))["waiting"]
    assert waiting == [], "a place that left the settings is not written to"
    with web(204, received) as place:
        failed(settings, place)
    assert json.loads(received[-1])["state"] == "failed"


def test_mail_is_sent_by_smtp(settings: Settings) -> None:
    """A mail server of a few lines takes the message."""
    received: list[str] = []

    class Mail(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            self.wfile.write(b"220 made\r\n")
            body = False
            while line := self.rfile.readline():
                if body:
                    body = line != b".\r\n"
                    received.append(line.decode())
                    if not body:
                        self.wfile.write(b"250 taken\r\n")
                elif line.upper().startswith(b"DATA"):
                    body = True
                    self.wfile.write(b"354 go on\r\n")
                elif line.upper().startswith(b"QUIT"):
                    self.wfile.write(b"221 bye\r\n")
                    return
                else:
                    self.wfile.write(b"250 ok\r\n")

    with socketserver.TCPServer(("127.0.0.1", 0), Mail) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        mail = replace(settings, smtp=f"smtp://127.0.0.1:{server.server_address[1]}")
        failed(mail, "mailto:analyst@example.org")
        server.shutdown()
    text = "".join(received)
    assert "To: analyst@example.org" in text and "Subject: tifa 2025-01-01: failed" in text


@pytest.mark.parametrize(("place", "smtp", "words"), [
    ("pigeon:post", None, "no place to send news"),
    ("mailto:a@example.org", None, "needs a mail server"),
])
def test_a_place_that_can_never_work_is_told_before_the_run(settings: Settings, place: str, smtp: str | None, words: str) -> None:
    with pytest.raises(TifaError, match=words):
        check_places(replace(settings, notify=(place,), smtp=smtp))


def test_the_text_for_people_names_alerts_first() -> None:
    alert = {"text": "A claim flipped.", "text_zh": "判定已变。"}
    subject, body = notify.as_text({"as_of": "2025-01-01", "state": "completed", "alerts": [alert], "summary": ["Report: x"]})
    assert subject == "tifa 2025-01-01: 1 alerts"
    assert body.splitlines() == ["• A claim flipped.", "  判定已变。", "", "Report: x"]
