"""Publishing makes one immutable edition and the live plan; a later edition keeps what was monitored."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from django.db import DatabaseError, transaction

from gilde.core.errors import Invalid, Refused, Stale
from gilde.core.models import AuditEvent
from gilde.organisations.models import Organisation
from gilde.plans.models import Action, Citation, Edition, FundingLine, Measure, Milestone, Plan, Reading, Tick
from gilde.plans.models.delivery import Spending
from gilde.plans.services import editions, live
from gilde.plans.services.desk import acts
from gilde.plans.services.monitoring import ActionData, add_action
from gilde.plans.services.publishing import Details, outlook, publish
from tests.plans.desk.factories import (
    Role,
    a_plan_found,
    an_action_plan_found,
    an_officer,
    an_open_reading,
    reference,
    the,
)
from tests.plans.factories import (
    EvidenceFactory,
    InstrumentFactory,
    OrganisationFactory,
    ProvisionFactory,
    UpdateFactory,
)

pytestmark = pytest.mark.django_db
DETAILS = Details(
    slug="norland",
    title="The plan of Norland",
    short_title="Norland",
    country="xn",
    period_start=2026,
    period_end=2030,
    instruments=("recommendation-2020", "osnabruck-2020"),
)


@pytest.fixture(autouse=True)
def _reference():
    reference()


@pytest.fixture
def reading() -> Reading:
    return an_open_reading()


@pytest.fixture
def officer(reading):
    return an_officer(reading)


def second_edition(first: Edition, *measures, officer=None) -> tuple[Edition, Reading]:
    """Publish a second edition of a plan with other measures."""
    reading = an_open_reading(first.plan.owner, a_plan_found(*measures), plan=first.plan)
    return publish(officer or an_officer(reading), reading=reading, details=DETAILS, expects=1), reading


def test_publishing_makes_an_edition_and_the_plan(reading, officer):
    edition = publish(officer, reading=reading, details=DETAILS)

    reading.refresh_from_db()
    assert (reading.state, reading.edition, reading.plan) == ("published", edition, edition.plan)
    assert (edition.number, edition.published_by, edition.file_name) == (1, officer.pk, "plan.md")
    plan = Plan.objects.get(slug="norland")
    assert (plan.owner, plan.country, plan.kind) == (reading.organisation, "XN", "implementation-plan")
    assert {each.code for each in plan.instruments.all()} == {"recommendation-2020", "osnabruck-2020"}
    assert [(m.number, str(m.title)) for m in plan.measures.all()] == [
        ("3.1", "Mentors"),
        ("3.2", "Workshops"),
    ]


def test_the_live_rows_say_what_the_document_says(reading, officer):
    plan = publish(officer, reading=reading, details=DETAILS).plan
    measure = plan.measures.get(number="3.1")
    assert [s.name for s in measure.sections.all()][:3] == ["rationale", "objectives", "actions"]
    assert str(measure.sections.get(name="rationale").text) == "Because of the reason."
    assert measure.ticks.count() == 35
    assert measure.ticks.get(code="recommendation-2020:A").ticked is True
    assert measure.ticks.get(code="osnabruck-2020:2").provision.number == "2"
    assert measure.ticks.get(code="ivet").group == Tick.Group.SUBSYSTEM
    assert measure.ticks.get(group="target", code="group-2").ticked is False
    assert [body.name for body in measure.bodies.all()] == ["Board of Works", "Guild of Smiths"]
    line = measure.funding.get()
    assert (line.amount, line.currency, line.period) == (Decimal("714000.00"), "EUR", "year")


def test_what_is_unknown_stays_unknown(reading, officer):
    plan = publish(officer, reading=reading, details=DETAILS).plan
    unknown = set(plan.measures.get(number="3.1").ticks.filter(ticked=None).values_list("code", flat=True))
    assert unknown == {"recommendation-2020:B", "osnabruck-2020:3", "local", "group-5"}
    assert not Measure.objects.filter(bodies__organisation__isnull=False).exists()


def test_an_end_inside_an_action_is_its_due_day(reading, officer):
    plan = publish(officer, reading=reading, details=DETAILS).plan
    action = Action.objects.get(measure__plan=plan, measure__number="3.1", position=0)
    assert (action.due, action.due_precision, str(action.date_note)) == (
        date(2024, 4, 30),
        "month",
        "by April 2024",
    )
    assert not Milestone.objects.exists()


def test_an_end_outside_of_any_action_is_a_milestone(officer, reading):
    value = the(reading, "3.1", "date")
    acts.add(
        officer,
        reading=reading,
        measure="3.1",
        kind="date",
        content={
            "kind": "end",
            "to": "2026-12-31",
            "precision": "half-year",
            "text": "before the winter of 2026",
        },
        ground="Annex",
    )
    plan = publish(officer, reading=value.reading, details=DETAILS).plan
    milestone = Milestone.objects.get(measure__plan=plan)
    assert (milestone.due, milestone.due_precision) == (date(2026, 12, 31), "half-year")
    assert str(milestone.title) == "before the winter of 2026"


def test_a_milestone_is_named_by_its_own_sentence_and_not_by_the_heading_before():
    sheet, form = a_plan_found(
        {"number": "3.1", "title": "Mentors", "actions": ["Tell. The fair opens in May 2027."]}
    )
    at = sheet.text.index("in May 2027")
    form["measures"][0]["dates"] = [
        {
            "kind": "milestone",
            "from": "2027-05-01",
            "to": "2027-05-31",
            "precision": "month",
            "every": None,
            "citation": {"start": at, "end": at + 11, "quote": "in May 2027"},
        }
    ]
    reading = an_open_reading(found=(sheet, form))
    plan = publish(an_officer(reading), reading=reading, details=DETAILS).plan
    milestone = Milestone.objects.get(measure__plan=plan)
    assert (str(milestone.title), str(milestone.date_note)) == ("The fair opens in May 2027", "in May 2027")
    assert milestone.action == Action.objects.get(measure__plan=plan)


def test_every_cited_value_has_its_place_in_the_document(reading, officer):
    edition = publish(officer, reading=reading, details=DETAILS)
    measure = edition.plan.measures.get(number="3.1")
    subjects = set(measure.citations.values_list("subject", flat=True))
    action, body = measure.actions.get(position=0), measure.bodies.first()
    assert body is not None
    assert {"title", "section:funding", "tick:recommendation-2020:A", "tick:target:group-2"} <= subjects
    assert {f"action:{action.pk}", f"body:{body.pk}", f"funding:{measure.funding.get().pk}"} <= subjects
    for citation in Citation.objects.filter(edition=edition):
        assert reading.text[citation.anchor["start"] : citation.anchor["end"]] == citation.quote


def test_decisions_and_corrections_are_in_the_edition_with_their_ground(reading, officer):
    board = OrganisationFactory()
    acts.decide(
        officer, value=the(reading, "3.1", "tick", "scope:local"), version=1, ticked=True, ground="Page 12"
    )
    acts.correct(
        officer, value=the(reading, "3.1", "title"), version=1, content={"text": "Tutors"}, ground="Cover"
    )
    acts.link(officer, value=the(reading, "3.1", "body"), version=1, organisation=board)
    acts.leave_out(officer, value=the(reading, "3.1", "funding"), version=1, ground="Of last year")

    edition = publish(officer, reading=reading, details=DETAILS)

    item = edition.content["measures"][0]
    box = item["ticks"]["scope"]["local"]
    assert (box["ticked"], box["status"], box["decision"]["ground"]) == (True, "decided", "Page 12")
    assert box["decision"]["by"] == str(officer.pk)
    assert (item["title"], item["title_status"], item["title_decision"]["as_read"]) == (
        "Tutors",
        "corrected",
        {"text": "Mentors"},
    )
    assert (item["bodies"][0]["organisation"], item["funding"]) == (board.slug, [])
    measure = edition.plan.measures.get(number="3.1")
    assert measure.bodies.order_by("position")[0].organisation == board
    assert measure.ticks.get(code="local").ticked is True


def test_a_measure_whose_title_was_left_out_is_not_published(reading, officer):
    acts.leave_out(officer, value=the(reading, "3.2", "title"), version=1, ground="An example in an annex")
    plan = publish(officer, reading=reading, details=DETAILS).plan
    assert [measure.number for measure in plan.measures.all()] == ["3.1"]


def test_the_database_refuses_to_change_an_edition(reading, officer):
    edition = publish(officer, reading=reading, details=DETAILS)
    assert editions.is_genuine(edition)
    with pytest.raises(DatabaseError), transaction.atomic():
        Edition.objects.filter(pk=edition.pk).update(file_name="other.md")
    edition.content = {**edition.content, "title": "Forged"}
    assert not editions.is_genuine(edition)


def test_a_double_click_publishes_once(reading, officer):
    again = Reading.objects.get(pk=reading.pk)
    first = publish(officer, reading=reading, details=DETAILS)
    assert publish(officer, reading=again, details=DETAILS) == first
    assert (Edition.objects.count(), Plan.objects.count(), Measure.objects.count()) == (1, 1, 2)


def test_a_failure_while_publishing_leaves_nothing(reading, officer, monkeypatch):
    def fail(*_args, **_kwargs):
        raise RuntimeError("killed")

    monkeypatch.setattr(Citation.objects, "bulk_create", fail)
    with pytest.raises(RuntimeError):
        publish(officer, reading=reading, details=DETAILS)
    reading.refresh_from_db()
    assert reading.state == "open"
    assert (Edition.objects.count(), Plan.objects.count(), Measure.objects.count()) == (0, 0, 0)


def test_publishing_is_an_audit_event_with_the_hash_of_the_edition(reading, officer):
    edition = publish(officer, reading=reading, details=DETAILS)
    event = AuditEvent.objects.get(action="plans.edition.publish")
    assert (event.actor, event.after["content_hash"]) == (officer.pk, edition.content_hash)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"slug": "desk"}, "is a page of Gilde"),
        ({"title": ""}, "title"),
        ({"period_start": 2031}, "."),
        ({"instruments": ("herning-2099",)}, "no instrument herning-2099"),
    ],
)
def test_details_that_cannot_be_right_publish_nothing(reading, officer, change, sentence):
    with pytest.raises(Invalid, match=sentence):
        publish(officer, reading=reading, details=Details(**{**vars(DETAILS), **change}))
    assert not Edition.objects.exists()


def test_an_address_that_is_taken_publishes_nothing(reading, officer):
    publish(officer, reading=reading, details=DETAILS)
    other = an_open_reading(found=a_plan_found({"number": "1", "title": "Other"}))
    with pytest.raises(Invalid, match="slug"):
        publish(an_officer(other), reading=other, details=DETAILS)
    assert Edition.objects.count() == 1


@pytest.mark.parametrize("role", [Role.READER, Role.ADMINISTRATOR])
def test_only_who_writes_may_publish(reading, role):
    with pytest.raises(Refused):
        publish(an_officer(reading, role), reading=reading, details=DETAILS)


def test_the_outlook_counts_what_is_open_and_stores_nothing(reading, officer):
    look = outlook(reading)
    assert (look.number, look.measures, look.unknown, look.unlinked, look.undated) == (1, 2, 8, 4, 2)
    assert look.comparison is None
    acts.decide(
        officer, value=the(reading, "3.1", "tick", "scope:local"), version=1, ticked=None, ground="Lost"
    )
    assert outlook(reading).unknown == 8
    assert not Edition.objects.exists()


def test_an_action_plan_answers_article_by_article():
    herning = InstrumentFactory(code="herning-2025")
    articles = [ProvisionFactory(instrument=herning, number=str(n), position=n) for n in (1, 2)]
    reading = an_open_reading(found=an_action_plan_found())
    details = Details(slug="answer", title="Answer", short_title="Answer", instruments=("herning-2025",))
    plan = publish(an_officer(reading), reading=reading, details=details).plan
    first, second = plan.measures.all()
    assert (str(first.title), str(first.summary)) == ("Article 1", "Make training attractive to everybody.")
    assert [(tick.provision, tick.ticked) for tick in first.ticks.all()] == [(articles[0], True)]
    assert [str(action.title) for action in first.actions.all()] == ["Campaign"]
    assert not second.actions.exists()


# -- a later edition


def test_progress_is_kept_by_a_measure_that_stays(reading, officer):
    first = publish(officer, reading=reading, details=DETAILS)
    measure = first.plan.measures.get(number="3.1")
    action = measure.actions.get(position=0)
    Action.objects.filter(pk=action.pk).update(state="done", finished_on=date(2024, 4, 2))
    evidence = EvidenceFactory(measure=measure, action=action)
    update = UpdateFactory(measure=measure, action=action)
    spending = Spending.objects.create(
        line=measure.funding.get(), kind="spent", amount=Decimal(5), date=date(2025, 1, 1)
    )
    reworded = ["Train all the mentors by April 2024. Pay them well.", "Tell."]

    second, _ = second_edition(
        first,
        {"number": "3.1", "title": "Mentors", "actions": reworded, "amount": 800_000},
        {"number": "3.2", "title": "Workshops"},
    )

    assert (second.number, second.plan) == (2, first.plan)
    after = Measure.objects.get(pk=measure.pk)
    assert (after.number, after.dropped_in) == ("3.1", None)
    action.refresh_from_db()
    assert (action.state, action.finished_on) == ("done", date(2024, 4, 2))
    assert str(action.text).startswith("Train all the mentors")
    for row in (evidence, update, spending):
        row.refresh_from_db()
    assert FundingLine.objects.get(measure=measure).amount == Decimal("800000.00")
    assert spending.line == FundingLine.objects.get(measure=measure)


def test_a_measure_that_moved_to_another_number_is_the_same_measure(reading, officer):
    first = publish(officer, reading=reading, details=DETAILS)
    mentors, workshops = first.plan.measures.all()
    second_edition(first, {"number": "3.1", "title": "Workshops"}, {"number": "3.2", "title": "Mentors"})
    mentors.refresh_from_db()
    workshops.refresh_from_db()
    assert (mentors.number, workshops.number) == ("3.2", "3.1")


def test_a_measure_that_is_gone_is_marked_and_keeps_everything(reading, officer):
    first = publish(officer, reading=reading, details=DETAILS)
    measure = first.plan.measures.get(number="3.2")
    evidence = EvidenceFactory(measure=measure)
    second_edition(first, {"number": "3.1", "title": "Mentors"})
    measure.refresh_from_db()
    assert (measure.number, measure.dropped_in) == ("3.2", 2)
    assert (measure.ticks.count(), measure.actions.count(), measure.evidence.get()) == (35, 2, evidence)


def test_another_measure_under_an_old_number_does_not_inherit_its_progress(reading, officer):
    first = publish(officer, reading=reading, details=DETAILS)
    old = first.plan.measures.get(number="3.2")
    EvidenceFactory(measure=old)
    second_edition(
        first, {"number": "3.1", "title": "Mentors"}, {"number": "3.2", "title": "A European fair"}
    )
    old.refresh_from_db()
    assert (old.number, old.dropped_in) == ("3.2 (1)", 2)
    assert not first.plan.measures.get(number="3.2").evidence.exists()


def test_an_officer_can_say_that_a_retitled_measure_is_the_same(reading, officer):
    first = publish(officer, reading=reading, details=DETAILS)
    old = first.plan.measures.get(number="3.2")
    second = an_open_reading(
        first.plan.owner,
        a_plan_found({"number": "3.1", "title": "Mentors"}, {"number": "3.2", "title": "A European fair"}),
        plan=first.plan,
    )
    look = outlook(second).comparison
    assert look is not None
    assert look.reused == {"3.2"}
    publish(an_officer(second), reading=second, details=DETAILS, expects=1, same=["3.2"])
    old.refresh_from_db()
    assert (str(old.title), old.number, old.dropped_in) == ("A European fair", "3.2", None)


def test_a_measure_that_comes_back_is_no_longer_marked_as_gone(reading, officer):
    first = publish(officer, reading=reading, details=DETAILS)
    second_edition(first, {"number": "3.1", "title": "Mentors"})
    third = an_open_reading(first.plan.owner, plan=first.plan)
    publish(an_officer(third), reading=third, details=DETAILS, expects=2)
    assert first.plan.measures.get(number="3.2").dropped_in is None


def test_an_action_that_is_gone_is_dropped_with_that_reason_and_comes_back_with_its_edition(reading, officer):
    first = publish(officer, reading=reading, details=DETAILS)
    action = first.plan.measures.get(number="3.1").actions.get(position=1)
    others = {"number": "3.2", "title": "Workshops"}
    second_edition(first, {"number": "3.1", "title": "Mentors", "actions": ["Train the mentors."]}, others)
    action.refresh_from_db()
    assert (action.state, action.dropped_because) == (
        "dropped",
        "Edition 2 of the plan no longer has this action.",
    )

    third = an_open_reading(first.plan.owner, plan=first.plan)
    publish(an_officer(third), reading=third, details=DETAILS, expects=2)
    action.refresh_from_db()
    assert (action.state, action.dropped_because) == ("planned", "")


def test_an_action_that_officers_added_is_not_dropped_by_an_edition(reading, officer):
    first = publish(officer, reading=reading, details=DETAILS)
    measure = first.plan.measures.get(number="3.1")
    action = add_action(actor=officer, measure=measure, data=ActionData(title=live.Text.of("Our own idea")))
    second_edition(first, {"number": "3.1", "title": "Mentors"})
    action.refresh_from_db()
    assert action.state == "planned"


def test_a_line_with_spending_and_a_met_milestone_stay_without_being_in_the_edition(reading, officer):
    acts.add(
        officer,
        reading=reading,
        measure="3.1",
        kind="date",
        content={"kind": "milestone", "to": "2026-12-31", "text": "the fair of 2026"},
        ground="Annex",
    )
    first = publish(officer, reading=reading, details=DETAILS)
    measure = first.plan.measures.get(number="3.1")
    line, milestone = measure.funding.get(), measure.milestones.get()
    Citation.objects.create(
        measure=measure, edition=first, subject=f"milestone:{milestone.pk}", quote="the fair"
    )
    Spending.objects.create(line=line, kind="spent", amount=Decimal(5), date=date(2025, 1, 1))
    Milestone.objects.filter(pk=milestone.pk).update(state="met", met_on=date(2026, 12, 1))
    second = an_open_reading(
        first.plan.owner, a_plan_found({"number": "3.1", "title": "Mentors"}), plan=first.plan
    )
    acts.leave_out(officer, value=the(second, "3.1", "funding"), version=1, ground="Gone")
    publish(officer, reading=second, details=DETAILS, expects=1)
    assert measure.funding.get() == line
    assert measure.milestones.get().state == "met"


def test_two_desks_cannot_publish_over_each_other_unseen(reading, officer):
    first = publish(officer, reading=reading, details=DETAILS)
    mine, theirs = (an_open_reading(first.plan.owner, plan=first.plan) for _n in range(2))
    publish(officer, reading=theirs, details=DETAILS, expects=1)
    with pytest.raises(Stale, match="Edition 2 was published in the meantime"):
        publish(officer, reading=mine, details=DETAILS, expects=1)
    mine.refresh_from_db()
    assert (mine.state, Edition.objects.count()) == ("open", 2)


def test_a_reading_that_was_put_aside_meanwhile_is_not_published(reading, officer):
    stale = Reading.objects.get(pk=reading.pk)
    Reading.objects.filter(pk=reading.pk).update(state="abandoned")
    with pytest.raises(Refused):
        publish(officer, reading=stale, details=DETAILS)
    assert not Edition.objects.exists()


def test_publishing_makes_no_organisation(reading, officer):
    before = Organisation.objects.count()
    publish(officer, reading=reading, details=DETAILS)
    assert Organisation.objects.count() == before
