"""The form of a proof and of what it signs: a case of our own for each of the public suites of W3C, and more."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gilde.credentials.errors import Altered, Unreadable, Unsupported
from gilde.credentials.keys.base58 import from_multibase, to_multibase
from gilde.credentials.keys.kinds import KeyKind
from tests.credentials.proofs.test_data_integrity import (
    PAIRS,
    Json,
    check,
    credential,
    every_pair,
    forged,
    refusal,
    signed,
)


@every_pair
@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"type": None}, "proof-type"),
        ({"type": ["DataIntegrityProof"]}, "proof-type"),
        ({"type": ""}, "proof-type"),
        ({"cryptosuite": None}, "cryptosuite"),
        ({"cryptosuite": 5}, "cryptosuite"),
        ({"cryptosuite": ""}, "cryptosuite"),
        ({"verificationMethod": None}, "verification-method"),
        ({"verificationMethod": 5}, "verification-method"),
        ({"verificationMethod": "no-url"}, "verification-method"),
        ({"verificationMethod": "did:key:@invalidVm@ x"}, "verification-method"),
        ({"verificationMethod": {"id": "did:key:z6Mk"}}, "verification-method"),
        ({"proofPurpose": None}, "proof-purpose"),
        ({"proofPurpose": ["assertionMethod"]}, "proof-purpose"),
        ({"created": "invalidDate"}, "proof-created"),
        ({"created": 5}, "proof-created"),
        ({"expires": "invalidDate"}, "proof-expires"),
        ({"domain": 5}, "domain"),
        ({"domain": [5]}, "domain"),
        ({"domain": []}, "domain"),
        ({"challenge": 5}, "challenge"),
        ({"nonce": ["a"]}, "nonce"),
        ({"id": "456321"}, "proof-id"),
        ({"id": 5}, "proof-id"),
        ({"previousProof": 456321}, "previous-proof"),
        ({"previousProof": [456321]}, "previous-proof"),
        ({"previousProof": "urn:uuid:missing"}, "previous-proof"),
        ({"previousProof": ["urn:uuid:missing"]}, "previous-proof"),
    ],
)
def test_a_malformed_proof_is_unreadable(suite: str, kind: KeyKind, change: Json, reason: str) -> None:
    told = refusal(forged(suite, kind, **change))
    assert told[:2] == (Unreadable, reason)
    assert told[2] in (
        "PROOF_VERIFICATION_ERROR",
        "PROOF_GENERATION_ERROR",
        "INVALID_VERIFICATION_METHOD_URL",
    )


@every_pair
@pytest.mark.parametrize("value", [None, 5, "", "z", "invalidProofValue", "zO0Il", "mYWJj", "uYWJj", ["z2"]])
def test_a_value_that_is_no_base58_multibase_is_unreadable(suite: str, kind: KeyKind, value: object) -> None:
    secured = signed(suite, kind)
    secured["proof"]["proofValue"] = value
    assert refusal(secured) == (Unreadable, "proof-value", "PROOF_VERIFICATION_ERROR")


@every_pair
def test_a_value_without_its_header_or_missing_is_unreadable(suite: str, kind: KeyKind) -> None:
    secured = signed(suite, kind)
    value = secured["proof"].pop("proofValue")
    assert refusal(secured)[:2] == (Unreadable, "proof-value")
    secured["proof"]["proofValue"] = f"Z{value[1:]}"
    assert refusal(secured)[:2] == (Unreadable, "proof-value")


@every_pair
@given(extra=st.binary(min_size=1, max_size=32), cut=st.integers(1, 63))
@settings(max_examples=10, deadline=None)
def test_a_value_of_wrong_length_is_refused(suite: str, kind: KeyKind, extra: bytes, cut: int) -> None:
    secured = signed(suite, kind)
    value = from_multibase(secured["proof"]["proofValue"])
    for wrong in (value + extra, extra + value, value[:-cut]):
        secured["proof"]["proofValue"] = to_multibase(wrong)
        assert refusal(secured) == (Altered, "signature-length", "PROOF_VERIFICATION_ERROR")


@every_pair
@given(at=st.integers(0, 95), bit=st.integers(0, 7))
@settings(max_examples=10, deadline=None)
def test_a_value_with_one_bit_changed_is_refused(suite: str, kind: KeyKind, at: int, bit: int) -> None:
    secured = signed(suite, kind)
    value = bytearray(from_multibase(secured["proof"]["proofValue"]))
    value[at % len(value)] ^= 1 << bit
    secured["proof"]["proofValue"] = to_multibase(bytes(value))
    assert refusal(secured) == (Altered, "signature-wrong", "PROOF_VERIFICATION_ERROR")


@pytest.mark.parametrize("form", ["UnknownProofType", "Ed25519Signature2020", "JsonWebSignature2020"])
def test_another_type_of_proof_is_not_supported(form: str) -> None:
    assert refusal(forged("eddsa-jcs-2022", KeyKind.ED25519, type=form)) == (
        Unsupported,
        "proof-type",
        "PROOF_TRANSFORMATION_ERROR",
    )


@pytest.mark.parametrize(
    "name",
    ["UnknownCryptosuite", "ecdsa-sd-2023", "bbs-2023", "eddsa-2022", "EDDSA-JCS-2022", "eddsa-jcs-2022 "],
)
def test_another_cryptosuite_is_not_supported(name: str) -> None:
    document = forged("eddsa-jcs-2022", KeyKind.ED25519)
    document["proof"]["cryptosuite"] = name
    assert refusal(document) == (Unsupported, "cryptosuite", "PROOF_TRANSFORMATION_ERROR")


@pytest.mark.parametrize(
    ("document", "reason"),
    [
        (credential(), "no-proof"),
        ({**credential(), "proof": []}, "no-proof"),
        ({**credential(), "proof": None}, "proof-form"),
        ({**credential(), "proof": "z2"}, "proof-form"),
        ({**credential(), "proof": [[]]}, "proof-form"),
        ({**credential(), "proof": 5}, "proof-form"),
        ([credential()], "not-an-object"),
        ("text", "not-an-object"),
        (None, "not-an-object"),
    ],
)
def test_a_document_without_a_proof_is_unreadable(document: Any, reason: str) -> None:
    assert refusal(document)[:2] == (Unreadable, reason)


@every_pair
@pytest.mark.parametrize("url", ["did:key:invalidVm", "did:key:z6MkInvalid#z6MkInvalid", "did:key:z#z"])
def test_a_method_that_is_no_key_is_refused(suite: str, kind: KeyKind, url: str) -> None:
    assert refusal(forged(suite, kind, verificationMethod=url))[0] in (Unreadable, Unsupported)


def test_an_unknown_purpose_is_refused() -> None:
    for suite, kind in PAIRS:
        assert refusal(forged(suite, kind, proofPurpose="invalidPurpose"))[0] in (Altered, Unreadable)
    assert refusal(forged("eddsa-jcs-2022", KeyKind.ED25519, proofPurpose="invalidPurpose")) == (
        Altered,
        "purpose-not-allowed",
        "INVALID_RELATIONSHIP_FOR_VERIFICATION_METHOD",
    )


@every_pair
def test_what_has_no_meaning_is_neither_signed_nor_verified(suite: str, kind: KeyKind) -> None:
    spoils: list[Callable[[Json], Any]] = [
        lambda doc: doc["credentialSubject"].update(undefinedTerm="IfDroppedWillVerify"),
        lambda doc: doc["type"].append("UndefinedType"),
        lambda doc: doc.update(undefinedTerm={"name": "x"}),
        lambda doc: doc["@context"].append("https://unknown.example/v1"),
        lambda doc: doc["@context"].append({"@base": "https://invalid.example/"}),
    ]
    for spoil in spoils:
        document = credential()
        spoil(document)
        with pytest.raises(Unreadable):
            signed(suite, kind, document)
        secured = copy.deepcopy(signed(suite, kind))
        spoil(secured)
        assert refusal(secured)[0] is Unreadable


@every_pair
def test_an_undefined_member_of_a_proof_is_refused(suite: str, kind: KeyKind) -> None:
    assert refusal(forged(suite, kind, undefinedMember="x"))[0] in (Unreadable, Altered)
    secured = signed(suite, kind)
    secured["proof"]["undefinedMember"] = "x"
    assert refusal(secured)[0] is Unreadable


@every_pair
def test_another_purpose_domain_or_challenge_than_expected_is_refused(suite: str, kind: KeyKind) -> None:
    secured = signed(suite, kind, purpose="authentication", domain="a.example", challenge="c1")
    assert check(secured, purpose="authentication", domain="a.example", challenge="c1")
    assert refusal(secured, purpose="assertionMethod") == (Altered, "purpose", "PROOF_VERIFICATION_ERROR")
    for domain in ("b.example", ["a.example", "b.example"], []):
        assert refusal(secured, domain=domain) == (Altered, "domain", "INVALID_DOMAIN_ERROR")
    assert refusal(secured, challenge="c2") == (Altered, "challenge", "INVALID_CHALLENGE_ERROR")
    bare = signed(suite, kind)
    assert refusal(bare, domain="a.example")[1] == "domain"
    assert refusal(bare, challenge="c1")[1] == "challenge"
