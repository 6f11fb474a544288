"""Coverage of a plan: what it leaves open, and how complete it is, each with its definition."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from gilde.core import downloads
from gilde.plans import coverage
from gilde.plans.coverage import Gap, Missing
from gilde.plans.models import Plan
from gilde.plans.views.common import plan_context, plan_of

# More rows than this are folded away, so that one long gap does not hide the next.
_OPEN = 12


@dataclass(frozen=True)
class Shown:
    """A gap as the page shows it: the first rows open, the others folded."""

    gap: Gap
    first: list[tuple[Missing, str]]
    rest: list[tuple[Missing, str]]


def _url(plan: Plan, missing: Missing) -> str:
    if missing.kind == "provision":
        return reverse("plans:article", args=[missing.instrument, missing.number])
    if missing.kind == "measure":
        return reverse("plans:measure", args=[plan.slug, missing.number])
    if missing.kind == "indicator":
        return reverse("plans:proof", args=[plan.slug, missing.number]) + "#indicators"
    return reverse("plans:action", args=[missing.key])


@login_not_required
@require_safe
def page(request: HttpRequest, slug: str) -> HttpResponseBase:
    """Show what is missing, each kind with its definition and count, and how complete the plan is."""
    plan = plan_of(request, slug)
    gaps = coverage.gaps(plan)
    if (wanted := request.GET.get("format", "")) in downloads.WRITERS:
        return _file(wanted, plan, gaps)
    shown = []
    for gap in gaps:
        rows = [(row, _url(plan, row)) for row in gap.rows]
        cut = len(rows) if len(rows) <= _OPEN + 3 else _OPEN
        shown.append(Shown(gap, rows[:cut], rows[cut:]))
    context = {
        **plan_context(request, plan, "coverage", _("Coverage")),
        "gaps": shown,
        "parts": coverage.completeness(plan, gaps),
    }
    return render(request, "plans/coverage.html", context)


def _file(wanted: str, plan: Plan, gaps: list[Gap]) -> HttpResponseBase:
    def rows() -> Iterator[dict[str, Any]]:
        for gap in gaps:
            for row in gap.rows:
                yield {
                    "gap": gap.code,
                    "kind": row.kind,
                    "number": row.number,
                    "title": str(row.title),
                    "under": str(row.under or ""),
                    "unknown_boxes": row.unknown,
                    "done": row.done,
                    "why": row.why,
                    "url": _url(plan, row),
                }

    names = ("gap", "kind", "number", "title", "under", "unknown_boxes", "done", "why", "url")
    columns = [(name, lambda row, name=name: row[name]) for name in names]
    return downloads.respond(wanted, f"{plan.slug}-coverage", columns, rows())
