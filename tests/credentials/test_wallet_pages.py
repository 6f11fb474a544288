"""The pages of a wallet: in by the link from a mail, in folders, out as files, and what is stored of its holder."""

from __future__ import annotations

import io
import json
import logging
import zipfile
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.core import mail
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries
from selectolax.lexbor import LexborHTMLParser

from gilde.core import clock
from gilde.core.access import SYSTEM
from gilde.core.jobs import Job
from gilde.core.models import User
from gilde.core.text import Text
from gilde.credentials.models import Award, Folder, Kept, Share, State
from gilde.credentials.services import checking, holding, sharing, stopping, telling
from gilde.credentials.verdict import Answer
from tests.client import GildeClient
from tests.credentials.factories import (
    Membership,
    UserFactory,
    a_holder,
    a_member,
    an_achievement,
    an_award,
    given,
)

pytestmark = pytest.mark.django_db
WALLET = "/wallet/"


def link_to(award: Award) -> str:
    return urlsplit(telling.invite(award)).path


def signed_in(client: GildeClient, user: User) -> GildeClient:
    client.force_login(user)
    return client


def page(client: GildeClient, url: str, status: int = 200) -> str:
    answer = client.get(url)
    assert answer.status_code == status, url
    return answer.content.decode()


def test_who_has_the_link_from_the_mail_sees_the_award_without_an_account(client: GildeClient) -> None:
    award = an_award(an_achievement(outcomes=2))
    shown = page(client, link_to(award))
    for words in ("Welder", str(award.issuer), "Welds seam 1", "Welds seam 2", "Valid", "with distinction"):
        assert words in shown
    for words in (
        "Certificate on paper (PDF)",
        "For Europass (European Digital Credential)",
        "Badge (PNG, SVG)",
        "For other systems (W3C, JWT)",
    ):
        assert words in shown


def test_every_file_that_the_page_of_a_mail_offers_is_genuine(client: GildeClient) -> None:
    shown = page(client, link_to(an_award()))
    files = [node.attributes["href"] or "" for node in LexborHTMLParser(shown).css("a[download]")]
    assert len(files) == 10  # two papers in two languages, the European one, three badges, two for programs
    for url in files:
        answer = client.get(url)
        assert answer.headers["Content-Disposition"].startswith("attachment"), url
        assert checking.check_given(answer.content).answer == Answer.VALID, url


def test_no_file_is_made_in_a_language_or_form_that_nobody_offers(client: GildeClient) -> None:
    award = an_award()
    url = link_to(award)
    assert client.get(url + "files/certificate?language=xx-made-up").status_code == 200
    assert set(award.renderings.filter(form="certificate").values_list("variant", flat=True)) == {
        award.language
    }
    assert client.get(url + "files/sd-jwt").status_code == 404


def test_looking_at_the_link_changes_nothing(client: GildeClient) -> None:
    award = an_award()
    url = link_to(award)
    signed_in(client, UserFactory())
    page(client, url)
    assert not Kept.objects.exists()
    assert award.invitations.get().used_at is None


def test_who_signs_in_from_the_page_comes_back_to_it(client: GildeClient, user: User) -> None:
    url = link_to(an_award())
    shown = page(client, url)
    sign_in = next(part for part in shown.split('"') if part.startswith(reverse("account_login") + "?"))
    assert parse_qs(urlsplit(sign_in).query)["next"] == [url]
    user.emailaddress_set.create(email=user.email, verified=True, primary=True)
    answer = client.post(sign_in, {"login": user.email, "password": "correct horse battery"})
    assert (answer.status_code, answer.headers["Location"]) == (302, url)
    assert "Keep it in my wallet" in page(client, url)


def test_who_makes_an_account_from_the_page_comes_back_to_it(client: GildeClient) -> None:
    url = link_to(an_award())
    shown = page(client, url)
    sign_up = next(part for part in shown.split('"') if part.startswith(reverse("account_signup") + "?"))
    assert parse_qs(urlsplit(sign_up).query)["next"] == [url]
    secret = "zwaluw-kastanje-71"
    sent = client.post(sign_up, {"email": "lien@people.example", "password1": secret, "password2": secret})
    assert sent.status_code == 302
    confirm = urlsplit(next(word for word in mail.outbox[-1].body.split() if "confirm-email" in word)).path
    client.get(confirm)
    assert client.post(confirm).headers["Location"] == url


def test_keeping_it_puts_it_and_all_others_of_the_person_in_the_wallet(client: GildeClient) -> None:
    achievement = an_achievement()
    first = an_award(achievement, person="S-1", given_name="Amina", family_name="Peeters", born=None)
    second = an_award(achievement, person="S-1", given_name="Amina", family_name="Peeters", born=None)
    assert first.holder == second.holder
    secret = link_to(first).rstrip("/").rpartition("/")[2]
    user = UserFactory()
    answer = signed_in(client, user).post(reverse("credentials:claim-keep"), {"secret": secret}, follow=True)
    assert answer.redirect_chain[-1][0] == reverse("credentials:wallet-award", args=[first.pk])
    assert "2 awards" in answer.content.decode()
    assert set(holding.wallet(user).values_list("award", flat=True)) == {first.pk, second.pk}


def test_who_opens_the_used_link_again_is_led_to_the_award(client: GildeClient) -> None:
    award = an_award()
    url = link_to(award)
    user = UserFactory()
    holding.claim(actor=user, secret=url.rstrip("/").rpartition("/")[2])
    answer = signed_in(client, user).get(url)
    assert answer.headers["Location"] == reverse("credentials:wallet-award", args=[award.pk])
    assert "works no more" in page(signed_in(client, UserFactory()), url, 404)


def test_an_award_in_another_wallet_is_not_offered_to_be_kept(client: GildeClient) -> None:
    award = an_award()
    a_holder(award)
    shown = page(signed_in(client, UserFactory()), link_to(award))
    assert "in a wallet already" in shown
    assert "Keep it in my wallet" not in shown


def test_the_secret_of_a_link_is_in_no_title_log_or_other_sites_hands(
    client: GildeClient, caplog: pytest.LogCaptureFixture
) -> None:
    url = link_to(an_award())
    secret = url.rstrip("/").rpartition("/")[2]
    answer = client.get(url)
    title = answer.content.decode().partition("<title>")[2].partition("</title>")[0]
    assert secret not in title
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert answer.headers["Referrer-Policy"] == "same-origin"
    assert "noindex" in answer.headers["X-Robots-Tag"]
    with caplog.at_level(logging.DEBUG), clock.moved_to(clock.now() + timedelta(days=61)):
        assert client.get(url).status_code == 404
        assert client.post(url).status_code == 405
        assert client.get(url + "files/vc").status_code == 404
    told = [record.getMessage() for record in caplog.records if record.name.startswith("django.request")]
    assert len(told) == 3, "Django tells each of these in its log, so the test looks at something"
    assert secret not in " ".join(told)


def test_what_fails_in_gilde_itself_does_not_log_the_secret_either(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = link_to(an_award())

    def broken(_secret: str) -> Award:
        raise RuntimeError("broken")

    monkeypatch.setattr(holding, "invited", broken)
    assert GildeClient(raise_request_exception=False).get(url).status_code == 500
    told = [record.getMessage() for record in caplog.records if record.name == "django.request"]
    assert told == ["Internal Server Error: /claim/.../"]


def test_an_empty_wallet_tells_how_awards_come_in(client: GildeClient) -> None:
    shown = page(signed_in(client, UserFactory()), WALLET)
    assert "Nothing in your wallet yet" in shown
    assert "sends you a mail with a link" in shown


def test_the_wallet_shows_the_newest_first_and_says_what_no_longer_counts(client: GildeClient) -> None:
    old = an_award(
        an_achievement(title=Text.of("Baker")),
        State.REVOKED,
        awarded_on=clock.today() - timedelta(days=900),
        assessed_on=None,
    )
    new = an_award(
        an_achievement(title=Text.of("Cook")),
        State.SUSPENDED,
        awarded_on=clock.today() - timedelta(days=9),
        assessed_on=None,
    )
    user = a_holder(old)
    Kept.objects.create(user=user, award=new, added_at=clock.now())
    shown = page(signed_in(client, user), WALLET)
    assert shown.index("Cook") < shown.index("Baker")
    for words in ("Revoked", "Issued by mistake", "Suspended", "Being looked into"):
        assert words in shown


def test_a_correction_is_seen_only_once_it_is_issued(client: GildeClient) -> None:
    award = an_award()
    issuer = award.issuer
    issuer.two_people = True
    issuer.save()
    user = a_holder(award)
    officer = a_member(issuer.organisation, Membership.Role.OFFICER)
    new = stopping.correct(actor=officer, award=award, given=given(), reason="Typing error", notify=False)
    assert new.state == State.WAITING
    assert [each.award_id for each in holding.wallet(user)] == [award.pk]
    assert page(signed_in(client, user), reverse("credentials:wallet-award", args=[new.pk]), 404)


def test_a_corrected_award_leads_to_the_one_in_its_place(client: GildeClient) -> None:
    award = an_award()
    user = a_holder(award)
    new = stopping.correct(actor=SYSTEM, award=award, given=given(), reason="Typing error", notify=False)
    shown = page(signed_in(client, user), reverse("credentials:wallet-award", args=[award.pk]))
    assert "Corrected" in shown
    assert "Typing error" in shown
    assert reverse("credentials:wallet-award", args=[new.pk]) in shown
    assert reverse("credentials:wallet-award", args=[award.pk]) in page(
        client, reverse("credentials:wallet-award", args=[new.pk])
    )


def test_awards_are_put_in_folders_and_taken_out(client: GildeClient) -> None:
    award = an_award()
    user = a_holder(award)
    signed_in(client, user)
    client.post(reverse("credentials:wallet-folder-new"), {"name": "Work"})
    folder = Folder.objects.get()
    move = reverse("credentials:wallet-move")
    answer = client.post(move, {"award": [str(award.pk)], "folder": str(folder.pk)}, follow=True)
    assert "1 award lies in “Work” now." in answer.content.decode()
    assert "Welder" in page(client, f"{WALLET}?folder={folder.pk}")
    assert "Welder" not in page(client, f"{WALLET}?folder=none")
    client.post(reverse("credentials:wallet-folder-remove", args=[folder.pk]))
    assert Kept.objects.get().folder is None
    assert "Choose at least one award" in client.post(move, {"folder": ""}, follow=True).content.decode()


def test_a_folder_of_a_name_that_is_there_is_refused_with_what_was_written(client: GildeClient) -> None:
    user = a_holder(an_award())
    holding.make_folder(actor=user, name="Work")
    answer = signed_in(client, user).post(reverse("credentials:wallet-folder-new"), {"name": "work"})
    assert answer.status_code == 422
    assert "You have a folder “work” already" in answer.content.decode()


def test_nobody_moves_awards_into_folders_of_others_or_awards_of_others(client: GildeClient) -> None:
    award, other = an_award(), an_award()
    user, stranger = a_holder(award), a_holder(other)
    theirs = holding.make_folder(actor=stranger, name="Theirs")
    mine = holding.make_folder(actor=user, name="Mine")
    move = reverse("credentials:wallet-move")
    signed_in(client, user)
    assert client.post(move, {"award": [str(award.pk)], "folder": str(theirs.pk)}).status_code == 404
    client.post(move, {"award": [str(other.pk)], "folder": str(mine.pk)})
    assert not Kept.objects.exclude(folder=None).exists()


def test_taking_an_award_out_says_what_happens_and_takes_its_links_along(client: GildeClient) -> None:
    award = an_award()
    user = a_holder(award)
    sharing.share(actor=user, award=award, expires_at=clock.now() + timedelta(days=7))
    url = reverse("credentials:wallet-remove", args=[award.pk])
    asked = page(signed_in(client, user), url)
    assert "One link to it stops working." in asked
    assert str(award.issuer) in asked
    client.post(url)
    assert not Kept.objects.exists()
    assert not Share.objects.exists()
    assert Award.objects.get().state == State.ISSUED


def test_what_was_taken_out_may_be_put_in_another_wallet(client: GildeClient) -> None:
    award = an_award()
    user = a_holder(award)
    holding.remove(actor=user, award=award)
    other = UserFactory()
    holding.claim(actor=other, secret=link_to(award).rstrip("/").rpartition("/")[2])
    assert holding.wallet(other).get().award == award


def test_a_small_wallet_leaves_at_once_as_one_archive(client: GildeClient) -> None:
    award = an_award()
    answer = signed_in(client, a_holder(award)).post(reverse("credentials:wallet-take"))
    packed = zipfile.ZipFile(io.BytesIO(answer.content))
    listed = json.loads(packed.read("awards.json"))
    assert [each["award"] for each in listed] == [str(award.pk)]
    assert len(listed[0]["files"]) == 7


def test_a_large_wallet_is_made_ready_by_a_job_and_then_downloaded(
    client: GildeClient, run_jobs: Callable[[], int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(holding, "AT_ONCE", 3)
    award = an_award()
    signed_in(client, a_holder(award))
    answer = client.post(reverse("credentials:wallet-take"))
    job = Job.objects.get(kind=holding.PREPARE)
    taking = reverse("credentials:wallet-taking", args=[job.pk])
    assert answer.headers["Location"] == taking
    assert "<progress" in page(client, taking)
    taken = reverse("credentials:wallet-taken", args=[job.pk])
    assert client.get(taken).headers["Location"] == taking
    run_jobs()
    assert "1 award in 6 files is ready." in page(client, taking)
    assert zipfile.is_zipfile(io.BytesIO(client.get(taken).content))


def test_what_is_stored_of_the_holder_is_told_without_secrets(client: GildeClient) -> None:
    award = an_award()
    user = a_holder(award)
    made = sharing.share(actor=user, award=award, note="Bakery", expires_at=clock.now() + timedelta(days=7))
    sharing.viewed(made)
    told = signed_in(client, user).get(reverse("credentials:wallet-report"))
    report: dict[str, Any] = told.json()
    assert report["persons"][0]["given_name"] == "Amina"
    assert [each["award"] for each in report["awards"]] == [str(award.pk)]
    assert [(each["for"], each["views"], len(each["uses"])) for each in report["links"]] == [("Bakery", 1, 1)]
    assert {"credentials.share.make"} <= {event["action"] for event in report["events"]}
    assert made.token not in told.content.decode()


def test_the_page_of_what_is_stored_names_whom_to_ask(client: GildeClient) -> None:
    award = an_award()
    award.issuer.organisation.website = "https://school.example/"
    award.issuer.organisation.save()
    shown = page(signed_in(client, a_holder(award)), reverse("credentials:wallet-data"))
    assert str(award.issuer) in shown
    assert "https://school.example/" in shown


def test_pages_of_a_wallet_of_many_awards_ask_the_database_ten_times_at_most(
    client: GildeClient, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    achievement = an_achievement()
    awards = [an_award(achievement) for _number in range(6)]
    user = a_holder(awards[0])
    Kept.objects.bulk_create(Kept(user=user, award=each, added_at=clock.now()) for each in awards[1:])
    holding.make_folder(actor=user, name="Work")
    signed_in(client, user)
    with django_assert_max_num_queries(10):
        page(client, WALLET)
    with django_assert_max_num_queries(10):
        page(client, reverse("credentials:wallet-links"))
    with django_assert_max_num_queries(10):
        page(client, reverse("credentials:wallet-data"))
    url = link_to(an_award(achievement))
    with django_assert_max_num_queries(10):
        page(client, url)
