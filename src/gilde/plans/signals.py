"""The four honest signals of a measure and of a plan, side by side and never one percentage.

Everything here is computed from dates and rows on the day of asking. Late and stale exist twice, as a
function of one action and as a filter for the database; tests hold them to each other.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import (
    Aggregate,
    BooleanField,
    Case,
    Count,
    Max,
    OuterRef,
    Q,
    Subquery,
    Sum,
    Value,
    When,
)

from gilde.core import clock
from gilde.indicators.public import Indicator, Status, stamps
from gilde.plans.measured import ON_TRACK, STAMPS, Ask, area_of, told
from gilde.plans.models import Action, Evidence, FundingLine, Measure, Spending
from gilde.plans.thresholds import stale_after

State = Action.State
OPEN = (State.PLANNED, State.UNDER_WAY)


def is_late(action: Action, today: date) -> bool:
    """Return whether the end of an action's due interval has passed while it is neither done nor dropped."""
    return action.state in OPEN and action.due is not None and action.due < today


def is_stale(action: Action, today: date, days: int | None = None) -> bool:
    """Return whether nothing was heard of an action that should be moving for more than `days` days.

    Moving is under way, or planned with its start reached. Heard is reported, started, or planned to start.
    """
    moving = action.state == State.UNDER_WAY or (
        action.state == State.PLANNED and action.start is not None and action.start <= today
    )
    since = today - timedelta(days=stale_after(today) if days is None else days)
    heard = (action.reported_on, action.started_on, action.start)
    return moving and not any(day is not None and since <= day <= today for day in heard)


def late(today: date, prefix: str = "") -> Q:
    """Return the filter for late actions; `prefix` leads to the action."""
    return Q(**{f"{prefix}state__in": OPEN, f"{prefix}due__lt": today})


def stale(today: date, prefix: str = "", days: int | None = None) -> Q:
    """Return the filter for stale actions; `prefix` leads to the action."""
    window = (today - timedelta(days=stale_after(today) if days is None else days), today)
    moving = Q(**{f"{prefix}state": State.UNDER_WAY}) | Q(
        **{f"{prefix}state": State.PLANNED, f"{prefix}start__lte": today}
    )
    heard = Q()
    for name in ("reported_on", "started_on", "start"):
        heard |= Q(**{f"{prefix}{name}__isnull": False, f"{prefix}{name}__range": window})
    return moving & ~heard


def undated(prefix: str = "") -> Q:
    """Return the filter for actions, dropped ones aside, with neither a start nor a due date."""
    return Q(**{f"{prefix}start": None, f"{prefix}due": None}) & ~Q(**{f"{prefix}state": State.DROPPED})


def flag(condition: Q) -> Case:
    """Return a filter as a true or false column."""
    return Case(When(condition, then=Value(True)), default=Value(False), output_field=BooleanField())


@dataclass(frozen=True)
class ActionSignal:
    """Numbers of actions. `late` and `stale` are among the planned and the ones under way."""

    total: int = 0
    planned: int = 0
    under_way: int = 0
    done: int = 0
    dropped: int = 0
    late: int = 0
    stale: int = 0
    undated: int = 0

    def __add__(self, other: ActionSignal) -> ActionSignal:
        return ActionSignal(*(getattr(self, f.name) + getattr(other, f.name) for f in fields(self)))


@dataclass(frozen=True)
class EvidenceSignal:
    """How much evidence was approved, the date of the newest piece, and how much waits to be decided on."""

    approved: int = 0
    newest: date | None = None
    waiting: int = 0

    def age(self, today: date | None = None) -> int | None:
        """Return how old the newest approved evidence is, in days; None when there is none."""
        return None if self.newest is None else ((today or clock.today()) - self.newest).days

    def __add__(self, other: EvidenceSignal) -> EvidenceSignal:
        newest = max((day for day in (self.newest, other.newest) if day), default=None)
        return EvidenceSignal(self.approved + other.approved, newest, self.waiting + other.waiting)


@dataclass(frozen=True)
class IndicatorSignal:
    """How many indicators are on track, off track, or cannot be judged; all zero when none measures this."""

    on_track: int = 0
    off_track: int = 0
    cannot_tell: int = 0

    @property
    def total(self) -> int:
        return self.on_track + self.off_track + self.cannot_tell

    def __add__(self, other: IndicatorSignal) -> IndicatorSignal:
        return IndicatorSignal(*(getattr(self, f.name) + getattr(other, f.name) for f in fields(self)))


@dataclass(frozen=True)
class Amounts:
    """Money in one currency. None is unknown, never 0; a year's amounts are never added to those in all."""

    currency: str
    in_all: Decimal | None = None
    a_year: Decimal | None = None
    unsaid: Decimal | None = None  # the plan does not say whether this is a year's amount or the whole
    committed: Decimal | None = None
    spent: Decimal | None = None

    def __add__(self, other: Amounts) -> Amounts:
        if self.currency != other.currency:
            raise ValueError(f"{self.currency} and {other.currency} are not added up.")
        names = [f.name for f in fields(self)][1:]
        return Amounts(self.currency, *(_plus(getattr(self, name), getattr(other, name)) for name in names))


@dataclass(frozen=True)
class MoneySignal:
    """Money by currency, the number of funding lines, and how many of them name no amount."""

    amounts: tuple[Amounts, ...] = ()
    lines: int = 0
    without_amount: int = 0

    def __add__(self, other: MoneySignal) -> MoneySignal:
        by_currency: dict[str, Amounts] = {}
        for each in (*self.amounts, *other.amounts):
            known = by_currency.get(each.currency)
            by_currency[each.currency] = known + each if known else each
        return MoneySignal(
            tuple(by_currency[code] for code in sorted(by_currency)),
            self.lines + other.lines,
            self.without_amount + other.without_amount,
        )


@dataclass(frozen=True)
class Signals:
    """The four signals of one measure, or of a whole plan."""

    actions: ActionSignal = ActionSignal()
    evidence: EvidenceSignal = EvidenceSignal()
    indicators: IndicatorSignal = IndicatorSignal()
    money: MoneySignal = MoneySignal()

    def __add__(self, other: Signals) -> Signals:
        return Signals(*(getattr(self, f.name) + getattr(other, f.name) for f in fields(self)))


def of_measures(today: date | None = None, **where: Any) -> dict[UUID, Signals]:
    """Return the signals of the measures that match `where`, by id, in a constant number of queries."""
    return _collect("measure_id", today or clock.today(), where)


def of_plan(plan_id: UUID, today: date | None = None) -> tuple[Signals, dict[UUID, Signals]]:
    """Return the signals of a plan and of each of its measures that is still in it."""
    measures = of_measures(today, plan=plan_id, dropped_in=None)
    return sum(measures.values(), Signals()), measures


def of_plans(plan_ids: Iterable[UUID], today: date | None = None) -> dict[UUID, Signals]:
    """Return the signals of several plans, by id, in a constant number of queries."""
    ids = list(plan_ids)
    found = _collect("measure__plan_id", today or clock.today(), {"plan__in": ids, "dropped_in": None})
    return {plan_id: found.get(plan_id, Signals()) for plan_id in ids}


def _collect(key: str, today: date, where: Mapping[str, Any]) -> dict[UUID, Signals]:
    scope = {f"measure__{name}": value for name, value in where.items()}
    actions = _actions(key, today, scope)
    evidence, indicators = _proofs(key.removeprefix("measure__").replace("measure_id", "pk"), today, where)
    money = _money(key, scope)
    return {
        each: Signals(
            actions.get(each, ActionSignal()),
            evidence.get(each, EvidenceSignal()),
            indicators.get(each, IndicatorSignal()),
            money.get(each, MoneySignal()),
        )
        for each in {*actions, *evidence, *money, *indicators}
    }


def _actions(key: str, today: date, scope: Mapping[str, Any]) -> dict[UUID, ActionSignal]:
    def count(condition: Q) -> Count:
        return Count("pk", filter=condition)

    rows = (
        Action.objects.filter(**scope)
        .order_by()
        .values_list(key)
        .annotate(
            total=Count("pk"),
            planned=count(Q(state=State.PLANNED)),
            under_way=count(Q(state=State.UNDER_WAY)),
            done=count(Q(state=State.DONE)),
            dropped=count(Q(state=State.DROPPED)),
            late=count(late(today)),
            stale=count(stale(today)),
            undated=count(undated()),
        )
    )
    return {row[0]: ActionSignal(*row[1:]) for row in rows}


def _proofs(
    key: str, today: date, where: Mapping[str, Any]
) -> tuple[dict[UUID, EvidenceSignal], dict[UUID, IndicatorSignal]]:
    """Evidence and indicators, from one query with a row for each measure and indicator.

    Only published indicators count: a signal is the same for every reader.
    """
    to = "indicator_links__indicator"
    names = (f"{to}_id", f"{to}__state", "indicator_links__area", "plan__country")
    rows = (
        Measure.objects.filter(**where)
        .order_by()
        .annotate(
            approved=_of_measure(Count("pk"), Evidence.State.APPROVED),
            newest=_of_measure(Max("date"), Evidence.State.APPROVED),
            waiting=_of_measure(Count("pk"), Evidence.State.SUBMITTED),
            **stamps(to),
        )
        .values_list("pk", key, "approved", "newest", "waiting", *names, *STAMPS)
    )
    evidence: dict[UUID, EvidenceSignal] = {}
    asked: list[tuple[UUID, Ask]] = []
    seen: set[UUID] = set()
    for measure, each, approved, newest, waiting, indicator, state, area, country, *stamp in rows:
        if measure not in seen:
            seen.add(measure)
            more = EvidenceSignal(approved or 0, newest, waiting or 0)
            evidence[each] = evidence[each] + more if each in evidence else more
        if indicator is not None and state == Indicator.State.PUBLISHED:
            asked.append((each, Ask(indicator, area_of(area, country), tuple(stamp))))
    answers = told(ask for _each, ask in asked)
    found: dict[UUID, IndicatorSignal] = {}
    for each, ask in asked:
        found[each] = found.get(each, IndicatorSignal()) + of_status(answers[ask.key].status(today))
    return evidence, found


def _of_measure(what: Aggregate, state: str) -> Subquery:
    rows = Evidence.objects.filter(measure=OuterRef("pk"), state=state).order_by().values("measure")
    return Subquery(rows.annotate(found=what).values("found"))


def of_status(status: Status) -> IndicatorSignal:
    """Return the signal of one indicator that stands so."""
    if status == Status.CANNOT_TELL:
        return IndicatorSignal(cannot_tell=1)
    return IndicatorSignal(on_track=1) if status in ON_TRACK else IndicatorSignal(off_track=1)


def recorded(kind: str) -> Subquery:
    """Return, as a column of funding lines, the sum recorded of one kind: null where nobody recorded any."""
    of_line = Spending.objects.filter(line=OuterRef("pk"), kind=kind).order_by().values("line")
    return Subquery(of_line.annotate(sum=Sum("amount")).values("sum"))


def _money(key: str, scope: Mapping[str, Any]) -> dict[UUID, MoneySignal]:
    rows = (
        FundingLine.objects.filter(**scope)
        .order_by()
        .annotate(committed=recorded(Spending.Kind.COMMITTED), spent=recorded(Spending.Kind.SPENT))
        .values_list(key, "currency", "period", "amount", "committed", "spent")
    )
    found: dict[UUID, MoneySignal] = {}
    for each, currency, period, amount, committed, spent in rows:
        bucket = {FundingLine.Period.TOTAL: "in_all", FundingLine.Period.YEAR: "a_year"}.get(period, "unsaid")
        known = (
            []
            if amount is None and committed is None and spent is None
            else [Amounts(currency, committed=committed, spent=spent, **{bucket: amount})]
        )
        line = MoneySignal(tuple(known), 1, 1 if amount is None else 0)
        found[each] = found[each] + line if each in found else line
    return found


def _plus(one: Decimal | None, other: Decimal | None) -> Decimal | None:
    return other if one is None else one if other is None else one + other
