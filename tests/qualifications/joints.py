"""Something built together, for tests: two partners, a core of one unit, and what outcomes they have."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from gilde.core.models import User
from gilde.core.text import Text
from gilde.organisations.models import Membership
from gilde.qualifications.models import (
    Framework,
    Joint,
    JointOutcome,
    JointUnit,
    Level,
    OutcomeVersion,
    Partner,
    QualificationVersion,
)
from tests.qualifications.factories import OrganisationFactory, a_level, a_member, registered


@dataclass
class Built:
    """A joint with its parts and one person a role for each partner."""

    joint: Joint
    lead: Partner  # in Belgium, 30 hours a point
    other: Partner  # in the Netherlands, 25 hours a point
    unit: JointUnit
    officer: User  # of the lead
    approver: User  # of the lead
    other_officer: User
    other_approver: User


def outcomes_of(version: QualificationVersion) -> list[OutcomeVersion]:
    """The outcomes of a qualification, in their order."""
    found = OutcomeVersion.objects.filter(uses__unit__version=version)
    return list(found.order_by("uses__unit__position", "uses__position"))


def a_dutch_level(eqf: int = 4) -> Level:
    """A level of a framework of the Netherlands."""
    framework, _made = Framework.objects.get_or_create(
        code="nlqf", defaults={"name": Text.of("NLQF"), "country": "NL", "source": "an example"}
    )
    level, _made = Level.objects.get_or_create(
        framework=framework,
        code=str(eqf),
        defaults={"position": eqf, "name": Text.of(f"Dutch level {eqf}"), "eqf": eqf},
    )
    return level


def a_joint(owner: Any = None, **fields: Any) -> Built:
    """A complete draft that its partners could agree to."""
    lead = owner or OrganisationFactory(slug="lead-school", name=Text.of("Lead School"), country="BE")
    other = OrganisationFactory(slug="other-school", name=Text.of("Other School"), country="NL")
    told = {
        "slug": "welding-together",
        "title": Text.of("Welding together"),
        "eqf": 4,
        "lead": lead,
        **fields,
    }
    joint = Joint.objects.create(**told)
    of_lead = registered(qualification__code="be-welder", title=Text.of("Belgian welder"))
    of_other = registered(
        qualification__code="nl-welder", qualification__country="NL", title=Text.of("Dutch welder")
    )
    common = {"joint": joint, "credit_system": "ecvet"}
    first = Partner.objects.create(
        **common,
        organisation=lead,
        country="BE",
        qualification=of_lead,
        level=a_level("4"),
        hours_per_credit=Decimal(30),
    )
    second = Partner.objects.create(
        **common,
        organisation=other,
        country="NL",
        position=1,
        qualification=of_other,
        level=a_dutch_level(3),
        hours_per_credit=Decimal(25),
    )
    unit = JointUnit.objects.create(
        joint=joint, title=Text.of("Preparing"), hours=300, credit=Decimal(10), assessed_by=second
    )
    unit.delivered_by.add(first)
    JointOutcome.objects.create(unit=unit, outcome=outcomes_of(of_lead)[0])
    return Built(
        joint,
        first,
        second,
        unit,
        officer=a_member(lead),
        approver=a_member(lead, Membership.Role.APPROVER),
        other_officer=a_member(other),
        other_approver=a_member(other, Membership.Role.APPROVER),
    )
