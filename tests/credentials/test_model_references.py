"""What a credential refers to: status, schemas, evidence and the like, proofs, and places in status lists.

W3C Verifiable Credentials Data Model 2.0, sections 4.10 to 4.12, 5.4 to 5.6 and 5.10; Bitstring Status List 1.0,
section 2. Each case of the conformance suites has its like here.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from gilde.credentials import model
from gilde.credentials.errors import Unreadable
from gilde.credentials.linked import canonical
from gilde.credentials.status import bitstring
from tests.credentials.model_documents import TYPED, a_credential


def check(document: object, *, secured: bool = False) -> None:
    model.check_credential(document, secured=secured)


def refused(document: object, *, secured: bool = False) -> tuple[str, object]:
    """Return why a credential is refused, and where."""
    with pytest.raises(Unreadable) as caught:
        check(document, secured=secured)
    return caught.value.reason, caught.value.details.get("pointer")


@pytest.mark.parametrize("member", [*TYPED, "credentialSchema"])
def test_what_a_credential_refers_to_has_a_type_once_or_in_a_list(member: str) -> None:
    thing = {"id": "did:example:thing", "type": "https://example.org/#Thing"}
    check(a_credential(**{member: thing}))
    check(a_credential(**{member: [thing, {**thing, "id": "did:example:other"}]}))


@pytest.mark.parametrize("member", TYPED)
def test_its_id_may_be_left_out(member: str) -> None:
    check(a_credential(**{member: {"type": "Thing"}}))


@pytest.mark.parametrize("member", [*TYPED, "credentialSchema"])
@pytest.mark.parametrize(
    ("thing", "reason", "pointer"),
    [
        ({"id": "did:example:thing"}, "type", "/type"),
        ({"id": "did:example:thing", "type": 2}, "type", "/type"),
        ({"id": "did:example:thing", "type": []}, "type", "/type"),
        ({"id": "thing", "type": "Thing"}, "id", "/id"),
        ({"id": 7, "type": "Thing"}, "id", "/id"),
        ({"id": ["did:a:b", "did:a:c"], "type": "Thing"}, "id", "/id"),
    ],
)
def test_without_a_type_or_with_a_wrong_id_it_is_refused(
    member: str, thing: Any, reason: str, pointer: str
) -> None:
    assert refused(a_credential(**{member: thing})) == (reason, f"/{member}{pointer}")
    good = {"id": "did:example:good", "type": "Thing"}
    assert refused(a_credential(**{member: [good, thing]})) == (reason, f"/{member}/1{pointer}")


@pytest.mark.parametrize("member", [*TYPED, "credentialSchema"])
@pytest.mark.parametrize("thing", [None, "did:example:thing", 7, {}, []])
def test_what_is_no_object_cannot_be_referred_to(member: str, thing: Any) -> None:
    assert refused(a_credential(**{member: thing})) == (member, f"/{member}")


def test_a_schema_needs_its_address() -> None:
    assert refused(a_credential(credentialSchema={"type": "JsonSchema"})) == ("id", "/credentialSchema/id")


def test_a_secured_credential_needs_a_proof() -> None:
    assert refused(a_credential(), secured=True) == ("no-proof", "/proof")
    check(a_credential(proof={"type": "DataIntegrityProof"}), secured=True)
    check(a_credential(proof=[{"type": "DataIntegrityProof"}, {"type": "DataIntegrityProof"}]), secured=True)


@pytest.mark.parametrize("proof", [None, [], {}, "proof", [{}], [7]])
def test_a_proof_is_an_object_or_several(proof: Any) -> None:
    assert refused(a_credential(proof=proof), secured=True)[0] == "proof"
    assert refused(a_credential(proof=proof), secured=False)[0] == "proof"


def test_a_proof_has_a_type() -> None:
    assert refused(a_credential(proof={"proofValue": "z1"}), secured=True) == ("type", "/proof/type")


ENTRY = bitstring.entry("https://example.org/status/1", 7, "revocation")


def test_a_place_in_a_bitstring_list_is_accepted() -> None:
    check(a_credential(credentialStatus=ENTRY))
    check(
        a_credential(
            credentialStatus=[ENTRY, bitstring.entry("https://example.org/status/2", 7, "suspension")]
        )
    )


@pytest.mark.parametrize(
    "wrong",
    [
        {"statusListIndex": True},
        {"statusListIndex": 7},
        {"statusListIndex": "-1"},
        {"statusListIndex": "seven"},
        {"statusPurpose": 7},
        {"statusPurpose": ["revocation"]},
        {"statusListCredential": "list"},
        {"statusListCredential": 7},
        {"id": "https://example.org/status/1"},
        {"statusSize": 0},
        {"statusSize": "1"},
        {"statusSize": 2},
        {"statusMessage": [{"status": "0x0", "message": "valid"}]},
        {"statusReference": "not a url"},
    ],
)
def test_a_place_that_breaks_the_rules_of_bitstring_lists_is_refused(wrong: dict[str, Any]) -> None:
    assert refused(a_credential(credentialStatus={**ENTRY, **wrong}))[0] == "MALFORMED_VALUE_ERROR"


def a_list(**members: Any) -> dict[str, Any]:
    document = bitstring.document(
        bitstring.build(1),
        url="https://example.org/status/1",
        issuer="did:example:school",
        purposes=["revocation"],
        valid_from=datetime(2026, 1, 1, tzinfo=UTC),
    )
    return {**document, "credentialSubject": {**document["credentialSubject"], **members}}


def test_the_credential_of_a_status_list_is_accepted() -> None:
    check(a_list())
    check(a_list(statusPurpose=["revocation", "suspension"]))


@pytest.mark.parametrize(
    "wrong",
    [
        {"type": "StatusList2021"},
        {"statusPurpose": 7},
        {"statusPurpose": []},
        {"encodedList": 7},
        {"encodedList": "z123"},
        {"encodedList": "uAAAA"},
        {"ttl": "soon"},
    ],
)
def test_a_status_list_that_breaks_its_rules_is_refused(wrong: dict[str, Any]) -> None:
    assert refused(a_list(**wrong))[0] == "MALFORMED_VALUE_ERROR"


def test_a_property_that_no_context_defines_is_refused_with_the_terms() -> None:
    document = a_credential(statusEntry={"type": "BitstringStatusListEntry", "statusListIndex": True})
    with pytest.raises(Unreadable) as caught:
        canonical.checked(document)
    assert caught.value.reason == "undefined-term"


def test_the_sentence_says_where_and_what_to_do() -> None:
    with pytest.raises(Unreadable) as caught:
        check(a_credential(issuer="school"))
    assert str(caught.value) == (
        "This is no credential by the W3C standard: at “/issuer” an absolute URL, or an object with one as its id, "
        "must stand. Ask the issuer for a corrected one."
    )
