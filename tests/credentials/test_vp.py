"""Who checks asks a wallet for an award; the holder shows what was asked for, and the verdict is there at once."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation

from gilde.core import clock
from gilde.core.access import SYSTEM
from gilde.credentials.keys.kinds import KeyKind
from gilde.credentials.models import Award, CheckCount, Request
from gilde.credentials.models import Kind as AwardKind
from gilde.credentials.renderings import qr
from gilde.credentials.services import asking, offering, stopping
from gilde.credentials.verdict import Answer, Standing, Subject
from gilde.credentials.wallets.dcql import Amiss, Detail, Wanted
from tests.client import GildeClient
from tests.credentials.factories import a_holder, an_achievement, an_award
from tests.credentials.wallets.wallet import Wallet

pytestmark = pytest.mark.django_db
WANTED = Wanted(details=(Detail.NAME, Detail.OUTCOMES))


def a_wallet(award: Award | None = None, kind: KeyKind = KeyKind.P256) -> Wallet:
    """A wallet with an award that came by an offer."""
    award = award or an_award()
    wallet = Wallet(kind)
    made = offering.make(actor=a_holder(award), award=award)
    wallet.take(made.link, made.pin)
    return wallet


def answered(request: Request) -> asking.Answered:
    found = asking.answered(asking.question(request.pk))
    assert found is not None
    return found


@pytest.mark.parametrize("kind", [KeyKind.P256, KeyKind.ED25519])
@pytest.mark.parametrize("link", [asking.signed_link, asking.plain_link], ids=["signed", "plain"])
def test_from_award_to_offer_to_wallet_to_question_to_a_valid_verdict_with_its_holder(
    kind: KeyKind, link: Any
) -> None:
    award = an_award(an_achievement(outcomes=4))
    wallet = a_wallet(award, kind)
    request = asking.ask(WANTED)
    response = wallet.answer(link(request))
    assert (response.status_code, response.json()) == (200, {})
    found = answered(request)
    assert found.verdict is not None
    assert found.verdict.answer == Answer.VALID
    holder = [check for check in found.verdict.checks if check.subject == Subject.HOLDER]
    assert [(check.standing, check.reason) for check in holder] == [(Standing.PASSED, "bound")]
    facts = found.verdict.facts
    assert facts is not None
    assert facts.holder.family_name == award.holder.family_name
    assert len(facts.outcomes) == 4
    assert facts.holder.born is None  # it was not asked for
    assert found.amiss == ()


def test_only_what_is_asked_for_is_shown() -> None:
    wallet, request = a_wallet(), asking.ask(Wanted(details=(Detail.BIRTH, Detail.GRADE)))
    wallet.answer(asking.signed_link(request))
    facts = answered(request).verdict.facts  # type: ignore[union-attr]
    assert facts is not None
    assert facts.holder.born is not None
    assert facts.assessment is not None
    assert facts.assessment.grade == "with distinction"
    assert facts.holder.family_name == ""
    assert facts.outcomes == ()


def test_a_wallet_without_such_an_award_finds_none() -> None:
    wallet = a_wallet(an_award(an_achievement(kind=AwardKind.CERTIFICATE)))
    diploma = asking.ask(Wanted(kind="diploma"))
    assert wallet.matching(wallet.read_question(asking.signed_link(diploma))) is None
    certificate = asking.ask(Wanted(kind="certificate"))
    assert wallet.matching(wallet.read_question(asking.signed_link(certificate))) is not None


def test_words_in_the_title_are_compared_in_any_language_whatever_the_case() -> None:
    wallet = a_wallet()
    for title, amiss in (
        ("weld", ()),
        ("LASSER", ()),
        ("nurse", (Amiss.TITLE,)),
        ("weld nurse", (Amiss.TITLE,)),
    ):
        request = asking.ask(Wanted(title=title))
        wallet.answer(asking.signed_link(request))
        assert answered(request).amiss == amiss, title


def test_the_holder_may_decline() -> None:
    wallet, request = a_wallet(), asking.ask(WANTED)
    assert wallet.decline(asking.signed_link(request)).status_code == 200
    assert answered(request) == asking.Answered(None)
    assert wallet.send(wallet.read_question(asking.plain_link(request)), "x").status_code == 400


def test_the_short_link_fits_a_code_and_says_nothing_of_the_question() -> None:
    request = asking.ask(Wanted("diploma", "a rather private question", tuple(Detail)))
    link = asking.signed_link(request)
    assert len(link) < qr.LARGEST / 3
    assert str(request.pk) not in link
    assert "private" not in link + asking.plain_link(request)


def test_a_question_and_its_answer_are_gone_after_ten_minutes() -> None:
    wallet, request = a_wallet(), asking.ask(WANTED)
    later = clock.now() + timedelta(minutes=9)
    with clock.moved_to(later):
        wallet.answer(asking.signed_link(request))
    with clock.moved_to(later + timedelta(minutes=9)):
        assert answered(request).verdict is not None
    with clock.moved_to(later + timedelta(minutes=10, seconds=1)):
        page = Client().get(reverse("credentials:asked", args=[request.pk]))
        assert page.status_code == 404
        assert "Ask again" in page.content.decode()
    assert not Request.objects.exists()


def test_questions_that_nobody_answered_are_swept_away() -> None:
    asking.ask(WANTED)
    with clock.moved_to(clock.now() + timedelta(minutes=11)):
        assert asking.forget_old() == 1


def test_the_sentences_are_in_the_language_of_who_asked_and_not_of_the_wallet(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    wallet, languages = a_wallet(), []
    judge = asking.documents.selective

    def listen(*args: Any, **options: Any) -> None:
        languages.append(translation.get_language())
        judge(*args, **options)

    monkeypatch.setattr(asking.documents, "selective", listen)
    with translation.override("nl"):
        request = asking.ask(WANTED)
    wallet.client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    wallet.answer(asking.signed_link(request))
    assert languages == ["nl"]


def test_checks_of_wallets_are_counted_as_others_are_and_no_more_is_kept() -> None:
    wallet, request = a_wallet(), asking.ask(WANTED)
    wallet.answer(asking.signed_link(request))
    count = CheckCount.objects.get(format="sd-jwt", answer="valid")
    assert count.number == 1


def test_anybody_asks_on_the_page_and_sees_the_verdict(client: GildeClient) -> None:
    award = an_award()
    wallet = a_wallet(award)
    form = client.get(reverse("credentials:ask"))
    assert form.status_code == 200
    sent = client.post(
        reverse("credentials:ask"), {"kind": "", "title": "welder", "details": ["name", "outcomes"]}
    )
    assert sent.status_code == 302
    waiting = client.get(sent["Location"])
    assert "data:image/svg+xml;base64," in waiting.content.decode()
    assert "Look again" in waiting.content.decode()
    assert "no-store" in waiting["Cache-Control"]
    state = sent["Location"] + "state"
    assert "HX-Refresh" not in client.get(state)
    wallet.answer(waiting.context["link"])
    assert client.get(state)["HX-Refresh"] == "true"
    page = client.get(sent["Location"]).content.decode()
    assert "It is genuine" in page
    assert "Who presents it is the one it was issued to." in page
    assert award.holder.family_name in page
    assert "This is not what you asked for" not in page


def test_the_page_says_when_it_is_not_what_was_asked_for(client: GildeClient) -> None:
    wallet, request = a_wallet(), asking.ask(Wanted(title="nurse", details=(Detail.NAME,)))
    question = wallet.read_question(asking.signed_link(request))
    wallet.send(
        question, wallet.shown(wallet.awards[0], [], audience=question["client_id"], nonce=question["nonce"])
    )
    page = client.get(reverse("credentials:asked", args=[request.pk])).content.decode()
    assert page.index("This is not what you asked for") < page.index("It is genuine")
    assert "Its title does not have the words" in page
    assert "The name is not shown" in page


def test_the_page_says_that_the_holder_declined(client: GildeClient) -> None:
    wallet, request = a_wallet(), asking.ask(WANTED)
    wallet.decline(asking.plain_link(request))
    page = client.get(reverse("credentials:asked", args=[request.pk])).content.decode()
    assert "The holder declined" in page


def test_pages_ask_the_database_little(client: GildeClient, django_assert_max_num_queries: Any) -> None:
    wallet, request = a_wallet(an_award(an_achievement(outcomes=12))), asking.ask(WANTED)
    at = reverse("credentials:asked", args=[request.pk])
    with django_assert_max_num_queries(10):
        client.get(at)
    wallet.answer(asking.signed_link(request))
    with django_assert_max_num_queries(10):
        client.get(at)


def test_a_revoked_award_is_shown_revoked_to_who_asked() -> None:
    award = an_award()
    wallet, request = a_wallet(award), asking.ask(WANTED)
    stopping.revoke(actor=SYSTEM, awards=[award], reason="Issued by mistake", notify=False)
    assert wallet.answer(asking.signed_link(request)).status_code == 200
    assert answered(request).verdict.answer == Answer.STOPPED  # type: ignore[union-attr]
