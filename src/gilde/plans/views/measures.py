"""One measure: what was promised, what is delivered, what is proven."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from gilde.core import clock
from gilde.core.components import Tab, tick
from gilde.core.text import Text
from gilde.plans import measured, signals, timeline
from gilde.plans.access import can_monitor, visible_evidence, visible_updates
from gilde.plans.models import Action, Evidence, Measure, Milestone, Tick
from gilde.plans.places import Place, places_of
from gilde.plans.signals import Signals, flag, late, recorded, stale
from gilde.plans.views import proven, words
from gilde.plans.views.common import measure_name, measure_of, measure_url, plan_crumbs

SECTIONS = {
    "rationale": gettext_lazy("Rationale"),
    "objectives": gettext_lazy("Specific objectives"),
    "actions": gettext_lazy("Actions"),
    "priorities": gettext_lazy("European priorities"),
    "subsystem": gettext_lazy("Subsystem"),
    "scope": gettext_lazy("Scope"),
    "beneficiaries": gettext_lazy("Who it is for"),
    "bodies": gettext_lazy("Responsible bodies"),
    "funding": gettext_lazy("Funding"),
}
SHORT = {
    "ivet": gettext_lazy("Initial VET"),
    "cvet": gettext_lazy("Continuing VET"),
    "national": gettext_lazy("National"),
    "regional": gettext_lazy("Regional"),
    "local": gettext_lazy("Local"),
}
VIEWS = {
    "table": gettext_lazy("Table"),
    "timeline": gettext_lazy("Timeline"),
    "board": gettext_lazy("Board"),
}


@dataclass(frozen=True)
class Said:
    """A section as the plan has it: our text of it, and the place where it stands."""

    label: Any
    text: Text
    place: Place | None


@dataclass(frozen=True)
class Box:
    """A tick box with its words and its place."""

    label: object
    sign: SafeString
    place: Place | None


@dataclass(frozen=True)
class Boxes:
    """The boxes under one heading, and how many of them are unknown."""

    heading: object
    boxes: Sequence[Box]
    unknown: int


def _context(request: HttpRequest, measure: Measure, current: str) -> dict[str, Any]:
    today = clock.today()
    whole = signals.of_measures(today, pk=measure.pk).get(measure.pk, Signals())
    tabs = [("measure", _("Promise")), ("delivery", _("Delivery")), ("proof", _("Proof"))]
    crumbs = plan_crumbs(measure.plan)
    if measure.block:
        crumbs.append((str(measure.block.title), f"{crumbs[-1][1]}#block-{measure.block_id}"))
    return {
        "measure": measure,
        "plan": measure.plan,
        "title": measure_name(measure),
        "crumbs": crumbs,
        "signals": words.four_signals(whole, today),
        "action_count": whole.actions.total,
        "tabs": [Tab(label, measure_url(measure, name), name == current) for name, label in tabs],
        "may_monitor": bool(can_monitor(request.user, measure.plan)),
        "today": today,
    }


@login_not_required
@require_safe
def promise(request: HttpRequest, slug: str, number: str) -> HttpResponse:
    """Show what the plan promised: sections and where they stand, ticks, bodies, later changes."""
    measure = measure_of(request, slug, number)
    places = places_of(measure.pk, slug)
    sections = [
        Said(SECTIONS.get(section.name, section.name), section.text, places.get(f"section:{section.name}"))
        for section in measure.sections.all()
        if section.text or section.name in ("rationale", "objectives")
    ]
    bodies = measure.bodies.select_related("organisation")
    context = {
        **_context(request, measure, "measure"),
        "sections": sections,
        "boxes": _boxes(measure, places),
        "bodies": [(body, places.get(f"body:{body.pk}")) for body in bodies],
        "funding": [
            (line, words.full_money(line.amount, line.currency), places.get(f"funding:{line.pk}"))
            for line in measure.funding.all()
        ],
        "notes": list(measure.notes.order_by("-date")),
        "quoted": {name: places.get(f"section:{name}") for name in SECTIONS},
    }
    return render(request, "plans/measure_promise.html", context)


def _boxes(measure: Measure, places: dict[str, Place]) -> list[Boxes]:
    rows: Any = measure.ticks.order_by("position", "pk").values_list(
        "group",
        "code",
        "ticked",
        "provision__number",
        "provision__title",
        "provision__instrument__short_title",
        "target_group__name",
        "target_group__heading",
    )
    found: dict[object, list[tuple[Box, bool | None]]] = {}
    for group, code, ticked, number, title, instrument, target, heading in rows:
        if group == Tick.Group.PROVISION:
            under, label = str(instrument), f"{number}. {title}"
        elif group == Tick.Group.TARGET:
            under, label = str(heading), str(target)
        else:
            under, label = str(Tick.Group(group).label), str(SHORT.get(code, code))
        place = places.get(f"tick:{code}") or places.get(f"tick:{group}:{code}")
        found.setdefault(under, []).append((Box(label, tick(ticked), place), ticked))
    return [
        Boxes(heading, [box for box, _ticked in boxes], sum(ticked is None for _box, ticked in boxes))
        for heading, boxes in found.items()
    ]


@dataclass(frozen=True)
class ActionLine:
    """An action as the three views show it."""

    action: Action
    tags: SafeString
    start: object
    due: object
    url: str


@login_not_required
@require_safe
def delivery(request: HttpRequest, slug: str, number: str) -> HttpResponse:
    """Show what is delivered: actions as table, timeline or board; milestones, updates, money."""
    measure = measure_of(request, slug, number)
    today = clock.today()
    actions = list(
        measure.actions.select_related("responsible")
        .annotate(is_late=flag(late(today)), is_stale=flag(stale(today)))
        .order_by("position", "pk")
    )
    milestones = _milestones(measure)
    lines = [_action_line(action) for action in actions]
    chosen = request.GET.get("view", "table")
    chosen = chosen if chosen in VIEWS else "table"
    funding = measure.funding.annotate(committed=recorded("committed"), spent=recorded("spent"))
    context = {
        **_context(request, measure, "delivery"),
        "view": chosen,
        "views": [Tab(str(label), f"?view={name}", name == chosen) for name, label in VIEWS.items()],
        "actions": lines,
        "bars": timeline.of_actions(actions, milestones, today) if chosen == "timeline" else [],
        "legend": words.timeline_legend(),
        "undated": sum(not (action.start or action.due) for action in actions),
        "board": [
            (state, state.label, [line for line in lines if line.action.state == state])
            for state in Action.State
        ],
        "milestones": [_milestone_line(milestone, today) for milestone in milestones],
        "updates": [
            (update, words.review_tag(update.state))
            for update in visible_updates(request.user).filter(measure=measure).select_related("action")[:20]
        ],
        "funding": [
            (
                line,
                words.full_money(line.amount, line.currency),
                words.period_words(line.period, line.amount),
                words.full_money(line.committed, line.currency),
                words.full_money(line.spent, line.currency),
            )
            for line in funding
        ],
    }
    return render(request, "plans/measure_delivery.html", context)


def _action_line(action: Any) -> ActionLine:
    return ActionLine(
        action,
        words.action_tags(action.state, action.is_late, action.is_stale),
        words.day_words(action.start, action.start_precision),
        words.day_words(action.due, action.due_precision),
        reverse("plans:action", args=[action.pk]),
    )


def _milestones(measure: Measure) -> list[Any]:
    shown = Q(evidence__state=Evidence.State.APPROVED)
    milestones = measure.milestones.annotate(proofs=Count("evidence", filter=shown))
    return list(milestones.order_by("due", "position"))


def _milestone_line(milestone: Milestone, today: date) -> tuple[Any, SafeString, object]:
    return (
        milestone,
        words.milestone_tag(milestone.state, milestone.due, today),
        words.day_words(milestone.due, milestone.due_precision),
    )


@login_not_required
@require_safe
def proof(request: HttpRequest, slug: str, number: str) -> HttpResponse:
    """Show what is proven: indicators with their targets, evidence, milestones that were met."""
    measure = measure_of(request, slug, number)
    today = clock.today()
    evidence = visible_evidence(request.user).filter(measure=measure)
    context = {
        **_context(request, measure, "proof"),
        "proofs": [proven.proof(each, today) for each in measured.linked(request.user, pk=measure.pk)],
        "evidence": [
            (each, words.review_tag(each.state), words.what_it_is(each))
            for each in evidence.select_related("action", "milestone", "document")
        ],
        "milestones": [
            _milestone_line(milestone, today)
            for milestone in _milestones(measure)
            if milestone.state == Milestone.State.MET
        ],
    }
    return render(request, "plans/measure_proof.html", context)
