"""Signatures that the W3C published for the ECDSA suites: ECDSA has a random part, so what others signed must verify.

Source: W3C, Data Integrity ECDSA Cryptosuites 1.0, test vectors: keys, documents and proofs as published.
"""

from __future__ import annotations

import copy
import hashlib
from datetime import UTC, datetime
from typing import Any, Final

import pytest

from gilde.credentials.errors import Altered
from gilde.credentials.keys.did import resolve_key
from gilde.credentials.keys.kinds import KeyKind
from gilde.credentials.linked.tables import CONFORMANCE
from gilde.credentials.proofs.data_integrity import hash_data, verify
from gilde.credentials.proofs.options import read_proofs

NOW: Final = datetime(2026, 5, 1, tzinfo=UTC)
P256: Final = "zDnaepBuvsQ8cpsWrVKw8fbpGpvPeNSjVPTWoq6cRqaYzBKVP"
P384: Final = "z82LkuBieyGShVBhvtE2zoiD6Kma4tJGFtkAhxR5pfkp5QPw4LutoYWhvQCnGjdVn14kujQ"
PICTURE: Final = "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVQIW2"

ALUMNI: Final[dict[str, Any]] = {
    "@context": [
        "https://www.w3.org/ns/credentials/v2",
        "https://www.w3.org/ns/credentials/examples/v2",
    ],
    "id": "urn:uuid:58172aac-d8ba-11ed-83dd-0b3aef56cc33",
    "type": ["VerifiableCredential", "AlumniCredential"],
    "name": "Alumni Credential",
    "description": "A minimum viable example of an Alumni Credential.",
    "issuer": "https://vc.example/issuers/5678",
    "validFrom": "2023-01-01T00:00:00Z",
    "credentialSubject": {"id": "did:example:abcdefgh", "alumniOf": "The School of Examples"},
}
EMPLOYMENT: Final[dict[str, Any]] = {
    "@context": ["https://www.w3.org/ns/credentials/v2", "https://w3id.org/citizenship/v4rc1"],
    "type": ["VerifiableCredential", "EmploymentAuthorizationDocumentCredential"],
    "issuer": {
        "id": "did:key:zDnaegE6RR3atJtHKwTRTWHsJ3kNHqFwv7n9YjTgmU7TyfU76",
        "image": f"{PICTURE}NgUPr/HwADaAIhG61j/AAAAABJRU5ErkJggg==",
    },
    "credentialSubject": {
        "type": ["Person", "EmployablePerson"],
        "givenName": "JOHN",
        "additionalName": "JACOB",
        "familyName": "SMITH",
        "image": f"{PICTURE}Ng+M/wHwAEAQH/7yMK/gAAAABJRU5ErkJggg==",
        "gender": "Male",
        "residentSince": "2015-01-01",
        "birthCountry": "Bahamas",
        "birthDate": "1999-07-17",
        "employmentAuthorizationDocument": {
            "type": "EmploymentAuthorizationDocument",
            "identifier": "83627465",
            "lprCategory": "C09",
            "lprNumber": "999-999-999",
        },
    },
    "name": "Employment Authorization Document",
    "description": "Example Country Employment Authorization Document.",
    "validFrom": "2019-12-03T00:00:00Z",
    "validUntil": "2029-12-03T00:00:00Z",
}
PUBLISHED: Final = {
    "employment, rdfc, P-256": (
        EMPLOYMENT,
        "ecdsa-rdfc-2019",
        P256,
        "z4SWLpMWVhqUAgZweKfVftaZqWX2F8ZKMZV1Rszr6G73SsMHCjNUykW75hNwfFrVYacCFqraR6pnPqGcD6NyQ7SUu",
    ),
    "employment, rdfc, P-384": (
        EMPLOYMENT,
        "ecdsa-rdfc-2019",
        P384,
        "zrgAixbog7Uo9J9uyGfBi5FPDY459PZbuf52u6bEW424McKL55iVHUn1QjbRLFP25oapNtLRd7iGZHuSqZf3DE1VuEgACDDmwP1Z77"
        "YC9QCxD37h8Mgh1QEpefuL5CKpk1oH",
    ),
    "alumni, jcs, P-384": (
        ALUMNI,
        "ecdsa-jcs-2019",
        P384,
        "zR3krc7pt9Dpn1PY2u8HWPePggtzAG2SuH2ZGNrzw8Ku3QrFLWgDTjS5mCWy65ShixJEtpMwfviAFfh5xTgd5FGN1sSbpPJ5djqSZQ"
        "LqQkY8KLBPNswuqKtq3bS8f9vEHm8w",
    ),
}
# Of the proof's options in canonical form and of the document's, both in SHA-384, for the two documents with P-384.
OPTIONS_HASH: Final = (
    "e32805a26492eac777aa7a138f6d8da3c74e0c7be7b296dcaccf97420c3b92eaad7be6449ca565e165031567f5c7cbc1"
)
ALUMNI_HASH: Final = (
    "8bf6e01df72c5b62f91b685231915ac4b8c58ea95f002c6b8f6bfafa1b251df476b56b8e01518e317dab099d3ecbff96"
)
EMPLOYMENT_HASH: Final = (
    "ffa6b1172d137cd8aa141154c1ed9c6e092edb18fb524b1626df8c08cbc755b9f617481313061c19f00acce59ab23704"
)


def secured(document: dict[str, Any], suite: str, key: str, value: str) -> dict[str, Any]:
    proof = {
        "type": "DataIntegrityProof",
        "cryptosuite": suite,
        "created": "2023-02-24T23:36:38Z",
        "verificationMethod": f"did:key:{key}#{key}",
        "proofPurpose": "assertionMethod",
        "proofValue": value,
    }
    return {**copy.deepcopy(document), "proof": proof}


@pytest.mark.parametrize("published", PUBLISHED.values(), ids=PUBLISHED)
def test_what_others_signed_verifies_and_changed_it_does_not(published: tuple[Any, ...]) -> None:
    document = secured(*published)
    (proven,) = verify(document, resolve_key, now=NOW, contexts=CONFORMANCE)
    assert proven.suite == published[1]
    with pytest.raises(Altered):
        verify({**document, "name": "Another"}, resolve_key, now=NOW, contexts=CONFORMANCE)


@pytest.mark.parametrize(("document", "hashed"), [(ALUMNI, ALUMNI_HASH), (EMPLOYMENT, EMPLOYMENT_HASH)])
def test_with_a_key_of_384_bits_all_hashes_have_as_many(document: dict[str, Any], hashed: str) -> None:
    (proof,) = read_proofs(secured(document, "ecdsa-rdfc-2019", P384, "z1"))
    combined = hash_data(document, proof, KeyKind.P384, CONFORMANCE)
    assert combined.hex() == OPTIONS_HASH + hashed
    assert len(combined) == 2 * hashlib.sha384().digest_size
