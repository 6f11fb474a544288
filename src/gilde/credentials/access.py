"""Who may see and do what with awards.

What is personal is seen by the issuer's people and by the holder, by nobody else: not by other issuers, and not by a
verifier, who is shown what the holder hands over. Issuers, achievements, lists and the log are public.
"""

from __future__ import annotations

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from gilde.core.access import Actor, Decision, allowed, refused
from gilde.credentials.models import (
    OUT,
    Achievement,
    Award,
    Batch,
    Folder,
    Holder,
    Issuer,
    Share,
    State,
    TrustList,
)
from gilde.organisations.public import Role, organisations_of, roles_in

WRITERS = frozenset({Role.OFFICER, Role.APPROVER})
READERS = frozenset({*WRITERS, Role.READER, Role.ADMINISTRATOR})


def roles_over(actor: Actor, award: Award) -> frozenset[str]:
    """Return the roles of the actor in the organisation that awards."""
    return roles_in(actor, award.issuer.organisation_id)


def issuers_of(actor: Actor, roles: frozenset[str] = READERS) -> QuerySet[Issuer]:
    """Return the issuers for which the actor holds one of the roles today."""
    return Issuer.objects.filter(organisation__in=organisations_of(actor, roles).order_by().values("pk"))


def visible_issuers(actor: Actor) -> QuerySet[Issuer]:
    """Return every issuer: who issues is public."""
    return Issuer.objects.select_related("organisation")


def visible_achievements(actor: Actor) -> QuerySet[Achievement]:
    """Return every achievement: what can be awarded is public."""
    return Achievement.objects.select_related("issuer__organisation")


def issued_by(actor: Actor) -> QuerySet[Award]:
    """Return the awards of the issuers that the actor works for."""
    return Award.objects.filter(issuer__in=issuers_of(actor).values("pk"))


def held_by(actor: Actor) -> QuerySet[Award]:
    """Return the awards in the actor's own wallet."""
    if not actor.is_authenticated or actor.pk is None:
        return Award.objects.none()
    return Award.objects.filter(kept__user=actor.pk, state__in=sorted(OUT))


def visible_awards(actor: Actor) -> QuerySet[Award]:
    """Return the awards of the actor's issuers, and those in the actor's wallet."""
    if actor.is_superuser:
        return Award.objects.all()
    mine = held_by(actor).order_by().values("pk")
    return Award.objects.filter(Q(issuer__in=issuers_of(actor).values("pk")) | Q(pk__in=mine))


def visible_batches(actor: Actor) -> QuerySet[Batch]:
    """Return the batches of the actor's issuers."""
    return Batch.objects.filter(issuer__in=issuers_of(actor).values("pk"))


def visible_holders(actor: Actor) -> QuerySet[Holder]:
    """Return the persons that the issuers of the actor know."""
    mine = Holder.objects.filter(issuer__in=issuers_of(actor).values("pk"))
    return mine.select_related("issuer__organisation", "user")


def visible_folders(actor: Actor) -> QuerySet[Folder]:
    """Return the actor's own folders."""
    return Folder.objects.filter(user=actor.pk) if actor.is_authenticated else Folder.objects.none()


def visible_shares(actor: Actor) -> QuerySet[Share]:
    """Return the links that the actor made."""
    return Share.objects.filter(user=actor.pk) if actor.is_authenticated else Share.objects.none()


def visible_trust_lists(actor: Actor) -> QuerySet[TrustList]:
    """Return every trust list: whom a check believes is public."""
    return TrustList.objects.all()


def can_administer(actor: Actor) -> Decision:
    """Decide on opening issuers and on trust lists: for administrators of the installation."""
    if actor.is_superuser:
        return allowed(_("You administer this Gilde."))
    return refused(_("Only an administrator of this Gilde may do this."))


def can_manage(actor: Actor, issuer: Issuer) -> Decision:
    """Decide on keys and settings of an issuer: for administrators of its organisation."""
    if Role.ADMINISTRATOR in roles_in(actor, issuer.organisation_id):
        return allowed(_("You administer this organisation."))
    return refused(_("Only an administrator of %(organisation)s may do this.") % {"organisation": issuer})


def can_draft(actor: Actor, issuer: Issuer) -> Decision:
    """Decide on entering awards and achievements: for officers and approvers of an open issuer."""
    if issuer.closed_at is not None:
        return refused(_("%(organisation)s issues no more.") % {"organisation": issuer})
    if roles_in(actor, issuer.organisation_id) & WRITERS:
        return allowed(_("You work for this organisation."))
    return refused(
        _("Only a policy officer or approver of %(organisation)s may do this.") % {"organisation": issuer}
    )


def can_issue(actor: Actor, issuer: Issuer) -> Decision:
    """Decide on issuing at once: as `can_draft`, unless the issuer asks for two people."""
    if not (drafting := can_draft(actor, issuer)):
        return drafting
    if issuer.two_people and actor.pk is not None:
        return refused(
            _("%(organisation)s asks for two people: send it for approval.") % {"organisation": issuer}
        )
    return drafting


def can_approve(actor: Actor, issuer: Issuer, drafted_by: object) -> Decision:
    """Decide on approving: for an approver who is not the person that entered it."""
    if issuer.closed_at is not None:
        return refused(_("%(organisation)s issues no more.") % {"organisation": issuer})
    if Role.APPROVER not in roles_in(actor, issuer.organisation_id):
        return refused(_("Only an approver of %(organisation)s may do this.") % {"organisation": issuer})
    if actor.pk is not None and actor.pk == drafted_by:
        return refused(_("You entered this yourself: another person approves it."))
    return allowed(_("You are an approver of this organisation."))


def can_stop(actor: Actor, award: Award) -> Decision:
    """Decide on revoking, suspending and correcting: for officers and approvers, also of a closed issuer."""
    if roles_over(actor, award) & WRITERS:
        return allowed(_("You work for this organisation."))
    return refused(
        _("Only a policy officer or approver of %(organisation)s may do this.")
        % {"organisation": award.issuer}
    )


def can_edit(actor: Actor, award: Award) -> Decision:
    """Decide on changing what is not issued yet."""
    if award.state not in (State.DRAFT, State.HELD):
        return refused(
            _("This is “%(state)s” now, so it cannot be changed.") % {"state": award.get_state_display()}
        )
    return can_draft(actor, award.issuer)


def holds(actor: Actor, award: Award) -> Decision:
    """Decide on sharing and taking away: for the holder, with the award in their wallet."""
    if actor.is_authenticated and actor.pk is not None and award.kept.filter(user=actor.pk).exists():
        return allowed(_("This is your award."))
    return refused(_("Only the holder may do this."))
