"""Invented awards, to see what a real one would look like; nothing of them is stored."""

from __future__ import annotations

from datetime import date
from typing import Final
from uuid import UUID

from gilde.core import clock
from gilde.core.access import SYSTEM
from gilde.core.text import Text
from gilde.credentials import describing
from gilde.credentials.facts import Facts
from gilde.credentials.models import Achievement, Holder, Issuer
from gilde.credentials.services import drafting

_NOBODY: Final = UUID("00000000-0000-4000-8000-000000000001")
_NO_AWARD: Final = UUID("00000000-0000-4000-8000-000000000000")


def specimen(issuer: Issuer) -> Facts:
    """Return an invented award of an issuer."""
    return specimen_of(Achievement(issuer=issuer, code="specimen", title=Text.of("Specimen")))


def specimen_of(achievement: Achievement) -> Facts:
    """Return an award of an achievement to an invented person, today."""
    today = clock.today()
    given = drafting.Given(
        reference="specimen",
        given_name="Sam",
        family_name="Specimen",
        born=date(2000, 2, 29),
        awarded_on=today,
    )
    holder = Holder(
        pk=_NOBODY, issuer=achievement.issuer, given_name="Sam", family_name="Specimen", born=given.born
    )
    award = drafting.made(SYSTEM, achievement, holder, given)
    award.pk = _NO_AWARD
    return describing.facts_of(award)
