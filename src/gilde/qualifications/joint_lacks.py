"""What something built together still lacks before its partners can agree, each in a sentence."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from django.utils.translation import gettext as _

from gilde.qualifications.joint_credit import Workload
from gilde.qualifications.joint_purposes import LEAST_PARTNERS, purpose_of
from gilde.qualifications.joint_words import number
from gilde.qualifications.models import Joint, JointUnit, Partner

Where = Literal["joint", "partners", "partner", "units", "unit", "outcomes"]


@dataclass(frozen=True)
class Lack:
    """Something that is not there yet; without `stops` partners may agree all the same, but should know of it.

    `where` says on which form it is put right, `key` of which partner or unit.
    """

    sentence: str
    where: Where
    key: str = ""
    stops: bool = True


def giver_of(unit: JointUnit, partners: Sequence[Partner], lead: object) -> Partner | None:
    """Return in whose system the points of a unit are told: its own country's, for the core the lead partner's."""
    if unit.national_id is not None:
        return next((each for each in partners if each.pk == unit.national_id), None)
    return next((each for each in partners if each.organisation_id == lead), None)


def workload_of(unit: JointUnit, giver: Partner | None) -> Workload:
    """Return what a unit is worth, as `joint_credit` reckons with it."""
    hours = None if unit.hours is None else Decimal(unit.hours)
    return Workload(unit.credit, hours, giver.hours_per_credit if giver else None)


def lacks(joint: Joint, partners: Sequence[Partner], units: Sequence[JointUnit]) -> list[Lack]:
    """Return what is missing, what stops the partners first. Units come with their outcomes."""
    found = [
        *_of_joint(joint, partners, units),
        *(lack for each in partners for lack in _of_partner(joint, each)),
        *(lack for each in units for lack in _of_unit(joint, each, partners)),
    ]
    return sorted(found, key=lambda lack: not lack.stops)


def _of_joint(joint: Joint, partners: Sequence[Partner], units: Sequence[JointUnit]) -> Iterator[Lack]:
    purpose = purpose_of(joint)
    if len(partners) < LEAST_PARTNERS:
        yield Lack(_("There must be at least two partners. Add one."), "partners")
    elif len({each.country for each in partners}) < purpose.countries:
        yield Lack(
            _("The partners all come from one country. Add a partner from a second country."), "partners"
        )
    if purpose.needs_core and not any(unit.national_id is None for unit in units):
        yield Lack(
            _("There is no unit that all partners share. Add one to “%(core)s”.") % {"core": purpose.core},
            "units",
        )
    if purpose.needs_level and joint.eqf is None:
        yield Lack(_("Say which level of the European Qualifications Framework is recognised."), "joint")


def _of_partner(joint: Joint, partner: Partner) -> Iterator[Lack]:
    purpose, key, named = purpose_of(joint), str(partner.pk), {"partner": str(partner.organisation)}
    if partner.qualification_id is None:
        yield Lack(
            _("%(partner)s: no national qualification is chosen, so that nobody sees what it covers.")
            % named,
            "partner",
            key,
            stops=purpose.needs_qualifications,
        )
    if partner.level_id is None:
        yield Lack(
            _("%(partner)s: the national level is not told.") % named,
            "partner",
            key,
            stops=purpose.needs_level,
        )
    if partner.hours_per_credit is None:
        yield Lack(
            _("%(partner)s: say how many hours a credit point stands for, so that credit can be converted.")
            % named,
            "partner",
            key,
            stops=purpose.needs_hours,
        )


def _of_unit(joint: Joint, unit: JointUnit, partners: Sequence[Partner]) -> Iterator[Lack]:
    key, named, core = str(unit.pk), {"unit": str(unit.title)}, unit.national_id is None
    if not unit.outcomes.all():
        yield Lack(_("%(unit)s: choose its learning outcomes.") % named, "outcomes", key, stops=core)
    if unit.credit is None:
        yield Lack(_("%(unit)s: say how many credit points it is worth.") % named, "unit", key, stops=core)
    if unit.assessed_by_id is None:
        yield Lack(_("%(unit)s: say which partner assesses it.") % named, "unit", key, stops=core)
    if not unit.delivered_by.all():
        yield Lack(_("%(unit)s: say which partners teach it.") % named, "unit", key, stops=False)
    giver = giver_of(unit, partners, joint.lead_id)
    work = workload_of(unit, giver)
    if giver is not None and (stands_for := work.differs) is not None:
        told = {
            **named,
            "points": number(work.points or 0),
            "stands_for": number(stands_for),
            "hours": number(work.hours or 0),
            "country": giver.country,
        }
        yield Lack(
            _(
                "%(unit)s: %(points)s points stand for %(stands_for)s hours in %(country)s, but its workload is "
                "%(hours)s hours. Correct one of them."
            )
            % told,
            "unit",
            key,
            stops=False,
        )
