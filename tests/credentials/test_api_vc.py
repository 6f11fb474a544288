"""The VC-API in production: officers have signed what is no award, and anybody's credentials are verified."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from gilde.core import clock
from gilde.core.access import SYSTEM
from gilde.core.models import AuditEvent, User
from gilde.credentials import identity
from gilde.credentials.checking.check import check
from gilde.credentials.keys.did import did_of, new_key
from gilde.credentials.keys.kinds import KeyKind
from gilde.credentials.models import Direct, Issuer, LogLeaf, State, StatusList
from gilde.credentials.proofs import data_integrity
from gilde.credentials.services import checking, keys, lists, log
from gilde.credentials.verdict import Answer
from gilde.organisations.models import Membership
from tests.credentials.factories import OrganisationFactory, UserFactory, a_member, an_award, an_issuer
from tests.plans.test_api import Api, problem

pytestmark = pytest.mark.django_db
V2 = "https://www.w3.org/ns/credentials/v2"
SUBJECT = "urn:uuid:6c3a7c3e-3f0a-4f7e-9b0e-4a1d0e3a9b11"


@pytest.fixture
def issuer() -> Issuer:
    return an_issuer()


@pytest.fixture
def officer(issuer: Issuer) -> User:
    return a_member(issuer.organisation)


@pytest.fixture
def api(officer: User) -> Api:
    return Api(officer)


def a_proof_of_enrolment(**members: Any) -> dict[str, Any]:
    return {
        "@context": [V2],
        "type": ["VerifiableCredential"],
        "credentialSubject": {"id": SUBJECT, "name": "Zéphyrine Xanthoudakis"},
        **members,
    }


def issue(api: Api, credential: Any, **options: Any) -> Any:
    return api.send("POST", "/credentials/issue", {"credential": credential, "options": options})


def issued(api: Api, **options: Any) -> dict[str, Any]:
    answer = issue(api, a_proof_of_enrolment(), **options)
    assert answer.status_code == 201, answer.content
    told: dict[str, Any] = answer.json()
    return told


def verify(api: Api, credential: Any, **options: Any) -> Any:
    return api.send("POST", "/credentials/verify", {"verifiableCredential": credential, "options": options})


def stop(api: Api, purpose: str, **members: Any) -> Any:
    place = members.pop("place", {})
    order = {"credentialStatus": {"statusPurpose": purpose, **place}, **members}
    return api.send("POST", "/credentials/status", order)


# --- issuing


@pytest.mark.parametrize(
    "suite", ["eddsa-jcs-2022", "eddsa-rdfc-2022", "ecdsa-jcs-2019", "ecdsa-rdfc-2019", "jose"]
)
def test_what_an_officer_has_signed_is_verified_and_valid_for_everybody(
    api: Api, issuer: Issuer, suite: str
) -> None:
    told = issued(api, cryptosuite=suite)
    answer = verify(api, told).json()
    assert answer["verified"] is True, answer
    verdict = check(json.dumps(told), checking.Here())
    assert (verdict.answer, verdict.issuer) == (Answer.VALID, identity.did(issuer.slug))


def test_the_credential_comes_bare_with_its_status_and_the_issuers_name(api: Api, issuer: Issuer) -> None:
    told = issued(api)
    assert told["type"] == ["VerifiableCredential"]
    assert told["issuer"] == identity.did(issuer.slug)
    assert {each["statusPurpose"] for each in told["credentialStatus"]} == {"revocation", "suspension"}


def test_its_digest_is_in_the_log_and_nothing_that_it_says_is_kept(api: Api) -> None:
    told = issued(api, credentialId="urn:uuid:1")
    made = Direct.objects.get()
    assert LogLeaf.objects.get(index=made.leaf).digest == made.digest
    assert checking.Here().existed_at(json.dumps(told).encode()) is None
    log.sign_checkpoint()
    verdict = check(json.dumps(told), checking.Here())
    assert "logged" in {each.reason for each in verdict.checks}
    kept = [*Direct.objects.values_list(), *AuditEvent.objects.values_list()]
    assert "Xanthoudakis" not in str(kept)
    assert SUBJECT not in str(kept)


@pytest.mark.parametrize(
    ("who", "status"),
    [
        (lambda organisation: None, 401),
        (lambda organisation: UserFactory(), 403),
        (lambda organisation: a_member(OrganisationFactory()), 403),
        (lambda organisation: a_member(organisation, Membership.Role.READER), 403),
        (lambda organisation: a_member(organisation, Membership.Role.ADMINISTRATOR), 403),
    ],
    ids=["nobody", "a citizen", "an officer of another", "a reader", "an administrator"],
)
def test_nobody_else_has_anything_signed(issuer: Issuer, who: Any, status: int) -> None:
    someone = Api(who(issuer.organisation))
    for credential, options in (
        (a_proof_of_enrolment(), {"issuer": issuer.slug}),
        (a_proof_of_enrolment(issuer=identity.did(issuer.slug)), {}),
        (a_proof_of_enrolment(), {}),
    ):
        problem(issue(someone, credential, **options), status)
    assert not Direct.objects.exists()
    assert not LogLeaf.objects.exists()


def test_without_the_token_against_forgery_nothing_is_signed(officer: User) -> None:
    problem(issue(Api(officer, token=False), a_proof_of_enrolment()), 403)


def test_where_two_people_are_asked_for_one_signs_nothing_alone(api: Api) -> None:
    Issuer.objects.update(two_people=True)
    assert "two people" in problem(issue(api, a_proof_of_enrolment()), 403)


def test_an_issuer_that_is_closed_signs_nothing(api: Api, issuer: Issuer) -> None:
    Issuer.objects.update(closed_at=clock.now())
    problem(issue(api, a_proof_of_enrolment(), issuer=issuer.slug), 403)


def test_an_officer_of_two_issuers_says_in_whose_name(officer: User, issuer: Issuer) -> None:
    other = an_issuer()
    Membership.objects.create(
        user=officer, organisation=other.organisation, role=Membership.Role.OFFICER, since=clock.today()
    )
    api = Api(officer)
    assert issue(api, a_proof_of_enrolment()).json()["code"] == "issuer-unsaid"
    for told in (other.slug, identity.did(other.slug)):
        assert issued(api, issuer=told)["issuer"] == identity.did(other.slug)
    own = issue(api, a_proof_of_enrolment(issuer={"id": identity.did(issuer.slug)}))
    assert own.json()["issuer"]["id"] == identity.did(issuer.slug)


def test_nothing_is_signed_in_the_name_of_somebody_else(api: Api) -> None:
    answer = issue(api, a_proof_of_enrolment(issuer="did:example:ministry"))
    assert answer.status_code in (400, 403)
    assert not Direct.objects.exists()


@pytest.mark.parametrize(
    ("members", "code"),
    [
        ({"type": ["VerifiableCredential", "OpenBadgeCredential"]}, "is-an-award"),
        ({"type": ["VerifiableCredential", "VocationalAward"]}, "is-an-award"),
        ({"type": ["VerifiableCredential", "EuropeanDigitalCredential"]}, "is-an-award"),
        ({"credentialStatus": {"type": "BitstringStatusListEntry"}}, "has-status"),
        ({"@context": ["https://www.w3.org/2018/credentials/v1"]}, "context"),
        ({"favourite": "cheese"}, "undefined-term"),
        ({"proof": {"type": "DataIntegrityProof"}}, "has-proof"),
        ({"id": "x" * 301}, "name"),
    ],
)
def test_what_belongs_elsewhere_or_says_nothing_is_refused_and_takes_no_place(
    api: Api, members: dict[str, Any], code: str
) -> None:
    answer = issue(api, a_proof_of_enrolment(**members))
    problem(answer, 400)
    assert answer.json()["code"] == code
    assert not LogLeaf.objects.exists()
    assert not StatusList.objects.filter(allotted__gt=0).exists()


def test_a_suite_that_there_is_not_is_refused(api: Api) -> None:
    assert issue(api, a_proof_of_enrolment(), cryptosuite="rsa-2048").json()["code"] == "cryptosuite"


def test_one_name_stands_for_one_credential(api: Api) -> None:
    issued(api, credentialId="urn:uuid:1")
    assert issue(api, a_proof_of_enrolment(id="urn:uuid:1")).json()["code"] == "name-taken"


@pytest.mark.parametrize("body", [b"{", b'{"credential": {}, "credential": {}}', b"[]", b'"text"', b"{}"])
def test_a_request_is_read_as_strictly_as_a_credential(api: Api, body: bytes) -> None:
    headers = {"X-CSRFToken": api.get("/session").json()["csrf_token"]}
    for path in ("issue", "verify", "status"):
        answer = api.client.generic(
            "POST", f"/api/credentials/{path}", body, content_type="application/json", headers=headers
        )
        assert answer.status_code == 400, answer.content


# --- its status


def test_what_was_signed_is_revoked_by_its_name_and_everybody_sees_it(api: Api) -> None:
    told = issued(api, credentialId="urn:uuid:1")
    assert stop(api, "revocation", credentialId="urn:uuid:1").status_code == 200
    assert verify(api, told).json()["verified"] is False
    assert check(json.dumps(told), checking.Here()).answer == Answer.STOPPED
    assert stop(api, "revocation", credentialId="urn:uuid:1", status=False).json()["code"] == "revoked"


@pytest.mark.parametrize("purpose", [{}, [], {"a": 1}, ["revocation"], 1, None, "message"])
def test_what_is_no_purpose_is_refused_with_a_sentence(api: Api, purpose: Any) -> None:
    issued(api, credentialId="urn:uuid:1")
    assert stop(api, purpose, credentialId="urn:uuid:1").status_code == 400
    assert Direct.objects.get().state == State.ISSUED


def test_a_suspension_ends(api: Api) -> None:
    told = issued(api)
    place = told["credentialStatus"][0]
    place = {name: place[name] for name in ("statusListCredential", "statusListIndex")}
    stop(api, "suspension", place=place)
    assert Direct.objects.get().state == State.SUSPENDED
    assert verify(api, told).json()["verified"] is False
    stop(api, "suspension", place=place, status=False)
    answer = verify(api, told).json()
    assert answer["verified"] is True, answer


def test_the_list_that_was_served_before_does_not_go_on_saying_that_it_is_valid(api: Api) -> None:
    told = issued(api, credentialId="urn:uuid:1")
    found = StatusList.objects.get()
    before = lists.published(found, "revocation").content
    stop(api, "revocation", credentialId="urn:uuid:1")
    assert lists.published(found, "revocation").content != before
    assert verify(api, told).status_code == 400


def test_nobody_else_ends_it(api: Api, issuer: Issuer) -> None:
    issued(api, credentialId="urn:uuid:1")
    problem(stop(Api(), "revocation", credentialId="urn:uuid:1"), 401)
    strange = Api(a_member(an_issuer().organisation))
    problem(stop(strange, "revocation", credentialId="urn:uuid:1"), 404)
    reader = Api(a_member(issuer.organisation, Membership.Role.READER))
    problem(stop(reader, "revocation", credentialId="urn:uuid:1"), 403)
    assert Direct.objects.get().state == State.ISSUED


def test_a_place_of_an_award_is_not_changed_there(api: Api, issuer: Issuer) -> None:
    from tests.credentials.factories import an_achievement

    award = an_award(an_achievement(issuer))
    place = {
        "statusListCredential": lists.url(award.status_list, "revocation"),
        "statusListIndex": str(award.status_index),
    }
    problem(stop(api, "revocation", place=place), 404)


# --- verifying


@pytest.fixture
def visitor() -> Iterator[Api]:
    """Somebody who is signed in and works for nobody."""
    return Api(UserFactory())


def an_awards_credential(**changes: Any) -> dict[str, Any]:
    award = an_award(**changes)
    told: dict[str, Any] = json.loads(bytes(award.renderings.get(form="vc").content))
    return told


def test_only_who_is_signed_in_has_something_verified() -> None:
    for path in ("/credentials/verify", "/presentations/verify"):
        problem(Api().send("POST", path, {}), 401)


def test_an_award_of_this_register_is_verified(visitor: Api) -> None:
    answer = verify(visitor, an_awards_credential())
    assert (answer.status_code, answer.json()["verified"], answer.json()["warnings"]) == (200, True, [])
    assert "verifiableCredential" not in answer.json()


@pytest.mark.parametrize("state", [State.REVOKED, State.SUSPENDED])
def test_what_was_stopped_is_never_verified(visitor: Api, state: State) -> None:
    answer = verify(visitor, an_awards_credential(state=state), checks=["proof"])
    assert (answer.status_code, answer.json()["verified"]) == (400, False)
    assert answer.json()["problemDetails"][0]["title"]


def test_what_was_altered_is_not_verified(visitor: Api) -> None:
    told = an_awards_credential()
    told["awardedOn"] = "2020-01-01"
    assert verify(visitor, told).json()["verified"] is False


def test_of_a_key_in_wrong_hands_only_what_the_log_proves_older_counts(visitor: Api) -> None:
    award = an_award()
    log.sign_checkpoint()
    key = award.issuer.keys.get(kind="Ed25519")
    told = json.loads(bytes(award.renderings.get(form="vc").content))
    method = keys.method_url(key)
    stolen = keys.vault().open_key(method, key.sealed)
    with clock.moved_to(clock.now() + timedelta(days=2)):
        keys.mark_compromised(actor=SYSTEM, key=key, since=clock.now() - timedelta(days=1))
        forged = {name: value for name, value in told.items() if name != "proof"}
        forged["awardedOn"] = "2020-01-01"
        back_dated = clock.now() - timedelta(days=30)
        forged = data_integrity.sign(forged, stolen, "eddsa-jcs-2022", created=back_dated)
        assert verify(visitor, told).json()["verified"] is True
        assert verify(visitor, forged).json()["problemDetails"][0]["code"] == "key-compromised"


def test_of_an_issuer_that_nobody_knows_a_warning_says_so(visitor: Api) -> None:
    key = new_key(KeyKind.ED25519)
    told = data_integrity.sign(
        a_proof_of_enrolment(issuer=did_of(key.method)), key, "eddsa-rdfc-2022", created=clock.now()
    )
    body = verify(visitor, told, returnCredential=True).json()
    assert body["verified"] is True
    assert "vouches" in body["warnings"][0]
    assert body["verifiableCredential"] == told


def test_a_presentation_is_verified_with_all_that_it_holds(visitor: Api) -> None:
    holder = new_key(KeyKind.ED25519)
    credential = an_awards_credential()
    bare = {
        "@context": [V2],
        "type": ["VerifiablePresentation"],
        "holder": did_of(holder.method),
        "verifiableCredential": [credential],
    }

    def presented(told: dict[str, Any]) -> Any:
        signed = data_integrity.sign(
            told, holder, "eddsa-jcs-2022", created=clock.now(), purpose="authentication", challenge="c"
        )
        order = {"verifiablePresentation": signed, "options": {"challenge": "c"}}
        return visitor.send("POST", "/presentations/verify", order)

    assert presented(bare).json()["verified"] is True
    credential["awardedOn"] = "2020-01-01"
    assert presented(bare).json()["verified"] is False
