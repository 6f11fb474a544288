"""Officers decide, correct, link, split, merge, add, leave out and bring back; what was there stays."""

from __future__ import annotations

import pytest

from gilde.core.errors import Invalid, Refused, Stale
from gilde.core.models import AuditEvent
from gilde.organisations.models import Organisation
from gilde.plans.models import Reading, Revision, Value
from gilde.plans.services.desk import acts, parts
from gilde.plans.services.desk.acts import Decision
from tests.plans.desk.factories import Role, an_officer, an_open_reading, the
from tests.plans.factories import MembershipFactory, OrganisationFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def reading() -> Reading:
    return an_open_reading()


@pytest.fixture
def officer(reading: Reading):
    return an_officer(reading)


def unknown_box(reading: Reading) -> Value:
    return the(reading, "3.1", "tick", "recommendation:B")


def test_an_unknown_tick_is_decided_with_who_when_and_why(reading, officer):
    box = unknown_box(reading)
    assert box.status == "unknown"

    acts.decide(officer, value=box, version=1, ticked=True, ground="The printed plan, page 12")

    box.refresh_from_db()
    assert (box.status, box.content["ticked"], box.version) == ("decided", True, 2)
    revision = box.revisions.get()
    assert (revision.act, revision.by, revision.ground) == ("decide", officer.pk, "The printed plan, page 12")
    assert revision.before["content"]["ticked"] is None


def test_a_decision_without_a_ground_is_refused(reading, officer):
    with pytest.raises(Invalid, match="on what ground"):
        acts.decide(officer, value=unknown_box(reading), version=1, ticked=True, ground="  ")
    assert not Revision.objects.exists()


def test_a_tick_can_be_left_unknown_and_is_then_no_longer_to_be_decided(reading, officer):
    box = acts.decide(
        officer, value=unknown_box(reading), version=1, ticked=None, ground="Nobody knows any more"
    )
    assert (box.status, box.content["ticked"]) == ("decided", None)


def test_a_tick_that_was_read_wrongly_is_corrected_and_not_decided(reading, officer):
    box = the(reading, "3.1", "tick", "recommendation:A")
    acts.decide(officer, value=box, version=1, ticked=False, ground="The scan shows no cross")
    box.refresh_from_db()
    assert (box.status, box.content["ticked"]) == ("corrected", False)
    assert box.revisions.get().before["content"]["ticked"] is True


def test_several_ticks_are_decided_on_one_ground(reading, officer):
    boxes = list(Value.objects.filter(reading=reading, status="unknown", kind="tick", measure="3.1"))
    acts.decide_many(
        officer,
        reading=reading,
        decisions=[Decision(b.pk, b.version, True) for b in boxes],
        ground="Letter of May",
    )
    assert {r.ground for r in Revision.objects.all()} == {"Letter of May"}
    assert not Value.objects.filter(reading=reading, status="unknown", kind="tick", measure="3.1").exists()


def test_when_one_of_several_ticks_was_changed_by_somebody_else_none_is_stored(reading, officer):
    boxes = list(Value.objects.filter(reading=reading, status="unknown", kind="tick", measure="3.1"))
    acts.decide(an_officer(reading), value=boxes[1], version=1, ticked=False, ground="I asked the ministry")

    with pytest.raises(Stale) as stale:
        acts.decide_many(
            officer,
            reading=reading,
            decisions=[Decision(b.pk, 1, True) for b in boxes],
            ground="Letter of May",
        )

    assert stale.value.details["values"] == [boxes[1].pk]
    assert Revision.objects.count() == 1


def test_a_second_officer_does_not_overwrite_the_first(reading, officer):
    title = the(reading, "3.1", "title")
    again = the(reading, "3.1", "title")
    acts.correct(officer, value=title, version=1, content={"text": "Mentors at work"}, ground="Cover page")

    with pytest.raises(Stale):
        acts.correct(
            an_officer(reading), value=again, version=1, content={"text": "Tutors"}, ground="I think so"
        )

    assert the(reading, "3.1", "title").content == {"text": "Mentors at work"}
    assert Revision.objects.count() == 1


def test_a_corrected_value_keeps_the_old_one(reading, officer):
    funding = the(reading, "3.1", "funding")
    acts.correct(
        officer,
        value=funding,
        version=1,
        content={"amount": "741000.50", "currency": "eur", "period": "total"},
        ground="Budget law",
    )
    funding.refresh_from_db()
    assert funding.status == "corrected"
    assert (funding.content["amount"], funding.content["currency"]) == (741000.5, "EUR")
    assert funding.revisions.get().before["content"]["amount"] == 714000


@pytest.mark.parametrize(
    ("kind", "content", "sentence"),
    [
        ("title", {"text": " "}, "needs a title"),
        ("funding", {"amount": "lots"}, "not an amount"),
        ("funding", {"amount": "-5"}, "at least 0"),
        ("funding", {"amount": None}, "Funding needs"),
        ("funding", {"amount": 5, "currency": "euro"}, "three letters"),
        ("date", {"kind": "end", "from": "2024-05-01", "to": "2024-04-01"}, "before the first"),
        ("date", {"kind": "end"}, "first or a last day"),
        ("date", {"kind": "end", "to": "30/4/2024"}, "2024-04-30"),
        ("date", {"kind": "recurrence", "every": "two years"}, "P2Y"),
        ("body", {"name": ""}, "needs the name"),
        ("body", {"name": "X", "organisation": "0b9d8c3e-5d5c-4d6e-9a43-0a8f1f3f0f10"}, "no longer exists"),
        ("action", {"title": "", "text": "  "}, "title or a text"),
        ("tick", {"ticked": "yes"}, "ticked, not ticked, or unknown"),
    ],
)
def test_what_cannot_be_right_is_refused_with_a_sentence(reading, officer, kind, content, sentence):
    with pytest.raises(Invalid, match=sentence):
        acts.correct(
            officer, value=the(reading, "3.1", kind), version=1, content=content, ground="So I heard"
        )
    assert not Revision.objects.exists()


def test_a_body_is_linked_to_an_organisation(reading, officer):
    body = the(reading, "3.1", "body")
    assert body.status == "unknown"
    board = OrganisationFactory()
    acts.link(officer, value=body, version=1, organisation=board)
    body.refresh_from_db()
    assert (body.status, body.content["organisation"]) == ("decided", str(board.pk))


def test_a_body_that_is_no_known_organisation_makes_none(reading, officer):
    before = Organisation.objects.count()
    body = acts.link(officer, value=the(reading, "3.1", "body"), version=1, organisation=None)
    assert (body.status, body.content["organisation"], body.content["none"]) == ("decided", None, True)
    assert Organisation.objects.count() == before


def test_a_body_whose_name_is_corrected_still_has_to_be_linked(reading, officer):
    body = the(reading, "3.1", "body")
    acts.correct(officer, value=body, version=1, content={"name": "The Board of Works"}, ground="Spelling")
    assert the(reading, "3.1", "body").status == "unknown"


def test_splitting_an_action_makes_two_at_the_chosen_word(reading, officer):
    action = the(reading, "3.1", "action", position=0)
    first, second = parts.split(officer, value=action, version=1, position=33)
    assert (first.content["text"].strip(), second.content["text"]) == (
        "Train the mentors by April 2024.",
        "Pay them well.",
    )
    texts = [
        v.content["text"].strip() for v in Value.objects.filter(reading=reading, measure="3.1", kind="action")
    ]
    assert texts == ["Train the mentors by April 2024.", "Pay them well.", "Tell."]
    shown = reading.text[second.view_start : second.view_end]
    assert shown == "Pay them well."
    assert second.quote == "Train the mentors by April 2024. Pay them well."


def test_a_split_inside_a_word_moves_to_the_next_word(reading, officer):
    action = the(reading, "3.1", "action", position=0)
    _, second = parts.split(officer, value=action, version=1, position=2)
    assert second.content["text"].startswith("the mentors")


@pytest.mark.parametrize("position", [0, 46, 47, 900])
def test_a_split_that_leaves_a_part_empty_is_refused(reading, officer, position):
    with pytest.raises(Invalid, match="both parts need words"):
        parts.split(officer, value=the(reading, "3.1", "action", position=0), version=1, position=position)
    assert Value.objects.filter(reading=reading, measure="3.1", kind="action").count() == 2


def test_merging_two_actions_leaves_the_second_out_and_keeps_both_citations(reading, officer):
    first, second = the(reading, "3.1", "action", position=0), the(reading, "3.1", "action", position=1)
    merged = parts.merge(officer, first=first, second=second, version=1, second_version=1)
    assert merged.content["text"] == "Train the mentors by April 2024. Pay them well.\nTell."
    assert [place["quote"] for place in merged.content["also"]] == ["Tell."]
    assert the(reading, "3.1", "action", position=1).status == "removed"


def test_undoing_a_split_brings_the_whole_back(reading, officer):
    action = the(reading, "3.1", "action", position=0)
    text = action.content["text"]
    first, second = parts.split(officer, value=action, version=1, position=33)
    acts.restore(officer, value=first, version=2, revision=first.revisions.get())
    second.refresh_from_db()
    first.refresh_from_db()
    assert (first.content["text"], first.status) == (text, "read")
    assert second.status == "removed"


def test_undoing_a_merge_brings_the_second_back(reading, officer):
    first, second = the(reading, "3.1", "action", position=0), the(reading, "3.1", "action", position=1)
    merged = parts.merge(officer, first=first, second=second, version=1, second_version=1)
    acts.restore(officer, value=merged, version=2, revision=merged.revisions.get())
    assert the(reading, "3.1", "action", position=0).content["text"].endswith("Pay them well.")
    assert the(reading, "3.1", "action", position=1).status == "read"


def test_a_split_is_not_undone_over_what_somebody_did_with_the_other_part(reading, officer):
    first, second = parts.split(
        officer, value=the(reading, "3.1", "action", position=0), version=1, position=33
    )
    acts.correct(officer, value=second, version=1, content={"text": "Pay them very well."}, ground="Minutes")
    with pytest.raises(Invalid, match="other part was changed"):
        acts.restore(officer, value=first, version=2, revision=first.revisions.get())
    second.refresh_from_db()
    assert second.content["text"] == "Pay them very well."


def test_what_the_reader_missed_can_be_added(reading, officer):
    added = acts.add(
        officer,
        reading=reading,
        measure="3.1",
        kind="body",
        content={"name": "City of Nord"},
        ground="Annex 2",
    )
    assert (added.position, added.status) == (2, "unknown")
    assert added.revisions.get().act == "add"


def test_a_measure_that_the_reader_missed_can_be_added_with_its_own_number_only(reading, officer):
    acts.add(
        officer, reading=reading, measure="3.3", kind="title", content={"text": "Fairs"}, ground="Page 9"
    )
    assert the(reading, "3.3", "title").measure_position == 2
    with pytest.raises(Invalid, match=r"measure 3\.3 already"):
        acts.add(
            officer, reading=reading, measure="3.3", kind="title", content={"text": "Fairs"}, ground="Page 9"
        )


def test_nothing_can_be_added_to_a_measure_that_is_not_there(reading, officer):
    with pytest.raises(Invalid, match="no measure 9"):
        acts.add(officer, reading=reading, measure="9", kind="body", content={"name": "City"}, ground="Annex")


def test_what_is_left_out_can_be_brought_back(reading, officer):
    body = the(reading, "3.1", "body")
    acts.leave_out(officer, value=body, version=1, ground="It is a heading, not a body")
    assert body.status == "removed"
    acts.restore(officer, value=body, version=2, revision=body.revisions.get())
    body.refresh_from_db()
    assert body.status == "unknown"
    assert [r.act for r in body.revisions.all()] == ["remove", "restore"]


def test_sections_and_boxes_cannot_be_left_out(reading, officer):
    with pytest.raises(Invalid, match="belong to the template"):
        acts.leave_out(officer, value=unknown_box(reading), version=1, ground="No use")


def test_undoing_is_a_new_revision(reading, officer):
    title = the(reading, "3.1", "title")
    acts.correct(officer, value=title, version=1, content={"text": "Tutors"}, ground="Guess")
    acts.restore(officer, value=title, version=2, revision=title.revisions.get(), ground="Guessed wrong")
    title.refresh_from_db()
    assert (title.content["text"], title.status, title.version) == ("Mentors", "read", 3)
    assert [r.act for r in title.revisions.all()] == ["correct", "restore"]


@pytest.mark.parametrize("role", [Role.READER, Role.ADMINISTRATOR])
def test_members_without_a_writing_role_cannot_change_values(reading, role):
    with pytest.raises(Refused, match="policy officers and approvers"):
        acts.decide(
            an_officer(reading, role), value=unknown_box(reading), version=1, ticked=True, ground="Seen"
        )


def test_an_officer_of_another_organisation_cannot_change_values(reading):
    stranger = MembershipFactory(user=UserFactory(), role=Role.OFFICER).user
    with pytest.raises(Refused):
        acts.decide(stranger, value=unknown_box(reading), version=1, ticked=True, ground="Seen")


def test_values_of_a_reading_that_left_the_desk_meanwhile_cannot_change(reading, officer):
    box = unknown_box(reading)
    assert box.reading.state == "open"  # as this officer's page still has it
    Reading.objects.filter(pk=reading.pk).update(state="abandoned")
    with pytest.raises(Refused, match="no longer on the desk"):
        acts.decide(officer, value=box, version=1, ticked=True, ground="Seen")
    assert not Revision.objects.exists()


def test_each_act_is_an_audit_event(reading, officer):
    acts.decide(officer, value=unknown_box(reading), version=1, ticked=True, ground="Seen")
    event = AuditEvent.objects.get(object_type="plans.value")
    assert (event.action, event.actor) == ("plans.value.decide", officer.pk)
