"""Going out: only for what is on the list, never to a machine inside, within limits, and always logged."""

from __future__ import annotations

import gzip
import ipaddress
import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gilde.core import fetch
from gilde.core.fetch import Purpose, addresses, service
from gilde.core.models import FetchedAnswer, FetchLog
from tests.core.fetch_server import Server, serving

pytestmark = pytest.mark.django_db


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    """Return a running server, and a purpose "tests" that may ask it and nothing else."""
    monkeypatch.setattr(service, "_purposes", {})
    with serving() as made:
        purpose("tests", made)
        yield made


def purpose(name: str, server: Server, **options: Any) -> Purpose:
    given_options: dict[str, Any] = {
        "hosts": ("127.0.0.1", "localhost", "*.example.org"),
        "schemes": frozenset({"http"}),
        "ports": frozenset({server.port}),
        "loopback": True,
        "seconds": 10.0,
        **options,
    }
    return fetch.register(Purpose(name, "For tests", **given_options))


def leads_to(monkeypatch: pytest.MonkeyPatch, *answers: list[str]) -> list[str]:
    """Let names lead to these addresses, one answer after another, the last for ever; return the names
    asked.
    """
    left, asked = list(answers), []
    real = socket.getaddrinfo

    def getaddrinfo(host: str, port: int, *rest: Any, **options: Any) -> Any:
        if host[0].isdigit():  # an address already: no name is looked up
            return real(host, port, *rest, **options)
        asked.append(host)
        found = left.pop(0) if len(left) > 1 else left[0]
        family = {4: socket.AF_INET, 6: socket.AF_INET6}
        return [
            (family[ipaddress.ip_address(a).version], socket.SOCK_STREAM, 6, "", (a, port)) for a in found
        ]

    monkeypatch.setattr(addresses.socket, "getaddrinfo", getaddrinfo)
    return asked


# --- the answer
# -----------------------------------------------------------------------------------------------


def test_an_answer_comes_with_its_type_and_is_logged(server: Server) -> None:
    server.says("/data?y=2025", b'{"a": 1}', content_type="application/json; charset=utf-8")
    fetched = fetch.get("tests", server.url("/data?y=2025"), accept="application/json")
    assert (fetched.status, fetched.body, fetched.media_type) == (200, b'{"a": 1}', "application/json")
    assert server.asked[0][1]["Accept"] == "application/json"
    assert server.asked[0][1]["Host"] == f"127.0.0.1:{server.port}"
    log = FetchLog.objects.get()
    assert (log.purpose, log.url, log.status, log.size) == ("tests", server.url("/data?y=2025"), 200, 8)
    assert (log.addresses, log.error, log.from_cache) == (["127.0.0.1"], "", False)


def test_an_answer_that_did_not_change_comes_from_the_cache(server: Server) -> None:
    server.says("/data", b"figures", etag='"v1"', content_type="text/csv")
    first, second = (fetch.get("tests", server.url("/data")) for _ in range(2))
    assert (first.from_cache, second.from_cache) == (False, True)
    assert (second.body, second.media_type, second.fetched_at) == (b"figures", "text/csv", first.fetched_at)
    assert list(FetchLog.objects.order_by("id").values_list("status", "from_cache")) == [
        (200, False),
        (304, True),
    ]


def test_a_changed_answer_replaces_the_kept_one(server: Server) -> None:
    server.says("/data", b"old", etag='"v1"')
    fetch.get("tests", server.url("/data"))
    server.says("/data", b"new", etag='"v2"')
    assert fetch.get("tests", server.url("/data")).body == b"new"
    assert bytes(FetchedAnswer.objects.get().body) == b"new"


def test_the_cache_is_apart_for_each_purpose_and_each_accepted_type(server: Server) -> None:
    server.says("/data", b"figures", etag='"v1"')
    purpose("others", server)
    fetch.get("tests", server.url("/data"))
    fetch.get("tests", server.url("/data"), accept="text/csv")
    fetch.get("others", server.url("/data"))
    assert FetchedAnswer.objects.count() == 3
    assert all("If-None-Match" not in headers for _, headers in server.asked)


def test_what_may_not_be_kept_is_not_kept(server: Server) -> None:
    server.says("/data", b"figures", etag='"v1"', cache_control="private, no-store")
    fetch.get("tests", server.url("/data"))
    assert not FetchedAnswer.objects.exists()


def test_a_redirect_is_followed_and_the_last_address_is_told(server: Server) -> None:
    server.says("/old", status=301, location="/new")
    server.says("/new", b"here")
    fetched = fetch.get("tests", server.url("/old"))
    assert (fetched.body, fetched.url) == (b"here", server.url("/new"))


# --- what is sent
# -------------------------------------------------------------------------------------------------


def test_what_is_posted_arrives_as_it_was_and_is_logged_and_not_kept(server: Server) -> None:
    server.says("/stamps", b"stamped", etag='"v1"', content_type="application/timestamp-reply")
    sent = bytes(range(256))
    for _ in range(2):
        fetched = fetch.post(
            "tests", server.url("/stamps"), sent, "application/timestamp-query", accept="x/y"
        )
        assert (fetched.body, fetched.media_type) == (b"stamped", "application/timestamp-reply")
        assert not fetched.from_cache
    assert server.posted == [sent, sent]
    headers = server.asked[1][1]
    assert (headers["Content-Type"], headers["Accept"]) == ("application/timestamp-query", "x/y")
    assert "If-None-Match" not in headers
    assert not FetchedAnswer.objects.exists()
    log = FetchLog.objects.order_by("id").first()
    assert log is not None
    assert (log.purpose, log.url, log.status, log.size) == ("tests", server.url("/stamps"), 200, 7)


def test_nothing_can_be_posted_too(server: Server) -> None:
    server.says("/stamps", b"none")
    assert fetch.post("tests", server.url("/stamps"), b"", "text/plain").body == b"none"
    assert server.posted == [b""]


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_what_is_posted_follows_no_redirect(server: Server, status: int) -> None:
    server.says("/stamps", status=status, location="/elsewhere")
    server.says("/elsewhere", b"here")
    with pytest.raises(fetch.BadAnswer, match=f"answered with the error {status}"):
        fetch.post("tests", server.url("/stamps"), b"a digest", "text/plain")
    assert [path for path, _ in server.asked] == ["/stamps"]
    assert FetchLog.objects.get().status == status


def test_what_is_posted_keeps_to_the_limits_of_its_purpose(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    stopped = threading.Event()
    purpose("small", server, limit=1000)
    purpose("hasty", server, seconds=0.3)
    purpose("open", server, hosts=("*",), loopback=False)
    server.says("/large", b"x" * 2000)
    server.answers["/slow"] = lambda _handler: stopped.wait(10) and None
    try:
        for name, path, refused in (
            ("small", "/large", fetch.AnswerTooLarge),
            ("hasty", "/slow", fetch.TooSlow),
            ("open", "/large", fetch.PrivateAddress),
            ("unheard-of", "/large", fetch.NotAllowed),
        ):
            with pytest.raises(refused):
                fetch.post(name, server.url(path), b"a digest", "text/plain")
    finally:
        stopped.set()
    assert [path for path, _ in server.asked] == ["/large", "/slow"]
    assert all(FetchLog.objects.values_list("error", flat=True))
    assert FetchLog.objects.count() == 3


# --- limits
# ---------------------------------------------------------------------------------------------------


def test_an_answer_that_declares_too_much_is_not_read(server: Server) -> None:
    purpose("small", server, limit=1000)
    server.says("/data", b"x" * 2000)
    with pytest.raises(fetch.AnswerTooLarge, match=r"larger than 0\.000954 MB"):
        fetch.get("small", server.url("/data"))
    assert "larger than" in FetchLog.objects.get().error


def test_an_answer_that_declares_nothing_is_cut_at_the_limit(server: Server) -> None:
    def endless(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.send_header("Transfer-Encoding", "chunked")
        handler.end_headers()
        try:
            while True:
                handler.wfile.write(b"1000\r\n" + b"x" * 0x1000 + b"\r\n")
        except OSError:
            handler.close_connection = True

    purpose("small", server, limit=100_000)
    server.answers["/data"] = endless
    with pytest.raises(fetch.AnswerTooLarge):
        fetch.get("small", server.url("/data"))


@pytest.mark.parametrize("where", ["headers", "body"])
def test_a_machine_that_dribbles_is_left_after_the_time_of_the_purpose(server: Server, where: str) -> None:
    stopped = threading.Event()

    def dribble(handler: BaseHTTPRequestHandler) -> None:
        if where == "body":
            handler.send_response(200)
            handler.end_headers()
        try:
            while not stopped.wait(0.05):
                handler.wfile.write(b"x")
        except OSError:
            handler.close_connection = True

    purpose("hasty", server, seconds=0.5)
    server.answers["/data"] = dribble
    try:
        with pytest.raises(fetch.TooSlow, match="did not answer in time"):
            fetch.get("hasty", server.url("/data"))
    finally:
        stopped.set()


def test_redirects_without_end_are_left(server: Server) -> None:
    server.says("/a", status=302, location="/a")
    with pytest.raises(fetch.BadAnswer, match="without end"):
        fetch.get("tests", server.url("/a"))
    assert len(server.asked) == 6


def test_an_answer_that_is_cut_off_is_refused(server: Server) -> None:
    server.says("/data", b"half", content_length="8")
    with pytest.raises(fetch.BadAnswer, match="cut its answer off"):
        fetch.get("tests", server.url("/data"))


def test_a_packed_answer_is_refused_since_it_may_be_a_bomb(server: Server) -> None:
    server.says("/data", gzip.compress(b"0" * 10_000), content_encoding="gzip")
    with pytest.raises(fetch.BadAnswer, match="packed its answer"):
        fetch.get("tests", server.url("/data"))


@pytest.mark.parametrize("status", [204, 404, 500, 304])
def test_an_error_of_the_other_side_is_told_with_its_number(server: Server, status: int) -> None:
    server.says("/data", status=status)
    with pytest.raises(fetch.BadAnswer, match=f"answered with the error {status}"):
        fetch.get("tests", server.url("/data"))


def test_a_machine_that_is_not_there_is_told(server: Server) -> None:
    server.shutdown()
    server.server_close()
    with pytest.raises(fetch.Unreachable, match=r"127\.0\.0\.1 does not answer as it should"):
        fetch.get("tests", server.url("/data"))
    assert FetchLog.objects.get().status is None


def test_a_name_that_leads_nowhere_is_told(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*args: object, **options: object) -> None:
        raise socket.gaierror(-2, "Name or service not known")

    monkeypatch.setattr(addresses.socket, "getaddrinfo", fails)
    with pytest.raises(fetch.Unreachable, match=r"no machine of the name www\.example\.org"):
        fetch.get("tests", server.url("/data", "www.example.org"))


# --- what is on the list
# --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ("http://evil.example.com:{port}/", "evil.example.com is not among the hosts"),
        ("http://example.org.evil.com:{port}/", "is not among the hosts"),
        ("http://evilexample.org:{port}/", "is not among the hosts"),
        ("http://127.0.0.1:{other}/", "only http on port"),
        ("https://127.0.0.1:{port}/", "only http on port"),
        ("file:///etc/passwd", "is no address that can be asked|only http"),
        ("ftp://127.0.0.1:{port}/", "only http on port"),
        ("gopher://127.0.0.1:{port}/", "only http on port"),
        ("http://user:secret@127.0.0.1:{port}/", "is no address that can be asked"),
        ("http://127.0.0.1:{port}@evil.example.com/", "is no address that can be asked"),
        ("http://127.0.0.1:{port}\\@evil.example.com/", "is no address that can be asked"),
        ("http://127.0.0.1:{port}/a\r\nX: y", "is no address that can be asked"),
        ("http://127.0.0.1:notaport/", "is no address that can be asked"),
        ("//127.0.0.1:{port}/", "only http on port|is no address"),
        ("", "is no address that can be asked"),
    ],
)
def test_what_is_not_on_the_list_is_refused_and_logged(server: Server, url: str, sentence: str) -> None:
    with pytest.raises(fetch.NotAllowed, match=sentence):
        fetch.get("tests", url.format(port=server.port, other=server.port - 1))
    assert server.asked == []
    assert FetchLog.objects.get().error


def test_an_unknown_purpose_is_refused(server: Server) -> None:
    with pytest.raises(fetch.NotAllowed, match="does not go out for “curiosity”"):
        fetch.get("curiosity", server.url("/"))


def test_a_redirect_to_a_host_off_the_list_is_refused(server: Server) -> None:
    server.says("/a", status=302, location="http://evil.example.com/")
    with pytest.raises(fetch.NotAllowed):
        fetch.get("tests", server.url("/a"))


def test_an_installation_adds_hosts_by_its_settings(server: Server, settings: Any) -> None:
    purpose("listed", server, hosts=())
    server.says("/data", b"figures")
    with pytest.raises(fetch.NotAllowed):
        fetch.get("listed", server.url("/data"))
    settings.FETCH_HOSTS = {"listed": ["127.0.0.1"]}
    assert fetch.get("listed", server.url("/data")).body == b"figures"


def test_a_purpose_is_registered_once_and_listed(server: Server) -> None:
    with pytest.raises(ValueError, match="registered twice"):
        purpose("tests", server)
    assert [listed.name for listed in fetch.purposes()] == ["tests"]


def test_by_default_only_https_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service, "_purposes", {})
    fetch.register(Purpose("plain", "For tests", ("www.example.org",)))
    for url in ("http://www.example.org/", "https://www.example.org:8443/"):
        with pytest.raises(fetch.NotAllowed, match="only https on port 443"):
            fetch.get("plain", url)


# --- machines inside
# ------------------------------------------------------------------------------------------

INSIDE = [
    "127.0.0.1",
    "127.255.255.254",
    "0.0.0.0",
    "10.0.0.1",
    "172.16.0.1",
    "192.168.1.1",
    "169.254.169.254",
    "100.64.0.1",
    "192.0.2.1",
    "198.18.0.1",
    "224.0.0.1",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "fe80::1",
    "fc00::1",
    "fec0::1",
    "ff02::1",
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.1",
    "::127.0.0.1",
    "2002:7f00:1::",
    "2002:0a00:0001::1",
    "64:ff9b::7f00:1",
    "64:ff9b::a00:1",
    "64:ff9b:1::5db8:d70e",
    "2001:db8::1",
]


@pytest.mark.parametrize("address", INSIDE)
def test_an_address_inside_is_not_public(address: str) -> None:
    assert not addresses.is_public(address)


@pytest.mark.parametrize(
    "address", ["93.184.215.14", "2a01:7c8::1", "::ffff:93.184.215.14", "64:ff9b::5db8:d70e"]
)
def test_an_address_that_everybody_can_reach_is_public(address: str) -> None:
    assert addresses.is_public(address)


@given(st.ip_addresses(v=4))
def test_an_ipv4_address_is_never_more_public_in_ipv6_clothes(address: ipaddress.IPv4Address) -> None:
    number = int(address)
    for clothed in (number + (0xFFFF << 32), (0x2002 << 112) + (number << 80), (0x64FF9B << 96) + number):
        if addresses.is_public(str(ipaddress.IPv6Address(clothed))):
            assert addresses.is_public(str(address))


@pytest.mark.parametrize("address", INSIDE)
def test_a_name_that_leads_inside_is_refused(
    server: Server, monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    purpose("open", server, hosts=("*",), loopback=False)
    leads_to(monkeypatch, [address])
    with pytest.raises(fetch.PrivateAddress, match="is no public address"):
        fetch.get("open", server.url("/data", "www.example.com"))
    assert server.asked == []


@pytest.mark.parametrize("host", ["127.0.0.1", "[::1]", "2130706433", "0x7f000001", "127.1", "localhost"])
def test_an_address_inside_in_any_spelling_is_refused(server: Server, host: str) -> None:
    purpose("open", server, hosts=("*",), loopback=False)
    with pytest.raises((fetch.PrivateAddress, fetch.Unreachable)):
        fetch.get("open", server.url("/data", host))
    assert server.asked == []


def test_a_name_with_one_address_inside_among_public_ones_is_refused(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    purpose("open", server, hosts=("*",), loopback=False)
    leads_to(monkeypatch, ["93.184.215.14", "10.0.0.1"])
    with pytest.raises(fetch.PrivateAddress, match=r"10\.0\.0\.1"):
        fetch.get("open", server.url("/data", "www.example.com"))


def test_a_redirect_inside_is_refused(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    """The first name leads to the test server, which loopback allows; the second to a machine inside."""
    leads_to(monkeypatch, ["127.0.0.1"], ["192.168.1.1"])
    server.says("/a", status=302, location=server.url("/secret", "inside.example.org"))
    with pytest.raises(fetch.PrivateAddress, match=r"inside\.example\.org leads to 192\.168\.1\.1"):
        fetch.get("tests", server.url("/a", "outside.example.org"))
    assert [path for path, _ in server.asked] == ["/a"]


def test_the_address_that_was_checked_is_the_one_that_is_asked(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    """DNS rebinding: the second answer for a name differs from the first; it must never be asked for."""
    asked = leads_to(monkeypatch, ["127.0.0.1"], ["192.168.1.1"])
    server.says("/data", b"figures")
    assert fetch.get("tests", server.url("/data", "www.example.org")).body == b"figures"
    assert asked == ["www.example.org"]
    assert FetchLog.objects.get().addresses == ["127.0.0.1"]
    assert server.asked[0][1]["Host"] == f"www.example.org:{server.port}"


def test_the_next_use_checks_again(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    leads_to(monkeypatch, ["127.0.0.1"], ["192.168.1.1"])
    server.says("/data", b"figures")
    fetch.get("tests", server.url("/data", "www.example.org"))
    with pytest.raises(fetch.PrivateAddress):
        fetch.get("tests", server.url("/data", "www.example.org"))


def test_an_address_that_does_not_answer_gives_way_to_the_next(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    leads_to(monkeypatch, ["127.0.0.2", "127.0.0.1"])
    server.says("/data", b"figures")
    assert fetch.get("tests", server.url("/data", "www.example.org")).body == b"figures"
    assert FetchLog.objects.get().addresses == ["127.0.0.1"]


def test_a_machine_that_cannot_prove_its_name_is_left(server: Server) -> None:
    """The server speaks no TLS at all; a wrong certificate ends the same way."""
    purpose("secure", server, schemes=frozenset({"https"}))
    with pytest.raises(fetch.Unreachable):
        fetch.get("secure", f"https://127.0.0.1:{server.port}/")
    assert service._tls().check_hostname
