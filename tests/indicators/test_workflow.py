"""The life cycles of indicators and loads: every transition from every state for everybody."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser

from gilde.core import clock
from gilde.core.access import SYSTEM
from gilde.core.errors import Refused, Stale
from gilde.core.models import AuditEvent
from gilde.indicators.access import visible_loads
from gilde.indicators.models import Indicator, Load
from gilde.indicators.services import definitions
from gilde.indicators.workflow import indicator_workflow, load_workflow
from gilde.organisations.public import Role
from tests.indicators.factories import IndicatorFactory, figures_of, member
from tests.indicators.keeping import a_load

pytestmark = pytest.mark.django_db
WRITERS = {"officer", "approver", "gilde"}
PEOPLE = ("officer", "approver", "gilde", "reader", "administrator", "elsewhere", "anonymous")
INDICATOR = {
    "publish": ({"draft", "withdrawn"}, "published"),
    "withdraw": ({"published"}, "withdrawn"),
}
LOAD = {
    "hold": ({"waiting"}, "held"),
    "publish": ({"waiting"}, "published"),
    "keep": ({"waiting"}, "unchanged"),
    "fail": ({"waiting"}, "failed"),
    "accept": ({"held"}, "waiting"),
    "reject": ({"held"}, "rejected"),
}


def person(indicator: Indicator, name: str) -> Any:
    if name == "gilde":
        return SYSTEM
    if name == "anonymous":
        return AnonymousUser()
    if name == "elsewhere":
        return member(IndicatorFactory(), Role.APPROVER)
    return member(indicator, Role[name.upper()])


@pytest.mark.parametrize("name", INDICATOR)
def test_the_table_of_indicators_has_no_other_transition(name: str) -> None:
    assert set(indicator_workflow.transitions) == set(INDICATOR)
    assert set(load_workflow.transitions) == set(LOAD)


@pytest.mark.parametrize("who", PEOPLE)
@pytest.mark.parametrize("state", Indicator.State.values)
@pytest.mark.parametrize("name", INDICATOR)
def test_an_indicator_is_published_and_withdrawn_by_its_keepers_only(name: str, state: str, who: str) -> None:
    indicator = IndicatorFactory(state=state)
    service = getattr(definitions, f"{name}_indicator")
    sources, target = INDICATOR[name]
    actor = person(indicator, who)
    if state in sources and who in WRITERS:
        assert service(actor=actor, indicator=indicator).state == target
        event = AuditEvent.objects.latest("id")
        assert (event.action, event.actor) == (f"indicators.indicator.{name}", actor.pk)
    else:
        with pytest.raises(Refused):
            service(actor=actor, indicator=indicator)
        assert Indicator.objects.get(pk=indicator.pk).state == state


@pytest.mark.parametrize("who", PEOPLE)
@pytest.mark.parametrize("state", Load.State.values)
@pytest.mark.parametrize("name", LOAD)
def test_a_load_moves_from_its_states_for_the_right_person_only(name: str, state: str, who: str) -> None:
    indicator = IndicatorFactory()
    load = a_load(indicator, state)
    sources, target = LOAD[name]
    fields: dict[str, Any] = {}
    if target == "published":
        fields["release"] = figures_of(indicator, {"BE": {"2001": 1.0}})
    if target == "failed":
        fields["problem"] = "It is no message."
    if target == "rejected":
        fields["decided_at"] = clock.now()
    actor = person(indicator, who)
    if state in sources and who in WRITERS:
        assert load_workflow.apply(load, name, actor=actor, **fields).state == target
    else:
        with pytest.raises(Refused):
            load_workflow.apply(load, name, actor=actor, **fields)
        assert Load.objects.get(pk=load.pk).state == state


def test_the_second_of_two_who_decide_on_a_load_is_stale() -> None:
    load = a_load(IndicatorFactory())
    seen = Load.objects.get(pk=load.pk)
    load_workflow.apply(load, "accept", actor=SYSTEM)
    with pytest.raises(Stale):
        load_workflow.apply(seen, "reject", actor=SYSTEM, decided_at=clock.now())


def test_loads_are_known_to_officers_and_approvers_of_the_keeper_alone() -> None:
    indicator = IndicatorFactory()
    load = a_load(indicator)
    seen = {who for who in PEOPLE if load in visible_loads(person(indicator, who))}
    assert seen == WRITERS
