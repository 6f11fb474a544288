"""The pages of organisations as a visitor, a member, an administrator and a stranger see them."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.forms import model_to_dict
from selectolax.lexbor import LexborHTMLParser

from gilde.core.models import AuditEvent, User
from gilde.core.text import Text
from gilde.organisations.models import Membership, Organisation
from gilde.organisations.public import Role
from tests.client import GildeClient
from tests.organisations.factories import OrganisationFactory, member

pytestmark = pytest.mark.django_db


def page(response: Any) -> LexborHTMLParser:
    return LexborHTMLParser(response.content.decode())


def form_of(response: Any) -> dict[str, str]:
    """Return what a browser would send of the form of the page, when nothing is changed."""
    values = {}
    for field in page(response).css("form.form input, form.form textarea, form.form select"):
        name, kind = field.attributes.get("name"), field.attributes.get("type")
        if not name or (kind == "checkbox" and "checked" not in field.attributes):
            continue
        if field.tag == "select":
            chosen = field.css_first("option[selected]") or field.css_first("option")
            values[name] = chosen.attributes.get("value") or ""
        elif field.tag == "textarea":
            values[name] = field.text()
        else:
            values[name] = field.attributes.get("value") or ""
    return values


@pytest.fixture
def ministry() -> Organisation:
    stored: Organisation = OrganisationFactory(
        slug="ministry", name=Text("nl", {"nl": "Ministerie", "en": "Ministry"}), aliases=["Dept", "Min."]
    )
    return stored


@pytest.fixture
def administrator(ministry: Organisation, client: GildeClient) -> User:
    user = member(ministry, Role.ADMINISTRATOR)
    client.force_login(user)
    return user


def test_everybody_sees_the_organisations_and_finds_one_by_an_alias(
    client: GildeClient, ministry: Organisation
) -> None:
    OrganisationFactory(name="Other")
    rows = [row.text() for row in page(client.get("/organisations/?q=dept")).css("tbody th")]
    assert [row.strip() for row in rows] == ["Ministry"]


def test_the_list_takes_at_most_ten_queries_whatever_its_length(
    client: GildeClient, django_assert_max_num_queries: Any
) -> None:
    OrganisationFactory.create_batch(60)
    with django_assert_max_num_queries(10):
        assert len(page(client.get("/organisations/")).css("tbody tr")) == 50


def test_names_of_members_are_for_members_only(client: GildeClient, ministry: Organisation) -> None:
    officer = member(ministry, Role.OFFICER)
    stranger = member(OrganisationFactory(), Role.ADMINISTRATOR)
    assert officer.name not in client.get("/organisations/ministry/").content.decode()
    client.force_login(stranger)
    assert officer.name not in client.get("/organisations/ministry/").content.decode()
    client.force_login(officer)
    answer = client.get("/organisations/ministry/").content.decode()
    assert officer.name in answer
    assert "members/add" not in answer


@pytest.mark.parametrize("path", ["change/", "members/add/"])
def test_a_member_without_the_right_is_told_why(
    client: GildeClient, ministry: Organisation, path: str
) -> None:
    client.force_login(member(ministry, Role.OFFICER))
    answer = client.get(f"/organisations/ministry/{path}")
    assert answer.status_code == 403
    assert "Only administrators of this organisation" in page(answer).css_first(".alert.bad").text()


def test_a_visitor_is_asked_to_sign_in_before_changing(client: GildeClient, ministry: Organisation) -> None:
    assert client.get("/organisations/ministry/change/")["Location"].startswith("/accounts/login/")


@pytest.mark.usefixtures("administrator")
class TestChanging:
    def test_a_form_sent_back_as_it_was_changes_nothing(
        self, client: GildeClient, ministry: Organisation
    ) -> None:
        url = "/organisations/ministry/change/"
        answer = client.post(url, form_of(client.get(url)))
        assert answer["Location"] == "/organisations/ministry/"
        stored = Organisation.objects.get()
        assert model_to_dict(stored) == model_to_dict(ministry)
        assert stored.name == ministry.name
        assert AuditEvent.objects.get().after == {}

    def test_who_comes_second_sees_what_was_stored_and_keeps_what_they_wrote(
        self, client: GildeClient, ministry: Organisation
    ) -> None:
        url = "/organisations/ministry/change/"
        mine, theirs = form_of(client.get(url)), form_of(client.get(url))
        client.post(url, theirs | {"short": "THEIRS"})
        answer = client.post(url, mine | {"short": "MINE"})
        assert answer.status_code == 409
        assert "THEIRS" in page(answer).css_first(".alert.warn").text()
        again = form_of(answer)
        assert again["short"] == "MINE"
        client.post(url, again)
        ministry.refresh_from_db()
        assert ministry.short == "MINE"

    def test_an_error_stands_at_its_field_and_is_tied_to_it(self, client: GildeClient) -> None:
        url = "/organisations/ministry/change/"
        answer = client.post(url, form_of(client.get(url)) | {"name_0": "", "name_1": "", "website": "x y"})
        assert answer.status_code == 422
        field = page(answer).css_first("#id_website")
        assert field.attributes["aria-invalid"] == "true"
        described = (field.attributes["aria-describedby"] or "").split()
        assert "Enter a valid URL." in page(answer).css_first(f"#{described[-1]}").text()
        assert "This field is required." in page(answer).css_first(".alert.bad").text()

    def test_a_text_needs_words_in_the_language_that_it_was_written_in(self, client: GildeClient) -> None:
        url = "/organisations/ministry/change/"
        answer = client.post(url, form_of(client.get(url)) | {"name_1": ""})
        assert "missing in the language that it was written in" in page(answer).css_first(".alert.bad").text()


@pytest.mark.usefixtures("administrator")
class TestRoles:
    def test_a_role_is_given_by_address(
        self, client: GildeClient, ministry: Organisation, user: User
    ) -> None:
        client.post(
            "/organisations/ministry/members/add/",
            {"email": user.email.upper(), "role": "reader", "since": "2026-01-01"},
        )
        given = Membership.objects.get(user=user)
        assert (given.role, given.since, given.until) == ("reader", date(2026, 1, 1), None)

    def test_an_address_without_an_account_gets_a_sentence(self, client: GildeClient) -> None:
        answer = client.post(
            "/organisations/ministry/members/add/",
            {"email": "no@example.org", "role": "reader", "since": "2026-01-01"},
        )
        assert "Ask the person to sign up first" in page(answer).css_first(".errorlist").text()

    def test_ending_a_role_says_first_what_will_happen(
        self, client: GildeClient, ministry: Organisation
    ) -> None:
        officer = member(ministry, Role.OFFICER)
        url = f"/organisations/ministry/members/{officer.memberships.get().pk}/end/"
        asked = page(client.get(url)).css_first("main").text()
        assert f"{officer.name} will no longer be Policy officer of Ministry." in asked
        assert officer.memberships.get().until is None
        client.post(url)
        assert officer.memberships.get().until is not None

    def test_a_membership_of_another_organisation_is_not_found_here(self, client: GildeClient) -> None:
        other = member(OrganisationFactory(), Role.OFFICER)
        url = f"/organisations/ministry/members/{other.memberships.get().pk}/end/"
        assert client.post(url).status_code == 404


def test_an_administrator_of_the_installation_adds_an_organisation(
    client: GildeClient, make_user: Any
) -> None:
    client.force_login(make_user(is_superuser=True))
    form = form_of(client.get("/organisations/add/"))
    answer = client.post(
        "/organisations/add/",
        form | {"name_0": "New", "name_2": "en", "country": "be", "aliases": "One\n\n Two \n"},
    )
    assert answer["Location"] == "/organisations/new/"
    stored = Organisation.objects.get()
    assert (str(stored.name), stored.country, stored.aliases) == ("New", "BE", ["One", "Two"])


def test_my_account_shows_the_roles_that_i_hold_today_only(
    client: GildeClient, ministry: Organisation
) -> None:
    officer = member(ministry, Role.OFFICER)
    Membership.objects.create(
        user=officer,
        organisation=OrganisationFactory(name="Former"),
        role="reader",
        since=date(2020, 1, 1),
        until=date(2021, 1, 1),
    )
    client.force_login(officer)
    table = page(client.get("/account/")).css_first("main table").text()
    assert "Ministry" in table
    assert "Policy officer" in table
    assert "Former" not in table
