"""What the start pages and the main links say of credentials."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from selectolax.lexbor import LexborHTMLParser

from gilde.core import home
from gilde.credentials import home as ours
from gilde.credentials.models import Issuer, State
from gilde.organisations.models import Membership
from tests.client import GildeClient
from tests.credentials.factories import UserFactory, a_member, an_achievement, an_award

pytestmark = pytest.mark.django_db


def offered(role: str) -> dict[str, str]:
    return {str(offer.title): offer.url_name for offer in home.offers(role)}


def test_each_visitor_is_led_to_what_is_theirs() -> None:
    assert offered("learner")["My awards"] == "credentials:wallet"
    assert offered("school")["Issue awards"] == "credentials:awards"
    for role in ("learner", "company", "school"):
        assert offered(role)["Check a certificate"] == "credentials:check"


def test_what_was_announced_is_no_longer_to_come(client: GildeClient) -> None:
    for role in ("learner", "company", "school"):
        coming = LexborHTMLParser(client.get(f"/start/{role}/").content.decode())
        text = coming.css_first("section[aria-labelledby=coming]").text()
        assert "certificates" not in text.replace("Have your experience assessed and certified", "")


def test_the_main_links_lead_to_the_check(client: GildeClient) -> None:
    page = LexborHTMLParser(client.get("/").content.decode())
    links = {node.text(strip=True): node.attributes.get("href") for node in page.css("header nav a")}
    assert links["Certificates"] == "/check/"
    checking = LexborHTMLParser(client.get("/check/").content.decode())
    current = [node.text(strip=True) for node in checking.css("header nav a[aria-current]")]
    assert current == ["Certificates"]


def test_a_visitor_is_told_of_nothing_that_waits() -> None:
    an_award(state=State.WAITING)
    assert ours.waiting(AnonymousUser()) is None
    assert ours.waiting(UserFactory()) is None


def test_an_approver_is_told_how_many_awards_wait_for_them() -> None:
    award = an_award(state=State.WAITING)
    an_award(award.achievement, State.WAITING)
    told = ours.waiting(a_member(award.issuer.organisation, Membership.Role.APPROVER))
    assert told is not None
    assert (told.value, told.url) == (2, "/awards/?waiting=me")
    assert ours.waiting(a_member(award.issuer.organisation)) is None


def test_what_somebody_entered_themselves_does_not_wait_for_them() -> None:
    Issuer.objects.update(two_people=True)
    achievement = an_achievement()
    approver = a_member(achievement.issuer.organisation, Membership.Role.APPROVER)
    award = an_award(achievement, State.WAITING)
    award.drafted_by = approver
    award.save(update_fields=["drafted_by"])
    assert ours.waiting(approver) is None


def test_what_waits_is_counted_in_one_query(django_assert_num_queries: Any) -> None:
    award = an_award(state=State.WAITING)
    approver = a_member(award.issuer.organisation, Membership.Role.APPROVER)
    with django_assert_num_queries(1):
        ours.waiting(approver)
