"""Keeping how areas stand, so that a change of status can be noticed, told and looked up."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from gilde.core import audit, clock
from gilde.core.access import Actor
from gilde.indicators.models import Indicator, Standing
from gilde.indicators.standings import Stand, stands


def settle(*, actor: Actor, indicator: Indicator, at: datetime | None = None) -> list[Stand]:
    """Return how areas stand now, stored with what changed since it was last stored, each change in the audit log.

    `at` is the moment of what may have changed it (now). Safe to run again and next to itself: a change is stored by
    whoever comes first.
    """
    moment = at or clock.now()
    with transaction.atomic():
        found = stands(indicator)
        held = {
            (each.target_id, each.area_id): each
            for each in Standing.objects.filter(target__indicator=indicator)
        }
        for stand in found:
            before = held.get((stand.target.pk, stand.area.pk))
            if before is None:
                Standing.objects.get_or_create(
                    target=stand.target,
                    area=stand.area,
                    defaults={"status": stand.status, "changed_at": moment},
                )
            elif before.status != stand.status:
                _change(actor, before, stand, moment)
    return found


def _change(actor: Actor, standing: Standing, stand: Stand, moment: datetime) -> None:
    was = standing.status
    rows = Standing.objects.filter(pk=standing.pk, status=was).update(
        status=stand.status, before=was, changed_at=moment
    )
    if rows:
        audit.record(
            actor,
            "indicators.standing.change",
            standing,
            before={"status": was},
            after={"status": stand.status, "target": stand.target.pk, "area": stand.area.pk},
        )
