"""What the pages of plans share: fetching, tabs, notices, forms that keep what was written."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from gilde.core import form_pages
from gilde.core.components import Tab
from gilde.core.form_pages import Crumb, answer, found
from gilde.plans.access import can_monitor, visible_measures, visible_plans
from gilde.plans.models import Measure, Plan

__all__ = ["Crumb", "answer", "found"]  # what pages of plans take from here beside what is made here


def plan_of(request: HttpRequest, slug: str) -> Plan:
    """Return a plan that the reader may see, with its owner."""
    return found(visible_plans(request.user).select_related("owner"), slug=slug)


def measure_of(request: HttpRequest, slug: str, number: str) -> Measure:
    """Return a measure that the reader may see, with its plan and block."""
    measures = visible_measures(request.user).select_related("plan", "plan__owner", "block")
    return found(measures, plan__slug=slug, number=number)


def plan_tabs(plan: Plan, current: str) -> list[Tab]:
    """Return the views of a plan as tabs."""
    tabs = [
        ("plan", _("Overview")),
        ("priorities", _("Priorities")),
        ("targets", _("Target groups")),
        ("actions", _("Actions")),
        ("timeline", _("Timeline")),
        ("money", _("Money")),
        ("indicators", _("Indicators")),
        ("coverage", _("Coverage")),
        ("editions", _("Editions")),
        ("reports", _("Reports")),
    ]
    return [Tab(label, reverse(f"plans:{name}", args=[plan.slug]), name == current) for name, label in tabs]


def plan_crumbs(plan: Plan) -> list[Crumb]:
    """Return the way to a page under a plan."""
    return [
        (_("Plans"), reverse("plans:list")),
        (str(plan.short_title), reverse("plans:plan", args=[plan.slug])),
    ]


def measure_crumbs(measure: Measure) -> list[Crumb]:
    """Return the way to a page under a measure."""
    return [*plan_crumbs(measure.plan), (measure_name(measure), measure_url(measure))]


def measure_name(measure: Measure) -> str:
    """Return the number and title of a measure."""
    return f"{measure.number} {measure.title}"


def measure_url(measure: Measure, tab: str = "measure") -> str:
    """Return the address of one of the tabs of a measure."""
    return reverse(f"plans:{tab}", args=[measure.plan.slug, measure.number])


def plan_context(request: HttpRequest, plan: Plan, current: str, title: str) -> dict[str, Any]:
    """Return what every page of a plan shows: way, tabs, notices, and whether the reader may write."""
    return {
        "plan": plan,
        "title": title,
        "crumbs": [(_("Plans"), reverse("plans:list"))] if current == "plan" else plan_crumbs(plan),
        "tabs": plan_tabs(plan, current),
        "may_monitor": bool(can_monitor(request.user, plan)),
    }


@dataclass(frozen=True)
class Page(form_pages.Page):
    """A page with one form, in the look of plans."""

    template: str = "plans/form.html"
