"""What the other tests are built with must itself hold."""

from __future__ import annotations

import pytest

from gilde.plans.access import can_approve, can_monitor
from gilde.plans.models import Action, Evidence, Milestone, Tick, Update
from tests.plans import factories

pytestmark = pytest.mark.django_db


def test_a_plan_has_ticks_of_each_kind() -> None:
    plan = factories.a_plan(measures=3, actions=2)
    assert plan.measures.count() == 3
    assert Action.objects.filter(measure__plan=plan).count() == 6
    assert set(Tick.objects.filter(measure__plan=plan).values_list("ticked", flat=True)) == {
        True,
        False,
        None,
    }


@pytest.mark.parametrize("state", Action.State.values)
def test_an_action_can_be_made_in_each_state(state: str) -> None:
    factories.ActionFactory(state=state).full_clean()


@pytest.mark.parametrize("state", Milestone.State.values)
def test_a_milestone_can_be_made_in_each_state(state: str) -> None:
    factories.MilestoneFactory(state=state).full_clean()


@pytest.mark.parametrize("state", Update.State.values)
def test_what_is_reviewed_can_be_made_in_each_state(state: str) -> None:
    thing: Evidence | Update
    for thing in (factories.EvidenceFactory(state=state), factories.UpdateFactory(state=state)):
        thing.full_clean()


def test_only_the_people_of_the_owner_may_change_a_plan() -> None:
    plan = factories.PlanFactory()
    cast = factories.Cast.of(plan)
    may = {name for name, person in cast.everyone().items() if can_monitor(person, plan)}
    assert may == {"officer", "approver"}
    assert {name for name, p in cast.everyone().items() if can_approve(p, plan, None)} == {"approver"}
