"""The life cycles of plans, as tables."""

from __future__ import annotations

from collections.abc import Collection

from django.utils.translation import gettext_lazy as _

from gilde.core.access import Actor
from gilde.core.reviewed import REVIEW, reviewing_roles
from gilde.core.workflow import Transition, Workflow
from gilde.organisations.public import Role, roles_in
from gilde.plans.access import WRITERS, roles_over
from gilde.plans.models import Action, Evidence, Milestone, Reading, Update


def _reviewing_roles(actor: Actor, thing: Update | Evidence) -> Collection[str]:
    return reviewing_roles(actor, thing, roles_over(actor, thing.measure.plan), Role.APPROVER)


update_workflow = Workflow(Update, "plans.update", REVIEW, _reviewing_roles)
evidence_workflow = Workflow(Evidence, "plans.evidence", REVIEW, _reviewing_roles)


def _measure_roles(actor: Actor, thing: Action | Milestone) -> Collection[str]:
    return roles_over(actor, thing.measure.plan)


A = Action.State
action_workflow = Workflow(
    Action,
    "plans.action",
    (
        Transition.of("start", {A.PLANNED}, A.UNDER_WAY, WRITERS, _("Start")),
        Transition.of("finish", {A.PLANNED, A.UNDER_WAY}, A.DONE, WRITERS, _("Mark as done")),
        Transition.of("drop", {A.PLANNED, A.UNDER_WAY}, A.DROPPED, WRITERS, _("Drop")),
        Transition.of("reopen", {A.DONE, A.DROPPED}, A.UNDER_WAY, WRITERS, _("Reopen")),
    ),
    _measure_roles,
)

M = Milestone.State
milestone_workflow = Workflow(
    Milestone,
    "plans.milestone",
    (
        Transition.of("meet", {M.OPEN, M.MISSED}, M.MET, WRITERS, _("Mark as met")),
        Transition.of("miss", {M.OPEN}, M.MISSED, WRITERS, _("Mark as missed")),
        Transition.of("reopen", {M.MET, M.MISSED}, M.OPEN, WRITERS, _("Reopen")),
    ),
    _measure_roles,
)


def _desk_roles(actor: Actor, reading: Reading) -> Collection[str]:
    return roles_in(actor, reading.organisation_id)


R = Reading.State
reading_workflow = Workflow(
    Reading,
    "plans.reading",
    (
        Transition.of("read", {R.WAITING}, R.OPEN, WRITERS, _("Read")),
        Transition.of("fail", {R.WAITING}, R.FAILED, WRITERS, _("Report that it cannot be read")),
        Transition.of("abandon", {R.WAITING, R.OPEN, R.FAILED}, R.ABANDONED, WRITERS, _("Put aside")),
        Transition.of("resume", {R.ABANDONED}, R.OPEN, WRITERS, _("Take up again")),
        Transition.of("publish", {R.OPEN}, R.PUBLISHED, WRITERS, _("Publish")),
    ),
    _desk_roles,
)
