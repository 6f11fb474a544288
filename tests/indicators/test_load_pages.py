"""Loads as officers see them: taking a file in, what was found, and the decision."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from selectolax.lexbor import LexborHTMLParser

from gilde.core import jobs
from gilde.core.access import SYSTEM
from gilde.core.models import User
from gilde.indicators import figures
from gilde.indicators.models import Finding, Indicator, Load, Origin, Release
from gilde.indicators.services import loading
from gilde.organisations.public import Role
from tests.client import GildeClient
from tests.indicators.factories import AreaFactory, IndicatorFactory, figures_of, member
from tests.indicators.keeping import A_FINDING, a_load, text_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def indicator() -> Indicator:
    made: Indicator = IndicatorFactory(code="learning")
    return made


@pytest.fixture
def person(indicator: Indicator) -> User:
    return member(indicator, Role.OFFICER)


@pytest.fixture
def officer(person: User) -> GildeClient:
    client = GildeClient()
    client.force_login(person)
    return client


def url_of(load: Load) -> str:
    return reverse("indicators:load", args=[load.pk])


def decide(officer: GildeClient, load: Load, act: str = "leave-out", **more: Any) -> Any:
    return officer.post(url_of(load), {"version": load.version, "act": act, "ground": "Seen", **more})


def test_an_uploaded_file_waits_for_its_job_with_what_was_said_of_it(
    officer: GildeClient, indicator: Indicator
) -> None:
    file = SimpleUploadedFile("figures of An.csv", b"geo,time\nBE,2024\n")
    answer = officer.post(
        reverse("indicators:load-add", args=["learning"]), {"file": file, "complete": "yes"}
    )
    load = Load.objects.get()
    assert answer["Location"] == url_of(load)
    assert (load.indicator, load.state, load.complete, load.file_name) == (
        indicator,
        "waiting",
        True,
        "figures of An.csv",
    )
    page = officer.get(url_of(load))
    assert "Reading and checking" in text_of(page)
    assert "every 1s" in page.content.decode()
    fragment = officer.get(
        reverse("indicators:load-progress", args=[load.pk]), headers={"HX-Request": "true"}
    )
    assert b"<progress" in fragment.content
    assert b"<h1" not in fragment.content


def test_a_file_that_is_empty_is_refused_on_the_page_that_asked_for_it(officer: GildeClient) -> None:
    answer = officer.post(reverse("indicators:load-add", args=["learning"]), {"complete": "no"})
    assert answer.status_code == 422
    assert "File : This field is required" in text_of(answer)


def test_when_the_work_is_over_the_waiting_page_sends_on(officer: GildeClient, indicator: Indicator) -> None:
    load = a_load(indicator)
    answer = officer.get(reverse("indicators:load-progress", args=[load.pk]), headers={"HX-Request": "true"})
    assert answer["HX-Redirect"] == url_of(load)


def test_a_load_of_which_the_job_was_given_up_says_so_and_how_to_go_on(
    officer: GildeClient, indicator: Indicator
) -> None:
    load = a_load(indicator, "waiting")
    job = jobs.enqueue(SYSTEM, loading.JOB, load=str(load.pk))
    jobs.Job.objects.filter(pk=job.pk).update(
        state="failed", error="It was interrupted three times.", finished_at=load.created_at
    )
    Load.objects.filter(pk=load.pk).update(job=job.pk)
    words = text_of(officer.get(url_of(load)))
    assert "It was interrupted three times." in words
    assert "Load the file again" in words


def test_a_held_load_tells_every_finding_by_kind_and_row(officer: GildeClient, indicator: Indicator) -> None:
    load = a_load(
        indicator,
        findings=[
            A_FINDING,
            {**A_FINDING, "row": None, "count": 40, "sentence": "40 more rows like these."},
            {"kind": Finding.Kind.UNKNOWN_AREA, "row": 3, "area": "XX", "sentence": "There is no area “XX”."},
            {"kind": Finding.Kind.SHRUNK, "whole": True, "sentence": "4 figures instead of 90."},
        ],
    )
    page = LexborHTMLParser(officer.get(url_of(load)).content.decode())
    kinds = [" ".join(item.text(separator=" ").split()) for item in page.css(".kinds li")]
    assert kinds == [
        "Impossible value 41 rows The first: 140 is impossible: values of this indicator are between 0 and 100 %. "
        "Leave these rows out, or take them as they stand.",
        "Unknown area 1 row There is no area “XX”. Leave these rows out.",
        "Far fewer figures than before the whole load 4 figures instead of 90. "
        "Take the load as it stands, or reject it.",
    ]
    assert [box.attributes["value"] for box in page.css("input[name=take]")] == ["impossible", "shrunk"]
    assert "Nothing of this is published until somebody decides" in page.css_first("main").text()
    narrowed = text_of(officer.get(url_of(load), {"kind": "unknown-area"}))
    assert "40 more rows" not in narrowed
    assert "1 found" in narrowed


def test_the_findings_are_a_file_with_row_area_value_and_reason(
    officer: GildeClient, indicator: Indicator
) -> None:
    load = a_load(indicator)
    answer: Any = officer.get(url_of(load), {"format": "csv"})
    content = b"".join(answer.streaming_content).decode("utf-8-sig")
    (row,) = csv.DictReader(io.StringIO(content))
    assert (row["row"], row["area"], row["period"], row["value"]) == ("7", "BE", "2024", "140")
    assert row["sentence"] == A_FINDING["sentence"]


def test_a_load_is_rejected_with_a_ground_and_nothing_is_published(
    officer: GildeClient, indicator: Indicator, person: User
) -> None:
    load = a_load(indicator)
    assert decide(officer, load, "reject").status_code == 302
    load.refresh_from_db()
    assert (load.state, load.decision, load.decided_by) == ("rejected", "Seen", person.pk)
    assert not Release.objects.exists()
    words = text_of(officer.get(url_of(load)))
    assert "nothing of it was published" in words
    assert str(person) in words
    assert "What had been found" in words


def test_a_load_is_accepted_with_the_kinds_that_were_ticked_and_its_job_goes_on(
    officer: GildeClient, indicator: Indicator
) -> None:
    load = a_load(indicator)
    assert decide(officer, load, take=["impossible"]).status_code == 302
    load.refresh_from_db()
    assert (load.state, load.taken) == ("waiting", ["impossible"])
    assert jobs.Job.objects.filter(pk=load.job, state="queued").exists()
    assert "Publishing what was decided" in text_of(officer.get(url_of(load)))


def test_a_decision_without_a_ground_keeps_what_was_chosen(
    officer: GildeClient, indicator: Indicator
) -> None:
    load = a_load(indicator)
    answer = decide(officer, load, take=["impossible"], ground="")
    assert answer.status_code == 422
    page = LexborHTMLParser(answer.content.decode())
    assert page.css_first("input[value=impossible]").attributes.keys() >= {"checked"}
    load.refresh_from_db()
    assert load.state == "held"


def test_what_is_wrong_with_the_whole_load_cannot_be_left_out(
    officer: GildeClient, indicator: Indicator
) -> None:
    load = a_load(
        indicator, findings=[{"kind": Finding.Kind.SHRUNK, "whole": True, "sentence": "4 instead of 90."}]
    )
    answer = decide(officer, load)
    assert answer.status_code == 422
    assert "This is about the whole load" in text_of(answer)


@pytest.mark.parametrize("act", ["leave-out", "reject"])
def test_the_second_of_two_officers_hears_that_somebody_decided(
    officer: GildeClient, indicator: Indicator, act: str
) -> None:
    load = a_load(indicator)
    assert decide(officer, load, "reject").status_code == 302
    answer = decide(officer, load, act)
    assert answer.status_code == 409
    words = text_of(answer)
    assert "Somebody else decided on this load in the meantime. It is “Rejected” now" in words
    assert "What shall become of it" not in words


def test_who_saw_other_findings_decides_again_on_those_of_now(
    officer: GildeClient, indicator: Indicator
) -> None:
    load = a_load(indicator)
    Load.objects.filter(pk=load.pk).update(version=3)
    answer = decide(officer, load, "reject")
    assert answer.status_code == 409
    page = LexborHTMLParser(answer.content.decode())
    assert page.css_first("input[name=version]").attributes["value"] == "3"
    assert page.css_first("textarea[name=ground]").text().strip() == "Seen"
    load.refresh_from_db()
    assert load.state == "held"
    assert decide(officer, load, "reject").status_code == 302


def test_a_published_load_says_what_it_added_and_revised(officer: GildeClient, indicator: Indicator) -> None:
    load = a_load(indicator, "published", notes=["Figures of 2023 are estimates."])
    words = text_of(officer.get(url_of(load)))
    assert "figures added" in words
    assert "Figures of 2023 are estimates." in words
    assert "What was added and revised" in words


@pytest.mark.parametrize(
    ("state", "said"),
    [
        ("failed", "This file is no message that Gilde can read."),
        ("failed", "Load another file"),
        ("unchanged", "public already"),
    ],
)
def test_every_end_of_a_load_says_what_it_means(
    officer: GildeClient, indicator: Indicator, state: str, said: str
) -> None:
    assert said in text_of(officer.get(url_of(a_load(indicator, state))))


def test_the_file_is_sent_as_it_came(officer: GildeClient, indicator: Indicator) -> None:
    answer: Any = officer.get(reverse("indicators:load-file", args=[a_load(indicator).pk]))
    assert b"".join(answer.streaming_content) == b"geo,time,value\nBE,2024,140\n"
    assert "figures.csv" in answer["Content-Disposition"]


def test_what_is_asked_of_a_provider_is_said_before_it_is_asked(
    officer: GildeClient, indicator: Indicator
) -> None:
    url = reverse("indicators:pull", args=["learning"])
    assert "Nobody has said where its figures come from" in text_of(officer.get(url))
    assert officer.post(url).status_code == 422
    AreaFactory(code="BE")
    Origin.objects.create(
        indicator=indicator, provider="ESTAT", dataflow="edat_lfse_14", selection={"sex": "T"}, areas=["BE"]
    )
    words = text_of(officer.get(url))
    assert "Eurostat" in words
    assert "sex = T" in words
    assert not Load.objects.exists()
    answer = officer.post(url)
    load = Load.objects.get()
    assert (answer["Location"], load.kind) == (url_of(load), "pull")
    assert officer.post(url)["Location"] == url_of(load)


def test_the_list_shows_what_came_in_and_narrows_by_state(
    officer: GildeClient, indicator: Indicator, django_assert_max_num_queries: Callable[[int], Any]
) -> None:
    for state in Load.State.values:
        a_load(indicator, state, file_name=f"{state}.csv")
    a_load(IndicatorFactory(), file_name="of others.csv")
    with django_assert_max_num_queries(10):
        words = text_of(officer.get(reverse("indicators:loads")))
    assert "6 found" in words
    assert "of others.csv" not in words
    held = text_of(officer.get(reverse("indicators:loads"), {"state": "held"}))
    assert "held.csv" in held
    assert "failed.csv" not in held


def test_a_held_load_of_a_thousand_findings_takes_few_queries(
    officer: GildeClient, indicator: Indicator, django_assert_max_num_queries: Callable[[int], Any]
) -> None:
    load = a_load(indicator, findings=[{**A_FINDING, "row": row} for row in range(1000)])
    with django_assert_max_num_queries(14):
        assert "1,000 found" in text_of(officer.get(url_of(load))).replace("1000 found", "1,000 found")


def test_a_file_is_read_held_decided_on_and_published_from_end_to_end(
    officer: GildeClient, indicator: Indicator, run_jobs: Callable[[], int]
) -> None:
    figures_of(indicator, {"BE": {"2020": 70.0}})
    rows = "DATAFLOW,freq,geo,TIME_PERIOD,OBS_VALUE,OBS_FLAG\n"
    rows += "ESTAT:X(1.0),A,BE,2021,71.5,\nESTAT:X(1.0),A,BE,2022,140,\n"
    file = SimpleUploadedFile("figures.csv", rows.encode())
    officer.post(reverse("indicators:load-add", args=["learning"]), {"file": file, "complete": "no"})
    run_jobs()
    load = Load.objects.get()
    assert load.state == "held", load.problem
    assert [finding.kind for finding in load.findings.all()] == ["impossible"]
    assert [figure.period for line in figures.lines(indicator) for figure in line.figures] == ["2020"]
    assert decide(officer, load).status_code == 302
    run_jobs()
    load.refresh_from_db()
    assert load.state == "published", load.problem
    assert [figure.period for line in figures.lines(indicator) for figure in line.figures] == ["2020", "2021"]
    assert "figures added" in text_of(officer.get(url_of(load)))
