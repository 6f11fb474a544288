"""The forms of officers: nothing that was written is lost, and whoever comes second is told."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from selectolax.lexbor import LexborHTMLParser

from gilde.core import clock
from gilde.core.text import Text
from gilde.plans.models import Action, Evidence, Milestone, Spending, Update
from tests.client import GildeClient
from tests.plans.factories import (
    ActionFactory,
    Cast,
    EvidenceFactory,
    FundingLineFactory,
    MeasureBodyFactory,
    MeasureFactory,
    MilestoneFactory,
    OrganisationFactory,
    SpendingFactory,
    UpdateFactory,
    day,
)
from tests.plans.test_pages import signed_in, text_of

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _today() -> Any:
    with clock.moved_to(day(2026, 3, 1)):
        yield


@pytest.fixture
def action() -> Action:
    return ActionFactory(measure__number="3.9", title=Text.of("Mentor training"), due=day(2026, 6, 30))


@pytest.fixture
def cast(action: Action) -> Cast:
    return Cast.of(action.measure.plan)


@pytest.fixture
def officer(cast: Cast) -> GildeClient:
    return signed_in(cast.officer)


def written(title: str, **more: Any) -> dict[str, Any]:
    """Return what the form of an action sends."""
    return {"title_0": title, "title_2": "en", "text_2": "en", "date_note_2": "en", **more}


def test_an_action_is_added_and_stands_on_the_page(officer: GildeClient, action: Action) -> None:
    where = [action.measure.plan.slug, "3.9"]
    answer = officer.post(
        reverse("plans:action-add", args=where),
        written("Open ten campuses", due="2026-05-04", due_precision="year"),
    )
    assert answer.status_code == 302
    added = action.measure.actions.get(position=action.position + 1)
    assert (str(added.title), added.due) == ("Open ten campuses", day(2026, 12, 31))
    words = text_of(officer.get(answer["Location"]))
    assert "The action was added." in words
    assert "Open ten campuses" in words


def test_a_form_that_cannot_be_stored_keeps_every_word_and_names_the_field(
    officer: GildeClient, action: Action
) -> None:
    url = reverse("plans:action-edit", args=[action.pk])
    answer = officer.post(url, written("New words", version=1, start="2026-05-01", due="2026-01-01"))
    assert answer.status_code == 422
    page = LexborHTMLParser(answer.content.decode())
    assert page.css_first("input[name=title_0]").attributes["value"] == "New words"
    assert page.css_first(".alert.bad") is not None
    assert str(Action.objects.get(pk=action.pk).title) == "Mentor training"


def test_the_second_of_two_officers_sees_both_texts_and_can_save_again(
    officer: GildeClient, action: Action, cast: Cast
) -> None:
    url = reverse("plans:action-edit", args=[action.pk])
    opened = LexborHTMLParser(officer.get(url).content.decode())
    version = opened.css_first("input[name=version]").attributes["value"]
    other = signed_in(cast.approver)
    assert other.post(url, written("Words of the first", version=version)).status_code == 302
    answer = officer.post(url, written("Words of the second", version=version))
    assert answer.status_code == 409
    page = LexborHTMLParser(answer.content.decode())
    assert "Words of the first" in page.css_first(".stored").text()
    assert page.css_first("input[name=title_0]").attributes["value"] == "Words of the second"
    assert str(Action.objects.get(pk=action.pk).title) == "Words of the first"
    again = page.css_first("input[name=version]").attributes["value"]
    assert officer.post(url, written("Words of the second", version=again)).status_code == 302
    assert str(Action.objects.get(pk=action.pk).title) == "Words of the second"


def test_a_form_without_its_version_is_never_stored(officer: GildeClient, action: Action) -> None:
    answer = officer.post(reverse("plans:action-edit", args=[action.pk]), written("Blind"))
    assert answer.status_code == 409


def test_every_form_refuses_who_does_not_write_for_the_owner(action: Action, cast: Cast) -> None:
    measure = action.measure
    where = [measure.plan.slug, measure.number]
    line, body = FundingLineFactory(measure=measure), MeasureBodyFactory(measure=measure)
    milestone = MilestoneFactory(measure=measure)
    urls = [
        *(reverse(f"plans:{name}-add", args=where) for name in ("action", "milestone", "update")),
        *(reverse("plans:evidence-add", args=[*where, kind]) for kind in ("file", "link", "figure")),
        reverse("plans:action-edit", args=[action.pk]),
        reverse("plans:action-responsible", args=[action.pk]),
        reverse("plans:milestone-edit", args=[milestone.pk]),
        reverse("plans:spending-add", args=[line.pk]),
        reverse("plans:spending-remove", args=[SpendingFactory(line=line).pk]),
        reverse("plans:body-link", args=[body.pk]),
        reverse("plans:actions-step", args=[action.pk, "start"]),
        reverse("plans:milestones-step", args=[milestone.pk, "miss"]),
    ]
    for url in urls:
        statuses = {who: signed_in(person).get(url).status_code for who, person in cast.everyone().items()}
        assert statuses == {
            "officer": 200,
            "approver": 200,
            "reader": 403,
            "administrator": 403,
            "elsewhere": 403,
            "anonymous": 302,
        }, url


@pytest.mark.parametrize(
    ("state", "steps"),
    [
        ("planned", {"start", "finish", "drop"}),
        ("under-way", {"finish", "drop"}),
        ("done", {"reopen"}),
        ("dropped", {"reopen"}),
    ],
)
def test_an_action_offers_the_steps_that_are_open_to_the_reader(state: str, steps: set[str]) -> None:
    action = ActionFactory(state=state)
    cast = Cast.of(action.measure.plan)

    def offered(person: Any) -> set[str]:
        page = signed_in(person).get(reverse("plans:action", args=[action.pk])).content.decode()
        return {
            (link.attributes["href"] or "").split("/")[-2]
            for link in LexborHTMLParser(page).css(".steps a")
            if "/steps/" in (link.attributes["href"] or "")
        }

    assert offered(cast.officer) == steps
    assert offered(cast.reader) == offered(cast.anonymous) == set()


def test_dropping_says_what_will_happen_asks_why_and_can_be_undone(
    officer: GildeClient, action: Action
) -> None:
    url = reverse("plans:actions-step", args=[action.pk, "drop"])
    assert "It can be reopened" in text_of(officer.get(url))
    assert officer.post(url, {"version": 1, "because": ""}).status_code == 422
    assert officer.post(url, {"version": 1, "because": "No money."}).status_code == 302
    assert "No money." in text_of(officer.get(reverse("plans:action", args=[action.pk])))
    officer.post(reverse("plans:actions-step", args=[action.pk, "reopen"]), {"version": 2})
    assert Action.objects.get(pk=action.pk).state == "under-way"


def test_a_step_that_is_not_open_any_more_is_refused_with_the_reason(officer: GildeClient) -> None:
    action = ActionFactory(state="done")
    client = signed_in(Cast.of(action.measure.plan).officer)
    answer = client.get(reverse("plans:actions-step", args=[action.pk, "start"]))
    assert answer.status_code == 403
    assert "This is “Done” now" in answer.content.decode()
    assert client.get(reverse("plans:actions-step", args=[action.pk, "fly"])).status_code == 404


def test_a_step_taken_on_what_somebody_else_changed_is_asked_again(
    officer: GildeClient, action: Action
) -> None:
    url = reverse("plans:actions-step", args=[action.pk, "finish"])
    Action.objects.filter(pk=action.pk).update(version=5)
    answer = officer.post(url, {"version": 1, "on": "2026-02-01"})
    assert answer.status_code == 409
    assert Action.objects.get(pk=action.pk).state == "planned"
    page = LexborHTMLParser(answer.content.decode())
    assert page.css_first("input[name=version]").attributes["value"] == "5"


def test_a_milestone_is_met_with_a_link_in_one_step(officer: GildeClient, action: Action) -> None:
    milestone = MilestoneFactory(measure=action.measure)
    url = reverse("plans:milestones-step", args=[milestone.pk, "meet"])
    given = {"version": 1, "on": "2026-02-01"}
    refused = officer.post(url, given)
    assert refused.status_code == 422
    assert "met with evidence" in text_of(refused)
    assert officer.post(url, {**given, "url": "https://example.org/decree"}).status_code == 302
    assert Milestone.objects.get().state == "met"
    assert Evidence.objects.get().state == "submitted"


def test_an_update_goes_from_draft_to_approved_through_two_people(
    officer: GildeClient, action: Action, cast: Cast
) -> None:
    add = reverse("plans:update-add", args=[action.measure.plan.slug, "3.9"])
    answer = officer.post(
        add,
        {
            "text_0": "It has begun.",
            "text_2": "en",
            "date": "2026-02-01",
            "action": action.pk,
            "new_state": "under-way",
        },
    )
    update = Update.objects.get()
    assert answer["Location"] == reverse("plans:update", args=[update.pk])

    def step(client: GildeClient, name: str, **given: str) -> int:
        version = Update.objects.get().version
        url = reverse("plans:updates-step", args=[update.pk, name])
        return client.post(url, {"version": version, **given}).status_code

    approver = signed_in(cast.approver)
    assert step(approver, "approve") == 403
    assert step(officer, "submit") == 302
    assert step(officer, "approve") == 403
    assert step(approver, "return", ground="Since when?") == 302
    assert "Since when?" in text_of(officer.get(reverse("plans:update", args=[update.pk])))
    edit = reverse("plans:update-edit", args=[update.pk])
    given = {
        "text_0": "Since 1 February.",
        "text_2": "en",
        "date": "2026-02-01",
        "action": action.pk,
        "new_state": "under-way",
    }
    assert officer.post(edit, {**given, "version": Update.objects.get().version}).status_code == 302
    assert approver.get(edit).status_code == 403
    assert step(officer, "submit") == 302
    assert step(approver, "approve", ground="Good.") == 302
    stored = Action.objects.get(pk=action.pk)
    assert (stored.state, stored.started_on) == ("under-way", day(2026, 2, 1))


def test_a_file_is_handed_in_and_sent_back_only_to_who_may_see_it(
    officer: GildeClient, action: Action, cast: Cast
) -> None:
    add = reverse("plans:evidence-add", args=[action.measure.plan.slug, "3.9", "file"])
    file = SimpleUploadedFile("minutes.txt", b"We decided.", "text/plain")
    answer = officer.post(add, {"title_0": "Minutes", "title_2": "en", "date": "2026-02-01", "file": file})
    evidence = Evidence.objects.get()
    assert answer["Location"] == reverse("plans:evidence", args=[evidence.pk])
    url = reverse("plans:evidence-file", args=[evidence.pk])
    assert b"".join(officer.get(url).streaming_content) == b"We decided."
    assert signed_in(cast.elsewhere).get(url).status_code == 404
    assert signed_in(cast.anonymous).get(url).status_code == 404


def test_a_file_that_is_not_taken_is_refused_with_its_sentence(officer: GildeClient, action: Action) -> None:
    add = reverse("plans:evidence-add", args=[action.measure.plan.slug, "3.9", "file"])
    answer = officer.post(add, {"title_0": "Minutes", "title_2": "en", "date": "2026-02-01"})
    assert answer.status_code == 422
    assert "choose the file" in text_of(answer)


def test_evidence_is_changed_by_its_author_and_the_file_stays(
    officer: GildeClient, cast: Cast, action: Action
) -> None:
    evidence = EvidenceFactory(measure=action.measure, author=cast.officer.pk)
    given = {
        "title_0": "Better title",
        "title_2": "en",
        "date": "2026-02-01",
        "url": "https://example.org/x",
        "retrieved_on": "2026-02-01",
    }
    url = reverse("plans:evidence-edit", args=[evidence.pk])
    assert officer.post(url, {**given, "version": 1}).status_code == 302
    assert officer.post(url, {**given, "version": 1}).status_code == 409
    assert str(Evidence.objects.get().title) == "Better title"


def test_money_is_recorded_in_the_readers_own_writing_and_removed_after_a_question(
    officer: GildeClient, action: Action
) -> None:
    line = FundingLineFactory(measure=action.measure)
    add = reverse("plans:spending-add", args=[line.pk])
    assert officer.post(add, {"kind": "spent", "amount": "1250.50", "date": "2026-02-01"}).status_code == 302
    spending = Spending.objects.get()
    assert str(spending.amount) == "1250.50"
    remove = reverse("plans:spending-remove", args=[spending.pk])
    assert "The record of changes keeps what it was" in text_of(officer.get(remove))
    assert Spending.objects.exists()
    assert officer.post(remove).status_code == 302
    assert not Spending.objects.exists()


def test_a_body_is_linked_to_an_organisation_and_who_is_second_sees_to_which(
    officer: GildeClient, action: Action
) -> None:
    body = MeasureBodyFactory(measure=action.measure, name="VDAB")
    first, second = OrganisationFactory(), OrganisationFactory()
    url = reverse("plans:body-link", args=[body.pk])
    assert officer.post(url, {"organisation": first.pk, "before": ""}).status_code == 302
    answer = officer.post(url, {"organisation": second.pk, "before": ""})
    assert answer.status_code == 409
    assert str(first) in LexborHTMLParser(answer.content.decode()).css_first(".stored").text()
    body.refresh_from_db()
    assert (body.organisation, body.name) == (first, "VDAB")


def test_somebody_is_made_responsible(officer: GildeClient, action: Action) -> None:
    organisation = OrganisationFactory()
    url = reverse("plans:action-responsible", args=[action.pk])
    assert officer.post(url, {"responsible": organisation.pk, "version": 1}).status_code == 302
    assert Action.objects.get(pk=action.pk).responsible == organisation


def test_an_action_is_moved_up_and_down(officer: GildeClient, action: Action) -> None:
    second = ActionFactory(measure=action.measure, position=action.position + 1)
    officer.post(reverse("plans:action-move", args=[second.pk]), {"to": "up"})
    assert list(action.measure.actions.order_by("position")) == [second, action]


def test_a_milestone_is_added_to_its_action_and_changed(officer: GildeClient, action: Action) -> None:
    add = reverse("plans:milestone-add", args=[action.measure.plan.slug, "3.9"])
    given = {"title_0": "Decree", "title_2": "en", "date_note_2": "en", "action": action.pk}
    assert officer.post(add, given).status_code == 302
    milestone = Milestone.objects.get()
    edit = reverse("plans:milestone-edit", args=[milestone.pk])
    assert officer.post(edit, {**given, "title_0": "Law", "version": 1}).status_code == 302
    assert officer.post(edit, {**given, "title_0": "Rule", "version": 1}).status_code == 409
    assert str(Milestone.objects.get().title) == "Law"


def test_an_action_of_another_measure_cannot_be_chosen(officer: GildeClient, action: Action) -> None:
    stray = ActionFactory(measure=MeasureFactory(plan=action.measure.plan))
    add = reverse("plans:update-add", args=[action.measure.plan.slug, "3.9"])
    answer = officer.post(add, {"text_0": "Hm.", "text_2": "en", "date": "2026-02-01", "action": stray.pk})
    assert answer.status_code == 422
    assert not Update.objects.exists()


def test_a_stranger_does_not_learn_of_a_draft(cast: Cast, action: Action) -> None:
    update = UpdateFactory(measure=action.measure)
    url = reverse("plans:update", args=[update.pk])
    statuses = {who: signed_in(person).get(url).status_code for who, person in cast.everyone().items()}
    assert {who for who, status in statuses.items() if status == 404} == {"elsewhere", "anonymous"}
