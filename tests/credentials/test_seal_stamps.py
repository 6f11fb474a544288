"""The authority that the settings name stamps what this Gilde seals, which is then valid long after the seal's own end.

An authority that is away, slow or lies leads to one thing: the file without a stamp, once, and a warning.
"""

from __future__ import annotations

import io
import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest
from asn1crypto import tsp
from cryptography.x509.oid import ExtendedKeyUsageOID
from django.core.cache import cache
from django.core.management import call_command

from gilde.core import clock
from gilde.core.fetch import service
from gilde.core.models import FetchLog
from gilde.credentials.keys.authority import SealKind, certificates_pem, pkcs12_file
from gilde.credentials.models import Award, Rendering
from gilde.credentials.proofs import jades, pades
from gilde.credentials.services import log, renderings, seals
from gilde.credentials.services.checking import check_given
from gilde.credentials.verdict import Answer, Verdict
from tests.core.fetch_server import Server, serving
from tests.credentials.factories import an_award
from tests.credentials.proofs.sealing import (
    LEGAL_ID,
    LONG_AFTER,
    NAME,
    SEALED,
    SINCE,
    UNTIL,
    root,
    stamping,
    stamping_root,
)

pytestmark = pytest.mark.django_db

FORMS = ("edc", "certificate", "supplement")
PASSWORD = "for tests only"
Stamping = Callable[[bytes], bytes]


class Authority:
    """A time stamping authority at an address of this machine, as RFC 3161 (3.4) says it over HTTP."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self.url = server.url("/stamps")
        self.gives(stamping())

    def gives(self, stamp: Stamping) -> None:
        """Let it answer a request by this."""
        self.server.answers["/stamps"] = lambda handler: self._answer(handler, stamp)

    @property
    def asked(self) -> list[bytes]:
        return self.server.posted

    def _answer(self, handler: BaseHTTPRequestHandler, stamp: Stamping) -> None:
        assert handler.headers["Content-Type"] == "application/timestamp-query"
        body = stamp(self.server.posted[-1])
        handler.send_response(200)
        handler.send_header("Content-Type", "application/timestamp-reply")
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        with suppress(OSError):  # who asked may have hung up
            handler.wfile.write(body)


@pytest.fixture
def seal(settings: Any, tmp_path: Path) -> Callable[..., None]:
    """Return a function that sets a seal: that of a school, whose certificate ends in 2026."""

    def use(kind: SealKind = SealKind.P256, until: datetime = UNTIL, **told: str) -> None:
        certificate, key = root().issue(
            NAME, since=SINCE, until=until, kind=kind, country="BE", legal_id=LEGAL_ID
        )
        path = tmp_path / f"{kind}-{until.year}.p12"
        path.write_bytes(pkcs12_file(key, certificate, password=PASSWORD))
        (tmp_path / f"{until.year}.pem").write_bytes(certificates_pem(certificate))
        settings.SEAL = {**settings.SEAL, "file": str(path), "password": PASSWORD, **told}

    use()
    return use


@pytest.fixture
def authority(
    seal: Callable[..., None], settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Authority]:
    """Return an authority that the settings name. After a failure it may be asked again at once."""
    monkeypatch.setattr(seals, "PAUSE", 0)
    roots = tmp_path / "roots.pem"
    roots.write_bytes(certificates_pem(stamping_root().certificate))
    with serving() as server, clock.moved_to(SEALED):
        made = Authority(server)
        settings.SEAL = {**settings.SEAL, "stamps": made.url, "stamp_roots": str(roots)}
        near = replace(seals.STAMPS, ports=frozenset({server.port}), loopback=True, seconds=1)
        monkeypatch.setitem(service._purposes, seals.STAMPS.name, near)
        yield made


def changed(settings: Any, **told: str) -> None:
    settings.SEAL = {**settings.SEAL, **told}


def later(content: bytes) -> Verdict:
    """What a check says when the certificate of the seal has expired for ten years."""
    with clock.moved_to(LONG_AFTER):
        return check_given(content)


def stamped(content: bytes) -> datetime | None:
    """Return what a time stamp in a file says, believed or not."""
    if content.startswith(b"%PDF"):
        return pades.verify(content, now=SEALED)[0].stamped_at
    return jades.verify(content, now=SEALED).stamped_at


# --- stamped
# ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("form", FORMS)
def test_what_was_stamped_is_valid_when_sealed_long_after_the_certificate_expired(
    authority: Authority, form: str
) -> None:
    content = renderings.file(an_award(), form).content
    verdict = check_given(content)
    assert (verdict.answer, verdict.sealed_then) == (Answer.VALID, None)
    verdict = later(content)
    assert (verdict.answer, verdict.sealed_then) == (Answer.VALID, SEALED)
    assert "stamped" in {each.reason for each in verdict.checks}


@pytest.mark.parametrize("form", FORMS)
def test_without_an_authority_nobody_is_asked_and_the_file_ends_with_the_certificate(
    authority: Authority, settings: Any, form: str
) -> None:
    changed(settings, stamps="")
    content = renderings.file(an_award(), form).content
    assert check_given(content).answer == Answer.VALID
    verdict = later(content)
    assert (verdict.answer, verdict.sealed_then) == (Answer.UNKNOWN_ISSUER, None)
    assert authority.asked == []


def test_the_command_line_says_so_too(authority: Authority, tmp_path: Path) -> None:
    paths = []
    award = an_award()
    for form in FORMS:
        paths.append(str(tmp_path / f"{form}.pdf"))
        Path(paths[-1]).write_bytes(renderings.file(award, form).content)
    out = io.StringIO()
    with clock.moved_to(LONG_AFTER):
        call_command("verify", *paths, stdout=out)  # which ends the process where one of them is not valid
    assert out.getvalue().count("valid when sealed") >= len(FORMS)


def test_the_authority_is_told_a_digest_and_asked_once_for_a_file(authority: Authority) -> None:
    award = an_award()
    files = [renderings.file(award, form).content for form in FORMS]
    assert files == [renderings.file(award, form).content for form in FORMS]
    assert len(authority.asked) == len(FORMS)
    for each in authority.asked:
        told = tsp.TimeStampReq.load(each, strict=True)
        assert told.native.keys() == {
            "version",
            "message_imprint",
            "req_policy",
            "nonce",
            "cert_req",
            "extensions",
        }
        assert len(told["message_imprint"]["hashed_message"].native) == 32
        assert len(each) < 100
    assert set(FetchLog.objects.values_list("purpose", "url", "error")) == {
        (seals.STAMPS.name, authority.url, "")
    }


@pytest.mark.parametrize("kind", SealKind)
def test_seals_of_every_kind_of_key_are_stamped(
    authority: Authority, seal: Callable[..., None], kind: SealKind
) -> None:
    seal(kind)
    award = an_award()
    for form in ("edc", "certificate"):
        assert stamped(renderings.file(award, form).content) == SEALED


def test_files_of_a_seal_that_was_replaced_go_on_being_known_when_it_is_named(
    authority: Authority, seal: Callable[..., None], settings: Any, tmp_path: Path
) -> None:
    content = renderings.file(an_award(), "edc").content
    seal(until=datetime(2039, 1, 1, tzinfo=SINCE.tzinfo))
    assert later(content).answer == Answer.UNKNOWN_ISSUER
    changed(settings, earlier=str(tmp_path / "2026.pem"))
    assert (later(content).answer, later(content).sealed_then) == (Answer.VALID, SEALED)


def test_a_seal_that_was_replaced_and_not_stamped_ends_with_its_certificate_all_the_same(
    authority: Authority, seal: Callable[..., None], settings: Any, tmp_path: Path
) -> None:
    changed(settings, stamps="")
    content = renderings.file(an_award(), "edc").content
    seal(until=datetime(2039, 1, 1, tzinfo=SINCE.tzinfo), earlier=str(tmp_path / "2026.pem"))
    assert check_given(content).answer == Answer.VALID
    assert later(content).answer == Answer.UNKNOWN_ISSUER


def test_stamps_are_believed_by_the_roots_that_are_named_only(authority: Authority, settings: Any) -> None:
    content = renderings.file(an_award(), "edc").content
    changed(settings, stamp_roots="")
    verdict = later(content)
    assert (verdict.answer, verdict.sealed_then) == (Answer.UNKNOWN_ISSUER, None)
    assert "stamp-unknown" in {each.reason for each in verdict.checks}


# --- not stamped
# --------------------------------------------------------------------------------------------------


def refused(_request: bytes) -> bytes:
    status = {"status": "rejection", "status_string": ["No more today"]}
    answer: bytes = tsp.TimeStampResp({"status": status}).dump()
    return answer


def over_other_data(request: bytes) -> bytes:
    asked = tsp.TimeStampReq.load(request)
    imprint = {"hash_algorithm": {"algorithm": "sha256"}, "hashed_message": bytes(32)}
    other = {"version": "v1", "message_imprint": imprint, "nonce": asked["nonce"].native, "cert_req": True}
    return stamping()(tsp.TimeStampReq(other).dump())


def with_another_nonce(request: bytes) -> bytes:
    asked = tsp.TimeStampReq.load(request)
    asked["nonce"] = asked["nonce"].native + 1
    return stamping()(asked.dump(force=True))


def without_a_nonce(request: bytes) -> bytes:
    asked = tsp.TimeStampReq.load(request)
    del asked["nonce"]
    return stamping()(asked.dump(force=True))


def granted_nothing(_request: bytes) -> bytes:
    answer: bytes = tsp.TimeStampResp({"status": {"status": "granted"}}).dump()
    return answer


LIES: dict[str, Stamping] = {
    "refuses": refused,
    "grants nothing": granted_nothing,
    "garbage": lambda _request: b"<html>Welcome to this hotspot</html>",
    "nothing": lambda _request: b"",
    "10 MB": lambda _request: b"0" * 10 * 1024 * 1024,
    "a stamp and more": lambda request: stamping()(request) + b"x",
    "half a stamp": lambda request: stamping()(request)[:-50],
    "over other data": over_other_data,
    "another nonce": with_another_nonce,
    "no nonce": without_a_nonce,
    "sha-1": stamping(digest="sha1"),
    "no authority for stamps": stamping(purpose=ExtendedKeyUsageOID.CODE_SIGNING),
    "last year": stamping(SEALED - timedelta(days=365)),
    "tomorrow": stamping(SEALED + timedelta(days=1)),
}


def left_without_a_stamp(award: Award, form: str, caplog: pytest.LogCaptureFixture) -> None:
    """The one thing that a bad authority leads to."""
    caplog.clear()
    with caplog.at_level(logging.WARNING, logger=seals.__name__):
        content = renderings.file(award, form).content
    assert (stamped(content), check_given(content).answer) == (None, Answer.VALID)
    assert "handed out without one and not kept" in caplog.text
    left = Rendering.objects.get(award=award, form=form)
    assert (left.content, left.digest) == (None, log.digest_of(content))
    assert left.leaf is not None


@pytest.mark.parametrize("form", ["edc", "certificate"])
@pytest.mark.parametrize("lie", LIES)
def test_a_bad_authority_leads_to_a_file_without_a_stamp_that_is_not_kept(
    authority: Authority, caplog: pytest.LogCaptureFixture, form: str, lie: str
) -> None:
    authority.gives(LIES[lie])
    award = an_award()
    left_without_a_stamp(award, form, caplog)
    assert len(authority.asked) == 1


@pytest.mark.parametrize("status", [302, 400, 404, 500, 503])
def test_an_authority_in_trouble_leads_to_the_same(
    authority: Authority, caplog: pytest.LogCaptureFixture, status: int
) -> None:
    authority.server.says("/stamps", status=status, location="/elsewhere")
    left_without_a_stamp(an_award(), "edc", caplog)
    assert [path for path, _ in authority.server.asked] == ["/stamps"]


@pytest.mark.parametrize("form", ["edc", "certificate"])
def test_an_authority_that_dribbles_leads_to_the_same_after_its_time(
    authority: Authority, caplog: pytest.LogCaptureFixture, form: str
) -> None:
    stopped = threading.Event()

    def dribble(handler: BaseHTTPRequestHandler) -> None:
        with suppress(OSError):
            while not stopped.wait(0.05):
                handler.wfile.write(b"x")

    authority.server.answers["/stamps"] = dribble
    try:
        left_without_a_stamp(an_award(), form, caplog)
    finally:
        stopped.set()
    assert "did not answer in time" in FetchLog.objects.get().error


def test_an_authority_that_is_away_leads_to_the_same(
    authority: Authority, settings: Any, caplog: pytest.LogCaptureFixture
) -> None:
    changed(settings, stamps=authority.url.replace(str(authority.server.port), "1"))
    left_without_a_stamp(an_award(), "certificate", caplog)


@pytest.mark.parametrize(
    "url", ["https://127.0.0.1/", "http://10.0.0.1/", "stamps.example", "file:///etc/passwd"]
)
def test_an_authority_at_an_address_inside_or_at_none_is_not_asked(
    authority: Authority,
    settings: Any,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    url: str,
) -> None:
    monkeypatch.setitem(service._purposes, seals.STAMPS.name, seals.STAMPS)
    changed(settings, stamps=url)
    left_without_a_stamp(an_award(), "edc", caplog)
    assert FetchLog.objects.get().addresses == []


@pytest.mark.parametrize("name", ["", "not-there.pem", "garbage.pem"])
def test_an_authority_whose_roots_are_not_known_is_not_asked(
    authority: Authority, settings: Any, tmp_path: Path, caplog: pytest.LogCaptureFixture, name: str
) -> None:
    (tmp_path / "garbage.pem").write_bytes(b"-----BEGIN CERTIFICATE-----\nno\n-----END CERTIFICATE-----")
    changed(settings, stamp_roots=str(tmp_path / name) if name else "")
    left_without_a_stamp(an_award(), "edc", caplog)
    assert authority.asked == []


def test_an_authority_under_other_roots_is_not_believed(
    authority: Authority, settings: Any, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "other.pem").write_bytes(certificates_pem(root(2).certificate))
    changed(settings, stamp_roots=str(tmp_path / "other.pem"))
    left_without_a_stamp(an_award(), "certificate", caplog)


@pytest.mark.parametrize("form", FORMS)
def test_once_the_authority_is_well_again_the_next_file_is_stamped_and_kept(
    authority: Authority, caplog: pytest.LogCaptureFixture, form: str
) -> None:
    award = an_award()
    authority.gives(refused)
    left_without_a_stamp(award, form, caplog)
    authority.gives(stamping())
    content = renderings.file(award, form).content
    assert stamped(content) == SEALED
    assert renderings.file(award, form).content == content
    assert len(authority.asked) == 2
    assert Rendering.objects.filter(award=award, form=form, content__isnull=False).count() == 1


def test_an_authority_that_failed_is_left_alone_for_a_while_so_that_many_files_wait_once(
    authority: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(seals, "PAUSE", 60)
    authority.gives(refused)
    award = an_award()
    files = [renderings.file(award, form).content for form in FORMS]
    assert {stamped(each) for each in files} == {None}
    assert len(authority.asked) == 1
    authority.gives(stamping())
    cache.clear()  # as after a minute
    assert stamped(renderings.file(award, "edc").content) == SEALED


def test_the_same_file_may_leave_twice_within_a_second(
    authority: Authority, seal: Callable[..., None]
) -> None:
    seal(SealKind.RSA2048)  # which signs the same each time
    authority.gives(refused)
    award = an_award()
    assert renderings.file(award, "edc").content == renderings.file(award, "edc").content
    assert Rendering.objects.filter(award=award, form="edc").count() == 1


def test_what_was_kept_before_there_was_an_authority_stays_as_it_left(
    authority: Authority, settings: Any
) -> None:
    url = settings.SEAL["stamps"]
    changed(settings, stamps="")
    award = an_award()
    content = renderings.file(award, "edc").content
    changed(settings, stamps=url)
    assert renderings.file(award, "edc").content == content
    assert authority.asked == []
