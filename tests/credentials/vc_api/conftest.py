"""The VC-API as a suite sees it: the same cases by plain call and over HTTP, on a server of this process."""

from __future__ import annotations

import http.client
import json
from collections.abc import Iterator
from typing import Any, Protocol

import pytest

from gilde.core import clock
from gilde.credentials.vc_api import Answer
from gilde.credentials.vc_api.loopback import Loopback
from gilde.credentials.vc_api.serving import LoopbackServer

OK, MADE = 200, 201


class Api(Protocol):
    """What a suite does with an implementation."""

    def ask(self, method: str, path: str, body: bytes = b"") -> Answer: ...


class _Asking:
    def ask(self, method: str, path: str, body: bytes = b"") -> Answer:
        raise NotImplementedError

    def post(self, path: str, **members: Any) -> Answer:
        return self.ask("POST", path, json.dumps(members).encode())

    def get(self, path: str) -> Answer:
        return self.ask("GET", path)

    def issue(self, credential: Any, issuer: str = "eddsa-rdfc-2022", **options: Any) -> Answer:
        return self.post(f"/issuers/{issuer}/credentials/issue", credential=credential, options=options)

    def issued(self, credential: Any, issuer: str = "eddsa-rdfc-2022") -> dict[str, Any]:
        answer = self.issue(credential, issuer)
        assert answer.status == MADE, answer.body
        return answer.body

    def verify(self, credential: Any, **options: Any) -> Answer:
        return self.post("/credentials/verify", verifiableCredential=credential, options=options)

    def verify_presentation(self, presentation: Any, **options: Any) -> Answer:
        return self.post("/presentations/verify", verifiablePresentation=presentation, options=options)

    def accepts(self, credential: Any, **options: Any) -> bool:
        """Whether the verifier says that a credential is sound; what it says otherwise must be as it should."""
        return _told(self.verify(credential, **options))

    def accepts_presentation(self, presentation: Any, **options: Any) -> bool:
        return _told(self.verify_presentation(presentation, **options))


def _told(answer: Answer) -> bool:
    assert answer.status in (OK, 400), answer
    verified: bool = answer.body["verified"]
    assert verified is (answer.status == OK)
    assert bool(answer.body["problemDetails"]) is not verified
    assert all(
        each["type"].startswith("https://") and each["title"] for each in answer.body["problemDetails"]
    )
    return verified


class Called(_Asking):
    """The endpoints by plain call, without a connection."""

    def __init__(self) -> None:
        self.loopback = Loopback(clock.now)

    def ask(self, method: str, path: str, body: bytes = b"") -> Answer:
        return self.loopback.answer(method, path, body, "http://127.0.0.1:1")


class Served(_Asking):
    """The endpoints over HTTP."""

    def __init__(self, port: int) -> None:
        self.port = port

    def ask(self, method: str, path: str, body: bytes = b"") -> Answer:
        connection = http.client.HTTPConnection("127.0.0.1", self.port)
        connection.request(method, path, body or None, {"Content-Type": "application/json"})
        response = connection.getresponse()
        told = json.loads(response.read())
        connection.close()
        return Answer(response.status, told)


@pytest.fixture(scope="session")
def server() -> Iterator[LoopbackServer]:
    """A server on a free port, for the whole run."""
    server = LoopbackServer(0, clock.now)
    server.start()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def called() -> Called:
    """The endpoints by plain call alone, for the long tables."""
    return Called()


@pytest.fixture(scope="session", params=["called", "served"])
def api(request: pytest.FixtureRequest) -> _Asking:
    """The implementation under test, in both ways of reaching it."""
    if request.param == "called":
        return Called()
    return Served(request.getfixturevalue("server").port)
