"""The kinds of indicators that have a stable address; `linked.py` says what these give to machines."""

from __future__ import annotations

from uuid import UUID

from django.urls import reverse

from gilde.core.access import Actor
from gilde.core.uris import register
from gilde.indicators import linked
from gilde.indicators.access import visible_indicators, visible_releases, visible_targets
from gilde.indicators.models import Indicator, Release, Target


def _indicator(actor: Actor, key: UUID) -> Indicator | None:
    return visible_indicators(actor).select_related("owner", "body").filter(pk=key).first()


def _release(actor: Actor, key: UUID) -> Release | None:
    return visible_releases(actor).select_related("indicator", "document").filter(uid=key).first()


def _target(actor: Actor, key: UUID) -> Target | None:
    return visible_targets(actor).select_related("indicator", "area").filter(pk=key).first()


register(
    "indicator",
    find=_indicator,
    page=lambda indicator: reverse("indicators:indicator", args=[indicator.code]),
    data=linked.indicator_data,
)
register(
    "release",
    find=_release,
    page=lambda release: (
        reverse("indicators:revisions", args=[release.indicator.code]) + f"?release={release.uid}"
    ),
    data=linked.release_data,
)
register(
    "target",
    find=_target,
    page=lambda target: (
        reverse("indicators:indicator", args=[target.indicator.code]) + f"#target-{target.pk}"
    ),
    data=linked.target_data,
)
