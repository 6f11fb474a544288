"""Two real documents go all the way, from upload to plan, with exactly what they say and nothing guessed."""

from __future__ import annotations

import pytest

from gilde.core import jobs
from gilde.plans.models import Action, Citation, Reading, Tick
from gilde.plans.reader import public as reader
from gilde.plans.services.desk import intake
from gilde.plans.services.publishing import Details, publish
from gilde.plans.services.reference import load_reference
from tests.plans.factories import MembershipFactory
from tests.seeds import seed

pytestmark = pytest.mark.django_db


def from_the_desk(prefix: str, **details) -> Reading:
    """Return the reading of a seed, published as a plan."""
    load_reference()
    member = MembershipFactory()
    data = seed(prefix).read_bytes()
    reading = intake.upload(member.user, organisation=member.organisation, file=data, name="plan.txt")
    assert reading.job is not None
    jobs.run(reading.job)
    reading.refresh_from_db()
    publish(member.user, reading=reading, details=Details(title="Plan", short_title="Plan", **details))
    reading.refresh_from_db()
    return reading


def test_the_implementation_plan_is_published_with_its_unknown_boxes_unknown():
    instruments = ("recommendation-2020", "osnabruck-2020")
    reading = from_the_desk("004", slug="implementation", instruments=instruments)
    assert reading.edition is not None
    plan = reading.edition.plan
    ticks = Tick.objects.filter(measure__plan=plan)
    assert [measure.sections.count() for measure in plan.measures.all()] == [9] * 14
    assert (ticks.count(), ticks.filter(ticked=None).count()) == (490, 215)
    data = seed("004").read_bytes()
    for citation in Citation.objects.filter(edition=reading.edition):
        assert reader.reslice(data, {**citation.anchor, "quote": citation.quote}) == citation.quote


def test_the_action_plan_is_published_article_by_article_with_none_on_article_16():
    reading = from_the_desk("000", slug="action-plan", instruments=("herning-2025",))
    assert reading.edition is not None
    plan = reading.edition.plan
    assert plan.measures.count() == 17
    assert Action.objects.filter(measure__plan=plan).count() == 43
    assert not plan.measures.get(number="16").actions.exists()
    answered = Tick.objects.filter(measure__plan=plan, ticked=True).values_list(
        "provision__number", flat=True
    )
    assert set(answered) == {str(number) for number in range(1, 18)}
