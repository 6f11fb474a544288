"""A plan as it stood at the end of a day, rebuilt from the dates on its rows.

The rows that come back are the model instances with the values of that day in them. They are never saved.
What carries no date cannot be rebuilt; `Standing.limits` counts each such case, and the report says so.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Protocol, TypeVar
from uuid import UUID

from django.db.models import Model
from django.utils import timezone

from gilde.core.models import AuditEvent
from gilde.plans.models import (
    Action,
    Block,
    Citation,
    Edition,
    Evidence,
    FundingLine,
    Instrument,
    Measure,
    MeasureBody,
    Milestone,
    Note,
    Plan,
    Spending,
    Tick,
    Update,
)


class OfMeasure(Protocol):
    @property
    def measure_id(self) -> UUID: ...


Row = TypeVar("Row", bound=OfMeasure)
Judged = TypeVar("Judged", Update, Evidence)


@dataclass(frozen=True)
class MeasureRows:
    """One measure with everything that hangs on it, as of the day."""

    measure: Measure
    dropped: bool
    actions: list[Action]
    milestones: list[Milestone]
    evidence: list[Evidence]
    updates: list[Update]
    ticks: list[Tick]
    bodies: list[MeasureBody]
    funding: list[FundingLine]
    spending: list[Spending]
    notes: list[Note]
    citations: list[Citation]


@dataclass(frozen=True)
class Standing:
    """A plan as of a day. `limits` counts what could not be rebuilt, by the code of its sentence."""

    plan: Plan
    day: date
    edition: Edition | None
    blocks: list[Block]
    instruments: list[Instrument]
    measures: list[MeasureRows]
    limits: Counter[str] = field(default_factory=Counter)


def local_day(moment: datetime | None) -> date | None:
    """Return the day of a moment in the time zone of the installation."""
    return None if moment is None else timezone.localtime(moment).date()


def standing(plan: Plan, day: date) -> Standing:
    """Return the plan as of the end of `day`, from about fifteen queries whatever the size of the plan."""
    limits: Counter[str] = Counter()
    editions = list(plan.editions.select_related("document").defer("content").order_by("number"))
    published = {edition.number: local_day(edition.published_at) for edition in editions}
    measures = _measures(plan, day, published)
    wanted = [measure.pk for measure in measures]
    updates = _approved(Update.objects.filter(measure__in=wanted).select_related("action"), day, limits)
    evidence = _approved(
        Evidence.objects.filter(measure__in=wanted).select_related("document", "action", "milestone"),
        day,
        limits,
    )
    actions = list(Action.objects.filter(measure__in=wanted).select_related("responsible"))
    milestones = list(Milestone.objects.filter(measure__in=wanted).select_related("action"))
    missed_on = _registered(Milestone, milestones, Milestone.State.MISSED)
    for milestone in milestones:
        _rewind_milestone(milestone, day, missed_on.get(milestone.pk), limits)
    dropped_on = _registered(Action, actions, Action.State.DROPPED)
    reported = _last_report(updates)
    for action in actions:
        _rewind_action(action, day, dropped_on.get(action.pk), reported.get(action.pk), limits)

    ticks = _by_measure(
        Tick.objects.filter(measure__in=wanted).select_related("provision__instrument", "target_group")
    )
    bodies = _by_measure(MeasureBody.objects.filter(measure__in=wanted).select_related("organisation"))
    funding = _by_measure(FundingLine.objects.filter(measure__in=wanted))
    notes = _by_measure(Note.objects.filter(measure__in=wanted, date__lte=day))
    citations = _by_measure(
        Citation.objects.filter(measure__in=wanted)
        .select_related("edition__document")
        .defer("edition__content")
        .order_by("subject", "pk")
    )
    of_actions, of_milestones = _by_measure(actions), _by_measure(milestones)
    of_evidence, of_updates = _by_measure(evidence), _by_measure(updates)
    spending = _spending(wanted, day, limits)
    return Standing(
        plan=plan,
        day=day,
        edition=_edition_in_force(editions, day),
        blocks=list(plan.blocks.order_by("position", "number")),
        instruments=list(plan.instruments.order_by("-adopted", "code").prefetch_related("provisions")),
        measures=[
            MeasureRows(
                measure=measure,
                dropped=_is_dropped(measure, day, published),
                actions=of_actions.get(measure.pk, []),
                milestones=of_milestones.get(measure.pk, []),
                evidence=of_evidence.get(measure.pk, []),
                updates=of_updates.get(measure.pk, []),
                ticks=ticks.get(measure.pk, []),
                bodies=bodies.get(measure.pk, []),
                funding=funding.get(measure.pk, []),
                spending=spending.get(measure.pk, []),
                notes=notes.get(measure.pk, []),
                citations=citations.get(measure.pk, []),
            )
            for measure in measures
        ],
        limits=limits,
    )


def _measures(plan: Plan, day: date, published: Mapping[int, date | None]) -> list[Measure]:
    """The measures of the plan on that day: not those that came with an edition that was published later."""
    first: dict[UUID, int] = {}
    cited = Citation.objects.filter(measure__plan=plan).values_list("measure", "edition__number").distinct()
    for measure_id, number in cited:
        first[measure_id] = min(number, first.get(measure_id, number))
    found = []
    for measure in plan.measures.select_related("block").order_by("position", "number"):
        number = first.get(measure.pk, 1)
        since = published.get(number)
        # The first edition counts from the date of the document, which is before it was put into Gilde.
        if number == 1 or since is None or since <= day:
            found.append(measure)
    return found


def _is_dropped(measure: Measure, day: date, published: Mapping[int, date | None]) -> bool:
    if measure.dropped_in is None:
        return False
    since = published.get(measure.dropped_in)
    return since is None or since <= day


def _edition_in_force(editions: list[Edition], day: date) -> Edition | None:
    in_force = [edition for edition in editions if (local_day(edition.published_at) or day) <= day]
    found = in_force or editions[:1]
    return found[-1] if found else None


def _approved(rows: Iterable[Judged], day: date, limits: Counter[str]) -> list[Judged]:
    """What was approved by the end of the day; what was approved later is counted, so that it is said."""
    found = []
    for row in rows:
        decided = local_day(row.decided_at)
        if row.state != "approved" or decided is None:
            continue
        if decided <= day:
            found.append(row)
        else:
            limits["approved-later"] += 1
    return sorted(found, key=lambda row: (row.date, str(row.pk)))


def _spending(measures: Iterable[UUID], day: date, limits: Counter[str]) -> Mapping[UUID, list[Spending]]:
    found: dict[UUID, list[Spending]] = defaultdict(list)
    rows = Spending.objects.filter(line__measure__in=measures).select_related("line").order_by("date", "pk")
    for row in rows:
        if row.date <= day:
            found[row.line.measure_id].append(row)
        else:
            limits["money-later"] += 1
    return found


def _by_measure(rows: Iterable[Row]) -> Mapping[UUID, list[Row]]:
    found: dict[UUID, list[Row]] = defaultdict(list)
    for row in rows:
        found[row.measure_id].append(row)
    return found


def _last_report(updates: Iterable[Update]) -> dict[UUID, date]:
    found: dict[UUID, date] = {}
    for update in updates:
        if update.action_id is not None:
            found[update.action_id] = max(update.date, found.get(update.action_id, update.date))
    return found


def _registered(model: type[Model], things: Iterable[Model], state: str) -> dict[UUID, date]:
    """The day on which each thing came into `state`, from the audit chain: its row has no such date."""
    wanted = {str(thing.pk): thing.pk for thing in things if getattr(thing, "state", "") == state}
    if not wanted:
        return {}
    events = AuditEvent.objects.filter(
        object_type=model._meta.label_lower, object_id__in=list(wanted), after__state=state
    )
    moments = events.order_by("id").values_list("object_id", "at")
    return {wanted[key]: timezone.localtime(moment).date() for key, moment in moments}


def _rewind_action(
    action: Action, day: date, dropped_on: date | None, reported: date | None, limits: Counter[str]
) -> None:
    """Put the state of the day into the action: from its own dates, and for dropping from the audit chain."""
    state = action.state
    started = action.started_on is not None and action.started_on <= day
    if state == Action.State.DONE and action.finished_on is not None and action.finished_on > day:
        if action.started_on is None:
            limits["done-later-start-unknown"] += 1
        state = Action.State.UNDER_WAY if started else Action.State.PLANNED
        action.finished_on = None
    elif state == Action.State.UNDER_WAY and not started:
        if action.started_on is None:
            limits["start-unknown"] += 1
        else:
            state = Action.State.PLANNED
    elif state == Action.State.DROPPED:
        if dropped_on is None:
            limits["drop-undated"] += 1
        elif dropped_on > day:
            state = Action.State.UNDER_WAY if started else Action.State.PLANNED
            action.dropped_because = ""
    if not started:
        action.started_on = None
    if action.reported_on is not None and action.reported_on > day:
        action.reported_on = reported
    action.state = state


def _rewind_milestone(milestone: Milestone, day: date, missed_on: date | None, limits: Counter[str]) -> None:
    """Put the state of the day into the milestone; an undated miss counts from the day it was due."""
    if milestone.state == Milestone.State.MET and milestone.met_on is not None and milestone.met_on > day:
        milestone.state, milestone.met_on = Milestone.State.OPEN, None
    elif milestone.state == Milestone.State.MISSED:
        if missed_on is None:
            limits["miss-undated"] += 1
        since = milestone.due if missed_on is None else missed_on
        if since is not None and since > day:
            milestone.state, milestone.missed_because = Milestone.State.OPEN, ""
