"""Who may do what with an award, in which state; and one act on many of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import given as drawn
from hypothesis import strategies as st

from gilde.core import audit, clock
from gilde.core import jobs as core_jobs
from gilde.core.access import SYSTEM, Actor
from gilde.core.errors import GildeError, Invalid, Refused, Stale
from gilde.core.jobs import Job
from gilde.core.models import AuditEvent
from gilde.credentials.facts_json import from_json
from gilde.credentials.models import Award, Holder, Kept, LogLeaf, State
from gilde.credentials.services import acting, drafting, issuing, stopping
from gilde.credentials.services.acting import Act
from gilde.organisations.models import Membership
from tests.credentials.factories import (
    UserFactory,
    a_holder,
    a_member,
    an_achievement,
    an_award,
    an_issuer,
    given,
)

pytestmark = pytest.mark.django_db
Role = Membership.Role
NEXT = iter(range(1, 10_000))


def anew() -> str:
    return f"anew-{next(NEXT)}"


SERVICES: dict[str, Callable[[Actor, Award], Any]] = {
    "submit": lambda actor, award: issuing.submit(actor=actor, award=award),
    "issue": lambda actor, award: issuing.issue(actor=actor, award=award, notify=False),
    "send-back": lambda actor, award: issuing.send_back(actor=actor, award=award, reason="Wrong day"),
    "redraft": lambda actor, award: drafting.redraft(
        actor=actor, award=award, lock=award.version, given=stopping.given_of(award, reference=anew())
    ),
    "discard": lambda actor, award: issuing.discard(actor=actor, award=award),
    "suspend": lambda actor, award: stopping.suspend(actor=actor, awards=[award], reason="Looked into"),
    "reinstate": lambda actor, award: stopping.reinstate(actor=actor, awards=[award], reason="It is right"),
    "revoke": lambda actor, award: stopping.revoke(actor=actor, awards=[award], reason="A mistake"),
    "correct": lambda actor, award: stopping.correct(
        actor=actor, award=award, given=stopping.given_of(award, reference=anew()), reason="Wrong grade"
    ),
}
ROLES = ("stranger", "elsewhere", "reader", "officer", "author", "approver")
# A letter for each role: o done, x refused with the reason, i invalid from this state. The author is an approver that
# entered the award.
TABLE = {
    #             draft     waiting   held      issued    suspended revoked   refused
    "submit": ("xxxooo", "xxxiii", "xxxiii", "xxxiii", "xxxiii", "xxxiii", "xxxiii"),
    "issue": ("xxxooo", "xxxxxo", "xxxiii", "xxxiii", "xxxiii", "xxxiii", "xxxiii"),
    "send-back": ("xxxxxi", "xxxxxo", "xxxxxi", "xxxxxi", "xxxxxi", "xxxxxi", "xxxxxi"),
    "redraft": ("xxxooo", "xxxxxx", "xxxooo", "xxxxxx", "xxxxxx", "xxxxxx", "xxxxxx"),
    "discard": ("xxxooo", "xxxxxx", "xxxooo", "xxxxxx", "xxxxxx", "xxxxxx", "xxxxxx"),
    "suspend": ("xxxiii", "xxxiii", "xxxiii", "xxxooo", "xxxooo", "xxxiii", "xxxiii"),
    "reinstate": ("xxxiii", "xxxiii", "xxxiii", "xxxooo", "xxxooo", "xxxiii", "xxxiii"),
    "revoke": ("xxxiii", "xxxiii", "xxxiii", "xxxooo", "xxxooo", "xxxooo", "xxxiii"),
    "correct": ("xxxiii", "xxxiii", "xxxiii", "xxxooo", "xxxooo", "xxxooo", "xxxiii"),
}
STATES = ("draft", "waiting", "held", "issued", "suspended", "revoked", "refused")


def in_state(achievement: Any, state: str) -> Award:
    if state not in (State.HELD, State.REFUSED):
        return an_award(achievement, State(state))
    award = an_award(achievement, State.DRAFT)
    Award.objects.filter(pk=award.pk).update(state=state)
    return Award.objects.get(pk=award.pk)


@pytest.mark.parametrize("act", TABLE)
def test_each_act_from_each_state_by_each_role(act: str) -> None:
    issuer = an_issuer()
    achievement = an_achievement(issuer, outcomes=1)
    people = {
        "stranger": UserFactory(),
        "elsewhere": a_member(an_issuer().organisation, Role.APPROVER),
        "reader": a_member(issuer.organisation, Role.READER),
        "officer": a_member(issuer.organisation, Role.OFFICER),
        "author": a_member(issuer.organisation, Role.APPROVER),
        "approver": a_member(issuer.organisation, Role.APPROVER),
    }
    found: dict[str, str] = {}
    for state in STATES:
        award = in_state(achievement, state)
        Award.objects.filter(pk=award.pk).update(drafted_by=people["author"])
        found[state] = "".join(answer(act, people[role], award) for role in ROLES)
    assert found == dict(zip(STATES, TABLE[act], strict=True))


def answer(act: str, actor: Actor, award: Award) -> str:
    events = AuditEvent.objects.count()
    with transaction.atomic():
        try:
            SERVICES[act](actor, Award.objects.get(pk=award.pk))
            letter = "o"
        except Refused:
            letter = "x"
        except Invalid:
            letter = "i"
        if letter != "o":
            assert AuditEvent.objects.count() == events, "what is refused leaves no event"
        transaction.set_rollback(True)
    return letter


FROM = {
    "submit": State.DRAFT,
    "issue": State.DRAFT,
    "send-back": State.WAITING,
    "redraft": State.DRAFT,
    "discard": State.DRAFT,
    "suspend": State.ISSUED,
    "reinstate": State.SUSPENDED,
    "revoke": State.ISSUED,
    "correct": State.ISSUED,
}


@pytest.mark.parametrize("act", SERVICES)
def test_who_comes_second_changes_nothing(act: str) -> None:
    award = an_award(state=FROM[act])
    Award.objects.filter(pk=award.pk).update(version=award.version + 1)
    before = list(Award.objects.values())
    with pytest.raises(Stale):
        SERVICES[act](SYSTEM, award)
    assert list(Award.objects.values()) == before


@pytest.mark.parametrize("act", [each for each in SERVICES if each != "discard"])
def test_every_act_stands_in_the_record(act: str) -> None:
    award = an_award(state=FROM[act])
    SERVICES[act](SYSTEM, award)
    verbs = [each.action.rpartition(".")[2] for each in AuditEvent.objects.filter(object_id=str(award.pk))]
    assert verbs[-1] == {"redraft": "change", "correct": "revoke"}.get(act, act)
    assert list(audit.verify()) == []


def test_a_closed_issuer_issues_nothing_and_can_still_revoke() -> None:
    award, draft = an_award(), None
    draft = an_award(award.achievement, State.DRAFT)
    type(award.issuer).objects.filter(pk=award.issuer.pk).update(closed_at=clock.now())
    officer = a_member(award.issuer.organisation)
    with pytest.raises(Refused, match="no more"):
        issuing.issue(actor=officer, award=Award.objects.get(pk=draft.pk))
    assert stopping.revoke(actor=officer, awards=[award], reason="A mistake", notify=False) == 1


# --- what is entered


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("awarded_on", date(1899, 12, 31), "before 1900"),
        ("awarded_on", date(2100, 1, 1), "more than a year ahead"),
        ("born", date(2025, 6, 30), "not before the day of the award"),
        ("born", date(2030, 1, 1), "Nobody born then"),
        ("born", date(1850, 1, 1), "Nobody born then"),
        ("assessed_on", date(2025, 7, 1), "after the day of the award"),
        ("valid_until", date(2025, 6, 29), "before the day of the award"),
        ("left_out", ("https://gilde.example/no-such-outcome",), "no such outcome"),
    ],
)
def test_days_and_outcomes_that_cannot_be_true_are_refused_at_their_field(
    field: str, value: Any, words: str
) -> None:
    achievement = an_achievement()
    told = given(**{"born": None, "assessed_on": None, field: value})
    with pytest.raises(Invalid, match=words) as caught:
        drafting.draft(actor=SYSTEM, achievement=achievement, given=told)
    assert list(caught.value.details["fields"]) == [field]  # type: ignore[call-overload]
    assert not Award.objects.exists()
    assert not Holder.objects.exists()


def test_an_award_of_no_outcome_at_all_is_refused() -> None:
    achievement = an_achievement()
    every = tuple(achievement.outcomes.values_list("uri", flat=True))
    with pytest.raises(Invalid, match="nothing to award"):
        drafting.draft(actor=SYSTEM, achievement=achievement, given=given(left_out=every))
    assert len(from_json(an_award(achievement, left_out=every[:1]).facts).outcomes) == len(every) - 1


@drawn(day=st.dates(date(2025, 6, 30), date(2060, 12, 31)))
def test_an_award_counts_to_the_end_of_the_day_that_was_given(day: date) -> None:
    achievement = an_achievement_in_memory()
    until = drafting.made(SYSTEM, achievement, Holder(), given(valid_until=day)).valid_until
    assert until is not None
    local = timezone.localtime(until)
    assert (local.date(), local.strftime("%H:%M:%S")) == (day, "23:59:59")


def an_achievement_in_memory() -> Any:
    from gilde.credentials.models import Achievement, Issuer

    return Achievement(issuer=Issuer(), code="x")


def test_a_draft_is_put_right_with_the_person_in_it() -> None:
    award = an_award(state=State.DRAFT, person="17")
    told = replace(stopping.given_of(award, reference=award.reference), given_name="Amélie", grade="good")
    stored = drafting.redraft(actor=SYSTEM, award=award, lock=award.version, given=told)
    assert (stored.grade, stored.holder.given_name, stored.holder_id) == ("good", "Amélie", award.holder_id)
    assert Holder.objects.count() == 1


def test_a_draft_that_is_for_somebody_else_leaves_nobody_behind() -> None:
    achievement = an_achievement()
    other = an_award(achievement, person="18").holder
    award = an_award(achievement, State.DRAFT, person="17")
    told = replace(
        stopping.given_of(award, reference=award.reference),
        person="18",
        given_name=other.given_name,
        family_name=other.family_name,
        born=other.born,
    )
    assert drafting.redraft(actor=SYSTEM, award=award, lock=award.version, given=told).holder == other
    assert Holder.objects.count() == 1


def test_a_draft_does_not_rename_a_person_who_has_other_awards() -> None:
    achievement = an_achievement()
    issued = an_award(achievement, person="17", given_name="Amina", family_name="Peeters")
    award = an_award(achievement, State.DRAFT, person="17", given_name="Amina", family_name="Peeters")
    told = replace(stopping.given_of(award, reference=award.reference), given_name="Bob")
    with pytest.raises(Invalid, match="another person here"):
        drafting.redraft(actor=SYSTEM, award=award, lock=award.version, given=told)
    issued.holder.refresh_from_db()
    assert issued.holder.given_name == "Amina"


def test_a_proposed_reference_is_free_and_goes_on() -> None:
    achievement = an_achievement()
    for reference in ("2026-00007", "2026-x", "2025-00099"):
        an_award(achievement, State.DRAFT, reference=reference)
    assert drafting.proposed_reference(achievement.issuer, 2026) == "2026-00008"
    assert drafting.proposed_reference(achievement.issuer, 2027) == "2027-00001"


def test_an_address_is_put_right_and_no_document_changes() -> None:
    award = an_award()
    before = bytes(award.renderings.get().content or b"")
    officer = a_member(award.issuer.organisation)
    with pytest.raises(Refused):
        drafting.put_right(actor=a_member(an_issuer().organisation), holder=award.holder, email="x@y.example")
    with pytest.raises(Invalid):
        drafting.put_right(actor=officer, holder=award.holder, email="no address")
    drafting.put_right(actor=officer, holder=award.holder, email="new@people.example")
    award.holder.refresh_from_db()
    assert award.holder.email == "new@people.example"
    assert bytes(award.renderings.get().content or b"") == before
    assert "people.example" not in str(list(AuditEvent.objects.values_list("after", flat=True)))


# --- correcting


def test_a_name_is_corrected_and_the_person_stays_the_same() -> None:
    award = an_award(person="17", given_name="Amina")
    user = a_holder(award)
    told = replace(stopping.given_of(award, reference="A-2"), given_name="Amine")
    new = stopping.correct(actor=SYSTEM, award=award, given=told, reason="Misspelt", notify=False)
    assert new.holder == award.holder
    assert from_json(new.facts).holder.given_name == "Amine"
    award.refresh_from_db()
    assert from_json(award.facts).holder.given_name == "Amina", "what was issued says what it said"
    assert Kept.objects.filter(user=user, award=new).exists()


def test_what_waits_for_approval_is_in_no_wallet_yet() -> None:
    award = an_award(an_achievement(an_issuer(two_people=True)))
    user = a_holder(award)
    officer = a_member(award.issuer.organisation)
    new = stopping.reissue(actor=officer, awards=[award], reason="Wrong title", notify=False)[0]
    assert new.state == State.WAITING
    assert not Kept.objects.filter(user=user, award=new).exists()
    approver = a_member(award.issuer.organisation, Role.APPROVER)
    issuing.issue(actor=approver, award=new, notify=False)
    assert Kept.objects.filter(user=user, award=new).exists()


def test_what_was_corrected_is_corrected_no_second_time() -> None:
    award = an_award(reference="A-1")
    stopping.reissue(actor=SYSTEM, awards=[award], reason="Wrong", notify=False)
    with pytest.raises(Invalid, match="corrected already, by A-1/2"):
        stopping.reissue(actor=SYSTEM, awards=[award], reason="Wrong", notify=False)


def test_a_period_that_somebody_chose_is_kept_when_it_is_issued_anew() -> None:
    award = an_award(valid_until=date(2031, 1, 31))
    new = stopping.reissue(actor=SYSTEM, awards=[award], reason="Wrong", notify=False)[0]
    assert new.valid_until == award.valid_until


def test_an_achievement_that_is_closed_can_still_be_corrected() -> None:
    award = an_award()
    award.achievement.closed_at = clock.now()
    award.achievement.save()
    assert (
        stopping.reissue(actor=SYSTEM, awards=[award], reason="Wrong", notify=False)[0].state == State.ISSUED
    )
    with pytest.raises(Invalid, match="no longer awarded"):
        an_award(award.achievement)


def test_a_correction_takes_no_reference_of_another_award() -> None:
    achievement = an_achievement()
    an_award(achievement, reference="A-2")
    award = an_award(achievement, reference="A-1")
    with pytest.raises(Invalid, match="already stands for another"):
        stopping.correct(actor=SYSTEM, award=award, given=given(reference="A-2"), reason="Wrong")
    award.refresh_from_db()
    assert award.state == State.ISSUED, "nothing is half done"


# --- many at once


def foreseen(actor: Actor, act: Act) -> acting.Foreseen:
    return acting.foreseen(actor=actor, act=act, awards=Award.objects.all())


def test_what_will_happen_is_told_before_it_does() -> None:
    achievement = an_achievement()
    for state in (State.ISSUED, State.ISSUED, State.SUSPENDED, State.REVOKED, State.DRAFT):
        an_award(achievement, state)
    an_award(achievement, email="")
    an_award()  # of an issuer elsewhere
    officer = a_member(achievement.issuer.organisation)
    told = foreseen(officer, Act.REVOKE)
    assert (len(told.will), told.without_address) == (4, 1)
    assert sorted(told.left.values()) == [1, 1, 1]
    assert not AuditEvent.objects.filter(action__endswith="revoke-many").exists()


def test_many_are_revoked_in_one_act_with_one_reason() -> None:
    achievement = an_achievement()
    for _each in range(3):
        an_award(achievement)
    officer = a_member(achievement.issuer.organisation)
    with pytest.raises(Invalid, match="Say why"):
        acting.start(actor=officer, wanted=foreseen(officer, Act.REVOKE), reason=" ")
    done = acting.start(actor=officer, wanted=foreseen(officer, Act.REVOKE), reason="Fraud", notify=False)
    assert done == acting.Done("revoke", 3, 0)
    assert set(Award.objects.values_list("state", "reason")) == {("revoked", "Fraud")}
    event = AuditEvent.objects.get(action="credentials.issuer.revoke-many")
    assert event.after["number"] == 3
    with pytest.raises(Invalid, match="None of these"):
        acting.start(actor=officer, wanted=foreseen(officer, Act.REVOKE), reason="Fraud")


def test_who_entered_some_approves_the_others_only() -> None:
    issuer = an_issuer(two_people=True)
    achievement = an_achievement(issuer)
    author, other = (a_member(issuer.organisation, Role.APPROVER) for _each in range(2))
    for actor in (author, author, other):
        drafted = drafting.draft(actor=actor, achievement=achievement, given=given())
        issuing.submit(actor=actor, award=drafted)
    told = foreseen(other, Act.APPROVE)
    assert len(told.will) == 2
    assert list(told.left) == ["You entered this yourself: another person approves it."]
    assert acting.start(actor=other, wanted=told, notify=False) == acting.Done("approve", 2, 0)
    assert set(Award.objects.filter(state=State.ISSUED).values_list("approved_by", flat=True)) == {other.pk}


@pytest.mark.parametrize(
    ("act", "state", "target"),
    [
        (Act.SEND_BACK, State.WAITING, "draft"),
        (Act.SUSPEND, State.ISSUED, "suspended"),
        (Act.REINSTATE, State.SUSPENDED, "issued"),
        (Act.REISSUE, State.ISSUED, "revoked"),
    ],
)
def test_each_act_on_many_comes_to_its_end(act: Act, state: State, target: str) -> None:
    achievement = an_achievement()
    awards = [an_award(achievement, state) for _each in range(2)]
    done = acting.start(actor=SYSTEM, wanted=foreseen(SYSTEM, act), reason="Because", notify=False)
    assert done == acting.Done(act.value, 2, 0)
    assert set(Award.objects.filter(pk__in=[a.pk for a in awards]).values_list("state", flat=True)) == {
        target
    }


def in_a_job(monkeypatch: pytest.MonkeyPatch, act: Act, number: int = 5, **more: Any) -> Job:
    monkeypatch.setattr(acting, "AT_ONCE", 2)
    monkeypatch.setattr(acting, "CHUNK", 2)
    achievement = an_achievement()
    for _each in range(number):
        an_award(achievement)
    officer = a_member(achievement.issuer.organisation)
    told = {"reason": "Fraud", "notify": False, **more}
    started = acting.start(actor=officer, wanted=foreseen(officer, act), **told)
    assert isinstance(started, Job)
    return started


def test_more_than_a_few_are_a_job_with_progress(monkeypatch: pytest.MonkeyPatch) -> None:
    job = in_a_job(monkeypatch, Act.REVOKE)
    assert set(Award.objects.values_list("state", flat=True)) == {"issued"}
    core_jobs.run(job.pk)
    job.refresh_from_db()
    assert (job.state, job.done, job.total) == ("done", 5, 5)
    assert job.result == {"act": "revoke", "done": 5, "left": 0}
    assert set(Award.objects.values_list("state", flat=True)) == {"revoked"}


@pytest.mark.parametrize("act", [Act.REVOKE, Act.REISSUE])
def test_an_act_that_was_interrupted_goes_on_and_does_nothing_twice(
    monkeypatch: pytest.MonkeyPatch, act: Act
) -> None:
    job = in_a_job(monkeypatch, act)
    real, seen = acting.chunk, []

    def dies_at_the_second(*args: Any) -> int:
        seen.append(args)
        if len(seen) == 2:
            with transaction.atomic():
                real(*args)
                raise RuntimeError("The machine stopped.")
        return real(*args)

    monkeypatch.setattr(acting, "chunk", dies_at_the_second)
    with pytest.raises(RuntimeError):
        acting.run(**job.arguments)
    assert Award.objects.filter(state=State.REVOKED).count() == 2, "each chunk whole or not at all"
    monkeypatch.setattr(acting, "chunk", real)
    assert acting.run(**job.arguments) == acting.Done(act.value, 5, 0)
    assert Award.objects.filter(state=State.REVOKED).count() == 5
    assert Award.objects.filter(state=State.ISSUED).count() == (5 if act == Act.REISSUE else 0)
    assert LogLeaf.objects.count() == (10 if act == Act.REISSUE else 5)


def test_who_lost_the_role_meanwhile_does_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    job = in_a_job(monkeypatch, Act.REVOKE)
    Membership.objects.all().update(until=clock.today() - timedelta(days=1))
    with pytest.raises(Refused):
        acting.run(**job.arguments)
    assert not Award.objects.filter(state=State.REVOKED).exists()


def test_one_act_takes_no_more_than_it_can_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(acting, "MOST", 1)
    achievement = an_achievement()
    an_award(achievement), an_award(achievement)
    with pytest.raises(GildeError, match="more than go in one act"):
        acting.start(actor=SYSTEM, wanted=foreseen(SYSTEM, Act.REVOKE), reason="Fraud")
