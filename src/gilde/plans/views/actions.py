"""Actions and milestones: their pages, adding, changing, putting in order, saying who is responsible."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from gilde.core import clock
from gilde.core.access import require
from gilde.core.components import Fact, day
from gilde.plans.access import (
    can_monitor,
    visible_actions,
    visible_evidence,
    visible_milestones,
    visible_updates,
)
from gilde.plans.forms.monitoring import ActionForm, MilestoneForm, ResponsibleForm, initial_of
from gilde.plans.models import Action, Milestone
from gilde.plans.places import places_of
from gilde.plans.services import monitoring
from gilde.plans.signals import is_late, is_stale
from gilde.plans.views import words
from gilde.plans.views.common import Page, answer, found, measure_crumbs, measure_of, measure_url
from gilde.plans.workflow import action_workflow, milestone_workflow

both = require_http_methods(["GET", "HEAD", "POST"])


def _action(request: HttpRequest, action_id: UUID) -> Action:
    related = ("measure", "measure__plan", "measure__plan__owner", "responsible")
    return found(visible_actions(request.user).select_related(*related), pk=action_id)


def _milestone(request: HttpRequest, milestone_id: UUID) -> Milestone:
    related = ("measure", "measure__plan", "measure__plan__owner", "action")
    return found(visible_milestones(request.user).select_related(*related), pk=milestone_id)


def action_url(action: Action) -> str:
    """Return the address of an action's page."""
    return reverse("plans:action", args=[action.pk])


@login_not_required
@require_safe
def action(request: HttpRequest, action_id: UUID) -> HttpResponse:
    """Show one action: dates, state, milestones, reports, evidence, and what the reader may do with it."""
    shown = _action(request, action_id)
    today = clock.today()
    place = places_of(shown.measure_id, shown.measure.plan.slug).get(f"action:{shown.pk}")
    may = bool(can_monitor(request.user, shown.measure.plan))
    context = {
        "title": str(shown.title),
        "crumbs": measure_crumbs(shown.measure),
        "action": shown,
        "measure": shown.measure,
        "plan": shown.measure.plan,
        "place": place,
        "tags": words.action_tags(shown.state, is_late(shown, today), is_stale(shown, today)),
        "facts": _facts(shown, may),
        "may_monitor": may,
        "steps": action_workflow.open_to(request.user, shown) if may else [],
        "milestones": [
            (
                each,
                words.milestone_tag(each.state, each.due, today),
                words.day_words(each.due, each.due_precision),
            )
            for each in shown.milestones.all()
        ],
        "updates": [
            (each, words.review_tag(each.state))
            for each in visible_updates(request.user).filter(action=shown)[:20]
        ],
        "evidence": [
            (each, words.review_tag(each.state), words.what_it_is(each))
            for each in visible_evidence(request.user).filter(action=shown).select_related("document")
        ],
    }
    return render(request, "plans/action.html", context)


def _facts(action: Action, may: bool) -> list[Fact]:
    assign = reverse("plans:action-responsible", args=[action.pk])
    facts = [
        Fact(
            _("Responsible"),
            str(action.responsible) if action.responsible else _("the bodies of the measure"),
            _("Change") if may else "",
            assign,
        ),
        Fact(_("Start"), words.day_words(action.start, action.start_precision)),
        Fact(_("Due"), words.day_words(action.due, action.due_precision)),
        Fact(_("Dates in words"), action.date_note or None),
        Fact(_("Comes back every"), words.duration(action.recurrence)),
        Fact(_("Started on"), day(action.started_on) if action.started_on else None),
        Fact(_("Finished on"), day(action.finished_on) if action.finished_on else None),
        Fact(_("Dropped because"), action.dropped_because),
        Fact(_("Last report"), day(action.reported_on) if action.reported_on else _("never reported on")),
    ]
    always = {_("Responsible"), _("Due"), _("Last report")}
    return [fact for fact in facts if fact.value or fact.label in always]


@both
def action_add(request: HttpRequest, slug: str, number: str) -> HttpResponse:
    """Add an action to a measure."""
    measure = measure_of(request, slug, number)
    require(can_monitor(request.user, measure.plan))
    page = Page(
        title=_("Add an action"),
        button=_("Add"),
        back=measure_url(measure, "delivery"),
        crumbs=measure_crumbs(measure),
        done=_("The action was added."),
    )
    form = ActionForm(request.POST or None)
    return answer(
        request,
        page,
        form,
        lambda given: monitoring.add_action(actor=request.user, measure=measure, data=given.read()),
    )


@both
def action_edit(request: HttpRequest, action_id: UUID) -> HttpResponse:
    """Change what an action says and when it is due."""
    shown = _action(request, action_id)
    require(can_monitor(request.user, shown.measure.plan))
    page = Page(
        title=_("Change the action"),
        button=_("Save"),
        back=action_url(shown),
        crumbs=[*measure_crumbs(shown.measure), (str(shown.title), action_url(shown))],
        done=_("The action was changed."),
    )
    return answer(
        request,
        page,
        ActionForm(request.POST or None, initial=initial_of(ActionForm, shown)),
        lambda given: monitoring.change_action(
            actor=request.user, action=shown, version=_version(given), data=given.read()
        ),
        lambda: ActionForm(initial=initial_of(ActionForm, _action(request, action_id))),
    )


@both
def action_responsible(request: HttpRequest, action_id: UUID) -> HttpResponse:
    """Say which organisation is responsible for an action."""
    shown = _action(request, action_id)
    require(can_monitor(request.user, shown.measure.plan))
    page = Page(
        title=_("Who is responsible?"),
        button=_("Save"),
        back=action_url(shown),
        crumbs=[*measure_crumbs(shown.measure), (str(shown.title), action_url(shown))],
        done=_("The responsible organisation was set."),
    )
    return answer(
        request,
        page,
        ResponsibleForm(request.POST or None, initial=initial_of(ResponsibleForm, shown)),
        lambda given: monitoring.set_responsible(
            actor=request.user,
            action=shown,
            version=_version(given),
            organisation=given.cleaned_data["responsible"],
        ),
        lambda: ResponsibleForm(initial=initial_of(ResponsibleForm, _action(request, action_id))),
    )


@require_POST
def action_move(request: HttpRequest, action_id: UUID) -> HttpResponse:
    """Move an action one place up or down in its measure."""
    shown = _action(request, action_id)
    monitoring.move_action(actor=request.user, action=shown, by=-1 if request.POST.get("to") == "up" else 1)
    return redirect(measure_url(shown.measure, "delivery"))


@login_not_required
@require_safe
def milestone(request: HttpRequest, milestone_id: UUID) -> HttpResponse:
    """Show one milestone with its evidence, and what the reader may do with it."""
    shown = _milestone(request, milestone_id)
    today = clock.today()
    may = bool(can_monitor(request.user, shown.measure.plan))
    facts = [
        Fact(_("Of the action"), str(shown.action) if shown.action else _("the measure as a whole")),
        Fact(_("Due"), words.day_words(shown.due, shown.due_precision)),
        Fact(_("Date in words"), shown.date_note or None),
        Fact(_("Met on"), day(shown.met_on) if shown.met_on else None),
        Fact(_("Missed because"), shown.missed_because),
    ]
    context = {
        "title": str(shown.title),
        "crumbs": measure_crumbs(shown.measure),
        "milestone": shown,
        "measure": shown.measure,
        "plan": shown.measure.plan,
        "tag": words.milestone_tag(shown.state, shown.due, today),
        "facts": [fact for fact in facts if fact.value],
        "may_monitor": may,
        "steps": milestone_workflow.open_to(request.user, shown) if may else [],
        "evidence": [
            (each, words.review_tag(each.state), words.what_it_is(each))
            for each in visible_evidence(request.user).filter(milestone=shown).select_related("document")
        ],
    }
    return render(request, "plans/milestone.html", context)


@both
def milestone_add(request: HttpRequest, slug: str, number: str) -> HttpResponse:
    """Add a milestone to a measure."""
    measure = measure_of(request, slug, number)
    require(can_monitor(request.user, measure.plan))
    page = Page(
        title=_("Add a milestone"),
        button=_("Add"),
        back=measure_url(measure, "delivery") + "#milestones",
        crumbs=measure_crumbs(measure),
        done=_("The milestone was added."),
    )
    return answer(
        request,
        page,
        MilestoneForm(measure, request.POST or None, initial={"action": request.GET.get("action")}),
        lambda given: monitoring.add_milestone(actor=request.user, measure=measure, data=given.read()),
    )


@both
def milestone_edit(request: HttpRequest, milestone_id: UUID) -> HttpResponse:
    """Change what a milestone says and when it is due."""
    shown = _milestone(request, milestone_id)
    require(can_monitor(request.user, shown.measure.plan))
    page = Page(
        title=_("Change the milestone"),
        button=_("Save"),
        back=reverse("plans:milestone", args=[shown.pk]),
        crumbs=measure_crumbs(shown.measure),
        done=_("The milestone was changed."),
    )

    def fresh(data: Any = None) -> MilestoneForm:
        now = _milestone(request, milestone_id)
        return MilestoneForm(shown.measure, data, initial=initial_of(MilestoneForm, now))

    return answer(
        request,
        page,
        fresh(request.POST or None),
        lambda given: monitoring.change_milestone(
            actor=request.user, milestone=shown, version=_version(given), data=given.read()
        ),
        fresh,
    )


def _version(form: Any) -> int:
    """The version that the form was opened with; one that no thing has when somebody left it out."""
    return form.cleaned_data.get("version") or 0
