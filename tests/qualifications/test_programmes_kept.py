"""Keeping programmes: the services, and the forms that call them."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from gilde.core import clock
from gilde.core.audit.models import AuditEvent
from gilde.core.errors import Invalid, Refused, Stale
from gilde.core.models import User
from gilde.core.periods import SchoolYear
from gilde.core.text import Text
from gilde.qualifications import enrolments
from gilde.qualifications.errors import Unreadable
from gilde.qualifications.models import Enrolment, Offer, Programme
from gilde.qualifications.services import programmes as service
from tests.client import GildeClient
from tests.indicators.keeping import text_of
from tests.qualifications.factories import (
    OrganisationFactory,
    ProgrammeFactory,
    a_file,
    a_member,
    registered,
)

pytestmark = pytest.mark.django_db
CELL = {"finality": "labour-market", "form": "dual", "domain": "stem"}


@pytest.fixture(autouse=True)
def _today() -> Iterator[None]:
    with clock.moved_to(date(2026, 3, 1)):
        yield


@pytest.fixture
def welding() -> Programme:
    made: Programme = ProgrammeFactory(code="welding", title=Text.of("Welding"), created_in=2020)
    return made


@pytest.fixture
def officer(welding: Programme) -> User:
    return a_member(welding.owner)


@pytest.fixture
def signed_in(client: GildeClient, officer: User) -> GildeClient:
    client.force_login(officer)
    return client


def an_offer(programme: Programme, slug: str = "school", place: str = "Gent") -> Offer:
    return Offer.objects.create(programme=programme, provider=OrganisationFactory(slug=slug), place=place)


def events() -> list[str]:
    return list(AuditEvent.objects.order_by("id").values_list("action", flat=True))


# --- what a programme is


def test_a_programme_is_added_to_the_matrix(officer: User, welding: Programme) -> None:
    made = service.add_programme(
        actor=officer,
        owner=welding.owner,
        code="roofing",
        matrix="flanders-secondary",
        title=Text.of("Roofing"),
        created_in=2025,
        **CELL,
    )
    assert Programme.objects.get(code="roofing") == made
    assert events() == ["qualifications.programme.add"]


@pytest.mark.parametrize(
    ("field", "value", "told"),
    [
        ("domain", "astronomy", "“astronomy” does not stand in the matrix"),
        ("grade", "fourth", "“fourth” does not stand in the matrix"),
        ("matrix", "elsewhere", "no matrix “elsewhere”"),
        ("code", "list", "“list” is the address of a page"),
        ("ended_in", 2019, "before the first"),
    ],
)
def test_a_programme_that_does_not_fit_is_refused_at_its_field(
    officer: User, welding: Programme, field: str, value: Any, told: str
) -> None:
    given = {**CELL, "code": "roofing", "matrix": "flanders-secondary", "created_in": 2025, field: value}
    with pytest.raises(Invalid, match=told) as error:
        service.add_programme(actor=officer, owner=welding.owner, title=Text.of("Roofing"), **given)
    assert list(error.value.details["fields"]) == [field]  # type: ignore[call-overload]
    assert Programme.objects.count() == 1


def test_who_comes_second_is_told(officer: User, welding: Programme) -> None:
    service.change_programme(actor=officer, programme=welding, lock=1, domain="arts")
    with pytest.raises(Stale):
        service.change_programme(actor=officer, programme=welding, lock=1, domain="sport")
    with pytest.raises(Stale):
        service.add_offer(actor=officer, programme=welding, lock=1, provider=welding.owner, place="Gent")
    assert Offer.objects.count() == 0
    welding.refresh_from_db()
    assert welding.domain == "arts"


@pytest.mark.parametrize("role", ["reader", "officer"])
def test_nobody_but_the_keeper_changes_anything(welding: Programme, role: str) -> None:
    actor = a_member(welding.owner if role == "reader" else OrganisationFactory(), role)
    offer, year = an_offer(welding), SchoolYear(2024)
    told: dict[str, Any] = {"actor": actor, "programme": welding}
    for act in (
        lambda: service.change_programme(**told, lock=1, domain="arts"),
        lambda: service.lead_to(**told, lock=1, qualifications=[]),
        lambda: service.record_screening(**told, lock=1, school_year=year),
        lambda: service.add_offer(**told, lock=1, provider=welding.owner, place="Aalst"),
        lambda: service.end_offer(actor=actor, offer=offer, lock=1, school_year=year),
        lambda: service.record_enrolment(**told, school_year=year, learners=4),
    ):
        with pytest.raises(Refused):
            act()
    assert events() == []


def test_a_programme_leads_to_what_its_keeper_may_see(officer: User, welding: Programme) -> None:
    seen, hidden = registered(units=0).qualification, a_file(units=0).qualification
    service.lead_to(actor=officer, programme=welding, lock=1, qualifications=[seen])
    assert list(welding.leads_to.all()) == [seen]
    with pytest.raises(Invalid, match="no such qualification"):
        service.lead_to(actor=officer, programme=welding, lock=2, qualifications=[seen, hidden])
    assert list(welding.leads_to.all()) == [seen]


def test_a_screening_is_recorded_for_a_school_year_that_has_begun(officer: User, welding: Programme) -> None:
    for year in (2026, 2019):
        with pytest.raises(Invalid):
            service.record_screening(actor=officer, programme=welding, lock=1, school_year=SchoolYear(year))
    service.record_screening(actor=officer, programme=welding, lock=1, school_year=SchoolYear(2025))
    welding.refresh_from_db()
    assert (welding.last_screened, welding.version) == (2025, 2)
    assert events() == ["qualifications.programme.screen"]


# --- offers


def test_an_offer_is_added_changed_and_ended(officer: User, welding: Programme) -> None:
    school = OrganisationFactory()
    offer = service.add_offer(
        actor=officer, programme=welding, lock=1, provider=school, place="Gent", since=2021
    )
    service.change_offer(actor=officer, offer=offer, lock=2, place="Aalst")
    service.end_offer(actor=officer, offer=offer, lock=3, school_year=SchoolYear(2025))
    offer.refresh_from_db()
    assert (offer.place, offer.until) == ("Aalst", 2025)
    welding.refresh_from_db()
    assert welding.version == 4
    with pytest.raises(Invalid, match="before the first"):
        service.end_offer(actor=officer, offer=offer, lock=4, school_year=SchoolYear(2020))
    welding.refresh_from_db()
    assert welding.version == 4


# --- enrolments


def test_a_number_that_is_said_again_is_corrected(officer: User, welding: Programme) -> None:
    for learners in (12, 14):
        service.record_enrolment(
            actor=officer, programme=welding, school_year=SchoolYear(2024), learners=learners
        )
    assert list(Enrolment.objects.values_list("school_year", "learners")) == [(2024, 14)]


@pytest.mark.parametrize("year", [2019, 2026])
def test_learners_are_counted_only_in_years_in_which_the_programme_runs(
    officer: User, welding: Programme, year: int
) -> None:
    with pytest.raises(Invalid):
        service.record_enrolment(actor=officer, programme=welding, school_year=SchoolYear(year), learners=3)


def load(actor: User, *rows: str, head: str = "programme,school_year,learners,provider,place") -> int:
    return service.load_enrolments(actor=actor, content="\n".join([head, *rows]).encode(), name="counts.csv")


def test_a_file_of_enrolments_is_stored_and_what_is_known_corrected(
    officer: User, welding: Programme
) -> None:
    offer = an_offer(welding)
    Enrolment.objects.create(programme=welding, offer=None, school_year=2024, learners=1)
    rows = ["welding,2024-2025,12,,", "welding,2025,4,school,gent", "", "welding,2025-26,13,,"]
    assert load(officer, *rows) == 3
    told = set(Enrolment.objects.values_list("school_year", "offer", "learners"))
    assert told == {(2024, None, 12), (2025, None, 13), (2025, offer.pk, 4)}
    assert events() == ["qualifications.enrolment.load"]


def test_each_wrong_row_is_told_and_nothing_is_stored(officer: User, welding: Programme) -> None:
    ProgrammeFactory(code="theirs")
    with pytest.raises(Unreadable) as error:
        load(
            officer,
            "welding,2024-2025,12,,",
            "nothing,2024-2025,12,,",
            "theirs,2024-2025,12,,",
            "welding,2010-2011,12,,",
            "welding,2024-2025,4,school,Gent",
        )
    told = error.value.sentence
    assert "Row 2" not in told
    assert "Row 3: there is no programme “nothing”." in told
    assert "Row 4: Only policy officers and approvers" in told
    assert "Row 5: The programme “welding” did not run in 2010-2011." in told
    assert "Row 6: school does not offer welding in Gent." in told
    assert Enrolment.objects.count() == 0


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ("welding,2024-2025,-3,,", "Row 2: learners: “-3” is no whole number"),
        ("welding,2024-2025,1.5,,", "Row 2: learners: “1.5” is no whole number"),
        ("welding,2024-2025,99999999999999999999,,", "Row 2: learners"),
        ("welding,last year,3,,", "Row 2: “last year” is no period"),
        ("welding,2024-2025,3,,Gent", "Row 2: a place without a provider"),
        ("welding,2024-2025,3,school,", "Row 2: a provider without a place"),
        ("welding,2024-2025", "Row 2: 2 cells under 5 heads"),
        (",2024-2025,3,,", "Row 2: the code of the programme is missing"),
        ("welding,2024-2025,3,,\nwelding,2024,4,,", "Row 3: the same as row 2"),
    ],
)
def test_a_wrong_row_is_told_with_what_is_wrong(row: str, told: str) -> None:
    with pytest.raises(Unreadable, match="Nothing was stored") as error:
        enrolments.read(f"programme,school_year,learners,provider,place\n{row}".encode())
    assert told in error.value.sentence


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "the column programme, school_year, learners is missing"),
        (b"programme,school_year,learners\n", "no row under its heads"),
        (b"programme,school_year,learners,colour\n", "unknown column “colour”"),
        (b"programme,school_year,learners,learners\n", "a column stands there twice"),
        ("programme;school_year;learners\n".encode("utf-16"), "no text in UTF-8"),
        (b"x" * (enrolments.MOST_BYTES + 1), "larger than 5 MB"),
    ],
)
def test_a_file_that_is_no_table_of_enrolments_is_refused(content: bytes, told: str) -> None:
    with pytest.raises(Unreadable, match=told):
        enrolments.read(content)


def test_many_wrong_rows_are_counted_not_all_told() -> None:
    rows = "\n".join(f"p{n},2024,x" for n in range(30))
    with pytest.raises(Unreadable, match="And 10 more rows are wrong"):
        enrolments.read(f"programme,school_year,learners\n{rows}".encode())


@given(content=st.binary(max_size=300))
def test_whatever_is_loaded_gives_rows_or_a_sentence(content: bytes) -> None:
    for head in (b"", b"programme;school_year;learners\n"):
        with contextlib.suppress(Unreadable):
            assert enrolments.read(head + content)


LINES = st.lists(
    st.tuples(st.sampled_from(["a", "b-2"]), st.integers(1990, 2090), st.integers(0, 9999)),
    min_size=1,
    max_size=9,
    unique_by=lambda line: line[:2],
)


@given(lines=LINES, separator=st.sampled_from(",;"), mark=st.booleans(), long=st.booleans())
def test_what_is_written_is_read(
    lines: list[tuple[str, int, int]], separator: str, mark: bool, long: bool
) -> None:
    rows = [(p, f"{y}-{y + 1}" if long else str(y), str(n)) for p, y, n in lines]
    table = [("programme", "school_year", "learners"), *rows]
    text = "\r\n".join(separator.join(row) for row in table)
    read = enrolments.read(text.encode("utf-8-sig" if mark else "utf-8"))
    assert [(line.programme, line.school_year.start, line.learners) for line in read] == lines


# --- the forms


def test_an_officer_adds_a_programme_and_comes_to_its_page(
    signed_in: GildeClient, welding: Programme
) -> None:
    form = {
        **CELL,
        "owner": str(welding.owner_id),
        "code": "roofing",
        "matrix": "flanders-secondary",
        "title_0": "Roofing",
        "title_2": "en",
        "created_in": "2025-2026",
        "years": "2",
    }
    answer = signed_in.post(reverse("qualifications:programme-add"), form, follow=True)
    words = text_of(answer)
    assert "Roofing" in words
    assert "First school year 2025-2026" in words
    assert Programme.objects.get(code="roofing").created_in == 2025


def test_a_form_that_came_second_shows_what_is_stored(
    signed_in: GildeClient, officer: User, welding: Programme
) -> None:
    here = reverse("qualifications:programme-screening", args=["welding"])
    service.record_screening(actor=officer, programme=welding, lock=1, school_year=SchoolYear(2023))
    answer = signed_in.post(here, {"school_year": "2024-2025", "version": "1"})
    assert answer.status_code == 409
    assert "What is stored now" in text_of(answer)
    assert signed_in.post(here, {"school_year": "2024-2025", "version": "2"}).status_code == 302
    welding.refresh_from_db()
    assert welding.last_screened == 2024


def test_offers_and_where_it_leads_are_kept_by_forms(signed_in: GildeClient, welding: Programme) -> None:
    qualification = registered(units=0).qualification
    school = OrganisationFactory()
    here = reverse("qualifications:programme-leads-to", args=["welding"])
    assert signed_in.get(here).status_code == 200
    signed_in.post(here, {"qualifications": [str(qualification.pk)], "version": "1"})
    assert list(welding.leads_to.all()) == [qualification]
    here = reverse("qualifications:offer-add", args=["welding"])
    signed_in.post(here, {"provider": str(school.pk), "place": "Gent", "version": "2"})
    offer = Offer.objects.get()
    here = reverse("qualifications:offer-edit", args=["welding", offer.pk])
    assert "Gent" in signed_in.get(here).content.decode()
    signed_in.post(here, {"provider": str(school.pk), "place": "Aalst", "since": "2021-2022", "version": "3"})
    here = reverse("qualifications:offer-end", args=["welding", offer.pk])
    assert "no longer shown as a place" in text_of(signed_in.get(here))
    signed_in.post(here, {"school_year": "2025-2026", "version": "4"})
    offer.refresh_from_db()
    assert (offer.place, offer.since, offer.until) == ("Aalst", 2021, 2025)


def test_an_offer_of_another_programme_is_not_found(signed_in: GildeClient, welding: Programme) -> None:
    other = an_offer(ProgrammeFactory())
    here = reverse("qualifications:offer-edit", args=["welding", other.pk])
    assert signed_in.get(here).status_code == 404


def test_wrong_rows_are_told_at_the_file(signed_in: GildeClient, welding: Programme) -> None:
    here = reverse("qualifications:enrolment-load")

    def send(text: str) -> Any:
        file = SimpleUploadedFile("counts.csv", text.encode(), "text/csv")
        return signed_in.post(here, {"file": file}, follow=True)

    wrong = send("programme,school_year,learners\nwelding,2024,many\nnothing,2024,3\n")
    assert wrong.status_code == 422
    assert "Row 2: learners: “many” is no whole number" in text_of(wrong)
    assert "1 row has been loaded." in text_of(send("programme,school_year,learners\nwelding,2024,9\n"))
    here = reverse("qualifications:enrolment-add", args=["welding"])
    signed_in.post(here, {"school_year": "2025-2026", "learners": "11"})
    assert set(Enrolment.objects.values_list("school_year", "learners")) == {(2024, 9), (2025, 11)}
