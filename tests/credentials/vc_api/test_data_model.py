"""The cases of the W3C's suite for the data model 2.0, in our own words and on documents of our own.

The tables say what an issuer must take and what it must refuse; a refusal is 400 and names the problem.
"""

from __future__ import annotations

import base64
import hashlib
from datetime import timedelta
from typing import Any

import pytest

from gilde.core import clock
from gilde.core.errors import GildeError
from gilde.credentials.keys.instants import write_instant
from tests.credentials.vc_api.conftest import MADE, OK
from tests.credentials.vc_api.documents import ABSENT, EXAMPLES, LEARNER, V2, Local, credential
from tests.reference import reference_file

BAD_URL = "https ://no-address/thing"
OURS = "https://school.example/terms#"
WORD = {"@value": "Baker", "@language": "en"}
RIGHT_TO_LEFT = {"@value": "خباز", "@language": "ar", "@direction": "rtl"}

TAKEN: dict[str, dict[str, Any]] = {
    # contexts
    "two contexts by URL": credential(context=[V2, EXAMPLES]),
    "a context in the document": credential(
        context=[V2, {"Diploma": OURS + "Diploma"}], type=["VerifiableCredential", "Diploma"]
    ),
    "a context in the document, wrapped": credential(
        context=[V2, {"@context": {"Diploma": OURS + "Diploma"}}], type=["VerifiableCredential", "Diploma"]
    ),
    # identifiers
    "an identifier": credential(id="urn:uuid:5b0d3f7e-6f0b-4f3f-9b8c-6a1b9b6f5a10"),
    "an identifier that is a DID": credential(id="did:example:credentials/7"),
    "no identifier of the subject": credential(credentialSubject={"name": "Noor"}),
    # types
    "a type by URL": credential(type=["VerifiableCredential", OURS + "Diploma"]),
    "the type of credentials last": credential(type=[OURS + "A", OURS + "B", "VerifiableCredential"]),
    "the type of credentials in the middle": credential(
        type=[OURS + "A", "VerifiableCredential", OURS + "B"]
    ),
    # names and descriptions
    "a name": credential(name="Baker"),
    "a name in a language": credential(name=WORD),
    "a name in a language with a direction": credential(name=RIGHT_TO_LEFT),
    "a name in several languages": credential(name=[WORD, {"@value": "Bakker", "@language": "nl"}]),
    "a description": credential(description="Bakes bread"),
    "a description in a language": credential(description=WORD),
    "a description in a language with a direction": credential(description=RIGHT_TO_LEFT),
    "a description in several languages": credential(description=[WORD, RIGHT_TO_LEFT]),
    # issuer
    "an issuer as an object": credential(issuer={"id": "did:example:school"}),
    "an issuer as an object with a name": credential(issuer={"id": "did:example:school", "name": "School"}),
    "an issuer with a name in a language": credential(issuer={"id": "did:example:school", "name": WORD}),
    "an issuer with a name with a direction": credential(
        issuer={"id": "did:example:school", "name": RIGHT_TO_LEFT}
    ),
    "an issuer with a name in several languages": credential(
        issuer={"id": "did:example:school", "name": [WORD, RIGHT_TO_LEFT]}
    ),
    "an issuer with a description": credential(issuer={"id": "did:example:school", "description": "Bakes"}),
    "an issuer with a description in several languages": credential(
        issuer={"id": "did:example:school", "description": [WORD, RIGHT_TO_LEFT]}
    ),
    # subjects
    "several subjects": credential(credentialSubject=[{"id": LEARNER}, {"id": "did:example:learner-8"}]),
    # period
    "a beginning with thousandths": credential(validFrom="2024-02-26T00:40:07.123Z"),
    "a beginning west of Greenwich": credential(validFrom="2024-02-25T19:10:39-06:00"),
    "an end": credential(validFrom="2024-02-26T00:00:00Z", validUntil="2044-02-26T00:00:00Z"),
    "an end with thousandths": credential(validUntil="2044-02-26T01:22:15.999Z"),
    "an end west of Greenwich": credential(validUntil="2044-02-25T19:22:25-06:00"),
    "a beginning far in the future": credential(validFrom="2944-01-01T00:00:00Z"),
    # status
    "a status of a kind defined in the document": credential(
        context=[V2, {"RollCall": OURS + "RollCall"}],
        credentialStatus={"id": "did:example:status", "type": "RollCall"},
    ),
    "a status without an identifier": credential(credentialStatus={"type": OURS + "RollCall"}),
    # schemas
    "a schema": credential(credentialSchema={"id": "did:example:schemas/1", "type": OURS + "Schema"}),
    "two schemas": credential(
        credentialSchema=[
            {"id": "did:example:schemas/1", "type": OURS + "Schema"},
            {"id": "did:example:schemas/2", "type": OURS + "Schema"},
        ]
    ),
    # advanced concepts
    "a service to refresh": credential(
        refreshService={"id": "did:example:refresh/1", "type": OURS + "Refresh"}
    ),
    "two services to refresh": credential(
        refreshService=[
            {"id": "did:example:refresh/1", "type": OURS + "Refresh"},
            {"id": "did:example:refresh/2", "type": OURS + "Refresh"},
        ]
    ),
    "terms of use": credential(termsOfUse={"type": OURS + "Terms"}),
    "terms of use with an identifier": credential(
        termsOfUse={"id": "did:example:terms/1", "type": OURS + "Terms"}
    ),
    "two terms of use": credential(termsOfUse=[{"type": OURS + "Terms"}, {"type": OURS + "Terms"}]),
    "evidence": credential(evidence={"type": OURS + "Seen"}),
    "two pieces of evidence, defined in the document": credential(
        context=[V2, {"Seen": OURS + "Seen"}], evidence=[{"type": "Seen"}, {"type": "Seen"}]
    ),
}

REFUSED: dict[str, dict[str, Any]] = {
    # contexts
    "no context": credential(context=ABSENT),
    "no contexts": credential(context=[]),
    "another context first": credential(context=[EXAMPLES]),
    "the context of credentials second": credential(context=[EXAMPLES, V2]),
    "the context of credentials not in a list": credential(context=V2),
    "a context that is no address": credential(context=[V2, BAD_URL]),
    "a context that nobody knows": credential(context=[V2, "https://school.example/terms/v1"]),
    "a context that is a number": credential(context=[V2, 123192875]),
    # identifiers
    "an identifier that is null": credential(id=None),
    "two identifiers": credential(id=["did:example:1", "did:example:2"]),
    "an identifier that is no address": credential(id="diploma 7"),
    "two identifiers of a subject": credential(credentialSubject={"id": [LEARNER, "did:example:learner-8"]}),
    # types
    "no type": credential(type=ABSENT),
    "another type only": credential(type=[OURS + "Diploma"]),
    "a type that leads to no address": credential(
        context=[V2, {"Diploma": BAD_URL}], type=["VerifiableCredential", "Diploma"]
    ),
    "a type that no context defines": credential(
        context=[V2, {"@vocab": None}], type=["VerifiableCredential", "Diploma"]
    ),
    "a type relative to a base": credential(
        context=[V2, {"@base": "https://school.example/"}], type=["VerifiableCredential", "Diploma"]
    ),
    "a status without a type": credential(credentialStatus={"id": "did:example:status"}),
    "terms of use without a type": credential(termsOfUse={"id": "did:example:terms/1"}),
    "evidence without a type": credential(evidence={"id": "did:example:seen/1"}),
    "a service to refresh without a type": credential(refreshService={"id": "did:example:refresh/1"}),
    "a schema without a type": credential(credentialSchema={"id": "did:example:schemas/1"}),
    # names and descriptions
    "a name with more than its language": credential(name={**WORD, "url": "did:example:7"}),
    "a description with more than its language": credential(description={**WORD, "url": "did:example:7"}),
    "an issuer's name with more than its language": credential(
        issuer={"id": "did:example:school", "name": {**WORD, "url": "did:example:7"}}
    ),
    "an issuer's description with more than its language": credential(
        issuer={"id": "did:example:school", "description": {**WORD, "url": "did:example:7"}}
    ),
    # issuer
    "an issuer that is no address": credential(issuer="the school"),
    "an issuer that is null": credential(issuer=None),
    "an issuer whose identifier is null": credential(issuer={"id": None}),
    "an issuer whose identifier is no address": credential(issuer={"id": "the school"}),
    # subjects
    "no subject": credential(credentialSubject=ABSENT),
    "a subject of which nothing is said": credential(credentialSubject={}),
    "one of two subjects of which nothing is said": credential(credentialSubject=[{"id": LEARNER}, {}]),
    "a subject that is a text": credential(credentialSubject=LEARNER),
    # period
    "a beginning that is a date by RFC 5322": credential(validFrom="Mon, 26 Feb 2024 01:22:14 +0000"),
    "an end that is a date by RFC 5322": credential(validUntil="Mon, 26 Feb 2024 01:22:14 +0000"),
    "an end before the beginning": credential(
        validFrom="2044-01-01T00:00:00Z", validUntil="2024-01-01T00:00:00Z"
    ),
    # status
    "a status with two identifiers": credential(
        credentialStatus={"id": ["did:example:1", "did:example:2"], "type": OURS + "RollCall"}
    ),
    "a status whose identifier is no address": credential(
        credentialStatus={"id": BAD_URL, "type": OURS + "RollCall"}
    ),
    "a status whose type is a number": credential(credentialStatus={"id": "did:example:1", "type": 2}),
    # schemas
    "a schema without an identifier": credential(credentialSchema={"type": OURS + "Schema"}),
    "a schema whose identifier is no address": credential(
        credentialSchema={"id": BAD_URL, "type": OURS + "Schema"}
    ),
    # advanced concepts
    "a type of the standard defined anew": credential(context=[V2, {"VerifiableCredential": OURS + "Other"}]),
    "a protected term of the document defined anew": credential(
        context=[V2, {"@protected": True, "Diploma": OURS + "Diploma"}, {"Diploma": OURS + "Other"}],
        type=["VerifiableCredential", "Diploma"],
    ),
    "a related resource that is a text": credential(relatedResource=[V2]),
    "a property that nothing defines": credential(statusEntry={"type": "BitstringStatusListEntry"}),
}


@pytest.mark.parametrize("name", TAKEN)
def test_a_credential_that_keeps_the_rules_is_issued_and_then_verified_or_waited_for(
    api: Any, name: str
) -> None:
    issued = api.issued(TAKEN[name])

    waits = "validFrom" in issued and issued["validFrom"] > write_instant(clock.now())
    assert api.accepts(issued, checks=["proof"]) is not waits


@pytest.mark.parametrize("name", REFUSED)
def test_a_credential_that_breaks_a_rule_is_not_issued(api: Any, name: str) -> None:
    answer = api.issue(REFUSED[name])

    assert answer.status == 400
    assert answer.body["type"].startswith("https://")
    assert answer.body["title"]


@pytest.mark.parametrize("name", REFUSED)
def test_a_credential_that_breaks_a_rule_is_not_verified_though_it_is_signed(called: Any, name: str) -> None:
    local = Local(suite="eddsa-jcs-2022")
    document = {"issuer": local.id, **REFUSED[name]}

    try:
        signed = local.sign(document)
    except GildeError:  # the local signer checks as well; then only the form is sent
        signed = {**document, "proof": local.issue()["proof"]}

    assert not called.accepts(signed)


def test_what_is_issued_is_the_credential_itself_with_its_proof_and_its_contexts_in_order(api: Any) -> None:
    given = credential(context=[V2, EXAMPLES], name="Baker")

    answer = api.issue(given)

    assert answer.status == MADE
    assert {name: answer.body[name] for name in given} == given
    assert answer.body["issuer"].startswith("did:key:z6Mk")
    assert answer.body["proof"]["type"] == "DataIntegrityProof"
    assert "verifiableCredential" not in answer.body


def test_the_endpoint_without_a_name_issues_and_verifies_too(api: Any) -> None:
    answer = api.post("/credentials/issue", credential=credential(), options={})

    assert answer.status == MADE
    assert api.verify(answer.body).status == OK


def test_another_issuer_in_a_suites_credential_gives_way_to_the_endpoints_own(api: Any) -> None:
    issued = api.issued(credential(issuer={"id": "did:example:school", "name": "School"}))

    assert issued["issuer"]["name"] == "School"
    assert issued["proof"]["verificationMethod"].startswith(issued["issuer"]["id"])


@pytest.mark.parametrize(
    "document",
    [{"type": ["Nonconforming"]}, {}, [], "text", None, 7, credential(issuer="did:example:school")],
    ids=["another type", "empty", "list", "text", "null", "number", "no proof"],
)
def test_what_is_no_secured_credential_or_presentation_is_refused(api: Any, document: Any) -> None:
    assert not api.accepts(document)
    assert not api.accepts_presentation(document)


def test_a_request_without_what_it_is_about_is_refused(api: Any) -> None:
    assert api.post("/credentials/issue", options={}).status == 400
    assert api.post("/credentials/verify", options={}).body["verified"] is False
    assert api.post("/presentations/verify", options={}).body["verified"] is False
    assert api.ask("POST", "/credentials/issue", b"[]").status == 400
    assert api.ask("POST", "/credentials/verify", b"[]").status == 400


def test_a_credential_that_ends_before_it_begins_is_neither_issued_nor_verified(api: Any) -> None:
    year = timedelta(days=365)
    now = clock.now()
    good = credential(validFrom=write_instant(now - year), validUntil=write_instant(now + year))
    bad = credential(validFrom=write_instant(now + year), validUntil=write_instant(now - year))

    assert api.accepts(api.issued(good))
    assert api.issue(bad).status == 400


@pytest.mark.parametrize(
    "period",
    [{"validFrom": "2944-01-01T00:00:00Z"}, {"validUntil": "2020-01-01T00:00:00Z"}],
    ids=["not yet", "over"],
)
def test_a_credential_out_of_its_period_is_issued_and_not_verified(api: Any, period: dict[str, str]) -> None:
    assert not api.accepts(api.issued(credential(**period)))


class TestRelatedResources:
    """A resource that a credential refers to by address and digest (section 5.3)."""

    @staticmethod
    def digest(name: str) -> bytes:
        return hashlib.new(name, reference_file("contexts/credentials-v2.jsonld").read_bytes()).digest()

    def digests(self) -> dict[str, dict[str, str]]:
        multibase = "u" + base64.urlsafe_b64encode(self.digest("sha256")).rstrip(b"=").decode()
        sri = "sha384-" + base64.b64encode(self.digest("sha384")).decode()
        return {"multibase": {"digestMultibase": multibase}, "sri": {"digestSRI": sri}}

    @pytest.mark.parametrize("kind", ["multibase", "sri"])
    def test_one_with_its_digest_is_taken(self, api: Any, kind: str) -> None:
        one = {"id": V2, **self.digests()[kind]}

        assert api.issue(credential(relatedResource=one)).status == MADE
        assert (
            api.issue(credential(relatedResource=[{**one, "mediaType": "application/ld+json"}])).status
            == MADE
        )

    def test_the_digests_of_the_context_as_it_was_in_2024_are_taken_too(self, api: Any) -> None:
        old = bytes.fromhex("24a18c90e9856d526111f29376e302d970b2bd10182e33959995b0207d7043b9")
        told = "u" + base64.urlsafe_b64encode(old).rstrip(b"=").decode()

        assert api.issue(credential(relatedResource={"id": V2, "digestMultibase": told})).status == MADE

    def test_one_with_another_digest_is_refused(self, api: Any) -> None:
        other = hashlib.sha384(b"something else").digest()
        short = "u" + base64.urlsafe_b64encode(other[:32]).rstrip(b"=").decode()

        for wrong in (
            {"digestMultibase": short},
            {"digestSRI": "sha384-" + base64.b64encode(other).decode()},
            {"digestSRI": "sha384-" + base64.urlsafe_b64encode(other).decode()},
        ):
            assert api.issue(credential(relatedResource=[{"id": V2, **wrong}])).status == 400

    def test_one_without_address_or_digest_or_named_twice_is_refused(self, api: Any) -> None:
        told = self.digests()

        for wrong in (
            [told["multibase"]],
            [{"id": V2}],
            [{"id": V2, **told["multibase"]}, {"id": V2, **told["sri"]}],
        ):
            assert api.issue(credential(relatedResource=wrong)).status == 400
