"""The official sealed credential: made in 2023, its certificate has expired since, its time stamps are older."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime
from functools import cache
from typing import Any

import pytest
from cryptography import x509
from hypothesis import given
from hypothesis import strategies as st

from gilde.credentials.errors import Altered, Unreadable, Unsupported
from gilde.credentials.keys.paths import Lead
from gilde.credentials.proofs import jades
from gilde.credentials.proofs.jades import Sealed
from gilde.credentials.renderings import edc
from tests.credentials.proofs.sealing import meant, plain
from tests.reference import reference_file

NOW = datetime(2026, 11, 26, tzinfo=UTC)
REFUSED = (Altered, Unreadable, Unsupported)


@cache
def _sample() -> bytes:
    return reference_file("elm/samples/certificate-of-participation-sealed.jsonld").read_bytes()


def _whole() -> tuple[dict[str, Any], dict[str, Any]]:
    whole = json.loads(_sample())
    return whole, whole["signatures"][0]


@cache
def _carried() -> dict[str, x509.Certificate]:
    """Return the certificates that the sample carries, by name: there is no other source of its authorities here."""
    told = json.loads(meant(_whole()[1]["header"]["etsiU"][1]))["xVals"]
    held = [x509.load_der_x509_certificate(base64.b64decode(each["x509Cert"]["val"])) for each in told]
    return {each.subject.rfc4514_string().partition("CN=")[2].partition(",")[0]: each for each in held}


def _verified(data: bytes) -> Sealed:
    """Return what the sample says to someone who trusts the authority of its seal, and that of its stamps."""
    anchors = [_carried()["ANF AC Qualified Certificates for eSeal"]]
    return jades.verify(data, now=NOW, anchors=anchors, stamp_anchors=[_carried()["root-ca"]])


def test_the_sample_was_valid_when_it_was_sealed() -> None:
    read = _verified(_sample())
    assert read.trusted
    assert read.stamp_trusted
    assert read.certificate_expired_since
    assert read.sealed_at == datetime(2023, 9, 27, 12, 7, 1, tzinfo=UTC)
    assert read.stamped_at == datetime(2023, 9, 27, 12, 7, 4, tzinfo=UTC)
    assert (read.about.organisation, read.about.country) == ("ORGANIZACION TEST", "ES")
    assert read.about.legal_id == "VATES-A00000000"
    assert edc.facts(json.loads(read.payload)).achievement.title == {"en": "EDC Updates Webinar"}


def test_without_its_authorities_it_is_right_but_of_unknown_origin() -> None:
    read = jades.verify(_sample(), now=NOW)
    assert read.lead == Lead.UNKNOWN_ROOT
    assert not read.stamp_trusted
    assert read.stamped_at == datetime(2023, 9, 27, 12, 7, 4, tzinfo=UTC)


def test_when_the_authority_of_its_stamps_is_unknown_it_has_expired() -> None:
    anchors = [_carried()["ANF AC Qualified Certificates for eSeal"]]
    assert jades.verify(_sample(), now=NOW, anchors=anchors).lead == Lead.EXPIRED


@given(at=st.integers(0, 10**6), letter=st.characters(categories=("L", "N", "P")))
def test_any_edit_of_its_payload_is_refused(at: int, letter: str) -> None:
    whole, _told = _whole()
    text = whole["payload"]
    where = at % len(text)
    if text[where] == letter:
        return
    whole["payload"] = text[:where] + letter + text[where + 1 :]
    with pytest.raises(Altered):
        _verified(json.dumps(whole).encode())


@given(part=st.sampled_from(["protected", "signature"]), at=st.integers(0, 10**6), how=st.integers(1, 255))
def test_any_edit_of_its_header_or_signature_is_refused(part: str, at: int, how: int) -> None:
    whole, told = _whole()
    raw = bytearray(meant(told[part]))
    raw[at % len(raw)] ^= how
    told[part] = plain(bytes(raw))
    with pytest.raises(REFUSED):
        _verified(json.dumps(whole).encode())


@given(number=st.integers(0, 2), at=st.integers(0, 10**6), how=st.integers(1, 255))
def test_any_edit_of_what_its_archive_stamp_covers_is_refused(number: int, at: int, how: int) -> None:
    whole, told = _whole()
    later = told["header"]["etsiU"]
    raw = bytearray(meant(later[number]))
    raw[at % len(raw)] ^= how
    later[number] = plain(bytes(raw))
    with pytest.raises(REFUSED):
        _verified(json.dumps(whole).encode())


def test_what_its_archive_stamp_covers_cannot_be_taken_out_or_turned() -> None:
    for order in ([1, 0, 2, 3], [0, 2, 3], [1, 2, 3]):
        whole, told = _whole()
        told["header"]["etsiU"] = [told["header"]["etsiU"][each] for each in order]
        with pytest.raises(Altered):
            _verified(json.dumps(whole).encode())
