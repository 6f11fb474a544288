"""What the words of the worked examples of metrics mean (src/gilde/credentials/metrics.yaml)."""

from __future__ import annotations

import itertools
from datetime import UTC, date, datetime, timedelta
from typing import Any

from gilde.credentials.models import OUT, Achievement, Award, CheckCount, Holder, Issuer, Kept
from tests.credentials.factories import OrganisationFactory, UserFactory

_numbers = itertools.count(1)


def _award(
    kind: str = "certificate",
    level: int | None = 4,
    state: str = "issued",
    issued: date = date(2026, 6, 30),
    country: str = "BE",
    kept: int = 0,
    **fields: Any,
) -> Award:
    """An award as it stands: only what is counted matters."""
    number = next(_numbers)
    at = datetime.combine(issued, datetime.min.time(), UTC) + timedelta(hours=12)
    issuer = Issuer.objects.create(
        organisation=OrganisationFactory(country=country), slug=f"issuer-{number}", opened_at=at
    )
    award = Award.objects.create(
        issuer=issuer,
        achievement=Achievement.objects.create(
            issuer=issuer, code=f"achievement-{number}", kind=kind, eqf=level, title=f"Achievement {number}"
        ),
        holder=Holder.objects.create(issuer=issuer, family_name=f"Holder {number}"),
        reference=f"award-{number}",
        state=state,
        awarded_on=issued,
        valid_from=at,
        created_at=at,
        issued_at=at if state in OUT else None,
        stopped_at=at if state in ("revoked", "suspended") else None,
        **fields,
    )
    for _each in range(kept):
        Kept.objects.create(user=UserFactory(), award=award, added_at=at)
    return award


def _checks(**fields: Any) -> CheckCount:
    return CheckCount.objects.create(**fields)


MAKERS = {"award": _award, "checks": _checks}
