"""Credentials as tokens in the older forms: a `vc` claim (VC Data Model 1.1), and Open Badges 3.0."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from gilde.credentials.errors import Altered, Unreadable
from gilde.credentials.keys.did import resolve_key
from gilde.credentials.proofs import vc_jwt
from tests.credentials.proofs.jose_tools import by_hand, did, key, refused
from tests.credentials.proofs.test_jose_credentials import HOLDER, a_credential

V1 = "https://www.w3.org/2018/credentials/v1"


def an_older(**claims: Any) -> dict[str, Any]:
    inner = {"@context": [V1], "type": ["VerifiableCredential"], "credentialSubject": {"name": "Noor"}}
    plain = {"iss": did(key()), "sub": did(HOLDER), "jti": "urn:uuid:1", "nbf": 1262373804, "exp": 1893456000}
    return {**plain, "vc": inner, **claims}


@pytest.mark.parametrize("typ", ["JWT", None])
def test_a_credential_in_a_vc_claim_is_put_together_from_the_claims(typ: str | None) -> None:
    header = {"alg": "EdDSA", "kid": key().method, **({"typ": typ} if typ else {})}

    secured = vc_jwt.read(by_hand(header, an_older(), key()), resolve_key)

    assert secured.form == "vc-claim"
    assert secured.document == {
        "@context": [V1],
        "type": ["VerifiableCredential"],
        "id": "urn:uuid:1",
        "issuer": did(key()),
        "issuanceDate": "2010-01-01T19:23:24Z",
        "expirationDate": "2030-01-01T00:00:00Z",
        "credentialSubject": {"id": did(HOLDER), "name": "Noor"},
    }
    assert secured.until == datetime(2030, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    "inner",
    [
        {"issuer": "did:web:other.example"},
        {"id": "urn:uuid:2"},
        {"credentialSubject": {"id": "did:web:other.example"}},
        {"issuanceDate": "2011-01-01T19:23:24Z"},
        {"expirationDate": "2031-01-01T00:00:00Z"},
    ],
)
def test_a_vc_claim_that_says_otherwise_than_the_claims_is_refused(inner: dict[str, Any]) -> None:
    claims = an_older()
    claims["vc"] = {**claims["vc"], **inner}

    with refused(Unreadable, "claims-differ"):
        vc_jwt.read(by_hand({"alg": "EdDSA", "typ": "JWT", "kid": key().method}, claims, key()), resolve_key)


def test_a_vc_claim_of_another_issuers_key_is_altered() -> None:
    mallory = key(number=1)
    claims = an_older(vc={**an_older()["vc"], "issuer": did(key())}, iss=...)
    token = by_hand(
        {"alg": "EdDSA", "kid": mallory.method},
        {name: value for name, value in claims.items() if value is not ...},
        mallory,
    )

    with refused(Altered, "issuer-key"):
        vc_jwt.read(token, resolve_key)


@pytest.mark.parametrize("inner", ["text", None, [], 1])
def test_a_vc_claim_must_be_a_credential(inner: object) -> None:
    with refused(Unreadable, "claims-differ"):
        vc_jwt.read(by_hand({"alg": "EdDSA", "kid": key().method}, an_older(vc=inner), key()), resolve_key)


def test_an_open_badge_as_a_token_is_read() -> None:
    badge = a_credential(
        type=["VerifiableCredential", "OpenBadgeCredential"], validUntil="2030-01-01T00:00:00Z"
    )
    claims = {"iss": did(key()), "jti": badge["id"], "sub": did(HOLDER), "nbf": 1751270400, "exp": 1893456000}

    secured = vc_jwt.read(
        by_hand({"alg": "EdDSA", "typ": "JWT", "kid": key().method}, {**badge, **claims}, key()), resolve_key
    )

    assert (secured.document, secured.form) == (badge, "open-badge")
    assert secured.since == datetime(2025, 6, 30, 8, tzinfo=UTC)


@pytest.mark.parametrize(
    "claims", [{"nbf": 1751270402}, {"exp": 1893456000}, {"iss": "x"}, {"jti": "x"}, {"sub": "x"}]
)
def test_an_open_badge_whose_token_says_otherwise_is_refused(claims: dict[str, Any]) -> None:
    badge = a_credential(validUntil="2031-01-01T00:00:00Z")

    with refused(Unreadable, "claims-differ"):
        vc_jwt.read(
            by_hand({"alg": "EdDSA", "typ": "JWT", "kid": "x:y"}, {**badge, **claims}, key()), key().public
        )
