"""The pages of progress reports: the list of a plan, making one, reading it, and its files."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django import forms
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.cache import get_conditional_response
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from gilde.core import clock, components, documents
from gilde.core.access import require
from gilde.core.errors import Invalid
from gilde.core.jobs import Job
from gilde.core.lists import Column, Filter, Listing
from gilde.plans.access import can_report, visible_plans
from gilde.plans.models import Plan, Report
from gilde.plans.report.html import contents, facts, make_html
from gilde.plans.report.present import present
from gilde.plans.services.reports import JOB, ask_for_report, visible_reports


def _cell(row: Mapping[str, Any]) -> object:
    address = reverse("plans:report", args=[row["plan__slug"], row["pk"]])
    return components.link(address, components.day(row["as_of"]))


LANGUAGES = dict(settings.LANGUAGES)
REPORTS = Listing(
    name="reports",
    caption=gettext_lazy("Progress reports"),
    fields=["as_of", "made_at", "language", "content_hash", "plan__slug"],
    columns=[
        Column("as_of", gettext_lazy("As of"), cell=_cell, sort="as_of", head=True),
        Column(
            "made_at", gettext_lazy("Made on"), sort="made_at", cell=lambda r: components.day(r["made_at"])
        ),
        Column(
            "language", gettext_lazy("Language"), cell=lambda r: LANGUAGES[r["language"]], sort="language"
        ),
        Column("content_hash", gettext_lazy("SHA-256 of the content"), download_only=True),
    ],
    filters=[Filter("language", gettext_lazy("Language"), lambda: settings.LANGUAGES, "language")],
    order="-as_of",
    empty=gettext_lazy("A report says how far the plan is on one day, and stays as it was said."),
)


class ReportForm(forms.Form):
    """The day that the report is about, and its language."""

    as_of = forms.DateField(
        label=gettext_lazy("As of"),
        help_text=gettext_lazy("The report says what held at the end of this day."),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    language = forms.ChoiceField(label=gettext_lazy("Language"), choices=settings.LANGUAGES)


def _plan(request: HttpRequest, slug: str) -> Plan:
    return get_object_or_404(visible_plans(request.user).select_related("owner"), slug=slug)


def _report(request: HttpRequest, slug: str, report_id: UUID) -> Report:
    return get_object_or_404(
        visible_reports(request.user).select_related("plan", "pdf"), pk=report_id, plan__slug=slug
    )


def _crumbs(plan: Plan, *more: tuple[str, str]) -> list[tuple[str, str]]:
    return [
        (_("Plans"), reverse("plans:list")),
        (str(plan), reverse("plans:plan", args=[plan.slug])),
        *more,
    ]


def _to_list(plan: Plan) -> tuple[str, str]:
    return _("Progress reports"), reverse("plans:reports", args=[plan.slug])


@login_not_required
@require_safe
def report_list(request: HttpRequest, slug: str) -> HttpResponseBase:
    """List the reports of a plan, the newest first."""
    plan = _plan(request, slug)
    return REPORTS.respond(
        request,
        visible_reports(request.user).filter(plan=plan),
        "plans/report/list.html",
        {
            "title": _("Progress reports"),
            "plan": plan,
            "crumbs": _crumbs(plan),
            "may_make": bool(can_report(request.user, plan)),
        },
    )


@require_http_methods(["GET", "POST"])
def report_make(request: HttpRequest, slug: str) -> HttpResponse:
    """Ask for which day, and have the report made."""
    plan = _plan(request, slug)
    require(can_report(request.user, plan))
    start = {"as_of": clock.today(), "language": (get_language() or "en").split("-")[0]}
    form = ReportForm(request.POST or None, initial=start)
    status = 200
    if request.method == "POST" and form.is_valid():
        try:
            job = ask_for_report(actor=request.user, plan=plan, **form.cleaned_data)
        except Invalid as error:
            form.add_error(None, error.sentence)
        else:
            return redirect("plans:report-wait", slug=plan.slug, job_id=job.pk)
    if form.is_bound:
        status = 422
    return render(
        request,
        "plans/report/make.html",
        {
            "title": _("Make a progress report"),
            "plan": plan,
            "form": form,
            "crumbs": _crumbs(plan, _to_list(plan)),
            "cancel": _to_list(plan)[1],
        },
        status=status,
    )


@require_safe
def report_wait(request: HttpRequest, slug: str, job_id: UUID) -> HttpResponse:
    """Show how far the making of a report is, to who asked for it; HTMX gets the part that changes."""
    plan = _plan(request, slug)
    job = get_object_or_404(Job, pk=job_id, kind=JOB, owner=request.user, arguments__plan=str(plan.pk))
    htmx = bool(getattr(request, "htmx", False))
    if job.state == Job.State.DONE and job.result:
        address = reverse("plans:report", args=[plan.slug, job.result["report"]])
        return HttpResponse(headers={"HX-Redirect": address}) if htmx else redirect(address)
    template = "plans/report/_progress.html" if htmx else "plans/report/wait.html"
    context = {
        "title": _("The report is being made"),
        "plan": plan,
        "job": job,
        "crumbs": _crumbs(plan, _to_list(plan)),
    }
    return render(request, template, context)


@login_not_required
@require_safe
def report_read(request: HttpRequest, slug: str, report_id: UUID) -> HttpResponse:
    """Show a report as it was made, in the language that it was made in."""
    report = _report(request, slug, report_id)
    printed = present(report.content)
    return render(
        request,
        "plans/report/read.html",
        {
            "title": printed.heading,
            "report": report,
            "plan": report.plan,
            "printed": printed,
            "head": facts(printed.head),
            "body": make_html(printed),
            "contents": contents(printed),
            "crumbs": _crumbs(report.plan, _to_list(report.plan)),
        },
    )


@login_not_required
@require_safe
def report_pdf(request: HttpRequest, slug: str, report_id: UUID) -> HttpResponseBase:
    """Send the PDF that was made with the report."""
    report = _report(request, slug, report_id)
    if report.pdf is None:
        raise documents.Lost(_("This report was stored without a PDF. Read it as a page."))
    return documents.respond(
        report.pdf, f"{slug}-{report.as_of.isoformat()}.pdf", request=request, inline=True
    )


@login_not_required
@require_safe
def report_json(request: HttpRequest, slug: str, report_id: UUID) -> HttpResponseBase:
    """Send the snapshot with its hash: everything that the page and the PDF are made of."""
    report = _report(request, slug, report_id)
    etag = f'"{report.content_hash}"'
    # Sorted, because that is the form that the hash is of; see docs/api.md.
    body = json.dumps(
        {"id": str(report.pk), "content_hash": report.content_hash, "content": report.content},
        ensure_ascii=False,
        sort_keys=True,
    )
    response = HttpResponse(
        body,
        content_type="application/json",
        headers={
            "ETag": etag,
            "Content-Disposition": f'attachment; filename="{slug}-{report.as_of.isoformat()}.json"',
        },
    )
    return get_conditional_response(request, etag=etag, response=response) or response
