"""Progress reports: made once from everything that is known, and kept for ever."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID, uuid4

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from gilde.core import audit, clock, documents, jobs
from gilde.core.access import Actor, require
from gilde.core.errors import Invalid
from gilde.core.models import User
from gilde.core.reading import read_only
from gilde.plans.access import can_report, visible_plans
from gilde.plans.models import Plan, Report
from gilde.plans.report.content import content_hash, snapshot
from gilde.plans.report.pdf import make_pdf

JOB = "plans.report"
_STEPS = 3


def visible_reports(actor: Actor) -> QuerySet[Report]:
    """Return the reports of the plans that the actor may see: a report is as public as its plan."""
    return Report.objects.filter(plan__in=visible_plans(actor).values("pk"))


def ask_for_report(*, actor: Actor, plan: Plan, as_of: date, language: str) -> jobs.Job:
    """Return the job that makes the report, once it is known that it can be made.

    Raises what `make_report` raises before it begins.
    """
    require(can_report(actor, plan))
    _check(plan, as_of, language)
    return jobs.enqueue(
        actor,
        JOB,
        report=str(uuid4()),
        plan=str(plan.pk),
        as_of=as_of.isoformat(),
        language=language,
        user=str(actor.pk),
    )


def make_as_job(report: str, plan: str, as_of: str, language: str, user: str) -> Mapping[str, Any]:
    """Make the report with this id and return it: the job `plans.report`. A second run makes nothing more."""
    if not Report.objects.filter(pk=UUID(report)).exists():
        make_report(
            actor=User.objects.get(pk=UUID(user)),
            plan=Plan.objects.get(pk=UUID(plan)),
            as_of=date.fromisoformat(as_of),
            language=language,
            report_id=UUID(report),
        )
    return {"report": report}


def make_report(
    *, actor: Actor, plan: Plan, as_of: date, language: str, report_id: UUID | None = None
) -> Report:
    """Return a new report of the plan as of the end of a day, with its PDF stored as a document.

    The report before it, for what changed, is the latest of the same plan that is not about a later day.
    Raises Refused; Invalid for a day to come or before the plan, and for a language Gilde does not speak.
    """
    require(can_report(actor, plan))
    _check(plan, as_of, language)
    made_at = clock.now().replace(microsecond=0)
    previous = plan.reports.filter(as_of__lte=as_of).order_by("-as_of", "-made_at", "-pk").first()
    jobs.progress(0, _STEPS, _("Gathering what held on that day"))
    with read_only():
        content = snapshot(plan, as_of=as_of, language=language, made_at=made_at, previous=previous)
    jobs.progress(1, _STEPS, _("Drawing the charts and printing"))
    # The PDF is kept: no later change of a font, a template or a library changes what was handed out.
    pdf = documents.store(actor, file=make_pdf(content), name=f"{plan.slug}-{as_of.isoformat()}.pdf")
    jobs.progress(2, _STEPS, _("Storing the report"))
    with transaction.atomic():
        report = Report(
            id=report_id or uuid4(),
            plan=plan,
            as_of=as_of,
            language=language,
            content=content,
            content_hash=content_hash(content),
            pdf=pdf,
            previous=previous,
            made_at=made_at,
            made_by=actor.pk,
        )
        report.save(force_insert=True)
        audit.record(
            actor,
            "plans.report.make",
            report,
            after={
                "plan": str(plan.pk),
                "as_of": as_of,
                "language": language,
                "content_hash": report.content_hash,
                "pdf": pdf.sha256,
            },
        )
    return report


def _check(plan: Plan, as_of: date, language: str) -> None:
    if language not in dict(settings.LANGUAGES):
        known = ", ".join(code for code, _name in settings.LANGUAGES)
        raise Invalid(_("Language: reports are made in %(known)s.") % {"known": known})
    if as_of > clock.today():
        raise Invalid(_("As of: this day still has to come. Choose today or a day before."))
    if plan.published_on is not None and as_of < plan.published_on:
        raise Invalid(
            _("As of: the plan is of %(date)s. Choose that day or a later one.")
            % {"date": date_format(plan.published_on, "DATE_FORMAT")}
        )
