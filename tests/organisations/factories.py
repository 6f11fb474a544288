"""Organisations and memberships for tests."""

from __future__ import annotations

from datetime import date
from typing import Any

import factory

from gilde.core.models import User
from gilde.organisations.models import Membership, Organisation


class OrganisationFactory(factory.django.DjangoModelFactory[Organisation]):
    class Meta:
        model = Organisation

    slug = factory.Sequence(lambda n: f"organisation-{n}")
    name = factory.Sequence(lambda n: f"Organisation {n}")
    kind = Organisation.Kind.MINISTRY


def member(organisation: Organisation, role: str, **fields: Any) -> User:
    """Return a new person who holds the role since 2020."""
    number = User.objects.count()
    user = User.objects.create_user(
        f"{role}{number}@example.org", "correct horse battery", name=f"{role} {number}"
    )
    Membership.objects.create(
        user=user, organisation=organisation, role=role, **{"since": date(2020, 1, 1), **fields}
    )
    return user
