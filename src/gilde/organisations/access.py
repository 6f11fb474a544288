"""Who may see and change organisations. Who is who is public; who does what for whom is not."""

from __future__ import annotations

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from gilde.core.access import Actor, Decision, allowed, refused
from gilde.organisations.models import Membership, Organisation
from gilde.organisations.public import Role, roles_in


def visible_organisations(actor: Actor) -> QuerySet[Organisation]:
    """Return every organisation: their names and kinds are public knowledge."""
    return Organisation.objects.all()


def can_create_organisation(actor: Actor) -> Decision:
    """Decide whether the actor may add an organisation."""
    if actor.is_superuser:
        return allowed(_("You administer this installation."))
    return refused(_("Only administrators of this installation add organisations. Ask one of them."))


def can_change_organisation(actor: Actor, organisation: Organisation) -> Decision:
    """Decide whether the actor may change what is known of an organisation, and who does what for it."""
    if Role.ADMINISTRATOR in roles_in(actor, organisation.pk):
        return allowed(_("You administer this organisation."))
    return refused(_("Only administrators of this organisation may do this. Ask one of them."))


def can_see_members(actor: Actor, organisation: Organisation) -> Decision:
    """Decide whether the actor may see who does what for an organisation."""
    if roles_in(actor, organisation.pk):
        return allowed(_("You work for this organisation."))
    return refused(_("Only members of this organisation see its members."))


def visible_memberships(actor: Actor, organisation: Organisation) -> QuerySet[Membership]:
    """Return the memberships of an organisation for who may see them, ended ones too; else none."""
    if not can_see_members(actor, organisation):
        return Membership.objects.none()
    return (
        Membership.objects.filter(organisation=organisation)
        .select_related("user")
        .order_by("user__name", "user__email", "role")
    )
