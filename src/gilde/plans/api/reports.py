"""Progress reports: to read for everybody, to make for the officers of a plan."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Field, Query, Router, Schema, Status

from gilde.core.api import LanguageCode, Line, Page, Paging, page_of
from gilde.plans.access import visible_plans
from gilde.plans.identifiers import uri_of
from gilde.plans.models import Report
from gilde.plans.services.reports import make_report as make
from gilde.plans.services.reports import visible_reports

reports = Router(tags=["reports"])


class ReportLine(Schema):
    """A report, short: what it is about and the hash of what it says."""

    id: UUID
    uri: str
    plan: str
    as_of: date
    language: str
    made_at: datetime
    content_hash: str
    pdf_sha256: str | None
    previous: UUID | None

    @classmethod
    def of(cls, report: Report) -> ReportLine:
        """Return the report as lists give it."""
        return cls(**_line(report))


def _line(report: Report) -> dict[str, Any]:
    return {
        "id": report.pk,
        "uri": uri_of(report),
        "plan": report.plan.slug,
        "as_of": report.as_of,
        "language": report.language,
        "made_at": report.made_at,
        "content_hash": report.content_hash,
        "pdf_sha256": report.pdf.sha256 if report.pdf else None,
        "previous": report.previous_id,
    }


class ReportOut(ReportLine):
    """A report with its whole content; the form of the content is in docs/api.md."""

    content: dict[str, Any]


class ReportFilter(Paging):
    plan: Line = Field("", description="Name of the plan in its address.")
    language: Line = ""


class ReportIn(Schema):
    plan: Line = Field(description="Name of the plan in its address.")
    as_of: date
    language: LanguageCode = "en"


@reports.get("", response=Page[ReportLine], summary="List progress reports", auth=None)
def list_reports(request: HttpRequest, query: Query[ReportFilter]) -> Page[ReportLine]:
    """Return the reports of the plans that the reader may see, the newest first."""
    found = visible_reports(request.user).select_related("plan", "pdf").defer("content")
    if query.plan:
        found = found.filter(plan__slug=query.plan)
    if query.language:
        found = found.filter(language=query.language)
    return page_of(found.order_by("-as_of", "-made_at", "pk"), query, ReportLine.of)


@reports.get("/{uuid:report_id}", response=ReportOut, summary="Read a progress report", auth=None)
def read_report(request: HttpRequest, report_id: UUID) -> ReportOut:
    """Return one report with its content."""
    report = get_object_or_404(visible_reports(request.user).select_related("plan", "pdf"), pk=report_id)
    return ReportOut(**_line(report), content=report.content)


@reports.post("", response={201: ReportLine}, summary="Make a progress report")
def make_report(request: HttpRequest, payload: ReportIn) -> Status[ReportLine]:
    """Make a report of a plan as of the end of a day; it can be read by all and cannot be changed."""
    plan = get_object_or_404(visible_plans(request.user), slug=payload.plan)
    report = make(actor=request.user, plan=plan, as_of=payload.as_of, language=payload.language)
    return Status(201, ReportLine.of(report))
