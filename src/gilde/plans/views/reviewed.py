"""Updates and evidence: adding, reading, changing; money and bodies, which officers keep beside them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from gilde.core import documents
from gilde.core.access import require
from gilde.core.components import Fact, day, link
from gilde.core.models import User
from gilde.plans.access import (
    can_monitor,
    can_rewrite,
    visible_evidence,
    visible_funding,
    visible_measures,
    visible_spending,
    visible_updates,
)
from gilde.plans.forms.monitoring import EVIDENCE_FORMS, BodyForm, SpendingForm, UpdateForm, initial_of
from gilde.plans.models import Action, Evidence, MeasureBody, Update
from gilde.plans.services import evidence as evidence_service
from gilde.plans.services import money, monitoring
from gilde.plans.services import updates as update_service
from gilde.plans.views import words
from gilde.plans.views.common import Page, answer, found, measure_crumbs, measure_of, measure_url
from gilde.plans.workflow import evidence_workflow, update_workflow

both = require_http_methods(["GET", "HEAD", "POST"])
_OF = ("measure", "measure__plan", "measure__plan__owner", "action")


def _reviewed_context(request: HttpRequest, thing: Update | Evidence, workflow: Any) -> dict[str, Any]:
    insider = bool(can_monitor(request.user, thing.measure.plan))
    facts: list[Fact] = []
    if thing.action:
        facts.append(Fact(_("Action"), link(reverse("plans:action", args=[thing.action.pk]), thing.action)))
    if insider:
        names = User.objects.in_bulk([pk for pk in (thing.author, thing.decided_by) if pk])
        unknown = _("somebody whose account is gone")
        author = names.get(thing.author) if thing.author else None
        facts.append(Fact(_("Written by"), str(author or (unknown if thing.author else _("Gilde")))))
        if thing.decided_by:
            facts.append(Fact(_("Decided by"), str(names.get(thing.decided_by) or unknown)))
    if thing.submitted_at:
        facts.append(Fact(_("Handed in on"), day(thing.submitted_at.date())))
    if thing.decided_at:
        facts.append(Fact(_("Decided on"), day(thing.decided_at.date())))
    decided = thing.state in (Update.State.APPROVED, Update.State.RETURNED)
    if thing.decision and (insider or decided):
        facts.append(
            Fact(_("Ground of the decision") if decided else _("Sent back before because"), thing.decision)
        )
    return {
        "crumbs": measure_crumbs(thing.measure),
        "thing": thing,
        "measure": thing.measure,
        "plan": thing.measure.plan,
        "tag": words.review_tag(thing.state),
        "facts": facts,
        "steps": workflow.open_to(request.user, thing) if request.user.is_authenticated else [],
        "may_rewrite": bool(can_rewrite(request.user, thing)),
    }


@login_not_required
@require_safe
def update(request: HttpRequest, update_id: UUID) -> HttpResponse:
    """Show one progress update and how it stands."""
    shown = found(visible_updates(request.user).select_related(*_OF), pk=update_id)
    context = _reviewed_context(request, shown, update_workflow)
    if shown.new_state:
        context["facts"].insert(0, Fact(_("The action is now"), Action.State(shown.new_state).label))
    context["facts"].insert(0, Fact(_("State of affairs on"), day(shown.date)))
    return render(request, "plans/update.html", {**context, "title": _("Progress update")})


@both
def update_add(request: HttpRequest, slug: str, number: str) -> HttpResponse:
    """Write an update on a measure, or on one of its actions."""
    measure = measure_of(request, slug, number)
    require(can_monitor(request.user, measure.plan))
    page = Page(
        title=_("Report progress"),
        button=_("Save as draft"),
        back=measure_url(measure, "delivery") + "#updates",
        crumbs=measure_crumbs(measure),
        lead=_("It counts once you have handed it in and somebody else has approved it."),
        done=_("Your draft is kept. Hand it in when it is ready."),
        follow=lambda made: reverse("plans:update", args=[made.pk]),
    )
    return answer(
        request,
        page,
        UpdateForm(measure, request.POST or None, initial={"action": request.GET.get("action")}),
        lambda given: update_service.add_update(actor=request.user, measure=measure, data=given.read()),
    )


@both
def update_edit(request: HttpRequest, update_id: UUID) -> HttpResponse:
    """Change an update that is not handed in."""
    shown = found(visible_updates(request.user).select_related(*_OF), pk=update_id)
    require(can_rewrite(request.user, shown))

    def fresh(data: Any = None) -> UpdateForm:
        return UpdateForm(
            shown.measure, data, initial=initial_of(UpdateForm, Update.objects.get(pk=shown.pk))
        )

    page = Page(
        title=_("Change the update"),
        button=_("Save"),
        back=reverse("plans:update", args=[shown.pk]),
        crumbs=measure_crumbs(shown.measure),
        done=_("The update was changed."),
    )
    return answer(
        request,
        page,
        fresh(request.POST or None),
        lambda given: update_service.change_update(
            actor=request.user, update=shown, version=given.cleaned_data["version"] or 0, data=given.read()
        ),
        fresh,
    )


@login_not_required
@require_safe
def evidence(request: HttpRequest, evidence_id: UUID) -> HttpResponse:
    """Show one piece of evidence and how it stands."""
    shown = found(
        visible_evidence(request.user).select_related(*_OF, "milestone", "document"), pk=evidence_id
    )
    context = _reviewed_context(request, shown, evidence_workflow)
    facts = [
        Fact(shown.get_kind_display(), words.what_it_is(shown)),
        Fact(_("Date of the evidence"), day(shown.date)),
    ]
    if shown.milestone:
        facts.append(
            Fact(_("Milestone"), link(reverse("plans:milestone", args=[shown.milestone.pk]), shown.milestone))
        )
    if shown.document:
        facts.append(Fact("SHA-256", shown.document.sha256))
    context["facts"] = [*facts, *context["facts"]]
    return render(request, "plans/evidence.html", {**context, "title": str(shown.title)})


@login_not_required
@require_safe
def evidence_file(request: HttpRequest, evidence_id: UUID) -> HttpResponseBase:
    """Send the file of a piece of evidence that the reader may see."""
    shown = found(visible_evidence(request.user).select_related("document"), pk=evidence_id)
    if shown.document is None:
        raise Http404
    return documents.respond(shown.document, shown.file_name, request=request)


@both
def evidence_add(request: HttpRequest, slug: str, number: str, kind: str) -> HttpResponse:
    """Hand in a file, a link or a figure that shows something of a measure."""
    measure = measure_of(request, slug, number)
    require(can_monitor(request.user, measure.plan))
    titles = {
        "file": _("Add a file as evidence"),
        "link": _("Add a link as evidence"),
        "figure": _("Add a figure as evidence"),
    }
    page = Page(
        title=titles[kind],
        button=_("Save as draft"),
        back=measure_url(measure, "proof"),
        crumbs=measure_crumbs(measure),
        lead=_("It counts once you have handed it in and somebody else has approved it."),
        done=_("Your draft is kept. Hand it in when it is ready."),
        upload=kind == Evidence.Kind.FILE,
        follow=lambda made: reverse("plans:evidence", args=[made.pk]),
    )
    initial = {name: request.GET.get(name) for name in ("action", "milestone") if name in request.GET}
    data = request.POST if request.method == "POST" else None
    return answer(
        request,
        page,
        EVIDENCE_FORMS[kind](measure, data, request.FILES or None, initial=initial),
        lambda given: evidence_service.add_evidence(actor=request.user, measure=measure, data=given.read()),
    )


@both
def evidence_edit(request: HttpRequest, evidence_id: UUID) -> HttpResponse:
    """Change evidence that is not handed in; its kind stays."""
    shown = found(visible_evidence(request.user).select_related(*_OF), pk=evidence_id)
    require(can_rewrite(request.user, shown))
    form_of = EVIDENCE_FORMS[shown.kind]

    def fresh(data: Any = None, files: Any = None) -> forms.Form:
        now = Evidence.objects.get(pk=shown.pk)
        return form_of(shown.measure, data, files, initial=initial_of(form_of, now))

    page = Page(
        title=_("Change the evidence"),
        button=_("Save"),
        back=reverse("plans:evidence", args=[shown.pk]),
        crumbs=measure_crumbs(shown.measure),
        lead=_("Without a new file the one that is there stays.") if shown.kind == Evidence.Kind.FILE else "",
        done=_("The evidence was changed."),
        upload=shown.kind == Evidence.Kind.FILE,
    )
    return answer(
        request,
        page,
        fresh(request.POST if request.method == "POST" else None, request.FILES or None),
        lambda given: evidence_service.change_evidence(
            actor=request.user, evidence=shown, version=given.cleaned_data["version"] or 0, data=given.read()
        ),
        fresh,
    )


@both
def spending_add(request: HttpRequest, line_id: UUID) -> HttpResponse:
    """Record an amount that was committed or spent on a funding line."""
    line = found(visible_funding(request.user).select_related("measure", "measure__plan"), pk=line_id)
    require(can_monitor(request.user, line.measure.plan))
    page = Page(
        title=_("Record money"),
        button=_("Record"),
        back=reverse("plans:funding", args=[line.pk]),
        crumbs=measure_crumbs(line.measure),
        subject=str(line),
        lead=_("In %(currency)s, the currency of this line.") % {"currency": line.currency},
        done=_("The amount was recorded."),
    )
    return answer(
        request,
        page,
        SpendingForm(request.POST or None),
        lambda given: money.record_spending(actor=request.user, line=line, data=given.read()),
    )


@login_not_required
@require_safe
def funding(request: HttpRequest, line_id: UUID) -> HttpResponse:
    """Show one funding line with everything that was committed and spent."""
    line = found(
        visible_funding(request.user).select_related("measure", "measure__plan", "measure__plan__owner"),
        pk=line_id,
    )
    facts = [
        Fact(_("Planned"), words.full_money(line.amount, line.currency)),
        Fact(_("Period"), words.period_words(line.period, line.amount)),
        Fact(_("For the year"), str(line.year or "")),
        Fact(_("Programme"), line.programme),
    ]
    context = {
        "title": str(line.text) or line.programme or _("Funding line"),
        "crumbs": measure_crumbs(line.measure),
        "line": line,
        "measure": line.measure,
        "plan": line.measure.plan,
        "facts": [fact for fact in facts if fact.value],
        "spending": [
            (each, words.full_money(each.amount, line.currency))
            for each in line.spending.order_by("-date", "-pk")
        ],
        "may_monitor": bool(can_monitor(request.user, line.measure.plan)),
    }
    return render(request, "plans/funding.html", context)


@both
def spending_remove(request: HttpRequest, spending_id: int) -> HttpResponse:
    """Remove an amount that was recorded by mistake, after saying what will happen."""
    related = ("line", "line__measure", "line__measure__plan")
    spending = found(visible_spending(request.user).select_related(*related), pk=spending_id)
    require(can_monitor(request.user, spending.line.measure.plan))
    page = Page(
        title=_("Remove this amount"),
        button=_("Remove"),
        back=reverse("plans:funding", args=[spending.line_id]),
        crumbs=measure_crumbs(spending.line.measure),
        subject=f"{spending.get_kind_display()}: {words.full_money(spending.amount, spending.line.currency)}",
        warning=_(
            "It no longer counts. The record of changes keeps what it was, so it can be recorded again."
        ),
        done=_("The amount was removed."),
        danger=True,
    )
    return answer(
        request,
        page,
        forms.Form(request.POST if request.method == "POST" else None),
        lambda _given: money.remove_spending(actor=request.user, spending=spending),
    )


@both
def body_link(request: HttpRequest, body_id: int) -> HttpResponse:
    """Link a body, as the plan names it, to an organisation."""
    bodies = MeasureBody.objects.filter(measure__in=visible_measures(request.user).values("pk"))
    body = found(bodies.select_related("measure", "measure__plan", "organisation"), pk=body_id)
    require(can_monitor(request.user, body.measure.plan))

    def fresh(data: Any = None) -> BodyForm:
        now = MeasureBody.objects.get(pk=body.pk).organisation_id
        return BodyForm(data, initial={"organisation": now, "before": now})

    page = Page(
        title=_("Which organisation is this?"),
        button=_("Save"),
        back=measure_url(body.measure) + "#bodies",
        crumbs=measure_crumbs(body.measure),
        subject=body.name,
        lead=_("The name stays as the plan writes it."),
        done=_("The body was linked."),
    )
    return answer(
        request,
        page,
        fresh(request.POST if request.method == "POST" else None),
        lambda given: monitoring.link_body(actor=request.user, body=body, **given.cleaned_data),
        fresh,
    )
