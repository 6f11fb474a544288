"""Progress reports: made once from everything that is known, and kept for ever."""

from __future__ import annotations

from datetime import date

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from gilde.core import audit, clock, documents
from gilde.core.access import Actor, require
from gilde.core.errors import Invalid
from gilde.core.reading import read_only
from gilde.plans.access import can_report, visible_plans
from gilde.plans.models import Plan, Report
from gilde.plans.report.content import content_hash, snapshot
from gilde.plans.report.pdf import make_pdf


def visible_reports(actor: Actor) -> QuerySet[Report]:
    """Return the reports of the plans that the actor may see: a report is as public as its plan."""
    return Report.objects.filter(plan__in=visible_plans(actor).values("pk"))


def make_report(*, actor: Actor, plan: Plan, as_of: date, language: str) -> Report:
    """Return a new report of the plan as of the end of a day, with its PDF stored as a document.

    The report before it, for what changed, is the latest of the same plan that is not about a later day.
    Raises Refused; Invalid for a day to come or before the plan, and for a language Gilde does not speak.
    """
    require(can_report(actor, plan))
    _check(plan, as_of, language)
    made_at = clock.now().replace(microsecond=0)
    previous = plan.reports.filter(as_of__lte=as_of).order_by("-as_of", "-made_at", "-pk").first()
    with read_only():
        content = snapshot(plan, as_of=as_of, language=language, made_at=made_at, previous=previous)
    # The PDF is kept: no later change of a font, a template or a library changes what was handed out.
    pdf = documents.store(actor, file=make_pdf(content), name=f"{plan.slug}-{as_of.isoformat()}.pdf")
    with transaction.atomic():
        report = Report(
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
