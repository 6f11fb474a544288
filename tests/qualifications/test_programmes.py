"""What everybody sees of study programmes: the matrix, the list, one programme, what is due."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from gilde.core import clock
from gilde.core.text import Text
from gilde.indicators.models import Area
from gilde.qualifications.models import Enrolment, Offer, Programme
from tests.client import GildeClient
from tests.indicators.keeping import page_of, text_of
from tests.qualifications.factories import OrganisationFactory, ProgrammeFactory, a_member, registered

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _today() -> Iterator[None]:
    with clock.moved_to(date(2026, 3, 1)):
        yield


def an_offer(programme: Programme, place: str = "Gent", **fields: Any) -> Offer:
    provider = fields.pop("provider", None) or OrganisationFactory(slug=f"school-{place.lower()}")
    return Offer.objects.create(programme=programme, provider=provider, place=place, **fields)


def rows_of(response: Any) -> list[str]:
    return [" ".join(row.text(separator=" ").split()) for row in page_of(response).css("tbody tr")]


# --- the matrix


def test_the_matrix_counts_programmes_at_each_finality_in_each_domain(client: GildeClient) -> None:
    ProgrammeFactory.create_batch(2, domain="stem", finality="labour-market", form="dual")
    ProgrammeFactory(domain="stem", finality="transfer", form="full-time")
    answer = client.get(reverse("qualifications:programmes"))
    assert "Science, technology, engineering and mathematics 1 – none 2 3" in rows_of(answer)
    only_dual = client.get(reverse("qualifications:programmes"), {"form": "dual"})
    assert "Science, technology, engineering and mathematics – none – none 2 2" in rows_of(only_dual)


def test_a_cell_leads_to_a_list_of_as_many_programmes(client: GildeClient) -> None:
    ProgrammeFactory.create_batch(2, domain="arts", finality="transfer", form="full-time")
    ProgrammeFactory(domain="arts", finality="transfer", form="dual")
    ProgrammeFactory(domain="arts", finality="transfer", form="full-time", ended_in=2024)
    page = page_of(client.get(reverse("qualifications:programmes"), {"form": "full-time"}))
    (cell,) = [each for each in page.css("tbody td a") if "domain=arts" in each.attributes["href"]][:1]
    assert cell.text() == "2"
    assert "2 found" in text_of(client.get(cell.attributes["href"]))


def test_a_programme_outside_the_matrix_is_counted_with_its_code(client: GildeClient) -> None:
    ProgrammeFactory(domain="astronomy", finality="transfer")
    assert "astronomy 1 – none – none 1" in rows_of(client.get(reverse("qualifications:programmes")))


def test_without_programmes_the_page_says_how_to_begin(client: GildeClient) -> None:
    assert "add a programme" in text_of(client.get(reverse("qualifications:programmes")))


# --- the list


def test_the_list_is_narrowed_by_where_a_programme_can_be_followed(client: GildeClient) -> None:
    welding, care = ProgrammeFactory(title=Text.of("Welding")), ProgrammeFactory(title=Text.of("Care"))
    Area.objects.create(code="BE23", kind="region", name=Text.of("East Flanders"))
    an_offer(welding, "Gent", area_id="BE23")
    an_offer(care, "Leuven")
    here = reverse("qualifications:programme-list")
    assert [row.split()[0] for row in rows_of(client.get(here))] == ["Care", "Welding"]
    assert [row.split()[0] for row in rows_of(client.get(here, {"provider": "school-leuven"}))] == ["Care"]
    assert [row.split()[0] for row in rows_of(client.get(here, {"area": "BE23"}))] == ["Welding"]
    assert [row.split()[0] for row in rows_of(client.get(here, {"q": "weld"}))] == ["Welding"]


def test_the_list_is_downloaded_with_words_and_school_years(client: GildeClient) -> None:
    ProgrammeFactory(code="welding", title=Text.of("Welding"), created_in=2020, last_screened=2024)
    answer = client.get(reverse("qualifications:programme-list"), {"format": "csv"})
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    assert text.splitlines()[1].startswith("Welding,welding,")
    assert "To work,Dual learning" in text
    assert "2020-2021" in text
    assert "2024-2025" in text


# --- one programme


@pytest.fixture
def welding() -> Programme:
    made: Programme = ProgrammeFactory(
        code="welding", title=Text.of("Welding"), created_in=2020, years=Decimal(2)
    )
    return made


def test_a_programme_tells_where_it_leads_and_where_it_is_offered(
    client: GildeClient, welding: Programme
) -> None:
    version = registered(qualification__code="welder", level="3")
    welding.leads_to.add(version.qualification)
    an_offer(welding, "Gent", since=2021)
    an_offer(welding, "Aalst", until=2024)
    answer = client.get(reverse("qualifications:programme", args=["welding"]))
    words = text_of(answer)
    assert "Title of welder Level 3 Registered" in words
    assert "Gent" in " ".join(rows_of(answer))
    assert "from 2021-2022" in words
    assert "1 place where it was offered before" in words
    assert "Aalst" not in " ".join(rows_of(answer))


def test_a_draft_to_which_a_programme_leads_is_shown_to_its_drafters_only(
    client: GildeClient, welding: Programme
) -> None:
    from tests.qualifications.factories import a_file

    draft = a_file(qualification__code="secret")
    welding.leads_to.add(draft.qualification)
    here = reverse("qualifications:programme", args=["welding"])
    assert "Title of secret" not in text_of(client.get(here))
    client.force_login(a_member(draft.qualification.owner))
    assert "Title of secret" in text_of(client.get(here))


def test_a_programme_says_by_when_it_must_be_screened(client: GildeClient, welding: Programme) -> None:
    here = reverse("qualifications:programme", args=["welding"])
    words = text_of(client.get(here))
    assert "by 31 August 2026 Due this school year" in words
    assert "Last screened never" in words
    with clock.moved_to(date(2026, 9, 1)):
        assert "Overdue" in text_of(client.get(here))


def test_learners_at_each_place_are_added_up_unless_all_are_told(
    client: GildeClient, welding: Programme
) -> None:
    gent, aalst = an_offer(welding, "Gent"), an_offer(welding, "Aalst")
    for year, offer, learners in ((2023, gent, 10), (2023, aalst, 5), (2024, gent, 11), (2024, None, 30)):
        Enrolment.objects.create(programme=welding, offer=offer, school_year=year, learners=learners)
    page = page_of(client.get(reverse("qualifications:programme", args=["welding"])))
    table = [" ".join(row.text(separator=" ").split()) for row in page.css("figure tbody tr")]
    assert table == ["2023-2024 15", "2024-2025 30"]


def test_only_who_keeps_a_programme_is_offered_to_change_it(client: GildeClient, welding: Programme) -> None:
    here = reverse("qualifications:programme", args=["welding"])
    client.force_login(a_member(OrganisationFactory()))
    assert "Record a screening" not in text_of(client.get(here))
    client.force_login(a_member(welding.owner))
    assert "Record a screening" in text_of(client.get(here))


# --- what is due


def test_overdue_screenings_come_first_and_ended_programmes_not_at_all(client: GildeClient) -> None:
    for title, created, screened, ended in (
        ("Young", 2024, None, None),
        ("Now", 2019, 2020, None),
        ("Late", 2019, None, None),
        ("Over", 2010, None, 2024),
    ):
        ProgrammeFactory(title=Text.of(title), created_in=created, last_screened=screened, ended_in=ended)
    here = reverse("qualifications:programme-due")
    rows = rows_of(client.get(here))
    assert [row.split()[0] for row in rows] == ["Late", "Now", "Young"]
    assert "Overdue" in rows[0]
    assert "31 August 2025" in rows[0]
    assert [row.split()[0] for row in rows_of(client.get(here, {"standing": "this-year"}))] == ["Now"]


def test_reviews_of_registered_qualifications_are_due_by_their_day(client: GildeClient) -> None:
    for code, day in (("late", "2026-02-28"), ("soon", "2026-08-31"), ("later", "2026-09-01")):
        registered(qualification__code=code, review_due=date.fromisoformat(day))
    registered(qualification__code="never")
    here = reverse("qualifications:review-due")
    rows = rows_of(client.get(here))
    assert [row.split()[2] for row in rows] == ["late", "soon", "later"]
    for standing, code in (("overdue", "late"), ("this-year", "soon"), ("not-yet", "later")):
        (row,) = rows_of(client.get(here, {"standing": standing}))
        assert code in row
    text = b"".join(client.get(here, {"format": "csv"}).streaming_content).decode()
    assert "2026-02-28,overdue" in text


# --- queries


def test_public_pages_ask_at_most_ten_questions(
    client: GildeClient, welding: Programme, django_assert_max_num_queries: Any
) -> None:
    version = registered(review_due=date(2026, 1, 1))
    welding.leads_to.add(version.qualification)
    Enrolment.objects.create(programme=welding, offer=None, school_year=2024, learners=4)
    an_offer(welding, "Gent")
    ProgrammeFactory.create_batch(3)
    client.force_login(a_member(welding.owner))
    for route in ("programmes", "programme-list", "programme-due", "review-due"):
        with django_assert_max_num_queries(10):
            assert client.get(reverse(f"qualifications:{route}")).status_code == 200
    with django_assert_max_num_queries(10):
        assert client.get(reverse("qualifications:programme", args=["welding"])).status_code == 200


def test_there_is_no_page_of_an_unknown_programme(client: Client) -> None:
    assert client.get(reverse("qualifications:programme", args=["nothing"])).status_code == 404
