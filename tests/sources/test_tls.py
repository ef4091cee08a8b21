"""Over TLS the name counts, not the dialled address: SNI and certificate are checked although the address is pinned."""

from __future__ import annotations

import shutil
import ssl
import subprocess
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from pipeline.sources import connection
from pipeline.sources.client import ask
from pipeline.sources.trouble import Failed
from tests.sources.server import Clock, client_for


@dataclass
class Secure:
    port: int
    certificate: Path
    names: list[str] = field(default_factory=list)


class Answering(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response_only(200)
        self.end_headers()
        self.wfile.write(b"<p>" + self.headers["Host"].encode() + b"</p>")

    def log_message(self, *arguments: object) -> None:
        pass


@pytest.fixture
def secure(tmp_path: Path) -> Iterator[Secure]:
    if not shutil.which("openssl"):
        pytest.skip("openssl is not on this machine, so no certificate can be made")
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "30",
                    "-subj", "/CN=secure.example", "-addext", "subjectAltName=DNS:secure.example", "-keyout", key, "-out", certificate],
                   check=True, capture_output=True)
    server = HTTPServer(("127.0.0.1", 0), Answering)
    running = Secure(server.server_address[1], certificate)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    context.sni_callback = lambda sock, name, ctx: running.names.append(str(name))
    server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=True)
    server.handle_error = lambda *_: None  # type: ignore[method-assign, assignment]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    yield running
    server.shutdown()
    server.server_close()
    thread.join()


def test_the_name_is_in_sni_host_and_certificate(secure: Secure, monkeypatch: pytest.MonkeyPatch) -> None:
    trusted = ssl.create_default_context(cafile=str(secure.certificate))
    monkeypatch.setattr(connection, "_trusted", lambda: trusted)
    client = client_for("secure.example", "other.example", clock=Clock())
    answer = ask(client, f"https://secure.example:{secure.port}/")
    assert answer.body == f"<p>secure.example:{secure.port}</p>".encode() and secure.names == ["secure.example"]
    with pytest.raises(Failed) as failed:      # the same server and address under a name that its certificate does not hold
        ask(client, f"https://other.example:{secure.port}/")
    assert failed.value.reason == "connection" and "other.example" in secure.names


def test_a_certificate_nobody_vouches_for_is_not_trusted(secure: Secure) -> None:
    with pytest.raises(Failed) as failed:
        ask(client_for("secure.example", clock=Clock()), f"https://secure.example:{secure.port}/")
    assert failed.value.reason == "connection" and "certificate" in failed.value.detail.lower()
