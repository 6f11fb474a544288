"""JAdES: sealed files are read again, and nothing that was changed since passes."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from datetime import timedelta
from functools import cache
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID
from hypothesis import given
from hypothesis import strategies as st

from gilde.credentials.errors import Altered, Unreadable, Unsupported
from gilde.credentials.keys.authority import SealKind
from gilde.credentials.keys.paths import Lead
from gilde.credentials.proofs import jades, timestamps
from gilde.credentials.proofs.jades import Sealed
from tests.credentials.proofs.sealing import (
    LEGAL_ID,
    LONG_AFTER,
    NAME,
    SEALED,
    UNTIL,
    meant,
    plain,
    root,
    school,
    sealed_by_hand,
    stamping,
    stamping_root,
    unfit_sealer,
)

PAYLOAD = '{"title":{"nl":"Lasser – één ster ✦"},"grade":"16/20"}'.encode()
REFUSED = (Altered, Unreadable, Unsupported)


def verified(sealed: bytes, now: Any = SEALED) -> Sealed:
    return jades.verify(
        sealed, now=now, anchors=[root().certificate], stamp_anchors=[stamping_root().certificate]
    )


@cache
def a_sealed_file(kind: SealKind = SealKind.P256, *, stamped: bool = True) -> bytes:
    return jades.seal(PAYLOAD, school(kind), SEALED, stamping() if stamped else None)


@pytest.mark.parametrize("kind", SealKind)
def test_a_sealed_file_is_read_again(kind: SealKind) -> None:
    read = verified(a_sealed_file(kind, stamped=False))
    assert read.payload == PAYLOAD
    assert read.trusted
    assert (read.about.organisation, read.about.country, read.about.legal_id) == (NAME, "BE", LEGAL_ID)
    assert read.sealed_at == SEALED
    assert read.stamped_at is None
    assert not read.certificate_expired_since


def test_people_can_read_the_payload_in_the_file() -> None:
    assert json.loads(a_sealed_file())["payload"].encode() == PAYLOAD


def test_the_header_names_what_the_standard_wants() -> None:
    header = json.loads(meant(json.loads(a_sealed_file())["signatures"][0]["protected"]))
    assert (header["alg"], header["b64"], header["crit"]) == ("ES256", False, ["b64"])
    assert header["iat"] == int(SEALED.timestamp())
    assert len(header["x5c"]) == 2
    assert "sigT" not in header


@given(payload=st.dictionaries(st.text(max_size=5), st.text(max_size=20) | st.integers(-9, 9), max_size=3))
def test_every_payload_comes_back_byte_for_byte(payload: dict[str, Any]) -> None:
    try:
        told = json.dumps(payload, ensure_ascii=False).encode()
    except UnicodeEncodeError:  # half a character is no text that can be sealed
        return
    assert verified(jades.seal(told, school(), SEALED)).payload == told


def test_a_seal_with_an_older_time_stamp_is_good_long_after_its_certificate_expired() -> None:
    read = verified(a_sealed_file(), LONG_AFTER)
    assert read.certificate_expired_since
    assert read.stamp_trusted
    assert read.stamped_at == SEALED == read.judged_at
    assert read.stamped_by == "Exact Time"
    assert read.trusted


def test_a_seal_without_time_stamp_is_not_trusted_after_its_certificate_expired() -> None:
    read = verified(a_sealed_file(stamped=False), LONG_AFTER)
    assert read.lead == Lead.EXPIRED
    assert read.judged_at == LONG_AFTER


def test_a_stamp_of_an_unknown_authority_proves_nothing() -> None:
    read = jades.verify(a_sealed_file(), now=LONG_AFTER, anchors=[root().certificate])
    assert not read.stamp_trusted
    assert read.stamped_at == SEALED  # it is told, as what it is
    assert read.judged_at == LONG_AFTER
    assert read.lead == Lead.EXPIRED


def test_a_stamp_made_after_the_certificate_expired_does_not_help() -> None:
    late = UNTIL - timedelta(seconds=1), UNTIL + timedelta(days=1)
    leads = [verified(jades.seal(PAYLOAD, school(), SEALED, stamping(at)), LONG_AFTER).lead for at in late]
    assert leads == [Lead.TRUSTED, Lead.EXPIRED]


def test_a_seal_of_an_unknown_authority_is_told_as_that() -> None:
    read = jades.verify(a_sealed_file(), now=SEALED, anchors=[root(2).certificate])
    assert read.lead == Lead.UNKNOWN_ROOT
    assert jades.verify(a_sealed_file(), now=SEALED).lead == Lead.UNKNOWN_ROOT


def test_a_certificate_that_may_not_sign_is_told_as_that() -> None:
    assert verified(jades.seal(PAYLOAD, unfit_sealer(), SEALED)).lead == Lead.NOT_FOR_SEALS


def _parts(kind: SealKind = SealKind.P256) -> tuple[dict[str, Any], dict[str, Any]]:
    whole = json.loads(a_sealed_file(kind))
    return whole, whole["signatures"][0]


def _edited(data: bytes, where: int, how: int) -> bytes:
    at = where % len(data)
    return data[:at] + bytes([data[at] ^ how]) + data[at + 1 :]


EDITS = {"where": st.integers(0, 10**6), "how": st.integers(1, 255)}


@given(**EDITS)
def test_any_edit_of_the_file_is_refused_or_says_the_same(where: int, how: int) -> None:
    """Some bytes mean nothing: in copies of certificates that nobody needs. Nothing else passes as trusted."""
    edited = _edited(a_sealed_file(), where, how)
    try:
        read = verified(edited, LONG_AFTER)
    except REFUSED:
        return
    assert read == verified(a_sealed_file(), LONG_AFTER) or not read.trusted
    assert read.payload == PAYLOAD


@given(
    kind=st.sampled_from([SealKind.P256, SealKind.RSA2048]),
    part=st.sampled_from(["protected", "signature"]),
    **EDITS,
)
def test_any_edit_of_header_or_signature_is_refused(kind: SealKind, part: str, where: int, how: int) -> None:
    whole, told = _parts(kind)
    told[part] = plain(_edited(meant(told[part]), where, how))
    with pytest.raises(REFUSED):
        verified(json.dumps(whole).encode())


@given(**EDITS)
def test_any_edit_of_the_payload_is_refused_as_altered(where: int, how: int) -> None:
    whole, _told = _parts()
    at = where % len(whole["payload"])
    letters = whole["payload"]
    whole["payload"] = letters[:at] + chr(ord(letters[at]) ^ how) + letters[at + 1 :]
    with pytest.raises(Altered) as refused:
        verified(json.dumps(whole).encode())
    assert refused.value.reason == "signature-wrong"


@cache
def _token() -> bytes:
    return timestamps.stamp(b"a seal", stamping())


@given(**EDITS)
def test_any_edit_of_a_time_stamp_is_refused_or_says_the_same(where: int, how: int) -> None:
    anchors = [stamping_root().certificate]
    try:
        read = timestamps.read(_edited(_token(), where, how), b"a seal", anchors)
    except REFUSED:
        return
    assert read == timestamps.read(_token(), b"a seal", anchors) or not read.trusted


def test_a_time_stamp_of_another_seal_is_refused() -> None:
    with pytest.raises(Altered) as refused:
        timestamps.read(_token(), b"another seal", [stamping_root().certificate])
    assert refused.value.reason == "stamp-wrong"


@pytest.mark.parametrize("purpose", [None, ExtendedKeyUsageOID.EMAIL_PROTECTION])
def test_who_is_not_an_authority_for_time_stamps_cannot_stamp(purpose: Any) -> None:
    with pytest.raises(Altered):
        timestamps.stamp(b"a seal", stamping(purpose=purpose))


def test_a_time_stamp_by_sha_1_is_refused() -> None:
    with pytest.raises(Unreadable):
        timestamps.stamp(b"a seal", stamping(digest="sha1"))


@pytest.mark.parametrize("answer", [b"", b"no", b"0" * 500, bytes.fromhex("30053003020102")])
def test_an_authority_that_gives_no_time_stamp_is_told(answer: bytes) -> None:
    with pytest.raises(Unreadable) as refused:
        jades.seal(PAYLOAD, school(), SEALED, lambda _request: answer)
    assert refused.value.reason == "stamp-refused"


def test_a_time_stamp_given_before_is_not_taken_again() -> None:
    kept: list[bytes] = []

    def once(request: bytes) -> bytes:
        kept.append(stamping()(request))
        return kept[0]

    timestamps.stamp(b"a seal", once)
    with pytest.raises(Unreadable):
        timestamps.stamp(b"a seal", once)


def _header(**changes: Any) -> dict[str, Any]:
    certificates = [base64.b64encode(each.public_bytes(Encoding.DER)).decode() for each in school().chain]
    plain_header: dict[str, Any] = {"alg": "ES256", "x5c": certificates, "b64": False, "crit": ["b64"]}
    return {name: value for name, value in (plain_header | changes).items() if value is not None}


def test_a_seal_by_hand_is_read_with_encoded_payload_and_the_older_time() -> None:
    older = _header(b64=None, crit=["sigT"], sigT="2025-06-30T08:00:00Z")
    read = verified(sealed_by_hand(school(), PAYLOAD, older))
    assert (read.payload, read.sealed_at, read.trusted) == (PAYLOAD, SEALED, True)


def test_the_compact_form_is_read() -> None:
    told = json.loads(sealed_by_hand(school(), PAYLOAD, _header(b64=None, crit=None)))
    compact = f"{told['protected']}.{told['payload']}.{told['signature']}".encode()
    assert verified(compact).payload == PAYLOAD


@pytest.mark.parametrize(
    ("header", "later", "wrong", "reason"),
    [
        (_header(alg="none"), None, Unsupported, "seal-alg"),
        (_header(alg="HS256"), None, Unsupported, "seal-alg"),
        (_header(alg="RS1"), None, Unsupported, "seal-alg"),
        (_header(alg="ES384"), None, Unsupported, "seal-alg"),
        (_header(alg="RS256"), None, Unsupported, "seal-alg"),
        (_header(alg=["ES256"]), None, Unsupported, "seal-alg"),
        (_header(alg=None), None, Unsupported, "seal-alg"),
        (_header(crit=["b64", "exp"], exp=1), None, Unsupported, "seal-crit"),
        (_header(crit=["b64", "sigT"]), None, Unreadable, "no-seal"),
        (_header(crit=["b64", "b64"]), None, Unreadable, "no-seal"),
        (_header(crit=[]), None, Unreadable, "no-seal"),
        (_header(crit=None), None, Unreadable, "no-seal"),
        (_header(sigD={"mId": "http://uri.etsi.org/19182/ObjectIdByURI"}), None, Unsupported, "seal-sigD"),
        (_header(x5c=None), None, Unsupported, "seal-x5c"),
        (_header(x5c=[]), None, Unsupported, "seal-x5c"),
        (_header(x5c=["AAAA"]), None, Unreadable, "certificate-unreadable"),
        (_header(etsiU=[]), None, Unsupported, "seal-header"),
        (_header(), {"alg": "none"}, Unsupported, "seal-header"),
        (_header(), {"x5c": []}, Unsupported, "seal-header"),
        (_header(), {"etsiU": "no list"}, Unreadable, "no-seal"),
        (
            _header(),
            {"etsiU": [{"sigTst": {"tstTokens": [{"val": "AAAA"}]}}]},
            Unreadable,
            "stamp-unreadable",
        ),
        (_header(**{"x5t#S256": "A" * 43}), None, Altered, "certificate-swapped"),
        (_header(iat="today"), None, Unreadable, "no-seal"),
        (_header(iat=2**53 - 1), None, Unreadable, "no-seal"),
        (_header(b64="false"), None, Unreadable, "no-seal"),
    ],
)
def test_a_header_that_is_not_plainly_that_of_a_seal_is_refused(
    header: dict[str, Any], later: dict[str, Any] | None, wrong: type[Exception], reason: str
) -> None:
    with pytest.raises(wrong) as refused:
        verified(sealed_by_hand(school(), PAYLOAD, header, later))
    assert getattr(refused.value, "reason", "") == reason


@pytest.mark.parametrize(
    ("change", "wrong"),
    [
        (lambda whole: whole["signatures"].append(whole["signatures"][0]), Unsupported),
        (lambda whole: whole.update(signatures=[]), Unsupported),
        (lambda whole: whole.update(protected=whole["signatures"][0]["protected"]), Unreadable),
        (lambda whole: whole.update(payload=json.loads(whole["payload"])), Unreadable),
        (lambda whole: whole["signatures"][0].update(payload="{}"), Unreadable),
        (lambda whole: whole["signatures"][0].pop("signature"), Unreadable),
        (
            lambda whole: whole["signatures"][0].update(signature=whole["signatures"][0]["signature"] + "=="),
            Unreadable,
        ),
    ],
)
def test_a_file_that_could_be_read_in_two_ways_is_refused(
    change: Callable[[Any], Any], wrong: type[Exception]
) -> None:
    whole, _told = _parts()
    change(whole)
    with pytest.raises(wrong):
        verified(json.dumps(whole).encode())


def test_members_said_twice_are_refused() -> None:
    twice = a_sealed_file().replace(b'{"payload":', b'{"payload":"{}","payload":', 1)
    with pytest.raises(Unreadable) as refused:
        verified(twice)
    assert refused.value.reason == "duplicate-key"


def test_order_and_white_space_around_the_seal_mean_nothing() -> None:
    whole, _told = _parts()
    turned = json.dumps(dict(reversed(whole.items())), indent=3).encode()
    assert verified(turned) == verified(a_sealed_file())


def test_a_stamp_taken_from_another_seal_is_refused() -> None:
    whole, told = _parts()
    other = json.loads(jades.seal(b"{}", school(), SEALED, stamping()))
    told["header"] = other["signatures"][0]["header"]
    with pytest.raises(Altered) as refused:
        verified(json.dumps(whole).encode())
    assert refused.value.reason == "stamp-wrong"


@pytest.mark.parametrize(
    "junk", [b"", b"{}", b"[]", b"null", b"a.b.c", b"..", b"\xff\xfe", b'{"payload":"x"}', b"7"]
)
def test_what_is_no_seal_is_refused(junk: bytes) -> None:
    with pytest.raises((Unreadable, Unsupported)):
        verified(junk)
