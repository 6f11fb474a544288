"""Learning outcomes as things of their own: the public catalogue and the page of one."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse

from gilde.core.text import Text
from gilde.qualifications.models import OutcomeVersion, UnitOutcome
from tests.client import GildeClient
from tests.indicators.keeping import signed_in, text_of
from tests.qualifications.factories import (
    OutcomeFactory,
    UserFactory,
    a_file,
    a_member,
    linked,
    registered,
)

pytestmark = pytest.mark.django_db


def catalogue(query: str = "") -> Any:
    return GildeClient().get(reverse("qualifications:outcomes") + query)


def page(wording: OutcomeVersion, client: GildeClient | None = None) -> Any:
    return (client or GildeClient()).get(reverse("qualifications:outcome", args=[wording.outcome_id]))


def wordings_of(version: Any) -> list[OutcomeVersion]:
    return [
        use.outcome for use in UnitOutcome.objects.filter(unit__version=version).select_related("outcome")
    ]


def test_the_catalogue_holds_what_is_recognised_and_no_draft() -> None:
    version = registered(outcomes=1)
    draft = a_file(outcomes=1)
    words = text_of(catalogue())
    assert str(wordings_of(version)[0].statement) in words
    assert str(wordings_of(draft)[0].statement) not in words
    assert "1 found" in words


def test_an_outcome_stands_once_in_its_newest_wording() -> None:
    version = registered(outcomes=1)
    old = wordings_of(version)[0]
    OutcomeFactory(
        outcome=old.outcome, number=2, statement=Text.of("Lays better walls"), fixed_at=old.fixed_at
    )
    OutcomeFactory(outcome=old.outcome, number=3, statement=Text.of("Lays draft walls"))
    words = text_of(catalogue())
    assert "Lays better walls" in words
    assert str(old.statement) not in words
    assert "Lays draft walls" not in words


def test_the_catalogue_is_searched_narrowed_and_downloaded() -> None:
    version = registered(outcomes=2)
    registered(outcomes=1, qualification__sector="care")
    first = wordings_of(version)[0]
    linked(first, "http://data.europa.eu/esco/skill/lay")
    linked(first, "http://data.europa.eu/esco/skill/other", state="proposed")
    assert "1 found" in text_of(catalogue("?sector=care"))
    assert "1 found" in text_of(catalogue("?linked=yes"))
    assert "2 found" in text_of(catalogue("?linked=no"))
    assert "Nothing fits" in text_of(catalogue("?q=no+such+words"))
    assert "Nothing fits" in text_of(catalogue("?kind=knowledge"))
    lines = catalogue("?linked=yes&format=csv")
    body = b"".join(lines.streaming_content) if lines.streaming else lines.content
    assert f"/id/outcome/{first.pk}" in body.decode()
    assert ",1,1," in body.decode()


def test_links_and_uses_do_not_multiply_each_other() -> None:
    version = registered(outcomes=1)
    wording = wordings_of(version)[0]
    other = registered(outcomes=0)
    UnitOutcome.objects.create(unit=other.units.get(), outcome=wording)
    for name in ("a", "b", "c"):
        linked(wording, f"http://data.europa.eu/esco/skill/{name}")
    rows = catalogue("?format=csv")
    body = b"".join(rows.streaming_content) if rows.streaming else rows.content
    assert ",2,3," in body.decode()


def test_a_page_shows_wordings_uses_and_links() -> None:
    version = registered(outcomes=1, qualification__code="mason")
    old = wordings_of(version)[0]
    confirmer = UserFactory(name="Confirming Person")
    linked(old, "http://data.europa.eu/esco/skill/lay-bricks", confirmed_by=confirmer.pk)
    linked(old, "http://data.europa.eu/esco/skill/guess", state="proposed")
    newer = OutcomeFactory(
        outcome=old.outcome, number=2, statement=Text.of("Lays more"), fixed_at=old.fixed_at
    )
    words = text_of(page(newer))
    assert "Wording 2" in words
    assert "Wording 1" in words
    assert "Title of mason" in words
    assert "lay-bricks" in words
    assert "guess" not in words
    assert "a person" in words
    assert "Confirming Person" not in words
    member = signed_in(a_member(version.qualification.owner, "reader"))
    inside = text_of(page(newer, member))
    assert "Confirming Person" in inside
    assert "guess" in inside


def test_a_draft_outcome_is_shown_to_its_organisation_only() -> None:
    draft = a_file(outcomes=1)
    wording = wordings_of(draft)[0]
    assert page(wording).status_code == 404
    assert page(wording, signed_in(UserFactory())).status_code == 404
    response = page(wording, signed_in(a_member(draft.qualification.owner)))
    assert response.status_code == 200
    assert "not yet: a draft" in text_of(response)


def test_public_pages_ask_the_database_little(django_assert_max_num_queries: Any) -> None:
    version = registered(outcomes=4)
    for wording in wordings_of(version):
        linked(wording, "http://data.europa.eu/esco/skill/lay")
    with django_assert_max_num_queries(10):
        catalogue()
    with django_assert_max_num_queries(10):
        page(wordings_of(version)[0])
    member = signed_in(a_member(version.qualification.owner))
    with django_assert_max_num_queries(10):
        page(wordings_of(version)[0], member)
