"""The pages of reports."""

from __future__ import annotations

import re
from datetime import date
from typing import Any
from uuid import UUID

import pytest
from django.urls import reverse

from gilde.core import clock, jobs
from gilde.core.access import SYSTEM
from gilde.core.jobs import Job
from gilde.core.text import Text
from gilde.plans.models import Measure, Plan, Report
from gilde.plans.services import reports
from gilde.plans.services.reports import make_report
from tests.client import GildeClient
from tests.plans.factories import Cast, PlanFactory, a_plan

DAY = date(2026, 3, 1)


@pytest.fixture
def plan(db: None) -> Plan:
    return a_plan(measures=2)


@pytest.fixture
def cast(plan: Plan) -> Cast:
    return Cast.of(plan)


@pytest.fixture
def report(plan: Plan) -> Report:
    with clock.moved_to(DAY):
        return make_report(actor=SYSTEM, plan=plan, as_of=DAY, language="en")


def address(name: str, report: Report) -> str:
    return reverse(f"plans:{name}", args=[report.plan.slug, report.pk])


def as_(client: GildeClient, actor: Any) -> GildeClient:
    if actor.is_authenticated:
        client.force_login(actor)
    return client


def test_everybody_reads_the_list_and_only_who_may_make_one_is_offered_it(
    client: GildeClient, cast: Cast, report: Report
) -> None:
    url = reverse("plans:reports", args=[report.plan.slug])
    new = reverse("plans:report-make", args=[report.plan.slug])
    for name, actor in cast.everyone().items():
        page = as_(GildeClient(), actor).get(url)
        assert page.status_code == 200
        assert address("report", report) in page.content.decode()
        assert (new in page.content.decode()) == (name in {"officer", "approver"})


def test_the_page_of_reports_leads_to_the_plan_as_data(client: GildeClient, plan: Plan) -> None:
    page = client.get(reverse("plans:reports", args=[plan.slug])).content.decode()
    links = re.findall(r'href="([^"]+)"', page.split('id="as-data"')[1].split("</section>")[0])
    assert len(links) == 5
    assert {client.get(link).status_code for link in links} == {200}


def test_the_list_comes_as_csv_too(client: GildeClient, report: Report) -> None:
    url = reverse("plans:reports", args=[report.plan.slug])
    rows = b"".join(client.get(url, {"format": "csv"}).streaming_content).decode()
    assert report.content_hash in rows


@pytest.fixture
def asked(client: GildeClient, plan: Plan, cast: Cast) -> tuple[str, Job]:
    """The address at which an officer waits for a report that was asked for, and its job."""
    client.force_login(cast.officer)
    url = reverse("plans:report-make", args=[plan.slug])
    assert client.get(url).status_code == 200
    answer = client.post(url, {"as_of": "2025-06-30", "language": "nl"})
    job = Job.objects.get()
    assert answer.url == reverse("plans:report-wait", args=[plan.slug, job.pk])
    return answer.url, job


def test_an_officer_asks_for_a_report_waits_and_lands_on_it(
    client: GildeClient, cast: Cast, asked: tuple[str, Job]
) -> None:
    url, job = asked
    waiting = client.get(url)
    assert "<progress" in waiting.content.decode()
    fragment = client.get(url, headers={"HX-Request": "true"}).content.decode()
    assert "<progress" in fragment
    assert "<html" not in fragment
    jobs.run(job.pk)
    made = Report.objects.get()
    assert (made.as_of, made.language, made.made_by) == (date(2025, 6, 30), "nl", cast.officer.pk)
    assert client.get(url).url == address("report", made)
    assert client.get(url, headers={"HX-Request": "true"})["HX-Redirect"] == address("report", made)


def test_a_job_that_runs_twice_makes_one_report(asked: tuple[str, Job]) -> None:
    _url, job = asked
    for _time in range(2):
        assert reports.make_as_job(**job.arguments) == {"report": job.arguments["report"]}
    assert Report.objects.get().pk == UUID(job.arguments["report"])


def test_who_lost_the_right_meanwhile_is_told_why_there_is_no_report(
    client: GildeClient, plan: Plan, cast: Cast, asked: tuple[str, Job]
) -> None:
    url, job = asked
    cast.officer.memberships.all().delete()
    jobs.run(job.pk)
    assert not Report.objects.exists()
    assert "organisations that own this plan" in client.get(url).content.decode()


def test_nobody_else_sees_how_far_it_is(cast: Cast, asked: tuple[str, Job]) -> None:
    url, _job = asked
    for actor in (cast.approver, cast.reader, cast.elsewhere):
        assert as_(GildeClient(), actor).get(url).status_code == 404
    assert reverse("account_login") in GildeClient().get(url).url


@pytest.mark.parametrize("given", ["2999-01-01", "yesterday", "", "1999-01-01"])
def test_a_day_that_cannot_be_is_said_in_the_form(
    client: GildeClient, plan: Plan, cast: Cast, given: str
) -> None:
    client.force_login(cast.officer)
    answer = client.post(reverse("plans:report-make", args=[plan.slug]), {"as_of": given, "language": "en"})
    assert answer.status_code == 422
    assert not Job.objects.exists()


def test_who_may_not_make_one_is_refused_with_the_reason(plan: Plan, cast: Cast) -> None:
    url = reverse("plans:report-make", args=[plan.slug])
    for actor in (cast.reader, cast.administrator, cast.elsewhere):
        for answer in (as_(GildeClient(), actor).get(url), as_(GildeClient(), actor).post(url)):
            assert answer.status_code == 403
            assert "organisations that own this plan" in answer.content.decode()
    assert reverse("account_login") in GildeClient().get(url).url


def test_the_page_shows_the_report_and_not_the_plan_of_today(client: GildeClient, report: Report) -> None:
    before = client.get(address("report", report)).content.decode()
    Measure.objects.filter(plan=report.plan).update(title=Text.of("Something else"))
    after = client.get(address("report", report)).content.decode()
    assert "Measure 3.1" in after
    assert "Something else" not in after
    # Tables of charts get a new id each time.
    before, after = (re.sub(r'-\w{4}"', '"', page.split("<article")[1]) for page in (before, after))
    assert before == after


def test_the_page_of_a_dutch_report_says_its_language(client: GildeClient, plan: Plan) -> None:
    with clock.moved_to(DAY):
        made = make_report(actor=SYSTEM, plan=plan, as_of=DAY, language="nl")
    assert '<article class="with-side" lang="nl">' in client.get(address("report", made)).content.decode()


def test_the_pdf_is_the_one_that_was_made(client: GildeClient, report: Report) -> None:
    answer = client.get(address("report-pdf", report))
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Content-Disposition"] == f'inline; filename="{report.plan.slug}-2026-03-01.pdf"'
    assert b"".join(answer.streaming_content).startswith(b"%PDF-1.7")
    again = client.get(address("report-pdf", report), headers={"If-None-Match": answer["ETag"]})
    assert again.status_code == 304


def test_the_json_is_the_snapshot_with_its_hash(client: GildeClient, report: Report) -> None:
    answer = client.get(address("report-json", report))
    assert answer.json() == {
        "id": str(report.pk),
        "content_hash": report.content_hash,
        "content": report.content,
    }
    again = client.get(address("report-json", report), headers={"If-None-Match": answer["ETag"]})
    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize("name", ["report", "report-pdf", "report-json"])
def test_a_report_of_a_withdrawn_plan_is_for_its_owners_only(report: Report, cast: Cast, name: str) -> None:
    Plan.objects.filter(pk=report.plan_id).update(state="withdrawn")
    url = address(name, report)
    assert {
        who: as_(GildeClient(), actor).get(url).status_code for who, actor in cast.everyone().items()
    } == {
        **dict.fromkeys(("officer", "approver", "reader", "administrator"), 200),
        **dict.fromkeys(("elsewhere", "anonymous"), 404),
    }


def test_a_report_is_not_found_under_another_plan(client: GildeClient, report: Report) -> None:
    other = PlanFactory()
    assert client.get(reverse("plans:report", args=[other.slug, report.pk])).status_code == 404


def test_reading_a_report_takes_few_queries(
    client: GildeClient, report: Report, django_assert_max_num_queries: Any
) -> None:
    with django_assert_max_num_queries(5):
        client.get(address("report", report))
