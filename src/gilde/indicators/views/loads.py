"""Loads: what came in, how its reading goes, what is wrong with it, and the decision on what is held."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from gilde.core import documents
from gilde.core.access import require
from gilde.core.components import Fact, Kind, Signal, day, link, nothing, status
from gilde.core.errors import GildeError, Refused, Stale
from gilde.core.form_pages import Page, add_error, answer, found
from gilde.core.lists import Column, Filter, Listing, Row, words_of
from gilde.core.models import Job, User
from gilde.indicators.access import can_manage, keepers, visible_findings, visible_loads
from gilde.indicators.dimensions import dimensions_of, words_of_key
from gilde.indicators.forms.loads import DecisionForm, LoadForm
from gilde.indicators.models import Finding, Indicator, Load
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


# One load.


@dataclass(frozen=True)
class OfKind:
    """The findings of one kind: how many rows they are, and what can be done with them."""

    kind: str
    label: object
    count: int
    example: str
    takeable: bool
    whole: bool
    url: str


def _row_cell(row: Row) -> object:
    return (
        nothing(_("the whole load") if row["whole"] else _("several rows"))
        if row["row"] is None
        else str(row["row"])
    )


def _findings(indicator: Indicator) -> Listing:
    dimensions = dimensions_of(indicator)
    columns = [
        Column("row", gettext_lazy("Row"), cell=_row_cell, sort="row", number=True),
        Column(
            "kind",
            gettext_lazy("Finding"),
            value=lambda r: Finding.Kind(r["kind"]).label,
            sort="kind",
            head=True,
        ),
        Column("area", gettext_lazy("Area"), sort="area"),
        Column("key", gettext_lazy("Breakdown"), value=lambda r: words_of_key(r["key"], dimensions))
        if dimensions
        else Column("key", gettext_lazy("Breakdown"), download_only=True),
        Column("period", gettext_lazy("Period"), sort="period"),
        Column("value", gettext_lazy("Value")),
        Column(
            "sentence",
            gettext_lazy("What is wrong"),
            cell=lambda r: format_html('<span class="sentence">{}</span>', r["sentence"]),
        ),
        Column("count", gettext_lazy("Rows like this"), number=True, sort="count"),
        Column("place", "", value=lambda r: r["pk"], sort="pk", download_only=True),
    ]
    return Listing(
        name="findings",
        caption=gettext_lazy("Findings"),
        fields=["row", "kind", "area", "key", "period", "value", "sentence", "count", "whole"],
        columns=columns,
        filters=[Filter("kind", gettext_lazy("Finding"), lambda: Finding.Kind.choices, "kind")],
        search=["area", "period", "value", "sentence"],
        order="place",
    )


def _of(request: HttpRequest, load_id: UUID) -> Load:
    loads = visible_loads(request.user).select_related(
        "indicator", "indicator__owner", "document", "release", "release__indicator"
    )
    return found(loads, pk=load_id)


@both
def load(request: HttpRequest, load_id: UUID) -> HttpResponseBase:
    """Show what came in and what became of it; who may decides here on what is held."""
    it = _of(request, load_id)
    may = can_manage(request.user, it.indicator)
    findings = visible_findings(request.user).filter(load=it)
    kinds = _kinds(request, it)
    problem, code, form = "", 200, None
    if request.method == "POST":
        require(may)
        form = _decision_form(it, kinds, request.POST)
        code = 422
        if form.is_valid():
            try:
                _decide(request, it, form)
            except Stale as error:
                problem, code = error.sentence, error.status
                it, kinds = _of(request, load_id), _kinds(request, it)
                form = _decision_form(it, kinds, _seen_now(form, it))
                form.is_valid()
            except GildeError as error:
                code = error.status
                add_error(form, error)
            else:
                return redirect("indicators:load", it.pk)
    elif it.state == State.HELD and may:
        form = _decision_form(it, kinds)
    listing = _findings(it.indicator)
    context = {
        "title": it.file_name or str(it.indicator),
        "crumbs": crumbs_of(it),
        "load": it,
        "indicator": it.indicator,
        "tag": state_tag(it.state),
        "facts": _facts(it),
        "figures": _figures(it),
        "kinds": kinds,
        "form": form if it.state == State.HELD else None,
        "problem": problem,
        "may": bool(may),
        "has_findings": bool(kinds),
        **_waiting(it),
    }
    if request.method == "POST":
        context["list"] = listing.shown(request, findings)
        return render(request, "indicators/load.html", context, status=code)
    return listing.respond(request, findings, "indicators/load.html", context)


def _decision_form(it: Load, kinds: Sequence[OfKind], data: Any = None) -> DecisionForm:
    takeable = [
        (each.kind, str(each.label) if each.whole else f"{each.label} ({each.count})")
        for each in kinds
        if each.takeable
    ]
    return DecisionForm(data, takeable=takeable, initial={"version": it.version, "act": "leave-out"})


def _decide(request: HttpRequest, it: Load, form: DecisionForm) -> None:
    if it.state != State.HELD or form.cleaned_data["version"] != it.version:
        raise Stale(
            _("Somebody else decided on this load in the meantime. It is “%(state)s” now; look at it again.")
            % {"state": it.get_state_display()}
        )
    ground = form.cleaned_data["ground"]
    if form.rejects():
        loading.reject_load(actor=request.user, load=it, ground=ground)
    else:
        loading.accept_load(actor=request.user, load=it, ground=ground, take=form.taken())


def _seen_now(form: DecisionForm, it: Load) -> Any:
    """Return what was written, with the version that the reader sees now, so that they can decide anew."""
    data: Any = form.data.copy()  # type: ignore[attr-defined]
    data["version"] = str(it.version)
    return data


def _kinds(request: HttpRequest, it: Load) -> list[OfKind]:
    rows = (
        visible_findings(request.user)
        .filter(load=it)
        .order_by("pk")
        .values_list("kind", "count", "sentence", "whole")
    )
    held: dict[str, list[Any]] = {}
    for kind, count, sentence, whole in rows:
        seen = held.setdefault(kind, [0, sentence, False])
        seen[0] += count
        seen[2] = seen[2] or whole
    return [
        OfKind(
            kind,
            Finding.Kind(kind).label,
            count,
            example,
            kind in loading.TAKEABLE,
            whole,
            f"?kind={kind}#list-findings",
        )
        for kind, (count, example, whole) in held.items()
    ]


def _waiting(it: Load) -> dict[str, Any]:
    """Return how the job of a load that waits goes: its progress, or that it was given up."""
    if it.state != State.WAITING:
        return {"job": None, "waits": False, "given_up": ""}
    job = Job.objects.filter(pk=it.job).first() if it.job else None
    given_up = job.error if job is not None and job.state == Job.State.FAILED else ""
    interrupted = job is not None and job.state == Job.State.LOST
    return {"job": job, "waits": not given_up, "given_up": given_up, "interrupted": interrupted}


@require_safe
def progress(request: HttpRequest, load_id: UUID) -> HttpResponse:
    """Show how far the reading of a load is, as a fragment; when it is over, send the page on."""
    it = _of(request, load_id)
    waiting = _waiting(it)
    if waiting["waits"]:
        return render(request, "indicators/_load_progress.html", {"load": it, **waiting})
    url = reverse("indicators:load", args=[it.pk])
    if getattr(request, "htmx", False):
        return HttpResponse(headers={"HX-Redirect": url})
    return redirect(url)


@require_safe
def load_file(request: HttpRequest, load_id: UUID) -> HttpResponseBase:
    """Send the file, or the provider's answer, as it came in."""
    it = _of(request, load_id)
    if it.document is None:
        raise Http404
    return documents.respond(it.document, it.file_name, request=request)


def _facts(it: Load) -> list[Fact]:
    names = User.objects.in_bulk([pk for pk in (it.created_by, it.decided_by) if pk])
    gone = _("somebody whose account is gone")

    def who(pk: UUID | None) -> str:
        return str(names.get(pk) or gone) if pk else _("Gilde")

    facts = [
        Fact(
            _("Indicator"), link(reverse("indicators:indicator", args=[it.indicator.code]), str(it.indicator))
        ),
        Fact(_("How"), it.get_kind_display()),
    ]
    if it.document is not None:
        facts.append(
            Fact(
                _("As it came in"),
                link(reverse("indicators:load-file", args=[it.pk]), it.file_name or _("the answer")),
            )
        )
    if it.url:
        facts.append(Fact(_("Address"), it.url))
    facts.append(Fact(_("Holds every figure"), _("yes") if it.complete else _("no, or not known")))
    facts.append(Fact(_("Begun"), _by(it.created_at, who(it.created_by))))
    if it.retrieved_at:
        facts.append(Fact(_("Retrieved"), day(as_day(it.retrieved_at))))
    if it.decided_at:
        facts.append(Fact(_("Decided"), _by(it.decided_at, who(it.decided_by))))
        facts.append(Fact(_("Ground of the decision"), it.decision))
        taken = [Finding.Kind(kind).label for kind in it.taken if kind in Finding.Kind.values]
        if taken:
            facts.append(Fact(_("Taken as they stand"), ", ".join(map(str, taken))))
    return facts


def _by(moment: Any, who: str) -> object:
    return format_html("{}, {}", day(as_day(moment)), who)


def _figures(it: Load) -> list[Signal]:
    """Return what a load did: nothing while nothing is known."""
    if it.release is None:
        return (
            [Signal(_("rows read"), it.rows)]
            if it.state in (State.HELD, State.UNCHANGED, State.REJECTED)
            else []
        )
    return [
        Signal(_("rows read"), it.rows),
        Signal(_("figures added"), it.release.added),
        Signal(_("figures revised"), it.release.revised),
        Signal(_("figures withdrawn"), it.release.withdrawn),
    ]
