"""Who may see and do what with indicators.

Published indicators are public. Drafts, loads and figures on their way are seen by the members of the organisation
that keeps the indicator. Its officers write; its approvers decide on reported figures, never on their own.
"""

from __future__ import annotations

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from gilde.core.access import Actor, Decision, allowed, refused
from gilde.indicators.models import (
    Board,
    Finding,
    Indicator,
    Judgement,
    Load,
    Release,
    ReportedFigure,
    Subscription,
    Target,
)
from gilde.organisations.public import Organisation, Role, member_organisations, organisations_of, roles_in

WRITERS = frozenset({Role.OFFICER, Role.APPROVER})


def roles_over(actor: Actor, indicator: Indicator) -> frozenset[str]:
    """Return the roles that the actor holds today in the organisation that keeps the indicator."""
    return roles_in(actor, indicator.owner_id)


def visible_indicators(actor: Actor) -> QuerySet[Indicator]:
    """Return the published indicators, and for the members of its keeper the others too."""
    if actor.is_superuser:
        return Indicator.objects.all()
    published = Q(state=Indicator.State.PUBLISHED)
    if not actor.is_authenticated:
        return Indicator.objects.filter(published)
    return Indicator.objects.filter(published | Q(owner__in=organisations_of(actor).order_by().values("pk")))


def visible_releases(actor: Actor) -> QuerySet[Release]:
    """Return the releases of the indicators that the actor may see."""
    return Release.objects.filter(indicator__in=visible_indicators(actor).order_by().values("pk"))


def visible_targets(actor: Actor) -> QuerySet[Target]:
    """Return the targets of the indicators that the actor may see."""
    return Target.objects.filter(indicator__in=visible_indicators(actor).order_by().values("pk"))


def visible_judgements(actor: Actor) -> QuerySet[Judgement]:
    """Return the signed judgements of the indicators that the actor may see."""
    return Judgement.objects.filter(target__in=visible_targets(actor).order_by().values("pk"))


def visible_loads(actor: Actor) -> QuerySet[Load]:
    """Return the loads of the indicators that the actor's organisations keep."""
    if actor.is_superuser:
        return Load.objects.all()
    return Load.objects.filter(indicator__owner__in=organisations_of(actor, WRITERS).order_by().values("pk"))


def visible_findings(actor: Actor) -> QuerySet[Finding]:
    """Return what was found in the loads that the actor may see."""
    return Finding.objects.filter(load__in=visible_loads(actor).order_by().values("pk"))


def visible_reported(actor: Actor) -> QuerySet[ReportedFigure]:
    """Return approved figures of visible indicators; for the members of the keeper those on their way too."""
    told = ReportedFigure.objects.filter(indicator__in=visible_indicators(actor).order_by().values("pk"))
    if actor.is_superuser:
        return told
    approved = Q(state=ReportedFigure.State.APPROVED)
    if not actor.is_authenticated:
        return told.filter(approved)
    return told.filter(approved | Q(indicator__owner__in=organisations_of(actor).order_by().values("pk")))


def visible_boards(actor: Actor) -> QuerySet[Board]:
    """Return the boards of the actor's organisations. Whoever has the link of a shared one comes by its token."""
    if actor.is_superuser:
        return Board.objects.all()
    return Board.objects.filter(owner__in=organisations_of(actor).order_by().values("pk"))


def visible_subscriptions(actor: Actor) -> QuerySet[Subscription]:
    """Return what the actor follows."""
    return (
        Subscription.objects.filter(user=actor.pk) if actor.is_authenticated else Subscription.objects.none()
    )


def keepers(actor: Actor) -> list[Organisation]:
    """Return the organisations for which the actor may keep indicators and boards."""
    return member_organisations(actor, WRITERS)


def can_keep(actor: Actor, organisation: Organisation | None) -> Decision:
    """Return whether the actor may keep indicators and boards for an organisation."""
    if (organisation is not None and WRITERS & roles_in(actor, organisation.pk)) or actor.is_superuser:
        return allowed(_("You are a policy officer or approver of this organisation."))
    return refused(_("Only policy officers and approvers of an organisation keep indicators for it."))


def can_manage(actor: Actor, indicator: Indicator) -> Decision:
    """Return whether the actor may change an indicator: its words, targets, judgements, loads and figures."""
    if WRITERS & roles_over(actor, indicator) or actor.is_superuser:
        return allowed(
            _("You are a policy officer or approver of the organisation that keeps this indicator.")
        )
    return refused(
        _("Only policy officers and approvers of the organisation that keeps this indicator may do this.")
    )


def can_approve(actor: Actor, figure: ReportedFigure) -> Decision:
    """Return whether the actor may approve or return a reported figure."""
    if Role.APPROVER not in roles_over(actor, figure.indicator):
        return refused(_("Only approvers of the organisation that keeps this indicator may decide on this."))
    if figure.author is not None and figure.author == actor.pk:
        return refused(_("You wrote this yourself, so somebody else has to decide on it."))
    return allowed(_("You are an approver of the organisation that keeps this indicator."))


def can_rewrite(actor: Actor, figure: ReportedFigure) -> Decision:
    """Return whether the actor may change a reported figure now: its author, while it is not handed in."""
    if not (may := can_manage(actor, figure.indicator)):
        return may
    if figure.author != actor.pk:
        return refused(_("Somebody else wrote this, so only they may change it. Add your own instead."))
    if figure.state not in (ReportedFigure.State.DRAFT, ReportedFigure.State.RETURNED):
        return refused(_("This was handed in, so it cannot be changed. Take it back first."))
    return allowed(_("You wrote this, and it is not handed in."))


def can_change_board(actor: Actor, board: Board) -> Decision:
    """Return whether the actor may compose a board and share it."""
    if WRITERS & roles_in(actor, board.owner_id) or actor.is_superuser:
        return allowed(_("You are a policy officer or approver of the organisation that owns this board."))
    return refused(
        _("Only policy officers and approvers of the organisation that owns this board may do this.")
    )


def can_follow(actor: Actor) -> Decision:
    """Return whether the actor may follow an indicator by mail."""
    if actor.is_authenticated and actor.pk is not None:
        return allowed(_("You are signed in."))
    return refused(_("Sign in to follow an indicator by mail."))
