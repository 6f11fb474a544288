"""Signed tokens (RFC 7515, RFC 8725): what is accepted, and every known way of cheating with them."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from hypothesis import given, settings
from hypothesis import strategies as st

from gilde.credentials.errors import Altered, TooMuch, Unreadable, Unsupported
from gilde.credentials.keys.did import Method, resolve_key
from gilde.credentials.keys.kinds import KeyKind, base64url
from gilde.credentials.proofs import jose
from gilde.credentials.proofs.foreign import ForeignKey, ForeignSigningKey, any_key
from tests.credentials.proofs.jose_tools import BASE64URL, JSON, NAMES, by_hand, did, key, opened, refused

TYPS = {"test+jwt"}


def a_token(kind: KeyKind = KeyKind.ED25519) -> str:
    return jose.sign({"iss": did(key(kind)), "n": 1}, key(kind), typ="test+jwt")


@pytest.mark.parametrize("kind", KeyKind)
def test_a_token_says_what_was_signed_and_by_which_method(kind: KeyKind) -> None:
    signed = jose.verify(a_token(kind), resolve_key, typs=TYPS)

    assert signed.payload == {"iss": did(key(kind)), "n": 1}
    assert signed.header["alg"] == kind.algorithm
    assert signed.method is not None
    assert signed.method.id == key(kind).method
    assert signed.issuer == did(key(kind))


@settings(max_examples=60)
@given(
    payload=st.dictionaries(NAMES, JSON, max_size=4), kind=st.sampled_from([KeyKind.ED25519, KeyKind.P256])
)
def test_any_json_comes_back_as_it_was_signed(payload: dict[str, object], kind: KeyKind) -> None:
    token = jose.sign(payload, key(kind), typ="test+jwt")

    assert jose.verify(token, resolve_key, typs=TYPS).payload == payload


@settings(max_examples=150)
@given(data=st.data(), kind=st.sampled_from([KeyKind.ED25519, KeyKind.P256]))
def test_no_single_edit_of_a_token_is_accepted(data: st.DataObject, kind: KeyKind) -> None:
    token = a_token(kind)
    place = data.draw(st.integers(0, len(token) - 1))
    edit = data.draw(st.sampled_from(["change", "drop", "add", "cut"]))
    letter = data.draw(st.sampled_from(BASE64URL + ".=+/ \n~é").filter(lambda each: each != token[place]))
    middle = {"change": letter, "drop": "", "add": letter + token[place], "cut": ""}[edit]
    edited = token[:place] + middle + ("" if edit == "cut" else token[place + 1 :])
    if edited == token:
        return

    with pytest.raises((Altered, Unreadable, Unsupported)):
        jose.verify(edited, resolve_key, typs=TYPS)


def test_a_changed_payload_and_a_changed_signature_are_altered() -> None:
    header, payload, signature = a_token().split(".")
    other = base64url(json.dumps({"iss": did(key()), "n": 2}).encode())
    turned = ("A" if signature[0] != "A" else "B") + signature[1:]

    for token in (f"{header}.{other}.{signature}", f"{header}.{payload}.{turned}"):
        with refused(Altered, "signature-wrong"):
            jose.verify(token, resolve_key, typs=TYPS)


def test_a_token_signed_by_another_key_is_altered() -> None:
    header, payload = opened(a_token())
    forged = by_hand(header, payload, key(number=1))

    with refused(Altered, "signature-wrong"):
        jose.verify(forged, resolve_key, typs=TYPS)


def test_a_token_in_the_name_of_another_issuer_is_altered() -> None:
    mallory = key(number=1)
    forged = jose.sign({"iss": did(key())}, mallory, typ="test+jwt")

    with refused(Altered, "issuer-key"):
        jose.verify(forged, resolve_key, typs=TYPS)


def test_an_issuer_named_in_the_header_is_held_to_as_well() -> None:
    forged = jose.sign({}, key(number=1), typ="test+jwt", headers={"iss": did(key())})

    with refused(Altered, "issuer-key"):
        jose.verify(forged, resolve_key, typs=TYPS)


@pytest.mark.parametrize("name", ["none", "None", "NONE", "nOnE"])
def test_a_token_that_is_not_signed_is_altered(name: str) -> None:
    header = base64url(json.dumps({"alg": name, "typ": "test+jwt", "kid": key().method}).encode())
    payload = a_token().split(".")[1]

    with refused(Altered, "not-signed"):
        jose.verify(f"{header}.{payload}.", resolve_key, typs=TYPS)


def test_a_public_key_is_never_taken_as_a_shared_secret() -> None:
    header = base64url(json.dumps({"alg": "HS256", "typ": "test+jwt", "kid": key().method}).encode())
    signing_input = f"{header}.{a_token().split('.')[1]}"
    mac = hmac.new(key().public.raw, signing_input.encode(), hashlib.sha256).digest()

    with refused(Unsupported, "algorithm"):
        jose.verify(f"{signing_input}.{base64url(mac)}", resolve_key, typs=TYPS)


@pytest.mark.parametrize(
    ("kind", "algorithm"),
    [
        (KeyKind.ED25519, "ES256"),
        (KeyKind.P256, "ES384"),
        (KeyKind.P256, "EdDSA"),
        (KeyKind.P384, "ES256"),
        (KeyKind.P384, "ES512"),
        (KeyKind.P256, "RS256"),
    ],
)
def test_the_algorithm_must_be_one_of_the_key(kind: KeyKind, algorithm: str) -> None:
    header = {"alg": algorithm, "typ": "test+jwt", "kid": key(kind).method}

    with refused(Altered, "algorithm-of-key"):
        jose.verify(by_hand(header, {}, key(kind)), resolve_key, typs=TYPS)


def test_eddsa_may_be_called_by_its_newer_name() -> None:
    header = {"alg": "Ed25519", "typ": "test+jwt", "kid": key().method}

    assert jose.verify(by_hand(header, {"n": 1}, key()), resolve_key, typs=TYPS).payload == {"n": 1}


@pytest.mark.parametrize("algorithm", ["ES256K", "HS512", "RS512", "", None, 5, ["EdDSA"]])
def test_unknown_algorithms_are_unsupported(algorithm: object) -> None:
    header = {"alg": algorithm, "typ": "test+jwt", "kid": key().method}

    with refused(Unsupported, "algorithm"):
        jose.verify(by_hand(header, {}, key()), resolve_key, typs=TYPS)


@pytest.mark.parametrize(
    "more", [{"crit": ["exp"]}, {"crit": []}, {"b64": False}, {"b64": False, "crit": ["b64"]}]
)
def test_headers_that_must_be_understood_and_are_not_are_unsupported(more: dict[str, object]) -> None:
    header = {"alg": "EdDSA", "typ": "test+jwt", "kid": key().method, **more}

    with refused(Unsupported, "critical-header"):
        jose.verify(by_hand(header, {}, key()), resolve_key, typs=TYPS)


@pytest.mark.parametrize("name", ["jwk", "jku", "x5u", "x5c"])
def test_what_a_token_says_about_its_own_key_is_not_believed(name: str) -> None:
    mallory = key(number=1)
    claimed = {
        "jwk": mallory.public.jwk(),
        "jku": "https://mallory.example/keys",
        "x5u": "https://mallory.example/c",
    }
    header = {"alg": "EdDSA", "typ": "test+jwt", "kid": key().method, name: claimed.get(name, ["MII="])}

    with refused(Altered, "signature-wrong"):
        jose.verify(by_hand(header, {"iss": did(key())}, mallory), resolve_key, typs=TYPS)


def test_a_key_in_the_token_does_not_stand_in_for_a_name_of_one() -> None:
    header = {"alg": "EdDSA", "typ": "test+jwt", "jwk": key().public.jwk()}

    with refused(Unsupported, "no-key-named"):
        jose.verify(by_hand(header, {}, key()), resolve_key, typs=TYPS)


def test_a_key_is_found_by_its_name_within_the_issuer() -> None:
    asked: list[str] = []

    def resolve(url: str) -> Method:
        asked.append(url)
        return Method(url, "did:web:school.example", key().public, frozenset())

    for kid in ("key-1", "#key-1", "did:web:school.example#key-1"):
        header = {"alg": "EdDSA", "typ": "test+jwt", "kid": kid}
        jose.verify(by_hand(header, {"iss": "did:web:school.example"}, key()), resolve, typs=TYPS)

    assert asked == ["did:web:school.example#key-1"] * 3


def test_a_did_key_needs_no_name_of_its_key() -> None:
    token = by_hand({"alg": "EdDSA", "typ": "test+jwt"}, {"iss": did(key())}, key())

    assert jose.verify(token, resolve_key, typs=TYPS).issuer == did(key())


@pytest.mark.parametrize(
    "header",
    [
        '{"alg":"EdDSA","alg":"EdDSA","typ":"test+jwt"}',
        '{"alg":"none","alg":"EdDSA","typ":"test+jwt"}',
        '{"alg":"EdDSA","typ":"test+jwt","kid":"a","kid":"b"}',
    ],
)
def test_a_header_that_names_a_member_twice_is_refused(header: str) -> None:
    with refused(Unreadable, "duplicate-key"):
        jose.verify(by_hand(header, {}, key()), resolve_key, typs=TYPS)


def test_a_payload_that_names_a_claim_twice_is_refused() -> None:
    token = by_hand({"alg": "EdDSA", "typ": "test+jwt", "kid": key().method}, '{"n":1,"n":2}', key())

    with refused(Unreadable, "duplicate-key"):
        jose.verify(token, resolve_key, typs=TYPS)


@pytest.mark.parametrize("payload", ["[]", '"text"', "1", "null"])
def test_a_payload_must_be_an_object(payload: str) -> None:
    token = by_hand({"alg": "EdDSA", "typ": "test+jwt", "kid": key().method}, payload, key())

    with refused(Unreadable, "not-an-object"):
        jose.verify(token, resolve_key, typs=TYPS)


@pytest.mark.parametrize("typ", ["vc+jwt", "JWT", "", None, 7, ["test+jwt"], "TEST+JWT", "test+jwt "])
def test_a_token_of_another_type_is_refused(typ: object) -> None:
    header = {"alg": "EdDSA", "kid": key().method, **({} if typ is None else {"typ": typ})}

    with refused(Unreadable, "typ"):
        jose.verify(by_hand(header, {}, key()), resolve_key, typs=TYPS)


def test_a_type_may_be_written_in_full() -> None:
    header = {"alg": "EdDSA", "typ": "application/test+jwt", "kid": key().method}

    assert jose.verify(by_hand(header, {"n": 1}, key()), resolve_key, typs=TYPS).payload == {"n": 1}


@pytest.mark.parametrize("number", range(3))
@pytest.mark.parametrize("edit", ["{}=", "{}==", " {}", "{}\n", "{}+", "{}/", "{}é", "{}%3D"])
def test_padding_white_space_and_other_letters_are_refused(number: int, edit: str) -> None:
    parts = a_token().split(".")
    parts[number] = edit.format(parts[number])

    with refused(Unreadable, "base64url"):
        jose.verify(".".join(parts), resolve_key, typs=TYPS)


@pytest.mark.parametrize("token", ["", "a", "a.b", "a.b.c.d", "..", "a..c."])
def test_what_has_not_three_parts_is_no_token(token: str) -> None:
    with pytest.raises(Unreadable):
        jose.verify(token, resolve_key, typs=TYPS)


def test_a_header_larger_than_any_honest_one_is_refused() -> None:
    header = {"alg": "EdDSA", "typ": "test+jwt", "kid": key().method, "more": "x" * 70_000}

    with refused(TooMuch, "too-large"):
        jose.verify(by_hand(header, {}, key()), resolve_key, typs=TYPS)


@given(st.binary(max_size=80))
def test_base64url_is_read_as_it_is_written(data: bytes) -> None:
    assert jose.unpacked(base64url(data)) == data


@settings(max_examples=300)
@given(st.text(BASE64URL + "=+/ .é", max_size=9))
def test_base64url_is_read_only_in_the_one_form_it_has(text: str) -> None:
    canonical = len(text) % 4 != 1 and base64url(_lenient(text)) == text

    if canonical:
        assert base64url(jose.unpacked(text)) == text
    else:
        with refused(Unreadable, "base64url"):
            jose.unpacked(text)


def _lenient(text: str) -> bytes:
    kept = "".join(each for each in text if each in BASE64URL)
    return base64.urlsafe_b64decode(kept + "=" * (-len(kept) % 4)) if len(kept) % 4 != 1 else b""


@pytest.mark.parametrize("value", [-1, True, "2010-01-01T00:00:00Z", None, [], 10**12])
def test_a_time_that_is_no_number_of_seconds_is_refused(value: object) -> None:
    with refused(Unreadable, "time"):
        jose.moment({"exp": value}, "exp")


# Keys of others: P-521 and RSA, which Gilde verifies with and does not issue with.

_P521 = ForeignSigningKey(ec.generate_private_key(ec.SECP521R1()), "did:web:school.example#p521")
_RSA = rsa.generate_private_key(public_exponent=65537, key_size=2048)


def rsa_token(algorithm: str) -> str:
    signing_input = ".".join(base64url(json.dumps(part).encode()) for part in ({"alg": algorithm}, {"n": 1}))
    pad = padding.PKCS1v15() if algorithm == "RS256" else padding.PSS(padding.MGF1(hashes.SHA256()), 32)
    return f"{signing_input}.{base64url(_RSA.sign(signing_input.encode(), pad, hashes.SHA256()))}"


@pytest.mark.parametrize("algorithm", ["RS256", "PS256"])
def test_tokens_signed_with_rsa_are_verified(algorithm: str) -> None:
    token, public = rsa_token(algorithm), ForeignKey(_RSA.public_key())

    assert jose.verify_by(token, public, typs={""}).payload == {"n": 1}
    with refused(Altered, "signature-wrong"):
        jose.verify_by(
            token[:-8] + ("AAAAAAAA" if token[-8:] != "AAAAAAAA" else "BBBBBBBB"), public, typs={""}
        )


def test_one_way_of_signing_with_rsa_is_not_taken_for_the_other() -> None:
    header = base64url(json.dumps({"alg": "PS256"}).encode())
    _header, payload, signature = rsa_token("RS256").split(".")

    with refused(Altered, "signature-wrong"):
        jose.verify_by(f"{header}.{payload}.{signature}", ForeignKey(_RSA.public_key()), typs={""})


def test_tokens_signed_with_p521_are_verified() -> None:
    token = jose.sign({"n": 1}, _P521, typ="test+jwt")

    assert jose.verify_by(token, _P521.public, typs=TYPS).header["alg"] == "ES512"
    with refused(Altered, "algorithm-of-key"):
        jose.verify_by(a_token(KeyKind.P256), _P521.public, typs=TYPS)
    with refused(Altered, "signature-wrong"):
        jose.verify_by(token[:-4], _P521.public, typs=TYPS)


def test_short_keys_of_rsa_and_other_curves_are_unsupported() -> None:
    short = rsa.generate_private_key(public_exponent=65537, key_size=1024).public_key()

    for public in (short, ec.generate_private_key(ec.SECP256K1()).public_key()):
        with refused(Unsupported, "key-kind"):
            ForeignKey(public)


def test_jwks_of_others_are_read_and_broken_ones_refused() -> None:
    numbers = _RSA.public_key().public_numbers()
    modulus = base64url(numbers.n.to_bytes(256, "big"))
    point = _P521.private.public_key().public_numbers()
    curve = {name: base64url(value.to_bytes(66, "big")) for name, value in (("x", point.x), ("y", point.y))}
    secret = base64url(_P521.private.private_numbers().private_value.to_bytes(66, "big"))
    p521 = {"kty": "EC", "crv": "P-521", **curve}

    assert any_key({"kty": "RSA", "n": modulus, "e": "AQAB"}) == ForeignKey(_RSA.public_key())
    assert any_key(p521) == _P521.public
    assert any_key(key().public.jwk()) == key().public
    assert ForeignSigningKey.from_secret_jwk({**p521, "d": secret}).public == _P521.public
    with refused(Unreadable, "secret-in-jwk"):
        any_key({**p521, "d": secret})
    with refused(Unreadable, "jwk"):
        any_key({**p521, "x": curve["y"]})
