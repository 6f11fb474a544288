"""Milestones: met with evidence or missed, by the right people, from the right states."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from gilde.core import clock
from gilde.core.errors import Invalid, Refused, Stale
from gilde.core.models import AuditEvent
from gilde.core.text import Text
from gilde.plans.models import Evidence, Milestone
from gilde.plans.services import monitoring
from gilde.plans.services.evidence import EvidenceData
from gilde.plans.services.monitoring import MilestoneData
from tests.plans.factories import ActionFactory, Cast, EvidenceFactory, MilestoneFactory

pytestmark = pytest.mark.django_db
TODAY = date(2026, 3, 1)
State = Milestone.State

MOVES: dict[str, tuple[set[str], str, Callable[..., Milestone]]] = {
    "meet": (
        {State.OPEN, State.MISSED},
        State.MET,
        lambda actor, m: monitoring.meet_milestone(actor=actor, milestone=m, on=date(2026, 2, 1)),
    ),
    "miss": (
        {State.OPEN},
        State.MISSED,
        lambda actor, m: monitoring.miss_milestone(actor=actor, milestone=m, because="It took longer."),
    ),
    "reopen": (
        {State.MET, State.MISSED},
        State.OPEN,
        lambda actor, m: monitoring.reopen_milestone(actor=actor, milestone=m),
    ),
}


@pytest.fixture(autouse=True)
def _today() -> Any:
    with clock.moved_to(TODAY):
        yield


@pytest.mark.parametrize(
    "person", ["officer", "approver", "reader", "administrator", "elsewhere", "anonymous"]
)
@pytest.mark.parametrize("state", State.values)
@pytest.mark.parametrize("name", MOVES)
def test_each_transition_goes_from_its_states_for_writers_of_the_owner_only(
    name: str, state: str, person: str
) -> None:
    sources, target, move = MOVES[name]
    milestone = MilestoneFactory(state=state)
    EvidenceFactory(measure=milestone.measure, milestone=milestone, state="submitted")
    actor = Cast.of(milestone.measure.plan).everyone()[person]
    if state in sources and person in {"officer", "approver"}:
        assert move(actor, milestone).state == target
        event = AuditEvent.objects.latest("id")
        assert (event.action, event.before["state"]) == (f"plans.milestone.{name}", state)
        Milestone.objects.get(pk=milestone.pk).full_clean()
    else:
        with pytest.raises(Refused):
            move(actor, milestone)
        assert Milestone.objects.get(pk=milestone.pk).state == state


@pytest.mark.parametrize(
    ("state", "enough"), [("draft", 0), ("submitted", 1), ("approved", 1), ("returned", 0)]
)
def test_only_evidence_that_was_handed_in_shows_that_a_milestone_was_met(state: str, enough: int) -> None:
    milestone = MilestoneFactory()
    officer = Cast.of(milestone.measure.plan).officer
    EvidenceFactory(measure=milestone.measure, milestone=milestone, state=state)
    EvidenceFactory(measure=milestone.measure, state="approved")  # of something else
    if enough:
        met = monitoring.meet_milestone(actor=officer, milestone=milestone, on=TODAY)
        assert met.met_on == TODAY
    else:
        with pytest.raises(Invalid, match="met with evidence"):
            monitoring.meet_milestone(actor=officer, milestone=milestone, on=TODAY)


def test_evidence_handed_in_with_the_milestone_is_submitted_with_it() -> None:
    milestone = MilestoneFactory()
    officer = Cast.of(milestone.measure.plan).officer
    data = EvidenceData(kind="link", title=Text.of("Decree"), date=TODAY, url="https://example.org/decree")
    monitoring.meet_milestone(actor=officer, milestone=milestone, on=TODAY, evidence=data)
    evidence = milestone.evidence.get()
    assert (evidence.state, evidence.retrieved_on, evidence.author) == ("submitted", TODAY, officer.pk)


def test_a_milestone_that_cannot_be_met_stores_no_evidence_either() -> None:
    milestone = MilestoneFactory()
    officer = Cast.of(milestone.measure.plan).officer
    data = EvidenceData(kind="link", title=Text.of("Decree"), date=TODAY, url="https://example.org/decree")
    with pytest.raises(Stale):
        monitoring.meet_milestone(actor=officer, milestone=milestone, on=TODAY, evidence=data, version=7)
    assert Evidence.objects.count() == 0


def test_missing_needs_a_reason_and_meeting_takes_it_back() -> None:
    milestone = MilestoneFactory()
    officer = Cast.of(milestone.measure.plan).officer
    with pytest.raises(Invalid, match="why"):
        monitoring.miss_milestone(actor=officer, milestone=milestone, because="")
    monitoring.miss_milestone(actor=officer, milestone=milestone, because="It took longer.")
    EvidenceFactory(measure=milestone.measure, milestone=milestone, state="approved")
    assert monitoring.meet_milestone(actor=officer, milestone=milestone, on=TODAY).missed_because == ""


def test_a_milestone_is_added_and_changed_with_the_last_day_of_what_it_says() -> None:
    action = ActionFactory()
    officer = Cast.of(action.measure.plan).officer
    data = MilestoneData(
        title=Text.of("Decree"), action=action, due=date(2026, 4, 2), due_precision="half-year"
    )
    milestone = monitoring.add_milestone(actor=officer, measure=action.measure, data=data)
    assert (milestone.due, milestone.action) == (date(2026, 6, 30), action)
    changed = monitoring.change_milestone(
        actor=officer, milestone=milestone, version=1, data=MilestoneData(title=Text.of("Law"))
    )
    assert (str(changed.title), changed.due, changed.version) == ("Law", None, 2)


def test_a_milestone_belongs_to_an_action_of_its_own_measure() -> None:
    milestone = MilestoneFactory()
    officer = Cast.of(milestone.measure.plan).officer
    with pytest.raises(Invalid, match="of this measure"):
        monitoring.change_milestone(
            actor=officer,
            milestone=milestone,
            version=1,
            data=MilestoneData(title=Text.of("Elsewhere"), action=ActionFactory()),
        )
