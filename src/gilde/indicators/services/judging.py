"""Judgements that a person signs, where the arithmetic cannot know what that person knows."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from gilde.core import audit, clock
from gilde.core.access import Actor, require
from gilde.core.changes import checked
from gilde.core.errors import Invalid
from gilde.indicators.access import can_manage
from gilde.indicators.models import Area, Judgement, Release, Target
from gilde.indicators.models.targets import Status
from gilde.indicators.services.standing import settle
from gilde.indicators.standings import is_measured_by


def sign_judgement(*, actor: Actor, target: Target, area: Area, status: str, ground: str) -> Judgement:
    """Return the signed judgement of how an area stands against a target: it counts until it is taken back.

    It is about the figures that are published now. Raises Refused, and Invalid without a ground, for a target that
    was withdrawn, and for an area that is not measured by the target.
    """
    require(can_manage(actor, target.indicator))
    if target.withdrawn:
        raise Invalid(_("This target was withdrawn, so nobody is judged by it any more."))
    if status not in Status.values:
        raise Invalid(_("Choose how it stands: one of the six statuses."), fields={"status": [status]})
    if not is_measured_by(target, area):
        raise Invalid(
            _("The target is that of %(owner)s, and %(area)s is no part of it.")
            % {"owner": target.area, "area": area}
        )
    return _add(actor, target, area, status, ground)


def take_back(*, actor: Actor, target: Target, area: Area, ground: str) -> Judgement:
    """Return the row that takes the signed judgement of a target and area back: the method alone counts again.

    Raises Refused, and Invalid without a ground or where no judgement counts.
    """
    require(can_manage(actor, target.indicator))
    newest = Judgement.objects.filter(target=target, area=area).order_by("-at", "-pk").first()
    if newest is None or not newest.status:
        raise Invalid(_("There is no signed judgement here that could be taken back."))
    return _add(actor, target, area, "", ground)


def _add(actor: Actor, target: Target, area: Area, status: str, ground: str) -> Judgement:
    if not ground.strip():
        raise Invalid(
            _("Give the ground, in words that everybody may read: what the arithmetic cannot know."),
            fields={"ground": [_("The ground is missing.")]},
        )
    judgement = Judgement(
        target=target,
        area=area,
        status=status,
        ground=ground.strip(),
        figures_until=Release.objects.filter(indicator=target.indicator_id).order_by("-pk").first(),
        by=actor.pk,
        at=clock.now(),
    )
    with transaction.atomic():
        # Nobody signs what Gilde itself judges, and there may be no figures yet.
        unset = [name for name in ("by", "figures_until") if getattr(judgement, name) is None]
        checked(judgement, exclude=unset).save(force_insert=True)
        audit.record(
            actor,
            "indicators.judgement.sign" if status else "indicators.judgement.take-back",
            judgement,
            after={"target": target.pk, "area": area.pk, "status": status},
        )
        settle(actor=actor, indicator=target.indicator)
    return judgement
