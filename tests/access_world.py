"""One small world with a thing of each kind, and one actor of each kind around it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import AnonymousUser

from gilde.core.models import User
from gilde.plans.models import Measure, Plan
from tests.plans.factories import Cast, UserFactory, a_plan


@dataclass
class World:
    plan: Plan
    measure: Measure
    actors: dict[str, User | AnonymousUser]
    things: dict[str, Any]

    @classmethod
    def make(cls) -> World:
        """Return a stored world."""
        plan = a_plan(slug="the-plan")
        cast = Cast.of(plan)
        actors: dict[str, User | AnonymousUser] = {
            "anonymous": AnonymousUser(),
            "citizen": UserFactory(),
            "elsewhere": cast.elsewhere,
            "reader": cast.reader,
            "officer": cast.officer,
            "approver": cast.approver,
            "administrator": UserFactory(is_staff=True, is_superuser=True),
        }
        measure = plan.measures.order_by("position").first()
        assert measure is not None
        return cls(plan, measure, actors, {})
