"""A file walks through its procedure: who may make which step from where, and what a step leaves behind."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from django.db import Error, connection, transaction

from gilde.core import clock
from gilde.core.access import SYSTEM
from gilde.core.errors import Invalid, Refused, Stale
from gilde.core.models import AuditEvent, User
from gilde.qualifications import procedures, snapshots
from gilde.qualifications.access import roles_over, visible_judgements, visible_versions
from gilde.qualifications.errors import NotComplete, NotDecided
from gilde.qualifications.models import (
    Element,
    OutcomeVersion,
    QualificationVersion,
    Round,
    Snapshot,
    State,
    Unit,
)
from gilde.qualifications.services import committees
from gilde.qualifications.services.steps import missing_in, steps_open_to, take_step
from tests.qualifications.factories import Cast, a_file, a_level, a_procedure, registered

pytestmark = pytest.mark.django_db

PROCEDURES = ("vks-professional", "single-commission", "provider-own")


def _people(cast: Cast) -> dict[str, User]:
    people = {
        "drafter": cast.drafter,
        "signatory": cast.signatory,
        "reader": cast.reader,
        "elsewhere": cast.elsewhere,
    }
    people |= cast.bodies
    for code, seated in cast.seats.items():
        people |= {f"{code}-chair": seated[0], f"{code}-member": seated[1]}
    return people


@pytest.mark.parametrize("code", PROCEDURES)
def test_every_step_is_open_from_its_states_to_its_roles_and_to_nobody_else(code: str) -> None:
    version = a_file(procedure=a_procedure(code))
    people = _people(Cast.of(version))
    held = {name: roles_over(person, version) for name, person in people.items()}
    assert held["reader"] == held["elsewhere"] == frozenset()
    workflow = procedures.workflow_of(version.procedure)
    allowed = 0
    for step in procedures.steps_of(version.procedure):
        for state in State.values:
            version.state = state
            for name, person in people.items():
                workflow.roles_of = lambda _actor, _thing, roles=held[name]: roles
                may = workflow.can(person, version, step.name)
                assert bool(may) == (state in step.sources and bool(step.roles & held[name])), (
                    step.name,
                    state,
                    name,
                )
                allowed += bool(may)
    assert allowed >= len(procedures.steps_of(version.procedure))


@pytest.mark.parametrize("code", PROCEDURES)
def test_somebody_holds_each_role_that_a_procedure_names(code: str) -> None:
    version = a_file(procedure=a_procedure(code))
    held = {role for person in _people(Cast.of(version)).values() for role in roles_over(person, version)}
    named = {role for step in procedures.steps_of(version.procedure) for role in step.roles}
    assert named <= held


def _vote(round_: Round, people: list[User], choice: str = "for") -> None:
    for person in people:
        committees.vote(actor=person, round_=round_, choice=choice, ground="because")


def _judge(round_: Round, person: User, level: str, **others: str) -> None:
    found = {
        element: (a_level(others.get(element.code.replace("-", "_"), level)), "seen in the outcomes")
        for element in Element.objects.filter(framework="vks")
    }
    committees.judge(actor=person, round_=round_, levels=found)


def test_a_file_walks_from_draft_to_registered_with_everybody_in_it() -> None:
    version = a_file()
    cast = Cast.of(version)
    take_step(actor=cast.signatory, version=version, name="submit")
    version = take_step(actor=cast.bodies["agency-officer"], version=version, name="start-validation")
    round_ = version.rounds.get()
    chair, *members = cast.seats["validation"]
    remark = committees.comment(actor=members[0], version=version, text="Which walls?")
    _vote(round_, [chair, *members])
    with pytest.raises(NotDecided, match="1 comments wait"):
        take_step(actor=chair, version=version, name="validate")
    committees.resolve(actor=cast.drafter, comment=remark, answer="All walls of brick.")
    version = take_step(actor=chair, version=version, name="validate")
    version = take_step(actor=cast.bodies["agency-officer"], version=version, name="start-levelling")
    round_ = version.rounds.get(closed_at=None)
    chair, *members = cast.seats["levelling"]
    _judge(round_, chair, "3")
    _judge(round_, members[0], "3", autonomy="4")
    with pytest.raises(NotDecided, match="2 of at least 3 judges"):
        committees.reveal(actor=chair, round_=round_)
    _judge(round_, members[1], "3")
    with pytest.raises(NotDecided, match="not shown yet"):
        take_step(actor=chair, version=version, name="count-points")
    committees.reveal(actor=chair, round_=round_)
    version = take_step(actor=chair, version=version, name="count-points")
    agreed = {e: (a_level("3"), "") for e in Element.objects.filter(framework="vks")}
    with pytest.raises(Invalid, match="Judges differ on “Autonomy”"):
        committees.agree(actor=chair, round_=round_, levels=agreed)
    agreed[Element.objects.get(code="autonomy")] = (a_level("4"), "works alone on site")
    committees.agree(actor=chair, round_=round_, levels=agreed)
    _vote(round_, [chair, *members])
    version = take_step(actor=chair, version=version, name="level")
    assert (version.level.code, version.elements.count()) == ("3", 8)
    assert version.rounds.order_by("opened_at").last().points == Decimal("3.125")
    for person, name, ground in (
        ("agency-officer", "check-quality", ""),
        ("agency-approver", "send", ""),
        ("government-approver", "recognise", "Decision of the Government of 3 March"),
        ("agency-officer", "register", ""),
    ):
        version = take_step(actor=cast.bodies[person], version=version, name=name, ground=ground)
    assert version.state == State.REGISTERED
    assert version.review_due == date(clock.today().year + 5, clock.today().month, clock.today().day)
    assert [stage.state for stage in version.stages.order_by("pk")] == [
        *("draft", "submitted", "in-validation", "validated", "levelling-qualitative", "levelling-points"),
        *("levelled", "quality-check", "sent-for-recognition", "recognised", "registered"),
    ]
    assert version.stages.filter(until=None).get().state == "registered"
    assert not list(snapshots.changed_since_recognition())
    assert AuditEvent.objects.filter(action="qualifications.version.recognise").count() == 1


def test_with_a_single_commission_the_majority_decides_and_the_proposed_level_holds() -> None:
    version = a_file(procedure=a_procedure("single-commission"))
    cast = Cast.of(version)
    with pytest.raises(NotComplete, match="propose one of the levels"):
        take_step(actor=cast.signatory, version=version, name="submit")
    QualificationVersion.objects.filter(pk=version.pk).update(level=a_level("5", version.framework))
    version.refresh_from_db()
    version = take_step(actor=cast.signatory, version=version, name="submit")
    version = take_step(actor=cast.bodies["register-officer"], version=version, name="put-before")
    round_ = version.rounds.get()
    chair, *members = cast.seats["commission"]
    _vote(round_, [chair, members[0]])
    with pytest.raises(NotDecided, match="2 of at least 3"):
        take_step(actor=chair, version=version, name="adopt")
    _vote(round_, [members[1]], "against")
    with pytest.raises(NotDecided, match="2 for, 1 against"):
        take_step(actor=chair, version=version, name="reject", ground="no")
    version = take_step(actor=chair, version=version, name="adopt")
    assert (version.state, version.level.code) == (State.RECOGNISED, "5")


def test_a_level_of_another_framework_is_refused() -> None:
    version = a_file(procedure=a_procedure("single-commission"))
    cast = Cast.of(version)
    QualificationVersion.objects.filter(pk=version.pk).update(level=a_level("4", a_file().framework))
    version.refresh_from_db()
    with pytest.raises(Invalid, match="is no level of the framework"):
        take_step(actor=cast.signatory, version=version, name="submit")


def test_nobody_sees_another_judgement_before_all_are_shown() -> None:
    version = a_file(State.VALIDATED)
    cast = Cast.of(version)
    version = take_step(actor=cast.bodies["agency-officer"], version=version, name="start-levelling")
    round_ = version.rounds.get()
    chair, first, second = cast.seats["levelling"]
    _judge(round_, first, "5")
    assert visible_judgements(first, round_).count() == 8
    for other in (chair, second, cast.bodies["agency-officer"], cast.drafter):
        assert not visible_judgements(other, round_)
    assert "5" not in str(AuditEvent.objects.filter(action="qualifications.round.judge").get().after)
    _judge(round_, chair, "4")
    _judge(round_, second, "4")
    committees.reveal(actor=chair, round_=round_)
    round_.refresh_from_db()
    assert visible_judgements(second, round_).count() == 24
    with pytest.raises(Refused, match="stay as they are"):
        _judge(round_, first, "4")


def test_a_step_that_somebody_else_made_first_is_refused() -> None:
    version = a_file()
    cast = Cast.of(version)
    seen = QualificationVersion.objects.get(pk=version.pk)
    take_step(actor=cast.signatory, version=version, name="submit")
    with pytest.raises(Stale):
        take_step(actor=cast.signatory, version=seen, name="submit", lock=seen.version)
    assert version.snapshots.count() == 1


@pytest.mark.parametrize(
    ("break_it", "said"),
    [
        (lambda v: v.units.all().delete(), "There are no units"),
        (lambda v: v.units.get().outcomes.all().delete(), "has no learning outcomes"),
        (
            lambda v: QualificationVersion.objects.filter(pk=v.pk).update(hours=None),
            "workload in hours is missing",
        ),
        (
            lambda v: Unit.objects.filter(version=v).update(credit=30),
            "hold 30.00 credit points, the whole only 20",
        ),
    ],
)
def test_what_is_not_complete_is_not_handed_in(break_it, said: str) -> None:
    version = a_file()
    cast = Cast.of(version)
    break_it(version)
    version = QualificationVersion.objects.get(pk=version.pk)
    with pytest.raises(NotComplete, match=said) as told:
        take_step(actor=cast.signatory, version=version, name="submit")
    assert told.value.details["missing"] == missing_in(version)
    assert version.stages.count() == 1


def test_the_newer_version_takes_the_place_of_the_older_on_the_register() -> None:
    old = registered()
    new = a_file(State.RECOGNISED, qualification=old.qualification)
    cast = Cast.of(new)
    take_step(actor=cast.bodies["agency-officer"], version=new, name="register")
    old.refresh_from_db()
    assert (old.state, old.valid_until) == (State.SUPERSEDED, clock.today())
    assert "version 2" in old.stages.get(until=None).ground


def test_what_was_recognised_cannot_be_changed_even_by_the_database() -> None:
    version = a_file(State.SENT_FOR_RECOGNITION)
    cast = Cast.of(version)
    version = take_step(
        actor=cast.bodies["government-approver"], version=version, name="recognise", ground="Decision 12"
    )
    outcome = OutcomeVersion.objects.filter(uses__unit__version=version).first()
    assert outcome.fixed_at is not None
    for change in (
        lambda: QualificationVersion.objects.filter(pk=version.pk).update(hours=1),
        lambda: OutcomeVersion.objects.filter(pk=outcome.pk).update(kind="knowledge"),
        lambda: Snapshot.objects.filter(version=version).update(reason="nothing"),
    ):
        with pytest.raises(Error), transaction.atomic():
            change()
    Unit.objects.filter(version=version).update(hours=1)
    assert list(snapshots.changed_since_recognition()) == [version]
    assert connection.vendor in ("sqlite", "postgresql")


def test_a_withdrawn_draft_is_never_public() -> None:
    version = a_file()
    cast = Cast.of(version)
    take_step(actor=cast.signatory, version=version, name="withdraw", ground="not needed")
    assert not visible_versions(cast.elsewhere).filter(pk=version.pk)
    assert visible_versions(cast.drafter).filter(pk=version.pk)
    assert not steps_open_to(SYSTEM, version)


def test_who_works_on_a_file_sees_it_once_it_is_handed_in() -> None:
    version = a_file()
    cast = Cast.of(version)
    member, officer = cast.seats["validation"][1], cast.bodies["agency-officer"]
    assert not visible_versions(member).exists()
    assert not visible_versions(officer).exists()
    take_step(actor=cast.signatory, version=version, name="submit")
    assert visible_versions(member).get() == version
    assert visible_versions(officer).get() == version
    assert not visible_versions(cast.elsewhere).exists()
