"""Coverage finds exactly what is missing, completeness counts the rest; matrices keep unknown apart."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse
from hypothesis import given, settings
from hypothesis import strategies as st

from gilde.plans import coverage, matrix
from gilde.plans.coverage import (
    BODILESS,
    MEASURES,
    PROVISIONS,
    SILENT,
    UNASKED,
    UNDATED,
    UNMEASURED,
    UNPROVEN,
)
from gilde.plans.models import Action, Plan, Tick
from tests.client import GildeClient
from tests.indicators.factories import IndicatorFactory, TargetFactory, figures_of
from tests.plans.factories import (
    ActionFactory,
    EvidenceFactory,
    FundingLineFactory,
    MeasureBodyFactory,
    MeasureFactory,
    MeasureIndicatorFactory,
    MilestoneFactory,
    OrganisationFactory,
    PlanFactory,
    ProvisionIndicatorFactory,
    TargetGroupFactory,
    TickFactory,
    a_plan,
    day,
    provisions,
)

pytestmark = pytest.mark.django_db


def missing(plan: Plan) -> dict[str, set[Any]]:
    return {gap.code: {row.key for row in gap.rows} for gap in coverage.gaps(plan)}


def test_an_article_is_missing_unless_a_measure_that_is_still_in_the_plan_has_ticked_it() -> None:
    plan = PlanFactory()
    articles = provisions(5)
    plan.instruments.add(articles[0].instrument)
    measure, gone = MeasureFactory(plan=plan), MeasureFactory(plan=plan, dropped_in=2)
    for article, ticked in zip(articles, (True, False, None), strict=False):
        TickFactory(measure=measure, provision=article, ticked=ticked)
    TickFactory(measure=gone, provision=articles[3])
    TickFactory(measure=MeasureFactory(), provision=articles[4])  # of another plan
    assert missing(plan)[PROVISIONS] == {article.pk for article in articles[1:]}
    gap = next(gap for gap in coverage.gaps(plan) if gap.code == PROVISIONS)
    assert gap.total == 5
    assert [row.unknown for row in gap.rows] == [0, 1, 0, 0]


def test_a_measure_with_dropped_actions_only_has_no_action() -> None:
    plan = PlanFactory()
    acting, idle, shelved = (MeasureFactory(plan=plan) for _ in range(3))
    ActionFactory(measure=acting)
    ActionFactory(measure=shelved, state="dropped")
    MeasureFactory(plan=plan, dropped_in=2)
    assert missing(plan)[MEASURES] == {idle.pk, shelved.pk}


@settings(max_examples=25)
@given(
    rows=st.lists(
        st.fixed_dictionaries(
            {
                "state": st.sampled_from(Action.State.values),
                "start": st.booleans(),
                "due": st.booleans(),
                "own": st.booleans(),
                "of_measure": st.booleans(),
                "proof": st.sampled_from(
                    ["none", "draft", "submitted", "returned", "approved", "of milestone"]
                ),
            }
        ),
        max_size=6,
    )
)
def test_each_action_is_missing_exactly_what_it_does_not_have(rows: list[dict[str, Any]]) -> None:
    plan = PlanFactory()
    expected: dict[str, set[Any]] = {UNDATED: set(), BODILESS: set(), UNPROVEN: set()}
    for row in rows:
        measure = MeasureFactory(plan=plan)
        action = ActionFactory(
            measure=measure,
            state=row["state"],
            start=day(2025, 1, 1) if row["start"] else None,
            due=day(2026, 1, 1) if row["due"] else None,
            responsible=OrganisationFactory() if row["own"] else None,
        )
        MeasureBodyFactory(measure=measure, role="responsible" if row["of_measure"] else "partner")
        if row["proof"] == "of milestone":
            milestone = MilestoneFactory(measure=measure, action=action)
            EvidenceFactory(measure=measure, milestone=milestone, state="approved")
        elif row["proof"] != "none":
            EvidenceFactory(measure=measure, action=action, state=row["proof"])
        if row["state"] == "dropped":
            continue
        if not row["start"] and not row["due"]:
            expected[UNDATED].add(action.pk)
        if not row["own"] and not row["of_measure"]:
            expected[BODILESS].add(action.pk)
        if row["proof"] not in {"approved", "of milestone"}:
            expected[UNPROVEN].add(action.pk)
    found = missing(plan)
    assert {code: found[code] for code in expected} == expected


def test_done_actions_without_evidence_come_first() -> None:
    measure = MeasureFactory()
    planned = ActionFactory(measure=measure, position=1)
    done = ActionFactory(measure=measure, position=2, state="done")
    gap = next(gap for gap in coverage.gaps(measure.plan) if gap.code == UNPROVEN)
    assert [row.key for row in gap.rows] == [done.pk, planned.pk]


def test_completeness_is_what_is_not_missing() -> None:
    plan = a_plan(measures=3, actions=2)
    FundingLineFactory(measure=plan.measures.get(number="3.1"), amount=None)
    gaps = {gap.code: gap for gap in coverage.gaps(plan)}
    parts = {part.label: (part.have, part.total) for part in coverage.completeness(plan)}
    boxes = Tick.objects.filter(measure__plan=plan)
    assert parts["Tick boxes known"] == (boxes.exclude(ticked=None).count(), boxes.count())
    assert parts["Actions with evidence"] == (0, 6)
    assert parts["Funding lines with an amount"] == (3, 4)
    assert parts["Articles answered"] == (4 - len(gaps[PROVISIONS].rows), 4)
    assert all(part.definition for part in coverage.completeness(plan))


@pytest.mark.parametrize("measures", [2, 20])
def test_coverage_takes_six_queries_however_many_measures(
    measures: int, django_assert_num_queries: Any
) -> None:
    plan = a_plan(measures=measures, actions=1)
    with django_assert_num_queries(6):
        coverage.completeness(plan)


@given(
    boxes=st.lists(
        st.lists(st.sampled_from([True, False, None, "absent"]), min_size=3, max_size=3), max_size=5
    )
)
@settings(max_examples=25)
def test_a_matrix_shows_each_box_as_it_is_and_counts_each_state(boxes: list[list[Any]]) -> None:
    plan = PlanFactory()
    articles = provisions(3)
    plan.instruments.add(articles[0].instrument)
    for number, row in enumerate(boxes):
        measure = MeasureFactory(plan=plan, number=str(number), position=number)
        for article, ticked in zip(articles, row, strict=True):
            if ticked != "absent":
                TickFactory(measure=measure, provision=article, ticked=ticked)
    words = {True: matrix.TICKED, False: matrix.NOT_TICKED, None: matrix.UNKNOWN, "absent": matrix.ABSENT}
    found = matrix.provision_matrix(plan)
    assert [row.cells for row in found.rows] == [tuple(words[box] for box in row) for row in boxes]
    assert found.count(matrix.UNKNOWN) == sum(box is None for row in boxes for box in row)
    assert sum(found.count(state) for state in words.values()) == len(boxes) * 3


def test_the_heads_of_a_matrix_are_grouped_by_what_stands_above_them() -> None:
    plan = a_plan(measures=1)
    first = plan.instruments.get()
    second = provisions(2, adopted=day(2025, 1, 1))[0].instrument
    plan.instruments.add(second)
    assert [(str(above), span) for above, span in matrix.provision_matrix(plan).groups()] == [
        (str(first), 4),
        (str(second), 2),
    ]
    TargetGroupFactory(key="group-5", position=5, heading="Companies")
    assert [span for _above, span in matrix.target_matrix(plan).groups()] == [4, 1]


GOOD = {"2021": 70.0, "2022": 72.0, "2023": 74.0}


def test_a_promise_is_unmeasured_until_a_published_indicator_is_linked() -> None:
    plan = PlanFactory()
    measured, drafted, bare = (MeasureFactory(plan=plan) for _ in range(3))
    MeasureFactory(plan=plan, dropped_in=2)
    MeasureIndicatorFactory(measure=measured)
    MeasureIndicatorFactory(measure=drafted, indicator__state="draft")
    assert missing(plan)[UNMEASURED] == {drafted.pk, bare.pk}
    parts = {part.label: (part.have, part.total) for part in coverage.completeness(plan)}
    assert parts["Measures with an indicator"] == (1, 3)


def test_a_ticked_article_is_missing_when_none_of_its_indicators_measures_the_plan() -> None:
    plan = PlanFactory()
    used, unused, unticked, without = articles = provisions(4)
    plan.instruments.add(articles[0].instrument)
    measure = MeasureFactory(plan=plan)
    for article in (used, unused, without):
        TickFactory(measure=measure, provision=article)
    TickFactory(measure=measure, provision=unticked, ticked=None)
    for article in (used, unused, unticked):
        ProvisionIndicatorFactory(provision=article)
    shared = ProvisionIndicatorFactory(provision=used).indicator
    MeasureIndicatorFactory(measure=measure, indicator=shared)
    ProvisionIndicatorFactory(provision=without, indicator__state="draft")
    assert missing(plan)[UNASKED] == {unused.pk}
    assert next(gap.total for gap in coverage.gaps(plan) if gap.code == UNASKED) == 2


def test_an_indicator_without_figures_or_target_or_judgement_cannot_tell_and_says_why() -> None:
    plan = PlanFactory(country="BE")
    measure = MeasureFactory(plan=plan)
    telling, broken, aimless, empty = (IndicatorFactory() for _ in range(4))
    for indicator in (telling, broken, aimless, empty):
        MeasureIndicatorFactory(measure=measure, indicator=indicator)
    for indicator in (telling, aimless):
        figures_of(indicator, {"BE": GOOD})
    figures_of(broken, {"BE": {**GOOD, "2024": (60.0, "b")}})
    for indicator in (telling, broken):
        TargetFactory(indicator=indicator, area_id="BE", value=80.0)
    gap = next(gap for gap in coverage.gaps(plan) if gap.code == SILENT)
    assert gap.total == 4
    assert [(str(row.title), row.number) for row in gap.rows] == [
        (str(each.name), measure.number) for each in (broken, aimless, empty)
    ]
    why = [row.why for row in gap.rows]
    assert "break" in why[0].lower() or "broken" in why[0].lower()
    assert why[1:] == ["no target", "no figures yet"]


def test_the_page_leads_from_each_gap_of_indicators_to_the_proof(client: GildeClient) -> None:
    plan = PlanFactory()
    measure = MeasureFactory(plan=plan, number="3.1")
    MeasureIndicatorFactory(measure=measure)
    page = client.get(reverse("plans:coverage", args=[plan.slug])).content.decode()
    assert 'id="measures-without-indicator"' in page
    assert f'href="{reverse("plans:proof", args=[plan.slug, "3.1"])}#indicators"' in page
