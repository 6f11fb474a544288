"""Reported figures: the list, one figure with its steps, reporting and changing one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.formats import number_format
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from gilde.core import documents
from gilde.core.access import require
from gilde.core.components import Fact, Kind, day, link, nothing, status
from gilde.core.form_pages import Page, answer, found
from gilde.core.lists import Column, Filter, Listing, Row, words_of
from gilde.core.models import User
from gilde.indicators import figures
from gilde.indicators.access import can_manage, can_rewrite, visible_reported
from gilde.indicators.dimensions import dimensions_of, words_of_key
from gilde.indicators.forms.decisions import GroundForm, RemarkForm
from gilde.indicators.forms.fields import Versioned
from gilde.indicators.forms.reported import ReportedForm, initial_of, new_initial
from gilde.indicators.models import Indicator, ReportedFigure
from gilde.indicators.numbers import said_number
from gilde.indicators.services import reported as service
from gilde.indicators.views.common import as_day, flag_words, indicator_crumbs, indicator_of
from gilde.indicators.workflow import reported_workflow

State = ReportedFigure.State
STATE_KINDS: Final[Mapping[str, Kind]] = {
    State.DRAFT: "none",
    State.SUBMITTED: "info",
    State.APPROVED: "good",
    State.RETURNED: "warn",
}
both = require_http_methods(["GET", "HEAD", "POST"])


def state_tag(state: str) -> object:
    """Return the state of a reported figure as a tag."""
    return status(STATE_KINDS[state], State(state).label)


def _value_cell(row: Row) -> object:
    if row["value"] is None:
        return nothing(_("no figure"))
    written = number_format(row["value"], row["indicator__decimals"], force_grouping=True)
    return f"{written} {row['indicator__unit_label']}"


REPORTED = Listing(
    name="reported-figures",
    caption=gettext_lazy("Reported figures"),
    fields=[
        "period",
        "value",
        "numerator",
        "denominator",
        "flags",
        "source",
        "state",
        "key",
        "submitted_at",
        "area",
        "area__name",
        "indicator__name",
        "indicator__code",
        "indicator__decimals",
        "indicator__unit_label",
    ],
    columns=[
        Column(
            "indicator__name",
            gettext_lazy("Indicator"),
            cell=lambda r: link(reverse("indicators:reported-figure", args=[r["pk"]]), r["indicator__name"]),
            sort=words_of("indicator__name"),
            head=True,
        ),
        Column("indicator__code", gettext_lazy("Code"), download_only=True),
        Column("area__name", gettext_lazy("Area"), sort=words_of("area__name")),
        Column("area", gettext_lazy("Area code"), download_only=True),
        Column("key", gettext_lazy("Breakdown"), download_only=True),
        Column("period", gettext_lazy("Period"), sort="period"),
        Column("value", gettext_lazy("Value"), cell=_value_cell, number=True, sort="value"),
        Column("numerator", gettext_lazy("Numerator"), download_only=True),
        Column("denominator", gettext_lazy("Denominator"), download_only=True),
        Column("flags", gettext_lazy("Flags"), cell=lambda r: flag_words(r["flags"])),
        Column("source", gettext_lazy("Source")),
        Column(
            "state",
            gettext_lazy("State"),
            value=lambda r: r["state"],
            cell=lambda r: state_tag(r["state"]),
            sort="state",
        ),
    ],
    filters=[Filter("state", gettext_lazy("State"), lambda: State.choices, "state")],
    search=["indicator__code", "period", "source", words_of("indicator__name"), words_of("area__name")],
    order="-period",
    empty=gettext_lazy(
        "Figures that no statistical office publishes: an officer reports them with their evidence, and another "
        "approves them. Begin on the page of an indicator that is reported: report a figure."
    ),
)


@login_not_required
@require_safe
def reported(request: HttpRequest) -> HttpResponseBase:
    """List the reported figures: approved ones for everybody, those on their way for the keeper's members."""
    context = {"title": _("Reported figures"), "crumbs": [(_("Indicators"), reverse("indicators:list"))]}
    return REPORTED.respond(request, visible_reported(request.user), "indicators/reported.html", context)


def _of(request: HttpRequest, figure_id: UUID) -> ReportedFigure:
    figures_ = visible_reported(request.user).select_related(
        "indicator", "indicator__owner", "area", "document", "release"
    )
    return found(figures_, pk=figure_id)


def _crumbs(indicator: Indicator) -> list[tuple[str, str]]:
    return indicator_crumbs(indicator, "reported")


@login_not_required
@require_safe
def figure(request: HttpRequest, figure_id: UUID) -> HttpResponse:
    """Show one reported figure, what is public now in its place, and the steps that the reader may take."""
    it = _of(request, figure_id)
    signed_in = request.user.is_authenticated
    insider = bool(can_manage(request.user, it.indicator)) if signed_in else False
    context = {
        "title": f"{it.area}, {it.period}",
        "crumbs": _crumbs(it.indicator),
        "thing": it,
        "indicator": it.indicator,
        "tag": state_tag(it.state),
        "value": _value_words(it),
        "unit": str(it.indicator.unit_label),
        "flags": flag_words(it.flags),
        "facts": _facts(it, insider),
        "now": _public_now(it),
        "steps": reported_workflow.open_to(request.user, it) if signed_in else [],
        "may_rewrite": bool(can_rewrite(request.user, it)) if signed_in else False,
    }
    return render(request, "indicators/reported_figure.html", context)


def _value_words(it: ReportedFigure) -> str:
    return "" if it.value is None else said_number(it.value)


def _facts(it: ReportedFigure, insider: bool) -> list[Fact]:
    facts = []
    dimensions = dimensions_of(it.indicator)
    if dimensions:
        facts.append(Fact(_("Breakdown"), words_of_key(it.key, dimensions) or _("all")))
    if it.numerator is not None and it.denominator is not None:
        parts = _("%(numerator)s of %(denominator)s") % {
            "numerator": said_number(it.numerator),
            "denominator": said_number(it.denominator),
        }
        facts.append(Fact(_("Numerator and denominator"), parts))
    facts.append(Fact(_("Source"), it.source))
    if it.document is not None:
        file = link(reverse("indicators:reported-file", args=[it.pk]), it.file_name or it.document.name)
        facts.append(Fact(_("File that shows it"), file))
    if it.url:
        facts.append(
            Fact(
                _("Link"),
                format_html("{} ({} {})", link(it.url, it.url), _("retrieved on"), day(it.retrieved_on)),
            )
        )
    if it.note:
        facts.append(Fact(_("Note"), it.note))
    return [*facts, *_review_facts(it, insider)]


def _review_facts(it: ReportedFigure, insider: bool) -> list[Fact]:
    facts: list[Fact] = []
    if insider:
        names = User.objects.in_bulk([pk for pk in (it.author, it.decided_by) if pk])
        gone = _("somebody whose account is gone")
        facts.append(Fact(_("Written by"), str(names.get(it.author) or gone) if it.author else _("Gilde")))
        if it.decided_by:
            facts.append(Fact(_("Decided by"), str(names.get(it.decided_by) or gone)))
    if it.submitted_at:
        facts.append(Fact(_("Handed in on"), day(as_day(it.submitted_at))))
    if it.decided_at:
        facts.append(Fact(_("Decided on"), day(as_day(it.decided_at))))
    decided = it.state in (State.APPROVED, State.RETURNED)
    if it.decision and (insider or decided):
        facts.append(
            Fact(_("Ground of the decision") if decided else _("Sent back before because"), it.decision)
        )
    return facts


def _public_now(it: ReportedFigure) -> str:
    """Return the figure that is public in this place while another is proposed, "" where there is none."""
    if it.state == State.APPROVED:
        return ""
    told = figures.lines(it.indicator, areas=[it.area_id], keys=[it.key], first=it.period, last=it.period)
    public = told[0].at(it.period) if told else None
    if public is None or public.value is None:
        return ""
    return f"{said_number(public.value)} {it.indicator.unit_label}"


@login_not_required
@require_safe
def file(request: HttpRequest, figure_id: UUID) -> HttpResponseBase:
    """Send the file that shows a figure which the reader may see."""
    it = _of(request, figure_id)
    if it.document is None:
        raise Http404
    return documents.respond(it.document, it.file_name, request=request)


@both
def add(request: HttpRequest, code: str) -> HttpResponse:
    """Report a figure of an indicator."""
    indicator = indicator_of(request, code)
    require(can_manage(request.user, indicator))
    page = Page(
        title=_("Report a figure"),
        button=_("Save as draft"),
        back=reverse("indicators:indicator", args=[code]),
        crumbs=_crumbs(indicator),
        subject=str(indicator),
        lead=_("It is public once you have handed it in and somebody else has approved it."),
        said=_understood,
        upload=True,
        follow=lambda made: reverse("indicators:reported-figure", args=[made.pk]),
    )
    data = request.POST if request.method == "POST" else None
    initial = new_initial(request.GET.get("area", "")[:20], request.GET.get("period", "")[:10])
    return answer(
        request,
        page,
        ReportedForm(indicator, data, request.FILES or None, initial=initial),
        lambda form: service.add_reported(actor=request.user, indicator=indicator, data=form.read()),
    )


def _understood(it: ReportedFigure) -> str:
    """Return what was understood of the numbers, because a comma and a point mean different things to people."""
    if it.value is None:
        return _("Your draft is kept: there is no figure for %(period)s. Hand it in when it is ready.") % {
            "period": it.period
        }
    said = f"{said_number(it.value)} {it.indicator.unit_label}"
    if it.numerator is not None and it.denominator is not None:
        said = _("%(value)s, from %(numerator)s of %(denominator)s") % {
            "value": said,
            "numerator": said_number(it.numerator),
            "denominator": said_number(it.denominator),
        }
    return _("Your draft is kept. Understood: %(value)s. Hand it in when it is ready.") % {"value": said}


@both
def edit(request: HttpRequest, figure_id: UUID) -> HttpResponse:
    """Change a figure that is not handed in."""
    it = _of(request, figure_id)
    require(can_rewrite(request.user, it))

    def fresh(data: Any = None, files: Any = None) -> ReportedForm:
        return ReportedForm(
            it.indicator, data, files, kept=it.file_name, initial=initial_of(_of(request, figure_id))
        )

    page = Page(
        title=_("Change the figure"),
        button=_("Save"),
        back=reverse("indicators:reported-figure", args=[it.pk]),
        crumbs=_crumbs(it.indicator),
        subject=str(it.indicator),
        said=_understood,
        upload=True,
    )
    return answer(
        request,
        page,
        fresh(request.POST if request.method == "POST" else None, request.FILES or None),
        lambda form: service.change_reported(
            actor=request.user, figure=it, version=form.cleaned_data["version"] or 0, data=form.read()
        ),
        fresh,
    )


# The steps of its review.


@dataclass(frozen=True)
class Step:
    """What a step asks, what it warns of, and the service that it calls."""

    title: Any
    button: Any
    consequence: Any
    form: type[Versioned]
    run: Callable[..., ReportedFigure]
    done: Any
    danger: bool = False


STEPS: Final = {
    "submit": Step(
        gettext_lazy("Hand this in"),
        gettext_lazy("Hand in"),
        gettext_lazy("Somebody else will approve it or send it back. Until then you can take it back."),
        Versioned,
        service.submit_reported,
        gettext_lazy("It was handed in."),
    ),
    "withdraw": Step(
        gettext_lazy("Take this back"),
        gettext_lazy("Take back"),
        gettext_lazy("It becomes your draft again, and nobody can approve it until you hand it in."),
        Versioned,
        service.withdraw_reported,
        gettext_lazy("It is your draft again."),
    ),
    "approve": Step(
        gettext_lazy("Approve this figure"),
        gettext_lazy("Approve and publish"),
        gettext_lazy(
            "It is published at once, with its source. A figure that it replaces stays in the history; "
            "who follows the indicator gets a mail."
        ),
        RemarkForm,
        service.approve_reported,
        gettext_lazy("It was approved and is public."),
    ),
    "return": Step(
        gettext_lazy("Send this back"),
        gettext_lazy("Send back"),
        gettext_lazy("The author sees your ground, can change it and hand it in again."),
        GroundForm,
        service.return_reported,
        gettext_lazy("It was sent back to its author."),
        danger=True,
    ),
}


@both
def step(request: HttpRequest, figure_id: UUID, name: str) -> HttpResponse:
    """Ask for what a step needs and make it; who may not gets the reason."""
    if name not in STEPS:
        raise Http404
    it, asked, actor = _of(request, figure_id), STEPS[name], request.user
    if request.method != "POST":
        require(reported_workflow.can(actor, it, name))
    back = reverse("indicators:reported-figure", args=[it.pk])
    page = Page(
        title=str(asked.title),
        button=str(asked.button),
        back=back,
        crumbs=[*_crumbs(it.indicator), (f"{it.area}, {it.period}", back)],
        subject=_subject(it),
        warning=str(asked.consequence),
        danger=asked.danger,
        done=str(asked.done),
    )

    def form(data: Any = None, of: ReportedFigure | None = None) -> Versioned:
        return asked.form(data, initial={"version": (of or it).version})

    return answer(
        request,
        page,
        form(request.POST if request.method == "POST" else None),
        lambda given: asked.run(actor=actor, figure=it, **given.cleaned_data),
        lambda: form(None, _of(request, figure_id)),
    )


def _subject(it: ReportedFigure) -> str:
    value = f"{_value_words(it)} {it.indicator.unit_label}" if it.value is not None else _("no figure")
    return f"{it.indicator} · {it.area}, {it.period}: {value}"
