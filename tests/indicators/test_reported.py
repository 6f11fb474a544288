"""Reported figures: typed by one officer with evidence, decided on by another, public only then."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser

from gilde.core import clock
from gilde.core.errors import Invalid, Refused, Stale
from gilde.core.models import AuditEvent, User
from gilde.core.text import Text
from gilde.indicators import figures
from gilde.indicators.access import visible_reported
from gilde.indicators.dimensions import Dimension
from gilde.indicators.models import Indicator, Release, ReportedFigure
from gilde.indicators.services import reported
from gilde.indicators.services.reported import ReportedData
from gilde.organisations.public import Role
from tests.indicators.factories import AreaFactory, IndicatorFactory, member

pytestmark = pytest.mark.django_db
TODAY = date(2026, 3, 1)
SEX = Dimension("sex", Text.of("Sex"), "T", {"T": Text.of("Total"), "F": Text.of("Women")})

SOURCES = {
    "submit": ({"draft", "returned"}, "submitted"),
    "withdraw": ({"submitted"}, "draft"),
    "approve": ({"submitted"}, "approved"),
    "return": ({"submitted"}, "returned"),
}
MAY = {
    "submit": {"author", "author who also approves"},
    "withdraw": {"author", "author who also approves"},
    "approve": {"approver"},
    "return": {"approver"},
}
PEOPLE = (
    "author",
    "author who also approves",
    "officer",
    "approver",
    "reader",
    "administrator",
    "elsewhere",
    "anonymous",
)
MOVES: dict[str, Callable[[Any, Any], Any]] = {
    "submit": lambda actor, figure: reported.submit_reported(actor=actor, figure=figure),
    "withdraw": lambda actor, figure: reported.withdraw_reported(actor=actor, figure=figure),
    "approve": lambda actor, figure: reported.approve_reported(actor=actor, figure=figure),
    "return": lambda actor, figure: reported.return_reported(
        actor=actor, figure=figure, ground="Which year?"
    ),
}


@pytest.fixture(autouse=True)
def _today() -> Any:
    with clock.moved_to(TODAY):
        yield


@pytest.fixture
def indicator() -> Indicator:
    made: Indicator = IndicatorFactory(kind=Indicator.Kind.REPORTED, dimensions=[SEX.as_json()])
    return made


@pytest.fixture
def officer(indicator: Indicator) -> User:
    return member(indicator, Role.OFFICER)


@pytest.fixture
def approver(indicator: Indicator) -> User:
    return member(indicator, Role.APPROVER)


def data(**changes: Any) -> ReportedData:
    told = ReportedData(
        area=AreaFactory(code="BE"),
        period="2025",
        value=75.4,
        source="Count of the ministry",
        url="https://example.org/count",
        retrieved_on=date(2026, 2, 1),
    )
    return replace(told, **changes)


def a_figure(indicator: Indicator, author: User, state: str = "draft", **changes: Any) -> ReportedFigure:
    figure = reported.add_reported(actor=author, indicator=indicator, data=data(**changes))
    moments = {"submitted_at": clock.now() if state != "draft" else None}
    if state in ("approved", "returned"):
        moments["decided_at"] = clock.now()
    ReportedFigure.objects.filter(pk=figure.pk).update(state=state, **moments)
    figure.refresh_from_db()
    return figure


@pytest.mark.parametrize("person", PEOPLE)
@pytest.mark.parametrize("state", ReportedFigure.State.values)
@pytest.mark.parametrize("name", SOURCES)
def test_each_transition_goes_from_its_states_for_the_right_person_only(
    indicator: Indicator, name: str, state: str, person: str
) -> None:
    author = member(indicator, Role.APPROVER if person == "author who also approves" else Role.OFFICER)
    people: dict[str, Any] = {
        "author": author,
        "author who also approves": author,
        "officer": member(indicator, Role.OFFICER),
        "approver": member(indicator, Role.APPROVER),
        "reader": member(indicator, Role.READER),
        "administrator": member(indicator, Role.ADMINISTRATOR),
        "elsewhere": member(IndicatorFactory(), Role.APPROVER),
        "anonymous": AnonymousUser(),
    }
    figure, actor = a_figure(indicator, author, state), people[person]
    sources, target = SOURCES[name]
    if state in sources and person in MAY[name]:
        moved = MOVES[name](actor, figure)
        assert moved.state == target
        ReportedFigure.objects.get(pk=figure.pk).full_clean()
        event = AuditEvent.objects.filter(action=f"indicators.reported.{name}").get()
        assert (event.actor, event.before["state"]) == (actor.pk, state)
    else:
        with pytest.raises(Refused):
            MOVES[name](actor, figure)
        assert ReportedFigure.objects.get(pk=figure.pk).state == state
    assert Release.objects.exists() == (name == "approve" and state in sources and person in MAY[name])


@pytest.mark.parametrize("state", ReportedFigure.State.values)
def test_a_stranger_sees_only_what_was_approved_and_members_see_all(
    indicator: Indicator, officer: User, state: str
) -> None:
    figure = a_figure(indicator, officer, state)
    people = {
        "officer": officer,
        "reader": member(indicator, Role.READER),
        "elsewhere": member(IndicatorFactory(), Role.APPROVER),
        "anonymous": AnonymousUser(),
    }
    seen = {name for name, person in people.items() if figure in visible_reported(person)}
    assert seen == (set(people) if state == "approved" else {"officer", "reader"})


def test_an_approved_figure_is_published_with_its_source_parts_and_flags(
    indicator: Indicator, officer: User, approver: User
) -> None:
    figure = a_figure(
        indicator,
        officer,
        "submitted",
        value=None,
        numerator=3.0,
        denominator=4.0,
        flags="pe",
        breakdown={"sex": "F"},
    )
    done = reported.approve_reported(actor=approver, figure=figure, ground="Checked")
    release = Release.objects.get()
    assert done.release == release
    assert (release.kind, release.source, release.url, release.by) == (
        Release.Kind.REPORT,
        "Count of the ministry",
        "https://example.org/count",
        approver.pk,
    )
    (line,) = figures.lines(indicator, keys=["sex=F"])
    (told,) = line.figures
    assert (told.period, told.value, told.flags, told.numerator, told.denominator) == (
        "2025",
        75.0,
        "ep",
        3,
        4,
    )


def test_a_file_is_stored_as_evidence_and_goes_with_the_release(
    indicator: Indicator, officer: User, approver: User
) -> None:
    figure = a_figure(
        indicator,
        officer,
        "submitted",
        url="",
        retrieved_on=None,
        file=b"counted",
        file_name="count by An.txt",
    )
    assert figure.document is not None
    assert figure.document.size == 7
    reported.approve_reported(actor=approver, figure=figure)
    assert Release.objects.get().document == figure.document
    told = "".join(str(event.after) for event in AuditEvent.objects.filter(action__startswith="indicators."))
    assert "by An" not in told


def test_a_figure_that_was_public_is_revised_and_an_equal_one_makes_no_release(
    indicator: Indicator, officer: User, approver: User
) -> None:
    for value in (75.4, 76.0, 76.0):
        figure = a_figure(indicator, officer, "submitted", value=value)
        done = reported.approve_reported(actor=approver, figure=figure)
    assert [(each.added, each.revised) for each in Release.objects.order_by("pk")] == [(1, 0), (0, 1)]
    assert (done.state, done.release) == ("approved", None)
    (line,) = figures.lines(indicator)
    assert [figure.value for figure in line.figures] == [76.0]


def test_a_published_figure_is_taken_back_by_reporting_that_there_is_none(
    indicator: Indicator, officer: User, approver: User
) -> None:
    for changes in ({}, {"value": None, "flags": ":"}):
        reported.approve_reported(actor=approver, figure=a_figure(indicator, officer, "submitted", **changes))
    (line,) = figures.lines(indicator)
    assert [(figure.value, figure.flags) for figure in line.figures] == [(None, ":")]


def test_nothing_is_approved_when_the_indicator_no_longer_takes_the_figure(
    indicator: Indicator, officer: User, approver: User
) -> None:
    figure = a_figure(indicator, officer, "submitted")
    Indicator.objects.filter(pk=indicator.pk).update(maximum=50.0)
    figure.indicator.refresh_from_db()
    with pytest.raises(Invalid, match="between 0 and 50"):
        reported.approve_reported(actor=approver, figure=figure)
    assert ReportedFigure.objects.get(pk=figure.pk).state == "submitted"
    assert not Release.objects.exists()


def test_the_second_of_two_approvers_is_told_that_somebody_was_first(
    indicator: Indicator, officer: User, approver: User
) -> None:
    figure = a_figure(indicator, officer, "submitted")
    seen = ReportedFigure.objects.get(pk=figure.pk)
    reported.approve_reported(actor=approver, figure=figure)
    with pytest.raises(Stale):
        reported.return_reported(actor=member(indicator, Role.APPROVER), figure=seen, ground="Late")
    assert ReportedFigure.objects.get(pk=figure.pk).state == "approved"


def test_the_author_changes_a_draft_and_keeps_its_file(indicator: Indicator, officer: User) -> None:
    figure = a_figure(indicator, officer, url="", retrieved_on=None, file=b"counted", file_name="a.txt")
    changed = reported.change_reported(
        actor=officer, figure=figure, version=1, data=data(value=70.0, url="", retrieved_on=None)
    )
    assert (changed.value, changed.file_name, changed.document_id) == (70.0, "a.txt", figure.document_id)
    with pytest.raises(Stale):
        reported.change_reported(actor=officer, figure=changed, version=1, data=data(value=71.0))


def test_what_was_handed_in_or_written_by_another_is_not_changed(
    indicator: Indicator, officer: User, approver: User
) -> None:
    figure = a_figure(indicator, officer)
    with pytest.raises(Refused, match="Somebody else wrote this"):
        reported.change_reported(actor=approver, figure=figure, version=1, data=data())
    reported.submit_reported(actor=officer, figure=figure)
    with pytest.raises(Refused, match="handed in"):
        reported.change_reported(actor=officer, figure=figure, version=figure.version, data=data())


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"period": "2025-Q1"}, "2025-Q1"),
        ({"period": "2027"}, "2027 has not begun"),
        ({"value": 140.0}, "140 cannot be: a value of this indicator is between 0 and 100"),
        ({"value": -1.0}, "-1 cannot be"),
        ({"value": None}, "Give the value"),
        ({"flags": "x"}, "There is no flag “x”"),
        ({"flags": ":"}, "You say that there is no figure, and give one"),
        ({"numerator": 3.0}, "both the numerator and the denominator"),
        ({"denominator": 3.0}, "both the numerator and the denominator"),
        ({"numerator": 3.0, "denominator": 0.0}, "greater than 0"),
        ({"numerator": 7.0, "denominator": 10.0}, "You give 75.4 %, but 7 of 10 is 70 %"),
        ({"value": None, "numerator": 14.0, "denominator": 10.0}, "140 cannot be"),
        ({"breakdown": {"sex": "X"}}, "no category “X”"),
        ({"breakdown": {"age": "Y"}}, "no dimension “age”"),
        ({"url": ""}, "Hand in what shows the figure"),
        ({"retrieved_on": date(2026, 4, 1)}, "still has to come"),
        ({"source": ""}, "source"),
    ],
)
def test_a_figure_that_cannot_be_is_refused_with_what_is_wrong(
    indicator: Indicator, officer: User, changes: dict[str, Any], said: str
) -> None:
    with pytest.raises(Invalid, match=said):
        reported.add_reported(actor=officer, indicator=indicator, data=data(**changes))
    assert not ReportedFigure.objects.exists()


@pytest.mark.parametrize(("value", "agrees"), [(66.7, True), (66.66, True), (66.8, False)])
def test_a_share_agrees_with_its_parts_to_the_decimals_that_are_shown(
    indicator: Indicator, officer: User, value: float, agrees: bool
) -> None:
    told = data(value=value, numerator=2.0, denominator=3.0)
    if agrees:
        assert reported.add_reported(actor=officer, indicator=indicator, data=told).value == value
    else:
        with pytest.raises(Invalid, match=r"66\.667 %"):
            reported.add_reported(actor=officer, indicator=indicator, data=told)


def test_a_link_without_its_day_is_of_today(indicator: Indicator, officer: User) -> None:
    assert a_figure(indicator, officer, retrieved_on=None).retrieved_on == TODAY


@pytest.mark.parametrize("kind", ["official", "computed"])
def test_only_an_indicator_that_is_reported_takes_reported_figures(officer: User, kind: str) -> None:
    other = IndicatorFactory(kind=kind, metric="plans.x" if kind == "computed" else "")
    with pytest.raises(Invalid, match="takes no reported figures"):
        reported.add_reported(actor=member(other, Role.OFFICER), indicator=other, data=data())


@pytest.mark.parametrize("role", [Role.READER, Role.ADMINISTRATOR, None])
def test_only_officers_and_approvers_of_the_keeper_report(indicator: Indicator, role: str | None) -> None:
    actor = member(indicator, role) if role else member(IndicatorFactory(), Role.OFFICER)
    with pytest.raises(Refused):
        reported.add_reported(actor=actor, indicator=indicator, data=data())
