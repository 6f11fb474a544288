"""The loopback server: HTTP/1.1 on 127.0.0.1 and ::1 alone, with TLS on the same port for whoever begins with it.

The W3C's suite for bitstring status lists reads lists by https only, whatever the certificate.
"""

from __future__ import annotations

import json
import logging
import socket
import ssl
import tempfile
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import cached_property
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any, Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from django.utils.translation import gettext as _

from gilde.credentials.vc_api.answers import Answer
from gilde.credentials.vc_api.loopback import Loopback

_LARGEST: Final = 10 * 1024 * 1024  # bytes of a request
_HANDSHAKE: Final = b"\x16"  # the first byte of TLS (RFC 8446, section 5.1)
_LOG: Final = logging.getLogger(__name__)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def __init__(self, address: tuple[str, int], loopback: Loopback) -> None:
        self.address_family = socket.AF_INET6 if ":" in address[0] else socket.AF_INET
        self.loopback = loopback
        super().__init__(address, _Handler)

    def finish_request(self, request: Any, client_address: Any) -> None:
        request.settimeout(_Handler.timeout)
        if request.recv(1, socket.MSG_PEEK) == _HANDSHAKE:
            request = self.tls.wrap_socket(request, server_side=True)
        super().finish_request(request, client_address)

    def handle_error(self, request: Any, client_address: Any) -> None:
        _LOG.debug("a connection broke off", exc_info=True)

    @cached_property
    def tls(self) -> ssl.SSLContext:
        """A certificate for this run, signed by itself."""
        return _self_signed(self.loopback.now())


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    protocol_version = "HTTP/1.1"
    timeout = 30
    disable_nagle_algorithm = True
    wbufsize = 65536

    def do_GET(self) -> None:
        self._answer(b"")

    def do_POST(self) -> None:
        length = self.headers.get("Content-Length", "")
        if not length.isdigit():
            self.close_connection = True
            return self._tell(Answer(411, {"title": _("The request must tell its length (Content-Length).")}))
        if int(length) > _LARGEST:
            self.close_connection = True
            return self._tell(Answer(413, {"title": _("The request is larger than 10 MB.")}))
        self._answer(self.rfile.read(int(length)))

    def _answer(self, body: bytes) -> None:
        scheme = "https" if isinstance(self.connection, ssl.SSLSocket) else "http"
        host = self.headers.get("Host") or f"127.0.0.1:{self.server.server_port}"
        try:
            answer = self.server.loopback.answer(self.command, self.path, body, f"{scheme}://{host}")
        except Exception:
            _LOG.exception("vc-api: %s %s", self.command, self.path)
            answer = Answer(500, {"title": _("Something went wrong here; the log of the server says what.")})
        self._tell(answer)

    def _tell(self, answer: Answer) -> None:
        body = json.dumps(answer.body, ensure_ascii=False).encode()
        self.send_response(answer.status)
        problem = answer.status >= 400 and "verified" not in answer.body
        self.send_header("Content-Type", "application/problem+json" if problem else "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        _LOG.debug(format, *args)


class LoopbackServer:
    """A server on this machine alone; `port` 0 takes a free one. Raises OSError when the port is in use."""

    def __init__(self, port: int, now: Callable[[], datetime]) -> None:
        self.loopback = Loopback(now)
        first = _Server(("127.0.0.1", port), self.loopback)
        self.port: int = first.server_port
        self._servers = [first]
        try:
            self._servers.append(_Server(("::1", self.port), self.loopback))
        except OSError:
            _LOG.info("there is no ::1 on this machine, or its port is in use; 127.0.0.1 serves alone")
        self._threads = [Thread(target=each.serve_forever, daemon=True) for each in self._servers]

    @property
    def address(self) -> str:
        """Where it serves."""
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Begin to serve, in threads."""
        for thread in self._threads:
            thread.start()

    def wait(self) -> None:
        """Return when the server was stopped."""
        for thread in self._threads:
            thread.join()

    def stop(self) -> None:
        """Stop serving, and give the port back."""
        for each in self._servers:
            each.shutdown()
            each.server_close()


def _self_signed(now: datetime) -> ssl.SSLContext:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=30))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    pem = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    with tempfile.TemporaryDirectory() as folder:  # the library reads keys from files alone
        path = Path(folder, "both.pem")
        path.write_bytes(pem + certificate.public_bytes(serialization.Encoding.PEM))
        context.load_cert_chain(path)
    return context
