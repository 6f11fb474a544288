"""Plans side by side: nothing is mixed, nothing unknown becomes zero."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.urls import reverse

from gilde.core.text import Text
from gilde.plans.comparison import Counts, Dates, compare
from gilde.plans.models import Plan
from tests.client import GildeClient
from tests.indicators.factories import IndicatorFactory, figures_of
from tests.plans.factories import (
    ActionFactory,
    MeasureFactory,
    MeasureIndicatorFactory,
    PlanFactory,
    TickFactory,
    a_plan,
    provisions,
)

pytestmark = pytest.mark.django_db


def test_ticked_not_ticked_and_unknown_are_counted_for_each_plan_apart() -> None:
    articles = provisions(2)
    first, second, third = (PlanFactory() for _ in range(3))
    for plan in (first, second):
        plan.instruments.add(articles[0].instrument)
    for plan, states in ((first, [True, True, None]), (second, [False])):
        for ticked in states:
            TickFactory(measure=MeasureFactory(plan=plan), provision=articles[0], ticked=ticked)
    TickFactory(measure=MeasureFactory(plan=first, dropped_in=2), provision=articles[0])
    one, two = compare([first, second, third]).alignment
    assert one.counts == (Counts(2, 0, 1), Counts(0, 1, 0), None)
    assert two.counts == (Counts(), Counts(), None)
    assert not Counts().boxes


def test_the_order_is_that_of_the_asking() -> None:
    first, second = a_plan(measures=1, actions=1), a_plan(measures=2, actions=3)
    assert [each.plan for each in compare([second, first]).plans] == [second, first]
    assert [each.measures for each in compare([second, first]).plans] == [2, 1]
    assert [each.signals.actions.total for each in compare([second, first]).plans] == [6, 1]


def test_dates_are_of_actions_that_are_not_dropped() -> None:
    measure = MeasureFactory()
    ActionFactory(measure=measure, start=date(2024, 1, 1))
    ActionFactory(measure=measure, due=date(2027, 1, 1))
    ActionFactory(measure=measure)
    ActionFactory(measure=measure, state="dropped", due=date(2040, 1, 1))
    empty = PlanFactory()
    compared = compare([measure.plan, empty]).plans
    assert compared[0].dates == Dates(date(2024, 1, 1), date(2027, 1, 1), 2, 3)
    assert compared[1].dates == Dates(None, None, 0, 0)


def test_blocks_are_told_with_how_many_measures_they_hold() -> None:
    plan = a_plan(measures=3)
    MeasureFactory(plan=plan, number="9", block=plan.blocks.get(number="1"), dropped_in=2)
    # Measures 1 and 3 are in block 2, measure 2 in block 1 (see a_plan).
    assert [(number, count) for number, _title, count in compare([plan]).plans[0].blocks] == [
        ("1", 1),
        ("2", 2),
    ]


@pytest.mark.parametrize("count", [2, 5])
def test_a_comparison_takes_nine_queries_however_many_plans(
    count: int, django_assert_num_queries: Any
) -> None:
    slugs = [a_plan(measures=2, actions=1).slug for _ in range(count)]
    plans = list(Plan.objects.filter(slug__in=slugs).prefetch_related("instruments"))
    with django_assert_num_queries(9):
        compare(plans)


def test_indicators_that_several_plans_have_linked_stand_side_by_side(client: GildeClient) -> None:
    one, two, third = (PlanFactory(country=code) for code in ("BE", "NL", "BE"))
    shared, alone = IndicatorFactory(name=Text.of("Shared by two")), IndicatorFactory(name=Text.of("Alone"))
    figures_of(shared, {"BE": {"2024": 70.5}, "NL": {"2024": 81.5}})
    for plan in (one, two):
        MeasureIndicatorFactory(measure__plan=plan, indicator=shared)
        MeasureIndicatorFactory(measure__plan=plan, indicator=shared)  # of another measure: still one figure
    MeasureIndicatorFactory(measure__plan=third, indicator=alone)
    (found,) = compare([one, two, third]).shared
    assert found.indicator == shared
    assert [[told.line.area.pk for told in each if told.line] for each in found.told] == [["BE"], ["NL"], []]
    page = client.get(reverse("plans:compare"), {"plan": [one.slug, two.slug, third.slug]}).content.decode()
    assert "Shared by two" in page
    assert "70.5" in page
    assert "81.5" in page
    assert "not linked" in page
    assert "Alone" not in page


def test_drafts_are_not_compared() -> None:
    plans = [PlanFactory(), PlanFactory()]
    draft = IndicatorFactory(state="draft")
    for plan in plans:
        MeasureIndicatorFactory(measure__plan=plan, indicator=draft)
    assert compare(plans).shared == ()
