"""A plan as it stood on a day: the dates on its rows decide, and what carries none is said."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime

import pytest
from django.db import transaction
from hypothesis import given
from hypothesis import strategies as st

from gilde.core import audit, clock
from gilde.core.access import SYSTEM
from gilde.plans.models import Action, Milestone
from gilde.plans.report.asof import Standing, _rewind_action, standing
from tests.plans.factories import (
    ActionFactory,
    CitationFactory,
    EditionFactory,
    EvidenceFactory,
    FundingLineFactory,
    MeasureFactory,
    MilestoneFactory,
    NoteFactory,
    PlanFactory,
    SpendingFactory,
    UpdateFactory,
)

DAY = date(2025, 3, 31)
S = Action.State


def on(plan: object, day: date = DAY) -> Standing:
    return standing(plan, day)  # type: ignore[arg-type]


def the_action(**fields: object) -> tuple[Action, Standing]:
    action = ActionFactory(**fields)
    found = on(action.measure.plan)
    return found.measures[0].actions[0], found


@pytest.mark.django_db
def test_an_action_that_ended_by_the_day_is_done() -> None:
    action, _found = the_action(state=S.DONE, finished_on=DAY)
    assert (action.state, action.finished_on) == (S.DONE, DAY)


@pytest.mark.django_db
def test_an_action_that_ended_later_was_still_under_way() -> None:
    action, found = the_action(state=S.DONE, started_on=date(2025, 1, 1), finished_on=date(2025, 4, 1))
    assert (action.state, action.finished_on) == (S.UNDER_WAY, None)
    assert not found.limits


@pytest.mark.django_db
def test_an_action_that_ended_later_and_has_no_start_is_planned_and_the_limit_is_counted() -> None:
    action, found = the_action(state=S.DONE, started_on=None, finished_on=date(2025, 4, 1))
    assert action.state == S.PLANNED
    assert found.limits["done-later-start-unknown"] == 1


@pytest.mark.django_db
def test_an_action_that_started_later_was_planned() -> None:
    action, _found = the_action(state=S.UNDER_WAY, started_on=date(2025, 4, 1))
    assert (action.state, action.started_on) == (S.PLANNED, None)


@pytest.mark.django_db
def test_an_action_under_way_without_a_starting_date_stays_so_and_is_counted() -> None:
    action, found = the_action(state=S.UNDER_WAY, started_on=None)
    assert action.state == S.UNDER_WAY
    assert found.limits["start-unknown"] == 1


@pytest.mark.django_db
def test_the_day_on_which_an_action_was_dropped_comes_from_the_audit_chain() -> None:
    action = ActionFactory(state=S.DROPPED, started_on=date(2025, 1, 1))
    with clock.moved_to(date(2025, 6, 1)), transaction.atomic():
        audit.record(SYSTEM, "plans.action.drop", action, after={"state": "dropped"})
    before = on(action.measure.plan, date(2025, 5, 31)).measures[0].actions[0]
    after = on(action.measure.plan, date(2025, 6, 1)).measures[0].actions[0]
    assert (before.state, before.dropped_because) == (S.UNDER_WAY, "")
    assert after.state == S.DROPPED


@pytest.mark.django_db
def test_an_action_dropped_on_an_unknown_day_stays_dropped_and_is_counted() -> None:
    action, found = the_action(state=S.DROPPED)
    assert action.state == S.DROPPED
    assert found.limits["drop-undated"] == 1


@pytest.mark.django_db
def test_the_last_report_of_an_action_is_the_last_one_approved_by_then() -> None:
    action = ActionFactory(state=S.UNDER_WAY, reported_on=date(2025, 6, 1))
    for day, decided in ((1, datetime(2025, 2, 2, tzinfo=UTC)), (2, datetime(2025, 5, 2, tzinfo=UTC))):
        UpdateFactory(
            measure=action.measure,
            action=action,
            state="approved",
            date=date(2025, day, 1),
            decided_at=decided,
        )
    assert on(action.measure.plan).measures[0].actions[0].reported_on == date(2025, 1, 1)


@pytest.mark.django_db
def test_a_milestone_met_later_was_open() -> None:
    milestone = MilestoneFactory(state=Milestone.State.MET, met_on=date(2025, 4, 1))
    found = on(milestone.measure.plan).measures[0].milestones[0]
    assert (found.state, found.met_on) == (Milestone.State.OPEN, None)


@pytest.mark.django_db
def test_a_milestone_missed_on_an_unknown_day_counts_from_its_due_date() -> None:
    milestone = MilestoneFactory(state=Milestone.State.MISSED, due=date(2025, 4, 1))
    plan = milestone.measure.plan
    assert on(plan).measures[0].milestones[0].state == Milestone.State.OPEN
    later = on(plan, date(2025, 4, 2))
    assert later.measures[0].milestones[0].state == Milestone.State.MISSED
    assert later.limits["miss-undated"] == 1


@pytest.mark.django_db
@pytest.mark.parametrize("make", [UpdateFactory, EvidenceFactory])
def test_only_what_was_approved_by_then_counts(make: type) -> None:
    measure = MeasureFactory()
    in_time = make(measure=measure, state="approved", decided_at=datetime(2025, 3, 31, 20, tzinfo=UTC))
    make(measure=measure, state="approved", decided_at=datetime(2025, 4, 1, 8, tzinfo=UTC))
    for state in ("draft", "submitted", "returned"):
        make(measure=measure, state=state)
    found = on(measure.plan)
    row = found.measures[0]
    assert [each.pk for each in (row.updates or row.evidence)] == [in_time.pk]
    assert found.limits["approved-later"] == 1


@pytest.mark.django_db
def test_the_end_of_the_day_is_that_of_the_installation() -> None:
    measure = MeasureFactory()
    # 31 March, 23:30 in Brussels, is still that day; half past midnight is not.
    UpdateFactory(measure=measure, state="approved", decided_at=datetime(2025, 3, 31, 21, 30, tzinfo=UTC))
    UpdateFactory(measure=measure, state="approved", decided_at=datetime(2025, 3, 31, 22, 30, tzinfo=UTC))
    assert len(on(measure.plan).measures[0].updates) == 1


@pytest.mark.django_db
def test_money_of_a_later_day_is_left_out() -> None:
    line = FundingLineFactory()
    SpendingFactory(line=line, date=DAY)
    SpendingFactory(line=line, date=date(2025, 4, 1))
    found = on(line.measure.plan)
    assert [each.date for each in found.measures[0].spending] == [DAY]
    assert found.limits["money-later"] == 1


@pytest.mark.django_db
def test_a_measure_that_came_with_a_later_edition_is_not_there_yet() -> None:
    plan = PlanFactory()
    first = EditionFactory(plan=plan, published_at=datetime(2025, 1, 1, tzinfo=UTC))
    second = EditionFactory(plan=plan, number=2, published_at=datetime(2025, 6, 1, tzinfo=UTC))
    old, new = MeasureFactory(plan=plan), MeasureFactory(plan=plan)
    CitationFactory(measure=old, edition=first)
    CitationFactory(measure=new, edition=second)
    assert [row.measure.pk for row in on(plan).measures] == [old.pk]
    assert [row.measure.pk for row in on(plan, date(2025, 6, 1)).measures] == [old.pk, new.pk]


@pytest.mark.django_db
def test_a_measure_is_dropped_from_the_day_of_the_edition_without_it() -> None:
    plan = PlanFactory()
    EditionFactory(plan=plan, number=2, published_at=datetime(2025, 6, 1, tzinfo=UTC))
    MeasureFactory(plan=plan, dropped_in=2)
    assert [row.dropped for row in on(plan).measures] == [False]
    assert [row.dropped for row in on(plan, date(2025, 6, 1)).measures] == [True]


@pytest.mark.django_db
def test_the_edition_in_force_is_the_latest_published_by_then_and_else_the_first() -> None:
    plan = PlanFactory()
    for number, year in ((1, 2024), (2, 2025), (3, 2026)):
        EditionFactory(plan=plan, number=number, published_at=datetime(year, 1, 1, tzinfo=UTC))
    found = {year: on(plan, date(year, 6, 1)).edition for year in (2023, 2024, 2025, 2026)}
    assert {year: edition.number for year, edition in found.items() if edition} == {
        2023: 1,
        2024: 1,
        2025: 2,
        2026: 3,
    }


@pytest.mark.django_db
def test_a_note_of_a_later_day_is_left_out() -> None:
    note = NoteFactory(date=date(2025, 4, 1))
    assert on(note.measure.plan).measures[0].notes == []


@pytest.mark.django_db
def test_rebuilding_a_day_changes_nothing_that_is_stored() -> None:
    action = ActionFactory(state=S.DONE, finished_on=date(2025, 6, 1))
    on(action.measure.plan)
    action.refresh_from_db()
    assert (action.state, action.finished_on) == (S.DONE, date(2025, 6, 1))


days = st.dates(date(2024, 1, 1), date(2026, 12, 31))


@given(
    day=days,
    started=st.none() | days,
    finished=st.none() | days,
    reported=st.none() | days,
    state=st.sampled_from(S.values),
)
def test_no_date_after_the_day_survives_and_done_is_always_dated(
    day: date, started: date | None, finished: date | None, reported: date | None, state: str
) -> None:
    action = Action(
        state=state,
        started_on=started,
        finished_on=(finished or date(2025, 1, 1)) if state == S.DONE else None,
        reported_on=reported,
    )
    _rewind_action(action, day, None, None, Counter())
    assert all(
        each is None or each <= day for each in (action.started_on, action.finished_on, action.reported_on)
    )
    assert (action.state == S.DONE) == (action.finished_on is not None)
