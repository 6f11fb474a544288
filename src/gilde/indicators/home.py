"""What indicators put on the start page: how many there are, how targets stand, new figures, where to begin."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Count, Exists, OuterRef, Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gilde.core import home
from gilde.core.access import Actor
from gilde.core.components import Signal
from gilde.indicators.access import visible_indicators, visible_releases
from gilde.indicators.models import Indicator, Release, Standing
from gilde.indicators.models.targets import Status


@home.tile
def indicators(reader: Actor) -> Signal | None:
    """Return how many indicators there are, and how many of them have no figures yet."""
    published = visible_indicators(reader).filter(state=Indicator.State.PUBLISHED)
    told = published.aggregate(
        count=Count("pk"),
        empty=Count("pk", filter=~Exists(Release.objects.filter(indicator=OuterRef("pk")))),
        invented=Count("pk", filter=Q(synthetic=True)),
    )
    if not told["count"]:
        return None
    hint = _("%(count)d without figures yet") % {"count": told["empty"]} if told["empty"] else ""
    if told["invented"]:
        hint = _("%(hint)s; partly invented") % {"hint": hint} if hint else _("partly invented")
    return Signal(_("indicators"), told["count"], hint, reverse("indicators:list"))


@home.tile
def targets(reader: Actor) -> Signal | None:
    """Return how many targets are reached or on track, of how many that can be told."""
    published = Indicator.objects.filter(state=Indicator.State.PUBLISHED).order_by().values("pk")
    told = Standing.objects.filter(target__indicator__in=published, target__withdrawn=False).aggregate(
        count=Count("pk"),
        good=Count("pk", filter=Q(status__in=[Status.REACHED, Status.ON_TRACK])),
        unknown=Count("pk", filter=Q(status=Status.CANNOT_TELL)),
    )
    if not told["count"]:
        return None
    hint = _("of %(count)d") % {"count": told["count"]}
    if told["unknown"]:
        words = _("%(hint)s; for %(unknown)d nobody can tell")
        hint = words % {"hint": hint, "unknown": told["unknown"]}
    return Signal(_("targets reached or on track"), told["good"], hint, reverse("indicators:judged"))


@home.news
def releases(reader: Actor, limit: int) -> Iterable[home.News]:
    """Yield the newest releases of figures of published indicators."""
    published = visible_releases(reader).filter(indicator__state=Indicator.State.PUBLISHED)
    for release in published.select_related("indicator").order_by("-published_at", "-pk")[:limit]:
        url = reverse("indicators:revisions", args=[release.indicator.code]) + f"?release={release.uid}"
        revised = release.revised or release.withdrawn
        kind = _("Figures revised") if revised and not release.added else _("New figures")
        yield home.News(release.published_at.date(), str(release.indicator.name), url, kind)


home.offer(
    "policy-officer",
    "researcher",
    title=gettext_lazy("See whether it worked"),
    text=gettext_lazy(
        "Indicators with their source, definition and breaks, and how they stand against targets."
    ),
    url_name="indicators:list",
)
home.offer(
    "policy-officer",
    "researcher",
    title=gettext_lazy("Compare areas"),
    text=gettext_lazy("Countries and regions side by side, ranked only where their figures can be compared."),
    url_name="indicators:compare",
)
home.offer(
    "learner",
    "company",
    "school",
    "sector-body",
    title=gettext_lazy("See how your area is doing"),
    text=gettext_lazy("Every indicator of a country or region on one page."),
    url_name="indicators:areas",
)
