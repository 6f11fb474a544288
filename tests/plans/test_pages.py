"""The pages of plans as readers and officers see them."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.urls import reverse
from selectolax.lexbor import LexborHTMLParser

from gilde.core import clock
from gilde.core.text import Text
from gilde.plans.models import Plan
from tests.client import GildeClient
from tests.plans.factories import (
    ActionFactory,
    Cast,
    CitationFactory,
    EvidenceFactory,
    FundingLineFactory,
    MeasureFactory,
    MilestoneFactory,
    NoteFactory,
    PlanFactory,
    SpendingFactory,
    TickFactory,
    UpdateFactory,
    a_plan,
    day,
    provisions,
)

pytestmark = pytest.mark.django_db
PLAN_PAGES = ("plan", "priorities", "targets", "actions", "timeline", "money", "indicators", "coverage")
MEASURE_PAGES = ("measure", "delivery", "proof")


@pytest.fixture(autouse=True)
def _today() -> Any:
    with clock.moved_to(day(2026, 3, 1)):
        yield


@pytest.fixture
def plan() -> Plan:
    return a_plan(measures=3, actions=2, slug="the-plan")


def text_of(response: Any) -> str:
    """Return the words of the main part of a page, spaces made single."""
    main = LexborHTMLParser(response.content.decode()).css_first("main")
    assert main is not None
    return " ".join(main.text(separator=" ").split())


def signed_in(person: Any) -> GildeClient:
    client = GildeClient()
    if not isinstance(person, AnonymousUser):
        client.force_login(person)
    return client


@pytest.mark.parametrize("name", PLAN_PAGES)
def test_each_side_of_a_published_plan_is_public(client: GildeClient, plan: Plan, name: str) -> None:
    response = client.get(reverse(f"plans:{name}", args=[plan.slug]))
    assert response.status_code == 200
    named = str(plan.title if name == "plan" else plan.short_title)
    assert named in response.content.decode()


@pytest.mark.parametrize("name", PLAN_PAGES)
def test_a_withdrawn_plan_is_seen_by_its_owners_only(plan: Plan, name: str) -> None:
    Plan.objects.filter(pk=plan.pk).update(state="withdrawn")
    url = reverse(f"plans:{name}", args=[plan.slug])
    seen = {who: signed_in(person).get(url).status_code for who, person in Cast.of(plan).everyone().items()}
    assert {who for who, status in seen.items() if status == 200} == {
        "officer",
        "approver",
        "reader",
        "administrator",
    }
    assert {seen["elsewhere"], seen["anonymous"]} == {404}


@pytest.mark.parametrize("name", [*PLAN_PAGES, *MEASURE_PAGES])
@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({}, None),
        ({"synthetic": True}, "This plan is invented"),
        ({"progress_synthetic": True}, "The progress is invented"),
    ],
)
def test_what_is_invented_says_so_on_every_page(
    client: GildeClient, plan: Plan, name: str, fields: dict[str, bool], said: str | None
) -> None:
    Plan.objects.filter(pk=plan.pk).update(**fields)
    arguments = [plan.slug] if name in PLAN_PAGES else [plan.slug, "3.1"]
    words = text_of(client.get(reverse(f"plans:{name}", args=arguments)))
    assert (said is None and "invented" not in words) or (said is not None and said in words)


@pytest.mark.parametrize("who", ["anonymous", "officer"])
@pytest.mark.parametrize("name", PLAN_PAGES)
def test_a_plan_page_with_twenty_measures_takes_at_most_ten_queries(
    name: str, who: str, django_assert_max_num_queries: Any
) -> None:
    plan = a_plan(measures=20, actions=3)
    client = signed_in(getattr(Cast.of(plan), who))
    with django_assert_max_num_queries(10):
        assert client.get(reverse(f"plans:{name}", args=[plan.slug])).status_code == 200


@pytest.mark.parametrize("name", MEASURE_PAGES)
def test_a_measure_page_takes_at_most_ten_queries(
    client: GildeClient, name: str, django_assert_max_num_queries: Any
) -> None:
    plan = a_plan(measures=1, actions=8)
    measure = plan.measures.get()
    for action in measure.actions.all():
        MilestoneFactory(measure=measure, action=action)
        EvidenceFactory(measure=measure, action=action, state="approved")
        UpdateFactory(measure=measure, action=action, state="approved")
        CitationFactory(measure=measure, subject=f"action:{action.pk}", edition__number=action.position)
    with django_assert_max_num_queries(10):
        assert client.get(reverse(f"plans:{name}", args=[plan.slug, measure.number])).status_code == 200


def test_the_list_of_plans_takes_few_queries_and_counts_what_is_late(
    client: GildeClient, plan: Plan, django_assert_max_num_queries: Any
) -> None:
    for _ in range(5):
        a_plan(measures=1, actions=1)
    with django_assert_max_num_queries(5):
        response = client.get(reverse("plans:list"))
    row = next(
        row
        for row in LexborHTMLParser(response.content.decode()).css("tbody tr")
        if "the-plan" in (row.html or "")
    )
    assert [cell.text() for cell in row.css("td.number")] == ["3", "6", "6", "0"]


def test_the_four_signals_stand_side_by_side_and_unknown_is_said(client: GildeClient) -> None:
    measure = MeasureFactory(number="3.9", plan__slug="p")
    for fields in (
        {"state": "done"},
        {"due": day(2026, 2, 1), "reported_on": day(2026, 2, 1)},
        {"state": "under-way", "due": day(2026, 9, 1), "started_on": day(2026, 2, 1)},
        {"state": "under-way", "started_on": day(2020, 1, 1), "due": day(2027, 1, 1)},
    ):
        ActionFactory(measure=measure, **fields)
    EvidenceFactory(measure=measure, state="approved", date=day(2026, 2, 17))
    FundingLineFactory(measure=measure, amount=1_500_000)
    FundingLineFactory(measure=measure, amount=714_000, period="year")
    FundingLineFactory(measure=measure, amount=None, period="")
    page = LexborHTMLParser(client.get(reverse("plans:measure", args=["p", "3.9"])).content.decode())
    said = [" ".join(item.text(separator=" ").split()) for item in page.css(".signals > li")]
    assert said == [
        "4 Actions 1 done · 2 under way · 1 late · 1 stale · 1 undated",
        "1 Evidence approved newest 12 days old",
        "– Indicators no indicator measures this yet",
        "€1.5\xa0M Money planned in all · €714,000 a year · spent unknown · 1 line without an amount".replace(
            "\xa0", " "
        ),
    ]


def test_a_promise_shows_quotes_with_their_place_boxes_bodies_and_later_changes(
    client: GildeClient, plan: Plan
) -> None:
    measure = plan.measures.get(number="3.1")
    CitationFactory(measure=measure, anchor={"page": 41, "start": 0, "end": 9})
    NoteFactory(measure=measure)
    words = text_of(client.get(reverse("plans:measure", args=[plan.slug, "3.1"])))
    assert "Words of the document page 41" in words
    assert "Why this is needed." in words
    assert "The rules have changed since." in words
    assert "ticked" in words
    assert "unknown" in words
    assert measure.bodies.get().name in words


@pytest.mark.parametrize("view", ["table", "timeline", "board", "nonsense"])
def test_actions_are_shown_as_table_timeline_or_board(client: GildeClient, plan: Plan, view: str) -> None:
    page = LexborHTMLParser(
        client.get(reverse("plans:delivery", args=[plan.slug, "3.1"]), {"view": view}).content.decode()
    )
    shown = {
        name
        for name, css in (("timeline", "svg.timeline"), ("board", ".board"), ("table", "#actions table"))
        if page.css_first(css)
    }
    assert shown == {view if view != "nonsense" else "table"}
    assert not page.css("[style]")


def test_only_members_see_what_is_not_approved(plan: Plan) -> None:
    measure = plan.measures.get(number="3.1")
    EvidenceFactory(measure=measure, title=Text.of("Waits"), state="submitted")
    EvidenceFactory(measure=measure, title=Text.of("Counts"), state="approved")
    UpdateFactory(measure=measure, text=Text.of("Still a draft."))
    cast = Cast.of(plan)
    for who in ("anonymous", "elsewhere"):
        client = signed_in(getattr(cast, who))
        words = text_of(client.get(reverse("plans:proof", args=[plan.slug, "3.1"])))
        assert "Counts" in words
        assert "Waits" not in words
        assert "Still a draft." not in text_of(client.get(reverse("plans:delivery", args=[plan.slug, "3.1"])))
    client = signed_in(cast.reader)
    assert "Waits" in text_of(client.get(reverse("plans:proof", args=[plan.slug, "3.1"])))
    assert "Still a draft." in text_of(client.get(reverse("plans:delivery", args=[plan.slug, "3.1"])))


def test_the_name_of_an_author_is_shown_to_those_who_keep_the_plan_only(plan: Plan) -> None:
    cast = Cast.of(plan)
    evidence = EvidenceFactory(
        measure=plan.measures.get(number="3.1"), state="approved", author=cast.officer.pk
    )
    url = reverse("plans:evidence", args=[evidence.pk])
    assert cast.officer.name in text_of(signed_in(cast.approver).get(url))
    assert cast.officer.name not in text_of(signed_in(cast.anonymous).get(url))


def test_every_table_comes_as_csv_and_json(client: GildeClient, plan: Plan) -> None:
    for name in ("plan", "priorities", "targets", "actions", "money", "coverage"):
        url = reverse(f"plans:{name}", args=[plan.slug])
        answer = client.get(url, {"format": "csv"})
        lines = list(csv.reader(io.StringIO(b"".join(answer.streaming_content).decode("utf-8-sig"))))
        rows = json.loads(b"".join(client.get(url, {"format": "json"}).streaming_content))["rows"]
        assert lines[0] == list(rows[0])
        assert len(lines) - 1 == len(rows) > 0, name


def test_unknown_boxes_are_unknown_in_downloads_too(client: GildeClient, plan: Plan) -> None:
    answer = client.get(reverse("plans:priorities", args=[plan.slug]), {"format": "json"})
    rows = json.loads(b"".join(answer.streaming_content))["rows"]
    boxes = [value for row in rows for name, value in row.items() if name not in ("measure", "title")]
    assert sorted(set(boxes)) == ["not ticked", "ticked", "unknown"]
    assert boxes.count("unknown") == 4


def test_the_list_of_actions_is_searched_filtered_and_sorted(client: GildeClient, plan: Plan) -> None:
    measure = plan.measures.get(number="3.1")
    ActionFactory(
        measure=measure, title=Text.of({"en": "Mentor training", "nl": "Mentorvorming"}), state="done"
    )
    ActionFactory(measure=measure, title=Text.of("Without a date"))
    url = reverse("plans:actions", args=[plan.slug])

    def titles(**asked: str) -> list[str]:
        page = LexborHTMLParser(client.get(url, asked).content.decode())
        return [cell.text().strip() for cell in page.css("tbody th")]

    assert titles(q="mentor") == ["Mentor training"]
    assert titles(state="done") == ["Mentor training"]
    assert titles(standing="undated") == ["Mentor training", "Without a date"] or titles(
        standing="undated"
    ) == ["Without a date", "Mentor training"]
    assert len(titles(standing="late")) == 6
    assert titles(sort="-due")[-1] in {"Mentor training", "Without a date"}


def test_an_article_shows_who_ticked_it_and_whose_box_is_unknown(client: GildeClient) -> None:
    [article, other] = provisions(2, code="declaration")
    for ticked in (True, None, False):
        measure = MeasureFactory(title=Text.of(f"Measure that is {ticked}"))
        TickFactory(measure=measure, provision=article, ticked=ticked)
    hidden = MeasureFactory(title=Text.of("Measure in secret"), plan__state="withdrawn")
    TickFactory(measure=hidden, provision=article)
    for url in (
        reverse("plans:instrument", args=["declaration"]),
        reverse("plans:article", args=["declaration", article.number]),
    ):
        words = text_of(client.get(url))
        assert "Measure that is True" in words
        assert "Measure that is None" in words
        assert "Measure that is False" not in words
        assert "Measure in secret" not in words
    words = text_of(client.get(reverse("plans:instrument", args=["declaration"])))
    assert "Ticked by 1 measure in 1 plan · 1 box unknown" in words
    assert "No measure has ticked this" in words
    assert str(other.title) in words


def test_plans_are_compared_side_by_side(client: GildeClient, plan: Plan) -> None:
    other = a_plan(measures=1, actions=1, slug="other", synthetic=True, short_title=Text.of("Norland plan"))
    url = reverse("plans:compare")
    assert "Choose two plans or more" in text_of(client.get(url))
    assert "Choose one more plan" in text_of(client.get(url, {"plan": plan.slug}))
    words = text_of(client.get(url, {"plan": [plan.slug, other.slug]}))
    assert "Norland plan is invented" in words
    assert "does not answer to it" in words
    rows = json.loads(
        b"".join(client.get(url, {"plan": [plan.slug, other.slug], "format": "json"}).streaming_content)
    )["rows"]
    assert len(rows) == 8
    assert {row["other_ticked"] for row in rows[:4]} == {None}


def test_a_plan_that_one_may_not_see_is_not_compared(client: GildeClient, plan: Plan) -> None:
    secret = PlanFactory(slug="secret", state="withdrawn", short_title=Text.of("Secret"))
    words = text_of(client.get(reverse("plans:compare"), {"plan": [plan.slug, secret.slug]}))
    assert "Secret" not in words


def test_the_judging_page_says_each_definition_and_the_limit_of_today(client: GildeClient) -> None:
    words = text_of(client.get(reverse("plans:judged")))
    assert "nothing was heard of it for more than 200 days" in words
    assert "house rule" in words


def test_my_work_holds_what_waits_for_this_person(plan: Plan) -> None:
    cast = Cast.of(plan)
    measure = plan.measures.get(number="3.1")
    UpdateFactory(measure=measure, state="submitted", author=cast.officer.pk, text=Text.of("By the officer."))
    EvidenceFactory(measure=measure, state="submitted", author=cast.approver.pk, title=Text.of("My own."))
    EvidenceFactory(measure=measure, state="returned", author=cast.approver.pk, title=Text.of("Came back."))
    EvidenceFactory(state="submitted", title=Text.of("Of another plan."))
    url = reverse("plans:work")

    def parts(person: Any) -> dict[str, str]:
        page = LexborHTMLParser(signed_in(person).get(url).content.decode())
        return {
            " ".join((s.css_first("h2") or s).text().split()): s.text(separator=" ")
            for s in page.css("main section")
        }

    mine = parts(cast.approver)
    assert set(mine) == {
        "Late 6",
        "Stale 0",
        "Waiting for you to approve 1",
        "Sent back to you 1",
        "Your drafts 0",
    }
    assert "By the officer." in mine["Waiting for you to approve 1"]
    assert "Came back." in mine["Sent back to you 1"]
    assert "Waiting for you to approve 0" in parts(cast.officer)
    assert parts(cast.reader) == {}
    assert signed_in(cast.anonymous).get(url).status_code == 302


def test_the_document_of_an_edition_is_sent_safely(
    client: GildeClient, plan: Plan, user: Any, make_user: Callable[..., Any]
) -> None:
    from gilde.core import documents
    from tests.plans.factories import EditionFactory

    kept = documents.store(user, file=b"# The plan", name="plan.md")
    EditionFactory(plan=plan, document=kept)
    answer = client.get(reverse("plans:document", args=[plan.slug, 1]))
    assert b"".join(answer.streaming_content) == b"# The plan"
    assert "sandbox" in answer["Content-Security-Policy"]
    assert client.get(reverse("plans:document", args=[plan.slug, 2])).status_code == 404


def test_the_pages_speak_dutch_where_the_texts_do(client: GildeClient, plan: Plan) -> None:
    answer = client.get(reverse("plans:plan", args=[plan.slug]), headers={"accept-language": "nl"})
    assert "Uitvoeringsplan" in answer.content.decode()


def test_money_recorded_is_shown_with_its_line(client: GildeClient, plan: Plan) -> None:
    line = plan.measures.get(number="3.1").funding.get()
    SpendingFactory(line=line, amount=250, kind="spent", synthetic=True)
    words = text_of(client.get(reverse("plans:funding", args=[line.pk])))
    assert "€250" in words
    assert "invented" in words
