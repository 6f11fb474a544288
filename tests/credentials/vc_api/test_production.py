"""What production does otherwise than the server for suites: keys bind, no check is chosen, contexts are closed."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from gilde.credentials.errors import Unreadable
from gilde.credentials.keys.did import did_of, new_key
from gilde.credentials.keys.kinds import KeyKind
from gilde.credentials.keys.methods import Method
from gilde.credentials.proofs import data_integrity
from gilde.credentials.status import bitstring
from gilde.credentials.vc_api import (
    Issuer,
    Means,
    create_presentation,
    issue,
    read,
    verify_credential,
    verify_presentation,
)
from tests.credentials.vc_api.conftest import MADE, OK
from tests.credentials.vc_api.documents import V2, credential, envelope, presentation

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
MEANS = Means(NOW)
SUITES = [("eddsa-rdfc-2022", KeyKind.ED25519), ("ecdsa-jcs-2019", KeyKind.P384), ("jose", KeyKind.P256)]


@pytest.fixture(params=SUITES, ids=lambda told: told[0])
def issuer(request: pytest.FixtureRequest) -> Issuer:
    suite, kind = request.param
    return Issuer(new_key(kind), suite)


def issued(by: Issuer, /, means: Means = MEANS, **members: Any) -> dict[str, Any]:
    answer = issue({"credential": credential(**members)}, by, means)
    assert answer.status == MADE, answer.body
    return answer.body


def verified(told: Any, means: Means = MEANS, **options: Any) -> bool:
    return verify_credential({"verifiableCredential": told, "options": options}, means).status == OK


def test_what_an_issuer_issues_is_verified(issuer: Issuer) -> None:
    assert verified(issued(issuer))
    assert verified(issued(issuer, issuer=issuer.id))
    assert verified(issued(issuer, issuer={"id": issuer.id, "name": "School"}))


def test_an_issuer_signs_nothing_in_anothers_name(issuer: Issuer) -> None:
    answer = issue({"credential": credential(issuer="did:example:school")}, issuer, MEANS)

    assert answer.status == 400
    assert answer.body["code"] == "issuer-differs"


def test_a_holder_presents_nothing_in_anothers_name(issuer: Issuer) -> None:
    given = presentation(issued(issuer), holder="did:example:somebody")

    answer = create_presentation({"presentation": given}, issuer, MEANS)

    assert answer.status == 400
    assert answer.body["pointer"] == "/holder"


def test_a_signature_by_anothers_key_proves_nothing() -> None:
    key = new_key(KeyKind.ED25519)
    told = data_integrity.sign(credential(issuer="did:example:school"), key, "eddsa-jcs-2022", created=NOW)

    answer = verify_credential({"verifiableCredential": told}, MEANS)

    assert answer.status == 400
    assert answer.body["problemDetails"][0]["code"] == "issuer-key"
    assert verify_credential({"verifiableCredential": told}, replace(MEANS, conformance=True)).status == OK


def test_contexts_in_the_document_and_unknown_ones_are_refused(issuer: Issuer) -> None:
    for context in (
        {"Diploma": "https://school.example/terms#Diploma"},
        "https://www.w3.org/ns/credentials/examples/v2",
    ):
        assert issue({"credential": credential(context=[V2, context])}, issuer, MEANS).status == 400


def test_a_status_is_checked_whatever_the_request_says_and_what_cannot_be_told_is_not_verified(
    issuer: Issuer,
) -> None:
    entry = bitstring.entry("https://school.example/lists/1", 7, "revocation")
    told = issued(issuer, credentialStatus=entry)

    assert not verified(told)
    assert not verified(told, checks=["proof"])


def test_places_in_status_lists_are_given_to_what_comes_without(issuer: Issuer) -> None:
    given: list[str] = []

    def places(name: str) -> list[dict[str, Any]]:
        given.append(name)
        return [bitstring.entry("https://school.example/lists/1", 7, "revocation")]

    own = bitstring.entry("https://school.example/lists/2", 8, "revocation")
    listing = replace(issuer, places=places)

    issued(listing, id="urn:uuid:1")
    issued(listing)
    issued(listing, credentialStatus=own)
    issue({"credential": credential(), "options": {"credentialId": "urn:uuid:2"}}, listing, MEANS)

    assert given == ["urn:uuid:1", "", "urn:uuid:2"]


@pytest.mark.parametrize(
    "of_key",
    [{"compromised": datetime(2026, 1, 1, tzinfo=UTC)}, {"purposes": frozenset({"authentication"})}],
    ids=["compromised before", "for another purpose"],
)
def test_a_key_that_may_not_sign_credentials_now_is_refused(issuer: Issuer, of_key: dict[str, Any]) -> None:
    told = issued(issuer)

    def resolve(url: str) -> Method:
        return replace(MEANS.resolve(url), **of_key)

    assert verified(told)
    assert not verified(told, replace(MEANS, resolve=resolve))


def test_the_holder_must_have_signed_the_presentation(issuer: Issuer) -> None:
    holder = new_key(KeyKind.ED25519)
    bare = presentation(issued(issuer), holder=did_of(holder.method))
    told = data_integrity.sign(bare, holder, "eddsa-rdfc-2022", created=NOW, purpose="authentication")
    wrong = data_integrity.sign(
        bare, new_key(KeyKind.ED25519), "eddsa-rdfc-2022", created=NOW, purpose="authentication"
    )

    assert verify_presentation({"verifiablePresentation": told}, MEANS).status == OK
    assert verify_presentation({"verifiablePresentation": wrong}, MEANS).status == 400


def test_a_presentation_signed_for_something_else_is_refused(issuer: Issuer) -> None:
    holder = new_key(KeyKind.ED25519)
    told = data_integrity.sign(
        presentation(issued(issuer)), holder, "eddsa-rdfc-2022", created=NOW, purpose="capabilityInvocation"
    )

    assert verify_presentation({"verifiablePresentation": told}, MEANS).status == 400


def test_what_is_not_looked_at_is_said(issuer: Issuer) -> None:
    related = {"id": "https://school.example/diploma.pdf", "digestMultibase": "u" + "A" * 43}
    schema = {"id": "https://school.example/schema.json", "type": "JsonSchema"}

    answer = verify_credential(
        {"verifiableCredential": issued(issuer, relatedResource=[related], credentialSchema=schema)}, MEANS
    )

    assert answer.status == OK
    assert len(answer.body["warnings"]) == 2
    assert "https://school.example/diploma.pdf" in answer.body["warnings"][0]


def test_a_credential_is_given_back_when_asked(issuer: Issuer) -> None:
    told = issued(issuer, id="urn:uuid:1")

    answer = verify_credential({"verifiableCredential": told, "options": {"returnCredential": True}}, MEANS)

    assert answer.body["verifiableCredential"]["id"] == "urn:uuid:1"


@pytest.mark.parametrize(
    "options",
    [[], "text", {"domain": 7}, {"challenge": ["a"]}, {"expectedProofPurpose": {}}],
    ids=str,
)
def test_options_of_a_wrong_form_are_refused(issuer: Issuer, options: Any) -> None:
    told = issued(issuer)

    assert verify_credential({"verifiableCredential": told, "options": options}, MEANS).status == 400
    assert verify_presentation({"verifiablePresentation": told, "options": options}, MEANS).status == 400


@pytest.mark.parametrize(
    "body",
    [
        b'{"credential": {}, "credential": {}}',
        b'{"credential": NaN}',
        b"{",
        b"\xff",
        b'"\\ud800"',
        b"[" * 10_000,
    ],
    ids=["duplicate", "NaN", "cut off", "no UTF-8", "half a character", "deep"],
)
def test_a_request_is_read_as_strictly_as_a_credential(body: bytes) -> None:
    with pytest.raises(Unreadable):
        read(body)


def test_an_envelope_in_an_envelope_is_refused(issuer: Issuer) -> None:
    inner = envelope("a.b.c")

    assert not verified({**inner, "id": "data:application/vc+jwt," + inner["id"]})
