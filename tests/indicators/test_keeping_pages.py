"""The pages on which officers keep indicators: what they are, their targets, signed judgements."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.urls import reverse

from gilde.core import clock
from gilde.core.models import User
from gilde.core.text import Text
from gilde.indicators.dimensions import Dimension, dimensions_of
from gilde.indicators.models import (
    Indicator,
    Judgement,
    Origin,
    Target,
)
from gilde.organisations.public import Role
from tests.client import GildeClient
from tests.indicators.factories import AreaFactory, IndicatorFactory, TargetFactory, figures_of, member
from tests.indicators.keeping import a_load, page_of, sent_by, signed_in, text_of

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


# Keeping indicators.


def test_an_indicator_is_described_published_and_found(officer: GildeClient, client: GildeClient) -> None:
    url = reverse("indicators:add")
    answer = officer.post(
        url,
        {
            **sent_by(officer, url),
            "name_0": "Adults in learning",
            "code": "adults",
            "definition_0": "Adults who learned.",
            "unit": "PC",
            "unit_label_0": "%",
            "minimum": "0",
            "maximum": "100,0",
            "dimensions_0": "sex Sex: *T Total; F Women",
            "source_0": "Office of examples",
        },
    )
    assert answer.status_code == 302, text_of(answer)
    made = Indicator.objects.get(code="adults")
    assert (made.state, made.maximum, dimensions_of(made)) == ("draft", 100.0, [SEX])
    kept = officer.get(answer["Location"])
    assert "Say where they come from" in text_of(kept)
    assert client.get(reverse("indicators:indicator", args=["adults"])).status_code == 404
    step = reverse("indicators:move", args=["adults", "publish"])
    assert "Everybody sees it" in text_of(officer.get(step))
    assert officer.post(step, sent_by(officer, step)).status_code == 302
    assert Indicator.objects.get(code="adults").state == "published"


def test_a_taken_code_is_refused_with_every_word_kept(officer: GildeClient) -> None:
    url = reverse("indicators:add")
    answer = officer.post(url, {**sent_by(officer, url), "code": "compare", "name_0": "A name that stays"})
    assert answer.status_code == 422
    page = page_of(answer)
    assert page.css_first("input[name=name_0]").attributes["value"] == "A name that stays"


def test_a_code_of_a_fixed_address_is_refused_at_its_field(officer: GildeClient) -> None:
    url = reverse("indicators:add")
    filled = {"name_0": "N", "definition_0": "D", "unit": "PC", "unit_label_0": "%", "source_0": "S"}
    answer = officer.post(url, {**sent_by(officer, url), **filled, "code": "boards"})
    assert answer.status_code == 422
    assert "“boards” is the address of another page" in page_of(answer).css_first(".field .errorlist").text()


def test_opening_and_saving_an_indicator_changes_nothing(officer: GildeClient, indicator: Indicator) -> None:
    before = Indicator.objects.filter(pk=indicator.pk).values().get()
    url = reverse("indicators:edit", args=["learning"])
    assert officer.post(url, sent_by(officer, url)).status_code == 302
    after = Indicator.objects.filter(pk=indicator.pk).values().get()
    assert {**after, "version": 1} == before


def test_the_second_of_two_keepers_sees_what_is_stored_and_saves_again(
    officer: GildeClient, approver: GildeClient
) -> None:
    url = reverse("indicators:edit", args=["learning"])
    opened = sent_by(officer, url)
    assert approver.post(url, {**opened, "name_0": "First"}).status_code == 302
    answer = officer.post(
        url, {**opened, "name_0": "Second", "dimensions_0": "sex Gender: *T Total; F Women"}
    )
    assert answer.status_code == 409
    page = page_of(answer)
    stored = " ".join(page.css_first(".stored").text(separator=" ").split())
    assert "First" in stored
    assert "sex Sex: *T Total; F Women" in stored
    assert page.css_first("input[name=name_0]").attributes["value"] == "Second"
    version = page.css_first("input[name=version]").attributes["value"]
    assert officer.post(url, {**opened, "name_0": "Second", "version": version}).status_code == 302
    assert str(Indicator.objects.get(code="learning").name) == "Second"


def test_the_keeping_page_leads_to_everything_that_is_kept(
    officer: GildeClient, indicator: Indicator, django_assert_max_num_queries: Callable[[int], Any]
) -> None:
    TargetFactory(indicator=indicator, area=AreaFactory(code="BE"))
    with django_assert_max_num_queries(14):
        page = page_of(officer.get(reverse("indicators:edit", args=["learning"])))
    addresses = {each.attributes["href"] for each in page.css("main a")}
    for name in ("origin", "load-add", "target-add"):
        assert reverse(f"indicators:{name}", args=["learning"]) in addresses
    target = Target.objects.get()
    for name in ("target-edit", "judge", "target-withdraw"):
        assert reverse(f"indicators:{name}", args=[target.pk]) in addresses
    assert "at least 82.0\u00a0% by 2030" in " ".join(
        page.css_first("main .tasks").text(separator=" ").split(" ")
    )


def test_where_figures_come_from_is_written_as_lines(officer: GildeClient, indicator: Indicator) -> None:
    url = reverse("indicators:origin", args=["learning"])
    sent = {
        **sent_by(officer, url),
        "dataflow": "edat_lfse_14",
        "selection": "sex: T\nUnit = PC\n",
        "areas": "BE\nEU27_2020",
    }
    answer = officer.post(url, sent)
    assert answer.status_code == 302, text_of(answer)
    origin = Origin.objects.get(indicator=indicator)
    assert (origin.selection, origin.areas) == ({"sex": "T", "unit": "PC"}, ["BE", "EU27_2020"])
    assert sent_by(officer, url)["selection"].strip() == "sex: T\nunit: PC"
    wrong = officer.post(url, {**sent, "selection": "sex"})
    assert wrong.status_code == 422
    assert "write the dimension, a colon and the code" in text_of(wrong)


# Targets and judgements.


def a_target(**more: Any) -> dict[str, Any]:
    return {
        "instrument_0": "An agreement",
        "instrument_2": "en",
        "issued_year": "2020",
        "area": "BE",
        "of_sex": "T",
        "comparison": "at-least",
        "value": "82,5",
        "year": "2030",
        "source": "point 1",
        **more,
    }


def test_a_target_is_added_with_the_decimal_comma_and_changed(
    officer: GildeClient, indicator: Indicator
) -> None:
    answer = officer.post(reverse("indicators:target-add", args=["learning"]), a_target())
    assert answer.status_code == 302, text_of(answer)
    target = Target.objects.get()
    assert (target.value, target.key, str(target.instrument)) == (82.5, "", "An agreement")
    url = reverse("indicators:target-edit", args=[target.pk])
    sent = sent_by(officer, url)
    assert (sent["value"], sent["of_sex"], sent["year"]) == ("82.5", "T", "2030")
    assert officer.post(url, {**sent, "value": "83", "of_sex": "F"}).status_code == 302
    target.refresh_from_db()
    assert (target.value, target.key) == (83.0, "sex=F")


def test_an_impossible_target_is_refused_with_what_was_typed(
    officer: GildeClient, indicator: Indicator
) -> None:
    answer = officer.post(reverse("indicators:target-add", args=["learning"]), a_target(value="182,5"))
    assert answer.status_code == 422
    assert page_of(answer).css_first("input[name=value]").attributes["value"] == "182,5"
    assert not Target.objects.exists()


def test_a_target_is_withdrawn_after_saying_what_happens(officer: GildeClient, indicator: Indicator) -> None:
    target = TargetFactory(indicator=indicator, area=AreaFactory(code="BE"))
    url = reverse("indicators:target-withdraw", args=[target.pk])
    assert "Nobody is judged by it any more" in text_of(officer.get(url))
    assert officer.post(url, sent_by(officer, url)).status_code == 302
    target.refresh_from_db()
    assert target.withdrawn
    assert "no longer holds" in text_of(officer.get(reverse("indicators:edit", args=["learning"])))


def test_a_signed_judgement_is_shown_with_who_signed_it_and_taken_back(
    officer: GildeClient, indicator: Indicator, person: User
) -> None:
    target = TargetFactory(indicator=indicator, area=AreaFactory(code="BE"))
    url = reverse("indicators:judge", args=[target.pk])
    assert person.email not in text_of(officer.get(url))
    sent = {"area": "BE", "status": "on-track", "ground": "The new law counts from May."}
    assert officer.post(url, {**sent, "ground": ""}).status_code == 422
    assert officer.post(url, sent).status_code == 302
    signed = Judgement.objects.get()
    assert (signed.status, signed.by, signed.area_id) == ("on-track", person.pk, "BE")
    table = " ".join(page_of(officer.get(url)).css_first("main .tasks").text(separator=" ").split())
    assert "on track" in table
    assert "1 March 2026" in table or "March 1, 2026" in table
    assert "The new law counts from May." in table
    assert str(person) in table
    back = reverse("indicators:judge-take-back", args=[target.pk]) + "?area=BE"
    with clock.moved_to(date(2026, 3, 2)):
        assert officer.post(back, {"ground": "The law was postponed."}).status_code == 302
    assert Judgement.objects.order_by("at").last().status == ""  # type: ignore[union-attr]
    assert str(person) not in page_of(officer.get(url)).css_first("main .tasks").text()


# What each page says to who comes to nothing.


@pytest.mark.parametrize("name", ["loads", "reported", "boards", "following"])
def test_an_empty_list_says_what_will_be_here_and_how_to_begin(person: User, name: str) -> None:
    words = text_of(signed_in(person).get(reverse(f"indicators:{name}")))
    assert "Nothing here yet" in words
    assert len(words) > 120


def test_a_load_that_is_decided_shows_no_form(officer: GildeClient, indicator: Indicator) -> None:
    page = page_of(officer.get(reverse("indicators:load", args=[a_load(indicator, "rejected").pk])))
    assert page.css_first("input[name=act]") is None
