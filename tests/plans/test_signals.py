"""The four signals: computed from dates and rows, the same in Python and in the database."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gilde.core import clock
from gilde.plans import signals
from gilde.plans.models import Action
from gilde.plans.precision import first_day, is_duration, last_day
from gilde.plans.signals import Amounts, EvidenceSignal, MoneySignal
from gilde.plans.thresholds import Threshold, stale_after, thresholds
from tests.plans.factories import (
    ActionFactory,
    EvidenceFactory,
    FundingLineFactory,
    MeasureFactory,
    PlanFactory,
    SpendingFactory,
    a_plan,
)

TODAY = date(2026, 3, 1)
State = Action.State
days = st.dates(date(2025, 1, 1), date(2027, 1, 1))
maybe = st.none() | days


@st.composite
def actions(draw: st.DrawFn) -> dict[str, Any]:
    state = draw(st.sampled_from(State.values))
    start, due = draw(maybe), draw(maybe)
    if start and due and due < start:
        start, due = due, start
    return {
        "state": state,
        "start": start,
        "due": due,
        "started_on": draw(maybe),
        "reported_on": draw(maybe),
        "finished_on": draw(days) if state == State.DONE else None,
        "dropped_because": "No money." if state == State.DROPPED else "",
    }


@pytest.mark.django_db
@settings(max_examples=40)
@given(rows=st.lists(actions(), min_size=1, max_size=6), today=days, limit=st.integers(0, 400))
def test_python_and_the_database_agree_on_late_stale_and_undated(
    rows: list[dict[str, Any]], today: date, limit: int
) -> None:
    Action.objects.all().delete()
    measure = MeasureFactory()
    Action.objects.bulk_create(Action(measure=measure, title="A", **row) for row in rows)
    stored = list(Action.objects.filter(measure=measure))
    found = {
        name: set(Action.objects.filter(q).values_list("pk", flat=True))
        for name, q in {
            "late": signals.late(today),
            "stale": signals.stale(today, days=limit),
            "undated": signals.undated(),
        }.items()
    }
    assert found["late"] == {a.pk for a in stored if signals.is_late(a, today)}
    assert found["stale"] == {a.pk for a in stored if signals.is_stale(a, today, limit)}
    assert found["undated"] == {
        a.pk for a in stored if not a.start and not a.due and a.state != State.DROPPED
    }
    with clock.moved_to(today):
        signal = signals.of_measures(pk=measure.pk)[measure.pk].actions
    assert signal.total == len(rows) == signal.planned + signal.under_way + signal.done + signal.dropped
    assert signal.late == len(found["late"])
    assert signal.stale == sum(signals.is_stale(a, today) for a in stored)


@given(row=actions(), today=days)
def test_what_is_done_or_dropped_is_neither_late_nor_stale(row: dict[str, Any], today: date) -> None:
    action = Action(**{**row, "state": State.DONE})
    assert not signals.is_late(action, today)
    assert not signals.is_stale(action, today)


@given(row=actions(), today=days, limit=st.integers(0, 400), later=st.integers(1, 500))
def test_without_news_nothing_gets_less_late_or_less_stale(
    row: dict[str, Any], today: date, limit: int, later: int
) -> None:
    known = {
        name: day if day and day <= today else None for name, day in row.items() if isinstance(day, date)
    }
    action = Action(**{**row, **known})
    then = today + timedelta(days=later)
    if signals.is_late(action, today):
        assert signals.is_late(action, then)
    if signals.is_stale(action, today, limit):
        assert signals.is_stale(action, then, limit)


@pytest.mark.parametrize(("due", "late"), [(TODAY, False), (TODAY - timedelta(days=1), True), (None, False)])
def test_an_action_is_late_from_the_day_after_its_interval_ends(due: date | None, late: bool) -> None:
    assert signals.is_late(Action(state=State.UNDER_WAY, due=due), TODAY) is late


@pytest.mark.parametrize(
    ("fields", "stale"),
    [
        ({"state": State.UNDER_WAY}, True),
        ({"state": State.UNDER_WAY, "reported_on": TODAY - timedelta(days=10)}, False),
        ({"state": State.UNDER_WAY, "reported_on": TODAY - timedelta(days=11)}, True),
        ({"state": State.UNDER_WAY, "started_on": TODAY - timedelta(days=3)}, False),
        ({"state": State.PLANNED}, False),
        ({"state": State.PLANNED, "start": TODAY + timedelta(days=1)}, False),
        ({"state": State.PLANNED, "start": TODAY - timedelta(days=10)}, False),
        ({"state": State.PLANNED, "start": TODAY - timedelta(days=11)}, True),
    ],
)
def test_an_action_that_should_be_moving_is_stale_after_the_limit(
    fields: dict[str, Any], stale: bool
) -> None:
    assert signals.is_stale(Action(**fields), TODAY, 10) is stale


def test_the_limit_is_dated_data_with_a_source() -> None:
    limit = thresholds()["stale_after_days"]
    assert limit.source == "house rule"
    assert stale_after(TODAY) == limit.values[-1][1]
    changed = Threshold(
        "x", limit.label, "house rule", "", ((date(2020, 1, 1), 200), (date(2027, 1, 1), 100))
    )
    assert [changed.on(day) for day in (date(2019, 1, 1), date(2026, 12, 31), date(2027, 1, 1))] == [
        200,
        200,
        100,
    ]


@given(day=days, precision=st.sampled_from(["month", "quarter", "half-year", "year", "school-year"]))
def test_a_vague_date_lies_in_its_interval_and_intervals_do_not_overlap(day: date, precision: str) -> None:
    first, last = first_day(day, precision), last_day(day, precision)
    assert first <= day <= last
    assert first_day(last + timedelta(days=1), precision) == last + timedelta(days=1)
    assert {first_day(first, precision), first_day(last, precision)} == {first}
    assert first_day(day, "approximate") == last_day(day, "day") == day


@pytest.mark.parametrize(
    ("words", "yes"),
    [
        ("P2Y", True),
        ("P6M", True),
        ("P1Y6M", True),
        ("P", False),
        ("2Y", False),
        ("", False),
        ("P2Ymore", False),
    ],
)
def test_a_duration_is_one_of_iso_8601(words: str, yes: bool) -> None:
    assert is_duration(words) is yes


@pytest.mark.django_db
def test_evidence_counts_what_was_approved_its_age_and_what_waits() -> None:
    measure = MeasureFactory()
    for state, day in [("approved", 1), ("approved", 20), ("submitted", 25), ("draft", 26), ("returned", 27)]:
        EvidenceFactory(measure=measure, state=state, date=date(2026, 2, day))
    signal = signals.of_measures(TODAY, pk=measure.pk)[measure.pk].evidence
    assert signal == EvidenceSignal(approved=2, newest=date(2026, 2, 20), waiting=1)
    assert signal.age(TODAY) == 9
    assert EvidenceSignal().age(TODAY) is None


@pytest.mark.django_db
def test_money_of_a_year_and_in_all_are_never_added_and_unknown_is_not_nothing() -> None:
    measure = MeasureFactory()
    in_all = FundingLineFactory(measure=measure, amount=1000, period="total")
    FundingLineFactory(measure=measure, amount=500, period="total")
    FundingLineFactory(measure=measure, amount=70, period="year")
    FundingLineFactory(measure=measure, amount=None, period="")
    FundingLineFactory(measure=measure, amount=9, period="", currency="NOK")
    SpendingFactory(line=in_all, kind="committed", amount=Decimal("400.50"))
    SpendingFactory(line=in_all, kind="committed", amount=100)
    money = signals.of_measures(TODAY, pk=measure.pk)[measure.pk].money
    assert money == MoneySignal(
        (
            Amounts("EUR", Decimal(1500), Decimal(70), None, Decimal("500.50"), None),
            Amounts("NOK", unsaid=Decimal(9)),
        ),
        lines=5,
        without_amount=1,
    )


def test_amounts_of_two_currencies_are_not_added() -> None:
    with pytest.raises(ValueError, match="not added up"):
        Amounts("EUR") + Amounts("NOK")


@pytest.mark.django_db
def test_a_plan_is_the_sum_of_its_measures_and_a_dropped_measure_is_not_in_it() -> None:
    plan = a_plan(measures=3, actions=2)
    gone = MeasureFactory(plan=plan, number="9", dropped_in=2)
    ActionFactory(measure=gone)
    whole, by_measure = signals.of_plan(plan.pk, TODAY)
    assert whole.actions.total == 6
    assert whole.actions.late == 6
    assert gone.pk not in by_measure
    assert whole.money.amounts == (Amounts("EUR", in_all=Decimal(3000)),)
    empty = PlanFactory()
    assert signals.of_plans([plan.pk, empty.pk], TODAY) == {plan.pk: whole, empty.pk: signals.Signals()}


@pytest.mark.django_db
@pytest.mark.parametrize("measures", [2, 20])
def test_the_signals_of_a_plan_take_three_queries_however_many_measures(
    measures: int, django_assert_num_queries: Any
) -> None:
    plan = a_plan(measures=measures, actions=1)
    with django_assert_num_queries(3):
        signals.of_plan(plan.pk, TODAY)
