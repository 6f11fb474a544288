"""Who signed: the issuer, somebody else in its name, somebody of whom nobody knows; and with what a proof comes."""

from __future__ import annotations

import copy
import json
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from gilde.core.fetch import PrivateAddress
from gilde.credentials.checking.around import Trusted
from gilde.credentials.errors import Unreadable, Unsupported
from gilde.credentials.facts import Body
from gilde.credentials.keys import did
from gilde.credentials.keys.kinds import KeyKind
from gilde.credentials.proofs import data_integrity, vc_jwt
from gilde.credentials.renderings import open_badge, vc
from gilde.credentials.verdict import Answer, Standing, Subject
from tests.credentials.checking.world import ISSUED, NOW, World, key, made, reasons, signed
from tests.credentials.facts_strategy import ISSUER_DID, a_facts, a_place

OTHER = "did:web:other.example"


def document(**changes: Any) -> dict[str, Any]:
    return {**vc.render(a_facts(), a_place()), **changes}


def told(verdict: Any, subject: Subject) -> set[str]:
    return {each.reason for each in verdict.checks if each.subject == subject}


def test_what_carries_no_signature_may_be_by_anybody() -> None:
    for value in (document(), document(proof=[]), open_badge.render(a_facts(), a_place())):
        verdict = World().check(json.dumps(value))
        assert (verdict.answer, verdict.facts) == (Answer.UNKNOWN_ISSUER, None)
        assert reasons(verdict) == {"unsigned"}


def test_what_another_signed_in_the_name_of_the_school_is_altered() -> None:
    world = World()
    world.publish(key(issuer=OTHER))
    world.trust[OTHER] = Trusted("Another school", "BE", "Schools of Flanders")
    verdict = world.check(signed(document(), signing=key(issuer=OTHER)))
    assert (verdict.answer, reasons(verdict)) == (Answer.ALTERED, {"key-not-issuers"})
    assert verdict.facts is None
    token = vc_jwt.secure(document(), replace(key(issuer=OTHER)))
    assert world.check(token).answer == Answer.ALTERED


def test_a_second_signature_of_somebody_else_is_told_and_changes_nothing() -> None:
    world = World()
    world.publish(key(issuer=OTHER))
    both = data_integrity.sign(
        json.loads(signed(document())), key(issuer=OTHER), "eddsa-jcs-2022", created=ISSUED
    )
    verdict = world.check(json.dumps(both))
    assert verdict.answer == Answer.VALID
    assert "also-signed" in told(verdict, Subject.KEY)


def test_a_second_signature_that_does_not_hold_is_not_overlooked() -> None:
    world = World()
    world.publish(key(issuer=OTHER))
    both = data_integrity.sign(
        json.loads(signed(document())), key(issuer=OTHER), "eddsa-jcs-2022", created=ISSUED
    )
    both["proof"][1]["created"] = "2025-07-02T09:00:00Z"
    assert world.check(json.dumps(both)).answer == Answer.ALTERED


def test_a_signature_of_an_unknown_kind_cannot_be_told() -> None:
    value = json.loads(signed(document()))
    extra = {**copy.deepcopy(value["proof"]), "cryptosuite": "bbs-2023"}
    for proof in (extra, [value["proof"], extra]):
        verdict = World().check(json.dumps({**value, "proof": proof}))
        assert (verdict.answer, verdict.facts) == (Answer.CANNOT_TELL, None)


def test_more_signatures_than_anybody_needs_are_not_worked_through() -> None:
    value = json.loads(signed(document()))
    verdict = World().check(json.dumps({**value, "proof": [value["proof"]] * 9}))
    assert (verdict.answer, reasons(verdict)) == (Answer.CANNOT_TELL, {"too-many-proofs"})


def test_an_issuer_that_is_a_key_alone_is_unknown_though_its_signature_holds() -> None:
    own = did.new_key(KeyKind.ED25519)
    issuer = did.did_of(own.method)
    facts = a_facts(issuer=Body(issuer, {"en": "Ministry of Education"}, "BE"))
    verdict = World().check(signed(vc.render(facts, None), signing=own))
    assert (verdict.answer, reasons(verdict)) == (Answer.UNKNOWN_ISSUER, {"issuer-unknown"})


def test_an_address_inside_is_told_in_a_sentence_and_by_no_address() -> None:
    world = World()
    world.keys[key().method] = PrivateAddress(
        "scholen.example.be leads to 10.0.0.7, which is no public address."
    )
    for form in ("vc eddsa-jcs-2022", "vc-jwt"):
        verdict = world.check(made(form))
        assert (verdict.answer, reasons(verdict)) == (Answer.CANNOT_TELL, {"keys-unreachable"})
        assert "10.0.0.7" not in " ".join(each.sentence for each in verdict.checks)


@pytest.mark.parametrize("form", ["vc eddsa-jcs-2022", "vc-jwt"])
def test_a_key_that_the_issuer_does_not_publish_makes_the_issuer_unknown(form: str) -> None:
    world = World()
    world.keys = {}
    verdict = world.check(made(form))
    assert (verdict.answer, reasons(verdict)) == (Answer.UNKNOWN_ISSUER, {"key-not-published"})
    assert verdict.facts is None


def test_what_an_issuer_publishes_wrongly_cannot_be_told() -> None:
    world = World()
    world.keys[key().method] = Unreadable(
        "The document that publishes the issuer's keys is wrong.", "document"
    )
    verdict = world.check(made("vc-jwt"))
    assert (verdict.answer, reasons(verdict)) == (Answer.CANNOT_TELL, {"keys-unreadable"})


def test_an_issuer_of_another_kind_of_identifier_cannot_be_told() -> None:
    world = World()
    world.keys[key().method] = Unsupported("did:ebsi is not known.", "did-method")
    assert world.check(made("vc-jwt")).answer == Answer.CANNOT_TELL


@pytest.mark.parametrize(
    ("accredited", "reason"), [(True, {"accredited"}), (False, {"not-accredited"}), (None, set())]
)
@pytest.mark.parametrize("form", ["vc eddsa-jcs-2022", "sd-jwt", "open badge", "vc-jwt"])
def test_accreditation_is_told_and_changes_nothing(
    form: str, accredited: bool | None, reason: set[str]
) -> None:
    world = World()
    world.trust[ISSUER_DID] = Trusted("Lasschool Gent", "BE", "Schools of Flanders", accredited)
    verdict = world.check(made(form))
    assert (verdict.answer, told(verdict, Subject.ACCREDITATION)) == (Answer.VALID, reason)


def test_trust_is_asked_for_the_moment_of_signing_and_for_the_qualification() -> None:
    asked: list[tuple[str, str, datetime]] = []

    class Curious(World):
        def trusted(self, issuer: str, qualification: str, at: datetime) -> Trusted | None:
            asked.append((issuer, qualification, at))
            return super().trusted(issuer, qualification, at)

    Curious().check(made("vc eddsa-jcs-2022"))
    assert asked == [(ISSUER_DID, a_facts().achievement.qualification, ISSUED)]


# Keys that have ended, and those in wrong hands


def test_a_key_that_was_replaced_since_is_told_so() -> None:
    world = World()
    world.publish(key(), until=NOW - timedelta(days=1))
    world.publish(key(name="key-2"))
    relist(world)
    verdict = world.check(made("vc eddsa-jcs-2022"))
    assert (verdict.answer, told(verdict, Subject.KEY)) == (Answer.VALID, {"key-retired"})


def relist(world: World) -> None:
    """Publish the lists anew with the second key."""
    world.write_lists(signed_with=key(name="key-2"))


def test_what_says_to_be_signed_after_its_key_ended_is_altered() -> None:
    world = World()
    world.publish(key(), until=ISSUED - timedelta(days=1))
    verdict = world.check(made("vc eddsa-jcs-2022"))
    assert (verdict.answer, reasons(verdict)) == (Answer.ALTERED, {"key-period"})


def test_a_token_that_tells_no_time_counts_for_an_ended_key_only_by_the_log() -> None:
    world = World()
    world.publish(key(), until=NOW - timedelta(days=1))
    relist_with = key(name="key-2")
    world.publish(relist_with)
    relist(world)
    assert reasons(world.check(made("vc-jwt"))) == {"key-moment"}
    world.log_it(made("vc-jwt"), ISSUED)
    verdict = world.check(made("vc-jwt"))
    assert verdict.answer == Answer.VALID
    assert "logged" in told(verdict, Subject.TIME)


def compromised(at: datetime) -> World:
    world = World()
    world.publish(key(), until=NOW - timedelta(days=1), compromised=at)
    world.publish(key(name="key-2"))
    relist(world)
    return world


def canonical(content: bytes) -> bytes:
    from gilde.credentials.linked import jcs, strict

    return jcs.canonical(strict.parse(content))


@pytest.mark.parametrize("form", ["vc eddsa-jcs-2022", "vc eddsa-rdfc-2022", "vc-jwt", "open badge"])
def test_of_a_compromised_key_only_what_was_logged_before_counts(form: str) -> None:
    world = compromised(ISSUED + timedelta(days=1))
    content = made(form)
    assert (world.check(content).answer, reasons(world.check(content))) == (
        Answer.UNKNOWN_ISSUER,
        {"key-compromised"},
    )
    logged = content if form == "vc-jwt" else canonical(content)
    world.log_it(logged, ISSUED + timedelta(days=2))
    assert world.check(content).answer == Answer.UNKNOWN_ISSUER, "logged too late"
    world.log_it(logged, ISSUED)
    assert world.check(content).answer == Answer.VALID


def test_another_order_of_members_and_white_space_is_the_same_credential_in_the_log() -> None:
    world = compromised(ISSUED + timedelta(days=1))
    content = made("vc eddsa-jcs-2022")
    world.log_it(canonical(content), ISSUED)
    value = json.loads(content)
    turned = json.dumps(dict(reversed(value.items())), indent=3)
    assert world.check(turned).answer == Answer.VALID


# What comes along with a credential


@pytest.mark.parametrize(
    ("member", "value", "answer", "reason"),
    [
        ("termsOfUse", {"type": "https://terms.example/Terms"}, Answer.CANNOT_TELL, "terms-of-use"),
        (
            "credentialSchema",
            {"id": "https://schema.example/1", "type": "JsonSchema"},
            Answer.VALID,
            "schema",
        ),
        (
            "refreshService",
            {"id": "https://refresh.example/1", "type": "https://refresh.example/Service"},
            Answer.VALID,
            "refresh",
        ),
        (
            "relatedResource",
            {"id": "https://files.example/1", "digestSRI": "sha256-" + "A" * 43 + "="},
            Answer.VALID,
            "related-resources",
        ),
        ("evidence", {"type": "https://evidence.example/Seen"}, Answer.VALID, ""),
    ],
)
def test_what_is_not_checked_is_told_or_decides(member: str, value: Any, answer: Answer, reason: str) -> None:
    verdict = World().check(signed(document(**{member: value})))
    assert verdict.answer == answer, verdict.checks
    if reason:
        assert reason in {each.reason for each in verdict.checks}


def test_a_word_without_a_meaning_is_refused_even_when_it_is_signed() -> None:
    value = json.loads(made("vc eddsa-jcs-2022"))
    verdict = World().check(json.dumps({**value, "honoraryTitle": "Master"}))
    assert verdict.answer == Answer.ALTERED
    assert verdict.facts is None


def test_definitions_that_gilde_does_not_have_cannot_be_told() -> None:
    value = json.loads(made("vc eddsa-jcs-2022"))
    for more in ("https://contexts.example/v1", {"honoraryTitle": "https://words.example/title"}):
        verdict = World().check(json.dumps({**value, "@context": [*value["@context"], more]}))
        assert (verdict.answer, verdict.facts) == (Answer.CANNOT_TELL, None)


def test_contents_that_are_no_award_are_valid_and_said_to_be_unknown() -> None:
    strange = {
        "@context": ["https://www.w3.org/ns/credentials/v2"],
        "type": ["VerifiableCredential"],
        "issuer": ISSUER_DID,
        "credentialSubject": {"id": "https://people.example/1"},
    }
    verdict = World().check(signed(strange))
    assert (verdict.answer, verdict.facts) == (Answer.VALID, None)
    assert "contents-unknown" in {each.reason for each in verdict.checks}


def test_every_check_that_failed_says_what_it_makes_of_the_verdict() -> None:
    world = World()
    world.trust, world.lists = {}, {}
    for each in world.check(made("vc eddsa-jcs-2022")).checks:
        assert (each.answer is not None) == (each.standing in (Standing.FAILED, Standing.UNKNOWN))
