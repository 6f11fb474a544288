"""Targets and signed judgements: who may, what is checked, and that everything is in the audit log."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import DatabaseError, transaction

from gilde.core import clock
from gilde.core.errors import Invalid, Refused, Stale
from gilde.core.models import AuditEvent, User
from gilde.core.text import Text
from gilde.indicators.dimensions import Dimension
from gilde.indicators.models import Area, Indicator, Judgement, Standing, Target
from gilde.indicators.models.targets import Status
from gilde.indicators.services.judging import sign_judgement, take_back
from gilde.indicators.services.targets import TargetData, add_target, change_target, withdraw_target
from gilde.indicators.standings import stands
from tests.indicators.factories import AreaFactory, IndicatorFactory, TargetFactory, figures_of, member

pytestmark = pytest.mark.django_db
START = datetime(2026, 1, 1, 12, tzinfo=UTC)
SEX = Dimension("sex", Text.of("Sex"), "T", {"T": Text.of("all"), "F": Text.of("women"), "M": Text.of("men")})


@pytest.fixture
def indicator() -> Indicator:
    return IndicatorFactory(dimensions=[SEX.as_json()])


@pytest.fixture
def officer(indicator: Indicator) -> User:
    return member(indicator, "officer")


@pytest.fixture
def data() -> TargetData:
    return TargetData(
        area=AreaFactory(),
        value=82.0,
        year=2030,
        instrument=Text.of("An agreement of examples"),
        issued_year=2020,
        source="Point 9",
    )


def events(*actions: str) -> list[str]:
    return list(AuditEvent.objects.filter(action__in=actions).order_by("id").values_list("action", flat=True))


# --- targets


def test_an_officer_adds_a_target_and_it_is_judged_at_once(
    indicator: Indicator, officer: User, data: TargetData
) -> None:
    figures_of(indicator, {"BE": {"2024": 83.0}})
    target = add_target(actor=officer, indicator=indicator, data=data)
    assert (target.value, target.area_id, target.key, target.version) == (82.0, "BE", "", 1)
    event = AuditEvent.objects.get(action="indicators.target.add")
    assert event.actor == officer.pk
    assert event.after["area"] == "BE"
    assert Standing.objects.get(target=target).status == Status.REACHED


def test_a_target_of_a_breakdown_gets_the_key_of_its_series(
    indicator: Indicator, officer: User, data: TargetData
) -> None:
    target = add_target(actor=officer, indicator=indicator, data=replace(data, breakdown={"sex": "F"}))
    assert target.key == "sex=F"


def test_several_targets_of_a_year_coexist_but_not_the_same_one_twice(
    indicator: Indicator, officer: User, data: TargetData
) -> None:
    add_target(actor=officer, indicator=indicator, data=data)
    add_target(actor=officer, indicator=indicator, data=replace(data, value=85.0))
    add_target(actor=officer, indicator=indicator, data=replace(data, instrument=Text.of("A plan")))
    with pytest.raises(Invalid, match="here already"):
        add_target(actor=officer, indicator=indicator, data=data)
    assert Target.objects.count() == 3


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"value": 140.0}, "cannot be over 100.0"),
        ({"value": -1.0}, "cannot be under 0.0"),
        ({"value": float("nan")}, "is a number"),
        ({"breakdown": {"age": "Y15"}}, "no dimension “age”"),
        ({"breakdown": {"sex": "X"}}, "“X” is no category of “Sex”. Choose one of: T, F, M"),
        ({"year": 2019}, "2019 is not among them"),
        ({"year": 2200}, "2200 is not among them"),
        ({"issued_year": 2100, "year": 2110}, "Check the year"),
        ({"baseline_year": 2030}, "lies before the year of the target"),
        ({"area": Area(code="XX")}, "no area “XX”"),
        ({"source": "  "}, "source"),
        ({"comparison": "exactly"}, "comparison"),
        ({"instrument": Text()}, "instrument"),
    ],
    ids=str,
)
def test_what_cannot_be_a_target_is_refused_with_a_sentence(
    indicator: Indicator, officer: User, data: TargetData, change: dict[str, Any], words: str
) -> None:
    with pytest.raises(Invalid) as refused:
        add_target(actor=officer, indicator=indicator, data=replace(data, **change))
    assert words in refused.value.sentence.replace("\N{NO-BREAK SPACE}", " ")
    assert not Target.objects.exists()
    assert events("indicators.target.add") == []


def test_a_change_is_audited_and_a_stale_one_is_refused(
    indicator: Indicator, officer: User, data: TargetData
) -> None:
    figures_of(indicator, {"BE": {"2024": 83.0}})
    target = add_target(actor=officer, indicator=indicator, data=data)
    changed = change_target(actor=officer, target=target, version=1, data=replace(data, value=84.0))
    assert (changed.value, changed.version) == (84.0, 2)
    event = AuditEvent.objects.get(action="indicators.target.change")
    assert (event.before, event.after) == ({"value": 82.0}, {"value": 84.0})
    standing = Standing.objects.get(target=target)
    assert (standing.before, standing.status) == (Status.REACHED, Status.CANNOT_TELL)
    assert events("indicators.standing.change") == ["indicators.standing.change"]
    with pytest.raises(Stale):
        change_target(actor=officer, target=target, version=1, data=replace(data, value=85.0))
    assert Target.objects.get().value == 84.0


def test_a_withdrawn_target_judges_nobody_and_stays_as_it_was(
    indicator: Indicator, officer: User, data: TargetData
) -> None:
    target = add_target(actor=officer, indicator=indicator, data=data)
    withdrawn = withdraw_target(actor=officer, target=target, version=1)
    assert withdrawn.withdrawn
    assert stands(indicator) == []
    assert not Standing.objects.exists()
    with pytest.raises(Invalid, match="was withdrawn"):
        change_target(actor=officer, target=withdrawn, version=2, data=data)
    with pytest.raises(Invalid, match="was withdrawn"):
        withdraw_target(actor=officer, target=withdrawn, version=2)
    add_target(actor=officer, indicator=indicator, data=data)


def test_who_may_not_manage_the_indicator_changes_no_target(
    indicator: Indicator, data: TargetData, make_user: Any
) -> None:
    target = TargetFactory(indicator=indicator)
    strangers = [
        AnonymousUser(),
        make_user(),
        member(IndicatorFactory(), "officer"),
        member(indicator, "reader"),
    ]
    for stranger in strangers:
        with pytest.raises(Refused):
            add_target(actor=stranger, indicator=indicator, data=data)
        with pytest.raises(Refused):
            change_target(actor=stranger, target=target, version=1, data=data)
        with pytest.raises(Refused):
            withdraw_target(actor=stranger, target=target, version=1)
        with pytest.raises(Refused):
            sign_judgement(actor=stranger, target=target, area=target.area, status="reached", ground="So")
        with pytest.raises(Refused):
            take_back(actor=stranger, target=target, area=target.area, ground="So")


# --- signed judgements


def test_a_judgement_is_signed_about_the_figures_of_that_moment(indicator: Indicator, officer: User) -> None:
    release = figures_of(indicator, {"BE": {"2022": 70.0, "2023": 72.0, "2024": 74.0}})
    target = TargetFactory(indicator=indicator, area_id="BE")
    with clock.moved_to(START):
        signed = sign_judgement(
            actor=officer,
            target=target,
            area=target.area,
            status=Status.TOO_SLOW,
            ground=" The law changed. ",
        )
    assert (signed.by, signed.at, signed.ground) == (officer.pk, START, "The law changed.")
    assert signed.figures_until == release
    (stand,) = stands(indicator)
    assert (stand.status, stand.judged.status) == (Status.TOO_SLOW, Status.ON_TRACK)
    assert events("indicators.judgement.sign") == ["indicators.judgement.sign"]
    assert "The law changed" not in str(AuditEvent.objects.get(action="indicators.judgement.sign").after)


def test_taking_back_adds_a_row_and_the_method_counts_again(indicator: Indicator, officer: User) -> None:
    figures_of(indicator, {"BE": {"2022": 70.0, "2023": 72.0, "2024": 74.0}})
    target = TargetFactory(indicator=indicator, area_id="BE")
    place: dict[str, Any] = {"actor": officer, "target": target, "area": target.area}
    with clock.moved_to(START):
        sign_judgement(**place, status=Status.TOO_SLOW, ground="Seen")
    with clock.moved_to(START + timedelta(days=1)):
        take_back(**place, ground="Seen wrongly")
    assert stands(indicator)[0].status == Status.ON_TRACK
    assert [(each.status, each.ground) for each in Judgement.objects.order_by("at")] == [
        ("too-slow", "Seen"),
        ("", "Seen wrongly"),
    ]
    assert Standing.objects.get().status == Status.ON_TRACK
    with pytest.raises(Invalid, match="no signed judgement here"):
        take_back(**place, ground="Again")
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        Judgement.objects.update(ground="Other")


def test_a_judgement_needs_a_ground_a_status_and_an_area_of_the_target(
    indicator: Indicator, officer: User
) -> None:
    target = TargetFactory(indicator=indicator)
    place: dict[str, Any] = {"actor": officer, "target": target}
    with pytest.raises(Invalid, match="Give the ground"):
        sign_judgement(**place, area=target.area, status="reached", ground="  ")
    with pytest.raises(Invalid, match="one of the six statuses"):
        sign_judgement(**place, area=target.area, status="excellent", ground="So")
    with pytest.raises(Invalid, match="one of the six statuses"):
        sign_judgement(**place, area=target.area, status="", ground="So")
    with pytest.raises(Invalid, match="Area FR is no part of it"):
        sign_judgement(**place, area=AreaFactory(code="FR"), status="reached", ground="So")
    region = AreaFactory(code="BE2", kind=Area.Kind.REGION, parent=target.area)
    sign_judgement(**place, area=region, status="reached", ground="So")
    Target.objects.update(withdrawn=True)
    target.refresh_from_db()
    with pytest.raises(Invalid, match="withdrawn"):
        sign_judgement(**place, area=target.area, status="reached", ground="So")
