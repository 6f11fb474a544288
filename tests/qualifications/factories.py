"""Things of qualifications for tests: `a_file()` is complete and a draft, `at(state)` puts one at a state."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Any

import factory
import yaml
from django.utils import timezone
from factory.django import DjangoModelFactory

from gilde.core import clock
from gilde.core.models import User
from gilde.core.text import Text
from gilde.organisations.models import Membership, Organisation
from gilde.qualifications import procedures
from gilde.qualifications.models import (
    Committee,
    Concept,
    Element,
    Framework,
    Level,
    Member,
    Outcome,
    OutcomeConcept,
    OutcomeVersion,
    Procedure,
    ProcedureBody,
    Profile,
    ProfileVersion,
    Programme,
    Qualification,
    QualificationVersion,
    Scheme,
    SchemeEdition,
    Stage,
    State,
    Unit,
    UnitOutcome,
)
from gilde.qualifications.models.qualifications import FIXED

DATA = "src/gilde/qualifications/data"
ELEMENTS = (
    "knowledge",
    "cognitive-skills",
    "problem-solving",
    "motor-skills",
    "environment",
    "action-context",
    "autonomy",
    "responsibility",
)


class OrganisationFactory(DjangoModelFactory[Organisation]):
    class Meta:
        model = Organisation

    slug = factory.Sequence(lambda n: f"body-{n}")
    name = factory.Sequence(lambda n: Text.of(f"Body {n}"))
    kind = Organisation.Kind.SECTOR_BODY
    country = "BE"


class UserFactory(DjangoModelFactory[User]):
    class Meta:
        model = User
        skip_postgeneration_save = True

    email = factory.Sequence(lambda n: f"person-{n}@qualifications.example")
    name = factory.Sequence(lambda n: f"Person {n}")


def a_member(organisation: Organisation, role: str = Membership.Role.OFFICER) -> User:
    """A person with a role in an organisation since last year."""
    user = UserFactory()
    Membership.objects.create(
        user=user, organisation=organisation, role=role, since=clock.today() - timedelta(days=365)
    )
    return user


def a_framework(code: str = "vks", levels: int = 8, elements: tuple[str, ...] = ELEMENTS) -> Framework:
    """A framework with levels "1" to "8", each at the same EQF level, and elements; the same one when asked again."""
    framework, made = Framework.objects.get_or_create(
        code=code, defaults={"name": Text.of(code.upper()), "country": "BE", "source": "an example"}
    )
    if made:
        Level.objects.bulk_create(
            Level(framework=framework, position=n, code=str(n), name=Text.of(f"Level {n}"), eqf=n)
            for n in range(1, levels + 1)
        )
        Element.objects.bulk_create(
            Element(
                framework=framework, position=n, code=each, name=Text.of(each.replace("-", " ").capitalize())
            )
            for n, each in enumerate(elements)
        )
    return framework


def a_level(code: str = "4", framework: Framework | None = None) -> Level:
    return Level.objects.get(framework=framework or a_framework(), code=code)


@lru_cache
def _told(code: str) -> dict[str, Any]:
    from pathlib import Path

    path = Path(__file__).resolve().parents[2] / DATA / "procedures" / f"{code}.yaml"
    told: dict[str, Any] = yaml.safe_load(path.read_text())
    return told


def a_procedure(code: str = "vks-professional") -> Procedure:
    """The procedure of a data file, each of its bodies an organisation; the same one when asked again."""
    found = Procedure.objects.filter(code=code).first()
    if found:
        return found
    procedure = procedures.load(_told(code))
    a_framework(procedure.framework)
    for body in ProcedureBody.objects.filter(procedure=procedure):
        body.organisation = OrganisationFactory(
            slug=f"{code}-{body.code}", name=body.name, kind=Organisation.Kind.AGENCY
        )
        body.save()
    return procedure


def a_seat(
    committee: Committee, role: str = Member.Role.MEMBER, votes: int = 1, user: User | None = None
) -> User:
    """A person with a seat on a committee since last year."""
    user = user or UserFactory()
    Member.objects.create(
        committee=committee, user=user, role=role, votes=votes, since=clock.today() - timedelta(days=365)
    )
    return user


class OutcomeFactory(DjangoModelFactory[OutcomeVersion]):
    """The first version of an outcome."""

    class Meta:
        model = OutcomeVersion

    outcome = factory.LazyFunction(lambda: Outcome.objects.create(owner=OrganisationFactory()))
    number = 1
    kind = OutcomeVersion.Kind.SKILL
    verb = Text.of({"en": "Lays", "nl": "Metselt"})
    object = factory.Sequence(lambda n: Text.of({"en": f"walls of kind {n}", "nl": f"muren van soort {n}"}))
    statement = factory.Sequence(
        lambda n: Text.of({"en": f"Lays walls of kind {n}", "nl": f"Metselt muren van soort {n}"})
    )


class QualificationFactory(DjangoModelFactory[Qualification]):
    class Meta:
        model = Qualification

    code = factory.Sequence(lambda n: f"qualification-{n}")
    owner = factory.SubFactory(OrganisationFactory)
    country = "BE"
    sector = "construction"


def a_file(
    state: str = State.DRAFT,
    *,
    procedure: Procedure | None = None,
    units: int = 1,
    outcomes: int = 2,
    level: str | None = None,
    **fields: Any,
) -> QualificationVersion:
    """A complete file of a qualification of its own, put at a state with the dates that the state asks for.

    Fields of the qualification are given with a prefix: `qualification__code="welder"`.
    """
    own = {
        k.removeprefix("qualification__"): fields.pop(k)
        for k in list(fields)
        if k.startswith("qualification__")
    }
    qualification = fields.pop("qualification", None) or QualificationFactory(**own)
    framework = a_framework((procedure.framework if procedure else None) or "vks")
    now = clock.now()
    needs_level = state in FIXED or state in (State.LEVELLED, State.QUALITY_CHECK, State.SENT_FOR_RECOGNITION)
    given = {
        "number": qualification.versions.count() + 1,
        "procedure": procedure or a_procedure(),
        "title": Text.of({"en": f"Title of {qualification.code}", "nl": f"Titel van {qualification.code}"}),
        "summary": Text.of("What such a person does."),
        "framework": framework,
        "level": a_level(level or "4", framework) if needs_level or level else None,
        "hours": 400,
        "credit": Decimal(20),
        "credit_system": "ecvet",
        "assessment": Text.of("A practical test before two examiners."),
        "assessment_type": "practical",
        "participation": ["onsite"],
        "quality": Text.of("Looked at by the inspectorate every six years."),
        "languages": ["nl"],
        "isced_f": ["0732"],
        "state_since": now,
        "recognised_at": now if state in FIXED else None,
        "registered_at": now if state in (State.REGISTERED, State.UNDER_REVIEW, State.SUPERSEDED) else None,
        **fields,
    }
    version = QualificationVersion.objects.create(qualification=qualification, state=state, **given)
    Stage.objects.create(version=version, state=state, since=now)
    for number in range(1, units + 1):
        unit = Unit.objects.create(
            version=version,
            position=number,
            code=f"U{number}",
            title=Text.of(f"Unit {number}"),
            hours=400 // units,
            credit=Decimal(20) / units,
        )
        for place in range(outcomes):
            outcome = OutcomeFactory(
                outcome=Outcome.objects.create(owner=qualification.owner, code=f"U{number}.{place + 1}"),
                fixed_at=now if state in FIXED else None,
            )
            UnitOutcome.objects.create(unit=unit, outcome=outcome, position=place)
    return version


def registered(**fields: Any) -> QualificationVersion:
    """A file on the register."""
    return a_file(State.REGISTERED, **fields)


def linked(outcome: OutcomeVersion, uri: str, *, state: str = "confirmed", **fields: Any) -> OutcomeConcept:
    """A link of an outcome to a skill, confirmed unless said."""
    return OutcomeConcept.objects.create(
        outcome=outcome,
        uri=uri,
        state=state,
        confirmed_at=clock.now() if state != "proposed" else None,
        **{"label": Text.of(uri.rsplit("/", 1)[-1]), "relation": "exact", **fields},
    )


def an_edition(number: str = "1.0", scheme: str = "esco", *, current: bool = True) -> SchemeEdition:
    """A loaded edition of a classification, without concepts."""
    kept, _made = Scheme.objects.get_or_create(code=scheme, defaults={"name": Text.of(scheme.upper())})
    return SchemeEdition.objects.create(
        scheme=kept, number=number, state="loaded", current=current, loaded_at=clock.now(), languages=["en"]
    )


def a_concept(edition: SchemeEdition, label: str, *, kind: str = "skill", **fields: Any) -> Concept:
    """A concept of an edition with an address made of its label."""
    uri = f"http://data.europa.eu/esco/{kind}/{label.replace(' ', '-')}"
    given = {"uri": uri, "label": Text.of(label), **fields}
    return Concept.objects.create(edition=edition, kind=kind, **given)


class ProgrammeFactory(DjangoModelFactory[Programme]):
    class Meta:
        model = Programme

    code = factory.Sequence(lambda n: f"programme-{n}")
    matrix = "flanders-secondary"
    title = factory.Sequence(lambda n: Text.of(f"Programme {n}"))
    owner = factory.SubFactory(OrganisationFactory)
    finality = "labour-market"
    form = "dual"
    domain = "stem"
    years = Decimal(2)
    created_in = 2020


class ProfileFactory(DjangoModelFactory[ProfileVersion]):
    """A published first version of an occupational profile."""

    class Meta:
        model = ProfileVersion

    profile = factory.LazyFunction(
        lambda: Profile.objects.create(code=f"profile-{Profile.objects.count()}", owner=OrganisationFactory())
    )
    number = 1
    state = ProfileVersion.State.PUBLISHED
    title = factory.Sequence(lambda n: Text.of(f"Occupation {n}"))
    published_at = factory.LazyFunction(clock.now)


@dataclass
class Cast:
    """One person for each part in a procedure, and the near misses: same role, elsewhere."""

    drafter: User  # officer of the owner
    signatory: User  # approver of the owner
    reader: User  # reader of the owner
    bodies: dict[str, User]  # "agency-officer", "agency-approver", …
    seats: dict[str, list[User]]  # "validation": chair first, then two members with a vote
    elsewhere: User  # officer and approver of another organisation

    @classmethod
    def of(cls, version: QualificationVersion) -> Cast:
        owner = version.qualification.owner
        stranger = a_member(OrganisationFactory())
        Membership.objects.create(
            user=stranger,
            organisation=stranger.memberships.get().organisation,
            role=Membership.Role.APPROVER,
            since=date(2020, 1, 1),
        )
        bodies, seats = {}, {}
        for body in ProcedureBody.objects.filter(procedure=version.procedure):
            for role in ("officer", "approver"):
                assert body.organisation is not None
                bodies[f"{body.code}-{role}"] = a_member(body.organisation, role)
        for committee in Committee.objects.filter(procedure=version.procedure):
            roles = (Member.Role.CHAIR, Member.Role.MEMBER, Member.Role.MEMBER)
            seats[committee.code] = [a_seat(committee, role) for role in roles]
        return cls(
            drafter=a_member(owner),
            signatory=a_member(owner, Membership.Role.APPROVER),
            reader=a_member(owner, Membership.Role.READER),
            bodies=bodies,
            seats=seats,
            elsewhere=stranger,
        )


def a_day(text: str) -> datetime:
    """Noon of a day, in the current time zone."""
    return timezone.make_aware(
        datetime.combine(date.fromisoformat(text), datetime.min.time().replace(hour=12))
    )


# Last, because it is made of what stands above.
from tests.qualifications.metric_makers import MAKERS  # noqa: E402, F401
