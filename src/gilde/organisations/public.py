"""What other contexts may ask of organisations."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from gilde.core.access import Actor
from gilde.organisations.models import Membership, Organisation

__all__ = ["Organisation", "Role", "match_names", "member_organisations", "organisations_of", "roles_in"]

Role = Membership.Role


def roles_in(
    actor: Actor, *organisation_ids: UUID | None, also: QuerySet[Any, Any] | None = None
) -> frozenset[str]:
    """Return the roles that the actor holds today in any of the organisations; an administrator holds all.

    `also` is a query of more organisation ids, so that asking stays one question to the database.
    """
    if actor.is_superuser:
        return frozenset(Role.values)
    known = [each for each in organisation_ids if each is not None]
    if not actor.is_authenticated or (not known and also is None):
        return frozenset()
    where = (
        Q(organisation__in=known) if also is None else Q(organisation__in=known) | Q(organisation__in=also)
    )
    held = Membership.objects.active().filter(where, user=actor.pk)
    return frozenset(held.values_list("role", flat=True))


def organisations_of(actor: Actor, roles: Iterable[str] = Role.values) -> QuerySet[Organisation]:
    """Return, as a query to put into others, where the actor holds one of the roles today."""
    if not actor.is_authenticated:
        return Organisation.objects.none()
    if actor.is_superuser:
        return Organisation.objects.all()
    held = Membership.objects.active().filter(user=actor.pk, role__in=list(roles))
    return Organisation.objects.filter(pk__in=held.values("organisation"))


def member_organisations(actor: Actor, roles: Iterable[str] = Role.values) -> list[Organisation]:
    """Return the organisations in which the actor holds one of the roles today, by name."""
    return sorted(organisations_of(actor, roles), key=str)


def match_names(names: Iterable[str]) -> dict[str, list[tuple[UUID, float]]]:
    """Return for each name the organisations it may mean with a score to 100, the likeliest first.

    One entry is a match, several are ambiguous, none is unknown. The rule: `organisations.matching.match`.
    """
    from gilde.organisations.matching import match

    return match(names, Organisation.objects.values_list("pk", "name", "short", "aliases").order_by("slug"))
