"""The pages of awards: entered, looked over, issued, approved, found again, stopped; one or many."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest
from django.core import mail
from django.urls import reverse
from selectolax.lexbor import LexborHTMLParser

from gilde.core import home
from gilde.core import jobs as core_jobs
from gilde.core.jobs import Job
from gilde.core.models import AuditEvent
from gilde.credentials import home as ours
from gilde.credentials.models import Award, Holder, State
from gilde.credentials.services import acting, drafting, issuing
from gilde.organisations.models import Membership
from tests.client import GildeClient
from tests.credentials.factories import (
    UserFactory,
    a_holder,
    a_member,
    an_achievement,
    an_award,
    an_issuer,
    given,
)

pytestmark = pytest.mark.django_db
Role = Membership.Role
LIST = "/awards/"


def words(response: Any) -> str:
    return " ".join(LexborHTMLParser(response.content.decode()).css_first("main").text(separator=" ").split())


def url(name: str, thing: Any, *more: Any) -> str:
    return reverse(f"credentials:{name}", args=[thing.pk, *more])


def filled(**changes: Any) -> dict[str, Any]:
    empty = ("born", "email", "person", "grade", "assessed_on", "assessed_by", "valid_until", "place")
    return {
        "given_name": "Amina",
        "family_name": "Peeters",
        "reference": "A-1",
        "awarded_on": "2025-06-30",
        "language": "nl",
        **dict.fromkeys(empty, ""),
        **changes,
    }


def act(client: GildeClient, award: Award, name: str, **sent: str) -> Any:
    award.refresh_from_db()
    return client.post(url("award-act", award, name), {"version": str(award.version), **sent})


# --- one award


def test_an_award_is_entered_looked_over_and_issued(client: GildeClient) -> None:
    achievement = an_achievement()
    client.force_login(a_member(achievement.issuer.organisation))
    assert achievement.title.words["en"] in words(client.get(reverse("credentials:award-choose")))
    page = url("award-add", achievement)
    form = LexborHTMLParser(client.get(page).content.decode())
    assert form.css_first("[name=reference]").attributes["value"]
    reached = [box.attributes["value"] for box in form.css("[name=reached]")]
    answer = client.post(page, filled(reached=reached[:2], email="amina@people.example"))
    award = Award.objects.get()
    assert answer["Location"] == url("award", award)
    assert (award.state, award.left_out) == (State.DRAFT, reached[2:])
    shown = words(client.get(url("award", award)))
    assert "Amina Peeters" in shown
    assert "What is said to be reached" in shown
    assert client.get(url("award-preview", award, "pdf")).content.startswith(b"%PDF-")
    assert client.get(url("award-preview", award, "png")).content.startswith(b"\x89PNG")
    assert "cannot be changed then" in words(client.get(url("award-act", award, "issue")))
    assert act(client, award, "issue", notify="on").status_code == 302
    award.refresh_from_db()
    assert award.state == State.ISSUED
    assert Job.objects.get(kind="credentials.tell").arguments == {"awards": [str(award.pk)]}
    assert client.get(url("award-preview", award, "pdf")).status_code == 422


def test_what_cannot_be_entered_is_said_at_its_field(client: GildeClient) -> None:
    achievement = an_achievement()
    an_award(achievement, reference="A-1")
    client.force_login(a_member(achievement.issuer.organisation))
    page = url("award-add", achievement)
    for sent, sentence in (
        (filled(), "already stands for another award"),
        (filled(given_name="", family_name=" ", reference="B"), "Say who is awarded"),
        (filled(awarded_on="2125-06-30", reference="B"), "more than a year ahead"),
        (filled(reached=[], reference="B"), "nothing to award"),
    ):
        answer = client.post(page, sent)
        assert answer.status_code == 422
        assert sentence in words(answer)
    assert Award.objects.count() == 1
    assert Holder.objects.count() == 1


def test_with_two_people_one_enters_and_another_approves_or_sends_back(client: GildeClient) -> None:
    issuer = an_issuer(two_people=True)
    achievement = an_achievement(issuer, outcomes=0)
    officer, approver = a_member(issuer.organisation), a_member(issuer.organisation, Role.APPROVER)
    client.force_login(officer)
    client.post(url("award-add", achievement), filled())
    award = Award.objects.get()
    assert "Send for approval" in words(client.get(url("award", award)))
    assert act(client, award, "submit").status_code == 302
    client.force_login(approver)
    assert "1 found" in words(client.get(LIST, {"waiting": "me"}))
    assert act(client, award, "send-back", reason="Wrong day").status_code == 302
    client.force_login(officer)
    assert "1 found" in words(client.get(LIST, {"waiting": "back"}))
    assert "Wrong day" in words(client.get(url("award", award)))
    award.refresh_from_db()
    edited = filled(awarded_on="2025-06-29", version=str(award.version))
    assert client.post(url("award-edit", award), edited).status_code == 302
    assert act(client, award, "submit").status_code == 302
    client.force_login(approver)
    assert act(client, award, "approve").status_code == 302
    award.refresh_from_db()
    assert (award.state, award.awarded_on, award.approved_by) == (State.ISSUED, date(2025, 6, 29), approver)
    shown = words(client.get(url("award", award)))
    for told in ("Sent for approval", "Sent back", "Issued", str(officer), str(approver)):
        assert told in shown


def test_nobody_approves_what_they_have_not_seen(client: GildeClient) -> None:
    award = an_award(an_achievement(an_issuer(two_people=True)), State.WAITING)
    client.force_login(a_member(award.issuer.organisation, Role.APPROVER))
    seen = {"version": str(award.version)}
    Award.objects.filter(pk=award.pk).update(grade="changed since", version=award.version + 2)
    answer = client.post(url("award-act", award, "approve"), seen)
    assert answer.status_code == 409
    assert "Look again" in words(answer)
    award.refresh_from_db()
    assert award.state == State.WAITING


def test_the_page_tells_all_of_an_award_in_few_queries(
    client: GildeClient, django_assert_max_num_queries: Any
) -> None:
    award = an_award(notify=False)
    from gilde.credentials.services import log

    log.sign_checkpoint()
    client.force_login(a_member(award.issuer.organisation))
    with django_assert_max_num_queries(20):
        answer = client.get(url("award", award))
    shown = words(answer)
    for told in ("with distinction", "Welds seam 3", "Entered", "Issued", "In the log", "eddsa-jcs-2022"):
        assert told in shown
    digest = award.renderings.get().digest
    assert reverse("credentials:log-receipt", args=[digest]) in answer.content.decode()


@pytest.mark.parametrize(
    ("form", "begins"),
    [
        ("vc", b'{"@context"'),
        ("vc-jwt", b"ey"),
        ("open-badge", b'{"@context"'),
        ("badge-png", b"\x89PNG"),
        ("badge-svg", b"<"),
        ("certificate", b"%PDF-"),
        ("supplement", b"%PDF-"),
        ("edc", b""),
    ],
)
def test_every_file_is_handed_out(client: GildeClient, form: str, begins: bytes) -> None:
    award = an_award()
    client.force_login(a_member(award.issuer.organisation, Role.READER))
    answer = client.get(url("award-file", award, form))
    assert answer.status_code == 200
    assert answer.content.startswith(begins)
    assert "attachment" in answer["Content-Disposition"]
    assert client.get(url("award-file", award, "no-such-form")).status_code == 422


def test_a_holder_is_led_to_the_wallet_and_nobody_else_sees_it(client: GildeClient) -> None:
    award = an_award()
    client.force_login(a_holder(award))
    assert client.get(url("award", award))["Location"] == reverse("credentials:wallet-award", args=[award.pk])
    client.force_login(a_member(an_issuer().organisation, Role.APPROVER))
    assert client.get(url("award", award)).status_code == 404


@pytest.mark.parametrize(
    ("state", "name", "after"),
    [
        (State.ISSUED, "suspend", "suspended"),
        (State.SUSPENDED, "reinstate", "issued"),
        (State.SUSPENDED, "revoke", "revoked"),
    ],
)
def test_stopping_is_confirmed_asks_why_and_tells(
    client: GildeClient, state: State, name: str, after: str
) -> None:
    award = an_award(state=state)
    client.force_login(a_member(award.issuer.organisation))
    page = url("award-act", award, name)
    assert "within minutes" in words(client.get(page))
    assert act(client, award, name, reason="").status_code == 422
    assert act(client, award, name, reason="Looked into", notify="on").status_code == 302
    award.refresh_from_db()
    assert (award.state, award.reason) == (after, "Looked into")
    assert Job.objects.filter(kind="credentials.tell").count() == 1
    assert client.get(page).status_code == 302, "what is done is not offered again"


def test_a_correction_opens_filled_in_and_links_both_ways(client: GildeClient) -> None:
    award = an_award(reference="A-1", grade="goed")
    client.force_login(a_member(award.issuer.organisation))
    page = url("award-correct", award)
    form = LexborHTMLParser(client.get(page).content.decode())
    values = {
        field.attributes["name"]: field.attributes.get("value") for field in form.css("main input[name]")
    }
    assert (values["grade"], values["reference"]) == ("goed", "A-1/2")
    reached = [box.attributes["value"] for box in form.css("[name=reached]")]
    sent = filled(reference="A-1/2", grade="zeer goed", reached=reached, reason="Wrong grade")
    assert client.post(page, sent).status_code == 302
    new = Award.objects.get(reference="A-1/2")
    assert (new.grade, new.replaces) == ("zeer goed", award)
    assert "A-1/2" in words(client.get(url("award", award)))
    assert "takes the place of A-1" in words(client.get(url("award", new)))
    assert client.post(page, sent | {"reference": "A-1/3"}).status_code == 422


def test_telling_again_needs_an_address_which_can_be_put_right(client: GildeClient) -> None:
    award = an_award(email="")
    client.force_login(a_member(award.issuer.organisation))
    page = url("award-act", award, "tell")
    assert client.get(page)["Location"] == url("holder-address", award.holder)
    assert client.post(url("holder-address", award.holder), {"email": "a@people.example"}).status_code == 302
    assert act(client, award, "tell").status_code == 302
    core_jobs.run(Job.objects.get(kind="credentials.tell").pk)
    assert mail.outbox[0].to == ["a@people.example"]


# --- the list


def test_the_list_takes_few_queries_however_many_there_are(
    client: GildeClient, django_assert_max_num_queries: Any
) -> None:
    achievement = an_achievement()
    for number in range(6):
        an_award(achievement, State.DRAFT, family_name=f"Claes-{number}", reference=f"R-{number}")
    an_award()  # elsewhere
    client.force_login(a_member(achievement.issuer.organisation))
    with django_assert_max_num_queries(10):
        shown = words(client.get(LIST))
    assert "6 found" in shown
    for asked, number in (
        ({"q": "claes-3"}, 1),
        ({"q": "R-4"}, 1),
        ({"state": "draft"}, 6),
        ({"state": "issued"}, 0),
        ({"year": "2025"}, 6),
        ({"achievement": str(achievement.pk)}, 6),
    ):
        assert f"{number} found" in words(client.get(LIST, asked))
    rows = json.loads(b"".join(client.get(LIST, {"format": "json", "q": "claes-3"})))["rows"]
    assert [row["holder"] for row in rows] == ["Amina Claes-3"]


def test_every_award_stands_on_one_page_of_the_list(client: GildeClient) -> None:
    achievement = an_achievement()
    expected = {an_award(achievement, State.DRAFT).reference for _each in range(53)}
    client.force_login(a_member(achievement.issuer.organisation))
    page, seen = LIST, set()
    for _each in range(2):
        found = LexborHTMLParser(client.get(page).content.decode())
        seen |= {row.css("td")[1].text() for row in found.css("tbody tr")}
        after = found.css_first("a[rel=next]")
        page = after.attributes["href"] if after else ""
    assert seen == expected


def test_who_works_nowhere_is_told_where_their_own_awards_are(client: GildeClient) -> None:
    client.force_login(UserFactory())
    shown = words(client.get(LIST))
    assert "in your wallet" in shown
    assert "Do something with several" not in shown


def test_a_reader_sees_the_list_and_can_do_nothing_with_it(client: GildeClient) -> None:
    award = an_award()
    client.force_login(a_member(award.issuer.organisation, Role.READER))
    answer = client.get(LIST)
    assert "1 found" in words(answer)
    assert 'name="award"' not in answer.content.decode()
    sent = {"act": "revoke", "award": str(award.pk), "confirmed": "1", "reason": "Mine"}
    client.post(LIST, sent)
    award.refresh_from_db()
    assert award.state == State.ISSUED


# --- many


def confirm(client: GildeClient, path: str, sent: dict[str, Any], **more: str) -> Any:
    page = LexborHTMLParser(client.post(path, sent).content.decode())
    seen = page.css_first("main input[name=seen]").attributes["value"]
    return client.post(path, {**sent, **more, "seen": seen, "confirmed": "1"})


def test_chosen_awards_are_revoked_after_a_page_that_says_what_happens(client: GildeClient) -> None:
    achievement = an_achievement()
    one, two, other = (an_award(achievement) for _each in range(3))
    drafted = an_award(achievement, State.DRAFT)
    client.force_login(a_member(achievement.issuer.organisation))
    sent = {"act": "revoke", "award": [str(each.pk) for each in (one, two, drafted)]}
    shown = words(client.post(LIST, sent))
    assert "This concerns 2 awards" in shown
    assert "not valid any more, for good" in shown
    assert "1 award: is “draft”" in shown
    assert Award.objects.filter(state=State.REVOKED).count() == 0
    assert confirm(client, LIST, sent, reason="Fraud").status_code == 302
    assert set(Award.objects.filter(state=State.REVOKED)) == {one, two}
    other.refresh_from_db()
    assert other.state == State.ISSUED


def test_all_of_a_filter_are_suspended_as_a_job_with_a_page(
    client: GildeClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(acting, "AT_ONCE", 2)
    achievement = an_achievement()
    awards = [an_award(achievement, family_name=f"Claes-{number}") for number in range(3)]
    other = an_award(achievement, family_name="Maes")
    client.force_login(a_member(achievement.issuer.organisation))
    answer = confirm(client, LIST + "?q=claes", {"act": "suspend", "all": "1"}, reason="Looked into")
    job = Job.objects.get(kind="credentials.act")
    assert answer["Location"].startswith(url("awards-job", job))
    assert "Suspend" in words(client.get(answer["Location"]))
    core_jobs.run(job.pk)
    assert "3 awards are suspended" in words(client.get(answer["Location"]))
    assert set(Award.objects.filter(state=State.SUSPENDED)) == set(awards)
    other.refresh_from_db()
    assert other.state == State.ISSUED


def test_when_the_list_changed_meanwhile_nothing_is_done(client: GildeClient) -> None:
    achievement = an_achievement()
    an_award(achievement)
    client.force_login(a_member(achievement.issuer.organisation))
    sent = {"act": "revoke", "all": "1"}
    seen = LexborHTMLParser(client.post(LIST, sent).content.decode()).css_first("main input[name=seen]")
    an_award(achievement)
    answer = client.post(
        LIST, {**sent, "confirmed": "1", "reason": "Fraud", "seen": seen.attributes["value"]}
    )
    assert answer.status_code == 409
    assert "Nothing was done" in words(answer)
    assert not Award.objects.filter(state=State.REVOKED).exists()


def test_several_are_approved_or_sent_back_at_once(client: GildeClient) -> None:
    issuer = an_issuer(two_people=True)
    achievement = an_achievement(issuer)
    officer, approver = a_member(issuer.organisation), a_member(issuer.organisation, Role.APPROVER)
    for _each in range(4):
        issuing.submit(
            actor=officer, award=drafting.draft(actor=officer, achievement=achievement, given=given())
        )
    chosen = [str(pk) for pk in Award.objects.order_by("reference").values_list("pk", flat=True)]
    client.force_login(approver)
    path = LIST + "?waiting=me"
    assert confirm(client, path, {"act": "approve", "award": chosen[:3]}, notify="on").status_code == 302
    assert confirm(client, path, {"act": "send-back", "award": chosen[3]}, reason="Who?").status_code == 302
    assert sorted(Award.objects.values_list("state", flat=True)) == ["draft", *["issued"] * 3]


@pytest.mark.parametrize(
    "sent", [{"act": ""}, {"act": "explode"}, {"act": "revoke"}, {"act": "revoke", "award": "x"}]
)
def test_an_act_on_nothing_leads_back_to_the_list(client: GildeClient, sent: dict[str, str]) -> None:
    award = an_award()
    client.force_login(a_member(award.issuer.organisation))
    assert client.post(LIST + "?q=a", sent)["Location"] == LIST + "?q=a"


# --- persons


def test_the_page_of_a_person_shows_their_awards_and_what_is_stored(client: GildeClient) -> None:
    award = an_award(person="17")
    an_award(award.achievement, person="17", family_name=award.holder.family_name)
    client.force_login(a_member(award.issuer.organisation, Role.ADMINISTRATOR))
    shown = words(client.get(url("holder", award.holder)))
    assert shown.count("2025-") >= 2
    report = client.get(url("holder-report", award.holder, "json")).json()
    assert (report["person"]["reference"], len(report["awards"])) == ("17", 2)
    paper = client.get(url("holder-report", award.holder, "pdf"))
    assert paper.content.startswith(b"%PDF-")
    assert award.holder.family_name in text_of(paper.content)
    assert client.get(url("holder-report", award.holder, "xml")).status_code == 404


def text_of(content: bytes) -> str:
    import pypdfium2

    document = pypdfium2.PdfDocument(content)
    told = " ".join(page.get_textpage().get_text_bounded() for page in document)
    document.close()
    return told


def test_a_person_is_erased_once_their_name_was_written(client: GildeClient) -> None:
    award = an_award(family_name="Vandewoestijne")
    holder = award.holder
    page = url("holder-erase", holder)
    client.force_login(a_member(award.issuer.organisation, Role.ADMINISTRATOR))
    assert "can still be checked" in words(client.get(page))
    assert client.post(page, {"name": "Amina"}).status_code == 422
    assert client.post(page, {"name": "amina  vandewoestijne"}).status_code == 302
    shown = words(client.get(url("holder", holder)))
    assert "Vandewoestijne" not in shown
    assert "was erased on" in shown
    assert "Vandewoestijne" not in words(client.get(url("award", award)))
    assert "Vandewoestijne" not in words(client.get(LIST))
    assert client.post(page, {"name": "–"}).status_code == 422
    assert AuditEvent.objects.filter(action="credentials.holder.erase").count() == 1


# --- start page


def test_the_start_page_says_what_waits_for_an_approver_in_one_query(django_assert_num_queries: Any) -> None:
    issuer = an_issuer(two_people=True)
    achievement = an_achievement(issuer)
    officer, approver = a_member(issuer.organisation), a_member(issuer.organisation, Role.APPROVER)
    award = drafting.draft(actor=officer, achievement=achievement, given=given())
    issuing.submit(actor=officer, award=award)
    with django_assert_num_queries(1):
        told = ours.waiting(approver)
    assert told is not None
    assert (told.value, told.url) == (1, "/awards/?waiting=me")
    assert ours.waiting(officer) is None
    assert ours.waiting(UserFactory()) is None
    award.refresh_from_db()
    issuing.send_back(actor=approver, award=award, reason="Who?")
    told = ours.waiting(officer)
    assert told is not None
    assert told.hint == "1 sent back to you"
    assert "Issue awards" in [str(offer.title) for offer in home.offers("school")]
