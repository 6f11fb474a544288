"""The page that says what publishing will do, and the comparison with the edition before."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from gilde.core.access import require
from gilde.core.errors import GildeError, Stale
from gilde.core.text import Text
from gilde.plans.forms.desk import PublishForm
from gilde.plans.models import Instrument, Plan, Reading
from gilde.plans.services import editions, live
from gilde.plans.services.comparison import compare
from gilde.plans.services.publishing import outlook
from gilde.plans.services.publishing import publish as publish_reading
from gilde.plans.views.desk import fields as desk_fields
from gilde.plans.views.desk.differences import rows_of
from gilde.plans.views.desk.pages import crumbs_of, reading_of
from gilde.plans.workflow import reading_workflow


@require_http_methods(["GET", "HEAD", "POST"])
def publish(request: HttpRequest, reading_id: UUID) -> HttpResponse:
    """Say what publishing will do and what is still unknown; after the answer, publish."""
    it = reading_of(request, reading_id)
    if it.state == Reading.State.PUBLISHED and it.edition:  # a second click, or the way back
        return redirect("plans:edition", it.edition.plan.slug, it.edition.number)
    require(reading_workflow.can(request.user, it, "publish"))
    look = outlook(it)
    comparison = look.comparison
    removed = {one.number: one.title for one in comparison.removed} if comparison else {}
    added = {one.number: one.title for one in comparison.added} if comparison else {}
    reused = [
        (number, f"{number}: {removed[number]} → {added[number]}")
        for number in sorted(comparison.reused if comparison else ())
    ]
    form = PublishForm(
        request.POST or None, plan=it.plan, reused=reused, initial=_initial(it, look.number - 1)
    )
    code = 200
    if request.method == "POST":
        code = 422
        if form.is_valid():
            try:
                edition = publish_reading(
                    request.user,
                    reading=it,
                    details=form.details(it.plan),
                    expects=form.cleaned_data["expects"],
                    same=form.cleaned_data.get("same") or (),
                )
            except Stale as error:
                code = error.status
                form.add_error(None, error.sentence)
                sent: Any = form.data
                data = sent.copy()
                data["expects"] = str(look.number - 1)
                form.data = data
            except GildeError as error:
                code = error.status
                _tell(form, error)
            else:
                messages.success(request, _("Published as edition %(number)s.") % {"number": edition.number})
                return redirect("plans:edition", edition.plan.slug, edition.number)
    context = {
        "title": _("Publish"),
        "crumbs": crumbs_of(it),
        "reading": it,
        "look": look,
        "form": form,
        "rows": rows_of(comparison) if comparison else [],
        "comparison": comparison,
        "back": desk_fields.reading_url(it),
        "unknown_url": reverse("plans:desk-unknown", args=[it.pk]),
        "bodies_url": reverse("plans:desk-bodies", args=[it.pk]),
    }
    return render(request, "plans/desk/publish.html", context, status=code)


def _initial(it: Reading, newest: int) -> dict[str, Any]:
    plan = it.plan
    initial: dict[str, Any] = {"expects": newest}
    if plan is None:
        codes = {
            Plan.Kind.IMPLEMENTATION: list(live.INSTRUMENTS.values()),
            Plan.Kind.ACTION: [],
        }[Plan.Kind(it.kind)]
        return initial | {
            "title": str(it),
            "short_title": str(it)[:80],
            "slug": slugify(str(it))[:80],
            "country": it.organisation.country,
            "instruments": Instrument.objects.filter(code__in=codes),
            "synthetic": it.organisation.synthetic,
        }
    return initial | {
        "title": _in(plan.title, it.language),
        "short_title": _in(plan.short_title, it.language),
        "country": plan.country,
        "area": _in(plan.area, it.language),
        "published_on": plan.published_on,
        "period_start": plan.period_start,
        "period_end": plan.period_end,
        "source": _in(plan.source, it.language),
        "instruments": plan.instruments.all(),
    }


def _in(text: Text, language: str) -> str:
    return text.shown(language).words


def _tell(form: PublishForm, error: GildeError) -> None:
    fields = error.details.get("fields")
    known = (
        {name: told for name, told in fields.items() if name in form.fields}
        if isinstance(fields, dict)
        else {}
    )
    for name, told in known.items():
        form.add_error(name, told)
    if not known:
        form.add_error(None, error.sentence)


@require_safe
def comparison(request: HttpRequest, reading_id: UUID) -> HttpResponse:
    """Show what is different on the desk from the newest edition of the plan."""
    it = reading_of(request, reading_id)
    before = editions.newest(it.plan)
    found = compare(live.content_before(before), editions.content_of(it)) if before and it.text else None
    context = {
        "title": _("What is different"),
        "crumbs": crumbs_of(it),
        "reading": it,
        "before": before,
        "comparison": found,
        "rows": rows_of(found) if found else [],
        "lead": _("The document on the desk against edition %(number)s.") % {"number": before.number}
        if before
        else "",
    }
    return render(request, "plans/desk/compare.html", context)
