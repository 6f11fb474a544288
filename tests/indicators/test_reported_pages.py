"""The pages on which figures are reported by one officer and published by another."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from gilde.core import clock
from gilde.core.models import User
from gilde.core.text import Text
from gilde.indicators import figures
from gilde.indicators.dimensions import Dimension
from gilde.indicators.models import (
    Indicator,
    ReportedFigure,
)
from gilde.organisations.public import Role
from tests.client import GildeClient
from tests.indicators.factories import IndicatorFactory, figures_of, member
from tests.indicators.keeping import a_reported, page_of, sent_by, signed_in, text_of

pytestmark = pytest.mark.django_db
SEX = Dimension("sex", Text.of("Sex"), "T", {"T": Text.of("Total"), "F": Text.of("Women")})


@pytest.fixture(autouse=True)
def _today() -> Any:
    with clock.moved_to(date(2026, 3, 1)):
        yield


@pytest.fixture
def indicator() -> Indicator:
    made: Indicator = IndicatorFactory(code="learning", dimensions=[SEX.as_json()])
    figures_of(made, {"BE": {"2020": 60.0, "2021": 61.0, "2022": 62.5}, "EU27_2020": {"2022": 70.0}})
    return made


@pytest.fixture
def person(indicator: Indicator) -> User:
    return member(indicator, Role.OFFICER)


@pytest.fixture
def officer(person: User) -> GildeClient:
    return signed_in(person)


@pytest.fixture
def approver(indicator: Indicator) -> GildeClient:
    return signed_in(member(indicator, Role.APPROVER))


@pytest.fixture
def typed(indicator: Indicator) -> Indicator:
    made: Indicator = IndicatorFactory(
        code="typed", kind="reported", owner=indicator.owner, dimensions=[SEX.as_json()]
    )
    return made


def a_report(**more: Any) -> dict[str, Any]:
    return {
        "area": "BE",
        "of_sex": "F",
        "period": "2025",
        "value": "75,4",
        "source": "Count of the ministry",
        "url": "https://example.org/count",
        **more,
    }


def test_a_figure_is_reported_handed_in_and_published_by_another(
    officer: GildeClient, approver: GildeClient, client: GildeClient, typed: Indicator
) -> None:
    answer = officer.post(reverse("indicators:reported-add", args=["typed"]), a_report(), follow=True)
    words = text_of(answer)
    assert "Understood: 75.4 %." in words
    assert "Draft" in words
    figure = ReportedFigure.objects.get()
    here = reverse("indicators:reported-figure", args=[figure.pk])
    step = {
        name: reverse("indicators:reported-step", args=[figure.pk, name]) for name in ("submit", "approve")
    }
    assert officer.post(step["submit"], sent_by(officer, step["submit"])).status_code == 302
    assert officer.get(step["approve"]).status_code == 403
    assert client.get(here).status_code == 404
    asked = text_of(approver.get(step["approve"]))
    assert "It is published at once" in asked
    assert "75.4 %" in asked
    assert approver.post(step["approve"], sent_by(approver, step["approve"])).status_code == 302
    (line,) = figures.lines(typed, keys=["sex=F"])
    assert [told.value for told in line.figures] == [75.4]
    assert "Count of the ministry" in text_of(client.get(here))


@pytest.mark.parametrize(
    ("language", "words", "understood"),
    [("en", "1,234", "1,234"), ("nl", "1,234", "1,234"), ("en", "1.234", "1.234"), ("nl", "1.234", "1.234")],
)
def test_what_was_understood_of_a_number_is_said_in_the_readers_way(
    officer: GildeClient, typed: Indicator, language: str, words: str, understood: str
) -> None:
    Indicator.objects.filter(pk=typed.pk).update(maximum=None, unit="NR")
    url = reverse("indicators:reported-add", args=["typed"])
    answer = officer.post(url, a_report(value=words), follow=True, headers={"Accept-Language": language})
    assert understood in text_of(answer)
    thousands = {"en": ",", "nl": "."}[language]
    assert ReportedFigure.objects.get().value == (1234.0 if thousands in words else 1.234)


def test_two_numbers_that_disagree_are_both_told_and_nothing_is_lost(
    officer: GildeClient, typed: Indicator
) -> None:
    url = reverse("indicators:reported-add", args=["typed"])
    answer = officer.post(url, a_report(numerator="7", denominator="10", note="As counted"))
    assert answer.status_code == 422
    page = page_of(answer)
    assert "You give 75.4 %, but 7 of 10 is 70 %" in page.css_first(".alert.bad").text()
    assert page.css_first("input[name=value]").attributes["value"] == "75,4"
    assert page.css_first("textarea[name=note]").text().strip() == "As counted"


def test_a_draft_is_changed_and_its_file_stays(officer: GildeClient, typed: Indicator) -> None:
    file = SimpleUploadedFile("counted.txt", b"counted")
    officer.post(reverse("indicators:reported-add", args=["typed"]), a_report(url="", file=file))
    figure = ReportedFigure.objects.get()
    url = reverse("indicators:reported-edit", args=[figure.pk])
    assert "“counted.txt” is there" in text_of(officer.get(url))
    sent = sent_by(officer, url)
    assert (sent["value"], sent["of_sex"], sent["period"]) == ("75.4", "F", "2025")
    assert officer.post(url, {**sent, "value": "70,1"}).status_code == 302
    figure.refresh_from_db()
    assert (figure.value, figure.file_name) == (70.1, "counted.txt")
    answer: Any = officer.get(reverse("indicators:reported-file", args=[figure.pk]))
    assert b"".join(answer.streaming_content) == b"counted"


def test_who_decides_sees_what_is_public_now_in_its_place(
    approver: GildeClient, typed: Indicator, person: User
) -> None:
    figures_of(typed, {"BE": {"2024": 70.0}})
    figure = a_reported(typed, person, "submitted")
    words = text_of(approver.get(reverse("indicators:reported-figure", args=[figure.pk])))
    assert "Public now in this place: 70 %" in words


def test_the_list_of_reported_figures_shows_strangers_only_what_is_approved(
    client: GildeClient,
    officer: GildeClient,
    typed: Indicator,
    person: User,
    django_assert_max_num_queries: Callable[[int], Any],
) -> None:
    for number, state in enumerate(ReportedFigure.State.values):
        a_reported(typed, person, state, period=f"201{number}")
    url = reverse("indicators:reported")
    with django_assert_max_num_queries(10):
        assert "1 found" in text_of(client.get(url))
    assert "4 found" in text_of(officer.get(url))
    assert "1 found" in text_of(officer.get(url, {"state": "returned"}))
