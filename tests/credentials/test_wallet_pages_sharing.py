"""Links that a holder shares: made by choice, seen with a verdict, counted, and withdrawn."""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from gilde.core import clock
from gilde.core.access import SYSTEM
from gilde.core.models import User
from gilde.core.text import Text
from gilde.credentials.facts_json import from_json
from gilde.credentials.models import Award, Kept, Share, ShareUse
from gilde.credentials.renderings import qr
from gilde.credentials.services import checking, holding, sharing, stopping
from gilde.credentials.verdict import Answer
from tests.client import GildeClient
from tests.credentials.factories import UserFactory, a_holder, an_achievement, an_award

pytestmark = pytest.mark.django_db


@pytest.fixture
def award() -> Award:
    return an_award(an_achievement(outcomes=3))


@pytest.fixture
def holder(award: Award, client: GildeClient) -> User:
    user = a_holder(award)
    client.force_login(user)
    return user


def a_link(holder: User, award: Award, **fields: Any) -> Share:
    return sharing.share(
        actor=holder, award=award, **{"expires_at": clock.now() + timedelta(days=7), **fields}
    )


def shown(client: GildeClient, share: Share, status: int = 200) -> str:
    answer = client.get(reverse("credentials:shared", args=[share.token]))
    assert answer.status_code == status
    return answer.content.decode()


def make(client: GildeClient, award: Award, **sent: Any) -> Any:
    return client.post(
        reverse("credentials:wallet-share", args=[award.pk]), {"days": "7", "which": "all", **sent}
    )


def test_a_link_is_made_with_what_was_chosen(client: GildeClient, holder: User, award: Award) -> None:
    chosen = from_json(award.facts).outcomes[1]
    answer = make(client, award, which="some", outcomes=[chosen.id], note="Bakery Janssens", days="91")
    share = Share.objects.get()
    assert answer.headers["Location"] == reverse("credentials:wallet-link", args=[share.pk])
    assert (share.outcomes, share.note, share.with_grade, share.with_birth) == (
        [chosen.id],
        "Bakery Janssens",
        False,
        False,
    )
    assert abs(share.expires_at - share.created_at - timedelta(days=91)) < timedelta(minutes=1)


def test_all_outcomes_or_none_may_be_shown(client: GildeClient, holder: User, award: Award) -> None:
    make(client, award, with_grade="on", with_birth="on")
    make(client, award, which="none")
    none, everything = Share.objects.all()
    assert (everything.outcomes, everything.with_grade, everything.with_birth) == (None, True, True)
    assert none.outcomes == []
    assert "Welds seam" not in shown(client, none)


def test_choosing_some_and_ticking_none_is_asked_again(
    client: GildeClient, holder: User, award: Award
) -> None:
    answer = make(client, award, which="some", note="Bakery")
    assert answer.status_code == 422
    assert "Choose at least one outcome" in answer.content.decode()
    assert 'value="Bakery"' in answer.content.decode()
    assert not Share.objects.exists()


def test_an_outcome_of_another_award_is_no_choice(client: GildeClient, holder: User, award: Award) -> None:
    other = from_json(an_award().facts).outcomes[0]
    assert make(client, award, which="some", outcomes=[other.id]).status_code == 422
    assert not Share.objects.exists()


def test_what_the_award_does_not_say_is_not_asked(client: GildeClient) -> None:
    bare = an_award(an_achievement(outcomes=0, assessment=Text()), grade="", assessed_on=None, born=None)
    client.force_login(a_holder(bare))
    asked = client.get(reverse("credentials:wallet-share", args=[bare.pk])).content.decode()
    for name in ("which", "outcomes", "with_grade", "with_birth"):
        assert f'name="{name}"' not in asked
    assert client.post(reverse("credentials:wallet-share", args=[bare.pk]), {"days": "1"}).status_code == 302


def test_sharing_what_was_revoked_warns_first(client: GildeClient, holder: User, award: Award) -> None:
    stopping.revoke(actor=SYSTEM, awards=[award], reason="Mistake", notify=False)
    asked = client.get(reverse("credentials:wallet-share", args=[award.pk])).content.decode()
    assert "Whoever opens the link is told so." in asked


def test_the_page_of_a_link_gives_its_address_code_and_what_the_other_sees(
    client: GildeClient, holder: User, award: Award
) -> None:
    outcomes = from_json(award.facts).outcomes
    share = a_link(holder, award, outcomes=[outcomes[0].id], with_grade=False, note="Bakery")
    page = client.get(reverse("credentials:wallet-link", args=[share.pk])).content.decode()
    assert sharing.url(share) in page
    assert share.token not in page.partition("<title>")[2].partition("</title>")[0]
    assert outcomes[0].title["en"] in page
    assert outcomes[1].title["en"] not in page
    for words in ("2 of its outcomes", "how it was assessed, with the grade", "your date of birth"):
        assert words in page
    code = client.get(reverse("credentials:wallet-link-code", args=[share.pk]))
    assert code.headers["Content-Type"] == "image/svg+xml"
    assert code.content == qr.svg(sharing.url(share))
    share.refresh_from_db()
    assert (share.views, share.uses.count()) == (0, 0), "the holder's own page counts nothing"


def test_who_opens_the_link_sees_the_verdict_and_is_counted(award: Award) -> None:
    holder = a_holder(award)
    share = a_link(holder, award)
    page = shown(GildeClient(), share)
    for words in ("Valid", "Welder", "Welds seam 3", str(award.issuer)):
        assert words in page
    share.refresh_from_db()
    assert share.views == 1
    assert [(use.act, use.answer) for use in share.uses.order_by("pk")] == [
        (ShareUse.Act.OPENED, ""),
        (ShareUse.Act.CHECKED, Answer.VALID),
    ]


def test_the_holder_sees_each_view_and_check_with_its_verdict(
    client: GildeClient, holder: User, award: Award
) -> None:
    share = a_link(holder, award)
    shown(GildeClient(), share)
    stopping.suspend(actor=SYSTEM, awards=[award], reason="Being looked into", notify=False)
    shown(GildeClient(), share)
    page = client.get(reverse("credentials:wallet-link", args=[share.pk])).content.decode()
    used = page.partition("When it was used")[2]
    assert used.count("Opened") == 2
    assert used.count("Checked") == 2
    assert "Revoked or suspended" in used


def test_the_holders_own_look_is_not_counted(client: GildeClient, holder: User, award: Award) -> None:
    share = a_link(holder, award)
    assert "Your look is not counted" in shown(client, share)
    client.logout()
    client.head(reverse("credentials:shared", args=[share.token]))
    share.refresh_from_db()
    assert (share.views, share.uses.count()) == (0, 0)


def test_a_revoked_award_is_never_shown_valid(award: Award) -> None:
    share = a_link(a_holder(award), award)
    stopping.revoke(actor=SYSTEM, awards=[award], reason="Mistake", notify=False)
    page = shown(GildeClient(), share)
    assert "revoked" in page.lower()
    assert share.uses.filter(act=ShareUse.Act.CHECKED).get().answer == Answer.STOPPED
    assert 'class="verdict bad"' in page


def test_what_is_left_out_is_not_on_the_page_and_its_number_is_told(award: Award) -> None:
    outcomes = from_json(award.facts).outcomes
    share = a_link(a_holder(award), award, outcomes=[outcomes[2].id], with_grade=False)
    page = shown(GildeClient(), share)
    assert outcomes[2].title["en"] in page
    for hidden in (outcomes[0].title["en"], "with distinction", "2004"):
        assert hidden not in page
    assert "1 of 3; the holder chose not to show the others." in page


def test_what_is_handed_over_is_a_file_that_can_be_checked(award: Award) -> None:
    share = a_link(a_holder(award), award)
    answer = GildeClient().get(reverse("credentials:shared-file", args=[share.token]))
    assert answer.headers["Content-Disposition"].endswith('.sd-jwt.txt"')
    assert checking.check_given(answer.content).answer == Answer.VALID


@pytest.mark.parametrize("end", ["withdrawn", "over", "never"])
def test_a_link_that_ended_and_one_that_never_was_look_alike(award: Award, end: str) -> None:
    holder = a_holder(award)
    share = a_link(holder, award)
    token, later = share.token, clock.now()
    if end == "withdrawn":
        sharing.withdraw(actor=holder, share=share)
    elif end == "over":
        later += timedelta(days=8)
    else:
        token = "no-such-token"
    with clock.moved_to(later):
        for name in ("shared", "shared-file"):
            answer = GildeClient().get(reverse(f"credentials:{name}", args=[token]))
            assert answer.status_code == 404
            assert "shows nothing any more, or never did" in answer.content.decode()


def test_the_token_stays_between_who_has_it_and_us(award: Award, caplog: pytest.LogCaptureFixture) -> None:
    holder = a_holder(award)
    share = a_link(holder, award)
    url = reverse("credentials:shared", args=[share.token])
    client = GildeClient()
    answer = client.get(url)
    assert answer.headers["X-Robots-Tag"].startswith("noindex, nofollow")
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert share.token not in answer.content.decode().partition("<title>")[2].partition("</title>")[0]
    sharing.withdraw(actor=holder, share=share)
    with caplog.at_level(logging.DEBUG):
        answer = client.get(url)
        assert client.delete(url).status_code == 405
    assert answer.status_code == 404
    assert answer.headers["Cache-Control"] == "private, no-store"
    told = [record.getMessage() for record in caplog.records if record.name.startswith("django.request")]
    assert len(told) == 2
    assert share.token not in " ".join(told)


def test_withdrawing_is_confirmed_and_says_what_happens(
    client: GildeClient, holder: User, award: Award
) -> None:
    share = a_link(holder, award)
    url = reverse("credentials:wallet-link-withdraw", args=[share.pk])
    assert "sees nothing" in client.get(url).content.decode()
    share.refresh_from_db()
    assert share.withdrawn_at is None
    client.post(url)
    shown(GildeClient(), share, 404)
    page = client.get(reverse("credentials:wallet-link", args=[share.pk])).content.decode()
    assert "Withdrawn" in page
    assert share.token not in page


def test_a_link_is_deleted_only_once_it_shows_nothing(
    client: GildeClient, holder: User, award: Award
) -> None:
    share = a_link(holder, award)
    url = reverse("credentials:wallet-link-remove", args=[share.pk])
    assert client.post(url).status_code == 422
    sharing.withdraw(actor=holder, share=share)
    assert client.post(url).status_code == 302
    assert not Share.objects.exists()


def test_a_link_of_another_is_not_there(client: GildeClient, award: Award) -> None:
    share = a_link(a_holder(award), award)
    client.force_login(UserFactory())
    for name in ("wallet-link", "wallet-link-code", "wallet-link-withdraw", "wallet-link-remove"):
        assert client.get(reverse(f"credentials:{name}", args=[share.pk])).status_code == 404


def test_a_link_of_an_award_that_was_taken_out_is_gone(
    client: GildeClient, holder: User, award: Award
) -> None:
    share = a_link(holder, award)
    holding.remove(actor=holder, award=award)
    assert not Kept.objects.exists()
    shown(GildeClient(), share, 404)


def test_views_beyond_those_kept_are_still_counted(award: Award, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sharing, "KEPT", 2)
    share = a_link(a_holder(award), award)
    for _time in range(4):
        share.refresh_from_db()
        sharing.viewed(share)
    share.refresh_from_db()
    assert (share.views, share.uses.count()) == (4, 2)


def test_the_page_that_others_see_asks_the_database_ten_times_at_most(award: Award) -> None:
    share = a_link(a_holder(award), award)
    shown(GildeClient(), share)
    with CaptureQueriesContext(connection) as asked:
        shown(GildeClient(), share)
    told = [query["sql"] for query in asked]
    assert sum(sql.startswith("SELECT") for sql in told) <= 10
    written = [
        sql.split()[2 if sql.startswith("INSERT") else 1].strip('"')
        for sql in told
        if sql[:6] in ("INSERT", "UPDATE")
    ]
    assert sorted(written) == [
        "credentials_checkcount",
        "credentials_share",
        "credentials_shareuse",
        "credentials_shareuse",
    ], "a look writes what the holder is told, and nothing else"
