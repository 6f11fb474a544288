"""What the start page says of qualifications."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest
from django.contrib.auth.models import AnonymousUser
from django.urls import reverse

from gilde.core import clock, home, search
from gilde.core.start import ROLES
from gilde.qualifications import home as ours
from tests.client import GildeClient
from tests.qualifications.factories import ProgrammeFactory, UserFactory, a_file, registered

pytestmark = pytest.mark.django_db
VISITOR = AnonymousUser()


@pytest.fixture(autouse=True)
def _today() -> Iterator[None]:
    with clock.moved_to(date(2026, 3, 1)):
        yield


def test_without_qualifications_no_figure_is_made_up() -> None:
    search.rebuild()
    assert ours.qualifications(VISITOR) is None
    assert ours.screenings(VISITOR) is None


def test_what_is_on_the_register_is_counted_and_what_is_invented_said(client: GildeClient) -> None:
    registered(units=0)
    a_file(units=0)
    search.rebuild()
    told = ours.qualifications(VISITOR)
    assert told is not None
    assert (told.value, told.hint) == (1, "")
    registered(units=0, qualification__synthetic=True)
    search.rebuild()
    told = ours.qualifications(VISITOR)
    assert told is not None
    assert (told.value, told.hint) == (2, "partly invented")
    assert "qualifications on the register" in client.get("/").content.decode()


def test_programmes_due_are_counted_with_how_many_are_overdue() -> None:
    for created in (2019, 2020, 2024):
        ProgrammeFactory(created_in=created)
    assert ours.screenings(VISITOR) is None  # no citizen asked
    told = ours.screenings(UserFactory())
    assert told is not None
    assert (told.value, told.hint) == (2, "1 overdue")


def test_what_came_on_the_register_is_news() -> None:
    version = registered(units=0)
    (news,) = ours.registered(VISITOR, 5)
    assert (news.on, news.kind, news.title) == (date(2026, 3, 1), "New qualification", str(version.title))


def test_each_visitor_is_offered_where_to_begin() -> None:
    for role in ("learner", "school", "company"):
        assert "Find a qualification" in [str(offer.title) for offer in home.offers(role)]
    assert "Write a qualification file" in [str(offer.title) for offer in home.offers("sector-body")]
    for role in ROLES:
        for offer in home.offers(role):
            assert reverse(offer.url_name)
