"""Signatures inside a document: what holds, what does not, and with which reason.

Among them a case of our own for each of the public conformance suites of W3C for EdDSA, ECDSA and Data Integrity.
"""

from __future__ import annotations

import copy
import hashlib
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gilde.credentials.errors import Altered, TooMuch, Unreadable, Unsupported
from gilde.credentials.keys.base58 import from_multibase, to_multibase
from gilde.credentials.keys.did import Method, did_of, new_key, resolve_key
from gilde.credentials.keys.kinds import KeyKind, SigningKey
from gilde.credentials.linked import canonical, jcs
from gilde.credentials.linked.tables import CONFORMANCE, CREDENTIALS_V1, CREDENTIALS_V2
from gilde.credentials.proofs.data_integrity import CONTEXT, Signer, sign, verify

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
Json = dict[str, Any]

PAIRS = [
    ("eddsa-jcs-2022", KeyKind.ED25519),
    ("eddsa-rdfc-2022", KeyKind.ED25519),
    ("ecdsa-jcs-2019", KeyKind.P256),
    ("ecdsa-jcs-2019", KeyKind.P384),
    ("ecdsa-rdfc-2019", KeyKind.P256),
    ("ecdsa-rdfc-2019", KeyKind.P384),
]
KEYS = {kind: new_key(kind) for kind in KeyKind}
every_pair = pytest.mark.parametrize(("suite", "kind"), PAIRS)


def credential(**changes: Any) -> Json:
    told = {
        "@context": [CREDENTIALS_V2],
        "id": "urn:uuid:58172aac-d8ba-11ed-83dd-0b3aef56cc33",
        "type": ["VerifiableCredential"],
        "name": "Certificate of bakery — ♥",
        "issuer": "did:web:school.example",
        "validFrom": "2026-01-01T00:00:00Z",
        "credentialSubject": {"id": "did:example:abcdefgh", "name": "Ann"},
    }
    return {name: value for name, value in {**told, **changes}.items() if value is not None}


def signed(suite: str, kind: KeyKind, document: Json | None = None, **options: Any) -> Json:
    return sign(document or credential(), KEYS[kind], suite, created=NOW - HOUR, **options)


def forged(suite: str, kind: KeyKind, hashing: str = "", **changes: Any) -> Json:
    """A document signed with options that `sign` would not make, as the suites' generators do."""
    document = credential()
    options = {
        "type": "DataIntegrityProof",
        "cryptosuite": suite,
        "created": "2026-05-01T11:00:00Z",
        "verificationMethod": KEYS[kind].method,
        "proofPurpose": "assertionMethod",
        **changes,
    }
    options = {name: value for name, value in options.items() if value is not None}
    config = {**options, "@context": document["@context"]}
    hashing = hashing or ("sha384" if kind is KeyKind.P384 else "sha256")

    def form(value: Json) -> bytes:
        return canonical.nquads(value, digest=hashing) if "rdfc" in suite else jcs.canonical(value)

    try:
        data = b"".join(hashlib.new(hashing, form(each)).digest() for each in (config, document))
    except Unreadable:  # what has no meaning has no canonical form, so nobody can have signed it well
        data = b""
    proof = options if "rdfc" in suite else config
    return {**document, "proof": {**proof, "proofValue": to_multibase(KEYS[kind].sign(data))}}


def check(document: Any, **options: Any) -> list[Any]:
    return list(verify(document, resolve_key, now=NOW, **options))


def refusal(document: Any, **options: Any) -> tuple[type[Exception], str, str]:
    with pytest.raises((Altered, Unreadable, Unsupported)) as refused:
        check(document, **options)
    problem = str(refused.value.details.get("problem", "")).removeprefix("https://w3id.org/security#")
    return type(refused.value), refused.value.reason, problem


# Making and verifying


@every_pair
def test_what_was_signed_is_proven_by_its_key(suite: str, kind: KeyKind) -> None:
    (proven,) = check(signed(suite, kind), purpose="assertionMethod")
    assert proven.suite == suite
    assert proven.method == resolve_key(KEYS[kind].method)
    assert proven.created == NOW - HOUR
    assert proven.purpose == "assertionMethod"


@every_pair
def test_a_proof_has_the_members_of_the_specification(suite: str, kind: KeyKind) -> None:
    document = credential()
    secured = signed(suite, kind, document)
    proof = secured.pop("proof")
    assert secured == document == credential()
    value = proof.pop("proofValue")
    assert value[0] == "z"
    assert len(from_multibase(value)) == (96 if kind is KeyKind.P384 else 64)
    assert proof == {
        "type": "DataIntegrityProof",
        "cryptosuite": suite,
        "created": "2026-05-01T11:00:00Z",
        "verificationMethod": KEYS[kind].method,
        "proofPurpose": "assertionMethod",
        **({"@context": document["@context"]} if "jcs" in suite else {}),
    }


@every_pair
def test_every_option_is_written_and_verified(suite: str, kind: KeyKind) -> None:
    options = {"domain": ["a.example", "b.example"], "challenge": "c1", "nonce": "n1", "id": "urn:uuid:1"}
    secured = signed(suite, kind, purpose="authentication", expires=NOW + HOUR, **options)
    assert secured["proof"].items() >= {**options, "expires": "2026-05-01T13:00:00Z"}.items()
    expected = {"purpose": "authentication", "domain": ["b.example", "a.example"], "challenge": "c1"}
    (proven,) = check(secured, **expected)
    assert (proven.id, proven.expires, proven.purpose) == ("urn:uuid:1", NOW + HOUR, "authentication")


@every_pair
def test_the_hashes_are_those_of_the_specification(suite: str, kind: KeyKind) -> None:
    assert check(forged(suite, kind))[0].suite == suite


@every_pair
def test_a_bulk_signer_signs_as_a_single_one(suite: str, kind: KeyKind) -> None:
    signer = Signer(KEYS[kind], suite, created=NOW - HOUR)
    for at in range(3):
        document = credential(id=f"urn:uuid:{at}")
        bulk, single = signer.sign(document), signed(suite, kind, document)
        assert check(bulk) == check(single)
        if kind is KeyKind.ED25519:  # ECDSA is not the same twice
            assert bulk == single


def test_one_bulk_signer_signs_documents_of_several_contexts() -> None:
    signer = Signer(KEYS[KeyKind.ED25519], "eddsa-rdfc-2022", created=NOW, contexts=CONFORMANCE)
    for context in ([CREDENTIALS_V2], [CREDENTIALS_V2, CONTEXT], [CREDENTIALS_V2]):
        assert check(signer.sign(credential(**{"@context": context})), contexts=CONFORMANCE)


TEXTS = st.text(st.characters(exclude_categories=("Cs",)), max_size=20)


@every_pair
@given(
    name=TEXTS, description=TEXTS, types=st.sampled_from(["VerifiableCredential", ["VerifiableCredential"]])
)
@settings(max_examples=15, deadline=None)
def test_every_text_can_be_signed_and_no_other_fits(
    suite: str, kind: KeyKind, name: str, description: str, types: Any
) -> None:
    document = credential(name=name, description=description, type=types)
    secured = signed(suite, kind, document)
    assert check(secured)
    if name != description:
        swapped = {**secured, "name": description, "description": name}
        assert refusal(swapped)[1] == "signature-wrong"


@every_pair
def test_order_and_white_space_of_the_json_change_nothing(suite: str, kind: KeyKind) -> None:
    secured = signed(suite, kind)
    shuffled = json.loads(json.dumps(dict(reversed(secured.items())), indent=7))
    shuffled["proof"] = dict(sorted(shuffled["proof"].items(), reverse=True))
    assert check(shuffled) == check(secured)


def test_the_same_said_in_other_json_is_the_same_to_rdfc_and_another_to_jcs() -> None:
    """One type with and without brackets is one meaning, and two texts."""
    for suite, holds in (("eddsa-rdfc-2022", True), ("eddsa-jcs-2022", False)):
        secured = signed(suite, KeyKind.ED25519)
        secured["type"] = "VerifiableCredential"
        if holds:
            assert check(secured)
        else:
            assert refusal(secured) == (Altered, "signature-wrong", "PROOF_VERIFICATION_ERROR")


# What is changed


CHANGES: dict[str, Callable[[Json], Any]] = {
    "name": lambda doc: doc.update(name="Certificate of butchery"),
    "added": lambda doc: doc.update(description="more"),
    "removed": lambda doc: doc.pop("name"),
    "inside": lambda doc: doc["credentialSubject"].update(name="Bob"),
    "id": lambda doc: doc.update(id="urn:uuid:1"),
    "issuer": lambda doc: doc.update(issuer="did:web:other.example"),
    "validFrom": lambda doc: doc.update(validFrom="2026-01-01T00:00:01Z"),
    "created": lambda doc: doc["proof"].update(created="2026-05-01T11:00:01Z"),
    "no created": lambda doc: doc["proof"].pop("created"),
    "expires": lambda doc: doc["proof"].update(expires="2030-05-01T11:00:01Z"),
    "domain": lambda doc: doc["proof"].update(domain="a.example"),
    "challenge": lambda doc: doc["proof"].update(challenge="a"),
    "nonce": lambda doc: doc["proof"].update(nonce="a"),
    "proof id": lambda doc: doc["proof"].update(id="urn:uuid:1"),
    "proofPurpose": lambda doc: doc["proof"].update(proofPurpose="authentication"),
}


@every_pair
@pytest.mark.parametrize("change", CHANGES)
def test_whatever_was_changed_the_signature_no_longer_fits(suite: str, kind: KeyKind, change: str) -> None:
    secured = copy.deepcopy(signed(suite, kind))
    CHANGES[change](secured)
    assert refusal(secured) == (Altered, "signature-wrong", "PROOF_VERIFICATION_ERROR")


@every_pair
def test_a_signature_does_not_fit_another_key(suite: str, kind: KeyKind) -> None:
    secured = signed(suite, kind)
    secured["proof"]["verificationMethod"] = new_key(kind).method
    assert refusal(secured)[:2] == (Altered, "signature-wrong")


@every_pair
def test_a_signature_is_not_moved_to_another_suite(suite: str, kind: KeyKind) -> None:
    for other, other_kind in PAIRS:
        if other != suite:
            moved = copy.deepcopy(signed(suite, kind))
            moved["proof"]["cryptosuite"] = other
            fits = kind in {each for name, each in PAIRS if name == other}
            assert refusal(moved)[:2] == (Altered, "signature-wrong" if fits else "key-kind"), other_kind


@pytest.mark.parametrize(("suite", "kind"), PAIRS)
def test_another_hash_function_is_refused(suite: str, kind: KeyKind) -> None:
    for hashing in ("sha256", "sha384"):
        right = hashing == ("sha384" if kind is KeyKind.P384 else "sha256")
        document = forged(suite, kind, hashing)
        if right:
            assert check(document)
        else:
            assert refusal(document)[1] == "signature-wrong"


def test_a_digest_by_sha_512_is_refused() -> None:
    assert refusal(forged("eddsa-jcs-2022", KeyKind.ED25519, "sha512"))[1] == "signature-wrong"


def test_one_canonicalisation_is_not_taken_for_another() -> None:
    """The suites' "canonizeJcs" and "canonizeUnknown"."""
    for made, told in (("eddsa-jcs-2022", "eddsa-rdfc-2022"), ("eddsa-rdfc-2022", "eddsa-jcs-2022")):
        document = forged(made, KeyKind.ED25519)
        document["proof"]["cryptosuite"] = told
        document["proof"].pop("@context", None)
        assert refusal(document)[1] == "signature-wrong"


# The form of a proof: cases of the Data Integrity suite


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
        ({"created": "2026-05-01T11:00:00"}, "proof-created"),
        ({"created": 5}, "proof-created"),
        ({"expires": "invalidDate"}, "proof-expires"),
        ({"expires": "2027-05-01T11:00:00"}, "proof-expires"),
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


# What the contexts do not define


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


# What is expected


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


# Time and the period of a key


def resolving(**period: Any) -> Callable[[str], Method]:
    return lambda url: replace(resolve_key(url), **period)


@every_pair
def test_a_proof_without_a_date_holds(suite: str, kind: KeyKind) -> None:
    (proven,) = check(forged(suite, kind, created=None))
    assert proven.created is None


@every_pair
def test_an_old_proof_holds(suite: str, kind: KeyKind) -> None:
    assert check(forged(suite, kind, created="2025-05-01T12:00:00Z"))
    assert check(forged(suite, kind, created="2025-05-01T12:00:00+02:00"))


def test_an_expired_proof_is_refused_from_that_moment_on() -> None:
    secured = signed("eddsa-jcs-2022", KeyKind.ED25519, expires=NOW)
    assert refusal(secured)[:2] == (Altered, "proof-expired")
    assert verify(secured, resolve_key, now=NOW - timedelta(seconds=1))


def test_a_proof_of_the_future_is_refused_but_for_clocks_that_differ() -> None:
    key = KEYS[KeyKind.ED25519]
    assert check(sign(credential(), key, "eddsa-jcs-2022", created=NOW + timedelta(minutes=5)))
    assert refusal(sign(credential(), key, "eddsa-jcs-2022", created=NOW + HOUR))[1] == "created-in-future"


def test_a_signature_outside_the_period_of_its_key_is_refused() -> None:
    secured = signed("eddsa-jcs-2022", KeyKind.ED25519)
    made, second = NOW - HOUR, timedelta(seconds=1)
    cases: list[tuple[Json, str]] = [
        ({"since": made, "until": made}, ""),
        ({"since": made + second}, "key-period"),
        ({"until": made - second}, "key-period"),
        ({"compromised": made + second}, ""),
        ({"compromised": made}, "key-compromised"),
        ({"compromised": made - second}, "key-compromised"),
    ]
    for period, reason in cases:
        if reason:
            with pytest.raises(Altered) as refused:
                verify(secured, resolving(**period), now=NOW)
            assert refused.value.reason == reason
        else:
            (proven,) = verify(secured, resolving(**period), now=NOW)
            assert proven.method.compromised == period.get("compromised")


def test_a_signature_without_a_date_by_a_compromised_key_is_refused() -> None:
    document = forged("eddsa-jcs-2022", KeyKind.ED25519, created=None)
    with pytest.raises(Altered) as refused:
        verify(document, resolving(compromised=NOW + HOUR), now=NOW)
    assert refused.value.reason == "key-compromised"


def test_a_signature_without_a_date_counts_as_made_now() -> None:
    document = forged("eddsa-jcs-2022", KeyKind.ED25519, created=None)
    assert verify(document, resolving(until=NOW), now=NOW)
    with pytest.raises(Altered) as refused:
        verify(document, resolving(until=NOW - HOUR), now=NOW)
    assert refused.value.reason == "key-period"


def test_ten_rotations_and_every_signature_still_holds() -> None:
    did, day = "did:web:school.example", timedelta(days=30)
    keys = [SigningKey.generate(KeyKind.ED25519, f"{did}#{at}") for at in range(11)]
    begins = [NOW - (11 - at) * day for at in range(11)]
    methods = {
        key.method: Method(key.method, did, key.public, frozenset({"assertionMethod"}), since, since + day)
        for key, since in zip(keys, begins, strict=True)
    }
    for at, key in enumerate(keys):
        secured = sign(credential(), key, "eddsa-rdfc-2022", created=begins[at] + HOUR)
        assert verify(secured, methods.__getitem__, now=NOW)[0].method.id == key.method
        late = sign(credential(), key, "eddsa-rdfc-2022", created=begins[at] + day + HOUR)
        with pytest.raises(Altered):
            verify(late, methods.__getitem__, now=NOW + 2 * day)


def test_a_key_that_its_owner_does_not_list_for_the_purpose_is_refused() -> None:
    secured = signed("eddsa-jcs-2022", KeyKind.ED25519)
    with pytest.raises(Altered) as refused:
        verify(secured, resolving(purposes=frozenset({"authentication"})), now=NOW)
    assert refused.value.reason == "purpose-not-allowed"


def test_a_method_that_is_not_the_one_that_was_named_is_refused() -> None:
    secured = signed("eddsa-jcs-2022", KeyKind.ED25519)
    with pytest.raises(Unreadable) as refused:
        verify(secured, resolving(id="did:web:other.example#1"), now=NOW)
    assert refused.value.reason == "verification-method"


def test_what_the_resolver_raises_is_passed_on() -> None:
    def unreachable(url: str) -> Method:
        raise Unsupported("no way", "unreachable")

    with pytest.raises(Unsupported, match="no way"):
        verify(signed("eddsa-jcs-2022", KeyKind.ED25519), unreachable, now=NOW)


@every_pair
def test_a_key_of_another_kind_under_the_same_name_is_refused(suite: str, kind: KeyKind) -> None:
    for other in KeyKind:
        if other is not kind:
            with pytest.raises(Altered) as refused:
                verify(signed(suite, kind), resolving(public=KEYS[other].public), now=NOW)
            assert refused.value.reason in ("key-kind", "signature-length")


# Contexts


def test_a_document_of_data_model_1_gets_the_context_of_proofs() -> None:
    document = {
        "@context": [CREDENTIALS_V1],
        "type": ["VerifiableCredential"],
        "issuer": "did:web:school.example",
        "issuanceDate": "2026-01-01T00:00:00Z",
        "credentialSubject": {"id": "did:example:abcdefgh"},
    }
    for suite, kind in PAIRS:
        secured = signed(suite, kind, document, contexts=CONFORMANCE)
        assert secured["@context"] == [CREDENTIALS_V1, CONTEXT]
        assert check(secured, contexts=CONFORMANCE)
    assert document["@context"] == [CREDENTIALS_V1]


def test_the_contexts_of_a_signed_document_never_grow() -> None:
    bare = {"@context": [CREDENTIALS_V1], "type": ["VerifiableCredential"], "proof": {}}
    bare["proof"] = signed("eddsa-jcs-2022", KeyKind.ED25519)["proof"]
    with pytest.raises(Unreadable) as refused:
        signed("eddsa-jcs-2022", KeyKind.ED25519, bare)
    assert refused.value.reason == "context"


def test_a_context_added_after_a_signature_by_jcs_holds_while_the_meaning_stays() -> None:
    secured = signed("eddsa-jcs-2022", KeyKind.ED25519)
    secured["@context"] = [CREDENTIALS_V2, CONTEXT]
    assert check(secured, contexts=CONFORMANCE)
    for wrong in ([CONTEXT, CREDENTIALS_V2], [CONTEXT], []):
        secured["@context"] = wrong
        assert refusal(secured, contexts=CONFORMANCE) == (
            Altered,
            "proof-context",
            "PROOF_VERIFICATION_ERROR",
        )


def test_a_context_added_after_a_signature_by_jcs_never_changes_what_it_says() -> None:
    own = {"motto": "https://school.example/motto"}
    document = credential(**{"@context": [CREDENTIALS_V2, own], "motto": "Never late"})
    secured = signed("eddsa-jcs-2022", KeyKind.ED25519, document, contexts=CONFORMANCE)
    assert check(secured, contexts=CONFORMANCE)
    secured["@context"] = [CREDENTIALS_V2, own, {"motto": "https://school.example/slander"}]
    assert refusal(secured, contexts=CONFORMANCE)[:2] == (Altered, "proof-context")


def test_a_context_in_a_proof_that_is_not_the_documents_is_refused() -> None:
    for suite, kind in PAIRS:
        secured = signed(suite, kind)
        secured["proof"]["@context"] = [CONTEXT]
        assert refusal(secured)[:2] == (Altered, "proof-context")


# Sets and chains


IDS = [f"urn:uuid:{at}" for at in range(4)]


def chained(suite: str, kind: KeyKind, *previous: Any) -> Json:
    """A document with a first proof, and one more for each `previous`, by a key of its own."""
    document = sign(credential(), new_key(kind), suite, created=NOW - HOUR, id=IDS[0])
    for at, earlier in enumerate(previous, start=1):
        document = sign(document, new_key(kind), suite, created=NOW - HOUR, id=IDS[at], previous=earlier)
    return document


@every_pair
def test_every_proof_of_a_set_holds_by_itself(suite: str, kind: KeyKind) -> None:
    document = chained(suite, kind, (), ())
    assert [proven.id for proven in check(document)] == IDS[:3]
    for at in range(3):
        alone = {**document, "proof": document["proof"][at]}
        assert len(check(alone)) == 1
    assert [each.id for each in check({**document, "proof": document["proof"][::-1]})] == IDS[2::-1]


@every_pair
def test_a_chain_holds_with_what_it_covers(suite: str, kind: KeyKind) -> None:
    for previous in ([IDS[0], IDS[1]], [[IDS[0]], [IDS[0], IDS[1]]], [(), [IDS[1], IDS[0]]]):
        document = chained(suite, kind, *previous)
        assert len(check(document)) == 3


@every_pair
@pytest.mark.parametrize("previous", [IDS[0], [IDS[0]]])
def test_a_chain_without_what_it_covers_is_refused(suite: str, kind: KeyKind, previous: Any) -> None:
    document = chained(suite, kind, previous)
    told = (Unreadable, "previous-proof", "PROOF_VERIFICATION_ERROR")
    assert refusal({**document, "proof": document["proof"][1:]}) == told
    renamed = copy.deepcopy(document)
    renamed["proof"][0]["id"] = "urn:uuid:other"
    assert refusal(renamed) == told


@every_pair
def test_what_a_chain_covers_cannot_be_exchanged_changed_or_uncovered(suite: str, kind: KeyKind) -> None:
    document = chained(suite, kind, IDS[0])
    other = sign(credential(), new_key(kind), suite, created=NOW - HOUR, id=IDS[0])["proof"]
    assert refusal({**document, "proof": [other, document["proof"][1]]})[1] == "signature-wrong"
    uncovered = copy.deepcopy(document)
    del uncovered["proof"][1]["previousProof"]
    assert refusal(uncovered)[1] == "signature-wrong"
    broken = copy.deepcopy(document)
    broken["proof"][0]["proofValue"] = "invalidProofValue"
    assert refusal(broken)[1] == "proof-value"


@every_pair
def test_a_set_with_one_wrong_proof_is_refused_as_a_whole(suite: str, kind: KeyKind) -> None:
    document = chained(suite, kind, (), ())
    document["proof"][1]["created"] = "2026-05-01T10:59:59Z"
    assert refusal(document)[1] == "signature-wrong"


def test_a_proof_cannot_cover_itself_or_one_that_is_named_twice() -> None:
    document = signed("eddsa-jcs-2022", KeyKind.ED25519, id=IDS[0])
    document["proof"]["previousProof"] = IDS[0]
    assert refusal(document)[1] == "previous-proof"
    twice = chained("eddsa-jcs-2022", KeyKind.ED25519, ())
    twice["proof"][1]["id"] = IDS[0]
    assert refusal(twice)[1] == "proof-id"


def test_nobody_signs_over_a_proof_that_is_not_there() -> None:
    with pytest.raises(Unreadable) as refused:
        chained("eddsa-jcs-2022", KeyKind.ED25519, "urn:uuid:missing")
    assert refused.value.reason == "previous-proof"
    assert str(refused.value.details["problem"]).endswith("#PROOF_GENERATION_ERROR")


def test_a_flood_of_proofs_is_refused() -> None:
    document = signed("eddsa-rdfc-2022", KeyKind.ED25519)
    with pytest.raises(TooMuch) as refused:
        check({**document, "proof": [document["proof"]] * 33})
    assert refused.value.reason == "too-many-proofs"


def test_suites_and_keys_may_be_mixed_in_a_set() -> None:
    document = credential()
    for at, (suite, kind) in enumerate(PAIRS):
        document = sign(document, KEYS[kind], suite, created=NOW - HOUR, id=f"urn:uuid:{at}")
    assert [proven.suite for proven in check(document)] == [suite for suite, _kind in PAIRS]


# Making


@pytest.mark.parametrize("suite", sorted({suite for suite, _kind in PAIRS}))
def test_no_suite_signs_with_a_key_of_another_kind(suite: str) -> None:
    others = [kind for kind in KeyKind if (suite, kind) not in PAIRS]
    assert others
    for kind in others:
        with pytest.raises(Unreadable) as refused:
            signed(suite, kind)
        assert refused.value.reason == "key-kind"


def test_an_unknown_suite_signs_nothing() -> None:
    with pytest.raises(Unsupported) as refused:
        signed("ecdsa-sd-2023", KeyKind.P256)
    assert str(refused.value.details["problem"]).endswith("#PROOF_GENERATION_ERROR")


def test_a_signature_needs_a_method_a_purpose_and_a_zone() -> None:
    key = SigningKey.generate(KeyKind.ED25519)
    with pytest.raises(Unreadable):
        sign(credential(), key, "eddsa-jcs-2022", created=NOW)
    with pytest.raises(Unreadable):
        signed("eddsa-jcs-2022", KeyKind.ED25519, purpose="")
    with pytest.raises(ValueError, match="zone"):
        sign(credential(), KEYS[KeyKind.ED25519], "eddsa-jcs-2022", created=NOW.replace(tzinfo=None))


def test_the_controller_is_told_so_that_the_caller_compares_it_with_the_issuer() -> None:
    key = KEYS[KeyKind.P256]
    (proven,) = check(signed("ecdsa-rdfc-2019", KeyKind.P256))
    assert proven.method.controller == did_of(key.method)
