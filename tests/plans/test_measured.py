"""Indicators of measures: by which target one counts, what is asked anew, and what a signal says of it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gilde.core.access import SYSTEM
from gilde.core.text import Text
from gilde.indicators.models import Area, Indicator, Judgement, Target
from gilde.indicators.models.targets import Status
from gilde.indicators.standings import Stand
from gilde.plans import measured, signals
from gilde.plans.measured import ORDER, Told
from gilde.plans.signals import IndicatorSignal
from tests.indicators.factories import AreaFactory, IndicatorFactory, TargetFactory, figures_of
from tests.plans.factories import (
    EvidenceFactory,
    MeasureFactory,
    MeasureIndicatorFactory,
    PlanFactory,
    a_plan,
)

TODAY = date(2026, 3, 1)
GOOD = {"2020": 70.0, "2021": 72.0, "2022": 74.0, "2023": 76.0}
BAD = {"2020": 76.0, "2021": 74.0, "2022": 72.0, "2023": 70.0}


@pytest.fixture(autouse=True)
def _nothing_kept() -> Iterator[None]:
    measured._kept.clear()
    yield
    measured._kept.clear()


@pytest.fixture
def union(db: None) -> Area:
    return AreaFactory(code="EU27_2020", kind=Area.Kind.UNION, level=None)


def stand(status: str, year: int, *, borrowed: bool = False, key: str = "") -> Stand:
    """A stand of which only what decides is filled in."""
    target = Target(year=year, key=key)
    signed = Judgement(status=status)
    area = Area(code="BE")
    return Stand(Indicator(), target, area, None, None, signed=signed, borrowed=borrowed)  # type: ignore[arg-type]


stands = st.builds(
    stand,
    st.sampled_from(Status.values),
    st.integers(2015, 2040),
    borrowed=st.booleans(),
    key=st.sampled_from(["", "sex=F"]),
)


@given(st.lists(stands, max_size=8), st.dates(date(2018, 1, 1), date(2042, 1, 1)))
def test_the_target_that_decides_is_of_all_own_next_and_least_favourable(
    found: list[Stand], day: date
) -> None:
    decided = Told(None, tuple(found)).deciding(day)
    if not found:
        assert decided is None
        return
    assert decided is not None
    if any(not each.target.key for each in found):
        assert not decided.target.key
        found = [each for each in found if not each.target.key]
    if any(not each.borrowed for each in found):
        assert not decided.borrowed
        found = [each for each in found if not each.borrowed]
    ahead = [each.target.year for each in found if each.target.year >= day.year]
    assert decided.target.year == (min(ahead) if ahead else max(each.target.year for each in found))
    rivals = [each.status for each in found if each.target.year == decided.target.year]
    assert ORDER.index(decided.status) == min(map(ORDER.index, rivals))


def test_without_a_target_nobody_can_tell() -> None:
    assert Told().status(TODAY) == Status.CANNOT_TELL


@pytest.mark.django_db
def test_the_figures_of_the_area_of_the_link_count_before_those_of_the_country() -> None:
    indicator = IndicatorFactory()
    figures_of(indicator, {"BE": BAD, "BE2": GOOD})
    for code in ("BE", "BE2"):
        TargetFactory(indicator=indicator, area_id=code, value=80.0)
    measure = MeasureFactory(plan=PlanFactory(country="BE"))
    MeasureIndicatorFactory(measure=measure, indicator=indicator, area="BE2")
    MeasureIndicatorFactory(measure=measure, indicator=indicator)
    found = measured.linked(SYSTEM, pk=measure.pk)
    assert [(each.area, each.told.status(TODAY)) for each in found] == [
        ("BE2", Status.ON_TRACK),
        ("BE", Status.MOVING_AWAY),
    ]
    assert [each.told.line.area.pk for each in found if each.told.line] == ["BE2", "BE"]
    assert signals.of_measures(TODAY, pk=measure.pk)[measure.pk].indicators == IndicatorSignal(1, 1, 0)


def test_a_target_of_the_union_counts_as_a_benchmark_where_the_area_has_none(union: Area) -> None:
    indicator = IndicatorFactory()
    figures_of(indicator, {"BE": GOOD})
    TargetFactory(indicator=indicator, area=union, value=82.0)
    measure = MeasureFactory(plan=PlanFactory(country="BE"))
    MeasureIndicatorFactory(measure=measure, indicator=indicator)
    decided = measured.linked(SYSTEM, pk=measure.pk)[0].told.deciding(TODAY)
    assert decided is not None
    assert (decided.borrowed, decided.area.pk, decided.status) == (True, "BE", Status.ON_TRACK)


def test_a_plan_without_a_country_is_measured_where_the_targets_are_of(union: Area) -> None:
    indicator = IndicatorFactory()
    figures_of(indicator, {"EU27_2020": GOOD, "BE": BAD})
    TargetFactory(indicator=indicator, area=union, value=82.0)
    measure = MeasureFactory(plan=PlanFactory(country=""))
    MeasureIndicatorFactory(measure=measure, indicator=indicator)
    told = measured.linked(SYSTEM, pk=measure.pk)[0].told
    assert told.area == union
    assert told.status(TODAY) == Status.ON_TRACK


@pytest.mark.django_db
def test_figures_without_any_target_are_shown_and_tell_nothing() -> None:
    indicator = IndicatorFactory()
    figures_of(indicator, {"BE": GOOD})
    link = MeasureIndicatorFactory(indicator=indicator, measure__plan__country="BE")
    told = measured.linked(SYSTEM, pk=link.measure_id)[0].told
    assert told.has_figures
    assert told.release is not None
    assert told.line is not None
    assert told.line.last is not None
    assert told.line.last.value == 76.0
    assert told.status(TODAY) == Status.CANNOT_TELL


@pytest.mark.django_db
def test_the_area_has_its_name_also_while_there_are_no_figures_of_it() -> None:
    AreaFactory(code="BE2", name=Text.of("Flemish Region"))
    link = MeasureIndicatorFactory(area="BE2")
    told = measured.linked(SYSTEM, pk=link.measure_id)[0].told
    assert (str(told.area), told.has_figures) == ("Flemish Region", False)


@pytest.mark.django_db
def test_drafts_and_withdrawn_indicators_count_for_nobody() -> None:
    measure = MeasureFactory()
    for state in ("draft", "withdrawn"):
        MeasureIndicatorFactory(measure=measure, indicator__state=state)
    assert signals.of_measures(TODAY, pk=measure.pk)[measure.pk].indicators == IndicatorSignal()
    assert measured.linked(SYSTEM, published=True, pk=measure.pk) == []
    assert len(measured.linked(SYSTEM, pk=measure.pk)) == 2


def judged_twice(measure: Any) -> list[Status]:
    return [each.told.status(TODAY) for each in measured.linked(SYSTEM, pk=measure.pk)]


@pytest.mark.django_db
def test_what_was_judged_is_judged_anew_when_figures_targets_or_judgements_change() -> None:
    indicator = IndicatorFactory()
    figures_of(indicator, {"BE": GOOD})
    link = MeasureIndicatorFactory(indicator=indicator, measure__plan__country="BE")
    assert judged_twice(link.measure) == [Status.CANNOT_TELL]
    target = TargetFactory(indicator=indicator, area_id="BE", value=80.0)
    assert judged_twice(link.measure) == [Status.ON_TRACK]
    figures_of(indicator, {"BE": {"2023": 60.0}})
    assert judged_twice(link.measure) == [Status.MOVING_AWAY]
    Target.objects.filter(pk=target.pk).update(value=50.0, version=2)
    assert judged_twice(link.measure) == [Status.REACHED]
    Judgement.objects.create(
        target=target, area_id="BE", status=Status.TOO_SLOW, ground="Seen.", at="2026-01-01T12:00Z"
    )
    assert judged_twice(link.measure) == [Status.TOO_SLOW]
    Target.objects.filter(pk=target.pk).update(withdrawn=True, version=3)
    assert judged_twice(link.measure) == [Status.CANNOT_TELL]


@pytest.mark.django_db
@pytest.mark.parametrize("measures", [2, 12])
def test_signals_take_three_queries_and_a_few_more_once_figures_are_new(
    measures: int, django_assert_num_queries: Any, django_assert_max_num_queries: Any
) -> None:
    plan = a_plan(measures=measures, actions=1)
    for measure in plan.measures.all():
        indicator = IndicatorFactory()
        figures_of(indicator, {"BE": GOOD})
        TargetFactory(indicator=indicator, area_id="BE", value=80.0)
        MeasureIndicatorFactory(measure=measure, indicator=indicator)
    with django_assert_max_num_queries(3 + 10):
        whole, _by_measure = signals.of_plan(plan.pk, TODAY)
    assert whole.indicators == IndicatorSignal(on_track=measures)
    with django_assert_num_queries(3):
        assert signals.of_plan(plan.pk, TODAY)[0] == whole


@pytest.mark.django_db
def test_an_indicator_of_two_measures_counts_for_each_and_evidence_is_not_counted_twice() -> None:
    plan = a_plan(measures=2)
    first, second = plan.measures.all()
    shared = IndicatorFactory(name=Text.of("Shared"))
    for measure in (first, second):
        MeasureIndicatorFactory(measure=measure, indicator=shared)
    MeasureIndicatorFactory(measure=first)
    EvidenceFactory(measure=first, state="approved")
    whole, by_measure = signals.of_plan(plan.pk, TODAY)
    assert by_measure[first.pk].indicators == IndicatorSignal(cannot_tell=2)
    assert by_measure[second.pk].indicators == IndicatorSignal(cannot_tell=1)
    assert whole.indicators.total == 3
    assert whole.evidence.approved == 1
