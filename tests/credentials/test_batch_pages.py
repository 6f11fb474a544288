"""The pages of files, deposits and trust lists, as people see them."""

from __future__ import annotations

import io
from datetime import date
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from openpyxl import load_workbook

from gilde.core import jobs
from gilde.core.access import SYSTEM
from gilde.credentials.models import Award, Batch, State, TrustList
from gilde.credentials.services import batches, depositing, trust
from gilde.credentials.services.batch_rows import EXAMPLE
from gilde.organisations.models import Membership
from tests.client import GildeClient
from tests.credentials.batch_making import a_batch, a_csv, a_workbook, rows, run, work
from tests.credentials.factories import a_member, an_achievement, an_issuer, given
from tests.credentials.trust_making import a_json, a_school
from tests.qualifications.factories import UserFactory

pytestmark = pytest.mark.django_db


def url(name: str, *args: Any) -> str:
    return reverse(f"credentials:{name}", args=args)


@pytest.fixture
def achievement() -> Any:
    return an_achievement()


@pytest.fixture
def officer(achievement: Any, client: GildeClient) -> Any:
    member = a_member(achievement.issuer.organisation)
    client.force_login(member)
    return member


def page(client: GildeClient, address: str, status: int = 200) -> str:
    response = client.get(address)
    assert response.status_code == status
    return response.content.decode()


def upload(client: GildeClient, address: str, file: bytes, name: str = "awards.csv", **more: Any) -> Any:
    return client.post(address, {"file": SimpleUploadedFile(name, file), **more})


def test_from_the_file_to_the_awards(client: GildeClient, officer: Any, achievement: Any) -> None:
    sent = upload(
        client, url("batch-new", achievement.issuer.slug), a_csv(rows(achievement)), kind="issue", notify="on"
    )
    batch = Batch.objects.get()
    assert sent["Location"] == url("batch", batch.pk)
    assert "Checking the file" in page(client, url("batch", batch.pk))
    work(batch)
    ready = page(client, url("batch", batch.pk))
    assert "3 awards can be issued" in ready
    assert "R-00001" in ready
    asked = page(client, url("batch-act", batch.pk, "issue"))
    assert "3 awards will be signed" in asked
    assert "told by mail" in asked
    client.post(url("batch-act", batch.pk, "issue"))
    assert "Issuing the awards" in page(client, url("batch", batch.pk))
    work(batch)
    done = page(client, url("batch", batch.pk))
    award = Award.objects.get(reference="R-00001")
    assert url("award", award.pk) in done
    assert "issued by this file" in done


def test_what_is_to_be_mended_is_shown_and_downloaded(
    client: GildeClient, officer: Any, achievement: Any
) -> None:
    batch = a_batch(achievement, a_csv(rows(achievement, 2, email="nobody")))
    shown = page(client, url("batch", batch.pk))
    assert "2 of 2 rows are to be mended" in shown
    assert "“nobody” is no e-mail address." in shown
    assert url("batch-act", batch.pk, "issue") not in shown
    response = client.get(url("batch-faults", batch.pk))
    told = b"".join(response.streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
    assert told.splitlines()[:2] == [
        "row,reference,column,fault",
        "2,R-00001,email,“nobody” is no e-mail address.",
    ]
    mended = upload(client, url("batch-mend", batch.pk), a_csv(rows(achievement, 2)))
    assert mended["Location"] == url("batch", batch.pk)
    work(batch)
    assert batch.state == Batch.State.READY


@pytest.mark.parametrize(("file", "sentence"), [(b"", "is empty"), (b"%PDF-1.4", "This is no table")])
def test_what_is_no_table_is_said_above_the_form(
    client: GildeClient, officer: Any, achievement: Any, file: bytes, sentence: str
) -> None:
    response = upload(client, url("batch-new", achievement.issuer.slug), file, kind="issue")
    assert response.status_code == 422
    assert sentence in response.content.decode()
    assert not Batch.objects.exists()


def test_rows_that_were_there_already_are_said(client: GildeClient, officer: Any, achievement: Any) -> None:
    run(a_batch(achievement, a_csv(rows(achievement, 2))))
    batch = a_batch(achievement, a_csv(rows(achievement, 3)))
    shown = page(client, url("batch", batch.pk))
    assert "1 award can be issued" in shown
    assert "2 rows were issued before, with the same content, and are passed over." in shown
    run(batch)
    assert "was there already" in page(client, url("batch", batch.pk) + "?became=already")


def test_a_job_that_failed_says_so_and_can_be_gone_on_with(
    client: GildeClient, officer: Any, achievement: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from gilde.core.errors import Invalid
    from gilde.credentials.services import issuing

    batch = a_batch(achievement)
    batches.start(actor=SYSTEM, batch=batch)

    def broken(*_args: Any, **_more: Any) -> None:
        raise Invalid("The key is lost.")

    with monkeypatch.context() as breaking:
        breaking.setattr(issuing, "issue_many", broken)
        work(batch)
    shown = page(client, url("batch", batch.pk))
    assert "The key is lost." in shown
    assert "0 of 3 rows are done" in shown
    client.post(url("batch-act", batch.pk, "go-on"))
    work(batch)
    assert batch.state == Batch.State.DONE


def test_a_file_for_two_people(client: GildeClient) -> None:
    issuer = an_issuer(two_people=True)
    officer = a_member(issuer.organisation)
    approver = a_member(issuer.organisation, Membership.Role.APPROVER)
    batch = a_batch(an_achievement(issuer), actor=officer)
    client.force_login(officer)
    shown = page(client, url("batch", batch.pk))
    assert url("batch-act", batch.pk, "issue") not in shown
    client.post(url("batch-act", batch.pk, "submit"))
    assert url("batch-act", batch.pk, "approve") not in page(client, url("batch", batch.pk))
    client.force_login(approver)
    assert url("batch-act", batch.pk, "approve") in page(client, url("batch", batch.pk))
    client.post(url("batch-act", batch.pk, "approve"))
    work(batch)
    assert "Approved by" in page(client, url("batch", batch.pk))
    assert Award.objects.filter(state=State.ISSUED).count() == 3


def test_the_template_is_read_as_it_is_and_its_example_is_not_issued(
    client: GildeClient, officer: Any, achievement: Any
) -> None:
    for form in ("csv", "xlsx"):
        response = client.get(url("batch-template", achievement.issuer.slug, form))
        assert f'awards-{achievement.issuer.slug}.{form}"' in response["Content-Disposition"]
        batch = a_batch(achievement, response.content)
        assert batch.fault == ""
        told = [sentence for row in batch.rows.all() for _column, sentence in row.faults]
        assert told == ["This is the example of the template. Take the row out."]
    book = load_workbook(io.BytesIO(response.content))
    assert book.sheetnames == ["Awards", "What the columns mean", "What can be awarded"]
    assert book["Awards"]["A2"].value == EXAMPLE
    assert book["What can be awarded"]["A2"].value == achievement.code


def test_the_template_for_a_reader_of_dutch_has_dutch_heads(
    client: GildeClient, officer: Any, achievement: Any
) -> None:
    address = url("batch-template", achievement.issuer.slug, "csv")
    response = client.get(address, headers={"accept-language": "nl"})
    assert response.content.decode("utf-8-sig").startswith("kenmerk;soort toekenning;voornaam;familienaam")


@pytest.mark.parametrize("name", ["batches", "batch", "deposits", "deposit", "trust", "trust-list"])
def test_lists_and_pages_ask_little(
    name: str, client: GildeClient, officer: Any, achievement: Any, django_assert_max_num_queries: Any
) -> None:
    told = {"given_name": "Mieke", "family_name": "Vos", "born": date(1975, 3, 9), "assessed_on": None}
    for _each in range(3):
        held = depositing.deposit(
            actor=SYSTEM,
            achievement=achievement,
            given=given(**told, awarded_on=date(1995, 6, 30)),
            notify=False,
        )
    batch = run(a_batch(achievement, a_csv(rows(achievement, 20))))
    listed = trust.add(
        actor=SYSTEM, name="Schools", file=a_json(*(a_school(at) for at in range(9))), file_name="list.json"
    )
    job = trust.job_of(listed)
    assert job is not None
    jobs.run(job.pk)
    args = {
        "batches": [achievement.issuer.slug],
        "batch": [batch.pk],
        "deposit": [held.pk],
        "trust-list": [listed.pk],
    }.get(name, [])
    page(client, url(name, *args))
    if name in ("trust", "trust-list"):
        client.logout()
        # The public sees it as well; the reader's account asks two questions on every page.
        with django_assert_max_num_queries(10):
            page(client, url(name, *args))
        return
    with django_assert_max_num_queries(14 if name in ("batch", "deposit") else 10):
        page(client, url(name, *args))


def test_a_held_deposit_is_shown_beside_the_other_and_decided(
    client: GildeClient, officer: Any, achievement: Any
) -> None:
    form = {
        "reference": "P-1",
        "given_name": "Mieke",
        "family_name": "Vos",
        "born": "1975-03-09",
        "awarded_on": "1995-06-30",
        "language": "nl",
        "reached": [each.uri for each in achievement.outcomes.all()],
    }
    address = url("deposit-new", achievement.pk)
    first = client.post(address, form)
    assert first["Location"] == url("award", Award.objects.get().pk)
    scan = SimpleUploadedFile("paper.pdf", b"%PDF-1.4\n%%EOF\n", "application/pdf")
    client.post(address, {**form, "reference": "P-2", "grade": "best", "scan": scan})
    held = Award.objects.get(reference="P-2")
    assert held.state == State.HELD
    assert url("deposit", held.pk) in page(client, url("deposits"))
    shown = page(client, url("deposit", held.pk))
    assert "It looks like the same award as P-1" in shown
    assert url("award", Award.objects.get(reference="P-1").pk) in shown
    assert client.get(url("deposit-scan", held.pk)).status_code == 200
    assert client.post(url("deposit-refuse", held.pk), {"reason": ""}).status_code == 422
    client.post(url("deposit-refuse", held.pk), {"reason": "Sent twice"})
    held.refresh_from_db()
    assert held.state == State.REFUSED
    assert "Sent twice" in page(client, url("deposit", held.pk))


def test_another_organisation_never_sees_a_deposit(client: GildeClient, achievement: Any) -> None:
    award = depositing.deposit(
        actor=SYSTEM,
        achievement=achievement,
        given=given(born=date(1990, 1, 1), awarded_on=date(2000, 1, 1), assessed_on=None),
        notify=False,
    )
    client.force_login(a_member(an_issuer().organisation))
    for name in ("deposit", "deposit-scan", "deposit-accept"):
        page(client, url(name, award.pk), 404)
    assert str(award.pk) not in page(client, url("deposits") + "?show=all")


def test_an_administrator_adds_a_list_and_everybody_reads_it(client: GildeClient) -> None:
    client.force_login(UserFactory(is_superuser=True, is_staff=True))
    file = SimpleUploadedFile("list.json", a_json(a_school(1), a_school(2)))
    sent = client.post(url("trust-new"), {"name": "Schools of the north", "file": file})
    found = TrustList.objects.get()
    assert sent["Location"] == url("trust-list", found.pk)
    job = trust.job_of(found)
    assert job is not None
    jobs.run(job.pk)
    client.logout()
    shown = page(client, url("trust"))
    assert "Schools of the north" in shown
    assert "is not verified" in shown
    listed = page(client, url("trust-list", found.pk))
    assert "did:web:school-2.example" in listed
    assert "2 came: School 1, School 2" in listed


def test_a_list_that_cannot_be_read_is_said_above_the_form(client: GildeClient) -> None:
    client.force_login(UserFactory(is_superuser=True, is_staff=True))
    file = SimpleUploadedFile("list.json", a_json(a_school(1, country="Belgium")))
    response = client.post(url("trust-new"), {"name": "Schools", "file": file})
    assert response.status_code == 422
    assert (
        "In entry 1: “BELGIUM” is no code of a country. Nothing was taken over." in response.content.decode()
    )
    assert not TrustList.objects.exists()


def test_a_workbook_is_taken_by_the_page_too(client: GildeClient, officer: Any, achievement: Any) -> None:
    upload(
        client,
        url("batch-new", achievement.issuer.slug),
        a_workbook(rows(achievement, 2)),
        name="awards.xlsx",
        kind="deposit",
    )
    batch = Batch.objects.get()
    work(batch)
    assert (batch.kind, batch.state, batch.notify) == (Batch.Kind.DEPOSIT, Batch.State.READY, False)
