"""The steps of life cycles as pages: each says what will happen and asks what its service needs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django import forms
from django.db.models import Model
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from gilde.core.access import Actor, require
from gilde.core.workflow import Workflow
from gilde.plans.access import visible_actions, visible_evidence, visible_milestones, visible_updates
from gilde.plans.forms.monitoring import GroundForm, MeetForm, OnForm, ReasonForm, RemarkForm, Versioned
from gilde.plans.services import evidence as evidence_service
from gilde.plans.services import monitoring
from gilde.plans.services import updates as update_service
from gilde.plans.views.common import Page, answer, found, measure_crumbs
from gilde.plans.workflow import action_workflow, evidence_workflow, milestone_workflow, update_workflow

Given = dict[str, Any]


@dataclass(frozen=True)
class Step:
    """What a step asks, what it warns of, and the service that it calls with (actor, thing, given)."""

    title: Any
    button: Any
    consequence: Any
    form: type[Versioned]
    run: Callable[[Actor, Any, Any], Any]
    done: Any
    danger: bool = False


def _given(form: Any) -> Given:
    return dict(form.cleaned_data)


ACTION = {
    "start": Step(
        _("Start this action"),
        _("Start"),
        _("The action will be shown as under way since the day that you give."),
        OnForm,
        lambda actor, thing, form: monitoring.start_action(actor=actor, action=thing, **_given(form)),
        _("The action is under way."),
    ),
    "finish": Step(
        _("Mark this action as done"),
        _("Mark as done"),
        _("The action will be shown as done. It is no longer late or stale."),
        OnForm,
        lambda actor, thing, form: monitoring.finish_action(actor=actor, action=thing, **_given(form)),
        _("The action is done."),
    ),
    "drop": Step(
        _("Drop this action"),
        _("Drop"),
        _("The action stays on the page as dropped, with your reason. It can be reopened."),
        ReasonForm,
        lambda actor, thing, form: monitoring.drop_action(actor=actor, action=thing, **_given(form)),
        _("The action was dropped. You can reopen it."),
        danger=True,
    ),
    "reopen": Step(
        _("Reopen this action"),
        _("Reopen"),
        _("The action will be under way again; its end or the reason for dropping it goes from the page."),
        Versioned,
        lambda actor, thing, form: monitoring.reopen_action(actor=actor, action=thing, **_given(form)),
        _("The action is under way again."),
    ),
}
MILESTONE = {
    "meet": Step(
        _("Mark this milestone as met"),
        _("Mark as met"),
        _("A milestone is met with evidence that was handed in. You can hand in a link with it here."),
        MeetForm,
        lambda actor, thing, form: monitoring.meet_milestone(
            actor=actor,
            milestone=thing,
            on=form.cleaned_data["on"],
            evidence=form.evidence(thing),
            version=form.cleaned_data["version"],
        ),
        _("The milestone is met."),
    ),
    "miss": Step(
        _("Mark this milestone as missed"),
        _("Mark as missed"),
        _("The milestone will be shown as missed, with your reason. It can be reopened, or met later."),
        ReasonForm,
        lambda actor, thing, form: monitoring.miss_milestone(actor=actor, milestone=thing, **_given(form)),
        _("The milestone was marked as missed. You can reopen it."),
        danger=True,
    ),
    "reopen": Step(
        _("Reopen this milestone"),
        _("Reopen"),
        _("The milestone will be open again; its evidence stays."),
        Versioned,
        lambda actor, thing, form: monitoring.reopen_milestone(actor=actor, milestone=thing, **_given(form)),
        _("The milestone is open again."),
    ),
}


def _review(noun: str, service: dict[str, Callable[..., Any]], approving: Any) -> dict[str, Step]:
    def call(name: str) -> Callable[[Actor, Any, Any], Any]:
        return lambda actor, thing, form: service[name](actor=actor, **{noun: thing}, **_given(form))

    return {
        "submit": Step(
            _("Hand this in"),
            _("Hand in"),
            _("Somebody else will approve it or send it back. Until then you can take it back."),
            Versioned,
            call("submit"),
            _("It was handed in."),
        ),
        "withdraw": Step(
            _("Take this back"),
            _("Take back"),
            _("It becomes your draft again, and nobody can approve it until you hand it in."),
            Versioned,
            call("withdraw"),
            _("It is your draft again."),
        ),
        "approve": Step(
            _("Approve this"), _("Approve"), approving, RemarkForm, call("approve"), _("It was approved.")
        ),
        "return": Step(
            _("Send this back"),
            _("Send back"),
            _("The author sees your ground, can change it and hand it in again."),
            GroundForm,
            call("return"),
            _("It was sent back to its author."),
            danger=True,
        ),
    }


UPDATE = _review(
    "update",
    {
        "submit": update_service.submit_update,
        "withdraw": update_service.withdraw_update,
        "approve": update_service.approve_update,
        "return": update_service.return_update,
    },
    _("Everybody will see it. If it reports a new state of an action, the action moves with it."),
)
EVIDENCE = _review(
    "evidence",
    {
        "submit": evidence_service.submit_evidence,
        "withdraw": evidence_service.withdraw_evidence,
        "approve": evidence_service.approve_evidence,
        "return": evidence_service.return_evidence,
    },
    _("Everybody will see it, and it counts as approved evidence."),
)


@dataclass(frozen=True)
class Kind:
    """A kind of thing with a life cycle: how it is fetched, its table, its steps, its page."""

    visible: Callable[[Actor], Any]
    workflow: Workflow[Any]
    steps: dict[str, Step]
    page: str


KINDS = {
    "actions": Kind(visible_actions, action_workflow, ACTION, "plans:action"),
    "milestones": Kind(visible_milestones, milestone_workflow, MILESTONE, "plans:milestone"),
    "updates": Kind(visible_updates, update_workflow, UPDATE, "plans:update"),
    "evidence": Kind(visible_evidence, evidence_workflow, EVIDENCE, "plans:evidence"),
}


@require_http_methods(["GET", "HEAD", "POST"])
def step(request: HttpRequest, kind: str, thing_id: UUID, name: str) -> HttpResponse:
    """Ask for what a step needs and make it; who may not gets the reason."""
    of = KINDS[kind]
    if name not in of.steps:
        raise Http404
    thing: Any = found(of.visible(request.user).select_related("measure", "measure__plan"), pk=thing_id)
    asked = of.steps[name]
    if request.method != "POST":
        require(of.workflow.can(request.user, thing, name))
    back = reverse(of.page, args=[thing.pk])
    page = Page(
        title=str(asked.title),
        button=str(asked.button),
        back=back,
        crumbs=[*measure_crumbs(thing.measure), (str(thing)[:80], back)],
        done=str(asked.done),
        subject=str(thing),
        warning=str(asked.consequence),
        danger=asked.danger,
    )

    def form(data: Any = None, of_thing: Model | None = None) -> forms.Form:
        return asked.form(data, initial={"version": getattr(of_thing or thing, "version", None)})

    return answer(
        request,
        page,
        form(request.POST if request.method == "POST" else None),
        lambda given: asked.run(request.user, thing, given),
        lambda: form(None, found(of.visible(request.user), pk=thing_id)),
    )
