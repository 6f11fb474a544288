"""Actions: who may do what in which state, what is stored with it, and who was first."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from gilde.core import audit, clock
from gilde.core.errors import Invalid, Refused, Stale
from gilde.core.models import AuditEvent
from gilde.core.text import Text
from gilde.plans.models import Action
from gilde.plans.services import monitoring
from gilde.plans.services.monitoring import ActionData
from tests.plans.factories import ActionFactory, Cast, MeasureFactory, OrganisationFactory

pytestmark = pytest.mark.django_db
TODAY = date(2026, 3, 1)
State = Action.State

MOVES: dict[str, tuple[set[str], str, Callable[..., Action]]] = {
    "start": (
        {State.PLANNED},
        State.UNDER_WAY,
        lambda actor, action: monitoring.start_action(actor=actor, action=action, on=date(2026, 2, 1)),
    ),
    "finish": (
        {State.PLANNED, State.UNDER_WAY},
        State.DONE,
        lambda actor, action: monitoring.finish_action(actor=actor, action=action, on=date(2026, 2, 1)),
    ),
    "drop": (
        {State.PLANNED, State.UNDER_WAY},
        State.DROPPED,
        lambda actor, action: monitoring.drop_action(actor=actor, action=action, because="No money."),
    ),
    "reopen": (
        {State.DONE, State.DROPPED},
        State.UNDER_WAY,
        lambda actor, action: monitoring.reopen_action(actor=actor, action=action),
    ),
}
PEOPLE = ("officer", "approver", "reader", "administrator", "elsewhere", "anonymous")


@pytest.fixture(autouse=True)
def _today() -> Any:
    with clock.moved_to(TODAY):
        yield


@pytest.fixture
def action() -> Action:
    return ActionFactory()


@pytest.fixture
def cast(action: Action) -> Cast:
    return Cast.of(action.measure.plan)


@pytest.mark.parametrize("person", PEOPLE)
@pytest.mark.parametrize("state", State.values)
@pytest.mark.parametrize("name", MOVES)
def test_each_transition_goes_from_its_states_for_writers_of_the_owner_only(
    name: str, state: str, person: str
) -> None:
    sources, target, move = MOVES[name]
    action = ActionFactory(state=state)
    actor = Cast.of(action.measure.plan).everyone()[person]
    events = AuditEvent.objects.count()
    if state in sources and person in {"officer", "approver"}:
        assert move(actor, action).state == target
        assert AuditEvent.objects.count() == events + 1
        event = AuditEvent.objects.latest("id")
        assert (event.action, event.actor) == (f"plans.action.{name}", actor.pk)
        assert (event.before["state"], event.after["state"]) == (state, target)
        Action.objects.get(pk=action.pk).full_clean()
    else:
        with pytest.raises(Refused):
            move(actor, action)
        assert Action.objects.get(pk=action.pk).state == state
        assert AuditEvent.objects.count() == events


def test_starting_keeps_the_day_and_counts_as_a_report(action: Action, cast: Cast) -> None:
    moved = monitoring.start_action(actor=cast.officer, action=action, on=date(2026, 2, 3))
    assert (moved.started_on, moved.reported_on) == (date(2026, 2, 3), date(2026, 2, 3))


def test_an_earlier_day_never_takes_back_a_later_report(cast: Cast, action: Action) -> None:
    action.reported_on = date(2026, 2, 20)
    action.save()
    assert monitoring.start_action(
        actor=cast.officer, action=action, on=date(2025, 1, 1)
    ).reported_on == date(2026, 2, 20)


def test_reopening_takes_back_the_end_and_the_reason(cast: Cast, action: Action) -> None:
    dropped = monitoring.drop_action(actor=cast.officer, action=action, because="No money.")
    reopened = monitoring.reopen_action(actor=cast.officer, action=dropped)
    assert (reopened.dropped_because, reopened.finished_on, reopened.started_on) == ("", None, TODAY)


def test_what_has_not_happened_yet_cannot_be_reported(cast: Cast, action: Action) -> None:
    with pytest.raises(Invalid, match="still has to come"):
        monitoring.finish_action(actor=cast.officer, action=action, on=date(2026, 3, 2))


def test_an_action_does_not_end_before_it_started(cast: Cast, action: Action) -> None:
    started = monitoring.start_action(actor=cast.officer, action=action, on=date(2026, 2, 1))
    with pytest.raises(Invalid, match="before the day on which the action started"):
        monitoring.finish_action(actor=cast.officer, action=started, on=date(2026, 1, 31))


def test_dropping_needs_a_reason(cast: Cast, action: Action) -> None:
    with pytest.raises(Invalid, match="Reason"):
        monitoring.drop_action(actor=cast.officer, action=action, because="  ")
    assert Action.objects.get(pk=action.pk).state == State.PLANNED


def test_a_vague_date_is_stored_as_the_interval_that_it_means(cast: Cast, action: Action) -> None:
    data = ActionData(
        title=Text.of("Open ten campuses"),
        start=date(2026, 10, 20),
        start_precision="school-year",
        due=date(2027, 2, 3),
        due_precision="quarter",
    )
    added = monitoring.add_action(actor=cast.officer, measure=action.measure, data=data)
    assert (added.start, added.due) == (date(2026, 9, 1), date(2027, 3, 31))
    assert added.position > action.position


def test_dates_in_the_wrong_order_are_refused_with_a_sentence(cast: Cast, action: Action) -> None:
    data = ActionData(title=Text.of("Backwards"), start=date(2026, 2, 1), due=date(2026, 1, 1))
    with pytest.raises(Invalid):
        monitoring.add_action(actor=cast.officer, measure=action.measure, data=data)
    assert Action.objects.count() == 1


def test_a_recurrence_is_a_duration(cast: Cast, action: Action) -> None:
    with pytest.raises(Invalid, match="P2Y"):
        monitoring.add_action(
            actor=cast.officer,
            measure=action.measure,
            data=ActionData(title=Text.of("Often"), recurrence="each year"),
        )


@pytest.mark.parametrize("person", ["reader", "administrator", "elsewhere", "anonymous"])
def test_who_does_not_write_for_the_owner_adds_and_changes_nothing(
    person: str, cast: Cast, action: Action
) -> None:
    actor = cast.everyone()[person]
    data = ActionData(title=Text.of("Mine"))
    with pytest.raises(Refused):
        monitoring.add_action(actor=actor, measure=action.measure, data=data)
    with pytest.raises(Refused):
        monitoring.change_action(actor=actor, action=action, version=action.version, data=data)
    with pytest.raises(Refused):
        monitoring.set_responsible(actor=actor, action=action, version=1, organisation=None)
    with pytest.raises(Refused):
        monitoring.move_action(actor=actor, action=action, by=1)


def test_the_second_of_two_officers_is_told_and_overwrites_nothing(cast: Cast, action: Action) -> None:
    opened = Action.objects.get(pk=action.pk)
    monitoring.change_action(
        actor=cast.officer, action=action, version=action.version, data=ActionData(title=Text.of("First"))
    )
    with pytest.raises(Stale):
        monitoring.change_action(
            actor=cast.approver,
            action=opened,
            version=opened.version,
            data=ActionData(title=Text.of("Second")),
        )
    assert str(Action.objects.get(pk=action.pk).title) == "First"
    assert str(opened.title) != "Second"


def test_a_move_by_somebody_else_makes_an_open_form_stale(cast: Cast, action: Action) -> None:
    opened = Action.objects.get(pk=action.pk)
    monitoring.start_action(actor=cast.officer, action=action, on=TODAY)
    with pytest.raises(Stale):
        monitoring.change_action(
            actor=cast.approver, action=opened, version=opened.version, data=ActionData(title=Text.of("Late"))
        )


def test_two_people_cannot_make_the_same_move(cast: Cast, action: Action) -> None:
    opened = Action.objects.get(pk=action.pk)
    monitoring.start_action(actor=cast.officer, action=action, on=TODAY)
    with pytest.raises(Stale):
        monitoring.start_action(actor=cast.approver, action=opened, on=TODAY)


def test_a_change_keeps_what_was_there_before_in_the_chain(cast: Cast, action: Action) -> None:
    before = str(action.title)
    organisation = OrganisationFactory()
    monitoring.set_responsible(
        actor=cast.officer, action=action, version=action.version, organisation=organisation
    )
    event = AuditEvent.objects.latest("id")
    assert event.action == "plans.action.assign"
    assert (event.before, event.after) == (
        {"responsible_id": None},
        {"responsible_id": str(organisation.pk)},
    )
    monitoring.change_action(
        actor=cast.officer, action=action, version=action.version, data=ActionData(title=Text.of("New"))
    )
    assert AuditEvent.objects.latest("id").before["title"]["words"]["en"] == before
    assert list(audit.verify()) == []


def test_actions_are_put_in_another_order(cast: Cast) -> None:
    measure = MeasureFactory(plan=ActionFactory().measure.plan)
    officer = Cast.of(measure.plan).officer
    first, second, third = (ActionFactory(measure=measure, position=1) for _ in range(3))
    ordered = sorted((first, second, third), key=lambda each: each.pk)
    monitoring.move_action(actor=officer, action=ordered[2], by=-1)
    stored = list(measure.actions.order_by("position"))
    assert stored == [ordered[0], ordered[2], ordered[1]]
    monitoring.move_action(actor=officer, action=ordered[0], by=99)
    assert list(measure.actions.order_by("position")) == [ordered[2], ordered[1], ordered[0]]
