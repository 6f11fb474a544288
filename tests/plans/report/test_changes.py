"""What changed between two reports."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gilde.core import clock
from gilde.plans.models import Action, Plan, Report
from gilde.plans.report.changes import changes
from gilde.plans.services.reports import make_report
from tests.plans.factories import (
    ActionFactory,
    Cast,
    EditionFactory,
    EvidenceFactory,
    MeasureFactory,
    SpendingFactory,
    UpdateFactory,
    a_plan,
)

FIRST, SECOND = date(2026, 2, 1), date(2026, 5, 1)


@pytest.fixture
def plan(db: None) -> Plan:
    return a_plan(measures=2, actions=1)


@pytest.fixture
def officer(plan: Plan) -> Any:
    return Cast.of(plan).officer


def report(plan: Plan, officer: Any, day: date) -> Report:
    with clock.moved_to(day):
        return make_report(actor=officer, plan=plan, as_of=day, language="en")


def changed(made: Report) -> list[tuple[str, str, Any, Any]]:
    return [
        (change["kind"], change["what"], change.get("before"), change.get("after"))
        for measure in made.content["changes"]["measures"]
        for change in measure["changed"]
    ]


def test_the_first_report_has_nothing_to_compare_with(plan: Plan, officer: Any) -> None:
    made = report(plan, officer, FIRST)
    assert (made.previous, made.content["changes"], made.content["previous"]) == (None, None, None)


def test_nothing_changed_is_said(plan: Plan, officer: Any) -> None:
    first = report(plan, officer, FIRST)
    second = report(plan, officer, FIRST)
    assert second.previous == first
    assert second.content["changes"]["any"] is False
    assert second.content["previous"]["content_hash"] == first.content_hash


def test_a_state_and_its_date_and_lateness_are_told(plan: Plan, officer: Any) -> None:
    action = Action.objects.get(measure=plan.measures.first())
    report(plan, officer, FIRST)
    Action.objects.filter(pk=action.pk).update(state="done", finished_on=date(2026, 4, 1))
    assert changed(report(plan, officer, SECOND)) == [
        ("actions", "state", "planned", "done"),
        ("actions", "late", True, False),
        ("actions", "finished_on", None, "2026-04-01"),
    ]


def test_a_new_action_a_new_date_and_a_removed_action_are_told(plan: Plan, officer: Any) -> None:
    one, two = plan.measures.all()
    report(plan, officer, FIRST)
    kept = one.actions.get()
    Action.objects.filter(pk=kept.pk).update(due=date(2027, 1, 31))
    two.actions.all().delete()
    ActionFactory(measure=one)
    assert set(changed(report(plan, officer, FIRST))) == {
        ("actions", "due", "2026-01-28", "2027-01-31"),
        ("actions", "late", True, False),
        ("actions", "added", None, None),
        ("actions", "removed", None, None),
    }


def test_new_evidence_and_new_updates_are_told_once_they_are_approved(plan: Plan, officer: Any) -> None:
    measure = plan.measures.first()
    assert measure is not None
    report(plan, officer, FIRST)
    evidence, update = (make(measure=measure, state="approved") for make in (EvidenceFactory, UpdateFactory))
    EvidenceFactory(measure=measure, state="submitted")
    (told,) = report(plan, officer, FIRST).content["changes"]["measures"]
    assert [each["id"] for each in told["new_evidence"]] == [str(evidence.pk)]
    assert [each["id"] for each in told["new_updates"]] == [str(update.pk)]


def test_a_tick_box_that_was_decided_is_told(plan: Plan, officer: Any) -> None:
    measure = plan.measures.first()
    assert measure is not None
    report(plan, officer, FIRST)
    box = measure.ticks.filter(ticked=None).first()
    assert box is not None
    measure.ticks.filter(pk=box.pk).update(ticked=True)
    (told,) = report(plan, officer, FIRST).content["changes"]["measures"]
    assert [(each["code"], each["before"], each["after"]) for each in told["ticks"]] == [
        (box.code, None, True)
    ]


def test_money_is_told_in_its_line_and_in_the_sums(plan: Plan, officer: Any) -> None:
    line = plan.measures.all()[0].funding.get()
    report(plan, officer, FIRST)
    SpendingFactory(line=line, kind="spent", amount=250, date=FIRST)
    made = report(plan, officer, SECOND)
    assert changed(made) == [("money", "spent", None, "250.00")]
    assert made.content["changes"]["money"] == [
        {"currency": "EUR", "period": "total", "what": "spent", "before": None, "after": "250.00"}
    ]


def test_new_and_dropped_measures_are_told(plan: Plan, officer: Any) -> None:
    report(plan, officer, FIRST)
    EditionFactory(plan=plan, number=2)
    plan.measures.filter(number="3.1").update(dropped_in=2)
    MeasureFactory(plan=plan, number="3.9", position=9)
    told = report(plan, officer, SECOND).content["changes"]
    assert [each["number"] for each in told["new_measures"]] == ["3.9"]
    assert [each["number"] for each in told["dropped_measures"]] == ["3.1"]


def test_the_report_before_is_never_about_a_later_day(plan: Plan, officer: Any) -> None:
    with clock.moved_to(SECOND):
        late = make_report(actor=officer, plan=plan, as_of=SECOND, language="en")
        early = make_report(actor=officer, plan=plan, as_of=FIRST, language="en")
        latest = make_report(actor=officer, plan=plan, as_of=SECOND, language="nl")
    assert (early.previous, latest.previous) == (None, late)


def test_another_language_is_no_change(plan: Plan, officer: Any) -> None:
    report(plan, officer, FIRST)
    with clock.moved_to(FIRST):
        other = make_report(actor=officer, plan=plan, as_of=FIRST, language="nl")
    assert other.content["changes"]["any"] is False


words = st.builds(lambda text: {"text": text, "lang": "en"}, st.sampled_from(["A", "B"]))
things = st.lists(
    st.fixed_dictionaries(
        {
            "id": st.sampled_from("abcd"),
            "title": words,
            "state": st.sampled_from(["planned", "done"]),
            "late": st.booleans(),
            "due": st.none() | st.just("2026-01-01"),
            "start": st.none(),
            "finished_on": st.none(),
        }
    ),
    max_size=4,
    unique_by=lambda thing: thing["id"],
)


def content_of(actions: list[dict[str, Any]]) -> dict[str, Any]:
    measure = {
        **{
            "id": "m",
            "number": "1",
            "title": {"text": "M", "lang": "en"},
            "dropped": False,
            "actions": actions,
        },
        **{name: [] for name in ("milestones", "money", "evidence", "updates", "ticks")},
    }
    return {"as_of": "2026-01-01", "measures": [measure], "money": []}


@given(before=things, after=things)
def test_changes_are_told_exactly_where_something_differs(
    before: list[dict[str, Any]], after: list[dict[str, Any]]
) -> None:
    def watched(actions: list[dict[str, Any]]) -> dict[str, Any]:
        return {each["id"]: (each["state"], each["late"], each["due"]) for each in actions}

    told = changes(content_of(before), content_of(after))
    assert told["any"] == (watched(before) != watched(after))
