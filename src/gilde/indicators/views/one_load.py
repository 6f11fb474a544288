"""One load: how its reading goes, what was found in it, the decision on what is held, what it did."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
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
from gilde.core.components import Fact, Signal, day, link, nothing
from gilde.core.errors import GildeError, Stale
from gilde.core.form_pages import add_error, found
from gilde.core.lists import Column, Filter, Listing, Row
from gilde.core.models import Job, User
from gilde.indicators.access import can_manage, visible_findings, visible_loads
from gilde.indicators.dimensions import dimensions_of, words_of_key
from gilde.indicators.forms.loads import DecisionForm
from gilde.indicators.models import Finding, Indicator, Load
from gilde.indicators.services import loading
from gilde.indicators.views.common import as_day
from gilde.indicators.views.loads import crumbs_of, state_tag

State = Load.State
both = require_http_methods(["GET", "HEAD", "POST"])


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
