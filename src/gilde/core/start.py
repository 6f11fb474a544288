"""Who visits Gilde, what it does for them today (registered by the contexts) and what is still to come."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Coming:
    """Something that Gilde will do when a context is built; once it is, the line goes from the page."""

    context: str
    text: Any


@dataclass(frozen=True)
class Role:
    slug: str
    label: Any
    lead: Any
    coming: Sequence[Coming]

    def still_to_come(self) -> list[Any]:
        """Return the texts of what is not built yet in this installation."""
        return [item.text for item in self.coming if not apps.is_installed(f"gilde.{item.context}")]


ROLES = {
    role.slug: role
    for role in (
        Role(
            "learner",
            _("Learner"),
            _("You learn a trade, look for work, or want what you can do to count."),
            (
                Coming("qualifications", _("Find a qualification or a study programme.")),
                Coming("incentives", _("See what support you can get.")),
                Coming("validation", _("Have your experience assessed and certified.")),
                Coming("agreements", _("Sign a dual learning contract.")),
                Coming("credentials", _("Hold and share your certificates.")),
            ),
        ),
        Role(
            "company",
            _("Company"),
            _("You train people at the workplace, or want to."),
            (
                Coming("reviews", _("Ask for recognition as a learning workplace.")),
                Coming("agreements", _("Take a learner under a dual contract.")),
                Coming("incentives", _("See and request the premiums for your company.")),
                Coming("credentials", _("Check whether a certificate is genuine.")),
            ),
        ),
        Role(
            "school",
            _("School"),
            _("You teach, or run a school or a training centre."),
            (
                Coming("agreements", _("Keep contracts and placements with companies.")),
                Coming("credentials", _("Issue certificates that anybody can check.")),
                Coming("reviews", _("Assess your own quality, and prepare for an audit.")),
                Coming("tracking", _("See what became of your graduates.")),
                Coming("exchange", _("Share practices, find partners, borrow equipment.")),
            ),
        ),
        Role(
            "sector-body",
            _("Sector body"),
            _("You speak for the companies and workers of a sector."),
            (
                Coming("qualifications", _("Write and update professional qualification files.")),
                Coming("reviews", _("Recognise learning workplaces and mentors.")),
                Coming("skills", _("Follow what the labour market needs.")),
                Coming("consultations", _("Give advice in a consultation.")),
            ),
        ),
        Role(
            "policy-officer",
            _("Policy officer"),
            _("You write, follow or compare plans for vocational education and training."),
            (
                Coming("plans", _("Load a plan document and get a plan that can be monitored.")),
                Coming("indicators", _("Tie measures to indicators and targets.")),
                Coming("consultations", _("Consult on a plan and publish what was said.")),
                Coming("reviews", _("Follow the recommendations of peer reviews.")),
            ),
        ),
        Role(
            "researcher",
            _("Researcher"),
            _("You want the data behind the pages, with its sources."),
            (
                Coming("indicators", _("Download indicator series with their breaks and definitions.")),
                Coming("tracking", _("Use published graduate outcomes that disclose nobody.")),
                Coming("skills", _("Use skills intelligence by occupation and region.")),
            ),
        ),
    )
}
