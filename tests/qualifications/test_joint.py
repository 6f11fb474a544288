"""Building together: who may, what a change takes back, what must be there before partners agree, and credit."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gilde.core.audit.models import AuditEvent
from gilde.core.errors import Invalid, Refused, Stale
from gilde.core.text import Text
from gilde.organisations.models import Membership
from gilde.qualifications.access import visible_joints
from gilde.qualifications.coverage import convert
from gilde.qualifications.errors import NotComplete
from gilde.qualifications.joint_credit import Workload, converted, total
from gilde.qualifications.joint_lacks import lacks
from gilde.qualifications.joint_whole import whole
from gilde.qualifications.models import Joint, JointUnit, Partner, State
from gilde.qualifications.services import joint as service
from gilde.qualifications.services import joint_agreeing as agreeing
from tests.qualifications.factories import (
    OrganisationFactory,
    OutcomeFactory,
    UserFactory,
    a_file,
    a_level,
    a_member,
    registered,
)
from tests.qualifications.joints import Built, a_dutch_level, a_joint, outcomes_of

db = pytest.mark.django_db


def stored(joint: Joint) -> Joint:
    return Joint.objects.get(pk=joint.pk)


def sentences(built: Built, *, stops: bool | None = None) -> str:
    found = whole(stored(built.joint)).lacks
    return " ".join(each.sentence for each in found if stops is None or each.stops is stops)


def agree_all(built: Built) -> Joint:
    lock = stored(built.joint).version
    agreeing.agree(actor=built.approver, partner=built.lead, lock=lock)
    return agreeing.agree(actor=built.other_approver, partner=built.other, lock=lock)


# --- beginning


@db
def test_whoever_writes_for_an_organisation_begins_with_it_as_the_first_partner() -> None:
    school = OrganisationFactory(country="BE")
    joint = service.begin_joint(actor=a_member(school), lead=school, title=Text.of("Add"))
    assert joint.slug == "add-2"  # "add" is the address of a page
    assert [(each.organisation, each.country) for each in joint.partners.all()] == [(school, "BE")]
    assert AuditEvent.objects.filter(action="qualifications.joint.begin", object_id=str(joint.pk)).exists()


@db
@pytest.mark.parametrize("role", ["reader", "elsewhere", "nobody"])
def test_nobody_else_begins_in_the_name_of_an_organisation(role: str) -> None:
    school = OrganisationFactory()
    who = {
        "reader": lambda: a_member(school, Membership.Role.READER),
        "elsewhere": lambda: a_member(OrganisationFactory()),
        "nobody": UserFactory,
    }[role]()
    with pytest.raises(Refused):
        service.begin_joint(actor=who, lead=school, title=Text.of("Ours"))
    assert not Joint.objects.exists()


@db
def test_the_days_must_be_in_order() -> None:
    built = a_joint()
    with pytest.raises(Invalid, match="before the one on which it begins"):
        service.change_joint(
            actor=built.officer, joint=built.joint, lock=1, starts=date(2027, 1, 1), ends=date(2026, 1, 1)
        )


# --- who may


def changes(built: Built, actor: Any) -> dict[str, Any]:
    """Every change, to be made by somebody at the version that is stored."""
    told = {"actor": actor, "lock": stored(built.joint).version}
    dutch = outcomes_of(built.other.qualification)  # type: ignore[arg-type]
    return {
        "change": lambda: service.change_joint(joint=built.joint, eqf=5, **told),
        "add partner": lambda: service.add_partner(
            joint=built.joint, organisation=OrganisationFactory(), country="FR", **told
        ),
        "change partner": lambda: service.change_partner(partner=built.other, contact="The office", **told),
        "remove partner": lambda: service.remove_partner(partner=built.other, **told),
        "add unit": lambda: service.add_unit(joint=built.joint, title=Text.of("More"), **told),
        "change unit": lambda: service.change_unit(unit=built.unit, delivered_by=[], hours=310, **told),
        "move unit": lambda: service.move_unit(unit=built.unit, up=True, **told),
        "remove unit": lambda: service.remove_unit(unit=built.unit, **told),
        "choose outcomes": lambda: service.choose_outcomes(unit=built.unit, outcomes=dutch, **told),
    }


CHANGES = [
    "change",
    "add partner",
    "change partner",
    "remove partner",
    "add unit",
    "change unit",
    "move unit",
    "remove unit",
    "choose outcomes",
]


@db
@pytest.mark.parametrize("what", CHANGES)
def test_writers_of_every_partner_build_and_each_change_takes_agreements_back(what: str) -> None:
    built = a_joint()
    agreeing.agree(actor=built.approver, partner=built.lead, lock=1)
    changes(built, built.other_officer)[what]()
    assert stored(built.joint).version == 2
    lead = Partner.objects.get(pk=built.lead.pk)
    assert (lead.agreed_at, lead.agreed_by, lead.agreed_version) == (None, None, None)
    event = AuditEvent.objects.latest("id")
    assert event.action == f"qualifications.joint.{what.replace(' ', '-')}"
    assert event.after["agreements_taken_back"] == 1


@db
@pytest.mark.parametrize("what", CHANGES)
def test_nobody_else_builds_and_nobody_after_all_agreed(what: str) -> None:
    built = a_joint()
    strangers = [
        a_member(OrganisationFactory(country="NL"), Membership.Role.APPROVER),  # the near miss: elsewhere
        a_member(built.lead.organisation, Membership.Role.READER),
        UserFactory(),
    ]
    for stranger in strangers:
        with pytest.raises(Refused):
            changes(built, stranger)[what]()
    assert stored(built.joint).version == 1
    agree_all(built)
    built.joint.refresh_from_db()
    for each in (built.other, built.unit, built.lead):
        each.refresh_from_db()
    with pytest.raises(Refused, match="Begin a new one"):
        changes(built, built.officer)[what]()


@db
def test_a_partner_elsewhere_does_not_even_see_a_draft() -> None:
    built = a_joint()
    near = a_member(OrganisationFactory(country="NL"))
    assert not visible_joints(near).exists()
    assert visible_joints(built.other_officer).exists()
    agree_all(built)
    assert visible_joints(near).exists()


@db
@pytest.mark.parametrize("what", CHANGES)
def test_who_comes_second_is_told_and_stores_nothing(what: str) -> None:
    built = a_joint()
    late = changes(built, built.officer)
    service.change_joint(actor=built.other_officer, joint=stored(built.joint), lock=1, eqf=5)
    before = AuditEvent.objects.count()
    with pytest.raises(Stale):
        late[what]()
    assert (stored(built.joint).version, AuditEvent.objects.count()) == (2, before)


# --- partners


@db
def test_a_draft_qualification_cannot_be_brought_in() -> None:
    built = a_joint()
    draft = a_file(State.DRAFT, qualification__owner=built.lead.organisation)
    with pytest.raises(Invalid, match="on record"):
        service.change_partner(actor=built.officer, partner=built.lead, lock=1, qualification=draft)


@db
def test_a_level_is_of_the_partners_own_country() -> None:
    built = a_joint()
    with pytest.raises(Invalid, match="framework of BE, and the partner is in NL"):
        service.change_partner(actor=built.officer, partner=built.other, lock=1, level=a_level("4"))


@db
def test_a_point_stands_for_the_hours_that_its_system_fixes() -> None:
    built = a_joint()
    change = {"actor": built.officer, "partner": built.other, "lock": 1, "credit_system": "ects"}
    with pytest.raises(Invalid, match="25 to 30 hours"):
        service.change_partner(**change, hours_per_credit=Decimal(40))
    service.change_partner(**change, hours_per_credit=Decimal(28))


@db
def test_an_organisation_is_a_partner_once_and_the_lead_stays() -> None:
    built = a_joint()
    told = {"actor": built.officer, "lock": 1}
    with pytest.raises(Invalid, match="partner already"):
        service.add_partner(joint=built.joint, organisation=built.other.organisation, country="NL", **told)
    with pytest.raises(Invalid, match="leads"):
        service.remove_partner(partner=built.lead, **told)
    with pytest.raises(Invalid, match="leads"):
        service.change_partner(partner=built.lead, organisation=OrganisationFactory(), **told)
    assert stored(built.joint).version == 1


@db
def test_a_partner_goes_with_its_national_part() -> None:
    built = a_joint()
    service.add_unit(
        actor=built.officer, joint=built.joint, lock=1, title=Text.of("Dutch part"), national=built.other
    )
    service.remove_partner(actor=built.officer, partner=built.other, lock=2)
    assert list(JointUnit.objects.values_list("pk", "assessed_by")) == [(built.unit.pk, None)]


# --- units and outcomes


@db
def test_units_of_another_joint_and_its_partners_are_kept_apart() -> None:
    built = a_joint()
    strange = Partner.objects.create(
        joint=Joint.objects.create(slug="strange", title=Text.of("Strange"), lead=OrganisationFactory()),
        organisation=OrganisationFactory(),
        country="FR",
    )
    for fields in ({"national": strange}, {"assessed_by": strange}, {"delivered_by": [strange]}):
        with pytest.raises(Invalid, match="no partner here"):
            service.add_unit(actor=built.officer, joint=built.joint, lock=1, title=Text.of("Unit"), **fields)
    assert JointUnit.objects.count() == 1


@db
def test_a_unit_moves_among_its_own_kind() -> None:
    built = a_joint()
    told = {"actor": built.officer, "joint": built.joint}
    service.add_unit(**told, lock=1, title=Text.of("Dutch part"), national=built.other)
    last = service.add_unit(**told, lock=2, title=Text.of("Welding"))
    service.move_unit(actor=built.officer, unit=last, lock=3, up=True)
    seen = whole(stored(built.joint))
    assert [str(each.unit.title) for each in seen.core] == ["Welding", "Preparing"]
    assert [str(each.unit.title) for each in seen.national(built.other)] == ["Dutch part"]


@db
def test_several_outcomes_are_chosen_at_once_and_keep_their_order() -> None:
    built = a_joint()
    first, second = outcomes_of(built.other.qualification)  # type: ignore[arg-type]
    service.choose_outcomes(actor=built.officer, unit=built.unit, lock=1, outcomes=[second, first])
    assert [each.outcome for each in built.unit.outcomes.all()] == [second, first]


@db
def test_an_outcome_counts_once_in_any_of_its_wordings() -> None:
    built = a_joint()
    held = outcomes_of(built.lead.qualification)[0]  # type: ignore[arg-type]
    later = OutcomeFactory(outcome=held.outcome, number=2)
    unit = service.add_unit(actor=built.officer, joint=built.joint, lock=1, title=Text.of("Welding"))
    for chosen in (held, later):
        with pytest.raises(Invalid, match="stands in the unit “Preparing” already"):
            service.choose_outcomes(actor=built.officer, unit=unit, lock=2, outcomes=[chosen])
    with pytest.raises(Invalid, match="twice"):
        service.choose_outcomes(actor=built.officer, unit=built.unit, lock=2, outcomes=[held, later])


@db
def test_outcomes_come_from_the_partners_qualifications() -> None:
    built = a_joint()
    strange = outcomes_of(registered())[0]
    with pytest.raises(Invalid, match="partners’ qualifications"):
        service.choose_outcomes(actor=built.officer, unit=built.unit, lock=1, outcomes=[strange])


@db
def test_an_outcome_stays_when_its_partner_changes_qualification() -> None:
    built = a_joint()
    held = outcomes_of(built.lead.qualification)[0]  # type: ignore[arg-type]
    service.change_partner(actor=built.officer, partner=built.lead, lock=1, qualification=registered())
    seen = whole(stored(built.joint))
    assert [str(each.statement) for each in seen.core[0].outcomes] == [str(held.statement)]


# --- what must be there


@db
def test_a_complete_draft_lacks_nothing_that_stops() -> None:
    assert sentences(a_joint(), stops=True) == ""


@db
@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda b: b.unit.outcomes.all().delete(), "Preparing: choose its learning outcomes."),
        (
            lambda b: JointUnit.objects.update(credit=None),
            "Preparing: say how many credit points it is worth.",
        ),
        (lambda b: JointUnit.objects.update(assessed_by=None), "Preparing: say which partner assesses it."),
        (lambda b: JointUnit.objects.update(national=b.other), "There is no unit that all partners share."),
        (lambda b: Partner.objects.filter(pk=b.other.pk).update(country="BE"), "all come from one country"),
        (lambda b: Partner.objects.filter(pk=b.other.pk).delete(), "There must be at least two partners."),
    ],
)
def test_what_is_missing_stops_the_partners_in_a_sentence(change: Any, said: str) -> None:
    built = a_joint()
    change(built)
    assert said in sentences(built, stops=True)
    with pytest.raises(NotComplete, match=said.rstrip(".")):
        agreeing.agree(actor=built.approver, partner=built.lead, lock=1)
    assert Partner.objects.get(pk=built.lead.pk).agreed_at is None


@db
def test_two_partners_of_one_country_suffice_for_a_transfer_but_they_must_tell_hours() -> None:
    built = a_joint(purpose=Joint.Purpose.CREDIT)
    Partner.objects.filter(pk=built.other.pk).update(country="BE", hours_per_credit=None)
    assert sentences(built, stops=True) == (
        "Other School: say how many hours a credit point stands for, so that credit can be converted."
    )


@db
def test_recognition_of_a_level_needs_a_level_and_qualifications_and_no_units() -> None:
    built = a_joint(purpose=Joint.Purpose.LEVEL, eqf=None)
    JointUnit.objects.all().delete()
    Partner.objects.filter(pk=built.other.pk).update(qualification=None, level=None)
    said = sentences(built, stops=True)
    assert "Say which level of the European Qualifications Framework is recognised." in said
    assert "Other School: no national qualification is chosen" in said
    assert "Other School: the national level is not told." in said
    assert "unit" not in said


@db
def test_points_that_do_not_fit_the_hours_are_told_but_stop_nobody() -> None:
    built = a_joint()
    JointUnit.objects.update(hours=400)
    assert "10 points stand for 300 hours in BE, but its workload is 400 hours" in sentences(
        built, stops=False
    )


# --- agreeing


@db
def test_what_the_last_partner_agrees_to_is_fixed() -> None:
    built = a_joint()
    joint = agreeing.agree(actor=built.approver, partner=built.lead, lock=1)
    assert joint.state == Joint.State.DRAFT
    joint = agreeing.agree(actor=built.other_approver, partner=built.other, lock=1)
    assert (joint.state, joint.version) == (Joint.State.AGREED, 1)
    assert joint.agreed_at is not None
    partner = Partner.objects.get(pk=built.other.pk)
    assert (partner.agreed_by, partner.agreed_version) == (built.other_approver.pk, 1)


@db
def test_only_an_approver_of_the_partner_agrees_and_only_once() -> None:
    built = a_joint()
    for who in (built.officer, built.other_approver, UserFactory()):
        with pytest.raises(Refused):
            agreeing.agree(actor=who, partner=built.lead, lock=1)
    agreeing.agree(actor=built.approver, partner=built.lead, lock=1)
    with pytest.raises(Stale, match="already"):
        agreeing.agree(actor=built.approver, partner=built.lead, lock=1)


@db
def test_nobody_agrees_to_a_version_that_they_have_not_read() -> None:
    built = a_joint()
    service.change_joint(actor=built.other_officer, joint=built.joint, lock=1, eqf=5)
    with pytest.raises(Stale, match="look at it again"):
        agreeing.agree(actor=built.approver, partner=built.lead, lock=1)
    assert Partner.objects.get(pk=built.lead.pk).agreed_at is None


@db
def test_the_lead_closes_what_was_agreed_and_nothing_else() -> None:
    built = a_joint()
    with pytest.raises(Refused):
        agreeing.close(actor=built.approver, joint=built.joint, lock=1)
    joint = agree_all(built)
    for who in (built.officer, built.other_approver):
        with pytest.raises(Refused):
            agreeing.close(actor=who, joint=joint, lock=1)
    assert agreeing.close(actor=built.approver, joint=joint, lock=1).state == Joint.State.CLOSED


# --- what each covers


@db
def test_each_partner_is_held_against_the_core_and_the_level_aimed_at() -> None:
    built = a_joint()
    lead, other = whole(built.joint).sides
    assert lead.covers.counts is not None
    assert (lead.covers.counts.shared, lead.gap.gap) == (1, 0)
    assert other.covers.counts is not None
    assert other.covers.counts.total == 1
    assert other.gap.gap == 1  # the Dutch level is EQF 3, level 4 is aimed at
    assert a_dutch_level(3) == built.other.level


@db
def test_credit_is_told_in_the_system_of_each_partner() -> None:
    assert whole(a_joint().joint).core[0].points == ("10", "12")


# --- credit by itself

HOURS = st.decimals(min_value=1, max_value=60, places=2)
POINTS = st.decimals(min_value=0, max_value=300, places=2)


@given(POINTS, HOURS, HOURS)
def test_credit_there_and_back_differs_by_rounding_only(
    points: Decimal, here: Decimal, there: Decimal
) -> None:
    back = convert(convert(points, here, there), there, here)
    half = Decimal("0.005")
    assert abs(back - points) <= half * there / here + half


@given(POINTS, HOURS, HOURS)
def test_a_conversion_that_is_not_rounded_stands_for_the_same_hours(
    points: Decimal, here: Decimal, there: Decimal
) -> None:
    told = converted(Workload(points, None, here), there)
    assert told is not None
    difference = abs(told.points * there - points * here)
    assert told.rounded == (difference != 0)
    assert difference <= there * Decimal("0.005")


@given(st.lists(st.integers(1, 2000), min_size=1, max_size=12), HOURS)
def test_a_total_is_rounded_once_and_never_far_from_the_rounded_parts(
    hours: list[int], there: Decimal
) -> None:
    works = [Workload(hours=Decimal(each)) for each in hours]
    together = total(works)
    assert together is not None
    assert together.hours == sum(hours)
    whole_points, parts = converted(together, there), [converted(each, there) for each in works]
    assert whole_points is not None
    added = sum(each.points for each in parts if each)
    assert abs(whole_points.points - added) <= Decimal("0.005") * (len(hours) + 1)


def test_a_total_of_units_is_not_known_while_one_of_them_is_not() -> None:
    assert total([Workload(hours=Decimal(30)), Workload(points=Decimal(2))]) is None


def test_nothing_is_needed_from_the_database_to_say_what_is_missing() -> None:
    assert [each.where for each in lacks(Joint(title=Text.of("New")), [], [])] == ["partners", "units"]
