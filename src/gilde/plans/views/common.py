"""What the pages of plans share: fetching, tabs, notices, forms that keep what was written."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.exceptions import ObjectDoesNotExist
from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from gilde.core.components import Fact, Tab, written
from gilde.core.errors import GildeError, Refused, Stale
from gilde.plans.access import can_monitor, visible_measures, visible_plans
from gilde.plans.models import Measure, Plan

Thing = TypeVar("Thing", bound=Model)
Crumb = tuple[str, str]


def found(things: QuerySet[Thing], **where: Any) -> Thing:
    """Return the one thing among those that the reader may see; a stranger gets 404."""
    try:
        return things.get(**where)
    except ObjectDoesNotExist as error:
        raise Http404 from error


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
class Page:
    """A page with one form: its words, where it leads, and what it warns of."""

    title: str
    button: str
    back: str
    crumbs: Sequence[Crumb]
    done: str = ""
    subject: str = ""
    lead: str = ""
    warning: str = ""
    upload: bool = False
    danger: bool = False
    follow: Callable[[Any], str] | None = None


def answer(
    request: HttpRequest,
    page: Page,
    form: forms.Form,
    save: Callable[[Any], Any],
    fresh: Callable[[], forms.Form] | None = None,
) -> HttpResponse:
    """Return the form, or after `save` the way back.

    What the service refuses is said above the form, with everything that was written still in it. Who came
    second sees what is stored now (from `fresh`, the form as it would open now), and may save again.
    """
    status, stored = 200, []
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                made = save(form)
            except Refused:
                raise
            except Stale as error:
                status = error.status
                form.add_error(None, error.sentence)
                if fresh is not None:
                    now = fresh()
                    stored = _as_stored(now, form)
                    _take_version(form, now)
            except GildeError as error:
                status = error.status
                _add(form, error)
            else:
                if page.done:
                    messages.success(request, page.done)
                return redirect(page.follow(made) if page.follow else page.back)
    context = {"title": page.title, "page": page, "crumbs": page.crumbs, "form": form, "stored": stored}
    return render(request, "plans/form.html", context, status=status)


def _add(form: forms.Form, error: GildeError) -> None:
    fields = error.details.get("fields")
    known = (
        {name: told for name, told in fields.items() if name in form.fields}
        if isinstance(fields, dict)
        else {}
    )
    for name, told in known.items():
        form.add_error(name, told)
    if not isinstance(fields, dict) or len(known) < len(fields):
        form.add_error(None, error.sentence)


def _as_stored(now: forms.Form, form: forms.Form) -> list[Fact]:
    """What is stored now in each field where that is not what the reader wrote."""
    facts = []
    for name, field in now.fields.items():
        value = now.get_initial_for_field(field, name)
        if name == "version" or form.cleaned_data.get(name) == value:
            continue
        choices = dict(getattr(field, "choices", None) or [])
        shown = (
            choices.get(value, value) if not isinstance(value, list | dict) and _hashable(value) else value
        )
        mine = form.cleaned_data.get(name)
        if str(getattr(mine, "pk", mine) or "") != str(getattr(value, "pk", value) or ""):
            facts.append(Fact(str(field.label), written(shown)))
    return facts


def _hashable(value: Any) -> bool:
    return isinstance(value, str | int | UUID | None)


def _take_version(form: forms.Form, now: forms.Form) -> None:
    """Let the next try start from what is stored now: the reader has seen it."""
    given: Any = form.data
    data = given.copy()
    for name in ("version", "before"):
        if name in now.fields:
            value = now.get_initial_for_field(now.fields[name], name)
            data[form.add_prefix(name)] = "" if value is None else str(getattr(value, "pk", value))
    form.data = data
