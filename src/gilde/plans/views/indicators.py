"""Indicators of a plan: all of them on one page; linking them to measures and articles, taking links away."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django import forms
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from gilde.core import clock, downloads
from gilde.core.access import require
from gilde.core.components import Signal, status
from gilde.indicators.public import Area, Status, address_of, address_of_area, sparkline_of
from gilde.plans import measured
from gilde.plans.access import can_keep_instruments, can_monitor, visible_measures
from gilde.plans.forms.indicators import ArticleIndicatorForm, MeasureIndicatorForm
from gilde.plans.measured import Linked, LinkedProvision
from gilde.plans.models import Measure, Plan, Provision, ProvisionIndicator
from gilde.plans.services import indicators as services
from gilde.plans.signals import IndicatorSignal, of_status
from gilde.plans.views import proven
from gilde.plans.views.common import (
    Page,
    answer,
    found,
    measure_crumbs,
    measure_of,
    measure_url,
    plan_context,
    plan_of,
)

both = require_http_methods(["GET", "HEAD", "POST"])


@dataclass(frozen=True)
class Line:
    """An indicator in an area as the page of a plan shows it, with the measures that it measures."""

    name: object
    url: str
    area: str
    area_url: str
    trend: SafeString | str
    figure: SafeString
    tag: SafeString
    against: Sequence[proven.Against]
    measures: Sequence[tuple[str, str]]


@dataclass(frozen=True)
class Article:
    """An indicator of an article that the plan answers to; `measured` says that a measure has linked it."""

    article: str
    article_url: str
    name: object
    url: str
    figure: SafeString
    tag: SafeString
    measured: SafeString


@login_not_required
@require_safe
def page(request: HttpRequest, slug: str) -> HttpResponseBase:
    """Show every indicator of a plan's measures, and those of the articles that the plan answers to."""
    plan = plan_of(request, slug)
    today = clock.today()
    links = measured.linked(request.user, plan=plan.pk, dropped_in=None)
    measures = {m.pk: m for m in Measure.objects.filter(plan=plan, dropped_in=None).order_by("position")}
    if (wanted := request.GET.get("format", "")) in downloads.WRITERS:
        return _file(wanted, plan, links, measures, today)
    articles = measured.linked_provisions(request.user, plan)
    by_key: dict[tuple[UUID, str], list[Linked]] = {}
    for link in links:
        by_key.setdefault((link.indicator.pk, link.area), []).append(link)
    context = {
        **plan_context(request, plan, "indicators", _("Indicators")),
        "lines": [_line(plan, each, measures, today) for each in by_key.values()],
        "signals": _signals(links, by_key, today, len(measures)),
        "articles": [_article(each, {link.indicator.pk for link in links}, today) for each in articles],
        "areas": _areas(links),
        "unmeasured": len(measures) - len({link.measure for link in links}),
    }
    return render(request, "plans/indicators.html", context)


def _line(plan: Plan, links: Sequence[Linked], measures: dict[Any, Measure], today: date) -> Line:
    first = links[0]
    told, indicator = first.told, first.indicator
    area = told.area
    return Line(
        indicator.name,
        address_of(indicator),
        str(area.name) if area is not None else first.area,
        address_of_area(area.pk) if area is not None else "",
        sparkline_of(told.line, told.deciding(today)) if told.line is not None and told.has_figures else "",
        proven.figure_words(told.line.last if told.line else None, indicator),
        proven.tag_of(told, today),
        proven.against(told, today),
        [
            (
                measures[link.measure].number,
                reverse("plans:proof", args=[plan.slug, measures[link.measure].number]),
            )
            for link in links
            if link.measure in measures
        ],
    )


def _article(each: LinkedProvision, known: set[UUID], today: date) -> Article:
    provision, told = each.provision, each.told
    return Article(
        f"{provision.number}. {provision.title}",
        reverse("plans:article", args=[provision.instrument.code, provision.number]),
        each.indicator.name,
        address_of(each.indicator),
        proven.figure_words(told.line.last if told.line else None, each.indicator),
        proven.tag_of(told, today),
        status("good", _("linked to a measure"))
        if each.indicator.pk in known
        else status("none", _("no measure has linked it")),
    )


def _areas(links: Sequence[Linked]) -> list[tuple[str, str]]:
    """The areas that the figures are of, each with the address of its dashboard where there is one."""
    areas: dict[str, Area] = {
        link.told.area.pk: link.told.area for link in links if link.told.area is not None
    }
    return [(str(area.name), address_of_area(code)) for code, area in areas.items() if address_of_area(code)]


def _signals(
    links: Sequence[Linked], by_key: dict[tuple[UUID, str], list[Linked]], today: date, measures: int
) -> list[Signal]:
    whole = sum((of_status(each[0].told.status(today)) for each in by_key.values()), IndicatorSignal())
    counts = Counter(each[0].told.status(today) for each in by_key.values())

    def hint(*which: Status) -> str:
        return " · ".join(f"{counts[each]} {each.label}" for each in which if counts[each])

    judged = reverse("plans:judged") + "#indicators"
    have = len({link.measure for link in links})
    return [
        Signal(_("Measures with an indicator"), have, _("of %(count)d") % {"count": measures}, f"{judged}"),
        Signal(_("Indicators on track"), whole.on_track, hint(Status.REACHED, Status.ON_TRACK), judged),
        Signal(
            _("Indicators not on track"),
            whole.off_track,
            hint(Status.TOO_SLOW, Status.NO_PROGRESS, Status.MOVING_AWAY),
            judged,
        ),
        Signal(_("Cannot tell"), whole.cannot_tell, "", judged),
    ]


def _file(
    wanted: str, plan: Plan, links: Sequence[Linked], measures: dict[Any, Measure], today: date
) -> HttpResponseBase:
    def rows() -> Iterator[dict[str, object]]:
        for link in links:
            told, stand = link.told, link.told.deciding(today)
            last = told.line.last if told.line else None
            yield {
                "measure": measures[link.measure].number,
                "indicator": link.indicator.code,
                "name": str(link.indicator.name),
                "area": told.area.pk if told.area else link.area,
                "period": last.period if last else None,
                "value": last.value if last and "c" not in last.flags else None,
                "flags": last.flags if last else None,
                "unit": link.indicator.unit,
                "status": told.status(today).value,
                "target": stand.target.value if stand else None,
                "target_year": stand.target.year if stand else None,
                "target_area": stand.target.area_id if stand else None,
                "instrument": str(stand.target.instrument) if stand else None,
                "benchmark": stand.borrowed if stand else None,
                "source": str(link.indicator.source),
            }

    names = "measure indicator name area period value flags unit status target target_year target_area"
    columns = [
        (name, lambda row, name=name: row[name])
        for name in [*names.split(), "instrument", "benchmark", "source"]
    ]
    return downloads.respond(wanted, f"{plan.slug}-indicators", columns, rows())


@both
def link(request: HttpRequest, slug: str, number: str) -> HttpResponse:
    """Link an indicator to a measure."""
    measure = measure_of(request, slug, number)
    require(can_monitor(request.user, measure.plan))
    page = Page(
        title=_("Add an indicator"),
        button=_("Add"),
        back=measure_url(measure, "proof") + "#indicators",
        crumbs=measure_crumbs(measure),
        subject=str(measure),
        lead=_("Its figures, targets and status will stand on the proof of this measure and in its reports."),
        done=_("The indicator was linked."),
    )

    def save(form: MeasureIndicatorForm) -> object:
        given = form.cleaned_data
        area = given["area"]
        return services.link_indicator(
            actor=request.user,
            measure=measure,
            indicator=given["indicator"],
            area=area.pk if area else "",
            note=given["note"],
        )

    form = MeasureIndicatorForm(request.user, measure.plan.country, request.POST or None)
    return answer(request, page, form, save)


@both
def unlink(request: HttpRequest, link_id: UUID) -> HttpResponse:
    """Take an indicator away from a measure, after saying what will happen."""
    links = measured.visible_links(request.user).filter(
        measure__in=visible_measures(request.user).values("pk")
    )
    shown = found(links.select_related("indicator", "measure__plan__owner"), pk=link_id)
    require(can_monitor(request.user, shown.measure.plan))
    page = Page(
        title=_("Take this indicator away"),
        button=_("Take away"),
        back=measure_url(shown.measure, "proof") + "#indicators",
        crumbs=measure_crumbs(shown.measure),
        subject=str(shown.indicator),
        warning=_(
            "It will no longer count for this measure. Its figures and targets stay, reports that were made keep "
            "it, and it can be linked again."
        ),
        done=_("The indicator was taken away from this measure."),
        danger=True,
    )
    form = forms.Form(request.POST if request.method == "POST" else None)
    return answer(
        request, page, form, lambda _given: services.unlink_indicator(actor=request.user, link=shown)
    )


def _article_page(provision: Provision, **words: Any) -> Page:
    url = reverse("plans:article", args=[provision.instrument.code, provision.number])
    return Page(
        back=url + "#indicators",
        crumbs=[
            (_("Instruments"), reverse("plans:instruments")),
            (str(provision.instrument), reverse("plans:instrument", args=[provision.instrument.code])),
            (f"{provision.number}. {provision.title}", url),
        ],
        **words,
    )


@both
def article_link(request: HttpRequest, code: str, number: str) -> HttpResponse:
    """Link an indicator to an article of an instrument."""
    provision = found(Provision.objects.select_related("instrument"), instrument__code=code, number=number)
    require(can_keep_instruments(request.user))
    page = _article_page(
        provision,
        title=_("Add an indicator"),
        button=_("Add"),
        subject=f"{provision.number}. {provision.title}",
        lead=_("Every plan that answers to this article will be asked for it."),
        done=_("The indicator was linked."),
    )
    return answer(
        request,
        page,
        ArticleIndicatorForm(request.user, request.POST or None),
        lambda form: services.link_provision(
            actor=request.user, provision=provision, indicator=form.cleaned_data["indicator"]
        ),
    )


@both
def article_unlink(request: HttpRequest, link_id: UUID) -> HttpResponse:
    """Take an indicator away from an article, after saying what will happen."""
    links = ProvisionIndicator.objects.select_related("indicator", "provision__instrument")
    shown = found(links, pk=link_id)
    require(can_keep_instruments(request.user))
    page = _article_page(
        shown.provision,
        title=_("Take this indicator away"),
        button=_("Take away"),
        subject=str(shown.indicator),
        warning=_("Plans will no longer be asked for it. Links to their measures stay as they are."),
        done=_("The indicator was taken away from this article."),
        danger=True,
    )
    form = forms.Form(request.POST if request.method == "POST" else None)
    return answer(
        request, page, form, lambda _given: services.unlink_provision(actor=request.user, link=shown)
    )
