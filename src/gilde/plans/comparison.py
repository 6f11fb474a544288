"""Two or more plans side by side: what they answer to, how they are built, how they stand. No score."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Count, Max, Min, Q

from gilde.core.access import SYSTEM
from gilde.core.text import Text
from gilde.indicators.public import Indicator
from gilde.plans import measured, signals
from gilde.plans.measured import Told
from gilde.plans.models import Action, Block, Measure, Plan, Provision, Tick
from gilde.plans.signals import Signals


@dataclass(frozen=True)
class Counts:
    """How many measures have a box ticked, not ticked, unknown."""

    ticked: int = 0
    not_ticked: int = 0
    unknown: int = 0

    @property
    def boxes(self) -> int:
        return self.ticked + self.not_ticked + self.unknown


@dataclass(frozen=True)
class Aligned:
    """A provision with the counts of each plan; None where the plan does not answer to its instrument."""

    number: str
    title: Text
    instrument: Text
    code: str
    counts: tuple[Counts | None, ...]


@dataclass(frozen=True)
class Dates:
    """The earliest start and latest due date of a plan's actions; how many, not dropped, are dated."""

    first: date | None = None
    last: date | None = None
    dated: int = 0
    total: int = 0


@dataclass(frozen=True)
class Compared:
    """One plan in the comparison."""

    plan: Plan
    measures: int
    blocks: tuple[tuple[str, Text, int], ...]
    signals: Signals
    dates: Dates


@dataclass(frozen=True)
class Shared:
    """An indicator that two plans or more have linked, with what it says of each; empty where one has not."""

    indicator: Indicator
    told: tuple[tuple[Told, ...], ...]


@dataclass(frozen=True)
class Comparison:
    """The plans in the order asked for, the provisions of all their instruments, and the indicators they share."""

    plans: tuple[Compared, ...]
    alignment: tuple[Aligned, ...]
    shared: tuple[Shared, ...] = ()


def compare(plans: Sequence[Plan], today: date | None = None) -> Comparison:
    """Return the comparison of plans, whose instruments are fetched, in a constant number of queries."""
    ids = [plan.pk for plan in plans]
    found = signals.of_plans(ids, today)
    current = {"plan__in": ids, "dropped_in": None}
    measures = dict(Measure.objects.filter(**current).order_by().values_list("plan").annotate(n=Count("pk")))
    blocks: dict[UUID, list[tuple[str, Text, int]]] = defaultdict(list)
    for plan_id, number, title, count in (
        Block.objects.filter(plan__in=ids)
        .order_by("position")
        .annotate(n=Count("measures", filter=Q(measures__dropped_in=None)))
        .values_list("plan_id", "number", "title", "n")
    ):
        blocks[plan_id].append((number, title, count))
    dates = _dates(ids)
    return Comparison(
        tuple(
            Compared(
                plan,
                measures.get(plan.pk, 0),
                tuple(blocks[plan.pk]),
                found[plan.pk],
                dates.get(plan.pk, Dates()),
            )
            for plan in plans
        ),
        _alignment(plans),
        _shared(ids),
    )


def _shared(ids: Sequence[UUID]) -> tuple[Shared, ...]:
    """The published indicators of at least two of the plans, each area once."""
    found: dict[UUID, dict[UUID, dict[str, Told]]] = defaultdict(lambda: defaultdict(dict))
    indicators: dict[UUID, Indicator] = {}
    for link in measured.linked(SYSTEM, published=True, plan__in=ids, dropped_in=None):
        indicators[link.indicator.pk] = link.indicator
        found[link.indicator.pk][link.plan].setdefault(link.area, link.told)
    return tuple(
        Shared(indicators[key], tuple(tuple(by_plan[plan].values()) for plan in ids))
        for key, by_plan in found.items()
        if len(by_plan) > 1
    )


def _dates(ids: Sequence[UUID]) -> dict[UUID, Dates]:
    rows = (
        Action.objects.filter(measure__plan__in=ids, measure__dropped_in=None)
        .exclude(state=Action.State.DROPPED)
        .order_by()
        .values_list("measure__plan")
        .annotate(
            first=Min("start"),
            last=Max("due"),
            dated=Count("pk", filter=Q(start__isnull=False) | Q(due__isnull=False)),
            total=Count("pk"),
        )
    )
    return {row[0]: Dates(*row[1:]) for row in rows}


def _alignment(plans: Sequence[Plan]) -> tuple[Aligned, ...]:
    answers = {plan.pk: {instrument.pk for instrument in plan.instruments.all()} for plan in plans}
    provisions = (
        Provision.objects.filter(instrument__in=set().union(*answers.values()))
        .order_by("instrument__adopted", "instrument__code", "position")
        .values_list("pk", "number", "title", "instrument__short_title", "instrument_id", "instrument__code")
    )
    counted = _counts([plan.pk for plan in plans])
    return tuple(
        Aligned(
            number,
            title,
            above,
            code,
            tuple(
                counted.get((plan.pk, pk), Counts()) if instrument in answers[plan.pk] else None
                for plan in plans
            ),
        )
        for pk, number, title, above, instrument, code in provisions
    )


def _counts(ids: Sequence[UUID]) -> Mapping[tuple[UUID, UUID], Counts]:
    rows: Any = (
        Tick.objects.filter(measure__plan__in=ids, measure__dropped_in=None, group=Tick.Group.PROVISION)
        .order_by()
        .values_list("measure__plan", "provision")
        .annotate(
            yes=Count("pk", filter=Q(ticked=True)),
            no=Count("pk", filter=Q(ticked=False)),
            doubt=Count("pk", filter=Q(ticked=None)),
        )
    )
    return {(plan, provision): Counts(*counts) for plan, provision, *counts in rows}
