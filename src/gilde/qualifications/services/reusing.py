"""Taking several outcomes into a unit at once: all of them or none."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction

from gilde.core.access import Actor
from gilde.qualifications.models import OutcomeVersion, Unit, UnitOutcome
from gilde.qualifications.services.drafting import reuse_outcome


def reuse_outcomes(
    *, actor: Actor, unit: Unit, lock: int, wordings: Sequence[OutcomeVersion]
) -> list[UnitOutcome]:
    """Put outcomes that exist at the end of a unit, in this order, and return their places.

    Raises Refused, Stale, and Invalid when the file holds one of them already; then none is taken.
    """
    with transaction.atomic():
        return [
            reuse_outcome(actor=actor, unit=unit, lock=lock + number, wording=wording)
            for number, wording in enumerate(wordings)
        ]
