"""One question over HTTP to an address that was checked, within limits of time and size."""

from __future__ import annotations

import http.client
import socket
import ssl
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass

from django.utils.translation import gettext as _

from gilde.core.fetch.errors import AnswerTooLarge, BadAnswer, TooSlow, Unreachable

_CHUNK = 64 * 1024


@dataclass(frozen=True)
class Answer:
    """What came back: status, headers in small letters, body, and the address that gave it."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    address: str


class _Connection(http.client.HTTPConnection):
    """Connects to the addresses given, never to what the name leads to by now; TLS still checks the name."""

    def __init__(
        self, host: str, port: int, addresses: Sequence[str], tls: ssl.SSLContext | None, deadline: float
    ):
        super().__init__(host, port)
        self.addresses = addresses
        self.tls = tls
        self.deadline = deadline
        self.address = ""
        # Kept beside `sock`, which http.client forgets once an answer runs until the end of the connection.
        self.line: socket.socket | None = None

    def connect(self) -> None:
        error: OSError | None = None
        for address in self.addresses:
            left = self.deadline - time.monotonic()
            if left <= 0:
                break
            try:
                self.sock = socket.create_connection((address, self.port), timeout=left)
            except OSError as refused:
                error = refused
                continue
            self.address = address
            self.line = self.sock
            if self.tls is not None:
                # In two steps, so that the watch can cut a handshake that does not end.
                self.sock = self.line = tls = self.tls.wrap_socket(
                    self.sock, server_hostname=self.host, do_handshake_on_connect=False
                )
                tls.do_handshake()
            return
        raise error or TimeoutError()


def ask(
    *,
    host: str,
    port: int,
    target: str,
    headers: Mapping[str, str],
    addresses: Sequence[str],
    tls: ssl.SSLContext | None,
    deadline: float,
    limit: int,
    body: bytes | None = None,
) -> Answer:
    """Return the answer to one GET, or POST of a body. `deadline` is a moment of time.monotonic, `limit` is in bytes.

    Raises Unreachable, TooSlow, AnswerTooLarge, BadAnswer.
    """
    connection = _Connection(host, port, addresses, tls, deadline)
    too_late = threading.Event()

    def cut() -> None:
        # A machine that sends a byte now and then never runs into a timeout of the socket; this it runs into.
        too_late.set()
        if connection.line is not None:
            with suppress(OSError):  # it was closed already
                connection.line.shutdown(socket.SHUT_RDWR)

    watch = threading.Timer(max(0.0, deadline - time.monotonic()), cut)
    watch.daemon = True
    watch.start()
    try:
        connection.request("GET" if body is None else "POST", target, body, dict(headers))
        response = connection.getresponse()
        answered = _body(response, host, limit)
        if too_late.is_set():
            raise _too_slow(host)
        kept = {name.lower(): value for name, value in response.getheaders()}
        return Answer(response.status, kept, answered, connection.address)
    except ssl.SSLCertVerificationError as error:
        raise Unreachable(
            _("%(host)s cannot prove that it is %(host)s: %(reason)s.")
            % {"host": host, "reason": error.verify_message}
        ) from error
    except (OSError, http.client.HTTPException, ValueError) as error:
        if too_late.is_set() or isinstance(error, TimeoutError):
            raise _too_slow(host) from error
        raise Unreachable(
            _("%(host)s does not answer as it should: %(reason)s.")
            % {"host": host, "reason": str(error) or type(error).__name__}
        ) from error
    finally:
        watch.cancel()
        connection.close()


def _body(response: http.client.HTTPResponse, host: str, limit: int) -> bytes:
    if response.headers.get("Content-Encoding", "identity").strip().lower() not in ("", "identity"):
        raise BadAnswer(_("%(host)s packed its answer although it was asked not to.") % {"host": host})
    declared = response.length
    if declared is not None and declared > limit:
        raise _too_large(host, limit)
    body = bytearray()
    while piece := response.read1(_CHUNK):
        body += piece
        if len(body) > limit:
            raise _too_large(host, limit)
    if declared is not None and len(body) < declared and response.status != 304:
        raise BadAnswer(_("%(host)s cut its answer off. Try again later.") % {"host": host})
    return bytes(body)


def _too_large(host: str, limit: int) -> AnswerTooLarge:
    return AnswerTooLarge(
        _("The answer of %(host)s is larger than %(limit)s MB, the most that is taken for this.")
        % {"host": host, "limit": f"{limit / 1024 / 1024:.3g}"}
    )


def _too_slow(host: str) -> TooSlow:
    return TooSlow(_("%(host)s did not answer in time. Try again later.") % {"host": host})
