"""What of indicators can be found: indicators and areas.

Published indicators are public; drafts and withdrawn ones are found by the organisation that keeps them, whose id is
the scope of what is its own. Every change is audited, so the audit events say what has to be brought up to date.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any

from django.db.models.signals import post_save
from django.dispatch import receiver
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from gilde.core import search
from gilde.core.models import AuditEvent
from gilde.core.search import PUBLIC, Entry, searchable
from gilde.core.searching import name_kind
from gilde.core.text import Text
from gilde.indicators.models import Area, Indicator

name_kind("indicator", _("Indicators"))
name_kind("area", _("Areas"))


def _joined(*texts: Text) -> Text:
    """Texts one after the other, in each language that one of them has."""
    codes = dict.fromkeys(code for text in texts for code in text.words)
    words = {code: " · ".join(filter(None, (text.words.get(code, "") for text in texts))) for code in codes}
    return Text(texts[0].source, words)


@searchable("indicator")
def indicators(ids: Collection[str] | None) -> Iterator[Entry]:
    """Yield the entries of some or all indicators."""
    found = Indicator.objects.all() if ids is None else Indicator.objects.filter(pk__in=ids)
    for indicator in found.iterator():
        public = indicator.state == Indicator.State.PUBLISHED
        code = Text.of(indicator.code, indicator.definition.source)
        yield Entry(
            id=str(indicator.pk),
            kind="indicator",
            title=indicator.name,
            text=_joined(indicator.definition, indicator.scope, indicator.source, code),
            url=reverse("indicators:indicator", args=[indicator.code]),
            visible=[PUBLIC] if public else [str(indicator.owner_id)] if indicator.owner_id else [],
        )


@searchable("area")
def areas(ids: Collection[str] | None) -> Iterator[Entry]:
    """Yield the entries of some or all areas."""
    found = Area.objects.all() if ids is None else Area.objects.filter(pk__in=ids)
    for area in found.iterator():
        codes = Text.of(" · ".join([area.code, *area.aliases]), area.name.source)
        yield Entry(
            id=area.code,
            kind="area",
            title=area.name,
            text=_joined(codes, area.note),
            url=reverse("indicators:area", args=[area.code]),
        )


@receiver(post_save, sender=AuditEvent, dispatch_uid="indicators.search")
def on_event(sender: type[AuditEvent], instance: AuditEvent, **_signal: Any) -> None:
    """Bring up to date in the index what an event tells of, once its transaction is committed."""
    if instance.object_type == "indicators.indicator":
        search.update("indicator", [instance.object_id])
    elif instance.object_type == "indicators.area":
        # A list of areas is loaded as a whole, under one event.
        search.update("area", list(Area.objects.values_list("pk", flat=True)))
