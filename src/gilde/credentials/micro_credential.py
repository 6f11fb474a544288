"""What a micro-credential must tell (Council Recommendation of 16 June 2022, OJ C 243, p. 10, Annex I)."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _

from gilde.credentials.models import Achievement
from gilde.credentials.renderings import pdf_words
from gilde.qualifications.public import Described


@dataclass(frozen=True)
class Element:
    """A mandatory element: what it is called, what is said, and whether it comes with the award to a person."""

    name: str
    said: str = ""
    with_award: bool = False

    @property
    def missing(self) -> bool:
        """Return whether the achievement should say it and does not."""
        return not self.said and not self.with_award


def elements(achievement: Achievement, outcomes: int, told: Described | None) -> list[Element]:
    """Return the ten mandatory elements of a micro-credential and what this one says of each.

    The annex has an eleventh, who the learner is, which stands in every award. `told` is the qualification that the
    achievement is tied to: how one takes part, and how quality is assured, are said there.
    """
    organisation = achievement.issuer.organisation
    hours = pdf_words.hours(achievement.hours)
    credit = f"{achievement.credit.normalize():f} {achievement.credit_system}" if achievement.credit else ""
    eqf = _("EQF level %(eqf)d") % {"eqf": achievement.eqf} if achievement.eqf else ""
    level = f"{achievement.framework} {achievement.level}".strip()
    ways = _ways()
    listed = _("%(number)d outcomes, listed on this page")
    return [
        Element(_("Title"), str(achievement.title)),
        Element(_("Country or region of the issuer"), organisation.country),
        Element(_("Awarding body"), str(organisation)),
        Element(_("Date of issuing"), with_award=True),
        Element(_("Learning outcomes"), listed % {"number": outcomes} if outcomes else ""),
        Element(_("Workload needed"), ", ".join(each for each in (hours, credit) if each)),
        Element(_("Level"), ", ".join(each for each in (level, eqf) if each)),
        Element(_("Type of assessment"), str(achievement.assessment) or achievement.assessment_method),
        Element(
            _("Form of participation"),
            ", ".join(ways.get(each, each) for each in told.participation) if told else "",
        ),
        Element(_("Type of quality assurance"), str(told.quality) if told else ""),
    ]


def _ways() -> dict[str, str]:
    return {
        "onsite": _("on site"),
        "online": _("online"),
        "blended": _("blended"),
        "workplace": _("at the workplace"),
    }
