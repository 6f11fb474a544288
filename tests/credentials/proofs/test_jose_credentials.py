"""W3C credentials and presentations as signed tokens (VC-JOSE-COSE), and the older forms that are still about."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from gilde.credentials.errors import Altered, Unreadable
from gilde.credentials.keys.did import resolve_key
from gilde.credentials.keys.kinds import KeyKind, base64url
from gilde.credentials.proofs import jose, sd_jwt, vc_jwt
from gilde.credentials.proofs.foreign import ForeignSigningKey
from tests.credentials.proofs.jose_tools import NOW, by_hand, did, key, opened, refused

V2 = "https://www.w3.org/ns/credentials/v2"
HOLDER = key(number=5)
P521 = ForeignSigningKey(ec.generate_private_key(ec.SECP521R1()), "https://school.example/issuers/9#p521")


def a_credential(**changes: Any) -> dict[str, Any]:
    plain = {
        "@context": [V2],
        "id": "urn:uuid:3f0c2a52-6c4e-4b0e-9d4b-0c1c9f5f6a01",
        "type": ["VerifiableCredential"],
        "issuer": did(key()),
        "validFrom": "2025-06-30T08:00:00Z",
        "credentialSubject": {"id": did(HOLDER), "name": "Noor"},
    }
    return {name: value for name, value in {**plain, **changes}.items() if value is not ...}


def a_presentation(*credentials: Any, **changes: Any) -> dict[str, Any]:
    plain = {
        "@context": [V2],
        "type": ["VerifiablePresentation"],
        "holder": did(HOLDER),
        "verifiableCredential": list(credentials or [vc_jwt.envelope(vc_jwt.secure(a_credential(), key()))]),
    }
    return {**plain, **changes}


def a_header(**changes: Any) -> dict[str, Any]:
    return {"alg": "EdDSA", "typ": "vc+jwt", "cty": "vc", "kid": key().method, **changes}


# Cases of the suite: what is issued


@pytest.mark.parametrize("kind", KeyKind)
def test_a_credential_comes_back_as_it_was_secured(kind: KeyKind) -> None:
    document = a_credential(issuer={"id": did(key(kind)), "name": "School"})

    token = vc_jwt.secure(document, key(kind))

    header, payload = opened(token)
    assert header == {
        "alg": kind.algorithm,
        "typ": "vc+jwt",
        "cty": "vc",
        "kid": key(kind).method,
        "iss": did(key(kind)),
    }
    assert payload == document
    secured = vc_jwt.read(token, resolve_key)
    assert (secured.document, secured.form) == (document, "vc+jwt")


def test_a_credential_with_every_optional_part_comes_back() -> None:
    document = a_credential(
        name="Welder",
        description={"@value": "Lasser", "@language": "nl"},
        validUntil="2030-06-30T08:00:00Z",
        credentialStatus={"type": "BitstringStatusListEntry"},
        credentialSchema={"id": "https://school.example/schema", "type": "JsonSchema"},
        evidence=[{"type": ["Evidence"]}],
        termsOfUse={"type": "TrustFrameworkPolicy"},
        refreshService={"type": "Refresh"},
        relatedResource=[{"id": "https://school.example/x", "digestSRI": "sha384-x"}],
    )

    assert (
        vc_jwt.read(vc_jwt.secure(document, key(KeyKind.P384)), key(KeyKind.P384).public).document == document
    )


def test_a_key_of_p521_secures_credentials_and_presentations() -> None:
    document = a_credential(issuer="https://school.example/issuers/9")

    token = vc_jwt.secure(document, P521)

    assert opened(token)[0]["alg"] == "ES512"
    assert vc_jwt.read(token, P521.public).document == document
    presentation = a_presentation(vc_jwt.envelope(token), holder="https://school.example/issuers/9")
    assert (
        vc_jwt.read_presentation(vc_jwt.secure_presentation(presentation, P521), P521.public).document
        == presentation
    )


def test_a_presentation_comes_back_with_its_envelopes() -> None:
    first, second = (
        vc_jwt.secure(a_credential(), key()),
        vc_jwt.secure_sd(a_credential(), key(KeyKind.P256), hidden=[("credentialSubject", "name")]),
    )
    presentation = a_presentation(
        vc_jwt.envelope(first), vc_jwt.envelope(second, "application/vc+sd-jwt"), id="urn:uuid:1"
    )

    token = vc_jwt.secure_presentation(presentation, HOLDER)
    read = vc_jwt.read_presentation(token, resolve_key)

    assert opened(token)[0]["typ"] == "vp+jwt"
    assert opened(token)[0]["cty"] == "vp"
    assert (read.document, read.form) == (presentation, "vp+jwt")
    assert [(each.media, each.content) for each in read.envelopes] == [
        ("application/vc+jwt", first),
        ("application/vc+sd-jwt", second),
    ]


def test_a_credential_is_disclosed_claim_by_claim() -> None:
    document = a_credential(
        credentialSubject={
            "id": did(HOLDER),
            "address": {"street": "Kouter 3", "city": "Gent", "country": "BE"},
            "phones": ["+32 1", "+32 2"],
        }
    )
    hidden = [("credentialSubject", "address", "street"), ("credentialSubject", "phones", 0)]
    token = vc_jwt.secure_sd(document, key(KeyKind.P384), hidden=hidden)

    fewer = sd_jwt.present(token, [("credentialSubject", "address", "street")])

    assert opened(token.split("~")[0])[0]["typ"] == "vc+sd-jwt"
    assert vc_jwt.read(token, key(KeyKind.P384).public).document == document
    seen = vc_jwt.read(fewer, key(KeyKind.P384).public).document["credentialSubject"]
    assert seen["address"] == document["credentialSubject"]["address"]
    assert seen["phones"] == ["+32 2"]


def test_a_presentation_can_hide_its_holder_and_credentials() -> None:
    token = vc_jwt.secure_presentation(
        a_presentation(), HOLDER, hidden=[("holder",), ("verifiableCredential", 0)]
    )

    assert vc_jwt.read_presentation(token, resolve_key).document == a_presentation(
        *vc_jwt.read_presentation(token, resolve_key).document["verifiableCredential"]
    )
    narrow = vc_jwt.read_presentation(sd_jwt.present(token, []), resolve_key)
    assert (narrow.form, narrow.envelopes, narrow.document.get("holder")) == ("vp+sd-jwt", (), None)


@pytest.mark.parametrize(
    "name", ["@context", "type", "issuer", "validFrom", "validUntil", "credentialStatus"]
)
def test_what_a_verifier_needs_is_not_hidden(name: str) -> None:
    with refused(Unreadable, "claim-hidden"):
        vc_jwt.secure_sd(a_credential(**{name: "x"}), key(), hidden=[(name,)])


# Cases of the suite: what is verified


def test_claims_of_the_token_that_agree_are_accepted_and_are_no_part_of_the_document() -> None:
    document = a_credential()
    claims = {"iss": did(key()), "jti": document["id"], "sub": did(HOLDER), "iat": "2010-01-01T19:23:24Z"}

    assert vc_jwt.read(by_hand(a_header(), {**document, **claims}, key()), resolve_key).document == document


@pytest.mark.parametrize("issuer", ["text", "object"])
def test_an_issuer_that_agrees_is_accepted_as_text_and_as_object(issuer: str) -> None:
    told = did(key()) if issuer == "text" else {"id": did(key())}
    token = by_hand(a_header(), {**a_credential(issuer=told), "iss": did(key())}, key())

    assert vc_jwt.read(token, resolve_key).document["issuer"] == told


@pytest.mark.parametrize(
    ("claim", "reason"), [("jti", "claims-differ"), ("sub", "claims-differ"), ("iss", "claims-differ")]
)
def test_claims_of_the_token_that_say_otherwise_are_refused(claim: str, reason: str) -> None:
    token = by_hand(a_header(), {**a_credential(), claim: "urn:uuid:other"}, key())

    with refused(Unreadable, "claims-differ"):
        vc_jwt.read(token, key().public)


def test_a_credential_in_the_name_of_another_issuer_is_altered() -> None:
    mallory = key(number=1)

    with refused(Altered, "issuer-key"):
        vc_jwt.read(by_hand(a_header(kid=mallory.method), a_credential(), mallory), resolve_key)
    with refused(Altered, "issuer-key"):
        vc_jwt.read(by_hand(a_header(kid=mallory.method), a_credential(issuer=...), mallory), resolve_key)


@pytest.mark.parametrize("extra", [{"vc": {}}, {"vp": {}}, {"vc": "x", "vp": "y"}])
def test_a_token_of_the_newer_form_has_no_claims_of_the_older(extra: dict[str, Any]) -> None:
    with refused(Unreadable, "vc-claim"):
        vc_jwt.read(by_hand(a_header(), {**a_credential(), **extra}, key()), resolve_key)
    with refused(Unreadable, "vc-claim"):
        vc_jwt.secure({**a_credential(), **extra}, key())
    with refused(Unreadable, "vc-claim"):
        vc_jwt.read_presentation(
            by_hand(
                a_header(typ="vp+jwt", cty="vp", kid=HOLDER.method), {**a_presentation(), **extra}, HOLDER
            ),
            resolve_key,
        )


@pytest.mark.parametrize(
    "header", [{"typ": "bad+typ", "cty": "bad+cty"}, {"typ": "bad+typ"}, {"typ": "vp+jwt"}]
)
def test_a_credential_of_a_wrong_type_is_refused(header: dict[str, str]) -> None:
    with refused(Unreadable, "typ"):
        vc_jwt.read(by_hand(a_header(**header), a_credential(), key()), resolve_key)


@pytest.mark.parametrize("content", ["bad+cty", "vp", 7])
def test_a_credential_with_a_wrong_content_type_is_refused(content: object) -> None:
    with refused(Unreadable, "cty"):
        vc_jwt.read(by_hand(a_header(cty=content), a_credential(), key()), resolve_key)


def test_types_may_be_written_in_full() -> None:
    header = a_header(typ="application/vc+jwt", cty="application/vc")

    assert vc_jwt.read(by_hand(header, a_credential(), key()), resolve_key).form == "vc+jwt"


def test_a_presentation_of_a_wrong_type_is_refused() -> None:
    for header in ({"typ": "bad+typ"}, {"typ": "vc+jwt"}):
        with refused(Unreadable, "typ"):
            vc_jwt.read_presentation(by_hand(a_header(**header), a_presentation(), HOLDER), HOLDER.public)
    with refused(Unreadable, "cty"):
        vc_jwt.read_presentation(by_hand(a_header(typ="vp+jwt"), a_presentation(), HOLDER), HOLDER.public)


def test_unsecured_credentials_and_presentations_are_refused() -> None:
    header = jose.to_json({"alg": "none", "typ": "vc+jwt"})
    unsigned = f"{base64url(header)}.{base64url(jose.to_json(a_credential()))}."

    with refused(Altered, "not-signed"):
        vc_jwt.read(unsigned, resolve_key)
    with refused(Unreadable, "not-compact"):
        vc_jwt.read(jose.to_json({"credential": 1}).decode(), resolve_key)


@pytest.mark.parametrize(
    ("credential", "reason"),
    [
        (a_credential(), "not-secured"),
        ("text", "not-secured"),
        ({"@context": V2, "type": "EnvelopedVerifiableCredential", "id": "not-a-credential"}, "not-secured"),
        ({"@context": V2, "type": "EnvelopedVerifiableCredential", "id": "data:text/plain,x"}, "not-secured"),
        (
            {"@context": V2, "type": "EnvelopedVerifiableCredential", "id": "data:application/vp+jwt,x"},
            "not-secured",
        ),
        ({"type": "EnvelopedVerifiableCredential", "id": "data:application/vc+jwt,x"}, "context"),
    ],
)
def test_a_presentation_whose_credentials_are_not_secured_is_refused(credential: Any, reason: str) -> None:
    presentation = a_presentation(credential)
    header = a_header(typ="vp+jwt", cty="vp", kid=HOLDER.method)

    with refused(Unreadable, reason):
        vc_jwt.read_presentation(by_hand(header, presentation, HOLDER), resolve_key)
    with refused(Unreadable, reason):
        vc_jwt.secure_presentation(presentation, HOLDER)


def test_a_presentation_in_the_name_of_another_holder_is_altered() -> None:
    forged = by_hand(
        a_header(typ="vp+jwt", cty="vp", kid=key(number=1).method), a_presentation(), key(number=1)
    )

    with refused(Altered, "issuer-key"):
        vc_jwt.read_presentation(forged, resolve_key)


def test_a_presentation_for_another_audience_or_occasion_is_refused() -> None:
    token = vc_jwt.secure_presentation(
        a_presentation(), HOLDER, audience="https://a.example", nonce="1", now=NOW, lasts=timedelta(minutes=5)
    )

    read = vc_jwt.read_presentation(token, resolve_key, audience="https://a.example", nonce="1")
    assert read.until == NOW + timedelta(minutes=5)
    assert read.document.keys() == a_presentation().keys()
    with refused(sd_jwt.Unbound, "binding-audience"):
        vc_jwt.read_presentation(token, resolve_key, audience="https://b.example", nonce="1")
    with refused(sd_jwt.Unbound, "binding-nonce"):
        vc_jwt.read_presentation(token, resolve_key, audience="https://a.example", nonce="2")
    with refused(sd_jwt.Unbound, "binding-audience"):
        vc_jwt.read_presentation(
            vc_jwt.secure_presentation(a_presentation(), HOLDER), resolve_key, audience="x"
        )


def test_an_sd_jwt_with_a_wrong_signature_type_or_disclosure_is_refused() -> None:
    token = vc_jwt.secure_sd(a_credential(), key(), hidden=[("credentialSubject", "name")])
    jwt, disclosure, end = token.split("~")
    other = vc_jwt.secure_sd(a_credential(), key(), hidden=[("credentialSubject", "name")]).split("~")[1]

    with refused(Altered, "signature-wrong"):
        vc_jwt.read(token, key(number=1).public)
    with refused(Altered, "disclosure-unreferenced"):
        vc_jwt.read("~".join([jwt, other, end]), resolve_key)
    with refused(Unreadable, "typ"):
        vc_jwt.read(sd_jwt.issue(a_credential(), key(), typ="bad+typ"), resolve_key)
    with refused(Unreadable, "cty"):
        vc_jwt.read(sd_jwt.issue(a_credential(), key(), typ="vc+sd-jwt", headers={"cty": "bad"}), resolve_key)
    assert disclosure != other
