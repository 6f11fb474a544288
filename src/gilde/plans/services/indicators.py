"""Which indicators measure what: linking them to measures and to provisions, and taking links away."""

from __future__ import annotations

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from gilde.core import audit
from gilde.core.access import Actor, require
from gilde.core.changes import checked
from gilde.core.errors import Invalid, Stale
from gilde.core.text import Text
from gilde.indicators.public import Area, Indicator, visible_indicators
from gilde.plans.access import can_keep_instruments, can_monitor
from gilde.plans.models import Measure, MeasureIndicator, Provision, ProvisionIndicator


def link_indicator(
    *, actor: Actor, measure: Measure, indicator: Indicator, area: str = "", note: Text | None = None
) -> MeasureIndicator:
    """Return the link of an indicator to a measure, the last of its links.

    `area` is the code of the area whose figures count, "" for the area of the plan. Raises Refused, and Invalid for
    an indicator or area that the actor does not know, or for a link that there is already.
    """
    require(can_monitor(actor, measure.plan))
    _known(actor, indicator)
    if area and not Area.objects.filter(pk=area).exists():
        raise Invalid(_("Area: there is none with the code “%(code)s”.") % {"code": area})
    with transaction.atomic():
        links = MeasureIndicator.objects.filter(measure=measure)
        if links.filter(indicator=indicator, area=area).exists():
            raise Invalid(
                _("Indicator: it is linked to this measure already, with figures of the same area.")
            )
        last = links.aggregate(last=Max("position"))["last"] or 0
        link = checked(
            MeasureIndicator(
                measure=measure, indicator=indicator, area=area, note=note or Text(), position=last + 1
            )
        )
        link.save(force_insert=True)
        audit.record(actor, "plans.measure.link-indicator", measure, after=_auditable(link))
    return link


def unlink_indicator(*, actor: Actor, link: MeasureIndicator) -> None:
    """Take an indicator away from its measure; its figures stay. Raises Refused, and Stale when it is gone."""
    require(can_monitor(actor, link.measure.plan))
    with transaction.atomic():
        audit.record(actor, "plans.measure.unlink-indicator", link.measure, before=_auditable(link))
        _gone(MeasureIndicator.objects.filter(pk=link.pk).delete()[0])


def link_provision(*, actor: Actor, provision: Provision, indicator: Indicator) -> ProvisionIndicator:
    """Return the link of an indicator to a provision of an instrument. Raises Refused and Invalid."""
    require(can_keep_instruments(actor))
    _known(actor, indicator)
    with transaction.atomic():
        if ProvisionIndicator.objects.filter(provision=provision, indicator=indicator).exists():
            raise Invalid(_("Indicator: it is linked to this article already."))
        link = checked(ProvisionIndicator(provision=provision, indicator=indicator))
        link.save(force_insert=True)
        audit.record(actor, "plans.provision.link-indicator", provision, after={"indicator": indicator.code})
    return link


def unlink_provision(*, actor: Actor, link: ProvisionIndicator) -> None:
    """Take an indicator away from a provision. Raises Refused, and Stale when it is gone already."""
    require(can_keep_instruments(actor))
    with transaction.atomic():
        audit.record(
            actor,
            "plans.provision.unlink-indicator",
            link.provision,
            before={"indicator": link.indicator.code},
        )
        _gone(ProvisionIndicator.objects.filter(pk=link.pk).delete()[0])


def _known(actor: Actor, indicator: Indicator) -> None:
    if not visible_indicators(actor).filter(pk=indicator.pk).exists():
        raise Invalid(_("Indicator: there is none of this name, or you may not see it."))


def _gone(rows: int) -> None:
    if rows != 1:
        raise Stale(_("Somebody else took this link away in the meantime."))


def _auditable(link: MeasureIndicator) -> dict[str, object]:
    return {"indicator": link.indicator.code, "area": link.area, "note": link.note.as_json()}
