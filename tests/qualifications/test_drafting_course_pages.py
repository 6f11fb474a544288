"""The course of a file through the pages of the workbench: whose turn it is, steps, changes, comments."""

from __future__ import annotations

from typing import Any

import pytest

from gilde.core.text import Text
from gilde.qualifications.models import QualificationVersion, State, UnitOutcome
from gilde.qualifications.services import committees, drafting, steps
from gilde.qualifications.workbench import road, waiting_for
from tests.indicators.keeping import page_of, signed_in, text_of
from tests.qualifications.factories import (
    Cast,
    a_file,
    a_member,
    registered,
)
from tests.qualifications.workbench import an_open_draft, send, url

pytestmark = pytest.mark.django_db


# --- lists


def test_the_list_tells_whose_turn_it_is() -> None:
    version, cast = an_open_draft()
    handed_in = a_file(State.SUBMITTED, qualification=version.qualification)
    on_register = registered(qualification__code="done")
    page = text_of(signed_in(cast.drafter).get(url("files")))
    assert "Agency for qualifications: policy officer" in page
    assert "0 days" in page
    assert "done" not in page  # public only: nothing of it is the drafter's work
    agency = cast.bodies["agency-officer"]
    assert set(waiting_for(agency)) == {handed_in}
    assert set(waiting_for(cast.drafter)) == {version}
    assert on_register not in waiting_for(agency)
    mine = text_of(signed_in(agency).get(url("files") + "?mine=yes"))
    assert "1 found" in mine


def test_a_file_waits_for_a_member_until_the_vote_is_cast() -> None:
    version = a_file(State.SUBMITTED)
    cast = Cast.of(version)
    steps.take_step(actor=cast.bodies["agency-officer"], version=version, name="start-validation")
    member = cast.seats["validation"][1]
    assert set(waiting_for(member)) == {version}
    committees.vote(actor=member, round_=version.rounds.get(), choice="for")
    assert not waiting_for(member).exists()
    assert set(waiting_for(cast.seats["validation"][0])) == {version}  # the chair decides
    assert not waiting_for(cast.seats["levelling"][1]).exists()


def test_the_list_is_narrowed_and_downloaded() -> None:
    version, cast = an_open_draft()
    a_file(qualification__code="cook", qualification__owner=version.qualification.owner)
    client = signed_in(cast.reader)
    page = client.get(url("files") + "?q=cook&state=draft&procedure=vks-professional")
    assert "1 found" in text_of(page)
    sent = b"".join(client.get(url("files") + "?format=csv").streaming_content).decode()
    assert "tiler" in sent
    assert "cook" in sent


def test_the_list_asks_the_database_little(django_assert_max_num_queries: Any) -> None:
    _version, cast = an_open_draft()
    for number in range(3):
        a_file(State.SUBMITTED, qualification__code=f"more-{number}")
    for person in (cast.drafter, cast.bodies["agency-officer"], cast.seats["validation"][0]):
        client = signed_in(person)
        with django_assert_max_num_queries(10):
            client.get(url("files"))


# --- steps, changes, comments, next version


def test_the_road_shows_where_a_file_was_and_the_shortest_way_on() -> None:
    version, cast = an_open_draft()
    steps.take_step(actor=cast.signatory, version=version, name="submit")
    steps.take_step(actor=cast.signatory, version=version, name="take-back")
    steps.take_step(actor=cast.signatory, version=version, name="submit")
    shown = road(version, list(version.stages.order_by("since", "pk")))
    assert [(s.label.split(" ·")[0], s.state) for s in shown[:3]] == [
        ("Draft", "done"),
        ("Submitted", "current"),
        ("In validation", "ahead"),
    ]
    assert shown[-1].label == "Registered"
    assert len(shown) == 11


def test_what_changed_since_it_was_handed_in_is_shown_word_by_word() -> None:
    version, cast = an_open_draft()
    client = signed_in(cast.drafter)
    assert "Nothing was kept yet" in text_of(client.get(url("file-changes", version.pk)))
    steps.take_step(actor=cast.signatory, version=version, name="submit")
    assert "Nothing changed" in text_of(client.get(url("file-changes", version.pk)))
    steps.take_step(actor=cast.signatory, version=version, name="take-back")
    use = UnitOutcome.objects.filter(unit__version=version)[0]
    words = Text.of({"en": "Lays thin walls", "nl": "Metselt muren"})
    drafting.change_outcome(actor=cast.drafter, use=use, lock=version.version, statement=words)
    page = page_of(client.get(url("file-changes", version.pk)))
    assert "thin" in [each.text().strip() for each in page.css("td ins")]
    assert page.css("td del")
    assert page.css_first("td[lang=nl]") is not None
    chosen = str(version.snapshots.get().pk)
    same = client.get(url("file-changes", version.pk) + f"?before={chosen}&after={chosen}")
    assert "Nothing changed" in text_of(same)


def test_comments_are_answered_where_they_stand() -> None:
    version = a_file(State.SUBMITTED)
    cast = Cast.of(version)
    outcome = UnitOutcome.objects.filter(unit__version=version)[0].outcome.outcome
    agency = cast.bodies["agency-officer"]
    made = committees.comment(actor=agency, version=version, text="Which walls?", outcome=outcome)
    page = signed_in(cast.drafter).get(url("file", version.pk))
    assert "1 comment waits for an answer." in text_of(page)
    here = url("file-comments", version.pk)
    client = signed_in(cast.drafter)
    empty = client.post(here, {"comment": str(made.pk), "answer": " "})
    assert empty.status_code == 422
    assert "Say what was done about the comment." in text_of(empty)
    client.post(here, {"comment": str(made.pk), "answer": "Brick walls."})
    late = signed_in(cast.signatory).post(here, {"comment": str(made.pk), "answer": "All walls."})
    assert late.status_code == 422
    assert "Somebody else has answered" in text_of(late)
    assert "All walls." in text_of(late)
    assert "Brick walls." in text_of(late)
    client.post(here, {"text": "Thank you", "outcome": ""})
    assert version.comments.count() == 2
    assert signed_in(cast.reader).post(here, {"text": "Hello"}).status_code == 403
    assert client.post(here, {"comment": "no-id", "answer": "x"}).status_code == 404


def test_the_next_version_begins_from_the_register() -> None:
    version = registered(qualification__code="welder")
    cast = Cast.of(version)
    client = signed_in(cast.drafter)
    assert "Begin the next version" in text_of(client.get(url("file", version.pk)))
    send(client, url("file-next", version.pk))
    draft = QualificationVersion.objects.get(qualification__code="welder", number=2)
    assert draft.state == "draft"
    assert draft.units.count() == version.units.count()
    page = send(client, url("file-next", version.pk))
    assert page.status_code == 422
    assert "finish it before you begin the next" in text_of(page)
    assert signed_in(cast.elsewhere).get(url("file-next", version.pk)).status_code == 404
    assert signed_in(cast.reader).get(url("file-next", version.pk)).status_code == 403


def test_the_page_of_a_file_does_not_grow_with_its_outcomes(django_assert_max_num_queries: Any) -> None:
    small, large = a_file(), a_file(units=4, outcomes=5)
    for version in (small, large):
        client = signed_in(a_member(version.qualification.owner, "approver"))
        with django_assert_max_num_queries(45):
            assert client.get(url("file", version.pk)).status_code == 200
