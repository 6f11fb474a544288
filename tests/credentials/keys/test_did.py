"""Identifiers of issuers and holders, and the documents that publish their keys."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gilde.credentials.errors import Unreadable, Unsupported
from gilde.credentials.keys.base58 import from_multibase, to_multibase
from gilde.credentials.keys.did import (
    SIGNING,
    Method,
    did_key,
    did_of,
    key_document,
    method_in,
    method_of_key,
    new_key,
    read_document,
    resolve_key,
    web_did,
    web_document,
    web_url,
)
from gilde.credentials.keys.kinds import KeyKind, SigningKey

DID = "did:web:school.example"
KEYS = {kind: new_key(kind) for kind in KeyKind}
NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)
ED25519 = KEYS[KeyKind.ED25519].public.multikey()
P256 = KEYS[KeyKind.P256].public.multikey()
AS_JWK = {"type": "JsonWebKey", "publicKeyMultibase": None}


@pytest.mark.parametrize("kind", KeyKind)
def test_a_did_key_leads_to_its_own_key(kind: KeyKind) -> None:
    key = KEYS[kind]
    did = did_key(key.public)
    assert key.method == method_of_key(did) == f"{did}#{did[8:]}"
    assert did_of(key.method) == did
    method = resolve_key(key.method)
    assert (method.id, method.controller, method.public) == (key.method, did, key.public)
    assert method.purposes == frozenset(SIGNING)


def test_the_document_of_a_did_key_says_the_same_as_its_url() -> None:
    did = did_key(KEYS[KeyKind.P384].public)
    document = key_document(did)
    assert document["id"] == did
    assert read_document(json.dumps(document).encode(), did) == {
        method_of_key(did): resolve_key(method_of_key(did))
    }


@pytest.mark.parametrize(
    "spoil",
    [
        lambda url: url.split("#")[0],
        lambda url: url.split("#")[0] + "#",
        lambda url: url + "x",
        lambda url: url.replace("#z", "#y"),
        lambda url: url.replace("did:key:z", "did:key:u"),
        lambda url: url.replace("did:key:z", "did:key:Z"),
        lambda url: url.replace("#", "?versionId=1#"),
        lambda url: url.replace("#", "##"),
        lambda url: "did:key:invalidVm",
        lambda url: "did:key:@invalidVm@",
        lambda url: "did:key:",
        lambda url: "did:key:z6Mk#z6Mk",
        lambda url: url + " ",
    ],
)
def test_a_url_that_is_no_did_key_method_is_refused(spoil: Any) -> None:
    with pytest.raises((Unreadable, Unsupported)) as refused:
        resolve_key(spoil(KEYS[KeyKind.ED25519].method))
    assert refused.value.reason in ("verification-method", "multibase", "key-kind", "key-length")


@pytest.mark.parametrize(
    "url", ["did:web:a.example#1", "https://a.example/k#1", "", "did:keys:z6Mk", "DID:KEY:z6Mk"]
)
def test_other_identifiers_are_not_supported_by_did_key(url: str) -> None:
    with pytest.raises(Unsupported) as refused:
        resolve_key(url)
    assert refused.value.reason == "did-method"


# The examples of the did:web method specification, and the forms around them.
PLACES = [
    ("did:web:w3c-ccg.github.io", "https://w3c-ccg.github.io/.well-known/did.json"),
    ("did:web:w3c-ccg.github.io:user:alice", "https://w3c-ccg.github.io/user/alice/did.json"),
    ("did:web:example.com%3A3000:user:alice", "https://example.com:3000/user/alice/did.json"),
    ("did:web:example.com%3A3000", "https://example.com:3000/.well-known/did.json"),
    ("did:web:localhost%3A8000", "https://localhost:8000/.well-known/did.json"),
    ("did:web:xn--schl-0ra.example:a%20b", "https://xn--schl-0ra.example/a%20b/did.json"),
]


@pytest.mark.parametrize(("did", "url"), PLACES)
def test_a_did_web_is_an_address_and_back(did: str, url: str) -> None:
    assert web_url(did) == url
    assert web_did(url) == did


def test_the_address_of_a_site_makes_a_did_web_too() -> None:
    assert web_did("https://school.example") == web_did("https://school.example/") == "did:web:school.example"
    assert web_did("https://school.example:8443/exams/") == "did:web:school.example%3A8443:exams"


LABELS = st.from_regex(r"[a-z]([a-z0-9-]{0,8}[a-z0-9])?", fullmatch=True)
SEGMENTS = st.from_regex(r"[A-Za-z0-9_-][A-Za-z0-9._-]{0,8}", fullmatch=True).filter(
    lambda each: each != "did.json"
)


@given(
    host=st.lists(LABELS, min_size=1, max_size=4).map(".".join),
    port=st.integers(0, 65535),
    path=st.lists(SEGMENTS, max_size=4),
)
@settings(max_examples=30, deadline=None)
def test_every_did_web_comes_back_from_its_address(host: str, port: int, path: list[str]) -> None:
    did = ":".join([f"did:web:{host}{f'%3A{port}' if port else ''}", *path])
    assert web_did(web_url(did)) == did


@pytest.mark.parametrize(
    "did",
    [
        "did:web:",
        "did:web:School.example",
        "did:web:127.0.0.1",
        "did:web:127.0.0.1%3A80",
        "did:web:2130706433",
        "did:web:%5B::1%5D",
        "did:web:[::1]",
        "did:web:a.example/path",
        "did:web:a.example?x",
        "did:web:a.example#k",
        "did:web:user@a.example",
        "did:web:a.example%40b.example",
        "did:web:a.example%2Fb",
        "did:web:a.example:..:b",
        "did:web:a.example:.",
        "did:web:a.example:%2e%2E%2fb",
        "did:web:a.example:b%2Fc",
        "did:web:a.example:b%5Cc",
        "did:web:a.example::b",
        "did:web:a.example:",
        "did:web:a.example%3A0",
        "did:web:a.example%3A99999",
        "did:web:a.example%3a",
        "did:web:-a.example",
        "did:web:a..example",
        "did:web:a.example\n",
        "did:web:é.example",
        "did:WEB:a.example",
        "did:key:z6Mk",
        "did:web:a.example:" + "b" * 3000,
    ],
)
def test_a_did_web_that_could_lead_elsewhere_is_refused(did: str) -> None:
    with pytest.raises(Unreadable) as refused:
        web_url(did)
    assert refused.value.reason == "did-web"


@pytest.mark.parametrize(
    "url",
    [
        "http://a.example",
        "https://127.0.0.1",
        "https://[::1]",
        "https://a.example/?q",
        "https://a.example/#f",
        "https://u@a.example",
        "https://a.example//b",
        "https://a.example/../b",
        "ftp://a.example",
        "a.example",
        "",
    ],
)
def test_an_address_that_did_web_cannot_hold_is_refused(url: str) -> None:
    with pytest.raises(Unreadable):
        web_did(url)


def _method(key: SigningKey, name: str = "1", **period: datetime) -> Method:
    return Method(f"{DID}#{name}", DID, key.public, frozenset({"assertionMethod"}), **period)


MOMENTS = st.none() | st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1)).map(
    lambda moment: moment.replace(microsecond=0, tzinfo=UTC)
)


@given(
    told=st.lists(
        st.tuples(
            st.sampled_from(list(KeyKind)), st.sets(st.sampled_from(SIGNING)), MOMENTS, MOMENTS, MOMENTS
        ),
        max_size=5,
    )
)
@settings(max_examples=40, deadline=None)
def test_a_document_says_what_went_into_it(told: list[Any]) -> None:
    methods = [
        Method(f"{DID}#k{at}", DID, KEYS[kind].public, frozenset(purposes), since, until, compromised)
        for at, (kind, purposes, since, until, compromised) in enumerate(told)
    ]
    data = json.dumps(web_document(DID, methods)).encode()
    assert read_document(data, DID) == {each.id: each for each in methods}
    assert [method_in(data, DID, each.id) for each in methods] == methods


def test_a_key_that_was_replaced_is_neither_expired_nor_revoked_for_others() -> None:
    document = web_document(DID, [_method(KEYS[KeyKind.P256], since=NOON, until=NOON + timedelta(days=1))])
    (told,) = document["verificationMethod"]
    assert "expires" not in told
    assert "revoked" not in told
    assert told["usedUntil"] == "2026-05-02T12:00:00Z"
    assert document["@context"][-1].keys() == {"usedSince", "usedUntil"}


def test_a_compromised_key_is_revoked_for_others() -> None:
    document = web_document(DID, [_method(KEYS[KeyKind.P256], compromised=NOON)])
    assert document["verificationMethod"][0]["revoked"] == "2026-05-01T12:00:00Z"


def test_no_document_is_made_of_the_keys_of_another() -> None:
    with pytest.raises(ValueError, match="not methods of"):
        web_document("did:web:other.example", [_method(KEYS[KeyKind.P256])])


def test_a_key_signs_within_its_period_alone() -> None:
    day, second = timedelta(days=1), timedelta(seconds=1)
    method = _method(KEYS[KeyKind.P256], since=NOON, until=NOON + 2 * day, compromised=NOON + day)
    replaced = _method(KEYS[KeyKind.P256], until=NOON)
    assert not method.may_sign_at(NOON - second)
    assert method.may_sign_at(NOON)
    assert method.may_sign_at(NOON + day - second)
    assert not method.may_sign_at(NOON + day)
    assert replaced.may_sign_at(NOON)
    assert not replaced.may_sign_at(NOON + second)


def _document(**changes: Any) -> bytes:
    document = {
        "@context": ["https://www.w3.org/ns/did/v1"],
        "id": DID,
        "verificationMethod": [_told()],
        "assertionMethod": ["#1"],
    }
    return json.dumps(
        {name: value for name, value in {**document, **changes}.items() if value is not None}
    ).encode()


def _told(**changes: Any) -> dict[str, Any]:
    told = {"id": "#1", "type": "Multikey", "controller": DID, "publicKeyMultibase": ED25519}
    return {name: value for name, value in {**told, **changes}.items() if value is not None}


JWK = KEYS[KeyKind.P256].public.jwk()


@pytest.mark.parametrize(
    ("told", "kind"),
    [
        ({}, KeyKind.ED25519),
        ({"id": f"{DID}#1"}, KeyKind.ED25519),
        ({"type": "Ed25519VerificationKey2020"}, KeyKind.ED25519),
        ({"type": "JsonWebKey", "publicKeyMultibase": None, "publicKeyJwk": JWK}, KeyKind.P256),
        ({"type": "JsonWebKey2020", "publicKeyMultibase": None, "publicKeyJwk": JWK}, KeyKind.P256),
    ],
)
def test_every_known_type_of_method_is_read(told: dict[str, Any], kind: KeyKind) -> None:
    data = _document(verificationMethod=[_told(**told)])
    method = method_in(data, DID, f"{DID}#1")
    assert (method.public.kind, method.controller, method.purposes) == (kind, DID, {"assertionMethod"})
    assert read_document(data, DID) == {method.id: method}


def test_a_method_that_stands_in_a_purpose_is_for_that_purpose_alone() -> None:
    data = _document(verificationMethod=None, assertionMethod=None, authentication=[_told()])
    assert method_in(data, DID, f"{DID}#1").purposes == {"authentication"}


def test_expires_and_revoked_are_read() -> None:
    told = _told(expires="2026-05-02T12:00:00Z", revoked="2026-05-01T14:00:00+02:00")
    method = method_in(_document(verificationMethod=[told]), DID, f"{DID}#1")
    assert (method.until, method.compromised) == (NOON + timedelta(days=1), NOON)


@pytest.mark.parametrize(
    ("told", "reason"),
    [
        ({"controller": "did:web:other.example"}, "controller"),
        ({"controller": None}, "controller"),
        ({"controller": [DID]}, "controller"),
        ({"secretKeyMultibase": "z3u2"}, "secret-published"),
        ({"privateKeyJwk": {}}, "secret-published"),
        ({"publicKeyJwk": JWK}, "verification-method"),
        ({"publicKeyMultibase": None}, "verification-method"),
        ({"publicKeyMultibase": None, "publicKeyJwk": JWK}, "verification-method"),
        ({"publicKeyMultibase": to_multibase(from_multibase(ED25519)[:-1])}, "key-length"),
        ({"publicKeyMultibase": 5}, "multibase"),
        ({"type": "Ed25519VerificationKey2020", "publicKeyMultibase": P256}, "verification-method"),
        ({**AS_JWK, "publicKeyJwk": KEYS[KeyKind.P256].secret_jwk()}, "secret-in-jwk"),
        ({**AS_JWK, "publicKeyJwk": "text"}, "jwk"),
        ({"expires": "2026-05-02"}, "time"),
        ({"revoked": None, "usedSince": 5}, "time"),
    ],
)
def test_a_method_that_breaks_the_rules_is_refused_and_hides_no_other(
    told: dict[str, Any], reason: str
) -> None:
    good = _told(id="#good")
    data = _document(verificationMethod=[_told(**told), good], assertionMethod=["#1", "#good"])
    with pytest.raises(Unreadable) as refused:
        method_in(data, DID, f"{DID}#1")
    assert refused.value.reason == reason
    assert set(read_document(data, DID)) == {f"{DID}#good"}


@pytest.mark.parametrize(
    "form", ["RsaVerificationKey2018", "EcdsaSecp256k1VerificationKey2019", ["Multikey"], None, 5]
)
def test_an_unknown_type_of_method_is_not_supported(form: object) -> None:
    data = _document(verificationMethod=[_told(type=form)])
    with pytest.raises(Unsupported) as refused:
        method_in(data, DID, f"{DID}#1")
    assert refused.value.reason == "method-type"
    assert read_document(data, DID) == {}


def test_a_key_of_another_identifier_is_not_taken_from_this_document() -> None:
    url = "did:web:other.example#1"
    data = _document(verificationMethod=[_told(id=url)], assertionMethod=[url])
    with pytest.raises(Unreadable):
        method_in(data, DID, url)
    assert read_document(data, DID) == {}


def test_a_method_that_is_not_there_is_told() -> None:
    with pytest.raises(Unreadable) as refused:
        method_in(_document(), DID, f"{DID}#2")
    assert refused.value.reason == "verification-method"


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (_document(id="did:web:other.example"), "document-id"),
        (_document(id=None), "document-id"),
        (_document(verificationMethod="#1"), "document"),
        (_document(verificationMethod=5), "document"),
        (_document(verificationMethod=[_told(), _told()]), "document"),
        (_document(verificationMethod=[_told(), _told(id=f"{DID}#1")]), "document"),
        (_document(verificationMethod=[{"type": "Multikey"}]), "document"),
        (_document(assertionMethod=[5]), "document"),
        (b"[]", "document"),
        (b"not json", "not-json"),
        (_document().replace(b'"id"', b'"id": "x", "id"', 1), "duplicate-key"),
    ],
)
def test_a_document_that_breaks_the_rules_is_refused(data: bytes, reason: str) -> None:
    with pytest.raises(Unreadable) as refused:
        read_document(data, DID)
    assert refused.value.reason == reason
