"""Things of credentials for tests: an issuer with keys, an achievement with outcomes, awards at each state."""

from __future__ import annotations

import itertools
from datetime import date
from decimal import Decimal
from typing import Any

from gilde.core.access import SYSTEM
from gilde.core.models import User
from gilde.core.text import Text
from gilde.credentials.models import Achievement, AchievementOutcome, Award, Issuer, Kept, Key, State
from gilde.credentials.services import drafting, issuers, issuing, stopping
from gilde.organisations.models import Membership, Organisation
from tests.qualifications.factories import OrganisationFactory, UserFactory, a_member

__all__ = [
    "Membership",
    "OrganisationFactory",
    "UserFactory",
    "a_holder",
    "a_member",
    "an_achievement",
    "an_award",
    "an_issuer",
    "given",
]

_numbers = itertools.count(1)
DAY = date(2025, 6, 30)


def an_issuer(organisation: Organisation | None = None, **fields: Any) -> Issuer:
    """A school that issues, with a key of each kind; the same one when asked again for an organisation."""
    if organisation and (known := Issuer.objects.filter(organisation=organisation).first()):
        return known
    school = organisation or OrganisationFactory(kind=Organisation.Kind.PROVIDER)
    issuer = issuers.open_issuer(
        actor=SYSTEM, organisation=school, **{"legal_id": "0123.456.789", "place": "Genk", **fields}
    )
    # As if it had been open for long: what tests award lies in the past.
    opened = issuer.opened_at.replace(year=2020)
    Issuer.objects.filter(pk=issuer.pk).update(opened_at=opened)
    Key.objects.filter(issuer=issuer).update(since=opened)
    issuer.refresh_from_db()
    return issuer


def an_achievement(issuer: Issuer | None = None, *, outcomes: int = 3, **fields: Any) -> Achievement:
    """A certificate with its outcomes, titled in Dutch and English."""
    number = next(_numbers)
    achievement = Achievement.objects.create(
        issuer=issuer or an_issuer(),
        **{
            "code": f"welder-{number}",
            "title": Text("nl", {"nl": "Lasser", "en": "Welder"}),
            "framework": "VKS",
            "level": "4",
            "eqf": 4,
            "hours": Decimal("850"),
            "credit": Decimal("34"),
            "credit_system": "ects",
            "assessment": Text("nl", {"nl": "Praktijkproef", "en": "Practical test"}),
            "language": "nl",
            **fields,
        },
    )
    for position in range(1, outcomes + 1):
        AchievementOutcome.objects.create(
            achievement=achievement,
            position=position,
            uri=f"https://gilde.example/id/learning-outcome/{number}-{position}",
            title=Text("nl", {"nl": f"Last naad {position}", "en": f"Welds seam {position}"}),
            kind="skill",
        )
    return achievement


def given(**changes: Any) -> drafting.Given:
    """An award as an issuer gives it."""
    number = next(_numbers)
    return drafting.Given(
        **{
            "reference": f"2025-{number:05}",
            "given_name": "Amina",
            "family_name": f"Peeters-{number}",
            "born": date(2004, 3, 9),
            "email": f"amina-{number}@people.example",
            "awarded_on": DAY,
            "grade": "with distinction",
            "assessed_on": DAY,
            **changes,
        }
    )


def an_award(
    achievement: Achievement | None = None,
    state: State = State.ISSUED,
    *,
    notify: bool = False,
    **changes: Any,
) -> Award:
    """An award, walked to a state by the services."""
    award = drafting.draft(actor=SYSTEM, achievement=achievement or an_achievement(), given=given(**changes))
    if state == State.WAITING:
        return issuing.submit(actor=SYSTEM, award=award)
    if state != State.DRAFT:
        award = issuing.issue(actor=SYSTEM, award=award, notify=notify)
    if state == State.SUSPENDED:
        stopping.suspend(actor=SYSTEM, awards=[award], reason="Being looked into", notify=False)
    if state == State.REVOKED:
        stopping.revoke(actor=SYSTEM, awards=[award], reason="Issued by mistake", notify=False)
    return award


def a_holder(award: Award) -> User:
    """A person with the award in their wallet."""
    user: User = UserFactory()
    Kept.objects.create(user=user, award=award, added_at=award.created_at)
    award.holder.user = user
    award.holder.save(update_fields=["user"])
    return user


# Last, because it is made of what stands above.
from tests.credentials.metric_makers import MAKERS  # noqa: E402, F401
