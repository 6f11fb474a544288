"""Plans and the people around them, for every test that needs some.

`PlanFactory()` is a published plan without measures, `a_plan(measures=…, actions=…)` one with everything.
`Cast.of(plan)` gives one person of each kind: the roles of the owner, the same role elsewhere, a stranger.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from datetime import date as day
from typing import Any

import factory
from django.contrib.auth.models import AnonymousUser
from factory.django import DjangoModelFactory

from gilde.core.models import User
from gilde.core.text import Text
from gilde.organisations.models import Membership, Organisation
from gilde.plans.models import (
    Action,
    Block,
    Citation,
    Edition,
    Evidence,
    FundingLine,
    Instrument,
    Measure,
    MeasureBody,
    MeasureIndicator,
    Milestone,
    Note,
    Plan,
    Provision,
    ProvisionIndicator,
    Section,
    Spending,
    TargetGroup,
    Tick,
    Update,
)
from tests.indicators.factories import IndicatorFactory

PASSWORD = "correct horse battery"
MOMENT = datetime(2026, 1, 15, 12, tzinfo=UTC)


class UserFactory(DjangoModelFactory[User]):
    class Meta:
        model = User
        skip_postgeneration_save = True

    email = factory.Sequence(lambda n: f"person{n}@example.org")
    name = factory.Sequence(lambda n: f"Person {n}")
    password = factory.django.Password(PASSWORD)


class OrganisationFactory(DjangoModelFactory[Organisation]):
    class Meta:
        model = Organisation

    slug = factory.Sequence(lambda n: f"organisation-{n}")
    name = factory.Sequence(lambda n: Text.of({"en": f"Organisation {n}", "nl": f"Organisatie {n}"}))
    kind = Organisation.Kind.MINISTRY
    country = "BE"


class MembershipFactory(DjangoModelFactory[Membership]):
    class Meta:
        model = Membership

    user = factory.SubFactory(UserFactory)
    organisation = factory.SubFactory(OrganisationFactory)
    role = Membership.Role.OFFICER
    since = day(2020, 1, 1)


class InstrumentFactory(DjangoModelFactory[Instrument]):
    class Meta:
        model = Instrument

    code = factory.Sequence(lambda n: f"instrument-{n}")
    kind = Instrument.Kind.DECLARATION
    title = factory.Sequence(lambda n: Text.of(f"Declaration {n} on vocational education and training"))
    short_title = factory.Sequence(lambda n: Text.of(f"Declaration {n}"))
    adopted = day(2020, 11, 30)


class ProvisionFactory(DjangoModelFactory[Provision]):
    class Meta:
        model = Provision

    instrument = factory.SubFactory(InstrumentFactory)
    position = factory.Sequence(lambda n: n)
    number = factory.LazyAttribute(lambda o: str(o.position))
    title = factory.LazyAttribute(lambda o: Text.of(f"Article {o.number}"))


class TargetGroupFactory(DjangoModelFactory[TargetGroup]):
    class Meta:
        model = TargetGroup
        django_get_or_create = ("key",)

    position = factory.Sequence(lambda n: n)
    key = factory.LazyAttribute(lambda o: f"group-{o.position}")
    heading = Text.of("Learners")
    name = factory.LazyAttribute(lambda o: Text.of(f"Target group {o.position}"))


class PlanFactory(DjangoModelFactory[Plan]):
    class Meta:
        model = Plan

    slug = factory.Sequence(lambda n: f"plan-{n}")
    kind = Plan.Kind.IMPLEMENTATION
    title = factory.Sequence(
        lambda n: Text.of({"en": f"Implementation plan {n}", "nl": f"Uitvoeringsplan {n}"})
    )
    short_title = factory.Sequence(lambda n: Text.of({"en": f"Plan {n}", "nl": f"Plan {n}"}))
    owner = factory.SubFactory(OrganisationFactory)
    country = "BE"
    published_on = day(2022, 12, 31)
    period_start = 2022
    period_end = 2030


class EditionFactory(DjangoModelFactory[Edition]):
    class Meta:
        model = Edition

    plan = factory.SubFactory(PlanFactory)
    number = 1
    file_name = "plan.md"
    content = factory.LazyFunction(dict)
    content_hash = "0" * 64
    published_at = MOMENT


class BlockFactory(DjangoModelFactory[Block]):
    class Meta:
        model = Block

    plan = factory.SubFactory(PlanFactory)
    position = factory.Sequence(lambda n: n)
    number = factory.LazyAttribute(lambda o: str(o.position))
    title = factory.LazyAttribute(lambda o: Text.of(f"Building block {o.number}"))


class MeasureFactory(DjangoModelFactory[Measure]):
    class Meta:
        model = Measure

    plan = factory.SubFactory(PlanFactory)
    position = factory.Sequence(lambda n: n % 30_000)
    number = factory.LazyAttribute(lambda o: f"3.{o.position}")
    title = factory.LazyAttribute(lambda o: Text.of(f"Measure {o.number}"))


class SectionFactory(DjangoModelFactory[Section]):
    class Meta:
        model = Section

    measure = factory.SubFactory(MeasureFactory)
    name = "rationale"
    text = Text.of("Why this is needed.")


class TickFactory(DjangoModelFactory[Tick]):
    """A provision tick with `provision=`, a target tick with `target_group=`, else one of scope."""

    class Meta:
        model = Tick

    measure = factory.SubFactory(MeasureFactory)
    provision = None
    target_group = None
    ticked = True

    @factory.lazy_attribute
    def group(self) -> str:
        if self.provision is not None:
            return Tick.Group.PROVISION
        return Tick.Group.TARGET if self.target_group is not None else Tick.Group.SCOPE

    @factory.lazy_attribute
    def code(self) -> str:
        if self.provision is not None:
            return f"{self.provision.instrument.code}:{self.provision.number}"
        return self.target_group.key if self.target_group is not None else "national"


class MeasureBodyFactory(DjangoModelFactory[MeasureBody]):
    class Meta:
        model = MeasureBody

    measure = factory.SubFactory(MeasureFactory)
    name = factory.Sequence(lambda n: f"Department {n}")


class FundingLineFactory(DjangoModelFactory[FundingLine]):
    class Meta:
        model = FundingLine

    measure = factory.SubFactory(MeasureFactory)
    amount = 1000
    currency = "EUR"
    period = FundingLine.Period.TOTAL


class SpendingFactory(DjangoModelFactory[Spending]):
    class Meta:
        model = Spending

    line = factory.SubFactory(FundingLineFactory)
    kind = Spending.Kind.COMMITTED
    amount = 100
    date = day(2025, 6, 1)


class CitationFactory(DjangoModelFactory[Citation]):
    class Meta:
        model = Citation

    measure = factory.SubFactory(MeasureFactory)
    edition = factory.SubFactory(EditionFactory, plan=factory.SelfAttribute("..measure.plan"))
    subject = "section:rationale"
    quote = "Why this is needed."
    anchor = factory.LazyFunction(lambda: {"start": 0, "end": 19})


class NoteFactory(DjangoModelFactory[Note]):
    class Meta:
        model = Note

    measure = factory.SubFactory(MeasureFactory)
    date = day(2024, 1, 1)
    text = Text.of("The rules have changed since.")
    source = "Official journal"


class ActionFactory(DjangoModelFactory[Action]):
    """A planned action; `state=` fills the dates that the state needs."""

    class Meta:
        model = Action

    measure = factory.SubFactory(MeasureFactory)
    position = factory.Sequence(lambda n: n % 30_000)
    title = factory.Sequence(lambda n: Text.of(f"Action {n}"))
    state = Action.State.PLANNED
    started_on = factory.LazyAttribute(
        lambda o: day(2025, 1, 1) if o.state == Action.State.UNDER_WAY else None
    )
    finished_on = factory.LazyAttribute(lambda o: day(2025, 6, 1) if o.state == Action.State.DONE else None)
    dropped_because = factory.LazyAttribute(lambda o: "No money." if o.state == Action.State.DROPPED else "")


class MilestoneFactory(DjangoModelFactory[Milestone]):
    class Meta:
        model = Milestone

    measure = factory.SubFactory(MeasureFactory)
    title = factory.Sequence(lambda n: Text.of(f"Milestone {n}"))
    due = day(2026, 6, 30)
    due_precision = "day"
    state = Milestone.State.OPEN
    met_on = factory.LazyAttribute(lambda o: day(2025, 6, 1) if o.state == Milestone.State.MET else None)
    missed_because = factory.LazyAttribute(
        lambda o: "It took longer." if o.state == Milestone.State.MISSED else ""
    )


class MeasureIndicatorFactory(DjangoModelFactory[MeasureIndicator]):
    """A link to a published indicator; `area=` is the code whose figures count."""

    class Meta:
        model = MeasureIndicator

    measure = factory.SubFactory(MeasureFactory)
    indicator = factory.SubFactory(IndicatorFactory)
    position = factory.Sequence(lambda n: n % 30_000)


class ProvisionIndicatorFactory(DjangoModelFactory[ProvisionIndicator]):
    class Meta:
        model = ProvisionIndicator

    provision = factory.SubFactory(ProvisionFactory)
    indicator = factory.SubFactory(IndicatorFactory)


class _ReviewedFactory(DjangoModelFactory[Any]):
    """`state=` fills the moments that the state needs; `author=` is the id of a user."""

    class Meta:
        abstract = True

    measure = factory.SubFactory(MeasureFactory)
    state = "draft"
    author = factory.LazyFunction(uuid.uuid4)
    submitted_at = factory.LazyAttribute(lambda o: None if o.state == "draft" else MOMENT)
    decided_at = factory.LazyAttribute(lambda o: MOMENT if o.state in {"approved", "returned"} else None)


class EvidenceFactory(_ReviewedFactory):
    class Meta:
        model = Evidence

    kind = Evidence.Kind.LINK
    title = factory.Sequence(lambda n: Text.of(f"Evidence {n}"))
    date = day(2025, 12, 1)
    url = "https://example.org/report"
    retrieved_on = day(2025, 12, 2)


class UpdateFactory(_ReviewedFactory):
    class Meta:
        model = Update

    text = factory.Sequence(lambda n: Text.of(f"Progress {n}"))
    date = day(2025, 12, 1)


@dataclass(frozen=True)
class Cast:
    """One person of each kind around a plan; `elsewhere` writes and approves in another organisation."""

    officer: User
    approver: User
    reader: User
    administrator: User
    elsewhere: User
    anonymous: AnonymousUser

    @classmethod
    def of(cls, plan: Plan) -> Cast:
        """Return stored people with their roles in the organisation that owns the plan."""
        role = Membership.Role

        def person(organisation: Organisation, *roles: str) -> User:
            user = UserFactory()
            for each in roles:
                MembershipFactory(user=user, organisation=organisation, role=each)
            return user

        return cls(
            officer=person(plan.owner, role.OFFICER),
            approver=person(plan.owner, role.APPROVER),
            reader=person(plan.owner, role.READER),
            administrator=person(plan.owner, role.ADMINISTRATOR),
            elsewhere=person(OrganisationFactory(), role.OFFICER, role.APPROVER),
            anonymous=AnonymousUser(),
        )

    def everyone(self) -> dict[str, User | AnonymousUser]:
        """Return each person by the name of their part."""
        return {field.name: getattr(self, field.name) for field in fields(self)}


def provisions(count: int = 4, **instrument: Any) -> list[Provision]:
    """Return the provisions 1 to `count` of one new instrument."""
    of = InstrumentFactory(**instrument)
    return [ProvisionFactory(instrument=of, position=n, number=str(n)) for n in range(1, count + 1)]


def a_plan(*, measures: int = 3, actions: int = 2, **plan: Any) -> Plan:
    """Return a plan whose measures have a section, ticks of each kind in turn, a body, money and actions."""
    plan_ = PlanFactory(**plan)
    articles = provisions()
    plan_.instruments.add(articles[0].instrument)
    groups = [TargetGroupFactory(key=f"group-{n}", position=n) for n in range(1, 5)]
    blocks = [BlockFactory(plan=plan_, position=n, number=str(n)) for n in (1, 2)]
    for n in range(1, measures + 1):
        measure = MeasureFactory(plan=plan_, position=n, number=f"3.{n}", block=blocks[n % 2])
        SectionFactory(measure=measure)
        for k, provision in enumerate(articles):
            TickFactory(
                measure=measure, provision=provision, position=k, ticked=(True, False, None)[(n + k) % 3]
            )
        for k, group in enumerate(groups):
            TickFactory(
                measure=measure, target_group=group, position=k, ticked=(True, None, False)[(n + k) % 3]
            )
        MeasureBodyFactory(measure=measure)
        FundingLineFactory(measure=measure)
        for k in range(actions):
            ActionFactory(measure=measure, position=k + 1, due=day(2026, 1 + k, 28), due_precision="day")
    return plan_


def _evidence(**fields: Any) -> Evidence:
    """Return evidence of the measure that its action or milestone belongs to."""
    about = fields.get("action") or fields.get("milestone")
    measure = {"measure": about.measure} if about else {}
    made: Evidence = EvidenceFactory(**measure, **fields)
    return made


def _milestone(**fields: Any) -> Milestone:
    measure = {"measure": fields["action"].measure} if "action" in fields else {}
    made: Milestone = MilestoneFactory(**measure, **fields)
    return made


# What the words of the worked examples of metrics mean (src/gilde/plans/metrics.yaml).
MAKERS: dict[str, Any] = {
    "plan": PlanFactory,
    "measure": MeasureFactory,
    "action": ActionFactory,
    "milestone": _milestone,
    "evidence": _evidence,
    "tick": TickFactory,
}
