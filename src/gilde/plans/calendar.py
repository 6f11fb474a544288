"""Due dates as iCalendar (RFC 5545), for the calendars that people already use.

One all-day event for each action and milestone that has a date. Its UID is the stable address of the thing,
its DTSTAMP the moment of the last change: the same data always gives the same bytes.
"""

from __future__ import annotations

import calendar as months
import re
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.conf import settings
from django.db.models import Max, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from gilde.core.models import AuditEvent
from gilde.plans.identifiers import uri_of
from gilde.plans.models import Action, Measure, Milestone, Plan

if TYPE_CHECKING:
    from icalendar import Event

_DURATION = re.compile(r"P(?=\d)(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?")


def plan_calendar(plan: Plan) -> bytes:
    """Return the due dates of all measures that are still in the plan."""
    measures = Measure.objects.filter(plan=plan, dropped_in=None)
    return _calendar(str(plan), plan, measures)


def measure_calendar(measure: Measure) -> bytes:
    """Return the due dates of one measure."""
    return _calendar(f"{measure} · {measure.plan}", measure.plan, Measure.objects.filter(pk=measure.pk))


def _calendar(name: str, plan: Plan, measures: QuerySet[Measure]) -> bytes:
    # Loaded with the first calendar, because it takes longer than all of Gilde's own modules.
    from icalendar import Calendar

    calendar = Calendar()
    calendar.add("prodid", f"-//Gilde//{settings.SITE_NAME}//EN")
    calendar.add("version", "2.0")
    calendar.add("name", name)
    calendar.add("x-wr-calname", name)
    keys = measures.values("pk")
    actions = list(
        Action.objects.filter(measure__in=keys)
        .select_related("measure")
        .order_by("measure__position", "measure__number", "position", "pk")
    )
    milestones = list(
        Milestone.objects.filter(measure__in=keys)
        .select_related("measure")
        .order_by("measure__position", "measure__number", "position", "pk")
    )
    first = _first_known(plan)
    changed = {**_changed(Action, actions), **_changed(Milestone, milestones)}
    for action in actions:
        if (day := action.due or action.start) is not None:
            calendar.add_component(_of_action(action, day, plan, changed.get(action.pk, first)))
    for milestone in milestones:
        if milestone.due is not None:
            calendar.add_component(
                _of_milestone(milestone, milestone.due, plan, changed.get(milestone.pk, first))
            )
    ical: bytes = calendar.to_ical()
    return ical


def _first_known(plan: Plan) -> datetime:
    """When Gilde first knew of the plan: what was never changed since was last changed then."""
    published = plan.editions.order_by("number").values_list("published_at", flat=True).first()
    return published or datetime.combine(plan.published_on or date(1970, 1, 1), time(), UTC)


def _changed(model: type[Action] | type[Milestone], things: Iterable[Any]) -> Mapping[UUID, datetime]:
    """The moment of the last change of each thing, from the audit chain."""
    keys = {str(thing.pk): thing.pk for thing in things}
    events = AuditEvent.objects.filter(object_type=model._meta.label_lower, object_id__in=list(keys))
    last = events.order_by().values_list("object_id").annotate(at=Max("at"))
    return {keys[key]: moment for key, moment in last}


def _of_action(action: Action, day: date, plan: Plan, changed: datetime) -> Event:
    page = reverse("plans:action", args=[action.pk])
    event = _event(action, day, plan, changed, page)
    if action.due is None:
        notes = [_("The plan gives a start and no due date."), str(action.text)]
    else:
        notes = [_precise(action.due_precision), str(action.text)]
    rule = recurrence_rule(action.recurrence, day, plan.period_end)
    if rule:
        event.add("rrule", rule)
    elif action.recurrence:
        notes.append(_("It comes back every %(duration)s.") % {"duration": action.recurrence})
    event.add("description", "\n".join(filter(None, [*notes, str(action.get_state_display())])))
    event.add("status", "CANCELLED" if action.state == Action.State.DROPPED else "CONFIRMED")
    return event


def _of_milestone(milestone: Milestone, day: date, plan: Plan, changed: datetime) -> Event:
    page = reverse("plans:milestone", args=[milestone.pk])
    event = _event(milestone, day, plan, changed, page)
    notes = [_precise(milestone.due_precision), str(milestone.get_state_display())]
    event.add("description", "\n".join(filter(None, notes)))
    event.add("status", "CONFIRMED")
    return event


def _event(thing: Action | Milestone, day: date, plan: Plan, changed: datetime, page: str) -> Event:
    from icalendar import Event

    event = Event()
    event.add("uid", uri_of(thing))
    event.add("dtstamp", changed.astimezone(UTC).replace(microsecond=0))
    event.add("last-modified", changed.astimezone(UTC).replace(microsecond=0))
    event.add("sequence", thing.version - 1)
    # All day: DATE values, the end is the day after (RFC 5545, 3.6.1).
    event.add("dtstart", day)
    event.add("dtend", day + timedelta(days=1))
    event.add("transp", "TRANSPARENT")
    event.add("summary", f"{thing.measure.number} {thing.title}")
    event.add("categories", [str(plan), str(thing.measure), str(thing._meta.verbose_name)])
    event.add("url", f"{settings.SITE_URL}{page}")
    return event


def _precise(precision: str) -> str:
    if precision in ("", "day"):
        return ""
    return _("The plan gives no exact day; this is the last day of what it means.")


def recurrence_rule(duration: str, start: date, last_year: int | None) -> dict[str, Any] | None:
    """Return the RRULE of what comes back every `duration` (ISO 8601) from `start`, as icalendar takes it.

    It ends with the last year of the plan. None for no duration, one of nought, and one that mixes months
    with days, which no rule can say. The last day of a month stays the last day of a month.
    """
    found = _DURATION.fullmatch(duration)
    if found is None:
        return None
    years, of_months, weeks, days = (int(part or 0) for part in found.groups())
    in_months, in_days = years * 12 + of_months, weeks * 7 + days
    if bool(in_months) == bool(in_days):
        return None
    if in_days:
        rule: dict[str, Any] = {"freq": "weekly" if in_days % 7 == 0 else "daily"}
        rule["interval"] = in_days // 7 if in_days % 7 == 0 else in_days
    else:
        rule = {"freq": "yearly" if in_months % 12 == 0 else "monthly"}
        rule["interval"] = in_months // 12 if in_months % 12 == 0 else in_months
        if start.day == months.monthrange(start.year, start.month)[1] and (
            in_months % 12 or start.month == 2
        ):
            rule["bymonthday"] = -1
            if rule["freq"] == "yearly":
                rule["bymonth"] = start.month
    if last_year is not None and last_year >= start.year:
        rule["until"] = date(last_year, 12, 31)
    return rule
