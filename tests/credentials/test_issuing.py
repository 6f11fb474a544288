"""What was entered becomes an award that counts: signed, placed in a list, logged; once, and all or nothing."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.db import DatabaseError, transaction

from gilde.core.access import SYSTEM, allowed, refused
from gilde.core.errors import Invalid, Refused, Stale
from gilde.core.models import AuditEvent
from gilde.core.text import Text
from gilde.credentials import describing, recognition
from gilde.credentials.facts_json import as_json, from_json
from gilde.credentials.linked import strict
from gilde.credentials.models import Award, LogLeaf, Rendering, State, StatusList
from gilde.credentials.proofs import data_integrity
from gilde.credentials.renderings import vc
from gilde.credentials.services import drafting, issuing, keys, log, stopping
from gilde.organisations.models import Membership
from tests.credentials.factories import a_member, an_achievement, an_award, an_issuer, given

pytestmark = pytest.mark.django_db


def document(award: Award) -> Any:
    return strict.parse(bytes(award.renderings.get(form="vc").content or b""))


def test_an_issued_award_carries_its_facts_in_a_signed_credential() -> None:
    award = an_award()
    signed = document(award)
    proven = data_integrity.verify(signed, _resolve, now=award.issued_at)
    assert [each.suite for each in proven] == ["eddsa-jcs-2022"]
    assert vc.facts(signed) == from_json(award.facts) == describing.facts_of(award)


def _resolve(url: str) -> Any:
    method = keys.local_method(url)
    assert method is not None
    return method


@pytest.mark.parametrize("suite", ["eddsa-jcs-2022", "eddsa-rdfc-2022", "ecdsa-jcs-2019", "ecdsa-rdfc-2019"])
def test_an_issuer_signs_with_the_suite_it_chose(suite: str) -> None:
    award = an_award(an_achievement(an_issuer(suite=suite)))
    proven = data_integrity.verify(document(award), _resolve, now=award.issued_at)
    assert [each.suite for each in proven] == [suite]


def test_what_is_issued_stands_in_the_log_and_in_a_list() -> None:
    award = an_award()
    rendering = award.renderings.get()
    assert LogLeaf.objects.get(index=rendering.leaf).digest == rendering.digest
    assert rendering.digest == log.digest_of(bytes(rendering.content or b""))
    assert award.status_list is not None
    assert 0 <= (award.status_index or 0) < award.status_list.size
    entries = {entry["statusPurpose"]: entry for entry in document(award)["credentialStatus"]}
    assert set(entries) == {"revocation", "suspension"}
    assert {entry["statusListIndex"] for entry in entries.values()} == {str(award.status_index)}


def test_the_same_reference_is_the_same_award() -> None:
    achievement = an_achievement()
    told = given(reference="A-1")
    first = issuing.issue_new(actor=SYSTEM, achievement=achievement, given=told, notify=False)
    again = issuing.issue_new(actor=SYSTEM, achievement=achievement, given=told, notify=False)
    assert first.pk == again.pk
    assert LogLeaf.objects.count() == 1


def test_a_reference_that_stands_for_another_award_is_refused() -> None:
    achievement = an_achievement()
    an_award(achievement, reference="A-1")
    with pytest.raises(Invalid, match="already stands for another award"):
        drafting.draft(actor=SYSTEM, achievement=achievement, given=given(reference="A-1"))


def test_where_two_people_are_asked_for_one_alone_issues_nothing() -> None:
    issuer = an_issuer(two_people=True)
    achievement = an_achievement(issuer)
    approver = a_member(issuer.organisation, Membership.Role.APPROVER)
    other = a_member(issuer.organisation, Membership.Role.APPROVER)
    officer = a_member(issuer.organisation)
    award = issuing.issue_new(actor=approver, achievement=achievement, given=given(), notify=False)
    assert award.state == State.WAITING
    with pytest.raises(Refused, match="another person"):
        issuing.issue(actor=approver, award=award)
    with pytest.raises(Refused, match="approver"):
        issuing.issue(actor=officer, award=award)
    issued = issuing.issue(actor=other, award=award, notify=False)
    assert (issued.state, issued.approved_by) == (State.ISSUED, other)


def test_what_waits_can_be_sent_back_with_the_reason() -> None:
    award = an_award(state=State.WAITING)
    approver = a_member(award.issuer.organisation, Membership.Role.APPROVER)
    with pytest.raises(Invalid, match="Say why"):
        issuing.send_back(actor=approver, award=award, reason=" ")
    back = issuing.send_back(actor=approver, award=award, reason="Wrong day")
    assert (back.state, back.reason) == (State.DRAFT, "Wrong day")


def test_two_who_issue_at_once_issue_one() -> None:
    award = an_award(state=State.DRAFT)
    seen = Award.objects.get(pk=award.pk)
    issuing.issue(actor=SYSTEM, award=award, notify=False)
    with pytest.raises(Stale):
        issuing.issue_many(SYSTEM, [seen], notify=False)
    assert Rendering.objects.count() == LogLeaf.objects.count() == 1


def test_many_are_issued_all_or_none() -> None:
    achievement = an_achievement()
    drafts = [an_award(achievement, State.DRAFT) for _each in range(5)]
    Award.objects.filter(pk=drafts[-1].pk).update(version=9)
    with pytest.raises(Stale):
        issuing.issue_many(SYSTEM, drafts, notify=False)
    assert not Award.objects.filter(state=State.ISSUED).exists()
    assert not LogLeaf.objects.exists()
    assert not StatusList.objects.exists()


def test_what_was_issued_is_never_changed_not_even_by_the_database() -> None:
    award = an_award()
    with pytest.raises(Refused, match="cannot be changed"):
        drafting.change(actor=SYSTEM, award=award, lock=award.version, grade="better")
    with pytest.raises(DatabaseError, match="fixed"), transaction.atomic():
        Award.objects.filter(pk=award.pk).update(grade="better")


def test_an_issuer_awards_only_what_it_is_recognised_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recognition, "_rules", [])
    achievement = an_achievement()

    @recognition.register
    def since_2025(_issuer: Any, _achievement: Any, on: date) -> Any:
        return allowed("") if on.year >= 2025 else refused("Recognised since 2025 only.")

    with pytest.raises(Refused, match="since 2025"):
        an_award(achievement, awarded_on=date(2024, 6, 30))
    assert an_award(achievement).state == State.ISSUED


def test_a_correction_revokes_and_issues_anew_linked() -> None:
    award = an_award(reference="A-1")
    new = stopping.correct(
        actor=SYSTEM,
        award=award,
        given=given(reference="A-2", grade="satisfactory"),
        reason="Wrong grade",
        notify=False,
    )
    award.refresh_from_db()
    assert (award.state, new.state, new.replaces) == (State.REVOKED, State.ISSUED, award)
    assert from_json(new.facts).replaces == f"urn:uuid:{award.pk}"


def test_many_are_issued_anew_in_one_act() -> None:
    achievement = an_achievement()
    awards = [an_award(achievement, reference=f"A-{number}") for number in range(3)]
    achievement.title = Text("nl", {"nl": "Hoeklasser"})
    achievement.save()
    awards = list(Award.objects.order_by("reference"))
    new = stopping.reissue(actor=SYSTEM, awards=awards, reason="The title was wrong", notify=False)
    assert [each.reference for each in new] == ["A-0/2", "A-1/2", "A-2/2"]
    assert {from_json(each.facts).achievement.title["nl"] for each in new} == {"Hoeklasser"}
    assert set(Award.objects.filter(replaced_by__isnull=False).values_list("state", flat=True)) == {"revoked"}


@pytest.mark.parametrize("end", ["revoke", "suspend", "reinstate"])
def test_ending_asks_for_a_reason_and_for_the_issuers_own_people(end: str) -> None:
    state = State.SUSPENDED if end == "reinstate" else State.ISSUED
    award = an_award(state=state)
    act = getattr(stopping, end)
    with pytest.raises(Invalid, match="Say why"):
        act(actor=SYSTEM, awards=[award], reason="")
    with pytest.raises(Refused):
        act(actor=a_member(an_issuer().organisation), awards=[award], reason="Because")
    assert act(actor=a_member(award.issuer.organisation), awards=[award], reason="Because", notify=False) == 1


def test_what_is_revoked_stays_revoked() -> None:
    award = an_award(state=State.REVOKED)
    for act in (stopping.suspend, stopping.reinstate):
        with pytest.raises(Invalid, match="Revoked"):
            act(actor=SYSTEM, awards=[award], reason="Second thoughts")
    assert stopping.revoke(actor=SYSTEM, awards=[award], reason="Again") == 0


def test_the_audit_names_no_person() -> None:
    award = an_award(family_name="Vandewoestijne", email="secret@people.example")
    stopping.revoke(actor=SYSTEM, awards=[award], reason="Vandewoestijne asked", notify=False)
    told = " ".join(f"{event.before} {event.after}" for event in AuditEvent.objects.all())
    assert "Vandewoestijne" not in told
    assert "secret@" not in told


def test_an_award_expires_at_the_end_of_its_last_day() -> None:
    award = an_award(an_achievement(valid_months=8), awarded_on=date(2025, 6, 30))
    assert award.valid_until is not None
    local = award.valid_until.astimezone(describing.valid_from(date(2026, 2, 28)).tzinfo)
    assert str(award.valid_until - describing.valid_from(date(2026, 2, 28))) == "23:59:59", local


def test_facts_are_the_same_from_json() -> None:
    facts = describing.facts_of(an_award())
    assert from_json(as_json(facts)) == facts
