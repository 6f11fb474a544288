"""Loads: what came in, how its reading goes, what is wrong with it, and the decision on what is held."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from gilde.core.access import require
from gilde.core.components import Fact, Kind, day, link, status
from gilde.core.errors import GildeError, Refused
from gilde.core.form_pages import Page, answer
from gilde.core.lists import Column, Filter, Listing, Row, words_of
from gilde.indicators.access import can_manage, keepers, visible_loads
from gilde.indicators.forms.loads import LoadForm
from gilde.indicators.models import Load
from gilde.indicators.services import loading
from gilde.indicators.views.common import as_day, indicator_crumbs, indicator_of, origin_of

State = Load.State
STATE_KINDS: Final[Mapping[str, Kind]] = {
    State.WAITING: "info",
    State.HELD: "warn",
    State.PUBLISHED: "good",
    State.UNCHANGED: "none",
    State.REJECTED: "none",
    State.FAILED: "bad",
}
both = require_http_methods(["GET", "HEAD", "POST"])


def state_tag(state: str) -> object:
    """Return the state of a load as a tag."""
    return status(STATE_KINDS[state], State(state).label)


def _what(row: Row) -> object:
    words = row["file_name"] or row["url"] or Load.Kind(row["kind"]).label
    return link(reverse("indicators:load", args=[row["pk"]]), words)


LOADS = Listing(
    name="loads",
    caption=gettext_lazy("Loads"),
    fields=[
        "kind",
        "state",
        "file_name",
        "url",
        "rows",
        "created_at",
        "indicator__name",
        "indicator__code",
        "release__added",
        "release__revised",
        "release__withdrawn",
    ],
    columns=[
        Column(
            "what",
            gettext_lazy("What came in"),
            value=lambda r: r["file_name"] or r["url"],
            cell=_what,
            head=True,
        ),
        Column("indicator__name", gettext_lazy("Indicator"), sort=words_of("indicator__name")),
        Column("indicator__code", gettext_lazy("Code"), download_only=True),
        Column("kind", gettext_lazy("How"), value=lambda r: Load.Kind(r["kind"]).label, sort="kind"),
        Column(
            "state",
            gettext_lazy("State"),
            value=lambda r: r["state"],
            cell=lambda r: state_tag(r["state"]),
            sort="state",
        ),
        Column("rows", gettext_lazy("Rows"), number=True, sort="rows"),
        Column("release__added", gettext_lazy("Added"), number=True),
        Column("release__revised", gettext_lazy("Revised"), number=True),
        Column("release__withdrawn", gettext_lazy("Withdrawn"), number=True),
        Column(
            "created_at",
            gettext_lazy("Begun"),
            cell=lambda r: day(as_day(r["created_at"])),
            sort="created_at",
        ),
    ],
    filters=[
        Filter("state", gettext_lazy("State"), lambda: State.choices, "state"),
        Filter("kind", gettext_lazy("How"), lambda: Load.Kind.choices, "kind"),
    ],
    search=["file_name", "url", "indicator__code", words_of("indicator__name")],
    order="-created_at",
    empty=gettext_lazy(
        "Every file that is loaded and every answer of a provider stands here, with what became of it. "
        "Begin on the page of an indicator of official statistics: load a file, or retrieve its figures."
    ),
)


def crumbs_of(load: Load | None = None) -> list[tuple[str, str]]:
    """Return the way to a page of the loads."""
    crumbs = [(_("Indicators"), reverse("indicators:list"))]
    if load is not None:
        crumbs.append((_("Loads"), reverse("indicators:loads")))
    return crumbs


@require_safe
def loads(request: HttpRequest) -> HttpResponseBase:
    """List what came in for the indicators that the reader's organisations keep."""
    if not keepers(request.user):
        raise Refused(
            _(
                "Only policy officers and approvers of an organisation that keeps indicators see what is loaded. "
                "Ask the administrator of your organisation for that role."
            )
        )
    context = {"title": _("Loads"), "crumbs": crumbs_of()}
    return LOADS.respond(request, visible_loads(request.user), "indicators/loads.html", context)


@both
def load_add(request: HttpRequest, code: str) -> HttpResponse:
    """Take a file in, and send the officer to the page that shows how its reading goes."""
    indicator = indicator_of(request, code)
    require(can_manage(request.user, indicator))
    page = Page(
        title=_("Load a file"),
        button=_("Load and check"),
        back=reverse("indicators:indicator", args=[code]),
        crumbs=indicator_crumbs(indicator, "load"),
        subject=str(indicator),
        lead=_(
            "The file is kept as it is and checked whole. A file without a fault is published at once; "
            "otherwise nothing is published until you have decided."
        ),
        upload=True,
        follow=lambda made: reverse("indicators:load", args=[made.pk]),
    )

    def save(form: LoadForm) -> Load:
        file = form.cleaned_data["file"]
        return loading.add_load(
            actor=request.user, indicator=indicator, file=file, name=file.name, complete=form.is_complete()
        )

    data = request.POST if request.method == "POST" else None
    return answer(request, page, LoadForm(data, request.FILES or None), save)


@both
def pull(request: HttpRequest, code: str) -> HttpResponse:
    """Show what the provider will be asked for; asking begins with the button."""
    indicator = indicator_of(request, code)
    require(can_manage(request.user, indicator))
    back = reverse("indicators:indicator", args=[code])
    problem, code_of_answer = "", 200
    if request.method == "POST":
        try:
            load = loading.pull(actor=request.user, indicator=indicator)
        except GildeError as error:
            problem, code_of_answer = error.sentence, error.status
        else:
            return redirect("indicators:load", load.pk)
    origin = origin_of(indicator)
    context = {
        "title": _("Retrieve figures"),
        "crumbs": indicator_crumbs(indicator, "pull"),
        "indicator": indicator,
        "origin": origin,
        "facts": _asked_for(origin) if origin is not None else [],
        "problem": problem,
        "back": back,
    }
    return render(request, "indicators/load_pull.html", context, status=code_of_answer)


def _asked_for(origin: Any) -> list[Fact]:
    selection = ", ".join(f"{code} = {category}" for code, category in origin.selection.items())
    areas = ", ".join(origin.areas) or _("all areas")
    return [
        Fact(_("Provider"), origin.get_provider_display()),
        Fact(_("Dataset"), origin.dataflow),
        Fact(_("Which part of it"), selection or _("the whole dataset")),
        Fact(_("Areas"), f"{areas} ({origin.area_dimension})"),
    ]
