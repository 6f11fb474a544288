"""One small world with a thing of each kind, and one actor of each kind around it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import AnonymousUser

from gilde.core import clock
from gilde.core.access import SYSTEM
from gilde.core.models import User
from gilde.organisations.models import Membership
from gilde.plans.models import Measure, Plan, Tick
from gilde.plans.services.reports import make_report
from tests import rows
from tests.indicators.keeping import officers_things
from tests.indicators.reading import readers_things
from tests.plans.desk.factories import an_open_reading, reference, the
from tests.plans.factories import (
    Cast,
    EditionFactory,
    EvidenceFactory,
    MeasureIndicatorFactory,
    MembershipFactory,
    MilestoneFactory,
    ProvisionIndicatorFactory,
    SpendingFactory,
    UpdateFactory,
    UserFactory,
    a_plan,
)


@dataclass
class World:
    """The stored world; `things` are what addresses name."""

    plan: Plan
    measure: Measure
    actors: dict[str, User | AnonymousUser]
    things: dict[str, Any]

    @classmethod
    def make(cls) -> World:
        """Return a stored world: drafts and submitted work are the officer's own."""
        reference()
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
        measure = plan.measures.order_by("position")[0]
        action = measure.actions.order_by("position")[0]
        milestone = MilestoneFactory(measure=measure, action=action)
        written = {"measure": measure, "author": cast.officer.pk}
        line = measure.funding.get()
        reading = an_open_reading(organisation=plan.owner)
        EditionFactory(plan=plan, number=1)
        EditionFactory(plan=plan, number=2)
        provision = Tick.objects.filter(measure=measure, group="provision").order_by("position")[0].provision
        assert provision is not None
        member = MembershipFactory(organisation=plan.owner, role=Membership.Role.READER)
        things = {
            "slug": plan.slug,
            "number": measure.number,
            "organisation": plan.owner.slug,
            "membership": member.pk,
            "action": action.pk,
            "milestone": milestone.pk,
            "draft": UpdateFactory(**written).pk,
            "submitted": UpdateFactory(**written, state="submitted").pk,
            "approved": UpdateFactory(**written, state="approved").pk,
            "evidence": EvidenceFactory(**written, milestone=milestone, state="submitted").pk,
            "proof": EvidenceFactory(**written, milestone=milestone, state="approved").pk,
            "line": line.pk,
            "spending": SpendingFactory(line=line).pk,
            "body": measure.bodies.get().pk,
            "instrument": provision.instrument.code,
            "article": provision.number,
            "reading": reading.pk,
            "value": the(reading, "3.1", "tick", "scope:local").pk,
            "report": make_report(actor=SYSTEM, plan=plan, as_of=clock.today(), language="en").pk,
            "measure_id": measure.pk,
            "indicator_link": MeasureIndicatorFactory(measure=measure).pk,
            "article_link": ProvisionIndicatorFactory(provision=provision).pk,
            **officers_things(plan.owner, cast.officer),
            **readers_things(plan.owner),
            **rows.things(rows.Around(plan.owner, cast.reader, cast.officer, cast.approver, cast.elsewhere)),
        }
        return cls(plan, measure, actors, things)
