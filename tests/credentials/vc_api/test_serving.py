"""The server: on this machine alone, on one port for HTTP and TLS, and never silent."""

from __future__ import annotations

import http.client
import json
import socket
import ssl
import subprocess
import sys
import urllib.request
from threading import Thread
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from gilde.core import clock
from gilde.credentials.vc_api.loopback import Loopback
from gilde.credentials.vc_api.serving import LoopbackServer
from tests.credentials.vc_api.conftest import MADE, OK, Served
from tests.credentials.vc_api.documents import credential


def raw(server: LoopbackServer, request: bytes) -> bytes:
    """What the server answers to bytes."""
    with socket.create_connection(("127.0.0.1", server.port), timeout=10) as connection:
        connection.sendall(request)
        connection.shutdown(socket.SHUT_WR)
        answer = b""
        while part := connection.recv(65536):
            answer += part
    return answer


def test_it_listens_on_loopback_alone(server: LoopbackServer) -> None:
    assert {each.server_address[0] for each in server._servers} <= {"127.0.0.1", "::1"}


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/", 200),
        ("GET", "/issuers", 200),
        ("GET", "/nothing", 404),
        ("GET", "/status-lists/nobody/revocation", 404),
        ("GET", "/status-lists/eddsa-rdfc-2022/message", 404),
        ("POST", "/nothing", 404),
        ("POST", "/issuers/nobody/credentials/issue", 404),
        ("POST", "/issuers/eddsa-rdfc-2022/credentials/verify", 404),
    ],
)
def test_what_there_is_and_what_there_is_not(
    server: LoopbackServer, method: str, path: str, status: int
) -> None:
    answer = Served(server.port).ask(method, path, b"{}" if method == "POST" else b"")

    assert answer.status == status
    assert ("title" in answer.body) is (status == 404)


def test_a_connection_serves_several_requests(server: LoopbackServer) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", server.port)
    body = json.dumps({"credential": credential(), "options": {}})
    for _number in range(3):
        connection.request("POST", "/credentials/issue", body, {"Content-Type": "application/ld+json"})
        response = connection.getresponse()
        assert response.status == MADE
        assert json.loads(response.read())["proof"]
    connection.close()


def test_a_body_that_is_no_json_is_a_problem_with_a_sentence(server: LoopbackServer) -> None:
    for body in (b"", b"{", b"\xff\xfe", b'{"a":1,"a":2}', b"[" * 100_000):
        answer = Served(server.port).ask("POST", "/credentials/verify", body or b" ")
        assert answer.status == 400
        assert answer.body["title"]


@pytest.mark.parametrize(
    ("headers", "status"),
    [(b"", b"411"), (b"Content-Length: none\r\n", b"411"), (b"Content-Length: 99999999\r\n", b"413")],
)
def test_a_body_of_unknown_or_enormous_length_is_not_read(
    server: LoopbackServer, headers: bytes, status: bytes
) -> None:
    answer = raw(server, b"POST /credentials/verify HTTP/1.1\r\nHost: localhost\r\n" + headers + b"\r\n")

    assert answer.split(b" ")[1] == status


def test_nonsense_does_not_stop_it(server: LoopbackServer) -> None:
    for nonsense in (b"", b"\x16\x03\x01", b"\x00" * 100, b"GET\r\n\r\n"):
        raw(server, nonsense)

    assert Served(server.port).ask("GET", "/issuers").status == OK


def test_a_fault_of_ours_is_told_without_details(
    server: LoopbackServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_args: Any) -> None:
        raise ZeroDivisionError("secret")

    monkeypatch.setattr(Loopback, "answer", fail)
    answer = Served(server.port).ask("GET", "/issuers")

    assert answer.status == 500
    assert "secret" not in json.dumps(answer.body)


def test_it_speaks_tls_on_the_same_port_and_then_its_lists_are_there_by_https(server: LoopbackServer) -> None:
    trusting = ssl.create_default_context()
    trusting.check_hostname, trusting.verify_mode = False, ssl.CERT_NONE
    request = urllib.request.Request(
        f"https://localhost:{server.port}/credentials/issue",
        json.dumps({"credential": credential()}).encode(),
        {"Content-Type": "application/json"},
    )

    with urllib.request.urlopen(request, context=trusting, timeout=10) as response:
        told = json.loads(response.read())
    url = told["credentialStatus"][0]["statusListCredential"]
    with urllib.request.urlopen(url, context=trusting, timeout=10) as response:
        listed = json.loads(response.read())

    assert url.startswith(f"https://localhost:{server.port}/status-lists/")
    assert listed["id"] == url
    answer = Served(server.port).verify(told)
    assert answer.status == OK, answer


def test_many_at_once_are_served(server: LoopbackServer) -> None:
    failures: list[int] = []

    def work() -> None:
        asking = Served(server.port)
        for _number in range(5):
            issued = asking.issue(credential())
            if issued.status != MADE or not asking.accepts(issued.body):
                failures.append(issued.status)

    threads = [Thread(target=work) for _number in range(8)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()

    assert failures == []


def test_a_port_in_use_is_told(server: LoopbackServer) -> None:
    with pytest.raises(CommandError, match=str(server.port)):
        call_command("vc-api", "--port", str(server.port))


def test_the_command_serves_until_it_is_stopped() -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "gilde", "vc-api", "--port", "0"], stdout=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout is not None
        first = process.stdout.readline()
        port = int(first.split("http://127.0.0.1:")[1].split(",")[0])
        asking = Served(port)
        assert asking.accepts(asking.issued(credential(), "ecdsa-rdfc-2019-p384"))
    finally:
        process.terminate()
        process.wait(timeout=30)


def test_every_server_has_keys_of_its_own() -> None:
    first, second = Loopback(clock.now), Loopback(clock.now)

    ids = [issuer.id for loopback in (first, second) for issuer in loopback.issuers.values()]
    assert len(set(ids)) == len(ids)
