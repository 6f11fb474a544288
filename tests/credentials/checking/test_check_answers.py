"""Every form of an award comes to every answer, and to the right one: this is what an employer relies on."""

from __future__ import annotations

from datetime import timedelta

import pytest

from gilde.core.fetch import Unreachable
from gilde.credentials.errors import Unreadable
from gilde.credentials.keys.kinds import KeyKind
from gilde.credentials.verdict import NEEDED, Answer, Standing
from tests.credentials.checking.world import (
    FORMS,
    ISSUED,
    NOW,
    World,
    bit_list,
    key,
    made,
    reasons,
    token_list,
)
from tests.credentials.facts_strategy import ISSUER_DID, a_facts, a_place

INDEX = a_place().index
OTHER = "did:web:other.example"
every_form = pytest.mark.parametrize("form", FORMS)


@every_form
def test_a_genuine_award_is_valid_and_says_what_was_awarded(form: str) -> None:
    verdict = World().check(made(form))
    assert verdict.answer == Answer.VALID, verdict.checks
    assert verdict.facts == a_facts()
    assert {each.subject for each in verdict.checks if each.standing == Standing.PASSED} >= set(NEEDED)


@every_form
def test_a_revoked_award_is_revoked(form: str) -> None:
    world = World()
    world.write_lists(revoked=[INDEX])
    verdict = world.check(made(form))
    assert (verdict.answer, reasons(verdict)) == (
        Answer.STOPPED,
        {"stopped" if "badge" in form else "revoked"},
    )


@every_form
def test_a_suspended_award_is_suspended(form: str) -> None:
    world = World()
    world.write_lists(suspended=[INDEX])
    verdict = world.check(made(form))
    assert (verdict.answer, reasons(verdict)) == (
        Answer.STOPPED,
        {"stopped" if "badge" in form else "suspended"},
    )


@every_form
def test_an_award_after_its_time_is_expired(form: str) -> None:
    world = World(a_facts().valid_until + timedelta(seconds=1))
    world.write_lists()
    verdict = world.check(made(form))
    assert verdict.answer == Answer.EXPIRED, verdict.checks
    assert "expired" in reasons(verdict)


@every_form
def test_an_award_before_its_time_is_not_yet_valid(form: str) -> None:
    later = a_facts(valid_from=NOW + timedelta(days=1))
    verdict = World().check(FORMS[form](later, a_place()))
    assert (verdict.answer, reasons(verdict)) == (Answer.EXPIRED, {"not-yet-valid"})


@every_form
def test_an_award_of_which_the_list_is_not_reached_is_never_valid(form: str) -> None:
    world = World()
    world.unreachable()
    verdict = world.check(made(form))
    assert (verdict.answer, reasons(verdict)) == (Answer.CANNOT_TELL, {"list-unreachable"})


@every_form
def test_an_award_of_which_the_list_is_out_of_date_is_never_valid(form: str) -> None:
    world = World()
    world.write_lists(made=NOW - timedelta(days=2))
    verdict = world.check(made(form))
    assert (verdict.answer, reasons(verdict)) == (Answer.CANNOT_TELL, {"status-stale"})


@every_form
def test_an_award_of_an_issuer_of_whom_nobody_knows_is_of_an_unknown_issuer(form: str) -> None:
    world = World()
    world.trust, world.anchors = {}, []
    verdict = world.check(made(form))
    assert verdict.answer == Answer.UNKNOWN_ISSUER, verdict.checks
    assert reasons(verdict) <= {"issuer-unknown", "seal-unknown"}
    assert verdict.facts == a_facts(), "what it says of itself may be looked at"


@pytest.mark.parametrize("form", sorted(set(FORMS) - {"edc"}))
def test_an_award_of_which_the_keys_are_not_reached_cannot_be_told(form: str) -> None:
    world = World()
    world.keys = dict.fromkeys(world.keys, Unreachable("Nobody answers."))
    verdict = world.check(made(form))
    assert verdict.answer == Answer.CANNOT_TELL, verdict.checks
    assert "keys-unreachable" in reasons(verdict)
    assert verdict.facts is None, "what nobody signed for is not shown"


ALTERED = {
    **dict.fromkeys((form for form in FORMS if form.startswith("vc ")), (b"Noor", b"Nora")),
    "open badge": (b"Noor", b"Nora"),
    "edc": (b"Noor", b"Nora"),
    "badge svg": (b"Noor", b"Nora"),
}


@pytest.mark.parametrize("form", ALTERED)
def test_an_award_with_another_name_in_it_is_altered(form: str) -> None:
    before, after = ALTERED[form]
    assert before in made(form)
    verdict = World().check(made(form).replace(before, after))
    assert (verdict.answer, verdict.facts) == (Answer.ALTERED, None)


@pytest.mark.parametrize("form", ["vc-jwt", "sd-jwt"])
@pytest.mark.parametrize("part", [0, 1, 2])
def test_a_token_of_which_any_part_is_changed_is_altered(form: str, part: int) -> None:
    parts = made(form).decode().partition("~")[0].split(".")
    rest = made(form).decode().partition("~")[2]
    at = len(parts[part]) // 2 if part else 0
    letter = "A" if parts[part][at] != "A" else "B"
    parts[part] = parts[part][:at] + letter + parts[part][at + 1 :]
    token = ".".join(parts) + (f"~{rest}" if form == "sd-jwt" else "")
    if part == 0:  # a header that is no JSON any more makes it no token at all
        with pytest.raises(Unreadable, match="No credential is recognised"):
            World().check(token)
        return
    verdict = World().check(token)
    assert (verdict.answer, verdict.facts) == (Answer.ALTERED, None)


@pytest.mark.parametrize("form", ["certificate", "supplement"])
def test_a_paper_with_a_byte_changed_is_altered(form: str) -> None:
    paper = made(form)
    at = paper.index(b"stream") + 40
    changed = paper[:at] + bytes([paper[at] ^ 1]) + paper[at + 1 :]
    verdict = World().check(changed)
    assert (verdict.answer, verdict.facts) == (Answer.ALTERED, None)


@every_form
def test_an_award_without_a_status_was_given_for_good(form: str) -> None:
    verdict = World().check(FORMS[form](a_facts(), None))
    assert verdict.answer == Answer.VALID
    assert "no-status" in {each.reason for each in verdict.checks}


@every_form
def test_a_list_of_another_issuer_says_nothing(form: str) -> None:
    world = World()
    for kind in (KeyKind.ED25519, KeyKind.P256):
        world.publish(key(kind, issuer=OTHER))
    place = a_place()
    for url in (place.revocation, place.suspension, place.stopped):
        world.lists[url] = bit_list(url, signed_with=key(issuer=OTHER), issuer=OTHER)
    world.lists[place.tokens] = token_list(place.tokens, signed_with=key(KeyKind.P256, issuer=OTHER))
    verdict = world.check(made(form))
    assert (verdict.answer, reasons(verdict)) == (Answer.CANNOT_TELL, {"status-issuer"})


def test_a_sealed_award_whose_certificate_has_expired_since_was_valid_when_sealed() -> None:
    world = World(NOW.replace(year=2027))
    world.write_lists()
    verdict = world.check(made("edc"))
    assert (verdict.answer, verdict.sealed_then) == (Answer.VALID, ISSUED)
    assert verdict.issuer == ISSUER_DID
