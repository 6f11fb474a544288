"""The life cycles of indicators, as tables."""

from __future__ import annotations

from collections.abc import Collection

from django.utils.translation import gettext_lazy as _

from gilde.core.access import Actor
from gilde.core.reviewed import REVIEW, reviewing_roles
from gilde.core.workflow import Transition, Workflow
from gilde.indicators.access import WRITERS, roles_over
from gilde.indicators.models import Indicator, Load, ReportedFigure
from gilde.organisations.public import Role


def _reviewing_roles(actor: Actor, figure: ReportedFigure) -> Collection[str]:
    return reviewing_roles(actor, figure, roles_over(actor, figure.indicator), Role.APPROVER)


reported_workflow = Workflow(ReportedFigure, "indicators.reported", REVIEW, _reviewing_roles)

S = Indicator.State
indicator_workflow = Workflow(
    Indicator,
    "indicators.indicator",
    (
        Transition.of("publish", {S.DRAFT, S.WITHDRAWN}, S.PUBLISHED, WRITERS, _("Publish")),
        Transition.of("withdraw", {S.PUBLISHED}, S.WITHDRAWN, WRITERS, _("Withdraw")),
    ),
    roles_over,
)


def _load_roles(actor: Actor, load: Load) -> Collection[str]:
    return roles_over(actor, load.indicator)


L = Load.State
load_workflow = Workflow(
    Load,
    "indicators.load",
    (
        Transition.of("hold", {L.WAITING}, L.HELD, WRITERS, _("Hold for a decision")),
        Transition.of("publish", {L.WAITING}, L.PUBLISHED, WRITERS, _("Publish")),
        Transition.of("keep", {L.WAITING}, L.UNCHANGED, WRITERS, _("Find nothing new")),
        Transition.of("fail", {L.WAITING}, L.FAILED, WRITERS, _("Report that it cannot be read")),
        Transition.of("accept", {L.HELD}, L.WAITING, WRITERS, _("Accept")),
        Transition.of("reject", {L.HELD}, L.REJECTED, WRITERS, _("Reject")),
    ),
    _load_roles,
)
