"""Signatures inside a document: what holds, what does not, and with which reason.

Among them a case of our own for each of the public conformance suites of W3C for EdDSA, ECDSA and Data Integrity.
"""

from __future__ import annotations

import copy
import hashlib
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gilde.credentials.errors import Altered, Unreadable, Unsupported
from gilde.credentials.keys.base58 import from_multibase, to_multibase
from gilde.credentials.keys.did import did_of, new_key, resolve_key
from gilde.credentials.keys.kinds import KeyKind, SigningKey
from gilde.credentials.linked import canonical, jcs
from gilde.credentials.linked.tables import CONFORMANCE, CREDENTIALS_V2
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
