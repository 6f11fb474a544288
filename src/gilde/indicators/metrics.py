"""The metrics of indicators: what of the figures is there, and how the targets stand.

What is measured and what is promised is kept as it is now: for a period without today in it there is no data.
Invented indicators are never counted.
"""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Sum
from django.utils.translation import gettext_lazy as _

from gilde.core import clock
from gilde.core.metrics import PERCENT, Measured, metric
from gilde.core.periods import Period
from gilde.indicators.models import Indicator, Observation, Release, Standing, Target
from gilde.indicators.models.targets import Status

_SOURCE = _("Indicators published in this Gilde")
# The targets that these figures are judged against begin with the Council Recommendation on VET.
_SINCE = date(2020, 11, 24)


def _is_now(period: Period) -> bool:
    return period.first_day <= clock.today() <= period.last_day


def _published() -> QuerySet[Indicator]:
    return Indicator.objects.filter(state=Indicator.State.PUBLISHED, synthetic=False).order_by()


@metric(
    "indicators.share_with_figures",
    label=_("Indicators with a figure"),
    unit=PERCENT,
    definition=_(
        "Published indicators of official statistics or of reports, not invented, with at least one figure that is "
        "not missing, out of all of them; for an area: a figure of that area."
    ),
    source=_SOURCE,
    valid_from=_SINCE,
)
def share_with_figures(period: Period, area: str) -> Measured | None:
    """Return the share of indicators that say something now, by kind; None when there is no indicator."""
    if not _is_now(period):
        return None
    figures = Observation.objects.filter(
        series__indicator=OuterRef("pk"), until=None, value__isnull=False
    ).order_by()
    if area:
        figures = figures.filter(series__area=area)
    found = _published().exclude(kind=Indicator.Kind.COMPUTED).annotate(told=Exists(figures))
    rows: Any = found.values_list("kind").annotate(total=Count("pk"), having=Count("pk", filter=Q(told=True)))
    kinds = {kind: Measured(having, total) for kind, total, having in rows}
    total = sum(part.denominator or 0 for part in kinds.values())
    having = sum(part.numerator for part in kinds.values())
    return Measured(having, total, {"kind": kinds}) if total else None


@metric(
    "indicators.targets_by_status",
    label=_("Targets by status"),
    unit=_("targets"),
    definition=_(
        "Targets that hold, of published indicators that are not invented, by how the area that they were issued for "
        "stands after the newest figures. Without any figure nobody can tell."
    ),
    source=_("Targets and statuses in this Gilde; method on the page “How this is judged”"),
    valid_from=_SINCE,
)
def targets_by_status(period: Period, area: str) -> Measured | None:
    """Return how many targets hold now, by status; None when there is none."""
    if not _is_now(period):
        return None
    targets = Target.objects.filter(withdrawn=False, indicator__in=_published().values("pk")).order_by()
    if area:
        targets = targets.filter(area=area)
    if not (total := targets.count()):
        return None
    stands = Standing.objects.filter(target__in=targets.values("pk"), area=F("target__area")).order_by()
    told = Counter(dict(stands.values_list("status").annotate(n=Count("pk"))))
    told[Status.CANNOT_TELL] += total - told.total()
    return Measured(
        total,
        breakdowns={"status": {status: Measured(told[status]) for status in sorted(told) if told[status]}},
    )


@metric(
    "indicators.figures_published",
    label=_("Figures published"),
    unit=_("figures"),
    definition=_(
        "Figures that were added or revised by the releases of the period, of indicators that are published now and "
        "not invented, without what Gilde computes itself. A release is of all areas together, so there is no "
        "figure for one area."
    ),
    source=_("Releases in this Gilde"),
    valid_from=_SINCE,
)
def figures_published(period: Period, area: str) -> Measured | None:
    """Return how many figures were added or revised in the period, by kind of release; None when nothing was."""
    if area:
        return None
    releases = Release.objects.filter(
        indicator__in=_published().values("pk"),
        published_at__date__gte=period.first_day,
        published_at__date__lte=period.last_day,
    ).exclude(kind=Release.Kind.METRIC)
    rows: Any = releases.order_by().values_list("kind").annotate(n=Sum(F("added") + F("revised")))
    kinds = {kind: Measured(n) for kind, n in rows}
    if not kinds:
        return None
    return Measured(sum(part.numerator for part in kinds.values()), breakdowns={"kind": kinds})
