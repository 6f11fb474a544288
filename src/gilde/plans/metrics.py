"""The metrics of plans: how many promises there are, how they stand, and how much about them is not known.

Plans keep how they stand now, not how they stood: for a period without today in it there is no data. Invented
plans are never counted, and where progress is invented only what the plan itself promises is.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from gilde.core import clock
from gilde.core.metrics import PERCENT, Measured, metric
from gilde.core.periods import Period
from gilde.plans.coverage import proven
from gilde.plans.models import Action, Measure, Plan, Tick
from gilde.plans.signals import flag, late, stale, undated

_SOURCE = _("Plans published in this Gilde; definitions on the page “How this is judged”")
# From the Council Recommendation on VET on, plans are made in the form that Gilde reads.
_SINCE = date(2020, 11, 24)


def _plans(period: Period, area: str, *, progress: bool = False) -> QuerySet[Plan] | None:
    """The plans that count; None when the period does not hold today or no plan is of the area."""
    if not period.first_day <= clock.today() <= period.last_day:
        return None
    plans = Plan.objects.filter(state=Plan.State.PUBLISHED, synthetic=False)
    if area:
        plans = plans.filter(country=area)
    if progress:
        plans = plans.filter(progress_synthetic=False)
    return plans if plans.exists() else None


def _actions(plans: QuerySet[Plan]) -> QuerySet[Action]:
    return Action.objects.filter(measure__plan__in=plans.values("pk"), measure__dropped_in=None).order_by()


def _by(things: QuerySet[Any], key: str) -> dict[str, Measured]:
    return {
        str(value): Measured(n) for value, n in things.values_list(key).annotate(n=Count("pk")).order_by(key)
    }


@metric(
    "plans.measures",
    label=_("Measures in plans"),
    unit=_("measures"),
    definition=_(
        "Measures of published plans that are not invented, without those that a later edition dropped."
    ),
    source=_SOURCE,
    valid_from=_SINCE,
)
def measures(period: Period, area: str) -> Measured | None:
    """Return how many measures plans hold now, by kind of plan."""
    plans = _plans(period, area)
    if plans is None:
        return None
    found = Measure.objects.filter(plan__in=plans.values("pk"), dropped_in=None).order_by()
    return Measured(found.count(), breakdowns={"kind": _by(found, "plan__kind")})


@metric(
    "plans.actions_by_state",
    label=_("Actions of plans by state"),
    unit=_("actions"),
    definition=_(
        "Actions of published plans, by the state that was reported. Late: the due date has passed and the "
        "action is neither done nor dropped. Stale: it should be moving and nothing was reported for longer "
        "than the limit."
    ),
    source=_SOURCE,
    valid_from=_SINCE,
)
def actions_by_state(period: Period, area: str) -> Measured | None:
    """Return how many actions plans hold now, by state, and how many of them are late or stale."""
    plans = _plans(period, area, progress=True)
    if plans is None:
        return None
    found, today = _actions(plans), clock.today()
    standing = {
        "late": Measured(found.filter(late(today)).count()),
        "stale": Measured(found.filter(stale(today)).count()),
    }
    return Measured(found.count(), breakdowns={"state": _by(found, "state"), "standing": standing})


@metric(
    "plans.share_dated",
    label=_("Actions with a date"),
    unit=PERCENT,
    definition=_(
        "Actions, not dropped, with a start or a due date, out of all actions that are not dropped."
    ),
    source=_SOURCE,
    valid_from=_SINCE,
)
def share_dated(period: Period, area: str) -> Measured | None:
    """Return the share of actions with a start or due date; None when there is no action."""
    plans = _plans(period, area)
    if plans is None:
        return None
    found = _actions(plans).exclude(state=Action.State.DROPPED)
    total = found.count()
    return Measured(total - found.filter(undated()).count(), total) if total else None


@metric(
    "plans.share_with_evidence",
    label=_("Actions with evidence"),
    unit=PERCENT,
    definition=_(
        "Actions, not dropped, with approved evidence for them or for one of their milestones, out of all "
        "actions that are not dropped."
    ),
    source=_SOURCE,
    valid_from=_SINCE,
)
def share_with_evidence(period: Period, area: str) -> Measured | None:
    """Return the share of actions with approved evidence, by state; None when there is no action."""
    plans = _plans(period, area, progress=True)
    if plans is None:
        return None
    found = _actions(plans).exclude(state=Action.State.DROPPED).annotate(proven=flag(proven(synthetic=False)))
    rows: Any = found.values_list("state").annotate(
        total=Count("pk"), having=Count("pk", filter=Q(proven=True))
    )
    states = {state: Measured(having, total) for state, total, having in rows}
    total = sum(part.denominator or 0 for part in states.values())
    having = sum(part.numerator for part in states.values())
    return Measured(having, total, {"state": states}) if total else None


@metric(
    "plans.share_unknown_ticks",
    label=_("Tick boxes whose state is unknown"),
    unit=PERCENT,
    definition=_(
        "Tick boxes of measures whose state the document that was read has lost, out of all tick boxes."
    ),
    source=_SOURCE,
    valid_from=_SINCE,
)
def share_unknown_ticks(period: Period, area: str) -> Measured | None:
    """Return the share of boxes that are neither ticked nor not ticked, by kind of box."""
    plans = _plans(period, area)
    if plans is None:
        return None
    boxes = Tick.objects.filter(measure__plan__in=plans.values("pk"), measure__dropped_in=None).order_by()
    rows: Any = boxes.values_list("group").annotate(
        total=Count("pk"), lost=Count("pk", filter=Q(ticked=None))
    )
    groups = {group: Measured(lost, total) for group, total, lost in rows}
    total = sum(part.denominator or 0 for part in groups.values())
    lost = sum(part.numerator for part in groups.values())
    return Measured(lost, total, {"group": groups}) if total else None
