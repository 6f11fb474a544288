"""Actions and milestones over time, as the bars that `core.components.timeline` draws on the server."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _

from gilde.core.components import Bar, Kind
from gilde.core.text import Text
from gilde.plans.models import Action, Milestone
from gilde.plans.signals import is_late, is_stale

KINDS: dict[str, Kind] = {
    Action.State.PLANNED: "none",
    Action.State.UNDER_WAY: "info",
    Action.State.DONE: "good",
    Action.State.DROPPED: "plain",
}
FIELDS = (
    "id", "title", "start", "due", "start_precision", "due_precision", "state", "started_on", "finished_on",
    "reported_on",
)  # fmt: skip


@dataclass(frozen=True)
class Group:
    """The actions of one measure: those with dates as bars, and how many have none."""

    number: str
    title: Text
    bars: tuple[Bar, ...]
    undated: int


@dataclass
class _Gathered:
    number: str
    title: Text
    bars: list[Bar] = field(default_factory=list)
    undated: int = 0


def kind_of(action: Action, today: date) -> Kind:
    """Return the kind of status that an action has: late comes before stale, stale before its state."""
    if is_late(action, today):
        return "bad"
    return "warn" if is_stale(action, today) else KINDS[action.state]


def bar_of(action: Action, milestones: Iterable[date], today: date) -> Bar:
    """Return the bar of an action: planned dates, and where there are none the reported ones."""
    vague = any(precision not in ("", "day") for precision in (action.start_precision, action.due_precision))
    return Bar(
        label=str(action.title),
        start=action.start or action.started_on,
        end=action.due or action.finished_on,
        kind=kind_of(action, today),
        vague=vague,
        milestones=tuple(milestones),
        url=reverse("plans:action", args=[action.pk]),
    )


def of_plan(plan_id: UUID, today: date) -> list[Group]:
    """Return the actions of a plan by measure, in 2 queries. What has no date is counted, not drawn."""
    points = _milestones(measure__plan=plan_id, measure__dropped_in=None)
    rows: Any = (
        Action.objects.filter(measure__plan=plan_id, measure__dropped_in=None)
        .order_by("measure__position", "position")
        .values("measure__number", "measure__title", *FIELDS)
    )
    groups: dict[str, _Gathered] = {}
    for row in rows:
        number, title = row.pop("measure__number"), row.pop("measure__title")
        group = groups.setdefault(number, _Gathered(number, title))
        bar = bar_of(Action(**row), points.pop(row["id"], ()), today)
        if bar.start or bar.end or bar.milestones:
            group.bars.append(bar)
        else:
            group.undated += 1
    return [Group(g.number, g.title, tuple(g.bars), g.undated) for g in groups.values()]


def flat(groups: Iterable[Group]) -> list[Bar]:
    """Return all bars under one scale, each measure's under a row with its name."""
    bars: list[Bar] = []
    for group in groups:
        if group.bars:
            bars.append(Bar(f"{group.number} {group.title}", None, None))
            bars += [replace(bar, label=f"\N{EM SPACE}{bar.label}") for bar in group.bars]
    return bars


def of_actions(actions: Iterable[Action], milestones: Iterable[Milestone], today: date) -> list[Bar]:
    """Return the dated actions of one measure as bars, and milestones without an action as one more."""
    by_action: dict[UUID | None, list[date]] = {}
    for milestone in milestones:
        if milestone.due:
            by_action.setdefault(milestone.action_id, []).append(milestone.due)
    bars = [bar_of(action, by_action.pop(action.pk, ()), today) for action in actions]
    if alone := by_action.get(None):
        bars.append(Bar(_("Milestones of the measure"), None, None, milestones=tuple(sorted(alone))))
    return [bar for bar in bars if bar.start or bar.end or bar.milestones]


def _milestones(**where: Any) -> dict[UUID, list[date]]:
    found: dict[UUID, list[date]] = {}
    dated = Milestone.objects.filter(due__isnull=False, action__isnull=False, **where).order_by("due")
    pairs: Any = dated.values_list("action_id", "due")
    for action, due in pairs:
        found.setdefault(action, []).append(due)
    return found
