"""What each purpose of building together asks, and the words that its pages use: a table, so that all pages are one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from gilde.qualifications.models import Joint

LEAST_PARTNERS: Final = 2


@dataclass(frozen=True)
class Purpose:
    """A purpose: what must be there before partners agree, and how its pages name things.

    `countries` is how many the partners must come from. `needs_core`, `needs_level`, `needs_qualifications` and
    `needs_hours` say whether there must be a unit of the core, an EQF level with a national one for each partner, a
    national qualification for each, and hours for each one's credit point.
    """

    countries: int
    needs_core: bool
    needs_level: bool
    needs_qualifications: bool
    needs_hours: bool
    lead: Any
    core: Any
    core_hint: Any
    national: Any
    memorandum: Any
    scope: Any
    recognition: Any


PURPOSES: Final[Mapping[str, Purpose]] = {
    Joint.Purpose.JOINT: Purpose(
        countries=2,
        needs_core=True,
        needs_level=False,
        needs_qualifications=False,
        needs_hours=False,
        lead=_(
            "Partners from several countries choose a common core and add national parts, until all agree."
        ),
        core=_("Common core"),
        core_hint=_("Learnt and assessed by the same outcomes in every country."),
        national=_("National parts"),
        memorandum=_("Memorandum of understanding on a joint qualification"),
        scope=_(
            "The parties offer a joint qualification: a core with the same learning outcomes in every country, and a "
            "national part in each."
        ),
        recognition=_(
            "A unit of the core that one party assessed and validated is recognised by every other party as the same "
            "unit, without a new assessment. Whoever has all units of the core and those of one national part is "
            "awarded the joint qualification."
        ),
    ),
    Joint.Purpose.LEVEL: Purpose(
        countries=1,
        needs_core=False,
        needs_level=True,
        needs_qualifications=True,
        needs_hours=False,
        lead=_(
            "Two parties hold their qualifications against one level of the European Qualifications Framework, and "
            "recognise each other's at that level."
        ),
        core=_("What is recognised"),
        core_hint=_("Units by which the parties hold their qualifications against each other."),
        national=_("What one party asks besides"),
        memorandum=_("Memorandum of understanding on the recognition of qualifications at a level"),
        scope=_(
            "The parties recognise each other's qualifications that are named here at the level of the European "
            "Qualifications Framework that is named here."
        ),
        recognition=_(
            "Whoever holds a qualification that is named here is treated by the other party as somebody who holds its "
            "own at the same level. What a party asks besides is named with the units."
        ),
    ),
    Joint.Purpose.CREDIT: Purpose(
        countries=1,
        needs_core=True,
        needs_level=False,
        needs_qualifications=False,
        needs_hours=True,
        lead=_(
            "Two parties agree which units count in both their systems, and how many points each is worth there."
        ),
        core=_("Units that are transferred"),
        core_hint=_("What a learner achieved with one party counts with the other."),
        national=_("What one party asks besides"),
        memorandum=_("Memorandum of understanding on the transfer of credit"),
        scope=_(
            "The parties transfer credit for the units that are named here between their two systems, by the hours of "
            "learning that a point stands for in each."
        ),
        recognition=_(
            "A unit that one party assessed and validated is recognised by the other, which records the points that it "
            "is worth in its own system, as the table of units tells them."
        ),
    ),
}


def purpose_of(joint: Joint) -> Purpose:
    """Return what the purpose of something that is built together asks, and its words."""
    return PURPOSES[joint.purpose]
