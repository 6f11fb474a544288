"""What the start page says of plans."""

from __future__ import annotations

from datetime import date

import pytest

from gilde.core import clock
from tests.plans.factories import ActionFactory, MeasureFactory, PlanFactory

pytestmark = pytest.mark.django_db


def page(client) -> str:
    return " ".join(client.get("/").content.decode().split())


def test_without_plans_no_figure_is_made_up(client):
    assert "actions late" not in page(client)


def test_late_actions_are_counted_on_the_day_of_the_visit(client):
    measure = MeasureFactory(plan=PlanFactory())
    ActionFactory(measure=measure, due=date(2026, 3, 31), due_precision="day")
    ActionFactory(measure=measure, due=date(2026, 6, 30), due_precision="day")
    with clock.moved_to(date(2026, 5, 1)):
        shown = page(client)
    assert ">1<" in shown.replace(" ", "")
    assert "of 2" in shown


def test_figures_with_invented_progress_say_so(client):
    measure = MeasureFactory(plan=PlanFactory(progress_synthetic=True))
    ActionFactory(measure=measure)
    assert "partly invented" in page(client)


def test_figures_of_real_plans_do_not(client):
    ActionFactory(measure=MeasureFactory(plan=PlanFactory()))
    assert "partly invented" not in page(client)


def test_a_withdrawn_plan_is_not_counted_for_a_visitor(client):
    ActionFactory(measure=MeasureFactory(plan=PlanFactory(state="withdrawn")))
    assert "actions late" not in page(client)
