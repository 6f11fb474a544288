"""W3C credentials as signed CBOR (VC-JOSE-COSE, section 3.3), and CBOR read in its one shortest form."""

from __future__ import annotations

import base64
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import given, settings
from hypothesis import strategies as st

from gilde.credentials.errors import Altered, Unreadable, Unsupported
from gilde.credentials.keys.did import resolve_key
from gilde.credentials.keys.kinds import KeyKind
from gilde.credentials.proofs import cose, jose, vc_jwt
from gilde.credentials.proofs.foreign import ForeignSigningKey
from tests.credentials.proofs.jose_tools import did, key, refused
from tests.credentials.proofs.test_jose_credentials import HOLDER, a_credential, a_presentation

CBOR = st.recursive(
    st.integers(-(2**64), 2**64 - 1) | st.binary(max_size=30) | st.text(max_size=30),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.integers(-50, 50) | st.text(max_size=4), inner, max_size=4)
    ),
    max_leaves=10,
)


def by_hand(header: dict[Any, Any], payload: bytes, signer: Any, tag: int = 18) -> bytes:
    protected = cose.encode(header)
    signature = signer.sign(cose.encode(["Signature1", protected, b"", payload]))
    return cose.encode(cose._Tagged(tag, [protected, {}, payload, signature]))


def a_header(**changes: Any) -> dict[Any, Any]:
    plain = {1: -8, 3: "application/vc", 4: key().method.encode(), 16: "application/vc+cose"}
    labels = {"alg": 1, "crit": 2, "cty": 3, "kid": 4, "typ": 16}
    changed = {**plain, **{labels[name]: value for name, value in changes.items()}}
    return {name: value for name, value in changed.items() if value is not ...}


@pytest.mark.parametrize("kind", KeyKind)
def test_a_credential_comes_back_as_it_was_secured(kind: KeyKind) -> None:
    document = a_credential(issuer=did(key(kind)))

    message = cose.secure(document, key(kind))

    assert message[0] == 0xD2  # tag 18
    secured = cose.read(message, resolve_key)
    assert (secured.document, secured.form) == (document, "vc+cose")
    assert secured.method is not None
    assert secured.method.id == key(kind).method


def test_a_key_of_p521_secures_and_verifies() -> None:
    signer = ForeignSigningKey(ec.generate_private_key(ec.SECP521R1()))

    assert cose.read(cose.secure(a_credential(), signer), signer.public).document == a_credential()


def test_a_presentation_comes_back_with_a_message_in_its_envelope() -> None:
    inner = base64.b64encode(cose.secure(a_credential(), key())).decode()
    presentation = a_presentation(vc_jwt.envelope(inner, "application/vc+cose;base64"))

    read = cose.read_presentation(cose.secure_presentation(presentation, HOLDER), resolve_key)

    assert (read.document, read.form) == (presentation, "vp+cose")
    assert [(each.media, each.content) for each in read.envelopes] == [("application/vc+cose", inner)]
    assert cose.read(base64.b64decode(read.envelopes[0].content), resolve_key).document == a_credential()


def test_a_presentation_whose_credentials_are_not_secured_is_refused() -> None:
    for bad in (a_credential(), {**vc_jwt.envelope("x"), "id": "bad-credential"}):
        with pytest.raises(Unreadable):
            cose.secure_presentation(a_presentation(bad), HOLDER)
        header = a_header(kid=HOLDER.method.encode(), cty="application/vp", typ="application/vp+cose")
        with pytest.raises(Unreadable):
            cose.read_presentation(by_hand(header, jose.to_json(a_presentation(bad)), HOLDER), resolve_key)


def test_a_message_of_another_key_and_a_changed_one_are_altered() -> None:
    message = cose.secure(a_credential(), key())

    with refused(Altered, "signature-wrong"):
        cose.read(message, key(number=1).public)
    with refused(Altered, "signature-wrong"):
        cose.read(message.replace(b"Noor", b"Jaap"), resolve_key)


def test_a_credential_in_the_name_of_another_issuer_is_altered() -> None:
    mallory = key(number=1)

    with refused(Altered, "issuer-key"):
        cose.read(cose.secure(a_credential(), mallory), resolve_key)
    with refused(Altered, "issuer-key"):
        message = by_hand(
            a_header(kid=mallory.method.encode()),
            jose.to_json({**a_credential(), "iss": did(key())}),
            mallory,
        )
        cose.read(message, resolve_key)


@pytest.mark.parametrize(
    ("changes", "error", "reason"),
    [
        ({"typ": "really/bad"}, Unreadable, "typ"),
        ({"typ": "application/vp+cose"}, Unreadable, "typ"),
        ({"typ": 5}, Unreadable, "typ"),
        ({"cty": "very/bad"}, Unreadable, "cty"),
        ({"alg": 5}, Unsupported, "algorithm"),
        ({"alg": ...}, Unsupported, "algorithm"),
        ({"alg": "EdDSA"}, Unsupported, "algorithm"),
        ({"alg": -7}, Altered, "algorithm-of-key"),
        ({"crit": [16]}, Unsupported, "critical-header"),
        ({"kid": ...}, Unsupported, "no-key-named"),
        ({"kid": b"\xff"}, Unsupported, "no-key-named"),
        ({"kid": "did:key:x"}, Unsupported, "no-key-named"),
    ],
)
def test_each_wrong_header_is_refused_for_its_reason(
    changes: dict[str, Any], error: type[Exception], reason: str
) -> None:
    with refused(error, reason):
        cose.read(by_hand(a_header(**changes), jose.to_json(a_credential()), key()), resolve_key)


def test_claims_of_another_form_and_another_tag_are_refused() -> None:
    with refused(Unreadable, "vc-claim"):
        cose.read(by_hand(a_header(), jose.to_json({**a_credential(), "vc": {}}), key()), resolve_key)
    with refused(Unreadable, "not-cose"):
        cose.read(by_hand(a_header(), jose.to_json(a_credential()), key(), tag=17), resolve_key)
    with refused(Unreadable, "not-cose"):
        cose.read(by_hand(a_header(), b"[]", key()), resolve_key)


@settings(max_examples=150)
@given(data=st.data())
def test_no_single_edit_of_a_message_is_accepted(data: st.DataObject) -> None:
    message = cose.secure(a_credential(), key())
    place = data.draw(st.integers(1, len(message) - 1))
    other = bytes([message[place] ^ data.draw(st.integers(1, 255))])
    edited = data.draw(
        st.sampled_from([message[:place] + other + message[place + 1 :], message[:place], message + other])
    )

    with pytest.raises((Altered, Unreadable, Unsupported)):
        cose.read(edited, resolve_key)


@settings(max_examples=150)
@given(CBOR)
def test_cbor_is_read_as_it_is_written(value: Any) -> None:
    assert cose.decode(cose.encode(value)) == value


@settings(max_examples=300)
@given(st.binary(max_size=24))
def test_any_bytes_are_read_in_their_one_form_or_refused(data: bytes) -> None:
    try:
        value = cose.decode(data)
    except Unreadable:
        return
    assert cose.encode(value) == data


@pytest.mark.parametrize(
    "text",
    [
        "",
        "1801",
        "19000a",
        "5f",
        "9f01ff",
        "a201010102",
        "f6",
        "fb",
        "41",
        "63ff",
        "0102",
        "9bffffffffffffffff",
        "81" * 20,
    ],
)
def test_longer_indefinite_doubled_cut_and_deep_forms_are_refused(text: str) -> None:
    with refused(Unreadable, "not-cose"):
        cose.decode(bytes.fromhex(text))
