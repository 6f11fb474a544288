"""Who may see and do what with plans.

Published plans are public. What is still being prepared (readings, drafts of updates and evidence) is seen by
the members of the organisations that own the plan. Officers write; approvers decide, never on their own work.
"""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from gilde.core.access import Actor, Decision, allowed, refused
from gilde.organisations.public import Organisation, Role, member_organisations, organisations_of, roles_in
from gilde.plans.models import (
    Action,
    Evidence,
    FundingLine,
    Measure,
    Milestone,
    Plan,
    Reading,
    Spending,
    Update,
)

WRITERS = frozenset({Role.OFFICER, Role.APPROVER})


def roles_over(actor: Actor, plan: Plan) -> frozenset[str]:
    """Return the roles that the actor holds today in the organisations that own the plan."""
    shared = Plan.co_owners.through.objects.filter(plan=plan.pk).values("organisation")
    return roles_in(actor, plan.owner_id, also=shared)


def owned_by(actor: Actor, roles: Iterable[str] = Role.values, prefix: str = "") -> Q:
    """Return the filter "owned by an organisation in which the actor holds one of the roles"."""
    mine = organisations_of(actor, roles).order_by().values("pk")
    shared = Plan.co_owners.through.objects.filter(organisation__in=mine).values("plan")
    return Q(**{f"{prefix}owner__in": mine}) | Q(**{f"{prefix}pk__in": shared})


def visible_plans(actor: Actor) -> QuerySet[Plan]:
    """Return the published plans, and for their owners the withdrawn ones too."""
    plans = Plan.objects.all()
    if actor.is_superuser:
        return plans
    published = Q(state=Plan.State.PUBLISHED)
    if not actor.is_authenticated:
        return plans.filter(published)
    return plans.filter(published | owned_by(actor))


def visible_measures(actor: Actor) -> QuerySet[Measure]:
    """Return the measures of the plans that the actor may see."""
    return Measure.objects.filter(plan__in=visible_plans(actor).values("pk"))


def visible_actions(actor: Actor) -> QuerySet[Action]:
    """Return the actions of the plans that the actor may see."""
    return Action.objects.filter(measure__in=visible_measures(actor).values("pk"))


def visible_milestones(actor: Actor) -> QuerySet[Milestone]:
    """Return the milestones of the plans that the actor may see."""
    return Milestone.objects.filter(measure__in=visible_measures(actor).values("pk"))


def visible_funding(actor: Actor) -> QuerySet[FundingLine]:
    """Return the funding lines of the plans that the actor may see."""
    return FundingLine.objects.filter(measure__in=visible_measures(actor).values("pk"))


def visible_spending(actor: Actor) -> QuerySet[Spending]:
    """Return what was committed and spent on the plans that the actor may see."""
    return Spending.objects.filter(line__in=visible_funding(actor).values("pk"))


def visible_updates(actor: Actor) -> QuerySet[Update]:
    """Return approved updates on visible plans; for the plan's owners also what is not approved yet."""
    updates = Update.objects.filter(measure__in=visible_measures(actor).values("pk"))
    return updates if actor.is_superuser else updates.filter(_approved_or_mine(actor))


def visible_evidence(actor: Actor) -> QuerySet[Evidence]:
    """Return approved evidence on visible plans; for the plan's owners also what is not approved yet."""
    evidence = Evidence.objects.filter(measure__in=visible_measures(actor).values("pk"))
    return evidence if actor.is_superuser else evidence.filter(_approved_or_mine(actor))


def _approved_or_mine(actor: Actor) -> Q:
    approved = Q(state="approved")
    return approved if not actor.is_authenticated else approved | owned_by(actor, prefix="measure__plan__")


def visible_readings(actor: Actor) -> QuerySet[Reading]:
    """Return the readings on the desks of the organisations in which the actor writes or approves."""
    if actor.is_superuser:
        return Reading.objects.all()
    return Reading.objects.filter(organisation__in=desks(actor))


def desks(actor: Actor) -> list[Organisation]:
    """Return the organisations for which the actor may upload and work on documents."""
    return member_organisations(actor, WRITERS)


def can_upload(actor: Actor, organisation: Organisation) -> Decision:
    """Return whether the actor may put a document on this organisation's desk."""
    if WRITERS & roles_in(actor, organisation.pk):
        return allowed(_("You are a policy officer or approver of this organisation."))
    return refused(
        _("Only policy officers and approvers of %(name)s may upload its plans.") % {"name": organisation}
    )


def can_edit_reading(actor: Actor, reading: Reading) -> Decision:
    """Return whether the actor may decide and correct values on this reading now."""
    if reading.state != Reading.State.OPEN:
        return refused(_("This reading is no longer on the desk, so its values cannot be changed."))
    return can_upload(actor, reading.organisation)


def can_monitor(actor: Actor, plan: Plan) -> Decision:
    """Return whether the actor may report progress on this plan: actions, milestones, evidence, money."""
    if WRITERS & roles_over(actor, plan):
        return allowed(_("You are a policy officer or approver of an organisation that owns this plan."))
    return refused(
        _("Only policy officers and approvers of the organisations that own this plan may change it.")
    )


def can_approve(actor: Actor, plan: Plan, author: UUID | None) -> Decision:
    """Return whether the actor may approve or return what `author` wrote on this plan."""
    if Role.APPROVER not in roles_over(actor, plan):
        return refused(_("Only approvers of the organisations that own this plan may decide on this."))
    if author is not None and author == actor.pk:
        return refused(_("You wrote this yourself, so somebody else has to decide on it."))
    return allowed(_("You are an approver of an organisation that owns this plan."))


def can_rewrite(actor: Actor, thing: Update | Evidence) -> Decision:
    """Return whether the actor may change the words of an update or of evidence now.

    Only the author, because whoever writes may not decide; and not once it was handed in.
    """
    if not (may := can_monitor(actor, thing.measure.plan)):
        return may
    if thing.author != actor.pk:
        return refused(_("Somebody else wrote this, so only they may change it. Add your own instead."))
    if thing.state not in ("draft", "returned"):
        return refused(_("This was handed in, so it cannot be changed. Take it back first."))
    return allowed(_("You wrote this, and it is not handed in."))


def can_report(actor: Actor, plan: Plan) -> Decision:
    """Return whether the actor may make a progress report of this plan."""
    return can_monitor(actor, plan)


def can_keep_instruments(actor: Actor) -> Decision:
    """Return whether the actor may say which indicators measure the articles of instruments: reference data."""
    if actor.is_superuser:
        return allowed(_("You are an administrator of this installation."))
    return refused(_("Instruments are shared by all plans, so only administrators of Gilde change them."))
