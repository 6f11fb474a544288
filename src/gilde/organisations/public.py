"""What other contexts may ask of organisations."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from gilde.core.access import Actor
from gilde.organisations.models import Membership, Organisation

__all__ = ["Organisation", "Role", "member_organisations", "roles_in"]

Role = Membership.Role


def roles_in(actor: Actor, organisation_id: UUID | None) -> frozenset[str]:
    """Return the roles that the actor holds today in an organisation; an installation's administrator holds all."""
    if actor.is_superuser:
        return frozenset(Role.values)
    if organisation_id is None or not actor.is_authenticated:
        return frozenset()
    return frozenset(
        Membership.objects.active()
        .filter(user=actor.pk, organisation=organisation_id)
        .values_list("role", flat=True)
    )


def member_organisations(actor: Actor, roles: Iterable[str] = Role.values) -> list[Organisation]:
    """Return the organisations in which the actor holds one of the roles today, by name."""
    if not actor.is_authenticated:
        return []
    found = Organisation.objects.all()
    if not actor.is_superuser:
        held = Membership.objects.active().filter(user=actor.pk, role__in=list(roles))
        found = found.filter(pk__in=held.values("organisation"))
    return sorted(found, key=str)
