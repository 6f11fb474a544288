"""Due dates as iCalendar: parsed again as a calendar program would."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import transaction
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar, Event

from gilde.core import audit, clock
from gilde.core.access import SYSTEM
from gilde.core.text import Text
from gilde.plans.calendar import measure_calendar, plan_calendar, recurrence_rule
from gilde.plans.identifiers import uri_of
from gilde.plans.models import Action, Measure, Plan
from tests.client import GildeClient
from tests.plans.factories import (
    MOMENT,
    ActionFactory,
    Cast,
    EditionFactory,
    MeasureFactory,
    MilestoneFactory,
    PlanFactory,
)

DUE = date(2026, 6, 30)


@pytest.fixture
def plan(db: None) -> Plan:
    plan = PlanFactory(short_title=Text.of({"en": "The plan", "nl": "Het plan"}), period_end=2030)
    EditionFactory(plan=plan)
    return plan


@pytest.fixture
def measure(plan: Plan) -> Measure:
    return MeasureFactory(
        plan=plan, number="3.9", title=Text.of({"en": "Dual learning", "nl": "Duaal leren"})
    )


def events(content: bytes) -> list[Event]:
    return list(Calendar.from_ical(content).walk("VEVENT"))


def only(plan: Plan) -> Event:
    (event,) = events(plan_calendar(plan))
    return event


def test_an_action_is_an_all_day_event_on_its_due_date(plan: Plan, measure: Measure) -> None:
    action = ActionFactory(measure=measure, title=Text.of("Open the school"), start=date(2026, 1, 1), due=DUE)
    event = only(plan)
    assert event["UID"] == uri_of(action)
    assert (event.decoded("DTSTART"), event.decoded("DTEND")) == (DUE, DUE + timedelta(days=1))
    assert event["DTSTART"].params["VALUE"] == "DATE"
    assert event["SUMMARY"] == "3.9 Open the school"
    assert event["URL"].endswith(reverse("plans:action", args=[action.pk]))
    assert [str(each) for each in event["CATEGORIES"].cats] == ["The plan", "3.9 Dual learning", "action"]


def test_a_milestone_is_an_event_too_and_what_has_no_date_is_none(plan: Plan, measure: Measure) -> None:
    milestone = MilestoneFactory(measure=measure, due=DUE)
    MilestoneFactory(measure=measure, due=None, due_precision="")
    ActionFactory(measure=measure)
    assert only(plan)["UID"] == uri_of(milestone)


def test_an_action_with_a_start_only_is_on_that_day_and_says_so(plan: Plan, measure: Measure) -> None:
    ActionFactory(measure=measure, start=DUE)
    event = only(plan)
    assert event.decoded("DTSTART") == DUE
    assert "no due date" in event["DESCRIPTION"]


def test_a_vague_date_says_that_it_is_vague(plan: Plan, measure: Measure) -> None:
    action = ActionFactory(measure=measure, due=DUE, due_precision="half-year")
    assert "no exact day" in only(plan)["DESCRIPTION"]
    Action.objects.filter(pk=action.pk).update(due_precision="day")
    assert "no exact day" not in only(plan)["DESCRIPTION"]


def test_a_dropped_action_is_cancelled_and_a_dropped_measure_is_gone(plan: Plan, measure: Measure) -> None:
    ActionFactory(measure=measure, due=DUE, state=Action.State.DROPPED)
    assert only(plan)["STATUS"] == "CANCELLED"
    Measure.objects.filter(pk=measure.pk).update(dropped_in=2)
    assert events(plan_calendar(plan)) == []


def test_the_stamp_is_the_moment_of_the_last_change(plan: Plan, measure: Measure) -> None:
    action = ActionFactory(measure=measure, due=DUE)
    assert only(plan).decoded("DTSTAMP") == MOMENT
    with clock.moved_to(datetime(2026, 5, 4, 10, 30, 15, 999, tzinfo=UTC)), transaction.atomic():
        audit.record(SYSTEM, "plans.action.change", action)
    assert only(plan).decoded("DTSTAMP") == datetime(2026, 5, 4, 10, 30, 15, tzinfo=UTC)


def test_a_change_raises_the_sequence(plan: Plan, measure: Measure) -> None:
    ActionFactory(measure=measure, due=DUE, version=4)
    assert only(plan)["SEQUENCE"] == 3


def test_what_comes_back_has_a_rule_until_the_end_of_the_plan(plan: Plan, measure: Measure) -> None:
    ActionFactory(measure=measure, due=DUE, recurrence="P2Y")
    assert only(plan)["RRULE"].to_ical() == b"FREQ=YEARLY;UNTIL=20301231;INTERVAL=2"


def test_a_recurrence_that_no_rule_can_say_is_said_in_words(plan: Plan, measure: Measure) -> None:
    ActionFactory(measure=measure, due=DUE, recurrence="P1Y3D")
    event = only(plan)
    assert "RRULE" not in event
    assert "P1Y3D" in event["DESCRIPTION"]


def test_the_same_data_gives_the_same_bytes_on_another_day(plan: Plan, measure: Measure) -> None:
    ActionFactory.create_batch(3, measure=measure, due=DUE)
    with clock.moved_to(date(2026, 1, 1)):
        before = plan_calendar(plan)
    with clock.moved_to(date(2027, 1, 1)):
        assert plan_calendar(plan) == before


def test_a_measure_has_a_calendar_of_its_own(plan: Plan, measure: Measure) -> None:
    action = ActionFactory(measure=measure, due=DUE)
    ActionFactory(measure=MeasureFactory(plan=plan), due=DUE)
    assert [event["UID"] for event in events(measure_calendar(measure))] == [uri_of(action)]
    assert len(events(plan_calendar(plan))) == 2


def test_the_feed_is_public_has_an_etag_and_speaks_the_language_asked_for(
    client: GildeClient, plan: Plan, measure: Measure
) -> None:
    ActionFactory(measure=measure, due=DUE)
    url = reverse("plans:calendar", args=[plan.slug])
    answer = client.get(url)
    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    assert Calendar.from_ical(answer.content)["X-WR-CALNAME"] == "The plan"
    assert client.get(url, headers={"If-None-Match": answer["ETag"]}).status_code == 304
    assert Calendar.from_ical(client.get(url, {"language": "nl"}).content)["X-WR-CALNAME"] == "Het plan"
    assert client.get(url, {"language": "xx"}).content == answer.content


def test_the_feed_of_a_withdrawn_plan_is_for_its_owners_only(plan: Plan, measure: Measure) -> None:
    cast = Cast.of(plan)
    Plan.objects.filter(pk=plan.pk).update(state="withdrawn")
    for url in (
        reverse("plans:calendar", args=[plan.slug]),
        reverse("plans:measure-calendar", args=[plan.slug, measure.number]),
    ):
        for actor, status in ((cast.reader, 200), (cast.elsewhere, 404)):
            client = GildeClient()
            client.force_login(actor)
            assert client.get(url).status_code == status
        assert GildeClient().get(url).status_code == 404


def test_the_calendar_of_a_plan_takes_few_queries(plan: Plan, django_assert_max_num_queries: object) -> None:
    for _n in range(5):
        ActionFactory(measure=MeasureFactory(plan=plan), due=DUE)
    with django_assert_max_num_queries(5):  # type: ignore[operator]
        plan_calendar(plan)


@pytest.mark.parametrize(
    ("duration", "start", "rule"),
    [
        ("P1Y", date(2026, 3, 1), {"freq": "yearly", "interval": 1}),
        ("P2Y", date(2024, 2, 29), {"freq": "yearly", "interval": 2, "bymonthday": -1, "bymonth": 2}),
        ("P18M", date(2026, 3, 1), {"freq": "monthly", "interval": 18}),
        ("P6M", date(2026, 8, 31), {"freq": "monthly", "interval": 6, "bymonthday": -1}),
        ("P1Y6M", date(2026, 3, 1), {"freq": "monthly", "interval": 18}),
        ("P2W", date(2026, 3, 1), {"freq": "weekly", "interval": 2}),
        ("P10D", date(2026, 3, 1), {"freq": "daily", "interval": 10}),
        ("P0D", date(2026, 3, 1), None),
        ("P1M1D", date(2026, 3, 1), None),
        ("yearly", date(2026, 3, 1), None),
        ("", date(2026, 3, 1), None),
    ],
)
def test_a_duration_becomes_a_rule(duration: str, start: date, rule: dict[str, object] | None) -> None:
    assert recurrence_rule(duration, start, None) == rule


@given(
    count=st.integers(1, 40),
    unit=st.sampled_from("YMWD"),
    start=st.dates(date(2020, 1, 1), date(2030, 12, 31)),
    last_year=st.none() | st.integers(2020, 2040),
)
def test_every_rule_survives_being_written_and_read_and_never_ends_before_it_starts(
    count: int, unit: str, start: date, last_year: int | None
) -> None:
    rule = recurrence_rule(f"P{count}{unit}", start, last_year)
    event = Event()
    event.add("dtstart", start)
    event.add("rrule", rule)
    read = Event.from_ical(event.to_ical())["RRULE"]
    assert read["INTERVAL"] == [rule["interval"] if rule else None]
    assert all(until >= start for until in read.get("UNTIL", []))
